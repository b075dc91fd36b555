/* What a kind of document is for, in the words of the schema. */
#ifndef CERTDROP_REPORTS_PURPOSE_H
#define CERTDROP_REPORTS_PURPOSE_H

#include <glib.h>

/* The documentation of each kind's root element in schemas/documents.xsd, in
 * the kinds' order from the first on, ended by NULL; to be freed with
 * g_strfreev(). CERTDROP_ERROR_BUG where the schema that is compiled in has not
 * all of them. */
char **purpose_read_all(GError **error);

#endif

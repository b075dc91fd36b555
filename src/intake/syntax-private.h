/* What libxml2 says of ill-formed XML, in words that help to mend it. */
#ifndef CERTDROP_INTAKE_SYNTAX_PRIVATE_H
#define CERTDROP_INTAKE_SYNTAX_PRIVATE_H

#include <glib.h>
#include <libxml/xmlerror.h>

/* Adds the fault for ERROR to FAULTS: xml-limits where libxml2's own limits or the
 * memory gave out, else xml-syntax. UNFINISHED: the text ended there. */
void syntax_add_fault(const xmlError *error, gboolean unfinished, GPtrArray *faults);

#endif

/* The elements of a schema, as subsections of a manual page. */
#ifndef CERTDROP_MANUAL_ELEMENTS_H
#define CERTDROP_MANUAL_ELEMENTS_H

#include "schema/schema.h"

/* Appends the root element NAME to PAGE: what it is for, its attributes and elements. Those
 * of its elements that have parts of their own are put off: added to PARTS, once each, but for
 * those that are roots themselves. */
void elements_add_root(GString *page, const SchemaModel *model, const char *name, GPtrArray *parts);

/* What was put off, and what that puts off. */
void elements_add_parts(GString *page, GPtrArray *parts);

/* An empty list of such parts. */
GPtrArray *elements_parts_new(void);

#endif

/* What the files of this room share: how the schema's own tree is read. */
#ifndef CERTDROP_SCHEMA_SCHEMA_PRIVATE_H
#define CERTDROP_SCHEMA_SCHEMA_PRIVATE_H

#include <libxml/tree.h>

#include "schema/schema.h"

/* An element's first or next child that is one; or NULL. */
const xmlNode *xsd_first(const xmlNode *node);
const xmlNode *xsd_next(const xmlNode *node);
/* The first child called NAME, or NULL. */
const xmlNode *xsd_child(const xmlNode *node, const char *name);
/* xs:annotation/xs:appinfo/c:NAME of NODE, or NULL. */
const xmlNode *xsd_appinfo(const xmlNode *node, const char *name);

gboolean xsd_is(const xmlNode *node, const char *name);
/* An attribute's value as it lies in the tree; NULL if it is not there. */
const char *xsd_value(const xmlNode *node, const char *name);
gboolean xsd_has_value(const xmlNode *node, const char *name, const char *value);

/* What the annotation of NODE says. Texts that have to be made are kept in TEXTS; the
 * label is made of NAME where the schema has none. */
SchemaHelp xsd_help(const xmlNode *node, const char *name, GStringChunk *texts);

/* Reads the simple type NODE; BASE is the type that it restricts, NULL for one of XML
 * Schema's own. */
void xsd_read_simple(SchemaType *type, const xmlNode *node, const SchemaType *base,
                     GStringChunk *texts);

#endif

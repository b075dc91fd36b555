/* The schemas: what is valid is decided by libxml2 with the compiled schema; what to
 * tell people about what is not comes from a model of the same schema, read
 * from the same bytes (schema/schema.h).
 *
 * All of it comes from the binary; after schema_load() no file is needed. */
#ifndef CERTDROP_INTAKE_SCHEMA_PRIVATE_H
#define CERTDROP_INTAKE_SCHEMA_PRIVATE_H

#include <libxml/tree.h>

#include "schema/schema.h"

/* Faults of one item that are told; the others are only counted. */
#define SCHEMA_FAULTS_LIMIT 20

typedef struct Schema Schema;

/* The schema FILE ("documents.xsd") of those compiled in. CERTDROP_ERROR_BUG if it
 * is faulty. Once for each process and schema, before the jail closes. */
Schema *schema_load(const char *file, GError **error);

/* The type of the root element NAME, or NULL. */
const SchemaType *schema_root_type(const Schema *schema, const char *name);

/* Validates ELEMENT (a root element of the schema, which may stand inside another
 * document). Faults go to FAULTS: xml-valid for the structure, xml-value for values.
 * What does not belong into an invalid ELEMENT is removed from it. TRUE if it is valid. */
gboolean schema_check(Schema *schema, xmlNode *element, GPtrArray *faults);

void schema_free(Schema *schema);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Schema, schema_free)

/* For the files of the schema only: */

/* Says what is wrong with the structure of ELEMENT, of TYPE, in words, and removes
 * what does not belong there. */
void schema_explain_structure(const SchemaType *type, xmlNode *element, GPtrArray *faults);

/* Says what is wrong with the value of NODE, an element or an attribute of one, of TYPE. */
void schema_explain_value(const SchemaType *type, const xmlNode *node, GPtrArray *faults);

#endif

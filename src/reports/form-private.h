/* What the files of forms share. */
#ifndef CERTDROP_REPORTS_FORM_PRIVATE_H
#define CERTDROP_REPORTS_FORM_PRIVATE_H

#include "reports/form.h"
#include "reports/html.h"
#include "schema/schema.h"

/* A form under way. */
typedef struct {
  RequestKind kind;
  const Configuration *configuration;
  guint fields;  /* so far; their ids are made of it … */
  guint choices; /* … and those of their check boxes and radio buttons of this */
} Form;

/* Where in the document a part stands. */
typedef struct {
  const char *path;  /* of its parent: "company/location/", "" at the root */
  gboolean optional; /* some element on the way may be left out */
} FormPlace;

/* Adds the parts of TYPE to PARENT. */
void form_add_parts(Form *form, xmlNode *parent, const SchemaType *type, FormPlace place);

/* Adds a field for PART of a simple type, whose value goes to PATH. HELP stands for
 * the part's own where that says too little. */
void form_add_field(Form *form, xmlNode *parent, const SchemaPart *part, const char *path,
                    const SchemaHelp *help, gboolean optional);

/* The frame of a field with LABEL for the summary of faults: its id, to which "-error"
 * and "-hint" are added, goes to RET_ID. form_end_field() adds where the fault is shown. */
xmlNode *form_begin_field(Form *form, xmlNode *parent, const char *element, const char *label,
                          char **ret_id);
void form_add_hint(xmlNode *field, const char *id, const char *text);
void form_end_field(xmlNode *field, const char *id);

/* "needed", which the script shows where it is so. */
void form_add_need(xmlNode *label);

/* A check box or radio button (TYPE) of the field GROUP. */
xmlNode *form_add_choice(Form *form, xmlNode *parent, const char *type, const char *group,
                         const char *path, const char *value, const char *label, const char *text);

/* Whether PART has its place outside of the fields: an order's product. */
gboolean form_is_asked_elsewhere(const Form *form, const SchemaPart *part);

/* Types with fields of their own: images by kind, a file with its password, products and
 * regions. */
void form_add_attachments(Form *form, xmlNode *parent, const SchemaPart *part, FormPlace place);
void form_add_pkcs12(Form *form, xmlNode *parent, const SchemaPart *part, FormPlace place);
void form_add_targets(Form *form, xmlNode *parent, const SchemaPart *part, FormPlace place);

#endif

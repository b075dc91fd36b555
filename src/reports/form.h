/* Forms that make documents. All of a form comes from the schema: its parts, in their
 * order, with labels, help, limits; the script form.js, which is the same for all,
 * checks by them and builds the XML (its head says by which attributes). Only
 * what the operator's two files say is added: products and targets.
 *
 * Without the script nothing of a form is shown. */
#ifndef CERTDROP_REPORTS_FORM_H
#define CERTDROP_REPORTS_FORM_H

#include "reports/page.h"
#include "reports/reports.h"
#include "schema/schema.h"

/* The model of schemas/documents.xsd. */
const SchemaModel *form_schema(void);

/* Begins a form; what is added to the node that it returns stands in it and is
 * shown without the script too. */
cmark_node *form_begin(Page *page);

/* Adds the fields of KIND and the buttons to FORM. */
void form_add(cmark_node *form, RequestKind kind, const ReportsContext *context);

/* Begins what is of use where there is no form; folded away where there is one. */
cmark_node *form_begin_by_hand(Page *page);

/* The field that choices of a product stand in. */
cmark_node *form_begin_products(cmark_node *form);
/* The choice of PRODUCT of an order, to be filled with its label. */
cmark_node *form_add_product(cmark_node *parent, const Product *product, const char *currency);

/* What a form begins with, as the part of an address behind "#" (form.js): names of
 * attributes, elements or paths, each with a value. */
typedef struct FormFill FormFill;
FormFill *form_fill_new(void);
void form_fill_add(FormFill *fill, const char *name, const char *value);
void form_fill_free(FormFill *fill);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FormFill, form_fill_free)

/* A link to the page with the form of KIND, to be filled with text. FILL may be NULL. */
cmark_node *form_add_link(const Page *page, cmark_node *parent, RequestKind kind,
                          const FormFill *fill);

#endif

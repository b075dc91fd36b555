/* The parts of a kind of document, as a table made from the schema: what each is called, whether
 * it is needed, what may stand in it, what it is for. */
#include "reports/documents-parts.h"

#include <string.h>

#include "reports/form.h"
#include "reports/table.h"

static const TableColumn columns[] = {{"Part", TABLE_TEXT},
                                      {"Needed", TABLE_SHORT},
                                      {"What it is", TABLE_TEXT},
                                      {"What may stand there", TABLE_TEXT}};

/* Where the parts under way stand. */
typedef struct {
  Table *table;
  const char *path;  /* of their parent, with a slash; "" at the root */
  gboolean optional; /* some element on the way may be left out */
} Place;

static void add_types(const Place *place, const SchemaType *type);

static const char *need_of(const Place *place, const SchemaPart *part)
{
  if (part->alternative > 0)
    return "one of them";
  if (!part->required)
    return part->repeats ? "any number" : "optional";
  if (place->optional)
    return "with it";
  return part->repeats ? "one or more" : "yes";
}

/* The words for what the schema asks of a text: its rule names the limits, if it has one. */
static void add_limits(cmark_node *cell, const SchemaType *type)
{
  g_autofree char *limit = page_number(type->max_length);
  if (type->rule != NULL)
    page_add_text(cell, type->rule);
  else if (type->max_length > 0)
    page_add_format(cell, "at most %s characters", limit);
  else if (type->maximum > 0)
    page_add_format(cell, "at most %" G_GINT64_FORMAT, type->maximum);
}

static void add_choices(cmark_node *cell, const SchemaType *type)
{
  for (guint i = 0; i + 1 < type->choices->len; i++) {
    const char *meaning = g_ptr_array_index(type->choice_texts, i);
    if (i > 0 && meaning == NULL)
      page_add_text(cell, ", ");
    else if (i > 0)
      page_add_break(cell);
    page_add_code(cell, g_ptr_array_index(type->choices, i));
    if (meaning != NULL)
      page_add_format(cell, ": %s", meaning);
  }
}

/* An example stands in most documentation, too. */
static void add_value(cmark_node *cell, const SchemaPart *part, const SchemaType *type)
{
  gboolean told = part->help.documentation != NULL && strstr(part->help.documentation, "Example:");
  if (type->choices->len > 1)
    add_choices(cell, type);
  else
    add_limits(cell, type);
  if (type->example != NULL && !type->secret && !told && type->choices->len <= 1) {
    page_add_break(cell);
    page_add_text(cell, "For example ");
    page_add_code(cell, type->example);
  }
  if (part->initial != NULL) {
    page_add_break(cell);
    page_add_text(cell, "Left out: ");
    page_add_code(cell, part->initial);
  }
}

static void add_help(cmark_node *cell, const SchemaHelp *help)
{
  if (help->label != NULL)
    page_add_strong(cell, help->label);
  if (help->documentation != NULL)
    page_add_format(cell, "%s%s", help->label != NULL ? ": " : "", help->documentation);
  if (help->when == NULL)
    return;
  page_add_text(cell, " Only where ");
  page_add_code(cell, help->when);
  page_add_text(cell, " is ");
  page_add_code(cell, help->is);
  page_add_text(cell, ".");
}

static void add_row(const Place *place, const char *mark, const SchemaPart *part)
{
  Table *table = place->table;
  g_autofree char *path = g_strconcat(place->path, mark, part->name, NULL);
  const SchemaType *value = part->type->value;
  table_add_row(table);
  page_add_code(table_add_cell(table), path);
  table_add_text(table, need_of(place, part));
  add_help(table_add_cell(table), &part->help);
  cmark_node *cell = table_add_cell(table);
  if (value != NULL)
    add_value(cell, part, value);
  else
    page_add_text(cell, part->type->children->len > 0 ? "the parts below" : "its attributes");
}

static void add_part(const Place *place, const SchemaPart *part)
{
  add_row(place, "", part);
  g_autofree char *path = g_strconcat(place->path, part->name, "/", NULL);
  const Place below = {place->table, path, place->optional || !part->required};
  add_types(&below, part->type);
}

/* Attributes come first, marked as in XPath. */
static void add_types(const Place *place, const SchemaType *type)
{
  for (guint i = 0; type->attributes != NULL && i < type->attributes->len; i++)
    add_row(place, "@", g_ptr_array_index(type->attributes, i));
  for (guint i = 0; type->children != NULL && i < type->children->len; i++)
    add_part(place, g_ptr_array_index(type->children, i));
}

void documents_add_parts(cmark_node *parent, RequestKind kind)
{
  const SchemaPart *root = schema_model_root(form_schema(), request_kinds[kind].name);
  page_add_heading(parent, 2, "What it may hold");
  cmark_node *text = page_add_paragraph(parent);
  page_add_text(text, "The root is ");
  g_autofree char *element = g_strdup_printf("<%s xmlns=\"urn:certdrop:1\">", root->name);
  page_add_code(text, element);
  page_add_text(text, "; attributes are marked ");
  page_add_code(text, "@");
  page_add_text(text, ". Children may come in any order.");
  Table table = table_new(parent, "What it may hold", columns, G_N_ELEMENTS(columns));
  const Place place = {&table, "", FALSE};
  add_types(&place, root->type);
}

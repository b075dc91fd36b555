#include "intake/fill-private.h"

#include <string.h>

#include "base/text.h"
#include "intake/document-private.h"

#define FIELD_AT(record, field, ctype) (*(ctype *)(void *)((char *)(record) + (field)->offset))

/* TEXT as its type takes it: blanks at the ends dropped and runs of them one
 * space, unless they are part of the value. Takes over TEXT. */
static char *normalise(char *text, const SchemaType *type)
{
  if (type->value != NULL && type->value->verbatim)
    return text;
  char *to = text;
  for (const char *from = text; *from != '\0'; from++) {
    gboolean blank = strchr(" \t\r\n", *from) != NULL;
    if (blank && (to == text || to[-1] == ' '))
      continue;
    *to++ = blank ? ' ' : *from;
  }
  if (to > text && to[-1] == ' ')
    to--;
  *to = '\0';
  return text;
}

static gboolean is_child(const xmlNode *node, const char *name)
{
  return strcmp((const char *)node->name, name) == 0;
}

static xmlNode *find_child(const xmlNode *element, const char *name)
{
  xmlNode *child = document_first_child(element);
  while (child != NULL && !is_child(child, name))
    child = document_next(child);
  return child;
}

/* The type of the child NAME of an element of TYPE. */
static const SchemaType *child_type(const SchemaType *type, const char *name)
{
  const SchemaPart *part = schema_find_part(type->children, name);
  g_assert(part != NULL);
  return part->type;
}

/* The field's text, NULL where the document does not have it. */
static char *field_text(const RecordField *field, const SchemaType *type, const xmlNode *element)
{
  if (field->place == RECORD_AT_CONTENT)
    return normalise(document_text(element), type);
  if (field->place == RECORD_AT_CHILD) {
    const xmlNode *child = find_child(element, field->name);
    return child != NULL ? normalise(document_text(child), child_type(type, field->name)) : NULL;
  }
  /* A field may belong to one form of the element only, such as the `ref` of a payment. */
  const SchemaPart *part = schema_find_part(type->attributes, field->name);
  if (part == NULL)
    return NULL;
  char *text = document_attribute(element, field->name);
  return text != NULL ? normalise(text, part->type) : g_strdup(part->absent);
}

static void fill_text(const RecordField *field, gpointer record, const SchemaType *type,
                      const xmlNode *element)
{
  g_autofree char *text = field_text(field, type, element);
  /* An element without text, such as <csr mode="automatic"/>, says nothing there. */
  gboolean nothing =
      text != NULL && field->place == RECORD_AT_CONTENT && strspn(text, " \t\r\n") == strlen(text);
  if (!nothing)
    FIELD_AT(record, field, char *) = g_steal_pointer(&text);
}

static void fill_number(const RecordField *field, gpointer record, const SchemaType *type,
                        const xmlNode *element)
{
  g_autofree char *text = field_text(field, type, element);
  if (text != NULL)
    FIELD_AT(record, field, gint64) = g_ascii_strtoll(text, NULL, 10);
}

static void fill_flag(const RecordField *field, gpointer record, const SchemaType *type,
                      const xmlNode *element)
{
  g_autofree char *text = field_text(field, type, element);
  if (text != NULL)
    FIELD_AT(record, field, gboolean) = strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
}

static void fill_money(const RecordField *field, gpointer record, const SchemaType *type,
                       const xmlNode *element)
{
  g_autofree char *text = field_text(field, type, element);
  gint64 cents;
  if (text != NULL && text_parse_money(text, &cents))
    FIELD_AT(record, field, gint64) = cents;
}

/* Lists: the parts are the children of HOLDER that have the field's name, or, where a child of the
 * element holds them, all children of that. */
typedef struct {
  const xmlNode *holder;
  const SchemaType *type;
  const char *only; /* their name; NULL: all */
} Parts;

static Parts field_parts(const RecordField *field, const SchemaType *type, const xmlNode *element)
{
  if (field->place == RECORD_AT_CHILDREN)
    return (Parts){element, type, field->name};
  return (Parts){find_child(element, field->name), child_type(type, field->name), NULL};
}

static const xmlNode *parts_next(const Parts *parts, const xmlNode *part)
{
  do
    part = part == NULL ? document_first_child(parts->holder) : document_next(part);
  while (part != NULL && parts->only != NULL && !is_child(part, parts->only));
  return part;
}

static void fill_texts(const RecordField *field, gpointer record, const SchemaType *type,
                       const xmlNode *element)
{
  Parts parts = field_parts(field, type, element);
  if (parts.holder == NULL)
    return;
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  for (const xmlNode *part = NULL; (part = parts_next(&parts, part)) != NULL;) {
    const SchemaType *part_type = child_type(parts.type, (const char *)part->name);
    g_ptr_array_add(texts, normalise(document_text(part), part_type));
  }
  if (texts->len == 0)
    return;
  g_ptr_array_add(texts, NULL);
  FIELD_AT(record, field, char **) = (char **)g_ptr_array_free(g_steal_pointer(&texts), FALSE);
}

static void fill_one(const RecordField *field, gpointer record, const SchemaType *type,
                     const xmlNode *element)
{
  const xmlNode *child = find_child(element, field->name);
  if (child != NULL)
    FIELD_AT(record, field, gpointer) =
        fill_record(field->record, child_type(type, field->name), child);
}

static void fill_many(const RecordField *field, gpointer record, const SchemaType *type,
                      const xmlNode *element)
{
  Parts parts = field_parts(field, type, element);
  if (parts.holder == NULL)
    return;
  GPtrArray *records = g_ptr_array_new();
  for (const xmlNode *part = NULL; (part = parts_next(&parts, part)) != NULL;) {
    const SchemaType *part_type = child_type(parts.type, (const char *)part->name);
    g_ptr_array_add(records, fill_record(field->record, part_type, part));
  }
  FIELD_AT(record, field, GPtrArray *) = records;
}

typedef void (*FillField)(const RecordField *field, gpointer record, const SchemaType *type,
                          const xmlNode *element);

/* By RecordFieldKind; bytes never stand in a document. */
static const FillField fillers[] = {
    [RECORD_TEXT] = fill_text,   [RECORD_NUMBER] = fill_number, [RECORD_FLAG] = fill_flag,
    [RECORD_MONEY] = fill_money, [RECORD_TEXTS] = fill_texts,   [RECORD_BYTES] = NULL,
    [RECORD_ONE] = fill_one,     [RECORD_MANY] = fill_many,
};
G_STATIC_ASSERT(G_N_ELEMENTS(fillers) == RECORD_FIELD_KIND_N);

gpointer fill_record(const RecordType *record, const SchemaType *type, const xmlNode *element)
{
  gpointer filled = record_new(record);
  for (const RecordField *field = record->fields; field->name != NULL; field++) {
    if (field->place == RECORD_AT_LINE)
      FIELD_AT(filled, field, gint64) = document_line(element);
    else if (field->place != RECORD_AT_NOWHERE)
      fillers[field->kind](field, filled, type, element);
  }
  return filled;
}

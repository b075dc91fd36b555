#include "request/record.h"

#include <string.h>

#define FIELD_AT(record, field, ctype) (*(ctype *)(void *)((char *)(record) + (field)->offset))
#define CONST_FIELD_AT(record, field, ctype)                                                       \
  (*(ctype const *)(const void *)((const char *)(record) + (field)->offset))

/* What there is to do for each kind of field. */
typedef struct {
  gboolean pointer;                                             /* absent is NULL */
  void (*append_type)(const RecordField *field, GString *type); /* of the value, without "m" */
  GVariant *(*pack)(const RecordField *field, gconstpointer record);
  void (*unpack)(const RecordField *field, gpointer record, GVariant *value);
  void (*clear)(const RecordField *field, gpointer record);
  void (*copy)(const RecordField *field, gpointer into, gconstpointer from); /* what is there */
} FieldOperations;

static const FieldOperations *field_operations(const RecordField *field);
static const GVariantType *record_type(const RecordType *type);
static void record_append_type(const RecordType *type, GString *text);
static gpointer record_unpack(const RecordType *type, GVariant *value);

/* Text */

static void text_append_type(const RecordField *field G_GNUC_UNUSED, GString *type)
{
  g_string_append_c(type, 's');
}

static GVariant *text_pack(const RecordField *field, gconstpointer record)
{
  return g_variant_new_string(CONST_FIELD_AT(record, field, char *));
}

static void text_unpack(const RecordField *field, gpointer record, GVariant *value)
{
  FIELD_AT(record, field, char *) = g_variant_dup_string(value, NULL);
}

static void text_clear(const RecordField *field, gpointer record)
{
  g_clear_pointer(&FIELD_AT(record, field, char *), g_free);
}

static void text_copy(const RecordField *field, gpointer into, gconstpointer from)
{
  FIELD_AT(into, field, char *) = g_strdup(CONST_FIELD_AT(from, field, char *));
}

/* Numbers and money */

static void number_append_type(const RecordField *field G_GNUC_UNUSED, GString *type)
{
  g_string_append_c(type, 'x');
}

static GVariant *number_pack(const RecordField *field, gconstpointer record)
{
  return g_variant_new_int64(CONST_FIELD_AT(record, field, gint64));
}

static void number_unpack(const RecordField *field, gpointer record, GVariant *value)
{
  FIELD_AT(record, field, gint64) = g_variant_get_int64(value);
}

static void number_clear(const RecordField *field, gpointer record)
{
  FIELD_AT(record, field, gint64) = field->absent;
}

static void number_copy(const RecordField *field, gpointer into, gconstpointer from)
{
  FIELD_AT(into, field, gint64) = CONST_FIELD_AT(from, field, gint64);
}

static void money_clear(const RecordField *field, gpointer record)
{
  FIELD_AT(record, field, gint64) = -1;
}

/* Flags */

static void flag_append_type(const RecordField *field G_GNUC_UNUSED, GString *type)
{
  g_string_append_c(type, 'b');
}

static GVariant *flag_pack(const RecordField *field, gconstpointer record)
{
  return g_variant_new_boolean(CONST_FIELD_AT(record, field, gboolean));
}

static void flag_unpack(const RecordField *field, gpointer record, GVariant *value)
{
  FIELD_AT(record, field, gboolean) = g_variant_get_boolean(value);
}

static void flag_clear(const RecordField *field, gpointer record)
{
  FIELD_AT(record, field, gboolean) = (gboolean)field->absent;
}

static void flag_copy(const RecordField *field, gpointer into, gconstpointer from)
{
  FIELD_AT(into, field, gboolean) = CONST_FIELD_AT(from, field, gboolean);
}

/* Lists of texts */

static void texts_append_type(const RecordField *field G_GNUC_UNUSED, GString *type)
{
  g_string_append(type, "as");
}

static GVariant *texts_pack(const RecordField *field, gconstpointer record)
{
  return g_variant_new_strv((const char *const *)CONST_FIELD_AT(record, field, char **), -1);
}

static void texts_unpack(const RecordField *field, gpointer record, GVariant *value)
{
  FIELD_AT(record, field, char **) = g_variant_dup_strv(value, NULL);
}

static void texts_clear(const RecordField *field, gpointer record)
{
  g_clear_pointer(&FIELD_AT(record, field, char **), g_strfreev);
}

static void texts_copy(const RecordField *field, gpointer into, gconstpointer from)
{
  FIELD_AT(into, field, char **) = g_strdupv(CONST_FIELD_AT(from, field, char **));
}

/* Bytes */

static void bytes_append_type(const RecordField *field G_GNUC_UNUSED, GString *type)
{
  g_string_append(type, "ay");
}

static GVariant *bytes_pack(const RecordField *field, gconstpointer record)
{
  return g_variant_new_from_bytes(G_VARIANT_TYPE_BYTESTRING,
                                  CONST_FIELD_AT(record, field, GBytes *), TRUE);
}

static void bytes_unpack(const RecordField *field, gpointer record, GVariant *value)
{
  gsize length = 0;
  gconstpointer data = g_variant_get_fixed_array(value, &length, 1);
  FIELD_AT(record, field, GBytes *) = g_bytes_new(data, length);
}

static void bytes_clear(const RecordField *field, gpointer record)
{
  g_clear_pointer(&FIELD_AT(record, field, GBytes *), g_bytes_unref);
}

static void bytes_copy(const RecordField *field, gpointer into, gconstpointer from)
{
  FIELD_AT(into, field, GBytes *) = g_bytes_ref(CONST_FIELD_AT(from, field, GBytes *));
}

/* One record inside another */

static void one_append_type(const RecordField *field, GString *type)
{
  record_append_type(field->record, type);
}

static GVariant *one_pack(const RecordField *field, gconstpointer record)
{
  return record_to_variant(field->record, CONST_FIELD_AT(record, field, gpointer));
}

static void one_unpack(const RecordField *field, gpointer record, GVariant *value)
{
  FIELD_AT(record, field, gpointer) = record_unpack(field->record, value);
}

static void one_clear(const RecordField *field, gpointer record)
{
  record_free(field->record, FIELD_AT(record, field, gpointer));
  FIELD_AT(record, field, gpointer) = NULL;
}

static void one_copy(const RecordField *field, gpointer into, gconstpointer from)
{
  FIELD_AT(into, field, gpointer) =
      record_copy(field->record, CONST_FIELD_AT(from, field, gpointer));
}

/* Many records inside another */

static void many_append_type(const RecordField *field, GString *type)
{
  g_string_append_c(type, 'a');
  record_append_type(field->record, type);
}

static GVariant *many_pack(const RecordField *field, gconstpointer record)
{
  const GPtrArray *parts = CONST_FIELD_AT(record, field, GPtrArray *);
  g_autoptr(GPtrArray) values = g_ptr_array_new();
  for (guint i = 0; i < parts->len; i++)
    g_ptr_array_add(values, record_to_variant(field->record, g_ptr_array_index(parts, i)));
  return g_variant_new_array(record_type(field->record), (GVariant *const *)values->pdata,
                             values->len);
}

static void many_unpack(const RecordField *field, gpointer record, GVariant *value)
{
  GPtrArray *parts = g_ptr_array_new();
  for (gsize i = 0; i < g_variant_n_children(value); i++) {
    g_autoptr(GVariant) part = g_variant_get_child_value(value, i);
    g_ptr_array_add(parts, record_unpack(field->record, part));
  }
  FIELD_AT(record, field, GPtrArray *) = parts;
}

static void many_clear(const RecordField *field, gpointer record)
{
  GPtrArray *parts = FIELD_AT(record, field, GPtrArray *);
  for (guint i = 0; parts != NULL && i < parts->len; i++)
    record_free(field->record, g_ptr_array_index(parts, i));
  g_clear_pointer(&FIELD_AT(record, field, GPtrArray *), g_ptr_array_unref);
}

static void many_copy(const RecordField *field, gpointer into, gconstpointer from)
{
  const GPtrArray *parts = CONST_FIELD_AT(from, field, GPtrArray *);
  GPtrArray *copies = g_ptr_array_sized_new(parts->len);
  for (guint i = 0; i < parts->len; i++)
    g_ptr_array_add(copies, record_copy(field->record, g_ptr_array_index(parts, i)));
  FIELD_AT(into, field, GPtrArray *) = copies;
}

static const FieldOperations operations[] = {
    [RECORD_TEXT] = {TRUE, text_append_type, text_pack, text_unpack, text_clear, text_copy},
    [RECORD_NUMBER] = {FALSE, number_append_type, number_pack, number_unpack, number_clear,
                       number_copy},
    [RECORD_FLAG] = {FALSE, flag_append_type, flag_pack, flag_unpack, flag_clear, flag_copy},
    [RECORD_MONEY] = {FALSE, number_append_type, number_pack, number_unpack, money_clear,
                      number_copy},
    [RECORD_TEXTS] = {TRUE, texts_append_type, texts_pack, texts_unpack, texts_clear, texts_copy},
    [RECORD_BYTES] = {TRUE, bytes_append_type, bytes_pack, bytes_unpack, bytes_clear, bytes_copy},
    [RECORD_ONE] = {TRUE, one_append_type, one_pack, one_unpack, one_clear, one_copy},
    [RECORD_MANY] = {TRUE, many_append_type, many_pack, many_unpack, many_clear, many_copy},
};
G_STATIC_ASSERT(G_N_ELEMENTS(operations) == RECORD_FIELD_KIND_N);

static const FieldOperations *field_operations(const RecordField *field)
{
  return &operations[field->kind];
}

/* GLib forgets what it found out about a type with the last value of it: one that stays
 * keeps it. */
static void keep_type(const GVariantType *type)
{
  static GPtrArray *values;
  if (values == NULL)
    values = g_ptr_array_new();
  g_autoptr(GBytes) nothing = g_bytes_new_static("", 0);
  GVariant *value = g_variant_ref_sink(g_variant_new_from_bytes(type, nothing, FALSE));
  g_ptr_array_add(values, value);
}

/* Type strings are long, and checking one takes longer than using it: each is
 * made once, and kept under the address of the record or field it is of. */
static const GVariantType *remembered_type(gconstpointer of,
                                           void (*append)(gconstpointer, GString *))
{
  static GMutex lock;
  static GHashTable *types;
  g_mutex_lock(&lock);
  if (types == NULL)
    types = g_hash_table_new(g_direct_hash, g_direct_equal);
  const GVariantType *type = g_hash_table_lookup(types, of);
  if (type == NULL) {
    g_autoptr(GString) text = g_string_new(NULL);
    append(of, text);
    type = g_variant_type_new(text->str);
    g_hash_table_insert(types, (gpointer)of, (gpointer)type);
    keep_type(type);
  }
  g_mutex_unlock(&lock);
  return type;
}

static void append_record(gconstpointer of, GString *text)
{
  record_append_type(of, text);
}

static void append_field(gconstpointer of, GString *text)
{
  const RecordField *field = of;
  field_operations(field)->append_type(field, text);
}

static const GVariantType *record_type(const RecordType *type)
{
  return remembered_type(type, append_record);
}

static void record_append_type(const RecordType *type, GString *text)
{
  g_string_append_c(text, '(');
  for (const RecordField *field = type->fields; field->name != NULL; field++) {
    if (field_operations(field)->pointer)
      g_string_append_c(text, 'm');
    field_operations(field)->append_type(field, text);
  }
  g_string_append_c(text, ')');
}

char *record_variant_type(const RecordType *type)
{
  GString *text = g_string_new(NULL);
  record_append_type(type, text);
  return g_string_free(text, FALSE);
}

gpointer record_new(const RecordType *type)
{
  gpointer record = g_malloc0(type->size);
  for (const RecordField *field = type->fields; field->name != NULL; field++)
    if (!field_operations(field)->pointer)
      field_operations(field)->clear(field, record);
  return record;
}

void record_free(const RecordType *type, gpointer record)
{
  if (record == NULL)
    return;
  for (const RecordField *field = type->fields; field->name != NULL; field++)
    record_clear_field(field, record);
  g_free(record);
}

void record_clear_field(const RecordField *field, gpointer record)
{
  field_operations(field)->clear(field, record);
}

gboolean record_has_field(const RecordField *field, gconstpointer record)
{
  return !field_operations(field)->pointer || CONST_FIELD_AT(record, field, gpointer) != NULL;
}

static GVariant *field_to_variant(const RecordField *field, gconstpointer record)
{
  const FieldOperations *does = field_operations(field);
  if (!does->pointer)
    return does->pack(field, record);
  if (record_has_field(field, record))
    return g_variant_new_maybe(NULL, does->pack(field, record));
  return g_variant_new_maybe(remembered_type(field, append_field), NULL);
}

GVariant *record_to_variant(const RecordType *type, gconstpointer record)
{
  GVariant *values[64];
  gsize count = 0;
  for (const RecordField *field = type->fields; field->name != NULL; field++) {
    g_assert(count < G_N_ELEMENTS(values));
    values[count++] = field_to_variant(field, record);
  }
  return g_variant_new_tuple(values, count);
}

static gpointer record_unpack(const RecordType *type, GVariant *value)
{
  gpointer record = record_new(type);
  gsize index = 0;
  for (const RecordField *field = type->fields; field->name != NULL; field++) {
    g_autoptr(GVariant) child = g_variant_get_child_value(value, index++);
    if (!field_operations(field)->pointer) {
      field_operations(field)->unpack(field, record, child);
      continue;
    }
    g_autoptr(GVariant) content = g_variant_get_maybe(child);
    if (content != NULL)
      field_operations(field)->unpack(field, record, content);
  }
  return record;
}

gpointer record_from_variant(const RecordType *type, GVariant *value)
{
  if (!g_variant_is_of_type(value, record_type(type)) || !g_variant_is_normal_form(value))
    return NULL;
  return record_unpack(type, value);
}

GBytes *record_to_bytes(const RecordType *type, gconstpointer record)
{
  g_autoptr(GVariant) value = g_variant_ref_sink(record_to_variant(type, record));
  return g_variant_get_data_as_bytes(value);
}

gpointer record_from_bytes(const RecordType *type, GBytes *bytes)
{
  g_autoptr(GVariant) value =
      g_variant_ref_sink(g_variant_new_from_bytes(record_type(type), bytes, FALSE));
  return record_from_variant(type, value);
}

gpointer record_copy(const RecordType *type, gconstpointer record)
{
  gpointer copy = g_malloc0(type->size);
  for (const RecordField *field = type->fields; field->name != NULL; field++)
    if (record_has_field(field, record))
      field_operations(field)->copy(field, copy, record);
  return copy;
}

void record_merge(const RecordType *type, gpointer into, gconstpointer from)
{
  for (const RecordField *field = type->fields; field->name != NULL; field++) {
    if (!field_operations(field)->pointer || !record_has_field(field, from))
      continue;
    record_clear_field(field, into);
    field_operations(field)->copy(field, into, from);
  }
}

#include "request/request.h"

#include <string.h>

#include "request/request-private.h"

/* Both travel as records, like what they carry; the body is packed apart, since
 * its type depends on the kind. */

typedef struct {
  GPtrArray *faults;
} FaultList;

static const RecordField fault_list_fields[] = {
    RECORD_FIELD_OF(FaultList, faults, "faults", MANY, NOWHERE, &fault_record),
    RECORD_FIELDS_END,
};
static const RecordType fault_list_record = {"faults", sizeof(FaultList), fault_list_fields};

typedef struct {
  gint64 kind;
  gint64 line;
  char *ref;
  char *hash;
  GBytes *body;
  GPtrArray *faults;
  gboolean secrets;
  gint64 key_length; /* of the key that crosses apart */
} ItemOnWire;

static const RecordField item_fields[] = {
    RECORD_FIELD(ItemOnWire, kind, "kind", NUMBER, NOWHERE),
    RECORD_FIELD(ItemOnWire, line, "line", NUMBER, NOWHERE),
    RECORD_FIELD(ItemOnWire, ref, "ref", TEXT, NOWHERE),
    RECORD_FIELD(ItemOnWire, hash, "hash", TEXT, NOWHERE),
    RECORD_FIELD(ItemOnWire, body, "body", BYTES, NOWHERE),
    RECORD_FIELD_OF(ItemOnWire, faults, "faults", MANY, NOWHERE, &fault_record),
    RECORD_FIELD(ItemOnWire, secrets, "secrets", FLAG, NOWHERE),
    RECORD_FIELD(ItemOnWire, key_length, "keyLength", NUMBER, NOWHERE),
    RECORD_FIELDS_END,
};
static const RecordType item_record = {"item", sizeof(ItemOnWire), item_fields};

static const RecordField file_fields[] = {
    RECORD_FIELD(RequestFile, sha256, "sha256", TEXT, NOWHERE),
    RECORD_FIELD_OF(RequestFile, faults, "faults", MANY, NOWHERE, &fault_record),
    RECORD_FIELD(RequestFile, unfinished, "unfinished", FLAG, NOWHERE),
    RECORD_FIELD(RequestFile, batch, "batch", FLAG, NOWHERE),
    RECORD_FIELD(RequestFile, atomic, "atomic", FLAG, NOWHERE),
    RECORD_FIELD(RequestFile, secrets, "secrets", FLAG, NOWHERE),
    RECORD_FIELD(RequestFile, blanked, "blanked", BYTES, NOWHERE),
    RECORD_FIELD(RequestFile, items, "items", NUMBER, NOWHERE),
    RECORD_FIELDS_END,
};
static const RecordType file_record = {"file", sizeof(RequestFile), file_fields};

RequestItem *request_item_new(void)
{
  RequestItem *item = g_new0(RequestItem, 1);
  item->faults = fault_array_new();
  return item;
}

void request_item_free(RequestItem *item)
{
  if (item == NULL)
    return;
  if (item->body != NULL)
    record_free(request_kinds[item->kind].record, item->body);
  g_free(item->ref);
  g_free(item->hash);
  g_ptr_array_unref(item->faults);
  secret_free(item->key);
  g_free(item);
}

RequestFile *request_file_new(void)
{
  RequestFile *file = record_new(&file_record);
  file->faults = fault_array_new();
  return file;
}

void request_file_free(RequestFile *file)
{
  if (file == NULL)
    return;
  g_ptr_array_unref(g_steal_pointer(&file->faults));
  record_free(&file_record, file);
}

/* Faults that came out of a record belong to an array that frees them. */
static GPtrArray *faults_adopt(GPtrArray *faults)
{
  GPtrArray *own = faults != NULL ? faults : g_ptr_array_new();
  g_ptr_array_set_free_func(own, (GDestroyNotify)fault_free);
  return own;
}

gboolean fault_array_is_whole(const GPtrArray *faults)
{
  for (guint i = 0; faults != NULL && i < faults->len; i++) {
    const Fault *fault = g_ptr_array_index(faults, i);
    if (fault->code == NULL || fault->text == NULL)
      return FALSE;
  }
  return TRUE;
}

GBytes *request_item_to_bytes(const RequestItem *item)
{
  g_autoptr(GBytes) body = NULL;
  if (item->body != NULL)
    body = record_to_bytes(request_kinds[item->kind].record, item->body);
  const ItemOnWire wire = {item->kind, item->line,   item->ref,     item->hash,
                           body,       item->faults, item->secrets, (gint64)item->key_length};
  return record_to_bytes(&item_record, &wire);
}

static gboolean item_take_body(RequestItem *item, const ItemOnWire *wire)
{
  if (wire->body == NULL)
    return item->faults->len > 0;
  if (item->kind == 0 || item->faults->len > 0 || item->hash == NULL)
    return FALSE;
  item->body = record_from_bytes(request_kinds[item->kind].record, wire->body);
  return item->body != NULL && request_body_is_safe(item);
}

RequestItem *request_item_from_bytes(GBytes *bytes)
{
  ItemOnWire *wire = record_from_bytes(&item_record, bytes);
  if (wire == NULL)
    return NULL;
  g_autoptr(RequestItem) item = g_new0(RequestItem, 1);
  gboolean ok = wire->kind >= 0 && wire->kind < REQUEST_KIND_N && wire->line >= 0 &&
                wire->line <= G_MAXUINT && wire->key_length >= 0 &&
                wire->key_length <= REQUEST_KEY_LIMIT && fault_array_is_whole(wire->faults);
  item->ref = g_steal_pointer(&wire->ref);
  item->hash = g_steal_pointer(&wire->hash);
  item->faults = faults_adopt(g_steal_pointer(&wire->faults));
  item->secrets = wire->secrets;
  item->key_length = ok ? (gsize)wire->key_length : 0;
  if (ok) {
    item->kind = (RequestKind)wire->kind;
    item->line = (guint)wire->line;
    ok = item_take_body(item, wire);
  }
  record_free(&item_record, wire);
  return ok ? g_steal_pointer(&item) : NULL;
}

GBytes *request_file_to_bytes(const RequestFile *file)
{
  return record_to_bytes(&file_record, file);
}

RequestFile *request_file_from_bytes(GBytes *bytes)
{
  g_autoptr(RequestFile) file = record_from_bytes(&file_record, bytes);
  if (file == NULL)
    return NULL;
  file->faults = faults_adopt(file->faults);
  if (file->sha256 == NULL || file->items < 0 || !fault_array_is_whole(file->faults))
    return NULL;
  return g_steal_pointer(&file);
}

GBytes *request_faults_to_bytes(const GPtrArray *faults)
{
  const FaultList list = {(GPtrArray *)faults};
  return record_to_bytes(&fault_list_record, &list);
}

GPtrArray *request_faults_from_bytes(GBytes *bytes)
{
  FaultList *list = record_from_bytes(&fault_list_record, bytes);
  GPtrArray *faults = faults_adopt(list != NULL ? g_steal_pointer(&list->faults) : NULL);
  record_free(&fault_list_record, list);
  return faults;
}

gboolean request_check_creating_ref(const char *ref, guint line, GPtrArray *faults)
{
  const gsize longest = 40;
  guint before = faults->len;
  if (strlen(ref) > longest)
    fault_add(
        faults, "reference-form", line, NULL,
        "the reference \"%s\" has %zu characters; one that makes certificates has at most %zu", ref,
        strlen(ref), longest);
  if (ids_is_renewal(ref) || ids_has_position(ref))
    fault_add(faults, "reference-form", line, NULL,
              "the reference \"%s\" ends like the ID of a certificate or of a renewal; choose one "
              "that does not end in a dot and digits, or in -r and digits, such as PO-4711",
              ref);
  return faults->len == before;
}

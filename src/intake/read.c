#include "intake/read-private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "intake/document-private.h"
#include "intake/intake.h"
#include "intake/item-private.h"
#include "intake/package.h"

/* One file on its way. */
typedef struct {
  Schema *schema;
  const Package *package; /* NULL: a plain document */
  const ReadSink *sink;
  gpointer data;
  Source *source;        /* of the document */
  RequestFile *file;     /* the answer */
  RequestItem *item;     /* of a single document, kept until the document has ended well */
  GHashTable *named;     /* files that the document names, of a package */
  GHashTable *key_files; /* those of them that hold keys */
  gboolean second;       /* the pass over a batch in which its items are read */
} FileReading;

void read_raw(int fd, RequestFile *file)
{
  g_autoptr(Source) source = source_new(fd);
  source_drain(source, INTAKE_LIMIT_HASHED);
  file->sha256 = source_sha256(source);
  file->secrets = source_has_secrets(source);
}

/* The attributes of <batch>; it is validated in parts, so this is not in the schema's hands. */
static gboolean read_batch(xmlNode *root, RequestFile *file, GPtrArray *faults)
{
  guint before = faults->len;
  file->batch = TRUE;
  for (const xmlAttr *attribute = root->properties; attribute != NULL; attribute = attribute->next)
    if (attribute->ns == NULL && strcmp((const char *)attribute->name, "atomic") != 0)
      fault_add(faults, "xml-valid", document_line(root), "batch",
                "the attribute %s is not known in <batch>; it may have atomic=\"true\"",
                (const char *)attribute->name);
  g_autofree char *atomic = document_attribute(root, "atomic");
  if (atomic == NULL)
    return faults->len == before;
  g_strstrip(atomic);
  file->atomic = strcmp(atomic, "true") == 0;
  if (!file->atomic && strcmp(atomic, "false") != 0)
    fault_add(faults, "xml-value", document_line(root), "batch",
              "atomic of <batch> must be true or false");
  return faults->len == before;
}

static DocumentPlan on_root(xmlNode *root, gpointer data, GPtrArray *faults)
{
  FileReading *reading = data;
  const char *name = (const char *)root->name;
  gboolean ours = document_is_element(root);
  if (ours && request_kind_from_name(name) != 0)
    return DOCUMENT_PLAN_WHOLE;
  if (!ours || strcmp(name, "batch") != 0) {
    item_add_root_fault(root, faults);
    return 0;
  }
  if (!read_batch(root, reading->file, faults))
    return 0;
  source_limit(reading->source, INTAKE_LIMIT_FILE, "file-size",
               "the batch has more than 64 MiB; split it");
  gboolean build = reading->second || reading->package != NULL;
  return build ? DOCUMENT_PLAN_PARTS : DOCUMENT_PLAN_SURVEY;
}

/* In a first pass the parts are not decided yet: a single document is read, since it is in
 * memory already, and of a batch in a package the names of files are kept. */
static void on_part(xmlNode *part, gpointer data)
{
  FileReading *reading = data;
  if (!reading->second && reading->package != NULL) {
    item_add_files(part, NULL, reading->named);
    item_add_files(part, "pkcs12", reading->key_files);
  }
  if (!reading->second && reading->file->batch)
    return;
  g_autoptr(RequestItem) item = item_read(reading->schema, reading->package, part);
  if (reading->file->batch)
    reading->sink->item(item, reading->data);
  else
    reading->item = g_steal_pointer(&item);
}

static const DocumentHandler handler = {on_root, on_part};

/* Reads the document once. Its length was looked at before; a file may still grow. */
static gboolean pass(FileReading *reading, Source *source, GPtrArray *faults)
{
  DocumentResult result;
  reading->source = source;
  source_limit(source, INTAKE_LIMIT_DOCUMENT, "file-size",
               "the document has more than 4 MiB; only a batch may be larger");
  gboolean ok = document_read(source, &handler, reading, faults, &result);
  reading->file->items = result.parts;
  reading->file->unfinished = result.unfinished;
  if (result.parts <= INTAKE_LIMIT_ITEMS || !ok)
    return ok;
  fault_add(faults, "xml-limits", 0, "batch", "the batch has %u documents; the limit is %d",
            result.parts, INTAKE_LIMIT_ITEMS);
  return FALSE;
}

/* Nothing in a package may be without a use: it could be what was meant, misspelt. */
static void check_all_named(const FileReading *reading)
{
  for (guint i = 0; i < reading->package->members->len; i++) {
    const PackageMember *member = g_ptr_array_index(reading->package->members, i);
    if (!g_hash_table_contains(reading->named, member->name))
      fault_add(reading->file->faults, "attachment-unnamed", 0, NULL,
                "the document does not name \"%s\", which is in the package; add an "
                "<attachment file=\"%s\" …/>, or remove the file",
                member->name, member->name);
  }
}

/* The second pass over a batch, once the first found no fault in the whole of it. */
static void read_batch_items(FileReading *reading, Source *source, const char *sha256)
{
  reading->second = TRUE;
  g_autoptr(GPtrArray) faults = fault_array_new();
  guint items = reading->file->items;
  gboolean ok = pass(reading, source, faults) && source_drain(source, INTAKE_LIMIT_HASHED);
  g_autofree char *now = source_sha256(source);
  if (ok && reading->file->items == items && strcmp(now, sha256) == 0)
    return;
  fault_add(reading->file->faults, "file-unreadable", 0, NULL,
            "the file was changed while it was read; drop it under another name first, and rename "
            "it when it is complete");
}

static Source *open_document(const FileReading *reading, int fd)
{
  if (reading->package == NULL)
    return source_new(fd);
  const PackageMember *document = reading->package->document;
  return source_new_memory(document->bytes, document->length);
}

static void read_document(FileReading *reading, int fd)
{
  RequestFile *file = reading->file;
  g_autoptr(Source) source = open_document(reading, fd);
  gboolean ok = pass(reading, source, file->faults);
  if (!source_drain(source, INTAKE_LIMIT_HASHED) && ok)
    ok = !source_add_fault(source, file->faults);
  g_autofree char *sha256 = source_sha256(source);
  if (reading->package == NULL) {
    file->secrets = source_has_secrets(source);
    file->sha256 = g_strdup(sha256);
  } else if (ok) {
    check_all_named(reading);
    ok = file->faults->len == 0;
  }
  if (!ok) {
    file->items = 0;
  } else if (file->batch) {
    reading->sink->batch(file, reading->data);
    g_autoptr(Source) again = open_document(reading, fd);
    source_skip_secrets(again);
    read_batch_items(reading, again, sha256);
  } else {
    reading->sink->item(reading->item, reading->data);
  }
}

static void blank_package(FileReading *reading)
{
  g_autofree char **key_files = (char **)g_hash_table_get_keys_as_array(reading->key_files, NULL);
  g_autoptr(GError) error = NULL;
  gboolean found = FALSE;
  g_autoptr(GByteArray) blanked =
      package_write_blanked(reading->package, (const char *const *)key_files, &found, &error);
  if (blanked == NULL)
    g_error("%s", error->message);
  reading->file->secrets |= found;
  if (found)
    reading->file->blanked = g_byte_array_free_to_bytes(g_steal_pointer(&blanked));
}

/* A zip ends with its table of contents (APPNOTE 4.3.16); of a gzip the end can't be told
 * without reading it all, so a damaged one may always be one that is still coming. */
static gboolean is_unfinished(int fd, PackageKind kind)
{
  guint8 tail[65557];
  goffset size = lseek(fd, 0, SEEK_END);
  goffset from = MAX(size - (goffset)sizeof tail, 0);
  ssize_t got = pread(fd, tail, sizeof tail, from);
  return kind == PACKAGE_KIND_GZIP || got < 0 || memmem(tail, (size_t)got, "PK\5\6", 4) == NULL;
}

static gboolean has_fault(const GPtrArray *faults, const char *code)
{
  for (guint i = 0; i < faults->len; i++)
    if (strcmp(((Fault *)g_ptr_array_index(faults, i))->code, code) == 0)
      return TRUE;
  return FALSE;
}

static void read_package(FileReading *reading, int fd, PackageKind kind)
{
  RequestFile *file = reading->file;
  g_autoptr(Package) package = package_read(fd, &package_default_limits, file->faults);
  read_raw(fd, file);
  if (package == NULL) {
    file->unfinished = has_fault(file->faults, "package-format") && is_unfinished(fd, kind);
    /* What is refused may carry secrets all the same, in what can be read of it. */
    package = package_read_remains(fd, &package_default_limits);
    reading->package = package;
  } else {
    reading->package = package;
    read_document(reading, fd);
    file->unfinished = FALSE;
  }
  blank_package(reading);
}

static void refuse(RequestFile *file, int fd, const char *code, const char *text)
{
  fault_add(file->faults, code, 0, NULL, "%s", text);
  read_raw(fd, file);
}

RequestFile *read_file(Schema *schema, int fd, const ReadSink *sink, gpointer data)
{
  RequestFile *file = request_file_new();
  g_autoptr(GHashTable) named = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) key_files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  FileReading reading = {.schema = schema,
                         .sink = sink,
                         .data = data,
                         .file = file,
                         .named = named,
                         .key_files = key_files};
  guint8 start[512];
  ssize_t got = pread(fd, start, sizeof start, 0);
  PackageKind kind = package_kind_from_bytes(start, (gsize)MAX(got, 0));
  if (got < 0)
    refuse(file, fd, "file-unreadable", g_strerror(errno));
  else if (lseek(fd, 0, SEEK_END) > (goffset)INTAKE_LIMIT_FILE)
    refuse(file, fd, "file-size", "the file has more than 64 MiB; split it");
  else if (kind == PACKAGE_KIND_ZIP || kind == PACKAGE_KIND_GZIP)
    read_package(&reading, fd, kind);
  else if (kind == PACKAGE_KIND_XML)
    read_document(&reading, fd);
  else if (kind == PACKAGE_KIND_EMPTY)
    refuse(file, fd, "file-empty", "the file is empty");
  else
    refuse(file, fd, "file-kind",
           "this is neither XML nor a .zip or .tar.gz; \"certdrop new order\" prints an example");
  file->unfinished |= kind == PACKAGE_KIND_EMPTY;
  request_item_free(reading.item);
  return file;
}

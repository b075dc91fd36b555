#include "intake/item-private.h"

#include <libxml/c14n.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/autoptr.h"
#include "base/text.h"
#include "intake/document-private.h"
#include "intake/fill-private.h"
#include "request/names.h"

/* Whether ELEMENT names a file of the package, and is called NAME if that is given. */
static gboolean names_a_file(const xmlNode *element, const char *name)
{
  const char *own = (const char *)element->name;
  if (!document_is_element(element) || (name != NULL && strcmp(own, name) != 0))
    return FALSE;
  return strcmp(own, "attachment") == 0 || strcmp(own, "pkcs12") == 0;
}

void item_add_files(const xmlNode *element, const char *name, GHashTable *files)
{
  char *file = names_a_file(element, name) ? document_attribute(element, "file") : NULL;
  if (file != NULL)
    g_hash_table_add(files, g_strstrip(file));
  for (const xmlNode *child = document_first_child(element); child != NULL;
       child = document_next(child))
    item_add_files(child, name, files);
}

static int is_within(void *data, xmlNode *node, xmlNode *parent)
{
  const xmlNode *element = data;
  /* Namespace declarations are no nodes of the tree: what they belong to decides. */
  for (node = node->type == XML_NAMESPACE_DECL ? parent : node; node != NULL; node = node->parent)
    if (node == element)
      return 1;
  return 0;
}

static int digest_write(void *context, const char *bytes, int length)
{
  return EVP_DigestUpdate(context, bytes, (size_t)length) == 1 ? length : -1;
}

static void hash_canonical(xmlNode *element, EVP_MD_CTX *digest)
{
  xmlOutputBuffer *buffer = xmlOutputBufferCreateIO(digest_write, NULL, digest, NULL);
  if (buffer == NULL)
    g_error("out of memory");
  int done =
      xmlC14NExecute(element->doc, is_within, element, XML_C14N_EXCLUSIVE_1_0, NULL, 0, buffer);
  g_assert(done >= 0);
  int closed = xmlOutputBufferClose(buffer);
  g_assert(closed >= 0);
}

/* The hashes of the files by the order of their names, so that the order of the
 * package does not matter. */
static void hash_files(const xmlNode *element, const Package *package, EVP_MD_CTX *digest)
{
  g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  item_add_files(element, NULL, names);
  g_autoptr(GList) sorted =
      g_list_sort(g_hash_table_get_keys(names), (GCompareFunc)(void (*)(void))strcmp);
  for (const GList *at = sorted; at != NULL; at = at->next) {
    const PackageMember *member = package_find_member(package, at->data);
    if (member == NULL)
      continue;
    g_autofree char *sha256 = text_sha256(member->bytes, member->length);
    EVP_DigestUpdate(digest, sha256, strlen(sha256));
  }
}

char *item_hash(xmlNode *element, const Package *package)
{
  g_autoptr(EVP_MD_CTX) digest = EVP_MD_CTX_new();
  int started = EVP_DigestInit_ex2(digest, EVP_sha256(), NULL);
  g_assert(started == 1);
  hash_canonical(element, digest);
  if (package != NULL)
    hash_files(element, package, digest);
  guint8 hash[EVP_MAX_MD_SIZE];
  guint length = 0;
  int finished = EVP_DigestFinal_ex(digest, hash, &length);
  g_assert(finished == 1);
  return text_format_hex(hash, length);
}

/* The item's reference for answers, as far as it has a good one. */
static char *read_reference(const xmlNode *element)
{
  g_autofree char *ref = document_attribute(element, "ref");
  if (ref == NULL)
    return NULL;
  g_strstrip(ref);
  gsize length = strlen(ref);
  const char *inner = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  if (length == 0 || length > 64 || !g_ascii_isalnum(ref[0]) || strspn(ref, inner) != length)
    return NULL;
  return g_steal_pointer(&ref);
}

/* Whether it carries a private key or a passphrase. */
static gboolean has_secrets(const xmlNode *element)
{
  const char *name = (const char *)element->name;
  if (document_is_element(element) &&
      (strcmp(name, "privateKey") == 0 || strcmp(name, "pkcs12") == 0))
    return TRUE;
  for (const xmlNode *child = document_first_child(element); child != NULL;
       child = document_next(child))
    if (has_secrets(child))
      return TRUE;
  return FALSE;
}

/* The type of an element may not be changed from within the document. */
static void refuse_type_attributes(const xmlNode *element, GPtrArray *faults)
{
  const xmlChar *xsi = (const xmlChar *)"http://www.w3.org/2001/XMLSchema-instance";
  if (xmlHasNsProp(element, (const xmlChar *)"type", xsi) != NULL ||
      xmlHasNsProp(element, (const xmlChar *)"nil", xsi) != NULL)
    fault_add(faults, "xml-valid", document_line(element), (const char *)element->name,
              "xsi:type and xsi:nil are not allowed; remove them from <%s>",
              (const char *)element->name);
  for (const xmlNode *child = document_first_child(element); child != NULL;
       child = document_next(child))
    refuse_type_attributes(child, faults);
}

void item_add_root_fault(const xmlNode *element, GPtrArray *faults)
{
  const char *kinds[REQUEST_KIND_N + 1] = {"batch"};
  for (RequestKind kind = 1; kind < REQUEST_KIND_N; kind++)
    kinds[kind] = request_kinds[kind].name;
  const char *uri = element->ns != NULL ? (const char *)element->ns->href : NULL;
  g_autofree char *name = names_quote((const char *)element->name);
  g_autofree char *found = names_quote(uri != NULL ? uri : "");
  const char *nearest = text_nearest((const char *)element->name, kinds);
  guint line = document_line(element);
  if (uri == NULL && nearest != NULL)
    fault_add(faults, "xml-namespace", line, name,
              "<%s> has no namespace; write <%s xmlns=\"" DOCUMENT_NAMESPACE "\" …>", name,
              nearest);
  else if (uri != NULL && strcmp(uri, DOCUMENT_NAMESPACE) != 0)
    fault_add(faults, "xml-namespace", line, name,
              "<%s> is of the namespace \"%s\"; documents for certdrop are of "
              "xmlns=\"" DOCUMENT_NAMESPACE "\"",
              name, found);
  else if (document_is_element(element) && strcmp(name, "batch") == 0)
    fault_add(faults, "xml-kind", line, name,
              "a <batch> cannot stand in a <batch>; write its documents without it");
  else if (nearest != NULL)
    fault_add(faults, "xml-kind", line, name, "<%s> is no kind of document; did you mean <%s>?",
              name, nearest);
  else
    fault_add(faults, "xml-kind", line, name,
              "<%s> is no kind of document; \"certdrop new\" lists them, such as <order>", name);
}

/* Reads the body of ITEM, which is of a known kind; none where there are faults. */
static void read_body(Schema *schema, const Package *package, xmlNode *element, RequestItem *item)
{
  const char *name = request_kinds[item->kind].name;
  refuse_type_attributes(element, item->faults);
  if (item->faults->len > 0 || !schema_check(schema, element, item->faults))
    return;
  const RecordType *record = request_kinds[item->kind].record;
  Look look = {.element = element, .package = package, .faults = item->faults};
  look.body = fill_record(record, schema_root_type(schema, name), element);
  look_into(item->kind, &look);
  if (item->faults->len == 0) {
    item->body = look.body;
    item->key = look.key;
    item->key_length = look.key != NULL ? look.key->length : 0;
    return;
  }
  record_free(record, look.body);
  secret_free(look.key);
}

RequestItem *item_read(Schema *schema, const Package *package, xmlNode *element)
{
  RequestItem *item = request_item_new();
  item->line = document_line(element);
  item->ref = read_reference(element);
  item->secrets = has_secrets(element);
  item->hash = item_hash(element, package);
  if (document_is_element(element))
    item->kind = request_kind_from_name((const char *)element->name);
  if (item->kind == 0)
    item_add_root_fault(element, item->faults);
  else
    read_body(schema, package, element, item);
  return item;
}

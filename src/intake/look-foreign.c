#include "intake/item-private.h"

#include <openssl/crypto.h>
#include <string.h>

#include "intake/document-private.h"
#include "pki/pki.h"

/* Certificates of others: of an upload, and what an issuer outside has sent. */

static xmlNode *find_child(const xmlNode *element, const char *name)
{
  xmlNode *child = document_first_child(element);
  while (child != NULL && strcmp((const char *)child->name, name) != 0)
    child = document_next(child);
  return child;
}

/* TEXT (taken over, wiped; may be NULL) as a secret; NULL for none. */
static Secret *secret_of(char *text)
{
  if (text == NULL)
    return NULL;
  gsize length = strlen(text);
  Secret *secret = secret_new_copy(text, length);
  OPENSSL_cleanse(text, length);
  g_free(text);
  return secret;
}

/* What PKI found as what travels; the key goes its own way. */
static RequestCertificate *take_found(PkiForeign *found, Secret **ret_key)
{
  RequestCertificate *leaf = record_new(&request_certificate_record);
  leaf->der = g_steal_pointer(&found->der);
  leaf->chain = g_steal_pointer(&found->chain);
  leaf->issuer = g_steal_pointer(&found->issuer);
  leaf->serial = g_steal_pointer(&found->serial);
  leaf->sha256 = g_steal_pointer(&found->sha256);
  leaf->spki_sha256 = g_steal_pointer(&found->spki_sha256);
  leaf->key_kind = g_steal_pointer(&found->key_kind);
  leaf->names = g_steal_pointer(&found->names);
  leaf->not_before = found->not_before;
  leaf->not_after = found->not_after;
  leaf->warnings = g_ptr_array_new();
  while (found->warnings->len > 0)
    g_ptr_array_add(leaf->warnings, g_ptr_array_steal_index(found->warnings, 0));
  *ret_key = g_steal_pointer(&found->pkcs8);
  return leaf;
}

static RequestCertificate *look(const PkiForeignSource *source, Look *into)
{
  g_autoptr(PkiForeign) found = pki_foreign_read(source, into->faults);
  return found != NULL ? take_found(found, &into->key) : NULL;
}

/* Which line to name: that of the text, not of the tag before it. */
static guint text_line(const xmlNode *element)
{
  const xmlNode *text = element->children;
  guint line = text != NULL && text->type == XML_TEXT_NODE ? document_line(text) : 0;
  return line > 0 ? line : document_line(element);
}

static void look_into_pem(RequestUpload *upload, Look *into)
{
  const xmlNode *certificate = find_child(into->element, "certificate");
  const xmlNode *key = find_child(into->element, "privateKey");
  g_autoptr(Secret) text = key != NULL ? secret_of(document_text(key)) : NULL;
  g_autoptr(Secret) passphrase =
      key != NULL ? secret_of(document_attribute(key, "passphrase")) : NULL;
  const PkiForeignSource source = {
      .certificates = upload->certificate,
      .key = text,
      .passphrase = passphrase,
      .line = text_line(certificate),
      .element = "certificate",
      .key_line = key != NULL ? text_line(key) : 0,
  };
  upload->leaf = look(&source, into);
}

static void look_into_pkcs12(RequestUpload *upload, Look *into)
{
  const xmlNode *element = find_child(into->element, "pkcs12");
  guint line = document_line(element);
  const char *file = upload->pkcs12->file;
  const PackageMember *member =
      into->package != NULL ? package_find_member(into->package, file) : NULL;
  if (member == NULL) {
    fault_add(into->faults, "attachment-missing", line, "pkcs12",
              into->package != NULL
                  ? "the package has no file \"%s\"; put it beside the document"
                  : "\"%s\" did not come with the document; put both into one .zip or .tar.gz and "
                    "drop that instead",
              file);
    return;
  }
  g_autoptr(Secret) password = secret_of(document_attribute(element, "password"));
  const PkiForeignSource source = {
      .pkcs12 = member->bytes,
      .pkcs12_length = member->length,
      .passphrase = password,
      .line = line,
      .element = "pkcs12",
  };
  upload->leaf = look(&source, into);
}

void look_into_upload(Look *into)
{
  RequestUpload *upload = into->body;
  if (upload->pkcs12 != NULL)
    look_into_pkcs12(upload, into);
  else
    look_into_pem(upload, into);
  g_clear_pointer(&upload->certificate, g_free);
}

void look_into_issuance(Look *into)
{
  RequestIssuance *issuance = into->body;
  const PkiForeignSource source = {
      .certificates = issuance->chain != NULL ? issuance->chain : "",
      .line = text_line(into->element),
      .element = "issuance",
  };
  issuance->leaf = look(&source, into);
  g_clear_pointer(&issuance->chain, g_free);
}

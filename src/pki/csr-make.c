#include "pki/pki-private.h"

static gboolean add_names(X509_REQ *request, const char *const *names, GError **error)
{
  g_autoptr(X509_EXTENSION) extension = pki_names_to_extension(names, FALSE, error);
  if (extension == NULL)
    return FALSE;
  STACK_OF(X509_EXTENSION) *extensions = sk_X509_EXTENSION_new_null();
  gboolean done = sk_X509_EXTENSION_push(extensions, extension) != 0 &&
                  X509_REQ_add_extensions(request, extensions) == 1;
  sk_X509_EXTENSION_free(extensions);
  return done || pki_set_error(error, CERTDROP_ERROR_BUG, "the names cannot be added");
}

static X509_REQ *build(const PkiKey *key, const PkiSubject *subject, const char *const *names,
                       GError **error)
{
  PkiSpki spki;
  gboolean parsed = pki_spki_parse(pki_slice_from_bytes(pki_key_spki(key)), &spki);
  g_assert(parsed);
  g_autoptr(X509_REQ) request = X509_REQ_new();
  if (request == NULL || X509_REQ_set_version(request, X509_REQ_VERSION_1) != 1) {
    pki_set_error(error, CERTDROP_ERROR_BUG, "no request can be made");
    return NULL;
  }
  if (!pki_subject_fill(X509_REQ_get_subject_name(request), subject, pki_names_common_name(names),
                        error) ||
      !pki_spki_copy_to(&spki, X509_REQ_get_X509_PUBKEY(request), error) ||
      !add_names(request, names, error))
    return NULL;
  return g_steal_pointer(&request);
}

GBytes *pki_csr_make(const PkiKey *key, const PkiSubject *subject, const char *const *names,
                     GError **error)
{
  g_autoptr(X509_REQ) request = build(key, subject, names, error);
  g_autoptr(EVP_MD_CTX) signer = request == NULL ? NULL : pki_signer_new(pki_key_evp(key), error);
  if (signer == NULL)
    return NULL;
  guint8 *der = NULL;
  int length = X509_REQ_sign_ctx(request, signer) > 0 ? i2d_X509_REQ(request, &der) : -1;
  if (length <= 0) {
    pki_set_error(error, CERTDROP_ERROR_BUG, "a request cannot be signed");
    return NULL;
  }
  return pki_bytes_take(der, length);
}

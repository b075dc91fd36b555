#include "pki/pki-private.h"

#include <openssl/err.h>

/* Whether certificates and keys fit together, for `verify`. */

static X509 *decode(GBytes *bytes)
{
  PkiSlice der = pki_slice_from_bytes(bytes);
  const guint8 *at = der.data;
  g_autoptr(X509) certificate = d2i_X509(NULL, &at, (long)der.length);
  return certificate != NULL && at == der.data + der.length ? g_steal_pointer(&certificate) : NULL;
}

gboolean pki_certificate_is_issued_by(GBytes *certificate, GBytes *issuer)
{
  g_autoptr(X509) one = decode(certificate);
  g_autoptr(X509) other = decode(issuer);
  EVP_PKEY *key = other != NULL ? X509_get0_pubkey(other) : NULL;
  gboolean fits = one != NULL && key != NULL &&
                  X509_NAME_cmp(X509_get_issuer_name(one), X509_get_subject_name(other)) == 0 &&
                  X509_verify(one, key) == 1;
  ERR_clear_error();
  return fits;
}

gboolean pki_key_is_of(const Secret *pkcs8, GBytes *certificate)
{
  const guint8 *at = pkcs8->data;
  g_autoptr(PKCS8_PRIV_KEY_INFO) info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)pkcs8->length);
  g_autoptr(EVP_PKEY) key = info != NULL ? EVP_PKCS82PKEY(info) : NULL;
  g_autoptr(X509) owner = decode(certificate);
  gboolean fits = key != NULL && owner != NULL && X509_check_private_key(owner, key) == 1;
  ERR_clear_error();
  return fits;
}

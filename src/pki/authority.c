#include "pki/pki-private.h"

void pki_authority_free(PkiAuthority *authority)
{
  if (authority == NULL)
    return;
  pki_profile_clear(&authority->profile);
  EVP_MD_CTX_free(authority->signer);
  X509_free(authority->certificate);
  g_free(authority);
}

gint64 pki_authority_not_before(const PkiAuthority *authority)
{
  return authority->not_before;
}

gint64 pki_authority_not_after(const PkiAuthority *authority)
{
  return authority->not_after;
}

PkiAuthority *pki_authority_new(PkiAuthorityRole role, X509 *certificate, EVP_PKEY *key,
                                const char *public_url, GError **error)
{
  g_autoptr(PkiAuthority) authority = g_new0(PkiAuthority, 1);
  authority->role = role;
  X509_up_ref(certificate);
  authority->certificate = certificate;
  if (!pki_time_from_asn1(X509_get0_notBefore(certificate), &authority->not_before) ||
      !pki_time_from_asn1(X509_get0_notAfter(certificate), &authority->not_after) ||
      X509_check_private_key(certificate, key) != 1) {
    pki_set_error(error, CERTDROP_ERROR_CORRUPT, "the CA's key is not that of its certificate");
    return NULL;
  }
  authority->signer = pki_signer_new(key, error);
  if (authority->signer == NULL ||
      !pki_profile_fill(&authority->profile, certificate, public_url, error))
    return NULL;
  return g_steal_pointer(&authority);
}

PkiAuthority *pki_authority_open(const PkiAuthoritySources *sources,
                                 const PkiWrappingKey *wrapping_key, GError **error)
{
  PkiSlice der = pki_slice_from_bytes(sources->certificate);
  const guint8 *at = der.data;
  g_autoptr(X509) certificate = d2i_X509(NULL, &at, (long)der.length);
  if (certificate == NULL) {
    pki_set_error(error, CERTDROP_ERROR_CORRUPT, "the CA's certificate cannot be read");
    return NULL;
  }
  g_autoptr(EVP_PKEY) key =
      pki_authority_key_load(sources->key_uri, sources->role, wrapping_key, error);
  if (key == NULL)
    return NULL;
  return pki_authority_new(sources->role, certificate, key, sources->public_url, error);
}

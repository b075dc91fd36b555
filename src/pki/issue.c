#include "pki/pki-private.h"

void pki_certificate_free(PkiCertificate *certificate)
{
  if (certificate == NULL)
    return;
  g_bytes_unref(certificate->der);
  g_free(certificate->serial);
  g_free(certificate->sha256);
  g_free(certificate->spki_sha256);
  g_free(certificate);
}

static gboolean check_validity(const PkiAuthority *authority, const PkiIssueRequest *request,
                               GError **error)
{
  if (request->not_after < request->not_before)
    return pki_set_error(error, CERTDROP_ERROR_REFUSED, "a validity that ends before it begins");
  if (request->not_before < authority->not_before || request->not_after > authority->not_after)
    return pki_set_error(error, CERTDROP_ERROR_CONFIGURATION,
                         "the issuing CA's own certificate does not last as long as the one asked "
                         "for: a new CA is needed");
  return TRUE;
}

/* Subject, common name and subjectAltName. The latter is critical only under an empty subject: RFC
 * 5280 4.2.1.6, Baseline Requirements 7.1.2.7.12. */
static gboolean set_names(X509 *certificate, const PkiIssueRequest *request, GError **error)
{
  if (request->names[0] == NULL)
    return pki_set_error(error, CERTDROP_ERROR_REFUSED, "a certificate needs a name");
  X509_NAME *subject = X509_get_subject_name(certificate);
  if (!pki_subject_fill(subject, request->subject, pki_names_common_name(request->names), error))
    return FALSE;
  gboolean critical = X509_NAME_entry_count(subject) == 0;
  g_autoptr(X509_EXTENSION) names = pki_names_to_extension(request->names, critical, error);
  if (names == NULL)
    return FALSE;
  return pki_certificate_add(certificate, names) ||
         pki_set_error(error, CERTDROP_ERROR_BUG, "the names cannot be added");
}

/* All but the names: in the order in which most CAs have them. */
static gboolean add_extensions(X509 *certificate, const PkiProfile *profile,
                               PkiValidation validation, const PkiSpki *spki, GError **error)
{
  g_autoptr(ASN1_OCTET_STRING) key_id = pki_key_id_new(spki);
  g_autoptr(X509_EXTENSION) subject_key_id =
      key_id == NULL ? NULL : pki_extension_subject_key_id(key_id);
  gboolean rsa = spki->modulus.length != 0;
  X509_EXTENSION *const extensions[] = {
      rsa ? profile->usage_rsa : profile->usage_other,
      profile->server_auth,
      profile->end_entity,
      subject_key_id,
      profile->authority_key_id,
      profile->ca_issuers,
      profile->policy[validation],
      profile->crl_distribution,
  };
  gboolean done = subject_key_id != NULL;
  for (gsize i = 0; done && i < G_N_ELEMENTS(extensions); i++)
    done = pki_certificate_add(certificate, extensions[i]);
  return done || pki_set_error(error, CERTDROP_ERROR_BUG, "the extensions cannot be added");
}

static X509 *build(const PkiAuthority *authority, const PkiIssueRequest *request,
                   const PkiSpki *spki, GError **error)
{
  g_autoptr(X509) certificate = X509_new();
  if (certificate == NULL ||
      X509_set_issuer_name(certificate, X509_get_subject_name(authority->certificate)) != 1) {
    pki_set_error(error, CERTDROP_ERROR_BUG, "no certificate can be made");
    return NULL;
  }
  if (!pki_certificate_set_identity(certificate, request->serial, request->not_before,
                                    request->not_after, error) ||
      !pki_spki_copy_to(spki, X509_get_X509_PUBKEY(certificate), error) ||
      !add_extensions(certificate, &authority->profile, request->validation, spki, error) ||
      !set_names(certificate, request, error))
    return NULL;
  return g_steal_pointer(&certificate);
}

PkiCertificate *pki_authority_issue(const PkiAuthority *authority, const PkiIssueRequest *request,
                                    GError **error)
{
  g_assert(authority->role == PKI_AUTHORITY_ROLE_ISSUING);
  PkiSlice key = pki_slice_from_bytes(request->spki);
  PkiSpki spki;
  if (!check_validity(authority, request, error))
    return NULL;
  if (!pki_spki_parse(key, &spki) || spki.algorithm == NULL) {
    pki_set_error(error, CERTDROP_ERROR_REFUSED, "a public key of a kind that is not certified");
    return NULL;
  }
  g_autoptr(X509) certificate = build(authority, request, &spki, error);
  if (certificate == NULL)
    return NULL;
  GBytes *der = pki_certificate_sign(certificate, authority->signer, error);
  if (der == NULL)
    return NULL;
  PkiSlice whole = pki_slice_from_bytes(der);
  PkiCertificate *issued = g_new(PkiCertificate, 1);
  *issued = (PkiCertificate){der,
                             pki_serial_to_hex(X509_get0_serialNumber(certificate)),
                             pki_sha256_hex(whole.data, whole.length),
                             pki_sha256_hex(key.data, key.length),
                             request->not_before,
                             request->not_after};
  return issued;
}

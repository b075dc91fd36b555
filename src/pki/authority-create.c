#include "pki/pki-private.h"

#include "base/clock.h"

/* What distinguishes the two certificates. */
typedef struct {
  const char *title; /* end of the common name */
  PkiKeyKind kind;
  int years;
  int path_length;
} MemberForm;

static const MemberForm root_form = {"Root CA", PKI_KEY_KIND_EC_P384, 20, -1};
static const MemberForm issuing_form = {"TLS CA", PKI_KEY_KIND_EC_P256, 10, 0};

void pki_authority_parts_free(PkiAuthorityParts *parts)
{
  if (parts == NULL)
    return;
  g_bytes_unref(parts->root_certificate);
  g_bytes_unref(parts->root_key);
  g_bytes_unref(parts->root_crl);
  g_bytes_unref(parts->issuing_certificate);
  g_bytes_unref(parts->issuing_key);
  g_free(parts);
}

/* As much of TEXT as fits into CHARACTERS. */
static char *cut(const char *text, glong characters)
{
  return g_utf8_substring(text, 0, MIN(characters, g_utf8_strlen(text, -1)));
}

/* The common name ends in the year, so that the CA after this one has another. */
static gboolean fill_name(X509_NAME *name, const MemberForm *form,
                          const PkiAuthorityParameters *parameters, GError **error)
{
  g_autoptr(GDateTime) begin = g_date_time_new_from_unix_utc(parameters->now);
  g_autofree char *ending = g_strdup_printf(" %s %d", form->title, g_date_time_get_year(begin));
  g_autofree char *owner = cut(parameters->organization, 64 - g_utf8_strlen(ending, -1));
  g_autofree char *common_name = g_strconcat(owner, ending, NULL);
  g_autofree char *organization = cut(parameters->organization, 64);
  PkiSubject subject = {.country = parameters->country, .organization = organization};
  return pki_subject_fill(name, &subject, common_name, error);
}

static gboolean add_ca_extensions(X509 *certificate, const MemberForm *form, const PkiSpki *spki)
{
  g_autoptr(ASN1_OCTET_STRING) key_id = pki_key_id_new(spki);
  if (key_id == NULL)
    return FALSE;
  g_autoptr(X509_EXTENSION) constraints = pki_extension_basic_constraints(TRUE, form->path_length);
  g_autoptr(X509_EXTENSION) usage = pki_extension_key_usage(KU_KEY_CERT_SIGN | KU_CRL_SIGN);
  g_autoptr(X509_EXTENSION) subject_id = pki_extension_subject_key_id(key_id);
  return constraints != NULL && pki_certificate_add(certificate, constraints) && usage != NULL &&
         pki_certificate_add(certificate, usage) && subject_id != NULL &&
         pki_certificate_add(certificate, subject_id);
}

/* A certificate for KEY with all but its issuer. */
static X509 *begin_certificate(const MemberForm *form, const PkiKey *key,
                               const PkiAuthorityParameters *parameters, GError **error)
{
  guint8 serial[PKI_SERIAL_LENGTH];
  PkiSpki spki;
  gboolean parsed = pki_spki_parse(pki_slice_from_bytes(pki_key_spki(key)), &spki);
  g_assert(parsed);
  g_autoptr(X509) certificate = X509_new();
  if (certificate == NULL || !pki_serial_generate(serial, error) ||
      !pki_certificate_set_identity(certificate, serial, parameters->now,
                                    clock_add_years(parameters->now, form->years) - 1, error) ||
      !fill_name(X509_get_subject_name(certificate), form, parameters, error) ||
      !pki_spki_copy_to(&spki, X509_get_X509_PUBKEY(certificate), error))
    return NULL;
  if (!add_ca_extensions(certificate, form, &spki)) {
    pki_set_error(error, CERTDROP_ERROR_BUG, "a CA certificate's extensions cannot be made");
    return NULL;
  }
  return g_steal_pointer(&certificate);
}

/* A root has neither usages nor policies: Baseline Requirements 7.1.2.1.2. Returns DER. */
static GBytes *make_root(const PkiKey *key, const PkiAuthorityParameters *parameters,
                         GError **error)
{
  g_autoptr(X509) certificate = begin_certificate(&root_form, key, parameters, error);
  g_autoptr(EVP_MD_CTX) signer =
      certificate == NULL ? NULL : pki_signer_new(pki_key_evp(key), error);
  if (signer == NULL)
    return NULL;
  PkiSpki spki;
  gboolean parsed = pki_spki_parse(pki_slice_from_bytes(pki_key_spki(key)), &spki);
  g_assert(parsed);
  g_autoptr(ASN1_OCTET_STRING) key_id = pki_key_id_new(&spki);
  g_autoptr(X509_EXTENSION) own_id = pki_extension_authority_key_id(key_id);
  if (own_id == NULL || !pki_certificate_add(certificate, own_id) ||
      X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) != 1) {
    pki_set_error(error, CERTDROP_ERROR_BUG, "the root certificate cannot be made");
    return NULL;
  }
  return pki_certificate_sign(certificate, signer, error);
}

static PkiAuthority *open_root(GBytes *certificate, const PkiKey *key, GError **error)
{
  PkiSlice der = pki_slice_from_bytes(certificate);
  const guint8 *at = der.data;
  g_autoptr(X509) root = d2i_X509(NULL, &at, (long)der.length);
  if (root == NULL) {
    pki_set_error(error, CERTDROP_ERROR_BUG, "the root certificate cannot be read again");
    return NULL;
  }
  return pki_authority_new(PKI_AUTHORITY_ROLE_ROOT, root, pki_key_evp(key), NULL, error);
}

/* Baseline Requirements 7.1.2.6.1. serverAuth alone, as the root programs ask of a CA for TLS; any
 * policy, since all kinds of validation are issued. No address of the root: who trusts it has it.
 */
static GBytes *make_issuing(const PkiKey *key, const PkiAuthority *root,
                            const PkiAuthorityParameters *parameters, GError **error)
{
  g_autoptr(X509) certificate = begin_certificate(&issuing_form, key, parameters, error);
  if (certificate == NULL)
    return NULL;
  const char *url = parameters->public_url;
  g_autoptr(X509_EXTENSION) policy = pki_extension_policy("2.5.29.32.0");
  g_autoptr(X509_EXTENSION) crl =
      url == NULL ? NULL : pki_extension_crl_distribution(url, "root.crl");
  if (policy == NULL || (url != NULL && crl == NULL) ||
      X509_set_issuer_name(certificate, X509_get_subject_name(root->certificate)) != 1 ||
      !pki_certificate_add(certificate, root->profile.authority_key_id) ||
      !pki_certificate_add(certificate, root->profile.server_auth) ||
      !pki_certificate_add(certificate, policy) || !pki_certificate_add(certificate, crl)) {
    pki_set_error(error, CERTDROP_ERROR_BUG, "the issuing certificate cannot be made");
    return NULL;
  }
  return pki_certificate_sign(certificate, root->signer, error);
}

/* Fills PARTS as far as it comes. */
static gboolean fill_parts(PkiAuthorityParts *parts, const PkiAuthorityParameters *parameters,
                           const PkiWrappingKey *wrapping_key, GError **error)
{
  g_autoptr(PkiKey) root_key = pki_key_generate(root_form.kind, error);
  g_autoptr(PkiKey) issuing_key =
      root_key == NULL ? NULL : pki_key_generate(issuing_form.kind, error);
  if (issuing_key == NULL ||
      (parts->root_certificate = make_root(root_key, parameters, error)) == NULL)
    return FALSE;
  g_autoptr(PkiAuthority) root = open_root(parts->root_certificate, root_key, error);
  if (root == NULL)
    return FALSE;
  gint64 now = parameters->now;
  PkiCrlRequest crl = {.number = 1, .this_update = now, .next_update = now + 365 * CLOCK_DAY};
  parts->issuing_certificate = make_issuing(issuing_key, root, parameters, error);
  if (parts->issuing_certificate == NULL ||
      (parts->root_crl = pki_authority_make_crl(root, &crl, error)) == NULL)
    return FALSE;
  parts->root_key =
      pki_authority_key_encrypt(root_key, PKI_AUTHORITY_ROLE_ROOT, wrapping_key, error);
  if (parts->root_key == NULL)
    return FALSE;
  parts->issuing_key =
      pki_authority_key_encrypt(issuing_key, PKI_AUTHORITY_ROLE_ISSUING, wrapping_key, error);
  return parts->issuing_key != NULL;
}

PkiAuthorityParts *pki_authority_create(const PkiAuthorityParameters *parameters,
                                        const PkiWrappingKey *wrapping_key, GError **error)
{
  g_autoptr(PkiAuthorityParts) parts = g_new0(PkiAuthorityParts, 1);
  if (!fill_parts(parts, parameters, wrapping_key, error))
    return NULL;
  return g_steal_pointer(&parts);
}

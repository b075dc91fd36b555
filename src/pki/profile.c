#include "pki/pki-private.h"

/* CA/Browser Forum's policy identifiers, Baseline Requirements 7.1.6.1. */
static const char *const policy_oids[] = {
    [PKI_VALIDATION_DV] = "2.23.140.1.2.1",
    [PKI_VALIDATION_OV] = "2.23.140.1.2.2",
    [PKI_VALIDATION_EV] = "2.23.140.1.1",
};
G_STATIC_ASSERT(G_N_ELEMENTS(policy_oids) == PKI_VALIDATION_N);

static gboolean fill_fixed(PkiProfile *profile)
{
  profile->end_entity = pki_extension_basic_constraints(FALSE, -1);
  profile->server_auth = pki_extension_server_auth();
  /* keyEncipherment is for clients that still know RSA key exchange only. */
  profile->usage_rsa = pki_extension_key_usage(KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT);
  profile->usage_other = pki_extension_key_usage(KU_DIGITAL_SIGNATURE);
  gboolean done = profile->end_entity != NULL && profile->server_auth != NULL &&
                  profile->usage_rsa != NULL && profile->usage_other != NULL;
  for (PkiValidation i = 1; i < PKI_VALIDATION_N; i++) {
    profile->policy[i] = pki_extension_policy(policy_oids[i]);
    done = done && profile->policy[i] != NULL;
  }
  return done;
}

static gboolean fill_addresses(PkiProfile *profile, const char *public_url)
{
  if (public_url == NULL)
    return TRUE;
  profile->crl_distribution = pki_extension_crl_distribution(public_url, "issuing.crl");
  profile->ca_issuers = pki_extension_ca_issuers(public_url, "issuing.crt");
  return profile->crl_distribution != NULL && profile->ca_issuers != NULL;
}

gboolean pki_profile_fill(PkiProfile *profile, X509 *issuer, const char *public_url, GError **error)
{
  const ASN1_OCTET_STRING *key_id = X509_get0_subject_key_id(issuer);
  if (key_id == NULL)
    return pki_set_error(error, CERTDROP_ERROR_CORRUPT,
                         "the CA's certificate has no subjectKeyIdentifier");
  profile->authority_key_id = pki_extension_authority_key_id(key_id);
  if (profile->authority_key_id == NULL || !fill_fixed(profile) ||
      !fill_addresses(profile, public_url))
    return pki_set_error(error, CERTDROP_ERROR_BUG, "the certificates' extensions cannot be made");
  return TRUE;
}

void pki_profile_clear(PkiProfile *profile)
{
  X509_EXTENSION_free(profile->authority_key_id);
  X509_EXTENSION_free(profile->crl_distribution);
  X509_EXTENSION_free(profile->ca_issuers);
  X509_EXTENSION_free(profile->end_entity);
  X509_EXTENSION_free(profile->server_auth);
  X509_EXTENSION_free(profile->usage_rsa);
  X509_EXTENSION_free(profile->usage_other);
  for (PkiValidation i = 1; i < PKI_VALIDATION_N; i++)
    X509_EXTENSION_free(profile->policy[i]);
}

#include "pki/pki-private.h"

enum { KEY_ID_LENGTH = 20 };

/* The first 160 bits of the SHA-256 of the public key: RFC 7093 2, method 1. As long as the SHA-1
 * of RFC 5280 4.2.1.2, which every program takes, and without SHA-1, which some systems forbid. */
ASN1_OCTET_STRING *pki_key_id_new(const PkiSpki *spki)
{
  guint8 digest[32];
  pki_sha256(spki->public_key.data, spki->public_key.length, digest);
  g_autoptr(ASN1_OCTET_STRING) id = ASN1_OCTET_STRING_new();
  if (id == NULL || ASN1_OCTET_STRING_set(id, digest, KEY_ID_LENGTH) != 1)
    return NULL;
  return g_steal_pointer(&id);
}

X509_EXTENSION *pki_extension_subject_key_id(const ASN1_OCTET_STRING *key_id)
{
  return X509V3_EXT_i2d(NID_subject_key_identifier, FALSE, (void *)key_id);
}

X509_EXTENSION *pki_extension_authority_key_id(const ASN1_OCTET_STRING *key_id)
{
  g_autoptr(AUTHORITY_KEYID) id = AUTHORITY_KEYID_new();
  if (id == NULL)
    return NULL;
  id->keyid = ASN1_OCTET_STRING_dup(key_id);
  return id->keyid == NULL ? NULL : X509V3_EXT_i2d(NID_authority_key_identifier, FALSE, id);
}

X509_EXTENSION *pki_extension_basic_constraints(gboolean ca, int path_length)
{
  g_autoptr(BASIC_CONSTRAINTS) constraints = BASIC_CONSTRAINTS_new();
  if (constraints == NULL)
    return NULL;
  constraints->ca = ca ? 0xff : 0;
  if (path_length >= 0) {
    constraints->pathlen = ASN1_INTEGER_new();
    if (constraints->pathlen == NULL || ASN1_INTEGER_set(constraints->pathlen, path_length) != 1)
      return NULL;
  }
  return X509V3_EXT_i2d(NID_basic_constraints, TRUE, constraints);
}

X509_EXTENSION *pki_extension_key_usage(guint bits)
{
  g_autoptr(ASN1_BIT_STRING) usage = ASN1_BIT_STRING_new();
  guint8 octet = (guint8)bits; /* of the nine uses only decipherOnly is not in the first octet */
  g_assert(bits == octet);
  if (usage == NULL || ASN1_BIT_STRING_set(usage, &octet, 1) != 1)
    return NULL;
  return X509V3_EXT_i2d(NID_key_usage, TRUE, usage);
}

X509_EXTENSION *pki_extension_server_auth(void)
{
  g_autoptr(EXTENDED_KEY_USAGE) usage = sk_ASN1_OBJECT_new_null();
  if (usage == NULL || sk_ASN1_OBJECT_push(usage, OBJ_nid2obj(NID_server_auth)) == 0)
    return NULL;
  return X509V3_EXT_i2d(NID_ext_key_usage, FALSE, usage);
}

X509_EXTENSION *pki_extension_policy(const char *oid)
{
  g_autoptr(CERTIFICATEPOLICIES) policies = sk_POLICYINFO_new_null();
  POLICYINFO *policy = POLICYINFO_new();
  if (policies == NULL || policy == NULL || sk_POLICYINFO_push(policies, policy) == 0) {
    POLICYINFO_free(policy);
    return NULL;
  }
  policy->policyid = OBJ_txt2obj(oid, TRUE);
  return policy->policyid == NULL ? NULL
                                  : X509V3_EXT_i2d(NID_certificate_policies, FALSE, policies);
}

static GENERAL_NAME *address_new(const char *public_url, const char *file)
{
  g_autofree char *text = g_strconcat(public_url, file, NULL);
  GENERAL_NAME *address = GENERAL_NAME_new();
  ASN1_IA5STRING *value = ASN1_IA5STRING_new();
  if (address == NULL || value == NULL || ASN1_STRING_set(value, text, -1) != 1) {
    GENERAL_NAME_free(address);
    ASN1_IA5STRING_free(value);
    return NULL;
  }
  GENERAL_NAME_set0_value(address, GEN_URI, value);
  return address;
}

X509_EXTENSION *pki_extension_crl_distribution(const char *public_url, const char *file)
{
  g_autoptr(CRL_DIST_POINTS) points = sk_DIST_POINT_new_null();
  DIST_POINT *point = DIST_POINT_new();
  if (points == NULL || point == NULL || sk_DIST_POINT_push(points, point) == 0) {
    DIST_POINT_free(point);
    return NULL;
  }
  GENERAL_NAME *address = address_new(public_url, file);
  point->distpoint = DIST_POINT_NAME_new();
  if (address == NULL || point->distpoint == NULL) {
    GENERAL_NAME_free(address);
    return NULL;
  }
  point->distpoint->type = 0; /* fullName */
  point->distpoint->name.fullname = sk_GENERAL_NAME_new_null();
  if (sk_GENERAL_NAME_push(point->distpoint->name.fullname, address) == 0) {
    GENERAL_NAME_free(address);
    return NULL;
  }
  return X509V3_EXT_i2d(NID_crl_distribution_points, FALSE, points);
}

X509_EXTENSION *pki_extension_ca_issuers(const char *public_url, const char *file)
{
  g_autoptr(AUTHORITY_INFO_ACCESS) accesses = sk_ACCESS_DESCRIPTION_new_null();
  ACCESS_DESCRIPTION *access = ACCESS_DESCRIPTION_new();
  if (accesses == NULL || access == NULL || sk_ACCESS_DESCRIPTION_push(accesses, access) == 0) {
    ACCESS_DESCRIPTION_free(access);
    return NULL;
  }
  access->method = OBJ_nid2obj(NID_ad_ca_issuers);
  GENERAL_NAME_free(access->location);
  access->location = address_new(public_url, file);
  return access->location == NULL ? NULL : X509V3_EXT_i2d(NID_info_access, FALSE, accesses);
}

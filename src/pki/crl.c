#include "pki/pki-private.h"

#include <string.h>

/* RFC 5280 5.3.1. removeFromCRL (8) is for delta lists only, and there is no 7. */
static gboolean reason_is_valid(int reason)
{
  return reason >= 0 && reason <= 10 && reason != 7 && reason != 8;
}

static gboolean set_serial(X509_REVOKED *entry, const char *serial)
{
  BIGNUM *parsed = NULL;
  gsize digits = strspn(serial, "0123456789ABCDEFabcdef");
  if (digits == 0 || serial[digits] != '\0' || BN_hex2bn(&parsed, serial) == 0)
    return FALSE;
  g_autoptr(BIGNUM) number = parsed;
  g_autoptr(ASN1_INTEGER) integer = BN_to_ASN1_INTEGER(number, NULL);
  return integer != NULL && X509_REVOKED_set_serialNumber(entry, integer) == 1;
}

static gboolean set_reason(X509_REVOKED *entry, int reason)
{
  if (reason == 0)
    return TRUE;
  g_autoptr(ASN1_ENUMERATED) code = ASN1_ENUMERATED_new();
  return code != NULL && ASN1_ENUMERATED_set(code, reason) == 1 &&
         X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, code, 0, 0) == 1;
}

static gboolean add_entry(X509_CRL *crl, const PkiRevoked *revoked, GError **error)
{
  if (!reason_is_valid(revoked->reason))
    return pki_set_error(error, CERTDROP_ERROR_REFUSED, "%d is no reason for a revocation list",
                         revoked->reason);
  g_autoptr(X509_REVOKED) entry = X509_REVOKED_new();
  g_autoptr(ASN1_TIME) at = ASN1_TIME_set(NULL, revoked->at);
  if (entry == NULL || at == NULL || !set_serial(entry, revoked->serial) ||
      X509_REVOKED_set_revocationDate(entry, at) != 1 || !set_reason(entry, revoked->reason))
    return pki_set_error(error, CERTDROP_ERROR_REFUSED,
                         "the serial number '%s' cannot be put on the revocation list",
                         revoked->serial);
  if (X509_CRL_add0_revoked(crl, entry) != 1)
    return pki_set_error(error, CERTDROP_ERROR_BUG, "the revocation list takes no entry");
  g_steal_pointer(&entry);
  return TRUE;
}

static gboolean set_fields(X509_CRL *crl, const PkiAuthority *authority,
                           const PkiCrlRequest *request)
{
  g_autoptr(ASN1_TIME) this_update = ASN1_TIME_set(NULL, request->this_update);
  g_autoptr(ASN1_TIME) next_update = ASN1_TIME_set(NULL, request->next_update);
  g_autoptr(ASN1_INTEGER) number = ASN1_INTEGER_new();
  return this_update != NULL && next_update != NULL && number != NULL &&
         ASN1_INTEGER_set_uint64(number, request->number) == 1 &&
         X509_CRL_set_version(crl, X509_CRL_VERSION_2) == 1 &&
         X509_CRL_set_issuer_name(crl, X509_get_subject_name(authority->certificate)) == 1 &&
         X509_CRL_set1_lastUpdate(crl, this_update) == 1 &&
         X509_CRL_set1_nextUpdate(crl, next_update) == 1 &&
         X509_CRL_add_ext(crl, authority->profile.authority_key_id, -1) == 1 &&
         X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, 0) == 1;
}

static GBytes *sign(X509_CRL *crl, const PkiAuthority *authority)
{
  g_autoptr(EVP_MD_CTX) once = EVP_MD_CTX_new();
  guint8 *der = NULL;
  if (once == NULL || EVP_MD_CTX_copy_ex(once, authority->signer) != 1 || X509_CRL_sort(crl) != 1 ||
      X509_CRL_sign_ctx(crl, once) <= 0)
    return NULL;
  int length = i2d_X509_CRL(crl, &der);
  return length <= 0 ? NULL : pki_bytes_take(der, length);
}

GBytes *pki_authority_make_crl(const PkiAuthority *authority, const PkiCrlRequest *request,
                               GError **error)
{
  g_autoptr(X509_CRL) crl = X509_CRL_new();
  gboolean begun = crl != NULL && set_fields(crl, authority, request);
  for (gsize i = 0; begun && i < request->revoked_count; i++)
    if (!add_entry(crl, &request->revoked[i], error))
      return NULL;
  GBytes *der = begun ? sign(crl, authority) : NULL;
  if (der == NULL)
    pki_set_error(error, CERTDROP_ERROR_BUG, "the revocation list cannot be made");
  return der;
}

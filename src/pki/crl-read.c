#include "pki/pki-private.h"

#include <openssl/err.h>

struct PkiCrl {
  X509_CRL *crl;
  gint64 this_update;
  gint64 next_update;
};

void pki_crl_free(PkiCrl *crl)
{
  if (crl == NULL)
    return;
  X509_CRL_free(crl->crl);
  g_free(crl);
}

static gboolean is_signed_by(X509_CRL *crl, GBytes *issuer)
{
  PkiSlice der = pki_slice_from_bytes(issuer);
  const guint8 *at = der.data;
  g_autoptr(X509) certificate = d2i_X509(NULL, &at, (long)der.length);
  EVP_PKEY *key = certificate != NULL ? X509_get0_pubkey(certificate) : NULL;
  return key != NULL &&
         X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(certificate)) == 0 &&
         X509_CRL_verify(crl, key) == 1;
}

PkiCrl *pki_crl_read(GBytes *bytes, GBytes *issuer, GError **error)
{
  PkiSlice der = pki_slice_from_bytes(bytes);
  const guint8 *at = der.data;
  g_autoptr(PkiCrl) crl = g_new0(PkiCrl, 1);
  crl->crl = d2i_X509_CRL(NULL, &at, (long)der.length);
  if (crl->crl == NULL || at != der.data + der.length ||
      !pki_time_from_asn1(X509_CRL_get0_lastUpdate(crl->crl), &crl->this_update) ||
      X509_CRL_get0_nextUpdate(crl->crl) == NULL ||
      !pki_time_from_asn1(X509_CRL_get0_nextUpdate(crl->crl), &crl->next_update)) {
    pki_set_error(error, CERTDROP_ERROR_REFUSED, "not a revocation list");
    return NULL;
  }
  if (!is_signed_by(crl->crl, issuer)) {
    ERR_clear_error();
    pki_set_error(error, CERTDROP_ERROR_REFUSED, "not signed by its authority");
    return NULL;
  }
  return g_steal_pointer(&crl);
}

gint64 pki_crl_this_update(const PkiCrl *crl)
{
  return crl->this_update;
}

gint64 pki_crl_next_update(const PkiCrl *crl)
{
  return crl->next_update;
}

gsize pki_crl_count(const PkiCrl *crl)
{
  STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED(crl->crl);
  return entries != NULL ? (gsize)sk_X509_REVOKED_num(entries) : 0;
}

char *pki_crl_serial(const PkiCrl *crl, gsize index)
{
  const X509_REVOKED *entry = sk_X509_REVOKED_value(X509_CRL_get_REVOKED(crl->crl), (int)index);
  return pki_serial_to_hex(X509_REVOKED_get0_serialNumber(entry));
}

gboolean pki_crl_has(const PkiCrl *crl, const char *serial)
{
  BIGNUM *parsed = NULL;
  if (BN_hex2bn(&parsed, serial) == 0)
    return FALSE;
  g_autoptr(BIGNUM) number = parsed;
  g_autoptr(ASN1_INTEGER) integer = BN_to_ASN1_INTEGER(number, NULL);
  X509_REVOKED *entry = NULL;
  return integer != NULL && X509_CRL_get0_by_serial(crl->crl, &entry, integer) == 1;
}

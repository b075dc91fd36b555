#include "pki/pki-private.h"

#include <openssl/rand.h>
#include <string.h>

static const char *signature_digest(const EVP_PKEY *key)
{
  if (EVP_PKEY_is_a(key, "ED25519"))
    return NULL;
  return EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_bits(key) == 384 ? "SHA384" : "SHA256";
}

EVP_MD_CTX *pki_signer_new(EVP_PKEY *key, GError **error)
{
  g_autoptr(EVP_MD_CTX) signer = EVP_MD_CTX_new();
  if (signer == NULL ||
      EVP_DigestSignInit_ex(signer, NULL, signature_digest(key), NULL, NULL, key, NULL) != 1) {
    pki_set_error(error, CERTDROP_ERROR_BUG, "a key cannot sign");
    return NULL;
  }
  return g_steal_pointer(&signer);
}

gboolean pki_serial_generate(guint8 ret_serial[PKI_SERIAL_LENGTH], GError **error)
{
  static const guint8 zero[PKI_SERIAL_LENGTH];
  guint8 serial[PKI_SERIAL_LENGTH];
  do {
    if (RAND_bytes(serial, sizeof serial) != 1)
      return pki_set_error(error, CERTDROP_ERROR_IO, "no random bytes for a serial number");
  } while (memcmp(serial, zero, sizeof zero) == 0);
  memcpy(ret_serial, serial, sizeof serial);
  return TRUE;
}

gboolean pki_certificate_set_identity(X509 *certificate, const guint8 serial[PKI_SERIAL_LENGTH],
                                      gint64 not_before, gint64 not_after, GError **error)
{
  g_autoptr(BIGNUM) number = BN_bin2bn(serial, PKI_SERIAL_LENGTH, NULL);
  /* RFC 5280 4.1.2.5: UTCTime until 2049, GeneralizedTime from 2050; ASN1_TIME_set() knows. */
  if (number == NULL || BN_is_zero(number) ||
      BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) == NULL ||
      X509_set_version(certificate, X509_VERSION_3) != 1 ||
      ASN1_TIME_set(X509_getm_notBefore(certificate), not_before) == NULL ||
      ASN1_TIME_set(X509_getm_notAfter(certificate), not_after) == NULL)
    return pki_set_error(error, CERTDROP_ERROR_REFUSED,
                         "a serial number or a time that no certificate can have");
  return TRUE;
}

gboolean pki_certificate_add(X509 *certificate, X509_EXTENSION *extension)
{
  return extension == NULL || X509_add_ext(certificate, extension, -1) == 1;
}

GBytes *pki_certificate_sign(X509 *certificate, const EVP_MD_CTX *signer, GError **error)
{
  g_autoptr(EVP_MD_CTX) once = EVP_MD_CTX_new();
  guint8 *der = NULL;
  int length = -1;
  if (once != NULL && EVP_MD_CTX_copy_ex(once, signer) == 1 && X509_sign_ctx(certificate, once) > 0)
    length = i2d_X509(certificate, &der);
  if (length <= 0) {
    pki_set_error(error, CERTDROP_ERROR_BUG, "a certificate cannot be signed");
    return NULL;
  }
  return pki_bytes_take(der, length);
}

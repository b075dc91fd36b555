#include "pki/pki-private.h"

#include <openssl/core_names.h>

/* PKCS#8 written here and not by OpenSSL's encoder for two reasons: the encoder takes twice as long
 * as the signature, and it leaves the key in freed memory outside the secure heap. */

static const guint8 version_0[] = {PKI_DER_INTEGER, 1, 0};
static const guint8 version_1[] = {PKI_DER_INTEGER, 1, 1};

/* Each of these writes the content of the privateKey OCTET STRING. */
typedef gboolean (*WritePrivate)(PkiDerWriter *writer, const PkiKey *key, GError **error);

/* RSAPrivateKey, RFC 8017 A.1.2. */
static gboolean write_rsa(PkiDerWriter *writer, const PkiKey *key, GError **error)
{
  static const char *const numbers[] = {
      OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
      OSSL_PKEY_PARAM_RSA_EXPONENT2,
      OSSL_PKEY_PARAM_RSA_EXPONENT1,
      OSSL_PKEY_PARAM_RSA_FACTOR2,
      OSSL_PKEY_PARAM_RSA_FACTOR1,
      OSSL_PKEY_PARAM_RSA_D,
      OSSL_PKEY_PARAM_RSA_E,
      OSSL_PKEY_PARAM_RSA_N,
  };
  gsize end = writer->start;
  gsize width = pki_key_kind_info(pki_key_kind(key))->bits / 8;
  for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
    g_autoptr(Secret) number = pki_key_parameter(pki_key_evp(key), numbers[i], width, error);
    if (number == NULL)
      return FALSE;
    pki_der_put_unsigned(writer, number->data, number->length);
  }
  pki_der_put(writer, version_0, sizeof version_0);
  pki_der_put_header(writer, PKI_DER_SEQUENCE, end);
  return TRUE;
}

/* ECPrivateKey, RFC 5915 3, with the public key and without the curve, which the
 * AlgorithmIdentifier names already. */
static gboolean write_ec(PkiDerWriter *writer, const PkiKey *key, GError **error)
{
  gsize width = pki_key_kind_info(pki_key_kind(key))->bits / 8;
  g_autoptr(Secret) number =
      pki_key_parameter(pki_key_evp(key), OSSL_PKEY_PARAM_PRIV_KEY, width, error);
  if (number == NULL)
    return FALSE;
  PkiSpki spki;
  gboolean parsed = pki_spki_parse(pki_slice_from_bytes(pki_key_spki(key)), &spki);
  g_assert(parsed);

  gsize end = writer->start;
  pki_der_put(writer, spki.public_key.data, spki.public_key.length);
  pki_der_put(writer, "", 1);
  pki_der_put_header(writer, PKI_DER_BIT_STRING, end);
  pki_der_put_header(writer, PKI_DER_CONTEXT(1), end);
  gsize number_end = writer->start;
  pki_der_put(writer, number->data, number->length);
  pki_der_put_header(writer, PKI_DER_OCTET_STRING, number_end);
  pki_der_put(writer, version_1, sizeof version_1);
  pki_der_put_header(writer, PKI_DER_SEQUENCE, end);
  return TRUE;
}

/* CurvePrivateKey, RFC 8410 7. */
static gboolean write_ed25519(PkiDerWriter *writer, const PkiKey *key, GError **error)
{
  g_autoptr(Secret) number = secret_new(32);
  gsize end = writer->start;
  gsize length = number->length;
  if (EVP_PKEY_get_raw_private_key(pki_key_evp(key), number->data, &length) != 1)
    return pki_set_error(error, CERTDROP_ERROR_BUG, "a key has no private half");
  pki_der_put(writer, number->data, length);
  pki_der_put_header(writer, PKI_DER_OCTET_STRING, end);
  return TRUE;
}

static const WritePrivate writers[] = {
    [PKI_KEY_KIND_RSA_2048] = write_rsa, [PKI_KEY_KIND_RSA_3072] = write_rsa,
    [PKI_KEY_KIND_RSA_4096] = write_rsa, [PKI_KEY_KIND_EC_P256] = write_ec,
    [PKI_KEY_KIND_EC_P384] = write_ec,   [PKI_KEY_KIND_ED25519] = write_ed25519,
};
G_STATIC_ASSERT(G_N_ELEMENTS(writers) == PKI_KEY_KIND_N);

Secret *pki_key_to_pkcs8(const PkiKey *key, GError **error)
{
  PkiKeyKind kind = pki_key_kind(key);
  const PkiKeyKindInfo *info = pki_key_kind_info(kind);
  /* An RSA key has nine halves of its modulus's size; 256 are for all headers. */
  g_autoptr(Secret) buffer = secret_new(info->bits / 8 * 9 / 2 + 256);
  PkiDerWriter writer = {buffer, buffer->length};
  if (!writers[kind](&writer, key, error))
    return NULL;
  pki_der_put_header(&writer, PKI_DER_OCTET_STRING, buffer->length);
  pki_der_put(&writer, info->identifier, info->identifier_length);
  pki_der_put(&writer, version_0, sizeof version_0);
  pki_der_put_header(&writer, PKI_DER_SEQUENCE, buffer->length);
  return secret_new_copy(buffer->data + writer.start, buffer->length - writer.start);
}

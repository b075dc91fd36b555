#include "pki/pki-private.h"

#include <string.h>

/* A positive INTEGER as RSA keys have them, without the zero byte before a high bit. */
static gboolean take_unsigned(PkiSlice *input, PkiSlice *ret_number)
{
  PkiSlice number;
  if (!pki_der_take(input, PKI_DER_INTEGER, &number, NULL) || number.length == 0 ||
      number.data[0] & 0x80)
    return FALSE;
  while (number.length > 0 && number.data[0] == 0) {
    number.data++;
    number.length--;
  }
  *ret_number = number;
  return TRUE;
}

/* RSAPublicKey, RFC 8017 A.1.1. */
static void parse_rsa(PkiSpki *spki)
{
  PkiSlice input = spki->public_key;
  PkiSlice sequence, modulus, exponent;
  if (!pki_der_take(&input, PKI_DER_SEQUENCE, &sequence, NULL) || input.length != 0 ||
      !take_unsigned(&sequence, &modulus) || !take_unsigned(&sequence, &exponent) ||
      sequence.length != 0)
    return;
  spki->modulus = modulus;
  spki->exponent = exponent;
}

static gboolean identifier_is(const PkiSpki *spki, const PkiKeyKindInfo *info)
{
  return spki->identifier.length == info->identifier_length &&
         memcmp(spki->identifier.data, info->identifier, info->identifier_length) == 0;
}

static void recognize(PkiSpki *spki)
{
  for (PkiKeyKind kind = 1; kind < PKI_KEY_KIND_N; kind++) {
    const PkiKeyKindInfo *info = pki_key_kind_info(kind);
    if (!identifier_is(spki, info))
      continue;
    if (spki->algorithm == NULL) {
      spki->algorithm = info->algorithm;
      spki->group = info->group;
      if (info->public_length == 0)
        parse_rsa(spki);
    }
    if (info->public_length != 0 || pki_spki_rsa_bits(spki) == info->bits)
      spki->kind = kind;
  }
}

gboolean pki_spki_parse(PkiSlice der, PkiSpki *ret_spki)
{
  PkiSpki spki = {0};
  PkiSlice sequence, bits;
  if (!pki_der_take(&der, PKI_DER_SEQUENCE, &sequence, NULL) || der.length != 0 ||
      !pki_der_take(&sequence, PKI_DER_SEQUENCE, NULL, &spki.identifier) ||
      !pki_der_take(&sequence, PKI_DER_BIT_STRING, &bits, NULL) || sequence.length != 0 ||
      bits.length < 1 || bits.data[0] != 0)
    return FALSE;
  spki.public_key = (PkiSlice){bits.data + 1, bits.length - 1};
  recognize(&spki);
  *ret_spki = spki;
  return TRUE;
}

guint pki_spki_rsa_bits(const PkiSpki *spki)
{
  if (spki->modulus.length == 0)
    return 0;
  return (guint)(spki->modulus.length - 1) * 8 + g_bit_storage(spki->modulus.data[0]);
}

char *pki_object_to_text(const ASN1_OBJECT *object, gboolean dotted)
{
  char text[128];
  if (OBJ_obj2txt(text, sizeof text, object, dotted) <= 0)
    return g_strdup("unknown");
  return g_strdup(text);
}

/* The name that OpenSSL has for the algorithm, else its OID; a key on a curve has that. */
static char *describe_algorithm(const PkiSpki *spki)
{
  const guint8 *at = spki->identifier.data;
  g_autoptr(X509_ALGOR) algorithm = d2i_X509_ALGOR(NULL, &at, (long)spki->identifier.length);
  if (algorithm == NULL)
    return g_strdup("unknown");
  const ASN1_OBJECT *object;
  int type;
  const void *value;
  X509_ALGOR_get0(&object, &type, &value, algorithm);
  if (OBJ_obj2nid(object) != NID_X9_62_id_ecPublicKey || type != V_ASN1_OBJECT)
    return pki_object_to_text(object, FALSE);
  g_autofree char *curve = pki_object_to_text(value, FALSE);
  return g_strconcat("EC ", curve, NULL);
}

char *pki_spki_label(const PkiSpki *spki)
{
  if (spki->kind != 0)
    return g_strdup(pki_key_kind_label(spki->kind));
  if (spki->modulus.length != 0)
    return g_strdup_printf("RSA %u", pki_spki_rsa_bits(spki));
  return describe_algorithm(spki);
}

GBytes *pki_spki_build(PkiKeyKind kind, const guint8 *public_key, gsize length)
{
  const PkiKeyKindInfo *info = pki_key_kind_info(kind);
  g_autoptr(Secret) buffer = secret_new(length + info->identifier_length + 16);
  PkiDerWriter writer = {buffer, buffer->length};
  pki_der_put(&writer, public_key, length);
  pki_der_put(&writer, "", 1);
  pki_der_put_header(&writer, PKI_DER_BIT_STRING, buffer->length);
  pki_der_put(&writer, info->identifier, info->identifier_length);
  pki_der_put_header(&writer, PKI_DER_SEQUENCE, buffer->length);
  return g_bytes_new(buffer->data + writer.start, buffer->length - writer.start);
}

gboolean pki_spki_copy_to(const PkiSpki *spki, X509_PUBKEY *target, GError **error)
{
  const guint8 *at = spki->identifier.data;
  g_autoptr(X509_ALGOR) algorithm = d2i_X509_ALGOR(NULL, &at, (long)spki->identifier.length);
  if (algorithm == NULL)
    return pki_set_error(error, CERTDROP_ERROR_REFUSED, "the public key's algorithm is unreadable");
  const ASN1_OBJECT *object;
  int type;
  const void *value;
  X509_ALGOR_get0(&object, &type, &value, algorithm);
  /* RSA's parameter is NULL, a curve's is its OID, Ed25519 has none. */
  void *parameter = type == V_ASN1_OBJECT ? OBJ_dup(value) : NULL;
  guint8 *key = OPENSSL_memdup(spki->public_key.data, spki->public_key.length);
  if (!X509_PUBKEY_set0_param(target, OBJ_dup(object), type, parameter, key,
                              (int)spki->public_key.length))
    return pki_set_error(error, CERTDROP_ERROR_BUG, "the public key cannot be copied");
  return TRUE;
}

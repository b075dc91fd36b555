#include "pki/pki-private.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

struct PkiKey {
  PkiKeyKind kind;
  EVP_PKEY *key;
  GBytes *spki;
  char *spki_sha256;
};

void pki_key_free(PkiKey *key)
{
  if (key == NULL)
    return;
  EVP_PKEY_free(key->key);
  g_bytes_unref(key->spki);
  g_free(key->spki_sha256);
  g_free(key);
}

PkiKeyKind pki_key_kind(const PkiKey *key)
{
  return key->kind;
}

GBytes *pki_key_spki(const PkiKey *key)
{
  return key->spki;
}

const char *pki_key_spki_sha256(const PkiKey *key)
{
  return key->spki_sha256;
}

EVP_PKEY *pki_key_evp(const PkiKey *key)
{
  return key->key;
}

Secret *pki_key_parameter(EVP_PKEY *key, const char *name, gsize width, GError **error)
{
  g_autoptr(Secret) number = secret_new(width);
  OSSL_PARAM parameters[] = {OSSL_PARAM_construct_BN(name, number->data, width),
                             OSSL_PARAM_construct_end()};
  if (EVP_PKEY_get_params(key, parameters) != 1 || !OSSL_PARAM_modified(&parameters[0])) {
    pki_set_error(error, CERTDROP_ERROR_BUG, "a key has no %s", name);
    return NULL;
  }
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  /* OpenSSL's numbers come in the machine's own order. */
  for (gsize i = 0; i < width / 2; i++) {
    guint8 byte = number->data[i];
    number->data[i] = number->data[width - 1 - i];
    number->data[width - 1 - i] = byte;
  }
#endif
  return g_steal_pointer(&number);
}

static GBytes *build_rsa_spki(EVP_PKEY *key, PkiKeyKind kind, GError **error)
{
  gsize width = pki_key_kind_info(kind)->bits / 8;
  g_autoptr(Secret) modulus = pki_key_parameter(key, OSSL_PKEY_PARAM_RSA_N, width, error);
  g_autoptr(Secret) exponent =
      modulus == NULL ? NULL : pki_key_parameter(key, OSSL_PKEY_PARAM_RSA_E, width, error);
  if (exponent == NULL)
    return NULL;
  g_autoptr(Secret) buffer = secret_new(2 * width + 16);
  PkiDerWriter writer = {buffer, buffer->length};
  pki_der_put_unsigned(&writer, exponent->data, width);
  pki_der_put_unsigned(&writer, modulus->data, width);
  pki_der_put_header(&writer, PKI_DER_SEQUENCE, buffer->length);
  return pki_spki_build(kind, buffer->data + writer.start, buffer->length - writer.start);
}

/* SubjectPublicKeyInfo without OpenSSL's encoder, which takes longer than to make the key. */
static GBytes *build_spki(EVP_PKEY *key, PkiKeyKind kind, GError **error)
{
  gsize length = pki_key_kind_info(kind)->public_length;
  if (length == 0)
    return build_rsa_spki(key, kind, error);
  guint8 public_key[97];
  g_assert(length <= sizeof public_key);
  gsize count = 0;
  if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, public_key, length, &count) !=
          1 ||
      count != length) {
    pki_set_error(error, CERTDROP_ERROR_BUG, "a key has no public half");
    return NULL;
  }
  return pki_spki_build(kind, public_key, length);
}

/* Takes EVP_KEY over. */
static PkiKey *key_new(EVP_PKEY *evp_key, PkiKeyKind kind, GError **error)
{
  g_autoptr(EVP_PKEY) owned = evp_key;
  GBytes *spki = build_spki(owned, kind, error);
  if (spki == NULL)
    return NULL;
  PkiSlice der = pki_slice_from_bytes(spki);
  PkiKey *key = g_new(PkiKey, 1);
  *key = (PkiKey){kind, g_steal_pointer(&owned), spki, pki_sha256_hex(der.data, der.length)};
  return key;
}

/* What makes keys of one kind, set up: half the time of a P-256 key otherwise. Not to be used by
 * two threads at once, hence one set for each thread. */
typedef struct {
  EVP_PKEY_CTX *contexts[PKI_KEY_KIND_N];
} Generators;

static void generators_free(gpointer data)
{
  Generators *generators = data;
  for (guint kind = 0; kind < PKI_KEY_KIND_N; kind++)
    EVP_PKEY_CTX_free(generators->contexts[kind]);
  g_free(generators);
}

static GPrivate thread_generators = G_PRIVATE_INIT(generators_free);

static EVP_PKEY_CTX *generator_new(PkiKeyKind kind)
{
  const PkiKeyKindInfo *info = pki_key_kind_info(kind);
  g_autoptr(EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_name(NULL, info->algorithm, NULL);
  if (context == NULL || EVP_PKEY_keygen_init(context) != 1)
    return NULL;
  if (info->group != NULL && EVP_PKEY_CTX_set_group_name(context, info->group) != 1)
    return NULL;
  if (info->public_length == 0 && EVP_PKEY_CTX_set_rsa_keygen_bits(context, (int)info->bits) != 1)
    return NULL;
  return g_steal_pointer(&context);
}

static Generators *generators_of_thread(void)
{
  Generators *generators = g_private_get(&thread_generators);
  if (generators == NULL) {
    generators = g_new0(Generators, 1);
    g_private_set(&thread_generators, generators);
  }
  return generators;
}

PkiKey *pki_key_generate(PkiKeyKind kind, GError **error)
{
  EVP_PKEY_CTX **context = &generators_of_thread()->contexts[kind];
  if (*context == NULL)
    *context = generator_new(kind);
  EVP_PKEY *key = NULL;
  if (*context == NULL || EVP_PKEY_generate(*context, &key) != 1) {
    pki_set_error(error, CERTDROP_ERROR_BUG, "no %s key can be made", pki_key_kind_label(kind));
    return NULL;
  }
  return key_new(key, kind, error);
}

static PkiKeyKind kind_of(EVP_PKEY *key)
{
  char group[64] = "";
  EVP_PKEY_get_group_name(key, group, sizeof group, NULL);
  for (PkiKeyKind kind = 1; kind < PKI_KEY_KIND_N; kind++) {
    const PkiKeyKindInfo *info = pki_key_kind_info(kind);
    if (EVP_PKEY_is_a(key, info->algorithm) &&
        (info->group == NULL || OBJ_txt2nid(group) == EC_curve_nist2nid(info->group)) &&
        (info->public_length != 0 || EVP_PKEY_get_bits(key) == (int)info->bits))
      return kind;
  }
  return 0;
}

PkiKey *pki_key_from_pkcs8(const Secret *pkcs8, GError **error)
{
  const guint8 *at = pkcs8->data;
  g_autoptr(PKCS8_PRIV_KEY_INFO) info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)pkcs8->length);
  gboolean whole = info != NULL && at == pkcs8->data + pkcs8->length;
  g_autoptr(EVP_PKEY) key = whole ? EVP_PKCS82PKEY(info) : NULL;
  if (key == NULL) {
    pki_set_error(error, CERTDROP_ERROR_REFUSED, "not a private key in PKCS#8");
    return NULL;
  }
  PkiKeyKind kind = kind_of(key);
  if (kind == 0) {
    pki_set_error(error, CERTDROP_ERROR_REFUSED, "a private key of a kind that is not offered (%s)",
                  EVP_PKEY_get0_type_name(key));
    return NULL;
  }
  return key_new(g_steal_pointer(&key), kind, error);
}

#include "pki/pki-private.h"

#include <string.h>

/* What is asked of the public key in a CSR: Baseline Requirements 6.1.1.3, 6.1.5 and 6.1.6. */

enum {
  MINIMUM_RSA_BITS = 2048,
  MAXIMUM_RSA_BITS = 8192,
  MAXIMUM_EXPONENT_BITS = 256,
  /* OpenSSL verifies with a longer exponent only up to this size of modulus. */
  LARGE_RSA_BITS = 3072,
  MAXIMUM_LARGE_EXPONENT_BITS = 64,
};

static const char offered[] =
    "Accepted are RSA from 2048 bits, ECDSA with P-256 or P-384, and Ed25519.";

static void check_rsa_size(guint bits, const PkiFaultSink *sink)
{
  if (bits >= MINIMUM_RSA_BITS && bits <= MAXIMUM_RSA_BITS && bits % 8 == 0)
    return;
  PKI_FAULT(sink, "csr-key-size",
            "The RSA key has %u bits. It must have %d to %d, in steps of 8: make one of 2048 or "
            "3072 bits.",
            bits, MINIMUM_RSA_BITS, MAXIMUM_RSA_BITS);
}

static void check_rsa_exponent(const PkiSpki *spki, const PkiFaultSink *sink)
{
  g_autoptr(BIGNUM) exponent = BN_bin2bn(spki->exponent.data, (int)spki->exponent.length, NULL);
  int maximum = pki_spki_rsa_bits(spki) > LARGE_RSA_BITS ? MAXIMUM_LARGE_EXPONENT_BITS
                                                         : MAXIMUM_EXPONENT_BITS;
  if (BN_is_odd(exponent) && !BN_is_one(exponent) && BN_num_bits(exponent) <= maximum)
    return;
  PKI_FAULT(sink, "csr-key-parameters",
            "The RSA key's public exponent must be odd, at least 3 and of at most %d bits. Make a "
            "key with the usual 65537.",
            maximum);
}

static void check_rsa_modulus(const PkiSpki *spki, const PkiFaultSink *sink)
{
  if (pki_spki_rsa_bits(spki) > MAXIMUM_RSA_BITS)
    return; /* refused already, and long to look at */
  g_autoptr(BIGNUM) modulus = BN_bin2bn(spki->modulus.data, (int)spki->modulus.length, NULL);
  guint factor = pki_weak_small_factor(modulus);
  if (factor != 0)
    PKI_FAULT(sink, "csr-key-parameters",
              "The RSA key's modulus can be divided by %u, so it is not the product of two large "
              "primes. Make a new key.",
              factor);
  if (pki_weak_roca(modulus))
    PKI_FAULT(sink, "csr-key-roca",
              "The RSA key has the fingerprint of a generator whose keys can be broken (ROCA, "
              "CVE-2017-15361). Make a new key with other software or hardware.");
  if (pki_weak_close_primes(modulus))
    PKI_FAULT(
        sink, "csr-key-close-primes",
        "The RSA key's primes are so close to each other that it can be broken (Fermat). Make "
        "a new key with other software.");
}

static void check_rsa(const PkiSpki *spki, const PkiFaultSink *sink)
{
  if (spki->modulus.length == 0 || spki->exponent.length == 0) {
    PKI_FAULT(sink, "csr-key-parameters",
              "The RSA key cannot be read: it must have a modulus and a public exponent.");
    return;
  }
  check_rsa_size(pki_spki_rsa_bits(spki), sink);
  check_rsa_exponent(spki, sink);
  check_rsa_modulus(spki, sink);
}

/* RFC 5480 2.2 allows the compressed form of a point too, many a program does not. */
static void check_ec(const PkiSpki *spki, const PkiFaultSink *sink)
{
  gsize length = pki_key_kind_info(spki->kind)->public_length;
  if (spki->public_key.length == length && spki->public_key.data[0] == 0x04)
    return;
  PKI_FAULT(sink, "csr-key-parameters",
            "The public key must be an uncompressed point of the curve %s, of %" G_GSIZE_FORMAT
            " bytes.",
            spki->group, length);
}

static void check_ed25519(const PkiSpki *spki, const PkiFaultSink *sink)
{
  if (spki->public_key.length != pki_key_kind_info(spki->kind)->public_length)
    PKI_FAULT(sink, "csr-key-parameters", "An Ed25519 public key must have 32 bytes.");
}

/* An AlgorithmIdentifier that is none of ours: the algorithm, or only its parameters. */
static void refuse_algorithm(const PkiSpki *spki, const PkiFaultSink *sink)
{
  const guint8 *at = spki->identifier.data;
  g_autoptr(X509_ALGOR) algorithm = d2i_X509_ALGOR(NULL, &at, (long)spki->identifier.length);
  const ASN1_OBJECT *object = NULL;
  int type = V_ASN1_UNDEF;
  const void *value = NULL;
  if (algorithm != NULL)
    X509_ALGOR_get0(&object, &type, &value, algorithm);
  int nid = object == NULL ? NID_undef : OBJ_obj2nid(object);
  g_autofree char *label = pki_spki_label(spki);
  if (nid == NID_X9_62_id_ecPublicKey && type == V_ASN1_OBJECT) {
    g_autofree char *curve = pki_object_to_text(value, FALSE);
    PKI_FAULT(sink, "csr-key-kind", "The key is on the curve %s. %s", curve, offered);
  } else if (nid == NID_X9_62_id_ecPublicKey) {
    PKI_FAULT(sink, "csr-key-parameters",
              "The key spells out its curve. The curve must be given by name: P-256 or P-384 "
              "(openssl: -pkeyopt ec_param_enc:named_curve).");
  } else if (nid == NID_rsaEncryption) {
    PKI_FAULT(sink, "csr-key-parameters",
              "The RSA key's algorithm must have NULL as its parameters.");
  } else {
    PKI_FAULT(sink, "csr-key-kind", "The key's algorithm is %s. %s", label, offered);
  }
}

typedef struct {
  const char *algorithm;
  void (*check)(const PkiSpki *spki, const PkiFaultSink *sink);
} KeyCheck;

static const KeyCheck checks[] = {
    {"RSA", check_rsa},
    {"EC", check_ec},
    {"ED25519", check_ed25519},
};

gboolean pki_csr_check_key(const PkiSpki *spki, const PkiFaultSink *sink)
{
  guint before = sink->faults->len;
  if (spki->algorithm == NULL)
    refuse_algorithm(spki, sink);
  for (gsize i = 0; spki->algorithm != NULL && i < G_N_ELEMENTS(checks); i++)
    if (strcmp(spki->algorithm, checks[i].algorithm) == 0)
      checks[i].check(spki, sink);
  return sink->faults->len == before;
}

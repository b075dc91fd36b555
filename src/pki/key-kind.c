#include "pki/pki-private.h"

#include <string.h>

/* AlgorithmIdentifiers as the Baseline Requirements 7.1.3.1 give them, byte for byte: RSA with its
 * NULL, EC with a named curve. */
static const guint8 rsa_identifier[] = {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                        0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
static const guint8 p256_identifier[] = {0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                         0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
                                         0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
static const guint8 p384_identifier[] = {0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d,
                                         0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};
static const guint8 ed25519_identifier[] = {0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70};

#define RSA_ROW(name, bits)                                                                        \
  {                                                                                                \
    name, "RSA " #bits, "RSA", NULL, bits, rsa_identifier, sizeof rsa_identifier, 0                \
  }

static const PkiKeyKindInfo kinds[] = {
    [PKI_KEY_KIND_RSA_2048] = RSA_ROW("rsa-2048", 2048),
    [PKI_KEY_KIND_RSA_3072] = RSA_ROW("rsa-3072", 3072),
    [PKI_KEY_KIND_RSA_4096] = RSA_ROW("rsa-4096", 4096),
    [PKI_KEY_KIND_EC_P256] = {"ec-p256", "ECDSA P-256", "EC", "P-256", 256, p256_identifier,
                              sizeof p256_identifier, 65},
    [PKI_KEY_KIND_EC_P384] = {"ec-p384", "ECDSA P-384", "EC", "P-384", 384, p384_identifier,
                              sizeof p384_identifier, 97},
    [PKI_KEY_KIND_ED25519] = {"ed25519", "Ed25519", "ED25519", NULL, 256, ed25519_identifier,
                              sizeof ed25519_identifier, 32},
};
G_STATIC_ASSERT(G_N_ELEMENTS(kinds) == PKI_KEY_KIND_N);

const PkiKeyKindInfo *pki_key_kind_info(PkiKeyKind kind)
{
  g_assert(kind > 0 && kind < PKI_KEY_KIND_N);
  return &kinds[kind];
}

const char *pki_key_kind_to_string(PkiKeyKind kind)
{
  return pki_key_kind_info(kind)->name;
}

const char *pki_key_kind_label(PkiKeyKind kind)
{
  return pki_key_kind_info(kind)->label;
}

gboolean pki_key_kind_from_string(const char *text, PkiKeyKind *ret_kind)
{
  for (PkiKeyKind kind = 1; kind < PKI_KEY_KIND_N; kind++) {
    if (strcmp(text, kinds[kind].name) == 0) {
      *ret_kind = kind;
      return TRUE;
    }
  }
  return FALSE;
}

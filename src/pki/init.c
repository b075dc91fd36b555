#include "pki/pki-private.h"

#include "base/text.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>

static PkiAlgorithms algorithms;

static gboolean fetch_algorithms(GError **error)
{
  algorithms.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
  algorithms.sha384 = EVP_MD_fetch(NULL, "SHA384", NULL);
  algorithms.wrap = EVP_CIPHER_fetch(NULL, "AES-256-WRAP-PAD", NULL);
  algorithms.hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
  if (algorithms.sha256 == NULL || algorithms.sha384 == NULL || algorithms.wrap == NULL ||
      algorithms.hkdf == NULL)
    return pki_set_error(error, CERTDROP_ERROR_CONFIGURATION,
                         "OpenSSL's configuration does not offer the algorithms needed");
  return TRUE;
}

/* The random generators of this thread, which otherwise ask the system for a seed when first used.
 */
static gboolean seed_generators(GError **error)
{
  guint8 byte;
  if (RAND_bytes(&byte, 1) != 1 || RAND_priv_bytes(&byte, 1) != 1)
    return pki_set_error(error, CERTDROP_ERROR_IO, "the system gives no random bytes");
  return TRUE;
}

gboolean pki_init(gsize secure_heap, GError **error)
{
  if (algorithms.sha256 != NULL)
    return TRUE;
  /* 0 is failure; 2 means that the heap is there but could not be locked, which a limit on locked
   * memory may well forbid. 32 bytes is what a P-256 key needs. */
  if (CRYPTO_secure_malloc_init(secure_heap, 32) == 0)
    return pki_set_error(error, CERTDROP_ERROR_IO, "no memory for OpenSSL's secure heap");
  if (OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG | OPENSSL_INIT_LOAD_CRYPTO_STRINGS, NULL) != 1)
    return pki_set_error(error, CERTDROP_ERROR_CONFIGURATION,
                         "OpenSSL's configuration file cannot be loaded");
  gboolean done = seed_generators(error) && fetch_algorithms(error);
  ERR_clear_error();
  return done;
}

const PkiAlgorithms *pki_algorithms(void)
{
  g_assert(algorithms.sha256 != NULL);
  return &algorithms;
}

void pki_sha256(gconstpointer bytes, gsize length, guint8 ret_digest[32])
{
  int done = EVP_Digest(bytes, length, ret_digest, NULL, pki_algorithms()->sha256, NULL);
  g_assert(done == 1);
}

char *pki_sha256_hex(gconstpointer bytes, gsize length)
{
  guint8 digest[32];
  pki_sha256(bytes, length, digest);
  return text_format_hex(digest, sizeof digest);
}

GBytes *pki_bytes_take(guint8 *der, int length)
{
  GBytes *bytes = g_bytes_new(der, (gsize)length);
  OPENSSL_free(der);
  return bytes;
}

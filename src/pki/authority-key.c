#include "pki/pki-private.h"

#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <string.h>

/* The passphrase has 256 bits of its own, so that more iterations would make no attack on it any
 * harder. These are OpenSSL's default. */
enum { PBKDF2_ITERATIONS = 2048 };

/* The text that encrypts the key of ROLE. */
static Secret *derive_passphrase(PkiAuthorityRole role, const PkiWrappingKey *wrapping_key,
                                 GError **error)
{
  static const char *const labels[] = {
      [PKI_AUTHORITY_ROLE_ISSUING] = "certdrop issuing CA key passphrase",
      [PKI_AUTHORITY_ROLE_ROOT] = "certdrop root CA key passphrase",
  };
  G_STATIC_ASSERT(G_N_ELEMENTS(labels) == PKI_AUTHORITY_ROLE_N);
  g_autoptr(Secret) raw = pki_wrapping_key_derive(wrapping_key, labels[role], 32, error);
  if (raw == NULL)
    return NULL;
  Secret *passphrase = secret_new(2 * raw->length);
  static const char digits[] = "0123456789abcdef";
  for (gsize i = 0; i < raw->length; i++) {
    passphrase->data[2 * i] = (guint8)digits[raw->data[i] >> 4];
    passphrase->data[2 * i + 1] = (guint8)digits[raw->data[i] & 15];
  }
  return passphrase;
}

/* Answers OSSL_STORE's question for the passphrase. */
static int give_passphrase(char *buffer, int size, int writing, void *data)
{
  const Secret *passphrase = data;
  if (writing || (gsize)size < passphrase->length)
    return -1;
  memcpy(buffer, passphrase->data, passphrase->length);
  return (int)passphrase->length;
}

static EVP_PKEY *load_first_key(OSSL_STORE_CTX *store)
{
  EVP_PKEY *key = NULL;
  while (key == NULL && !OSSL_STORE_eof(store)) {
    g_autoptr(OSSL_STORE_INFO) info = OSSL_STORE_load(store);
    if (info != NULL && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY)
      key = OSSL_STORE_INFO_get1_PKEY(info);
  }
  return key;
}

EVP_PKEY *pki_authority_key_load(const char *uri, PkiAuthorityRole role,
                                 const PkiWrappingKey *wrapping_key, GError **error)
{
  g_autoptr(Secret) passphrase = derive_passphrase(role, wrapping_key, error);
  if (passphrase == NULL)
    return NULL;
  g_autoptr(UI_METHOD) method = UI_UTIL_wrap_read_pem_callback(give_passphrase, 0);
  g_autoptr(OSSL_STORE_CTX) store =
      OSSL_STORE_open_ex(uri, NULL, NULL, method, passphrase, NULL, NULL, NULL);
  if (store == NULL) {
    pki_set_error(error, CERTDROP_ERROR_IO, "the CA's key %s cannot be opened", uri);
    return NULL;
  }
  EVP_PKEY *key = NULL;
  if (OSSL_STORE_expect(store, OSSL_STORE_INFO_PKEY) == 1)
    key = load_first_key(store);
  if (key == NULL)
    pki_set_error(error, CERTDROP_ERROR_CORRUPT,
                  "%s holds no private key, or none that the instance's key opens", uri);
  /* A store tries several decoders; those that did not fit leave errors behind. */
  ERR_clear_error();
  return key;
}

/* PBES2 with AES-256-CBC and HMAC-SHA256, which every program can read. */
static X509_SIG *encrypt(const Secret *pkcs8, const Secret *passphrase)
{
  const guint8 *at = pkcs8->data;
  g_autoptr(PKCS8_PRIV_KEY_INFO) info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)pkcs8->length);
  g_autoptr(EVP_CIPHER) cipher = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL);
  if (info == NULL || cipher == NULL)
    return NULL;
  return PKCS8_encrypt_ex(-1, cipher, (const char *)passphrase->data, (int)passphrase->length, NULL,
                          0, PBKDF2_ITERATIONS, info, NULL, NULL);
}

GBytes *pki_authority_key_encrypt(const PkiKey *key, PkiAuthorityRole role,
                                  const PkiWrappingKey *wrapping_key, GError **error)
{
  g_autoptr(Secret) passphrase = derive_passphrase(role, wrapping_key, error);
  g_autoptr(Secret) pkcs8 = passphrase == NULL ? NULL : pki_key_to_pkcs8(key, error);
  if (pkcs8 == NULL)
    return NULL;
  g_autoptr(X509_SIG) encrypted = encrypt(pkcs8, passphrase);
  guint8 *der = NULL;
  int length = encrypted == NULL ? -1 : i2d_X509_SIG(encrypted, &der);
  if (length <= 0) {
    pki_set_error(error, CERTDROP_ERROR_BUG, "a CA's key cannot be encrypted");
    return NULL;
  }
  g_autoptr(GBytes) bytes = pki_bytes_take(der, length);
  char *pem = pki_pem_from_bytes("ENCRYPTED PRIVATE KEY", bytes);
  return g_bytes_new_take(pem, strlen(pem));
}

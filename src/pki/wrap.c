#include "pki/pki-private.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct PkiWrappingKey {
  Secret *secret;
};

static PkiWrappingKey *wrapping_key_new(void)
{
  PkiWrappingKey *wrapping_key = g_new(PkiWrappingKey, 1);
  wrapping_key->secret = secret_new(PKI_WRAPPING_KEY_LENGTH);
  return wrapping_key;
}

void pki_wrapping_key_free(PkiWrappingKey *wrapping_key)
{
  if (wrapping_key == NULL)
    return;
  secret_free(wrapping_key->secret);
  g_free(wrapping_key);
}

const Secret *pki_wrapping_key_secret(const PkiWrappingKey *wrapping_key)
{
  return wrapping_key->secret;
}

PkiWrappingKey *pki_wrapping_key_generate(GError **error)
{
  g_autoptr(PkiWrappingKey) wrapping_key = wrapping_key_new();
  if (RAND_priv_bytes(wrapping_key->secret->data, PKI_WRAPPING_KEY_LENGTH) != 1) {
    pki_set_error(error, CERTDROP_ERROR_IO, "no random bytes for the instance's key");
    return NULL;
  }
  return g_steal_pointer(&wrapping_key);
}

PkiWrappingKey *pki_wrapping_key_from_bytes(gconstpointer bytes, gsize length, GError **error)
{
  if (length != PKI_WRAPPING_KEY_LENGTH) {
    pki_set_error(error, CERTDROP_ERROR_CONFIGURATION,
                  "the instance's key has %" G_GSIZE_FORMAT " bytes instead of %d", length,
                  PKI_WRAPPING_KEY_LENGTH);
    return NULL;
  }
  PkiWrappingKey *wrapping_key = wrapping_key_new();
  memcpy(wrapping_key->secret->data, bytes, length);
  return wrapping_key;
}

static gboolean check_key_file(int fd, const char *name, GError **error)
{
  struct stat status;
  if (fstat(fd, &status) != 0)
    return error_set_errno(error, errno, "%s", name);
  if (!S_ISREG(status.st_mode))
    return pki_set_error(error, CERTDROP_ERROR_CONFIGURATION, "%s: not a regular file", name);
  if (status.st_mode & (S_IRWXG | S_IRWXO))
    return pki_set_error(error, CERTDROP_ERROR_CONFIGURATION,
                         "%s: its mode %04o lets others at the instance's key; use 0600", name,
                         (guint)status.st_mode & 07777);
  if (status.st_size != PKI_WRAPPING_KEY_LENGTH)
    return pki_set_error(error, CERTDROP_ERROR_CONFIGURATION,
                         "%s: has %" G_GINT64_FORMAT " bytes instead of %d", name,
                         (gint64)status.st_size, PKI_WRAPPING_KEY_LENGTH);
  return TRUE;
}

PkiWrappingKey *pki_wrapping_key_from_fd(int fd, const char *name, GError **error)
{
  if (!check_key_file(fd, name, error))
    return NULL;
  g_autoptr(PkiWrappingKey) wrapping_key = wrapping_key_new();
  Secret *secret = wrapping_key->secret;
  for (gsize done = 0; done < secret->length;) {
    ssize_t count = pread(fd, secret->data + done, secret->length - done, (off_t)done);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0) {
      error_set_errno(error, count < 0 ? errno : EIO, "%s", name);
      return NULL;
    }
    done += (gsize)count;
  }
  return g_steal_pointer(&wrapping_key);
}

/* One pass of the cipher over INPUT. RETURNS the number of bytes in OUTPUT, or -1. */
static int run_wrap_cipher(const PkiWrappingKey *wrapping_key, gboolean encrypt,
                           const guint8 *input, gsize length, guint8 *output)
{
  g_autoptr(EVP_CIPHER_CTX) context = EVP_CIPHER_CTX_new();
  int count = 0;
  int rest = 0;
  if (context == NULL || length > G_MAXINT - 16 ||
      EVP_CipherInit_ex2(context, pki_algorithms()->wrap, wrapping_key->secret->data, NULL, encrypt,
                         NULL) != 1 ||
      EVP_CipherUpdate(context, output, &count, input, (int)length) != 1 ||
      EVP_CipherFinal_ex(context, output + count, &rest) != 1)
    return -1;
  return count + rest;
}

GBytes *pki_wrapping_key_wrap(const PkiWrappingKey *wrapping_key, const Secret *secret,
                              GError **error)
{
  /* RFC 5649 3: padded to a multiple of 8, and 8 bytes of check value. */
  guint8 *output = g_malloc((secret->length + 7) / 8 * 8 + 8);
  int count = run_wrap_cipher(wrapping_key, TRUE, secret->data, secret->length, output);
  if (count <= 0) {
    g_free(output);
    pki_set_error(error, CERTDROP_ERROR_BUG, "a secret cannot be wrapped");
    return NULL;
  }
  return g_bytes_new_take(output, (gsize)count);
}

Secret *pki_wrapping_key_unwrap(const PkiWrappingKey *wrapping_key, GBytes *wrapped, GError **error)
{
  PkiSlice input = pki_slice_from_bytes(wrapped);
  /* The cipher asks for room for the whole input, though it puts out less. */
  g_autoptr(Secret) output = secret_new(input.length);
  int count = run_wrap_cipher(wrapping_key, FALSE, input.data, input.length, output->data);
  if (count <= 0) {
    pki_set_error(error, CERTDROP_ERROR_CORRUPT,
                  "a wrapped secret was changed, or was wrapped under another key than the "
                  "instance's");
    return NULL;
  }
  return secret_new_copy(output->data, (gsize)count);
}

Secret *pki_wrapping_key_derive(const PkiWrappingKey *wrapping_key, const char *label, gsize length,
                                GError **error)
{
  g_autoptr(EVP_KDF_CTX) context = EVP_KDF_CTX_new(pki_algorithms()->hkdf);
  g_autoptr(Secret) derived = secret_new(length);
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, wrapping_key->secret->data,
                                        wrapping_key->secret->length),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (char *)label, strlen(label)),
      OSSL_PARAM_construct_end(),
  };
  if (context == NULL || EVP_KDF_derive(context, derived->data, length, parameters) != 1) {
    pki_set_error(error, CERTDROP_ERROR_BUG, "no key can be derived for %s", label);
    return NULL;
  }
  return g_steal_pointer(&derived);
}

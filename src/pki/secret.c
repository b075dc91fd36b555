#include "pki/pki-private.h"

#include <openssl/crypto.h>
#include <string.h>

PkiSecret *pki_secret_new(gsize length)
{
  PkiSecret *secret = g_new(PkiSecret, 1);
  secret->data = OPENSSL_secure_zalloc(length + 1);
  secret->length = length;
  if (secret->data == NULL)
    g_error("no %" G_GSIZE_FORMAT " bytes left in the secure heap", length + 1);
  return secret;
}

PkiSecret *pki_secret_new_copy(gconstpointer data, gsize length)
{
  PkiSecret *secret = pki_secret_new(length);
  memcpy(secret->data, data, length);
  return secret;
}

void pki_secret_free(PkiSecret *secret)
{
  if (secret == NULL)
    return;
  OPENSSL_secure_clear_free(secret->data, secret->length + 1);
  g_free(secret);
}

#include "base/secret.h"

#include <openssl/crypto.h>
#include <string.h>

Secret *secret_new(gsize length)
{
  Secret *secret = g_new(Secret, 1);
  secret->data = OPENSSL_secure_zalloc(length + 1);
  secret->length = length;
  if (secret->data == NULL)
    g_error("no %" G_GSIZE_FORMAT " bytes left in the secure heap", length + 1);
  return secret;
}

Secret *secret_new_copy(gconstpointer data, gsize length)
{
  Secret *secret = secret_new(length);
  memcpy(secret->data, data, length);
  return secret;
}

void secret_free(Secret *secret)
{
  if (secret == NULL)
    return;
  OPENSSL_secure_clear_free(secret->data, secret->length + 1);
  g_free(secret);
}

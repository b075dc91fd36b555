#include "intake/intake.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <unistd.h>

#include "base/error.h"
#include "intake/secrets.h"

GBytes *intake_blank_file(int fd, const char *name, GError **error)
{
  g_autoptr(SecretsBlanker) blanker = secrets_blanker_new();
  g_autoptr(GByteArray) out = g_byte_array_new();
  guint8 block[65536];
  goffset at = 0;
  ssize_t got;
  while ((got = pread(fd, block, sizeof block, at)) > 0 && (gsize)at <= INTAKE_LIMIT_FILE) {
    secrets_blanker_feed(blanker, block, (gsize)got, out);
    at += got;
  }
  int errnum = errno;
  OPENSSL_cleanse(block, sizeof block);
  if (got < 0) {
    error_set_errno(error, errnum, "%s: cannot read", name);
    return NULL;
  }
  if ((gsize)at > INTAKE_LIMIT_FILE) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED, "%s: larger than %zu bytes", name,
                INTAKE_LIMIT_FILE);
    return NULL;
  }
  secrets_blanker_finish(blanker, out);
  return g_byte_array_free_to_bytes(g_steal_pointer(&out));
}

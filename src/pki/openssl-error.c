#include "pki/pki-private.h"

#include <openssl/err.h>

gboolean pki_set_error(GError **error, CertdropError code, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  /* The earliest entry is the cause, what follows says only who passed it on. */
  const char *reason = ERR_reason_error_string(ERR_peek_error());
  ERR_clear_error();
  if (reason == NULL)
    g_set_error_literal(error, CERTDROP_ERROR, (int)code, text);
  else
    g_set_error(error, CERTDROP_ERROR, (int)code, "%s (OpenSSL: %s)", text, reason);
  return FALSE;
}

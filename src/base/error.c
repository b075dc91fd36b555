#include "base/error.h"

#include <sysexits.h>

G_DEFINE_QUARK(certdrop_error, certdrop_error)

static const int exit_status[] = {
    [CERTDROP_ERROR_REFUSED] = 1,        [CERTDROP_ERROR_USAGE] = EX_USAGE,
    [CERTDROP_ERROR_BUSY] = EX_TEMPFAIL, [CERTDROP_ERROR_CONFIGURATION] = EX_CONFIG,
    [CERTDROP_ERROR_IO] = EX_IOERR,      [CERTDROP_ERROR_CORRUPT] = EX_IOERR,
    [CERTDROP_ERROR_BUG] = EX_SOFTWARE,
};
G_STATIC_ASSERT(G_N_ELEMENTS(exit_status) == CERTDROP_ERROR_N);

int error_exit_status(const GError *error)
{
  if (error->domain != CERTDROP_ERROR)
    return EX_IOERR;
  return exit_status[error->code];
}

gboolean error_set_errno(GError **error, int errnum, const char *what_format, ...)
{
  va_list arguments;
  va_start(arguments, what_format);
  g_autofree char *what = g_strdup_vprintf(what_format, arguments);
  va_end(arguments);
  g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_IO, "%s: %s", what, g_strerror(errnum));
  return FALSE;
}

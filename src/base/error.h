/* How certdrop fails: one GError domain, with a code for each thing that can
 * be done about a failure. What is wrong with a user's document is not an
 * error but a fault (request/fault.h). */
#ifndef CERTDROP_BASE_ERROR_H
#define CERTDROP_BASE_ERROR_H

#include <glib.h>

#define CERTDROP_ERROR (certdrop_error_quark())

typedef enum {
  CERTDROP_ERROR_REFUSED = 1,   /* the input is not acceptable: mend it */
  CERTDROP_ERROR_USAGE,         /* the command line is wrong */
  CERTDROP_ERROR_BUSY,          /* another run holds the instance: try later */
  CERTDROP_ERROR_CONFIGURATION, /* certdrop.xml or catalog.xml: mend it */
  CERTDROP_ERROR_IO,            /* input or output failed: the next run goes on */
  CERTDROP_ERROR_CORRUPT,       /* stored data is damaged: call the operator */
  CERTDROP_ERROR_BUG,           /* cannot happen: report it */
  CERTDROP_ERROR_N
} CertdropError;

GQuark certdrop_error_quark(void);

/* The exit status of the command for ERROR, as in sysexits.h: 64 usage,
 * 70 bug, 74 input/output, 75 busy, 78 configuration, 1 refused. An error of
 * another domain counts as input/output. */
int error_exit_status(const GError *error);

/* Sets *ERROR to an I/O error "WHAT: strerror(ERRNUM)". Returns FALSE, so that
 * a caller can return its value. */
gboolean error_set_errno(GError **error, int errnum, const char *what_format, ...)
    G_GNUC_PRINTF(3, 4);

#endif

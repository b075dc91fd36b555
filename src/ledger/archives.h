/* Archives of certificates: a part of ledger.h, which includes it. */
#ifndef CERTDROP_LEDGER_ARCHIVES_H
#define CERTDROP_LEDGER_ARCHIVES_H

#include "ledger/ledger.h"

/* An archive of a certificate: what it is, and where. A certificate has any number of
 * them, each at a path of its own: in several forms, for several recipients and targets. */
typedef struct {
  char *path;        /* below the instance */
  char *certificate; /* the ID */
  char *format;
  char *profile;     /* of the PFX in it; NULL: that of the format */
  GBytes *recipient; /* the certificate, in DER, that it is encrypted to; NULL: nobody's */
  GBytes *kept;      /* the whole file, wrapped, where something in it is random; else NULL,
                        since it is made again from its issue */
} LedgerArchive;

void ledger_archive_free(LedgerArchive *archive);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LedgerArchive, ledger_archive_free)
LedgerArchive *ledger_archive_copy(const LedgerArchive *archive);

/* Stores what the output of ARCHIVE's path does not say. Its output is added by itself,
 * with ledger_add_output(); one of the kind REMOVE takes what is stored here with it. */
gboolean ledger_put_archive(Ledger *ledger, const LedgerArchive *archive, GError **error);
/* What is kept of the archive at PATH: NULL in *RET_KEPT where nothing is. */
gboolean ledger_read_kept_archive(Ledger *ledger, const char *path, GBytes **ret_kept,
                                  GError **error);
/* The archives that CERTIFICATE has, by path, each with `kept` NULL: GPtrArray of
 * LedgerArchive. */
GPtrArray *ledger_archives_of_certificate(Ledger *ledger, const char *certificate, GError **error);
/* Says in the log that archives of CERTIFICATE were asked for, or that one could not be
 * made; TEXT tells which, and why. */
gboolean ledger_log_download(Ledger *ledger, const char *certificate, const char *text, gint64 now,
                             gint64 file, GError **error);
gboolean ledger_log_archive_failure(Ledger *ledger, const char *certificate, const char *text,
                                    gint64 now, gint64 file, GError **error);

#endif

#include "ledger/ledger-private.h"

void ledger_archive_free(LedgerArchive *archive)
{
  if (archive == NULL)
    return;
  g_free(archive->path);
  g_free(archive->certificate);
  g_free(archive->format);
  g_free(archive->profile);
  g_clear_pointer(&archive->recipient, g_bytes_unref);
  g_clear_pointer(&archive->kept, g_bytes_unref);
  g_free(archive);
}

LedgerArchive *ledger_archive_copy(const LedgerArchive *archive)
{
  LedgerArchive *copy = g_new0(LedgerArchive, 1);
  copy->path = g_strdup(archive->path);
  copy->certificate = g_strdup(archive->certificate);
  copy->format = g_strdup(archive->format);
  copy->profile = g_strdup(archive->profile);
  copy->recipient = archive->recipient != NULL ? g_bytes_ref(archive->recipient) : NULL;
  copy->kept = archive->kept != NULL ? g_bytes_ref(archive->kept) : NULL;
  return copy;
}

gboolean ledger_put_archive(Ledger *ledger, const LedgerArchive *archive, GError **error)
{
  if (archive->kept == NULL)
    return ledger_do(ledger, error, "DELETE FROM archive WHERE path = $1", "t", archive->path);
  return ledger_do(ledger, error,
                   "INSERT INTO archive VALUES ($1, $2, $3, $4) ON CONFLICT (path) DO UPDATE SET "
                   "profile = excluded.profile, recipient = excluded.recipient, "
                   "kept = excluded.kept",
                   "ttbb", archive->path, archive->profile, archive->recipient, archive->kept);
}

gboolean ledger_read_kept_archive(Ledger *ledger, const char *path, GBytes **ret_kept,
                                  GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error, "SELECT kept FROM archive WHERE path = $1", "t", path);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more < 0)
    return FALSE;
  *ret_kept = more > 0 ? column_bytes(row, 0) : NULL;
  sqlite3_reset(row);
  return TRUE;
}

GPtrArray *ledger_archives_of_certificate(Ledger *ledger, const char *certificate, GError **error)
{
  G_STATIC_ASSERT(LEDGER_OUTPUT_ARCHIVE == 1);
  sqlite3_stmt *row = ledger_query(ledger, error,
                                   "SELECT o.path, o.format, a.profile, a.recipient FROM output o "
                                   "LEFT JOIN archive a ON a.path = o.path "
                                   "WHERE o.certificate = $1 AND o.kind = 1 ORDER BY o.path",
                                   "t", certificate);
  if (row == NULL)
    return NULL;
  g_autoptr(GPtrArray) archives =
      g_ptr_array_new_with_free_func((GDestroyNotify)ledger_archive_free);
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0) {
    LedgerArchive *archive = g_new0(LedgerArchive, 1);
    archive->path = column_text(row, 0);
    archive->certificate = g_strdup(certificate);
    archive->format = column_text(row, 1);
    archive->profile = column_text(row, 2);
    archive->recipient = column_bytes(row, 3);
    g_ptr_array_add(archives, archive);
  }
  return more == 0 ? g_steal_pointer(&archives) : NULL;
}

gboolean ledger_log_download(Ledger *ledger, const char *certificate, const char *text, gint64 now,
                             gint64 file, GError **error)
{
  ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", certificate);
  return ledger_log(ledger, now, "download", certificate, file, text, error);
}

gboolean ledger_log_archive_failure(Ledger *ledger, const char *certificate, const char *text,
                                    gint64 now, gint64 file, GError **error)
{
  ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", certificate);
  return ledger_log(ledger, now, "archive failed", certificate, file, text, error);
}

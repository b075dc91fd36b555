#include "ledger/ledger-private.h"

/* CSRs that lie with an issuer outside. */

void ledger_outside_free(LedgerOutside *outside)
{
  if (outside == NULL)
    return;
  g_free(outside->certificate);
  g_free(outside->issuer);
  g_free(outside->spki_sha256);
  g_clear_pointer(&outside->csr, g_bytes_unref);
  g_strfreev(outside->names);
  g_free(outside->output);
  g_free(outside);
}

gboolean ledger_put_outside(Ledger *ledger, const LedgerOutside *outside, const char *key_kind,
                            GBytes *wrapped_key, gint64 now, gint64 file, GError **error)
{
  g_autofree char *names = g_strjoinv(" ", outside->names);
  g_autofree char *text = g_strdup_printf("issuer %s", outside->issuer);
  ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", outside->certificate);
  return ledger_put_key(ledger, outside->spki_sha256, outside->certificate, key_kind, wrapped_key,
                        error) &&
         ledger_end_outside(ledger, outside->certificate, error) &&
         ledger_do(
             ledger, error,
             "INSERT INTO outside (certificate, issuer, spki_sha256, csr, names, since, file, "
             "attempts, next_try) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
             "tttbtnnnn", outside->certificate, outside->issuer, outside->spki_sha256, outside->csr,
             names, outside->since, file, outside->attempts, outside->next_try) &&
         ledger_log(ledger, now, "requested", outside->certificate, file, text, error);
}

#define OUTSIDE_COLUMNS                                                                            \
  "certificate, issuer, spki_sha256, csr, names, since, attempts, next_try, output "

static gpointer outside_from_row(sqlite3_stmt *row)
{
  LedgerOutside *outside = g_new0(LedgerOutside, 1);
  outside->certificate = column_text(row, 0);
  outside->issuer = column_text(row, 1);
  outside->spki_sha256 = column_text(row, 2);
  outside->csr = column_bytes(row, 3);
  outside->names = g_strsplit((const char *)sqlite3_column_text(row, 4), " ", 0);
  outside->since = sqlite3_column_int64(row, 5);
  outside->attempts = sqlite3_column_int64(row, 6);
  outside->next_try = sqlite3_column_int64(row, 7);
  outside->output = column_text(row, 8);
  return outside;
}

gboolean ledger_read_outside(Ledger *ledger, const char *certificate, LedgerOutside **ret_outside,
                             GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error, "SELECT " OUTSIDE_COLUMNS "FROM outside WHERE certificate = $1",
                   "t", certificate);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more < 0)
    return FALSE;
  *ret_outside = more > 0 ? outside_from_row(row) : NULL;
  if (more > 0)
    sqlite3_reset(row);
  return TRUE;
}

GPtrArray *ledger_outside_due(Ledger *ledger, gint64 now, const LedgerOutside *after, guint limit,
                              GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error,
                   "SELECT " OUTSIDE_COLUMNS "FROM outside WHERE next_try > 0 AND next_try <= $1 "
                   "AND (next_try, certificate) > ($2, $3) ORDER BY next_try, certificate LIMIT $4",
                   "nntn", now, after != NULL ? after->next_try : 0,
                   after != NULL ? after->certificate : "", (gint64)limit);
  return ledger_rows(ledger, row, outside_from_row, (GDestroyNotify)ledger_outside_free, error);
}

gboolean ledger_put_outside_failed(Ledger *ledger, const LedgerOutside *outside, gint64 next_try,
                                   const char *output, GError **error)
{
  ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", outside->certificate);
  return ledger_do(ledger, error,
                   "UPDATE outside SET attempts = $1, next_try = $2, output = $3 "
                   "WHERE certificate = $4",
                   "nntt", outside->attempts + 1, next_try, output, outside->certificate);
}

gboolean ledger_end_outside(Ledger *ledger, const char *certificate, GError **error)
{
  ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", certificate);
  return ledger_clear_failure(ledger, certificate, error) &&
         ledger_do(ledger, error,
                   "UPDATE key SET wrapped = NULL WHERE spki_sha256 = (SELECT spki_sha256 FROM "
                   "outside WHERE certificate = $1) AND NOT EXISTS (SELECT 1 FROM issue WHERE "
                   "issue.spki_sha256 = key.spki_sha256)",
                   "t", certificate) &&
         ledger_do(ledger, error, "DELETE FROM outside WHERE certificate = $1", "t", certificate);
}

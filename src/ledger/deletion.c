#include <errno.h>

#include "base/error.h"
#include "base/file.h"
#include "ledger/ledger-private.h"

/* The keys of the certificate $1, and those of them that one which is not deleted has, too. */
#define OWN_KEYS                                                                                   \
  "wrapped IS NOT NULL AND spki_sha256 IN (SELECT spki_sha256 FROM issue WHERE certificate = $1) "
#define SHARED_BY                                                                                  \
  "FROM issue o JOIN certificate oc ON oc.id = o.certificate WHERE o.spki_sha256 = "               \
  "key.spki_sha256 AND o.certificate <> $1 AND oc.deleted = 0 "

gboolean ledger_find_key_sharer(Ledger *ledger, const char *certificate, char **ret_other,
                                GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error,
                   "SELECT MAX((SELECT o.certificate " SHARED_BY "ORDER BY o.number LIMIT 1)) "
                   "FROM key WHERE " OWN_KEYS,
                   "t", certificate);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more < 0)
    return FALSE;
  *ret_other = more > 0 ? column_text(row, 0) : NULL;
  sqlite3_reset(row);
  return TRUE;
}

static gboolean count_lone_keys(Ledger *ledger, const char *certificate, gint64 *ret_keys,
                                GError **error)
{
  return ledger_number(ledger, ret_keys, error,
                       "SELECT COUNT(*) FROM key WHERE " OWN_KEYS
                       "AND NOT EXISTS (SELECT 1 " SHARED_BY ")",
                       "t", certificate);
}

/* secure_delete overwrites what the statements free. A key's row stays, without the key: it
 * says whose it was, and that it must not be used again. One that another certificate has, too,
 * is that one's from now on. Its outputs are removed after this. */
static gboolean destroy_keys(Ledger *ledger, const char *certificate, GError **error)
{
  return ledger_do(ledger, error,
                   "UPDATE key SET certificate = (SELECT o.certificate " SHARED_BY
                   "ORDER BY o.number LIMIT 1) WHERE certificate = $1 AND " OWN_KEYS
                   "AND EXISTS (SELECT 1 " SHARED_BY ")",
                   "t", certificate) &&
         ledger_do(ledger, error,
                   "UPDATE key SET wrapped = NULL WHERE " OWN_KEYS
                   "AND NOT EXISTS (SELECT 1 " SHARED_BY ")",
                   "t", certificate) &&
         ledger_do(ledger, error,
                   "DELETE FROM archive WHERE path IN (SELECT path FROM output WHERE certificate = "
                   "$1)",
                   "t", certificate);
}

static gboolean log_deleted(Ledger *ledger, const char *certificate, gint64 destroyed,
                            const char *sharer, gint64 now, gint64 file, GError **error)
{
  g_autofree char *stays =
      sharer != NULL ? g_strdup_printf("its private key stays with %s, which has it, too; ", sharer)
                     : g_strdup("");
  g_autofree char *text =
      g_strconcat(destroyed == 0   ? ""
                  : sharer != NULL ? "an earlier private key of it is destroyed; "
                                   : "its private key is destroyed; ",
                  stays, "this cannot be undone", NULL);
  return ledger_log(ledger, now, "deleted", certificate, file, text, error);
}

/* Its page says that it is deleted, that of the one it renews no more that it is renewed. What
 * leads to its page leads there still. */
static gboolean mark_pages(Ledger *ledger, const char *certificate, GError **error)
{
  ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", certificate);
  sqlite3_stmt *row = ledger_query(
      ledger, error, "SELECT forerunner FROM certificate WHERE id = $1", "t", certificate);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more < 0)
    return FALSE;
  const char *forerunner = more > 0 ? (const char *)sqlite3_column_text(row, 0) : NULL;
  if (forerunner != NULL)
    ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", forerunner);
  sqlite3_reset(row);
  return TRUE;
}

static gboolean take_out_of_lists(Ledger *ledger, const char *certificate, gint64 now,
                                  GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error, "SELECT number, status, not_after FROM certificate WHERE id = $1",
                   "t", certificate);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more < 0)
    return FALSE;
  gint64 number = more > 0 ? sqlite3_column_int64(row, 0) : 0;
  LifecycleStatus status = more > 0 ? (LifecycleStatus)sqlite3_column_int64(row, 1) : 0;
  gint64 not_after = more > 0 ? sqlite3_column_int64(row, 2) : 0;
  sqlite3_reset(row);
  if (status == 0) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_BUG,
                "%s is not there or deleted already; nothing was changed", certificate);
    return FALSE;
  }
  ledger_change_block(ledger, number, status, -1);
  ledger_change_expiry(ledger, status, not_after, -1);
  return ledger_do(ledger, error,
                   "UPDATE certificate SET status = 0, deleted = $1, changed = $1, remind = 0 "
                   "WHERE number = $2",
                   "nn", now, number);
}

gboolean ledger_delete_certificate(Ledger *ledger, const char *certificate, gint64 cancelled,
                                   gint64 now, gint64 file, GError **error)
{
  gint64 destroyed = 0;
  g_autofree char *sharer = NULL;
  return count_lone_keys(ledger, certificate, &destroyed, error) &&
         ledger_find_key_sharer(ledger, certificate, &sharer, error) &&
         take_out_of_lists(ledger, certificate, now, error) &&
         ledger_cancel(ledger, certificate, cancelled, error) &&
         ledger_end_pending(ledger, certificate, error) &&
         ledger_look_again(ledger, certificate, error) &&
         destroy_keys(ledger, certificate, error) && mark_pages(ledger, certificate, error) &&
         log_deleted(ledger, certificate, destroyed, sharer, now, file, error);
}

gboolean ledger_truncate(Ledger *ledger, gboolean *ret_done, GError **error)
{
  const int patience_ms = 10 * 1000;
  if (!file_step())
    return error_set_errno(error, errno, "state/ledger.db: cannot empty its log");
  sqlite3_busy_timeout(ledger->database, patience_ms);
  int result =
      sqlite3_wal_checkpoint_v2(ledger->database, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
  sqlite3_busy_timeout(ledger->database, LEDGER_PATIENCE_MS);
  *ret_done = result == SQLITE_OK;
  return result == SQLITE_OK || result == SQLITE_BUSY ||
         ledger_fail(ledger, error, "cannot empty its log");
}

#include <errno.h>
#include <gio/gio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "ledger/ledger-private.h"

static void statement_free(gpointer data)
{
  LedgerStatement *prepared = data;
  sqlite3_finalize(prepared->statement);
  g_free(prepared);
}

static void product_free(gpointer data)
{
  record_free(&product_record, data);
}

Ledger *ledger_new(const char *path, int flags, const char *vfs, GError **error)
{
  g_autoptr(Ledger) ledger = g_new0(Ledger, 1);
  ledger->statements = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, statement_free);
  ledger->products = g_hash_table_new(g_direct_hash, g_direct_equal);
  ledger->contents = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
                                           (GDestroyNotify)g_bytes_unref, product_free);
  ledger->stale = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  ledger->blocks = ledger_new_blocks();
  ledger->expiries = ledger_new_expiries();
  ledger->spendings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                            (GDestroyNotify)ledger_spending_day_free);
  /* Its counts of memory take a lock for each allocation, and nobody reads them. */
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  if (sqlite3_open_v2(path, &ledger->database, flags, vfs) != SQLITE_OK) {
    ledger_fail(ledger, error, "cannot open");
    return NULL;
  }
  sqlite3_extended_result_codes(ledger->database, 0);
  sqlite3_busy_timeout(ledger->database, LEDGER_PATIENCE_MS);
  return g_steal_pointer(&ledger);
}

gboolean ledger_execute(Ledger *ledger, const char *sql, GError **error)
{
  return sqlite3_exec(ledger->database, sql, NULL, NULL, NULL) == SQLITE_OK ||
         ledger_fail(ledger, error, "cannot execute");
}

/* FULL syncs the log at each commit: what was committed is there after a power
 * cut. secure_delete wipes what is deleted, keys above all. */
static gboolean ledger_set_up(Ledger *ledger, GError **error)
{
  return ledger_execute(ledger,
                        "PRAGMA journal_mode = WAL;"
                        "PRAGMA synchronous = FULL;"
                        "PRAGMA secure_delete = ON;"
                        "PRAGMA foreign_keys = ON;"
                        "PRAGMA temp_store = MEMORY;"
                        "PRAGMA wal_autocheckpoint = 8192;"
                        "PRAGMA cache_size = -16384;",
                        error);
}

Ledger *ledger_open(const char *path, gboolean upgrade, GError **error)
{
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (upgrade ? SQLITE_OPEN_CREATE : 0);
  g_autoptr(Ledger) ledger = ledger_new(path, flags, ledger_vfs(), error);
  if (ledger == NULL || !ledger_set_up(ledger, error) ||
      !(upgrade ? ledger_migrate(ledger, error) : ledger_check_version(ledger, error)))
    return NULL;
  return g_steal_pointer(&ledger);
}

Ledger *ledger_open_reading(const char *path, GError **error)
{
  g_autoptr(Ledger) ledger =
      ledger_new(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, ledger_vfs(), error);
  if (ledger == NULL || !ledger_execute(ledger, "PRAGMA query_only = ON;", error) ||
      !ledger_check_version(ledger, error))
    return NULL;
  return g_steal_pointer(&ledger);
}

void ledger_close(Ledger *ledger)
{
  if (ledger == NULL)
    return;
  g_hash_table_unref(ledger->statements);
  sqlite3_close(ledger->database);
  ledger_close(ledger->trunk);
  g_hash_table_unref(ledger->products);
  g_hash_table_unref(ledger->contents);
  g_hash_table_unref(ledger->stale);
  g_hash_table_unref(ledger->blocks);
  g_hash_table_unref(ledger->expiries);
  g_hash_table_unref(ledger->spendings);
  g_free(ledger->file_name);
  g_free(ledger->log_hash);
  g_free(ledger);
}

gboolean ledger_begin(Ledger *ledger, GError **error)
{
  return ledger_do(ledger, error, "BEGIN IMMEDIATE", "");
}

gboolean ledger_begin_reading(Ledger *ledger, GError **error)
{
  return ledger_do(ledger, error, "BEGIN", "");
}

gboolean ledger_commit(Ledger *ledger, GError **error)
{
  if (!ledger_flush_blocks(ledger, error) || !ledger_flush_expiries(ledger, error) ||
      !ledger_flush_spendings(ledger, error) || !ledger_flush_stale(ledger, error))
    return FALSE;
  if (!file_step())
    return error_set_errno(error, errno, "state/ledger.db: cannot commit");
  return ledger_do(ledger, error, "COMMIT", "");
}

void ledger_rollback(Ledger *ledger)
{
  sqlite3_exec(ledger->database, "ROLLBACK", NULL, NULL, NULL);
  g_hash_table_remove_all(ledger->stale);
  g_hash_table_remove_all(ledger->blocks);
  g_hash_table_remove_all(ledger->expiries);
  g_hash_table_remove_all(ledger->spendings);
  g_hash_table_remove_all(ledger->products);
  g_clear_pointer(&ledger->file_name, g_free);
  ledger->file_number = 0;
  g_clear_pointer(&ledger->log_hash, g_free);
}

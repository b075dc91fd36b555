#include <string.h>

#include "ledger/ledger-private.h"

#define ASIDE ((gint64)LEDGER_STALE_ASIDE)
G_STATIC_ASSERT(LEDGER_STALE_N < LEDGER_STALE_ASIDE);

void ledger_mark_stale(Ledger *ledger, LedgerStaleTopic topic, const char *key_format, ...)
{
  va_list arguments;
  va_start(arguments, key_format);
  g_autofree char *key = g_strdup_vprintf(key_format, arguments);
  va_end(arguments);
  char head[16];
  g_snprintf(head, sizeof head, "%d ", (int)topic);
  g_hash_table_add(ledger->stale, g_strconcat(head, key, NULL));
}

gboolean ledger_flush_stale(Ledger *ledger, GError **error)
{
  GHashTableIter iter;
  gpointer page;
  g_hash_table_iter_init(&iter, ledger->stale);
  while (g_hash_table_iter_next(&iter, &page, NULL)) {
    char *key = NULL;
    gint64 topic = g_ascii_strtoll(page, &key, 10);
    if (!ledger_do(ledger, error, "INSERT INTO stale VALUES ($1, $2) ON CONFLICT DO NOTHING", "nt",
                   topic, key + 1))
      return FALSE;
  }
  g_hash_table_remove_all(ledger->stale);
  return TRUE;
}

static void stale_free(gpointer data)
{
  LedgerStale *stale = data;
  g_free(stale->key);
  g_free(stale);
}

GPtrArray *ledger_stale_pages(Ledger *ledger, GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error,
                   "SELECT topic, key FROM stale WHERE topic < $1 ORDER BY topic, key", "n", ASIDE);
  if (row == NULL)
    return NULL;
  g_autoptr(GPtrArray) pages = g_ptr_array_new_with_free_func(stale_free);
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0) {
    LedgerStale *stale = g_new0(LedgerStale, 1);
    stale->topic = (LedgerStaleTopic)sqlite3_column_int64(row, 0);
    stale->key = column_text(row, 1);
    g_ptr_array_add(pages, stale);
  }
  return more == 0 ? g_steal_pointer(&pages) : NULL;
}

gboolean ledger_put_stale_aside(Ledger *ledger, GError **error)
{
  return ledger_do(ledger, error,
                   "INSERT INTO stale SELECT topic + $1, key FROM stale WHERE topic < $1 "
                   "ON CONFLICT DO NOTHING",
                   "n", ASIDE) &&
         ledger_do(ledger, error, "DELETE FROM stale WHERE topic < $1", "n", ASIDE);
}

gboolean ledger_take_stale_back(Ledger *ledger, GError **error)
{
  return ledger_do(ledger, error,
                   "INSERT INTO stale SELECT topic - $1, key FROM stale WHERE topic > $1 "
                   "ON CONFLICT DO NOTHING",
                   "n", ASIDE) &&
         ledger_forget_stale_aside(ledger, error);
}

gboolean ledger_forget_stale_aside(Ledger *ledger, GError **error)
{
  return ledger_do(ledger, error, "DELETE FROM stale WHERE topic > $1", "n", ASIDE);
}

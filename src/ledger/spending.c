#include "base/clock.h"
#include "ledger/ledger-private.h"

/* What was spent and what came back, an entry each, and what a day adds up to. */

void ledger_spending_free(LedgerSpending *spending)
{
  if (spending == NULL)
    return;
  g_free(spending->order);
  g_free(spending->certificate);
  g_free(spending->reference);
  g_free(spending->currency);
  g_free(spending->file);
  g_free(spending);
}

void ledger_spending_day_free(LedgerSpendingDay *day)
{
  if (day == NULL)
    return;
  g_free(day->currency);
  g_free(day);
}

static void add_to_day(Ledger *ledger, const LedgerSpending *spending)
{
  g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT " %d %s", spending->at / CLOCK_DAY,
                                         (int)spending->kind, spending->currency);
  LedgerSpendingDay *day = g_hash_table_lookup(ledger->spendings, key);
  if (day == NULL) {
    day = g_new0(LedgerSpendingDay, 1);
    *day = (LedgerSpendingDay){spending->at / CLOCK_DAY, spending->kind,
                               g_strdup(spending->currency), 0, 0};
    g_hash_table_insert(ledger->spendings, g_steal_pointer(&key), day);
  }
  day->entries++;
  day->amount += spending->amount;
}

gboolean ledger_flush_spendings(Ledger *ledger, GError **error)
{
  GHashTableIter iter;
  gpointer of;
  g_hash_table_iter_init(&iter, ledger->spendings);
  while (g_hash_table_iter_next(&iter, NULL, &of)) {
    const LedgerSpendingDay *day = of;
    if (!ledger_do(ledger, error,
                   "INSERT INTO spending_day VALUES ($1, $2, $3, $4, $5) ON CONFLICT (day, kind, "
                   "currency) DO UPDATE SET entries = spending_day.entries + excluded.entries, "
                   "amount = spending_day.amount + excluded.amount",
                   "nntnn", day->day, (gint64)day->kind, day->currency, day->entries, day->amount))
      return FALSE;
  }
  g_hash_table_remove_all(ledger->spendings);
  return TRUE;
}

gboolean ledger_add_spending(Ledger *ledger, const LedgerSpending *spending, gint64 file,
                             GError **error)
{
  const char *name = NULL;
  gint64 number = 0;
  if (spending->amount == 0)
    return TRUE;
  if (!ledger_file_name(ledger, file, &name, error) ||
      !ledger_number(ledger, &number, error, LEDGER_NEXT("spending"), "") ||
      !ledger_do(ledger, error,
                 "INSERT INTO spending (number, at, kind, order_ref, certificate, reference, "
                 "amount, currency, file) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                 "nnntttntt", number, spending->at, (gint64)spending->kind, spending->order,
                 spending->certificate, spending->reference, spending->amount, spending->currency,
                 name))
    return FALSE;
  add_to_day(ledger, spending);
  ledger_mark_stale(ledger, LEDGER_STALE_SPENDING, "%" G_GINT64_FORMAT, number);
  return TRUE;
}

GPtrArray *ledger_spending_days(Ledger *ledger, gint64 first, gint64 end, GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error,
                   "SELECT day, kind, currency, entries, amount FROM spending_day WHERE day >= $1 "
                   "AND day < $2 ORDER BY day, kind, currency",
                   "nn", first, end);
  if (row == NULL)
    return NULL;
  g_autoptr(GPtrArray) days =
      g_ptr_array_new_with_free_func((GDestroyNotify)ledger_spending_day_free);
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0) {
    LedgerSpendingDay *day = g_new0(LedgerSpendingDay, 1);
    day->day = sqlite3_column_int64(row, 0);
    day->kind = (LedgerSpendingKind)sqlite3_column_int64(row, 1);
    day->currency = column_text(row, 2);
    day->entries = sqlite3_column_int64(row, 3);
    day->amount = sqlite3_column_int64(row, 4);
    g_ptr_array_add(days, day);
  }
  return more == 0 ? g_steal_pointer(&days) : NULL;
}

gboolean ledger_first_spending(Ledger *ledger, gint64 at, gint64 *ret_number, GError **error)
{
  gint64 number = 0;
  if (!ledger_number(ledger, &number, error,
                     "SELECT number FROM spending WHERE at >= $1 ORDER BY at, number LIMIT 1", "n",
                     at) ||
      (number == 0 && !ledger_number(ledger, &number, error,
                                     "SELECT COALESCE(MAX(number), 0) + 1 FROM spending", "")))
    return FALSE;
  *ret_number = number;
  return TRUE;
}

gboolean ledger_spending_time(Ledger *ledger, gint64 number, gint64 *ret_at, GError **error)
{
  *ret_at = 0;
  return ledger_number(ledger, ret_at, error, "SELECT at FROM spending WHERE number = $1", "n",
                       number);
}

GPtrArray *ledger_read_spending(Ledger *ledger, gint64 first, gint64 last, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      "SELECT number, at, kind, order_ref, certificate, reference, amount, currency, file FROM "
      "spending WHERE number >= $1 AND number <= $2 ORDER BY number DESC",
      "nn", first, last);
  if (row == NULL)
    return NULL;
  g_autoptr(GPtrArray) entries =
      g_ptr_array_new_with_free_func((GDestroyNotify)ledger_spending_free);
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0) {
    LedgerSpending *entry = g_new0(LedgerSpending, 1);
    entry->number = sqlite3_column_int64(row, 0);
    entry->at = sqlite3_column_int64(row, 1);
    entry->kind = (LedgerSpendingKind)sqlite3_column_int64(row, 2);
    entry->order = column_text(row, 3);
    entry->certificate = column_text(row, 4);
    entry->reference = column_text(row, 5);
    entry->amount = sqlite3_column_int64(row, 6);
    entry->currency = column_text(row, 7);
    entry->file = column_text(row, 8);
    g_ptr_array_add(entries, entry);
  }
  return more == 0 ? g_steal_pointer(&entries) : NULL;
}

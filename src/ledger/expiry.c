#include "base/clock.h"
#include "ledger/ledger-private.h"

/* How many certificates run out on which day. A certificate has a day while it is issued or
 * expired: one that is revoked serves nobody, whenever it ends. */

static gboolean has_day(LifecycleStatus status)
{
  return status == LIFECYCLE_STATUS_ISSUED || status == LIFECYCLE_STATUS_EXPIRED;
}

/* What a transaction changes of a day: a certificate may come and go in one. */
typedef struct {
  gint64 day;
  gint64 change;
} DayChange;

GHashTable *ledger_new_expiries(void)
{
  return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
}

void ledger_change_expiry(Ledger *ledger, LifecycleStatus status, gint64 not_after, int change)
{
  const DayChange of = {not_after / CLOCK_DAY, 0};
  if (not_after == 0 || !has_day(status))
    return;
  DayChange *known = g_hash_table_lookup(ledger->expiries, &of.day);
  if (known == NULL) {
    known = g_memdup2(&of, sizeof of);
    g_hash_table_add(ledger->expiries, known);
  }
  known->change += change;
}

void ledger_mark_expiry(Ledger *ledger, LifecycleStatus status, gint64 not_after)
{
  ledger_change_expiry(ledger, status, not_after, 0);
}

gboolean ledger_mark_expiry_of(Ledger *ledger, const char *certificate, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error, "SELECT status, not_after FROM certificate WHERE id = $1", "t", certificate);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more <= 0)
    return more == 0;
  ledger_mark_expiry(ledger, (LifecycleStatus)sqlite3_column_int64(row, 0),
                     sqlite3_column_int64(row, 1));
  sqlite3_reset(row);
  return TRUE;
}

static gboolean store_day(Ledger *ledger, gint64 day, gint64 change, GError **error)
{
  gint64 before = 0;
  if (change == 0)
    return TRUE;
  if (!ledger_number(ledger, &before, error, "SELECT certificates FROM expiry_day WHERE day = $1",
                     "n", day))
    return FALSE;
  if (before + change == 0)
    return ledger_do(ledger, error, "DELETE FROM expiry_day WHERE day = $1", "n", day);
  return ledger_do(ledger, error,
                   "INSERT INTO expiry_day VALUES ($1, $2) ON CONFLICT (day) DO UPDATE "
                   "SET certificates = excluded.certificates",
                   "nn", day, before + change);
}

gboolean ledger_flush_expiries(Ledger *ledger, GError **error)
{
  GHashTableIter iter;
  gpointer of;
  g_hash_table_iter_init(&iter, ledger->expiries);
  while (g_hash_table_iter_next(&iter, &of, NULL)) {
    const DayChange *change = of;
    if (!store_day(ledger, change->day, change->change, error))
      return FALSE;
    ledger_mark_stale(ledger, LEDGER_STALE_DAY, "%" G_GINT64_FORMAT, change->day);
  }
  g_hash_table_remove_all(ledger->expiries);
  return TRUE;
}

GArray *ledger_expiry_days(Ledger *ledger, gint64 first, gint64 end, GError **error)
{
  sqlite3_stmt *row = ledger_query(ledger, error,
                                   "SELECT day, certificates FROM expiry_day WHERE day >= $1 AND "
                                   "day < $2 ORDER BY day",
                                   "nn", first, end);
  if (row == NULL)
    return NULL;
  g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(LedgerExpiryDay));
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0) {
    const LedgerExpiryDay day = {sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1)};
    g_array_append_val(days, day);
  }
  return more == 0 ? g_steal_pointer(&days) : NULL;
}

gboolean ledger_next_expiry_day(Ledger *ledger, gint64 day, int direction, gint64 *ret_day,
                                GError **error)
{
  gint64 found = -1;
  gboolean ok =
      direction < 0
          ? ledger_number(ledger, &found, error,
                          "SELECT day FROM expiry_day WHERE day < $1 ORDER BY day DESC LIMIT 1",
                          "n", day)
          : ledger_number(ledger, &found, error,
                          "SELECT day FROM expiry_day WHERE day > $1 ORDER BY day LIMIT 1", "n",
                          day);
  if (ok)
    *ret_day = found;
  return ok;
}

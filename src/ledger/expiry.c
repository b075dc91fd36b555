#include "base/clock.h"
#include "ledger/ledger-private.h"

/* How many certificates run out on which day. A certificate has a day while it is issued or
 * expired: one that is revoked serves nobody, whenever it ends. */

static gboolean has_day(LifecycleStatus status)
{
  return status == LIFECYCLE_STATUS_ISSUED || status == LIFECYCLE_STATUS_EXPIRED;
}

void ledger_mark_expiry(Ledger *ledger, LifecycleStatus status, gint64 not_after)
{
  if (not_after > 0 && has_day(status))
    ledger_mark_stale(ledger, LEDGER_STALE_DAY, "%" G_GINT64_FORMAT, not_after / CLOCK_DAY);
}

gboolean ledger_mark_expiry_of(Ledger *ledger, const char *certificate, GError **error)
{
  gint64 not_after = 0;
  if (!ledger_number(ledger, &not_after, error,
                     "SELECT not_after FROM certificate WHERE id = $1 AND status IN (5, 6)", "t",
                     certificate))
    return FALSE;
  ledger_mark_expiry(ledger, LIFECYCLE_STATUS_ISSUED, not_after);
  return TRUE;
}

/* What a transaction changes of a day: a certificate may come and go in one. */
void ledger_change_expiry(Ledger *ledger, LifecycleStatus status, gint64 not_after, int change)
{
  const gint64 day = not_after / CLOCK_DAY;
  if (not_after == 0 || !has_day(status))
    return;
  gint64 *known = g_hash_table_lookup(ledger->expiries, &day);
  if (known == NULL) {
    known = g_new0(gint64, 1);
    g_hash_table_insert(ledger->expiries, g_memdup2(&day, sizeof day), known);
    ledger_mark_expiry(ledger, status, not_after);
  }
  *known += change;
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
  gpointer day, change;
  g_hash_table_iter_init(&iter, ledger->expiries);
  while (g_hash_table_iter_next(&iter, &day, &change))
    if (!store_day(ledger, *(const gint64 *)day, *(const gint64 *)change, error))
      return FALSE;
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

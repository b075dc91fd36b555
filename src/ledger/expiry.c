#include "base/clock.h"
#include "ledger/ledger-private.h"

/* How many certificates run out on which day. A certificate has a day while it is issued or
 * expired: one that is revoked serves nobody, whenever it ends. */

static gboolean has_day(LifecycleStatus status)
{
  return status == LIFECYCLE_STATUS_ISSUED || status == LIFECYCLE_STATUS_EXPIRED;
}

/* What a transaction changes of a day: a certificate may come and go in one. Pages of a day
 * are in the order of places, so that those before the first one stay as they are. */
typedef struct {
  gint64 day;
  gint64 change;
  LedgerExpiryPlace first;
} DayChange;

GHashTable *ledger_new_expiries(void)
{
  return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
}

static gboolean is_before(const LedgerExpiryPlace *one, const LedgerExpiryPlace *other)
{
  return one->not_after < other->not_after ||
         (one->not_after == other->not_after && one->number < other->number);
}

void ledger_change_expiry(Ledger *ledger, LifecycleStatus status, LedgerExpiryPlace place,
                          int change)
{
  const DayChange of = {place.not_after / CLOCK_DAY, 0, place};
  if (place.not_after == 0 || !has_day(status))
    return;
  DayChange *known = g_hash_table_lookup(ledger->expiries, &of.day);
  if (known == NULL) {
    known = g_memdup2(&of, sizeof of);
    g_hash_table_add(ledger->expiries, known);
  }
  known->change += change;
  if (is_before(&place, &known->first))
    known->first = place;
}

void ledger_mark_expiry(Ledger *ledger, LifecycleStatus status, LedgerExpiryPlace place)
{
  ledger_change_expiry(ledger, status, place, 0);
}

gboolean ledger_mark_expiry_of(Ledger *ledger, const char *certificate, GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error, "SELECT status, not_after, number FROM certificate WHERE id = $1",
                   "t", certificate);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more <= 0)
    return more == 0;
  const LedgerExpiryPlace place = {sqlite3_column_int64(row, 1), sqlite3_column_int64(row, 2)};
  ledger_mark_expiry(ledger, (LifecycleStatus)sqlite3_column_int64(row, 0), place);
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
    ledger_mark_stale(ledger, LEDGER_STALE_DAY,
                      "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, change->day,
                      change->first.not_after, change->first.number);
  }
  g_hash_table_remove_all(ledger->expiries);
  return TRUE;
}

/* The index of days alone is used, which has it all: hence the "+". Both count from the end that is
 * nearer, which for what came last is at hand. */

gboolean ledger_count_before(Ledger *ledger, gint64 day, gint64 count,
                             const LedgerExpiryPlace *place, gint64 *ret_before, GError **error)
{
  gint64 rest = 0;
  if (!ledger_number(ledger, &rest, error,
                     "SELECT COUNT(*) FROM certificate WHERE +status IN (5, 6) AND (not_after, "
                     "number) >= ($1, $2) AND not_after < $3",
                     "nnn", place->not_after, place->number, (day + 1) * CLOCK_DAY))
    return FALSE;
  *ret_before = count - rest;
  return TRUE;
}

gboolean ledger_skip_on_day(Ledger *ledger, gint64 day, gint64 count, gint64 skipped,
                            LedgerExpiryPlace *ret_place, GError **error)
{
  *ret_place = (LedgerExpiryPlace){0};
  if (skipped == 0)
    return TRUE;
  gboolean backwards = skipped > count / 2;
  sqlite3_stmt *row =
      backwards ? ledger_query(ledger, error,
                               "SELECT not_after, number FROM certificate WHERE +status IN (5, 6) "
                               "AND not_after >= $1 AND not_after < $2 ORDER BY not_after DESC, "
                               "number DESC LIMIT 1 OFFSET $3",
                               "nnn", day * CLOCK_DAY, (day + 1) * CLOCK_DAY, count - skipped)
                : ledger_query(ledger, error,
                               "SELECT not_after, number FROM certificate WHERE +status IN (5, 6) "
                               "AND not_after >= $1 AND not_after < $2 ORDER BY not_after, number "
                               "LIMIT 1 OFFSET $3",
                               "nnn", day * CLOCK_DAY, (day + 1) * CLOCK_DAY, skipped - 1);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more <= 0)
    return more == 0;
  *ret_place = (LedgerExpiryPlace){sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1)};
  sqlite3_reset(row);
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

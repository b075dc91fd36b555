#include "ledger/ledger-private.h"

/* Which lists a certificate of STATUS stands in: all, that of its status, and
 * the unissued area. Each as a set of statuses. */
static guint unissued_statuses(void)
{
  guint statuses = 0;
  for (LifecycleStatus status = 1; status < LIFECYCLE_STATUS_N; status++)
    if (lifecycle_statuses[status].unissued)
      statuses |= 1u << status;
  return statuses;
}

gboolean ledger_next_block(Ledger *ledger, gint64 block, int direction, guint statuses,
                           gint64 *ret_block, GError **error)
{
  gint64 nearest = -1;
  for (LifecycleStatus status = 1; status < LIFECYCLE_STATUS_N; status++) {
    if (statuses != 0 && (statuses & (1u << status)) == 0)
      continue;
    gint64 found = -1;
    gboolean ok = direction < 0
                      ? ledger_number(ledger, &found, error,
                                      "SELECT block FROM block WHERE status = $1 AND block < $2 "
                                      "AND certificates > 0 ORDER BY block DESC LIMIT 1",
                                      "nn", (gint64)status, block)
                      : ledger_number(ledger, &found, error,
                                      "SELECT block FROM block WHERE status = $1 AND block > $2 "
                                      "AND certificates > 0 ORDER BY block LIMIT 1",
                                      "nn", (gint64)status, block);
    if (!ok)
      return FALSE;
    if (found >= 0 && (nearest < 0 || (direction < 0 ? found > nearest : found < nearest)))
      nearest = found;
  }
  *ret_block = nearest;
  return TRUE;
}

/* A list's page names its neighbours, so that one that begins or ends to exist
 * changes them too. */
static gboolean mark_neighbours(Ledger *ledger, gint64 block, guint statuses, gint64 key_status,
                                GError **error)
{
  for (int direction = -1; direction <= 1; direction += 2) {
    gint64 neighbour = -1;
    if (!ledger_next_block(ledger, block, direction, statuses, &neighbour, error))
      return FALSE;
    if (neighbour >= 0)
      ledger_mark_stale(ledger, LEDGER_STALE_BLOCK, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
                        key_status, neighbour);
  }
  return TRUE;
}

gboolean ledger_change_block(Ledger *ledger, gint64 number, LifecycleStatus status, int change,
                             GError **error)
{
  gint64 block = (number - 1) / LEDGER_BLOCK_SIZE;
  gint64 count = 0;
  if (!ledger_number(ledger, &count, error,
                     "INSERT INTO block VALUES ($1, $2, $3) ON CONFLICT (status, block) DO UPDATE "
                     "SET certificates = block.certificates + excluded.certificates "
                     "RETURNING certificates",
                     "nnn", block, (gint64)status, (gint64)change))
    return FALSE;
  ledger_mark_stale(ledger, LEDGER_STALE_BLOCK, "0 %" G_GINT64_FORMAT, block);
  ledger_mark_stale(ledger, LEDGER_STALE_BLOCK, "%d %" G_GINT64_FORMAT, (int)status, block);
  gboolean began = change > 0 && count == change;
  gboolean ended = change < 0 && count == 0;
  if (!began && !ended)
    return TRUE;
  guint unissued = unissued_statuses();
  return mark_neighbours(ledger, block, 0, 0, error) &&
         mark_neighbours(ledger, block, 1u << status, status, error) &&
         ((unissued & (1u << status)) == 0 ||
          mark_neighbours(ledger, block, unissued, status, error));
}

gboolean ledger_count_statuses(Ledger *ledger, gint64 *ret_counts, GError **error)
{
  gint64 counts[LIFECYCLE_STATUS_N] = {0};
  sqlite3_stmt *row = ledger_query(
      ledger, error, "SELECT status, SUM(certificates) FROM block GROUP BY status", "");
  if (row == NULL)
    return FALSE;
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0) {
    gint64 status = sqlite3_column_int64(row, 0);
    g_assert(status > 0 && status < LIFECYCLE_STATUS_N);
    counts[status] = sqlite3_column_int64(row, 1);
    counts[0] += counts[status];
  }
  for (int i = 0; more == 0 && i < LIFECYCLE_STATUS_N; i++)
    ret_counts[i] = counts[i];
  return more == 0;
}

#include "ledger/ledger-private.h"

void ledger_health_clear(LedgerHealth *health)
{
  g_free(health->unattended);
  g_free(health->next);
  g_free(health->failing);
  *health = (LedgerHealth){0};
}

/* The ID and the end of the first row of ROW, if there is one. */
static gboolean read_end(Ledger *ledger, sqlite3_stmt *row, char **ret_id, gint64 *ret_end,
                         GError **error)
{
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more > 0) {
    *ret_id = column_text(row, 0);
    *ret_end = sqlite3_column_int64(row, 1);
    sqlite3_reset(row);
  }
  return more >= 0;
}

/* Issued, and neither renewed by itself nor by another that is issued. Only what runs out
 * before UNTIL is looked at: certdrop's own plans are for long before. */
static gboolean read_unattended(Ledger *ledger, gint64 until, LedgerHealth *health, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      "SELECT id, not_after FROM certificate c WHERE status = $1 AND not_after < $2 AND due <= $3 "
      "AND NOT EXISTS (SELECT 1 FROM certificate s WHERE s.id = c.successor AND s.status = $1) "
      "ORDER BY not_after LIMIT 1",
      "nnn", (gint64)LIFECYCLE_STATUS_ISSUED, until, LEDGER_LOOK_AGAIN);
  return read_end(ledger, row, &health->unattended, &health->unattended_end, error);
}

static gboolean read_next(Ledger *ledger, LedgerHealth *health, GError **error)
{
  sqlite3_stmt *row = ledger_query(ledger, error,
                                   "SELECT id, not_after FROM certificate WHERE status = $1 "
                                   "ORDER BY not_after LIMIT 1",
                                   "n", (gint64)LIFECYCLE_STATUS_ISSUED);
  return read_end(ledger, row, &health->next, &health->next_end, error);
}

/* Of what fails, what is issued and runs out first. There are few of them. */
static gboolean read_failing(Ledger *ledger, LedgerHealth *health, GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error,
                   "SELECT id, not_after FROM certificate WHERE failing_since > 0 AND status = $1",
                   "n", (gint64)LIFECYCLE_STATUS_ISSUED);
  if (row == NULL)
    return FALSE;
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0) {
    gint64 end = sqlite3_column_int64(row, 1);
    if (health->failing != NULL && end >= health->failing_end)
      continue;
    g_free(health->failing);
    health->failing = column_text(row, 0);
    health->failing_end = end;
  }
  return more == 0;
}

gboolean ledger_read_health(Ledger *ledger, gint64 until, LedgerHealth *ret_health, GError **error)
{
  LedgerHealth health = {.last_run = ledger_report_time(ledger)};
  gint64 since = 0;
  if (ledger_count_statuses(ledger, health.statuses, error) &&
      ledger_read_counts(ledger, &health.counts, error) &&
      ledger_read_number(ledger, LEDGER_CRL_END, &health.crl_end, error) &&
      ledger_first_waiting(ledger, &since, &health.waiting, error) &&
      read_unattended(ledger, until, &health, error) && read_next(ledger, &health, error) &&
      read_failing(ledger, &health, error)) {
    *ret_health = health;
    return TRUE;
  }
  ledger_health_clear(&health);
  return FALSE;
}

#include "base/clock.h"
#include "base/error.h"
#include "ledger/ledger-private.h"

#define LAST_START "SELECT started FROM run ORDER BY number DESC LIMIT 1"

gint64 ledger_report_time(Ledger *ledger)
{
  gint64 started = 0;
  ledger_number(ledger, &started, NULL, LAST_START, "");
  return started;
}

gboolean ledger_present(Ledger *ledger, gint64 clock, gint64 *ret_now, GError **error)
{
  const gint64 tolerance = 5 * 60;
  gint64 last = G_MININT64;
  if (!ledger_number(ledger, &last, error, LAST_START, ""))
    return FALSE;
  if (last != G_MININT64 && clock < last - tolerance) {
    g_autofree char *present = clock_format(clock);
    g_autofree char *before = clock_format(last);
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_USAGE,
                "the present, %s, lies before the last run, %s; ledger time never runs back: "
                "correct the clock, or give a later --at",
                present, before);
    return FALSE;
  }
  *ret_now = MAX(clock, last);
  return TRUE;
}

gboolean ledger_begin_run(Ledger *ledger, gint64 now, LedgerRun *ret_run, GError **error)
{
  gint64 number = 0;
  if (!ledger_number(ledger, &number, error, LEDGER_NEXT("run"), "") ||
      !ledger_do(ledger, error,
                 "INSERT INTO run (number, started, milliseconds, accepted, rejected, waiting, "
                 "items, issued, expired, renewed) VALUES ($1, $2, 0, 0, 0, 0, 0, 0, 0, 0)",
                 "nn", number, now))
    return FALSE;
  *ret_run = (LedgerRun){.number = number, .started = now};
  return TRUE;
}

gboolean ledger_end_run(Ledger *ledger, const LedgerRun *run, GError **error)
{
  return ledger_do(ledger, error,
                   "UPDATE run SET milliseconds = $1, accepted = $2, rejected = $3, waiting = $4, "
                   "items = $5, issued = $6, expired = $7, renewed = $8, failed = $9 "
                   "WHERE number = $10",
                   "nnnnnnnnnn", run->milliseconds, run->accepted, run->rejected, run->waiting,
                   run->items, run->issued, run->expired, run->renewed, run->failed, run->number);
}

GPtrArray *ledger_last_runs(Ledger *ledger, guint limit, GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error,
                   "SELECT number, started, CASE WHEN number = (SELECT "
                   "MAX(number) FROM run) THEN 0 ELSE milliseconds END, accepted, "
                   "rejected, waiting, items, issued, expired, renewed, failed FROM run "
                   "ORDER BY number DESC LIMIT $1",
                   "n", (gint64)limit);
  if (row == NULL)
    return NULL;
  g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func(g_free);
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0) {
    LedgerRun *run = g_new0(LedgerRun, 1);
    gint64 *const columns[] = {&run->number,   &run->started, &run->milliseconds, &run->accepted,
                               &run->rejected, &run->waiting, &run->items,        &run->issued,
                               &run->expired,  &run->renewed, &run->failed};
    for (int i = 0; i < (int)G_N_ELEMENTS(columns); i++)
      *columns[i] = sqlite3_column_int64(row, i);
    g_ptr_array_add(runs, run);
  }
  return more == 0 ? g_steal_pointer(&runs) : NULL;
}

gboolean ledger_read_number(Ledger *ledger, const char *name, gint64 *ret_number, GError **error)
{
  gint64 number = 0;
  if (!ledger_number(ledger, &number, error, "SELECT value FROM meta WHERE name = $1", "t", name))
    return FALSE;
  *ret_number = number;
  return TRUE;
}

gboolean ledger_put_number(Ledger *ledger, const char *name, gint64 number, GError **error)
{
  g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, number);
  return ledger_do(ledger, error,
                   "INSERT INTO meta VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = "
                   "excluded.value",
                   "tt", name, value);
}

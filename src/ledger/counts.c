#include "ledger/ledger-private.h"

/* A file is stored in one of these states once. */
gboolean ledger_count_file(Ledger *ledger, LedgerFileState state, GError **error)
{
  return state == LEDGER_FILE_WAITING ||
         ledger_do(ledger, error,
                   "INSERT INTO counter VALUES ($1, 1) ON CONFLICT (state) DO UPDATE SET files = "
                   "counter.files + 1",
                   "n", (gint64)state);
}

gboolean ledger_read_counts(Ledger *ledger, LedgerCounts *ret_counts, GError **error)
{
  LedgerCounts counts = {0};
  const struct {
    gint64 *number;
    const char *sql;
  } queries[] = {
      {&counts.files_accepted, "SELECT COALESCE(SUM(files), 0) FROM counter WHERE state = 2"},
      {&counts.files_rejected, "SELECT COALESCE(SUM(files), 0) FROM counter WHERE state IN (3, 4)"},
      {&counts.renewals_failing, "SELECT COUNT(*) FROM certificate WHERE failing_since > 0"},
      {&counts.deployments_failing, "SELECT COUNT(*) FROM deployment WHERE failing_since > 0"},
      {&counts.mail_waiting, "SELECT COUNT(*) FROM mail"},
      {&counts.mail_failing, "SELECT COUNT(*) FROM mail WHERE failing_since > 0"},
      {&counts.mail_failing_since,
       "SELECT failing_since FROM mail WHERE failing_since > 0 ORDER BY failing_since LIMIT 1"},
  };
  G_STATIC_ASSERT(LEDGER_FILE_ACCEPTED == 2 && LEDGER_FILE_REJECTED == 3 &&
                  LEDGER_FILE_PARTLY == 4);
  for (gsize i = 0; i < G_N_ELEMENTS(queries); i++)
    if (!ledger_number(ledger, queries[i].number, error, queries[i].sql, ""))
      return FALSE;
  *ret_counts = counts;
  return TRUE;
}

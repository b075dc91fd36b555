#include "ledger/ledger-private.h"

/* When there is something to do that no file asks for: the first of each index, so that
 * it costs the same however much there is. */
static const char *const dues[] = {
    "SELECT not_after + 1 FROM certificate WHERE status = 5 ORDER BY not_after LIMIT 1",
    "SELECT due FROM certificate WHERE due > 0 ORDER BY due, number LIMIT 1",
    "SELECT remind FROM certificate WHERE remind > 0 ORDER BY remind, number LIMIT 1",
    "SELECT next_try FROM deployment WHERE next_try > 0 ORDER BY next_try, certificate LIMIT 1",
    "SELECT next_try FROM outside WHERE next_try > 0 ORDER BY next_try, certificate LIMIT 1",
    "SELECT next_try FROM mail ORDER BY next_try, number LIMIT 1",
    /* What a run that did not end, or a waiting file that may go on, left: at once. */
    "SELECT 0 FROM reminder LIMIT 1",
    "SELECT 0 FROM output WHERE done = 0 LIMIT 1",
    "SELECT 0 FROM stale WHERE topic < " G_STRINGIFY(LEDGER_STALE_ASIDE) " LIMIT 1",
    "SELECT 0 FROM file WHERE state = 1 AND ready <> 0 LIMIT 1",
};
G_STATIC_ASSERT(LIFECYCLE_STATUS_ISSUED == 5 && LEDGER_FILE_WAITING == 1);

gboolean ledger_next_due(Ledger *ledger, gint64 *ret_when, GError **error)
{
  gint64 first = G_MAXINT64;
  for (gsize i = 0; i < G_N_ELEMENTS(dues); i++) {
    gint64 when = G_MAXINT64;
    if (!ledger_number(ledger, &when, error, dues[i], ""))
      return FALSE;
    first = MIN(first, when);
  }
  *ret_when = first;
  return TRUE;
}

gboolean ledger_first_waiting(Ledger *ledger, gint64 *ret_since, gint64 *ret_count, GError **error)
{
  gint64 since = 0, count = 0;
  if (!ledger_number(ledger, &since, error,
                     "SELECT first_seen FROM file WHERE state = 1 ORDER BY first_seen LIMIT 1",
                     "") ||
      !ledger_number(ledger, &count, error, "SELECT COUNT(*) FROM file WHERE state = 1", ""))
    return FALSE;
  *ret_since = since;
  *ret_count = count;
  return TRUE;
}

#include "keeper/keeper-private.h"

/* The ledger's number that says that it is still to be done. */
#define WANTED "log to be emptied"

gboolean keeper_want_emptied_log(Keeper *keeper, GError **error)
{
  return ledger_put_number(keeper->ledger, WANTED, 1, error);
}

/* Said as done only after it is: a run that is killed in between leaves it to the next one. */
gboolean keeper_empty_log(Keeper *keeper, GError **error)
{
  gint64 wanted = 0;
  gboolean done = FALSE;
  if (!ledger_read_number(keeper->ledger, WANTED, &wanted, error))
    return FALSE;
  if (wanted == 0)
    return TRUE;
  if (!ledger_truncate(keeper->ledger, &done, error))
    return FALSE;
  if (!done) {
    keeper_say(keeper,
               "state/ledger.db: somebody is reading it, so that keys that were deleted are "
               "overwritten by the next run only");
    return TRUE;
  }
  return keeper_group_begin(keeper, error) && ledger_put_number(keeper->ledger, WANTED, 0, error) &&
         keeper_group_end(keeper, error);
}

gboolean keeper_has_log_to_empty(Keeper *keeper, gboolean *ret_has, GError **error)
{
  gint64 wanted = 0;
  if (!ledger_read_number(keeper->ledger, WANTED, &wanted, error))
    return FALSE;
  *ret_has = wanted != 0;
  return TRUE;
}

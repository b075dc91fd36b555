#include "keeper/keeper-private.h"

/* What is decided together at most. Of items half as much as a commit could well take: while one
 * group is decided the one before is written, and both are in memory, archives and all. */
#define GROUP_FILES 400
#define GROUP_ITEMS 1000

gboolean keeper_group_begin(Keeper *keeper, GError **error)
{
  if (keeper->group_open)
    return TRUE;
  keeper->group_open = ledger_begin(keeper->ledger, error);
  return keeper->group_open;
}

gboolean keeper_group_is_full(const Keeper *keeper)
{
  return keeper->decided->len >= GROUP_FILES || keeper->group_items >= GROUP_ITEMS;
}

/* All of it is in the transaction under way, and so is there with its commit or not at all (I1):
 * certificates with their keys, and a row for each file that is to be written. */
gboolean keeper_group_relieve(Keeper *keeper, GError **error)
{
  if (keeper->group_items < GROUP_ITEMS)
    return TRUE;
  keeper->group_items = 0;
  if (!keeper_make_issues(keeper, error) || !keeper_make_archives(keeper, error) ||
      !ledger_flush_stale(keeper->ledger, error))
    return FALSE;
  keeper->spilled = keeper->spilled || keeper->outputs->len > 0;
  keeper_forget_outputs(keeper);
  return TRUE;
}

void keeper_group_undo(Keeper *keeper)
{
  keeper->spilled = FALSE;
  keeper->sealed = 0;
  if (keeper->group_open)
    ledger_rollback(keeper->ledger);
  keeper->group_open = FALSE;
  keeper->group_items = 0;
  keeper_forget_issues(keeper);
  g_ptr_array_set_size(keeper->archives, 0);
  keeper_forget_outputs(keeper);
  g_ptr_array_set_size(keeper->decided, 0);
  g_hash_table_remove_all(keeper->untold);
  keeper_finish_writing(keeper, NULL);
}

gboolean keeper_group_next(Keeper *keeper, GError **error)
{
  if (!keeper->group_open)
    return TRUE;
  if (!keeper_answer_all(keeper, error) || !keeper_say_decided(keeper, error) ||
      !ledger_mark_outputs_done(keeper->ledger, keeper->synced_output, error) ||
      !keeper_seal_log(keeper, error) || !ledger_commit(keeper->ledger, error)) {
    keeper_group_undo(keeper);
    return FALSE;
  }
  keeper->group_open = FALSE;
  keeper->group_items = 0;
  g_ptr_array_set_size(keeper->decided, 0);
  if (!keeper->spilled)
    return keeper_begin_writing(keeper, error);
  /* As if a killed run had left them (which this one may yet become): by their rows, in their
   * order, in portions. */
  keeper->spilled = FALSE;
  keeper_forget_outputs(keeper);
  return keeper_finish_writing(keeper, error) && keeper_recover_outputs(keeper, error);
}

gboolean keeper_group_end(Keeper *keeper, GError **error)
{
  return keeper_group_next(keeper, error) && keeper_finish_writing(keeper, error);
}

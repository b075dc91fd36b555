#include "base/error.h"
#include "keeper/keeper-private.h"

struct KeeperAtomic {
  gint64 held;   /* items that wait for others of the batch: they lie in the ledger */
  gint64 issued; /* by the run, when the batch began */
  guint messages;
};

/* Its transaction begins with it, so that to undo that is to undo the batch, however much of it
 * the ledger has taken in. A run that is killed before the commit has decided nothing of it. */
gboolean keeper_atomic_begin(Keeper *keeper, KeeperFile *file, GError **error)
{
  if (!keeper_group_end(keeper, error) || !keeper_group_begin(keeper, error))
    return FALSE;
  KeeperAtomic *atomic = g_new0(KeeperAtomic, 1);
  atomic->messages = keeper->messages->len;
  atomic->issued = keeper->run.issued;
  file->atomic = atomic;
  if (file->rows == NULL)
    file->rows = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_item_free);
  return TRUE;
}

/* Only an upload has a key, which does not travel with the item; and it waits for nothing. */
gboolean keeper_atomic_hold(Keeper *keeper, KeeperFile *file, const RequestItem *item,
                            gint64 position, GError **error)
{
  g_autoptr(GBytes) bytes = request_item_to_bytes(item);
  file->atomic->held++;
  return ledger_hold_item(keeper->ledger, position, bytes, error);
}

void keeper_atomic_free(KeeperAtomic *atomic)
{
  g_free(atomic);
}

/* The next held item behind *POSITION; NULL after the last, or with ERROR set. */
static RequestItem *next_held(Keeper *keeper, gint64 *position, GError **error)
{
  g_autoptr(GBytes) bytes = NULL;
  if (!ledger_next_held_item(keeper->ledger, position, &bytes, error) || bytes == NULL)
    return NULL;
  RequestItem *item = request_item_from_bytes(bytes);
  if (item == NULL)
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_CORRUPT,
                "state/ledger.db: an item that waits for another one of its batch is damaged");
  return item;
}

/* Takes ROW (taken over), how a held item was decided in another try. */
static gboolean take_row(Keeper *keeper, KeeperFile *file, LedgerItem *row, GError **error)
{
  gint64 position = row->position;
  gboolean waits = row->outcome == LIFECYCLE_OUTCOME_WAITING;
  file->waiting -= !waits;
  file->accepted += row->outcome == LIFECYCLE_OUTCOME_ACCEPTED;
  file->rejected += row->outcome == LIFECYCLE_OUTCOME_REJECTED;
  keeper_file_replace_row(file, row);
  if (waits)
    return TRUE;
  file->atomic->held--;
  return ledger_let_go_item(keeper->ledger, position, error) && keeper_group_relieve(keeper, error);
}

/* One round over what waits. */
static gboolean retry_held(Keeper *keeper, KeeperFile *file, GError **error)
{
  g_autoptr(GError) failed = NULL;
  for (gint64 position = -1;;) {
    g_autoptr(RequestItem) item = next_held(keeper, &position, &failed);
    if (item == NULL)
      break;
    LedgerItem *row = keeper_decide_item(keeper, file, item, position, &failed);
    if (row == NULL || !take_row(keeper, file, row, &failed))
      break;
  }
  if (failed == NULL)
    return TRUE;
  g_propagate_error(error, g_steal_pointer(&failed));
  return FALSE;
}

/* What still waits when the batch has waited long enough is refused. */
static gboolean end_waiting(Keeper *keeper, KeeperFile *file, GError **error)
{
  g_autoptr(GError) failed = NULL;
  for (gint64 position = -1;;) {
    g_autoptr(RequestItem) item = next_held(keeper, &position, &failed);
    if (item == NULL)
      break;
    keeper_end_waiting(keeper, item, g_ptr_array_index(file->rows, position));
  }
  file->rejected += file->waiting;
  file->waiting = 0;
  if (failed == NULL)
    return TRUE;
  g_propagate_error(error, g_steal_pointer(&failed));
  return FALSE;
}

/* Says of each item of an undone batch what became of it: what was refused
 * stays refused, what waits waits, and the others were refused with them. */
static gboolean store_undone(Keeper *keeper, KeeperFile *file, gboolean waits, GError **error)
{
  file->accepted = 0;
  file->rejected = 0;
  file->waiting = 0;
  for (guint i = 0; i < file->rows->len; i++) {
    LedgerItem *row = g_ptr_array_index(file->rows, i);
    if (!waits && row->outcome != LIFECYCLE_OUTCOME_REJECTED) {
      if (row->faults == NULL)
        row->faults = fault_array_new();
      fault_add(row->faults, "item-atomic", 0,
                row->kind != 0 ? request_kinds[row->kind].name : NULL,
                "the batch is atomic and another item of it was refused, so nothing of it was "
                "done; mend that item and drop the whole batch again");
      row->outcome = LIFECYCLE_OUTCOME_REJECTED;
    }
    file->rejected += row->outcome == LIFECYCLE_OUTCOME_REJECTED;
    file->waiting += row->outcome == LIFECYCLE_OUTCOME_WAITING;
    if (row->outcome != LIFECYCLE_OUTCOME_ACCEPTED && !ledger_put_item(keeper->ledger, row, error))
      return FALSE;
    if (keeper->purpose == KEEPER_FOR_RUN) /* the receipt reads them from the ledger */
      g_clear_pointer(&row->faults, g_ptr_array_unref);
  }
  return TRUE;
}

/* Tries again what waits, for as long as that moves something. */
static gboolean settle_held(Keeper *keeper, KeeperFile *file, GError **error)
{
  for (gint64 before = -1; file->rejected == 0 && file->atomic->held != before;) {
    before = file->atomic->held;
    if (before > 0 && !retry_held(keeper, file, error))
      return FALSE;
  }
  return !file->last || end_waiting(keeper, file, error);
}

gboolean keeper_atomic_end(Keeper *keeper, KeeperFile *file, gboolean whole, GError **error)
{
  if (whole && !settle_held(keeper, file, error))
    return FALSE;
  gboolean waits = whole && file->rejected == 0 && file->waiting > 0;
  g_autofree KeeperAtomic *atomic = g_steal_pointer(&file->atomic);
  if (whole && file->rejected == 0 && file->waiting == 0)
    return TRUE;
  keeper_group_undo(keeper);
  g_ptr_array_set_size(keeper->messages, (gint)atomic->messages);
  keeper->run.issued = atomic->issued;
  return keeper_group_begin(keeper, error) && store_undone(keeper, file, waits, error);
}

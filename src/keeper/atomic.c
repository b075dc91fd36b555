#include "keeper/keeper-private.h"

typedef struct {
  RequestItem *item;
  gint64 position;
} HeldItem;

struct KeeperAtomic {
  GPtrArray *held; /* HeldItem */
  gint64 issued;   /* by the run, when the batch began */
  guint messages;
};

static void held_item_free(HeldItem *held)
{
  request_item_free(held->item);
  g_free(held);
}

gboolean keeper_atomic_begin(Keeper *keeper, KeeperFile *file, GError **error)
{
  /* Its group begins with it, so that undoing it is to undo what the group holds. A check has
   * one group only, which holds nothing but issues that are to be made. */
  gboolean begun = keeper->purpose == KEEPER_FOR_RUN
                       ? keeper_group_end(keeper, error) && keeper_group_begin(keeper, error)
                       : keeper_make_issues(keeper, error);
  if (!begun)
    return FALSE;
  if (!ledger_begin_part(keeper->ledger, error))
    return FALSE;
  KeeperAtomic *atomic = g_new0(KeeperAtomic, 1);
  atomic->held = g_ptr_array_new_with_free_func((GDestroyNotify)held_item_free);
  atomic->messages = keeper->messages->len;
  atomic->issued = keeper->run.issued;
  file->atomic = atomic;
  if (file->rows == NULL)
    file->rows = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_item_free);
  return TRUE;
}

void keeper_atomic_hold(KeeperFile *file, RequestItem *item, gint64 position)
{
  HeldItem *held = g_new0(HeldItem, 1);
  *held = (HeldItem){item, position};
  g_ptr_array_add(file->atomic->held, held);
}

void keeper_atomic_free(KeeperAtomic *atomic)
{
  if (atomic == NULL)
    return;
  g_ptr_array_unref(atomic->held);
  g_free(atomic);
}

/* Where the row of the item at POSITION is among those of FILE, which are in order. */
static guint find_row(const KeeperFile *file, gint64 position)
{
  guint low = 0, high = file->rows->len;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    const LedgerItem *row = g_ptr_array_index(file->rows, middle);
    if (row->position < position)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Puts ROW in the place of the row that the first try made. */
static void replace_row(KeeperFile *file, LedgerItem *row)
{
  gpointer *place = &g_ptr_array_index(file->rows, find_row(file, row->position));
  g_assert(((const LedgerItem *)*place)->position == row->position);
  ledger_item_free(*place);
  *place = row;
  file->waiting -= row->outcome != LIFECYCLE_OUTCOME_WAITING;
  file->accepted += row->outcome == LIFECYCLE_OUTCOME_ACCEPTED;
  file->rejected += row->outcome == LIFECYCLE_OUTCOME_REJECTED;
}

/* One round over what waits; *RET_MOVED: something was decided. */
static gboolean retry_held(Keeper *keeper, KeeperFile *file, gboolean *ret_moved, GError **error)
{
  GPtrArray *held = file->atomic->held;
  guint left = 0;
  for (guint i = 0; i < held->len; i++) {
    HeldItem *one = g_ptr_array_index(held, i);
    LedgerItem *row = keeper_decide_item(keeper, file, one->item, one->position, error);
    if (row == NULL)
      return FALSE;
    if (row->outcome == LIFECYCLE_OUTCOME_WAITING) {
      g_ptr_array_index(held, i) = g_ptr_array_index(held, left);
      g_ptr_array_index(held, left++) = one;
    }
    replace_row(file, row);
    if (!keeper_group_relieve(keeper, error))
      return FALSE;
  }
  *ret_moved = left < held->len;
  g_ptr_array_set_size(held, (gint)left);
  return TRUE;
}

/* What still waits when the batch has waited long enough is refused. */
static void end_waiting(Keeper *keeper, KeeperFile *file)
{
  for (guint i = 0; i < file->atomic->held->len; i++) {
    const HeldItem *one = g_ptr_array_index(file->atomic->held, i);
    keeper_end_waiting(keeper, one->item,
                       g_ptr_array_index(file->rows, find_row(file, one->position)));
  }
  file->rejected += file->waiting;
  file->waiting = 0;
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

gboolean keeper_atomic_end(Keeper *keeper, KeeperFile *file, gboolean whole, GError **error)
{
  gboolean moved = whole && file->atomic->held->len > 0;
  while (moved && file->rejected == 0)
    if (!retry_held(keeper, file, &moved, error))
      return FALSE;
  if (file->last)
    end_waiting(keeper, file);
  gboolean keep = whole && file->rejected == 0 && file->waiting == 0;
  g_autofree KeeperAtomic *atomic = g_steal_pointer(&file->atomic);
  g_ptr_array_unref(atomic->held);
  if (!ledger_end_part(keeper->ledger, keep, error))
    return FALSE;
  if (keep)
    return TRUE;
  keeper_forget_issues(keeper);
  g_ptr_array_set_size(keeper->archives, 0);
  keeper_forget_outputs(keeper);
  keeper->spilled = FALSE;
  g_ptr_array_set_size(keeper->messages, (gint)atomic->messages);
  keeper->run.issued = atomic->issued;
  return store_undone(keeper, file, whole && file->rejected == 0, error);
}

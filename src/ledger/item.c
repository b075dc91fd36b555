#include <string.h>

#include "ledger/ledger-private.h"

void ledger_item_free(LedgerItem *item)
{
  if (item == NULL)
    return;
  g_free(item->ref);
  g_free(item->subject);
  g_free(item->waits_for);
  if (item->faults != NULL)
    g_ptr_array_unref(item->faults);
  if (item->warnings != NULL)
    g_ptr_array_unref(item->warnings);
  g_free(item);
}

gboolean ledger_put_item(Ledger *ledger, const LedgerItem *item, GError **error)
{
  g_autoptr(GBytes) faults = faults_for_storing(item->faults);
  g_autoptr(GBytes) warnings = faults_for_storing(item->warnings);
  g_autofree char *order = item->waits_for != NULL ? ids_order_of(item->waits_for) : NULL;
  return ledger_do(ledger, error,
                   "INSERT INTO item VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
                   "ON CONFLICT (file, position) DO UPDATE SET kind = excluded.kind, ref = "
                   "excluded.ref, outcome = excluded.outcome, repeated = excluded.repeated, "
                   "subject = excluded.subject, faults = excluded.faults, warnings = "
                   "excluded.warnings, waits_for = excluded.waits_for, waits_for_order = "
                   "excluded.waits_for_order",
                   "nnntnntbbtt", item->file, item->position, (gint64)item->kind, item->ref,
                   (gint64)item->outcome, (gint64)item->repeated, item->subject, faults, warnings,
                   item->waits_for, order);
}

gboolean ledger_read_item_outcome(Ledger *ledger, gint64 file, gint64 position,
                                  LifecycleOutcome *ret_outcome, GError **error)
{
  gint64 outcome = 0;
  if (!ledger_number(ledger, &outcome, error,
                     "SELECT outcome FROM item WHERE file = $1 AND position = $2", "nn", file,
                     position))
    return FALSE;
  *ret_outcome = (LifecycleOutcome)outcome;
  return TRUE;
}

GPtrArray *ledger_items_of_file(Ledger *ledger, gint64 file, gint64 first, guint limit,
                                GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      "SELECT file, position, kind, ref, outcome, repeated, subject, faults, warnings, "
      "waits_for FROM item WHERE file = $1 AND position >= $2 ORDER BY position "
      "LIMIT $3",
      "nnn", file, first, (gint64)limit);
  if (row == NULL)
    return NULL;
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_item_free);
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0) {
    LedgerItem *item = g_new0(LedgerItem, 1);
    item->file = sqlite3_column_int64(row, 0);
    item->position = sqlite3_column_int64(row, 1);
    item->kind = (RequestKind)sqlite3_column_int64(row, 2);
    item->ref = column_text(row, 3);
    item->outcome = (LifecycleOutcome)sqlite3_column_int64(row, 4);
    item->repeated = sqlite3_column_int64(row, 5) != 0;
    item->subject = column_text(row, 6);
    item->faults = column_faults(row, 7);
    item->warnings = column_faults(row, 8);
    item->waits_for = column_text(row, 9);
    g_ptr_array_add(items, item);
  }
  return more == 0 ? g_steal_pointer(&items) : NULL;
}

gboolean ledger_count_items(Ledger *ledger, gint64 file, gint64 *ret_items, gint64 *ret_rejected,
                            GError **error)
{
  gint64 items = 0, rejected = 0;
  if (!ledger_number(ledger, &items, error, "SELECT COUNT(*) FROM item WHERE file = $1", "n",
                     file) ||
      !ledger_number(ledger, &rejected, error,
                     "SELECT COUNT(*) FROM item WHERE file = $1 AND outcome = 2", "n", file))
    return FALSE;
  *ret_items = items;
  *ret_rejected = rejected;
  return TRUE;
}

gboolean ledger_hold_item(Ledger *ledger, gint64 position, GBytes *item, GError **error)
{
  return ledger_do(ledger, error, "INSERT INTO held VALUES ($1, $2)", "nb", position, item);
}

gboolean ledger_let_go_item(Ledger *ledger, gint64 position, GError **error)
{
  return ledger_do(ledger, error, "DELETE FROM held WHERE position = $1", "n", position);
}

gboolean ledger_next_held_item(Ledger *ledger, gint64 *position, GBytes **ret_item, GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error,
                   "SELECT position, item FROM held WHERE position > $1 ORDER BY position LIMIT 1",
                   "n", *position);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  *ret_item = NULL;
  if (more <= 0)
    return more == 0;
  *position = sqlite3_column_int64(row, 0);
  *ret_item = column_bytes(row, 1);
  sqlite3_reset(row);
  return TRUE;
}

void ledger_reference_free(LedgerReference *reference)
{
  if (reference == NULL)
    return;
  g_free(reference->ref);
  g_free(reference->hash);
  g_free(reference->subject);
  g_free(reference);
}

gboolean ledger_read_reference(Ledger *ledger, const char *ref, LedgerReference **ret_reference,
                               GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error, "SELECT kind, hash, subject FROM reference WHERE ref = $1", "t", ref);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more < 0)
    return FALSE;
  LedgerReference *reference = NULL;
  if (more > 0) {
    reference = g_new0(LedgerReference, 1);
    reference->ref = g_strdup(ref);
    reference->kind = (RequestKind)sqlite3_column_int64(row, 0);
    reference->hash = column_text(row, 1);
    reference->subject = column_text(row, 2);
    sqlite3_reset(row);
  }
  *ret_reference = reference;
  return TRUE;
}

gboolean ledger_add_reference(Ledger *ledger, const LedgerReference *reference, gint64 file,
                              GError **error)
{
  return ledger_do(ledger, error, "INSERT INTO reference VALUES ($1, $2, $3, $4, $5)", "tnttn",
                   reference->ref, (gint64)reference->kind, reference->hash, reference->subject,
                   file);
}

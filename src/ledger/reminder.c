#include "base/clock.h"
#include "ledger/ledger-private.h"

void ledger_reminding_free(LedgerReminding *reminding)
{
  if (reminding == NULL)
    return;
  g_free(reminding->id);
  g_free(reminding->successor);
  g_free(reminding);
}

static LedgerReminding *reminding_from_row(sqlite3_stmt *row)
{
  LedgerReminding *reminding = g_new0(LedgerReminding, 1);
  LifecycleReminderFacts *facts = &reminding->facts;
  reminding->id = column_text(row, 0);
  facts->status = (LifecycleStatus)sqlite3_column_int64(row, 1);
  facts->not_before = sqlite3_column_int64(row, 2);
  facts->not_after = sqlite3_column_int64(row, 3);
  facts->reminded = sqlite3_column_int64(row, 4);
  facts->planned = sqlite3_column_int64(row, 5) > 0;
  reminding->successor = column_text(row, 6);
  facts->successor = (LifecycleStatus)sqlite3_column_int64(row, 7);
  facts->failing = sqlite3_column_int64(row, 8) != 0;
  facts->reissue_waits = sqlite3_column_int64(row, 9) != 0;
  facts->uploaded = sqlite3_column_int64(row, 10) != 0;
  return reminding;
}

GPtrArray *ledger_remindings_due(Ledger *ledger, gint64 now, guint limit, GError **error)
{
  G_STATIC_ASSERT(LIFECYCLE_APPLICATION_SUBMITTED == 2);
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      "SELECT c.id, c.status, c.not_before, c.not_after, c.reminded, c.due, s.id, "
      "COALESCE(s.status, 0), c.failing_since > 0 OR COALESCE(s.failing_since, 0) > 0, "
      "COALESCE(a.state, 0) = 2 OR x.certificate IS NOT NULL, c.uploaded FROM certificate c "
      "LEFT JOIN certificate s ON s.id = c.successor "
      "LEFT JOIN application a ON a.number = c.application "
      "LEFT JOIN outside x ON x.certificate = c.id "
      "WHERE c.remind > 0 AND c.remind <= $1 ORDER BY c.remind, c.number LIMIT $2",
      "nn", now, (gint64)limit);
  if (row == NULL)
    return NULL;
  g_autoptr(GPtrArray) due = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_reminding_free);
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0)
    g_ptr_array_add(due, reminding_from_row(row));
  return more == 0 ? g_steal_pointer(&due) : NULL;
}

gboolean ledger_set_reminding(Ledger *ledger, const char *id, gint64 next, GError **error)
{
  return ledger_do(ledger, error, "UPDATE certificate SET remind = $1 WHERE id = $2", "nt", next,
                   id);
}

gboolean ledger_reset_remindings(Ledger *ledger, GError **error)
{
  return ledger_do(ledger, error,
                   "UPDATE certificate SET remind = not_before + (not_after - not_before) / 2 "
                   "WHERE status = $1",
                   "n", (gint64)LIFECYCLE_STATUS_ISSUED);
}

gboolean ledger_add_reminder(Ledger *ledger, const LedgerReminding *reminding,
                             LifecycleReminder reason, const char *address, gint64 now,
                             GError **error)
{
  g_autofree char *key = g_ascii_strdown(address, -1);
  g_autofree char *end = clock_format(reminding->facts.not_after);
  g_autofree char *text = g_strdup_printf("runs out at %s", end);
  ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", reminding->id);
  return ledger_do(ledger, error, "INSERT INTO reminder VALUES ($1, $2, $3, $4)", "tntn", key,
                   reminding->facts.not_after, reminding->id, (gint64)reason) &&
         ledger_do(ledger, error, "UPDATE certificate SET reminded = $1 WHERE id = $2", "nt", now,
                   reminding->id) &&
         ledger_log(ledger, now, "reminded", reminding->id, 0, text, error);
}

void ledger_reminder_free(LedgerReminder *reminder)
{
  if (reminder == NULL)
    return;
  g_free(reminder->certificate);
  g_free(reminder);
}

gboolean ledger_next_reminder(Ledger *ledger, char **ret_address, gint64 *ret_count, GError **error)
{
  sqlite3_stmt *row = ledger_query(ledger, error,
                                   "SELECT address, (SELECT COUNT(*) FROM reminder o WHERE "
                                   "o.address = reminder.address) FROM reminder ORDER BY address "
                                   "LIMIT 1",
                                   "");
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more < 0)
    return FALSE;
  *ret_address = more > 0 ? column_text(row, 0) : NULL;
  *ret_count = more > 0 ? sqlite3_column_int64(row, 1) : 0;
  sqlite3_reset(row);
  return TRUE;
}

GPtrArray *ledger_reminders_to(Ledger *ledger, const char *address, guint limit, GError **error)
{
  sqlite3_stmt *row = ledger_query(ledger, error,
                                   "SELECT certificate, not_after, reason FROM reminder WHERE "
                                   "address = $1 ORDER BY not_after, certificate LIMIT $2",
                                   "tn", address, (gint64)limit);
  if (row == NULL)
    return NULL;
  g_autoptr(GPtrArray) reminders =
      g_ptr_array_new_with_free_func((GDestroyNotify)ledger_reminder_free);
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0) {
    LedgerReminder *reminder = g_new0(LedgerReminder, 1);
    reminder->certificate = column_text(row, 0);
    reminder->not_after = sqlite3_column_int64(row, 1);
    reminder->reason = (LifecycleReminder)sqlite3_column_int64(row, 2);
    g_ptr_array_add(reminders, reminder);
  }
  return more == 0 ? g_steal_pointer(&reminders) : NULL;
}

gboolean ledger_drop_reminders(Ledger *ledger, const char *address, GError **error)
{
  return ledger_do(ledger, error, "DELETE FROM reminder WHERE address = $1", "t", address);
}

#include "base/clock.h"
#include "base/error.h"
#include "ledger/ledger-private.h"

/* What the nightly run has to do when, and how it fails. */

void ledger_due_free(LedgerDue *due)
{
  if (due == NULL)
    return;
  g_free(due->id);
  g_free(due->order);
  g_free(due);
}

static LedgerDue *due_from_row(sqlite3_stmt *row, gint64 *ret_product)
{
  LedgerDue *due = g_new0(LedgerDue, 1);
  due->number = sqlite3_column_int64(row, 0);
  due->id = column_text(row, 1);
  due->order = column_text(row, 2);
  due->due = sqlite3_column_int64(row, 3);
  due->facts.status = (LifecycleStatus)sqlite3_column_int64(row, 4);
  due->facts.uploaded = sqlite3_column_int64(row, 5) != 0;
  due->facts.first_issued = sqlite3_column_int64(row, 6);
  due->facts.not_before = sqlite3_column_int64(row, 7);
  due->facts.not_after = sqlite3_column_int64(row, 8);
  due->facts.term_end = sqlite3_column_int64(row, 9);
  due->facts.successor = sqlite3_column_int64(row, 10) != 0;
  due->facts.successor_status = (LifecycleStatus)sqlite3_column_int64(row, 11);
  due->facts.asked = sqlite3_column_int64(row, 12);
  due->facts.auto_renew = sqlite3_column_int64(row, 13) != 0;
  *ret_product = sqlite3_column_int64(row, 14);
  return due;
}

GPtrArray *ledger_due_certificates(Ledger *ledger, gint64 now, gint64 due, gint64 number,
                                   guint limit, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      "SELECT c.number, c.id, c.order_ref, c.due, c.status, c.uploaded, c.first_issued, "
      "c.not_before, c.not_after, c.term_end, c.successor IS NOT NULL, s.status, "
      "COALESCE(x.since, c.review_asked), o.auto_renew, o.product FROM certificate c "
      "LEFT JOIN orders o ON o.ref = c.order_ref "
      "LEFT JOIN certificate s ON s.id = c.successor "
      "LEFT JOIN outside x ON x.certificate = c.id "
      "WHERE c.due > 0 AND c.due <= $1 AND (c.due, c.number) > ($2, $3) "
      "ORDER BY c.due, c.number LIMIT $4",
      "nnnn", now, due, number, (gint64)limit);
  if (row == NULL)
    return NULL;
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_due_free);
  g_autoptr(GArray) products = g_array_new(FALSE, FALSE, sizeof(gint64));
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0) {
    gint64 product = 0;
    g_ptr_array_add(rows, due_from_row(row, &product));
    g_array_append_val(products, product);
  }
  for (guint i = 0; more == 0 && i < rows->len; i++) {
    LedgerDue *of = g_ptr_array_index(rows, i);
    gint64 product = g_array_index(products, gint64, i);
    if (product != 0 && (of->facts.product = ledger_product(ledger, product, error)) == NULL)
      return NULL;
  }
  return more == 0 ? g_steal_pointer(&rows) : NULL;
}

/* Counts CHANGE certificates more on the day of DUE. */
static gboolean count_day(Ledger *ledger, gint64 due, gint64 change, GError **error)
{
  gint64 day = due / CLOCK_DAY;
  return due <= LEDGER_LOOK_AGAIN ||
         (ledger_do(ledger, error,
                    "INSERT INTO due_day VALUES ($1, $2) ON CONFLICT (day) DO UPDATE "
                    "SET certificates = due_day.certificates + excluded.certificates",
                    "nn", day, change) &&
          (change > 0 ||
           ledger_do(ledger, error, "DELETE FROM due_day WHERE day = $1 AND certificates <= 0", "n",
                     day)));
}

gboolean ledger_put_due(Ledger *ledger, const char *certificate, gint64 due, GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error, "SELECT due, status, not_after FROM certificate WHERE id = $1",
                   "t", certificate);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more < 0)
    return FALSE;
  gint64 before = more > 0 ? sqlite3_column_int64(row, 0) : 0;
  LifecycleStatus status = more > 0 ? (LifecycleStatus)sqlite3_column_int64(row, 1) : 0;
  gint64 not_after = more > 0 ? sqlite3_column_int64(row, 2) : 0;
  sqlite3_reset(row);
  if (before == due)
    return TRUE;
  ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", certificate);
  ledger_mark_expiry(ledger, status, not_after);
  return count_day(ledger, before, -1, error) && count_day(ledger, due, 1, error) &&
         ledger_do(ledger, error, "UPDATE certificate SET due = $1 WHERE id = $2", "nt", due,
                   certificate);
}

/* What serves again once its successor is out of use. */
static gboolean look_at_forerunner(Ledger *ledger, const char *forerunner, GError **error)
{
  gint64 issued = 0;
  ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", forerunner);
  return ledger_number(ledger, &issued, error,
                       "SELECT COUNT(*) FROM certificate WHERE id = $1 AND status IN (5, 6)", "t",
                       forerunner) &&
         (issued == 0 || ledger_put_due(ledger, forerunner, LEDGER_LOOK_AGAIN, error));
}

gboolean ledger_look_again(Ledger *ledger, const char *certificate, GError **error)
{
  G_STATIC_ASSERT(LIFECYCLE_STATUS_ISSUED == 5 && LIFECYCLE_STATUS_EXPIRED == 6);
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      "SELECT status IN (5, 6), review_asked > 0, forerunner FROM certificate WHERE id = $1", "t",
      certificate);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more <= 0)
    return more == 0;
  gboolean issued = sqlite3_column_int64(row, 0) != 0, asked = sqlite3_column_int64(row, 1) != 0;
  g_autofree char *forerunner = column_text(row, 2);
  sqlite3_reset(row);
  if (issued)
    return ledger_put_due(ledger, certificate, LEDGER_LOOK_AGAIN, error);
  return ledger_put_due(ledger, certificate, 0, error) &&
         ledger_clear_failure(ledger, certificate, error) &&
         (!asked ||
          ledger_do(ledger, error, "UPDATE certificate SET review_asked = 0 WHERE id = $1", "t",
                    certificate)) &&
         (forerunner == NULL || look_at_forerunner(ledger, forerunner, error));
}

gboolean ledger_look_at_all_again(Ledger *ledger, GError **error)
{
  return ledger_do(ledger, error, "UPDATE certificate SET due = 1 WHERE due > 0", "") &&
         ledger_do(ledger, error, "DELETE FROM due_day", "");
}

GHashTable *ledger_read_due_days(Ledger *ledger, GError **error)
{
  sqlite3_stmt *row = ledger_query(ledger, error, "SELECT day, certificates FROM due_day", "");
  if (row == NULL)
    return NULL;
  g_autoptr(GHashTable) days = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0) {
    const gint64 day = sqlite3_column_int64(row, 0), certificates = sqlite3_column_int64(row, 1);
    g_hash_table_insert(days, g_memdup2(&day, sizeof day),
                        g_memdup2(&certificates, sizeof certificates));
  }
  return more == 0 ? g_steal_pointer(&days) : NULL;
}

gboolean ledger_link_successor(Ledger *ledger, const char *certificate, const char *successor,
                               gint64 reviewed, gint64 now, gint64 file, GError **error)
{
  g_autofree char *by = g_strdup_printf("by %s", successor);
  g_autofree char *of = g_strdup_printf("of %s", certificate);
  ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", certificate);
  ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", successor);
  return ledger_mark_expiry_of(ledger, certificate, error) &&
         ledger_do(ledger, error, "UPDATE certificate SET successor = $1 WHERE id = $2", "tt",
                   successor, certificate) &&
         ledger_do(ledger, error,
                   "UPDATE certificate SET forerunner = $1, reviewed = $2 WHERE id = $3", "tnt",
                   certificate, reviewed, successor) &&
         ledger_clear_failure(ledger, certificate, error) &&
         ledger_look_again(ledger, certificate, error) &&
         ledger_log(ledger, now, "renewed", certificate, file, by, error) &&
         ledger_log(ledger, now, "renewal", successor, file, of, error);
}

gboolean ledger_add_failure(Ledger *ledger, const char *certificate, const char *why, gint64 now,
                            gboolean *ret_mail, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error, "SELECT failing_since, failure, failure_mail FROM certificate WHERE id = $1",
      "t", certificate);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more == 0)
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_BUG, "there is no certificate %s",
                certificate);
  if (more <= 0)
    return FALSE;
  gint64 since = sqlite3_column_int64(row, 0), mail = sqlite3_column_int64(row, 2);
  g_autofree char *before = column_text(row, 1);
  sqlite3_reset(row);
  gboolean first = since == 0, is_new = g_strcmp0(before, why) != 0;
  since = first ? now : since;
  *ret_mail = first || now >= mail;
  if (*ret_mail)
    mail = lifecycle_next_failure_mail(now);
  ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", certificate);
  return (!first || ledger_mark_expiry_of(ledger, certificate, error)) &&
         ledger_do(ledger, error,
                   "UPDATE certificate SET failing_since = $1, failures = failures + 1, "
                   "failure = $2, failure_mail = $3 WHERE id = $4",
                   "ntnt", since, why, mail, certificate) &&
         (!is_new || ledger_log(ledger, now, "failed", certificate, 0, why, error));
}

gboolean ledger_clear_failure(Ledger *ledger, const char *certificate, GError **error)
{
  gint64 since = 0;
  if (!ledger_number(ledger, &since, error, "SELECT failing_since FROM certificate WHERE id = $1",
                     "t", certificate))
    return FALSE;
  if (since == 0)
    return TRUE;
  ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", certificate);
  return ledger_mark_expiry_of(ledger, certificate, error) &&
         ledger_do(ledger, error,
                   "UPDATE certificate SET failing_since = 0, failures = 0, failure = NULL, "
                   "failure_mail = 0 WHERE id = $1",
                   "t", certificate);
}

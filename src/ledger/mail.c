#include "ledger/ledger-private.h"

void ledger_mail_free(LedgerMail *mail)
{
  if (mail == NULL)
    return;
  g_free(mail->path);
  g_free(mail->certificate);
  g_free(mail->output);
  g_clear_pointer(&mail->content, g_bytes_unref);
  g_free(mail);
}

gboolean ledger_add_mail(Ledger *ledger, const char *path, gint64 now, GError **error)
{
  return ledger_do(ledger, error,
                   "INSERT INTO mail (path, failures, failing_since, next_try) "
                   "VALUES ($1, 0, 0, $2) ON CONFLICT DO NOTHING",
                   "tn", path, now);
}

static GPtrArray *mails_from_rows(Ledger *ledger, sqlite3_stmt *row, GError **error)
{
  if (row == NULL)
    return NULL;
  g_autoptr(GPtrArray) mails = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_mail_free);
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0) {
    LedgerMail *mail = g_new0(LedgerMail, 1);
    mail->number = sqlite3_column_int64(row, 0);
    mail->path = column_text(row, 1);
    mail->certificate = column_text(row, 2);
    mail->content = column_bytes(row, 3);
    mail->failures = sqlite3_column_int64(row, 4);
    mail->failing_since = sqlite3_column_int64(row, 5);
    mail->output = column_text(row, 6);
    g_ptr_array_add(mails, mail);
  }
  return more == 0 ? g_steal_pointer(&mails) : NULL;
}

GPtrArray *ledger_mails_due(Ledger *ledger, gint64 now, guint limit, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      "SELECT m.number, m.path, o.certificate, o.content, m.failures, m.failing_since, m.output "
      "FROM mail m LEFT JOIN output o ON o.path = m.path AND o.kind = 2 AND o.receipt = 0 "
      "WHERE m.next_try <= $1 ORDER BY m.next_try, m.number LIMIT $2",
      "nn", now, (gint64)limit);
  return mails_from_rows(ledger, row, error);
}

GPtrArray *ledger_failing_mails(Ledger *ledger, guint limit, gint64 *ret_count, GError **error)
{
  if (!ledger_number(ledger, ret_count, error, "SELECT COUNT(*) FROM mail WHERE failing_since > 0",
                     ""))
    return NULL;
  sqlite3_stmt *row =
      ledger_query(ledger, error,
                   "SELECT number, path, NULL, NULL, failures, failing_since, output FROM mail "
                   "WHERE failing_since > 0 ORDER BY failing_since, number LIMIT $1",
                   "n", (gint64)limit);
  return mails_from_rows(ledger, row, error);
}

/* The history of the certificate names the message; of one about several, it is its own
 * subject. */
static gboolean log_mail(Ledger *ledger, const LedgerMail *mail, const char *what, gint64 now,
                         GError **error)
{
  if (mail->certificate == NULL)
    return ledger_log(ledger, now, what, mail->path, 0, NULL, error);
  ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", mail->certificate);
  return ledger_log(ledger, now, what, mail->certificate, 0, mail->path, error);
}

static gboolean forget_mail(Ledger *ledger, const LedgerMail *mail, GError **error)
{
  return ledger_do(ledger, error, "DELETE FROM mail WHERE number = $1", "n", mail->number);
}

gboolean ledger_put_mail_sent(Ledger *ledger, const LedgerMail *mail, gint64 now, GError **error)
{
  return forget_mail(ledger, mail, error) && log_mail(ledger, mail, "mailed", now, error);
}

gboolean ledger_put_mail_failed(Ledger *ledger, const LedgerMail *mail, const char *output,
                                gint64 now, GError **error)
{
  gint64 failures = mail->failures + 1;
  return ledger_do(ledger, error,
                   "UPDATE mail SET failures = $1, failing_since = CASE WHEN failing_since = 0 "
                   "THEN $2 ELSE failing_since END, next_try = $3, output = $4 WHERE number = $5",
                   "nnntn", failures, now, now + lifecycle_retry_pause(failures), output,
                   mail->number);
}

gboolean ledger_drop_mail(Ledger *ledger, const LedgerMail *mail, gint64 now, GError **error)
{
  return forget_mail(ledger, mail, error) && log_mail(ledger, mail, "mail given up", now, error);
}

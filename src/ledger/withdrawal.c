#include "ledger/ledger-private.h"

gboolean ledger_end_pending(Ledger *ledger, const char *certificate, GError **error)
{
  return ledger_do(ledger, error,
                   "UPDATE application SET state = CASE WHEN (SELECT issue FROM certificate WHERE "
                   "id = $1) > 0 THEN $2 ELSE $3 END WHERE state = $4 AND number = (SELECT "
                   "application FROM certificate WHERE id = $1)",
                   "tnnn", certificate, (gint64)LIFECYCLE_APPLICATION_APPROVED,
                   (gint64)LIFECYCLE_APPLICATION_SAVED, (gint64)LIFECYCLE_APPLICATION_SUBMITTED) &&
         ledger_do(ledger, error, "UPDATE certificate SET review_asked = 0 WHERE id = $1", "t",
                   certificate) &&
         ledger_end_outside(ledger, certificate, error);
}

gboolean ledger_end_due(Ledger *ledger, const char *certificate, GError **error)
{
  return ledger_put_due(ledger, certificate, 0, error) &&
         ledger_clear_failure(ledger, certificate, error);
}

gboolean ledger_withdraw(Ledger *ledger, const char *certificate, gint64 now, gint64 file,
                         GError **error)
{
  g_autoptr(LedgerApplication) application = NULL;
  if (!ledger_read_application(ledger, certificate, &application, error))
    return FALSE;
  g_autofree char *text =
      application != NULL ? g_strdup_printf("application %s", application->ref) : NULL;
  ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", certificate);
  return ledger_end_pending(ledger, certificate, error) &&
         ledger_do(ledger, error,
                   "UPDATE application SET state = $1 WHERE state = $2 AND number = (SELECT "
                   "application FROM certificate WHERE id = $3 AND issue = 0)",
                   "nnt", (gint64)LIFECYCLE_APPLICATION_SAVED,
                   (gint64)LIFECYCLE_APPLICATION_REJECTED, certificate) &&
         ledger_end_due(ledger, certificate, error) &&
         ledger_log(ledger, now, "withdrawn", certificate, file, text, error);
}

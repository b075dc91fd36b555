#include "ledger/ledger-private.h"

#define SELECT_REVOKED "SELECT serial, not_after, revoked, reason, outside FROM issue "

void ledger_revoked_free(LedgerRevoked *revoked)
{
  if (revoked == NULL)
    return;
  g_free(revoked->serial);
  g_free(revoked);
}

static GPtrArray *revoked_from_rows(Ledger *ledger, sqlite3_stmt *row, GError **error)
{
  if (row == NULL)
    return NULL;
  g_autoptr(GPtrArray) issues = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_revoked_free);
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0) {
    LedgerRevoked *revoked = g_new0(LedgerRevoked, 1);
    revoked->serial = column_text(row, 0);
    revoked->not_after = sqlite3_column_int64(row, 1);
    revoked->at = sqlite3_column_int64(row, 2);
    revoked->reason = (int)sqlite3_column_int64(row, 3);
    revoked->outside = sqlite3_column_int64(row, 4) != 0;
    g_ptr_array_add(issues, revoked);
  }
  return more == 0 ? g_steal_pointer(&issues) : NULL;
}

GPtrArray *ledger_revoked_since(Ledger *ledger, gint64 since, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      SELECT_REVOKED "WHERE revoked > 0 AND not_after >= $1 AND outside = 0 ORDER BY not_after",
      "n", since);
  return revoked_from_rows(ledger, row, error);
}

GPtrArray *ledger_revoked_of(Ledger *ledger, const char *certificate, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error, SELECT_REVOKED "WHERE certificate = $1 AND +revoked > 0 ORDER BY number", "t",
      certificate);
  return revoked_from_rows(ledger, row, error);
}

/* Every key of the certificate: those of all its issues, that of a CSR with an issuer outside,
 * and SPKI_SHA256, which need not have been seen before. */
static gboolean compromise_keys(Ledger *ledger, const char *certificate, const char *spki_sha256,
                                GError **error)
{
  if (spki_sha256 != NULL &&
      !ledger_do(ledger, error,
                 "INSERT INTO key VALUES ($1, $2, '', 1, NULL) ON CONFLICT (spki_sha256) DO UPDATE "
                 "SET compromised = 1",
                 "tt", spki_sha256, certificate))
    return FALSE;
  return ledger_do(ledger, error,
                   "UPDATE key SET compromised = 1 WHERE spki_sha256 IN (SELECT spki_sha256 FROM "
                   "issue WHERE certificate = $1 UNION ALL SELECT spki_sha256 FROM outside WHERE "
                   "certificate = $1)",
                   "t", certificate);
}

/* Wherever one of ORDER can be paid for, the amount stands. */
static gboolean mark_payable(Ledger *ledger, const char *order, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error, "SELECT id, number FROM certificate WHERE order_ref = $1 AND status = $2",
      "tn", order, (gint64)LIFECYCLE_STATUS_AWAITING_PAYMENT);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  for (; more > 0; more = ledger_next(ledger, row, error)) {
    ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s",
                      (const char *)sqlite3_column_text(row, 0));
    ledger_mark_listed(ledger, sqlite3_column_int64(row, 1), LIFECYCLE_STATUS_AWAITING_PAYMENT);
  }
  return more == 0;
}

gboolean ledger_cancel(Ledger *ledger, const char *certificate, gint64 amount, GError **error)
{
  g_autofree char *order = ids_order_of(certificate);
  return amount == 0 ||
         (ledger_do(ledger, error, "UPDATE orders SET cancelled = cancelled + $1 WHERE ref = $2",
                    "nt", amount, order) &&
          mark_payable(ledger, order, error));
}

/* "keyCompromise, serial 12AB, 34CD" */
static char *describe(const LedgerRevocation *revocation, const GPtrArray *issues)
{
  GString *text = g_string_new(lifecycle_reasons[revocation->reason].name);
  for (guint i = 0; i < issues->len; i++) {
    const LedgerRevoked *revoked = g_ptr_array_index(issues, i);
    g_string_append_printf(text, "%s%s", i == 0 ? ", serial " : ", ", revoked->serial);
  }
  return g_string_free(text, FALSE);
}

gboolean ledger_revoke(Ledger *ledger, const char *certificate, const LedgerRevocation *revocation,
                       gint64 now, gint64 file, gboolean *ret_listed, GError **error)
{
  gint64 reason = revocation->reason;
  if (!ledger_do(ledger, error,
                 "UPDATE issue SET revoked = $1, reason = $2 WHERE certificate = $3 AND "
                 "not_after >= $1 AND revoked = 0",
                 "nnt", now, reason, certificate))
    return FALSE;
  g_autoptr(GPtrArray) issues = ledger_revoked_of(ledger, certificate, error);
  if (issues == NULL)
    return FALSE;
  *ret_listed = FALSE;
  for (guint i = 0; i < issues->len; i++)
    *ret_listed = *ret_listed || !((const LedgerRevoked *)g_ptr_array_index(issues, i))->outside;
  g_autofree char *text = describe(revocation, issues);
  ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", certificate);
  return (!lifecycle_reasons[reason].compromise ||
          compromise_keys(ledger, certificate, revocation->spki_sha256, error)) &&
         ledger_do(ledger, error,
                   "UPDATE certificate SET revoked = $1, reason = $2, remind = 0 WHERE id = $3",
                   "nnt", now, reason, certificate) &&
         ledger_cancel(ledger, certificate, revocation->cancelled, error) &&
         ledger_end_pending(ledger, certificate, error) &&
         ledger_end_due(ledger, certificate, error) &&
         ledger_log(ledger, now, "revocation", certificate, file, text, error);
}

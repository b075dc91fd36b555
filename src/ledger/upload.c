#include "ledger/ledger-private.h"

/* Certificates that were bought elsewhere: how they come in, and where any comes from. */

static gboolean add_certificate(Ledger *ledger, const LedgerIssue *issue, const char *order,
                                const char *name, LifecycleStatus status, gint64 now,
                                GError **error)
{
  g_autofree char *names = g_strjoinv(" ", issue->names);
  gint64 number = 0;
  if (!ledger_number(ledger, &number, error, LEDGER_NEXT("certificate"), "") ||
      !ledger_do(ledger, error,
                 "INSERT INTO certificate (number, id, order_ref, position, status, uploaded, "
                 "application, names, created, changed, submitted, first_issued, not_before, "
                 "not_after, term_end, name) VALUES ($1, $2, $3, 1, $4, 1, 0, $5, $6, $6, 0, 0, "
                 "0, 0, 0, $7)",
                 "nttntnt", number, issue->certificate, order, (gint64)status, names, now, name))
    return FALSE;
  ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", issue->certificate);
  ledger_change_block(ledger, number, status, 1);
  return TRUE;
}

gboolean ledger_add_upload(Ledger *ledger, const LifecycleOrder *order, const char *name,
                           LifecycleStatus status, const LedgerIssue *issue, gint64 now,
                           gint64 file, GError **error)
{
  gint64 product = 0;
  g_autofree char *text = g_strdup_printf("serial %s, by %s", issue->serial, issue->issuer);
  return ledger_put_product(ledger, order->product, &product, error) &&
         ledger_do(ledger, error,
                   "INSERT INTO orders (ref, product, quantity, years, name_count, auto_renew, "
                   "price, currency, paid, created, file) VALUES ($1, $2, 1, 0, $3, 0, 0, $4, 1, "
                   "$5, $6)",
                   "tnntnn", order->ref, product, order->name_count, order->currency, now, file) &&
         add_certificate(ledger, issue, order->ref, name, status, now, error) &&
         ledger_put_issue(ledger, issue, now, error) &&
         ledger_log(ledger, now, "uploaded", issue->certificate, file, text, error);
}

gboolean ledger_find_issue(Ledger *ledger, const char *sha256, char **ret_certificate,
                           GError **error)
{
  sqlite3_stmt *row = ledger_query(ledger, error,
                                   "SELECT c.id FROM issue i JOIN certificate c ON c.id = "
                                   "i.certificate WHERE i.sha256 = $1 AND c.deleted = 0 "
                                   "ORDER BY i.number LIMIT 1",
                                   "t", sha256);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more < 0)
    return FALSE;
  *ret_certificate = more > 0 ? column_text(row, 0) : NULL;
  if (more > 0)
    sqlite3_reset(row);
  return TRUE;
}

void ledger_origin_free(LedgerOrigin *origin)
{
  if (origin == NULL)
    return;
  g_free(origin->issuer);
  g_clear_pointer(&origin->der, g_bytes_unref);
  g_clear_pointer(&origin->chain, g_bytes_unref);
  g_clear_pointer(&origin->warnings, g_ptr_array_unref);
  g_free(origin);
}

gboolean ledger_read_origin(Ledger *ledger, const char *certificate, LedgerOrigin **ret_origin,
                            GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error,
                   "SELECT i.outside, i.issuer, i.warnings, i.der, i.chain FROM certificate c "
                   "JOIN issue i ON i.number = c.issue WHERE c.id = $1",
                   "t", certificate);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more < 0)
    return FALSE;
  LedgerOrigin *origin = NULL;
  if (more > 0) {
    origin = g_new0(LedgerOrigin, 1);
    origin->outside = sqlite3_column_int64(row, 0) != 0;
    origin->issuer = column_text(row, 1);
    origin->warnings = column_faults(row, 2);
    origin->der = column_bytes(row, 3);
    origin->chain = column_bytes(row, 4);
    sqlite3_reset(row);
  }
  *ret_origin = origin;
  return TRUE;
}

#include "base/text.h"
#include "ledger/ledger-private.h"

#define SELECT_REFUND "SELECT certificate, reference, amount, currency, at FROM refund "

void ledger_refund_free(LedgerRefund *refund)
{
  if (refund == NULL)
    return;
  g_free(refund->certificate);
  g_free(refund->reference);
  g_free(refund->currency);
  g_free(refund);
}

static gboolean add_spending(Ledger *ledger, const char *certificate, const RequestPayment *refund,
                             gint64 now, gint64 file, GError **error)
{
  g_autofree char *order = ids_order_of(certificate);
  const LedgerSpending spending = {.at = now,
                                   .kind = LEDGER_SPENDING_REFUND,
                                   .order = order,
                                   .certificate = (char *)certificate,
                                   .reference = refund->reference,
                                   .amount = refund->amount,
                                   .currency = refund->currency};
  return ledger_add_spending(ledger, &spending, file, error);
}

gboolean ledger_add_refund(Ledger *ledger, const char *certificate, const RequestPayment *refund,
                           gint64 now, gint64 file, GError **error)
{
  g_autofree char *amount = text_format_money(refund->amount);
  g_autofree char *text = g_strdup_printf("%s %s%s%s", amount, refund->currency,
                                          refund->reference != NULL ? ", of the payment " : "",
                                          refund->reference != NULL ? refund->reference : "");
  return ledger_do(ledger, error,
                   "INSERT INTO refund (order_ref, certificate, reference, amount, currency, at, "
                   "file) SELECT order_ref, id, $1, $2, $3, $4, $5 FROM certificate WHERE id = $6",
                   "tntnnt", refund->reference, refund->amount, refund->currency, now, file,
                   certificate) &&
         add_spending(ledger, certificate, refund, now, file, error) &&
         ledger_log(ledger, now, "refund", certificate, file, text, error);
}

static GPtrArray *refunds_from_rows(Ledger *ledger, sqlite3_stmt *row, GError **error)
{
  if (row == NULL)
    return NULL;
  g_autoptr(GPtrArray) refunds = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_refund_free);
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0) {
    LedgerRefund *refund = g_new0(LedgerRefund, 1);
    refund->certificate = column_text(row, 0);
    refund->reference = column_text(row, 1);
    refund->amount = sqlite3_column_int64(row, 2);
    refund->currency = column_text(row, 3);
    refund->at = sqlite3_column_int64(row, 4);
    g_ptr_array_add(refunds, refund);
  }
  return more == 0 ? g_steal_pointer(&refunds) : NULL;
}

gboolean ledger_read_refund(Ledger *ledger, const char *certificate, LedgerRefund **ret_refund,
                            GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error, SELECT_REFUND "WHERE certificate = $1", "t", certificate);
  g_autoptr(GPtrArray) refunds = refunds_from_rows(ledger, row, error);
  if (refunds == NULL)
    return FALSE;
  *ret_refund = refunds->len > 0 ? g_ptr_array_steal_index(refunds, 0) : NULL;
  return TRUE;
}

GPtrArray *ledger_refunds_of_order(Ledger *ledger, const char *order, GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error, SELECT_REFUND "WHERE order_ref = $1 ORDER BY number", "t", order);
  return refunds_from_rows(ledger, row, error);
}

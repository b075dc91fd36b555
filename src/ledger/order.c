#include "ledger/ledger-private.h"

static gboolean add_certificate(Ledger *ledger, const LifecycleOrder *order, gint64 position,
                                gint64 now, GError **error)
{
  g_autofree char *id = ids_certificate(order->ref, position);
  LifecycleStatus status = order->paid ? LIFECYCLE_STATUS_PAID : LIFECYCLE_STATUS_AWAITING_PAYMENT;
  gint64 number = 0;
  if (!ledger_number(ledger, &number, error, LEDGER_NEXT("certificate"), "") ||
      !ledger_do(ledger, error,
                 "INSERT INTO certificate (number, id, order_ref, position, status, uploaded, "
                 "application, created, changed, submitted, first_issued, not_before, not_after, "
                 "term_end) VALUES ($1, $2, $3, $4, $5, 0, 0, $6, $6, 0, 0, 0, 0, 0)",
                 "nttnnn", number, id, order->ref, position, (gint64)status, now))
    return FALSE;
  ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", id);
  ledger_change_block(ledger, number, status, 1);
  return TRUE;
}

/* An automatic renewal that counts as paid has no payment of its own. */
static gboolean spend_automatically(Ledger *ledger, const LifecycleOrder *order, gint64 now,
                                    gint64 file, GError **error)
{
  const LedgerSpending spending = {.at = now,
                                   .kind = LEDGER_SPENDING_AUTOMATIC,
                                   .order = order->ref,
                                   .amount = order->price,
                                   .currency = order->currency};
  return !order->automatic || !order->paid || ledger_add_spending(ledger, &spending, file, error);
}

gboolean ledger_add_order(Ledger *ledger, const LifecycleOrder *order, gint64 now, gint64 file,
                          GError **error)
{
  gint64 product = 0;
  if (!ledger_put_product(ledger, order->product, &product, error) ||
      !ledger_do(
          ledger, error,
          "INSERT INTO orders (ref, product, quantity, years, name_count, auto_renew, price, "
          "currency, paid, created, file, renews, automatic) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
          "tnnnnnntnnntn", order->ref, product, order->quantity, order->years, order->name_count,
          (gint64)order->auto_renew, order->price, order->currency, (gint64)order->paid, now, file,
          order->renews, (gint64)order->automatic))
    return FALSE;
  g_autofree char *text =
      g_strdup_printf("%s, quantity %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT " year(s)",
                      order->product->id, order->quantity, order->years);
  if (!spend_automatically(ledger, order, now, file, error) ||
      !ledger_log(ledger, now, "ordered", order->ref, file, text, error))
    return FALSE;
  for (gint64 position = 1; position <= order->quantity; position++)
    if (!add_certificate(ledger, order, position, now, error))
      return FALSE;
  return TRUE;
}

gboolean ledger_read_order(Ledger *ledger, const char *ref, LifecycleOrder **ret_order,
                           GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error,
                   "SELECT product, quantity, years, name_count, auto_renew, price, currency, "
                   "paid, renews, automatic, (SELECT COALESCE(SUM(amount), 0) FROM payment "
                   "WHERE order_ref = $1), cancelled, (SELECT reference FROM payment WHERE "
                   "order_ref = $1 LIMIT 1) FROM orders WHERE ref = $1",
                   "t", ref);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more <= 0) {
    if (more == 0)
      *ret_order = NULL;
    return more == 0;
  }
  g_autoptr(LifecycleOrder) order = g_new0(LifecycleOrder, 1);
  gint64 product = sqlite3_column_int64(row, 0);
  order->ref = g_strdup(ref);
  order->quantity = sqlite3_column_int64(row, 1);
  order->years = sqlite3_column_int64(row, 2);
  order->name_count = sqlite3_column_int64(row, 3);
  order->auto_renew = sqlite3_column_int64(row, 4) != 0;
  order->price = sqlite3_column_int64(row, 5);
  order->currency = column_text(row, 6);
  order->paid = sqlite3_column_int64(row, 7) != 0;
  order->renews = column_text(row, 8);
  order->automatic = sqlite3_column_int64(row, 9) != 0;
  order->paid_amount = sqlite3_column_int64(row, 10);
  order->cancelled = sqlite3_column_int64(row, 11);
  order->paid_by = column_text(row, 12);
  sqlite3_reset(row);
  order->product = ledger_product(ledger, product, error);
  if (order->product == NULL)
    return FALSE;
  *ret_order = g_steal_pointer(&order);
  return TRUE;
}

/* The order's certificates that were waiting for it are paid now. A renewal goes on by
 * itself from there. */
static gboolean pay_certificates(Ledger *ledger, const char *order, gint64 now, gint64 file,
                                 GError **error)
{
  g_autoptr(GPtrArray) certificates = ledger_certificates_of_order(ledger, order, error);
  if (certificates == NULL)
    return FALSE;
  for (guint i = 0; i < certificates->len; i++) {
    const LedgerCertificate *certificate = g_ptr_array_index(certificates, i);
    ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", certificate->id);
    if (certificate->status == LIFECYCLE_STATUS_AWAITING_PAYMENT &&
        (!ledger_set_status(ledger, certificate->id, LIFECYCLE_STATUS_PAID, now, file, error) ||
         (certificate->forerunner != NULL &&
          !ledger_put_due(ledger, certificate->id, LEDGER_LOOK_AGAIN, error))))
      return FALSE;
  }
  return TRUE;
}

static gboolean spend(Ledger *ledger, const char *order, const RequestPayment *payment, gint64 now,
                      gint64 file, GError **error)
{
  gint64 renewal = 0;
  if (!ledger_number(ledger, &renewal, error,
                     "SELECT renews IS NOT NULL FROM orders WHERE ref = $1", "t", order))
    return FALSE;
  const LedgerSpending spending = {.at = now,
                                   .kind = renewal != 0 ? LEDGER_SPENDING_RENEWAL
                                                        : LEDGER_SPENDING_ORDER,
                                   .order = (char *)order,
                                   .reference = payment->reference,
                                   .amount = payment->amount,
                                   .currency = payment->currency};
  return ledger_add_spending(ledger, &spending, file, error);
}

gboolean ledger_add_payment(Ledger *ledger, const char *order, const RequestPayment *payment,
                            gint64 now, gint64 file, GError **error)
{
  g_autofree char *text =
      payment->reference != NULL ? g_strdup_printf("reference %s", payment->reference) : NULL;
  return ledger_do(ledger, error,
                   "INSERT INTO payment (order_ref, ref, reference, amount, currency, at, file) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7)",
                   "tttntnn", order, payment->ref, payment->reference, payment->amount,
                   payment->currency, now, file) &&
         ledger_do(ledger, error, "UPDATE orders SET paid = 1 WHERE ref = $1", "t", order) &&
         spend(ledger, order, payment, now, file, error) &&
         ledger_log(ledger, now, "paid", order, file, text, error) &&
         pay_certificates(ledger, order, now, file, error);
}

void ledger_order_free(LedgerOrder *order)
{
  if (order == NULL)
    return;
  lifecycle_order_free(order->order);
  for (guint i = 0; order->payments != NULL && i < order->payments->len; i++)
    record_free(&request_payment_record, g_ptr_array_index(order->payments, i));
  if (order->payments != NULL)
    g_ptr_array_unref(order->payments);
  g_free(order->file);
  g_free(order);
}

static gboolean read_payments(Ledger *ledger, LedgerOrder *order, GError **error)
{
  sqlite3_stmt *row = ledger_query(ledger, error,
                                   "SELECT ref, order_ref, reference, amount, currency FROM "
                                   "payment WHERE order_ref = $1 ORDER BY number",
                                   "t", order->order->ref);
  if (row == NULL)
    return FALSE;
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0) {
    RequestPayment *payment = record_new(&request_payment_record);
    payment->ref = column_text(row, 0);
    payment->order = column_text(row, 1);
    payment->reference = column_text(row, 2);
    payment->amount = sqlite3_column_int64(row, 3);
    payment->currency = column_text(row, 4);
    g_ptr_array_add(order->payments, payment);
  }
  return more == 0;
}

gboolean ledger_read_order_page(Ledger *ledger, const char *ref, LedgerOrder **ret_order,
                                GError **error)
{
  g_autoptr(LedgerOrder) order = g_new0(LedgerOrder, 1);
  order->payments = g_ptr_array_new();
  if (!ledger_read_order(ledger, ref, &order->order, error))
    return FALSE;
  if (order->order == NULL) {
    *ret_order = NULL;
    return TRUE;
  }
  sqlite3_stmt *row =
      ledger_query(ledger, error, "SELECT created, file FROM orders WHERE ref = $1", "t", ref);
  if (row == NULL || ledger_next(ledger, row, error) <= 0)
    return FALSE;
  order->created = sqlite3_column_int64(row, 0);
  gint64 file = sqlite3_column_int64(row, 1);
  sqlite3_reset(row);
  if (!read_payments(ledger, order, error))
    return FALSE;
  const char *name = NULL;
  if (!ledger_file_name(ledger, file, &name, error))
    return FALSE;
  order->file = g_strdup(name);
  *ret_order = g_steal_pointer(&order);
  return TRUE;
}

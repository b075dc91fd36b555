/* An order: part of its certificates' pages, and a page of its own for `show`. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "reports/certificate.h"
#include "reports/table.h"

/* How many of an order's certificates `show` lists. */
#define ORDER_CERTIFICATES 100

static void order_add_money(cmark_node *parent, gint64 amount, const char *currency)
{
  g_autofree char *money = text_format_money(amount);
  page_add_format(parent, "%s %s", money, currency);
}

static void order_add_payment(Table *table, const RequestPayment *payment)
{
  cmark_node *cell = table_add_fact(table, "Payment");
  order_add_money(cell, payment->amount, payment->currency);
  if (payment->reference != NULL)
    page_add_format(cell, ", reference %s", payment->reference);
  if (payment->ref != NULL) {
    page_add_text(cell, ", by ");
    page_add_code(cell, payment->ref);
  }
}

static void order_add_payments(Table *table, const LedgerOrder *order)
{
  for (guint i = 0; i < order->payments->len; i++)
    order_add_payment(table, g_ptr_array_index(order->payments, i));
  if (order->payments->len > 0)
    return;
  const char *state = order->order->price > 0 ? "counts as paid" : "nothing to pay";
  page_add_text(table_add_fact(table, "Payment"), order->order->paid ? state : "not paid yet");
}

static void order_add_renewal(const Page *page, Table *table, const LifecycleOrder *order)
{
  if (order->renews != NULL) {
    cmark_node *cell = table_add_fact(table, "Renewal of");
    page_add_certificate(page, cell, order->renews);
    page_add_text(cell, order->automatic ? ", ordered by the nightly run" : "");
  }
  page_add_text(table_add_fact(table, "Automatic renewal"), order->auto_renew ? "yes" : "no");
}

void order_add_position(const Page *page, Table *table, const LifecycleOrder *order,
                        const char *certificate)
{
  gint64 position = ids_position(certificate);
  if (order->quantity == 1)
    return;
  cmark_node *cell = table_add_fact(table, "Certificate");
  page_add_format(cell, "%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT, position, order->quantity);
  for (gint64 other = position - 1; other <= position + 1; other += 2) {
    if (other < 1 || other > order->quantity)
      continue;
    g_autofree char *neighbour = ids_certificate(order->ref, other);
    page_add_text(cell, ", ");
    page_add_certificate(page, cell, neighbour);
  }
}

void order_add_facts(const Page *page, cmark_node *parent, const LedgerOrder *order,
                     const CertificateModel *model)
{
  const LifecycleOrder *content = order->order;
  Table table = table_new_facts(parent, "Order and payment");
  page_add_code(table_add_fact(&table, "Order"), content->ref);
  if (model != NULL)
    order_add_position(page, &table, content, model->certificate->id);
  page_add_format(table_add_fact(&table, "Product"), "%s %s, %s", content->product->brand,
                  content->product->title, product_validation_label(content->product));
  if (model == NULL)
    page_add_format(table_add_fact(&table, "Quantity"), "%" G_GINT64_FORMAT, content->quantity);
  page_add_format(table_add_fact(&table, "Names paid for"), "%" G_GINT64_FORMAT,
                  content->name_count);
  order_add_money(table_add_fact(&table, "Price"), content->price, content->currency);
  order_add_payments(&table, order);
  order_add_renewal(page, &table, content);
  page_add_time(table_add_fact(&table, "Ordered"), order->created);
  if (order->file != NULL)
    page_add_text(table_add_fact(&table, "By file"), order->file);
}

/* What changes with its certificates, whose own pages show their own part. */
static void order_add_balance(const Page *page, const LifecycleOrder *order,
                              const GPtrArray *refunds)
{
  if (refunds->len == 0 && (order->paid || order->cancelled == 0))
    return;
  page_add_heading(page->root, 2, "Balance");
  Table table = table_new_facts(page->root, "Balance");
  if (!order->paid)
    order_add_money(table_add_fact(&table, "Due"), lifecycle_due(order), order->currency);
  for (guint i = 0; i < MIN(refunds->len, ORDER_CERTIFICATES); i++) {
    const LedgerRefund *refund = g_ptr_array_index(refunds, i);
    cmark_node *cell = table_add_fact(&table, "Paid back");
    refund_add_amount(cell, refund);
    page_add_text(cell, ", for ");
    page_add_code(cell, refund->certificate);
    page_add_text(cell, ", ");
    page_add_time(cell, refund->at);
  }
}

static const TableColumn columns[] = {{"Certificate", TABLE_TEXT},
                                      {"Status", TABLE_SHORT},
                                      {"Bound Domains", TABLE_TEXT},
                                      {"Expiry On", TABLE_SHORT}};

static void order_add_certificates(const Page *page, const GPtrArray *certificates)
{
  page_add_heading(page->root, 2, "Certificates");
  Table table = table_new(page->root, "Certificates", columns, G_N_ELEMENTS(columns));
  for (guint i = 0; i < MIN(certificates->len, ORDER_CERTIFICATES); i++) {
    const LedgerCertificate *certificate = g_ptr_array_index(certificates, i);
    table_add_row(&table);
    page_add_certificate(page, table_add_cell(&table), certificate->id);
    page_add_status(page, table_add_cell(&table), certificate->status);
    page_add_names(table_add_cell(&table), certificate->names, 3);
    page_add_date(table_add_cell(&table), certificate->not_after);
  }
  if (certificates->len > ORDER_CERTIFICATES)
    page_add_format(page_add_paragraph(page->root), "And %u more.",
                    certificates->len - ORDER_CERTIFICATES);
}

gboolean reports_order_markdown(const ReportsContext *context, const char *ref, char **ret_markdown,
                                GError **error)
{
  g_autoptr(LedgerOrder) order = NULL;
  if (!ledger_read_order_page(context->ledger, ref, &order, error))
    return FALSE;
  if (order == NULL) {
    *ret_markdown = NULL;
    return TRUE;
  }
  g_autoptr(GPtrArray) certificates = ledger_certificates_of_order(context->ledger, ref, error);
  g_autoptr(GPtrArray) refunds =
      certificates != NULL ? ledger_refunds_of_order(context->ledger, ref, error) : NULL;
  if (refunds == NULL)
    return FALSE;
  g_autofree char *title = g_strdup_printf("Order %s", ref);
  g_autoptr(Page) page = page_new(PAGE_VIEW_CERTIFICATES, 1, title);
  page_add_heading(page->root, 1, title);
  order_add_facts(page, page->root, order, NULL);
  order_add_balance(page, order->order, refunds);
  order_add_certificates(page, certificates);
  *ret_markdown = g_strdup(page_to_markdown(page));
  return TRUE;
}

#include <string.h>

#include "base/text.h"
#include "lifecycle/lifecycle-private.h"

static void check_term(const RequestOrder *order, const Product *product, GPtrArray *faults)
{
  if (order->years > product->maximum_years)
    fault_add(faults, "term", order->line, "years",
              "%" G_GINT64_FORMAT " years are longer than the product \"%s\" is sold for, which is "
              "%" G_GINT64_FORMAT,
              order->years, product->id, product->maximum_years);
}

static void check_name_count(const RequestOrder *order, const Product *product, GPtrArray *faults)
{
  gint64 most = product_names(product) == PRODUCT_NAMES_MULTIPLE ? product->maximum_names : 1;
  if (order->name_count > most)
    fault_add(faults, "name-count", order->line, "nameCount",
              "%" G_GINT64_FORMAT " names are more than a certificate of the product \"%s\" can "
              "have, which is %" G_GINT64_FORMAT,
              order->name_count, product->id, most);
}

/* A payment has to be able to say it: amounts have nine digits before the point. */
static void check_price(const RequestOrder *order, gint64 price, GPtrArray *faults)
{
  const gint64 largest = G_GINT64_CONSTANT(99999999999);
  if (price <= largest)
    return;
  g_autofree char *most = text_format_money(largest);
  fault_add(faults, "quantity", order->line, "quantity",
            "the price is more than one payment can have, which is %s; divide the order", most);
}

/* An order that carries its application is one item with it (rules.md 12). */
static void check_application_fits(const RequestOrder *order, gint64 price, GPtrArray *faults)
{
  if (order->quantity != 1)
    fault_add(faults, "quantity", order->line, "quantity",
              "an order that carries its application is for one certificate, not for "
              "%" G_GINT64_FORMAT "; send the applications apart",
              order->quantity);
  if (order->payment == NULL && price > 0)
    fault_add(faults, "payment-missing", order->line, "order",
              "an order that carries its application needs its payment too; add <payment>, or send "
              "the application apart");
}

static const Product *order_find_product(const LifecycleFacts *facts, const RequestOrder *order,
                                         GPtrArray *faults)
{
  const Product *product = catalog_find(facts->catalog, order->product);
  if (product == NULL)
    fault_add(faults, "catalog-product", order->line, "product",
              "there is no product \"%s\"; catalog.xml and the purchase page list those for sale",
              order->product);
  return product;
}

static LifecycleOrder *order_make(const LifecycleFacts *facts, const RequestOrder *order,
                                  const Product *product)
{
  LifecycleOrder *made = g_new0(LifecycleOrder, 1);
  made->ref = g_strdup(order->ref);
  made->product = product;
  made->quantity = order->quantity;
  made->years = order->years;
  made->name_count = order->name_count > 0 ? order->name_count : product->included_names;
  made->auto_renew = order->auto_renew;
  made->price = product_price(product, made->quantity, made->years, made->name_count);
  made->currency = g_strdup(facts->catalog->currency);
  made->paid = made->price == 0 || order->payment != NULL;
  return made;
}

void order_decide(const LifecycleFacts *facts, const RequestItem *item, LifecycleDecision *decision)
{
  const RequestOrder *order = item->body;
  const Product *product = order_find_product(facts, order, decision->faults);
  if (product == NULL)
    return;
  check_term(order, product, decision->faults);
  check_name_count(order, product, decision->faults);

  LifecycleStep *create = decision_add_step(decision, LIFECYCLE_STEP_CREATE_ORDER, NULL);
  create->order = order_make(facts, order, product);
  const LifecycleOrder *made = create->order;
  check_price(order, made->price, decision->faults);
  if (order->payment != NULL) {
    payment_check(order->payment, made->price, made->currency, order->line, decision->faults);
    LifecycleStep *pay = decision_add_step(decision, LIFECYCLE_STEP_RECORD_PAYMENT, NULL);
    pay->payment = record_copy(&request_payment_record, order->payment);
  }
  g_free(decision->subject);
  decision->subject = g_strdup(order->ref);
  if (order->application == NULL)
    return;
  check_application_fits(order, made->price, decision->faults);
  g_autofree char *id = ids_certificate(order->ref, 1);
  g_autoptr(LifecycleCertificate) certificate = lifecycle_certificate_new(id);
  certificate->status = LIFECYCLE_STATUS_PAID;
  application_decide(facts, made, certificate, order->application, order->ref, decision);
}

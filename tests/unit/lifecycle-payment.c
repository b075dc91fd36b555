/* Payments of an order that is known: the price, to the cent, once. */
#include "lifecycle-test.h"

static RequestItem *new_payment_item(gint64 amount, const char *currency)
{
  RequestItem *item = new_item_of(REQUEST_KIND_PAYMENT, "PAY-1");
  record_free(&request_payment_record, item->body);
  RequestPayment *payment = new_payment(amount, currency);
  payment->ref = g_strdup("PAY-1");
  payment->order = g_strdup("PO-1");
  item->body = payment;
  return item;
}

static void know_order(World *world, const char *product, gboolean paid)
{
  know_certificate(world, product,
                   paid ? LIFECYCLE_STATUS_PAID : LIFECYCLE_STATUS_AWAITING_PAYMENT);
  world->facts.certificate = NULL;
  world->facts.subject = "PO-1";
}

static void test_paid(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_order(world, "dv", FALSE);
  g_autoptr(RequestItem) item = new_payment_item(120000, "CNY");
  g_assert_cmpstr(lifecycle_subject(item), ==, "PO-1");
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  assert_accepted(decision, "pay");
  g_assert_cmpstr(decision->subject, ==, "PO-1");
  const RequestPayment *payment = find_step(decision, LIFECYCLE_STEP_RECORD_PAYMENT)->payment;
  g_assert_cmpstr(payment->ref, ==, "PAY-1");
  g_assert_cmpstr(payment->reference, ==, "TX-1");
}

static void test_refused(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    gint64 amount;
    const char *currency;
    const char *codes;
  } cases[] = {
      {119999, "CNY", "payment-amount"},   {120001, "CNY", "payment-amount"},
      {0, "CNY", "payment-amount"},        {-1, "CNY", "payment-amount"},
      {120000, "USD", "payment-currency"}, {1, "USD", "payment-currency"},
  };
  know_order(world, "dv", FALSE);
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
    expect(world, new_payment_item(cases[i].amount, cases[i].currency), NULL, cases[i].codes);
}

/* The fault says what is due, so that the next payment can be right. */
static void test_says_what_is_due(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_order(world, "dv", FALSE);
  g_autoptr(RequestItem) item = new_payment_item(1, "CNY");
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  const Fault *fault = g_ptr_array_index(decision->faults, 0);
  g_assert_nonnull(strstr(fault->text, "0.01 CNY"));
  g_assert_nonnull(strstr(fault->text, "1200.00 CNY is due"));
  g_assert_cmpint(fault->line, ==, 2);
}

static void test_repeated(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_order(world, "dv", TRUE);
  expect(world, new_payment_item(120000, "CNY"), NULL, "payment-repeated");
  know_order(world, "free", TRUE);
  expect(world, new_payment_item(0, "CNY"), NULL, "payment-repeated");
}

/* The price is that of the day of the order, whatever the catalogue says now. */
static void test_price_of_order(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_order(world, "dv", FALSE);
  ((Product *)world->order->product)->price_per_year = 1;
  expect(world, new_payment_item(120000, "CNY"), "pay", NULL);
}

static void test_unknown_order(World *world, gconstpointer data G_GNUC_UNUSED)
{
  world->facts.subject = "PO-1";
  g_autoptr(RequestItem) item = new_payment_item(120000, "CNY");
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  assert_waiting(decision, "PO-1");
}

#define ADD(name, function)                                                                        \
  g_test_add("/lifecycle/payment/" name, World, NULL, world_set_up, function, world_tear_down)

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("paid", test_paid);
  ADD("refused", test_refused);
  ADD("says-what-is-due", test_says_what_is_due);
  ADD("repeated", test_repeated);
  ADD("price-of-order", test_price_of_order);
  ADD("unknown-order", test_unknown_order);
  return g_test_run();
}

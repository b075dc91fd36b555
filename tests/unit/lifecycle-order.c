/* Orders: product, quantity, term, number of names, price, and those that carry their
 * payment and their application (rules.md 2 and 12). */
#include "lifecycle-test.h"

#define ORDER(item) ((RequestOrder *)(item)->body)

static LifecycleDecision *decide(World *world, RequestItem *item)
{
  g_autoptr(RequestItem) own = item;
  return lifecycle_decide(&world->facts, own);
}

static void test_plain(World *world, gconstpointer data G_GNUC_UNUSED)
{
  RequestItem *item = new_order_item("PO-4711", "ov-multi");
  ORDER(item)->quantity = 2;
  ORDER(item)->years = 2;
  ORDER(item)->name_count = 5;
  ORDER(item)->auto_renew = TRUE;
  g_autoptr(LifecycleDecision) decision = decide(world, item);
  assert_accepted(decision, "create");
  g_assert_cmpstr(decision->subject, ==, "PO-4711");
  const LifecycleOrder *order = find_step(decision, LIFECYCLE_STEP_CREATE_ORDER)->order;
  g_assert_cmpstr(order->ref, ==, "PO-4711");
  g_assert_true(order->product == catalog_find(world->catalog, "ov-multi"));
  g_assert_cmpint(order->quantity, ==, 2);
  g_assert_cmpint(order->years, ==, 2);
  g_assert_cmpint(order->name_count, ==, 5);
  g_assert_true(order->auto_renew);
  g_assert_cmpint(order->price, ==, 720000);
  g_assert_cmpstr(order->currency, ==, "CNY");
  g_assert_false(order->paid);
}

static void test_defaults(World *world, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr(LifecycleDecision) decision = decide(world, new_order_item("PO-1", "ov-multi"));
  const LifecycleOrder *order = find_step(decision, LIFECYCLE_STEP_CREATE_ORDER)->order;
  g_assert_cmpint(order->quantity, ==, 1);
  g_assert_cmpint(order->years, ==, 1);
  g_assert_cmpint(order->name_count, ==, 3); /* the product's includedNames */
  g_assert_false(order->auto_renew);
}

/* A free product costs 0.00 and is paid from the start. */
static void test_free(World *world, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr(LifecycleDecision) decision = decide(world, new_order_item("PO-1", "free"));
  assert_accepted(decision, "create");
  const LifecycleOrder *order = find_step(decision, LIFECYCLE_STEP_CREATE_ORDER)->order;
  g_assert_cmpint(order->price, ==, 0);
  g_assert_true(order->paid);
}

static void test_with_payment(World *world, gconstpointer data G_GNUC_UNUSED)
{
  RequestItem *item = new_order_item("PO-1", "dv");
  ORDER(item)->payment = new_payment(120000, "CNY");
  g_autoptr(LifecycleDecision) decision = decide(world, item);
  assert_accepted(decision, "create pay");
  g_assert_true(find_step(decision, LIFECYCLE_STEP_CREATE_ORDER)->order->paid);
  const RequestPayment *payment = find_step(decision, LIFECYCLE_STEP_RECORD_PAYMENT)->payment;
  g_assert_cmpstr(payment->reference, ==, "TX-1");
  g_assert_cmpint(payment->amount, ==, 120000);
}

static void test_payment_refused(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *product;
    gint64 amount;
    const char *currency;
    const char *codes;
  } cases[] = {
      {"dv", 119999, "CNY", "payment-amount"},   {"dv", 120001, "CNY", "payment-amount"},
      {"dv", 120000, "EUR", "payment-currency"}, {"dv", 120000, "cny", "payment-currency"},
      {"free", 1, "CNY", "payment-amount"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    RequestItem *item = new_order_item("PO-1", cases[i].product);
    ORDER(item)->payment = new_payment(cases[i].amount, cases[i].currency);
    expect(world, item, NULL, cases[i].codes);
  }
}

static void test_refused(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *ref, *product;
    gint64 quantity, years, names;
    const char *codes; /* NULL: accepted */
  } cases[] = {
      {"PO-1", "dv", 1000, 2, 1, NULL},
      {"PO-1", "nothing", 1, 1, 0, "catalog-product"},
      {"PO-1", "", 1, 1, 0, "catalog-product"},
      {"PO-1", "outside", 1, 1, 0, NULL},
      {"PO-1", "free", 1, 2, 0, "term"},
      {"PO-1", "dv", 1, 3, 0, "term"},
      {"PO-1", "dv", 1, 1, 2, "name-count"},
      {"PO-1", "dv-wildcard", 1, 1, 2, "name-count"},
      {"PO-1", "ov-multi", 1, 1, 100, NULL},
      {"PO-1", "ov-multi", 1, 1, 101, "name-count"},
      {"PO-1", "ov-multi", 1, 1, 1, NULL},
      {"PO-1", "dv", 1, 3, 2, "term name-count"}, /* all that is wrong is said at once */
      {"PO-1.1", "dv", 1, 1, 0, "reference-form"},
      {"PO-r1", "nothing", 1, 1, 0, "reference-form catalog-product"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    RequestItem *item = new_order_item(cases[i].ref, cases[i].product);
    ORDER(item)->quantity = cases[i].quantity;
    ORDER(item)->years = cases[i].years;
    ORDER(item)->name_count = cases[i].names;
    expect(world, item, "create", cases[i].codes);
  }
}

/* No payment document could name such an amount. */
static void test_price_too_large(World *world, gconstpointer data G_GNUC_UNUSED)
{
  Product *dear = g_ptr_array_index(world->catalog->products, 1);
  dear->price_per_year = 50000000000;
  RequestItem *item = new_order_item("PO-1", dear->id);
  ORDER(item)->quantity = 2;
  expect(world, item, NULL, "quantity");
  expect(world, new_order_item("PO-1", dear->id), "create", NULL);
}

/* One file from the order to the certificate: one item, all or nothing. */
static void test_with_application(World *world, gconstpointer data G_GNUC_UNUSED)
{
  RequestItem *item = new_order_item("PO-1", "dv");
  ORDER(item)->payment = new_payment(120000, "CNY");
  ORDER(item)->application = new_application("www.example.test");
  g_autoptr(LifecycleDecision) decision = decide(world, item);
  assert_accepted(decision, "create pay store issue status");
  const LifecycleStep *store = find_step(decision, LIFECYCLE_STEP_STORE_APPLICATION);
  g_assert_cmpstr(store->certificate, ==, "PO-1.1");
  g_assert_cmpstr(store->application_ref, ==, "PO-1");
  g_assert_cmpint(store->state, ==, LIFECYCLE_APPLICATION_SUBMITTED);
  const LifecycleStep *issue = find_step(decision, LIFECYCLE_STEP_ISSUE);
  g_assert_cmpstr(issue->certificate, ==, "PO-1.1");
  g_assert_cmpint(issue->not_before, ==, NOW);
  g_assert_cmpint(issue->not_after, ==, NOW + 200 * DAY - 1);
  g_assert_cmpint(issue->term_end, ==, NOW + 365 * DAY);
}

static void test_with_saved_application(World *world, gconstpointer data G_GNUC_UNUSED)
{
  RequestItem *item = new_order_item("PO-1", "ov");
  ORDER(item)->payment = new_payment(120000, "CNY");
  ORDER(item)->application = new_application("www.abc.com");
  ORDER(item)->application->action = g_strdup("save");
  expect(world, item, "create pay store letter", NULL);
}

static void test_with_application_refused(World *world, gconstpointer data G_GNUC_UNUSED)
{
  RequestItem *unpaid = new_order_item("PO-1", "dv");
  ORDER(unpaid)->application = new_application("www.example.test");
  expect(world, unpaid, NULL, "payment-missing");

  RequestItem *free_of_charge = new_order_item("PO-1", "free");
  ORDER(free_of_charge)->application = new_application("www.example.test");
  expect(world, free_of_charge, "create store issue status", NULL);

  RequestItem *two = new_order_item("PO-1", "free");
  ORDER(two)->quantity = 2;
  ORDER(two)->application = new_application("www.example.test");
  expect(world, two, NULL, "quantity");

  RequestItem *faulty = new_order_item("PO-1", "dv");
  ORDER(faulty)->payment = new_payment(1, "CNY");
  ORDER(faulty)->application = new_application("server1");
  expect(world, faulty, NULL, "payment-amount domain-single-label");
}

#define ADD(name, function)                                                                        \
  g_test_add("/lifecycle/order/" name, World, NULL, world_set_up, function, world_tear_down)

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("plain", test_plain);
  ADD("defaults", test_defaults);
  ADD("free", test_free);
  ADD("with-payment", test_with_payment);
  ADD("payment-refused", test_payment_refused);
  ADD("refused", test_refused);
  ADD("price-too-large", test_price_too_large);
  ADD("with-application", test_with_application);
  ADD("with-saved-application", test_with_saved_application);
  ADD("with-application-refused", test_with_application_refused);
  return g_test_run();
}

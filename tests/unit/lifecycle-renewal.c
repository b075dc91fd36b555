/* Renewals and re-issues: what is carried over, what is refused, what goes on by itself. */
#include "lifecycle-test.h"

static void set_renewal(World *world, gint64 review_days, gboolean pay)
{
  Configuration *configuration = world->configuration;
  if (configuration->renewal == NULL)
    configuration->renewal = g_new0(ConfigurationRenewal, 1);
  configuration->renewal->review_days = review_days;
  configuration->renewal->pay = pay;
}

/* PO-1.1 of PRODUCT, issued 100 days ago for a year, reviewed then. */
static void know_issued(World *world, const char *product)
{
  know_certificate(world, product, LIFECYCLE_STATUS_ISSUED);
  LifecycleCertificate *certificate = world->certificate;
  const Product *of = world->order->product;
  certificate->application_state = LIFECYCLE_APPLICATION_APPROVED;
  certificate->application_ref = g_strdup("APP-1");
  certificate->application = new_application(
      product_names(of) == PRODUCT_NAMES_WILDCARD ? "*.example.test" : "www.example.test");
  certificate->application->ref = g_strdup("APP-1");
  certificate->application->certificate = g_strdup("PO-1.1");
  certificate->application->action = g_strdup("submit");
  certificate->application->company = product_asks_company(of) ? new_company() : NULL;
  if (of->required_attachments != NULL) {
    g_auto(GStrv) kinds = g_strsplit(of->required_attachments, " ", 0);
    for (char **kind = kinds; *kind != NULL; kind++)
      add_attachment(certificate->application, *kind, "scan");
  }
  certificate->first_issued = NOW - 100 * DAY;
  certificate->not_before = NOW - 100 * DAY;
  certificate->not_after = NOW + 100 * DAY - 1;
  certificate->term_end = NOW + 265 * DAY;
  certificate->reviewed = product_asks_company(of) ? NOW - 100 * DAY : 0;
}

static RequestItem *new_renewal(const char *ref, gint64 years, RequestPayment *payment)
{
  RequestItem *item = new_item_of(REQUEST_KIND_RENEWAL, ref);
  RequestRenewal *renewal = item->body;
  renewal->certificate = g_strdup("PO-1.1");
  renewal->years = years;
  renewal->payment = payment;
  return item;
}

static LifecycleDecision *decide(World *world, RequestItem *item)
{
  g_autoptr(RequestItem) own = item;
  return lifecycle_decide(&world->facts, own);
}

static void test_paid(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_issued(world, "dv");
  world->order->auto_renew = TRUE;
  g_autoptr(LifecycleDecision) decision =
      decide(world, new_renewal("R-1", 1, new_payment(120000, "CNY")));
  assert_accepted(decision, "create pay store link issue status mail");
  const LifecycleOrder *order = find_step(decision, LIFECYCLE_STEP_CREATE_ORDER)->order;
  g_assert_cmpstr(order->ref, ==, "R-1");
  g_assert_cmpstr(order->renews, ==, "PO-1.1");
  g_assert_cmpint(order->price, ==, 120000);
  g_assert_cmpint(order->quantity, ==, 1);
  g_assert_true(order->paid && order->auto_renew && !order->automatic);
  const LifecycleStep *store = find_step(decision, LIFECYCLE_STEP_STORE_APPLICATION);
  g_assert_cmpstr(store->certificate, ==, "R-1.1");
  g_assert_cmpstr(store->application_ref, ==, "R-1");
  g_assert_cmpint(store->state, ==, LIFECYCLE_APPLICATION_SUBMITTED);
  g_assert_cmpstr(store->application->domains[0], ==, "www.example.test");
  g_assert_null(store->application->ref);
  g_assert_null(store->application->certificate);
  const LifecycleStep *link = find_step(decision, LIFECYCLE_STEP_LINK_SUCCESSOR);
  g_assert_cmpstr(link->certificate, ==, "PO-1.1");
  g_assert_cmpstr(link->successor, ==, "R-1.1");
  const LifecycleStep *issue = find_step(decision, LIFECYCLE_STEP_ISSUE);
  g_assert_true(issue->again);
  g_assert_cmpint(issue->term_end, ==, NOW + (265 + 366) * DAY); /* 2028 has a 29 February */
  g_assert_cmpint(issue->lost, ==, 0);
  const LifecycleStep *mail = find_step(decision, LIFECYCLE_STEP_WRITE_MAIL);
  g_assert_cmpint(mail->mail, ==, LIFECYCLE_MAIL_RENEWED);
  g_assert_cmpstr(mail->forerunner, ==, "PO-1.1");
  g_assert_cmpint(mail->until, ==, NOW + 100 * DAY - 1);
  g_assert_cmpstr(decision->subject, ==, "R-1");
}

static void test_unpaid_and_free(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_issued(world, "dv");
  g_autoptr(LifecycleDecision) unpaid = decide(world, new_renewal("R-1", 1, NULL));
  assert_accepted(unpaid, "create store link");
  g_assert_cmpint(find_step(unpaid, LIFECYCLE_STEP_STORE_APPLICATION)->state, ==,
                  LIFECYCLE_APPLICATION_SAVED);
  know_issued(world, "free");
  g_autoptr(LifecycleDecision) free_one = decide(world, new_renewal("R-1", 1, NULL));
  assert_accepted(free_one, "create store link issue status mail");
}

/* A year is the most of "free": what is left is lost, and said. */
static void test_lost_days(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_issued(world, "free");
  g_autoptr(LifecycleDecision) decision = decide(world, new_renewal("R-1", 1, NULL));
  g_autofree char *codes = codes_of(decision->warnings);
  g_assert_cmpstr(codes, ==, "renewal-days-lost");
  g_assert_nonnull(strstr(((const Fault *)decision->warnings->pdata[0])->text, "265 days"));
  g_assert_cmpint(find_step(decision, LIFECYCLE_STEP_ISSUE)->term_end, ==, NOW + 365 * DAY);
  know_issued(world, "dv");
  g_autoptr(LifecycleDecision) unpaid = decide(world, new_renewal("R-1", 2, NULL));
  g_autofree char *estimate = codes_of(unpaid->warnings);
  g_assert_cmpstr(estimate, ==, "renewal-days-lost");
  world->certificate->status = LIFECYCLE_STATUS_EXPIRED;
  world->certificate->term_end = NOW - DAY;
  g_autoptr(LifecycleDecision) late = decide(world, new_renewal("R-1", 2, NULL));
  g_assert_cmpuint(late->warnings->len, ==, 0);
}

static void test_refused(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_issued(world, "dv");
  expect(world, new_renewal("R-1", 3, NULL), NULL, "term");
  expect(world, new_renewal("R-1", 1, new_payment(1, "CNY")), NULL, "payment-amount");
  expect(world, new_renewal("R-1", 1, new_payment(120000, "EUR")), NULL, "payment-currency");
  expect(world, new_renewal("R-1.1", 1, NULL), NULL, "reference-form");
  world->certificate->uploaded = TRUE;
  expect(world, new_renewal("R-1", 1, NULL), NULL, "renewal-uploaded");
  world->certificate->uploaded = FALSE;
  world->certificate->successor = g_strdup("R-0.1");
  for (LifecycleStatus status = 0; status < LIFECYCLE_STATUS_N; status++) {
    gboolean free_again =
        status == 0 || status == LIFECYCLE_STATUS_REVOKED || status == LIFECYCLE_STATUS_REFUNDED;
    world->certificate->successor_status = status;
    expect(world, new_renewal("R-1", 1, NULL), "create store link",
           free_again ? NULL : "renewal-repeated");
  }
}

/* What was allowed then may not be now. The fault is in the renewal, not in a file of long ago. */
static void test_not_allowed_any_more(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_issued(world, "dv");
  g_clear_pointer(&world->certificate->application->domains, g_strfreev);
  world->certificate->application->domains = g_strsplit("www.nosuchtld-x", ",", 0);
  g_autoptr(LifecycleDecision) decision = decide(world, new_renewal("R-1", 1, NULL));
  assert_rejected(decision, "domain-unknown-suffix");
  const Fault *fault = g_ptr_array_index(decision->faults, 0);
  g_assert_cmpint(fault->line, ==, 2);
  g_assert_cmpstr(fault->element, ==, "renewal");
  know_issued(world, "dv");
  world->certificate->application->csr = new_manual_csr("www.example.test");
  world->key_use.compromised = TRUE;
  world->facts.key_use = &world->key_use;
  expect(world, new_renewal("R-1", 1, NULL), NULL, "csr-key-compromised");
  world->key_use.compromised = FALSE; /* the line's own key is nobody else's */
  expect(world, new_renewal("R-1", 1, NULL), "create store link", NULL);
}

static void test_product(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_issued(world, "dv");
  Product old = *world->order->product;
  old.id = (char *)"sold-no-more";
  old.price_per_year = 4200;
  world->order->product = &old;
  g_autoptr(LifecycleDecision) gone = decide(world, new_renewal("R-1", 1, NULL));
  g_assert_cmpint(find_step(gone, LIFECYCLE_STEP_CREATE_ORDER)->order->price, ==, 4200);
  old.id = (char *)"dv"; /* it is sold still, for another price */
  g_autoptr(LifecycleDecision) changed = decide(world, new_renewal("R-1", 1, NULL));
  g_assert_cmpint(find_step(changed, LIFECYCLE_STEP_CREATE_ORDER)->order->price, ==, 120000);
}

/* For `review_days` a review holds; of another class it never does. */
static void test_review(World *world, gconstpointer data G_GNUC_UNUSED)
{
  set_renewal(world, 100, FALSE);
  know_issued(world, "ov");
  expect(world, new_renewal("R-1", 1, new_payment(120000, "CNY")),
         "create pay store link issue status mail", NULL);
  world->certificate->reviewed--;
  g_autoptr(LifecycleDecision) decision =
      decide(world, new_renewal("R-1", 1, new_payment(120000, "CNY")));
  assert_accepted(decision, "create pay store link status letter attachments mail");
  g_assert_cmpint(find_step(decision, LIFECYCLE_STEP_SET_STATUS)->status, ==,
                  LIFECYCLE_STATUS_PENDING_VERIFICATION);
  g_assert_cmpint(find_step(decision, LIFECYCLE_STEP_WRITE_MAIL)->mail, ==,
                  LIFECYCLE_MAIL_REVIEW_AGAIN);
  know_issued(world, "dv");
  g_clear_pointer(&world->certificate->application->domains, g_strfreev);
  world->certificate->application->domains = g_strsplit("www.iana.org", ",", 0);
  expect(world, new_renewal("R-1", 1, new_payment(120000, "CNY")),
         "create pay store link status mail", NULL);
  world->certificate->reviewed = NOW - DAY;
  expect(world, new_renewal("R-1", 1, new_payment(120000, "CNY")),
         "create pay store link issue status mail", NULL);
  Product ev = *world->order->product;
  ev.validation = (char *)"ev";
  world->order->product = &ev;
  expect(world, new_renewal("R-1", 1, new_payment(120000, "CNY")),
         "create pay store link status mail", NULL);
}

static LifecycleDecision *work(World *world, LifecycleWork what)
{
  return lifecycle_decide_work(&world->facts, what);
}

static void test_automatic(World *world, gconstpointer data G_GNUC_UNUSED)
{
  set_renewal(world, 398, FALSE);
  know_issued(world, "dv");
  world->order->auto_renew = TRUE;
  world->order->quantity = 5;
  g_autoptr(LifecycleDecision) due = work(world, LIFECYCLE_WORK_RENEW);
  assert_accepted(due, "create store link mail");
  const LifecycleOrder *order = find_step(due, LIFECYCLE_STEP_CREATE_ORDER)->order;
  g_assert_cmpstr(order->ref, ==, "PO-1.1-r1");
  g_assert_true(order->automatic && order->auto_renew && !order->paid);
  g_assert_cmpint(order->quantity, ==, 1);
  g_assert_cmpint(order->price, ==, 120000);
  const LifecycleStep *mail = find_step(due, LIFECYCLE_STEP_WRITE_MAIL);
  g_assert_cmpint(mail->mail, ==, LIFECYCLE_MAIL_RENEWAL_DUE);
  g_assert_cmpstr(mail->certificate, ==, "PO-1.1-r1");
  g_assert_cmpint(mail->amount, ==, 120000);
  g_assert_cmpint(mail->until, ==, world->certificate->term_end - 1);

  set_renewal(world, 398, TRUE);
  g_free(world->certificate->id);
  world->certificate->id = g_strdup("PO-1.1-r7");
  g_autoptr(LifecycleDecision) paid = work(world, LIFECYCLE_WORK_RENEW);
  assert_accepted(paid, "create store link issue status mail");
  g_assert_cmpstr(find_step(paid, LIFECYCLE_STEP_CREATE_ORDER)->order->ref, ==, "PO-1.1-r8");
  g_assert_cmpstr(find_step(paid, LIFECYCLE_STEP_ISSUE)->certificate, ==, "PO-1.1-r8");
  g_clear_pointer(&world->certificate->application->domains, g_strfreev);
  world->certificate->application->domains = g_strsplit("localhost", ",", 0);
  g_autoptr(LifecycleDecision) failed = work(world, LIFECYCLE_WORK_RENEW);
  g_assert_cmpuint(failed->faults->len, >, 0);
  g_assert_cmpuint(failed->steps->len, ==, 0);
}

static void test_continue(World *world, gconstpointer data G_GNUC_UNUSED)
{
  set_renewal(world, 398, FALSE);
  know_issued(world, "ov");
  world->certificate->status = LIFECYCLE_STATUS_PAID;
  world->certificate->first_issued = world->certificate->term_end = 0;
  world->certificate->forerunner = g_strdup("PO-0.1");
  world->certificate->left_until = NOW + 10 * DAY;
  g_autoptr(LifecycleDecision) decision = work(world, LIFECYCLE_WORK_CONTINUE);
  assert_accepted(decision, "issue status mail");
  const LifecycleStep *issue = find_step(decision, LIFECYCLE_STEP_ISSUE);
  g_assert_cmpint(issue->term_end, ==, NOW + 375 * DAY);
  g_assert_true(issue->again);
  world->certificate->reviewed = 0;
  g_autoptr(LifecycleDecision) review = work(world, LIFECYCLE_WORK_CONTINUE);
  assert_accepted(review, "store status letter attachments mail");
}

static void test_reissue(World *world, gconstpointer data G_GNUC_UNUSED)
{
  set_renewal(world, 398, FALSE);
  know_issued(world, "ov");
  g_autoptr(LifecycleDecision) decision = work(world, LIFECYCLE_WORK_REISSUE);
  assert_accepted(decision, "issue mail");
  const LifecycleStep *issue = find_step(decision, LIFECYCLE_STEP_ISSUE);
  g_assert_cmpstr(issue->certificate, ==, "PO-1.1");
  g_assert_true(issue->again);
  g_assert_cmpint(issue->term_end, ==, world->certificate->term_end);
  g_assert_cmpint(issue->not_after, ==, NOW + 200 * DAY - 1);
  world->facts.now = NOW + 200 * DAY; /* 100 days from 2027-03-15 on, but 65 of the term are left */
  g_autoptr(LifecycleDecision) last = work(world, LIFECYCLE_WORK_REISSUE);
  g_assert_cmpint(find_step(last, LIFECYCLE_STEP_ISSUE)->not_after, ==,
                  world->certificate->term_end - 1);
  world->facts.now = NOW;
  world->certificate->status = LIFECYCLE_STATUS_EXPIRED;
  g_autoptr(LifecycleDecision) expired = work(world, LIFECYCLE_WORK_REISSUE);
  assert_accepted(expired, "issue status mail");
  world->facts.now = world->certificate->term_end;
  g_autoptr(LifecycleDecision) over = work(world, LIFECYCLE_WORK_REISSUE);
  assert_rejected(over, "term");
}

/* What is deployed follows by itself: nobody has to be told to install it. */
static void test_reissue_deployed(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_issued(world, "dv");
  LifecycleDeployment *deployment = g_new0(LifecycleDeployment, 1);
  g_ptr_array_add(world->certificate->deployments, deployment);
  for (LifecycleDeploymentState state = 1; state < LIFECYCLE_DEPLOYMENT_N; state++) {
    gboolean there = state != LIFECYCLE_DEPLOYMENT_LEAVING && state != LIFECYCLE_DEPLOYMENT_GONE;
    deployment->state = state;
    g_autoptr(LifecycleDecision) decision = work(world, LIFECYCLE_WORK_REISSUE);
    assert_accepted(decision, there ? "issue" : "issue mail");
  }
}

/* The application waits for its review while the status stays. */
static void test_reissue_review(World *world, gconstpointer data G_GNUC_UNUSED)
{
  set_renewal(world, 99, FALSE);
  know_issued(world, "ov");
  g_autoptr(LifecycleDecision) decision = work(world, LIFECYCLE_WORK_REISSUE);
  assert_accepted(decision, "store letter attachments mail");
  g_assert_cmpint(find_step(decision, LIFECYCLE_STEP_STORE_APPLICATION)->state, ==,
                  LIFECYCLE_APPLICATION_SUBMITTED);
  static const LifecycleApplicationState waiting[] = {LIFECYCLE_APPLICATION_SUBMITTED,
                                                      LIFECYCLE_APPLICATION_REJECTED};
  for (gsize i = 0; i < G_N_ELEMENTS(waiting); i++) {
    world->certificate->application_state = waiting[i];
    g_autoptr(LifecycleDecision) again = work(world, LIFECYCLE_WORK_REISSUE);
    assert_rejected(again, "reissue-waits");
    RequestItem *item = new_item_of(REQUEST_KIND_REVIEW, "V-1");
    ((RequestReview *)item->body)->certificate = g_strdup("PO-1.1");
    ((RequestReview *)item->body)->decision = g_strdup(i == 0 ? "reject" : "approve");
    ((RequestReview *)item->body)->reviewer = g_strdup("Reviewer One");
    expect(world, item, i == 0 ? "review mail" : "review issue mail", NULL);
  }
  world->certificate->application_state = LIFECYCLE_APPLICATION_APPROVED;
  world->certificate->outside = g_strdup("acme");
  g_autoptr(LifecycleDecision) outside = work(world, LIFECYCLE_WORK_REISSUE);
  assert_rejected(outside, "reissue-waits");
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define ADD(name, test)                                                                            \
  g_test_add("/lifecycle/renewal/" name, World, NULL, world_set_up, test, world_tear_down)
  ADD("paid", test_paid);
  ADD("unpaid-and-free", test_unpaid_and_free);
  ADD("lost-days", test_lost_days);
  ADD("refused", test_refused);
  ADD("not-allowed-any-more", test_not_allowed_any_more);
  ADD("product", test_product);
  ADD("review", test_review);
  ADD("automatic", test_automatic);
  ADD("continue", test_continue);
  ADD("reissue", test_reissue);
  ADD("reissue-deployed", test_reissue_deployed);
  ADD("reissue-review", test_reissue_review);
  return g_test_run();
}

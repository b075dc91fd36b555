/* Reviews: approval issues, rejection sends it back, and the present application is
 * the one that is meant (rules.md 16). */
#include "lifecycle-test.h"

static void know_pending(World *world, const char *product, const char *domains)
{
  know_certificate(world, product, LIFECYCLE_STATUS_PENDING_VERIFICATION);
  world->certificate->application_state = LIFECYCLE_APPLICATION_SUBMITTED;
  world->certificate->application_ref = g_strdup("APP-1");
  world->certificate->application = new_application(domains);
  world->certificate->application->company = new_company();
}

static RequestItem *new_review(const char *decision, const char *application)
{
  RequestItem *item = new_item_of(REQUEST_KIND_REVIEW, "REV-1");
  RequestReview *review = item->body;
  review->certificate = g_strdup("PO-1.1");
  review->application = g_strdup(application);
  review->decision = g_strdup(decision);
  review->reviewer = g_strdup("Reviewer One");
  review->comment = g_strdup("A comment.");
  return item;
}

static void test_approve(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_pending(world, "ov-multi", "www.abc.com,B\u00fccher.abc.com");
  world->order->years = 2;
  g_autoptr(RequestItem) item = new_review("approve", "APP-1");
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  assert_accepted(decision, "review issue status mail");
  g_assert_cmpstr(decision->subject, ==, "PO-1.1");
  g_assert_cmpstr(find_step(decision, LIFECYCLE_STEP_RECORD_REVIEW)->review->reviewer, ==,
                  "Reviewer One");
  const LifecycleStep *issue = find_step(decision, LIFECYCLE_STEP_ISSUE);
  g_assert_cmpstr(issue->names[0], ==, "www.abc.com");
  g_assert_cmpstr(issue->names[1], ==, "xn--bcher-kva.abc.com");
  g_assert_cmpstr(issue->application->company->name, ==, "Example Operations Ltd");
  g_assert_cmpint(issue->not_after, ==, NOW + 200 * DAY - 1);
  g_assert_cmpint(issue->term_end, ==, NOW + (365 + 366) * DAY);
  g_assert_cmpint(find_step(decision, LIFECYCLE_STEP_SET_STATUS)->status, ==,
                  LIFECYCLE_STATUS_ISSUED);
  const LifecycleStep *mail = find_step(decision, LIFECYCLE_STEP_WRITE_MAIL);
  g_assert_cmpint(mail->mail, ==, LIFECYCLE_MAIL_ISSUED);
  g_assert_cmpstr(mail->application->applicant->email, ==, "one@example.test");
}

static void test_reject(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_pending(world, "ov", "www.abc.com");
  g_autoptr(RequestItem) item = new_review("reject", NULL);
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  assert_accepted(decision, "review status mail");
  g_assert_cmpint(find_step(decision, LIFECYCLE_STEP_SET_STATUS)->status, ==,
                  LIFECYCLE_STATUS_VERIFICATION_FAILED);
  const LifecycleStep *mail = find_step(decision, LIFECYCLE_STEP_WRITE_MAIL);
  g_assert_cmpint(mail->mail, ==, LIFECYCLE_MAIL_REJECTED);
  g_assert_cmpstr(mail->review->comment, ==, "A comment.");
}

static void test_which_application(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const others[] = {"APP-0", "app-1", "APP-11", "PO-1.1"};
  know_pending(world, "ov", "www.abc.com");
  expect(world, new_review("approve", NULL), "review issue status mail", NULL);
  expect(world, new_review("reject", "APP-1"), "review status mail", NULL);
  for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
    expect(world, new_review("approve", others[i]), NULL, "application-not-present");
    expect(world, new_review("reject", others[i]), NULL, "application-not-present");
  }
}

/* Lists may have changed since the application was submitted; the fault is about the
 * review's file, which is the one that is refused. */
static void test_looked_at_again(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_pending(world, "dv", "www.invalid");
  g_autoptr(RequestItem) approve = new_review("approve", NULL);
  g_autoptr(LifecycleDecision) refused = lifecycle_decide(&world->facts, approve);
  assert_rejected(refused, "domain-reserved");
  const Fault *fault = g_ptr_array_index(refused->faults, 0);
  g_assert_cmpint(fault->line, ==, approve->line);
  g_assert_cmpstr(fault->element, ==, "review");
  expect(world, new_review("reject", NULL), "review status mail", NULL);

  know_pending(world, "dv", "www.abc.com");
  world->certificate->application->csr = new_manual_csr("");
  world->facts.key_use = &world->key_use;
  world->key_use.certificate = (char *)"PO-2.1";
  expect(world, new_review("approve", NULL), NULL, "csr-key-used");
  expect(world, new_review("reject", NULL), "review status mail", NULL);
}

/* Before there is anything to review, a review waits. */
static void test_waits(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const LifecycleStatus statuses[] = {LIFECYCLE_STATUS_AWAITING_PAYMENT,
                                             LIFECYCLE_STATUS_PAID};
  for (guint i = 0; i < G_N_ELEMENTS(statuses); i++) {
    know_certificate(world, "ov", statuses[i]);
    g_autoptr(RequestItem) item = new_review("approve", "APP-1");
    g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
    assert_waiting(decision, "PO-1.1");
  }
}

#define ADD(name, function)                                                                        \
  g_test_add("/lifecycle/review/" name, World, NULL, world_set_up, function, world_tear_down)

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("approve", test_approve);
  ADD("reject", test_reject);
  ADD("which-application", test_which_application);
  ADD("looked-at-again", test_looked_at_again);
  ADD("waits", test_waits);
  return g_test_run();
}

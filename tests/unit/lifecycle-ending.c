/* Withdrawal, revocation with its refund, deletion. */
#include "lifecycle-test.h"

static RequestItem *new_ending(RequestKind kind)
{
  RequestItem *item = new_item_of(kind, "END-1");
  gsize offset = lifecycle_operations[kind].subject_offset;
  G_STRUCT_MEMBER(char *, item->body, offset) = g_strdup("PO-1.1");
  return item;
}

static RequestItem *new_revocation(const char *reason)
{
  RequestItem *item = new_ending(REQUEST_KIND_REVOCATION);
  ((RequestRevocation *)item->body)->reason = g_strdup(reason);
  return item;
}

/* A certificate of STATUS whose order of QUANTITY was paid; with ISSUED seconds since its
 * first issue, -1 for none. */
static void know_paid(World *world, LifecycleStatus status, gint64 quantity, gint64 issued)
{
  know_certificate(world, "dv", status);
  world->order->quantity = quantity;
  world->order->price = 120000 * quantity;
  world->order->paid_amount = world->order->paid ? world->order->price : 0;
  world->order->paid_by = g_strdup("TX-1");
  if (issued < 0)
    return;
  world->certificate->serial = g_strdup("12AB");
  world->certificate->has_key = TRUE;
  world->certificate->first_issued = NOW - issued;
  world->certificate->not_before = NOW - issued;
  world->certificate->not_after = NOW + DAY;
}

static void test_withdrawal(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const LifecycleStatus before[] = {LIFECYCLE_STATUS_PENDING_VERIFICATION,
                                           LIFECYCLE_STATUS_VERIFICATION_FAILED};
  for (guint i = 0; i < G_N_ELEMENTS(before); i++) {
    know_paid(world, before[i], 1, -1);
    g_autoptr(RequestItem) item = new_ending(REQUEST_KIND_WITHDRAWAL);
    g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
    assert_accepted(decision, "withdraw status");
    g_assert_cmpint(find_step(decision, LIFECYCLE_STEP_SET_STATUS)->status, ==,
                    LIFECYCLE_STATUS_PAID);
    g_assert_cmpuint(decision->warnings->len, ==, 0);
  }
  know_paid(world, LIFECYCLE_STATUS_ISSUED, 1, DAY);
  expect(world, new_ending(REQUEST_KIND_WITHDRAWAL), NULL, "state");
}

/* A re-issue within the term waits while the status stays issued (rules.md 19). */
static void test_withdrawal_of_reissue(World *world, gconstpointer data G_GNUC_UNUSED)
{
  for (int outside = 0; outside < 2; outside++) {
    know_paid(world, LIFECYCLE_STATUS_ISSUED, 1, DAY);
    world->certificate->application_state = LIFECYCLE_APPLICATION_APPROVED;
    expect(world, new_ending(REQUEST_KIND_WITHDRAWAL), NULL, "state");
    if (outside)
      world->certificate->outside = g_strdup("exchange");
    else
      world->certificate->application_state = LIFECYCLE_APPLICATION_SUBMITTED;
    g_autoptr(RequestItem) item = new_ending(REQUEST_KIND_WITHDRAWAL);
    g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
    assert_accepted(decision, "withdraw");
    g_autofree char *warnings = codes_of(decision->warnings);
    g_assert_cmpstr(warnings, ==, "reissue-ended");
  }
}

static const char *refund_of(World *world, gint64 *ret_amount)
{
  g_autoptr(RequestItem) item = new_revocation("4");
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  LifecycleSum sum = lifecycle_sum(decision);
  LifecycleStatus status = find_step(decision, LIFECYCLE_STEP_SET_STATUS)->status;
  *ret_amount = sum.refunded;
  g_assert_cmpint(sum.steps[LIFECYCLE_STEP_REVOKE], ==, 1);
  g_assert_cmpstr(sum.currency, ==, sum.refunded > 0 ? "CNY" : NULL);
  if (sum.refunded > 0)
    g_assert_cmpstr(find_step(decision, LIFECYCLE_STEP_REFUND)->payment->reference, ==, "TX-1");
  return lifecycle_statuses[status].name;
}

/* To the second, on both sides. */
static void test_refund_in_time(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    LifecycleStatus status;
    gint64 issued;
    gboolean refunded;
  } cases[] = {
      {LIFECYCLE_STATUS_PAID, -1, TRUE},
      {LIFECYCLE_STATUS_PENDING_VERIFICATION, -1, TRUE},
      {LIFECYCLE_STATUS_VERIFICATION_FAILED, -1, TRUE},
      {LIFECYCLE_STATUS_AWAITING_PAYMENT, -1, FALSE},
      {LIFECYCLE_STATUS_ISSUED, 0, TRUE},
      {LIFECYCLE_STATUS_ISSUED, 30 * DAY - 1, TRUE},
      {LIFECYCLE_STATUS_ISSUED, 30 * DAY, TRUE},
      {LIFECYCLE_STATUS_ISSUED, 30 * DAY + 1, FALSE},
      {LIFECYCLE_STATUS_ISSUED, 300 * DAY, FALSE},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    gint64 amount = 0;
    know_paid(world, cases[i].status, 1, cases[i].issued);
    g_assert_cmpstr(refund_of(world, &amount), ==, cases[i].refunded ? "refunded" : "revoked");
    g_assert_cmpint(amount, ==, cases[i].refunded ? 120000 : 0);
  }
  /* Nothing paid: a free product, and a renewal that only counts as paid. */
  gint64 amount = 0;
  know_paid(world, LIFECYCLE_STATUS_ISSUED, 1, DAY);
  world->order->paid_amount = 0;
  g_assert_cmpstr(refund_of(world, &amount), ==, "revoked");
}

/* All parts of an order together are what was paid, whatever it is divided by. */
static void test_parts(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const gint64 prices[] = {0, 1, 100, 89400, 99999999999};
  for (guint i = 0; i < G_N_ELEMENTS(prices); i++)
    for (gint64 quantity = 1; quantity <= 1000; quantity += quantity < 20 ? 1 : 97) {
      gint64 sum = 0, unit = prices[i] / quantity;
      know_paid(world, LIFECYCLE_STATUS_PAID, quantity, -1);
      world->order->price = prices[i];
      for (gint64 position = 1; position <= quantity; position++) {
        gint64 part = lifecycle_part(world->order, position);
        g_assert_cmpint(part, >=, unit);
        g_assert_cmpint(part, <=, unit + 1);
        sum += part;
      }
      g_assert_cmpint(sum, ==, prices[i]);
    }
}

/* What is revoked or deleted before it is paid need not be paid any more. */
static void test_cancelled(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_paid(world, LIFECYCLE_STATUS_AWAITING_PAYMENT, 3, -1);
  g_autoptr(RequestItem) item = new_revocation("superseded");
  g_autoptr(LifecycleDecision) revocation = lifecycle_decide(&world->facts, item);
  assert_accepted(revocation, "revoke status");
  g_assert_cmpint(find_step(revocation, LIFECYCLE_STEP_REVOKE)->cancelled, ==, 120000);
  g_autoptr(RequestItem) other = new_ending(REQUEST_KIND_DELETION);
  g_autoptr(LifecycleDecision) deletion = lifecycle_decide(&world->facts, other);
  g_assert_cmpint(find_step(deletion, LIFECYCLE_STEP_DELETE)->cancelled, ==, 120000);

  world->order->cancelled = 120000;
  g_assert_cmpint(lifecycle_due(world->order), ==, 240000);
  RequestItem *payment = new_item_of(REQUEST_KIND_PAYMENT, "PAY-1");
  RequestPayment *body = payment->body;
  body->order = g_strdup("PO-1");
  body->currency = g_strdup("CNY");
  body->amount = 240000;
  g_autoptr(LifecycleDecision) paid = lifecycle_decide(&world->facts, payment);
  assert_accepted(paid, "pay");
  world->order->cancelled = 360000;
  expect(world, payment, NULL, "payment-repeated");
  /* Revoked before, it is not cancelled a second time. */
  world->certificate->status = LIFECYCLE_STATUS_REVOKED;
  g_autoptr(RequestItem) again = new_ending(REQUEST_KIND_DELETION);
  g_autoptr(LifecycleDecision) late = lifecycle_decide(&world->facts, again);
  g_assert_cmpint(find_step(late, LIFECYCLE_STEP_DELETE)->cancelled, ==, 0);
}

static void test_reasons(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const bad[] = {"7",  "8",  "removeFromCRL", "11",
                                    "-1", "01", "keycompromise", ""};
  static const int compromises[] = {1, 2, 10};
  know_paid(world, LIFECYCLE_STATUS_ISSUED, 1, DAY);
  for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
    expect(world, new_revocation(bad[i]), NULL, "revocation-reason");
  guint found = 0;
  for (int number = 0; number < LIFECYCLE_REASON_N; number++) {
    const LifecycleReason *reason = &lifecycle_reasons[number];
    if (reason->label == NULL)
      continue;
    g_autofree char *digits = g_strdup_printf("%d", number);
    const char *const texts[] = {digits, reason->name};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
      g_autoptr(RequestItem) item = new_revocation(texts[i]);
      g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
      g_assert_cmpint(find_step(decision, LIFECYCLE_STEP_REVOKE)->reason, ==, number);
      g_autofree char *warnings = codes_of(decision->warnings);
      g_assert_cmpstr(warnings, ==, number == 6 ? "revocation-hold" : "");
    }
    if (found < G_N_ELEMENTS(compromises) && compromises[found] == number)
      g_assert_true(lifecycle_reasons[compromises[found++]].compromise);
    else
      g_assert_false(reason->compromise);
  }
  g_assert_cmpuint(found, ==, G_N_ELEMENTS(compromises));
}

static void test_revocation_tells(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_paid(world, LIFECYCLE_STATUS_ISSUED, 1, DAY);
  world->certificate->application_ref = g_strdup("APP-1");
  world->certificate->application = new_application("www.abc.com");
  world->certificate->application->csr = new_manual_csr("");
  world->certificate->uploaded = TRUE;
  LifecycleDeployment *deployment = g_new0(LifecycleDeployment, 1);
  deployment->product = g_strdup("slb");
  deployment->region = g_strdup("cn-hangzhou");
  deployment->state = LIFECYCLE_DEPLOYMENT_DONE;
  g_ptr_array_add(world->certificate->deployments, deployment);
  g_autoptr(RequestItem) item = new_revocation("keyCompromise");
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  assert_accepted(decision, "revoke refund status mail");
  const LifecycleStep *mail = find_step(decision, LIFECYCLE_STEP_WRITE_MAIL);
  g_assert_cmpint(mail->mail, ==, LIFECYCLE_MAIL_REVOKED);
  g_assert_cmpint(mail->reason, ==, 1);
  g_assert_cmpint(mail->payment->amount, ==, 120000);
  g_assert_nonnull(find_step(decision, LIFECYCLE_STEP_REVOKE)->spki_sha256);
  g_autofree char *warnings = codes_of(decision->warnings);
  g_assert_cmpstr(warnings, ==, "revocation-foreign deployed");
  /* Without an address nobody can be told. */
  g_clear_pointer(&world->certificate->application->applicant->email, g_free);
  expect(world, new_revocation("keyCompromise"), "revoke refund status", NULL);
}

static void test_deletion(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_paid(world, LIFECYCLE_STATUS_ISSUED, 1, DAY);
  g_autoptr(RequestItem) item = new_ending(REQUEST_KIND_DELETION);
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  assert_accepted(decision, "delete");
  g_autofree char *warnings = codes_of(decision->warnings);
  g_assert_cmpstr(warnings, ==, "not-revoked deleted");
  know_paid(world, LIFECYCLE_STATUS_PAID, 1, -1);
  g_autoptr(LifecycleDecision) unissued = lifecycle_decide(&world->facts, item);
  g_autofree char *lost = codes_of(unissued->warnings);
  g_assert_cmpstr(lost, ==, "not-refunded deleted");

  for (LifecycleDeploymentState state = 1; state < LIFECYCLE_DEPLOYMENT_N; state++) {
    know_paid(world, LIFECYCLE_STATUS_ISSUED, 1, DAY);
    LifecycleDeployment *deployment = g_new0(LifecycleDeployment, 1);
    deployment->product = g_strdup("slb");
    deployment->region = g_strdup("cn-hangzhou");
    deployment->state = state;
    g_ptr_array_add(world->certificate->deployments, deployment);
    gboolean gone = state == LIFECYCLE_DEPLOYMENT_GONE;
    g_autoptr(LifecycleDecision) deployed = lifecycle_decide(&world->facts, item);
    if (gone)
      assert_accepted(deployed, "delete");
    else
      assert_rejected(deployed, "deployed");
    const Fault *fault = gone ? NULL : g_ptr_array_index(deployed->faults, 0);
    g_assert_true(gone || strstr(fault->text, "slb (cn-hangzhou)") != NULL);
  }
}

/* A deleted certificate can be revoked as long as it is good for something, nothing else. */
static void test_after_deletion(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_paid(world, LIFECYCLE_STATUS_ISSUED, 1, DAY);
  world->certificate->status = 0;
  expect(world, new_revocation("keyCompromise"), "revoke refund", NULL);
  expect(world, new_ending(REQUEST_KIND_DELETION), NULL, "deleted");
  expect(world, new_ending(REQUEST_KIND_WITHDRAWAL), NULL, "deleted");
  world->certificate->revoked = TRUE;
  expect(world, new_revocation("keyCompromise"), NULL, "deleted");
  world->certificate->revoked = FALSE;
  world->certificate->not_after = NOW - 1;
  expect(world, new_revocation("keyCompromise"), NULL, "deleted");
  know_paid(world, LIFECYCLE_STATUS_PAID, 1, -1);
  world->certificate->status = 0;
  expect(world, new_revocation("keyCompromise"), NULL, "deleted");
}

#define ADD(name, function)                                                                        \
  g_test_add("/lifecycle/ending/" name, World, NULL, world_set_up, function, world_tear_down)

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("withdrawal", test_withdrawal);
  ADD("withdrawal-of-reissue", test_withdrawal_of_reissue);
  ADD("refund-in-time", test_refund_in_time);
  ADD("parts", test_parts);
  ADD("cancelled", test_cancelled);
  ADD("reasons", test_reasons);
  ADD("revocation-tells", test_revocation_tells);
  ADD("deletion", test_deletion);
  ADD("after-deletion", test_after_deletion);
  return g_test_run();
}

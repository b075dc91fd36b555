/* Issuers outside: what goes there, and what may come back. */
#include "lifecycle-test.h"

static void know_pending(World *world, const char *product, const char *names)
{
  know_certificate(world, product, LIFECYCLE_STATUS_PENDING_VERIFICATION);
  world->certificate->application_state = LIFECYCLE_APPLICATION_SUBMITTED;
  world->certificate->application_ref = g_strdup("APP-1");
  world->certificate->application = new_application(names);
  know_outside(world->certificate, names);
}

static RequestItem *new_issuance(const char *names)
{
  RequestItem *item = new_item_of(REQUEST_KIND_ISSUANCE, "ISS-1");
  RequestIssuance *issuance = item->body;
  issuance->line = 2;
  issuance->certificate = g_strdup("PO-1.1");
  issuance->leaf = new_leaf(names);
  return item;
}

static RequestCertificate *leaf_of(RequestItem *item)
{
  return ((RequestIssuance *)item->body)->leaf;
}

/* DV goes straight, whoever the names belong to; the others are reviewed first (rules.md 21). */
static void test_request(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_certificate(world, "outside", LIFECYCLE_STATUS_PAID);
  g_autoptr(RequestItem) item = new_application_item("submit", new_application("www.abc.com"));
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  assert_accepted(decision, "store request status mail");
  const LifecycleStep *step = find_step(decision, LIFECYCLE_STEP_REQUEST_OUTSIDE);
  g_assert_cmpstr(step->issuer, ==, "exchange");
  g_assert_cmpstr(step->names[0], ==, "www.abc.com");
  g_assert_nonnull(step->application->applicant);
  g_assert_cmpint(find_step(decision, LIFECYCLE_STEP_SET_STATUS)->status, ==,
                  LIFECYCLE_STATUS_PENDING_VERIFICATION);
  g_assert_cmpint(find_step(decision, LIFECYCLE_STEP_WRITE_MAIL)->mail, ==,
                  LIFECYCLE_MAIL_SUBMITTED);
}

static RequestItem *new_review(const char *decision)
{
  RequestItem *item = new_item_of(REQUEST_KIND_REVIEW, "REV-1");
  RequestReview *review = item->body;
  review->certificate = g_strdup("PO-1.1");
  review->decision = g_strdup(decision);
  review->reviewer = g_strdup("Reviewer One");
  return item;
}

static void test_review(World *world, gconstpointer data G_GNUC_UNUSED)
{
  Product *ov = g_ptr_array_index(world->catalog->products, 3);
  g_assert_cmpstr(ov->validation, ==, "ov");
  g_free(ov->issuer);
  ov->issuer = g_strdup("acme");
  know_certificate(world, "ov", LIFECYCLE_STATUS_PENDING_VERIFICATION);
  world->certificate->application_state = LIFECYCLE_APPLICATION_SUBMITTED;
  world->certificate->application = new_application("www.abc.com");
  world->certificate->application->company = new_company();
  expect(world, new_review("approve"), "review request", NULL);
  know_outside(world->certificate, "www.abc.com");
  expect(world, new_review("approve"), NULL, "state");
  expect(world, new_review("reject"), "review end status mail", NULL);
}

/* Within its term it stays issued, and asks for the next one. */
static void test_request_again(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_certificate(world, "outside", LIFECYCLE_STATUS_ISSUED);
  world->certificate->application = new_application("www.abc.com");
  world->certificate->application_ref = g_strdup("APP-1");
  world->certificate->application_state = LIFECYCLE_APPLICATION_APPROVED;
  world->certificate->first_issued = NOW - 80 * DAY;
  world->certificate->not_after = NOW + 10 * DAY;
  world->certificate->term_end = NOW + 285 * DAY;
  g_autoptr(LifecycleDecision) decision =
      lifecycle_decide_work(&world->facts, LIFECYCLE_WORK_REISSUE);
  assert_accepted(decision, "request");
}

static void test_taken(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_pending(world, "outside", "www.abc.com");
  g_autoptr(RequestItem) item = new_issuance("www.abc.com");
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  assert_accepted(decision, "take status mail");
  const LifecycleStep *step = find_step(decision, LIFECYCLE_STEP_TAKE_CERTIFICATE);
  g_assert_cmpint(step->not_after, ==, NOW + 89 * DAY); /* the certificate's own … */
  g_assert_cmpint(step->term_end, ==, NOW + 365 * DAY); /* … and the order's term, from now on */
  g_assert_false(step->again);
  g_assert_cmpstr(step->issuance->leaf->serial, ==, "4D");
  g_assert_cmpint(find_step(decision, LIFECYCLE_STEP_SET_STATUS)->status, ==,
                  LIFECYCLE_STATUS_ISSUED);
  g_assert_cmpint(find_step(decision, LIFECYCLE_STEP_WRITE_MAIL)->mail, ==, LIFECYCLE_MAIL_ISSUED);
}

/* A re-issue keeps the term, and leads back from `expired`. */
static void test_taken_again(World *world, gconstpointer data G_GNUC_UNUSED)
{
  for (guint i = 0; i < 2; i++) {
    know_pending(world, "outside", "www.abc.com");
    LifecycleCertificate *certificate = world->certificate;
    certificate->status = i == 0 ? LIFECYCLE_STATUS_ISSUED : LIFECYCLE_STATUS_EXPIRED;
    certificate->first_issued = NOW - 90 * DAY;
    certificate->not_after = i == 0 ? NOW + DAY : NOW - DAY;
    certificate->term_end = NOW + 275 * DAY;
    g_autoptr(RequestItem) item = new_issuance("www.abc.com");
    g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
    assert_accepted(decision, i == 0 ? "take mail" : "take status mail");
    const LifecycleStep *step = find_step(decision, LIFECYCLE_STEP_TAKE_CERTIFICATE);
    g_assert_cmpint(step->term_end, ==, NOW + 275 * DAY);
    g_assert_true(step->again);
    const LifecycleStep *mail = find_step(decision, LIFECYCLE_STEP_WRITE_MAIL);
    g_assert_cmpint(mail->mail, ==, LIFECYCLE_MAIL_RENEWED);
    g_assert_cmpstr(mail->forerunner, ==, "PO-1.1");
  }
}

static void test_names(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *wanted, *found;
    const char *codes; /* NULL: accepted … */
    const char *bound; /* … and these, in this order */
    gboolean warned;
  } cases[] = {
      {"a.abc.com,b.abc.com", "b.abc.com,a.abc.com", NULL, "a.abc.com b.abc.com", FALSE},
      {"a.abc.com,b.abc.com", "a.abc.com", "issuance-names", NULL, FALSE},
      {"a.abc.com", "a.abc.com,evil.com", "issuance-names", NULL, FALSE},
      {"a.abc.com", "b.abc.com", "issuance-names issuance-names", NULL, FALSE},
      {"www.abc.com", "abc.com,www.abc.com", NULL, "www.abc.com abc.com", TRUE},
      {"abc.com", "abc.com,www.abc.com", NULL, "abc.com www.abc.com", TRUE},
      {"*.abc.com", "abc.com,*.abc.com", NULL, "*.abc.com abc.com", TRUE},
      {"abc.com", "abc.com,*.abc.com", "issuance-names", NULL, FALSE},
      {"*.abc.com,www.abc.com", "*.abc.com", NULL, "*.abc.com", FALSE},
      {"a.b.abc.com", "*.abc.com", "issuance-names issuance-names", NULL, FALSE},
      {"a.abc.com", "*.abc.com", "issuance-names", NULL, FALSE}, /* covered, but not applied for */
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s: %s", cases[i].wanted, cases[i].found);
    know_pending(world, "outside", cases[i].wanted);
    g_autoptr(RequestItem) item = new_issuance(cases[i].found);
    g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
    if (cases[i].codes != NULL) {
      assert_rejected(decision, cases[i].codes);
      continue;
    }
    assert_accepted(decision, "take status mail");
    g_autofree char *bound =
        g_strjoinv(" ", find_step(decision, LIFECYCLE_STEP_TAKE_CERTIFICATE)->names);
    g_assert_cmpstr(bound, ==, cases[i].bound);
    g_assert_cmpuint(decision->warnings->len, ==, cases[i].warned ? 1 : 0);
  }
}

static void test_refused(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    gint64 begin, end;
    gboolean other_key;
    const char *codes;
  } cases[] = {
      {NOW - DAY, NOW + DAY, TRUE, "issuance-key"},
      {NOW - DAY, NOW - 1, FALSE, "issuance-validity"},
      {NOW - DAY, NOW, FALSE, NULL},
      {NOW + 3600, NOW + DAY, FALSE, NULL}, /* clocks are apart */
      {NOW + 3601, NOW + DAY, FALSE, "issuance-validity"},
      {NOW + 1800, NOW + 900, FALSE, "issuance-validity"},
      {NOW - DAY, NOW - 1, TRUE, "issuance-key issuance-validity"}, /* all at once */
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    know_pending(world, "outside", "www.abc.com");
    RequestItem *item = new_issuance("www.abc.com");
    leaf_of(item)->not_before = cases[i].begin;
    leaf_of(item)->not_after = cases[i].end;
    if (cases[i].other_key)
      leaf_of(item)->spki_sha256[0] = 'd';
    expect(world, item, "take status mail", cases[i].codes);
  }
  know_pending(world, "outside", "www.abc.com");
  world->facts.same_certificate = "PO-1.1";
  expect(world, new_issuance("www.abc.com"), NULL, "certificate-known");
}

static void test_unasked(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_certificate(world, "dv", LIFECYCLE_STATUS_PENDING_VERIFICATION);
  expect(world, new_issuance("www.abc.com"), NULL, "issuance-unasked");
  /* A re-issue that waits for its review. */
  know_certificate(world, "outside", LIFECYCLE_STATUS_ISSUED);
  world->certificate->application_state = LIFECYCLE_APPLICATION_SUBMITTED;
  expect(world, new_issuance("www.abc.com"), NULL, "issuance-unasked");
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add("/lifecycle/issuance/" name, World, NULL, world_set_up, function, world_tear_down)
  ADD("request", test_request);
  ADD("review", test_review);
  ADD("request-again", test_request_again);
  ADD("taken", test_taken);
  ADD("taken-again", test_taken_again);
  ADD("names", test_names);
  ADD("refused", test_refused);
  ADD("unasked", test_unasked);
  return g_test_run();
}

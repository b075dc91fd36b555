/* What is due when, how it fails, and lines of renewals, as the ledger keeps them. */
#include "ledger-test.h"

static gint64 due_of(Book *book, const char *id)
{
  g_autoptr(LedgerCertificate) certificate = read_certificate(book, id);
  return certificate->due;
}

static gint64 due_on(Book *book, gint64 day)
{
  g_autofree char *sql = g_strdup_printf(
      "SELECT COALESCE(SUM(certificates), 0) FROM due_day WHERE day = %d", (int)(NOW / DAY + day));
  return number_of(book, sql);
}

static void put_due(Book *book, const char *id, gint64 due)
{
  OK(ledger_put_due(book->ledger, id, due, error));
}

static void link_to(Book *book, const char *forerunner, const char *successor, gint64 reviewed)
{
  OK(ledger_link_successor(book->ledger, forerunner, successor, reviewed, NOW, 0, error));
}

/* PO-1 has four certificates; the first COUNT are issued. */
static void issue_some(Book *book, gint64 count)
{
  add_order(book, "PO-1", "dv", 4, TRUE);
  for (gint64 i = 1; i <= count; i++)
    issue_one(book, i, NOW + 100 * DAY);
}

static void test_due(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  issue_some(book, 3);
  g_assert_cmpint(due_of(book, "PO-1.1"), ==, LEDGER_LOOK_AGAIN);
  g_assert_cmpint(due_of(book, "PO-1.4"), ==, 0); /* not issued */
  put_due(book, "PO-1.1", NOW + 5 * DAY);
  put_due(book, "PO-1.2", NOW + 5 * DAY);
  put_due(book, "PO-1.3", NOW + 5 * DAY + 1);
  g_assert_cmpint(due_on(book, 5), ==, 3);
  put_due(book, "PO-1.3", NOW + 6 * DAY);
  put_due(book, "PO-1.3", NOW + 6 * DAY);
  g_assert_cmpint(due_on(book, 5), ==, 2);
  g_assert_cmpint(due_on(book, 6), ==, 1);
  set_status(book, "PO-1.2", LIFECYCLE_STATUS_REVOKED);
  g_assert_cmpint(due_of(book, "PO-1.2"), ==, 0); /* never by itself */
  g_assert_cmpint(due_on(book, 5), ==, 1);
  set_status(book, "PO-1.1", LIFECYCLE_STATUS_EXPIRED);
  g_assert_cmpint(due_of(book, "PO-1.1"), ==, LEDGER_LOOK_AGAIN);
  g_autoptr(GHashTable) days = NULL;
  OK(days = ledger_read_due_days(book->ledger, error));
  g_assert_cmpuint(g_hash_table_size(days), ==, 1);
  OK(ledger_look_at_all_again(book->ledger, error));
  g_assert_cmpint(due_of(book, "PO-1.3"), ==, LEDGER_LOOK_AGAIN);
  g_assert_cmpint(due_of(book, "PO-1.2"), ==, 0);
  g_assert_cmpint(number_of(book, "SELECT COUNT(*) FROM due_day"), ==, 0);
  commit(book);
}

/* In portions, each once, in the order in which they are due. */
static void test_portions(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  issue_some(book, 4);
  put_due(book, "PO-1.1", NOW + DAY);
  put_due(book, "PO-1.2", NOW);
  put_due(book, "PO-1.3", NOW);
  put_due(book, "PO-1.4", NOW + 2 * DAY);
  commit(book);
  g_autoptr(GPtrArray) first = NULL;
  g_autoptr(GPtrArray) second = NULL;
  g_autoptr(GPtrArray) third = NULL;
  OK(first = ledger_due_certificates(book->ledger, NOW + DAY, 0, 0, 2, error));
  g_assert_cmpuint(first->len, ==, 2);
  const LedgerDue *due = first->pdata[1];
  g_assert_cmpstr(((const LedgerDue *)first->pdata[0])->id, ==, "PO-1.2");
  g_assert_cmpstr(due->id, ==, "PO-1.3");
  g_assert_cmpstr(due->order, ==, "PO-1");
  g_assert_cmpint(due->facts.status, ==, LIFECYCLE_STATUS_ISSUED);
  g_assert_cmpint(due->facts.not_after, ==, NOW + 100 * DAY);
  g_assert_cmpint(due->facts.term_end, ==, NOW + 365 * DAY);
  g_assert_cmpstr(due->facts.product->id, ==, "dv");
  g_assert_true(due->facts.auto_renew);
  g_assert_false(due->facts.successor || due->facts.uploaded);
  g_assert_cmpint(due->facts.asked, ==, 0);
  OK(second = ledger_due_certificates(book->ledger, NOW + DAY, due->due, due->number, 2, error));
  g_assert_cmpuint(second->len, ==, 1);
  due = second->pdata[0];
  g_assert_cmpstr(due->id, ==, "PO-1.1");
  OK(third = ledger_due_certificates(book->ledger, NOW + DAY, due->due, due->number, 2, error));
  g_assert_cmpuint(third->len, ==, 0);
}

static void test_failure(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  gboolean mail = FALSE;
  gint64 count = 0;
  begin(book);
  issue_some(book, 2);
  OK(ledger_add_failure(book->ledger, "PO-1.1", "the reason", NOW, &mail, error));
  g_assert_true(mail);
  OK(ledger_add_failure(book->ledger, "PO-1.1", "the reason", NOW + 60, &mail, error));
  g_assert_false(mail);
  OK(ledger_add_failure(book->ledger, "PO-1.1", "another", NOW + DAY, &mail, error));
  g_assert_true(mail);
  g_autoptr(GPtrArray) failing = NULL;
  OK(failing = ledger_failing_certificates(book->ledger, 5, &count, error));
  g_assert_cmpint(count, ==, 1);
  const LedgerCertificate *certificate = failing->pdata[0];
  g_assert_cmpint(certificate->failing_since, ==, NOW);
  g_assert_cmpint(certificate->failures, ==, 3);
  g_assert_cmpstr(certificate->failure, ==, "another");
  g_assert_cmpint(number_of(book, "SELECT COUNT(*) FROM log WHERE what = 'failed'"), ==, 2);
  add_issue(book, "PO-1.1", "NEXT", "next", NOW + 200 * DAY); /* it works */
  g_autoptr(LedgerCertificate) mended = read_certificate(book, "PO-1.1");
  g_assert_cmpint(mended->failing_since, ==, 0);
  g_assert_cmpint(mended->failures, ==, 0);
  g_assert_null(mended->failure);
  g_assert_cmpint(number_of(book, "SELECT COUNT(*) FROM log WHERE what = 'reissued'"), ==, 1);
  OK(ledger_add_failure(book->ledger, "PO-1.2", "the reason", NOW, &mail, error));
  set_status(book, "PO-1.2", LIFECYCLE_STATUS_REVOKED); /* nobody waits for it any more */
  g_autoptr(GPtrArray) none = NULL;
  OK(none = ledger_failing_certificates(book->ledger, 5, &count, error));
  g_assert_cmpint(count, ==, 0);
  commit(book);
}

static void test_line(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  issue_some(book, 2);
  add_order(book, "R-1", "dv", 1, TRUE);
  add_order(book, "R-2", "dv", 1, FALSE);
  link_to(book, "PO-1.1", "R-1.1", NOW - DAY);
  link_to(book, "R-1.1", "R-2.1", 0);
  g_autoptr(LifecycleCertificate) forerunner = NULL;
  g_autoptr(LifecycleCertificate) middle = NULL;
  OK(ledger_read_certificate_facts(book->ledger, "PO-1.1", &forerunner, error));
  OK(ledger_read_certificate_facts(book->ledger, "R-1.1", &middle, error));
  g_assert_cmpstr(forerunner->successor, ==, "R-1.1");
  g_assert_cmpint(forerunner->successor_status, ==, LIFECYCLE_STATUS_PAID);
  g_assert_cmpint(forerunner->left_until, ==, 0);
  g_assert_cmpstr(middle->forerunner, ==, "PO-1.1");
  g_assert_cmpint(middle->left_until, ==, NOW + 365 * DAY);
  g_assert_cmpint(middle->reviewed, ==, NOW - DAY);

  /* The whole line has the key of its first certificate; others have not. */
  static const char *const own[] = {"PO-1.1", "R-1.1", "R-2.1"};
  for (gsize i = 0; i < G_N_ELEMENTS(own); i++) {
    LifecycleKeyUse use = {NULL, FALSE};
    OK(ledger_read_key_use(book->ledger, "1", own[i], &use, error));
    g_assert_null(use.certificate);
  }
  LifecycleKeyUse use = {NULL, FALSE};
  OK(ledger_read_key_use(book->ledger, "1", "PO-1.2", &use, error));
  g_assert_cmpstr(use.certificate, ==, "PO-1.1");
  g_free(use.certificate);

  /* What was revoked leaves nothing of its term. */
  set_status(book, "PO-1.1", LIFECYCLE_STATUS_REVOKED);
  g_autoptr(LifecycleCertificate) heir = NULL;
  OK(ledger_read_certificate_facts(book->ledger, "R-1.1", &heir, error));
  g_assert_cmpint(heir->left_until, ==, 0);
  commit(book);
}

/* Whenever a successor begins or ends to serve, it is looked at what it renews. */
static void test_forerunner_is_looked_at(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  issue_some(book, 1);
  add_order(book, "R-1", "dv", 1, FALSE);
  put_due(book, "PO-1.1", NOW + DAY);
  link_to(book, "PO-1.1", "R-1.1", 0);
  g_assert_cmpint(due_of(book, "PO-1.1"), ==, LEDGER_LOOK_AGAIN);
  RequestPayment *payment = new_payment(120000, "CNY");
  OK(ledger_add_payment(book->ledger, "R-1", payment, NOW, 0, error));
  record_free(&request_payment_record, payment);
  g_assert_cmpint(due_of(book, "R-1.1"), ==, LEDGER_LOOK_AGAIN); /* it goes on by itself */
  put_due(book, "PO-1.1", NOW + DAY);
  set_status(book, "R-1.1", LIFECYCLE_STATUS_ISSUED);
  add_issue(book, "R-1.1", "R", "r", NOW + 200 * DAY);
  g_assert_cmpint(due_of(book, "PO-1.1"), ==, LEDGER_LOOK_AGAIN);
  put_due(book, "PO-1.1", 0);
  set_status(book, "R-1.1", LIFECYCLE_STATUS_REVOKED);
  g_assert_cmpint(due_of(book, "PO-1.1"), ==, LEDGER_LOOK_AGAIN); /* it serves again */
  g_assert_cmpint(due_of(book, "R-1.1"), ==, 0);
  commit(book);
}

static void add_review(Book *book, const char *certificate, const char *decision)
{
  RequestReview *review = record_new(&request_review_record);
  review->decision = g_strdup(decision);
  review->reviewer = g_strdup("Reviewer One");
  OK(ledger_add_review(book->ledger, review, certificate, NOW + DAY, 0, error));
  record_free(&request_review_record, review);
}

static gint64 reviewed(Book *book, const char *id)
{
  g_autoptr(LifecycleCertificate) facts = NULL;
  OK(ledger_read_certificate_facts(book->ledger, id, &facts, error));
  return facts->reviewed;
}

/* A review is of what was reviewed: another application has none. */
static void test_reviews(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  RequestApplication *application = new_application("www.abc.com");
  gint64 count = 0;
  begin(book);
  issue_some(book, 1);
  for (guint i = 0; i < 2; i++) {
    OK(ledger_put_application(book->ledger, "PO-1.1", "APP-1", application, NULL,
                              LIFECYCLE_APPLICATION_SUBMITTED, NOW, 0, error));
    g_assert_cmpint(reviewed(book, "PO-1.1"), ==, 0);
    g_autoptr(GPtrArray) again = NULL;
    OK(again = ledger_certificates_to_review_again(book->ledger, 5, &count, error));
    g_assert_cmpint(count, ==, 1);
    add_review(book, "PO-1.1", i == 0 ? "approve" : "reject");
    g_assert_cmpint(reviewed(book, "PO-1.1"), ==, i == 0 ? NOW + DAY : 0);
    g_autoptr(GPtrArray) none = NULL;
    OK(none = ledger_certificates_to_review_again(book->ledger, 5, &count, error));
    g_assert_cmpint(count, ==, 0);
  }
  OK(ledger_put_application(book->ledger, "PO-1.2", "APP-2", application, NULL,
                            LIFECYCLE_APPLICATION_SUBMITTED, NOW, 0, error));
  g_autoptr(GPtrArray) first = NULL; /* one that was never issued is simply pending */
  OK(first = ledger_certificates_to_review_again(book->ledger, 5, &count, error));
  g_assert_cmpint(count, ==, 0);
  commit(book);
  record_free(&request_application_record, application);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  LEDGER_ADD("due", test_due);
  LEDGER_ADD("portions", test_portions);
  LEDGER_ADD("failure", test_failure);
  LEDGER_ADD("line", test_line);
  LEDGER_ADD("forerunner-is-looked-at", test_forerunner_is_looked_at);
  LEDGER_ADD("reviews", test_reviews);
  return g_test_run();
}

/* Applications and reviews, issues and keys, expiry. */
#include "ledger-test.h"

/* Applications */

static void put_application(Book *book, const char *ref, const RequestApplication *application,
                            LifecycleApplicationState state)
{
  OK(ledger_put_application(book->ledger, "PO-1.1", ref, application, application->domains, state,
                            NOW, 0, error));
}

static void test_applications(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  RequestApplication *application = new_application("www.abc.com,abc.com");
  application->csr = new_manual_csr("abc.com");
  add_attachment(application, "confirmationLetter", "letter");
  begin(book);
  add_order(book, "PO-1", "ov", 1, TRUE);
  put_application(book, "APP-1", application, LIFECYCLE_APPLICATION_SAVED);
  put_application(book, "APP-2", application, LIFECYCLE_APPLICATION_SUBMITTED);
  commit(book);
  g_assert_nonnull(((const RequestAttachment *)application->attachments->pdata[0])->bytes);
  record_free(&request_application_record, application);

  g_autoptr(LifecycleCertificate) facts = NULL;
  OK(ledger_read_certificate_facts(book->ledger, "PO-1.1", &facts, error));
  g_assert_cmpint(facts->application_state, ==, LIFECYCLE_APPLICATION_SUBMITTED);
  g_assert_cmpstr(facts->application_ref, ==, "APP-2");
  g_assert_cmpstr(facts->application->csr->key_kind, ==, "ec-p256");
  g_assert_nonnull(facts->application->csr->der);
  const RequestAttachment *attachment = g_ptr_array_index(facts->application->attachments, 0);
  g_assert_null(attachment->bytes);
  g_autoptr(GBytes) letter = NULL;
  OK(letter = ledger_read_attachment(book->ledger, attachment->sha256, error));
  g_assert_cmpmem(g_bytes_get_data(letter, NULL), g_bytes_get_size(letter), "letter", 6);
  g_assert_cmpint(number_of(book, "SELECT COUNT(*) FROM attachment"), ==, 1);
  g_autoptr(LedgerCertificate) certificate = read_certificate(book, "PO-1.1");
  g_assert_cmpstr(certificate->names[0], ==, "www.abc.com");
  g_assert_cmpstr(certificate->names[1], ==, "abc.com");
  g_autoptr(GError) failed = NULL;
  g_assert_null(ledger_read_attachment(book->ledger, "no-such-hash", &failed));
  g_assert_error(failed, CERTDROP_ERROR, CERTDROP_ERROR_CORRUPT);
  LifecycleCertificate *none = facts;
  OK(ledger_read_certificate_facts(book->ledger, "PO-9.1", &none, error));
  g_assert_null(none);
}

static void test_empty_application(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  RequestApplication *application = record_new(&request_application_record);
  begin(book);
  add_order(book, "PO-1", "ov", 1, TRUE);
  put_application(book, "APP-1", application, LIFECYCLE_APPLICATION_SAVED);
  g_autoptr(GError) failed = NULL;
  g_assert_false(ledger_put_application(book->ledger, "PO-9.1", "APP-2", application, NULL,
                                        LIFECYCLE_APPLICATION_SAVED, NOW, 0, &failed));
  g_assert_error(failed, CERTDROP_ERROR, CERTDROP_ERROR_BUG);
  ledger_rollback(book->ledger);
  record_free(&request_application_record, application);
}

static void test_reviews(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  RequestApplication *application = new_application("www.abc.com");
  RequestReview *review = record_new(&request_review_record);
  review->ref = g_strdup("REV-1");
  review->certificate = g_strdup("PO-1");
  review->decision = g_strdup("reject");
  review->reviewer = g_strdup("Reviewer One");
  review->comment = g_strdup("Not readable.");
  begin(book);
  add_order(book, "PO-1", "ov", 1, TRUE);
  put_application(book, "APP-1", application, LIFECYCLE_APPLICATION_SUBMITTED);
  g_autoptr(LedgerApplication) before = NULL;
  OK(ledger_read_application(book->ledger, "PO-1.1", &before, error));
  g_assert_null(before->review);
  OK(ledger_add_review(book->ledger, review, "PO-1.1", NOW + 1, 0, error));
  g_autoptr(LedgerApplication) rejected = NULL;
  OK(ledger_read_application(book->ledger, "PO-1.1", &rejected, error));
  g_assert_cmpint(rejected->state, ==, LIFECYCLE_APPLICATION_REJECTED);
  g_assert_cmpstr(rejected->review->comment, ==, "Not readable.");
  g_assert_cmpint(rejected->reviewed, ==, NOW + 1);
  put_application(book, "APP-2", application, LIFECYCLE_APPLICATION_SUBMITTED);
  g_free(review->decision);
  review->decision = g_strdup("approve");
  OK(ledger_add_review(book->ledger, review, "PO-1.1", NOW + 2, 0, error));
  g_autoptr(LedgerApplication) approved = NULL;
  OK(ledger_read_application(book->ledger, "PO-1.1", &approved, error));
  g_assert_cmpstr(approved->ref, ==, "APP-2");
  g_assert_cmpint(approved->state, ==, LIFECYCLE_APPLICATION_APPROVED);
  g_assert_cmpint(approved->reviewed, ==, NOW + 2);
  commit(book);
  g_autoptr(LedgerApplication) none = NULL;
  OK(ledger_read_application(book->ledger, "PO-9.1", &none, error));
  g_assert_null(none);
  record_free(&request_review_record, review);
  record_free(&request_application_record, application);
}

/* Stored data that is damaged is said to be, and nobody goes on with it. */
static void test_damaged_content(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  RequestApplication *application = new_application("www.abc.com");
  begin(book);
  add_order(book, "PO-1", "ov", 1, TRUE);
  put_application(book, "APP-1", application, LIFECYCLE_APPLICATION_SUBMITTED);
  commit(book);
  record_free(&request_application_record, application);
  tamper(book, "UPDATE application SET content = X'0102030405'");
  tamper(book, "UPDATE product SET content = X'0102030405'");
  reopen(book);
  g_autoptr(GError) failed = NULL;
  LifecycleCertificate *facts = NULL;
  LedgerApplication *read = NULL;
  LifecycleOrder *order = NULL;
  g_assert_false(ledger_read_certificate_facts(book->ledger, "PO-1.1", &facts, &failed));
  g_assert_error(failed, CERTDROP_ERROR, CERTDROP_ERROR_CORRUPT);
  g_clear_error(&failed);
  g_assert_false(ledger_read_application(book->ledger, "PO-1.1", &read, &failed));
  g_assert_error(failed, CERTDROP_ERROR, CERTDROP_ERROR_CORRUPT);
  g_clear_error(&failed);
  g_assert_false(ledger_read_order(book->ledger, "PO-1", &order, &failed));
  g_assert_error(failed, CERTDROP_ERROR, CERTDROP_ERROR_CORRUPT);
  g_assert_null(facts);
  g_assert_null(read);
  g_assert_null(order);
}

/* Issues, keys, expiry */

static void test_issues(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  add_order(book, "PO-1", "dv", 1, TRUE);
  LedgerIssue *none = NULL;
  OK(ledger_read_issue(book->ledger, "PO-1.1", &none, error));
  g_assert_null(none);
  set_status(book, "PO-1.1", LIFECYCLE_STATUS_ISSUED);
  add_issue(book, "PO-1.1", "0A", "spki-1", NOW + 200 * DAY - 1);
  commit(book);
  g_autoptr(LedgerIssue) issue = NULL;
  OK(ledger_read_issue(book->ledger, "PO-1.1", &issue, error));
  g_assert_cmpstr(issue->serial, ==, "0A");
  g_assert_cmpint(issue->not_after, ==, NOW + 200 * DAY - 1);
  g_assert_cmpint(issue->term_end, ==, NOW + 365 * DAY);
  g_assert_cmpstr(issue->names[1], ==, "abc.com");
  g_assert_cmpmem(g_bytes_get_data(issue->wrapped_key, NULL), 8, "\0wrapped", 8);
  g_autoptr(LedgerCertificate) certificate = read_certificate(book, "PO-1.1");
  g_assert_true(certificate->has_key);
  g_assert_cmpstr(certificate->key_kind, ==, "ec-p256");
  g_assert_cmpint(certificate->first_issued, ==, NOW);
  g_assert_cmpstr(certificate->serial, ==, "0A");
  /* The same serial never again. */
  g_autoptr(GError) failed = NULL;
  begin(book);
  LedgerIssue again = *issue;
  g_assert_false(ledger_add_issue(book->ledger, &again, NOW, 0, &failed));
  ledger_rollback(book->ledger);
}

static void assert_key_use(Book *book, const char *spki, const char *asks, const char *owner,
                           gboolean compromised)
{
  LifecycleKeyUse use = {NULL, FALSE};
  OK(ledger_read_key_use(book->ledger, spki, asks, &use, error));
  g_assert_cmpstr(use.certificate, ==, owner);
  g_assert_cmpint(use.compromised, ==, compromised);
  g_free(use.certificate);
}

static void test_keys(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  add_order(book, "PO-1", "dv", 2, TRUE);
  add_issue(book, "PO-1.1", "0A", "spki-1", NOW + DAY);
  assert_key_use(book, "spki-1", "PO-1.1", NULL, FALSE);
  assert_key_use(book, "spki-1", "PO-1.2", "PO-1.1", FALSE);
  assert_key_use(book, "spki-1", "", "PO-1.1", FALSE);
  assert_key_use(book, "spki-2", "PO-1.2", NULL, FALSE);
  /* A CSR that was accepted and is not certified yet has its key too. */
  OK(ledger_claim_key(book->ledger, "spki-2", "rsa-2048", "PO-1.2", error));
  assert_key_use(book, "spki-2", "PO-1.1", "PO-1.2", FALSE);
  OK(ledger_claim_key(book->ledger, "spki-2", "rsa-2048", "PO-1.1", error));
  assert_key_use(book, "spki-2", "PO-1.1", "PO-1.2", FALSE);
  tamper(book, "UPDATE key SET compromised = 1 WHERE spki_sha256 = 'spki-1'");
  assert_key_use(book, "spki-1", "PO-1.1", NULL, TRUE);
  commit(book);
}

static void test_expire(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  guint moved = 7;
  begin(book);
  add_order(book, "PO-1", "dv", 4, TRUE);
  for (gint64 i = 1; i <= 3; i++)
    issue_one(book, i, NOW + 10 * i);
  OK(ledger_expire(book->ledger, NOW + 10, &moved, error));
  g_assert_cmpuint(moved, ==, 0); /* its last second is still valid */
  OK(ledger_expire(book->ledger, NOW + 11, &moved, error));
  g_assert_cmpuint(moved, ==, 1);
  OK(ledger_expire(book->ledger, NOW + 11, &moved, error));
  g_assert_cmpuint(moved, ==, 0);
  OK(ledger_expire(book->ledger, NOW + DAY, &moved, error));
  g_assert_cmpuint(moved, ==, 2);
  commit(book);
  g_assert_cmpint(status_of(book, "PO-1.1"), ==, LIFECYCLE_STATUS_EXPIRED);
  g_assert_cmpint(status_of(book, "PO-1.4"), ==, LIFECYCLE_STATUS_PAID);
  g_autoptr(GPtrArray) entries = NULL;
  OK(entries = ledger_history(book->ledger, "PO-1.1", NULL, 1, error));
  g_assert_cmpstr(((const LedgerEntry *)entries->pdata[0])->what, ==, "expired");
  g_assert_cmpint(((const LedgerEntry *)entries->pdata[0])->at, ==, NOW + 11);
  assert_counts(book);
}

/* In portions, so that a night in which many run out is no single transaction. */
static void test_expire_many(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  guint moved = 0, all = 0, portions = 0;
  begin(book);
  add_order(book, "PO-1", "dv", 1200, TRUE);
  for (gint64 i = 1; i <= 1200; i++)
    issue_one(book, i, NOW + i);
  do {
    OK(ledger_expire(book->ledger, NOW + DAY, &moved, error));
    all += moved;
    portions++;
  } while (moved > 0);
  commit(book);
  g_assert_cmpuint(all, ==, 1200);
  g_assert_cmpuint(portions, ==, 3);
  assert_counts(book);
}

static void test_expiring(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  add_order(book, "PO-1", "dv", 5, TRUE);
  for (gint64 i = 1; i <= 4; i++)
    issue_one(book, i, NOW + 100 - i);
  commit(book);
  g_autoptr(GPtrArray) soon = NULL;
  g_autoptr(GPtrArray) paid = NULL;
  OK(soon = ledger_certificates_expiring(book->ledger, 2, error));
  OK(paid = ledger_certificates_with_status(book->ledger, LIFECYCLE_STATUS_PAID, 10, error));
  g_assert_cmpuint(soon->len, ==, 2);
  g_assert_cmpstr(((const LedgerCertificate *)soon->pdata[0])->id, ==, "PO-1.4");
  g_assert_cmpstr(((const LedgerCertificate *)soon->pdata[1])->id, ==, "PO-1.3");
  g_assert_cmpuint(paid->len, ==, 1);
  g_assert_cmpstr(((const LedgerCertificate *)paid->pdata[0])->id, ==, "PO-1.5");
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  LEDGER_ADD("applications", test_applications);
  LEDGER_ADD("applications/empty", test_empty_application);
  LEDGER_ADD("reviews", test_reviews);
  LEDGER_ADD("damaged-content", test_damaged_content);
  LEDGER_ADD("issues", test_issues);
  LEDGER_ADD("keys", test_keys);
  LEDGER_ADD("expire", test_expire);
  LEDGER_ADD("expire-many", test_expire_many);
  LEDGER_ADD("expiring", test_expiring);
  return g_test_run();
}

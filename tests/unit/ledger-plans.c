/* The cost of a run is that of what changed (I8): no statement walks a table that
 * grows, or sorts what an index has in order. */
#include "ledger-test.h"

/* What may be walked: indexes that hold only what is waiting, pending or rejected,
 * tables that stay small, and the log, by its check alone. */
static gboolean scan_is_allowed(const char *sql, const char *step)
{
  static const char *const allowed[] = {
      "SCAN file USING INDEX file_waiting",
      "SCAN file USING COVERING INDEX file_waiting",
      "SCAN file USING INDEX file_rejected",
      "SCAN output USING INDEX output_pending",
      "SCAN block USING INDEX",
      "SCAN stale",
      "SCAN due_day",
      "SCAN line", /* a line of renewals, one after the other */
      "SCAN reminder USING COVERING INDEX",
      "SCAN mail USING COVERING INDEX mail_next",
      "SCAN mail USING COVERING INDEX mail_failing",
      "SCAN certificate USING COVERING INDEX certificate_failing",
      "SCAN deployment USING COVERING INDEX deployment_failing",
      "SCAN run",
      "SCAN sqlite_master",
      "SCAN CONSTANT ROW",
  };
  for (guint i = 0; i < G_N_ELEMENTS(allowed); i++)
    if (g_str_has_prefix(step, allowed[i]))
      return TRUE;
  return strstr(sql, "FROM log ORDER BY number") != NULL;
}

/* Of few rows each: those of one subject, those of one certificate. */
static gboolean sort_is_allowed(const char *sql)
{
  return strstr(sql, "FROM log WHERE subject IN") != NULL ||
         strstr(sql, "FROM output WHERE certificate = $1 AND kind <> 6 ORDER BY path") != NULL ||
         strstr(sql, "WHERE o.certificate = $1 AND o.kind = 1 ORDER BY o.path") != NULL;
}

/* Returns what is wrong with the plan of SQL, or NULL; the caller frees it. */
static char *find_fault(sqlite3 *database, const char *sql)
{
  g_autofree char *explain = g_strconcat("EXPLAIN QUERY PLAN ", sql, NULL);
  sqlite3_stmt *statement = NULL;
  char *fault = NULL;
  g_assert_cmpint(sqlite3_prepare_v2(database, explain, -1, &statement, NULL), ==, SQLITE_OK);
  while (fault == NULL && sqlite3_step(statement) == SQLITE_ROW) {
    const char *step = (const char *)sqlite3_column_text(statement, 3);
    if ((g_str_has_prefix(step, "SCAN") && !scan_is_allowed(sql, step)) ||
        (strstr(step, "TEMP B-TREE") != NULL && !sort_is_allowed(sql)))
      fault = g_strdup(step);
  }
  sqlite3_finalize(statement);
  return fault;
}

static void write_archives(Book *book)
{
  g_autoptr(GBytes) kept = g_bytes_new_static("kept", 4);
  LedgerArchive archive = {.path = (char *)"a.zip", .kept = kept};
  g_autoptr(GBytes) found = NULL;
  OK(ledger_put_archive(book->ledger, &archive, error));
  OK(ledger_read_kept_archive(book->ledger, "a.zip", &found, error));
  archive.kept = NULL;
  OK(ledger_put_archive(book->ledger, &archive, error));
}

static void write_files(Book *book)
{
  const LedgerReference reference = {(char *)"PO-1", REQUEST_KIND_ORDER, (char *)"hash", NULL};
  g_autoptr(LedgerFile) decided = add_file(book, "a.xml", LEDGER_FILE_REJECTED);
  g_autoptr(LedgerFile) waiting = add_file(book, "b.xml", LEDGER_FILE_WAITING);
  add_item(book, waiting->number, 0, LIFECYCLE_OUTCOME_WAITING, "PO-1");
  OK(ledger_put_file(book->ledger, decided, error));
  OK(ledger_begin_try(book->ledger, waiting->number, error));
  OK(ledger_wake(book->ledger, "PO-1", error));
  OK(ledger_add_reference(book->ledger, &reference, decided->number, error));
  OK(ledger_drop_waiting_file(book->ledger, waiting->number, error));
  gint64 last = add_output(book, LEDGER_OUTPUT_DOCUMENT, "issuing.crl", NULL, "crl");
  last = add_output(book, LEDGER_OUTPUT_ARCHIVE, "a.zip", "PO-1.1", NULL);
  write_archives(book);
  OK(ledger_mark_outputs_done(book->ledger, last, error));
}

static void write_certificates(Book *book)
{
  RequestPayment *payment = new_payment(120000, "CNY");
  RequestApplication *application = new_application("www.abc.com");
  add_attachment(application, "confirmationLetter", "letter");
  RequestReview *review = record_new(&request_review_record);
  review->decision = g_strdup("approve");
  review->reviewer = g_strdup("Reviewer One");
  guint moved = 0;
  add_order(book, "PO-1", "dv", 1, FALSE);
  OK(ledger_add_payment(book->ledger, "PO-1", payment, NOW, 0, error));
  OK(ledger_put_application(book->ledger, "PO-1.1", "APP-1", application, NULL,
                            LIFECYCLE_APPLICATION_SUBMITTED, NOW, 0, error));
  OK(ledger_add_review(book->ledger, review, "PO-1.1", NOW, 0, error));
  OK(ledger_claim_key(book->ledger, "1", "ec-p256", "PO-1.1", error));
  issue_one(book, 1, NOW);
  OK(ledger_expire(book->ledger, NOW + 1, &moved, error));
  record_free(&request_review_record, review);
  record_free(&request_application_record, application);
  record_free(&request_payment_record, payment);
}

/* A certificate on a product, taken off it, and followed by a new issue. */
static void write_deployments(Book *book)
{
  const LedgerDeployment place = {.certificate = (char *)"PO-1.1",
                                  .product = (char *)"slb",
                                  .region = (char *)"a",
                                  .title = (char *)"SLB"};
  OK(ledger_deploy(book->ledger, &place, NOW, 0, error));
  g_autoptr(GPtrArray) followed = NULL, left = NULL, due = NULL;
  OK(followed = ledger_follow_deployments(book->ledger, "PO-1.1", NOW, 0, error));
  OK(due = ledger_due_deployments(book->ledger, NOW, 5, error));
  LedgerDeployment *deployment = g_ptr_array_index(due, 0);
  OK(ledger_put_deployment(book->ledger, deployment, NOW, "deployed", NULL, error));
  OK(left = ledger_leave_forerunners(book->ledger, deployment, NOW, error));
  OK(ledger_undeploy(book->ledger, "PO-1.1", "slb", "a", NOW, 0, error));
  OK(ledger_put_target(book->ledger, "slb", "archive a", error));
  g_autofree char *shape = NULL;
  OK(ledger_read_target(book->ledger, "slb", &shape, error));
  g_autoptr(LedgerIssue) issue = NULL;
  OK(ledger_read_issue_of_serial(book->ledger, "PO-1.1", "1", &issue, error));
}

/* What ends certificates: two of an order, the second of which is deleted. */
static void write_ending(Book *book)
{
  const LedgerRevocation revocation = {1, "3", 5};
  RequestPayment *refund = new_payment(100, "CNY");
  gboolean listed = FALSE;
  add_order(book, "PO-2", "dv", 2, TRUE);
  OK(ledger_withdraw(book->ledger, "PO-2.1", NOW, 0, error));
  OK(ledger_revoke(book->ledger, "PO-2.1", &revocation, NOW, 0, &listed, error));
  OK(ledger_add_refund(book->ledger, "PO-2.1", refund, NOW, 0, error));
  OK(ledger_delete_certificate(book->ledger, "PO-2.2", 0, NOW, 0, error));
  record_free(&request_payment_record, refund);
}

static void read_ending(Book *book)
{
  g_autoptr(LedgerRefund) refund = NULL;
  OK(ledger_read_refund(book->ledger, "PO-2.1", &refund, error));
}

static void write_renewals(Book *book)
{
  gboolean mail = FALSE;
  add_order(book, "R-1", "dv", 1, FALSE);
  OK(ledger_link_successor(book->ledger, "PO-1.1", "R-1.1", NOW, NOW, 0, error));
  OK(ledger_add_failure(book->ledger, "PO-1.1", "the reason", NOW, &mail, error));
  OK(ledger_put_due(book->ledger, "PO-1.1", NOW + DAY, error));
  set_status(book, "R-1.1", LIFECYCLE_STATUS_PAID);
  OK(ledger_clear_failure(book->ledger, "PO-1.1", error));
  OK(ledger_look_at_all_again(book->ledger, error));
}

static void read_renewals(Book *book)
{
  gint64 count = 0;
  LifecycleKeyUse use = {NULL, FALSE};
  g_autoptr(GHashTable) days = NULL;
  OK(days = ledger_read_due_days(book->ledger, error));
  OK(ledger_read_key_use(book->ledger, "1", "R-1.1", &use, error));
  GPtrArray *lists[] = {
      ledger_due_certificates(book->ledger, NOW + DAY, 0, 0, 5, NULL),
      ledger_failing_certificates(book->ledger, 5, &count, NULL),
      ledger_certificates_to_review_again(book->ledger, 5, &count, NULL),
  };
  for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
    g_assert_nonnull(lists[i]);
    g_ptr_array_unref(lists[i]);
  }
}

static void write_run(Book *book)
{
  LedgerRun run = {0};
  gint64 number = 0;
  OK(ledger_begin_run(book->ledger, NOW, &run, error));
  OK(ledger_end_run(book->ledger, &run, error));
  OK(ledger_put_number(book->ledger, "due", 1, error));
  OK(ledger_read_number(book->ledger, "due", &number, error));
  OK(ledger_present(book->ledger, NOW, &number, error));
  OK(ledger_next_due(book->ledger, &number, error));
  OK(ledger_first_waiting(book->ledger, &number, &number, error));
}

static void read_single(Book *book)
{
  g_autoptr(LedgerFile) file = NULL;
  g_autoptr(LedgerReference) reference = NULL;
  g_autoptr(LedgerCertificate) certificate = NULL;
  g_autoptr(LifecycleCertificate) facts = NULL;
  g_autoptr(LedgerOrder) order = NULL;
  g_autoptr(LedgerApplication) application = NULL;
  g_autoptr(LedgerIssue) issue = NULL;
  g_autoptr(GBytes) attachment = NULL;
  LifecycleKeyUse use = {NULL, FALSE};
  LifecycleOutcome outcome = 0;
  gint64 items = 0, number = 0, counts[LIFECYCLE_STATUS_N];
  OK(ledger_find_waiting_file(book->ledger, "b.xml", &file, error));
  OK(ledger_read_reference(book->ledger, "PO-1", &reference, error));
  OK(ledger_read_certificate(book->ledger, "PO-1.1", &certificate, error));
  OK(ledger_read_certificate_facts(book->ledger, "PO-1.1", &facts, error));
  OK(ledger_read_order_page(book->ledger, "PO-1", &order, error));
  OK(ledger_read_application(book->ledger, "PO-1.1", &application, error));
  OK(ledger_read_issue(book->ledger, "PO-1.1", &issue, error));
  OK(ledger_read_key_use(book->ledger, "1", "PO-1.1", &use, error));
  g_autoptr(GBytes) der = NULL;
  g_autoptr(LedgerEntry) entry = NULL;
  LedgerCounts counted = {0};
  OK(ledger_read_certificate_der(book->ledger, "PO-1.1", &der, error));
  OK(ledger_first_entry(book->ledger, &entry, error));
  OK(ledger_read_counts(book->ledger, &counted, error));
  LedgerHealth health = {0};
  OK(ledger_read_health(book->ledger, NOW, &health, error));
  ledger_health_clear(&health);
  OK(ledger_certificate_number(book->ledger, "PO-1.1", &number, error));
  const RequestAttachment *first = g_ptr_array_index(application->content->attachments, 0);
  OK(attachment = ledger_read_attachment(book->ledger, first->sha256, error));
  OK(ledger_read_item_outcome(book->ledger, 1, 0, &outcome, error));
  OK(ledger_count_items(book->ledger, 1, &items, &number, error));
  OK(ledger_count_statuses(book->ledger, counts, error));
  for (int direction = -1; direction <= 1; direction += 2) {
    OK(ledger_next_block(book->ledger, 0, direction, 0, &number, error));
    OK(ledger_next_file_block(book->ledger, 0, direction, &number, error));
  }
}

static void read_lists(Book *book)
{
  Ledger *ledger = book->ledger;
  gint64 count = 0;
  GPtrArray *lists[] = {
      ledger_ready_files(ledger, NOW, NULL),
      ledger_waiting_files(ledger, 5, &count, NULL),
      ledger_rejected_files(ledger, 5, NULL),
      ledger_files_in_block(ledger, 0, NULL),
      ledger_certificates_in_block(ledger, 0, 2, NULL),
      ledger_certificates_expiring(ledger, 5, NULL),
      ledger_certificates_with_status(ledger, LIFECYCLE_STATUS_PAID, 5, NULL),
      ledger_items_of_file(ledger, 1, 0, 5, NULL),
      ledger_history(ledger, "PO-1.1", "PO-1", 5, NULL),
      ledger_stale_pages(ledger, NULL),
      ledger_pending_outputs(ledger, 5, NULL),
      ledger_outputs_of_certificate(ledger, "PO-1.1", NULL),
      ledger_archives_of_certificate(ledger, "PO-1.1", NULL),
      ledger_last_runs(ledger, 5, NULL),
      ledger_deployments_of(ledger, "PO-1.1", NULL),
      ledger_failing_deployments(ledger, 5, &count, NULL),
      ledger_deployments_without(ledger, "slb", "b", 5, NULL),
      ledger_deployments_without_command(ledger, "slb", 5, NULL),
      ledger_revoked_since(ledger, NOW, NULL),
      ledger_revoked_of(ledger, "PO-2.1", NULL),
      ledger_refunds_of_order(ledger, "PO-2", NULL),
      ledger_last_entries(ledger, 5, NULL),
  };
  for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
    g_assert_nonnull(lists[i]);
    g_ptr_array_unref(lists[i]);
  }
}

static void remind_and_mail(Book *book)
{
  g_autofree char *address = NULL;
  gint64 count = 0;
  OK(ledger_reset_remindings(book->ledger, error));
  g_autoptr(GPtrArray) due = ledger_remindings_due(book->ledger, NOW, 5, NULL);
  g_assert_cmpuint(due->len, >, 0);
  const LedgerReminding *first = g_ptr_array_index(due, 0);
  OK(ledger_set_reminding(book->ledger, first->id, 0, error));
  OK(ledger_add_reminder(book->ledger, first, LIFECYCLE_REMINDER_TO_RENEW, "a@b", NOW, error));
  OK(ledger_next_reminder(book->ledger, &address, &count, error));
  g_autoptr(GPtrArray) reminders = ledger_reminders_to(book->ledger, "a@b", 5, NULL);
  g_assert_cmpuint(reminders->len, ==, 1);
  OK(ledger_drop_reminders(book->ledger, "a@b", error));
  add_output(book, LEDGER_OUTPUT_DOCUMENT, "outbox/mail/a.eml", NULL, "mail");
  OK(ledger_add_mail(book->ledger, "outbox/mail/a.eml", NOW, error));
  g_autoptr(GPtrArray) mails = ledger_mails_due(book->ledger, NOW, 5, NULL);
  g_assert_cmpuint(mails->len, ==, 1);
  OK(ledger_put_mail_failed(book->ledger, g_ptr_array_index(mails, 0), "no", NOW, error));
  g_autoptr(GPtrArray) failing = ledger_failing_mails(book->ledger, 5, &count, NULL);
  g_assert_cmpuint(failing->len, ==, 1);
  OK(ledger_put_mail_sent(book->ledger, g_ptr_array_index(mails, 0), NOW, error));
}

/* Does each thing once that a run and its pages do. */
static void test_plans(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  write_certificates(book);
  write_deployments(book);
  write_renewals(book);
  write_files(book);
  write_ending(book);
  write_run(book);
  remind_and_mail(book);
  commit(book);
  read_single(book);
  read_ending(book);
  read_lists(book);
  read_renewals(book);
  g_assert_cmpint(wrong_entry(book), ==, 0);
  forget_stale(book);

  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  sqlite3 *database = book->ledger->database;
  for (sqlite3_stmt *at = NULL; (at = sqlite3_next_stmt(database, at)) != NULL;) {
    g_assert_false(sqlite3_stmt_busy(at)); /* none is left in the middle */
    g_ptr_array_add(texts, g_strdup(sqlite3_sql(at)));
  }
  g_assert_cmpuint(texts->len, >, 60);
  for (guint i = 0; i < texts->len; i++) {
    const char *sql = g_ptr_array_index(texts, i);
    g_autofree char *fault = find_fault(database, sql);
    g_test_message("%s", sql);
    g_assert_cmpstr(fault, ==, NULL);
  }
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  LEDGER_ADD("plans", test_plans);
  return g_test_run();
}

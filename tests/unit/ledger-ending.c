/* Withdrawal, revocation, refund and deletion in the ledger. */
#include "ledger-test.h"

static void put_application(Book *book, const char *certificate, LifecycleApplicationState state)
{
  RequestApplication *application = new_application("www.abc.com");
  OK(ledger_put_application(book->ledger, certificate, "APP-1", application, NULL, state, NOW, 0,
                            error));
  record_free(&request_application_record, application);
}

static LifecycleApplicationState state_of(Book *book, const char *certificate)
{
  g_autoptr(LedgerApplication) application = NULL;
  OK(ledger_read_application(book->ledger, certificate, &application, error));
  return application->state;
}

/* PO-1.1 has a CSR with an issuer outside, whose key lies here. */
static void add_outside(Book *book)
{
  tamper(book, "INSERT INTO outside VALUES ('PO-1.1', 'exchange', 'spki-out', x'00', 'a', 0, 0, 0, "
               "0, NULL)");
  tamper(book, "INSERT INTO key VALUES ('spki-out', 'PO-1.1', 'ec-p256', 0, x'0102')");
}

static void test_withdraw(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  add_order(book, "PO-1", "dv", 1, TRUE);
  put_application(book, "PO-1.1", LIFECYCLE_APPLICATION_SUBMITTED);
  set_status(book, "PO-1.1", LIFECYCLE_STATUS_PENDING_VERIFICATION);
  add_outside(book);
  OK(ledger_withdraw(book->ledger, "PO-1.1", NOW, 0, error));
  commit(book);
  g_assert_cmpint(state_of(book, "PO-1.1"), ==, LIFECYCLE_APPLICATION_SAVED);
  g_assert_cmpint(number_of(book, "SELECT COUNT(*) FROM outside"), ==, 0);
  g_assert_cmpint(number_of(book, "SELECT COUNT(*) FROM key WHERE wrapped IS NOT NULL"), ==, 0);
  g_assert_cmpint(number_of(book, "SELECT COUNT(*) FROM log WHERE what = 'withdrawn' AND text = "
                                  "'application APP-1'"),
                  ==, 1);
}

/* Of an issued certificate only the re-issue ends: what was approved is so still, and the key
 * that serves now stays. */
static void test_withdraw_reissue(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  add_order(book, "PO-1", "dv", 1, TRUE);
  put_application(book, "PO-1.1", LIFECYCLE_APPLICATION_SUBMITTED);
  issue_one(book, 1, NOW + 100 * DAY);
  tamper(book, "UPDATE application SET state = 2");
  tamper(book, "UPDATE certificate SET due = 86400 * 3, remind = 5");
  tamper(book, "INSERT INTO due_day VALUES (3, 2)");
  add_outside(book);
  tamper(book, "UPDATE outside SET spki_sha256 = '1'");
  OK(ledger_withdraw(book->ledger, "PO-1.1", NOW, 0, error));
  commit(book);
  g_assert_cmpint(state_of(book, "PO-1.1"), ==, LIFECYCLE_APPLICATION_APPROVED);
  g_assert_cmpint(status_of(book, "PO-1.1"), ==, LIFECYCLE_STATUS_ISSUED);
  g_assert_cmpint(number_of(book, "SELECT wrapped IS NOT NULL FROM key WHERE spki_sha256 = '1'"),
                  ==, 1);
  g_assert_cmpint(number_of(book, "SELECT due FROM certificate"), ==, 0);
  g_assert_cmpint(number_of(book, "SELECT remind FROM certificate"), ==, 5);
  g_assert_cmpint(number_of(book, "SELECT certificates FROM due_day WHERE day = 3"), ==, 1);
}

static gboolean revoke_one(Book *book, const char *certificate, int reason, const char *spki)
{
  const LedgerRevocation revocation = {reason, spki, 0};
  gboolean listed = FALSE;
  OK(ledger_revoke(book->ledger, certificate, &revocation, NOW, 0, &listed, error));
  return listed;
}

/* The serials, with blanks between; the caller frees it. */
static char *serials_of(GPtrArray *revoked)
{
  g_autoptr(GPtrArray) own = revoked;
  GString *serials = g_string_new(NULL);
  for (guint i = 0; i < own->len; i++) {
    const LedgerRevoked *row = g_ptr_array_index(own, i);
    g_string_append_printf(serials, "%s%s", i > 0 ? " " : "", row->serial);
  }
  return g_string_free(serials, FALSE);
}

static void assert_serials(GPtrArray *revoked, const char *expected)
{
  g_autofree char *serials = serials_of(revoked);
  g_assert_cmpstr(serials, ==, expected);
}

/* Every serial that has not run out, by the second, and no other. */
static void test_revoke_serials(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  add_order(book, "PO-1", "dv", 2, TRUE);
  set_status(book, "PO-1.1", LIFECYCLE_STATUS_ISSUED);
  add_issue(book, "PO-1.1", "A0", "k0", NOW - 1);
  add_issue(book, "PO-1.1", "A1", "k1", NOW);
  add_issue(book, "PO-1.1", "A2", "k2", NOW + DAY);
  set_status(book, "PO-1.2", LIFECYCLE_STATUS_ISSUED);
  add_issue(book, "PO-1.2", "B1", "k3", NOW + DAY);
  g_assert_true(revoke_one(book, "PO-1.1", 4, NULL));
  commit(book);
  Ledger *ledger = book->ledger;
  assert_serials(ledger_revoked_of(ledger, "PO-1.1", NULL), "A1 A2");
  assert_serials(ledger_revoked_since(ledger, NOW, NULL), "A1 A2");
  assert_serials(ledger_revoked_since(ledger, NOW + 1, NULL), "A2");
  assert_serials(ledger_revoked_since(ledger, NOW + DAY + 1, NULL), "");
  g_assert_cmpint(number_of(book, "SELECT COUNT(*) FROM key WHERE compromised = 1"), ==, 0);
  g_assert_cmpint(number_of(book, "SELECT COUNT(*) FROM log WHERE what = 'revocation' AND text = "
                                  "'superseded, serial A1, A2'"),
                  ==, 1);
  g_autoptr(LedgerCertificate) certificate = read_certificate(book, "PO-1.1");
  g_assert_cmpint(certificate->revoked, ==, NOW);
  g_assert_cmpint(certificate->reason, ==, 4);
}

/* All its keys, that of a CSR too that was never seen before. */
static void test_compromise(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const compromised[] = {"k0", "k1", "spki-out", "spki-csr"};
  begin(book);
  add_order(book, "PO-1", "dv", 2, TRUE);
  set_status(book, "PO-1.1", LIFECYCLE_STATUS_ISSUED);
  add_issue(book, "PO-1.1", "A0", "k0", NOW - 1);
  add_issue(book, "PO-1.1", "A1", "k1", NOW + DAY);
  set_status(book, "PO-1.2", LIFECYCLE_STATUS_ISSUED);
  add_issue(book, "PO-1.2", "B1", "k2", NOW + DAY);
  add_outside(book);
  g_assert_true(revoke_one(book, "PO-1.1", 1, "spki-csr"));
  commit(book);
  for (guint i = 0; i < G_N_ELEMENTS(compromised); i++) {
    LifecycleKeyUse use = {0};
    OK(ledger_read_key_use(book->ledger, compromised[i], "PO-1.1", &use, error));
    g_assert_true(use.compromised);
    g_free(use.certificate);
  }
  g_assert_cmpint(number_of(book, "SELECT COUNT(*) FROM key WHERE compromised = 1"), ==, 4);
}

static void test_outside_is_not_listed(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  add_order(book, "PO-1", "dv", 2, TRUE);
  issue_one(book, 1, NOW + DAY);
  tamper(book, "UPDATE issue SET outside = 1");
  g_assert_false(revoke_one(book, "PO-1.1", 4, NULL));
  g_assert_false(revoke_one(book, "PO-1.2", 4, NULL));
  commit(book);
  assert_serials(ledger_revoked_of(book->ledger, "PO-1.1", NULL), "1");
  assert_serials(ledger_revoked_since(book->ledger, 0, NULL), "");
}

static void test_refunds(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  RequestPayment *refund = new_payment(29800, "CNY");
  g_autoptr(LedgerRefund) found = NULL;
  g_autoptr(LedgerRefund) none = NULL;
  begin(book);
  add_order(book, "PO-1", "dv", 2, TRUE);
  OK(ledger_add_refund(book->ledger, "PO-1.2", refund, NOW, 0, error));
  commit(book);
  OK(ledger_read_refund(book->ledger, "PO-1.1", &none, error));
  OK(ledger_read_refund(book->ledger, "PO-1.2", &found, error));
  g_assert_null(none);
  g_assert_cmpint(found->amount, ==, 29800);
  g_assert_cmpstr(found->currency, ==, "CNY");
  g_assert_cmpstr(found->reference, ==, "TX-1");
  g_assert_cmpint(found->at, ==, NOW);
  g_autoptr(GPtrArray) all = ledger_refunds_of_order(book->ledger, "PO-1", NULL);
  g_assert_cmpuint(all->len, ==, 1);
  record_free(&request_payment_record, refund);
}

static void test_delete(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  add_order(book, "PO-1", "dv", 3, TRUE);
  issue_one(book, 2, NOW + DAY);
  g_autoptr(LedgerFile) file = add_file(book, "a.xml", LEDGER_FILE_ACCEPTED);
  add_item(book, file->number, 0, LIFECYCLE_OUTCOME_ACCEPTED, NULL);
  tamper(book, "UPDATE item SET subject = 'PO-1'");
  tamper(book, "INSERT INTO archive VALUES ('a.zip', NULL, NULL, x'01')");
  add_output(book, LEDGER_OUTPUT_ARCHIVE, "a.zip", "PO-1.2", NULL);
  commit(book);
  forget_stale(book);
  begin(book);
  OK(ledger_delete_certificate(book->ledger, "PO-1.2", 0, NOW, 0, error));
  commit(book);
  assert_stale(book, LEDGER_STALE_CERTIFICATE, "PO-1.2");
  assert_stale(book, LEDGER_STALE_FILES, "");
  assert_stale(book, LEDGER_STALE_BLOCK, "0 0,5 0");
  assert_counts(book);
  g_autoptr(GPtrArray) listed = ledger_certificates_in_block(book->ledger, 0, 0, NULL);
  g_assert_cmpuint(listed->len, ==, 2);
  g_autoptr(GPtrArray) all =
      ledger_certificates_in_block(book->ledger, 0, LEDGER_DELETED_TOO, NULL);
  g_assert_cmpuint(all->len, ==, 3);
  g_assert_cmpint(number_of(book, "SELECT COUNT(*) FROM key WHERE wrapped IS NOT NULL"), ==, 0);
  g_assert_cmpint(number_of(book, "SELECT COUNT(*) FROM archive"), ==, 0);
  g_assert_cmpint(number_of(book, "SELECT COUNT(*) FROM issue"), ==, 1);
  g_autoptr(LedgerCertificate) record = read_certificate(book, "PO-1.2");
  g_assert_cmpint(record->deleted, ==, NOW);
  g_assert_false(record->has_key);
  /* It is on the list still where it was, or is, revoked. */
  begin(book);
  g_assert_true(revoke_one(book, "PO-1.2", 1, NULL));
  commit(book);
  assert_serials(ledger_revoked_since(book->ledger, NOW, NULL), "2");
}

static gboolean file_has(const char *path, const guint8 *bytes, gsize length)
{
  g_autofree char *content = NULL;
  gsize size = 0;
  if (!g_file_get_contents(path, &content, &size, NULL))
    return FALSE;
  return memmem(content, size, bytes, length) != NULL;
}

/* Bytes that are nowhere else, as long as a wrapped key of an RSA of 4096 bits. */
static GBytes *new_key_bytes(guint number)
{
  guint8 bytes[2400];
  GRand *random = g_rand_new_with_seed(number);
  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8)g_rand_int_range(random, 0, 256);
  g_rand_free(random);
  return g_bytes_new(bytes, number % 3 == 0 ? sizeof bytes : 160);
}

static void add_key(Book *book, guint number)
{
  g_autoptr(LedgerIssue) issue = g_new0(LedgerIssue, 1);
  issue->certificate = ids_certificate("PO-1", number + 1);
  issue->serial = g_strdup_printf("%X", number);
  issue->not_after = NOW + DAY;
  issue->names = g_strsplit("www.abc.com", ",", 0);
  issue->der = g_bytes_new_static("der", 3);
  issue->sha256 = g_strdup("sha256");
  issue->spki_sha256 = g_strdup_printf("%064x", number * 2654435761u);
  issue->key_kind = g_strdup("rsa-4096");
  issue->wrapped_key = new_key_bytes(number);
  OK(ledger_add_issue(book->ledger, issue, NOW, 0, error));
}

/* Not a byte of a destroyed key is left in any file of the ledger, while it is open. */
static void test_destroyed_bytes(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  const guint keys = 200;
  g_autofree char *log = g_strconcat(book->path, "-wal", NULL);
  begin(book);
  add_order(book, "PO-1", "dv", keys, TRUE);
  for (guint i = 0; i < keys; i++) {
    g_autofree char *id = ids_certificate("PO-1", i + 1);
    set_status(book, id, LIFECYCLE_STATUS_ISSUED);
    add_key(book, i);
  }
  commit(book);
  begin(book);
  for (guint i = 0; i < keys; i++) {
    g_autofree char *id = ids_certificate("PO-1", i + 1);
    if (i % 2 == 0)
      OK(ledger_delete_certificate(book->ledger, id, 0, NOW, 0, error));
  }
  commit(book);
  gboolean done = FALSE;
  OK(ledger_truncate(book->ledger, &done, error));
  g_assert_true(done);
  for (guint i = 0; i < keys; i++) {
    gsize length = 0;
    g_autoptr(GBytes) bytes = new_key_bytes(i);
    const guint8 *at = g_bytes_get_data(bytes, &length);
    gboolean kept = i % 2 == 1;
    for (gsize from = 0; from + 32 <= length; from += 32) {
      gboolean found = file_has(book->path, at + from, 32) || file_has(log, at + from, 32);
      /* A kept one may be cut by the end of a page. */
      if (!kept)
        g_assert_false(found);
      else if (length <= 160)
        g_assert_true(found);
    }
  }
}

/* Who reads meanwhile keeps the log from being emptied; that is said, not waited for. */
static void test_truncate_busy(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  add_order(book, "PO-1", "dv", 1, TRUE);
  commit(book);
  g_autoptr(Ledger) reader = NULL;
  OK(reader = ledger_open_reading(book->path, error));
  OK(ledger_begin_reading(reader, error));
  gint64 counts[LIFECYCLE_STATUS_N];
  OK(ledger_count_statuses(reader, counts, error));
  begin(book);
  add_order(book, "PO-2", "dv", 1, TRUE);
  commit(book);
  gboolean done = TRUE;
  OK(ledger_truncate(book->ledger, &done, error));
  g_assert_false(done);
  ledger_rollback(reader);
  OK(ledger_truncate(book->ledger, &done, error));
  g_assert_true(done);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  LEDGER_ADD("ending/withdraw", test_withdraw);
  LEDGER_ADD("ending/withdraw-reissue", test_withdraw_reissue);
  LEDGER_ADD("ending/revoke-serials", test_revoke_serials);
  LEDGER_ADD("ending/compromise", test_compromise);
  LEDGER_ADD("ending/outside-is-not-listed", test_outside_is_not_listed);
  LEDGER_ADD("ending/refunds", test_refunds);
  LEDGER_ADD("ending/delete", test_delete);
  LEDGER_ADD("ending/destroyed-bytes", test_destroyed_bytes);
  LEDGER_ADD("ending/truncate-busy", test_truncate_busy);
  return g_test_run();
}

/* The ledger as a whole: opening, orders and their certificates, what is undone, runs
 * and the time that never runs back. */
#include "ledger-test.h"

/* Opening */

static void test_open(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *nowhere = g_build_filename(book->folder, "nowhere.db", NULL);
  g_autoptr(GError) failed = NULL;
  g_assert_null(ledger_open(nowhere, FALSE, &failed));
  g_assert_error(failed, CERTDROP_ERROR, CERTDROP_ERROR_IO);
  g_assert_false(g_file_test(nowhere, G_FILE_TEST_EXISTS));
  g_clear_error(&failed);
  begin(book);
  add_order(book, "PO-1", "dv", 1, FALSE);
  commit(book);
  reopen(book);
  g_assert_cmpint(status_of(book, "PO-1.1"), ==, LIFECYCLE_STATUS_AWAITING_PAYMENT);
}

static void test_open_later_version(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  tamper(book, "UPDATE meta SET value = '99' WHERE name = 'schema'");
  g_autoptr(GError) failed = NULL;
  g_assert_null(ledger_open(book->path, TRUE, &failed));
  g_assert_error(failed, CERTDROP_ERROR, CERTDROP_ERROR_CORRUPT);
  g_assert_nonnull(strstr(failed->message, "version 99"));
}

static void test_open_damaged(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename(book->folder, "damaged.db", NULL);
  g_autofree char *nonsense = g_strnfill(8192, 'x');
  g_assert_true(g_file_set_contents(path, nonsense, 8192, NULL));
  g_autoptr(GError) failed = NULL;
  g_assert_null(ledger_open(path, TRUE, &failed));
  g_assert_error(failed, CERTDROP_ERROR, CERTDROP_ERROR_CORRUPT);
  g_assert_cmpint(error_exit_status(failed), ==, 74);
}

static void test_open_reading(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  add_order(book, "PO-1", "dv", 1, FALSE);
  commit(book);
  g_autoptr(GError) failed = NULL;
  g_autoptr(Ledger) reading = ledger_open_reading(book->path, &failed);
  g_assert_no_error(failed);
  g_autoptr(LifecycleOrder) order = NULL;
  g_assert_true(ledger_read_order(reading, "PO-1", &order, &failed));
  g_assert_nonnull(order);
  g_assert_false(ledger_put_number(reading, "x", 1, &failed));
  g_assert_error(failed, CERTDROP_ERROR, CERTDROP_ERROR_IO);
}

/* Orders and certificates */

static void test_orders(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  add_order(book, "PO-1", "dv", 3, FALSE);
  add_order(book, "PO-2", "free", 1, TRUE);
  commit(book);
  g_autoptr(LifecycleOrder) order = NULL;
  g_autoptr(LifecycleOrder) none = (LifecycleOrder *)g_new0(LifecycleOrder, 1);
  LifecycleOrder *unknown = none;
  OK(ledger_read_order(book->ledger, "PO-1", &order, error));
  OK(ledger_read_order(book->ledger, "PO-3", &unknown, error));
  g_assert_null(unknown);
  g_assert_cmpint(order->quantity, ==, 3);
  g_assert_cmpint(order->price, ==, 360000);
  g_assert_true(order->auto_renew);
  g_assert_false(order->paid);
  g_assert_cmpstr(order->product->id, ==, "dv");
  g_assert_cmpstr(order->currency, ==, "CNY");
  for (gint64 i = 1; i <= 3; i++) {
    g_autofree char *id = ids_certificate("PO-1", i);
    g_autoptr(LedgerCertificate) certificate = read_certificate(book, id);
    g_assert_cmpint(certificate->number, ==, i);
    g_assert_cmpint(certificate->status, ==, LIFECYCLE_STATUS_AWAITING_PAYMENT);
    g_assert_cmpstr(certificate->order, ==, "PO-1");
    g_assert_null(certificate->names);
    g_assert_null(certificate->serial);
    g_assert_false(certificate->has_key);
  }
  g_assert_cmpint(status_of(book, "PO-1.4"), ==, 0);
  g_assert_cmpint(status_of(book, "PO-2.1"), ==, LIFECYCLE_STATUS_PAID);
}

/* An order keeps its product as it was, whatever the catalogue says later. */
static void test_product_kept(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  add_order(book, "PO-1", "dv", 1, FALSE);
  ((Product *)catalog_find(book->world.catalog, "dv"))->price_per_year = 7;
  add_order(book, "PO-2", "dv", 1, FALSE);
  add_order(book, "PO-3", "dv", 1, FALSE);
  commit(book);
  reopen(book);
  static const gint64 prices[] = {120000, 7, 7};
  for (guint i = 0; i < G_N_ELEMENTS(prices); i++) {
    g_autofree char *ref = g_strdup_printf("PO-%u", i + 1);
    g_autoptr(LifecycleOrder) order = NULL;
    OK(ledger_read_order(book->ledger, ref, &order, error));
    g_assert_cmpint(order->product->price_per_year, ==, prices[i]);
  }
  g_assert_cmpint(number_of(book, "SELECT COUNT(*) FROM product"), ==, 2);
}

static void test_payment(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  RequestPayment *payment = new_payment(360000, "CNY");
  payment->ref = g_strdup("PAY-1");
  payment->order = g_strdup("PO-1");
  begin(book);
  add_order(book, "PO-1", "dv", 3, FALSE);
  set_status(book, "PO-1.2", LIFECYCLE_STATUS_REVOKED);
  OK(ledger_add_payment(book->ledger, "PO-1", payment, NOW + 1, 0, error));
  commit(book);
  record_free(&request_payment_record, payment);
  g_autoptr(LedgerOrder) order = NULL;
  OK(ledger_read_order_page(book->ledger, "PO-1", &order, error));
  g_assert_true(order->order->paid);
  g_assert_cmpint(order->created, ==, NOW);
  g_assert_cmpuint(order->payments->len, ==, 1);
  const RequestPayment *stored = g_ptr_array_index(order->payments, 0);
  g_assert_cmpstr(stored->ref, ==, "PAY-1");
  g_assert_cmpstr(stored->reference, ==, "TX-1");
  g_assert_cmpint(stored->amount, ==, 360000);
  g_assert_cmpint(status_of(book, "PO-1.1"), ==, LIFECYCLE_STATUS_PAID);
  g_assert_cmpint(status_of(book, "PO-1.2"), ==, LIFECYCLE_STATUS_REVOKED);
  g_assert_cmpint(status_of(book, "PO-1.3"), ==, LIFECYCLE_STATUS_PAID);
  LedgerOrder *none = order;
  OK(ledger_read_order_page(book->ledger, "PO-9", &none, error));
  g_assert_null(none);
}

static void test_moves(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  add_order(book, "PO-1", "dv", 1, FALSE);
  g_autoptr(GError) failed = NULL;
  g_assert_false(
      ledger_set_status(book->ledger, "PO-1.1", LIFECYCLE_STATUS_ISSUED, NOW, 0, &failed));
  g_assert_error(failed, CERTDROP_ERROR, CERTDROP_ERROR_BUG);
  g_clear_error(&failed);
  g_assert_false(ledger_set_status(book->ledger, "PO-9.1", LIFECYCLE_STATUS_PAID, NOW, 0, &failed));
  g_assert_error(failed, CERTDROP_ERROR, CERTDROP_ERROR_BUG);
  set_status(book, "PO-1.1", LIFECYCLE_STATUS_PAID);
  OK(ledger_set_status(book->ledger, "PO-1.1", LIFECYCLE_STATUS_PENDING_VERIFICATION, NOW + 5, 0,
                       error));
  set_status(book, "PO-1.1", LIFECYCLE_STATUS_VERIFICATION_FAILED);
  commit(book);
  g_autoptr(LedgerCertificate) certificate = read_certificate(book, "PO-1.1");
  g_assert_cmpint(certificate->status, ==, LIFECYCLE_STATUS_VERIFICATION_FAILED);
  g_assert_cmpint(certificate->submitted, ==, NOW + 5);
}

/* Undoing */

static void test_rollback(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  g_autoptr(LedgerFile) file = add_file(book, "a.xml", LEDGER_FILE_ACCEPTED);
  add_order(book, "PO-1", "dv", 2, FALSE);
  LifecycleOrder *order = NULL;
  OK(ledger_read_order(book->ledger, "PO-1", &order, error));
  const Product *borrowed = order->product;
  ledger_rollback(book->ledger);
  ledger_rollback(book->ledger); /* once more does no harm */
  g_assert_cmpint(status_of(book, "PO-1.1"), ==, 0);
  g_assert_cmpint(number_of(book, "SELECT COUNT(*) FROM log"), ==, 0);
  g_assert_cmpint(number_of(book, "SELECT COUNT(*) FROM product"), ==, 0);
  g_assert_cmpstr(borrowed->id, ==, "dv"); /* what was read may still be looked at */
  lifecycle_order_free(order);

  /* The numbers are used again, for something else. */
  begin(book);
  g_autoptr(LedgerFile) other = add_file(book, "b.xml", LEDGER_FILE_ACCEPTED);
  add_order(book, "PO-2", "free", 1, TRUE);
  OK(ledger_set_status(book->ledger, "PO-2.1", LIFECYCLE_STATUS_PENDING_VERIFICATION, NOW,
                       other->number, error));
  commit(book);
  assert_stale(book, LEDGER_STALE_CERTIFICATE, "PO-2.1");
  assert_stale(book, LEDGER_STALE_FILES, "0");
  OK(ledger_read_order(book->ledger, "PO-2", &order, error));
  g_assert_cmpstr(order->product->id, ==, "free");
  g_assert_cmpstr(borrowed->id, ==, "dv");
  lifecycle_order_free(order);
  g_autoptr(GPtrArray) entries = NULL;
  OK(entries = ledger_history(book->ledger, "PO-2.1", NULL, 10, error));
  g_assert_cmpstr(((const LedgerEntry *)entries->pdata[0])->file, ==, "b.xml");
  gint64 wrong = -1, count = 0;
  OK(ledger_check_log(book->ledger, &wrong, &count, error));
  g_assert_cmpint(wrong, ==, 0);
}

static char *next_held(Book *book, gint64 *position)
{
  g_autoptr(GBytes) item = NULL;
  OK(ledger_next_held_item(book->ledger, position, &item, error));
  return item != NULL ? g_strndup(g_bytes_get_data(item, NULL), g_bytes_get_size(item)) : NULL;
}

/* Items of an atomic batch that wait: in their order, whatever that of their coming. */
static void test_held(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr(GBytes) second = g_bytes_new_static("second", strlen("second"));
  g_autoptr(GBytes) first = g_bytes_new_static("first", strlen("first"));
  gint64 position = -1;
  begin(book);
  OK(ledger_hold_item(book->ledger, 7, second, error));
  OK(ledger_hold_item(book->ledger, 0, first, error));
  g_autofree char *one = next_held(book, &position);
  g_assert_cmpstr(one, ==, "first");
  g_assert_cmpint(position, ==, 0);
  OK(ledger_let_go_item(book->ledger, position, error));
  g_autofree char *two = next_held(book, &position);
  g_assert_cmpstr(two, ==, "second");
  g_assert_cmpint(position, ==, 7);
  g_assert_null(next_held(book, &position));
  position = -1;
  g_autofree char *again = next_held(book, &position);
  g_assert_cmpstr(again, ==, "second");
  ledger_rollback(book->ledger);
  position = -1;
  g_assert_null(next_held(book, &position));
}

/* A document in parts: all there, in their order; one that is missing is said. */
static void test_parts(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  LedgerOutput output = {.kind = LEDGER_OUTPUT_DOCUMENT,
                         .receipt = TRUE,
                         .path = (char *)"outbox/receipts/a.xml.receipt.xml",
                         .sha256 = (char *)""};
  const char *const contents[] = {"<receipt>", "<item/>", "</receipt>"};
  begin(book);
  OK(ledger_add_output(book->ledger, &output, error));
  for (gsize i = 0; i < G_N_ELEMENTS(contents); i++) {
    g_autoptr(GBytes) part = g_bytes_new_static(contents[i], strlen(contents[i]));
    OK(ledger_add_output_part(book->ledger, &output, part, error));
  }
  output.sha256 = (char *)"digest";
  OK(ledger_end_output_parts(book->ledger, &output, error));
  commit(book);
  g_autoptr(GPtrArray) pending = NULL;
  OK(pending = ledger_pending_outputs(book->ledger, 10, error));
  g_assert_cmpuint(pending->len, ==, 1);
  const LedgerOutput *row = g_ptr_array_index(pending, 0);
  g_assert_cmpint(row->parts, ==, 3);
  g_assert_cmpstr(row->sha256, ==, "digest");
  g_assert_null(row->content);
  for (gsize i = 0; i < G_N_ELEMENTS(contents); i++) {
    g_autoptr(GBytes) part = NULL;
    OK(part = ledger_read_output_part(book->ledger, row->number, (gint64)i, error));
    g_assert_cmpmem(g_bytes_get_data(part, NULL), g_bytes_get_size(part), contents[i],
                    strlen(contents[i]));
  }
  g_autoptr(GError) missing = NULL;
  g_assert_null(ledger_read_output_part(book->ledger, row->number, 3, &missing));
  g_assert_error(missing, CERTDROP_ERROR, CERTDROP_ERROR_CORRUPT);
}

/* Runs and time */

static void test_present(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    gint64 clock, present;
  } cases[] = {
      {NOW, NOW}, {NOW + 1, NOW + 1}, {NOW - 1, NOW}, {NOW - 300, NOW}, {NOW - 301, -1}, {0, -1},
  };
  gint64 present = 0;
  OK(ledger_present(book->ledger, 0, &present, error)); /* before the first run anything goes */
  g_assert_cmpint(present, ==, 0);
  g_assert_cmpint(ledger_report_time(book->ledger), ==, 0);
  LedgerRun run = {0};
  begin(book);
  OK(ledger_begin_run(book->ledger, NOW, &run, error));
  commit(book);
  g_assert_cmpint(ledger_report_time(book->ledger), ==, NOW);
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) failed = NULL;
    present = -1;
    gboolean ok = ledger_present(book->ledger, cases[i].clock, &present, &failed);
    g_assert_cmpint(ok, ==, cases[i].present >= 0);
    g_assert_cmpint(present, ==, cases[i].present);
    if (!ok)
      g_assert_error(failed, CERTDROP_ERROR, CERTDROP_ERROR_USAGE);
  }
}

static void test_runs(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  for (gint64 i = 1; i <= 3; i++) {
    LedgerRun run = {0};
    OK(ledger_begin_run(book->ledger, NOW + i, &run, error));
    g_assert_cmpint(run.number, ==, i);
    run.milliseconds = 1000 * i;
    run.accepted = i;
    run.rejected = 2 * i;
    run.waiting = 3 * i;
    run.items = 4 * i;
    run.issued = 5 * i;
    run.expired = 6 * i;
    run.renewed = 7 * i;
    OK(ledger_end_run(book->ledger, &run, error));
  }
  commit(book);
  g_autoptr(GPtrArray) runs = NULL;
  OK(runs = ledger_last_runs(book->ledger, 2, error));
  g_assert_cmpuint(runs->len, ==, 2);
  const LedgerRun *last = g_ptr_array_index(runs, 0), *before = g_ptr_array_index(runs, 1);
  g_assert_cmpint(last->number, ==, 3);
  g_assert_cmpint(last->milliseconds, ==, 0); /* shows from the next run on */
  g_assert_cmpint(before->milliseconds, ==, 2000);
  g_assert_cmpint(last->started, ==, NOW + 3);
  g_assert_cmpint(last->rejected, ==, 6);
  g_assert_cmpint(last->renewed, ==, 21);
  g_assert_cmpint(ledger_report_time(book->ledger), ==, NOW + 3);
}

static void test_numbers(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  gint64 number = 7;
  OK(ledger_read_number(book->ledger, "due", &number, error));
  g_assert_cmpint(number, ==, 0);
  OK(ledger_put_number(book->ledger, "due", G_MAXINT64, error));
  OK(ledger_put_number(book->ledger, "other", -5, error));
  OK(ledger_read_number(book->ledger, "due", &number, error));
  g_assert_cmpint(number, ==, G_MAXINT64);
  OK(ledger_put_number(book->ledger, "due", 3, error));
  OK(ledger_read_number(book->ledger, "due", &number, error));
  g_assert_cmpint(number, ==, 3);
  OK(ledger_read_number(book->ledger, "other", &number, error));
  g_assert_cmpint(number, ==, -5);
}

/* What another process writes meanwhile waits, and what is not committed is not seen. */
static void test_two(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr(Ledger) reading = NULL;
  OK(reading = ledger_open_reading(book->path, error));
  begin(book);
  add_order(book, "PO-1", "dv", 1, FALSE);
  LifecycleOrder *order = NULL;
  OK(ledger_read_order(reading, "PO-1", &order, error));
  g_assert_null(order);
  commit(book);
  OK(ledger_read_order(reading, "PO-1", &order, error));
  g_assert_nonnull(order);
  lifecycle_order_free(order);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  LEDGER_ADD("open", test_open);
  LEDGER_ADD("open/later-version", test_open_later_version);
  LEDGER_ADD("open/damaged", test_open_damaged);
  LEDGER_ADD("open/reading", test_open_reading);
  LEDGER_ADD("orders", test_orders);
  LEDGER_ADD("product-kept", test_product_kept);
  LEDGER_ADD("payment", test_payment);
  LEDGER_ADD("moves", test_moves);
  LEDGER_ADD("rollback", test_rollback);
  LEDGER_ADD("held", test_held);
  LEDGER_ADD("parts", test_parts);
  LEDGER_ADD("present", test_present);
  LEDGER_ADD("runs", test_runs);
  LEDGER_ADD("numbers", test_numbers);
  LEDGER_ADD("two", test_two);
  return g_test_run();
}

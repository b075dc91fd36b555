/* The pages as a whole, on a ledger of their own: step by step they become what
 * they are when made anew (I6), lead somewhere, and show no more than they may. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "ledger-test.h"
#include "reports/reports.h"

typedef struct {
  Book book;
  ReportsContext context;
  LedgerRun run;
  gint64 now;
} Site;

static void site_set_up(Site *site, gconstpointer data)
{
  book_set_up(&site->book, data);
  site->context =
      (ReportsContext){.ledger = site->book.ledger,
                       .configuration = site->book.world.configuration,
                       .catalog = site->book.world.catalog,
                       .root = open(site->book.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                       .threads = 3};
  g_assert_cmpint(site->context.root, >=, 0);
  site->now = NOW;
}

static void site_tear_down(Site *site, gconstpointer data)
{
  close(site->context.root);
  book_tear_down(&site->book, data);
}

/* Steps of a history */

static void begin_run(Site *site)
{
  OK(ledger_begin(site->book.ledger, error));
  OK(ledger_begin_run(site->book.ledger, site->now, &site->run, error));
}

static guint refresh(Site *site)
{
  guint written = 0;
  g_autoptr(GPtrArray) stale = NULL;
  OK(stale = ledger_stale_pages(site->book.ledger, error));
  OK(reports_refresh(&site->context, stale, &written, error));
  return written;
}

/* Ends the run as the keeper does: its counts before the pages, its length after. */
static guint end_run(Site *site)
{
  site->run.accepted = 3;
  OK(ledger_end_run(site->book.ledger, &site->run, error));
  OK(ledger_commit(site->book.ledger, error));
  guint written = refresh(site);
  OK(ledger_begin(site->book.ledger, error));
  OK(ledger_put_stale_aside(site->book.ledger, error));
  site->run.milliseconds = 1234;
  OK(ledger_end_run(site->book.ledger, &site->run, error));
  OK(ledger_commit(site->book.ledger, error));
  site->now += DAY;
  return written;
}

static gint64 put_file(Site *site, const char *name, LedgerFileState state, const LedgerItem *item,
                       const char *fault)
{
  g_autoptr(GPtrArray) faults = fault_array_new();
  if (fault != NULL)
    fault_add(faults, "xml-value", 7, "name", "%s", fault);
  LedgerFile file = {.name = (char *)name,
                     .sha256 = (char *)"hash",
                     .identity = (char *)"identity",
                     .state = state,
                     .first_seen = site->now,
                     .decided = state == LEDGER_FILE_WAITING ? 0 : site->now,
                     .run = site->run.number,
                     .faults = faults};
  OK(ledger_put_file(site->book.ledger, &file, error));
  OK(ledger_end_try(site->book.ledger, file.number, error));
  if (item != NULL) {
    LedgerItem stored = *item;
    stored.file = file.number;
    OK(ledger_put_item(site->book.ledger, &stored, error));
  }
  return file.number;
}

static void order(Site *site, const char *ref, const char *product, gint64 quantity)
{
  g_autofree char *name = g_strdup_printf("%s.xml", ref);
  const LedgerItem item = {.kind = REQUEST_KIND_ORDER,
                           .ref = (char *)ref,
                           .outcome = LIFECYCLE_OUTCOME_ACCEPTED,
                           .subject = (char *)ref};
  gint64 file = put_file(site, name, LEDGER_FILE_ACCEPTED, &item, NULL);
  const LifecycleOrder order = {.ref = (char *)ref,
                                .product = catalog_find(site->book.world.catalog, product),
                                .quantity = quantity,
                                .years = 1,
                                .name_count = 1,
                                .price = 120000 * quantity,
                                .currency = (char *)"CNY"};
  OK(ledger_add_order(site->book.ledger, &order, site->now, file, error));
}

static void pay(Site *site, const char *ref)
{
  const RequestPayment payment = {
      .reference = (char *)"TX-991", .amount = 120000, .currency = (char *)"CNY"};
  OK(ledger_add_payment(site->book.ledger, ref, &payment, site->now, 0, error));
}

static void move(Site *site, const char *certificate, LifecycleStatus status)
{
  OK(ledger_set_status(site->book.ledger, certificate, status, site->now, 0, error));
}

/* TEXT stands in every field of the application that takes any text. */
static void apply(Site *site, const char *certificate, const char *text)
{
  RequestApplication *application = record_new(&request_application_record);
  application->domains = g_strsplit("www.example.test pay.example.test", " ", -1);
  application->applicant = g_new0(RequestApplicant, 1);
  application->applicant->name = g_strdup(text);
  application->applicant->phone = g_strdup("+86 571 5550 1234");
  application->applicant->email = g_strdup("applicant.one@example.test");
  application->applicant->id_number = g_strdup("330100199001011234");
  application->company = g_new0(RequestCompany, 1);
  application->company->name = g_strdup(text);
  application->company->address = g_strdup(text);
  OK(ledger_put_application(site->book.ledger, certificate, "APP-1", application,
                            application->domains, LIFECYCLE_APPLICATION_SUBMITTED, site->now, 0,
                            error));
  record_free(&request_application_record, application);
  move(site, certificate, LIFECYCLE_STATUS_PENDING_VERIFICATION);
}

static void issue(Site *site, const char *certificate)
{
  char *names[] = {(char *)"www.example.test", (char *)"pay.example.test", NULL};
  g_autofree char *sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, certificate, -1);
  g_autofree char *serial = g_ascii_strup(sha256, 32);
  g_autoptr(GBytes) bytes = g_bytes_new_static("bytes", 5);
  const LedgerIssue issued = {.certificate = (char *)certificate,
                              .serial = serial,
                              .not_before = site->now,
                              .not_after = site->now + 30 * DAY - 1,
                              .term_end = site->now + 365 * DAY,
                              .names = names,
                              .der = bytes,
                              .sha256 = sha256,
                              .spki_sha256 = sha256,
                              .key_kind = (char *)"ec-p256",
                              .wrapped_key = bytes};
  move(site, certificate, LIFECYCLE_STATUS_ISSUED);
  OK(ledger_add_issue(site->book.ledger, &issued, site->now, 0, error));
  g_autofree char *path = g_strdup_printf("outbox/certificates/%s/%s_www.example.test_pem.zip",
                                          certificate, certificate);
  LedgerOutput output = {.kind = LEDGER_OUTPUT_ARCHIVE,
                         .path = path,
                         .certificate = (char *)certificate,
                         .format = (char *)"pem",
                         .sha256 = (char *)"hash"};
  OK(ledger_add_output(site->book.ledger, &output, error));
}

/* What lies under reports/: path → content. */
static void read_tree(const char *root, const char *below, GHashTable *files)
{
  g_autofree char *path = g_build_filename(root, below, NULL);
  g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
  for (const char *name; folder != NULL && (name = g_dir_read_name(folder)) != NULL;) {
    g_autofree char *child = *below != '\0' ? g_build_filename(below, name, NULL) : g_strdup(name);
    g_autofree char *file = g_build_filename(root, child, NULL);
    char *content = NULL;
    if (g_file_test(file, G_FILE_TEST_IS_DIR))
      read_tree(root, child, files);
    else if (g_file_get_contents(file, &content, NULL, NULL))
      g_hash_table_insert(files, g_steal_pointer(&child), content);
  }
}

static GHashTable *read_pages(const Site *site)
{
  GHashTable *files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *root = g_build_filename(site->book.folder, "reports", NULL);
  read_tree(root, "", files);
  return files;
}

static void assert_same_pages(GHashTable *one, GHashTable *two)
{
  GHashTableIter iter;
  gpointer path, content;
  g_hash_table_iter_init(&iter, one);
  while (g_hash_table_iter_next(&iter, &path, &content)) {
    if (g_strcmp0(content, g_hash_table_lookup(two, path)) != 0)
      g_test_message("differs: %s", (char *)path);
    g_assert_cmpstr(content, ==, g_hash_table_lookup(two, path));
  }
  g_assert_cmpuint(g_hash_table_size(one), ==, g_hash_table_size(two));
}

/* Every link of every page leads to a file that is there, or out of reports/. */
static void assert_links_lead_somewhere(GHashTable *pages)
{
  g_autoptr(GRegex) link =
      g_regex_new("(?:href=\"|\\]\\()([^\")#]*)(?:#[^\")]*)?[\")]", 0, 0, NULL);
  GHashTableIter iter;
  gpointer path, content;
  guint links = 0;
  g_hash_table_iter_init(&iter, pages);
  while (g_hash_table_iter_next(&iter, &path, &content)) {
    if (g_str_has_suffix(path, ".js"))
      continue;
    g_autofree char *folder = g_path_get_dirname(path);
    g_autoptr(GMatchInfo) match = NULL;
    for (g_regex_match(link, content, 0, &match); g_match_info_matches(match);
         g_match_info_next(match, NULL)) {
      g_autofree char *address = g_match_info_fetch(match, 1);
      if (*address == '\0' || strstr(address, "box/") != NULL)
        continue;
      g_autofree char *from = g_strdup_printf("/%s", folder);
      g_autofree char *target = g_canonicalize_filename(address, from);
      if (g_hash_table_lookup(pages, target + 1) == NULL)
        g_test_message("%s leads to %s", (char *)path, address);
      g_assert_nonnull(g_hash_table_lookup(pages, target + 1));
      links++;
    }
  }
  g_assert_cmpuint(links, >, 100);
}

static void test_empty(Site *site, gconstpointer data G_GNUC_UNUSED)
{
  guint written = 0;
  OK(reports_make_all(&site->context, &written, error));
  g_assert_cmpuint(written, >, 40);
  g_autoptr(GHashTable) pages = read_pages(site);
  g_assert_nonnull(g_hash_table_lookup(pages, "index.html"));
  g_assert_nonnull(g_hash_table_lookup(pages, "status/refunded/index.md"));
  assert_links_lead_somewhere(pages);
  OK(reports_make_all(&site->context, &written, error));
  g_assert_cmpuint(written, ==, 0);
}

/* One step on a random certificate. */
static void take_step(Site *site, GRand *random, guint orders)
{
  g_autofree char *ref = g_strdup_printf("PO-%d", g_rand_int_range(random, 0, (gint)orders));
  g_autofree char *id = g_strdup_printf("%s.1", ref);
  g_autoptr(LedgerCertificate) certificate = NULL;
  OK(ledger_read_certificate(site->book.ledger, id, &certificate, error));
  switch (certificate->status) {
  case LIFECYCLE_STATUS_AWAITING_PAYMENT:
    pay(site, ref);
    break;
  case LIFECYCLE_STATUS_PAID:
  case LIFECYCLE_STATUS_VERIFICATION_FAILED:
    apply(site, id, "Example | ~Operations~");
    break;
  case LIFECYCLE_STATUS_PENDING_VERIFICATION:
    if (g_rand_boolean(random))
      issue(site, id);
    else
      move(site, id, LIFECYCLE_STATUS_VERIFICATION_FAILED);
    break;
  case LIFECYCLE_STATUS_ISSUED:
    move(site, id, LIFECYCLE_STATUS_REVOKED);
    break;
  default:
    break;
  }
}

/* A random history of many runs, refreshed after each, ends in the pages that are
 * made anew; and what is unchanged is not written again. */
static void test_step_by_step(Site *site, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr(GRand) random = g_rand_new_with_seed(4711);
  guint orders = 0;
  for (guint round = 0; round < 20; round++) {
    begin_run(site);
    guint moved = 0;
    OK(ledger_expire(site->book.ledger, site->now, &moved, error));
    for (guint i = 0; i < 17; i++, orders++) {
      g_autofree char *ref = g_strdup_printf("PO-%u", orders);
      order(site, ref, orders % 3 == 0 ? "ov" : "dv", orders % 50 == 49 ? 3 : 1);
    }
    for (guint i = 0; i < 60; i++)
      take_step(site, random, orders);
    const LedgerItem waiting = {.kind = REQUEST_KIND_PAYMENT,
                                .ref = (char *)"PAY-1",
                                .outcome = LIFECYCLE_OUTCOME_WAITING,
                                .waits_for = (char *)"PO-9000"};
    put_file(site, "later.xml", LEDGER_FILE_WAITING, &waiting, NULL);
    put_file(site, "wrong.xml", LEDGER_FILE_REJECTED, NULL, "a name with <b>");
    end_run(site);
    if (round % 5 != 4)
      continue;
    g_autoptr(GHashTable) stepped = read_pages(site);
    guint written = 1;
    OK(reports_make_all(&site->context, &written, error));
    g_assert_cmpuint(written, ==, 0);
    g_autoptr(GHashTable) anew = read_pages(site);
    assert_same_pages(stepped, anew);
  }
  g_autoptr(GHashTable) pages = read_pages(site);
  assert_links_lead_somewhere(pages);
  g_assert_cmpuint(refresh(site), ==, 0);
}

/* Lists that empty block by block: pages go, and no link leads to one that went. */
static void test_lists_that_empty(Site *site, gconstpointer data G_GNUC_UNUSED)
{
  begin_run(site);
  for (guint i = 0; i < 350; i++) {
    g_autofree char *ref = g_strdup_printf("PO-%u", i);
    order(site, ref, "dv", 1);
  }
  end_run(site);
  static const guint blocks[] = {1, 3, 0, 2};
  for (guint k = 0; k < G_N_ELEMENTS(blocks); k++) {
    begin_run(site);
    for (guint i = blocks[k] * LEDGER_BLOCK_SIZE; i < MIN((blocks[k] + 1) * LEDGER_BLOCK_SIZE, 350);
         i++) {
      g_autofree char *ref = g_strdup_printf("PO-%u", i);
      g_autofree char *id = g_strdup_printf("PO-%u.1", i);
      pay(site, ref);
      apply(site, id, "Example");
      issue(site, id);
    }
    end_run(site);
    g_autoptr(GHashTable) pages = read_pages(site);
    g_autofree char *gone = g_strdup_printf("unissued/%u.html", blocks[k]);
    g_assert_null(g_hash_table_lookup(pages, gone));
    assert_links_lead_somewhere(pages);
    OK(reports_make_all(&site->context, NULL, error));
    g_autoptr(GHashTable) anew = read_pages(site);
    assert_same_pages(pages, anew);
  }
}

/* A status has one page: the newest, and where the others stand. */
static void test_page_of_a_status(Site *site, gconstpointer data G_GNUC_UNUSED)
{
  begin_run(site);
  for (guint i = 0; i < 620; i++) {
    g_autofree char *ref = g_strdup_printf("PO-%u", i);
    order(site, ref, "dv", 1);
    if (i >= 590 || (i >= 200 && i < 300))
      pay(site, ref);
  }
  end_run(site);
  g_autoptr(GHashTable) pages = read_pages(site);
  const char *page = g_hash_table_lookup(pages, "status/awaiting-payment/index.md");
  g_assert_nonnull(strstr(page, "/PO-589.1.md"));
  g_assert_nonnull(strstr(page, "/PO-490.1.md"));
  g_assert_null(strstr(page, "/PO-489.1.md"));
  g_assert_nonnull(strstr(page, "[301 to 500](../../list/4.md) · [1 to 200](../../list/1.md)"));
  page = g_hash_table_lookup(pages, "status/paid/index.md");
  g_assert_nonnull(strstr(page, "/PO-619.1.md"));
  g_assert_nonnull(strstr(page, "/PO-230.1.md"));
  g_assert_null(strstr(page, "/PO-229.1.md"));
  g_assert_nonnull(strstr(page, "[201 to 300](../../list/2.md)"));
  g_assert_null(g_hash_table_lookup(pages, "status/paid/2.md"));
}

/* The cost of a change is that of what it touches (I8). */
static void test_few_pages(Site *site, gconstpointer data G_GNUC_UNUSED)
{
  begin_run(site);
  for (guint i = 0; i < 500; i++) {
    g_autofree char *ref = g_strdup_printf("PO-%u", i);
    order(site, ref, "dv", 1);
  }
  guint all = end_run(site);
  g_assert_cmpuint(all, >, 1000);
  begin_run(site);
  pay(site, "PO-7");
  /* In both forms: its page; its block in the list and in unissued; its two statuses. The newest
   * entries of the activity and of the month's spending, each with its index, and the months;
   * the overview. */
  g_assert_cmpuint(end_run(site), <=, 10 + 20);
}

static void test_sweep(Site *site, gconstpointer data G_GNUC_UNUSED)
{
  begin_run(site);
  order(site, "PO-1", "dv", 1);
  end_run(site);
  static const char *const without_reason[] = {
      "certificate/NOBODY.1.html", "certificate/NOBODY.1.md",   "list/7.html",
      "status/issued/0.md",        "request/no-such-kind.html", "list/.certdrop-left-over"};
  static const char *const with_reason[] = {"README.md", "list/notes.txt", "list/note.html"};
  for (guint i = 0; i < G_N_ELEMENTS(without_reason); i++) {
    g_autofree char *path = g_build_filename("reports", without_reason[i], NULL);
    OK(file_write(site->context.root, path, "x", 1, 0644, error));
  }
  for (guint i = 0; i < G_N_ELEMENTS(with_reason); i++) {
    g_autofree char *path = g_build_filename("reports", with_reason[i], NULL);
    OK(file_write(site->context.root, path, "x", 1, 0644, error));
  }
  OK(reports_make_all(&site->context, NULL, error));
  g_autoptr(GHashTable) pages = read_pages(site);
  for (guint i = 0; i < G_N_ELEMENTS(without_reason); i++)
    g_assert_null(g_hash_table_lookup(pages, without_reason[i]));
  for (guint i = 0; i < G_N_ELEMENTS(with_reason); i++)
    g_assert_nonnull(g_hash_table_lookup(pages, with_reason[i]));
  g_assert_nonnull(g_hash_table_lookup(pages, "certificate/PO-1.1.md"));
}

/* Phone and ID number of a person are on no page, the e-mail address not whole. */
static void test_masks(Site *site, gconstpointer data G_GNUC_UNUSED)
{
  begin_run(site);
  order(site, "PO-1", "ov", 1);
  pay(site, "PO-1");
  apply(site, "PO-1.1", "Applicant One");
  end_run(site);
  g_autoptr(GHashTable) pages = read_pages(site);
  static const char *const hidden[] = {"330100199001011234", "5550 1234",
                                       "applicant.one@example.test"};
  GHashTableIter iter;
  gpointer content;
  g_hash_table_iter_init(&iter, pages);
  while (g_hash_table_iter_next(&iter, NULL, &content))
    for (guint i = 0; i < G_N_ELEMENTS(hidden); i++)
      g_assert_null(strstr(content, hidden[i]));
  const char *page = g_hash_table_lookup(pages, "certificate/PO-1.1.html");
  g_assert_nonnull(strstr(page, "••••••••••••••1234"));
  g_assert_nonnull(strstr(page, "a•••@example.test"));
  g_assert_nonnull(strstr(page, "Applicant One"));
}

static void test_show(Site *site, gconstpointer data G_GNUC_UNUSED)
{
  begin_run(site);
  order(site, "PO-1", "dv", 2);
  end_run(site);
  g_autofree char *certificate = NULL, *order = NULL, *none = NULL;
  OK(reports_certificate_markdown(&site->context, "PO-1.2", &certificate, error));
  g_assert_true(g_str_has_prefix(certificate, "# Certificate PO-1.2\n"));
  g_assert_nonnull(strstr(certificate, "Awaiting payment"));
  OK(reports_order_markdown(&site->context, "PO-1", &order, error));
  g_assert_true(g_str_has_prefix(order, "# Order PO-1\n"));
  g_assert_nonnull(strstr(order, "`PO-1.2`"));
  OK(reports_certificate_markdown(&site->context, "PO-1.3", &none, error));
  g_assert_null(none);
  OK(reports_order_markdown(&site->context, "PO-2", &none, error));
  g_assert_null(none);
}

/* What cannot be written is told, and the next call does it. */
static void test_write_fails(Site *site, gconstpointer data G_GNUC_UNUSED)
{
  begin_run(site);
  order(site, "PO-1", "dv", 1);
  end_run(site);
  g_autofree char *path =
      g_build_filename(site->book.folder, "reports/certificate/PO-1.1.html", NULL);
  g_assert_no_errno(g_unlink(path));
  g_assert_no_errno(g_mkdir(path, 0700));
  g_autoptr(GError) failed = NULL;
  g_assert_false(reports_make_all(&site->context, NULL, &failed));
  g_assert_error(failed, CERTDROP_ERROR, CERTDROP_ERROR_IO);
  g_assert_nonnull(strstr(failed->message, "PO-1.1.html"));
  g_assert_no_errno(g_rmdir(path));
  OK(reports_make_all(&site->context, NULL, error));
  g_assert_true(g_file_test(path, G_FILE_TEST_IS_REGULAR));
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  static const struct {
    const char *name;
    void (*test)(Site *site, gconstpointer data);
  } tests[] = {
      {"/reports/pages/empty", test_empty},
      {"/reports/pages/step-by-step", test_step_by_step},
      {"/reports/pages/lists-that-empty", test_lists_that_empty},
      {"/reports/pages/page-of-a-status", test_page_of_a_status},
      {"/reports/pages/few-pages", test_few_pages},
      {"/reports/pages/sweep", test_sweep},
      {"/reports/pages/masks", test_masks},
      {"/reports/pages/show", test_show},
      {"/reports/pages/write-fails", test_write_fails},
  };
  for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
    g_test_add(tests[i].name, Site, NULL, site_set_up, tests[i].test, site_tear_down);
  return g_test_run();
}

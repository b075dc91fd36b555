/* Files of the inbox and their items: names and numbers, waiting and waking. */
#include "ledger-test.h"

static void test_file_names(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *name;
    guint number;
  } cases[] = {
      {"monday.xml", 1},
      {"monday.xml", 2},
      {"tuesday.xml", 1},
      {"monday.xml", 3},
      /* The second monday.xml is kept as monday.2.xml, so a file of that name is not. */
      {"monday.2.xml", 2},
      {"wednesday.2.xml", 1},
      {"wednesday.xml", 1},
      {"wednesday.xml", 3},
      {"a.tar.gz", 1},
      {"a.tar.gz", 2},
      {"a.2.tar.gz", 2},
      /* monday.xml.error.md may lie beside monday.xml already. */
      {"monday.xml.error.md", 2},
      {"later.xml.error.md", 1},
      {"later.xml", 2},
      {"README.x", 1},
  };
  begin(book);
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(LedgerFile) file = add_file(book, cases[i].name, LEDGER_FILE_ACCEPTED);
    g_test_message("%s", cases[i].name);
    g_assert_cmpint(file->number, ==, i + 1);
    g_assert_cmpuint(file->name_number, ==, cases[i].number);
  }
  commit(book);
}

static void test_file_round_trip(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  g_autoptr(LedgerFile) file = add_file(book, "a.xml", LEDGER_FILE_WAITING);
  add_item(book, file->number, 0, LIFECYCLE_OUTCOME_WAITING, "PO-1");
  g_autoptr(LedgerFile) found = NULL;
  OK(ledger_find_waiting_file(book->ledger, "a.xml", &found, error));
  g_assert_cmpint(found->number, ==, file->number);
  g_assert_cmpstr(found->identity, ==, "identity");
  g_assert_cmpint(found->first_seen, ==, NOW);
  g_assert_cmpstr(found->waits_for, ==, "PO-1");
  g_assert_false(found->ready);
  file->state = LEDGER_FILE_REJECTED;
  file->decided = NOW + 9;
  file->run = 2;
  g_free(file->sha256);
  file->sha256 = g_strdup("another hash");
  file->faults = fault_array_new();
  fault_add(file->faults, "encoding", 3, NULL, "not UTF-8");
  OK(ledger_put_file(book->ledger, file, error));
  commit(book);
  LedgerFile *none = found;
  OK(ledger_find_waiting_file(book->ledger, "a.xml", &none, error));
  g_assert_null(none);
  g_autoptr(GPtrArray) rejected = NULL;
  OK(rejected = ledger_rejected_files(book->ledger, 10, error));
  g_assert_cmpuint(rejected->len, ==, 1);
  const LedgerFile *stored = g_ptr_array_index(rejected, 0);
  g_assert_cmpstr(stored->name, ==, "a.xml");
  g_assert_cmpstr(stored->sha256, ==, "another hash");
  g_assert_cmpint(stored->decided, ==, NOW + 9);
  g_assert_cmpint(stored->run, ==, 2);
  g_assert_cmpuint(stored->name_number, ==, 1);
  g_assert_cmpuint(stored->faults->len, ==, 1);
}

/* The names of the files that are ready, joined by commas. */
static char *ready_files(Book *book, gint64 deadline)
{
  g_autoptr(GPtrArray) files = NULL;
  OK(files = ledger_ready_files(book->ledger, deadline, error));
  GString *names = g_string_new(NULL);
  for (guint i = 0; i < files->len; i++) {
    const LedgerFile *file = g_ptr_array_index(files, i);
    g_assert_cmpint(file->state, ==, LEDGER_FILE_WAITING);
    g_string_append_printf(names, "%s%s", i > 0 ? "," : "", file->name);
  }
  return g_string_free(names, FALSE);
}

static void assert_ready(Book *book, gint64 deadline, const char *names)
{
  g_autofree char *found = ready_files(book, deadline);
  g_assert_cmpstr(found, ==, names);
}

static void test_wake(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  g_autoptr(LedgerFile) b = add_file(book, "b.xml", LEDGER_FILE_WAITING);
  g_autoptr(LedgerFile) a = add_file(book, "a.xml", LEDGER_FILE_WAITING);
  g_autoptr(LedgerFile) c = add_file(book, "c.xml", LEDGER_FILE_WAITING);
  g_autoptr(LedgerFile) done = add_file(book, "d.xml", LEDGER_FILE_ACCEPTED);
  add_item(book, b->number, 0, LIFECYCLE_OUTCOME_WAITING, "PO-1");
  add_item(book, a->number, 0, LIFECYCLE_OUTCOME_WAITING, "PO-1.2"); /* a certificate of it */
  add_item(book, c->number, 0, LIFECYCLE_OUTCOME_WAITING, "PO-11");
  add_item(book, c->number, 1, LIFECYCLE_OUTCOME_ACCEPTED, NULL);
  add_item(book, done->number, 0, LIFECYCLE_OUTCOME_ACCEPTED, NULL);
  assert_ready(book, G_MININT64, "");
  OK(ledger_wake(book->ledger, "PO-1", error));
  assert_ready(book, G_MININT64, "a.xml,b.xml");
  /* A try that ends takes the readiness away, one that was woken in between keeps it. */
  OK(ledger_begin_try(book->ledger, a->number, error));
  OK(ledger_begin_try(book->ledger, b->number, error));
  OK(ledger_wake(book->ledger, "PO-1", error));
  OK(ledger_begin_try(book->ledger, a->number, error));
  OK(ledger_end_try(book->ledger, a->number, error));
  OK(ledger_end_try(book->ledger, b->number, error));
  assert_ready(book, G_MININT64, "b.xml");
  /* A try that never ended is made again. */
  OK(ledger_begin_try(book->ledger, c->number, error));
  assert_ready(book, G_MININT64, "b.xml,c.xml");
  commit(book);
}

static void test_deadline(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  g_autoptr(LedgerFile) a = add_file(book, "a.xml", LEDGER_FILE_WAITING);
  g_autoptr(LedgerFile) b = add_file(book, "b.xml", LEDGER_FILE_WAITING);
  b->first_seen = NOW + 1;
  OK(ledger_put_file(book->ledger, b, error));
  assert_ready(book, NOW - 1, "");
  assert_ready(book, NOW, "a.xml");
  assert_ready(book, NOW + 1, "a.xml,b.xml");
  commit(book);
}

/* What the items of a dropped file did stays; if they did nothing, so did the file. */
static void test_drop(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  g_autoptr(LedgerFile) some = add_file(book, "some.xml", LEDGER_FILE_WAITING);
  g_autoptr(LedgerFile) nothing = add_file(book, "nothing.xml", LEDGER_FILE_WAITING);
  g_autoptr(LedgerFile) decided = add_file(book, "decided.xml", LEDGER_FILE_ACCEPTED);
  add_item(book, some->number, 0, LIFECYCLE_OUTCOME_ACCEPTED, NULL);
  add_item(book, some->number, 1, LIFECYCLE_OUTCOME_WAITING, "PO-9");
  add_item(book, nothing->number, 0, LIFECYCLE_OUTCOME_WAITING, "PO-9");
  OK(ledger_drop_waiting_file(book->ledger, some->number, error));
  OK(ledger_drop_waiting_file(book->ledger, nothing->number, error));
  OK(ledger_drop_waiting_file(book->ledger, decided->number, error));
  commit(book);
  gint64 count = -1, items = -1, rejected = -1;
  g_autoptr(GPtrArray) waiting = NULL;
  OK(waiting = ledger_waiting_files(book->ledger, 10, &count, error));
  g_assert_cmpint(count, ==, 0);
  OK(ledger_count_items(book->ledger, some->number, &items, &rejected, error));
  g_assert_cmpint(items, ==, 1);
  g_autoptr(GPtrArray) files = NULL;
  OK(files = ledger_files_in_block(book->ledger, 0, error));
  g_assert_cmpuint(files->len, ==, 2);
  g_assert_cmpstr(((const LedgerFile *)files->pdata[0])->name, ==, "decided.xml");
  g_assert_cmpint(((const LedgerFile *)files->pdata[1])->state, ==, LEDGER_FILE_PARTLY);
  OK(ledger_wake(book->ledger, "PO-9", error));
  assert_ready(book, G_MAXINT64, "");
  /* The name is free again, and it is the first of its name. */
  begin(book);
  g_autoptr(LedgerFile) again = add_file(book, "nothing.xml", LEDGER_FILE_WAITING);
  g_assert_cmpuint(again->name_number, ==, 1);
  commit(book);
}

static gint64 next_file_block(Book *book, gint64 block, int direction)
{
  gint64 found = -7;
  OK(ledger_next_file_block(book->ledger, block, direction, &found, error));
  return found;
}

static void test_file_blocks(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  gint64 middle[100];
  begin(book);
  g_assert_cmpint(next_file_block(book, G_MAXINT64, -1), ==, -1);
  for (guint i = 0; i < 250; i++) {
    g_autofree char *name = g_strdup_printf("%u.xml", i);
    gboolean waits = i >= 100 && i < 200;
    g_autoptr(LedgerFile) file =
        add_file(book, name, waits ? LEDGER_FILE_WAITING : LEDGER_FILE_ACCEPTED);
    if (waits)
      middle[i - 100] = file->number;
  }
  commit(book);
  g_assert_cmpint(next_file_block(book, G_MAXINT64, -1), ==, 2);
  g_assert_cmpint(next_file_block(book, 2, -1), ==, 1);
  g_assert_cmpint(next_file_block(book, 0, 1), ==, 1);
  g_assert_cmpint(next_file_block(book, 0, -1), ==, -1);
  g_assert_cmpint(next_file_block(book, 2, 1), ==, -1);
  forget_stale(book);
  begin(book);
  for (guint i = 0; i < 99; i++)
    OK(ledger_drop_waiting_file(book->ledger, middle[i], error));
  commit(book);
  assert_stale(book, LEDGER_STALE_FILES, "1");
  forget_stale(book);
  /* With its last file the page between the two others goes. */
  begin(book);
  OK(ledger_drop_waiting_file(book->ledger, middle[99], error));
  commit(book);
  assert_stale(book, LEDGER_STALE_FILES, "0,1,2");
  g_assert_cmpint(next_file_block(book, 2, -1), ==, 0);
  g_assert_cmpint(next_file_block(book, 0, 1), ==, 2);
}

static void test_new_file_block(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  for (guint i = 0; i < 100; i++) {
    g_autofree char *name = g_strdup_printf("%u.xml", i);
    g_autoptr(LedgerFile) file = add_file(book, name, LEDGER_FILE_ACCEPTED);
  }
  commit(book);
  forget_stale(book);
  begin(book);
  g_autoptr(LedgerFile) first = add_file(book, "x.xml", LEDGER_FILE_ACCEPTED);
  commit(book);
  assert_stale(book, LEDGER_STALE_FILES, "0,1");
  forget_stale(book);
  begin(book);
  g_autoptr(LedgerFile) second = add_file(book, "y.xml", LEDGER_FILE_ACCEPTED);
  commit(book);
  assert_stale(book, LEDGER_STALE_FILES, "1");
}

static void test_waiting_files(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  for (gint64 i = 0; i < 5; i++) {
    g_autofree char *name = g_strdup_printf("%d.xml", (int)i);
    g_autoptr(LedgerFile) file = add_file(book, name, LEDGER_FILE_WAITING);
    file->first_seen = NOW - i;
    OK(ledger_put_file(book->ledger, file, error));
    for (gint64 k = 0; k <= i; k++) {
      g_autofree char *what = g_strdup_printf("PO-%d", (int)k / 2);
      add_item(book, file->number, k, LIFECYCLE_OUTCOME_WAITING, what);
    }
  }
  commit(book);
  gint64 count = 0;
  g_autoptr(GPtrArray) files = NULL;
  OK(files = ledger_waiting_files(book->ledger, 2, &count, error));
  g_assert_cmpint(count, ==, 5);
  g_assert_cmpuint(files->len, ==, 2);
  const LedgerFile *oldest = g_ptr_array_index(files, 0);
  g_assert_cmpstr(oldest->name, ==, "4.xml");
  g_assert_cmpstr(oldest->waits_for, ==, "PO-0 PO-1 PO-2"); /* each once */
  g_autoptr(GPtrArray) none = NULL;
  OK(none = ledger_waiting_files(book->ledger, 0, &count, error));
  g_assert_cmpuint(none->len, ==, 0);
  g_assert_cmpint(count, ==, 5);
}

/* Items and references */

static void test_items(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  for (gint64 i = 0; i < 25; i++)
    add_item(book, 1, i, i % 5 == 0 ? LIFECYCLE_OUTCOME_REJECTED : LIFECYCLE_OUTCOME_ACCEPTED,
             NULL);
  add_item(book, 2, 0, LIFECYCLE_OUTCOME_WAITING, "PO-1.1");
  g_autoptr(GPtrArray) faults = fault_array_new();
  fault_add(faults, "state", 7, "review", "not now");
  const LedgerItem decided = {.file = 2,
                              .position = 0,
                              .kind = REQUEST_KIND_REVIEW,
                              .ref = (char *)"REV-1",
                              .outcome = LIFECYCLE_OUTCOME_REJECTED,
                              .repeated = TRUE,
                              .subject = (char *)"PO-1.1",
                              .faults = faults,
                              .warnings = faults};
  OK(ledger_put_item(book->ledger, &decided, error));
  commit(book);
  gint64 items = 0, rejected = 0;
  OK(ledger_count_items(book->ledger, 1, &items, &rejected, error));
  g_assert_cmpint(items, ==, 25);
  g_assert_cmpint(rejected, ==, 5);
  g_autoptr(GPtrArray) part = NULL;
  OK(part = ledger_items_of_file(book->ledger, 1, 20, 10, error));
  g_assert_cmpuint(part->len, ==, 5);
  g_assert_cmpint(((const LedgerItem *)part->pdata[0])->position, ==, 20);
  g_autoptr(GPtrArray) other = NULL;
  OK(other = ledger_items_of_file(book->ledger, 2, 0, 10, error));
  const LedgerItem *item = g_ptr_array_index(other, 0);
  g_assert_cmpint(item->kind, ==, REQUEST_KIND_REVIEW);
  g_assert_cmpstr(item->ref, ==, "REV-1");
  g_assert_true(item->repeated);
  g_assert_null(item->waits_for);
  g_assert_cmpuint(item->faults->len, ==, 1);
  g_assert_cmpint(((const Fault *)item->warnings->pdata[0])->line, ==, 7);
  LifecycleOutcome outcome = 0;
  OK(ledger_read_item_outcome(book->ledger, 2, 0, &outcome, error));
  g_assert_cmpint(outcome, ==, LIFECYCLE_OUTCOME_REJECTED);
  OK(ledger_read_item_outcome(book->ledger, 2, 1, &outcome, error));
  g_assert_cmpint(outcome, ==, 0);
}

static void test_references(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  const LedgerReference added = {(char *)"PO-1", REQUEST_KIND_ORDER, (char *)"hash", NULL};
  g_autoptr(LedgerReference) found = NULL;
  g_autoptr(LedgerReference) none = NULL;
  begin(book);
  OK(ledger_add_reference(book->ledger, &added, 7, error));
  g_autoptr(GError) failed = NULL;
  g_assert_false(ledger_add_reference(book->ledger, &added, 8, &failed));
  g_assert_error(failed, CERTDROP_ERROR, CERTDROP_ERROR_IO);
  commit(book);
  OK(ledger_read_reference(book->ledger, "PO-1", &found, error));
  OK(ledger_read_reference(book->ledger, "po-1", &none, error));
  g_assert_null(none);
  g_assert_cmpint(found->kind, ==, REQUEST_KIND_ORDER);
  g_assert_cmpstr(found->hash, ==, "hash");
  g_assert_null(found->subject);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  LEDGER_ADD("files/names", test_file_names);
  LEDGER_ADD("files/round-trip", test_file_round_trip);
  LEDGER_ADD("files/wake", test_wake);
  LEDGER_ADD("files/deadline", test_deadline);
  LEDGER_ADD("files/drop", test_drop);
  LEDGER_ADD("files/blocks", test_file_blocks);
  LEDGER_ADD("files/new-block", test_new_file_block);
  LEDGER_ADD("files/waiting", test_waiting_files);
  LEDGER_ADD("items", test_items);
  LEDGER_ADD("references", test_references);
  return g_test_run();
}

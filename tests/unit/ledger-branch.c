/* A branch of the ledger: it sees what was, keeps what it writes to itself, and is in
 * nobody's way, whatever becomes of the write-ahead log meanwhile. */
#include "ledger-test.h"

/* What there is to be seen: the orders, joined by commas. */
static char *orders_of(Ledger *ledger)
{
  GString *orders = g_string_new(NULL);
  sqlite3_stmt *statement = NULL;
  g_assert_cmpint(sqlite3_prepare_v2(ledger->database, "SELECT ref FROM orders ORDER BY ref", -1,
                                     &statement, NULL),
                  ==, SQLITE_OK);
  while (sqlite3_step(statement) == SQLITE_ROW)
    g_string_append_printf(orders, "%s%s", orders->len > 0 ? "," : "",
                           (const char *)sqlite3_column_text(statement, 0));
  sqlite3_finalize(statement);
  return g_string_free(orders, FALSE);
}

static void assert_orders(Ledger *ledger, const char *expected)
{
  g_autofree char *orders = orders_of(ledger);
  g_assert_cmpstr(orders, ==, expected);
}

static void assert_sound(Ledger *ledger)
{
  sqlite3_stmt *statement = NULL;
  g_assert_cmpint(
      sqlite3_prepare_v2(ledger->database, "PRAGMA integrity_check", -1, &statement, NULL), ==,
      SQLITE_OK);
  g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
  g_assert_cmpstr((const char *)sqlite3_column_text(statement, 0), ==, "ok");
  sqlite3_finalize(statement);
}

static void commit_order(Book *book, const char *ref)
{
  begin(book);
  add_order(book, ref, "dv", 1, FALSE);
  commit(book);
}

/* An order in a branch of BOOK's ledger, uncommitted. */
static void branch_order(Book *book, Ledger *branch, const char *ref)
{
  Book in_branch = *book;
  in_branch.ledger = branch;
  begin(&in_branch);
  add_order(&in_branch, ref, "dv", 1, FALSE);
}

static void test_apart(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  commit_order(book, "A");
  g_autoptr(Ledger) branch = NULL;
  OK(branch = ledger_open_branch(book->path, error));
  assert_orders(branch, "A");
  branch_order(book, branch, "B");
  /* The other writer waits for nobody. */
  sqlite3_busy_timeout(book->ledger->database, 0);
  commit_order(book, "C");
  assert_orders(branch, "A,B");
  assert_orders(book->ledger, "A,C");
  ledger_rollback(branch);
  assert_orders(branch, "A");
  assert_sound(branch);
}

/* Even what a branch commits goes with it, and leaves no file. */
static void test_gone(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  commit_order(book, "A");
  Ledger *branch = NULL;
  OK(branch = ledger_open_branch(book->path, error));
  branch_order(book, branch, "B");
  OK(ledger_commit(branch, error));
  assert_orders(branch, "A,B");
  ledger_close(branch);
  assert_orders(book->ledger, "A");
  reopen(book);
  assert_orders(book->ledger, "A");
  assert_sound(book->ledger);
  g_autoptr(GDir) folder = g_dir_open(book->folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name(folder)) != NULL;)
    g_assert_true(g_str_has_prefix(name, "ledger.db"));
}

/* A branch may commit often, whatever others commit meanwhile, and what becomes of the log. */
static void test_commits(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  commit_order(book, "A");
  g_autoptr(Ledger) branch = NULL;
  OK(branch = ledger_open_branch(book->path, error));
  branch_order(book, branch, "B");
  OK(ledger_commit(branch, error));
  commit_order(book, "C");
  tamper(book, "PRAGMA wal_checkpoint(PASSIVE)");
  branch_order(book, branch, "D");
  OK(ledger_commit(branch, error));
  branch_order(book, branch, "E");
  ledger_rollback(branch);
  assert_orders(branch, "A,B,D");
  assert_orders(book->ledger, "A,C");
  assert_sound(branch);
}

static void test_two_branches(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr(Ledger) one = NULL, other = NULL;
  OK(one = ledger_open_branch(book->path, error));
  OK(other = ledger_open_branch(book->path, error));
  branch_order(book, one, "A");
  branch_order(book, other, "B");
  assert_orders(one, "A");
  assert_orders(other, "B");
}

/* A ledger that nobody has open has no log beside it. */
static void test_no_log(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  commit_order(book, "A");
  g_clear_pointer(&book->ledger, ledger_close);
  g_autofree char *log = g_strconcat(book->path, "-wal", NULL);
  g_assert_false(g_file_test(log, G_FILE_TEST_EXISTS));
  g_autoptr(Ledger) branch = NULL;
  OK(branch = ledger_open_branch(book->path, error));
  branch_order(book, branch, "B");
  assert_orders(branch, "A,B");
}

/* What is done to the log before a branch is made and while it is there, and whether all
 * of it was in the database before. */
static const char *const treatments[] = {
    "SELECT 1",
    "PRAGMA wal_checkpoint(PASSIVE)",
    "PRAGMA wal_checkpoint(FULL)",
    "PRAGMA wal_checkpoint(RESTART)",
    "PRAGMA wal_checkpoint(TRUNCATE)",
};

/* Writes much enough to overwrite a log that was begun anew. */
static void write_much(Book *book, const char *prefix)
{
  for (guint i = 0; i < 20; i++) {
    g_autofree char *ref = g_strdup_printf("%s-%02u", prefix, i);
    commit_order(book, ref);
  }
}

static void test_log(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  tamper(book, "PRAGMA synchronous = OFF; PRAGMA busy_timeout = 0");
  for (guint before = 0; before < G_N_ELEMENTS(treatments); before++)
    for (guint during = 0; during < G_N_ELEMENTS(treatments); during++) {
      g_autofree char *prefix = g_strdup_printf("P-%u%u", before, during);
      write_much(book, prefix);
      tamper(book, treatments[before]);
      g_autofree char *seen = orders_of(book->ledger);
      g_autoptr(Ledger) branch = NULL;
      OK(branch = ledger_open_branch(book->path, error));
      g_autofree char *more = g_strconcat(prefix, "-more", NULL);
      write_much(book, more);
      tamper(book, treatments[during]);
      g_autofree char *last = g_strconcat(prefix, "-last", NULL);
      write_much(book, last);
      assert_orders(branch, seen);
      branch_order(book, branch, "Z");
      assert_sound(branch);
      g_autofree char *with_z = g_strconcat(seen, ",Z", NULL);
      assert_orders(branch, with_z);
    }
  assert_sound(book->ledger);
}

static void test_refused(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *nowhere = g_build_filename(book->folder, "nowhere.db", NULL);
  g_autoptr(GError) failed = NULL;
  g_assert_null(ledger_open_branch(nowhere, &failed));
  g_assert_error(failed, CERTDROP_ERROR, CERTDROP_ERROR_IO);
  g_clear_error(&failed);
  tamper(book, "UPDATE meta SET value = '1' WHERE name = 'schema'");
  g_assert_null(ledger_open_branch(book->path, &failed));
  g_assert_error(failed, CERTDROP_ERROR, CERTDROP_ERROR_USAGE);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  LEDGER_ADD("branch/apart", test_apart);
  LEDGER_ADD("branch/gone", test_gone);
  LEDGER_ADD("branch/commits", test_commits);
  LEDGER_ADD("branch/two", test_two_branches);
  LEDGER_ADD("branch/no-log", test_no_log);
  LEDGER_ADD("branch/log", test_log);
  LEDGER_ADD("branch/refused", test_refused);
  return g_test_run();
}

/* How many certificates of each status a block has, and which pages a change makes
 * stale: its own, and those beside one that begins or ends to exist. */
#include "ledger-test.h"

static gint64 next_block(Book *book, gint64 block, int direction, guint statuses)
{
  gint64 found = -7;
  OK(ledger_next_block(book->ledger, block, direction, statuses, &found, error));
  return found;
}

static void test_blocks(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  const guint paid = 1u << LIFECYCLE_STATUS_PAID,
              awaiting = 1u << LIFECYCLE_STATUS_AWAITING_PAYMENT;
  begin(book);
  add_order(book, "PO-1", "dv", 150, FALSE); /* blocks 0 and 1 */
  add_order(book, "PO-2", "dv", 100, TRUE);  /* blocks 1 and 2 */
  commit(book);
  assert_counts(book);
  g_assert_cmpint(next_block(book, G_MAXINT64, -1, 0), ==, 2);
  g_assert_cmpint(next_block(book, 2, -1, 0), ==, 1);
  g_assert_cmpint(next_block(book, 0, -1, 0), ==, -1);
  g_assert_cmpint(next_block(book, 2, 1, 0), ==, -1);
  g_assert_cmpint(next_block(book, G_MAXINT64, -1, awaiting), ==, 1);
  g_assert_cmpint(next_block(book, 0, 1, paid), ==, 1);
  g_assert_cmpint(next_block(book, 1, -1, paid), ==, -1);
  g_assert_cmpint(next_block(book, 1, -1, paid | awaiting), ==, 0);
  g_autoptr(GPtrArray) all = NULL;
  g_autoptr(GPtrArray) some = NULL;
  g_autoptr(GPtrArray) none = NULL;
  OK(all = ledger_certificates_in_block(book->ledger, 1, 0, error));
  OK(some = ledger_certificates_in_block(book->ledger, 1, paid, error));
  OK(none = ledger_certificates_in_block(book->ledger, 3, 0, error));
  g_assert_cmpuint(all->len, ==, 100);
  g_assert_cmpuint(some->len, ==, 50);
  g_assert_cmpuint(none->len, ==, 0);
  g_assert_cmpint(((const LedgerCertificate *)all->pdata[0])->number, ==, 200);
  g_assert_cmpint(((const LedgerCertificate *)all->pdata[99])->number, ==, 101);
}

/* Certificate NUMBER of the one order that test_statuses() makes. */
static void move(Book *book, gint64 number, LifecycleStatus status)
{
  g_autofree char *id = ids_certificate("PO-1", number);
  begin(book);
  set_status(book, id, status);
  commit(book);
}

/* A status has one page, whichever of its blocks begin or end. */
static void test_statuses(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  add_order(book, "PO-1", "dv", 300, FALSE);
  commit(book);
  forget_stale(book);
  move(book, 1, LIFECYCLE_STATUS_PAID);
  assert_stale(book, LEDGER_STALE_CERTIFICATE, "PO-1.1");
  assert_stale(book, LEDGER_STALE_BLOCK, "0 0,1 0,2 0");
  forget_stale(book);
  move(book, 201, LIFECYCLE_STATUS_PAID); /* block 2 begins */
  assert_stale(book, LEDGER_STALE_BLOCK, "0 2,1 2,2 2");
  forget_stale(book);
  move(book, 202, LIFECYCLE_STATUS_PAID); /* and is there already */
  assert_stale(book, LEDGER_STALE_BLOCK, "0 2,1 2,2 2");
  forget_stale(book);
  move(book, 101, LIFECYCLE_STATUS_PAID); /* block 1 comes between them */
  assert_stale(book, LEDGER_STALE_BLOCK, "0 1,1 1,2 1");
  forget_stale(book);
  move(book, 101, LIFECYCLE_STATUS_PENDING_VERIFICATION); /* and ends */
  assert_stale(book, LEDGER_STALE_BLOCK, "0 1,2 1,3 1");
  assert_counts(book);
}

/* A page of the unissued area that begins or ends to exist changes those that link to it. Its
 * pages end when the last status of it does. */
static void test_neighbours_unissued(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  add_order(book, "PO-1", "free", 300, TRUE);
  for (gint64 number = 102; number <= 200; number++) {
    g_autofree char *id = ids_certificate("PO-1", number);
    set_status(book, id, LIFECYCLE_STATUS_ISSUED);
  }
  commit(book);
  forget_stale(book);
  move(book, 101, LIFECYCLE_STATUS_ISSUED);
  assert_stale(book, LEDGER_STALE_BLOCK, "0 1,2 0,2 1,2 2,5 1");
  assert_counts(book);
  /* The same where the neighbours are of another status than the one that ends. */
  move(book, 201, LIFECYCLE_STATUS_PENDING_VERIFICATION);
  for (gint64 number = 202; number <= 300; number++)
    move(book, number, LIFECYCLE_STATUS_ISSUED);
  forget_stale(book);
  move(book, 201, LIFECYCLE_STATUS_ISSUED);
  g_autofree char *keys = stale_of(book, LEDGER_STALE_BLOCK);
  g_assert_nonnull(strstr(keys, "3 0")); /* the unissued page of block 0 */
  assert_counts(book);
}

static void test_new_block(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  add_order(book, "PO-1", "dv", 100, FALSE);
  commit(book);
  forget_stale(book);
  begin(book);
  add_order(book, "PO-2", "free", 1, TRUE);
  commit(book);
  g_autofree char *keys = stale_of(book, LEDGER_STALE_BLOCK);
  g_auto(GStrv) list = g_strsplit(keys, ",", 0);
  g_assert_true(g_strv_contains((const char *const *)list, "0 0")); /* links to block 1 now */
  g_assert_true(g_strv_contains((const char *const *)list, "2 1"));
  g_assert_true(g_strv_contains((const char *const *)list, "2 0")); /* unissued: the same */
}

/* Whatever happens, the counts stay right. */
static void test_counts(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr(GRand) random = g_rand_new_with_seed(4711);
  begin(book);
  add_order(book, "PO-1", "dv", 250, FALSE);
  for (int i = 0; i < 2000; i++) {
    g_autofree char *id = ids_certificate("PO-1", g_rand_int_range(random, 1, 251));
    LifecycleStatus to = (LifecycleStatus)g_rand_int_range(random, 1, LIFECYCLE_STATUS_N);
    if (lifecycle_move_is_allowed(status_of(book, id), to))
      set_status(book, id, to);
  }
  commit(book);
  assert_counts(book);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  LEDGER_ADD("blocks", test_blocks);
  LEDGER_ADD("statuses", test_statuses);
  LEDGER_ADD("neighbours/unissued", test_neighbours_unissued);
  LEDGER_ADD("neighbours/new-block", test_new_block);
  LEDGER_ADD("counts", test_counts);
  return g_test_run();
}

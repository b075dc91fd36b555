/* The log: each entry carries the hash of the one before, so that none can be changed
 * or taken out unnoticed. */
#include "ledger-test.h"

static void test_log_chain(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *damage;
    gint64 number;
  } cases[] = {
      {"UPDATE log SET at = at + 1 WHERE number = 2", 2},
      {"UPDATE log SET what = 'paie' WHERE number = 1", 1},
      {"UPDATE log SET subject = 'PO-2' WHERE number = 3", 3},
      {"UPDATE log SET text = 'x' WHERE number = 2", 2},
      {"UPDATE log SET text = NULL WHERE number = 1", 1},
      {"UPDATE log SET text = '' WHERE number = 3", 3},
      {"UPDATE log SET file = 'b.xml' WHERE number = 1", 1},
      {"UPDATE log SET file = NULL WHERE number = 1", 1},
      {"UPDATE log SET hash = upper(hash) WHERE number = 2", 2},
      {"DELETE FROM log WHERE number = 2", 2},
      {"DELETE FROM log WHERE number = 1", 1},
      {"UPDATE log SET number = 9 WHERE number = 4", 4},
      /* A part may not move from one column into the next. */
      {"UPDATE log SET what = what || 'P', subject = substr(subject, 2) WHERE number = 1", 1},
  };
  g_autoptr(LedgerFile) file = NULL;
  begin(book);
  file = add_file(book, "a.xml", LEDGER_FILE_ACCEPTED);
  add_order(book, "PO-1", "dv", 1, FALSE);
  OK(ledger_set_status(book->ledger, "PO-1.1", LIFECYCLE_STATUS_PAID, NOW, file->number, error));
  set_status(book, "PO-1.1", LIFECYCLE_STATUS_PENDING_VERIFICATION);
  set_status(book, "PO-1.1", LIFECYCLE_STATUS_VERIFICATION_FAILED);
  commit(book);
  g_assert_cmpint(number_of(book, "SELECT COUNT(*) FROM log"), ==, 4);
  g_assert_cmpint(wrong_entry(book), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].damage);
    begin(book);
    tamper(book, cases[i].damage);
    gboolean changed = sqlite3_changes(book->ledger->database) > 0;
    gint64 wrong = wrong_entry(book);
    ledger_rollback(book->ledger);
    g_assert_true(changed);
    if (strstr(cases[i].damage, "file = NULL WHERE number = 1") == NULL) /* it had none */
      g_assert_cmpint(wrong, ==, cases[i].number);
  }
  g_assert_cmpint(wrong_entry(book), ==, 0);
  begin(book);
  tamper(book, "UPDATE log SET file = NULL WHERE number = 2");
  g_assert_cmpint(wrong_entry(book), ==, 2);
  ledger_rollback(book->ledger);
}

/* The chain goes on where it was when the ledger is opened again. */
static void test_log_goes_on(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  for (int i = 0; i < 3; i++) {
    g_autofree char *ref = g_strdup_printf("PO-%d", i);
    begin(book);
    add_order(book, ref, "dv", 1, FALSE);
    commit(book);
    reopen(book);
  }
  g_assert_cmpint(wrong_entry(book), ==, 0);
  g_assert_cmpint(number_of(book, "SELECT COUNT(*) FROM log"), ==, 3);
}

static void test_history(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  add_order(book, "PO-1", "dv", 2, FALSE);
  add_order(book, "PO-2", "dv", 1, FALSE);
  set_status(book, "PO-1.1", LIFECYCLE_STATUS_PAID);
  set_status(book, "PO-1.2", LIFECYCLE_STATUS_PAID);
  set_status(book, "PO-1.1", LIFECYCLE_STATUS_PENDING_VERIFICATION);
  commit(book);
  static const char *const expected[] = {"ordered", "paid", "pending-verification"};
  for (guint limit = 1; limit <= 4; limit++) {
    g_autoptr(GPtrArray) entries = NULL;
    OK(entries = ledger_history(book->ledger, "PO-1.1", "PO-1", limit, error));
    g_assert_cmpuint(entries->len, ==, MIN(limit, 3));
    for (guint i = 0; i < entries->len; i++) {
      const LedgerEntry *entry = g_ptr_array_index(entries, i);
      g_assert_cmpstr(entry->what, ==, expected[3 - entries->len + i]);
      g_assert_cmpint(entry->at, ==, NOW);
    }
  }
  g_autoptr(GPtrArray) of_order = NULL;
  OK(of_order = ledger_history(book->ledger, "PO-1", NULL, 10, error));
  g_assert_cmpuint(of_order->len, ==, 1);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  LEDGER_ADD("log/chain", test_log_chain);
  LEDGER_ADD("log/goes-on", test_log_goes_on);
  LEDGER_ADD("log/history", test_history);
  return g_test_run();
}

/* Files to be written: pending until they are done, the last one of a path. */
#include "ledger-test.h"

/* The paths of what is pending, joined by commas. */
static char *pending(Book *book, guint limit)
{
  g_autoptr(GPtrArray) outputs = NULL;
  OK(outputs = ledger_pending_outputs(book->ledger, limit, error));
  GString *paths = g_string_new(NULL);
  for (guint i = 0; i < outputs->len; i++)
    g_string_append_printf(paths, "%s%s", i > 0 ? "," : "",
                           ((const LedgerOutput *)outputs->pdata[i])->path);
  return g_string_free(paths, FALSE);
}

static void assert_pending(Book *book, guint limit, const char *paths)
{
  g_autofree char *found = pending(book, limit);
  g_assert_cmpstr(found, ==, paths);
}

static void test_outputs(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  add_output(book, LEDGER_OUTPUT_ARCHIVE, "a.zip", "PO-1.1", NULL);
  gint64 second = add_output(book, LEDGER_OUTPUT_DOCUMENT, "a.xml.receipt.xml", NULL, "receipt");
  gint64 third = add_output(book, LEDGER_OUTPUT_MOVE, "done/a.xml", NULL, NULL);
  gint64 last = add_output(book, LEDGER_OUTPUT_BLANK, "done/b.xml", NULL, "blanked");
  commit(book);
  g_autoptr(GPtrArray) outputs = NULL;
  OK(outputs = ledger_pending_outputs(book->ledger, 10, error));
  g_assert_cmpuint(outputs->len, ==, 4);
  const LedgerOutput *receipt = g_ptr_array_index(outputs, 1);
  g_assert_true(receipt->receipt);
  g_assert_cmpmem(g_bytes_get_data(receipt->content, NULL), 7, "receipt", 7);
  const LedgerOutput *move_output = g_ptr_array_index(outputs, 2);
  g_assert_cmpint(move_output->kind, ==, LEDGER_OUTPUT_MOVE);
  g_assert_cmpstr(move_output->source, ==, "inbox/a.xml");
  g_assert_cmpstr(move_output->identity, ==, "identity");
  g_assert_null(move_output->content);
  assert_pending(book, 2, "a.zip,a.xml.receipt.xml");

  begin(book);
  OK(ledger_mark_outputs_done(book->ledger, 0, error));
  assert_pending(book, 1, "a.zip");
  OK(ledger_mark_outputs_done(book->ledger, second, error));
  assert_pending(book, 10, "done/a.xml,done/b.xml");
  OK(ledger_mark_outputs_done(book->ledger, third, error));
  OK(ledger_mark_outputs_done(book->ledger, last, error));
  commit(book);
  assert_pending(book, 10, "");
  /* Moves are forgotten when they are done, what was written is not. */
  g_assert_cmpint(number_of(book, "SELECT COUNT(*) FROM output"), ==, 2);
  begin(book);
  g_assert_cmpint(add_output(book, LEDGER_OUTPUT_DOCUMENT, "x", NULL, "x"), >, second);
  commit(book);
}

/* Of what is written to one path, the last counts. */
static void test_outputs_replaced(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  add_output(book, LEDGER_OUTPUT_ARCHIVE, "a.zip", "PO-1.1", NULL);
  add_output(book, LEDGER_OUTPUT_ARCHIVE, "b.zip", "PO-1.1", NULL);
  gint64 crl = add_output(book, LEDGER_OUTPUT_DOCUMENT, "issuing.crl", NULL, "one");
  OK(ledger_mark_outputs_done(book->ledger, crl, error));
  add_output(book, LEDGER_OUTPUT_ARCHIVE, "a.zip", "PO-1.1", NULL);
  add_output(book, LEDGER_OUTPUT_DOCUMENT, "issuing.crl", NULL, "two");
  add_output(book, LEDGER_OUTPUT_ATTACHMENT, "a.png", NULL, NULL);
  commit(book);
  assert_pending(book, 10, "a.zip,issuing.crl,a.png");
  g_assert_cmpint(number_of(book, "SELECT COUNT(*) FROM output WHERE path = 'issuing.crl'"), ==, 1);
  g_autoptr(GPtrArray) archives = NULL;
  OK(archives = ledger_outputs_of_certificate(book->ledger, "PO-1.1", error));
  g_assert_cmpuint(archives->len, ==, 2);
  g_assert_cmpstr(((const LedgerOutput *)archives->pdata[0])->path, ==, "a.zip");
  g_assert_cmpstr(((const LedgerOutput *)archives->pdata[1])->format, ==, "pem");
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  LEDGER_ADD("outputs", test_outputs);
  LEDGER_ADD("outputs/replaced", test_outputs_replaced);
  return g_test_run();
}

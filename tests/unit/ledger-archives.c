/* Archives: what is kept of each, by its path, for as long as it is there. */
#include "ledger-test.h"

static void put(Book *book, const char *path, const char *profile, const char *kept)
{
  g_autoptr(GBytes) bytes = kept != NULL ? g_bytes_new(kept, strlen(kept)) : NULL;
  g_autoptr(GBytes) recipient = kept != NULL ? g_bytes_new_static("DER", 3) : NULL;
  const LedgerArchive archive = {(char *)path,    (char *)"PO-1.1", (char *)"tomcat",
                                 (char *)profile, recipient,        bytes};
  add_output(book, LEDGER_OUTPUT_ARCHIVE, path, "PO-1.1", NULL);
  OK(ledger_put_archive(book->ledger, &archive, error));
}

static void assert_kept(Book *book, const char *path, const char *wanted)
{
  g_autoptr(GBytes) kept = NULL;
  OK(ledger_read_kept_archive(book->ledger, path, &kept, error));
  g_assert_cmpint(kept != NULL, ==, wanted != NULL);
  if (wanted != NULL)
    g_assert_cmpmem(g_bytes_get_data(kept, NULL), g_bytes_get_size(kept), wanted, strlen(wanted));
}

/* The last one of a path counts, and one that needs nothing kept takes away what was. */
static void test_kept(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  put(book, "a.zip", "modern", "one");
  put(book, "b.zip", NULL, NULL);
  assert_kept(book, "a.zip", "one");
  assert_kept(book, "b.zip", NULL);
  put(book, "a.zip", "modern", "two");
  assert_kept(book, "a.zip", "two");
  put(book, "a.zip", NULL, NULL);
  assert_kept(book, "a.zip", NULL);
  commit(book);
  g_assert_cmpint(number_of(book, "SELECT COUNT(*) FROM output"), ==, 2);
  g_assert_cmpint(number_of(book, "SELECT COUNT(*) FROM archive"), ==, 0);
}

/* With the file goes what is kept of it. */
static void test_removed(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  put(book, "a.zip", "modern", "one");
  put(book, "b.zip", "modern", "two");
  add_output(book, LEDGER_OUTPUT_REMOVE, "a.zip", "PO-1.1", NULL);
  commit(book);
  assert_kept(book, "a.zip", NULL);
  assert_kept(book, "b.zip", "two");
}

static void test_list(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  begin(book);
  put(book, "z.zip", "compatible", "one");
  put(book, "a.zip", NULL, NULL);
  add_output(book, LEDGER_OUTPUT_ARCHIVE, "other.zip", "PO-1.2", NULL);
  add_output(book, LEDGER_OUTPUT_DOCUMENT, "letter.html", "PO-1.1", "letter");
  commit(book);
  g_autoptr(GPtrArray) archives = NULL;
  OK(archives = ledger_archives_of_certificate(book->ledger, "PO-1.1", error));
  g_assert_cmpuint(archives->len, ==, 2);
  const LedgerArchive *plain = g_ptr_array_index(archives, 0);
  const LedgerArchive *other = g_ptr_array_index(archives, 1);
  g_assert_cmpstr(plain->path, ==, "a.zip");
  g_assert_null(plain->profile);
  g_assert_null(plain->recipient);
  g_assert_cmpstr(other->path, ==, "z.zip");
  g_assert_cmpstr(other->certificate, ==, "PO-1.1");
  g_assert_cmpstr(other->profile, ==, "compatible");
  g_assert_cmpmem(g_bytes_get_data(other->recipient, NULL), 3, "DER", 3);
  g_assert_null(other->kept);
  g_autoptr(LedgerArchive) copy = ledger_archive_copy(other);
  g_assert_cmpstr(copy->path, ==, "z.zip");
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  LEDGER_ADD("archives/kept", test_kept);
  LEDGER_ADD("archives/removed", test_removed);
  LEDGER_ADD("archives/list", test_list);
  return g_test_run();
}

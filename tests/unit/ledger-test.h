/* What the tests of src/ledger share: a ledger in a folder of its own, and shorter
 * calls that must go well. */
#ifndef CERTDROP_TESTS_LEDGER_TEST_H
#define CERTDROP_TESTS_LEDGER_TEST_H

#include "lifecycle-test.h"

#include "base/error.h"
#include "ledger/ledger-private.h"

#include <glib/gstdio.h>

typedef struct {
  World world;
  char *folder;
  char *path;
  Ledger *ledger;
} Book;

#define OK(call)                                                                                   \
  do {                                                                                             \
    g_autoptr(GError) unexpected = NULL;                                                           \
    GError **error = &unexpected;                                                                  \
    gboolean went_well = (call) ? TRUE : FALSE;                                                    \
    g_assert_no_error(unexpected);                                                                 \
    g_assert_true(went_well);                                                                      \
  } while (0)

static inline void book_set_up(Book *book, gconstpointer data)
{
  world_set_up(&book->world, data);
  book->folder = g_dir_make_tmp("ledger-XXXXXX", NULL);
  g_assert_nonnull(book->folder);
  book->path = g_build_filename(book->folder, "ledger.db", NULL);
  OK(book->ledger = ledger_open(book->path, TRUE, error));
}

static inline void remove_tree(const char *path)
{
  g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
  for (const char *name; folder != NULL && (name = g_dir_read_name(folder)) != NULL;) {
    g_autofree char *child = g_build_filename(path, name, NULL);
    remove_tree(child);
  }
  g_assert_no_errno(g_remove(path));
}

static inline void book_tear_down(Book *book, gconstpointer data)
{
  g_clear_pointer(&book->ledger, ledger_close);
  remove_tree(book->folder);
  g_free(book->folder);
  g_free(book->path);
  world_tear_down(&book->world, data);
}

static inline void reopen(Book *book)
{
  ledger_close(book->ledger);
  OK(book->ledger = ledger_open(book->path, FALSE, error));
}

/* Shorter calls */

static inline void begin(Book *book)
{
  OK(ledger_begin(book->ledger, error));
}

static inline void commit(Book *book)
{
  OK(ledger_commit(book->ledger, error));
}

static inline gint64 number_of(Book *book, const char *sql)
{
  sqlite3_stmt *statement = NULL;
  g_assert_cmpint(sqlite3_prepare_v2(book->ledger->database, sql, -1, &statement, NULL), ==,
                  SQLITE_OK);
  g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
  gint64 number = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return number;
}

/* Changes the database behind the ledger's back. */
static inline void tamper(Book *book, const char *sql)
{
  g_assert_cmpint(sqlite3_exec(book->ledger->database, sql, NULL, NULL, NULL), ==, SQLITE_OK);
}

static inline void add_order(Book *book, const char *ref, const char *product, gint64 quantity,
                             gboolean paid)
{
  const LifecycleOrder order = {
      .ref = (char *)ref,
      .product = catalog_find(book->world.catalog, product),
      .quantity = quantity,
      .years = 1,
      .name_count = 1,
      .auto_renew = TRUE,
      .price = 120000 * quantity,
      .currency = (char *)"CNY",
      .paid = paid,
  };
  OK(ledger_add_order(book->ledger, &order, NOW, 0, error));
}

static inline void set_status(Book *book, const char *certificate, LifecycleStatus status)
{
  OK(ledger_set_status(book->ledger, certificate, status, NOW, 0, error));
}

static inline LedgerFile *add_file(Book *book, const char *name, LedgerFileState state)
{
  LedgerFile *file = g_new0(LedgerFile, 1);
  file->name = g_strdup(name);
  file->sha256 = g_strdup("hash");
  file->identity = g_strdup("identity");
  file->state = state;
  file->first_seen = NOW;
  file->decided = state == LEDGER_FILE_WAITING ? 0 : NOW;
  file->run = 1;
  OK(ledger_put_file(book->ledger, file, error));
  OK(ledger_end_try(book->ledger, file->number, error));
  return file;
}

static inline void add_item(Book *book, gint64 file, gint64 position, LifecycleOutcome outcome,
                            const char *waits_for)
{
  const LedgerItem item = {
      .file = file,
      .position = position,
      .kind = REQUEST_KIND_APPLICATION,
      .ref = (char *)"APP-1",
      .outcome = outcome,
      .waits_for = (char *)waits_for,
  };
  OK(ledger_put_item(book->ledger, &item, error));
}

static inline LedgerCertificate *read_certificate(Book *book, const char *id)
{
  LedgerCertificate *certificate = NULL;
  OK(ledger_read_certificate(book->ledger, id, &certificate, error));
  return certificate;
}

static inline LifecycleStatus status_of(Book *book, const char *id)
{
  g_autoptr(LedgerCertificate) certificate = read_certificate(book, id);
  return certificate != NULL ? certificate->status : 0;
}

static inline void add_issue(Book *book, const char *certificate, const char *serial,
                             const char *spki, gint64 not_after)
{
  g_autoptr(LedgerIssue) issue = g_new0(LedgerIssue, 1);
  issue->certificate = g_strdup(certificate);
  issue->serial = g_strdup(serial);
  issue->not_before = NOW;
  issue->not_after = not_after;
  issue->term_end = NOW + 365 * DAY;
  issue->names = g_strsplit("www.abc.com,abc.com", ",", 0);
  issue->der = g_bytes_new_static("der", 3);
  issue->csr = g_bytes_new_static("csr", 3);
  issue->sha256 = g_strdup("sha256");
  issue->spki_sha256 = g_strdup(spki);
  issue->key_kind = g_strdup("ec-p256");
  issue->wrapped_key = g_bytes_new_static("\0wrapped", 8);
  OK(ledger_add_issue(book->ledger, issue, NOW, 0, error));
}

/* The stale pages of TOPIC, sorted, joined by commas; the caller frees it. */
static inline char *stale_of(Book *book, LedgerStaleTopic topic)
{
  g_autoptr(GPtrArray) pages = NULL;
  OK(pages = ledger_stale_pages(book->ledger, error));
  GString *keys = g_string_new(NULL);
  for (guint i = 0; i < pages->len; i++) {
    const LedgerStale *page = g_ptr_array_index(pages, i);
    if (page->topic == topic)
      g_string_append_printf(keys, "%s%s", keys->len > 0 ? "," : "", page->key);
  }
  return g_string_free(keys, FALSE);
}

static inline void assert_stale(Book *book, LedgerStaleTopic topic, const char *keys)
{
  g_autofree char *found = stale_of(book, topic);
  g_assert_cmpstr(found, ==, keys);
}

static inline void forget_stale(Book *book)
{
  begin(book);
  OK(ledger_put_stale_aside(book->ledger, error));
  commit(book);
}

/* The counts by block are those of the certificates themselves. */
static inline void assert_counts(Book *book)
{
  gint64 counts[LIFECYCLE_STATUS_N];
  OK(ledger_count_statuses(book->ledger, counts, error));
  g_assert_cmpint(counts[0], ==,
                  number_of(book, "SELECT COUNT(*) FROM certificate WHERE status > 0"));
  for (LifecycleStatus status = 1; status < LIFECYCLE_STATUS_N; status++) {
    g_autofree char *sql =
        g_strdup_printf("SELECT COUNT(*) FROM certificate WHERE status = %d", (int)status);
    g_assert_cmpint(counts[status], ==, number_of(book, sql));
  }
  g_assert_cmpint(number_of(book, "SELECT COUNT(*) FROM block WHERE certificates <= 0"), ==, 0);
  g_assert_cmpint(
      number_of(book,
                "SELECT COUNT(*) FROM block b WHERE certificates <> (SELECT COUNT(*) FROM "
                "certificate c WHERE c.status = b.status AND (c.number - 1) / 100 = b.block)"),
      ==, 0);
}

/* The first entry of the log that does not fit, 0 where all do. */
static inline gint64 wrong_entry(Book *book)
{
  gint64 wrong = -1, count = 0;
  OK(ledger_check_log(book->ledger, &wrong, &count, error));
  return wrong;
}

static inline void issue_one(Book *book, gint64 number, gint64 not_after)
{
  g_autofree char *id = ids_certificate("PO-1", number);
  g_autofree char *serial = g_strdup_printf("%d", (int)number);
  set_status(book, id, LIFECYCLE_STATUS_ISSUED);
  add_issue(book, id, serial, serial, not_after);
}

static inline gint64 add_output(Book *book, LedgerOutputKind kind, const char *path,
                                const char *certificate, const char *content)
{
  g_autoptr(LedgerOutput) output = g_new0(LedgerOutput, 1);
  output->kind = kind;
  output->path = g_strdup(path);
  output->receipt = g_str_has_suffix(path, ".receipt.xml");
  output->certificate = g_strdup(certificate);
  output->format = g_strdup(certificate != NULL ? "pem" : NULL);
  output->source = g_strdup(kind >= LEDGER_OUTPUT_MOVE ? "inbox/a.xml" : NULL);
  output->identity = g_strdup(kind >= LEDGER_OUTPUT_MOVE ? "identity" : NULL);
  output->sha256 = g_strdup("sha256");
  output->content = content != NULL ? g_bytes_new(content, strlen(content)) : NULL;
  OK(ledger_add_output(book->ledger, output, error));
  return output->number;
}

#define LEDGER_ADD(name, function)                                                                 \
  g_test_add("/ledger/" name, Book, NULL, book_set_up, function, book_tear_down)

#endif

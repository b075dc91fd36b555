#include "base/error.h"
#include "ledger/ledger-private.h"

/* Reading for `verify`: everything, portion by portion, in the order of an index. */

/* So much content is read at once at most: a receipt may have many megabytes. */
#define PORTION_BYTES ((gsize)8 << 20)

static gpointer text_from_row(sqlite3_stmt *row)
{
  return column_text(row, 0);
}

/* The first column of all rows of the query: GPtrArray of char *. */
static GPtrArray *texts_from_rows(Ledger *ledger, sqlite3_stmt *row, GError **error)
{
  return ledger_rows(ledger, row, text_from_row, g_free, error);
}

GPtrArray *ledger_find_damage(Ledger *ledger, GError **error)
{
  sqlite3_stmt *row = ledger_query(ledger, error, "PRAGMA integrity_check(20)", "");
  g_autoptr(GPtrArray) texts = texts_from_rows(ledger, row, error);
  if (texts != NULL && texts->len == 1 && g_strcmp0(g_ptr_array_index(texts, 0), "ok") == 0)
    g_ptr_array_set_size(texts, 0);
  return g_steal_pointer(&texts);
}

/* ---- Issues and keys ---------------------------------------------------- */

static void issued_free(gpointer data)
{
  LedgerIssued *issued = data;
  ledger_issue_free(issued->issue);
  g_free(issued);
}

/* Whether CONTENT, an application, had its key made here. */
static gboolean key_was_made_here(GBytes *content)
{
  RequestApplication *application =
      content != NULL ? record_from_bytes(&request_application_record, content) : NULL;
  const RequestCsr *csr = application != NULL ? application->csr : NULL;
  gboolean here = application != NULL && (csr == NULL || csr->der == NULL);
  record_free(&request_application_record, application);
  return here;
}

static gpointer issued_from_row(sqlite3_stmt *row)
{
  LedgerIssued *issued = g_new0(LedgerIssued, 1);
  LedgerIssue *issue = issued->issue = g_new0(LedgerIssue, 1);
  issued->number = sqlite3_column_int64(row, 0);
  issue->serial = column_text(row, 1);
  issue->certificate = column_text(row, 2);
  issue->not_before = sqlite3_column_int64(row, 3);
  issue->not_after = sqlite3_column_int64(row, 4);
  issue->names = g_strsplit((const char *)sqlite3_column_text(row, 5), " ", 0);
  issue->sha256 = column_text(row, 6);
  issue->spki_sha256 = column_text(row, 7);
  issue->der = column_bytes(row, 8);
  issue->chain = column_bytes(row, 9);
  issue->outside = sqlite3_column_int64(row, 10) != 0;
  issue->wrapped_key = column_bytes(row, 11);
  issued->key_known = sqlite3_column_int64(row, 12) != 0;
  issued->certificate_known = sqlite3_column_int64(row, 13) != 0;
  issued->deleted = sqlite3_column_int64(row, 14) != 0;
  issued->agrees = sqlite3_column_int64(row, 15) != 0;
  g_autoptr(GBytes) application = column_bytes(row, 16);
  issued->key_missing = key_was_made_here(application);
  issued->key_left = sqlite3_column_int64(row, 17) != 0;
  return issued;
}

GPtrArray *ledger_issues_after(Ledger *ledger, gint64 number, guint limit, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      "SELECT i.number, i.serial, i.certificate, i.not_before, i.not_after, i.names, i.sha256, "
      "i.spki_sha256, i.der, i.chain, i.outside, k.wrapped, k.spki_sha256 IS NOT NULL, "
      "c.id IS NOT NULL, COALESCE(c.deleted, 0), "
      "COALESCE(c.issue, 0) <> i.number OR (COALESCE(c.serial, '') = i.serial AND "
      "c.not_before = i.not_before AND c.not_after = i.not_after), "
      "CASE WHEN c.issue = i.number AND c.deleted = 0 AND i.outside = 0 AND k.wrapped IS NULL "
      "THEN a.content END, k.wrapped IS NOT NULL AND NOT EXISTS (SELECT 1 FROM issue o JOIN "
      "certificate oc ON oc.id = o.certificate WHERE o.spki_sha256 = i.spki_sha256 AND "
      "oc.deleted = 0) "
      "FROM issue i LEFT JOIN key k ON k.spki_sha256 = i.spki_sha256 "
      "LEFT JOIN certificate c ON c.id = i.certificate "
      "LEFT JOIN application a ON a.number = c.application "
      "WHERE i.number > $1 ORDER BY i.number LIMIT $2",
      "nn", number, (gint64)limit);
  return ledger_rows(ledger, row, issued_from_row, issued_free, error);
}

GPtrArray *ledger_certificates_without_issue(Ledger *ledger, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      "SELECT c.id FROM certificate c LEFT JOIN issue i ON i.number = c.issue WHERE "
      "(c.issue > 0 AND COALESCE(i.certificate, '') <> c.id) OR (c.issue = 0 AND c.status IN (5, "
      "6)) ORDER BY c.number LIMIT 100",
      "");
  G_STATIC_ASSERT(LIFECYCLE_STATUS_ISSUED == 5 && LIFECYCLE_STATUS_EXPIRED == 6);
  return texts_from_rows(ledger, row, error);
}

static void key_free(gpointer data)
{
  LedgerKey *key = data;
  g_free(key->spki_sha256);
  g_free(key->certificate);
  g_bytes_unref(key->wrapped);
  g_free(key);
}

static gpointer key_from_row(sqlite3_stmt *row)
{
  LedgerKey *key = g_new0(LedgerKey, 1);
  *key = (LedgerKey){column_text(row, 0), column_text(row, 1), column_bytes(row, 2)};
  return key;
}

GPtrArray *ledger_keys_without_issue(Ledger *ledger, const char *after, guint limit, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      "SELECT k.spki_sha256, k.certificate, k.wrapped FROM key k WHERE k.wrapped IS NOT NULL AND "
      "k.spki_sha256 > $1 AND NOT EXISTS (SELECT 1 FROM issue i WHERE i.spki_sha256 = "
      "k.spki_sha256) ORDER BY k.spki_sha256 LIMIT $2",
      "tn", after, (gint64)limit);
  return ledger_rows(ledger, row, key_from_row, key_free, error);
}

gboolean ledger_is_revoked(Ledger *ledger, const char *serial, gboolean *ret_revoked,
                           GError **error)
{
  gint64 count = 0;
  if (!ledger_number(ledger, &count, error,
                     "SELECT COUNT(*) FROM issue WHERE serial = $1 AND outside = 0 AND revoked > 0",
                     "t", serial))
    return FALSE;
  *ret_revoked = count > 0;
  return TRUE;
}

GPtrArray *ledger_revoked_serials(Ledger *ledger, gint64 at, GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error,
                   "SELECT serial FROM issue WHERE revoked > 0 AND revoked <= $1 AND "
                   "not_after >= $1 AND outside = 0 ORDER BY not_after",
                   "n", at);
  return texts_from_rows(ledger, row, error);
}

/* ---- Files -------------------------------------------------------------- */

static void written_free(gpointer data)
{
  LedgerWritten *written = data;
  ledger_output_free(written->output);
  g_clear_pointer(&written->kept, g_bytes_unref);
  g_free(written);
}

static LedgerWritten *written_from_row(sqlite3_stmt *row)
{
  LedgerWritten *written = g_new0(LedgerWritten, 1);
  LedgerOutput *output = written->output = g_new0(LedgerOutput, 1);
  output->number = sqlite3_column_int64(row, 0);
  output->kind = (LedgerOutputKind)sqlite3_column_int64(row, 1);
  output->path = column_text(row, 2);
  output->certificate = column_text(row, 3);
  output->format = column_text(row, 4);
  output->sha256 = column_text(row, 5);
  output->content = column_bytes(row, 6);
  output->parts = sqlite3_column_int64(row, 7);
  written->done = sqlite3_column_int64(row, 8) != 0;
  written->kept = column_bytes(row, 9);
  return written;
}

GPtrArray *ledger_written_after(Ledger *ledger, gint64 number, guint limit, GError **error)
{
  G_STATIC_ASSERT(LEDGER_OUTPUT_ARCHIVE == 1 && LEDGER_OUTPUT_DOCUMENT == 2 &&
                  LEDGER_OUTPUT_ATTACHMENT == 3);
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      "SELECT o.number, o.kind, o.path, o.certificate, o.format, o.sha256, o.content, o.parts, "
      "o.done, "
      "CASE WHEN o.kind = 1 THEN (SELECT a.kept FROM archive a WHERE a.path = o.path) END "
      "FROM output o WHERE o.number > $1 AND o.kind <= 3 ORDER BY o.number LIMIT $2",
      "nn", number, (gint64)limit);
  if (row == NULL)
    return NULL;
  g_autoptr(GPtrArray) outputs = g_ptr_array_new_with_free_func(written_free);
  gsize bytes = 0;
  int more = 1;
  while (bytes < PORTION_BYTES && (more = ledger_next(ledger, row, error)) > 0) {
    LedgerWritten *written = written_from_row(row);
    bytes += written->output->content != NULL ? g_bytes_get_size(written->output->content) : 0;
    g_ptr_array_add(outputs, written);
  }
  if (more > 0)
    sqlite3_reset(row);
  return more >= 0 ? g_steal_pointer(&outputs) : NULL;
}

gboolean ledger_output_stands(Ledger *ledger, gint64 number, gboolean *ret_stands, GError **error)
{
  gint64 count = 0;
  if (!ledger_number(ledger, &count, error,
                     "SELECT COUNT(*) FROM output WHERE number = $1 AND done = 1", "n", number))
    return FALSE;
  *ret_stands = count > 0;
  return TRUE;
}

gboolean ledger_has_output(Ledger *ledger, const char *certificate, const char *path,
                           gboolean *ret_has, GError **error)
{
  gint64 count = 0;
  if (!ledger_number(ledger, &count, error,
                     "SELECT COUNT(*) FROM output WHERE certificate = $1 AND path = $2", "tt",
                     certificate, path))
    return FALSE;
  *ret_has = count > 0;
  return TRUE;
}

GBytes *ledger_read_document(Ledger *ledger, const char *path, GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error,
                   "SELECT content FROM output WHERE path = $1 AND kind = 2 AND receipt = 0 "
                   "ORDER BY number DESC LIMIT 1",
                   "t", path);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more < 0)
    return NULL;
  GBytes *content = more > 0 ? column_bytes(row, 0) : NULL;
  if (more > 0)
    sqlite3_reset(row);
  if (content == NULL)
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_CORRUPT,
                "state/ledger.db: %s is missing there", path);
  return content;
}

GPtrArray *ledger_archives_without_output(Ledger *ledger, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      "SELECT path FROM archive WHERE path NOT IN (SELECT path FROM output WHERE kind = 1) "
      "ORDER BY path LIMIT 100",
      "");
  return texts_from_rows(ledger, row, error);
}

GPtrArray *ledger_attachments_after(Ledger *ledger, const char *sha256, guint limit, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error, "SELECT sha256 FROM attachment WHERE sha256 > $1 ORDER BY sha256 LIMIT $2",
      "tn", sha256, (gint64)limit);
  return texts_from_rows(ledger, row, error);
}

/* ---- Counts ------------------------------------------------------------- */

static gboolean add_miscounts(Ledger *ledger, GPtrArray *texts, sqlite3_stmt *row, GError **error)
{
  g_autoptr(GPtrArray) found = texts_from_rows(ledger, row, error);
  while (found != NULL && found->len > 0)
    g_ptr_array_add(texts, g_ptr_array_steal_index(found, 0));
  return found != NULL;
}

/* Behind the calendar, the places of deployment and what was spent. */
static gboolean find_other_miscounts(Ledger *ledger, GPtrArray *texts, GError **error)
{
  sqlite3_stmt *days = ledger_query(
      ledger, error,
      "SELECT 'on day ' || n.day || ' ' || SUM(n.there) || ' certificates run out, and it is said "
      "to be ' || SUM(n.said) FROM ("
      "SELECT not_after / 86400 AS day, COUNT(*) AS there, 0 AS said FROM certificate WHERE status "
      "IN (5, 6) AND not_after > 0 GROUP BY 1 UNION ALL SELECT day, 0, certificates FROM expiry_day"
      ") n GROUP BY n.day HAVING SUM(n.there) <> SUM(n.said) ORDER BY n.day LIMIT 100",
      "");
  if (!add_miscounts(ledger, texts, days, error))
    return FALSE;
  sqlite3_stmt *places = ledger_query(
      ledger, error,
      "SELECT 'at ' || n.product || ' ' || n.region || ' ' || SUM(n.there) || ' deployments are of "
      "state ' || n.state || ', and it is said to be ' || SUM(n.said) FROM ("
      "SELECT product, region, state, COUNT(*) AS there, 0 AS said FROM deployment WHERE state < 5 "
      "GROUP BY product, region, state UNION ALL SELECT product, region, state, 0, deployments "
      "FROM place_block) n GROUP BY n.product, n.region, n.state HAVING SUM(n.there) <> "
      "SUM(n.said) "
      "ORDER BY n.product, n.region, n.state LIMIT 100",
      "");
  if (!add_miscounts(ledger, texts, places, error))
    return FALSE;
  sqlite3_stmt *money = ledger_query(
      ledger, error,
      "SELECT 'on day ' || n.day || ' ' || SUM(n.there) || ' hundredths of ' || n.currency || ' "
      "were spent in the way ' || n.kind || ', and it is said to be ' || SUM(n.said) FROM ("
      "SELECT at / 86400 AS day, kind, currency, SUM(amount) AS there, 0 AS said FROM spending "
      "GROUP BY 1, 2, 3 UNION ALL SELECT day, kind, currency, 0, amount FROM spending_day"
      ") n GROUP BY n.day, n.kind, n.currency HAVING SUM(n.there) <> SUM(n.said) ORDER BY n.day, "
      "n.kind LIMIT 100",
      "");
  return add_miscounts(ledger, texts, money, error);
}

GPtrArray *ledger_find_miscounts(Ledger *ledger, GError **error)
{
  G_STATIC_ASSERT(LEDGER_BLOCK_SIZE == 100);
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  sqlite3_stmt *blocks = ledger_query(
      ledger, error,
      "SELECT 'block ' || n.block || ' of status ' || n.status || ' has ' || SUM(n.there) || ' "
      "certificates, and is said to have ' || SUM(n.said) FROM ("
      "SELECT (number - 1) / 100 AS block, status, COUNT(*) AS there, 0 AS said FROM certificate "
      "WHERE status > 0 GROUP BY 1, 2 UNION ALL SELECT block, status, 0, certificates FROM block"
      ") n GROUP BY n.block, n.status HAVING SUM(n.there) <> SUM(n.said) "
      "ORDER BY n.block, n.status LIMIT 100",
      "");
  if (!add_miscounts(ledger, texts, blocks, error))
    return NULL;
  sqlite3_stmt *days = ledger_query(
      ledger, error,
      "SELECT 'on day ' || n.day || ' ' || SUM(n.there) || ' certificates are due, and it is said "
      "to be ' || SUM(n.said) FROM ("
      "SELECT due / 86400 AS day, COUNT(*) AS there, 0 AS said FROM certificate WHERE due > 1 "
      "GROUP BY 1 UNION ALL SELECT day, 0, certificates FROM due_day"
      ") n GROUP BY n.day HAVING SUM(n.there) <> SUM(n.said) ORDER BY n.day LIMIT 100",
      "");
  G_STATIC_ASSERT(LEDGER_LOOK_AGAIN == 1);
  return add_miscounts(ledger, texts, days, error) && find_other_miscounts(ledger, texts, error)
             ? g_steal_pointer(&texts)
             : NULL;
}

#include <string.h>

#include "base/text.h"
#include "ledger/ledger-private.h"

/* Each part of an entry goes into the hash with its length before it, so that
 * no two entries have the same bytes. */
static void digest_add(GString *content, const char *part)
{
  if (part == NULL) {
    g_string_append(content, "-;");
    return;
  }
  char length[32];
  g_snprintf(length, sizeof length, "%zu:", strlen(part));
  g_string_append(content, length);
  g_string_append(content, part);
  g_string_append_c(content, ';');
}

static char *entry_hash(const char *previous, gint64 number, gint64 at, const char *what,
                        const char *subject, const char *file, const char *text)
{
  g_autoptr(GString) content = g_string_sized_new(256);
  g_string_append_printf(content, "%" G_GINT64_FORMAT ";%" G_GINT64_FORMAT ";", number, at);
  const char *parts[] = {previous, what, subject, file, text};
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
    digest_add(content, parts[i]);
  return text_sha256(content->str, content->len);
}

/* The end of the log is remembered as long as the transaction is not undone. */
static gboolean read_end(Ledger *ledger, GError **error)
{
  if (ledger->log_hash != NULL)
    return TRUE;
  sqlite3_stmt *last =
      ledger_query(ledger, error, "SELECT number, hash FROM log ORDER BY number DESC LIMIT 1", "");
  int more = last != NULL ? ledger_next(ledger, last, error) : -1;
  if (more < 0)
    return FALSE;
  ledger->log_number = more > 0 ? sqlite3_column_int64(last, 0) : 0;
  ledger->log_hash = more > 0 ? column_text(last, 1) : NULL;
  sqlite3_reset(last);
  return TRUE;
}

/* The block before links to one that begins. */
static void mark_log(Ledger *ledger, gint64 number)
{
  gint64 block = (number - 1) / LEDGER_BLOCK_SIZE;
  ledger_mark_stale(ledger, LEDGER_STALE_LOG, "%" G_GINT64_FORMAT, block);
  if (block > 0 && (number - 1) % LEDGER_BLOCK_SIZE == 0)
    ledger_mark_stale(ledger, LEDGER_STALE_LOG, "%" G_GINT64_FORMAT, block - 1);
}

gboolean ledger_log(Ledger *ledger, gint64 at, const char *what, const char *subject, gint64 file,
                    const char *text, GError **error)
{
  const char *name = NULL;
  if (!read_end(ledger, error) || !ledger_file_name(ledger, file, &name, error))
    return FALSE;
  gint64 number = ledger->log_number + 1;
  g_autofree char *hash = entry_hash(ledger->log_hash, number, at, what, subject, name, text);
  if (!ledger_do(ledger, error, "INSERT INTO log VALUES ($1, $2, $3, $4, $5, $6, $7)", "nnttttt",
                 number, at, what, subject, name, text, hash))
    return FALSE;
  mark_log(ledger, number);
  g_free(ledger->log_hash);
  ledger->log_hash = g_steal_pointer(&hash);
  ledger->log_number = number;
  return TRUE;
}

gboolean ledger_log_end(Ledger *ledger, gint64 *ret_number, char **ret_hash, GError **error)
{
  if (!read_end(ledger, error))
    return FALSE;
  *ret_number = ledger->log_number;
  *ret_hash = g_strdup(ledger->log_hash);
  return TRUE;
}

static gpointer entry_from_row(sqlite3_stmt *row)
{
  LedgerEntry *entry = g_new0(LedgerEntry, 1);
  entry->number = sqlite3_column_int64(row, 0);
  entry->at = sqlite3_column_int64(row, 1);
  entry->what = column_text(row, 2);
  entry->subject = column_text(row, 3);
  entry->file = column_text(row, 4);
  entry->text = column_text(row, 5);
  entry->hash = column_text(row, 6);
  return entry;
}

void ledger_entry_free(LedgerEntry *entry)
{
  if (entry == NULL)
    return;
  g_free(entry->what);
  g_free(entry->subject);
  g_free(entry->file);
  g_free(entry->text);
  g_free(entry->hash);
  g_free(entry);
}

/* All rows of a query for entries, in their order. */
static GPtrArray *entries_from_rows(Ledger *ledger, sqlite3_stmt *row, GError **error)
{
  return ledger_rows(ledger, row, entry_from_row, (GDestroyNotify)ledger_entry_free, error);
}

GPtrArray *ledger_last_entries(Ledger *ledger, guint limit, GError **error)
{
  sqlite3_stmt *row = ledger_query(ledger, error,
                                   "SELECT number, at, what, subject, file, text, hash FROM log "
                                   "ORDER BY number DESC LIMIT $1",
                                   "n", (gint64)limit);
  return entries_from_rows(ledger, row, error);
}

gboolean ledger_first_entry(Ledger *ledger, LedgerEntry **ret_entry, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error, "SELECT number, at, what, subject, file, text, hash FROM log WHERE number = 1",
      "");
  g_autoptr(GPtrArray) entries = entries_from_rows(ledger, row, error);
  if (entries == NULL)
    return FALSE;
  *ret_entry = entries->len > 0 ? g_ptr_array_steal_index(entries, 0) : NULL;
  return TRUE;
}

GPtrArray *ledger_history(Ledger *ledger, const char *subject, const char *order, guint limit,
                          GError **error)
{
  sqlite3_stmt *row = ledger_query(ledger, error,
                                   "SELECT number, at, what, subject, file, text, hash FROM log "
                                   "WHERE subject IN ($1, $2) ORDER BY number DESC LIMIT $3",
                                   "ttn", subject, order, (gint64)limit);
  if (row == NULL)
    return NULL;
  g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_entry_free);
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0)
    g_ptr_array_insert(entries, 0, entry_from_row(row));
  return more == 0 ? g_steal_pointer(&entries) : NULL;
}

GPtrArray *ledger_entries_in_block(Ledger *ledger, gint64 block, GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error,
                   "SELECT number, at, what, subject, file, text, hash FROM log WHERE number > $1 "
                   "AND number <= $2 ORDER BY number DESC",
                   "nn", block * LEDGER_BLOCK_SIZE, (block + 1) * LEDGER_BLOCK_SIZE);
  return entries_from_rows(ledger, row, error);
}

/* Entries have all numbers from 1 on. */
gboolean ledger_next_log_block(Ledger *ledger, gint64 block, int direction, gint64 *ret_block,
                               GError **error)
{
  gint64 number = 0;
  if (!ledger_number(ledger, &number, error, "SELECT COALESCE(MAX(number), 0) FROM log", ""))
    return FALSE;
  gint64 newest = number > 0 ? (number - 1) / LEDGER_BLOCK_SIZE : -1;
  if (direction < 0)
    *ret_block = MIN(block == G_MININT64 ? -1 : block - 1, newest);
  else
    *ret_block = block < newest ? block + 1 : -1;
  return TRUE;
}

gboolean ledger_check_log(Ledger *ledger, gint64 *ret_number, gint64 *ret_entries, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error, "SELECT number, at, what, subject, file, text, hash FROM log ORDER BY number",
      "");
  if (row == NULL)
    return FALSE;
  g_autofree char *previous = NULL;
  gint64 expected = 1, wrong = 0;
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0) {
    g_autoptr(LedgerEntry) entry = entry_from_row(row);
    g_autofree char *hash = entry_hash(previous, expected, entry->at, entry->what, entry->subject,
                                       entry->file, entry->text);
    if (wrong == 0 && (entry->number != expected || g_strcmp0(hash, entry->hash) != 0))
      wrong = expected;
    expected++;
    g_free(previous);
    previous = g_strdup(entry->hash);
  }
  if (more < 0)
    return FALSE;
  *ret_number = wrong;
  *ret_entries = expected - 1;
  return TRUE;
}

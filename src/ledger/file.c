#include <string.h>

#include "base/text.h"
#include "ledger/ledger-private.h"

const char *const ledger_file_states[LEDGER_FILE_STATE_N] = {
    [LEDGER_FILE_WAITING] = "waiting",
    [LEDGER_FILE_ACCEPTED] = "accepted",
    [LEDGER_FILE_REJECTED] = "rejected",
    [LEDGER_FILE_PARTLY] = "partly",
};

#define SELECT_FILE                                                                                \
  "SELECT number, name, name_number, sha256, identity, state, first_seen, decided, run, faults, "  \
  "ready "                                                                                         \
  "FROM file "

void ledger_file_free(LedgerFile *file)
{
  if (file == NULL)
    return;
  g_free(file->name);
  g_free(file->sha256);
  g_free(file->identity);
  g_free(file->waits_for);
  if (file->faults != NULL)
    g_ptr_array_unref(file->faults);
  g_free(file);
}

static LedgerFile *file_from_row(sqlite3_stmt *row)
{
  LedgerFile *file = g_new0(LedgerFile, 1);
  file->number = sqlite3_column_int64(row, 0);
  file->name = column_text(row, 1);
  file->name_number = (guint)sqlite3_column_int64(row, 2);
  file->sha256 = column_text(row, 3);
  file->identity = column_text(row, 4);
  file->state = (LedgerFileState)sqlite3_column_int64(row, 5);
  file->first_seen = sqlite3_column_int64(row, 6);
  file->decided = sqlite3_column_int64(row, 7);
  file->run = sqlite3_column_int64(row, 8);
  file->faults = column_faults(row, 9);
  file->ready = sqlite3_column_int64(row, 10) != 0;
  return file;
}

/* What a waiting file waits for, a few of it. */
static gboolean read_waits_for(Ledger *ledger, LedgerFile *file, GError **error)
{
  sqlite3_stmt *row = ledger_query(ledger, error,
                                   "SELECT DISTINCT waits_for FROM item WHERE file = $1 AND "
                                   "outcome = 3 ORDER BY waits_for LIMIT 3",
                                   "n", file->number);
  if (row == NULL)
    return FALSE;
  g_autoptr(GString) list = g_string_new(NULL);
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0)
    g_string_append_printf(list, "%s%s", list->len > 0 ? " " : "",
                           (const char *)sqlite3_column_text(row, 0));
  file->waits_for = list->len > 0 ? g_strdup(list->str) : NULL;
  return more == 0;
}

static GPtrArray *files_from_rows(Ledger *ledger, sqlite3_stmt *row, GError **error)
{
  if (row == NULL)
    return NULL;
  g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_file_free);
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0)
    g_ptr_array_add(files, file_from_row(row));
  for (guint i = 0; more == 0 && i < files->len; i++) {
    LedgerFile *file = g_ptr_array_index(files, i);
    if (file->state == LEDGER_FILE_WAITING && !read_waits_for(ledger, file, error))
      more = -1;
  }
  return more == 0 ? g_steal_pointer(&files) : NULL;
}

gboolean ledger_find_waiting_file(Ledger *ledger, const char *name, LedgerFile **ret_file,
                                  GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error, SELECT_FILE "WHERE name = $1 AND state = 1", "t", name);
  g_autoptr(GPtrArray) found = files_from_rows(ledger, row, error);
  if (found == NULL)
    return FALSE;
  *ret_file = found->len > 0 ? g_ptr_array_steal_index(found, 0) : NULL;
  return TRUE;
}

GPtrArray *ledger_ready_files(Ledger *ledger, gint64 deadline, GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error,
                   SELECT_FILE "WHERE state = 1 AND (ready <> 0 OR first_seen <= $1) ORDER BY name",
                   "n", deadline);
  return files_from_rows(ledger, row, error);
}

static void mark_file_stale(Ledger *ledger, gint64 number)
{
  ledger_mark_stale(ledger, LEDGER_STALE_FILES, "%" G_GINT64_FORMAT,
                    (number - 1) / LEDGER_BLOCK_SIZE);
}

/* The pages on both sides of BLOCK link to it, if it is there. */
static gboolean mark_neighbours_stale(Ledger *ledger, gint64 block, GError **error)
{
  for (int direction = -1; direction <= 1; direction += 2) {
    gint64 neighbour = -1;
    if (!ledger_next_file_block(ledger, block, direction, &neighbour, error))
      return FALSE;
    if (neighbour >= 0)
      ledger_mark_stale(ledger, LEDGER_STALE_FILES, "%" G_GINT64_FORMAT, neighbour);
  }
  return TRUE;
}

gboolean ledger_drop_waiting_file(Ledger *ledger, gint64 number, GError **error)
{
  mark_file_stale(ledger, number);
  gint64 block = (number - 1) / LEDGER_BLOCK_SIZE, left = 0;
  g_clear_pointer(&ledger->file_name, g_free);
  ledger->file_number = 0;
  if (!ledger_do(ledger, error, "DELETE FROM item WHERE file = $1 AND outcome = 3", "n", number) ||
      !ledger_do(ledger, error,
                 "UPDATE file SET state = 4, ready = 0 WHERE number = $1 AND EXISTS "
                 "(SELECT 1 FROM item WHERE file = $1)",
                 "n", number) ||
      !ledger_do(ledger, error, "DELETE FROM file WHERE number = $1 AND state = 1", "n", number) ||
      !ledger_number(ledger, &left, error,
                     "SELECT number FROM file WHERE number > $1 AND number <= $2 LIMIT 1", "nn",
                     block * LEDGER_BLOCK_SIZE, (block + 1) * LEDGER_BLOCK_SIZE))
    return FALSE;
  return left != 0 || mark_neighbours_stale(ledger, block, error);
}

/* Whether KEPT is free in done/, rejected/ and receipts/: neither the name of
 * another file ("monday.2.xml" may be the second monday.xml, or a file that came
 * under that name), nor that of its error file, nor the other way round. */
static gboolean kept_is_free(Ledger *ledger, const char *kept, gboolean *ret_free, GError **error)
{
  static const char error_file[] = ".error.md";
  g_autofree char *own_error = g_strconcat(kept, error_file, NULL);
  g_autofree char *other = g_str_has_suffix(kept, error_file)
                               ? g_strndup(kept, strlen(kept) - strlen(error_file))
                               : NULL;
  gint64 taken = 0;
  if (!ledger_number(ledger, &taken, error, "SELECT COUNT(*) FROM file WHERE kept IN ($1, $2, $3)",
                     "ttt", kept, own_error, other))
    return FALSE;
  *ret_free = taken == 0;
  return TRUE;
}

/* Sets the numbers of a new FILE. *RET_KEPT is the name that it has from then on. */
static gboolean number_file(Ledger *ledger, LedgerFile *file, char **ret_kept, GError **error)
{
  gint64 name_number = 0, number = 0;
  if (!ledger_number(ledger, &name_number, error,
                     "SELECT COALESCE(MAX(name_number), 0) + 1 FROM file WHERE name = $1", "t",
                     file->name) ||
      !ledger_number(ledger, &number, error, "SELECT COALESCE(MAX(number), 0) + 1 FROM file", ""))
    return FALSE;
  for (;; name_number++) {
    g_autofree char *kept = text_number_file_name(file->name, (guint)name_number);
    gboolean is_free = FALSE;
    if (!kept_is_free(ledger, kept, &is_free, error))
      return FALSE;
    if (!is_free)
      continue;
    file->number = number;
    file->name_number = (guint)name_number;
    *ret_kept = g_steal_pointer(&kept);
    return TRUE;
  }
}

static gboolean add_file(Ledger *ledger, LedgerFile *file, GError **error)
{
  g_autofree char *kept = NULL;
  if (!number_file(ledger, file, &kept, error))
    return FALSE;
  g_autoptr(GBytes) faults = faults_for_storing(file->faults);
  gint64 block = (file->number - 1) / LEDGER_BLOCK_SIZE;
  mark_file_stale(ledger, file->number);
  return ledger_do(ledger, error,
                   "INSERT INTO file VALUES ($1, $2, $3, $4, $5, $6, $7, 2, $8, $9, $10, $11)",
                   "ntntttnnnnb", file->number, file->name, (gint64)file->name_number, kept,
                   file->sha256, file->identity, (gint64)file->state, file->first_seen,
                   file->decided, file->run, faults) &&
         ((file->number - 1) % LEDGER_BLOCK_SIZE != 0 ||
          mark_neighbours_stale(ledger, block, error));
}

gboolean ledger_put_file(Ledger *ledger, LedgerFile *file, GError **error)
{
  if (!ledger_count_file(ledger, file->state, error))
    return FALSE;
  if (file->number == 0)
    return add_file(ledger, file, error);
  mark_file_stale(ledger, file->number);
  g_autoptr(GBytes) faults = faults_for_storing(file->faults);
  return ledger_do(ledger, error,
                   "UPDATE file SET sha256 = $1, identity = $2, state = $3, first_seen = $4, "
                   "decided = $5, run = $6, faults = $7 WHERE number = $8",
                   "ttnnnnbn", file->sha256, file->identity, (gint64)file->state, file->first_seen,
                   file->decided, file->run, faults, file->number);
}

/* 2: a try has begun; 1: something that it waits for has moved; 0: it waits. */
gboolean ledger_begin_try(Ledger *ledger, gint64 number, GError **error)
{
  return ledger_do(ledger, error, "UPDATE file SET ready = 2 WHERE number = $1", "n", number);
}

gboolean ledger_end_try(Ledger *ledger, gint64 number, GError **error)
{
  return ledger_do(ledger, error, "UPDATE file SET ready = 0 WHERE number = $1 AND ready = 2", "n",
                   number);
}

gboolean ledger_file_name(Ledger *ledger, gint64 number, const char **ret_name, GError **error)
{
  if (ledger->file_number != number) {
    sqlite3_stmt *row =
        ledger_query(ledger, error, "SELECT name FROM file WHERE number = $1", "n", number);
    int more = row != NULL ? ledger_next(ledger, row, error) : -1;
    if (more < 0)
      return FALSE;
    g_free(ledger->file_name);
    ledger->file_name = more > 0 ? column_text(row, 0) : NULL;
    ledger->file_number = number;
    sqlite3_reset(row);
  }
  *ret_name = ledger->file_name;
  return TRUE;
}

gboolean ledger_wake(Ledger *ledger, const char *order, GError **error)
{
  return ledger_do(ledger, error,
                   "UPDATE file SET ready = 1 WHERE number IN (SELECT file FROM item WHERE "
                   "outcome = 3 AND waits_for_order = $1)",
                   "t", order);
}

gboolean ledger_next_file_block(Ledger *ledger, gint64 block, int direction, gint64 *ret_block,
                                GError **error)
{
  gint64 number = 0;
  gint64 edge = block == G_MAXINT64 ? G_MAXINT64 : block * LEDGER_BLOCK_SIZE;
  gboolean ok =
      direction < 0
          ? ledger_number(ledger, &number, error,
                          "SELECT number FROM file WHERE number <= $1 ORDER BY number DESC LIMIT 1",
                          "n", edge)
          : ledger_number(ledger, &number, error,
                          "SELECT number FROM file WHERE number > $1 ORDER BY number LIMIT 1", "n",
                          edge + LEDGER_BLOCK_SIZE);
  if (!ok)
    return FALSE;
  *ret_block = number > 0 ? (number - 1) / LEDGER_BLOCK_SIZE : -1;
  return TRUE;
}

GPtrArray *ledger_files_in_block(Ledger *ledger, gint64 block, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error, SELECT_FILE "WHERE number > $1 AND number <= $2 ORDER BY number DESC", "nn",
      block * LEDGER_BLOCK_SIZE, (block + 1) * LEDGER_BLOCK_SIZE);
  return files_from_rows(ledger, row, error);
}

GPtrArray *ledger_waiting_files(Ledger *ledger, guint limit, gint64 *ret_count, GError **error)
{
  gint64 count = 0;
  if (!ledger_number(ledger, &count, error, "SELECT COUNT(*) FROM file WHERE state = 1", ""))
    return NULL;
  sqlite3_stmt *row = ledger_query(
      ledger, error, SELECT_FILE "WHERE state = 1 ORDER BY first_seen, number LIMIT $1", "n",
      (gint64)limit);
  GPtrArray *files = files_from_rows(ledger, row, error);
  if (files != NULL)
    *ret_count = count;
  return files;
}

GPtrArray *ledger_rejected_files(Ledger *ledger, guint limit, GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error, SELECT_FILE "WHERE state IN (3, 4) ORDER BY number DESC LIMIT $1",
                   "n", (gint64)limit);
  return files_from_rows(ledger, row, error);
}

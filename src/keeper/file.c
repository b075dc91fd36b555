#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "keeper/keeper-private.h"

/* A file that ends in the middle of its XML and is younger than this may still
 * be being written (rules.md 5). */
#define UNFINISHED_SECONDS 10

KeeperFile *keeper_file_new(const char *name, const char *identity, gint64 now)
{
  KeeperFile *file = g_new0(KeeperFile, 1);
  file->name = g_strdup(name);
  file->identity = g_strdup(identity);
  file->row = g_new0(LedgerFile, 1);
  file->row->name = text_safe_file_name(name);
  file->row->identity = g_strdup(identity);
  file->row->first_seen = now;
  file->row->state = LEDGER_FILE_WAITING;
  return file;
}

void keeper_file_free(KeeperFile *file)
{
  if (file == NULL)
    return;
  g_free(file->name);
  g_free(file->identity);
  g_free(file->warning);
  ledger_file_free(file->row);
  if (file->rows != NULL)
    g_ptr_array_unref(file->rows);
  keeper_atomic_free(file->atomic);
  g_free(file);
}

char *keeper_file_identity(int fd, gint64 *ret_modified)
{
  struct stat status;
  if (fstat(fd, &status) != 0)
    return g_strdup("");
  *ret_modified = status.st_mtim.tv_sec;
  return g_strdup_printf("%jx-%jx-%jx-%jx.%lx", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino,
                         (uintmax_t)status.st_size, (uintmax_t)status.st_mtim.tv_sec,
                         status.st_mtim.tv_nsec);
}

/* The row has to be there before anything refers to its number. */
static gboolean begin(Keeper *keeper, KeeperFile *file, GError **error)
{
  if (file->row->number != 0)
    return TRUE;
  file->row->run = keeper->run.number;
  if (file->row->sha256 == NULL)
    file->row->sha256 = g_strdup("");
  return ledger_put_file(keeper->ledger, file->row, error);
}

void keeper_file_count(KeeperFile *file, LedgerItem *row)
{
  file->accepted += row->outcome == LIFECYCLE_OUTCOME_ACCEPTED;
  file->rejected += row->outcome == LIFECYCLE_OUTCOME_REJECTED;
  file->waiting += row->outcome == LIFECYCLE_OUTCOME_WAITING;
  if (file->rows == NULL)
    ledger_item_free(row);
  else if (row->position == file->rows->len)
    g_ptr_array_add(file->rows, row);
  else
    keeper_file_replace_row(file, row);
}

void keeper_file_replace_row(KeeperFile *file, LedgerItem *row)
{
  g_assert(row->position < file->rows->len);
  gpointer *place = &g_ptr_array_index(file->rows, row->position);
  ledger_item_free(*place);
  *place = row;
}

/* How an earlier try of FILE decided its next item, or 0. */
static gboolean decided_before(Keeper *keeper, const KeeperFile *file,
                               LifecycleOutcome *ret_outcome, GError **error)
{
  if (!file->known)
    return TRUE;
  LifecycleOutcome outcome = 0;
  if (!ledger_read_item_outcome(keeper->ledger, file->row->number, file->position, &outcome, error))
    return FALSE;
  if (outcome != LIFECYCLE_OUTCOME_WAITING)
    *ret_outcome = outcome;
  return TRUE;
}

gboolean keeper_file_begin_batch(Keeper *keeper, KeeperFile *file, const RequestFile *read,
                                 GError **error)
{
  return begin(keeper, file, error) && (!read->atomic || keeper_atomic_begin(keeper, file, error));
}

gboolean keeper_file_take_item(Keeper *keeper, KeeperFile *file, RequestItem *item, GError **error)
{
  g_autoptr(RequestItem) own = item;
  LifecycleOutcome before = 0;
  if (!begin(keeper, file, error) || !decided_before(keeper, file, &before, error))
    return FALSE;
  gint64 position = file->position++;
  if (before != 0) {
    file->accepted += before == LIFECYCLE_OUTCOME_ACCEPTED;
    file->rejected += before == LIFECYCLE_OUTCOME_REJECTED;
    return TRUE;
  }
  LedgerItem *row = keeper_decide_item(keeper, file, item, position, error);
  if (row == NULL)
    return FALSE;
  keeper->run.items++;
  if (file->atomic != NULL && row->outcome == LIFECYCLE_OUTCOME_WAITING &&
      !keeper_atomic_hold(keeper, file, item, position, error)) {
    ledger_item_free(row);
    return FALSE;
  }
  keeper_file_count(file, row);
  return file->atomic == NULL || keeper_group_relieve(keeper, error);
}

/* Stands for a file with secrets of which nothing else can be kept. */
static GBytes *new_note(const char *why)
{
  char *note = g_strdup_printf("Nothing is kept of this file, which carried secrets: %s.\n", why);
  return g_bytes_new_take(note, strlen(note));
}

/* The file that was read, without its secrets; a note where it is too large, or was
 * taken away or replaced since. NULL with ERROR set where it cannot be read. */
static GBytes *blank_source(Keeper *keeper, const KeeperFile *file, GError **error)
{
  g_autofree char *path = g_strdup_printf(INBOX "/%s", file->name);
  int fd = file_open(keeper->root, path, NULL);
  gint64 modified = 0;
  g_autofree char *identity = fd >= 0 ? keeper_file_identity(fd, &modified) : NULL;
  if (g_strcmp0(identity, file->identity) != 0) {
    if (fd >= 0)
      close(fd);
    return new_note("it was taken away or replaced while it was being decided");
  }
  g_autoptr(GError) refused = NULL;
  GBytes *blanked = intake_blank_file(fd, path, &refused);
  close(fd);
  if (g_error_matches(refused, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED))
    return new_note("it was too large; it was overwritten and removed");
  if (blanked == NULL)
    g_propagate_error(error, g_steal_pointer(&refused));
  return blanked;
}

/* What is kept of a file that carried secrets, or NULL for any other. */
static gboolean read_blanked(Keeper *keeper, const KeeperFile *file, const RequestFile *read,
                             GBytes **ret_blanked, GError **error)
{
  if (!read->secrets)
    return TRUE;
  GBytes *blanked =
      read->blanked != NULL ? g_bytes_ref(read->blanked) : blank_source(keeper, file, error);
  if (blanked == NULL)
    return FALSE;
  *ret_blanked = blanked;
  return TRUE;
}

static gboolean add_move(Keeper *keeper, const KeeperFile *file, const RequestFile *read,
                         GError **error)
{
  g_autoptr(GBytes) blanked = NULL;
  if (!read_blanked(keeper, file, read, &blanked, error))
    return FALSE;
  const char *folder = file->row->state == LEDGER_FILE_ACCEPTED ? DONE : REJECTED;
  g_autofree char *name = text_number_file_name(file->row->name, file->row->name_number);
  KeeperOutput *output =
      keeper_output_new(blanked != NULL ? LEDGER_OUTPUT_BLANK : LEDGER_OUTPUT_MOVE,
                        g_strdup_printf("%s/%s", folder, name));
  output->row->source = g_strdup_printf(INBOX "/%s", file->name);
  output->row->identity = g_strdup(file->identity);
  output->row->sha256 = g_strdup(read->sha256);
  output->row->content = g_steal_pointer(&blanked);
  return keeper_add_output(keeper, output, error);
}

static LedgerFileState decided_state(const KeeperFile *file)
{
  if (file->row->faults->len == 0 && file->rejected == 0)
    return LEDGER_FILE_ACCEPTED;
  return file->accepted > 0 ? LEDGER_FILE_PARTLY : LEDGER_FILE_REJECTED;
}

static gboolean keep_waiting(Keeper *keeper, KeeperFile *file, GError **error)
{
  return ledger_put_file(keeper->ledger, file->row, error) &&
         ledger_end_try(keeper->ledger, file->row->number, error);
}

/* A file that could not be read to its end waits for nothing any more. */
static gboolean refuse_waiting(Keeper *keeper, KeeperFile *file, GError **error)
{
  const guint portion = 500;
  for (gint64 first = 0; file->waiting > 0;) {
    g_autoptr(GPtrArray) rows =
        ledger_items_of_file(keeper->ledger, file->row->number, first, portion, error);
    if (rows == NULL)
      return FALSE;
    for (guint i = 0; i < rows->len; i++) {
      LedgerItem *row = g_ptr_array_index(rows, i);
      first = row->position + 1;
      if (row->outcome != LIFECYCLE_OUTCOME_WAITING)
        continue;
      row->outcome = LIFECYCLE_OUTCOME_REJECTED;
      fault_add(row->faults, "reference-unknown", 0, request_kinds[row->kind].name,
                "it waited for \"%s\", but the file could not be read to its end; drop it again",
                row->waits_for);
      g_clear_pointer(&row->waits_for, g_free);
      if (!ledger_put_item(keeper->ledger, row, error))
        return FALSE;
    }
    if (rows->len < portion)
      break;
  }
  file->rejected += file->waiting;
  file->waiting = 0;
  return TRUE;
}

gboolean keeper_file_end(Keeper *keeper, KeeperFile *file, RequestFile *read, gboolean *ret_decided,
                         GError **error)
{
  *ret_decided = FALSE;
  /* The clock of a network folder may go a little before ours. */
  gint64 age = ABS(g_get_real_time() / G_USEC_PER_SEC - file->modified);
  if (read->unfinished && age < UNFINISHED_SECONDS && keeper->purpose == KEEPER_FOR_RUN)
    return TRUE;
  if (!begin(keeper, file, error) ||
      (file->atomic != NULL && !keeper_atomic_end(keeper, file, read->faults->len == 0, error)))
    return FALSE;
  LedgerFile *row = file->row;
  g_free(row->sha256);
  row->sha256 = g_strdup(read->sha256);
  row->run = keeper->run.number;
  file->secrets = read->secrets;
  if (row->faults != NULL)
    g_ptr_array_unref(row->faults);
  row->faults = g_ptr_array_ref(read->faults);
  if (file->waiting > 0 && read->faults->len == 0)
    return keep_waiting(keeper, file, error);
  if (!refuse_waiting(keeper, file, error))
    return FALSE;
  row->state = decided_state(file);
  row->decided = keeper->now;
  *ret_decided = TRUE;
  return ledger_put_file(keeper->ledger, row, error) &&
         ledger_end_try(keeper->ledger, row->number, error) &&
         (keeper->purpose == KEEPER_FOR_CHECK || add_move(keeper, file, read, error));
}

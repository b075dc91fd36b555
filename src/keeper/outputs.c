#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "keeper/keeper-private.h"

KeeperOutput *keeper_output_new(LedgerOutputKind kind, char *path)
{
  KeeperOutput *output = g_new0(KeeperOutput, 1);
  output->row = g_new0(LedgerOutput, 1);
  output->row->kind = kind;
  output->row->path = path;
  return output;
}

KeeperOutput *keeper_output_new_document(char *path, GBytes *content)
{
  KeeperOutput *output = keeper_output_new(LEDGER_OUTPUT_DOCUMENT, path);
  output->row->content = content;
  output->row->sha256 = text_sha256(g_bytes_get_data(content, NULL), g_bytes_get_size(content));
  return output;
}

void keeper_output_free(KeeperOutput *output)
{
  if (output == NULL)
    return;
  ledger_output_free(output->row);
  outbox_archive_free(output->archive);
  ledger_archive_free(output->made);
  g_free(output);
}

static GPtrArray *outputs_new(void)
{
  return g_ptr_array_new_with_free_func((GDestroyNotify)keeper_output_free);
}

void keeper_forget_outputs(Keeper *keeper)
{
  g_hash_table_remove_all(keeper->paths);
  g_clear_pointer(&keeper->outputs, g_ptr_array_unref);
  keeper->outputs = outputs_new();
}

/* Of two outputs of one path in a group the later one counts. */
static void drop_earlier(Keeper *keeper, const char *path)
{
  gpointer earlier = g_hash_table_lookup(keeper->paths, path);
  g_hash_table_remove(keeper->paths, path);
  if (earlier != NULL)
    g_ptr_array_remove(keeper->outputs, earlier);
}

gboolean keeper_add_output(Keeper *keeper, KeeperOutput *output, GError **error)
{
  if (keeper->purpose == KEEPER_FOR_CHECK) {
    keeper_output_free(output);
    return TRUE;
  }
  drop_earlier(keeper, output->row->path);
  g_ptr_array_add(keeper->outputs, output);
  g_hash_table_insert(keeper->paths, output->row->path, output);
  return ledger_add_output(keeper->ledger, output->row, error) &&
         keeper_queue_mail(keeper, output->row, error) &&
         (output->made == NULL || ledger_put_archive(keeper->ledger, output->made, error));
}

/* What outbox/pki serves is public; all else is private, whatever the umask. */
mode_t keeper_output_mode(const LedgerOutput *row)
{
  return g_str_has_prefix(row->path, PKI_FOLDER) ? 0644 : 0600;
}

static FilePhase output_phase(const LedgerOutput *row)
{
  if (row->kind == LEDGER_OUTPUT_BLANK)
    return FILE_PHASE_MOVE;
  return row->receipt ? FILE_PHASE_RECEIPT : FILE_PHASE_ARCHIVE;
}

static gboolean stage_bytes(FileGroup *group, const LedgerOutput *row, GBytes *content,
                            GError **error)
{
  return file_group_write(group, output_phase(row), row->path, g_bytes_get_data(content, NULL),
                          g_bytes_get_size(content), keeper_output_mode(row), error);
}

/* Whether the file in the inbox is still the one that was decided. A person may
 * have put another in its place, which then is a file of its own. */
static gboolean source_is_same(Keeper *keeper, const LedgerOutput *row)
{
  int fd = file_open(keeper->root, row->source, NULL);
  if (fd < 0)
    return FALSE;
  gint64 modified = 0;
  g_autofree char *identity = keeper_file_identity(fd, &modified);
  gboolean same = g_strcmp0(identity, row->identity) == 0;
  if (!same) {
    g_autoptr(GBytes) content = file_read_descriptor(fd, row->source, INTAKE_LIMIT_FILE, NULL);
    g_autofree char *sha256 =
        content != NULL ? text_sha256(g_bytes_get_data(content, NULL), g_bytes_get_size(content))
                        : NULL;
    same = g_strcmp0(sha256, row->sha256) == 0;
  }
  close(fd);
  return same;
}

static gboolean stage_archive(Keeper *keeper, KeeperOutput *output, FileGroup *group,
                              GError **error)
{
  const LedgerOutput *row = output->row;
  if (output->archive == NULL)
    output->archive = keeper_remake_archive(keeper, row, error);
  if (output->archive == NULL ||
      !file_group_write(group, FILE_PHASE_ARCHIVE, row->path, output->archive->data,
                        output->archive->length, 0600, error))
    return FALSE;
  g_clear_pointer(&output->archive, outbox_archive_free);
  return TRUE;
}

/* The parts of a document, one after the other. */
typedef struct {
  Ledger *ledger;
  const LedgerOutput *row;
  gint64 next;
} DocumentParts;

static gboolean next_part(gpointer data, GBytes **ret_part, GError **error)
{
  DocumentParts *parts = data;
  if (parts->next == parts->row->parts)
    return TRUE;
  *ret_part = ledger_read_output_part(parts->ledger, parts->row->number, parts->next++, error);
  return *ret_part != NULL;
}

static gboolean stage_document(Keeper *keeper, KeeperOutput *output, FileGroup *group,
                               GError **error)
{
  const LedgerOutput *row = output->row;
  DocumentParts parts = {keeper->ledger, row, 0};
  if (row->parts > 0)
    return file_group_write_parts(group, output_phase(row), row->path, next_part, &parts,
                                  keeper_output_mode(row), error);
  return stage_bytes(group, output->row, output->row->content, error);
}

static gboolean stage_attachment(Keeper *keeper, KeeperOutput *output, FileGroup *group,
                                 GError **error)
{
  g_autoptr(GBytes) content = ledger_read_attachment(keeper->ledger, output->row->sha256, error);
  return content != NULL && stage_bytes(group, output->row, content, error);
}

static gboolean stage_move(Keeper *keeper, KeeperOutput *output, FileGroup *group,
                           GError **error G_GNUC_UNUSED)
{
  if (source_is_same(keeper, output->row))
    file_group_move(group, output->row->source, output->row->path);
  return TRUE;
}

static gboolean stage_blank(Keeper *keeper, KeeperOutput *output, FileGroup *group, GError **error)
{
  if (!stage_bytes(group, output->row, output->row->content, error))
    return FALSE;
  if (source_is_same(keeper, output->row))
    file_group_shred(group, output->row->source);
  return TRUE;
}

/* These have a folder for each certificate, which goes with the last file in it. */
static gboolean is_folder_of_certificate(const char *path)
{
  return g_str_has_prefix(path, "outbox/certificates/") ||
         g_str_has_prefix(path, "outbox/verification/");
}

static gboolean stage_remove(Keeper *keeper G_GNUC_UNUSED, KeeperOutput *output, FileGroup *group,
                             GError **error G_GNUC_UNUSED)
{
  file_group_shred(group, output->row->path);
  if (!is_folder_of_certificate(output->row->path))
    return TRUE;
  g_autofree char *folder = g_path_get_dirname(output->row->path);
  file_group_remove_folder(group, folder);
  return TRUE;
}

typedef gboolean (*StageOutput)(Keeper *keeper, KeeperOutput *output, FileGroup *group,
                                GError **error);
static const struct {
  StageOutput stage;
  gboolean in_parallel; /* it asks no ledger */
} stages[] = {
    [LEDGER_OUTPUT_ARCHIVE] = {stage_archive, TRUE},
    [LEDGER_OUTPUT_DOCUMENT] = {stage_document, TRUE},
    [LEDGER_OUTPUT_ATTACHMENT] = {stage_attachment, FALSE},
    [LEDGER_OUTPUT_MOVE] = {stage_move, TRUE},
    [LEDGER_OUTPUT_BLANK] = {stage_blank, TRUE},
    [LEDGER_OUTPUT_REMOVE] = {stage_remove, TRUE},
};
G_STATIC_ASSERT(G_N_ELEMENTS(stages) == LEDGER_OUTPUT_N);

static gboolean output_asks_ledger(const KeeperOutput *output)
{
  return !stages[output->row->kind].in_parallel || output->row->parts > 0 ||
         (output->row->kind == LEDGER_OUTPUT_ARCHIVE && output->archive == NULL);
}

static gboolean stage_one(Keeper *keeper, gpointer item, gpointer group, GError **error)
{
  KeeperOutput *output = item;
  return output->staged || stages[output->row->kind].stage(keeper, output, group, error);
}

/* A group's files on their way to disk. */
struct KeeperWriting {
  Keeper *keeper;
  GPtrArray *outputs; /* at least one */
  FileGroup *group;
  GThread *thread; /* NULL: all is done */
  GError *error;
};

static void writing_free(KeeperWriting *writing)
{
  g_ptr_array_unref(writing->outputs);
  file_group_free(writing->group);
  g_clear_error(&writing->error);
  g_free(writing);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeeperWriting, writing_free)

static gpointer writing_run(gpointer data)
{
  KeeperWriting *writing = data;
  if (keeper_parallel(writing->keeper, writing->outputs, stage_one, writing->group,
                      &writing->error))
    file_group_commit(writing->group, &writing->error);
  return NULL;
}

static gboolean stage_what_asks_ledger(KeeperWriting *writing, GError **error)
{
  for (guint i = 0; i < writing->outputs->len; i++) {
    KeeperOutput *output = g_ptr_array_index(writing->outputs, i);
    if (output_asks_ledger(output)) {
      if (!stages[output->row->kind].stage(writing->keeper, output, writing->group, error))
        return FALSE;
      output->staged = TRUE;
    }
  }
  return TRUE;
}

gboolean keeper_begin_writing(Keeper *keeper, GError **error)
{
  if (keeper->outputs->len == 0)
    return TRUE; /* what is under way keeps nobody waiting */
  if (!keeper_finish_writing(keeper, error))
    return FALSE;
  g_autoptr(KeeperWriting) writing = g_new0(KeeperWriting, 1);
  writing->keeper = keeper;
  writing->outputs = g_steal_pointer(&keeper->outputs);
  writing->group = file_group_new(keeper->root);
  keeper->outputs = outputs_new();
  keeper_forget_outputs(keeper);
  if (!stage_what_asks_ledger(writing, error))
    return FALSE;
  if (keeper->threads > 1)
    writing->thread = g_thread_new("writing", writing_run, writing);
  else
    writing_run(writing);
  keeper->writing = g_steal_pointer(&writing);
  return TRUE;
}

gboolean keeper_finish_writing(Keeper *keeper, GError **error)
{
  g_autoptr(KeeperWriting) writing = g_steal_pointer(&keeper->writing);
  if (writing == NULL)
    return TRUE;
  if (writing->thread != NULL)
    g_thread_join(writing->thread);
  if (writing->error != NULL) {
    g_propagate_error(error, g_steal_pointer(&writing->error));
    return FALSE;
  }
  /* The commit of a large group synced all there is before it named: what was named before is safe
   * after it. */
  gboolean safe = file_group_is_safe(writing->group);
  if (!safe && file_group_size(writing->group) > 0) {
    keeper->synced_output = keeper->named_output;
    keeper->synced = TRUE;
  }
  const KeeperOutput *last = g_ptr_array_index(writing->outputs, writing->outputs->len - 1);
  if (safe && keeper->synced_output == keeper->named_output)
    keeper->synced_output = last->row->number;
  keeper->named_output = last->row->number;
  return TRUE;
}

gboolean keeper_write_outputs(Keeper *keeper, GError **error)
{
  return keeper_begin_writing(keeper, error) && keeper_finish_writing(keeper, error);
}

gboolean keeper_sync_outputs(Keeper *keeper, GError **error)
{
  if (keeper->synced_output == keeper->named_output)
    return TRUE;
  if (!file_sync(keeper->root, error))
    return FALSE;
  keeper->synced_output = keeper->named_output;
  keeper->synced = TRUE;
  return TRUE;
}

/* Removes the temporary files in the folder of PATH, unless it is one of FOLDERS. */
static gboolean remove_temporary_beside(Keeper *keeper, const char *path, GHashTable *folders,
                                        GError **error)
{
  g_autofree char *folder = g_path_get_dirname(path);
  if (g_hash_table_contains(folders, folder))
    return TRUE;
  if (!file_remove_temporary(keeper->root, folder, error))
    return FALSE;
  g_hash_table_add(folders, g_steal_pointer(&folder));
  return TRUE;
}

/* A killed run may have left temporary files where its outputs were to go, and where
 * it was overwriting a file with secrets. */
static gboolean remove_temporary(Keeper *keeper, GPtrArray *rows, GError **error)
{
  g_autoptr(GHashTable) folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < rows->len; i++) {
    const LedgerOutput *row = g_ptr_array_index(rows, i);
    if (!remove_temporary_beside(keeper, row->path, folders, error) ||
        (row->source != NULL && !remove_temporary_beside(keeper, row->source, folders, error)))
      return FALSE;
  }
  return TRUE;
}

gboolean keeper_recover_outputs(Keeper *keeper, GError **error)
{
  const guint portion = 500;
  for (;;) {
    g_autoptr(GPtrArray) rows = ledger_pending_outputs(keeper->ledger, portion, error);
    if (rows == NULL)
      return FALSE;
    if (rows->len == 0)
      return TRUE;
    if (!remove_temporary(keeper, rows, error))
      return FALSE;
    while (rows->len > 0) {
      KeeperOutput *output = g_new0(KeeperOutput, 1);
      output->row = g_ptr_array_steal_index(rows, 0);
      g_ptr_array_add(keeper->outputs, output);
    }
    if (!keeper_write_outputs(keeper, error) || !keeper_sync_outputs(keeper, error) ||
        !ledger_begin(keeper->ledger, error))
      return FALSE;
    if (!ledger_mark_outputs_done(keeper->ledger, keeper->synced_output, error) ||
        !ledger_commit(keeper->ledger, error)) {
      ledger_rollback(keeper->ledger);
      return FALSE;
    }
  }
}

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "keeper/keeper-private.h"

void keeper_check_free(KeeperCheck *check)
{
  if (check == NULL)
    return;
  g_free(check->name);
  g_free(check->outcome);
  if (check->faults != NULL)
    g_ptr_array_unref(check->faults);
  if (check->items != NULL)
    g_ptr_array_unref(check->items);
  g_free(check);
}

static int open_path(const char *path, GError **error)
{
  int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  struct stat status;
  if (fd < 0) {
    error_set_errno(error, errno, "%s: cannot open", path);
    return -1;
  }
  if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
    return fd;
  close(fd);
  g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_IO, "%s: not a regular file", path);
  return -1;
}

/* A file that is checked, as the last try left it. */
typedef struct {
  KeeperCheck *check;
  KeeperFile *file; /* NULL before the first try */
} Checked;

static void checked_free(gpointer data)
{
  Checked *checked = data;
  keeper_check_free(checked->check);
  keeper_file_free(checked->file);
  g_free(checked);
}

/* Takes ANSWER about FILE, as a run does. */
static gboolean take_answer(Keeper *keeper, KeeperFile *file, IntakeAnswer *answer,
                            KeeperCheck *check, GError **error)
{
  gboolean decided = FALSE;
  if (!keeper_group_begin(keeper, error))
    return FALSE;
  if (answer->type == INTAKE_ANSWER_BATCH)
    return keeper_file_begin_batch(keeper, file, answer->file, error);
  if (answer->type == INTAKE_ANSWER_ITEM)
    return keeper_file_take_item(keeper, file, g_steal_pointer(&answer->item), error) &&
           (file->atomic != NULL || !keeper_group_is_full(keeper) ||
            keeper_group_end(keeper, error));
  if (check->faults != NULL)
    g_ptr_array_unref(check->faults);
  check->faults = g_ptr_array_ref(answer->file->faults);
  return keeper_file_end(keeper, file, answer->file, &decided, error) &&
         keeper_group_end(keeper, error);
}

/* Takes the reader's answers about FILE to their end. */
static gboolean take_answers(Keeper *keeper, KeeperFile *file, KeeperCheck *check, GError **error)
{
  for (gboolean ok = TRUE, last = FALSE;;) {
    IntakeAnswer answer = {0};
    if (!intake_pool_next(keeper->pool, -1, &answer, error))
      return FALSE;
    last = answer.type == INTAKE_ANSWER_FILE;
    ok = take_answer(keeper, file, &answer, check, error);
    intake_answer_clear(&answer);
    if (!ok || last)
      return ok;
  }
}

/* The file NAME, with what an earlier try has said of its items, and the ledger knows. */
static gboolean begin_file(Keeper *keeper, Checked *checked, const char *name, const char *identity,
                           GError **error)
{
  g_autoptr(KeeperFile) before = checked->file;
  KeeperFile *file = checked->file = keeper_file_new(name, identity, keeper->now);
  if (before == NULL) {
    file->rows = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_item_free);
    return TRUE;
  }
  ledger_file_free(file->row);
  file->row = g_steal_pointer(&before->row);
  file->rows = g_steal_pointer(&before->rows);
  file->known = TRUE;
  return keeper_group_begin(keeper, error) &&
         ledger_begin_try(keeper->ledger, file->row->number, error);
}

static gboolean try_file(Keeper *keeper, Checked *checked, GError **error)
{
  const char *path = checked->check->name;
  int fd = open_path(path, error);
  if (fd < 0)
    return FALSE;
  g_autofree char *name = g_path_get_basename(path);
  gint64 modified = 0;
  g_autofree char *identity = keeper_file_identity(fd, &modified);
  if (!begin_file(keeper, checked, name, identity, error)) {
    close(fd);
    return FALSE;
  }
  return intake_pool_submit(keeper->pool, fd, name, checked->file, error) &&
         take_answers(keeper, checked->file, checked->check, error);
}

static gboolean is_among(const GPtrArray *files, gint64 number)
{
  for (guint i = 0; i < files->len; i++)
    if (((const LedgerFile *)g_ptr_array_index(files, i))->number == number)
      return TRUE;
  return FALSE;
}

/* Tries again what waited for a file, or an item, that came later. *RET_ANY: there was some. */
static gboolean retry_ready(Keeper *keeper, const GPtrArray *all, gboolean *ret_any, GError **error)
{
  *ret_any = FALSE;
  g_autoptr(GPtrArray) ready = ledger_ready_files(keeper->ledger, G_MININT64, error);
  for (guint i = 0; ready != NULL && i < all->len; i++) {
    Checked *checked = g_ptr_array_index(all, i);
    if (!is_among(ready, checked->file->row->number))
      continue;
    *ret_any = TRUE;
    if (!try_file(keeper, checked, error))
      return FALSE;
  }
  return ready != NULL;
}

static gboolean check_paths(Keeper *keeper, char *const *paths, GPtrArray *all, GError **error)
{
  for (char *const *path = paths; *path != NULL; path++) {
    Checked *checked = g_new0(Checked, 1);
    checked->check = g_new0(KeeperCheck, 1);
    checked->check->name = g_strdup(*path);
    g_ptr_array_add(all, checked);
    if (!try_file(keeper, checked, error))
      return FALSE;
  }
  for (gboolean any = TRUE; any;)
    if (!retry_ready(keeper, all, &any, error))
      return FALSE;
  return TRUE;
}

static GPtrArray *take_checks(GPtrArray *all)
{
  GPtrArray *checks = g_ptr_array_new_with_free_func((GDestroyNotify)keeper_check_free);
  for (guint i = 0; i < all->len; i++) {
    Checked *checked = g_ptr_array_index(all, i);
    checked->check->outcome = g_strdup(ledger_file_states[checked->file->row->state]);
    checked->check->items = g_steal_pointer(&checked->file->rows);
    g_ptr_array_add(checks, g_steal_pointer(&checked->check));
  }
  return checks;
}

/* In groups, round after round, as a run does it: so it says what a run would say. All of it
 * goes into a branch of the ledger, which is gone with it. */
GPtrArray *keeper_check(Keeper *keeper, char *const *paths, GError **error)
{
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(checked_free);
  if (!ledger_present(keeper->ledger, clock_now(), &keeper->now, error))
    return NULL;
  keeper->pool = intake_pool_new(1, error);
  if (keeper->pool == NULL)
    return NULL;
  if (check_paths(keeper, paths, all, error))
    return take_checks(all);
  keeper_group_undo(keeper);
  return NULL;
}

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

/* Takes the reader's answers for FILE to their end. */
static gboolean take_answers(Keeper *keeper, KeeperFile *file, KeeperCheck *check, GError **error)
{
  for (;;) {
    IntakeAnswer answer = {0};
    if (!intake_pool_next(keeper->pool, -1, &answer, error))
      return FALSE;
    gboolean last = answer.type == INTAKE_ANSWER_FILE, decided = FALSE;
    gboolean ok = TRUE;
    if (answer.type == INTAKE_ANSWER_BATCH)
      ok = keeper_file_begin_batch(keeper, file, answer.file, error);
    if (answer.type == INTAKE_ANSWER_ITEM)
      ok = keeper_file_take_item(keeper, file, g_steal_pointer(&answer.item), error);
    if (last) {
      ok = keeper_file_end(keeper, file, answer.file, &decided, error);
      check->faults = g_ptr_array_ref(answer.file->faults);
    }
    intake_answer_clear(&answer);
    if (!ok || last)
      return ok;
  }
}

static KeeperCheck *check_path(Keeper *keeper, const char *path, GError **error)
{
  int fd = open_path(path, error);
  if (fd < 0)
    return NULL;
  g_autofree char *name = g_path_get_basename(path);
  gint64 modified = 0;
  g_autofree char *identity = keeper_file_identity(fd, &modified);
  g_autoptr(KeeperFile) file = keeper_file_new(name, identity, keeper->now);
  file->rows = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_item_free);
  g_autoptr(KeeperCheck) check = g_new0(KeeperCheck, 1);
  check->name = g_strdup(path);
  if (!intake_pool_submit(keeper->pool, fd, name, file, error) ||
      !take_answers(keeper, file, check, error))
    return NULL;
  check->outcome = g_strdup(ledger_file_states[file->row->state]);
  check->items = g_steal_pointer(&file->rows);
  return g_steal_pointer(&check);
}

static gboolean check_is_waiting(const KeeperCheck *check)
{
  return strcmp(check->outcome, ledger_file_states[LEDGER_FILE_WAITING]) == 0;
}

static guint count_waiting(const KeeperCheck *check)
{
  guint waiting = 0;
  for (guint i = 0; i < check->items->len; i++) {
    const LedgerItem *item = g_ptr_array_index(check->items, i);
    waiting += item->outcome == LIFECYCLE_OUTCOME_WAITING;
  }
  return waiting;
}

/* What an earlier try accepted comes again as repeated: it is AGAIN what it was BEFORE. */
static void carry_over(KeeperCheck *again, KeeperCheck *before)
{
  for (guint i = 0; i < MIN(again->items->len, before->items->len); i++) {
    gpointer *old = &g_ptr_array_index(before->items, i),
             *new = &g_ptr_array_index(again->items, i);
    if (((const LedgerItem *)*old)->outcome != LIFECYCLE_OUTCOME_ACCEPTED ||
        ((const LedgerItem *)*new)->outcome != LIFECYCLE_OUTCOME_ACCEPTED)
      continue;
    gpointer kept = *old;
    *old = *new;
    *new = kept;
  }
}

/* Tries again what waited for a file or an item that came later. *RET_MOVED: some of it is
 * decided now. */
static gboolean retry_waiting(Keeper *keeper, GPtrArray *checks, gboolean *ret_moved,
                              GError **error)
{
  *ret_moved = FALSE;
  for (guint i = 0; i < checks->len; i++) {
    KeeperCheck *check = g_ptr_array_index(checks, i);
    if (!check_is_waiting(check))
      continue;
    KeeperCheck *again = check_path(keeper, check->name, error);
    if (again == NULL)
      return FALSE;
    *ret_moved = *ret_moved || count_waiting(again) < count_waiting(check);
    carry_over(again, check);
    keeper_check_free(check);
    g_ptr_array_index(checks, i) = again;
  }
  return TRUE;
}

static gboolean check_paths(Keeper *keeper, char *const *paths, GPtrArray *checks, GError **error)
{
  for (char *const *path = paths; *path != NULL; path++) {
    KeeperCheck *check = check_path(keeper, *path, error);
    if (check == NULL)
      return FALSE;
    g_ptr_array_add(checks, check);
  }
  gboolean moved = TRUE;
  while (moved)
    if (!retry_waiting(keeper, checks, &moved, error))
      return FALSE;
  return TRUE;
}

GPtrArray *keeper_check(Keeper *keeper, char *const *paths, GError **error)
{
  g_autoptr(GPtrArray) checks = g_ptr_array_new_with_free_func((GDestroyNotify)keeper_check_free);
  if (!ledger_present(keeper->ledger, clock_now(), &keeper->now, error))
    return NULL;
  keeper->pool = intake_pool_new(1, error);
  if (keeper->pool == NULL || !keeper_group_begin(keeper, error))
    return NULL;
  gboolean ok = check_paths(keeper, paths, checks, error);
  keeper_group_undo(keeper);
  return ok ? g_steal_pointer(&checks) : NULL;
}

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "keeper/keeper-private.h"

/* How long a decided file waits for others to join its group. */
#define GROUP_WAIT_MS 50

static volatile sig_atomic_t stop_asked;

void keeper_stop(void)
{
  stop_asked = 1;
}

/* Who holds the signals back, so that they interrupt no call of a run, is asked by one that
 * is pending. */
gboolean keeper_is_stopped(void)
{
  sigset_t pending;
  if (stop_asked == 0 && sigpending(&pending) == 0 &&
      (sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1))
    stop_asked = 1;
  return stop_asked != 0;
}

/* The inbox of a run. */
typedef struct {
  Keeper *keeper;
  GHashTable *names; /* the name as the ledger keeps it → the name in the inbox */
  GPtrArray *round;  /* names in the inbox, in the order in which they are decided */
  guint next;
  guint under_way;
  gint64 decided;
  gint64 deadline; /* what was first seen before it has waited long enough */
  gboolean last;   /* all that could come has come: what has waited long enough is refused */
  gboolean atomic; /* an atomic batch is under way: the group has to stay open */
  KeeperProgress progress;
  gpointer data;
} Inbox;

/* Whether the ledger knows FILE from an earlier run, and whether it still has
 * to wait. */
static gboolean recall_waiting(Inbox *inbox, KeeperFile *file, gboolean *ret_waits, GError **error)
{
  Keeper *keeper = inbox->keeper;
  g_autoptr(LedgerFile) row = NULL;
  if (!ledger_find_waiting_file(keeper->ledger, file->row->name, &row, error))
    return FALSE;
  *ret_waits = FALSE;
  if (row == NULL)
    return TRUE;
  if (strcmp(row->identity, file->identity) != 0)
    return keeper_group_begin(keeper, error) &&
           ledger_drop_waiting_file(keeper->ledger, row->number, error);
  file->last = inbox->last && row->first_seen <= inbox->deadline;
  *ret_waits = !row->ready && !file->last;
  if (*ret_waits)
    return TRUE;
  ledger_file_free(file->row);
  file->row = g_steal_pointer(&row);
  file->known = TRUE;
  return keeper_group_begin(keeper, error) &&
         ledger_begin_try(keeper->ledger, file->row->number, error);
}

/* Hands the file NAME to a reader. One that cannot be opened, or is gone, has no part in this
 * run any more; the first is said. */
static gboolean submit(Inbox *inbox, const char *name, GError **error)
{
  Keeper *keeper = inbox->keeper;
  g_autofree char *path = g_strdup_printf(INBOX "/%s", name);
  g_autoptr(GError) unreadable = NULL;
  int fd = file_open(keeper->root, path, &unreadable);
  if (fd < 0) {
    g_autofree char *kept = text_safe_file_name(name);
    if (faccessat(keeper->root, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
      keeper_say(keeper,
                 "%s: left alone%s; the user that certdrop runs as has to be able to read it", kept,
                 unreadable->message + strlen(path));
    g_hash_table_remove(inbox->names, kept);
    return TRUE;
  }
  gint64 modified = 0;
  g_autofree char *identity = keeper_file_identity(fd, &modified);
  g_autoptr(KeeperFile) file = keeper_file_new(name, identity, keeper->now);
  file->modified = modified;
  gboolean waits = FALSE;
  if (!recall_waiting(inbox, file, &waits, error) || waits) {
    close(fd);
    return waits;
  }
  if (!intake_pool_submit(keeper->pool, fd, name, file, error))
    return FALSE;
  inbox->under_way++;
  g_steal_pointer(&file);
  return TRUE;
}

static gboolean take_end(Inbox *inbox, KeeperFile *file, RequestFile *read, GError **error)
{
  Keeper *keeper = inbox->keeper;
  g_autoptr(KeeperFile) own = file;
  gboolean decided = FALSE;
  inbox->under_way--;
  if (!keeper_file_end(keeper, file, read, &decided, error))
    return FALSE;
  if (!decided)
    return TRUE;
  inbox->decided++;
  return keeper_answer_file(keeper, g_steal_pointer(&own), error);
}

static gboolean take_answer(Inbox *inbox, IntakeAnswer *answer, GError **error)
{
  Keeper *keeper = inbox->keeper;
  KeeperFile *file = answer->tag;
  inbox->atomic = answer->type != INTAKE_ANSWER_FILE && file->atomic != NULL;
  if (!keeper_group_begin(keeper, error))
    return FALSE;
  if (answer->type == INTAKE_ANSWER_ITEM)
    return keeper_file_take_item(keeper, file, g_steal_pointer(&answer->item), error);
  if (answer->type == INTAKE_ANSWER_FILE)
    return take_end(inbox, file, answer->file, error);
  inbox->atomic = answer->file->atomic;
  return keeper_file_begin_batch(keeper, file, answer->file, error);
}

static gboolean end_group(Inbox *inbox, GError **error)
{
  if (!keeper_group_next(inbox->keeper, error))
    return FALSE;
  if (inbox->progress != NULL)
    inbox->progress(inbox->decided, g_hash_table_size(inbox->names), inbox->data);
  return TRUE;
}

static gboolean take_next(Inbox *inbox, GError **error)
{
  IntakeAnswer answer = {0};
  if (!intake_pool_next(inbox->keeper->pool, GROUP_WAIT_MS, &answer, error))
    return FALSE;
  gboolean nothing = answer.type == INTAKE_ANSWER_NOTHING;
  gboolean ok = nothing || take_answer(inbox, &answer, error);
  intake_answer_clear(&answer);
  if (ok && !inbox->atomic && (nothing || keeper_group_is_full(inbox->keeper)))
    ok = end_group(inbox, error);
  return ok;
}

/* Decides the files of one round. */
static gboolean decide_round(Inbox *inbox, GError **error)
{
  Keeper *keeper = inbox->keeper;
  inbox->next = 0;
  if (inbox->round->len > 0 && keeper->pool == NULL) {
    keeper->pool = intake_pool_new(keeper->threads, error);
    if (keeper->pool == NULL)
      return FALSE;
  }
  for (;;) {
    while (inbox->next < inbox->round->len && !keeper_is_stopped() &&
           intake_pool_room(keeper->pool) > 0)
      if (!submit(inbox, g_ptr_array_index(inbox->round, inbox->next++), error))
        return FALSE;
    if (inbox->under_way == 0)
      return end_group(inbox, error);
    if (!take_next(inbox, error))
      return FALSE;
  }
}

/* What waited, and may have got what it waited for or was first seen before
 * DEADLINE. *RET_ANY: there was some. */
static gboolean next_round(Inbox *inbox, gint64 deadline, gboolean *ret_any, GError **error)
{
  g_autoptr(GPtrArray) ready = ledger_ready_files(inbox->keeper->ledger, deadline, error);
  if (ready == NULL)
    return FALSE;
  g_ptr_array_set_size(inbox->round, 0);
  for (guint i = 0; i < ready->len; i++) {
    const LedgerFile *file = g_ptr_array_index(ready, i);
    char *name = g_hash_table_lookup(inbox->names, file->name);
    if (name != NULL)
      g_ptr_array_add(inbox->round, name);
  }
  *ret_any = inbox->round->len > 0;
  return TRUE;
}

/* Waiting files that somebody took out of the inbox are forgotten. */
static gboolean drop_gone(Inbox *inbox, GError **error)
{
  Keeper *keeper = inbox->keeper;
  gint64 count = 0;
  g_autoptr(GPtrArray) waiting = ledger_waiting_files(keeper->ledger, G_MAXINT32, &count, error);
  if (waiting == NULL)
    return FALSE;
  for (guint i = 0; i < waiting->len; i++) {
    const LedgerFile *file = g_ptr_array_index(waiting, i);
    if (g_hash_table_contains(inbox->names, file->name))
      continue;
    if (!keeper_group_begin(keeper, error) ||
        !ledger_drop_waiting_file(keeper->ledger, file->number, error))
      return FALSE;
  }
  return TRUE;
}

/* Decides round after round until nothing moves. */
static gboolean decide_rounds(Inbox *inbox, GError **error)
{
  gboolean any = TRUE;
  while (any && !keeper_is_stopped())
    if (!decide_round(inbox, error) || !next_round(inbox, G_MININT64, &any, error))
      return FALSE;
  return TRUE;
}

/* Whatever the order of their names, files are decided before what waited for them
 * is given up. */
static gboolean decide_inbox(Inbox *inbox, GError **error)
{
  Keeper *keeper = inbox->keeper;
  g_autoptr(IntakeScan) scan = intake_scan(keeper->root, INBOX, error);
  if (scan == NULL)
    return FALSE;
  for (guint i = 0; i < scan->skipped->len; i++)
    keeper_say(keeper, "%s: left alone: not a regular file; put the file itself here",
               (const char *)g_ptr_array_index(scan->skipped, i));
  for (guint i = 0; i < scan->names->len; i++) {
    char *name = g_ptr_array_index(scan->names, i);
    g_hash_table_insert(inbox->names, text_safe_file_name(name), name);
    g_ptr_array_add(inbox->round, name);
  }
  gboolean any = FALSE;
  if (!drop_gone(inbox, error) || !decide_rounds(inbox, error))
    return FALSE;
  inbox->last = TRUE;
  return next_round(inbox, inbox->deadline, &any, error) && (!any || decide_rounds(inbox, error));
}

static gboolean run_inbox(Keeper *keeper, KeeperProgress progress, gpointer data, GError **error)
{
  gint64 wait = configuration_wait_hours(keeper->configuration) * CLOCK_HOUR;
  Inbox inbox = {.keeper = keeper,
                 .names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                 .round = g_ptr_array_new(),
                 .deadline = keeper->now - wait,
                 .progress = progress,
                 .data = data};
  gboolean ok = decide_inbox(&inbox, error) && keeper_group_next(keeper, error);
  g_hash_table_unref(inbox.names);
  g_ptr_array_unref(inbox.round);
  return ok;
}

/* After so many seconds a system has written by itself what was written to files, and a sync
 * costs little. */
#define WRITTEN_BACK 60

/* Pages are written without a sync. Which ones a run wrote is known until a later one has
 * synced; where the machine was started anew before, they are written again. */
static gboolean doubt_pages(Keeper *keeper, GError **error)
{
  gint64 boot = 0, time = 0;
  if (!ledger_read_number(keeper->ledger, KEEPER_PAGES_BOOT, &boot, error) ||
      !ledger_read_number(keeper->ledger, KEEPER_PAGES_TIME, &time, error))
    return FALSE;
  keeper->synced = FALSE;
  keeper->pages_unsure = boot == 0 || boot != clock_boot();
  if (keeper->pages_unsure)
    return ledger_take_stale_back(keeper->ledger, error);
  if (clock_since_boot() < time + WRITTEN_BACK)
    return TRUE;
  return file_sync(keeper->root, error) && ledger_forget_stale_aside(keeper->ledger, error);
}

static gboolean settle_pages(Keeper *keeper, GError **error)
{
  return (!keeper->synced || ledger_forget_stale_aside(keeper->ledger, error)) &&
         ledger_put_stale_aside(keeper->ledger, error) &&
         ledger_put_number(keeper->ledger, KEEPER_PAGES_BOOT, clock_boot(), error) &&
         ledger_put_number(keeper->ledger, KEEPER_PAGES_TIME, clock_since_boot(), error);
}

static gboolean begin_run(Keeper *keeper, GError **error)
{
  gint64 unended = 0;
  if (!ledger_present(keeper->ledger, clock_now(), &keeper->now, error) ||
      !keeper_recover_outputs(keeper, error) ||
      !ledger_read_number(keeper->ledger, KEEPER_UNDER_WAY, &unended, error) ||
      (unended != 0 && !file_remove_temporary_below(keeper->root, "reports", error)))
    return FALSE;
  return keeper_group_begin(keeper, error) &&
         ledger_begin_run(keeper->ledger, keeper->now, &keeper->run, error) &&
         keeper_check_seal(keeper, error) && doubt_pages(keeper, error) &&
         ledger_put_number(keeper->ledger, KEEPER_UNDER_WAY, keeper->run.number, error) &&
         keeper_group_end(keeper, error);
}

static gboolean refresh_pages(Keeper *keeper, GError **error)
{
  ReportsContext context = keeper_reports_context(keeper);
  g_autoptr(Ledger) second = NULL;
  g_autoptr(GPtrArray) stale = ledger_stale_pages(keeper->ledger, error);
  if (stale == NULL || !keeper_open_second(keeper, &second, error) ||
      !ledger_begin_reading(keeper->ledger, error))
    return FALSE;
  context.second = second;
  gboolean ok = reports_refresh(&context, stale, NULL, error);
  ledger_rollback(keeper->ledger);
  return ok;
}

/* The counts go into the ledger before the pages, which show them; the length of the run after
 * them, when the files of the last group have their names, too. */
static gboolean finish_run(Keeper *keeper, gint64 began, GError **error)
{
  if (!keeper_group_begin(keeper, error))
    return FALSE;
  g_autoptr(GPtrArray) waiting =
      ledger_waiting_files(keeper->ledger, 0, &keeper->run.waiting, error);
  if (waiting == NULL || !ledger_end_run(keeper->ledger, &keeper->run, error) ||
      !keeper_group_next(keeper, error) || !refresh_pages(keeper, error) ||
      !keeper_finish_writing(keeper, error) || !keeper_sync_outputs(keeper, error))
    return FALSE;
  keeper->run.milliseconds = MAX((g_get_monotonic_time() - began) / 1000, 1);
  return keeper_group_begin(keeper, error) && settle_pages(keeper, error) &&
         ledger_put_number(keeper->ledger, KEEPER_UNDER_WAY, 0, error) &&
         ledger_end_run(keeper->ledger, &keeper->run, error) && keeper_group_end(keeper, error);
}

gboolean keeper_run(Keeper *keeper, KeeperProgress progress, gpointer data, LedgerRun *ret_run,
                    GError **error)
{
  gint64 began = g_get_monotonic_time();
  g_ptr_array_set_size(keeper->messages, 0);
  if (!begin_run(keeper, error) || !keeper_do_due(keeper, KEEPER_DUE_BEFORE_INBOX, error) ||
      !run_inbox(keeper, progress, data, error) ||
      !keeper_do_due(keeper, KEEPER_DUE_AFTER_INBOX, error) || !finish_run(keeper, began, error)) {
    keeper_group_undo(keeper);
    g_clear_pointer(&keeper->pool, intake_pool_free);
    return FALSE;
  }
  *ret_run = keeper->run;
  return TRUE;
}

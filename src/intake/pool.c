#include "intake/intake.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "intake/child-private.h"
#include "intake/read-private.h"

/* How many files a reader may have waiting: enough to keep it at work while
 * the keeper commits, few enough that all answers fit into the socket. */
#define FILES_PER_READER 32

/* How often a quiet reader is looked at, in milliseconds. */
#define SUPERVISION_MS 200

typedef struct {
  Child *child;
  GQueue jobs; /* Job: what it was ordered to read, in this order */
  gboolean ready;
} Reader;

typedef struct {
  guint32 ticket;
  int fd;
  char *name;
  gpointer tag;
  Reader *reader;
  gint64 cpu_budget; /* microseconds */
  gint64 cpu_start;  /* the reader's time when it was seen to be at this file, -1: not yet */
  gint64 quiet;      /* microseconds that the keeper has waited for it in vain */
  gboolean answered; /* in part */
  gboolean batch;
  guint items;    /* answered so far */
  gboolean tried; /* a reader has died at it already */
} Job;

/* Why a reader has to be replaced. */
typedef enum {
  END_DEATH = 1, /* it is dead */
  END_NONSENSE,  /* its answer is none */
  END_TIME,      /* it takes too long */
} End;

struct IntakePool {
  Reader *readers;
  guint count;
  GQueue jobs; /* Job: all, in the order in which they were submitted */
  guint32 next_ticket;
};

static void job_free(gpointer data)
{
  Job *job = data;
  close(job->fd);
  g_free(job->name);
  g_free(job);
}

void intake_answer_clear(IntakeAnswer *answer)
{
  g_clear_pointer(&answer->item, request_item_free);
  g_clear_pointer(&answer->file, request_file_free);
}

IntakePool *intake_pool_new(guint readers, GError **error)
{
  IntakePool *pool = g_new0(IntakePool, 1);
  pool->count = CLAMP(readers, 1, 64);
  pool->readers = g_new0(Reader, pool->count);
  for (guint i = 0; i < pool->count; i++) {
    g_queue_init(&pool->readers[i].jobs);
    pool->readers[i].child = child_start(error);
    if (pool->readers[i].child != NULL)
      continue;
    intake_pool_free(pool);
    return NULL;
  }
  return pool;
}

void intake_pool_free(IntakePool *pool)
{
  if (pool == NULL)
    return;
  for (guint i = 0; i < pool->count; i++) {
    if (pool->readers[i].child != NULL)
      child_end(pool->readers[i].child);
    g_queue_clear(&pool->readers[i].jobs);
  }
  g_queue_clear_full(&pool->jobs, job_free);
  g_free(pool->readers);
  g_free(pool);
}

guint intake_pool_room(const IntakePool *pool)
{
  return pool->count * FILES_PER_READER - pool->jobs.length;
}

static Reader *least_busy(IntakePool *pool)
{
  Reader *best = &pool->readers[0];
  for (guint i = 1; i < pool->count; i++)
    if (pool->readers[i].jobs.length < best->jobs.length)
      best = &pool->readers[i];
  return best;
}

static gboolean order_job(const Job *job, GError **error)
{
  /* A reader that is gone gets its orders again once that is noticed. */
  if (wire_send_order(job->reader->child->socket, job->ticket, job->fd) || errno == EPIPE ||
      errno == ECONNRESET)
    return TRUE;
  return error_set_errno(error, errno, "%s: cannot hand it to a reader", job->name);
}

gboolean intake_pool_submit(IntakePool *pool, int fd, const char *name, gpointer tag,
                            GError **error)
{
  g_assert(intake_pool_room(pool) > 0);
  Reader *reader = least_busy(pool);
  Job *job = g_new0(Job, 1);
  goffset size = lseek(fd, 0, SEEK_END);
  *job = (Job){.ticket = pool->next_ticket++,
               .fd = fd,
               .name = g_strdup(name),
               .tag = tag,
               .reader = reader,
               .cpu_budget = (INTAKE_LIMIT_CPU_SECONDS + (size >> 20)) * G_USEC_PER_SEC,
               .cpu_start = -1};
  if (!order_job(job, error)) {
    job_free(job);
    return FALSE;
  }
  g_queue_push_tail(&reader->jobs, job);
  g_queue_push_tail(&pool->jobs, job);
  return TRUE;
}

/* Ends the first file of POOL, which is the first of its reader too, and sets *RET_ANSWER. */
static void finish_job(IntakePool *pool, RequestFile *file, IntakeAnswer *ret_answer)
{
  Job *job = g_queue_pop_head(&pool->jobs);
  g_queue_pop_head(&job->reader->jobs);
  *ret_answer = (IntakeAnswer){INTAKE_ANSWER_FILE, job->tag, NULL, file};
  job_free(job);
}

/* Puts a new process in the place of a reader that is gone, with the orders that are left. */
static gboolean restart_reader(Reader *reader, GError **error)
{
  reader->ready = FALSE;
  reader->child = child_start(error);
  if (reader->child == NULL)
    return FALSE;
  for (GList *at = reader->jobs.head; at != NULL; at = at->next) {
    Job *job = at->data;
    if (!order_job(job, error))
      return FALSE;
    job->cpu_start = -1;
    job->quiet = 0;
  }
  return TRUE;
}

/* What went wrong in a reader that ended with STATUS, for people. */
static char *describe_end(End end, int status)
{
  if (end == END_NONSENSE)
    return g_strdup("it gave an answer that is none");
  if (status >= 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
    return g_strdup("it tried what a reader may not do");
  if (status >= 0 && WIFSIGNALED(status))
    return g_strdup_printf("it was ended by a signal, %s", g_strsignal(WTERMSIG(status)));
  return g_strdup_printf("it ended before its time, with status %d", WEXITSTATUS(status));
}

static void add_end_fault(End end, int status, GPtrArray *faults)
{
  gboolean memory =
      end == END_DEATH && WIFEXITED(status) && WEXITSTATUS(status) == WIRE_EXIT_MEMORY;
  if (memory || end == END_TIME) {
    fault_add(faults, "reader-limits", 0, NULL,
              "reading the file took too much %s; make it smaller, or split it",
              memory ? "memory" : "time");
    return;
  }
  g_autofree char *what = describe_end(end, status);
  fault_add(faults, "reader-crashed", 0, NULL,
            "the process that read the file failed: %s. The file is damaged, or made to do harm; "
            "if it is neither, report it, with the file",
            what);
}

/* Replaces the reader of the first file, which costs the file unless it gets another try. */
static gboolean handle_end(IntakePool *pool, End end, IntakeAnswer *ret_answer, GError **error)
{
  Job *job = g_queue_peek_head(&pool->jobs);
  Reader *reader = job->reader;
  int status = child_end(g_steal_pointer(&reader->child));
  if (!reader->ready) {
    g_autofree char *what = describe_end(end, status);
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_IO, "a reader cannot start: %s", what);
    return FALSE;
  }
  if (end == END_DEATH && !job->answered && !job->tried) {
    job->tried = TRUE;
    return restart_reader(reader, error);
  }
  RequestFile *file = request_file_new();
  read_raw(job->fd, file);
  file->batch = job->batch;
  file->items = job->items;
  add_end_fault(end, status, file->faults);
  finish_job(pool, file, ret_answer);
  return restart_reader(reader, error);
}

static gboolean take_item(Job *job, GBytes *bytes, IntakeAnswer *ret_answer)
{
  RequestItem *item = request_item_from_bytes(bytes);
  if (item == NULL)
    return FALSE;
  if (item->key_length > 0)
    item->key = wire_receive_secret(job->reader->child->keys, item->key_length);
  if (item->key == NULL && item->key_length > 0) {
    request_item_free(item);
    return FALSE;
  }
  job->items++;
  *ret_answer = (IntakeAnswer){INTAKE_ANSWER_ITEM, job->tag, item, NULL};
  return job->items <= (job->batch ? INTAKE_LIMIT_ITEMS : 1);
}

static gboolean take_batch(Job *job, GBytes *bytes, IntakeAnswer *ret_answer)
{
  RequestFile *file = request_file_from_bytes(bytes);
  if (file == NULL)
    return FALSE;
  *ret_answer = (IntakeAnswer){INTAKE_ANSWER_BATCH, job->tag, NULL, file};
  gboolean first = !job->answered;
  job->batch = TRUE;
  return first && file->batch && file->faults->len == 0;
}

static gboolean take_file(IntakePool *pool, Job *job, GBytes *bytes, IntakeAnswer *ret_answer)
{
  g_autoptr(RequestFile) file = request_file_from_bytes(bytes);
  if (file == NULL || (file->faults->len == 0 && file->items != job->items))
    return FALSE;
  finish_job(pool, g_steal_pointer(&file), ret_answer);
  return TRUE;
}

/* Turns a frame of the first file's reader into an answer; READY has none. FALSE if it is not
 * one that can come now. */
static gboolean take_frame(IntakePool *pool, const WireHeader *header, const guint8 *data,
                           IntakeAnswer *ret_answer)
{
  Job *job = g_queue_peek_head(&pool->jobs);
  if (header->type == WIRE_TYPE_READY) {
    gboolean first = !job->reader->ready;
    job->reader->ready = TRUE;
    return first;
  }
  if (!job->reader->ready || header->ticket != job->ticket)
    return FALSE;
  g_autoptr(GBytes) bytes = g_bytes_new(data, header->length);
  if (header->type == WIRE_TYPE_FILE)
    return take_file(pool, job, bytes, ret_answer);
  gboolean good = header->type == WIRE_TYPE_ITEM ? take_item(job, bytes, ret_answer)
                                                 : take_batch(job, bytes, ret_answer);
  job->answered = TRUE;
  return good;
}

/* Whether the first file has had WAITED microseconds more than it may have. */
static gboolean is_overdue(Job *job, gint64 waited)
{
  gint64 used = child_cpu_time(job->reader->child);
  if (job->cpu_start < 0)
    job->cpu_start = used;
  job->quiet += waited;
  return used - job->cpu_start > job->cpu_budget ||
         job->quiet > INTAKE_LIMIT_QUIET_SECONDS * G_USEC_PER_SEC;
}

/* Handles one frame if there is one, else waits up to WAIT_MS for more bytes. Sets the type of
 * *RET_ANSWER if that gave one. */
static gboolean pool_step(IntakePool *pool, int wait_ms, IntakeAnswer *ret_answer,
                          ChildEvent *ret_event, GError **error)
{
  Job *job = g_queue_peek_head(&pool->jobs);
  Child *child = job->reader->child;
  WireHeader header;
  const guint8 *bytes;
  int took = child_take(child, &header, &bytes);
  *ret_event = CHILD_EVENT_BYTES;
  if (took > 0 && header.type == WIRE_TYPE_FAILED) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_IO, "a reader cannot start: %.*s",
                (int)MIN(header.length, 500), (const char *)bytes);
    return FALSE;
  }
  if (took > 0 && take_frame(pool, &header, bytes, ret_answer))
    return TRUE;
  if (took != 0) {
    intake_answer_clear(ret_answer);
    ret_answer->type = 0;
    return handle_end(pool, END_NONSENSE, ret_answer, error);
  }
  gint64 before = g_get_monotonic_time();
  *ret_event = child_receive(child, wait_ms);
  if (*ret_event == CHILD_EVENT_BYTES)
    job->quiet = 0;
  if (*ret_event == CHILD_EVENT_END)
    return handle_end(pool, END_DEATH, ret_answer, error);
  if (*ret_event == CHILD_EVENT_NOTHING && is_overdue(job, g_get_monotonic_time() - before))
    return handle_end(pool, END_TIME, ret_answer, error);
  return TRUE;
}

gboolean intake_pool_next(IntakePool *pool, int timeout_ms, IntakeAnswer *ret_answer,
                          GError **error)
{
  IntakeAnswer answer = {0};
  gint64 deadline = g_get_monotonic_time() + (gint64)timeout_ms * 1000;
  ChildEvent event = CHILD_EVENT_BYTES;
  while (answer.type == 0 && pool->jobs.length > 0 && event != CHILD_EVENT_SIGNAL) {
    gint64 left = timeout_ms < 0 ? SUPERVISION_MS : (deadline - g_get_monotonic_time()) / 1000;
    if (left <= 0 && event == CHILD_EVENT_NOTHING)
      break;
    if (!pool_step(pool, (int)CLAMP(left, 0, SUPERVISION_MS), &answer, &event, error)) {
      intake_answer_clear(&answer);
      return FALSE;
    }
  }
  if (answer.type == 0)
    answer.type = INTAKE_ANSWER_NOTHING;
  *ret_answer = answer;
  return TRUE;
}

#include "reports/writer.h"

#include <string.h>

#include "base/file.h"
#include "reports/frame.h"

/* The threads are joined, so that what libraries keep for each of them has gone before the
 * process ends. */

/* Pages under way for each thread: enough to keep it busy while the ledger is
 * read, few enough not to count. */
#define WRITER_WAITING 32

struct Writer {
  const ReportsContext *context;
  GAsyncQueue *jobs; /* WriterJob; one without a kind ends a thread */
  GPtrArray *threads;
  GMutex lock; /* of what follows */
  GCond done;
  guint waiting;
  guint written;
  GError *error; /* the first one */
};

typedef struct {
  const PageKind *kind;
  gpointer model;
  char *path;
  char *also;
} WriterJob;

static void writer_job_free(WriterJob *job)
{
  if (job->kind != NULL)
    job->kind->free(job->model);
  g_free(job->path);
  g_free(job->also);
  g_free(job);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WriterJob, writer_job_free)

static gboolean writer_put(Writer *writer, const char *path, FrameForm form, const FrameText *text,
                           guint *written, GError **error)
{
  g_autofree char *file = g_strconcat("reports/", path, frame_extensions[form], NULL);
  gboolean changed = FALSE;
  if (!file_replace(writer->context->root, file, text->text, text->length, 0644, &changed, error))
    return FALSE;
  *written += changed;
  return TRUE;
}

static gboolean writer_write(Writer *writer, const WriterJob *job, guint *written, GError **error)
{
  const char *slash = strrchr(job->path, '/');
  const char *name = slash != NULL ? slash + 1 : job->path;
  g_autoptr(Page) page = job->kind->build(writer->context, job->model);
  FrameText texts[FRAME_N];
  texts[FRAME_HTML] = frame_fill(FRAME_HTML, page, name, page_to_html(page));
  texts[FRAME_MARKDOWN] = frame_fill(FRAME_MARKDOWN, page, name, page_to_markdown(page));
  const char *const paths[] = {job->path, job->also};
  for (guint i = 0; i < G_N_ELEMENTS(paths) && paths[i] != NULL; i++)
    for (FrameForm form = 1; form < FRAME_N; form++)
      if (!writer_put(writer, paths[i], form, &texts[form], written, error))
        return FALSE;
  return TRUE;
}

static void writer_run(Writer *writer, const WriterJob *job)
{
  guint written = 0;
  GError *error = NULL;
  writer_write(writer, job, &written, &error);
  g_mutex_lock(&writer->lock);
  writer->written += written;
  if (writer->error == NULL)
    writer->error = g_steal_pointer(&error);
  writer->waiting--;
  g_cond_signal(&writer->done);
  g_mutex_unlock(&writer->lock);
  g_clear_error(&error);
}

static gpointer writer_loop(gpointer data)
{
  Writer *writer = data;
  for (;;) {
    g_autoptr(WriterJob) job = g_async_queue_pop(writer->jobs);
    if (job->kind == NULL)
      return NULL;
    writer_run(writer, job);
  }
}

Writer *writer_new(const ReportsContext *context, GError **error)
{
  g_autoptr(Writer) writer = g_new0(Writer, 1);
  writer->context = context;
  writer->jobs = g_async_queue_new();
  writer->threads = g_ptr_array_new();
  g_mutex_init(&writer->lock);
  g_cond_init(&writer->done);
  for (guint i = 0; i < MAX(context->threads, 1); i++) {
    GThread *thread = g_thread_try_new("pages", writer_loop, writer, error);
    if (thread == NULL)
      return NULL;
    g_ptr_array_add(writer->threads, thread);
  }
  return g_steal_pointer(&writer);
}

static void writer_wait_below(Writer *writer, guint limit)
{
  g_mutex_lock(&writer->lock);
  while (writer->waiting >= limit)
    g_cond_wait(&writer->done, &writer->lock);
  g_mutex_unlock(&writer->lock);
}

void writer_add(Writer *writer, const PageKind *kind, gpointer model, const char *path,
                const char *also)
{
  g_autoptr(WriterJob) job = g_new(WriterJob, 1);
  *job = (WriterJob){kind, model, g_strdup(path), g_strdup(also)};
  writer_wait_below(writer, writer->threads->len * WRITER_WAITING);
  g_mutex_lock(&writer->lock);
  writer->waiting++;
  g_mutex_unlock(&writer->lock);
  g_async_queue_push(writer->jobs, g_steal_pointer(&job));
}

gboolean writer_remove_page(Writer *writer, const char *path, GError **error)
{
  for (FrameForm form = 1; form < FRAME_N; form++) {
    g_autofree char *file = g_strconcat("reports/", path, frame_extensions[form], NULL);
    if (!file_remove(writer->context->root, file, error))
      return FALSE;
  }
  return TRUE;
}

gboolean writer_finish(Writer *writer, guint *ret_written, GError **error)
{
  writer_wait_below(writer, 1);
  if (writer->error != NULL) {
    g_propagate_error(error, g_steal_pointer(&writer->error));
    return FALSE;
  }
  if (ret_written != NULL)
    *ret_written = writer->written;
  return TRUE;
}

void writer_free(Writer *writer)
{
  if (writer == NULL)
    return;
  for (guint i = 0; i < writer->threads->len; i++)
    g_async_queue_push(writer->jobs, g_new0(WriterJob, 1));
  for (guint i = 0; i < writer->threads->len; i++)
    g_thread_join(g_ptr_array_index(writer->threads, i));
  g_ptr_array_unref(writer->threads);
  g_async_queue_unref(writer->jobs);
  g_mutex_clear(&writer->lock);
  g_cond_clear(&writer->done);
  g_clear_error(&writer->error);
  g_free(writer);
}

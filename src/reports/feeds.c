#include "reports/feed.h"

static const FeedLinesKind *const kinds[] = {
    &feed_certificates_csv, &feed_certificates_json, &feed_requests_csv,
    &feed_metrics,          &feed_calendar,
};

static gboolean (*const shorts[])(const ReportsContext *context, guint *written, GError **error) = {
    feed_write_activity,
};

/* One on its way to its place. */
typedef struct {
  FileStream *stream;
  GThread
      *thread; /* NULL: there is none (any more); until it is joined, all else is the thread's */
  gboolean replaced;
  gboolean changed;
  GError *error;
} Feed;

/* What is rendered has a thread of its own where there is a second ledger to read from; then each
 * feed has one, since it is the file system that most of the time is waited for. All are
 * joined, so that what libraries keep for them has gone before the process ends. */
struct Feeds {
  GPtrArray *feeds; /* Feed */
  ReportsContext context;
  const GPtrArray *stale;
  GThread
      *renderer; /* NULL: the caller has rendered them; until it is joined, all else is its own */
  guint written;
  GError *error;
};

static void feed_join(Feed *feed)
{
  if (feed->thread != NULL)
    g_thread_join(g_steal_pointer(&feed->thread));
}

static void feed_free(gpointer data)
{
  Feed *feed = data;
  feed_join(feed);
  file_stream_free(feed->stream);
  g_clear_error(&feed->error);
  g_free(feed);
}

static gpointer feed_replace(gpointer data)
{
  Feed *feed = data;
  file_stream_replace(feed->stream, &feed->changed, &feed->error);
  feed->replaced = TRUE;
  return NULL;
}

/* STREAM is taken. */
static gboolean feeds_add(Feeds *feeds, FileStream *stream, gboolean in_thread, GError **error)
{
  Feed *feed = g_new0(Feed, 1);
  feed->stream = stream;
  g_ptr_array_add(feeds->feeds, feed);
  if (!in_thread)
    return TRUE;
  feed->thread = g_thread_try_new("feed", feed_replace, feed, error);
  return feed->thread != NULL;
}

static gboolean feeds_render(Feeds *feeds, GError **error)
{
  const ReportsContext *context = &feeds->context;
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
    FileStream *stream;
    if (!feed_lines_begin(kinds[i], context, feeds->stale, &stream, error) ||
        !feeds_add(feeds, stream, context->threads > 1, error))
      return FALSE;
  }
  for (gsize i = 0; i < G_N_ELEMENTS(shorts); i++)
    if (!shorts[i](context, &feeds->written, error))
      return FALSE;
  return TRUE;
}

static gpointer render_in_thread(gpointer data)
{
  Feeds *feeds = data;
  feeds_render(feeds, &feeds->error);
  return NULL;
}

Feeds *feeds_begin(const ReportsContext *context, const GPtrArray *stale, GError **error)
{
  g_autoptr(Feeds) feeds = g_new0(Feeds, 1);
  feeds->feeds = g_ptr_array_new_with_free_func(feed_free);
  feeds->context = *context;
  feeds->stale = context->unsure ? NULL : stale;
  if (context->second != NULL) {
    feeds->context.ledger = context->second;
    feeds->renderer = g_thread_try_new("feeds", render_in_thread, feeds, error);
    return feeds->renderer != NULL ? g_steal_pointer(&feeds) : NULL;
  }
  return feeds_render(feeds, error) ? g_steal_pointer(&feeds) : NULL;
}

static void feeds_join(Feeds *feeds)
{
  if (feeds->renderer != NULL)
    g_thread_join(g_steal_pointer(&feeds->renderer));
}

gboolean feeds_finish(Feeds *feeds, guint *written, GError **error)
{
  feeds_join(feeds);
  if (feeds->error != NULL) {
    g_propagate_error(error, g_steal_pointer(&feeds->error));
    return FALSE;
  }
  for (guint i = 0; i < feeds->feeds->len; i++) {
    Feed *feed = g_ptr_array_index(feeds->feeds, i);
    feed_join(feed);
    if (!feed->replaced)
      feed_replace(feed);
    if (feed->error != NULL) {
      g_propagate_error(error, g_steal_pointer(&feed->error));
      return FALSE;
    }
    feeds->written += feed->changed;
  }
  *written += feeds->written;
  return TRUE;
}

void feeds_free(Feeds *feeds)
{
  if (feeds == NULL)
    return;
  feeds_join(feeds);
  g_ptr_array_unref(feeds->feeds);
  g_clear_error(&feeds->error);
  g_free(feeds);
}

/* Feeds of lines over all there is, and how a changed block gets into one. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "reports/feed.h"

#define READ_BUFFER (256 << 10)

struct FeedLines {
  const FeedLinesKind *kind;
  FileStream *stream;
  gboolean any; /* there is a line */
};

/* The lines of a feed as it is. */
typedef struct {
  FILE *file;
  char *line;
  size_t size;
  gsize length;  /* of the present line */
  gint64 number; /* of the present line; 0: there is none any more */
  gboolean broken;
} OldLines;

static void old_lines_clear(OldLines *old)
{
  if (old->file != NULL)
    fclose(old->file);
  free(old->line);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OldLines, old_lines_clear)

static gint64 block_of(gint64 number)
{
  return (number - 1) / LEDGER_BLOCK_SIZE;
}

static char separator(const FeedLines *lines)
{
  return lines->any ? ',' : ' ';
}

void feed_lines_add(FeedLines *lines, const char *line, gsize length)
{
  const char first = separator(lines);
  if (lines->kind->separated)
    file_stream_write(lines->stream, &first, 1);
  file_stream_write(lines->stream, line, length);
  lines->any = TRUE;
}

/* A line of the old file, whichever place it has in the new one. */
static void copy_line(FeedLines *lines, const OldLines *old)
{
  if (lines->kind->separated)
    old->line[0] = separator(lines);
  file_stream_write(lines->stream, old->line, old->length);
  lines->any = TRUE;
}

static gboolean line_is(const OldLines *old, const char *text)
{
  return old->length == strlen(text) && memcmp(old->line, text, old->length) == 0;
}

/* Reads the next line. Whatever is not as this version would have written it makes the
 * whole file be written anew. */
static void old_lines_next(OldLines *old, const FeedLinesKind *kind)
{
  gint64 before = old->number;
  ssize_t length = getline(&old->line, &old->size, old->file);
  old->length = length > 0 ? (gsize)length : 0;
  old->number = 0;
  if (old->length == 0 || line_is(old, kind->tail)) {
    /* The tail is the last line, and there is one if it is not empty. */
    old->broken = old->length != strlen(kind->tail) ||
                  (old->length > 0 && getline(&old->line, &old->size, old->file) > 0);
    return;
  }
  if (old->length > kind->number_at && old->line[old->length - 1] == '\n')
    old->number = g_ascii_strtoll(old->line + kind->number_at, NULL, 10);
  old->broken = old->number <= 0 || old->number < before;
}

/* Opens the file as it is and reads its head and its first line. FALSE: there is none, or
 * it is of another version. */
static gboolean old_lines_open(OldLines *old, const FeedLinesKind *kind, int root)
{
  int fd = openat(root, kind->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    return FALSE;
  old->file = fdopen(fd, "r");
  if (old->file == NULL) {
    close(fd);
    return FALSE;
  }
  setvbuf(old->file, NULL, _IOFBF, READ_BUFFER);
  for (const char *head = kind->head; *head != '\0'; head = strchr(head, '\n') + 1) {
    ssize_t length = getline(&old->line, &old->size, old->file);
    gsize wanted = (gsize)(strchr(head, '\n') + 1 - head);
    if (length < 0 || (gsize)length != wanted || memcmp(old->line, head, wanted) != 0)
      return FALSE;
  }
  old_lines_next(old, kind);
  return !old->broken;
}

static gint compare_blocks(gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *)a, right = *(const gint64 *)b;
  return left < right ? -1 : left > right ? 1 : 0;
}

/* The block that STALE is about, or -1. */
static gboolean stale_block(Ledger *ledger, const LedgerStale *stale, gint64 *ret_block,
                            GError **error)
{
  if (stale->topic == LEDGER_STALE_CERTIFICATE) {
    gint64 number = 0;
    if (!ledger_certificate_number(ledger, stale->key, &number, error))
      return FALSE;
    *ret_block = number > 0 ? block_of(number) : -1;
  } else {
    const char *last = strrchr(stale->key, ' ');
    *ret_block = g_ascii_strtoll(last != NULL ? last + 1 : stale->key, NULL, 10);
  }
  return TRUE;
}

static gboolean kind_shows(const FeedLinesKind *kind, LedgerStaleTopic topic)
{
  for (const LedgerStaleTopic *shown = kind->topics; *shown != 0; shown++)
    if (*shown == topic)
      return TRUE;
  return FALSE;
}

/* The blocks that changed, in order, each once. */
static GArray *stale_blocks(const FeedLinesKind *kind, Ledger *ledger, const GPtrArray *stale,
                            GError **error)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr(GArray) blocks = g_array_new(FALSE, FALSE, sizeof(gint64));
  for (guint i = 0; i < stale->len; i++) {
    const LedgerStale *topic = g_ptr_array_index(stale, i);
    gint64 block = -1;
    if (!kind_shows(kind, topic->topic))
      continue;
    if (!stale_block(ledger, topic, &block, error))
      return NULL;
    if (block >= 0 && g_hash_table_add(seen, g_memdup2(&block, sizeof block)))
      g_array_append_val(blocks, block);
  }
  g_array_sort(blocks, compare_blocks);
  return g_steal_pointer(&blocks);
}

/* Copies the lines before BLOCK, and passes over those of it. */
static void copy_before(FeedLines *lines, OldLines *old, gint64 block)
{
  while (old->number > 0 && block_of(old->number) <= block) {
    if (block_of(old->number) < block)
      copy_line(lines, old);
    old_lines_next(old, lines->kind);
  }
}

static gboolean write_changed(FeedLines *lines, OldLines *old, const GArray *blocks,
                              const ReportsContext *context, GError **error)
{
  for (guint i = 0; i < blocks->len && !old->broken; i++) {
    gint64 block = g_array_index(blocks, gint64, i);
    copy_before(lines, old, block);
    if (!lines->kind->write_block(lines, context, block, error))
      return FALSE;
  }
  copy_before(lines, old, G_MAXINT64);
  return TRUE;
}

static gboolean write_whole(FeedLines *lines, const ReportsContext *context, GError **error)
{
  gint64 block = -1;
  while (lines->kind->next_block(context->ledger, block, &block, error)) {
    if (block < 0)
      return TRUE;
    if (!lines->kind->write_block(lines, context, block, error))
      return FALSE;
  }
  return FALSE;
}

/* Writes the feed from the OLD lines but for BLOCKS; without them, from the ledger. */
static gboolean write_lines(const FeedLinesKind *kind, const ReportsContext *context, OldLines *old,
                            const GArray *blocks, guint *written, GError **error)
{
  g_autoptr(FileStream) stream = file_stream_new(context->root, kind->path, 0644, error);
  if (stream == NULL)
    return FALSE;
  FeedLines lines = {kind, stream, FALSE};
  file_stream_write(stream, kind->head, strlen(kind->head));
  if (!(blocks != NULL ? write_changed(&lines, old, blocks, context, error)
                       : write_whole(&lines, context, error)))
    return FALSE;
  file_stream_write(stream, kind->tail, strlen(kind->tail));
  gboolean changed = FALSE;
  if (blocks != NULL && old->broken)
    return TRUE; /* and the stream is dropped */
  if (!file_stream_replace(stream, &changed, error))
    return FALSE;
  *written += changed;
  return TRUE;
}

gboolean feed_lines_write(const FeedLinesKind *kind, const ReportsContext *context,
                          const GPtrArray *stale, guint *written, GError **error)
{
  g_auto(OldLines) old = {0};
  if (stale != NULL && old_lines_open(&old, kind, context->root)) {
    g_autoptr(GArray) blocks = stale_blocks(kind, context->ledger, stale, error);
    if (blocks == NULL)
      return FALSE;
    if (blocks->len == 0)
      return TRUE;
    if (!write_lines(kind, context, &old, blocks, written, error))
      return FALSE;
    if (!old.broken)
      return TRUE;
  }
  return write_lines(kind, context, &old, NULL, written, error);
}

gboolean feed_write_text(const ReportsContext *context, const char *path, const GString *text,
                         guint *written, GError **error)
{
  gboolean changed = FALSE;
  if (!file_replace(context->root, path, text->str, text->len, 0644, &changed, error))
    return FALSE;
  *written += changed;
  return TRUE;
}

/* Feeds of records over all there is, and how a changed block gets into one. */
#include <string.h>

#include "reports/feed-old.h"
#include "reports/feed.h"

/* Blocks of which something is kept, at most. */
#define KEPT_BLOCKS 50

struct FeedLines {
  const FeedLinesKind *kind;
  FileStream *stream;
  GHashTable *kept; /* block → what feed_lines_keep() was given */
  gboolean any;     /* there is a record */
};

static gint64 block_of(gint64 number)
{
  return (number - 1) / LEDGER_BLOCK_SIZE;
}

static char separator(const FeedLines *lines)
{
  return lines->any ? ',' : ' ';
}

void feed_lines_add(FeedLines *lines, const char *record, gsize length)
{
  const char first = separator(lines);
  if (lines->kind->separated)
    file_stream_write(lines->stream, &first, 1);
  file_stream_write(lines->stream, record, length);
  lines->any = TRUE;
}

void feed_lines_keep(FeedLines *lines, gint64 block, GPtrArray *what)
{
  if (g_hash_table_size(lines->kept) >= KEPT_BLOCKS)
    g_hash_table_remove_all(lines->kept);
  g_hash_table_insert(lines->kept, g_memdup2(&block, sizeof block), g_ptr_array_ref(what));
}

GPtrArray *feed_lines_kept(const FeedLines *lines, gint64 block)
{
  return g_hash_table_lookup(lines->kept, &block);
}

/* The records from FROM to TO of the file as it is. Only the first one of all has another
 * separator. */
static void keep_records(FeedLines *lines, gsize from, gsize to)
{
  const char first = separator(lines);
  if (from == to)
    return;
  if (lines->kind->separated) {
    file_stream_write(lines->stream, &first, 1);
    from++;
  }
  file_stream_keep(lines->stream, from, to - from);
  lines->any = TRUE;
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

static gint64 first_of_block(gint64 block)
{
  return block * LEDGER_BLOCK_SIZE + 1;
}

/* Writes BLOCKS of the section anew and keeps the others. *AT is where the section begins in
 * the file as it is, then where it ends. *RET_BROKEN: that file is of no use. */
static gboolean write_changed(FeedLines *lines, guint section, FeedOld *old, gsize *at,
                              const GArray *blocks, const ReportsContext *context,
                              gboolean *ret_broken, GError **error)
{
  for (guint i = 0; i < blocks->len; i++) {
    gint64 block = g_array_index(blocks, gint64, i);
    gsize from, to;
    *ret_broken = !feed_old_find(old, section, first_of_block(block), *at, &from) ||
                  !feed_old_find(old, section, first_of_block(block + 1), from, &to);
    if (*ret_broken)
      return TRUE;
    keep_records(lines, *at, from);
    if (!lines->kind->sections[section].write_block(lines, context, block, error))
      return FALSE;
    *at = to;
  }
  gsize end;
  *ret_broken = !feed_old_find_end(old, section, *at, &end);
  if (!*ret_broken)
    keep_records(lines, *at, end);
  *at = *ret_broken ? *at : end;
  return TRUE;
}

static gboolean write_whole(FeedLines *lines, const FeedSection *section,
                            const ReportsContext *context, GError **error)
{
  gint64 block = -1;
  while (lines->kind->next_block(context->ledger, block, &block, error)) {
    if (block < 0)
      return TRUE;
    if (!section->write_block(lines, context, block, error))
      return FALSE;
  }
  return FALSE;
}

static gboolean write_sections(FeedLines *lines, const ReportsContext *context, FeedOld *old,
                               const GArray *blocks, gboolean *ret_broken, GError **error)
{
  gsize at = old->first;
  for (guint i = 0; i < FEED_SECTIONS && !*ret_broken; i++) {
    const FeedSection *section = &lines->kind->sections[i];
    if (section->write_block == NULL)
      break;
    gsize head = strlen(section->head);
    file_stream_write(lines->stream, section->head, head);
    at += i > 0 ? head : 0;
    if (blocks != NULL ? !write_changed(lines, i, old, &at, blocks, context, ret_broken, error)
                       : !write_whole(lines, section, context, error))
      return FALSE;
  }
  return TRUE;
}

/* Writes the feed from the file as it is but for BLOCKS; without them, from the ledger.
 * NULL in *RET_STREAM: the file is of no use for that. */
static gboolean write_lines(const FeedLinesKind *kind, const ReportsContext *context,
                            const GString *start, const GArray *blocks, FileStream **ret_stream,
                            GError **error)
{
  g_autoptr(FileStream) stream = file_stream_new(context->root, kind->path, 0644, error);
  if (stream == NULL)
    return FALSE;
  g_autoptr(GHashTable) kept =
      g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  FeedLines lines = {kind, stream, kept, FALSE};
  g_auto(FeedOld) old = {0};
  gboolean broken = blocks != NULL && !feed_old_open(&old, kind, stream, start);
  file_stream_write(stream, start->str, start->len);
  if (!broken && !write_sections(&lines, context, &old, blocks, &broken, error))
    return FALSE;
  file_stream_write(stream, kind->tail, strlen(kind->tail));
  *ret_stream = broken ? NULL : g_steal_pointer(&stream);
  return TRUE;
}

gboolean feed_lines_begin(const FeedLinesKind *kind, const ReportsContext *context,
                          const GPtrArray *stale, FileStream **ret_stream, GError **error)
{
  g_autoptr(GString) start = g_string_new(NULL);
  g_autoptr(GArray) blocks = NULL;
  *ret_stream = NULL;
  if (kind->write_start != NULL && !kind->write_start(start, context, error))
    return FALSE;
  if (stale != NULL && (blocks = stale_blocks(kind, context->ledger, stale, error)) == NULL)
    return FALSE;
  if (blocks != NULL && !write_lines(kind, context, start, blocks, ret_stream, error))
    return FALSE;
  return *ret_stream != NULL || write_lines(kind, context, start, NULL, ret_stream, error);
}

gboolean feed_next_certificates(Ledger *ledger, gint64 block, gint64 *ret_block, GError **error)
{
  return ledger_next_block(ledger, block, 1, 0, ret_block, error);
}

GPtrArray *feed_certificates_in_use(Ledger *ledger, gint64 block, guint statuses, GError **error)
{
  g_autoptr(GPtrArray) rows = ledger_certificates_in_block(ledger, block, statuses, error);
  if (rows == NULL)
    return NULL;
  g_autoptr(GPtrArray) used =
      g_ptr_array_new_with_free_func((GDestroyNotify)ledger_certificate_free);
  while (rows->len > 0) {
    g_autoptr(LedgerCertificate) row = g_ptr_array_steal_index(rows, rows->len - 1);
    LifecycleStatus successor = 0;
    if (row->successor != NULL && !ledger_read_status(ledger, row->successor, &successor, error))
      return NULL;
    if (successor != LIFECYCLE_STATUS_ISSUED && successor != LIFECYCLE_STATUS_EXPIRED)
      g_ptr_array_add(used, g_steal_pointer(&row));
  }
  return g_steal_pointer(&used);
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

/* Feeds of records over all there is, and how a changed block gets into one. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "reports/feed.h"

#define READ_BUFFER (256 << 10)

/* Blocks of which something is kept, at most. */
#define KEPT_BLOCKS 200

struct FeedLines {
  const FeedLinesKind *kind;
  FileStream *stream;
  GHashTable *kept; /* block → what feed_lines_keep() was given */
  gboolean any;     /* there is a record */
};

/* The records of a feed as it is. */
typedef struct {
  const FeedLinesKind *kind;
  FILE *file;
  char *line; /* the next one, not yet in a record … */
  size_t size;
  gsize length; /* … of that length; 0: there is none */
  guint section;
  GString *record; /* the present one … */
  gint64 number;   /* … and its number; 0: the section has none any more */
  gboolean broken;
} OldLines;

static void old_lines_clear(OldLines *old)
{
  if (old->file != NULL)
    fclose(old->file);
  free(old->line);
  if (old->record != NULL)
    g_string_free(old->record, TRUE);
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

/* A record of the old file, whichever place it has in the new one. */
static void copy_record(FeedLines *lines, const OldLines *old)
{
  if (lines->kind->separated)
    old->record->str[0] = separator(lines);
  file_stream_write(lines->stream, old->record->str, old->record->len);
  lines->any = TRUE;
}

static void old_next_line(OldLines *old)
{
  ssize_t length = getline(&old->line, &old->size, old->file);
  old->length = length > 0 ? (gsize)length : 0;
}

/* Whether the next line is the first one of TEXT. */
static gboolean line_begins(const OldLines *old, const char *text)
{
  const char *end = strchr(text, '\n');
  return end != NULL && old->length == (gsize)(end + 1 - text) &&
         memcmp(old->line, text, old->length) == 0;
}

static gboolean line_begins_record(const OldLines *old)
{
  const char *begin = old->kind->record;
  return begin == NULL || (old->length > 0 && strncmp(old->line, begin, strlen(begin)) == 0);
}

/* Reads the lines of TEXT. */
static gboolean old_pass(OldLines *old, const char *text)
{
  for (; *text != '\0'; text = strchr(text, '\n') + 1) {
    if (!line_begins(old, text))
      return FALSE;
    old_next_line(old);
  }
  return TRUE;
}

static const FeedSection *section_after(const FeedLinesKind *kind, guint section)
{
  return section + 1 < FEED_SECTIONS && kind->sections[section + 1].write_block != NULL
             ? &kind->sections[section + 1]
             : NULL;
}

/* Whether the present section has no more records. */
static gboolean old_section_ends(const OldLines *old)
{
  const FeedSection *next = section_after(old->kind, old->section);
  return old->length == 0 || line_begins(old, next != NULL ? next->head : old->kind->tail);
}

/* Reads the next record. Whatever is not as this version would have written it makes the
 * whole file be written anew. */
static void old_next(OldLines *old)
{
  gint64 before = old->number;
  old->number = 0;
  g_string_truncate(old->record, 0);
  if (old->broken || old_section_ends(old))
    return;
  old->broken = !line_begins_record(old);
  do {
    g_string_append_len(old->record, old->line, (gssize)old->length);
    old_next_line(old);
  } while (!line_begins_record(old) && !old_section_ends(old));
  if (old->record->len > old->kind->number_at && old->record->str[old->record->len - 1] == '\n')
    old->number = g_ascii_strtoll(old->record->str + old->kind->number_at, NULL, 10);
  old->broken = old->broken || old->number <= 0 || old->number < before;
}

/* Goes on to the next section, or to the end. */
static void old_next_section(OldLines *old)
{
  const FeedSection *next = section_after(old->kind, old->section);
  old->section++;
  if (!old_pass(old, next != NULL ? next->head : old->kind->tail) ||
      (next == NULL && old->length > 0))
    old->broken = TRUE;
  else if (next != NULL)
    old_next(old);
}

/* Passes over what stands before the first section. */
static gboolean old_pass_start(OldLines *old, const GString *start)
{
  if (old->kind->start_is_of_all)
    return old_pass(old, start->str);
  if (old->kind->write_start != NULL)
    while (old->length > 0 && !line_begins(old, old->kind->sections[0].head))
      old_next_line(old);
  return TRUE;
}

/* Opens the file as it is and reads its head and its first record. FALSE: there is none, or
 * it is of another version. */
static gboolean old_lines_open(OldLines *old, int root, const GString *start)
{
  int fd = openat(root, old->kind->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    return FALSE;
  old->file = fdopen(fd, "r");
  if (old->file == NULL) {
    close(fd);
    return FALSE;
  }
  setvbuf(old->file, NULL, _IOFBF, READ_BUFFER);
  old->record = g_string_sized_new(1024);
  old_next_line(old);
  if (!old_pass_start(old, start) || !old_pass(old, old->kind->sections[0].head))
    return FALSE;
  old_next(old);
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

/* Copies the records before BLOCK, and passes over those of it. */
static void copy_before(FeedLines *lines, OldLines *old, gint64 block)
{
  while (old->number > 0 && !old->broken && block_of(old->number) <= block) {
    if (block_of(old->number) < block)
      copy_record(lines, old);
    old_next(old);
  }
}

static gboolean write_changed(FeedLines *lines, const FeedSection *section, OldLines *old,
                              const GArray *blocks, const ReportsContext *context, GError **error)
{
  for (guint i = 0; i < blocks->len && !old->broken; i++) {
    gint64 block = g_array_index(blocks, gint64, i);
    copy_before(lines, old, block);
    if (!section->write_block(lines, context, block, error))
      return FALSE;
  }
  copy_before(lines, old, G_MAXINT64);
  old_next_section(old);
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

static gboolean write_sections(FeedLines *lines, const ReportsContext *context, OldLines *old,
                               const GArray *blocks, GError **error)
{
  for (guint i = 0; i < FEED_SECTIONS && lines->kind->sections[i].write_block != NULL; i++) {
    const FeedSection *section = &lines->kind->sections[i];
    file_stream_write(lines->stream, section->head, strlen(section->head));
    if (blocks != NULL ? !write_changed(lines, section, old, blocks, context, error)
                       : !write_whole(lines, section, context, error))
      return FALSE;
  }
  return TRUE;
}

/* Writes the feed from the OLD records but for BLOCKS; without them, from the ledger. */
static gboolean write_lines(const FeedLinesKind *kind, const ReportsContext *context,
                            const GString *start, OldLines *old, const GArray *blocks,
                            guint *written, GError **error)
{
  g_autoptr(FileStream) stream = file_stream_new(context->root, kind->path, 0644, error);
  if (stream == NULL)
    return FALSE;
  g_autoptr(GHashTable) kept =
      g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  FeedLines lines = {kind, stream, kept, FALSE};
  file_stream_write(stream, start->str, start->len);
  if (!write_sections(&lines, context, old, blocks, error))
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
  g_autoptr(GString) start = g_string_new(NULL);
  if (kind->write_start != NULL && !kind->write_start(start, context, error))
    return FALSE;
  g_auto(OldLines) old = {.kind = kind};
  if (stale != NULL && old_lines_open(&old, context->root, start)) {
    g_autoptr(GArray) blocks = stale_blocks(kind, context->ledger, stale, error);
    if (blocks == NULL)
      return FALSE;
    if (blocks->len == 0 && (kind->write_start == NULL || kind->start_is_of_all))
      return TRUE;
    if (!write_lines(kind, context, start, &old, blocks, written, error))
      return FALSE;
    if (!old.broken)
      return TRUE;
  }
  return write_lines(kind, context, start, &old, NULL, written, error);
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

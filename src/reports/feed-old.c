#include "reports/feed-old.h"

#include <string.h>

/* What is looked at, at least, and how much of a record has to be seen to tell its section and
 * its number. */
#define WINDOW 4096
#define RECORD_BEGIN 256

/* The longest text before the first section. */
#define START_LIMIT (64 << 10)

typedef struct {
  gsize at;      /* where it begins; the end of the records: there is none */
  guint section; /* FEED_SECTIONS: there is none */
  gint64 number;
} OldRecord;

void feed_old_clear(FeedOld *old)
{
  if (old->window != NULL)
    g_string_free(old->window, TRUE);
  old->window = NULL;
}

static void old_look(FeedOld *old, gsize from, gsize length)
{
  g_string_set_size(old->window, length);
  g_string_set_size(old->window, file_stream_read_old(old->stream, from, old->window->str, length));
}

/* Whether TEXT stands at FROM. */
static gboolean old_has(FeedOld *old, gsize from, const char *text)
{
  gsize length = strlen(text);
  old_look(old, from, length);
  return old->window->len == length && memcmp(old->window->str, text, length) == 0;
}

static gboolean find_first(FeedOld *old, const GString *start)
{
  const char *head = old->kind->sections[0].head;
  if (old->kind->start_is_of_all || old->kind->write_start == NULL) {
    g_autofree char *begin = g_strconcat(start->str, head, NULL);
    old->first = strlen(begin);
    return old_has(old, 0, begin);
  }
  old_look(old, 0, START_LIMIT);
  const char *found = strstr(old->window->str, head);
  old->first = found != NULL ? (gsize)(found - old->window->str) + strlen(head) : 0;
  return found != NULL;
}

gboolean feed_old_open(FeedOld *old, const FeedLinesKind *kind, const FileStream *stream,
                       const GString *start)
{
  gsize length = file_stream_old_length(stream), tail = strlen(kind->tail);
  *old = (FeedOld){kind, stream, 0, length - tail, g_string_sized_new(WINDOW)};
  return length > tail && find_first(old, start) && old->first <= old->end &&
         old_has(old, old->end - 1, "\n") && old_has(old, old->end, kind->tail);
}

static gboolean begins_record(const FeedOld *old, const char *line)
{
  return old->kind->record == NULL || g_str_has_prefix(line, old->kind->record);
}

/* The line in the window, from AT on, with which a record begins; NULL: none does. */
static const char *find_line(const FeedOld *old, gsize at)
{
  const char *line = old->window->str + at;
  while (line != NULL && !begins_record(old, line)) {
    line = strchr(line, '\n');
    line = line != NULL ? line + 1 : NULL;
  }
  return line != NULL && *line != '\0' ? line : NULL;
}

/* Of which section the record that begins with LINE is; FEED_SECTIONS: of none. */
static guint section_of(const FeedOld *old, const char *line)
{
  const FeedSection *sections = old->kind->sections;
  if (sections[0].begins == NULL)
    return 0;
  const char *second = strchr(line, '\n');
  for (guint i = 0; second != NULL && i < FEED_SECTIONS && sections[i].write_block != NULL; i++)
    if (g_str_has_prefix(second + 1, sections[i].begins))
      return i;
  return FEED_SECTIONS;
}

static gboolean parse_record(const FeedOld *old, const char *line, OldRecord *ret_record)
{
  ret_record->section = section_of(old, line);
  ret_record->number = strlen(line) > old->kind->number_at
                           ? g_ascii_strtoll(line + old->kind->number_at, NULL, 10)
                           : 0;
  return ret_record->section < FEED_SECTIONS && ret_record->number > 0;
}

/* The first record that begins at FROM or later. A line is one if a line end stands before it,
 * so the look begins with that. FALSE: what is there is none. */
static gboolean old_record(FeedOld *old, gsize from, OldRecord *ret_record)
{
  for (gsize size = WINDOW; from < old->end; size *= 4) {
    gsize before = from - 1, left = old->end - before;
    old_look(old, before, MIN(size, left));
    const char *line_end = strchr(old->window->str, '\n');
    const char *line =
        line_end != NULL ? find_line(old, (gsize)(line_end + 1 - old->window->str)) : NULL;
    gsize seen = line != NULL ? strlen(line) : 0;
    if (seen < RECORD_BEGIN && size < left)
      continue;
    if (line == NULL)
      break;
    ret_record->at = before + (gsize)(line - old->window->str);
    return parse_record(old, line, ret_record);
  }
  *ret_record = (OldRecord){old->end, FEED_SECTIONS, 0};
  return TRUE;
}

static gboolean is_before(const OldRecord *record, guint section, gint64 number)
{
  return record->section < section || (record->section == section && record->number < number);
}

/* The first record at FROM or later that is not before NUMBER of SECTION. */
static gboolean search(FeedOld *old, guint section, gint64 number, gsize from,
                       OldRecord *ret_record)
{
  gsize low = from, high = old->end;
  while (high - low > WINDOW) {
    gsize middle = low + (high - low) / 2;
    if (!old_record(old, middle, ret_record))
      return FALSE;
    if (is_before(ret_record, section, number))
      low = ret_record->at + 1;
    else
      high = middle;
    if (low >= high)
      break;
  }
  do {
    if (!old_record(old, low, ret_record))
      return FALSE;
    low = ret_record->at + 1;
  } while (is_before(ret_record, section, number));
  return TRUE;
}

/* The heads of the sections that come between are before what comes after. */
gboolean feed_old_find_end(FeedOld *old, guint section, gsize from, gsize *ret_at)
{
  const FeedSection *sections = old->kind->sections;
  g_autoptr(GString) heads = g_string_new(NULL);
  OldRecord next;
  if (!search(old, section + 1, 0, from, &next))
    return FALSE;
  for (guint i = section + 1;
       i < FEED_SECTIONS && sections[i].write_block != NULL && i <= next.section; i++)
    g_string_append(heads, sections[i].head);
  if (next.at < from + heads->len)
    return FALSE;
  *ret_at = next.at - heads->len;
  return old_has(old, *ret_at, heads->str);
}

gboolean feed_old_find(FeedOld *old, guint section, gint64 number, gsize from, gsize *ret_at)
{
  OldRecord record;
  if (!search(old, section, number, from, &record))
    return FALSE;
  if (record.section == section) {
    *ret_at = record.at;
    return TRUE;
  }
  return feed_old_find_end(old, section, from, ret_at);
}

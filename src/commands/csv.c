#include "commands/csv.h"

#include <csv.h>
#include <string.h>

#include "base/error.h"

typedef struct {
  CsvRow row;
  gpointer data;
  GPtrArray *fields; /* char *, of the row under way */
  guint line;        /* where it began */
  gboolean begun;
  gboolean any; /* some field of it has text */
} CsvReading;

static void on_field(void *text, size_t length, void *data)
{
  CsvReading *reading = data;
  reading->any = reading->any || length > 0;
  g_ptr_array_add(reading->fields, g_strndup(text, length));
}

static void on_row(int end G_GNUC_UNUSED, void *data)
{
  CsvReading *reading = data;
  if (reading->any)
    reading->row(reading->fields, reading->line, reading->data);
  g_ptr_array_set_size(reading->fields, 0);
  reading->begun = FALSE;
  reading->any = FALSE;
}

/* Where the line at AT ends, behind its LF, CRLF or CR. */
static const char *line_end(const char *at, const char *end)
{
  while (at < end && *at != '\n' && *at != '\r')
    at++;
  if (at < end && *at == '\r' && at + 1 < end && at[1] == '\n')
    at++;
  return at < end ? at + 1 : end;
}

static gboolean line_is_blank(const char *at, const char *end)
{
  while (at < end && strchr(" \t\r\n", *at) != NULL)
    at++;
  return at == end;
}

/* What stands between the columns: the one that the first line has most of, outside of
 * quotes. */
static guchar find_delimiter(const char *at, const char *end)
{
  static const char delimiters[] = ",;\t";
  guint counts[sizeof delimiters] = {0};
  gboolean quoted = FALSE;
  const char *best = delimiters;
  for (; at < end && (quoted || (*at != '\n' && *at != '\r')); at++) {
    const char *found = *at != '\0' ? strchr(delimiters, *at) : NULL;
    quoted = quoted != (*at == '"');
    if (found != NULL && !quoted)
      counts[found - delimiters]++;
  }
  for (const char *one = delimiters; *one != '\0'; one++)
    if (counts[one - delimiters] > counts[best - delimiters])
      best = one;
  return (guchar)*best;
}

static gboolean csv_fail(const char *name, guint line, const struct csv_parser *parser,
                         gboolean ended, GError **error)
{
  if (csv_error((struct csv_parser *)parser) != CSV_EPARSE)
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED, "%s:%u: there is not enough memory",
                name, line);
  else if (ended)
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED,
                "%s:%u: a quoted field begins in this row and never ends; close it with a quote",
                name, line);
  else
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED,
                "%s:%u: a quote stands in the middle of a field; put the whole field in quotes, "
                "and write the quote in it twice",
                name, line);
  return FALSE;
}

/* Line by line, so that each row is known by the line on which it begins. */
static gboolean read_lines(const char *name, const char *at, const char *end,
                           struct csv_parser *parser, CsvReading *reading, GError **error)
{
  for (guint line = 1; at < end; line++) {
    const char *next = line_end(at, end);
    gsize length = (gsize)(next - at);
    gboolean skip = !reading->begun && line_is_blank(at, next);
    if (!reading->begun)
      reading->line = line;
    reading->begun = !skip;
    if (!skip && csv_parse(parser, at, length, on_field, on_row, reading) != length)
      return csv_fail(name, line, parser, FALSE, error);
    at = next;
  }
  return csv_fini(parser, on_field, on_row, reading) == 0 ||
         csv_fail(name, reading->line, parser, TRUE, error);
}

/* UTF-8 begins with its mark where a spreadsheet wrote it. */
static gboolean check_encoding(const char *name, const char **at, const char *end, GError **error)
{
  static const char mark[] = "\xef\xbb\xbf";
  const char *bad = NULL;
  if (end - *at >= 3 && memcmp(*at, mark, 3) == 0)
    *at += 3;
  if (g_utf8_validate_len(*at, (gsize)(end - *at), &bad))
    return TRUE;
  guint line = 1;
  for (const char *byte = *at; byte < bad; byte = line_end(byte, bad))
    line += line_end(byte, bad) < bad || bad[-1] == '\n';
  g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED,
              "%s:%u: this is not UTF-8; save the table as \"CSV UTF-8\"", name, line);
  return FALSE;
}

gboolean csv_read(const char *name, const char *bytes, gsize length, CsvRow row, gpointer data,
                  GError **error)
{
  const char *at = bytes, *end = bytes + length;
  if (!check_encoding(name, &at, end, error))
    return FALSE;
  struct csv_parser parser;
  csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI);
  csv_set_delim(&parser, find_delimiter(at, end));
  CsvReading reading = {
      .row = row, .data = data, .fields = g_ptr_array_new_with_free_func(g_free), .line = 1};
  gboolean ok = read_lines(name, at, end, &parser, &reading, error);
  csv_free(&parser);
  g_ptr_array_unref(reading.fields);
  return ok;
}

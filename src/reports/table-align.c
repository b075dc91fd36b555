#include <string.h>

#include "reports/table.h"

/* A column wider than this does not make the other rows as wide. */
#define ALIGN_WIDEST 48
#define ALIGN_COLUMNS 16

/* How many places TEXT takes where letters have one width. */
static guint align_width(const char *text, const char *end)
{
  guint width = 0;
  for (; text < end; text = g_utf8_next_char(text)) {
    gunichar c = (guchar)*text < 0x80 ? (gunichar)*text : g_utf8_get_char(text);
    width += c < 0x80 ? 1 : g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
  }
  return width;
}

/* The end of the cell that begins at AT: the next "|" that is not escaped, or
 * the end of the line. */
static const char *align_cell_end(const char *at)
{
  for (; *at != '|' && *at != '\n' && *at != '\0'; at++)
    if (*at == '\\' && at[1] != '\n' && at[1] != '\0')
      at++;
  return at;
}

static gboolean align_is_rule(const char *cell)
{
  return g_str_has_prefix(cell, " ---");
}

/* Goes over the rows from AT on, finds how wide each column is, and returns
 * where the table ends. */
static const char *align_measure(const char *at, guint widths[ALIGN_COLUMNS])
{
  while (g_str_has_prefix(at, "| ")) {
    at++;
    for (guint column = 0; *at != '\n' && *at != '\0'; column++) {
      const char *end = align_cell_end(at);
      if (column < ALIGN_COLUMNS)
        widths[column] = MAX(widths[column], MIN(align_width(at, end), ALIGN_WIDEST));
      at = *end == '|' ? end + 1 : end;
    }
    if (*at == '\n')
      at++;
  }
  return at;
}

/* Appends the cell with what is missing to WIDTH: a rule gets dashes, a cell of
 * a column that is set to the right its spaces first. */
static void align_pad(GString *aligned, const char *cell, const char *end, guint width,
                      gboolean right)
{
  guint present = align_width(cell, end);
  guint missing = present < width ? width - present : 0;
  gboolean rule = align_is_rule(cell);
  if (rule || right) {
    g_string_append_c(aligned, ' ');
    cell++;
    for (guint i = 0; i < missing; i++)
      g_string_append_c(aligned, rule ? '-' : ' ');
    missing = 0;
  }
  g_string_append_len(aligned, cell, end - cell);
  for (guint i = 0; i < missing; i++)
    g_string_append_c(aligned, ' ');
}

/* Which columns are set to the right, as the second line says. */
static guint align_find_right(const char *table)
{
  guint right = 0;
  const char *rule = strchr(table, '\n');
  if (rule == NULL || rule[1] != '|')
    return 0;
  rule += 2;
  for (guint column = 0; *rule != '\n' && *rule != '\0' && column < ALIGN_COLUMNS; column++) {
    const char *end = align_cell_end(rule);
    if (end - rule > 2 && end[-2] == ':')
      right |= 1u << column;
    rule = *end == '|' ? end + 1 : end;
  }
  return right;
}

/* Appends the table at AT; returns where it ends. */
static const char *align_table(GString *aligned, const char *at)
{
  guint widths[ALIGN_COLUMNS] = {0};
  guint right = align_find_right(at);
  const char *after = align_measure(at, widths);
  while (at < after) {
    g_string_append_c(aligned, *at++);
    for (guint column = 0; *at != '\n' && *at != '\0'; column++) {
      const char *end = align_cell_end(at);
      guint width = column < ALIGN_COLUMNS ? widths[column] : 0;
      align_pad(aligned, at, end, width, column < ALIGN_COLUMNS && (right >> column & 1) != 0);
      at = end;
      if (*at == '|')
        g_string_append_c(aligned, *at++);
    }
    if (*at == '\n')
      g_string_append_c(aligned, *at++);
  }
  return after;
}

char *table_align(const char *markdown)
{
  GString *aligned = g_string_sized_new(strlen(markdown) * 5 / 4);
  const char *at = markdown;
  while (*at != '\0') {
    if (g_str_has_prefix(at, "| ")) {
      at = align_table(aligned, at);
      continue;
    }
    const char *end = strchr(at, '\n');
    gsize length = end != NULL ? (gsize)(end - at) + 1 : strlen(at);
    g_string_append_len(aligned, at, (gssize)length);
    at += length;
  }
  return g_string_free(aligned, FALSE);
}

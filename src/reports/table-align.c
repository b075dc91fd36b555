#include <string.h>

#include "reports/table.h"

/* A column wider than this does not make the other rows as wide. */
#define ALIGN_WIDEST 96
#define ALIGN_COLUMNS 16

/* A cell, with the space before and after what is in it. */
typedef struct {
  const char *text;
  guint length;
  guint width;   /* places where letters have one width */
  gboolean rule; /* of the second row, which is all dashes */
} AlignCell;

typedef struct {
  AlignCell *cells; /* row after row; a row ends by one without text */
  guint count;
  guint widths[ALIGN_COLUMNS];
  guint right; /* set of columns */
} AlignTable;

/* How many places the LENGTH bytes at TEXT take where some are not ASCII. */
static guint align_width(const char *text, guint length)
{
  guint width = 0;
  for (const char *at = text; at < text + length; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    width += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
  }
  return width;
}

static gboolean align_is_ascii(const char *text, guint length)
{
  guint64 bits = 0, word;
  for (; length >= sizeof word; text += sizeof word, length -= (guint)sizeof word) {
    memcpy(&word, text, sizeof word);
    bits |= word;
  }
  for (; length > 0; length--)
    bits |= (guchar)*text++;
  return (bits & 0x8080808080808080) == 0;
}

/* Reads the cell at AT, which ends at a "|" that is not escaped, or with the line. */
static const char *align_read_cell(AlignTable *table, const char *at, guint column, gboolean rule)
{
  AlignCell cell = {at, 0, 0, rule};
  at += strcspn(at, "|\\\n");
  while (*at == '\\') {
    at += at[1] != '\n' && at[1] != '\0' ? 2 : 1;
    at += strcspn(at, "|\\\n");
  }
  cell.length = (guint)(at - cell.text);
  cell.width =
      align_is_ascii(cell.text, cell.length) ? cell.length : align_width(cell.text, cell.length);
  if (column < ALIGN_COLUMNS)
    table->widths[column] = MAX(table->widths[column], MIN(cell.width, ALIGN_WIDEST));
  if (column < ALIGN_COLUMNS && rule && cell.length > 2 && at[-2] == ':')
    table->right |= 1u << column;
  table->cells[table->count++] = cell;
  return at;
}

/* Reads the rows from AT on; returns where the table ends. */
static const char *align_read(AlignTable *table, const char *at)
{
  for (guint row = 0; at[0] == '|' && at[1] == ' '; row++) {
    for (guint column = 0; *at == '|' && at[1] != '\n' && at[1] != '\0'; column++)
      at = align_read_cell(table, at + 1, column, row == 1);
    table->cells[table->count++] = (AlignCell){NULL, 0, 0, FALSE};
    at += strcspn(at, "\n");
    at += *at == '\n';
  }
  return at;
}

static char *align_put(char *out, const char *text, gsize length)
{
  memcpy(out, text, length);
  return out + length;
}

/* Writes "|" and the cell with what is missing: a rule gets dashes, a cell of
 * a column that is set to the right its spaces first. */
static char *align_put_cell(char *out, const AlignTable *table, const AlignCell *cell, guint column)
{
  guint width = column < ALIGN_COLUMNS ? table->widths[column] : 0;
  guint missing = cell->width < width ? width - cell->width : 0;
  gboolean before = cell->rule || (column < ALIGN_COLUMNS && (table->right >> column & 1) != 0);
  out = align_put(out, "| ", cell->length > 0 ? 2 : 1);
  if (before)
    out = (char *)memset(out, cell->rule ? '-' : ' ', missing) + missing;
  if (cell->length > 0)
    out = align_put(out, cell->text + 1, cell->length - 1);
  return before ? out : (char *)memset(out, ' ', missing) + missing;
}

static char *align_put_table(char *out, const AlignTable *table)
{
  guint column = 0;
  for (guint i = 0; i < table->count; i++) {
    const AlignCell *cell = &table->cells[i];
    if (cell->text != NULL) {
      out = align_put_cell(out, table, cell, column++);
      continue;
    }
    out = align_put(out, "|\n", 2);
    column = 0;
  }
  return out;
}

const char *table_align(const char *markdown)
{
  gsize bars = 0, length = strlen(markdown);
  for (const char *at = markdown; (at = strchr(at, '|')) != NULL; at++)
    bars++;
  AlignTable table = {page_take((bars + 1) * sizeof(AlignCell)), 0, {0}, 0};
  char *aligned = page_take(length + bars * (ALIGN_WIDEST + 1) + 1), *out = aligned;
  for (const char *at = markdown; *at != '\0';) {
    if (at[0] == '|' && at[1] == ' ') {
      at = align_read(&table, at);
      out = align_put_table(out, &table);
      table = (AlignTable){table.cells, 0, {0}, 0};
      continue;
    }
    gsize line = strcspn(at, "\n");
    line += at[line] == '\n';
    out = align_put(out, at, line);
    at += line;
  }
  *out = '\0';
  return aligned;
}

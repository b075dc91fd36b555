#include <string.h>

#include "base/clock.h"
#include "reports/feed.h"
#include "reports/page.h"

/* What spreadsheets begin a formula with, and what stands for it (an apostrophe). The wide
 * forms count in some of their languages. */
static gboolean begins_formula(gunichar c)
{
  static const gunichar starts[] = {'=', '+', '-', '@', '\'', 0xFF1D, 0xFF0B, 0xFF0D, 0xFF20};
  for (gsize i = 0; i < G_N_ELEMENTS(starts); i++)
    if (c == starts[i])
      return TRUE;
  return FALSE;
}

static void begin_cell(GString *line)
{
  if (line->len > 0)
    g_string_append_c(line, ',');
}

void feed_add_cell(GString *line, const char *text)
{
  begin_cell(line);
  if (text == NULL)
    return;
  g_autofree char *owned = NULL;
  const char *clean = page_clean_text(text, &owned);
  const char *at = clean;
  while (g_unichar_isspace(g_utf8_get_char(at)))
    at = g_utf8_next_char(at);
  gboolean formula = begins_formula(g_utf8_get_char(at));
  if (!formula && strpbrk(clean, ",\" ") == NULL) {
    g_string_append(line, clean);
    return;
  }
  g_string_append(line, formula ? "\"'" : "\"");
  for (at = clean; *at != '\0'; at++) {
    if (*at == '"')
      g_string_append_c(line, '"');
    g_string_append_c(line, *at);
  }
  g_string_append_c(line, '"');
}

void feed_add_number_cell(GString *line, gint64 number)
{
  begin_cell(line);
  g_string_append_printf(line, "%" G_GINT64_FORMAT, number);
}

void feed_add_time_cell(GString *line, gint64 time)
{
  g_autofree char *text = time != 0 ? clock_format(time) : NULL;
  feed_add_cell(line, text);
}

void feed_add_flag_cell(GString *line, gboolean flag)
{
  feed_add_cell(line, flag ? "true" : "false");
}

void feed_add_words_cell(GString *line, char *const *words)
{
  g_autofree char *joined = words != NULL ? g_strjoinv(" ", (char **)words) : NULL;
  feed_add_cell(line, joined);
}

void feed_end_cells(GString *line)
{
  g_string_append(line, "\r\n");
}

/* Cells of CSV: read back by the rules of RFC 4180 they are the text, on one line, and
 * nothing that a spreadsheet would run (I2). */
#include "reports/feed.h"

#include <string.h>

/* The cells of LINE, as RFC 4180 reads them; NULL where it is broken. */
static GPtrArray *parse(const char *line)
{
  g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
  for (const char *at = line;;) {
    g_autoptr(GString) cell = g_string_new(NULL);
    if (*at == '"') {
      for (at++; *at != '"' || at[1] == '"'; at++) {
        if (*at == '\0')
          return NULL;
        at += *at == '"';
        g_string_append_c(cell, *at);
      }
      at++;
    } else {
      gsize length = strcspn(at, ",\"\r\n");
      g_string_append_len(cell, at, (gssize)length);
      at += length;
    }
    g_ptr_array_add(cells, g_strdup(cell->str));
    if (strcmp(at, "\r\n") == 0)
      return g_steal_pointer(&cells);
    if (*at++ != ',')
      return NULL;
  }
}

static void test_texts(void)
{
  static const struct {
    const char *text;
    const char *cell; /* NULL: as it is */
  } cases[] = {
      {"plain", NULL},
      {"two words", NULL},
      {"a,b", NULL},
      {"say \"x\"", NULL},
      {"\"", NULL},
      {"Ä 例子 𝕏", NULL},
      {"a=b", NULL},
      {"=1+1", "'=1+1"},
      {"+1", "'+1"},
      {"-1", "'-1"},
      {"@x", "'@x"},
      {" =1", "' =1"},
      {"\u3000-1", "'\u3000-1"},
      {"'x", "''x"},
      {"\uff1d1", "'\uff1d1"},
      {"\uff0b1", "'\uff0b1"},
      {"\uff0d1", "'\uff0d1"},
      {"\uff20x", "'\uff20x"},
      {"=\"x\",2", "'=\"x\",2"},
      {"\t=1", "' =1"},
      {"a\nb\r\nc", "a b c"},
      {"a\u2028b", "a b"},
      {"a\001b", "a\ufffdb"},
      {"a\xff"
       "b",
       "a\ufffdb"},
      {"a\u202eb", "a\ufffdb"},
      {"", ""},
      {NULL, ""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GString) line = g_string_new(NULL);
    feed_add_number_cell(line, 1);
    feed_add_cell(line, cases[i].text);
    feed_add_cell(line, "last");
    feed_end_cells(line);
    g_autoptr(GPtrArray) cells = parse(line->str);
    g_assert_nonnull(cells);
    g_assert_cmpuint(cells->len, ==, 3);
    g_assert_cmpstr(cells->pdata[1], ==, cases[i].cell != NULL ? cases[i].cell : cases[i].text);
    g_assert_cmpstr(cells->pdata[2], ==, "last");
  }
}

static void test_values(void)
{
  char *words[] = {(char *)"a.example.test", (char *)"b.example.test", NULL};
  g_autoptr(GString) line = g_string_new(NULL);
  feed_add_number_cell(line, G_MAXINT64);
  feed_add_time_cell(line, 1795399207);
  feed_add_time_cell(line, 0);
  feed_add_flag_cell(line, TRUE);
  feed_add_words_cell(line, words);
  feed_add_words_cell(line, NULL);
  feed_end_cells(line);
  g_assert_cmpstr(line->str, ==,
                  "9223372036854775807,2026-11-23T02:00:07Z,,true,"
                  "\"a.example.test b.example.test\",\r\n");
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/reports/cells/texts", test_texts);
  g_test_add_func("/reports/cells/values", test_values);
  return g_test_run();
}

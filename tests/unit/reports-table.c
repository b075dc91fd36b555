/* Pipe tables whose columns stand under each other, and the same table in HTML. */
#include <string.h>

#include "reports/table.h"

static const TableColumn columns[] = {{"Name", TABLE_TEXT}, {"Files", TABLE_NUMBER}};

static void test_forms(void)
{
  g_autoptr(Page) page = page_new(PAGE_VIEW_OVERVIEW, 0, "Test");
  page_add_text(page_add_paragraph(page->root), "before");
  Table table = table_new(page->root, "Names", columns, G_N_ELEMENTS(columns));
  table_add_row(&table);
  table_add_text(&table, "a");
  table_add_number(&table, 1234567);
  page_add_text(page_add_paragraph(page->root), "after");
  g_assert_cmpstr(page_to_html(page), ==,
                  "<p>before</p>\n"
                  "<section class=\"scroll\" tabindex=\"0\" aria-label=\"Names\"><table>\n"
                  "<thead><tr><th scope=\"col\">Name</th><th scope=\"col\" class=\"n\">Files</th>"
                  "</tr></thead>\n<tbody>\n"
                  "<tr><th scope=\"row\">a</th><td class=\"n\">1,234,567</td></tr>\n"
                  "</tbody></table></section>\n<p>after</p>\n");
  g_assert_cmpstr(page_to_markdown(page), ==,
                  "before\n\n"
                  "| Name |     Files |\n"
                  "| ---- | --------: |\n"
                  "| a    | 1,234,567 |\n"
                  "\nafter\n");
}

static void test_facts(void)
{
  g_autoptr(Page) page = page_new(PAGE_VIEW_OVERVIEW, 0, "Test");
  Table table = table_new_facts(page->root, "Facts");
  page_add_code(table_add_fact(&table, "ID"), "PO-1.1");
  g_assert_cmpstr(page_to_markdown(page), ==,
                  "| Field | Value    |\n"
                  "| ----- | -------- |\n"
                  "| ID    | `PO-1.1` |\n\n");
}

static void test_align(void)
{
  static const char *const pairs[][2] = {
      {"", ""},
      {"text without a table", "text without a table"},
      {"| a | b |\n| --- | --- |\n| longer | x |\n",
       "| a      | b   |\n| ------ | --- |\n| longer | x   |\n"},
      /* escaped bars do not end a cell, nor does a backslash before the end */
      {"| a | b |\n| --- | --- |\n| x\\|y | \\\\ |\n",
       "| a    | b   |\n| ---- | --- |\n| x\\|y | \\\\  |\n"},
      /* dashes are a rule in the second row alone */
      {"| a |\n| --- |\n| --- |\n| longer |\n", "| a      |\n| ------ |\n| ---    |\n| longer |\n"},
      /* wide letters take two places, marks over letters none */
      {"| a |\n| --- |\n| 例子 |\n| e\xcc\x81 |\n",
       "| a    |\n| ---- |\n| 例子 |\n| e\xcc\x81    |\n"},
      /* an empty cell */
      {"| a | b |\n| --- | ---: |\n|  | 1 |\n", "| a   |    b |\n| --- | ---: |\n|     |    1 |\n"},
      /* two tables, and text between them */
      {"| a |\n| --- |\n\ntext\n\n| longer |\n| --- |\n",
       "| a   |\n| --- |\n\ntext\n\n| longer |\n| ------ |\n"},
  };
  g_autoptr(Page) page = page_new(PAGE_VIEW_OVERVIEW, 0, "Test");
  for (guint i = 0; i < G_N_ELEMENTS(pairs); i++)
    g_assert_cmpstr(table_align(pairs[i][0]), ==, pairs[i][1]);
}

/* A long cell does not make all others as wide. */
static void test_align_long(void)
{
  g_autoptr(Page) page = page_new(PAGE_VIEW_OVERVIEW, 0, "Test");
  g_autofree char *longest = g_strnfill(500, 'x');
  g_autofree char *table = g_strdup_printf("| a |\n| --- |\n| %s |\n", longest);
  g_auto(GStrv) lines = g_strsplit(table_align(table), "\n", -1);
  g_assert_cmpuint(strlen(lines[0]), <, 110);
  g_assert_cmpuint(strlen(lines[0]), ==, strlen(lines[1]));
  g_assert_cmpuint(strlen(lines[2]), ==, 504);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/reports/table/forms", test_forms);
  g_test_add_func("/reports/table/facts", test_facts);
  g_test_add_func("/reports/table/align", test_align);
  g_test_add_func("/reports/table/align-long", test_align_long);
  return g_test_run();
}

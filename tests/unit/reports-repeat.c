/* What repeats from page to page reads as it did the first time, wherever it stands. */
#include <string.h>

#include "reports/table.h"

static const TableColumn columns[] = {{"Name", TABLE_TEXT}, {"Files", TABLE_NUMBER}};

static void add_list(const Page *page)
{
  cmark_node *list = page_add_list(page->root);
  page_add_text(page_add_item(list), "1. an item");
  page_add_text(page_add_link(page, page_add_item(list), "list/index"), "a *link*");
  cmark_node *lines = page_add_item(list);
  page_add_text(page_add_link(page, lines, "list/index"), "two");
  page_add(lines, CMARK_NODE_SOFTBREAK);
  page_add_text(lines, "lines");
}

static void add_table(const Page *page)
{
  Table table = table_new(page->root, "Names", columns, G_N_ELEMENTS(columns));
  table_add_row(&table);
  cmark_node *cell = table_add_cell(&table);
  page_add_text(cell, "# a|b");
  page_add_code(page_add_mark(cell, &page_mark_small), "a`b");
  table_add_number(&table, 1);
}

/* TEXT in a paragraph, and what may be thought to depend on where it stands. */
static Page *new_page(const char *text)
{
  Page *page = page_new(PAGE_VIEW_OVERVIEW, 0, "Test");
  page_add_text(page_add_paragraph(page->root), text);
  page_add_mark(page_add_paragraph(page->root), &page_mark_note);
  add_list(page);
  add_table(page);
  page_add_text(page_add_paragraph(page->root), "# a");
  page_add_text(page_add_mark(page_add_paragraph(page->root), &page_mark_current), "# a");
  return page;
}

#define REST                                                                                       \
  "\n  - 1\\. an item\n"                                                                           \
  "  - [a \\*link\\*](list/index.md)\n"                                                            \
  "  - [two](list/index.md)\n"                                                                     \
  "    lines\n"                                                                                    \
  "\n"                                                                                             \
  "| Name               | Files |\n"                                                               \
  "| ------------------ | ----: |\n"                                                               \
  "| \\# a\\|b<br>``a`b`` |     1 |\n"                                                             \
  "\n\\# a\n\n**\\# a**\n"

static void test_page(void)
{
  for (guint i = 0; i < 4; i++) {
    g_autoptr(Page) page = new_page("- text");
    g_assert_cmpstr(page_to_markdown(page), ==, "\\- text\n" REST);
  }
}

/* More than are kept, so that all of it is forgotten and learnt again. */
static void test_many(void)
{
  for (guint i = 0; i < 4000; i++) {
    g_autofree char *text = g_strdup_printf("text %u", i / 2);
    g_autofree char *expected = g_strdup_printf("text %u\n" REST, i / 2);
    g_autoptr(Page) page = new_page(text);
    g_assert_cmpstr(page_to_markdown(page), ==, expected);
  }
}

/* No text can be taken for the place of a part. */
static void test_mark(void)
{
  for (guint i = 0; i < 3; i++) {
    g_autoptr(Page) page = page_new(PAGE_VIEW_OVERVIEW, 0, "Test");
    page_add_text(page_add_paragraph(page->root), "a\x01z");
    page_add_code(page_add_paragraph(page->root), "b\x01z");
    page_add_listing(page->root, "text", "c\x01z\xff\x1b[1m\n\td");
    g_assert_cmpstr(page_to_markdown(page), ==,
                    "a\uFFFDz\n\n`b\uFFFDz`\n\n``` text\nc\uFFFDz\uFFFD\uFFFD[1m\n\td\n```\n");
  }
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/reports/repeat/page", test_page);
  g_test_add_func("/reports/repeat/many", test_many);
  g_test_add_func("/reports/repeat/mark", test_mark);
  return g_test_run();
}

/* Text of any origin is text in both forms of a page: the pages are parsed again
 * and compared (I2). */
#include <libxml/HTMLparser.h>
#include <string.h>

#include "reports/table.h"

typedef struct {
  const char *text;
  const char *shown; /* NULL: as it is */
} Case;

static const Case cases[] = {
    {"plain words", NULL},
    {"<script>alert(1)</script>", NULL},
    {"<b>bold</b> &amp; &lt; &#65; &copy;", NULL},
    {"*em* **strong** _em_ __strong__ `code` ``", NULL},
    {"[link](http://example.test) ![image](x.png) [ref][x] [ ] [^1]", NULL},
    {"# heading", NULL},
    {"- item + item * item", NULL},
    {"1. one", NULL},
    {"1) one", NULL},
    {"> quote", NULL},
    {"---", NULL},
    {"===", NULL},
    {"a | b | c", NULL},
    {"|", NULL},
    {"| a | b |", NULL},
    {"\\|", NULL},
    {"\\", NULL},
    {"ends in \\", NULL},
    {"\\\\|\\", NULL},
    {"~~gone~~ ~", NULL},
    {"www.example.test", NULL},
    {"see (www.example.test), or \"WWW.example.test\".", NULL},
    {"http://example.test/?a=1|2&b=~3", NULL},
    {"ftp://example.test a@example.test, <b@example.test>", NULL},
    {"`x@y` x`@`y ``@", NULL},
    {"@", NULL},
    {"a@b|c@d~e@f", NULL},
    {"<!-- comment -->", NULL},
    {"<br>", NULL},
    {"$x$ :smile: {{content}} %s %n", NULL},
    {"Ü ß 例子 ☕ 𝕏 é", NULL},
    {"  many   spaces  ", "many spaces "},
    {"line\nline\r\n\tline", "line line line"},
    {"turned \xe2\x80\xae text", "turned \xef\xbf\xbd text"},
    {"control \x01\x7f\xc2\x85", "control \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"mark \xef\xbb\xbf here", "mark \xef\xbf\xbd here"},
    {"not UTF-8: \xff", "not UTF-8: \xef\xbf\xbd"},
};

/* The text of NODE and what is below it. */
static void collect_html(const xmlNode *node, GString *text)
{
  static const char *const ours[] = {"html",  "body",  "p",     "code", "a",  "ul", "li",
                                     "table", "thead", "tbody", "tr",   "th", "td", "section"};
  for (; node != NULL; node = node->next) {
    if (node->type == XML_TEXT_NODE)
      g_string_append(text, (const char *)node->content);
    if (node->type == XML_ELEMENT_NODE)
      g_assert_true(g_strv_contains(ours, (const char *)node->name));
    g_assert_true(node->type == XML_TEXT_NODE || node->type == XML_ELEMENT_NODE);
    collect_html(node->children, text);
  }
}

static char *text_of_html(const char *html)
{
  g_autofree char *page = g_strdup_printf("<html><body>%s</body></html>", html);
  htmlDocPtr document = htmlReadMemory(page, (int)strlen(page), NULL, "UTF-8",
                                       HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
  GString *text = g_string_new(NULL);
  collect_html(xmlDocGetRootElement(document), text);
  xmlFreeDoc(document);
  return g_string_free(text, FALSE);
}

static char *text_of_markdown(const char *markdown)
{
  cmark_node *document = cmark_parse_document(markdown, strlen(markdown), CMARK_OPT_DEFAULT);
  cmark_iter *iter = cmark_iter_new(document);
  GString *text = g_string_new(NULL);
  for (cmark_event_type event; (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
    cmark_node *node = cmark_iter_get_node(iter);
    cmark_node_type type = cmark_node_get_type(node);
    g_assert_true(type == CMARK_NODE_DOCUMENT || type == CMARK_NODE_PARAGRAPH ||
                  type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE || type == CMARK_NODE_LIST ||
                  type == CMARK_NODE_ITEM || type == CMARK_NODE_LINK);
    if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
      g_string_append(text, cmark_node_get_literal(node));
  }
  cmark_iter_free(iter);
  cmark_node_free(document);
  return g_string_free(text, FALSE);
}

static void assert_trimmed(char *got, const char *wanted)
{
  g_autofree char *trimmed = g_strstrip(g_strdup(wanted));
  g_assert_cmpstr(g_strstrip(got), ==, trimmed);
}

static void test_blocks(void)
{
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    const char *shown = cases[i].shown != NULL ? cases[i].shown : cases[i].text;
    for (guint place = 0; place < 3; place++) {
      g_autoptr(Page) page = page_new(PAGE_VIEW_OVERVIEW, 0, "Test");
      cmark_node *parent =
          place == 1 ? page_add_item(page_add_list(page->root)) : page_add_paragraph(page->root);
      if (place == 2)
        parent = page_add_link(page, parent, "list/index");
      page_add_text(parent, cases[i].text);
      g_autofree char *html = text_of_html(page_to_html(page));
      assert_trimmed(html, shown);
      g_autofree char *markdown = text_of_markdown(page_to_markdown(page));
      assert_trimmed(markdown, shown);
    }
  }
}

/* The cells of a row of a pipe table, as GFM 4.10 reads them. */
static GPtrArray *split_row(const char *row)
{
  GPtrArray *cells = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GString) cell = g_string_new(NULL);
  g_assert_cmpint(*row, ==, '|');
  for (const char *at = row + 1; *at != '\0' && *at != '\n'; at++) {
    if (*at == '|') {
      g_ptr_array_add(cells, g_strdup(cell->str));
      g_string_truncate(cell, 0);
    } else if (at[0] == '\\' && at[1] == '|')
      g_string_append_c(cell, *++at);
    else if (at[0] == '\\') {
      g_string_append_c(cell, *at++);
      g_string_append_c(cell, *at);
    } else
      g_string_append_c(cell, *at);
  }
  g_assert_cmpuint(cell->len, ==, 0);
  return cells;
}

static void test_cells(void)
{
  static const TableColumn columns[] = {{"One", TABLE_TEXT}, {"Two", TABLE_NUMBER}};
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    const char *shown = cases[i].shown != NULL ? cases[i].shown : cases[i].text;
    g_autoptr(Page) page = page_new(PAGE_VIEW_OVERVIEW, 0, "Test");
    Table table = table_new(page->root, "Test", columns, G_N_ELEMENTS(columns));
    table_add_row(&table);
    table_add_text(&table, cases[i].text);
    table_add_text(&table, cases[i].text);
    g_autofree char *html = text_of_html(page_to_html(page));
    g_autofree char *both = g_strdup_printf("%s%s", shown, shown);
    g_assert_nonnull(strstr(html, both));
    const char *markdown = page_to_markdown(page);
    const char *row = strchr(strchr(markdown, '\n') + 1, '\n') + 1;
    g_autoptr(GPtrArray) cells = split_row(row);
    g_assert_cmpuint(cells->len, ==, 2);
    for (guint k = 0; k < cells->len; k++) {
      /* A letter before it: what begins a cell does not begin a line. */
      g_autofree char *line = g_strdup_printf("x%s", (char *)cells->pdata[k]);
      g_autofree char *text = text_of_markdown(line);
      assert_trimmed(text + 1, shown);
    }
  }
}

/* What GFM would make a link of stands in code in both forms. */
static void test_addresses(void)
{
  static const char *const pairs[][2] = {
      {"see www.example.test.", "see `www.example.test`.\n"},
      {"(http://example.test/a)", "(`http://example.test/a`)\n"},
      {"to a@example.test, now", "to `a@example.test`, now\n"},
      {"wwww example.test", "wwww example.test\n"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(pairs); i++) {
    g_autoptr(Page) page = page_new(PAGE_VIEW_OVERVIEW, 0, "Test");
    page_add_text(page_add_paragraph(page->root), pairs[i][0]);
    g_assert_cmpstr(page_to_markdown(page), ==, pairs[i][1]);
  }
}

static void test_links(void)
{
  g_autoptr(Page) page = page_new(PAGE_VIEW_OVERVIEW, 2, "Test");
  cmark_node *paragraph = page_add_paragraph(page->root);
  page_add_certificate(page, paragraph, "PO-1.1");
  page_add_text(paragraph, " ");
  page_add_text(page_add_file_link(page, paragraph, "outbox/receipts/a b#(c)?%.xml"), "receipt");
  g_assert_cmpstr(
      page_to_html(page), ==,
      "<p><a href=\"../../certificate/PO-1.1.html\"><code>PO-1.1</code></a> "
      "<a href=\"../../../outbox/receipts/a%20b%23%28c%29%3F%25.xml\">receipt</a></p>\n");
  g_assert_cmpstr(page_to_markdown(page), ==,
                  "[`PO-1.1`](../../certificate/PO-1.1.md) "
                  "[receipt](../../../outbox/receipts/a%20b%23%28c%29%3F%25.xml)\n");
}

static void test_numbers(void)
{
  static const struct {
    gint64 number;
    const char *text;
  } numbers[] = {{0, "0"}, {999, "999"}, {1000, "1,000"}, {-1234567, "-1,234,567"}};
  for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
    g_autofree char *text = page_number(numbers[i].number);
    g_assert_cmpstr(text, ==, numbers[i].text);
  }
  g_autofree char *one = page_count(1, "file");
  g_assert_cmpstr(one, ==, "1 file");
  g_autofree char *many = page_count(2000, "file");
  g_assert_cmpstr(many, ==, "2,000 files");
}

/* Two pages of one thread at once: the first to end takes nothing from the other. */
static void test_memory(void)
{
  Page *one = page_new(PAGE_VIEW_OVERVIEW, 0, "One");
  page_add_text(page_add_paragraph(one->root), "one");
  Page *two = page_new(PAGE_VIEW_OVERVIEW, 0, "Two");
  for (guint i = 0; i < 20000; i++)
    page_add_text(page_add_paragraph(two->root), "two");
  page_free(one);
  const char *html = page_to_html(two);
  g_assert_cmpuint(strlen(html), ==, 20000 * strlen("<p>two</p>\n"));
  page_free(two);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/reports/text/blocks", test_blocks);
  g_test_add_func("/reports/text/cells", test_cells);
  g_test_add_func("/reports/text/addresses", test_addresses);
  g_test_add_func("/reports/text/links", test_links);
  g_test_add_func("/reports/text/numbers", test_numbers);
  g_test_add_func("/reports/text/memory", test_memory);
  return g_test_run();
}

/* What the pages of all lists have in common. */
#include <string.h>

#include "reports/html.h"
#include "reports/lists.h"

static void list_add_block(const Page *page, cmark_node *item, const char *folder, gint64 block,
                           const char *label)
{
  g_autofree char *name = g_strdup_printf("%" G_GINT64_FORMAT, block);
  page_add_text(page_add_link_in(page, item, folder, name), label);
}

/* The rows as a list or as cards: the same table, which the style sheet shows as the page's
 * fragment says. list.js remembers it. */
static void list_add_views(cmark_node *bar)
{
  static const struct {
    const char *id;
    const char *label;
  } views[] = {{"list", "List view"}, {"cards", "Card view"}};
  xmlNode *list = html_new("ul", "views");
  for (guint i = 0; i < G_N_ELEMENTS(views); i++) {
    xmlNode *way = html_add(html_add(list, "li", NULL), "a", NULL);
    html_set(way, "id", views[i].id);
    html_set_format(way, "href", "#%s", views[i].id);
    html_add_text(way, views[i].label);
  }
  page_add_html(bar, list);
}

static void list_add_statuses(const Page *page, cmark_node *bar, const ListModel *model)
{
  cmark_node *list = page_add_list(bar);
  if (model->list->status == 0)
    page_add_text(page_add_mark(page_add_item(list), &page_mark_current), "All");
  else
    page_add_text(page_add_link(page, page_add_item(list), "list/index"), "All");
  for (LifecycleStatus status = 1; status < LIFECYCLE_STATUS_N; status++) {
    cmark_node *item = page_add_item(list);
    page_add_status(page,
                    status == model->list->status ? page_add_mark(item, &page_mark_current) : item,
                    status);
  }
}

static guint path_depth(const char *folder)
{
  guint depth = 1;
  for (; *folder != '\0'; folder++)
    depth += *folder == '/';
  return depth;
}

Page *list_begin_page(const ListModel *model, PageView view, const char *title)
{
  Page *page = page_new(view, path_depth(model->list->folder), title);
  page_add_heading(page->root, 1, title);
  if (view == PAGE_VIEW_CERTIFICATES) {
    cmark_node *bar = page_add_mark(page->root, &page_mark_bar);
    if (model->rows->len > 0)
      list_add_views(bar);
    list_add_statuses(page, bar, model);
  }
  return page;
}

void list_add_filter(Page *page, gboolean searched)
{
  static const char up[] = "../../../";
  g_assert(page->depth * strlen("../") <= strlen(up));
  page->script = PAGE_SCRIPT_LIST;
  xmlNode *filter = html_new("div", "filter");
  html_set(filter, "id", "filter");
  html_set(filter, "hidden", NULL);
  html_add_search(filter, "words", "Filter this page");
  if (searched) {
    xmlNode *way = html_add(filter, "a", NULL);
    html_set_format(way, "href", "%.*ssearch.html", (int)(page->depth * strlen("../")), up);
    html_add_text(way, "Search all");
  }
  xmlNode *shown = html_add(filter, "p", NULL);
  html_set(shown, "role", "status");
  html_set(shown, "id", "shown");
  page_add_html(page->root, filter);
}

/* How many spans are told of one by one; those before them as one. */
#define LIST_SPANS 100

static void list_add_span(const Page *page, cmark_node *list, gint64 first, gint64 last,
                          const char *filter)
{
  g_autofree char *path = g_strdup_printf("list/%" G_GINT64_FORMAT, last);
  page_add_format(page_add_link_at(page, page_add_item(list), path, filter),
                  "%" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, first * LEDGER_BLOCK_SIZE + 1,
                  (last + 1) * LEDGER_BLOCK_SIZE);
}

void list_add_others(const Page *page, const GArray *others, const char *first, const char *words)
{
  if (others == NULL || others->len == 0)
    return;
  g_autofree char *escaped = g_uri_escape_string(words, NULL, FALSE);
  g_autofree char *filter = g_strconcat("words=", escaped, NULL);
  page_add_format(page_add_paragraph(page->root),
                  "These are %s. Others stand among all certificates, those with the numbers",
                  first);
  cmark_node *list = page_add_list(page_add_mark(page->root, &page_mark_bar));
  for (guint i = 0; i < MIN(others->len, LIST_SPANS); i++) {
    const LedgerSpan *span = &g_array_index(others, LedgerSpan, i);
    guint end = i + 1 == LIST_SPANS ? others->len - 1 : i;
    list_add_span(page, list, g_array_index(others, LedgerSpan, end).first, span->last, filter);
  }
}

void list_end_page(Page *page, const ListModel *model, const char *nouns)
{
  if (model->block < 0) {
    page_add_text(page_add_paragraph(page->root), "There is nothing to show yet.");
    return;
  }
  if (model->list->status != 0) {
    list_add_others(page, model->others, "the newest",
                    lifecycle_statuses[model->list->status].label);
    return;
  }
  cmark_node *text = page_add_paragraph(page->root);
  g_autofree char *own = g_strdup_printf("%" G_GINT64_FORMAT, model->block);
  page_add_text(page_add_link_in(page, text, model->list->folder, own), "This page");
  page_add_format(text,
                  " has the %s with the numbers %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                  ", the newest first.",
                  nouns, model->block * LEDGER_BLOCK_SIZE + 1,
                  (model->block + 1) * LEDGER_BLOCK_SIZE);
  if (model->newer < 0 && model->older < 0)
    return;
  cmark_node *list = page_add_list(page_add_mark(page->root, &page_mark_bar));
  const char *folder = model->list->folder;
  if (model->newer >= 0) {
    page_add_text(page_add_link_in(page, page_add_item(list), folder, "index"), "Newest");
    list_add_block(page, page_add_item(list), folder, model->newer, "Newer");
  }
  if (model->older >= 0)
    list_add_block(page, page_add_item(list), folder, model->older, "Older");
}

/* The search page: the field and what was found, which search.js fills, and the ways to
 * find certificates without it. */
#include "reports/html.h"
#include "reports/search.h"

/* All that search.js needs stands here; it shows it. */
static void search_add_field(cmark_node *parent)
{
  xmlNode *search = html_new("div", "search");
  html_set(search, "role", "search");
  html_set(search, "id", "search");
  html_set(search, "hidden", NULL);
  xmlNode *query = html_add_search(search, "query", "Domain name, ID, company or serial number");
  html_set(query, "maxlength", "300");
  html_set(query, "aria-describedby", "found");
  xmlNode *found = html_add(search, "p", "found");
  html_set(found, "id", "found");
  html_set(found, "role", "status");
  html_add_text(found, "Type the beginning of any part of it.");
  html_set(html_add(search, "ul", "results"), "id", "results");
  xmlNode *more = html_add(search, "button", NULL);
  html_set(more, "type", "button");
  html_set(more, "id", "more");
  html_set(more, "hidden", NULL);
  html_add_text(more, "Show more");
  page_add_html(parent, search);
}

static void search_add_lists(const Page *page)
{
  page_add_heading(page->root, 2, "By status");
  cmark_node *list = page_add_list(page_add_mark(page->root, &page_mark_bar));
  page_add_text(page_add_link(page, page_add_item(list), "list/index"), "All");
  for (LifecycleStatus status = 1; status < LIFECYCLE_STATUS_N; status++)
    page_add_status(page, page_add_item(list), status);
}

static void search_add_terminal(const Page *page)
{
  page_add_heading(page->root, 2, "In a terminal");
  cmark_node *text = page_add_paragraph(page->root);
  page_add_text(text, "Every certificate that is not deleted is a line of ");
  page_add_text(page_add_feed_link(page, text, "certificates.csv"), "certificates.csv");
  page_add_text(text, ": ");
  page_add_code(text, "grep -i example.test reports/certificates.csv");
  page_add_text(text, " finds those of a domain, ");
  page_add_code(text, "certdrop show PO-4711.1");
  page_add_text(text, " shows one.");
}

static Page *search_build(const ReportsContext *context, gconstpointer model)
{
  (void)context;
  (void)model;
  Page *page = page_new(PAGE_VIEW_SEARCH, 0, "Search");
  page->script = PAGE_SCRIPT_SEARCH;
  page_add_heading(page->root, 1, "Search");
  search_add_field(page->root);
  search_add_lists(page);
  search_add_terminal(page);
  return page;
}

static void search_page_free(gpointer model)
{
  (void)model;
}

static const PageKind search_page = {search_build, search_page_free};

gboolean search_write_page(Writer *writer, const ReportsContext *context, GError **error)
{
  (void)context;
  (void)error;
  writer_add(writer, &search_page, NULL, "search", NULL);
  return TRUE;
}

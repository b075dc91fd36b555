#include <string.h>

#include "reports/page-private.h"
#include "reports/table.h"

/* One tree serves both forms: it is built for HTML, and what differs in the
 * Markdown is exchanged on the way there. */

static void render_exchange_address(cmark_node *link)
{
  const char *address = cmark_node_get_url(link);
  gsize stem = strcspn(address, "#") - strlen(".html");
  char *other = page_take(stem + sizeof ".md");
  memcpy(mempcpy(other, address, stem), ".md", sizeof ".md");
  cmark_node_set_url(link, other);
}

static void render_exchange_mark(cmark_node *node, const PageMark *mark)
{
  const char *enter = mark->markdown_enter != NULL ? mark->markdown_enter : "";
  const char *exit = mark->markdown_exit != NULL ? mark->markdown_exit : "";
  cmark_node_set_on_enter(node, enter);
  cmark_node_set_on_exit(node, exit);
}

/* Moves what the items of LIST hold to the end of LINE. */
static void render_move_items(cmark_node *line, cmark_node *list)
{
  for (cmark_node *item = cmark_node_first_child(list); item != NULL;
       item = cmark_node_next(item)) {
    if (cmark_node_first_child(line) != NULL)
      page_add_text(line, " · ");
    cmark_node *from = cmark_node_first_child(item);
    for (cmark_node *part; (part = cmark_node_first_child(from)) != NULL;)
      cmark_node_append_child(line, part);
  }
}

/* The lists of a bar are a line each, here as there. */
static void render_exchange_bar(cmark_node *bar)
{
  for (cmark_node *list = cmark_node_first_child(bar), *next; list != NULL; list = next) {
    next = cmark_node_next(list);
    cmark_node *line = cmark_node_new_with_mem(CMARK_NODE_PARAGRAPH, &page_memory);
    cmark_node_insert_before(list, line);
    render_move_items(line, list);
    cmark_node_unlink(list);
  }
}

void page_exchange(cmark_node *root)
{
  cmark_iter *iter = cmark_iter_new(root);
  for (cmark_event_type event; (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
    cmark_node *node = cmark_iter_get_node(iter);
    const PageMark *mark = cmark_node_get_user_data(node);
    if (mark == NULL || event != CMARK_EVENT_ENTER)
      continue;
    if (mark == &page_mark_link)
      render_exchange_address(node), cmark_node_set_user_data(node, NULL);
    else
      render_exchange_mark(node, mark);
    if (mark != &page_mark_bar)
      continue;
    render_exchange_bar(node);
    cmark_iter_reset(iter, node, CMARK_EVENT_ENTER); /* it knew the lists */
  }
  cmark_iter_free(iter);
}

const char *page_to_html(Page *page)
{
  return cmark_render_html(page->root, CMARK_OPT_DEFAULT);
}

const char *page_to_markdown(Page *page)
{
  g_autoptr(GPtrArray) cuts = g_ptr_array_new();
  gsize size = page_repeat_cut(page->root, cuts);
  page_exchange(page->root);
  const char *rest = cmark_render_commonmark(page->root, CMARK_OPT_DEFAULT, 0);
  return table_align(page_repeat_fill(rest, cuts, size));
}

#include "reports/page.h"

#include <string.h>

#include "base/clock.h"
#include "reports/page-private.h"

const PageMark page_mark_split = {PAGE_MARK_BLOCK, "<div class=\"split\">", "</div>", NULL, NULL};
const PageMark page_mark_aside = {PAGE_MARK_BLOCK, "<div>", "</div>", NULL, NULL};
const PageMark page_mark_panel = {PAGE_MARK_BLOCK, "<section class=\"panel\">", "</section>", NULL,
                                  NULL};
const PageMark page_mark_panels = {PAGE_MARK_BLOCK, "<div class=\"panels\">", "</div>", NULL, NULL};
const PageMark page_mark_tiles = {PAGE_MARK_BLOCK, "<div class=\"tiles\">", "</div>", NULL, NULL};
const PageMark page_mark_bar = {PAGE_MARK_BLOCK, "<div class=\"bar\">", "</div>", NULL, NULL};
const PageMark page_mark_lead = {PAGE_MARK_BLOCK, "<div class=\"lead\">", "</div>", NULL, NULL};
const PageMark page_mark_alert = {PAGE_MARK_BLOCK, "<div class=\"alert\">", "</div>", NULL, NULL};
const PageMark page_mark_off = {PAGE_MARK_INLINE, "<span class=\"off\">", "</span>", NULL, NULL};
const PageMark page_mark_small = {PAGE_MARK_INLINE, "<br><small>", "</small>", "<br>", NULL};
const PageMark page_mark_note = {PAGE_MARK_INLINE, "<small>", "</small>", NULL, NULL};
const PageMark page_mark_act = {PAGE_MARK_INLINE, "<span class=\"act\">", "</span>", NULL, NULL};
const PageMark page_mark_current = {PAGE_MARK_INLINE, "<b aria-current=\"page\">", "</b>", "**",
                                    "**"};

static const PageMark mark_break = {PAGE_MARK_INLINE, "<br>", NULL, "<br>", NULL};

/* What marks a link whose address ends in .html or .md with the form. */
const PageMark page_mark_link = {PAGE_MARK_INLINE, NULL, NULL, NULL, NULL};

Page *page_new(PageView view, guint depth, const char *title)
{
  Page *page = g_new0(Page, 1);
  page_memory_begin();
  page->root = cmark_node_new_with_mem(CMARK_NODE_DOCUMENT, &page_memory);
  page->title = g_strdup(title);
  page->view = view;
  page->depth = depth;
  return page;
}

void page_free(Page *page)
{
  if (page == NULL)
    return;
  page_memory_end();
  g_free(page->title);
  g_free(page);
}

cmark_node *page_add(cmark_node *parent, cmark_node_type type)
{
  cmark_node *node = cmark_node_new_with_mem(type, &page_memory);
  int fits = cmark_node_append_child(parent, node);
  g_assert(fits);
  return node;
}

cmark_node *page_add_mark(cmark_node *parent, const PageMark *mark)
{
  cmark_node *node = page_add(parent, mark->place == PAGE_MARK_BLOCK ? CMARK_NODE_CUSTOM_BLOCK
                                                                     : CMARK_NODE_CUSTOM_INLINE);
  cmark_node_set_user_data(node, (void *)mark);
  if (mark->html_enter != NULL)
    cmark_node_set_on_enter(node, mark->html_enter);
  if (mark->html_exit != NULL)
    cmark_node_set_on_exit(node, mark->html_exit);
  return node;
}

cmark_node *page_add_heading(cmark_node *parent, int level, const char *text)
{
  cmark_node *heading = page_add(parent, CMARK_NODE_HEADING);
  cmark_node_set_heading_level(heading, level);
  if (text != NULL)
    page_add_text(heading, text);
  return heading;
}

cmark_node *page_add_paragraph(cmark_node *parent)
{
  return page_add(parent, CMARK_NODE_PARAGRAPH);
}

cmark_node *page_add_list(cmark_node *parent)
{
  cmark_node *list = page_add(parent, CMARK_NODE_LIST);
  cmark_node_set_list_type(list, CMARK_BULLET_LIST);
  cmark_node_set_list_tight(list, 1);
  return list;
}

cmark_node *page_add_steps(cmark_node *parent)
{
  cmark_node *list = page_add(parent, CMARK_NODE_LIST);
  cmark_node_set_list_type(list, CMARK_ORDERED_LIST);
  cmark_node_set_list_delim(list, CMARK_PERIOD_DELIM);
  cmark_node_set_list_start(list, 1);
  cmark_node_set_list_tight(list, 1);
  return list;
}

cmark_node *page_add_item(cmark_node *list)
{
  return page_add_paragraph(page_add(list, CMARK_NODE_ITEM));
}

void page_add_format(cmark_node *parent, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  page_add_text(parent, text);
}

void page_add_strong(cmark_node *parent, const char *text)
{
  page_add_text(page_add(parent, CMARK_NODE_STRONG), text);
}

void page_add_break(cmark_node *parent)
{
  page_add_mark(parent, &mark_break);
}

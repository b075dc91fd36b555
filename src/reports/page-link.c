#include <string.h>

#include "reports/page-private.h"
#include "reports/page.h"

/* An address from PAGE's folder to PATH, which lies LEVELS above reports/. */
static GString *page_address(const Page *page, guint levels, const char *path)
{
  GString *address = g_string_sized_new(64);
  for (guint i = 0; i < page->depth + levels; i++)
    g_string_append(address, "../");
  g_string_append(address, path);
  return address;
}

cmark_node *page_add_link(const Page *page, cmark_node *parent, const char *path)
{
  return page_add_link_at(page, parent, path, NULL);
}

cmark_node *page_add_link_at(const Page *page, cmark_node *parent, const char *path,
                             const char *fragment)
{
  g_autoptr(GString) address = page_address(page, 0, path);
  g_string_append(address, ".html");
  if (fragment != NULL)
    g_string_append_printf(address, "#%s", fragment);
  cmark_node *link = page_add(parent, CMARK_NODE_LINK);
  cmark_node_set_url(link, address->str);
  cmark_node_set_user_data(link, (void *)&page_mark_link);
  return link;
}

cmark_node *page_add_link_in(const Page *page, cmark_node *parent, const char *folder,
                             const char *name)
{
  g_autofree char *path = g_strconcat(folder, "/", name, NULL);
  return page_add_link(page, parent, path);
}

cmark_node *page_add_file_link(const Page *page, cmark_node *parent, const char *path)
{
  g_autofree char *escaped = g_uri_escape_string(path, "/", FALSE);
  g_autoptr(GString) address = page_address(page, 1, escaped);
  cmark_node *link = page_add(parent, CMARK_NODE_LINK);
  cmark_node_set_url(link, address->str);
  return link;
}

cmark_node *page_add_feed_link(const Page *page, cmark_node *parent, const char *name)
{
  g_autoptr(GString) address = page_address(page, 0, name);
  cmark_node *link = page_add(parent, CMARK_NODE_LINK);
  cmark_node_set_url(link, address->str);
  return link;
}

void page_add_certificate(const Page *page, cmark_node *parent, const char *id)
{
  page_add_code(page_add_link_in(page, parent, "certificate", id), id);
}

void page_add_status(const Page *page, cmark_node *parent, LifecycleStatus status)
{
  const LifecycleStatusInfo *info = &lifecycle_statuses[status];
  if (status == 0) {
    page_add_text(page_add_mark(parent, &page_mark_off), "Deleted");
    return;
  }
  g_autofree char *folder = g_strconcat("status/", info->name, NULL);
  page_add_text(page_add_link_in(page, parent, folder, "index"), info->label);
}

#include "reports/html.h"

#include <libxml/HTMLtree.h>

static const PageMark mark_block = {PAGE_MARK_BLOCK, NULL, NULL, NULL, NULL};
static const PageMark mark_inline = {PAGE_MARK_INLINE, NULL, NULL, NULL, NULL};

xmlNode *html_new(const char *name, const char *class)
{
  xmlNode *element = xmlNewNode(NULL, (const xmlChar *)name);
  g_assert(element != NULL);
  if (class != NULL)
    html_set(element, "class", class);
  return element;
}

xmlNode *html_add(xmlNode *parent, const char *name, const char *class)
{
  return xmlAddChild(parent, html_new(name, class));
}

void html_add_text(xmlNode *parent, const char *text)
{
  xmlAddChild(parent, xmlNewText((const xmlChar *)text));
}

void html_add_with(xmlNode *parent, const char *name, const char *class, const char *text)
{
  if (text != NULL)
    html_add_text(html_add(parent, name, class), text);
}

void html_set(xmlNode *element, const char *attribute, const char *value)
{
  xmlNewProp(element, (const xmlChar *)attribute, (const xmlChar *)value);
}

void html_set_number(xmlNode *element, const char *attribute, gint64 value)
{
  html_set_format(element, attribute, "%" G_GINT64_FORMAT, value);
}

void html_set_format(xmlNode *element, const char *attribute, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *value = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  html_set(element, attribute, value);
}

xmlNode *html_add_search(xmlNode *parent, const char *id, const char *label)
{
  xmlNode *before = html_add(parent, "label", NULL);
  html_set(before, "for", id);
  html_add_text(before, label);
  xmlNode *field = html_add(parent, "input", NULL);
  html_set(field, "type", "search");
  html_set(field, "id", id);
  html_set(field, "autocomplete", "off");
  html_set(field, "spellcheck", "false");
  return field;
}

static void html_move_into(cmark_node *node, xmlNode *element)
{
  xmlOutputBuffer *buffer = xmlAllocOutputBuffer(NULL);
  g_assert(buffer != NULL);
  htmlNodeDumpFormatOutput(buffer, NULL, element, "UTF-8", 0);
  xmlOutputBufferFlush(buffer);
  cmark_node_set_on_enter(node, (const char *)xmlOutputBufferGetContent(buffer));
  xmlOutputBufferClose(buffer);
  xmlFreeNode(element);
}

void page_add_html(cmark_node *parent, xmlNode *element)
{
  html_move_into(page_add_mark(parent, &mark_block), element);
}

void page_add_html_inline(cmark_node *parent, xmlNode *element)
{
  html_move_into(page_add_mark(parent, &mark_inline), element);
}

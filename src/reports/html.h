/* Pieces of HTML that cmark has no node for: forms. They are built as libxml2 nodes,
 * which escapes every text and attribute, and enter a page whole. The Markdown has
 * nothing of them. */
#ifndef CERTDROP_REPORTS_HTML_H
#define CERTDROP_REPORTS_HTML_H

#include <libxml/tree.h>

#include "reports/page.h"

/* A new element, for page_add_html() or page_add_html_inline(). CLASS may be NULL. */
xmlNode *html_new(const char *name, const char *class);

/* A new element at the end of PARENT. */
xmlNode *html_add(xmlNode *parent, const char *name, const char *class);

/* The same with TEXT in it; nothing where TEXT is NULL. */
void html_add_with(xmlNode *parent, const char *name, const char *class, const char *text);
void html_add_text(xmlNode *parent, const char *text);

/* Sets an attribute; VALUE NULL: one that is true by being there. */
void html_set(xmlNode *element, const char *attribute, const char *value);
void html_set_number(xmlNode *element, const char *attribute, gint64 value);
void html_set_format(xmlNode *element, const char *attribute, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* A labelled field to search with, at the end of PARENT. Returns the field. */
xmlNode *html_add_search(xmlNode *parent, const char *id, const char *label);

/* Takes ELEMENT into the page, as a block or inside a line. */
void page_add_html(cmark_node *parent, xmlNode *element);
void page_add_html_inline(cmark_node *parent, xmlNode *element);

#endif

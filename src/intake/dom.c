#include "intake/document-private.h"

#include <string.h>

gboolean document_is_element(const xmlNode *node)
{
  return node->type == XML_ELEMENT_NODE && node->ns != NULL &&
         strcmp((const char *)node->ns->href, DOCUMENT_NAMESPACE) == 0;
}

static xmlNode *first_element(xmlNode *node)
{
  while (node != NULL && node->type != XML_ELEMENT_NODE)
    node = node->next;
  return node;
}

xmlNode *document_first_child(const xmlNode *element)
{
  return first_element(element->children);
}

xmlNode *document_next(const xmlNode *element)
{
  return first_element(element->next);
}

static char *take(xmlChar *text)
{
  char *copy = g_strdup((const char *)text);
  xmlFree(text);
  return copy;
}

char *document_attribute(const xmlNode *element, const char *name)
{
  return take(xmlGetNoNsProp(element, (const xmlChar *)name));
}

char *document_text(const xmlNode *element)
{
  return take(xmlNodeGetContent(element));
}

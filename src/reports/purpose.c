#include "reports/purpose.h"

#include <gio/gio.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

#include "base/error.h"
#include "request/kinds.h"

#define PURPOSE_SCHEMA "/certdrop/schemas/documents.xsd"

static xmlNode *purpose_find_child(xmlNode *parent, const char *element, const char *name)
{
  for (xmlNode *child = parent->children; child != NULL; child = child->next) {
    if (child->type != XML_ELEMENT_NODE || strcmp((const char *)child->name, element) != 0)
      continue;
    xmlChar *attribute = xmlGetNoNsProp(child, (const xmlChar *)"name");
    gboolean found = name == NULL || g_strcmp0((const char *)attribute, name) == 0;
    xmlFree(attribute);
    if (found)
      return child;
  }
  return NULL;
}

/* The text of element/annotation/documentation, or NULL. */
static char *purpose_read(xmlNode *schema, const char *kind)
{
  xmlNode *node = purpose_find_child(schema, "element", kind);
  static const char *const path[] = {"annotation", "documentation"};
  for (guint i = 0; node != NULL && i < G_N_ELEMENTS(path); i++)
    node = purpose_find_child(node, path[i], NULL);
  if (node == NULL)
    return NULL;
  xmlChar *content = xmlNodeGetContent(node);
  char *text = g_strdup((const char *)content);
  xmlFree(content);
  return text;
}

static char **purpose_read_kinds(xmlDoc *document)
{
  xmlNode *schema = xmlDocGetRootElement(document);
  g_autoptr(GStrvBuilder) purposes = g_strv_builder_new();
  for (RequestKind kind = 1; kind < REQUEST_KIND_N; kind++) {
    g_autofree char *purpose =
        schema != NULL ? purpose_read(schema, request_kinds[kind].name) : NULL;
    if (purpose == NULL)
      return NULL;
    g_strv_builder_add(purposes, purpose);
  }
  return g_strv_builder_end(purposes);
}

char **purpose_read_all(GError **error)
{
  g_autoptr(GBytes) bytes =
      g_resources_lookup_data(PURPOSE_SCHEMA, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  if (bytes == NULL)
    return NULL;
  gsize length;
  const char *schema = g_bytes_get_data(bytes, &length);
  xmlDoc *document = xmlReadMemory(schema, (int)length, "documents.xsd", NULL, XML_PARSE_NONET);
  char **purposes = document != NULL ? purpose_read_kinds(document) : NULL;
  xmlFreeDoc(document);
  if (purposes == NULL)
    g_set_error_literal(error, CERTDROP_ERROR, CERTDROP_ERROR_BUG,
                        "the schema of documents does not say what each kind is for");
  return purposes;
}

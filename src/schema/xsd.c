#include <string.h>

#include "schema/schema-private.h"

static const xmlNode *xsd_element(const xmlNode *node)
{
  while (node != NULL && node->type != XML_ELEMENT_NODE)
    node = node->next;
  return node;
}

const xmlNode *xsd_first(const xmlNode *node)
{
  return xsd_element(node->children);
}

const xmlNode *xsd_next(const xmlNode *node)
{
  return xsd_element(node->next);
}

gboolean xsd_is(const xmlNode *node, const char *name)
{
  return strcmp((const char *)node->name, name) == 0;
}

const xmlNode *xsd_child(const xmlNode *node, const char *name)
{
  const xmlNode *child = xsd_first(node);
  while (child != NULL && !xsd_is(child, name))
    child = xsd_next(child);
  return child;
}

const xmlNode *xsd_appinfo(const xmlNode *node, const char *name)
{
  const xmlNode *annotation = xsd_child(node, "annotation");
  const xmlNode *appinfo = annotation != NULL ? xsd_child(annotation, "appinfo") : NULL;
  return appinfo != NULL ? xsd_child(appinfo, name) : NULL;
}

const char *xsd_value(const xmlNode *node, const char *name)
{
  const xmlAttr *attribute = xmlHasProp(node, (const xmlChar *)name);
  if (attribute == NULL || attribute->children == NULL)
    return NULL;
  return (const char *)attribute->children->content;
}

gboolean xsd_has_value(const xmlNode *node, const char *name, const char *value)
{
  return g_strcmp0(xsd_value(node, name), value) == 0;
}

static const char *xsd_documentation(const xmlNode *node, GStringChunk *texts)
{
  const xmlNode *annotation = xsd_child(node, "annotation");
  const xmlNode *documentation = annotation != NULL ? xsd_child(annotation, "documentation") : NULL;
  if (documentation == NULL)
    return NULL;
  xmlChar *content = xmlNodeGetContent(documentation);
  const char *text = g_string_chunk_insert_const(texts, (const char *)content);
  xmlFree(content);
  return text;
}

/* "nameCount" as "Name count". */
static const char *xsd_label(const char *name, GStringChunk *texts)
{
  g_autoptr(GString) label = g_string_new(NULL);
  for (const char *at = name; *at != '\0'; at++) {
    if (at > name && g_ascii_isupper(*at))
      g_string_append_c(label, ' ');
    g_string_append_c(label, at > name ? g_ascii_tolower(*at) : g_ascii_toupper(*at));
  }
  return g_string_chunk_insert_const(texts, label->str);
}

SchemaHelp xsd_help(const xmlNode *node, const char *name, GStringChunk *texts)
{
  const xmlNode *label = xsd_appinfo(node, "label");
  const xmlNode *when = xsd_appinfo(node, "when");
  return (SchemaHelp){
      .label = label != NULL ? xsd_value(label, "text") : xsd_label(name, texts),
      .documentation = xsd_documentation(node, texts),
      .when = when != NULL ? xsd_value(when, "part") : NULL,
      .is = when != NULL ? xsd_value(when, "is") : NULL,
  };
}

/* What a type has of the one that it restricts. */
static void xsd_take_base(SchemaType *type, const SchemaType *base)
{
  type->verbatim = base->verbatim;
  type->form = base->form;
  type->pattern = base->pattern;
  type->min_length = base->min_length;
  type->max_length = base->max_length;
  type->maximum = base->maximum;
}

static void xsd_take_own_base(SchemaType *type, const char *base)
{
  type->verbatim = g_str_has_suffix(base, ":string");
  if (g_str_has_suffix(base, "nteger"))
    type->form = SCHEMA_FORM_NUMBER;
  else if (g_str_has_suffix(base, ":boolean"))
    type->form = SCHEMA_FORM_FLAG;
}

/* What stands beside the facets in an xs:appinfo. */
static void xsd_take_appinfo(SchemaType *type, const xmlNode *node)
{
  const xmlNode *value = xsd_appinfo(node, "value");
  if (value != NULL) {
    type->rule = xsd_value(value, "rule");
    type->example = xsd_value(value, "example");
    type->secret = xsd_has_value(value, "secret", "true");
  }
  const xmlNode *limit = xsd_appinfo(node, "limit");
  if (limit != NULL) {
    type->max_length = g_ascii_strtoll(xsd_value(limit, "maxLength"), NULL, 10);
    type->refuse = xsd_value(limit, "refuse");
  }
  const xmlNode *file = xsd_appinfo(node, "file");
  if (file != NULL) {
    type->file_accept = xsd_value(file, "accept");
    type->file_bytes = g_ascii_strtoll(xsd_value(file, "bytes"), NULL, 10);
  }
}

static void xsd_take_facet(SchemaType *type, const xmlNode *facet, GStringChunk *texts)
{
  const char *value = xsd_value(facet, "value");
  if (xsd_is(facet, "enumeration")) {
    g_ptr_array_add(type->choices, (gpointer)value);
    g_ptr_array_add(type->choice_texts, (gpointer)xsd_documentation(facet, texts));
  } else if (xsd_is(facet, "pattern"))
    type->pattern = value;
  else if (xsd_is(facet, "minLength"))
    type->min_length = g_ascii_strtoll(value, NULL, 10);
  else if (xsd_is(facet, "maxLength"))
    type->max_length = g_ascii_strtoll(value, NULL, 10);
  else if (xsd_is(facet, "maxInclusive"))
    type->maximum = g_ascii_strtoll(value, NULL, 10);
}

void xsd_read_simple(SchemaType *type, const xmlNode *node, const SchemaType *base,
                     GStringChunk *texts)
{
  type->value = type;
  type->form = SCHEMA_FORM_TEXT;
  const xmlNode *restriction = xsd_child(node, "restriction");
  if (restriction == NULL) {
    xsd_take_appinfo(type, node);
    return;
  }
  if (base != NULL)
    xsd_take_base(type, base);
  else
    xsd_take_own_base(type, xsd_value(restriction, "base"));
  for (const xmlNode *facet = xsd_first(restriction); facet != NULL; facet = xsd_next(facet))
    xsd_take_facet(type, facet, texts);
  xsd_take_appinfo(type, node);
  g_ptr_array_add(type->choices, NULL);
}

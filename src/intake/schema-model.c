#include "intake/schema-private.h"

#include <libxml/parser.h>
#include <string.h>

#include "base/error.h"
#include "intake/document-private.h"

#define XSD "http://www.w3.org/2001/XMLSchema"

struct SchemaModel {
  GPtrArray *sources; /* xmlDoc: the schema files, in which the names are kept */
  GHashTable *nodes;  /* "complexType NAME" etc. to its xmlNode */
  GHashTable *types;  /* name to SchemaType */
};

static const SchemaType *model_type(SchemaModel *model, const char *name);
static void add_content(SchemaModel *model, SchemaType *type, const xmlNode *node);

static void type_free(gpointer data)
{
  SchemaType *type = data;
  g_ptr_array_unref(type->children);
  g_ptr_array_unref(type->attributes);
  g_ptr_array_unref(type->choices);
  g_free(type->documentation);
  g_free(type);
}

static SchemaType *type_new(const char *name)
{
  SchemaType *type = g_new0(SchemaType, 1);
  type->name = name;
  type->children = g_ptr_array_new_with_free_func(g_free);
  type->attributes = g_ptr_array_new_with_free_func(g_free);
  type->choices = g_ptr_array_new();
  return type;
}

static gboolean is_named(const xmlNode *node, const char *name)
{
  return strcmp((const char *)node->name, name) == 0;
}

/* An attribute's value as it lies in the schema's tree; NULL if it is not there. */
static const char *value_of(const xmlNode *node, const char *name)
{
  const xmlAttr *attribute = xmlHasProp(node, (const xmlChar *)name);
  if (attribute == NULL || attribute->children == NULL)
    return NULL;
  return (const char *)attribute->children->content;
}

static gboolean has_value(const xmlNode *node, const char *name, const char *value)
{
  return g_strcmp0(value_of(node, name), value) == 0;
}

static const xmlNode *child_named(const xmlNode *node, const char *name)
{
  const xmlNode *child = document_first_child(node);
  while (child != NULL && !is_named(child, name))
    child = document_next(child);
  return child;
}

const SchemaPart *schema_find_part(const GPtrArray *parts, const char *name)
{
  for (guint i = 0; i < parts->len; i++) {
    const SchemaPart *part = g_ptr_array_index(parts, i);
    if (strcmp(part->name, name) == 0)
      return part;
  }
  return NULL;
}

/* Adds an element or attribute to PARTS. One that the schema has in several places (the
 * branches of a choice) is one part here. */
static void add_part(SchemaModel *model, GPtrArray *parts, const xmlNode *node, gboolean required,
                     gboolean repeats)
{
  const char *reference = value_of(node, "ref");
  const char *name = reference != NULL ? reference : value_of(node, "name");
  SchemaPart *part = (SchemaPart *)schema_find_part(parts, name);
  if (part != NULL) {
    part->repeats |= repeats;
    return;
  }
  if (reference != NULL)
    node = g_hash_table_lookup(model->nodes, reference);
  part = g_new0(SchemaPart, 1);
  part->name = name;
  part->type = model_type(model, value_of(node, "type"));
  part->required = required;
  part->repeats = repeats;
  part->absent = value_of(node, "default");
  g_ptr_array_add(parts, part);
}

/* Adds what a group of elements (xs:all, xs:sequence, xs:choice) may hold. */
static void add_group(SchemaModel *model, SchemaType *type, const xmlNode *group, gboolean required,
                      gboolean repeats)
{
  required = required && !is_named(group, "choice") && !has_value(group, "minOccurs", "0");
  repeats = repeats || has_value(group, "maxOccurs", "unbounded");
  for (const xmlNode *child = document_first_child(group); child != NULL;
       child = document_next(child)) {
    if (is_named(child, "annotation"))
      continue;
    if (is_named(child, "element"))
      add_part(model, type->children, child, required && !has_value(child, "minOccurs", "0"),
               repeats || has_value(child, "maxOccurs", "unbounded"));
    else
      add_group(model, type, child, required, repeats);
  }
}

/* Takes over what the base has: its parts for a complex type, its value for a simple one. */
static void add_base(SchemaModel *model, SchemaType *type, const xmlNode *extension)
{
  const SchemaType *base = model_type(model, value_of(extension, "base"));
  for (guint i = 0; i < base->children->len; i++)
    g_ptr_array_add(type->children,
                    g_memdup2(g_ptr_array_index(base->children, i), sizeof(SchemaPart)));
  for (guint i = 0; i < base->attributes->len; i++)
    g_ptr_array_add(type->attributes,
                    g_memdup2(g_ptr_array_index(base->attributes, i), sizeof(SchemaPart)));
  type->value = base->value;
  add_content(model, type, extension);
}

/* Adds what stands in a complex type, an extension or an attribute group. */
static void add_content(SchemaModel *model, SchemaType *type, const xmlNode *node)
{
  for (const xmlNode *child = document_first_child(node); child != NULL;
       child = document_next(child)) {
    if (is_named(child, "all") || is_named(child, "sequence") || is_named(child, "choice"))
      add_group(model, type, child, TRUE, FALSE);
    else if (is_named(child, "attribute"))
      add_part(model, type->attributes, child, has_value(child, "use", "required"), FALSE);
    else if (is_named(child, "attributeGroup"))
      add_content(model, type, g_hash_table_lookup(model->nodes, value_of(child, "ref")));
    else if (is_named(child, "simpleContent") || is_named(child, "complexContent"))
      add_base(model, type, document_first_child(child));
  }
}

static void read_complex(SchemaModel *model, SchemaType *type, const xmlNode *node)
{
  add_content(model, type, node);
  const xmlNode *annotation = child_named(node, "annotation");
  const xmlNode *documentation =
      annotation != NULL ? child_named(annotation, "documentation") : NULL;
  if (documentation != NULL)
    type->documentation = document_text(documentation);
}

static void read_simple(SchemaModel *model, SchemaType *type, const xmlNode *node)
{
  type->value = type;
  const xmlNode *annotation = child_named(node, "annotation");
  const xmlNode *appinfo = annotation != NULL ? child_named(annotation, "appinfo") : NULL;
  const xmlNode *value = appinfo != NULL ? child_named(appinfo, "value") : NULL;
  if (value != NULL) {
    type->rule = value_of(value, "rule");
    type->example = value_of(value, "example");
    type->secret = has_value(value, "secret", "true");
  }
  const xmlNode *restriction = child_named(node, "restriction");
  if (restriction == NULL)
    return;
  const char *base = value_of(restriction, "base");
  type->verbatim = strchr(base, ':') != NULL ? g_str_has_suffix(base, ":string")
                                             : model_type(model, base)->verbatim;
  for (const xmlNode *facet = document_first_child(restriction); facet != NULL;
       facet = document_next(facet))
    if (is_named(facet, "enumeration"))
      g_ptr_array_add(type->choices, (gpointer)value_of(facet, "value"));
  g_ptr_array_add(type->choices, NULL);
}

/* The type called NAME, which the schema has. */
static const SchemaType *model_type(SchemaModel *model, const char *name)
{
  SchemaType *type = g_hash_table_lookup(model->types, name);
  if (type != NULL)
    return type;
  const xmlNode *node = g_hash_table_lookup(model->nodes, name);
  g_assert(node != NULL);
  type = type_new(name);
  g_hash_table_insert(model->types, (gpointer)name, type);
  if (is_named(node, "complexType"))
    read_complex(model, type, node);
  else
    read_simple(model, type, node);
  return type;
}

/* Reads one file of the schema and those that it includes. What is named in them
 * has one space of names here: types have capitals, elements have none. */
static gboolean read_source(SchemaModel *model, const char *file, GError **error)
{
  g_autoptr(GBytes) bytes = schema_bytes(file, error);
  if (bytes == NULL)
    return FALSE;
  gsize length;
  const char *text = g_bytes_get_data(bytes, &length);
  xmlDoc *source = xmlReadMemory(text, (int)length, file, NULL, XML_PARSE_NONET);
  if (source == NULL) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_BUG, "%s: cannot be parsed", file);
    return FALSE;
  }
  g_ptr_array_add(model->sources, source);
  for (xmlNode *node = document_first_child(xmlDocGetRootElement(source)); node != NULL;
       node = document_next(node)) {
    if (is_named(node, "include") && !read_source(model, value_of(node, "schemaLocation"), error))
      return FALSE;
    const char *name = value_of(node, "name");
    if (name != NULL)
      g_hash_table_insert(model->nodes, (gpointer)name, node);
  }
  return TRUE;
}

SchemaModel *schema_model_new(const char *file, GError **error)
{
  SchemaModel *model = g_new0(SchemaModel, 1);
  model->sources = g_ptr_array_new_with_free_func((GDestroyNotify)xmlFreeDoc);
  model->nodes = g_hash_table_new(g_str_hash, g_str_equal);
  model->types = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, type_free);
  if (!read_source(model, file, error)) {
    schema_model_free(model);
    return NULL;
  }
  /* Every root element's types are read now, so that the model never changes again. */
  GHashTableIter iterator;
  gpointer node;
  g_hash_table_iter_init(&iterator, model->nodes);
  while (g_hash_table_iter_next(&iterator, NULL, &node))
    if (is_named(node, "element"))
      model_type(model, value_of(node, "type"));
  return model;
}

const SchemaType *schema_model_root(const SchemaModel *model, const char *name)
{
  const xmlNode *node = g_hash_table_lookup(model->nodes, name);
  if (node == NULL || !is_named(node, "element"))
    return NULL;
  return g_hash_table_lookup(model->types, value_of(node, "type"));
}

void schema_model_free(SchemaModel *model)
{
  if (model == NULL)
    return;
  g_hash_table_unref(model->types);
  g_hash_table_unref(model->nodes);
  g_ptr_array_unref(model->sources);
  g_free(model);
}

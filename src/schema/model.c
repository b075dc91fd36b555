#include <gio/gio.h>
#include <libxml/parser.h>
#include <string.h>

#include "base/error.h"
#include "schema/schema-private.h"

#define RESOURCES "/certdrop/schemas/"

struct SchemaModel {
  GPtrArray *sources;  /* xmlDoc: the schema files, in which the names are kept */
  GStringChunk *texts; /* what is not kept there */
  GHashTable *nodes;   /* name to its xmlNode */
  GHashTable *types;   /* name to SchemaType */
  GHashTable *roots;   /* name to SchemaPart */
};

static const SchemaType *model_type(SchemaModel *model, const char *name);
static void add_content(SchemaModel *model, SchemaType *type, const xmlNode *node);

GBytes *schema_bytes(const char *file, GError **error)
{
  g_autofree char *path = g_strconcat(RESOURCES, file, NULL);
  GBytes *bytes = g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  if (bytes == NULL)
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_BUG, "%s: not in the binary", file);
  return bytes;
}

static void type_free(gpointer data)
{
  SchemaType *type = data;
  g_ptr_array_unref(type->children);
  g_ptr_array_unref(type->attributes);
  g_ptr_array_unref(type->choices);
  g_ptr_array_unref(type->choice_texts);
  g_free(type);
}

static SchemaType *type_new(const char *name)
{
  SchemaType *type = g_new0(SchemaType, 1);
  type->name = name;
  type->children = g_ptr_array_new_with_free_func(g_free);
  type->attributes = g_ptr_array_new_with_free_func(g_free);
  type->choices = g_ptr_array_new();
  type->choice_texts = g_ptr_array_new();
  return type;
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

static SchemaPart *part_new(SchemaModel *model, const xmlNode *node, const char *name)
{
  const xmlNode *absent = xsd_appinfo(node, "absent");
  SchemaPart *part = g_new0(SchemaPart, 1);
  part->name = name;
  part->type = model_type(model, xsd_value(node, "type"));
  part->help = xsd_help(node, name, model->texts);
  part->absent = xsd_value(node, "default");
  part->initial = absent != NULL ? xsd_value(absent, "means") : part->absent;
  return part;
}

/* Adds an element or attribute to PARTS. One that stands there several times is one part. */
static void add_part(SchemaModel *model, GPtrArray *parts, const xmlNode *node, gboolean required,
                     gboolean repeats)
{
  const char *reference = xsd_value(node, "ref");
  const char *name = reference != NULL ? reference : xsd_value(node, "name");
  SchemaPart *part = (SchemaPart *)schema_find_part(parts, name);
  if (part == NULL) {
    if (reference != NULL)
      node = g_hash_table_lookup(model->nodes, reference);
    part = part_new(model, node, name);
    g_ptr_array_add(parts, part);
  }
  part->required |= required;
  part->repeats |= repeats;
}

static void add_group(SchemaModel *model, GPtrArray *parts, const xmlNode *group, gboolean required,
                      gboolean repeats);

/* Adds the parts of one BRANCH of a choice. A branch that shares parts with one before
 * is of the same alternative, such as another order of the same elements; only what all
 * of them require is required there. */
static void add_branch(GPtrArray *parts, const GPtrArray *branch, guint number)
{
  guint alternative = number;
  gboolean first = TRUE;
  for (guint i = 0; i < branch->len; i++) {
    const SchemaPart *part = g_ptr_array_index(branch, i);
    const SchemaPart *before = schema_find_part(parts, part->name);
    if (before == NULL)
      continue;
    alternative = before->alternative;
    first = FALSE;
  }
  for (guint i = 0; i < parts->len; i++) {
    SchemaPart *before = g_ptr_array_index(parts, i);
    const SchemaPart *part = schema_find_part(branch, before->name);
    if (before->alternative == alternative)
      before->required &= part != NULL && part->required;
    if (part != NULL)
      before->repeats |= part->repeats;
  }
  for (guint i = 0; i < branch->len; i++) {
    SchemaPart *part = g_ptr_array_index(branch, i);
    if (schema_find_part(parts, part->name) != NULL)
      continue;
    part = g_memdup2(part, sizeof *part);
    part->alternative = alternative;
    part->required &= first;
    g_ptr_array_add(parts, part);
  }
}

/* Adds what a choice between groups may hold. */
static void add_choice(SchemaModel *model, GPtrArray *parts, const xmlNode *choice)
{
  guint number = 0, highest = 0;
  for (const xmlNode *child = xsd_first(choice); child != NULL; child = xsd_next(child)) {
    if (xsd_is(child, "annotation"))
      continue;
    g_autoptr(GPtrArray) branch = g_ptr_array_new_with_free_func(g_free);
    if (xsd_is(child, "element"))
      add_part(model, branch, child, !xsd_has_value(child, "minOccurs", "0"),
               xsd_has_value(child, "maxOccurs", "unbounded"));
    else
      add_group(model, branch, child, TRUE, FALSE);
    add_branch(parts, branch, ++number);
  }
  for (guint i = 0; i < parts->len; i++)
    highest = MAX(highest, ((const SchemaPart *)g_ptr_array_index(parts, i))->alternative);
  for (guint i = 0; i < parts->len; i++)
    if (highest == 1)
      ((SchemaPart *)g_ptr_array_index(parts, i))->alternative = 0;
}

/* Adds what a group of elements (xs:all, xs:sequence, xs:choice) may hold. */
static void add_group(SchemaModel *model, GPtrArray *parts, const xmlNode *group, gboolean required,
                      gboolean repeats)
{
  required = required && !xsd_is(group, "choice") && !xsd_has_value(group, "minOccurs", "0");
  repeats = repeats || xsd_has_value(group, "maxOccurs", "unbounded");
  for (const xmlNode *child = xsd_first(group); child != NULL; child = xsd_next(child)) {
    if (xsd_is(child, "annotation"))
      continue;
    if (xsd_is(child, "element"))
      add_part(model, parts, child, required && !xsd_has_value(child, "minOccurs", "0"),
               repeats || xsd_has_value(child, "maxOccurs", "unbounded"));
    else
      add_group(model, parts, child, required, repeats);
  }
}

static void add_copies(GPtrArray *parts, const GPtrArray *from)
{
  for (guint i = 0; i < from->len; i++)
    g_ptr_array_add(parts, g_memdup2(g_ptr_array_index(from, i), sizeof(SchemaPart)));
}

/* Takes over what the base has: its parts for a complex type, its value for a simple one. */
static void add_base(SchemaModel *model, SchemaType *type, const xmlNode *extension)
{
  const SchemaType *base = model_type(model, xsd_value(extension, "base"));
  add_copies(type->children, base->children);
  add_copies(type->attributes, base->attributes);
  type->value = base->value;
  add_content(model, type, extension);
}

/* Adds what stands in a complex type, an extension or an attribute group. */
static void add_content(SchemaModel *model, SchemaType *type, const xmlNode *node)
{
  for (const xmlNode *child = xsd_first(node); child != NULL; child = xsd_next(child)) {
    if (xsd_is(child, "choice") && !xsd_has_value(child, "maxOccurs", "unbounded"))
      add_choice(model, type->children, child);
    else if (xsd_is(child, "all") || xsd_is(child, "sequence") || xsd_is(child, "choice"))
      add_group(model, type->children, child, TRUE, FALSE);
    else if (xsd_is(child, "attribute"))
      add_part(model, type->attributes, child, xsd_has_value(child, "use", "required"), FALSE);
    else if (xsd_is(child, "attributeGroup"))
      add_content(model, type, g_hash_table_lookup(model->nodes, xsd_value(child, "ref")));
    else if (xsd_is(child, "simpleContent") || xsd_is(child, "complexContent"))
      add_base(model, type, xsd_first(child));
  }
}

/* The type of the schema that the simple type NODE restricts, or NULL. */
static const SchemaType *simple_base(SchemaModel *model, const xmlNode *node)
{
  const xmlNode *restriction = xsd_child(node, "restriction");
  const char *base = restriction != NULL ? xsd_value(restriction, "base") : NULL;
  return base != NULL && strchr(base, ':') == NULL ? model_type(model, base) : NULL;
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
  type->help = xsd_help(node, name, model->texts);
  g_hash_table_insert(model->types, (gpointer)name, type);
  if (xsd_is(node, "complexType"))
    add_content(model, type, node);
  else
    xsd_read_simple(type, node, simple_base(model, node), model->texts);
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
  for (const xmlNode *node = xsd_first(xmlDocGetRootElement(source)); node != NULL;
       node = xsd_next(node)) {
    if (xsd_is(node, "include") && !read_source(model, xsd_value(node, "schemaLocation"), error))
      return FALSE;
    const char *name = xsd_value(node, "name");
    if (name != NULL)
      g_hash_table_insert(model->nodes, (gpointer)name, (gpointer)node);
  }
  return TRUE;
}

SchemaModel *schema_model_new(const char *file, GError **error)
{
  SchemaModel *model = g_new0(SchemaModel, 1);
  model->sources = g_ptr_array_new_with_free_func((GDestroyNotify)xmlFreeDoc);
  model->texts = g_string_chunk_new(4096);
  model->nodes = g_hash_table_new(g_str_hash, g_str_equal);
  model->types = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, type_free);
  model->roots = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
  if (!read_source(model, file, error)) {
    schema_model_free(model);
    return NULL;
  }
  /* All types are read now, so that the model never changes again. */
  GHashTableIter iterator;
  gpointer name, node;
  g_hash_table_iter_init(&iterator, model->nodes);
  while (g_hash_table_iter_next(&iterator, &name, &node))
    if (xsd_is(node, "element"))
      g_hash_table_insert(model->roots, name, part_new(model, node, name));
  return model;
}

const SchemaPart *schema_model_root(const SchemaModel *model, const char *name)
{
  return g_hash_table_lookup(model->roots, name);
}

void schema_model_free(SchemaModel *model)
{
  if (model == NULL)
    return;
  g_hash_table_unref(model->roots);
  g_hash_table_unref(model->types);
  g_hash_table_unref(model->nodes);
  g_string_chunk_free(model->texts);
  g_ptr_array_unref(model->sources);
  g_free(model);
}

#include "intake/schema-private.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlschemas.h>
#include <string.h>

#include "base/error.h"
#include "intake/document-private.h"
#include "request/fault.h"
#include "request/names.h"

struct Schema {
  xmlSchema *compiled;
  xmlSchemaValidCtxt *validator;
  SchemaModel *model;
};

/* What one validation found, beside the structure. */
typedef struct {
  const Schema *schema;
  const xmlNode *top;
  GPtrArray *faults;
  GPtrArray *nodes;     /* those whose value has been told of */
  gboolean values_only; /* the structure has been explained already */
} Findings;

/* The entity loader while a schema is compiled: what it includes comes from the binary. */
static xmlParserInput *load_compiled_in(const char *url, const char *id G_GNUC_UNUSED,
                                        xmlParserCtxt *parser)
{
  g_autofree char *file = g_path_get_basename(url);
  g_autoptr(GBytes) bytes = schema_bytes(file, NULL);
  if (bytes == NULL)
    return NULL;
  gsize length;
  const char *text = g_bytes_get_data(bytes, &length);
  xmlParserInputBuffer *buffer =
      xmlParserInputBufferCreateMem(text, (int)length, XML_CHAR_ENCODING_NONE);
  return buffer != NULL ? xmlNewIOInputStream(parser, buffer, XML_CHAR_ENCODING_NONE) : NULL;
}

static xmlSchema *compile(GBytes *bytes)
{
  gsize length;
  const char *text = g_bytes_get_data(bytes, &length);
  xmlSchemaParserCtxt *parser = xmlSchemaNewMemParserCtxt(text, (int)length);
  if (parser == NULL)
    return NULL;
  xmlExternalEntityLoader before = xmlGetExternalEntityLoader();
  xmlSetExternalEntityLoader(load_compiled_in);
  xmlSchema *compiled = xmlSchemaParse(parser);
  xmlSetExternalEntityLoader(before);
  xmlSchemaFreeParserCtxt(parser);
  return compiled;
}

Schema *schema_load(const char *file, GError **error)
{
  g_autoptr(GBytes) bytes = schema_bytes(file, error);
  if (bytes == NULL)
    return NULL;
  SchemaModel *model = schema_model_new(file, error);
  if (model == NULL)
    return NULL;
  Schema *schema = g_new0(Schema, 1);
  schema->model = model;
  schema->compiled = compile(bytes);
  schema->validator = schema->compiled != NULL ? xmlSchemaNewValidCtxt(schema->compiled) : NULL;
  if (schema->validator != NULL)
    return schema;
  schema_free(schema);
  g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_BUG, "%s: cannot be compiled", file);
  return NULL;
}

void schema_free(Schema *schema)
{
  if (schema == NULL)
    return;
  schema_model_free(schema->model);
  xmlSchemaFreeValidCtxt(schema->validator);
  xmlSchemaFree(schema->compiled);
  g_free(schema);
}

const SchemaType *schema_root_type(const Schema *schema, const char *name)
{
  const SchemaPart *root = schema_model_root(schema->model, name);
  return root != NULL ? root->type : NULL;
}

/* The type of NODE, an element at or below TOP or an attribute there; NULL if it has none. */
static const SchemaType *type_of(const Schema *schema, const xmlNode *top, const xmlNode *node)
{
  if (node == top)
    return schema_root_type(schema, (const char *)top->name);
  const SchemaType *parent = type_of(schema, top, node->parent);
  if (parent == NULL)
    return NULL;
  gboolean attribute = node->type == XML_ATTRIBUTE_NODE;
  const SchemaPart *part =
      schema_find_part(attribute ? parent->attributes : parent->children, (const char *)node->name);
  return part != NULL ? part->type : NULL;
}

/* libxml2's sentence on one line, without its namespaces in braces. */
static char *plain_message(const char *message)
{
  GString *text = g_string_new(message);
  g_string_replace(text, "{" DOCUMENT_NAMESPACE "}", "", 0);
  g_autofree char *line = g_strchomp(g_string_free(text, FALSE));
  return names_quote(line);
}

/* An element that lacks some of its parts, or whose parts are each allowed but not together. */
static void explain_content(const Findings *findings, const xmlNode *node, const char *message)
{
  gboolean lacks = strstr(message, "Missing child") != NULL || node == findings->top;
  const xmlNode *whole = lacks ? node : node->parent;
  const SchemaType *type = type_of(findings->schema, findings->top, whole);
  const char *rule =
      type != NULL && type->help.documentation != NULL ? type->help.documentation : "";
  if (lacks)
    fault_add(findings->faults, "xml-valid", document_line(node), (const char *)node->name,
              "<%s> is not complete. %s", (const char *)node->name, rule);
  else
    fault_add(findings->faults, "xml-valid", document_line(node), (const char *)node->name,
              "<%s> cannot stand in <%s> beside what is there already. %s",
              (const char *)node->name, (const char *)whole->name, rule);
}

static void explain_repeat(const Findings *findings, const xmlNode *node, const char *message)
{
  const char *start = strstr(message, "['");
  const char *end = start != NULL ? strstr(start, "']") : NULL;
  g_autofree char *value =
      end != NULL ? g_strndup(start + 2, (gsize)(end - start - 2)) : g_strdup("a name");
  g_autofree char *quoted = names_quote(value);
  fault_add(findings->faults, "xml-valid", document_line(node), (const char *)node->name,
            "\"%s\" is there twice; each <%s> needs another one", quoted, (const char *)node->name);
}

static gboolean is_value_error(int code)
{
  return (code >= XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_1 &&
          code <= XML_SCHEMAV_CVC_ENUMERATION_VALID) ||
         (code >= XML_SCHEMAV_CVC_ATTRIBUTE_1 && code <= XML_SCHEMAV_CVC_ATTRIBUTE_3);
}

/* What the error is about: libxml2 gives the element, and names the attribute in its sentence. */
static const xmlNode *error_node(const xmlError *error)
{
  const char *before = "', attribute '";
  const xmlNode *element = error->node;
  const char *start = strstr(error->message, before);
  if (start == NULL)
    return element;
  start += strlen(before);
  g_autofree char *name = g_strndup(start, strcspn(start, "'"));
  const xmlAttr *attribute = xmlHasProp(element, (const xmlChar *)name);
  return attribute != NULL ? (const xmlNode *)attribute : element;
}

static void on_error(void *data, xmlError *error)
{
  Findings *findings = data;
  g_assert(error->node != NULL);
  const xmlNode *node = error_node(error);
  if (is_value_error(error->code)) {
    if (g_ptr_array_find(findings->nodes, node, NULL))
      return;
    g_ptr_array_add(findings->nodes, (gpointer)node);
    const SchemaType *type = type_of(findings->schema, findings->top, node);
    if (type != NULL && type->value != NULL) {
      schema_explain_value(type->value, node, findings->faults);
      return;
    }
  }
  if (findings->values_only)
    return;
  const xmlNode *element = node->type == XML_ATTRIBUTE_NODE ? node->parent : node;
  if (error->code == XML_SCHEMAV_ELEMENT_CONTENT) {
    explain_content(findings, element, error->message);
    return;
  }
  if (error->code == XML_SCHEMAV_CVC_IDC) {
    explain_repeat(findings, element, error->message);
    return;
  }
  g_autofree char *message = plain_message(error->message);
  fault_add(findings->faults, "xml-valid", document_line(element), (const char *)element->name,
            "%s", message);
}

static void ignore_error(void *data G_GNUC_UNUSED, xmlError *error G_GNUC_UNUSED)
{
}

static void limit_faults(GPtrArray *faults, guint before)
{
  guint count = faults->len - before;
  if (count <= SCHEMA_FAULTS_LIMIT)
    return;
  g_ptr_array_set_size(faults, (gint)(before + SCHEMA_FAULTS_LIMIT - 1));
  fault_add(faults, "xml-valid", 0, NULL, "there are %u more faults; mend these first",
            count - SCHEMA_FAULTS_LIMIT + 1);
}

gboolean schema_check(Schema *schema, xmlNode *element, GPtrArray *faults)
{
  xmlSchemaSetValidStructuredErrors(schema->validator, ignore_error, NULL);
  if (xmlSchemaValidateOneElement(schema->validator, element) == 0)
    return TRUE;
  guint before = faults->len;
  schema_explain_structure(schema_root_type(schema, (const char *)element->name), element, faults);
  g_autoptr(GPtrArray) nodes = g_ptr_array_new();
  Findings findings = {schema, element, faults, nodes, faults->len > before};
  xmlSchemaSetValidStructuredErrors(schema->validator, on_error, &findings);
  xmlSchemaValidateOneElement(schema->validator, element);
  if (faults->len == before)
    fault_add(faults, "xml-valid", document_line(element), (const char *)element->name,
              "<%s> is not valid", (const char *)element->name);
  limit_faults(faults, before);
  return FALSE;
}

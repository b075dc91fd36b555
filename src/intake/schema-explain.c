#include "intake/schema-private.h"

#include <string.h>

#include "base/text.h"
#include "intake/document-private.h"
#include "request/fault.h"
#include "request/names.h"

#define XSI "http://www.w3.org/2001/XMLSchema-instance"

static void explain_fault(GPtrArray *faults, const xmlNode *place, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* Adds a fault for PLACE, an element or the text in one. */
static void explain_fault(GPtrArray *faults, const xmlNode *place, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  const xmlNode *element = place->type == XML_ELEMENT_NODE ? place : place->parent;
  g_autofree char *name = names_quote((const char *)element->name);
  fault_add(faults, "xml-valid", document_line(place), name, "%s", text);
}

/* "; did you mean BEFORE-NAME-AFTER?" for the part that NAME was probably meant to be, or
 * nothing. */
static char *suggest(const GPtrArray *parts, const char *name, const char *before,
                     const char *after)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < parts->len; i++)
    g_ptr_array_add(names, (gpointer)((SchemaPart *)g_ptr_array_index(parts, i))->name);
  g_ptr_array_add(names, NULL);
  const char *nearest = text_nearest(name, (const char *const *)names->pdata);
  if (nearest == NULL)
    return g_strdup("");
  return g_strdup_printf("; did you mean %s%s%s?", before, nearest, after);
}

/* The parts by name, such as "<product>, <quantity>"; the caller frees it. */
static char *list_parts(const GPtrArray *parts)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < parts->len; i++) {
    const SchemaPart *part = g_ptr_array_index(parts, i);
    g_string_append_printf(text, "%s<%s>", i > 0 ? ", " : "", part->name);
  }
  return g_string_free(text, FALSE);
}

static void explain_unknown_attribute(const SchemaType *type, const xmlNode *element,
                                      const char *name, GPtrArray *faults)
{
  const char *owner = (const char *)element->name;
  g_autofree char *quoted = names_quote(name);
  if (schema_find_part(type->children, name) != NULL) {
    explain_fault(faults, element,
                  "%s is not an attribute of <%s>, but an element in it: <%s>…</%s>", name, owner,
                  name, name);
    return;
  }
  g_autofree char *hint = suggest(type->attributes, name, "", "=\"…\"");
  explain_fault(faults, element, "the attribute %s is not known in <%s>%s", quoted, owner, hint);
}

/* Editors add where to find the schema; that is harmless, and no attribute of ours. */
static gboolean is_schema_location(const xmlAttr *attribute)
{
  const char *name = (const char *)attribute->name;
  return strcmp((const char *)attribute->ns->href, XSI) == 0 &&
         (strcmp(name, "schemaLocation") == 0 || strcmp(name, "noNamespaceSchemaLocation") == 0);
}

static void explain_attributes(const SchemaType *type, xmlNode *element, GPtrArray *faults)
{
  xmlAttr *next;
  for (xmlAttr *attribute = element->properties; attribute != NULL; attribute = next) {
    next = attribute->next;
    const char *name = (const char *)attribute->name;
    if (attribute->ns != NULL ? is_schema_location(attribute)
                              : schema_find_part(type->attributes, name) != NULL)
      continue;
    if (attribute->ns != NULL)
      explain_fault(faults, element,
                    "the attribute %s of another namespace is not known in <%s>; remove it", name,
                    (const char *)element->name);
    else
      explain_unknown_attribute(type, element, name, faults);
    xmlRemoveProp(attribute);
  }
  for (guint i = 0; i < type->attributes->len; i++) {
    const SchemaPart *part = g_ptr_array_index(type->attributes, i);
    if (!part->required || xmlHasNsProp(element, (const xmlChar *)part->name, NULL) != NULL)
      continue;
    explain_fault(faults, element, "the attribute %s is missing in <%s>, such as %s=\"%s\"",
                  part->name, (const char *)element->name, part->name,
                  part->type->example != NULL ? part->type->example : "…");
  }
}

static void explain_unknown_child(const SchemaType *type, const xmlNode *parent,
                                  const xmlNode *child, GPtrArray *faults)
{
  const char *owner = (const char *)parent->name;
  const char *name = (const char *)child->name;
  g_autofree char *quoted = names_quote(name);
  if (!document_is_element(child)) {
    explain_fault(faults, child,
                  "<%s> is not of the namespace " DOCUMENT_NAMESPACE
                  "; write it without a prefix and without an xmlns of its own",
                  quoted);
    return;
  }
  if (schema_find_part(type->attributes, name) != NULL) {
    explain_fault(faults, child, "%s is not an element in <%s>, but an attribute of it: %s=\"…\"",
                  name, owner, name);
    return;
  }
  if (type->children->len == 0) {
    explain_fault(faults, child, "<%s> cannot stand in <%s>, which has no elements in it", quoted,
                  owner);
    return;
  }
  /* The others are not shown, and a hostile document could have thousands. */
  gboolean shown = faults->len < SCHEMA_FAULTS_LIMIT;
  g_autofree char *hint = shown ? suggest(type->children, name, "<", ">") : g_strdup("");
  g_autofree char *known = shown ? list_parts(type->children) : g_strdup("others");
  if (*hint != '\0')
    explain_fault(faults, child, "<%s> is not known in <%s>%s", quoted, owner, hint);
  else
    explain_fault(faults, child, "<%s> is not known in <%s>, which may hold %s", quoted, owner,
                  known);
}

static gboolean comes_before(const xmlNode *child)
{
  for (const xmlNode *other = child->prev; other != NULL; other = other->prev)
    if (other->type == XML_ELEMENT_NODE &&
        strcmp((const char *)other->name, (const char *)child->name) == 0)
      return TRUE;
  return FALSE;
}

/* What is wrong with CHILD is told. Whether it may stay in the tree. */
static gboolean explain_child(const SchemaType *type, const xmlNode *parent, xmlNode *child,
                              GPtrArray *faults)
{
  const SchemaPart *part = schema_find_part(type->children, (const char *)child->name);
  if (part == NULL || !document_is_element(child)) {
    explain_unknown_child(type, parent, child, faults);
    return FALSE;
  }
  if (!part->repeats && comes_before(child)) {
    explain_fault(faults, child, "<%s> is there twice in <%s>; it comes once", part->name,
                  (const char *)parent->name);
    return FALSE;
  }
  schema_explain_structure(part->type, child, faults);
  return TRUE;
}

static gboolean is_text(const xmlNode *node)
{
  return node->type == XML_TEXT_NODE && !xmlIsBlankNode(node);
}

static void explain_text(const SchemaType *type, const xmlNode *text, GPtrArray *faults)
{
  const char *name = (const char *)text->parent->name;
  if (type->children->len > 0)
    explain_fault(faults, text,
                  "there is text in <%s> that stands in none of its elements; remove it", name);
  else
    explain_fault(faults, text, "<%s> holds no text; what it says stands in its attributes", name);
}

static void explain_missing_children(const SchemaType *type, const xmlNode *element,
                                     GPtrArray *faults)
{
  for (guint i = 0; i < type->children->len; i++) {
    const SchemaPart *part = g_ptr_array_index(type->children, i);
    const xmlNode *child = document_first_child(element);
    while (child != NULL && strcmp((const char *)child->name, part->name) != 0)
      child = document_next(child);
    if (child != NULL || !part->required || part->alternative != 0)
      continue;
    explain_fault(faults, element, "<%s> is missing in <%s>, such as <%s>%s</%s>", part->name,
                  (const char *)element->name, part->name,
                  part->type->example != NULL ? part->type->example : "…", part->name);
  }
}

void schema_explain_structure(const SchemaType *type, xmlNode *element, GPtrArray *faults)
{
  explain_attributes(type, element, faults);
  xmlNode *next;
  for (xmlNode *node = element->children; node != NULL; node = next) {
    next = node->next;
    gboolean stays = TRUE;
    if (node->type == XML_ELEMENT_NODE)
      stays = explain_child(type, element, node, faults);
    else if (type->value == NULL && is_text(node)) {
      explain_text(type, node, faults);
      stays = FALSE;
    }
    if (stays)
      continue;
    xmlUnlinkNode(node);
    xmlFreeNode(node);
  }
  explain_missing_children(type, element, faults);
}

#include "intake/schema-private.h"

#include <string.h>

#include "base/text.h"
#include "intake/document-private.h"
#include "request/fault.h"
#include "request/names.h"

/* Types whose values are about people: a message that quoted one would carry it
 * to pages where it is masked (rules for the letter and the pages). */
static const char *const private_types[] = {"IdNumber", "Phone", NULL};

/* `<quantity>` or `amount of <payment>`. */
static char *describe_place(const xmlNode *node)
{
  if (node->type == XML_ATTRIBUTE_NODE)
    return g_strdup_printf("%s of <%s>", (const char *)node->name,
                           (const char *)node->parent->name);
  return g_strdup_printf("<%s>", (const char *)node->name);
}

/* What the value is, as far as it may be said. */
static char *describe_value(const SchemaType *type, const char *value)
{
  if (*value == '\0')
    return g_strdup("is empty");
  if (type->secret || g_strv_contains(private_types, type->name))
    return g_strdup("has a value of the wrong form");
  g_autofree char *quoted = names_quote(value);
  return g_strdup_printf("is \"%s\"", quoted);
}

void schema_explain_value(const SchemaType *type, const xmlNode *node, GPtrArray *faults)
{
  const xmlNode *element = node->type == XML_ATTRIBUTE_NODE ? node->parent : node;
  g_autofree char *value = g_strstrip(document_text(node));
  g_autofree char *place = describe_place(node);
  g_autofree char *found = describe_value(type, value);
  g_autoptr(GString) text = g_string_new(NULL);
  g_string_append_printf(text, "%s %s, but must be %s", place, found,
                         type->rule != NULL ? type->rule : "something else");
  const char *nearest = NULL;
  if (type->choices->len > 0 && *value != '\0')
    nearest = text_nearest(value, (const char *const *)type->choices->pdata);
  if (nearest != NULL)
    g_string_append_printf(text, "; did you mean %s?", nearest);
  else if (type->example != NULL && !type->secret)
    g_string_append_printf(text, ", such as %s", type->example);
  fault_add(faults, "xml-value", document_line(element), (const char *)element->name, "%s",
            text->str);
}

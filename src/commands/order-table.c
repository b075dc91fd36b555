#include "commands/order-table.h"

#include <string.h>

#include "request/names.h"

static OrderNode *node_new(const char *parent, const SchemaPart *part)
{
  OrderNode *node = g_new0(OrderNode, 1);
  node->name = part->name;
  node->path = parent != NULL ? g_strconcat(parent, *parent != '\0' ? "." : "", part->name, NULL)
                              : g_strdup("");
  node->required = part->required;
  node->help = &part->help;
  node->column = -1;
  node->parts = g_ptr_array_new_with_free_func((GDestroyNotify)order_node_free);
  return node;
}

void order_node_free(OrderNode *node)
{
  if (node == NULL)
    return;
  g_free(node->path);
  xmlRegFreeRegexp(node->pattern);
  xmlRegFreeRegexp(node->refuse);
  g_ptr_array_unref(node->parts);
  g_free(node);
}

/* A pattern of the schema, which libxml2 has compiled before. */
static xmlRegexp *compile(const char *pattern)
{
  xmlRegexp *compiled = pattern != NULL ? xmlRegexpCompile((const xmlChar *)pattern) : NULL;
  g_assert(pattern == NULL || compiled != NULL);
  return compiled;
}

static void set_value(OrderNode *node, const SchemaType *value)
{
  if (value == NULL)
    return;
  node->value = value;
  node->pattern = compile(value->pattern);
  node->refuse = compile(value->refuse);
}

static gboolean is_simple(const SchemaType *type)
{
  return type->children->len == 0 && type->attributes->len == 0 && type->value != NULL;
}

/* The element that a list repeats, such as the <domain> of <domains>; or NULL. */
static const SchemaPart *list_item(const SchemaType *type)
{
  const SchemaPart *only = type->children->len == 1 && type->attributes->len == 0
                               ? g_ptr_array_index(type->children, 0)
                               : NULL;
  return only != NULL && only->repeats && is_simple(only->type) ? only : NULL;
}

static void add_parts(OrderNode *node, const SchemaType *type);

/* Adds PART to NODE, unless a cell cannot hold it: the images of a package. */
static void add_child(OrderNode *node, const SchemaPart *part)
{
  if (part->repeats)
    return;
  OrderNode *child = node_new(node->path, part);
  const SchemaPart *item = list_item(part->type);
  if (is_simple(part->type)) {
    child->kind = ORDER_NODE_ELEMENT;
    set_value(child, part->type->value);
  } else if (item != NULL) {
    child->kind = ORDER_NODE_LIST;
    child->item = item->name;
    set_value(child, item->type->value);
  } else {
    child->kind = ORDER_NODE_PARENT;
    set_value(child, part->type->value);
    add_parts(child, part->type);
  }
  if (child->value != NULL || child->parts->len > 0)
    g_ptr_array_add(node->parts, child);
  else
    order_node_free(child);
}

static void add_parts(OrderNode *node, const SchemaType *type)
{
  for (guint i = 0; i < type->attributes->len; i++) {
    const SchemaPart *part = g_ptr_array_index(type->attributes, i);
    OrderNode *attribute = node_new(node->path, part);
    attribute->kind = ORDER_NODE_ATTRIBUTE;
    set_value(attribute, part->type->value);
    g_ptr_array_add(node->parts, attribute);
  }
  for (guint i = 0; i < type->children->len; i++)
    add_child(node, g_ptr_array_index(type->children, i));
}

OrderNode *order_node_new(const SchemaModel *model)
{
  const SchemaPart *order = schema_model_root(model, "order");
  OrderNode *root = node_new(NULL, order);
  root->kind = ORDER_NODE_PARENT;
  add_parts(root, order->type);
  return root;
}

void order_node_each(OrderNode *node, OrderNodeFunc func, gpointer data)
{
  if (node->value != NULL)
    func(node, data);
  for (guint i = 0; i < node->parts->len; i++)
    order_node_each(g_ptr_array_index(node->parts, i), func, data);
}

typedef struct {
  const char *name;
  OrderNode *exact, *found;
  guint count;
} Search;

static void search(OrderNode *node, gpointer data)
{
  Search *wanted = data;
  gsize length = strlen(wanted->name), whole = strlen(node->path);
  if (whole < length || g_ascii_strcasecmp(node->path + whole - length, wanted->name) != 0)
    return;
  if (whole == length)
    wanted->exact = node;
  else if (node->path[whole - length - 1] == '.') {
    wanted->found = node;
    wanted->count++;
  }
}

OrderNode *order_node_find(OrderNode *root, const char *name, const OrderNode **ret_other)
{
  Search wanted = {name, NULL, NULL, 0};
  order_node_each(root, search, &wanted);
  *ret_other = wanted.exact == NULL && wanted.count > 1 ? wanted.found : NULL;
  if (wanted.exact != NULL)
    return wanted.exact;
  return wanted.count == 1 ? wanted.found : NULL;
}

static const char *own_text(const OrderNode *node, char *const *values)
{
  const char *text = node->column >= 0 ? values[node->column] : NULL;
  return text != NULL && *text != '\0' ? text : NULL;
}

gboolean order_node_has(const OrderNode *node, char *const *values)
{
  if (own_text(node, values) != NULL)
    return TRUE;
  for (guint i = 0; i < node->parts->len; i++)
    if (order_node_has(g_ptr_array_index(node->parts, i), values))
      return TRUE;
  return FALSE;
}

/* "298", "298.5" and "298,50" are what is left of 298.00 and 298.50 in a spreadsheet; NULL
 * for anything else, "1,200" among it. */
static char *normalise_money(const char *text)
{
  gsize digits = strspn(text, "0123456789");
  const char *rest = text + digits;
  gboolean point = *rest == '.' || *rest == ',';
  gsize decimals = point ? strspn(rest + 1, "0123456789") : 0;
  if (digits == 0 ||
      (point ? decimals < 1 || decimals > 2 || rest[1 + decimals] != '\0' : *rest != '\0'))
    return NULL;
  return g_strdup_printf("%.*s.%.*s%.*s", (int)digits, text, (int)decimals, point ? rest + 1 : "",
                         (int)(2 - decimals), "00");
}

static const char *normalise_flag(const char *text)
{
  static const char *const yes[] = {"true", "yes", "1"}, *const no[] = {"false", "no", "0"};
  for (guint i = 0; i < G_N_ELEMENTS(yes); i++) {
    if (g_ascii_strcasecmp(text, yes[i]) == 0)
      return "true";
    if (g_ascii_strcasecmp(text, no[i]) == 0)
      return "false";
  }
  return text;
}

/* Blanks at the ends dropped, runs of them one space: as the reader does. */
static char *normalise_blanks(const char *text)
{
  g_auto(GStrv) words = g_strsplit_set(text, " \t\r\n", -1);
  g_autoptr(GString) one = g_string_new(NULL);
  for (char **word = words; *word != NULL; word++)
    if (**word != '\0')
      g_string_append_printf(one, "%s%s", one->len > 0 ? " " : "", *word);
  return g_string_free(g_steal_pointer(&one), FALSE);
}

char *order_node_normalise(const OrderNode *node, const char *text)
{
  gboolean money = g_strcmp0(node->value->name, "Money") == 0;
  char *amount = money ? normalise_money(text) : NULL;
  if (amount != NULL)
    return amount;
  if (node->value->form == SCHEMA_FORM_FLAG)
    return g_strdup(normalise_flag(text));
  return node->value->verbatim ? g_strdup(text) : normalise_blanks(text);
}

static gboolean fits(xmlRegexp *pattern, const char *text)
{
  return xmlRegexpExec(pattern, (const xmlChar *)text) == 1;
}

static gboolean is_choice(const SchemaType *type, const char *text)
{
  guint count = 0;
  for (; count < type->choices->len && g_ptr_array_index(type->choices, count) != NULL; count++)
    if (strcmp(g_ptr_array_index(type->choices, count), text) == 0)
      return TRUE;
  return count == 0;
}

static gboolean is_good(const OrderNode *node, const char *text)
{
  const SchemaType *type = node->value;
  glong length = g_utf8_strlen(text, -1);
  if ((type->min_length > 0 && length < type->min_length) ||
      (type->max_length > 0 && length > type->max_length) || !is_choice(type, text) ||
      (node->pattern != NULL && !fits(node->pattern, text)) ||
      (node->refuse != NULL && fits(node->refuse, text)))
    return FALSE;
  return type->form != SCHEMA_FORM_NUMBER || type->maximum == 0 ||
         g_ascii_strtoll(text, NULL, 10) <= type->maximum;
}

static char *check_one(const OrderNode *node, const char *text)
{
  const SchemaType *type = node->value;
  if (is_good(node, text))
    return NULL;
  g_autofree char *quoted = names_quote(text);
  const char *rule = type->rule != NULL ? type->rule : "of another form";
  if (type->example == NULL)
    return g_strdup_printf("\"%s\" is not %s", quoted, rule);
  return g_strdup_printf("\"%s\" is not %s, such as %s", quoted, rule, type->example);
}

char *order_node_check(const OrderNode *node, const char *text)
{
  if (node->kind != ORDER_NODE_LIST)
    return check_one(node, text);
  g_auto(GStrv) words = g_strsplit_set(text, " \t\r\n,;", -1);
  for (char **word = words; *word != NULL; word++) {
    char *wrong = **word != '\0' ? check_one(node, *word) : NULL;
    if (wrong != NULL)
      return wrong;
  }
  return NULL;
}

static gboolean write_list(const OrderNode *node, const char *text, xmlTextWriter *writer)
{
  g_auto(GStrv) words = g_strsplit_set(text, " \t\r\n,;", -1);
  gboolean ok = xmlTextWriterStartElement(writer, BAD_CAST node->name) >= 0;
  for (char **word = words; ok && *word != NULL; word++)
    ok = **word == '\0' ||
         xmlTextWriterWriteElement(writer, BAD_CAST node->item, BAD_CAST * word) >= 0;
  return ok && xmlTextWriterEndElement(writer) >= 0;
}

/* A CSR is made unless the table brings it: its mode need not be said. */
static gboolean write_mode(const OrderNode *node, char *const *values, xmlTextWriter *writer)
{
  for (guint i = 0; i < node->parts->len; i++) {
    const OrderNode *part = g_ptr_array_index(node->parts, i);
    if (strcmp(node->name, "csr") != 0 || strcmp(part->name, "mode") != 0 ||
        own_text(part, values) != NULL)
      continue;
    const char *mode = own_text(node, values) != NULL ? "manual" : "automatic";
    return xmlTextWriterWriteAttribute(writer, BAD_CAST "mode", BAD_CAST mode) >= 0;
  }
  return TRUE;
}

static gboolean write_parent(const OrderNode *node, char *const *values, xmlTextWriter *writer)
{
  const char *text = own_text(node, values);
  gboolean ok = xmlTextWriterStartElement(writer, BAD_CAST node->name) >= 0 &&
                write_mode(node, values, writer);
  for (guint i = 0; ok && i < node->parts->len; i++)
    ok = order_node_write(g_ptr_array_index(node->parts, i), values, writer);
  if (ok && text != NULL)
    ok = xmlTextWriterWriteString(writer, BAD_CAST text) >= 0;
  return ok && xmlTextWriterEndElement(writer) >= 0;
}

gboolean order_node_write(const OrderNode *node, char *const *values, xmlTextWriter *writer)
{
  const char *text = own_text(node, values);
  if (!order_node_has(node, values))
    return TRUE;
  switch (node->kind) {
  case ORDER_NODE_ATTRIBUTE:
    return xmlTextWriterWriteAttribute(writer, BAD_CAST node->name, BAD_CAST text) >= 0;
  case ORDER_NODE_ELEMENT:
    return xmlTextWriterWriteElement(writer, BAD_CAST node->name, BAD_CAST text) >= 0;
  case ORDER_NODE_LIST:
    return write_list(node, text, writer);
  case ORDER_NODE_PARENT:
    return write_parent(node, values, writer);
  }
  g_assert_not_reached();
}

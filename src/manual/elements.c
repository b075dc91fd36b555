#include "manual/elements.h"

#include <string.h>

#include "manual/roff.h"

/* An element that gets a subsection of its own, and in which elements it stands. */
typedef struct {
  const SchemaPart *part;
  GPtrArray *parents; /* const char *; none: it is a root element, and described as one */
} PutOff;

static void put_off_free(gpointer element)
{
  PutOff *put_off = element;
  g_ptr_array_unref(put_off->parents);
  g_free(put_off);
}

GPtrArray *elements_parts_new(void)
{
  return g_ptr_array_new_with_free_func(put_off_free);
}

static gboolean has_parts(const SchemaType *type)
{
  return type->children->len + type->attributes->len > 0;
}

/* Elements of one name and type are described once. PARENT is NULL for a root element. */
static void put_off(GPtrArray *parts, const SchemaPart *part, const char *parent)
{
  PutOff *found = NULL;
  for (guint i = 0; i < parts->len && found == NULL; i++) {
    PutOff *before = g_ptr_array_index(parts, i);
    if (before->part->type == part->type && strcmp(before->part->name, part->name) == 0)
      found = before;
  }
  if (found == NULL) {
    found = g_new0(PutOff, 1);
    found->part = part;
    found->parents = g_ptr_array_new();
    g_ptr_array_add(parts, found);
    if (parent != NULL)
      g_ptr_array_add(found->parents, (gpointer)parent);
  }
  if (found->parents->len > 0 &&
      !g_ptr_array_find_with_equal_func(found->parents, parent, g_str_equal, NULL))
    g_ptr_array_add(found->parents, (gpointer)parent);
}

static char *element_tag(const char *name)
{
  return g_strdup_printf("<%s>", name);
}

/* The values that an enumeration allows, with what each means where the schema says it. */
static void add_choices(GString *page, const SchemaType *type)
{
  gboolean told = FALSE;
  for (guint i = 0; i < type->choice_texts->len; i++)
    told = told || g_ptr_array_index(type->choice_texts, i) != NULL;
  if (!told)
    return;
  g_string_append(page, ".Bl -tag -width Ds -compact\n");
  for (guint i = 0; i < type->choice_texts->len; i++) {
    const char *text = g_ptr_array_index(type->choice_texts, i);
    g_string_append(page, ".It Cm ");
    roff_add_word(page, g_ptr_array_index(type->choices, i));
    g_string_append_c(page, '\n');
    if (text != NULL)
      roff_add_text(page, text);
  }
  g_string_append(page, ".El\n");
}

/* The rule of a simple type's values, as a sentence of its own. */
static void add_rule(GString *page, const SchemaType *type)
{
  g_autofree char *rule = g_strdup_printf("Value: %s.", type->rule);
  roff_add_text(page, rule);
}

static const char *presence(const SchemaPart *part)
{
  if (part->alternative > 0)
    return part->required ? "needed for one of the alternatives" : "of one of the alternatives";
  if (!part->required)
    return "may be left out";
  return part->repeats ? "required, any number of them" : "required";
}

/* First what it has to look like, then what it means: examples end that. */
static void add_part(GString *page, const SchemaPart *part, const char *what, const char *tag)
{
  gboolean simple = part->type->value == part->type;
  g_string_append(page, ".It Sy ");
  roff_add_word(page, tag);
  g_string_append_printf(page, " Pq %s, %s\n", what, presence(part));
  if (has_parts(part->type)) {
    g_string_append(page, "See\n.Sx ");
    roff_add_word(page, tag);
    g_string_append(page, " .\n");
  }
  if (simple && part->type->rule != NULL)
    add_rule(page, part->type);
  if (part->help.documentation != NULL)
    roff_add_text(page, part->help.documentation);
  if (simple)
    add_choices(page, part->type);
}

static void add_text(GString *page, const SchemaType *type)
{
  g_string_append(page, ".It Pq text\n");
  add_rule(page, type);
}

/* A type's attributes, its text, its elements. */
static void add_type(GString *page, const SchemaType *type, const char *parent, GPtrArray *parts)
{
  if (!has_parts(type))
    return;
  g_string_append(page, ".Bl -tag -width Ds\n");
  for (guint i = 0; i < type->attributes->len; i++) {
    const SchemaPart *part = g_ptr_array_index(type->attributes, i);
    add_part(page, part, "attribute", part->name);
  }
  if (type->value != NULL)
    add_text(page, type->value);
  for (guint i = 0; i < type->children->len; i++) {
    const SchemaPart *part = g_ptr_array_index(type->children, i);
    g_autofree char *tag = element_tag(part->name);
    add_part(page, part, "element", tag);
    if (has_parts(part->type))
      put_off(parts, part, parent);
  }
  g_string_append(page, ".El\n");
}

/* What is said of an element, then of what it may hold. */
static void add_section(GString *page, const SchemaPart *part, GPtrArray *parts)
{
  const char *of_part = part->help.documentation, *of_type = part->type->help.documentation;
  if (of_part != NULL)
    roff_add_text(page, of_part);
  /* Where both say the same, once is enough. */
  if (of_type != NULL && (of_part == NULL || strstr(of_part, of_type) == NULL))
    roff_add_text(page, of_type);
  add_type(page, part->type, part->name, parts);
}

void elements_add_root(GString *page, const SchemaModel *model, const char *name, GPtrArray *parts)
{
  const SchemaPart *root = schema_model_root(model, name);
  g_assert(root != NULL);
  g_autofree char *tag = element_tag(name);
  g_string_append(page, ".Ss ");
  roff_add_word(page, tag);
  g_string_append_c(page, '\n');
  put_off(parts, root, NULL);
  add_section(page, root, parts);
}

void elements_add_parts(GString *page, GPtrArray *parts)
{
  for (guint i = 0; i < parts->len; i++) {
    const PutOff *put_off = g_ptr_array_index(parts, i);
    if (put_off->parents->len == 0)
      continue;
    g_autofree char *tag = element_tag(put_off->part->name);
    g_string_append(page, ".Ss ");
    roff_add_word(page, tag);
    g_string_append(page, " in ");
    for (guint k = 0; k < put_off->parents->len; k++) {
      g_autofree char *parent = element_tag(g_ptr_array_index(put_off->parents, k));
      g_string_append(page, k > 0 ? " , " : "");
      roff_add_word(page, parent);
    }
    g_string_append_c(page, '\n');
    add_section(page, put_off->part, parts);
  }
}

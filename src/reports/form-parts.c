/* The parts of a form: elements with something in them become groups of fields. */
#include <string.h>

#include "reports/form-private.h"

static const struct {
  const char *type;
  void (*add)(Form *form, xmlNode *parent, const SchemaPart *part, FormPlace place);
} special[] = {
    {"Attachment", form_add_attachments},
    {"Target", form_add_targets},
    {"Pkcs12", form_add_pkcs12},
};

static gboolean part_is_simple(const SchemaPart *part)
{
  return part->type->value == part->type;
}

/* An element that only holds a list of others: its child is the field. */
static const SchemaPart *part_of_list(const SchemaPart *part)
{
  const SchemaType *type = part->type;
  if (type->children->len != 1 || type->attributes->len > 0)
    return NULL;
  const SchemaPart *child = g_ptr_array_index(type->children, 0);
  return child->repeats ? child : NULL;
}

static gboolean parts_add_special(Form *form, xmlNode *parent, const SchemaPart *part,
                                  FormPlace place)
{
  for (guint i = 0; i < G_N_ELEMENTS(special); i++)
    if (strcmp(special[i].type, part->type->name) == 0) {
      special[i].add(form, parent, part, place);
      return TRUE;
    }
  return FALSE;
}

/* Where parts go: those with a simple value into a grid of fields, which is made when one
 * comes; at the root it stands in a panel. */
typedef struct {
  xmlNode *parent;
  xmlNode *fields;
  gboolean root;
} PartsFrame;

static xmlNode *parts_fields(PartsFrame *frame)
{
  if (frame->fields == NULL) {
    xmlNode *parent = frame->root ? html_add(frame->parent, "div", "panel") : frame->parent;
    frame->fields = html_add(parent, "div", "fields");
  }
  return frame->fields;
}

static void parts_add_attributes(Form *form, PartsFrame *frame, const SchemaType *type,
                                 FormPlace place, gboolean required)
{
  for (guint i = 0; i < type->attributes->len; i++) {
    const SchemaPart *part = g_ptr_array_index(type->attributes, i);
    g_autofree char *path = g_strdup_printf("%s@%s", place.path, part->name);
    if (part->required == required)
      form_add_field(form, parts_fields(frame), part, path, &part->help, place.optional);
  }
}

/* The text of an element that has attributes, too. */
static void parts_add_content(Form *form, PartsFrame *frame, const SchemaType *type,
                              FormPlace place)
{
  const SchemaPart part = {.name = ".", .type = type, .required = TRUE};
  const SchemaHelp help = {.label = type->help.label,
                           .documentation = type->value->help.documentation,
                           .when = type->help.when,
                           .is = type->help.is};
  g_autofree char *path = g_strconcat(place.path, ".", NULL);
  form_add_field(form, parts_fields(frame), &part, path, &help, place.optional);
}

/* A list's field has the name of the element around it, and both say what it is for. */
static void parts_add_list(Form *form, PartsFrame *frame, const SchemaPart *part,
                           const SchemaPart *child, FormPlace place)
{
  g_autofree char *path = g_strdup_printf("%s%s/%s", place.path, part->name, child->name);
  g_autofree char *text = g_strdup_printf("%s %s%s", part->help.documentation,
                                          child->type->choice_texts->len > 0 ? "" : "One a line. ",
                                          child->help.documentation);
  const SchemaHelp help = {.label = part->help.label, .documentation = text};
  SchemaPart field = *child;
  field.required = part->required;
  form_add_field(form, parts_fields(frame), &field, path, &help, place.optional);
}

/* A group of fields with a heading; its path is PLACE. */
static xmlNode *parts_begin_group(xmlNode *parent, const SchemaPart *part, gboolean root)
{
  xmlNode *group = html_add(parent, "fieldset", root ? "panel" : "part");
  html_set(group, "data-part", part->name);
  html_set(group, "data-title", part->help.label);
  html_add_with(group, "legend", NULL, part->help.label);
  html_add_with(group, "p", "hint", part->help.documentation);
  return group;
}

/* Another document inside this one: it may come along, or later by itself. */
static void parts_add_document(Form *form, xmlNode *parent, const SchemaPart *part, FormPlace place)
{
  xmlNode *group = parts_begin_group(parent, part, TRUE);
  xmlNode *frame = html_add(group, "label", "check");
  xmlNode *toggle = html_add(frame, "input", NULL);
  html_set(toggle, "type", "checkbox");
  html_set(toggle, "data-toggle", NULL);
  html_set_format(toggle, "aria-controls", "with-%s", part->name);
  g_autofree char *label =
      g_strdup_printf("Send the %s with this %s", part->name, request_kinds[form->kind].name);
  html_add_with(frame, "span", NULL, label);
  xmlNode *content = html_add(group, "fieldset", "plain");
  html_set_format(content, "id", "with-%s", part->name);
  html_add_with(content, "legend", "unseen", part->help.label);
  form_add_parts(form, content, part->type, place);
}

static void parts_add_group(Form *form, xmlNode *parent, const SchemaPart *part, FormPlace place)
{
  g_autofree char *path = g_strdup_printf("%s%s/", place.path, part->name);
  if (request_kind_from_name(part->name) != 0) {
    parts_add_document(form, parent, part, (FormPlace){path, FALSE});
    return;
  }
  xmlNode *group = parts_begin_group(parent, part, *place.path == '\0');
  if (!part->required)
    html_set(group, "data-optional", NULL);
  form_add_parts(form, group, part->type, (FormPlace){path, place.optional || !part->required});
}

static void parts_add_child(Form *form, PartsFrame *frame, const SchemaPart *part, FormPlace place)
{
  const SchemaPart *child = part_of_list(part);
  if (part_is_simple(part)) {
    g_autofree char *path = g_strconcat(place.path, part->name, NULL);
    form_add_field(form, parts_fields(frame), part, path, &part->help, place.optional);
  } else if (child != NULL && part_is_simple(child))
    parts_add_list(form, frame, part, child, place);
  else {
    frame->fields = NULL;
    if (parts_add_special(form, frame->parent, part, place))
      return;
    parts_add_group(form, frame->parent, part, place);
  }
}

/* What excludes each other: one alternative is chosen, the others are out of the way. */
static void parts_add_alternatives(Form *form, xmlNode *parent, const SchemaType *type,
                                   FormPlace place)
{
  xmlNode *panel = html_add(parent, "fieldset", "panel");
  html_add_with(panel, "legend", NULL, "What there is");
  html_add_with(panel, "p", "hint", type->help.documentation);
  guint count = 0;
  for (guint i = 0; i < type->children->len; i++)
    count = MAX(count, ((const SchemaPart *)g_ptr_array_index(type->children, i))->alternative);
  for (guint alternative = 1, shown = 0; alternative <= count; alternative++) {
    g_autoptr(GString) label = g_string_new(NULL);
    xmlNode *group = html_new("fieldset", "plain");
    html_set_number(group, "data-alternative", alternative);
    xmlNode *legend = html_add(group, "legend", "unseen");
    PartsFrame frame = {group, NULL, TRUE};
    for (guint i = 0; i < type->children->len; i++) {
      const SchemaPart *part = g_ptr_array_index(type->children, i);
      if (part->alternative != alternative)
        continue;
      g_string_append_printf(label, "%s%s", label->len > 0 ? ", " : "", part->help.label);
      parts_add_child(form, &frame, part, place);
    }
    if (label->len == 0) {
      xmlFreeNode(group);
      continue;
    }
    xmlNode *check = html_add(panel, "label", "check");
    xmlNode *choose = html_add(check, "input", NULL);
    html_set(choose, "type", "radio");
    html_set(choose, "name", "alternative");
    html_set_number(choose, "data-choose", alternative);
    if (shown++ == 0)
      html_set(choose, "checked", NULL);
    html_add_with(check, "span", NULL, label->str);
    html_add_text(legend, label->str);
    xmlAddChild(parent, group);
  }
}

static gboolean has_alternatives(const SchemaType *type)
{
  for (guint i = 0; i < type->children->len; i++)
    if (((const SchemaPart *)g_ptr_array_index(type->children, i))->alternative != 0)
      return TRUE;
  return FALSE;
}

/* What is required stands first, what may be said of it last. */
void form_add_parts(Form *form, xmlNode *parent, const SchemaType *type, FormPlace place)
{
  PartsFrame frame = {parent, NULL, *place.path == '\0'};
  parts_add_attributes(form, &frame, type, place, TRUE);
  if (type->value != NULL)
    parts_add_content(form, &frame, type, place);
  if (has_alternatives(type)) {
    parts_add_alternatives(form, parent, type, place);
    frame.fields = NULL;
  }
  for (guint i = 0; i < type->children->len; i++) {
    const SchemaPart *part = g_ptr_array_index(type->children, i);
    if (part->alternative == 0 && !form_is_asked_elsewhere(form, part))
      parts_add_child(form, &frame, part, place);
  }
  parts_add_attributes(form, &frame, type, place, FALSE);
}

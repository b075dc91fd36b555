/* A field: its label, its control with the limits of its type, its help, and the place
 * where the script says what is wrong. */
#include <string.h>

#include "reports/form-private.h"

#define FIELD_RADIOS 3 /* choices that are shown side by side; more are a list */
#define FIELD_LINE 256 /* characters that fit into a line; longer texts get an area */
#define FIELD_NOT_GIVEN "not given"
#define FIELD_EXAMPLE " Example: " /* what follows is of no use where one can only choose */
#define FIELD_UNCHECKED ". The default is false"

/* What fits a pattern of XML Schema fits it in JavaScript; but what is not printable
 * ASCII could not pass through HTML. */
static char *field_pattern(const char *pattern)
{
  GString *text = g_string_new(NULL);
  for (const char *at = pattern; *at != '\0'; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    if (c >= ' ' && c <= '~')
      g_string_append_c(text, (char)c);
    else
      g_string_append_printf(text, "\\u{%X}", c);
  }
  return g_string_free(text, FALSE);
}

static void field_set_limits(xmlNode *control, const SchemaType *type)
{
  const struct {
    const char *name;
    gint64 value;
  } limits[] = {{"data-min-length", type->min_length},
                {"data-max-length", type->max_length},
                {"data-maximum", type->maximum}};
  for (guint i = 0; i < G_N_ELEMENTS(limits); i++)
    if (limits[i].value > 0)
      html_set_number(control, limits[i].name, limits[i].value);
  g_autofree char *pattern = type->pattern != NULL ? field_pattern(type->pattern) : NULL;
  const struct {
    const char *name;
    const char *value;
  } texts[] = {{"data-pattern", pattern},
               {"data-refuse", type->refuse},
               {"data-rule", type->rule},
               {"data-example", type->example}};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    if (texts[i].value != NULL)
      html_set(control, texts[i].name, texts[i].value);
  if (type->verbatim)
    html_set(control, "data-verbatim", NULL);
  if (type->secret)
    html_set(control, "data-secret", NULL);
}

xmlNode *form_begin_field(Form *form, xmlNode *parent, const char *element, const char *label,
                          char **ret_id)
{
  xmlNode *field = html_add(parent, element, "field");
  *ret_id = g_strdup_printf("f%u", ++form->fields);
  html_set(field, "id", *ret_id);
  html_set(field, "data-field", label);
  return field;
}

void form_add_hint(xmlNode *field, const char *id, const char *text)
{
  xmlNode *hint = html_add(field, "small", NULL);
  html_set_format(hint, "id", "%s-hint", id);
  html_add_text(hint, text != NULL ? text : "");
}

/* The same without the example, and without what an empty box says itself. */
static void field_add_short_hint(xmlNode *field, const char *id, const char *text)
{
  g_auto(GStrv) parts = g_strsplit(text != NULL ? text : "", FIELD_EXAMPLE, 2);
  const char *rest = parts[0] != NULL && parts[1] != NULL ? strstr(parts[1], ". ") : NULL;
  if (rest != NULL && g_str_has_suffix(rest, FIELD_UNCHECKED))
    rest = NULL;
  g_autofree char *hint =
      g_strconcat(parts[0] != NULL ? parts[0] : "", rest != NULL ? rest + 1 : NULL, NULL);
  form_add_hint(field, id, hint);
}

void form_end_field(xmlNode *field, const char *id)
{
  xmlNode *error = html_add(field, "p", "error");
  html_set_format(error, "id", "%s-error", id);
  html_set(error, "hidden", NULL);
}

void form_add_need(xmlNode *label)
{
  html_add_text(label, " ");
  xmlNode *need = html_add(label, "span", "need");
  html_set(need, "hidden", NULL);
  html_add_text(need, "needed");
}

static void field_set_place(xmlNode *control, const SchemaPart *part, const char *path)
{
  html_set(control, "data-path", path);
  if (part->required)
    html_set(control, "required", NULL);
}

/* The part stands there only if another one, its neighbour, has a certain value. */
static void field_set_condition(xmlNode *control, const SchemaHelp *help, const char *path)
{
  if (help->when == NULL)
    return;
  const char *end = strrchr(path, '/');
  int length = end != NULL ? (int)(end - path) + 1 : 0;
  html_set_format(control, "data-when", "%.*s@%s", length, path, help->when);
  html_set(control, "data-is", help->is);
}

/* ---- Choices ---- */

xmlNode *form_add_choice(Form *form, xmlNode *parent, const char *type, const char *group,
                         const char *path, const char *value, const char *label, const char *text)
{
  xmlNode *frame = html_add(parent, "label", "check");
  xmlNode *control = html_add(frame, "input", NULL);
  html_set(control, "type", type);
  html_set(control, "name", group);
  html_set_format(control, "id", "%s-%u", group, ++form->choices);
  html_set(control, "data-path", path);
  html_set(control, "value", value);
  xmlNode *words = html_add(frame, "span", NULL);
  html_add_text(words, label);
  html_add_with(words, "small", NULL, text);
  return control;
}

static gboolean choice_is_offered(const SchemaType *type, guint i)
{
  for (guint k = 0; k < type->choice_texts->len; k++)
    if (g_ptr_array_index(type->choice_texts, k) != NULL)
      return g_ptr_array_index(type->choice_texts, i) != NULL;
  return TRUE;
}

static guint choices_offered(const SchemaType *type)
{
  guint count = 0;
  for (guint i = 0; i < type->choice_texts->len; i++)
    count += choice_is_offered(type, i) ? 1 : 0;
  return count;
}

static void field_add_choices(Form *form, xmlNode *parent, const SchemaPart *part, const char *path,
                              const SchemaHelp *help, gboolean optional)
{
  const SchemaType *type = part->type;
  g_autofree char *id = NULL;
  xmlNode *field = form_begin_field(form, parent, "fieldset", help->label, &id);
  html_set_format(field, "aria-describedby", "%s-hint %s-error", id, id);
  xmlNode *legend = html_add(field, "legend", NULL);
  html_add_text(legend, help->label);
  form_add_need(legend);
  field_add_short_hint(field, id, help->documentation);
  xmlNode *choices = html_add(field, "div", part->repeats ? "checks" : NULL);
  const char *kind = part->repeats ? "checkbox" : "radio";
  for (guint i = 0; i < type->choice_texts->len; i++) {
    const char *value = g_ptr_array_index(type->choices, i);
    if (!choice_is_offered(type, i))
      continue;
    xmlNode *control = form_add_choice(form, choices, kind, id, path, value, value,
                                       g_ptr_array_index(type->choice_texts, i));
    field_set_condition(control, help, path);
    if (part->required && !part->repeats)
      html_set(control, "required", NULL);
    else if (part->required)
      html_set(control, "data-required", NULL);
    if (g_strcmp0(part->initial, value) == 0) {
      html_set(control, "checked", NULL);
      html_set(control, "data-initial", NULL);
    }
  }
  if (optional && part->initial == NULL && !part->repeats)
    html_set(form_add_choice(form, choices, kind, id, path, "", FIELD_NOT_GIVEN, NULL), "checked",
             NULL);
  form_end_field(field, id);
}

static void field_add_options(xmlNode *control, const SchemaPart *part, gboolean optional)
{
  const SchemaType *type = part->type;
  if (part->initial == NULL)
    html_set(html_add(control, "option", NULL), "value", "");
  if (part->initial == NULL)
    html_add_text(control->last, optional ? FIELD_NOT_GIVEN : "please choose");
  for (guint i = 0; i < type->choice_texts->len; i++) {
    const char *value = g_ptr_array_index(type->choices, i);
    const char *text = g_ptr_array_index(type->choice_texts, i);
    if (!choice_is_offered(type, i))
      continue;
    xmlNode *option = html_add(control, "option", NULL);
    html_set(option, "value", value);
    if (g_strcmp0(part->initial, value) == 0)
      html_set(option, "selected", NULL);
    html_add_text(option, value);
    if (text != NULL) {
      html_add_text(option, ": ");
      html_add_text(option, text);
    }
  }
}

/* ---- Texts ---- */

/* A way to take a text from a file. */
static void field_add_filler(xmlNode *field, const char *id, const char *label)
{
  xmlNode *filler = html_add(field, "input", "filler");
  html_set(filler, "type", "file");
  html_set_format(filler, "data-fills", "%s-value", id);
  html_set_format(filler, "aria-label", "%s, from a file", label);
}

static xmlNode *field_add_control(xmlNode *field, const SchemaPart *part, gboolean optional)
{
  const SchemaType *type = part->type->value;
  if (choices_offered(type) > 0) {
    xmlNode *control = html_add(field, "select", NULL);
    field_add_options(control, part, optional);
    return control;
  }
  gboolean list = part->repeats;
  if (list || type->max_length > FIELD_LINE) {
    xmlNode *area = html_add(field, "textarea", type->verbatim ? "pem" : NULL);
    html_set_number(area, "rows", type->verbatim ? 6 : 4);
    if (list)
      html_set(area, "data-list", NULL);
    return area;
  }
  xmlNode *control = html_add(field, "input", NULL);
  gboolean number = type->form == SCHEMA_FORM_NUMBER;
  html_set(control, "type", type->secret ? "password" : number ? "number" : "text");
  if (number)
    html_set(control, "min", "1");
  if (number && type->maximum > 0)
    html_set_number(control, "max", type->maximum);
  return control;
}

static void field_add_text(Form *form, xmlNode *parent, const SchemaPart *part, const char *path,
                           const SchemaHelp *help, gboolean optional)
{
  const SchemaType *type = part->type->value;
  g_autofree char *id = NULL;
  xmlNode *field = form_begin_field(form, parent, "div", help->label, &id);
  xmlNode *label = html_add(field, "label", NULL);
  html_set_format(label, "for", "%s-value", id);
  html_add_text(label, help->label);
  form_add_need(label);
  xmlNode *control = field_add_control(field, part, optional);
  html_set_format(control, "id", "%s-value", id);
  html_set(control, "autocomplete", type->secret ? "new-password" : "off");
  html_set_format(control, "aria-describedby", "%s-hint %s-error", id, id);
  field_set_place(control, part, path);
  field_set_condition(control, help, path);
  field_set_limits(control, type);
  if (part->initial != NULL) {
    html_set(control, "data-initial", NULL);
    if (type->choices->len <= 1)
      html_set(control, "value", part->initial);
  }
  if (type->verbatim && type->max_length > FIELD_LINE) {
    xmlSetProp(field, (const xmlChar *)"class", (const xmlChar *)"field wide");
    field_add_filler(field, id, help->label);
  } else if (part->repeats || type->max_length > FIELD_LINE)
    xmlSetProp(field, (const xmlChar *)"class", (const xmlChar *)"field wide");
  if (part->initial != NULL || choices_offered(type) > 0)
    field_add_short_hint(field, id, help->documentation);
  else
    form_add_hint(field, id, help->documentation);
  form_end_field(field, id);
}

static void field_add_flag(Form *form, xmlNode *parent, const SchemaPart *part, const char *path,
                           const SchemaHelp *help)
{
  g_autofree char *id = NULL;
  xmlNode *field = form_begin_field(form, parent, "div", help->label, &id);
  xmlNode *control = form_add_choice(form, field, "checkbox", id, path, "true", help->label, NULL);
  html_set_format(control, "aria-describedby", "%s-hint %s-error", id, id);
  html_set(control, "data-initial", NULL);
  (void)part;
  field_add_short_hint(field, id, help->documentation);
  form_end_field(field, id);
}

void form_add_field(Form *form, xmlNode *parent, const SchemaPart *part, const char *path,
                    const SchemaHelp *help, gboolean optional)
{
  const SchemaType *type = part->type->value;
  guint choices = choices_offered(type);
  if (type->form == SCHEMA_FORM_FLAG)
    field_add_flag(form, parent, part, path, help);
  else if (choices > 0 && (choices <= FIELD_RADIOS || part->repeats))
    field_add_choices(form, parent, part, path, help, optional || !part->required);
  else
    field_add_text(form, parent, part, path, help, optional || !part->required);
}

/* Parts that are more than fields: files of the package, and what the configuration
 * has to choose from. */
#include <string.h>

#include "reports/form-private.h"

/* A file, which is called NAME in the package, with the extension that fits. */
static void special_add_file(Form *form, xmlNode *parent, const SchemaType *type, const char *path,
                             const SchemaHelp *help, const char *name, gboolean required)
{
  g_autofree char *id = NULL;
  xmlNode *field = form_begin_field(form, parent, "div", help->label, &id);
  xmlNode *label = html_add(field, "label", NULL);
  html_set_format(label, "for", "%s-value", id);
  html_add_text(label, help->label);
  form_add_need(label);
  xmlNode *control = html_add(field, "input", NULL);
  html_set(control, "type", "file");
  html_set_format(control, "id", "%s-value", id);
  html_set(control, "data-path", path);
  html_set(control, "data-file", name);
  html_set_number(control, "data-bytes", type->file_bytes);
  html_set(control, "accept", type->file_accept);
  if (g_str_has_prefix(type->file_accept, "image/"))
    html_set(control, "data-image", NULL);
  if (required)
    html_set(control, "required", NULL);
  html_set_format(control, "aria-describedby", "%s-hint %s-error", id, id);
  form_add_hint(field, id, help->documentation);
  form_end_field(field, id);
}

/* One field for each kind of image. */
void form_add_attachments(Form *form, xmlNode *parent, const SchemaPart *part, FormPlace place)
{
  const SchemaType *kind = schema_find_part(part->type->attributes, "kind")->type;
  const SchemaPart *file = schema_find_part(part->type->attributes, "file");
  xmlNode *fields = html_add(parent, "div", "fields");
  for (guint i = 0; i < kind->choice_texts->len; i++) {
    const char *name = g_ptr_array_index(kind->choices, i);
    const char *text = g_ptr_array_index(kind->choice_texts, i);
    const SchemaHelp help = {.label = text != NULL ? text : name,
                             .documentation = part->help.documentation};
    g_autofree char *path =
        g_strdup_printf("%s%s[@kind=%s]/@%s", place.path, part->name, name, file->name);
    special_add_file(form, fields, file->type, path, &help, name, FALSE);
  }
}

/* A PKCS#12 file, and its password. */
void form_add_pkcs12(Form *form, xmlNode *parent, const SchemaPart *part, FormPlace place)
{
  const SchemaPart *file = schema_find_part(part->type->attributes, "file");
  const SchemaPart *password = schema_find_part(part->type->attributes, "password");
  xmlNode *fields = html_add(html_add(parent, "div", "panel"), "div", "fields");
  g_autofree char *path = g_strdup_printf("%s%s/@%s", place.path, part->name, file->name);
  special_add_file(form, fields, file->type, path, &part->help, "certificate", TRUE);
  g_autofree char *secret = g_strdup_printf("%s%s/@%s", place.path, part->name, password->name);
  form_add_field(form, fields, password, secret, &password->help, TRUE);
}

static void special_add_place(Form *form, xmlNode *parent, const char *group, const char *path,
                              const char *value, const char *label)
{
  xmlNode *check = form_add_choice(form, parent, "checkbox", group, path, value, label, NULL);
  html_set(check, "data-required", NULL);
}

/* The regions of one target, and all of it where that may be said. */
static void special_add_target(Form *form, xmlNode *field, const char *group, const char *element,
                               const ConfigurationTarget *target)
{
  const char *product = target->product;
  g_auto(GStrv) regions = configuration_target_regions(target);
  gboolean single = regions[0] == NULL;
  xmlNode *part = html_add(field, "fieldset", "plain");
  html_add_with(part, "legend", NULL, configuration_target_title(target));
  xmlNode *checks = html_add(part, "div", "checks");
  g_autofree char *whole = g_strdup_printf("%s[@product=%s]/@product", element, product);
  if (single || !configuration_target_needs_region(product))
    special_add_place(form, checks, group, whole, product, single ? product : "all regions");
  g_autofree char *path = g_strdup_printf("%s[@product=%s]/region", element, product);
  for (char **region = regions; *region != NULL; region++)
    special_add_place(form, checks, group, path, *region, *region);
}

void form_add_targets(Form *form, xmlNode *parent, const SchemaPart *part, FormPlace place)
{
  const GPtrArray *targets = form->configuration->targets;
  g_autofree char *id = NULL, *element = g_strconcat(place.path, part->name, NULL);
  xmlNode *panel = html_add(parent, "div", "panel");
  xmlNode *field = form_begin_field(form, panel, "fieldset", part->help.label, &id);
  html_set_format(field, "aria-describedby", "%s-hint %s-error", id, id);
  xmlNode *legend = html_add(field, "legend", NULL);
  html_add_text(legend, part->help.label);
  form_add_need(legend);
  form_add_hint(field, id, part->type->help.documentation);
  for (guint i = 0; targets != NULL && i < targets->len; i++)
    special_add_target(form, field, id, element, g_ptr_array_index(targets, i));
  if (targets == NULL || targets->len == 0)
    html_add_with(field, "p", NULL, "certdrop.xml has no target yet.");
  form_end_field(field, id);
}

gboolean form_is_asked_elsewhere(const Form *form, const SchemaPart *part)
{
  return form->kind == REQUEST_KIND_ORDER && strcmp(part->type->name, "ProductId") == 0;
}

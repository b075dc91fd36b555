/* Links to forms, with what they begin with. */
#include "reports/form.h"

struct FormFill {
  GString *text; /* NAME=VALUE&… */
};

FormFill *form_fill_new(void)
{
  FormFill *fill = g_new0(FormFill, 1);
  fill->text = g_string_new(NULL);
  return fill;
}

void form_fill_add(FormFill *fill, const char *name, const char *value)
{
  if (fill->text->len > 0)
    g_string_append_c(fill->text, '&');
  g_string_append_uri_escaped(fill->text, name, NULL, FALSE);
  g_string_append_c(fill->text, '=');
  g_string_append_uri_escaped(fill->text, value, NULL, FALSE);
}

void form_fill_free(FormFill *fill)
{
  if (fill == NULL)
    return;
  g_string_free(fill->text, TRUE);
  g_free(fill);
}

cmark_node *form_add_link(const Page *page, cmark_node *parent, RequestKind kind,
                          const FormFill *fill)
{
  g_autofree char *path = kind == REQUEST_KIND_ORDER
                              ? g_strdup("purchase")
                              : g_strdup_printf("request/%s", request_kinds[kind].name);
  return page_add_link_at(page, parent, path, fill != NULL ? fill->text->str : NULL);
}

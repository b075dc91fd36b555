/* The whole of a form: what stands around its fields. */
#include "reports/form.h"

#include <gio/gio.h>
#include <libxml/parser.h>
#include <string.h>

#include "base/text.h"
#include "reports/form-private.h"

static const PageMark mark_form = {PAGE_MARK_BLOCK, "<form id=\"form\" class=\"form\" novalidate>",
                                   "</form>", NULL, NULL};
static const PageMark mark_by_hand = {
    PAGE_MARK_BLOCK, "<details class=\"byhand\" open><summary>By hand instead</summary>",
    "</details>", NULL, NULL};
static const PageMark mark_products = {
    PAGE_MARK_BLOCK,
    "<fieldset id=\"product\" data-field=\"Product\"><legend class=\"unseen\">Product</legend>",
    "<p id=\"product-error\" class=\"error\" hidden></p></fieldset>", NULL, NULL};
static const PageMark mark_pick = {PAGE_MARK_INLINE, "<label class=\"pick\">", "</label>", NULL,
                                   NULL};

static gpointer form_load_schema(gpointer unused)
{
  (void)unused;
  g_autoptr(GError) error = NULL;
  SchemaModel *model = schema_model_new("documents.xsd", &error);
  if (model == NULL)
    g_error("%s", error->message); /* it is compiled in */
  return model;
}

const SchemaModel *form_schema(void)
{
  static GOnce once = G_ONCE_INIT;
  return g_once(&once, form_load_schema, NULL);
}

cmark_node *form_begin(Page *page)
{
  page->script = PAGE_SCRIPT_FORM;
  return page_add_mark(page->root, &mark_form);
}

cmark_node *form_begin_by_hand(Page *page)
{
  return page_add_mark(page->root, &mark_by_hand);
}

/* What a proposed reference begins with: "PAY", as in the example of the kind. */
static char *form_prefix(RequestKind kind)
{
  g_autofree char *path = g_strdup_printf("/certdrop/new/%s.xml", request_kinds[kind].name);
  g_autoptr(GBytes) example = g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_assert(example != NULL);
  gsize length;
  const char *text = g_bytes_get_data(example, &length);
  xmlDoc *document = xmlReadMemory(text, (int)length, path, NULL, XML_PARSE_NONET);
  g_assert(document != NULL);
  xmlChar *ref = xmlGetNoNsProp(xmlDocGetRootElement(document), (const xmlChar *)"ref");
  char *prefix = g_strndup((const char *)ref, strcspn((const char *)ref, "-"));
  xmlFree(ref);
  xmlFreeDoc(document);
  return prefix;
}

static xmlNode *form_add_hidden(xmlNode *parent, const char *element, const char *class,
                                const char *id)
{
  xmlNode *hidden = html_add(parent, element, class);
  html_set(hidden, "id", id);
  html_set(hidden, "hidden", NULL);
  return hidden;
}

static xmlNode *form_add_button(xmlNode *parent, const char *id, const char *label)
{
  xmlNode *button = html_add(parent, "button", NULL);
  html_set(button, "type", "button");
  html_set(button, "id", id);
  html_add_text(button, label);
  return button;
}

/* What was kept in the browser, and the list of faults. */
static void form_add_head(xmlNode *body, gboolean kept)
{
  if (kept) {
    xmlNode *notice = form_add_hidden(body, "div", "notice", "kept");
    html_set(notice, "role", "status");
    html_add(notice, "p", NULL);
    form_add_button(notice, "take-up", "Take it up again");
    form_add_button(notice, "forget", "Forget it");
  }
  xmlNode *faults = form_add_hidden(body, "div", "alert", "faults");
  html_set(faults, "role", "alert");
  html_set(faults, "tabindex", "-1");
  html_add_with(faults, "p", NULL, "Please look at these first:");
  html_add(faults, "ul", NULL);
}

/* A form of many fields can be kept for later. */
static gboolean form_is_kept(RequestKind kind)
{
  return kind == REQUEST_KIND_ORDER || kind == REQUEST_KIND_APPLICATION;
}

/* What a price is computed from. */
static void form_set_product(xmlNode *element, const Product *product, const char *currency)
{
  g_autofree char *price = text_format_money(product->price_per_year);
  g_autofree char *extra = text_format_money(MAX(product->price_per_extra_name, 0));
  html_set(element, "data-product", product->id);
  html_set(element, "data-price", price);
  html_set(element, "data-extra", extra);
  html_set(element, "data-currency", currency);
  html_set(element, "data-names", product->names);
  html_set_number(element, "data-included", product->included_names);
  html_set_number(element, "data-maximum-names", product->maximum_names);
  html_set_number(element, "data-maximum-years", product->maximum_years);
}

/* The price of a renewal is that of its product today. */
static void form_add_products(xmlNode *body, const Catalog *catalog)
{
  xmlNode *products = form_add_hidden(body, "div", NULL, "products");
  for (guint i = 0; catalog->products != NULL && i < catalog->products->len; i++)
    form_set_product(html_add(products, "span", NULL), g_ptr_array_index(catalog->products, i),
                     catalog->currency);
}

/* What an order or a renewal costs, as it is filled in. */
static void form_add_price(xmlNode *actions)
{
  xmlNode *price = html_add(actions, "p", "price");
  html_set(price, "id", "price");
  html_add_text(price, "Price ");
  html_set(html_add(price, "output", NULL), "aria-live", "polite");
  html_add_text(price, " ");
  html_add(price, "small", NULL);
}

static void form_add_foot(xmlNode *body, RequestKind kind)
{
  xmlNode *actions = html_add(body, "div", "actions");
  if (kind == REQUEST_KIND_ORDER || kind == REQUEST_KIND_RENEWAL)
    form_add_price(actions);
  xmlNode *save = html_add(actions, "button", "primary");
  html_set(save, "type", "submit");
  html_add_text(save, "Save the file");
  html_set(form_add_button(actions, "inbox", "Put it into the inbox"), "hidden", NULL);
  if (form_is_kept(kind))
    form_add_button(actions, "keep", "Keep for later");
  html_set(form_add_hidden(body, "p", "alert", "problem"), "role", "alert");
  xmlNode *done = form_add_hidden(body, "section", "panel done", "done");
  html_set(done, "tabindex", "-1");
  html_set(done, "aria-labelledby", "done-title");
  html_add_with(done, "h2", NULL, "Made");
  html_set(xmlGetLastChild(done), "id", "done-title");
  html_add(done, "p", NULL);
  xmlNode *details = html_add(done, "details", NULL);
  html_add_with(details, "summary", NULL, "The document");
  html_add(details, "pre", NULL);
}

void form_add(cmark_node *form, RequestKind kind, const ReportsContext *context)
{
  Form state = {kind, context->configuration, 0, 0};
  g_autofree char *prefix = form_prefix(kind);
  xmlNode *body = html_new("div", "body");
  html_set(body, "hidden", NULL);
  html_set(body, "data-script", NULL);
  html_set(body, "data-kind", request_kinds[kind].name);
  html_set(body, "data-prefix", prefix);
  form_add_head(body, form_is_kept(kind));
  const SchemaPart *root = schema_model_root(form_schema(), request_kinds[kind].name);
  form_add_parts(&state, body, root->type, (FormPlace){"", FALSE});
  if (kind == REQUEST_KIND_RENEWAL)
    form_add_products(body, context->catalog);
  form_add_foot(body, kind);
  page_add_html(form, body);
}

cmark_node *form_begin_products(cmark_node *form)
{
  return page_add_mark(form, &mark_products);
}

cmark_node *form_add_product(cmark_node *parent, const Product *product, const char *currency)
{
  cmark_node *label = page_add_mark(parent, &mark_pick);
  xmlNode *control = html_new("input", NULL);
  html_set(control, "type", "radio");
  html_set(control, "name", "product");
  html_set_format(control, "id", "product-%s", product->id);
  html_set(control, "value", product->id);
  html_set(control, "data-path", "product");
  html_set(control, "data-script", NULL);
  html_set(control, "hidden", NULL);
  html_set(control, "required", NULL);
  form_set_product(control, product, currency);
  if (product->required_attachments != NULL)
    html_set(control, "data-requires", product->required_attachments);
  if (product_asks_company(product))
    html_set(control, "data-company", NULL);
  page_add_html_inline(label, control);
  return label;
}

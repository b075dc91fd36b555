/* The purchase page: what is for sale, and the form that orders it. */
#include "base/text.h"
#include "reports/form.h"
#include "reports/overview.h"
#include "reports/table.h"

static const TableColumn columns[] = {
    {"Product", TABLE_TEXT},   {"Price a year", TABLE_NUMBER}, {"Class", TABLE_SHORT},
    {"Names", TABLE_SHORT},    {"Further name", TABLE_NUMBER}, {"Years", TABLE_SHORT},
    {"Lifetime", TABLE_SHORT}, {"Expected", TABLE_SHORT},      {"To be attached", TABLE_SHORT},
};

static const char *const lifetime_words[][2] = {{"term", "the whole term"},
                                                {"baseline", "the longest allowed"}};

static void purchase_add_names(Table *table, const Product *product)
{
  switch (product_names(product)) {
  case PRODUCT_NAMES_WILDCARD:
    table_add_text(table, "one wildcard");
    return;
  case PRODUCT_NAMES_SINGLE:
    table_add_text(table, "one");
    return;
  default:
    page_add_format(table_add_cell(table), "%" G_GINT64_FORMAT ", up to %" G_GINT64_FORMAT,
                    product->included_names, product->maximum_names);
  }
}

static void purchase_add_price(Table *table, gint64 cents)
{
  g_autofree char *price = text_format_money(cents);
  table_add_text(table, price);
}

static void purchase_add_lifetime(Table *table, const Product *product)
{
  for (guint i = 0; i < G_N_ELEMENTS(lifetime_words); i++)
    if (g_strcmp0(product->lifetime, lifetime_words[i][0]) == 0) {
      table_add_text(table, lifetime_words[i][1]);
      return;
    }
  page_add_format(table_add_cell(table), "%s days", product->lifetime);
}

static void purchase_add_expected(Table *table, const Product *product)
{
  g_autofree char *days =
      product->expected_days > 0 ? page_count(product->expected_days, "day") : g_strdup("at once");
  table_add_text(table, days);
}

static void purchase_add_attachments(Table *table, const Product *product)
{
  const char *list = product->required_attachments != NULL ? product->required_attachments : "--";
  g_auto(GStrv) kinds = g_strsplit(list, " ", -1);
  cmark_node *cell = table_add_cell(table);
  for (char **kind = kinds; *kind != NULL; kind++) {
    if (kind > kinds)
      page_add_break(cell);
    page_add_text(cell, *kind);
  }
}

static void purchase_add_product(Table *table, const Product *product, const char *currency)
{
  table_add_row(table);
  cmark_node *cell = table_add_cell(table);
  page_add_format(form_add_product(cell, product, currency), "%s %s", product->brand,
                  product->title);
  page_add_code(page_add_mark(cell, &page_mark_small), product->id);
  purchase_add_price(table, product->price_per_year);
  page_add_format(table_add_cell(table), "%s%s", product_validation_label(product),
                  product_is_internal(product) ? ", internal" : "");
  purchase_add_names(table, product);
  if (product->maximum_names > product->included_names)
    purchase_add_price(table, product->price_per_extra_name);
  else
    table_add_text(table, "--");
  page_add_format(table_add_cell(table),
                  product->maximum_years > 1 ? "1 to %" G_GINT64_FORMAT : "%" G_GINT64_FORMAT,
                  product->maximum_years);
  purchase_add_lifetime(table, product);
  purchase_add_expected(table, product);
  purchase_add_attachments(table, product);
}

static void purchase_add_steps(const Page *page, cmark_node *parent)
{
  page_add_heading(parent, 2, "How to order");
  cmark_node *list = page_add_steps(parent);
  cmark_node *item = page_add_item(list);
  page_add_text(item, "Write an ");
  page_add_text(page_add_link(page, item, "request/order"), "order");
  page_add_text(item, " with the product's id, and drop it into the inbox.");
  item = page_add_item(list);
  page_add_text(item, "Pay it: within the order, or by a ");
  page_add_text(page_add_link(page, item, "request/payment"), "payment");
  page_add_text(item, " of its own. The order's receipt says how much is due.");
  item = page_add_item(list);
  page_add_text(item, "Apply: within the order, or by an ");
  page_add_text(page_add_link(page, item, "request/application"), "application");
  page_add_text(item, ". OV and EV ask for the company and for attachments.");
}

static Page *purchase_build(const ReportsContext *context, gconstpointer model)
{
  (void)model;
  const Catalog *catalog = context->catalog;
  Page *page = page_new(PAGE_VIEW_PURCHASE, 0, "Purchase");
  page_add_heading(page->root, 1, "Purchase");
  page_add_format(page_add_paragraph(page_add_mark(page->root, &page_mark_lead)),
                  "Prices in %s. An order costs quantity × years × (price a year + further names "
                  "× price of each).",
                  catalog->currency);
  cmark_node *form = form_begin(page);
  cmark_node *choice = form_begin_products(form);
  Table table = table_new(choice, "Products", columns, G_N_ELEMENTS(columns));
  for (guint i = 0; catalog->products != NULL && i < catalog->products->len; i++)
    purchase_add_product(&table, g_ptr_array_index(catalog->products, i), catalog->currency);
  form_add(form, REQUEST_KIND_ORDER, context);
  purchase_add_steps(page, form_begin_by_hand(page));
  return page;
}

static void purchase_free(gpointer model)
{
  (void)model;
}

static const PageKind purchase_page = {purchase_build, purchase_free};

gboolean purchase_write(Writer *writer, const ReportsContext *context, GError **error)
{
  (void)context;
  (void)error;
  writer_add(writer, &purchase_page, NULL, "purchase", NULL);
  return TRUE;
}

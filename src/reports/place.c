/* The pages of a place of deployment: what is, or is to be, there, by block of certificates. */
#include "reports/place.h"

#include <string.h>

#include "reports/certificate.h"
#include "reports/table.h"

/* How much of what was said last a row shows: a page has a hundred. */
#define PLACE_OUTPUT 160

/* What stands for no region, and what joins the parts of a name: no product and no region
 * has them. */
#define NO_REGION "_"
#define JOINT "@"

typedef struct {
  char *product;
  char *region;
  gint64 block;
  gint64 newer; /* the nearest blocks with anything there, -1: none */
  gint64 older;
  GPtrArray *rows; /* LedgerPlaced */
} PlaceModel;

static void place_free(gpointer data)
{
  PlaceModel *model = data;
  if (model == NULL)
    return;
  g_free(model->product);
  g_free(model->region);
  g_clear_pointer(&model->rows, g_ptr_array_unref);
  g_free(model);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PlaceModel, place_free)

char *place_page_name(const char *product, const char *region)
{
  return g_strconcat(product, JOINT, *region != '\0' ? region : NO_REGION, NULL);
}

static char *block_page_name(const char *product, const char *region, gint64 block)
{
  g_autofree char *name = place_page_name(product, region);
  return g_strdup_printf("%s" JOINT "%" G_GINT64_FORMAT, name, block);
}

/* ---- The page ---- */

static const TableColumn columns[] = {
    {"Certificate", TABLE_TEXT},   {"State", TABLE_SHORT},     {"Since", TABLE_SHORT},
    {"Bound Domains", TABLE_TEXT}, {"Expiry On", TABLE_SHORT}, {"What was said last", TABLE_TEXT},
};

static void place_add_row(const Page *page, Table *table, const LedgerPlaced *placed)
{
  const LedgerDeployment *deployment = placed->deployment;
  table_add_row(table);
  cmark_node *cell = table_add_cell(table);
  page_add_certificate(page, cell, deployment->certificate);
  page_add_format(page_add_mark(cell, &page_mark_small), "serial %s", deployment->serial);
  deployment_add_state(table_add_cell(table), deployment);
  page_add_time(table_add_cell(table), deployment->since);
  page_add_names(table_add_cell(table), placed->names, 2);
  page_add_date(table_add_cell(table), placed->not_after);
  deployment_add_said(table_add_cell(table), deployment, PLACE_OUTPUT);
}

static void place_add_way(const Page *page, cmark_node *list, const char *name, const char *label)
{
  page_add_text(page_add_link_in(page, page_add_item(list), "deployments", name), label);
}

static void place_add_ways(const Page *page, const PlaceModel *model)
{
  g_autofree char *own = block_page_name(model->product, model->region, model->block);
  cmark_node *text = page_add_paragraph(page->root);
  page_add_text(page_add_link_in(page, text, "deployments", own), "This page");
  page_add_format(text,
                  " has the certificates with the numbers %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                  ", the newest first.",
                  model->block * LEDGER_BLOCK_SIZE + 1, (model->block + 1) * LEDGER_BLOCK_SIZE);
  if (model->newer < 0 && model->older < 0)
    return;
  cmark_node *list = page_add_list(page_add_mark(page->root, &page_mark_bar));
  if (model->newer >= 0) {
    g_autofree char *newest = place_page_name(model->product, model->region);
    g_autofree char *newer = block_page_name(model->product, model->region, model->newer);
    place_add_way(page, list, newest, "Newest");
    place_add_way(page, list, newer, "Newer");
  }
  if (model->older >= 0) {
    g_autofree char *older = block_page_name(model->product, model->region, model->older);
    place_add_way(page, list, older, "Older");
  }
}

static Page *place_build(const ReportsContext *context, gconstpointer data)
{
  (void)context;
  const PlaceModel *model = data;
  g_autofree char *title =
      g_strdup_printf("%s%s%s", model->product, *model->region != '\0' ? ", " : "", model->region);
  g_autofree char *window = g_strdup_printf("Deployments: %s", title);
  Page *page = page_new(PAGE_VIEW_DEPLOYMENTS, 1, window);
  page_add_heading(page->root, 1, title);
  cmark_node *bar = page_add_list(page_add_mark(page->root, &page_mark_bar));
  page_add_text(page_add_link(page, page_add_item(bar), "deployments/index"), "All places");
  Table table = table_new(page->root, "Deployments", columns, G_N_ELEMENTS(columns));
  for (guint i = 0; i < model->rows->len; i++)
    place_add_row(page, &table, g_ptr_array_index(model->rows, i));
  place_add_ways(page, model);
  return page;
}

static const PageKind place_page = {place_build, place_free};

/* ---- Which pages ---- */

static PlaceModel *place_read(Ledger *ledger, const char *product, const char *region, gint64 block,
                              GError **error)
{
  g_autoptr(PlaceModel) model = g_new0(PlaceModel, 1);
  model->product = g_strdup(product);
  model->region = g_strdup(region);
  model->block = block;
  model->rows = ledger_placed_in_block(ledger, product, region, block, error);
  if (model->rows == NULL ||
      !ledger_next_place_block(ledger, product, region, block, -1, &model->older, error) ||
      !ledger_next_place_block(ledger, product, region, block, 1, &model->newer, error))
    return NULL;
  return g_steal_pointer(&model);
}

/* MODEL is taken. */
static void place_write(Writer *writer, PlaceModel *model)
{
  g_autofree char *newest = place_page_name(model->product, model->region);
  g_autofree char *block = block_page_name(model->product, model->region, model->block);
  g_autofree char *path = g_strconcat("deployments/", block, NULL);
  g_autofree char *also = g_strconcat("deployments/", newest, NULL);
  gboolean is_newest = model->newer < 0;
  writer_add(writer, &place_page, model, path, is_newest ? also : NULL);
}

/* Its neighbours led to it; where there is none, the place has no page any more. */
static gboolean place_remove(Writer *writer, const ReportsContext *context, const PlaceModel *gone,
                             GError **error)
{
  const gint64 neighbours[] = {gone->older, gone->newer};
  for (guint i = 0; i < G_N_ELEMENTS(neighbours); i++) {
    if (neighbours[i] < 0)
      continue;
    PlaceModel *model =
        place_read(context->ledger, gone->product, gone->region, neighbours[i], error);
    if (model == NULL)
      return FALSE;
    place_write(writer, model);
  }
  g_autofree char *newest = place_page_name(gone->product, gone->region);
  g_autofree char *block = block_page_name(gone->product, gone->region, gone->block);
  g_autofree char *path = g_strconcat("deployments/", block, NULL);
  g_autofree char *also = g_strconcat("deployments/", newest, NULL);
  gboolean last = gone->older < 0 && gone->newer < 0;
  return writer_remove_page(writer, path, error) &&
         (!last || writer_remove_page(writer, also, error));
}

gboolean place_write_block(Writer *writer, const ReportsContext *context, const char *product,
                           const char *region, gint64 block, GError **error)
{
  g_autoptr(PlaceModel) model = place_read(context->ledger, product, region, block, error);
  if (model == NULL)
    return FALSE;
  if (model->rows->len == 0)
    return place_remove(writer, context, model, error);
  place_write(writer, g_steal_pointer(&model));
  return TRUE;
}

gboolean place_has_reason(const ReportsContext *context, const char *name, gboolean *ret_reason,
                          GError **error)
{
  g_auto(GStrv) parts = g_strsplit(name, JOINT, -1);
  guint count = g_strv_length(parts);
  *ret_reason = FALSE;
  if (count != 2 && count != 3)
    return TRUE;
  const char *region = strcmp(parts[1], NO_REGION) == 0 ? "" : parts[1];
  gint64 found = -1, block = count == 3 ? g_ascii_strtoll(parts[2], NULL, 10) : G_MAXINT64;
  gboolean ok =
      count == 3
          ? ledger_next_place_block(context->ledger, parts[0], region, block - 1, 1, &found, error)
          : ledger_next_place_block(context->ledger, parts[0], region, block, -1, &found, error);
  *ret_reason = found >= 0 && (count == 2 || found == block);
  return ok;
}

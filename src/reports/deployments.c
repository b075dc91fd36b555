/* What is deployed where: each product and region with how many certificates are there, failed,
 * or on their way; and which pages of places are written. */
#include <string.h>

#include "reports/certificate.h"
#include "reports/place.h"
#include "reports/reports-private.h"
#include "reports/table.h"

/* How many of those that fail the page lists. */
#define DEPLOYMENTS_FAILING 20
#define DEPLOYMENTS_OUTPUT 300

typedef struct {
  GPtrArray *places;  /* LedgerPlace: those that have anything */
  GPtrArray *failing; /* LedgerDeployment */
  gint64 failing_count;
} DeploymentsModel;

static void deployments_free(gpointer data)
{
  DeploymentsModel *model = data;
  g_ptr_array_unref(model->places);
  g_ptr_array_unref(model->failing);
  g_free(model);
}

/* ---- The places ---- */

static const TableColumn columns[] = {
    {"Product", TABLE_TEXT},  {"Region", TABLE_SHORT},           {"Deployed", TABLE_NUMBER},
    {"Failed", TABLE_NUMBER}, {"Waiting", TABLE_NUMBER},         {"Leaving", TABLE_NUMBER},
    {"Archive", TABLE_SHORT}, {"How it gets there", TABLE_TEXT},
};

static const LifecycleDeploymentState counted[] = {
    LIFECYCLE_DEPLOYMENT_DONE, LIFECYCLE_DEPLOYMENT_FAILED, LIFECYCLE_DEPLOYMENT_PENDING,
    LIFECYCLE_DEPLOYMENT_LEAVING};
G_STATIC_ASSERT(G_N_ELEMENTS(counted) == LIFECYCLE_DEPLOYMENT_N - 2);

static LedgerPlace *find_place(const GPtrArray *places, const char *product, const char *region)
{
  for (guint i = 0; i < places->len; i++) {
    LedgerPlace *place = g_ptr_array_index(places, i);
    if (strcmp(place->product, product) == 0 && strcmp(place->region, region) == 0)
      return place;
  }
  return NULL;
}

static void add_way(cmark_node *cell, const ConfigurationTarget *target)
{
  if (target == NULL)
    page_add_text(cell, "no such target is configured any more");
  else
    page_add_text(cell,
                  target->command != NULL ? "pushed by a command" : "fetched from outbox/deploy");
  if (target != NULL && target->check != NULL) {
    page_add_text(cell, ", looked at on ");
    page_add_code(cell, target->check);
  }
}

static void add_place(const Page *page, Table *table, const ConfigurationTarget *target,
                      const LedgerPlace *place)
{
  table_add_row(table);
  cmark_node *cell = table_add_cell(table);
  if (target != NULL)
    page_add_text(cell, configuration_target_title(target));
  page_add_code(target != NULL ? page_add_mark(cell, &page_mark_small) : cell, place->product);
  cell = table_add_cell(table);
  g_autofree char *name = place_page_name(place->product, place->region);
  page_add_text(page_add_link_in(page, cell, "deployments", name),
                *place->region != '\0' ? place->region : "all");
  for (guint i = 0; i < G_N_ELEMENTS(counted); i++)
    table_add_number(table, place->counts[counted[i]]);
  table_add_text(table,
                 target != NULL ? request_formats[configuration_target_format(target)].name : "--");
  add_way(table_add_cell(table), target);
}

static const char *const *regions_of(const ConfigurationTarget *target, GStrv *ret_regions)
{
  static const char *const no_region[] = {"", NULL};
  GStrv regions = *ret_regions = configuration_target_regions(target);
  return regions != NULL && *regions != NULL ? (const char *const *)regions : no_region;
}

/* Those of a target, in the order of the configuration, that have something. What was shown
 * goes to SHOWN. */
static void add_target(const Page *page, Table *table, const ConfigurationTarget *target,
                       const GPtrArray *places, GHashTable *shown)
{
  g_auto(GStrv) owned = NULL;
  for (const char *const *region = regions_of(target, &owned); *region != NULL; region++) {
    LedgerPlace *place = find_place(places, target->product, *region);
    if (place == NULL)
      continue;
    add_place(page, table, target, place);
    g_hash_table_add(shown, place);
  }
}

static void add_places(const Page *page, const GPtrArray *targets, const GPtrArray *places)
{
  if (places->len == 0) {
    page_add_text(page_add_paragraph(page->root), "Nothing is deployed yet.");
    return;
  }
  Table table = table_new(page->root, "Places", columns, G_N_ELEMENTS(columns));
  g_autoptr(GHashTable) shown = g_hash_table_new(NULL, NULL);
  for (guint i = 0; targets != NULL && i < targets->len; i++)
    add_target(page, &table, g_ptr_array_index(targets, i), places, shown);
  for (guint i = 0; i < places->len; i++)
    if (!g_hash_table_contains(shown, g_ptr_array_index(places, i)))
      add_place(page, &table, NULL, g_ptr_array_index(places, i));
}

/* ---- Where nothing is ---- */

static void add_free_regions(cmark_node **list, const Page *page, const ConfigurationTarget *target,
                             const GPtrArray *places)
{
  g_auto(GStrv) owned = NULL;
  cmark_node *item = NULL;
  for (const char *const *region = regions_of(target, &owned); *region != NULL; region++) {
    if (find_place(places, target->product, *region) != NULL)
      continue;
    if (*list == NULL) {
      page_add_heading(page->root, 2, "Nothing there");
      *list = page_add_list(page->root);
    }
    if (item == NULL) {
      item = page_add_item(*list);
      page_add_format(item, "%s ", configuration_target_title(target));
      page_add_code(item, target->product);
      page_add_text(item, **region != '\0' ? ": " : "");
    } else
      page_add_text(item, ", ");
    page_add_text(item, *region);
  }
}

static void add_free(const Page *page, const GPtrArray *targets, const GPtrArray *places)
{
  cmark_node *list = NULL;
  for (guint i = 0; targets != NULL && i < targets->len; i++)
    add_free_regions(&list, page, g_ptr_array_index(targets, i), places);
}

/* ---- What fails ---- */

static const TableColumn failing_columns[] = {{"Certificate", TABLE_TEXT},
                                              {"Product", TABLE_SHORT},
                                              {"Region", TABLE_SHORT},
                                              {"What was said last", TABLE_TEXT}};

static void add_failing(const Page *page, const DeploymentsModel *model)
{
  if (model->failing->len == 0)
    return;
  page_add_heading(page->root, 2, "Failed");
  Table table = table_new(page->root, "Failed", failing_columns, G_N_ELEMENTS(failing_columns));
  for (guint i = 0; i < model->failing->len; i++) {
    const LedgerDeployment *deployment = g_ptr_array_index(model->failing, i);
    table_add_row(&table);
    page_add_certificate(page, table_add_cell(&table), deployment->certificate);
    page_add_code(table_add_cell(&table), deployment->product);
    table_add_text(&table, *deployment->region != '\0' ? deployment->region : "--");
    deployment_add_said(table_add_cell(&table), deployment, DEPLOYMENTS_OUTPUT);
  }
  if (model->failing_count <= model->failing->len)
    return;
  g_autofree char *more = page_count(model->failing_count - model->failing->len, "more");
  page_add_format(page_add_paragraph(page->root), "And %.*s more, on the pages of their places.",
                  (int)strcspn(more, " "), more);
}

static Page *deployments_build(const ReportsContext *context, gconstpointer data)
{
  const DeploymentsModel *model = data;
  Page *page = page_new(PAGE_VIEW_DEPLOYMENTS, 1, "Deployments");
  page_add_heading(page->root, 1, "Deployments");
  cmark_node *lead = page_add_paragraph(page_add_mark(page->root, &page_mark_lead));
  page_add_text(lead, "Where certificates are, by product and region. ");
  page_add_text(form_add_link(page, lead, REQUEST_KIND_DEPLOYMENT, NULL), "Deploy one");
  page_add_text(lead, ", or ");
  page_add_text(form_add_link(page, lead, REQUEST_KIND_UNDEPLOYMENT, NULL), "take one off");
  page_add_text(lead, ".");
  add_failing(page, model);
  const GPtrArray *targets = context->configuration->targets;
  if (model->failing->len > 0)
    page_add_heading(page->root, 2, "Places");
  add_places(page, targets, model->places);
  add_free(page, targets, model->places);
  return page;
}

static const PageKind deployments_page = {deployments_build, deployments_free};

/* ---- Which pages ---- */

/* Writes what a topic's key, "BLOCK PRODUCT REGION", names. */
static gboolean write_topic(Writer *writer, const ReportsContext *context, const char *key,
                            GError **error)
{
  g_auto(GStrv) parts = g_strsplit(key, " ", 3);
  g_assert(g_strv_length(parts) == 3);
  return place_write_block(writer, context, parts[1], parts[2], g_ascii_strtoll(parts[0], NULL, 10),
                           error);
}

static gboolean write_place(Writer *writer, const ReportsContext *context, const LedgerPlace *place,
                            GError **error)
{
  gint64 block = G_MAXINT64;
  while (ledger_next_place_block(context->ledger, place->product, place->region, block, -1, &block,
                                 error)) {
    if (block < 0)
      return TRUE;
    if (!place_write_block(writer, context, place->product, place->region, block, error))
      return FALSE;
  }
  return FALSE;
}

static gboolean deployments_write(Writer *writer, const ReportsContext *context,
                                  const GPtrArray *stale, GError **error)
{
  gint64 count = 0;
  g_autoptr(GPtrArray) places = ledger_places(context->ledger, error);
  GPtrArray *failing =
      places != NULL
          ? ledger_failing_deployments(context->ledger, DEPLOYMENTS_FAILING, &count, error)
          : NULL;
  if (failing == NULL)
    return FALSE;
  gboolean ok = TRUE;
  for (guint i = 0; stale != NULL && i < stale->len && ok; i++) {
    const LedgerStale *topic = g_ptr_array_index(stale, i);
    ok = topic->topic != LEDGER_STALE_PLACE || write_topic(writer, context, topic->key, error);
  }
  for (guint i = 0; stale == NULL && i < places->len && ok; i++)
    ok = write_place(writer, context, g_ptr_array_index(places, i), error);
  const DeploymentsModel model = {g_steal_pointer(&places), failing, count};
  writer_add(writer, &deployments_page, g_memdup2(&model, sizeof model), "deployments/index", NULL);
  return ok;
}

const ReportsView deployments_view = {"deployments", deployments_write, place_has_reason};

/* The overview: counts, what needs a hand today, what runs out next, the last
 * runs. The only page that speaks relative to now and has totals (rules.md 22). */
#include "reports/overview.h"

#include "base/clock.h"
#include "reports/overview-feeds.h"
#include "reports/overview-hands.h"
#include "reports/overview-months.h"
#include "reports/table.h"

#define OVERVIEW_EXPIRING 10
#define OVERVIEW_RUNS 10

typedef struct {
  gint64 now;
  OverviewHands hands;
  OverviewMonths months;
  GPtrArray *expiring; /* LedgerCertificate */
  GPtrArray *runs;     /* LedgerRun */
} OverviewModel;

static void overview_free(gpointer data)
{
  OverviewModel *model = data;
  if (model == NULL)
    return;
  overview_hands_clear(&model->hands);
  g_clear_pointer(&model->expiring, g_ptr_array_unref);
  g_clear_pointer(&model->runs, g_ptr_array_unref);
  g_free(model);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OverviewModel, overview_free)

static gboolean overview_read(Ledger *ledger, OverviewModel *model, GError **error)
{
  model->now = ledger_report_time(ledger);
  return overview_read_hands(ledger, &model->hands, model->now, error) &&
         overview_read_months(ledger, model->now, &model->months, error) &&
         (model->expiring = ledger_certificates_expiring(ledger, OVERVIEW_EXPIRING, error)) !=
             NULL &&
         (model->runs = ledger_last_runs(ledger, OVERVIEW_RUNS, error)) != NULL;
}

void overview_add_days(cmark_node *parent, gint64 from, gint64 to)
{
  gint64 days = MAX(to - from, 0) / CLOCK_DAY;
  g_autofree char *text = days == 0 ? g_strdup("less than a day") : page_count(days, "day");
  page_add_text(parent, text);
}

static void overview_add_counts(const Page *page, const OverviewModel *model)
{
  cmark_node *list = page_add_list(page_add_mark(page->root, &page_mark_tiles));
  for (LifecycleStatus status = 1; status < LIFECYCLE_STATUS_N; status++) {
    cmark_node *item = page_add_item(list);
    g_autofree char *count = page_number(model->hands.counts[status]);
    page_add_strong(item, count);
    page_add_text(item, " ");
    page_add_status(page, item, status);
  }
}

cmark_node *overview_add_panel(cmark_node *panels, const char *title, gint64 count)
{
  cmark_node *panel = page_add_mark(panels, &page_mark_panel);
  g_autofree char *number = page_number(count);
  page_add_format(page_add_heading(panel, 3, NULL), "%s: %s", title, number);
  return panel;
}

static const TableColumn expiring_columns[] = {{"Certificate", TABLE_TEXT},
                                               {"Bound Domains", TABLE_TEXT},
                                               {"Expiry On", TABLE_SHORT},
                                               {"Time left", TABLE_NUMBER}};

static void overview_add_expiring(const Page *page, const OverviewModel *model)
{
  page_add_heading(page->root, 2, "Expiring next");
  if (model->expiring->len == 0) {
    page_add_text(page_add_paragraph(page->root), "No certificate is issued yet.");
    return;
  }
  Table table =
      table_new(page->root, "Expiring next", expiring_columns, G_N_ELEMENTS(expiring_columns));
  for (guint i = 0; i < model->expiring->len; i++) {
    const LedgerCertificate *certificate = g_ptr_array_index(model->expiring, i);
    table_add_row(&table);
    page_add_certificate(page, table_add_cell(&table), certificate->id);
    page_add_names(table_add_cell(&table), certificate->names, 2);
    page_add_date(table_add_cell(&table), certificate->not_after);
    overview_add_days(table_add_cell(&table), model->now, certificate->not_after);
  }
}

static const TableColumn run_columns[] = {
    {"Run", TABLE_SHORT},      {"Accepted", TABLE_NUMBER},  {"Rejected", TABLE_NUMBER},
    {"Waiting", TABLE_NUMBER}, {"Documents", TABLE_NUMBER}, {"Issued", TABLE_NUMBER},
    {"Expired", TABLE_NUMBER}, {"Renewed", TABLE_NUMBER},   {"Failed", TABLE_NUMBER},
    {"Seconds", TABLE_NUMBER},
};

static void overview_add_runs(const Page *page, const OverviewModel *model)
{
  page_add_heading(page->root, 2, "Last runs");
  if (model->runs->len == 0) {
    page_add_text(page_add_paragraph(page->root), "There was none yet.");
    return;
  }
  Table table = table_new(page->root, "Last runs", run_columns, G_N_ELEMENTS(run_columns));
  for (guint i = 0; i < model->runs->len; i++) {
    const LedgerRun *run = g_ptr_array_index(model->runs, i);
    const gint64 numbers[] = {run->accepted, run->rejected, run->waiting, run->items,
                              run->issued,   run->expired,  run->renewed, run->failed};
    table_add_row(&table);
    page_add_time(table_add_cell(&table), run->started);
    for (guint k = 0; k < G_N_ELEMENTS(numbers); k++)
      table_add_number(&table, numbers[k]);
    if (run->milliseconds > 0)
      page_add_format(table_add_cell(&table), "%" G_GINT64_FORMAT ".%03d", run->milliseconds / 1000,
                      (int)(run->milliseconds % 1000));
    else
      table_add_text(&table, "--");
  }
}

static void overview_add_lead(const Page *page, cmark_node *lead,
                              const Configuration *configuration, const OverviewModel *model)
{
  g_autofree char *count = page_count(model->hands.counts[0], "certificate");
  page_add_text(page_add_link(page, lead, "list/index"), count);
  page_add_format(lead, " of %s", configuration_organization_name(configuration));
  if (model->now == 0)
    return;
  page_add_text(lead, ", as of ");
  page_add_time(lead, model->now);
}

static Page *overview_build(const ReportsContext *context, gconstpointer data)
{
  const OverviewModel *model = data;
  Page *page = page_new(PAGE_VIEW_OVERVIEW, 0, "Overview");
  page_add_heading(page->root, 1, "Overview");
  cmark_node *lead = page_add_paragraph(page_add_mark(page->root, &page_mark_lead));
  overview_add_lead(page, lead, context->configuration, model);
  overview_add_counts(page, model);
  overview_add_hands(page, &model->hands, model->now);
  overview_add_months(page, &model->months);
  overview_add_expiring(page, model);
  overview_add_runs(page, model);
  overview_add_feeds(page);
  return page;
}

static const PageKind overview_page = {overview_build, overview_free};

gboolean overview_write(Writer *writer, const ReportsContext *context, GError **error)
{
  g_autoptr(OverviewModel) model = g_new0(OverviewModel, 1);
  if (!overview_read(context->ledger, model, error))
    return FALSE;
  writer_add(writer, &overview_page, g_steal_pointer(&model), "index", NULL);
  return TRUE;
}

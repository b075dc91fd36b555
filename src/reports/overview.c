/* The overview: counts, what needs a hand today, what runs out next, the last
 * runs. The only page that speaks relative to now and has totals (rules.md 22). */
#include "reports/overview.h"

#include "base/clock.h"
#include "reports/certificate.h"
#include "reports/incoming.h"
#include "reports/overview-feeds.h"
#include "reports/overview-renewals.h"

#define OVERVIEW_CERTIFICATES 5 /* of a status that needs a hand */
#define OVERVIEW_FILES 5
#define OVERVIEW_EXPIRING 10
#define OVERVIEW_RUNS 10
#define OVERVIEW_REJECTED_DAYS 7 /* a file rejected before has been seen to */

/* The statuses in which a certificate needs a hand, and whose. */
static const struct {
  LifecycleStatus status;
  const char *title;
} hands[] = {
    {LIFECYCLE_STATUS_AWAITING_PAYMENT, "To pay"},
    {LIFECYCLE_STATUS_PAID, "To apply for"},
    {LIFECYCLE_STATUS_PENDING_VERIFICATION, "To verify"},
    {LIFECYCLE_STATUS_VERIFICATION_FAILED, "To mend and submit again"},
};

typedef struct {
  gint64 now;
  gint64 counts[LIFECYCLE_STATUS_N];
  GPtrArray *hands[G_N_ELEMENTS(hands)]; /* LedgerCertificate */
  GPtrArray *waiting;                    /* LedgerFile */
  gint64 waiting_count;
  GPtrArray *rejected; /* LedgerFile */
  OverviewRenewals renewals;
  GPtrArray *failing; /* LedgerDeployment */
  gint64 failing_count;
  GPtrArray *mail; /* LedgerMail: that fails */
  gint64 mail_count;
  GPtrArray *expiring; /* LedgerCertificate */
  GPtrArray *runs;     /* LedgerRun */
} OverviewModel;

static void overview_free(gpointer data)
{
  OverviewModel *model = data;
  if (model == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS(hands); i++)
    g_clear_pointer(&model->hands[i], g_ptr_array_unref);
  GPtrArray **const arrays[] = {&model->waiting, &model->rejected, &model->failing,
                                &model->expiring, &model->runs};
  for (guint i = 0; i < G_N_ELEMENTS(arrays); i++)
    g_clear_pointer(arrays[i], g_ptr_array_unref);
  overview_renewals_clear(&model->renewals);
  g_clear_pointer(&model->mail, g_ptr_array_unref);
  g_free(model);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OverviewModel, overview_free)

static gboolean overview_read(Ledger *ledger, OverviewModel *model, GError **error)
{
  model->now = ledger_report_time(ledger);
  if (!ledger_count_statuses(ledger, model->counts, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(hands); i++) {
    model->hands[i] =
        ledger_certificates_with_status(ledger, hands[i].status, OVERVIEW_CERTIFICATES, error);
    if (model->hands[i] == NULL)
      return FALSE;
  }
  return overview_read_renewals(ledger, &model->renewals, error) &&
         (model->mail = ledger_failing_mails(ledger, OVERVIEW_FILES, &model->mail_count, error)) !=
             NULL &&
         (model->waiting =
              ledger_waiting_files(ledger, OVERVIEW_FILES, &model->waiting_count, error)) != NULL &&
         (model->rejected = ledger_rejected_files(ledger, OVERVIEW_FILES, error)) != NULL &&
         (model->failing = ledger_failing_deployments(ledger, OVERVIEW_CERTIFICATES,
                                                      &model->failing_count, error)) != NULL &&
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
    g_autofree char *count = page_number(model->counts[status]);
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

static void overview_add_hand(const Page *page, cmark_node *panels, const OverviewModel *model,
                              guint hand)
{
  LifecycleStatus status = hands[hand].status;
  const GPtrArray *certificates = model->hands[hand];
  if (certificates->len == 0)
    return;
  cmark_node *panel = overview_add_panel(panels, hands[hand].title, model->counts[status]);
  cmark_node *list = page_add_list(panel);
  for (guint i = 0; i < certificates->len; i++) {
    const LedgerCertificate *certificate = g_ptr_array_index(certificates, i);
    cmark_node *item = page_add_item(list);
    page_add_certificate(page, item, certificate->id);
    page_add_text(item, " ");
    cmark_node *note = page_add_mark(item, &page_mark_note);
    if (certificate->names != NULL)
      page_add_names(note, certificate->names, 1);
    else
      certificate_add_product(note, certificate);
    page_add_text(note, ", ");
    overview_add_days(note, certificate->changed, model->now);
  }
  cmark_node *more = page_add_paragraph(panel);
  page_add_status(page, more, status);
  page_add_text(more, " ");
  const char *kind = request_kinds[certificate_next_kind(status)].name;
  page_add_format(page_add_link_in(page, more, "request", kind), "Make the %s", kind);
}

static void overview_add_waiting(const Page *page, cmark_node *panels, const OverviewModel *model)
{
  if (model->waiting_count == 0)
    return;
  cmark_node *panel = overview_add_panel(panels, "Waiting files", model->waiting_count);
  cmark_node *list = page_add_list(panel);
  for (guint i = 0; i < model->waiting->len; i++) {
    const LedgerFile *file = g_ptr_array_index(model->waiting, i);
    cmark_node *item = page_add_item(list);
    page_add_text(item, file->name);
    page_add_text(item, " ");
    cmark_node *note = page_add_mark(item, &page_mark_note);
    if (file->waits_for != NULL) {
      page_add_text(note, "for ");
      page_add_code(note, file->waits_for);
      page_add_text(note, ", ");
    }
    overview_add_days(note, file->first_seen, model->now);
  }
  page_add_text(page_add_link(page, page_add_paragraph(panel), "incoming/waiting"), "See all");
}

static void overview_add_rejected(const Page *page, cmark_node *panels, const OverviewModel *model)
{
  cmark_node *list = NULL;
  for (guint i = 0; i < model->rejected->len; i++) {
    const LedgerFile *file = g_ptr_array_index(model->rejected, i);
    if (file->decided < model->now - OVERVIEW_REJECTED_DAYS * CLOCK_DAY)
      break;
    if (list == NULL) {
      cmark_node *panel = page_add_mark(panels, &page_mark_panel);
      page_add_heading(panel, 3, "Rejected lately");
      list = page_add_list(panel);
      page_add_text(page_add_link(page, page_add_paragraph(panel), "incoming/index"),
                    "See all, with the reasons");
    }
    cmark_node *item = page_add_item(list);
    page_add_text(item, file->name);
    page_add_text(item, " ");
    cmark_node *note = page_add_mark(item, &page_mark_note);
    page_add_text(note, file->state == LEDGER_FILE_PARTLY ? "in part, " : "");
    overview_add_days(note, file->decided, model->now);
  }
}

static void overview_add_hands(const Page *page, const OverviewModel *model)
{
  page_add_heading(page->root, 2, "Needs a hand");
  cmark_node *panels = page_add_mark(page->root, &page_mark_panels);
  overview_add_renewals(page, panels, &model->renewals, model->now);
  overview_add_mail(page, panels, model->mail, model->mail_count);
  for (guint i = 0; i < G_N_ELEMENTS(hands); i++)
    overview_add_hand(page, panels, model, i);
  overview_add_failing_deployments(page, panels, model->failing, model->failing_count, model->now);
  overview_add_waiting(page, panels, model);
  overview_add_rejected(page, panels, model);
  if (cmark_node_first_child(panels) == NULL)
    page_add_text(page_add_paragraph(panels), "Nothing waits for anybody.");
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
  g_autofree char *count = page_count(model->counts[0], "certificate");
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
  overview_add_hands(page, model);
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

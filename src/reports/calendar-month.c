/* A month of the calendar: its days as a grid, and what runs out on each. */
#include "base/clock.h"
#include "base/month.h"
#include "reports/calendar.h"
#include "reports/certificate.h"

typedef struct {
  gint64 month;
  gint64 older; /* the nearest months with anything to show, -1: none */
  gint64 newer;
  GArray *days;            /* LedgerExpiryDay */
  GPtrArray *certificates; /* for each day, GPtrArray of LedgerCertificate: the first of it */
} MonthModel;

static void month_free(gpointer data)
{
  MonthModel *model = data;
  if (model == NULL)
    return;
  g_clear_pointer(&model->days, g_array_unref);
  g_clear_pointer(&model->certificates, g_ptr_array_unref);
  g_free(model);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MonthModel, month_free)

/* ---- What the days show ---- */

static const TableColumn columns[] = {{"Day", TABLE_SHORT},
                                      {"Certificate", TABLE_TEXT},
                                      {"Bound Domains", TABLE_TEXT},
                                      {"What then", TABLE_TEXT}};

Table calendar_table_new(cmark_node *parent, const char *label)
{
  return table_new(parent, label, columns, G_N_ELEMENTS(columns));
}

static void add_what_then(const Page *page, cmark_node *cell, const LedgerCertificate *certificate)
{
  if (certificate->status == LIFECYCLE_STATUS_EXPIRED)
    page_add_status(page, cell, certificate->status);
  else if (certificate->failing_since > 0) {
    page_add_strong(cell, "its renewal fails");
    page_add_text(cell, ", since ");
    page_add_date(cell, certificate->failing_since);
  } else if (certificate->due > LEDGER_LOOK_AGAIN) {
    page_add_text(cell, "renewed by itself on ");
    page_add_date(cell, certificate->due);
  } else if (certificate->successor != NULL) {
    page_add_text(cell, "renewed by ");
    page_add_code(cell, certificate->successor);
  } else
    page_add_strong(cell, "nothing renews it");
}

void calendar_add_row(const Page *page, Table *table, const LedgerCertificate *certificate,
                      const char *when)
{
  table_add_row(table);
  table_add_text(table, when);
  cmark_node *cell = table_add_cell(table);
  page_add_certificate(page, cell, certificate->id);
  certificate_add_product(page_add_mark(cell, &page_mark_small), certificate);
  page_add_names(table_add_cell(table), certificate->names, 3);
  add_what_then(page, table_add_cell(table), certificate);
}

/* ---- The grid ---- */

static const TableColumn week_columns[] = {
    {"Week", TABLE_SHORT}, {"Mon", TABLE_NUMBER}, {"Tue", TABLE_NUMBER}, {"Wed", TABLE_NUMBER},
    {"Thu", TABLE_NUMBER}, {"Fri", TABLE_NUMBER}, {"Sat", TABLE_NUMBER}, {"Sun", TABLE_NUMBER},
};
#define WEEK 7

/* 1970-01-01 was a Thursday; Monday is 0. */
static gint64 weekday(gint64 day)
{
  return (day + 3) % WEEK;
}

static gint64 count_of(const MonthModel *model, gint64 day)
{
  for (guint i = 0; i < model->days->len; i++) {
    const LedgerExpiryDay *one = &g_array_index(model->days, LedgerExpiryDay, i);
    if (one->day == day)
      return one->certificates;
  }
  return 0;
}

/* The number of the day, and of certificates below it. */
static void grid_add_day(const Page *page, cmark_node *cell, const MonthModel *model, gint64 day)
{
  gint64 count = count_of(model, day);
  cmark_node *number = count > 0 ? cell : page_add_mark(cell, &page_mark_off);
  page_add_format(number, "%" G_GINT64_FORMAT, day - month_first_day(model->month) + 1);
  if (count == 0)
    return;
  page_add_break(cell);
  g_autofree char *text = page_number(count);
  if (count <= CALENDAR_MONTH_ROWS) {
    page_add_strong(cell, text);
    return;
  }
  g_autofree char *name = month_day_name(day);
  page_add_strong(page_add_link_in(page, cell, "calendar", name), text);
}

static void grid_add(const Page *page, const MonthModel *model)
{
  gint64 first = month_first_day(model->month), end = month_first_day(model->month + 1);
  Table table = table_new(page->root, "Days", week_columns, G_N_ELEMENTS(week_columns));
  for (gint64 monday = first - weekday(first); monday < end; monday += WEEK) {
    table_add_row(&table);
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(monday * CLOCK_DAY);
    page_add_format(table_add_cell(&table), "%d", g_date_time_get_week_of_year(date));
    for (gint64 day = monday; day < monday + WEEK; day++) {
      cmark_node *cell = table_add_cell(&table);
      if (day >= first && day < end)
        grid_add_day(page, cell, model, day);
    }
  }
}

/* ---- The page ---- */

static void month_add_rows(const Page *page, const MonthModel *model)
{
  Table table = calendar_table_new(page->root, "Certificates that run out");
  for (guint i = 0; i < model->days->len; i++) {
    const LedgerExpiryDay *day = &g_array_index(model->days, LedgerExpiryDay, i);
    const GPtrArray *certificates = g_ptr_array_index(model->certificates, i);
    g_autofree char *date = clock_format_date(day->day * CLOCK_DAY);
    for (guint k = 0; k < certificates->len; k++)
      calendar_add_row(page, &table, g_ptr_array_index(certificates, k), date);
    if (day->certificates <= certificates->len)
      continue;
    g_autofree char *name = month_day_name(day->day);
    g_autofree char *all = page_count(day->certificates, "certificate");
    table_add_row(&table);
    table_add_text(&table, date);
    page_add_format(page_add_link_in(page, table_add_cell(&table), "calendar", name), "All %s",
                    all);
    table_add_text(&table, "");
    table_add_text(&table, "");
  }
}

static void month_add_way(const Page *page, cmark_node *bar, gint64 month)
{
  g_autofree char *name = month_name(month);
  g_autofree char *title = month_title(month);
  page_add_text(page_add_link_in(page, page_add_item(bar), "calendar", name), title);
}

static Page *month_build(const ReportsContext *context, gconstpointer data)
{
  (void)context;
  const MonthModel *model = data;
  g_autofree char *title = month_title(model->month);
  g_autofree char *window = g_strdup_printf("Calendar: %s", title);
  Page *page = page_new(PAGE_VIEW_CALENDAR, 1, window);
  page_add_heading(page->root, 1, title);
  cmark_node *bar = page_add_list(page_add_mark(page->root, &page_mark_bar));
  page_add_text(page_add_link(page, page_add_item(bar), "calendar/index"), "Calendar");
  if (model->older >= 0)
    month_add_way(page, bar, model->older);
  if (model->newer >= 0)
    month_add_way(page, bar, model->newer);
  gint64 count = 0;
  for (guint i = 0; i < model->days->len; i++)
    count += g_array_index(model->days, LedgerExpiryDay, i).certificates;
  g_autofree char *all = page_count(count, "certificate");
  page_add_format(page_add_paragraph(page_add_mark(page->root, &page_mark_lead)), "%s %s out.", all,
                  count == 1 ? "runs" : "run");
  grid_add(page, model);
  month_add_rows(page, model);
  return page;
}

static const PageKind month_page = {month_build, month_free};

static gboolean read_neighbour(Ledger *ledger, gint64 day, int direction, gint64 *ret_month,
                               GError **error)
{
  gint64 found = -1;
  if (!ledger_next_expiry_day(ledger, day, direction, &found, error))
    return FALSE;
  *ret_month = found >= 0 ? month_of(found * CLOCK_DAY) : -1;
  return TRUE;
}

static gboolean read_month(Ledger *ledger, MonthModel *model, GError **error)
{
  gint64 first = month_first_day(model->month), end = month_first_day(model->month + 1);
  model->certificates = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
  model->days = ledger_expiry_days(ledger, first, end, error);
  if (model->days == NULL || !read_neighbour(ledger, first, -1, &model->older, error) ||
      !read_neighbour(ledger, end - 1, 1, &model->newer, error))
    return FALSE;
  for (guint i = 0; i < model->days->len; i++) {
    GPtrArray *certificates =
        ledger_certificates_on_day(ledger, g_array_index(model->days, LedgerExpiryDay, i).day,
                                   CALENDAR_MONTH_ROWS, NULL, error);
    if (certificates == NULL)
      return FALSE;
    g_ptr_array_add(model->certificates, certificates);
  }
  return TRUE;
}

gboolean calendar_write_month(Writer *writer, const ReportsContext *context, gint64 month,
                              GError **error)
{
  g_autoptr(MonthModel) model = g_new0(MonthModel, 1);
  model->month = month;
  if (!read_month(context->ledger, model, error))
    return FALSE;
  g_autofree char *name = month_name(month);
  g_autofree char *path = g_strdup_printf("calendar/%s", name);
  if (model->days->len == 0)
    return writer_remove_page(writer, path, error);
  writer_add(writer, &month_page, g_steal_pointer(&model), path, NULL);
  return TRUE;
}

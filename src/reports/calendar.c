/* The calendar's entry page, the only one of it that speaks relative to now, and which of its
 * pages are written. */
#include "reports/calendar.h"

#include "base/clock.h"
#include "base/month.h"
#include "reports/reports-private.h"

typedef struct {
  gint64 now;
  GArray *days; /* LedgerExpiryDay: all of them */
} CalendarModel;

static void calendar_free(gpointer data)
{
  CalendarModel *model = data;
  g_array_unref(model->days);
  g_free(model);
}

/* ---- The entry page ---- */

static void add_soon(const Page *page, const CalendarModel *model)
{
  static const struct {
    const char *label;
    gint64 days;
  } spans[] = {{"Today", 1}, {"In 7 days", 7}, {"In 30 days", 30}, {"In 90 days", 90}};
  cmark_node *list = page_add_list(page_add_mark(page->root, &page_mark_tiles));
  gint64 today = model->now / CLOCK_DAY;
  for (guint i = 0; i < G_N_ELEMENTS(spans); i++) {
    gint64 count = 0;
    for (guint k = 0; k < model->days->len; k++) {
      const LedgerExpiryDay *day = &g_array_index(model->days, LedgerExpiryDay, k);
      count += day->day >= today && day->day < today + spans[i].days ? day->certificates : 0;
    }
    cmark_node *item = page_add_item(list);
    g_autofree char *number = page_number(count);
    page_add_strong(item, number);
    page_add_format(item, " %s", spans[i].label);
  }
}

static const TableColumn columns[] = {{"Month", TABLE_TEXT},
                                      {"Certificates", TABLE_NUMBER},
                                      {"Most on", TABLE_SHORT},
                                      {"On that day", TABLE_NUMBER}};

/* The days from FIRST on that are of one month, as a row. Returns the first of the next one. */
static guint add_month(const Page *page, Table *table, const GArray *days, guint first)
{
  const LedgerExpiryDay *most = &g_array_index(days, LedgerExpiryDay, first);
  gint64 month = month_of(most->day * CLOCK_DAY), end = month_first_day(month + 1), count = 0;
  guint at = first;
  for (; at < days->len; at++) {
    const LedgerExpiryDay *day = &g_array_index(days, LedgerExpiryDay, at);
    if (day->day >= end)
      break;
    count += day->certificates;
    most = day->certificates > most->certificates ? day : most;
  }
  g_autofree char *name = month_name(month);
  g_autofree char *title = month_title(month);
  table_add_row(table);
  page_add_text(page_add_link_in(page, table_add_cell(table), "calendar", name), title);
  table_add_number(table, count);
  page_add_date(table_add_cell(table), most->day * CLOCK_DAY);
  table_add_number(table, most->certificates);
  return at;
}

/* The months from the day with index FIRST up to that with index END. */
static void add_months(const Page *page, const GArray *days, guint first, guint end,
                       const char *title)
{
  if (first == end)
    return;
  page_add_heading(page->root, 2, title);
  Table table = table_new(page->root, title, columns, G_N_ELEMENTS(columns));
  while (first < end)
    first = add_month(page, &table, days, first);
}

static Page *calendar_build(const ReportsContext *context, gconstpointer data)
{
  (void)context;
  const CalendarModel *model = data;
  Page *page = page_new(PAGE_VIEW_CALENDAR, 1, "Calendar");
  page_add_heading(page->root, 1, "Calendar");
  cmark_node *lead = page_add_paragraph(page_add_mark(page->root, &page_mark_lead));
  page_add_text(lead, "Which certificates run out, and when");
  if (model->now > 0) {
    page_add_text(lead, ", as of ");
    page_add_time(lead, model->now);
  }
  page_add_text(lead, ". For the calendar of an office: ");
  page_add_text(page_add_feed_link(page, lead, "expiry.ics"), "expiry.ics");
  page_add_text(lead, ".");
  add_soon(page, model);
  gint64 first = month_first_day(month_of(model->now));
  guint now = 0;
  while (now < model->days->len && g_array_index(model->days, LedgerExpiryDay, now).day < first)
    now++;
  if (model->days->len == 0)
    page_add_text(page_add_paragraph(page->root), "No certificate is issued yet.");
  add_months(page, model->days, now, model->days->len, "To come");
  add_months(page, model->days, 0, now, "Past");
  return page;
}

static const PageKind calendar_page = {calendar_build, calendar_free};

/* ---- Which pages ---- */

gboolean calendar_count_day(Ledger *ledger, gint64 day, gint64 *ret_count, GError **error)
{
  g_autoptr(GArray) days = ledger_expiry_days(ledger, day, day + 1, error);
  if (days == NULL)
    return FALSE;
  *ret_count = days->len > 0 ? g_array_index(days, LedgerExpiryDay, 0).certificates : 0;
  return TRUE;
}

/* The months on both sides lead to one that begins or ends. */
static gboolean write_month(Writer *writer, const ReportsContext *context, gint64 month,
                            GHashTable *written, GError **error)
{
  gint64 before = -1, after = -1;
  if (!ledger_next_expiry_day(context->ledger, month_first_day(month), -1, &before, error) ||
      !ledger_next_expiry_day(context->ledger, month_first_day(month + 1) - 1, 1, &after, error))
    return FALSE;
  const gint64 months[] = {month, before >= 0 ? month_of(before * CLOCK_DAY) : -1,
                           after >= 0 ? month_of(after * CLOCK_DAY) : -1};
  for (guint i = 0; i < G_N_ELEMENTS(months); i++)
    if (months[i] >= 0 && g_hash_table_add(written, g_memdup2(&months[i], sizeof *months)) &&
        !calendar_write_month(writer, context, months[i], error))
      return FALSE;
  return TRUE;
}

static gboolean write_stale(Writer *writer, const ReportsContext *context, const GPtrArray *stale,
                            GError **error)
{
  g_autoptr(GHashTable) months = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  for (guint i = 0; i < stale->len; i++) {
    const LedgerStale *topic = g_ptr_array_index(stale, i);
    gint64 day = g_ascii_strtoll(topic->key, NULL, 10), count = 0;
    if (topic->topic == LEDGER_STALE_DAY &&
        (!calendar_count_day(context->ledger, day, &count, error) ||
         !calendar_write_day(writer, context, day, count, error) ||
         !write_month(writer, context, month_of(day * CLOCK_DAY), months, error)))
      return FALSE;
  }
  return TRUE;
}

static gboolean write_all(Writer *writer, const ReportsContext *context, const GArray *days,
                          GError **error)
{
  gint64 written = -1;
  for (guint i = 0; i < days->len; i++) {
    const LedgerExpiryDay *day = &g_array_index(days, LedgerExpiryDay, i);
    gint64 month = month_of(day->day * CLOCK_DAY);
    if (!calendar_write_day(writer, context, day->day, day->certificates, error) ||
        (month != written && !calendar_write_month(writer, context, month, error)))
      return FALSE;
    written = month;
  }
  return TRUE;
}

static gboolean calendar_write(Writer *writer, const ReportsContext *context,
                               const GPtrArray *stale, GError **error)
{
  GArray *days = ledger_expiry_days(context->ledger, G_MININT64, G_MAXINT64, error);
  if (days == NULL)
    return FALSE;
  const CalendarModel model = {ledger_report_time(context->ledger), days};
  gboolean ok = stale != NULL ? write_stale(writer, context, stale, error)
                              : write_all(writer, context, days, error);
  writer_add(writer, &calendar_page, g_memdup2(&model, sizeof model), "calendar/index", NULL);
  return ok;
}

/* NAME is that of a month or of a day. */
static gboolean calendar_has_reason(const ReportsContext *context, const char *name,
                                    gboolean *ret_reason, GError **error)
{
  gint64 month = month_from_name(name), day = month_day_from_name(name), count = 0;
  *ret_reason = FALSE;
  if (month >= 0) {
    g_autoptr(GArray) days = ledger_expiry_days(context->ledger, month_first_day(month),
                                                month_first_day(month + 1), error);
    *ret_reason = days != NULL && days->len > 0;
    return days != NULL;
  }
  if (day < 0)
    return TRUE;
  if (!calendar_count_day(context->ledger, day, &count, error))
    return FALSE;
  *ret_reason = count > CALENDAR_MONTH_ROWS;
  return TRUE;
}

const ReportsView calendar_view = {"calendar", calendar_write, calendar_has_reason};

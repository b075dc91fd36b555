/* A day of the calendar with more certificates than the page of its month shows: the first of
 * them, in the order in which they run out, and where the others stand. */
#include "base/clock.h"
#include "base/month.h"
#include "reports/calendar.h"
#include "reports/lists.h"

typedef struct {
  gint64 day;
  GPtrArray *certificates; /* LedgerCertificate */
  GArray *others;          /* LedgerSpan */
} DayModel;

static void day_free(gpointer data)
{
  DayModel *model = data;
  g_ptr_array_unref(model->certificates);
  g_array_unref(model->others);
  g_free(model);
}

static Page *day_build(const ReportsContext *context, gconstpointer data)
{
  (void)context;
  const DayModel *model = data;
  g_autofree char *title = month_day_title(model->day);
  g_autofree char *window = g_strdup_printf("Calendar: %s", title);
  g_autofree char *month = month_name(month_of(model->day * CLOCK_DAY));
  g_autofree char *month_label = month_title(month_of(model->day * CLOCK_DAY));
  Page *page = page_new(PAGE_VIEW_CALENDAR, 1, window);
  page_add_heading(page->root, 1, title);
  cmark_node *bar = page_add_list(page_add_mark(page->root, &page_mark_bar));
  page_add_text(page_add_link_in(page, page_add_item(bar), "calendar", month), month_label);
  Table table = calendar_table_new(page->root, "Certificates that run out");
  for (guint i = 0; i < model->certificates->len; i++) {
    const LedgerCertificate *certificate = g_ptr_array_index(model->certificates, i);
    gint64 minute = certificate->not_after % CLOCK_DAY / 60;
    g_autofree char *when =
        g_strdup_printf("%02d:%02d UTC", (int)(minute / 60), (int)(minute % 60));
    calendar_add_row(page, &table, certificate, when);
  }
  g_autofree char *date = clock_format_date(model->day * CLOCK_DAY);
  list_add_others(page, model->others, "the first that run out", date);
  return page;
}

static const PageKind day_page = {day_build, day_free};

gboolean calendar_write_day(Writer *writer, const ReportsContext *context, gint64 day, gint64 count,
                            GError **error)
{
  g_autofree char *name = month_day_name(day);
  g_autofree char *path = g_strdup_printf("calendar/%s", name);
  if (count <= CALENDAR_MONTH_ROWS)
    return writer_remove_page(writer, path, error);
  GArray *others = NULL;
  GPtrArray *rows = ledger_certificates_on_day(context->ledger, day, LIST_FIRST, &others, error);
  if (rows == NULL)
    return FALSE;
  const DayModel model = {day, rows, others};
  writer_add(writer, &day_page, g_memdup2(&model, sizeof model), path, NULL);
  return TRUE;
}

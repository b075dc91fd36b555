/* A day of the calendar with more certificates than the page of its month shows, in pages. They
 * are in the order in which they run out, so that what is issued later comes last. */
#include "base/clock.h"
#include "base/month.h"
#include "reports/calendar.h"

typedef struct {
  gint64 day;
  gint64 number; /* of the page, from 1 */
  gboolean last;
  GPtrArray *certificates; /* LedgerCertificate */
} DayModel;

static void day_free(gpointer data)
{
  DayModel *model = data;
  g_ptr_array_unref(model->certificates);
  g_free(model);
}

gboolean calendar_day_has_page(gint64 count, gint64 number)
{
  return count > CALENDAR_MONTH_ROWS && number >= 1 && (number - 1) * CALENDAR_DAY_ROWS < count;
}

/* "2026-12-08", "2026-12-08-2". */
static char *day_page_name(gint64 day, gint64 number)
{
  g_autofree char *name = month_day_name(day);
  return number == 1 ? g_steal_pointer(&name)
                     : g_strdup_printf("%s-%" G_GINT64_FORMAT, name, number);
}

static void day_add_way(const Page *page, cmark_node *bar, const DayModel *model, gint64 number,
                        const char *label)
{
  g_autofree char *name = day_page_name(model->day, number);
  page_add_text(page_add_link_in(page, page_add_item(bar), "calendar", name), label);
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
  if (model->number > 1)
    day_add_way(page, bar, model, model->number - 1, "Before");
  if (!model->last)
    day_add_way(page, bar, model, model->number + 1, "After");
  Table table = calendar_table_new(page->root, "Certificates that run out");
  for (guint i = 0; i < model->certificates->len; i++) {
    const LedgerCertificate *certificate = g_ptr_array_index(model->certificates, i);
    gint64 minute = certificate->not_after % CLOCK_DAY / 60;
    g_autofree char *when =
        g_strdup_printf("%02d:%02d UTC", (int)(minute / 60), (int)(minute % 60));
    calendar_add_row(page, &table, certificate, when);
  }
  return page;
}

static const PageKind day_page = {day_build, day_free};

/* The pages from NUMBER on, as far as there are any. */
static gboolean remove_pages(Writer *writer, gint64 day, gint64 number, GError **error)
{
  for (gboolean there = TRUE; there; number++) {
    g_autofree char *name = day_page_name(day, number);
    g_autofree char *path = g_strdup_printf("calendar/%s", name);
    there = writer_has_page(writer, path);
    if (there && !writer_remove_page(writer, path, error))
      return FALSE;
  }
  return TRUE;
}

/* The page before one that begins or ends leads to it, or no more. */
gboolean calendar_write_day(Writer *writer, const ReportsContext *context, gint64 day, gint64 count,
                            gint64 first, GError **error)
{
  gint64 number = (first > 0 ? first - 1 : 0) / CALENDAR_DAY_ROWS + 1;
  LedgerExpiryPlace place;
  if (!ledger_skip_on_day(context->ledger, day, count, (number - 1) * CALENDAR_DAY_ROWS, &place,
                          error))
    return FALSE;
  for (; calendar_day_has_page(count, number); number++) {
    GPtrArray *rows =
        ledger_certificates_on_day(context->ledger, day, &place, CALENDAR_DAY_ROWS, error);
    if (rows == NULL)
      return FALSE;
    g_autofree char *name = day_page_name(day, number);
    g_autofree char *path = g_strdup_printf("calendar/%s", name);
    const DayModel model = {day, number, !calendar_day_has_page(count, number + 1), rows};
    writer_add(writer, &day_page, g_memdup2(&model, sizeof model), path, NULL);
  }
  return remove_pages(writer, day, number, error);
}

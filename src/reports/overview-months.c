/* The chart of expiries: a list of months, each with its number, and in the HTML a bar as high as
 * the number. So who can't see bars, and the Markdown, have the same in words. A bar is an SVG
 * whose height is an attribute: the policy of the pages allows no style in them. */
#include "reports/overview-months.h"

#include "base/clock.h"
#include "base/month.h"
#include "reports/html.h"

#define BAR_PIXELS 96 /* of the highest one */

static const PageMark mark_chart = {PAGE_MARK_BLOCK, "<div class=\"chart\">", "</div>", NULL, NULL};

static const PageMark mark_month = {PAGE_MARK_INLINE, "<span>", "</span>", NULL, NULL};

gboolean overview_read_months(Ledger *ledger, gint64 now, OverviewMonths *ret_months,
                              GError **error)
{
  OverviewMonths months = {.first = month_of(now)};
  g_autoptr(GArray) days = ledger_expiry_days(
      ledger, now / CLOCK_DAY, month_first_day(months.first + OVERVIEW_MONTHS), error);
  if (days == NULL)
    return FALSE;
  for (guint i = 0; i < days->len; i++) {
    const LedgerExpiryDay *day = &g_array_index(days, LedgerExpiryDay, i);
    months.counts[month_of(day->day * CLOCK_DAY) - months.first] += day->certificates;
  }
  *ret_months = months;
  return TRUE;
}

static void add_bar(cmark_node *item, gint64 count, gint64 highest)
{
  gint64 height = count > 0 ? MAX(count * BAR_PIXELS / highest, 3) : 1;
  xmlNode *svg = html_new("svg", count > 0 ? NULL : "none");
  html_set(svg, "aria-hidden", "true");
  html_set(svg, "focusable", "false");
  html_set_number(svg, "height", height);
  xmlNode *bar = html_add(svg, "rect", NULL);
  html_set(bar, "width", "100%");
  html_set(bar, "height", "100%");
  page_add_html_inline(item, svg);
}

static void add_month(const Page *page, cmark_node *list, gint64 month, gint64 count,
                      gint64 highest)
{
  g_autofree char *name = month_name(month);
  g_autofree char *title = month_short_title(month);
  g_autofree char *number = page_number(count);
  cmark_node *item = page_add_item(list);
  page_add_text(count > 0 ? page_add_link_in(page, item, "calendar", name)
                          : page_add_mark(item, &mark_month),
                title);
  page_add_text(item, " ");
  page_add_strong(item, number);
  add_bar(item, count, highest);
}

void overview_add_months(const Page *page, const OverviewMonths *months)
{
  gint64 highest = 0, all = 0;
  for (guint i = 0; i < OVERVIEW_MONTHS; i++) {
    highest = MAX(highest, months->counts[i]);
    all += months->counts[i];
  }
  page_add_heading(page->root, 2, "Expiries of the next 12 months");
  cmark_node *text = page_add_paragraph(page->root);
  g_autofree char *count = page_count(all, "certificate");
  page_add_format(text, "%s. Day by day: ", count);
  page_add_text(page_add_link(page, text, "calendar/index"), "Calendar");
  page_add_text(text, ".");
  cmark_node *list = page_add_list(page_add_mark(page->root, &mark_chart));
  for (guint i = 0; i < OVERVIEW_MONTHS; i++)
    add_month(page, list, months->first + i, months->counts[i], highest);
}

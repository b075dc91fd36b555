/* The calendar of expiries: a page for each month that has any, and pages for each day that has
 * too many for the page of its month. What the calendar's files share. */
#ifndef CERTDROP_REPORTS_CALENDAR_H
#define CERTDROP_REPORTS_CALENDAR_H

#include "reports/table.h"
#include "reports/writer.h"

/* How many certificates of a day the page of its month shows, and how many a page of a day. */
#define CALENDAR_MONTH_ROWS 5
#define CALENDAR_DAY_ROWS 100

/* Writes the page of MONTH (base/month.h), or removes it where nothing runs out any more. */
gboolean calendar_write_month(Writer *writer, const ReportsContext *context, gint64 month,
                              GError **error);

/* Writes the pages of DAY, on which COUNT certificates run out, from that on which the
 * certificate FIRST (from 0) of the day stands; or removes them where the page of the month shows
 * all of it. */
gboolean calendar_write_day(Writer *writer, const ReportsContext *context, gint64 day, gint64 count,
                            gint64 first, GError **error);

/* Whether a day on which COUNT certificates run out has the page NUMBER, from 1. */
gboolean calendar_day_has_page(gint64 count, gint64 number);
/* How many certificates run out on DAY. */
gboolean calendar_count_day(Ledger *ledger, gint64 day, gint64 *ret_count, GError **error);

/* A table of certificates that run out, and one of them, whose first cell says when. */
Table calendar_table_new(cmark_node *parent, const char *label);
void calendar_add_row(const Page *page, Table *table, const LedgerCertificate *certificate,
                      const char *when);

#endif

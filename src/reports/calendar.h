/* The calendar of expiries: a page for each month that has any, and one for each day that has
 * too many for the page of its month. What the calendar's files share. */
#ifndef CERTDROP_REPORTS_CALENDAR_H
#define CERTDROP_REPORTS_CALENDAR_H

#include "reports/table.h"
#include "reports/writer.h"

/* How many certificates of a day the page of its month shows. */
#define CALENDAR_MONTH_ROWS 5

/* Writes the page of MONTH (base/month.h), or removes it where nothing runs out any more. */
gboolean calendar_write_month(Writer *writer, const ReportsContext *context, gint64 month,
                              GError **error);

/* Writes the page of DAY, on which COUNT certificates run out, or removes it where the page of the
 * month shows all of it. */
gboolean calendar_write_day(Writer *writer, const ReportsContext *context, gint64 day, gint64 count,
                            GError **error);

/* How many certificates run out on DAY. */
gboolean calendar_count_day(Ledger *ledger, gint64 day, gint64 *ret_count, GError **error);

/* A table of certificates that run out, and one of them, whose first cell says when. */
Table calendar_table_new(cmark_node *parent, const char *label);
void calendar_add_row(const Page *page, Table *table, const LedgerCertificate *certificate,
                      const char *when);

#endif

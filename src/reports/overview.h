/* The pages that every run writes, because they speak of all there is or of
 * what may have changed beside the ledger. */
#ifndef CERTDROP_REPORTS_OVERVIEW_H
#define CERTDROP_REPORTS_OVERVIEW_H

#include "reports/writer.h"

gboolean overview_write(Writer *writer, const ReportsContext *context, GError **error);
gboolean purchase_write(Writer *writer, const ReportsContext *context, GError **error);
/* The index of the kinds of document, and a page for each. */
gboolean documents_write(Writer *writer, const ReportsContext *context, GError **error);

/* ---- What its parts in files of their own share ---- */

/* "less than a day", "1 day", "20 days": whole days between two moments. */
void overview_add_days(cmark_node *parent, gint64 from, gint64 to);

/* A panel among PANELS, headed "TITLE: COUNT". */
cmark_node *overview_add_panel(cmark_node *panels, const char *title, gint64 count);

/* Deployments that fail: COUNT in all, the first of them in FAILING. */
void overview_add_failing_deployments(const Page *page, cmark_node *panels,
                                      const GPtrArray *failing, gint64 count, gint64 now);

#endif

/* What leaves beside the pages, on the overview: mail that could not be sent, and the feeds. */
#ifndef CERTDROP_REPORTS_OVERVIEW_FEEDS_H
#define CERTDROP_REPORTS_OVERVIEW_FEEDS_H

#include "reports/page.h"
#include "reports/reports.h"

/* FAILING: the first messages that fail (LedgerFailingMail), COUNT all of them. */
void overview_add_mail(const Page *page, cmark_node *panels, const GPtrArray *failing,
                       gint64 count);
void overview_add_feeds(const Page *page);

#endif

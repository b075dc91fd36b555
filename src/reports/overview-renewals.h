/* Renewals that need a hand, on the overview. */
#ifndef CERTDROP_REPORTS_OVERVIEW_RENEWALS_H
#define CERTDROP_REPORTS_OVERVIEW_RENEWALS_H

#include "reports/page.h"
#include "reports/reports.h"

typedef struct {
  GPtrArray *failing; /* LedgerCertificate */
  gint64 failing_count;
  GPtrArray *to_review;
  gint64 to_review_count;
  GPtrArray *unattended; /* those that run out soon, and nothing renews them */
  gint64 unattended_count;
} OverviewRenewals;

gboolean overview_read_renewals(Ledger *ledger, OverviewRenewals *renewals, gint64 now,
                                GError **error);
void overview_renewals_clear(OverviewRenewals *renewals);
void overview_add_renewals(const Page *page, cmark_node *panels, const OverviewRenewals *renewals,
                           gint64 now);

#endif

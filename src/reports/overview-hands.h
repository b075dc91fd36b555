/* What needs a hand today, on the overview. */
#ifndef CERTDROP_REPORTS_OVERVIEW_HANDS_H
#define CERTDROP_REPORTS_OVERVIEW_HANDS_H

#include "reports/overview-renewals.h"

/* The statuses in which a certificate waits for somebody. */
#define OVERVIEW_HANDS 4

typedef struct {
  GPtrArray *certificates[OVERVIEW_HANDS]; /* CertificateModel: the first of each */
  gint64 counts[LIFECYCLE_STATUS_N];
  GPtrArray *waiting; /* LedgerFile */
  gint64 waiting_count;
  GPtrArray *rejected; /* LedgerFile */
  OverviewRenewals renewals;
  GPtrArray *failing; /* LedgerDeployment */
  gint64 failing_count;
  GPtrArray *mail; /* LedgerMail: that fails */
  gint64 mail_count;
} OverviewHands;

gboolean overview_read_hands(Ledger *ledger, OverviewHands *hands, gint64 now, GError **error);
void overview_hands_clear(OverviewHands *hands);
void overview_add_hands(const Page *page, const OverviewHands *hands, gint64 now);

#endif

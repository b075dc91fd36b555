/* What runs out in the next twelve months, as a chart on the overview. */
#ifndef CERTDROP_REPORTS_OVERVIEW_MONTHS_H
#define CERTDROP_REPORTS_OVERVIEW_MONTHS_H

#include "ledger/ledger.h"
#include "reports/page.h"

#define OVERVIEW_MONTHS 12

typedef struct {
  gint64 first; /* month (base/month.h) */
  gint64 counts[OVERVIEW_MONTHS];
} OverviewMonths;

/* Those from NOW on: of the present month what is left of it. */
gboolean overview_read_months(Ledger *ledger, gint64 now, OverviewMonths *ret_months,
                              GError **error);
void overview_add_months(const Page *page, const OverviewMonths *months);

#endif

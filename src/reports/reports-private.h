/* What refresh.c and sweep.c share. */
#ifndef CERTDROP_REPORTS_PRIVATE_H
#define CERTDROP_REPORTS_PRIVATE_H

#include "reports/lists.h"

/* Removes the pages that have no more reason: of blocks with nothing to show,
 * of certificates and kinds that are not known, and what a killed run left. */
gboolean reports_sweep(const ReportsContext *context, const ReportsList lists[REPORTS_LIST_N],
                       GError **error);

#endif

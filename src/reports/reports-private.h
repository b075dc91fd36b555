/* What refresh.c and sweep.c share. */
#ifndef CERTDROP_REPORTS_PRIVATE_H
#define CERTDROP_REPORTS_PRIVATE_H

#include "reports/lists.h"

/* Pages that are not lists of all there is: a folder whose pages are cut by what they show. */
typedef struct {
  const char *folder;
  /* Writes those that STALE (LedgerStale) touches, or, where it is NULL, all of them; and its
   * index, in any case. */
  gboolean (*write)(Writer *writer, const ReportsContext *context, const GPtrArray *stale,
                    GError **error);
  /* Whether the page NAME of the folder has a reason to be there. */
  gboolean (*has_reason)(const ReportsContext *context, const char *name, gboolean *ret_reason,
                         GError **error);
} ReportsView;

#define REPORTS_VIEW_N 3
extern const ReportsView *const reports_views[REPORTS_VIEW_N];

extern const ReportsView calendar_view;
extern const ReportsView deployments_view;
extern const ReportsView spending_view;

/* Removes the pages that have no more reason: of blocks with nothing to show,
 * of certificates and kinds that are not known, and what a killed run left. */
gboolean reports_sweep(const ReportsContext *context, const ReportsList lists[REPORTS_LIST_N],
                       GError **error);

#endif

/* The pages that every run writes, because they speak of all there is or of
 * what may have changed beside the ledger. */
#ifndef CERTDROP_REPORTS_OVERVIEW_H
#define CERTDROP_REPORTS_OVERVIEW_H

#include "reports/writer.h"

gboolean overview_write(Writer *writer, const ReportsContext *context, GError **error);
gboolean purchase_write(Writer *writer, const ReportsContext *context, GError **error);
/* The index of the kinds of document, and a page for each. */
gboolean documents_write(Writer *writer, const ReportsContext *context, GError **error);

#endif

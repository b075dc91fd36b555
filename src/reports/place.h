/* A place of deployment, a product in a region, on pages of its own. */
#ifndef CERTDROP_REPORTS_PLACE_H
#define CERTDROP_REPORTS_PLACE_H

#include "reports/writer.h"

/* The name of its newest page: "slb@cn-hangzhou", "cdn@_" where the product has no regions. */
char *place_page_name(const char *product, const char *region);

/* Writes the page of BLOCK (as lists.h has blocks), or removes it where nothing is left there,
 * and writes its neighbours. */
gboolean place_write_block(Writer *writer, const ReportsContext *context, const char *product,
                           const char *region, gint64 block, GError **error);

/* Whether the page NAME has a reason to be there. */
gboolean place_has_reason(const ReportsContext *context, const char *name, gboolean *ret_reason,
                          GError **error);

#endif

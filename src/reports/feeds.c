#include "reports/feed.h"

static const FeedLinesKind *const kinds[] = {
    &feed_certificates_csv, &feed_certificates_json, &feed_requests_csv,
    &feed_metrics,          &feed_calendar,
};

static gboolean (*const shorts[])(const ReportsContext *context, guint *written, GError **error) = {
    feed_write_activity,
};

gboolean feeds_write(const ReportsContext *context, const GPtrArray *stale, guint *written,
                     GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
    if (!feed_lines_write(kinds[i], context, stale, written, error))
      return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(shorts); i++)
    if (!shorts[i](context, written, error))
      return FALSE;
  return TRUE;
}

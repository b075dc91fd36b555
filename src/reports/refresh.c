/* Which pages are written: those of stale topics, or all. */
#include "base/file.h"
#include "reports/certificate.h"
#include "reports/feed.h"
#include "reports/frame.h"
#include "reports/incoming.h"
#include "reports/overview.h"
#include "reports/reports-private.h"
#include "reports/search-shards.h"
#include "reports/search.h"

static gboolean assets_write(Writer *writer, const ReportsContext *context, GError **error)
{
  (void)writer;
  for (FrameFile file = 1; file < FRAME_FILE_N; file++) {
    gsize length;
    const void *bytes = g_bytes_get_data(frame_file(file), &length);
    g_autofree char *path = g_strconcat("reports/", frame_files[file], NULL);
    if (!file_replace(context->root, path, bytes, length, 0644, NULL, error))
      return FALSE;
  }
  return TRUE;
}

/* Pages that every run writes. */
static gboolean (*const standing[])(Writer *writer, const ReportsContext *context,
                                    GError **error) = {
    assets_write, overview_write, waiting_write, purchase_write, documents_write, search_write_page,
};

const ReportsView *const reports_views[REPORTS_VIEW_N] = {
    &deployments_view,
    &calendar_view,
    &spending_view,
};

static gboolean reports_write_views(Writer *writer, const ReportsContext *context,
                                    const GPtrArray *stale, GError **error)
{
  for (guint i = 0; i < REPORTS_VIEW_N; i++)
    if (!reports_views[i]->write(writer, context, stale, error))
      return FALSE;
  return TRUE;
}

static gboolean reports_make_folder(const ReportsContext *context, const char *name, GError **error)
{
  g_autofree char *folder = g_strconcat("reports/", name, NULL);
  return file_make_folder(context->root, folder, 0755, error);
}

static gboolean reports_make_folders(const ReportsContext *context, const ReportsList *lists,
                                     GError **error)
{
  static const char *const folders[] = {"reports", "reports/certificate", "reports/request",
                                        "reports/status", SEARCH_FOLDER};
  for (guint i = 0; i < G_N_ELEMENTS(folders); i++)
    if (!file_make_folder(context->root, folders[i], 0755, error))
      return FALSE;
  for (guint i = 0; i < REPORTS_LIST_N; i++)
    if (!reports_make_folder(context, lists[i].folder, error))
      return FALSE;
  for (guint i = 0; i < REPORTS_VIEW_N; i++)
    if (!reports_make_folder(context, reports_views[i]->folder, error))
      return FALSE;
  return TRUE;
}

static gboolean reports_write_standing(Writer *writer, const ReportsContext *context,
                                       const ReportsList *lists, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS(standing); i++)
    if (!standing[i](writer, context, error))
      return FALSE;
  for (guint i = 0; i < REPORTS_LIST_N; i++)
    if (!reports_write_empty_list(writer, context, &lists[i], error))
      return FALSE;
  return TRUE;
}

/* Writes what STALE touches of LIST, each block once. */
static gboolean reports_refresh_list(Writer *writer, const ReportsContext *context,
                                     const ReportsList *list, const GPtrArray *stale,
                                     GError **error)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  for (guint i = 0; i < stale->len; i++) {
    gint64 block = -1;
    if (reports_list_is_stale(list, g_ptr_array_index(stale, i), &block) &&
        g_hash_table_add(seen, g_memdup2(&block, sizeof block)) &&
        !reports_write_block(writer, context, list, block, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean reports_write_stale(Writer *writer, const ReportsContext *context, Search *search,
                                    const ReportsList *lists, const GPtrArray *stale,
                                    GError **error)
{
  for (guint i = 0; i < stale->len; i++) {
    const LedgerStale *topic = g_ptr_array_index(stale, i);
    if (topic->topic == LEDGER_STALE_CERTIFICATE &&
        !certificate_write(writer, context, search, topic->key, error))
      return FALSE;
  }
  for (guint i = 0; i < REPORTS_LIST_N; i++)
    if (!reports_refresh_list(writer, context, &lists[i], stale, error))
      return FALSE;
  return reports_write_views(writer, context, stale, error) &&
         reports_write_standing(writer, context, lists, error);
}

gboolean reports_refresh(const ReportsContext *context, GPtrArray *stale, guint *ret_written,
                         GError **error)
{
  ReportsList lists[REPORTS_LIST_N];
  reports_make_lists(lists);
  if (!reports_make_folders(context, lists, error))
    return FALSE;
  g_autoptr(Writer) writer = writer_new(context, error);
  g_autoptr(Search) search = search_new(context, FALSE);
  g_autoptr(Feeds) feeds = NULL;
  guint pages = 0, others = 0;
  if (writer == NULL || (feeds = feeds_begin(context, stale, error)) == NULL ||
      !reports_write_stale(writer, context, search, lists, stale, error) ||
      !search_finish(search, &others, error) || !writer_finish(writer, &pages, error) ||
      !feeds_finish(feeds, &others, error))
    return FALSE;
  if (ret_written != NULL)
    *ret_written = pages + others;
  return TRUE;
}

/* Goes over the blocks of LIST from the newest on. */
static gboolean reports_write_list(Writer *writer, const ReportsContext *context,
                                   const ReportsList *list, GError **error)
{
  gint64 block = G_MAXINT64;
  if (list->status != 0)
    return reports_write_block(writer, context, list, 0, error);
  while (list->next(context->ledger, list, block, -1, &block, error)) {
    if (block < 0)
      return TRUE;
    if (!reports_write_block(writer, context, list, block, error))
      return FALSE;
  }
  return FALSE;
}

/* The pages of all certificates, deleted ones too. */
static gboolean reports_write_certificates(Writer *writer, const ReportsContext *context,
                                           Search *search, GError **error)
{
  for (gint64 block = 0;; block++) {
    g_autoptr(GPtrArray) rows =
        ledger_certificates_in_block(context->ledger, block, LEDGER_DELETED_TOO, error);
    if (rows == NULL || rows->len == 0)
      return rows != NULL;
    for (guint i = 0; i < rows->len; i++) {
      const LedgerCertificate *certificate = g_ptr_array_index(rows, i);
      if (!certificate_write(writer, context, search, certificate->id, error))
        return FALSE;
    }
  }
}

static gboolean reports_write_all(Writer *writer, const ReportsContext *context, Search *search,
                                  const ReportsList *lists, GError **error)
{
  for (guint i = 0; i < REPORTS_LIST_N; i++)
    if (!reports_write_list(writer, context, &lists[i], error))
      return FALSE;
  return reports_write_certificates(writer, context, search, error) &&
         reports_write_views(writer, context, NULL, error) &&
         reports_write_standing(writer, context, lists, error);
}

gboolean reports_make_all(const ReportsContext *context, guint *ret_written, GError **error)
{
  ReportsList lists[REPORTS_LIST_N];
  reports_make_lists(lists);
  if (!reports_make_folders(context, lists, error))
    return FALSE;
  g_autoptr(Writer) writer = writer_new(context, error);
  g_autoptr(Search) search = search_new(context, TRUE);
  g_autoptr(Feeds) feeds = NULL;
  guint pages = 0, others = 0;
  if (writer == NULL || (feeds = feeds_begin(context, NULL, error)) == NULL ||
      !reports_write_all(writer, context, search, lists, error) ||
      !search_finish(search, &others, error) || !writer_finish(writer, &pages, error) ||
      !feeds_finish(feeds, &others, error) || !reports_sweep(context, lists, error))
    return FALSE;
  if (ret_written != NULL)
    *ret_written = pages + others;
  return TRUE;
}

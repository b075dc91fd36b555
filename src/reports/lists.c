#include "reports/lists.h"

#include <string.h>

static GPtrArray *certificates_read(Ledger *ledger, const ReportsList *list, gint64 block,
                                    GError **error)
{
  return ledger_certificates_in_block(ledger, block, list->statuses, error);
}

static gboolean certificates_next(Ledger *ledger, const ReportsList *list, gint64 block,
                                  int direction, gint64 *ret_block, GError **error)
{
  return ledger_next_block(ledger, block, direction, list->statuses, ret_block, error);
}

static gboolean files_next(Ledger *ledger, const ReportsList *list, gint64 block, int direction,
                           gint64 *ret_block, GError **error)
{
  (void)list;
  return ledger_next_file_block(ledger, block, direction, ret_block, error);
}

static gboolean log_next(Ledger *ledger, const ReportsList *list, gint64 block, int direction,
                         gint64 *ret_block, GError **error)
{
  (void)list;
  return ledger_next_log_block(ledger, block, direction, ret_block, error);
}

void reports_make_lists(ReportsList lists[REPORTS_LIST_N])
{
  guint n = 0;
  lists[n++] = (ReportsList){
      "list", 0, 0, LEDGER_STALE_BLOCK, list_build, certificates_read, certificates_next};
  lists[n++] = (ReportsList){"unissued",
                             0,
                             lifecycle_unissued_statuses(),
                             LEDGER_STALE_BLOCK,
                             unissued_build,
                             certificates_read,
                             certificates_next};
  lists[n++] = (ReportsList){"incoming",    0,         0, LEDGER_STALE_FILES, incoming_build,
                             incoming_read, files_next};
  lists[n++] =
      (ReportsList){"activity", 0, 0, LEDGER_STALE_LOG, activity_build, activity_read, log_next};
  for (LifecycleStatus status = 1; status < LIFECYCLE_STATUS_N; status++) {
    lists[n] = (ReportsList){"",
                             status,
                             1u << status,
                             LEDGER_STALE_BLOCK,
                             list_build,
                             certificates_read,
                             certificates_next};
    g_snprintf(lists[n++].folder, sizeof lists->folder, "status/%s",
               lifecycle_statuses[status].name);
  }
  g_assert(n == REPORTS_LIST_N);
}

gboolean reports_list_is_stale(const ReportsList *list, const LedgerStale *stale, gint64 *ret_block)
{
  if (stale->topic != list->topic)
    return FALSE;
  *ret_block = 0;
  if (list->topic != LEDGER_STALE_BLOCK) {
    *ret_block = g_ascii_strtoll(stale->key, NULL, 10);
    return TRUE;
  }
  char *block = NULL;
  gint64 status = g_ascii_strtoll(stale->key, &block, 10);
  if (list->status == 0)
    *ret_block = g_ascii_strtoll(block, NULL, 10);
  return list->statuses == 0 ? status == 0 : (list->statuses & (1u << status)) != 0;
}

static Page *list_model_build(const ReportsContext *context, gconstpointer data)
{
  const ListModel *model = data;
  return model->list->build(context, model);
}

static void list_model_free(gpointer data)
{
  ListModel *model = data;
  g_ptr_array_unref(model->rows);
  g_clear_pointer(&model->others, g_array_unref);
  g_free(model);
}

static const PageKind list_page = {list_model_build, list_model_free};

/* Writes the page of ROWS (taken), which are not empty. */
static gboolean list_write(Writer *writer, const ReportsContext *context, const ReportsList *list,
                           gint64 block, GPtrArray *rows, GError **error)
{
  ListModel model = {list, block, -1, -1, rows, NULL};
  if (!list->next(context->ledger, list, block, -1, &model.older, error) ||
      !list->next(context->ledger, list, block, 1, &model.newer, error)) {
    g_ptr_array_unref(rows);
    return FALSE;
  }
  g_autofree char *path = g_strdup_printf("%s/%" G_GINT64_FORMAT, list->folder, block);
  g_autofree char *index = g_strdup_printf("%s/index", list->folder);
  writer_add(writer, &list_page, g_memdup2(&model, sizeof model), path,
             model.newer < 0 ? index : NULL);
  return TRUE;
}

/* Removes the page of a block with nothing to show; its neighbours led to it. */
static gboolean list_remove(Writer *writer, const ReportsContext *context, const ReportsList *list,
                            gint64 block, GError **error)
{
  for (int direction = -1; direction <= 1; direction += 2) {
    gint64 neighbour = -1;
    if (!list->next(context->ledger, list, block, direction, &neighbour, error))
      return FALSE;
    GPtrArray *rows =
        neighbour >= 0 ? list->read(context->ledger, list, neighbour, error) : g_ptr_array_new();
    if (rows == NULL)
      return FALSE;
    if (rows->len == 0)
      g_ptr_array_unref(rows);
    else if (!list_write(writer, context, list, neighbour, rows, error))
      return FALSE;
  }
  g_autofree char *path = g_strdup_printf("%s/%" G_GINT64_FORMAT, list->folder, block);
  return writer_remove_page(writer, path, error);
}

/* Where there is nothing to show, reports_write_empty_list() says so. */
static gboolean list_write_status(Writer *writer, const ReportsContext *context,
                                  const ReportsList *list, GError **error)
{
  GArray *others = NULL;
  GPtrArray *rows =
      ledger_newest_certificates(context->ledger, list->status, LIST_FIRST, &others, error);
  if (rows == NULL)
    return FALSE;
  g_autofree char *index = g_strdup_printf("%s/index", list->folder);
  const ListModel model = {list, rows->len > 0 ? 0 : -1, -1, -1, rows, others};
  writer_add(writer, &list_page, g_memdup2(&model, sizeof model), index, NULL);
  return TRUE;
}

gboolean reports_write_block(Writer *writer, const ReportsContext *context, const ReportsList *list,
                             gint64 block, GError **error)
{
  if (list->status != 0)
    return list_write_status(writer, context, list, error);
  GPtrArray *rows = list->read(context->ledger, list, block, error);
  if (rows == NULL)
    return FALSE;
  if (rows->len > 0)
    return list_write(writer, context, list, block, rows, error);
  g_ptr_array_unref(rows);
  return list_remove(writer, context, list, block, error);
}

gboolean reports_write_empty_list(Writer *writer, const ReportsContext *context,
                                  const ReportsList *list, GError **error)
{
  gint64 newest = -1;
  if (!list->next(context->ledger, list, G_MAXINT64, -1, &newest, error))
    return FALSE;
  if (newest >= 0)
    return TRUE;
  ListModel model = {list, -1, -1, -1, g_ptr_array_new(), NULL};
  g_autofree char *index = g_strdup_printf("%s/index", list->folder);
  writer_add(writer, &list_page, g_memdup2(&model, sizeof model), index, NULL);
  return TRUE;
}

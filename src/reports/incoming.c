/* What came in: files by block, and those that wait. */
#include "reports/incoming.h"

#include "base/clock.h"

/* How many waiting files their page lists. */
#define WAITING_FILES 200

GPtrArray *incoming_read(Ledger *ledger, const ReportsList *list, gint64 block, GError **error)
{
  (void)list;
  GPtrArray *files = ledger_files_in_block(ledger, block, error);
  return files != NULL ? incoming_read_items(ledger, files, error) : NULL;
}

static void incoming_add_rows(const Page *page, const GPtrArray *rows, const char *label)
{
  Table table = incoming_table_new(page->root, label);
  for (guint i = 0; i < rows->len; i++)
    incoming_add_row(page, &table, g_ptr_array_index(rows, i));
}

Page *incoming_build(const ReportsContext *context, const ListModel *model)
{
  (void)context;
  Page *page = list_begin_page(model, PAGE_VIEW_INCOMING, "Incoming files");
  cmark_node *bar = page_add_list(page_add_mark(page->root, &page_mark_bar));
  page_add_text(page_add_mark(page_add_item(bar), &page_mark_current), "All files");
  page_add_text(page_add_link(page, page_add_item(bar), "incoming/waiting"), "Waiting files");
  if (model->rows->len > 0) {
    list_add_filter(page, FALSE);
    incoming_add_rows(page, model->rows, "Incoming files");
  }
  list_end_page(page, model, "files");
  return page;
}

typedef struct {
  GPtrArray *rows; /* IncomingFile, oldest first */
  gint64 count;    /* of all that wait */
} WaitingModel;

static Page *waiting_build(const ReportsContext *context, gconstpointer data)
{
  const WaitingModel *model = data;
  Page *page = page_new(PAGE_VIEW_INCOMING, 1, "Waiting files");
  page_add_heading(page->root, 1, "Waiting files");
  cmark_node *bar = page_add_list(page_add_mark(page->root, &page_mark_bar));
  page_add_text(page_add_link(page, page_add_item(bar), "incoming/index"), "All files");
  page_add_text(page_add_mark(page_add_item(bar), &page_mark_current), "Waiting files");
  if (model->count == 0) {
    page_add_text(page_add_paragraph(page->root), "No file waits.");
    return page;
  }
  g_autofree char *hours = page_count(configuration_wait_hours(context->configuration), "hour");
  page_add_format(page_add_paragraph(page->root),
                  "These files name what another file has yet to bring. They lie in the inbox and "
                  "are tried again when it comes; after %s they are rejected.",
                  hours);
  incoming_add_rows(page, model->rows, "Waiting files");
  if (model->count > model->rows->len) {
    g_autofree char *more = page_count(model->count - model->rows->len, "more file");
    page_add_format(page_add_paragraph(page->root), "And %s.", more);
  }
  return page;
}

static void waiting_free(gpointer data)
{
  WaitingModel *model = data;
  g_ptr_array_unref(model->rows);
  g_free(model);
}

static const PageKind waiting_page = {waiting_build, waiting_free};

gboolean waiting_write(Writer *writer, const ReportsContext *context, GError **error)
{
  gint64 count = 0;
  GPtrArray *files = ledger_waiting_files(context->ledger, WAITING_FILES, &count, error);
  GPtrArray *rows = files != NULL ? incoming_read_items(context->ledger, files, error) : NULL;
  if (rows == NULL)
    return FALSE;
  const WaitingModel model = {rows, count};
  writer_add(writer, &waiting_page, g_memdup2(&model, sizeof model), "incoming/waiting", NULL);
  return TRUE;
}

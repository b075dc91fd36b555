/* The activity: the log, entry by entry, in blocks that stay what they are. */
#include "reports/certificate.h"
#include "reports/lists.h"
#include "reports/table.h"

static const TableColumn columns[] = {
    {"When", TABLE_SHORT}, {"What", TABLE_TEXT}, {"About", TABLE_TEXT}, {"By file", TABLE_TEXT}};

GPtrArray *activity_read(Ledger *ledger, const ReportsList *list, gint64 block, GError **error)
{
  (void)list;
  return ledger_entries_in_block(ledger, block, error);
}

/* An order and its certificates have entries of the same name: "paid". */
static gboolean is_of_certificate(const LedgerEntry *entry)
{
  return ids_is_renewal(entry->subject) || ids_has_position(entry->subject);
}

static void activity_add_row(const Page *page, Table *table, const LedgerEntry *entry)
{
  g_autofree char *path = history_page(entry);
  table_add_row(table);
  page_add_time(table_add_cell(table), entry->at);
  history_add_what(table_add_cell(table), entry, is_of_certificate(entry));
  cmark_node *cell = table_add_cell(table);
  page_add_code(path != NULL ? page_add_link(page, cell, path) : cell, entry->subject);
  table_add_text(table, entry->file != NULL ? entry->file : "--");
}

Page *activity_build(const ReportsContext *context, const ListModel *model)
{
  (void)context;
  Page *page = list_begin_page(model, PAGE_VIEW_ACTIVITY, "Activity");
  page_add_text(
      page_add_paragraph(page_add_mark(page->root, &page_mark_lead)),
      "What was done, when, and by which file: the log that cannot be changed unnoticed.");
  if (model->rows->len > 0) {
    list_add_filter(page, FALSE);
    Table table = table_new(page->root, "Activity", columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < model->rows->len; i++)
      activity_add_row(page, &table, g_ptr_array_index(model->rows, i));
  }
  list_end_page(page, model, "entries");
  return page;
}

/* The unissued area: what was bought or applied for, and when it is expected. */
#include "base/clock.h"
#include "reports/certificate.h"
#include "reports/lists.h"
#include "reports/table.h"

static const TableColumn columns[] = {
    {"Certificate", TABLE_TEXT}, {"Status", TABLE_SHORT},       {"Expected Issuance", TABLE_SHORT},
    {"Type", TABLE_TEXT},        {"Bound Domains", TABLE_TEXT}, {"Validity Period", TABLE_SHORT},
};

static void unissued_add_row(const Page *page, Table *table, const LedgerCertificate *certificate)
{
  table_add_row(table);
  cmark_node *cell = table_add_cell(table);
  page_add_certificate(page, cell, certificate->id);
  page_add_status(page, table_add_cell(table), certificate->status);
  certificate_add_expected(table_add_cell(table), certificate);
  certificate_add_product(table_add_cell(table), certificate);
  page_add_names(table_add_cell(table), certificate->names, 3);
  certificate_add_period(table_add_cell(table), certificate);
}

Page *unissued_build(const ReportsContext *context, const ListModel *model)
{
  (void)context;
  Page *page = list_begin_page(model, PAGE_VIEW_UNISSUED, "Unissued certificates");
  if (model->rows->len > 0) {
    list_add_filter(page, TRUE);
    Table table = table_new(page->root, "Unissued certificates", columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < model->rows->len; i++)
      unissued_add_row(page, &table, g_ptr_array_index(model->rows, i));
  }
  list_end_page(page, model, "certificates");
  return page;
}

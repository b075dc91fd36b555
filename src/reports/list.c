/* The list: the columns of the console, a certificate a row, or a card. */
#include "reports/certificate.h"
#include "reports/lists.h"
#include "reports/table.h"

static const TableColumn columns[] = {
    {"Certificate", TABLE_TEXT},   {"Status", TABLE_SHORT},
    {"Bound Domains", TABLE_TEXT}, {"Validity Period", TABLE_SHORT},
    {"Expiry On", TABLE_SHORT},    {"Deployed Products", TABLE_SHORT},
    {"Operate", TABLE_TEXT},
};

static void list_add_row(const Page *page, Table *table, const LedgerCertificate *certificate)
{
  table_add_row(table);
  cmark_node *cell = table_add_cell(table);
  page_add_certificate(page, cell, certificate->id);
  certificate_add_product(page_add_mark(cell, &page_mark_small), certificate);
  page_add_status(page, table_add_cell(table), certificate->status);
  page_add_names(table_add_cell(table), certificate->names, 3);
  certificate_add_period(table_add_cell(table), certificate);
  page_add_date(table_add_cell(table), certificate->not_after);
  certificate_add_deployed(table_add_cell(table), certificate);
  certificate_add_operations(page, table_add_cell(table), certificate);
}

Page *list_build(const ReportsContext *context, const ListModel *model)
{
  (void)context;
  LifecycleStatus status = model->list->status;
  g_autofree char *title =
      status == 0 ? g_strdup("Certificates")
                  : g_strdup_printf("Certificates: %s", lifecycle_statuses[status].label);
  Page *page = list_begin_page(model, PAGE_VIEW_CERTIFICATES, title);
  if (model->rows->len > 0) {
    list_add_filter(page, TRUE);
    Table table = table_new(page->root, "Certificates", columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < model->rows->len; i++)
      list_add_row(page, &table, g_ptr_array_index(model->rows, i));
  }
  list_end_page(page, model, "certificates");
  return page;
}

/* What happened to a certificate, from the log. */
#include "reports/certificate.h"
#include "reports/table.h"

static const TableColumn columns[] = {
    {"When", TABLE_SHORT}, {"What", TABLE_TEXT}, {"By file", TABLE_TEXT}};

/* A change of status by its label, anything else by the log's own word. */
static void history_add_what(cmark_node *cell, const LedgerEntry *entry, const char *certificate)
{
  LifecycleStatus status = lifecycle_status_from_name(entry->what);
  if (status != 0 && g_strcmp0(entry->subject, certificate) == 0)
    page_add_format(cell, "Status: %s", lifecycle_statuses[status].label);
  else
    page_add_format(cell, "%c%s", g_ascii_toupper(entry->what[0]),
                    entry->what[0] != '\0' ? entry->what + 1 : "");
  if (entry->text != NULL)
    page_add_text(page_add_mark(cell, &page_mark_small), entry->text);
}

void certificate_add_history(cmark_node *parent, const char *certificate, const GPtrArray *history)
{
  Table table = table_new(parent, "History", columns, G_N_ELEMENTS(columns));
  for (guint i = 0; i < history->len; i++) {
    const LedgerEntry *entry = g_ptr_array_index(history, i);
    table_add_row(&table);
    page_add_time(table_add_cell(&table), entry->at);
    history_add_what(table_add_cell(&table), entry, certificate);
    table_add_text(&table, entry->file != NULL ? entry->file : "--");
  }
}

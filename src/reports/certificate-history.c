/* What happened to a certificate, from the log. */
#include <string.h>

#include "reports/certificate.h"
#include "reports/table.h"

/* How much of an entry's words a page shows: what a command said may be long. */
#define HISTORY_CHARACTERS 250

static const TableColumn columns[] = {
    {"When", TABLE_SHORT}, {"What", TABLE_TEXT}, {"By file", TABLE_TEXT}};

void history_add_what(cmark_node *cell, const LedgerEntry *entry, gboolean of_certificate)
{
  LifecycleStatus status = lifecycle_status_from_name(entry->what);
  if (status != 0 && of_certificate)
    page_add_format(cell, "Status: %s", lifecycle_statuses[status].label);
  else
    page_add_format(cell, "%c%s", g_ascii_toupper(entry->what[0]),
                    entry->what[0] != '\0' ? entry->what + 1 : "");
  if (entry->text == NULL)
    return;
  cmark_node *small = page_add_mark(cell, &page_mark_small);
  gboolean whole = g_utf8_strlen(entry->text, -1) <= HISTORY_CHARACTERS;
  g_autofree char *text = g_utf8_substring(entry->text, 0, whole ? -1 : HISTORY_CHARACTERS);
  page_add_format(small, "%s%s", text, whole ? "" : " …");
}

char *history_page(const LedgerEntry *entry)
{
  if (strchr(entry->subject, '/') != NULL)
    return NULL;
  g_autofree char *id = ids_certificate_meant(entry->subject);
  return g_strconcat("certificate/", id, NULL);
}

void certificate_add_history(cmark_node *parent, const char *certificate, const GPtrArray *history)
{
  Table table = table_new(parent, "History", columns, G_N_ELEMENTS(columns));
  for (guint i = 0; i < history->len; i++) {
    const LedgerEntry *entry = g_ptr_array_index(history, i);
    table_add_row(&table);
    page_add_time(table_add_cell(&table), entry->at);
    history_add_what(table_add_cell(&table), entry, g_strcmp0(entry->subject, certificate) == 0);
    table_add_text(&table, entry->file != NULL ? entry->file : "--");
  }
}

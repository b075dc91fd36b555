/* One incoming file as a row: when, with what outcome, what it brought. */
#include "reports/incoming.h"

#include "base/text.h"

/* How many items, and reasons for each, a row shows. The others are counted;
 * the receipt and the error file have them all. */
#define INCOMING_ITEMS 3
#define INCOMING_FAULTS 3

static const TableColumn columns[] = {{"File", TABLE_TEXT},
                                      {"Outcome", TABLE_SHORT},
                                      {"When", TABLE_SHORT},
                                      {"What it brought", TABLE_TEXT}};

static const struct {
  const char *label;
  PageMark mark;
} outcomes[LEDGER_FILE_STATE_N] = {
    [LEDGER_FILE_WAITING] = {"Waiting", {FALSE, "<span class=\"badge waiting\">", "</span>", 0, 0}},
    [LEDGER_FILE_ACCEPTED] = {"Accepted",
                              {FALSE, "<span class=\"badge accepted\">", "</span>", 0, 0}},
    [LEDGER_FILE_REJECTED] = {"Rejected",
                              {FALSE, "<span class=\"badge rejected\">", "</span>", 0, 0}},
    [LEDGER_FILE_PARTLY] = {"Partly rejected",
                            {FALSE, "<span class=\"badge rejected\">", "</span>", 0, 0}},
};

void incoming_file_free(gpointer row)
{
  IncomingFile *content = row;
  ledger_file_free(content->file);
  g_clear_pointer(&content->items, g_ptr_array_unref);
  g_free(content);
}

GPtrArray *incoming_read_items(Ledger *ledger, GPtrArray *files, GError **error)
{
  g_autoptr(GPtrArray) taken = files;
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(incoming_file_free);
  g_ptr_array_set_free_func(files, NULL);
  for (guint i = 0; i < files->len; i++) {
    IncomingFile *row = g_new0(IncomingFile, 1);
    row->file = g_ptr_array_index(files, i);
    g_ptr_array_add(rows, row);
  }
  for (guint i = 0; i < rows->len; i++) {
    IncomingFile *row = g_ptr_array_index(rows, i);
    gint64 rejected = 0;
    row->items = ledger_items_of_file(ledger, row->file->number, 0, INCOMING_ITEMS, error);
    if (row->items == NULL)
      return NULL;
    row->count = row->items->len;
    if (row->count == INCOMING_ITEMS &&
        !ledger_count_items(ledger, row->file->number, &row->count, &rejected, error))
      return NULL;
  }
  return g_steal_pointer(&rows);
}

Table incoming_table_new(cmark_node *parent, const char *label)
{
  return table_new(parent, label, columns, G_N_ELEMENTS(columns));
}

/* The place, what is wrong, and its code: "line 7, payment: … (payment-amount)". */
static void incoming_add_fault(cmark_node *cell, const char *what, const Fault *fault)
{
  page_add_break(cell);
  page_add_text(cell, what);
  if (fault->line > 0)
    page_add_format(cell, "line %" G_GINT64_FORMAT, fault->line);
  if (fault->element != NULL)
    page_add_format(cell, "%s%s", fault->line > 0 ? ", " : "", fault->element);
  page_add_format(cell, "%s%s ", fault->line > 0 || fault->element != NULL ? ": " : "",
                  fault->text);
  page_add_text(cell, "(");
  page_add_code(cell, fault->code);
  page_add_text(cell, ")");
}

/* WHAT is said before each: nothing, or that it is a warning. */
static void incoming_add_faults(cmark_node *cell, const char *what, const GPtrArray *faults)
{
  guint count = faults != NULL ? faults->len : 0;
  for (guint i = 0; i < MIN(count, INCOMING_FAULTS); i++)
    incoming_add_fault(cell, what, g_ptr_array_index(faults, i));
  if (count > INCOMING_FAULTS) {
    page_add_break(cell);
    page_add_format(cell, "and %u more", count - INCOMING_FAULTS);
  }
}

static const char *const item_words[LIFECYCLE_OUTCOME_N] = {
    [LIFECYCLE_OUTCOME_ACCEPTED] = "accepted",
    [LIFECYCLE_OUTCOME_REJECTED] = "rejected",
    [LIFECYCLE_OUTCOME_WAITING] = "waiting",
};

static void incoming_add_item(const Page *page, cmark_node *cell, const LedgerItem *item)
{
  page_add_text(cell, item->kind != 0 ? request_kinds[item->kind].title : "Not known");
  if (item->ref != NULL) {
    page_add_text(cell, " ");
    page_add_code(cell, item->ref);
  }
  page_add_format(cell, " %s%s", item_words[item->outcome],
                  item->repeated ? " before, repeated" : "");
  if (item->outcome == LIFECYCLE_OUTCOME_ACCEPTED && item->subject != NULL) {
    g_autofree char *id = ids_certificate_meant(item->subject);
    page_add_text(cell, ": ");
    page_add_certificate(page, cell, id);
  }
  if (item->outcome == LIFECYCLE_OUTCOME_WAITING && item->waits_for != NULL) {
    page_add_text(cell, " for ");
    page_add_code(cell, item->waits_for);
  }
  incoming_add_faults(cell, "", item->faults);
  incoming_add_faults(cell, "warning: ", item->warnings);
}

static void incoming_add_items(const Page *page, cmark_node *cell, const IncomingFile *row)
{
  for (guint i = 0; i < row->items->len; i++) {
    if (i > 0)
      page_add_break(cell);
    incoming_add_item(page, cell, g_ptr_array_index(row->items, i));
  }
  if (row->count > row->items->len) {
    g_autofree char *more = page_count(row->count - row->items->len, "more item");
    page_add_break(cell);
    page_add_format(cell, "and %s", more);
  }
  if (row->file->faults != NULL && row->file->faults->len > 0) {
    page_add_text(cell, row->items->len > 0 ? " The file as a whole:" : "The file as a whole:");
    incoming_add_faults(cell, "", row->file->faults);
  }
  if (cmark_node_first_child(cell) == NULL)
    page_add_text(cell, "--");
}

cmark_node *incoming_add_reasons_link(const Page *page, cmark_node *parent, const LedgerFile *file)
{
  g_autofree char *name = text_number_file_name(file->name, file->name_number);
  g_autofree char *report = g_strdup_printf("inbox/rejected/%s.error.md", name);
  return page_add_file_link(page, parent, report);
}

/* The ways to the answers; a waiting file has none yet. */
static void incoming_add_answers(const Page *page, cmark_node *cell, const LedgerFile *file)
{
  if (file->state == LEDGER_FILE_WAITING)
    return;
  g_autofree char *name = text_number_file_name(file->name, file->name_number);
  g_autofree char *receipt = g_strdup_printf("outbox/receipts/%s.receipt.xml", name);
  page_add_text(cell, " ");
  cmark_node *note = page_add_mark(cell, &page_mark_note);
  page_add_text(page_add_file_link(page, note, receipt), "receipt");
  if (file->state == LEDGER_FILE_ACCEPTED)
    return;
  page_add_text(note, ", ");
  page_add_text(incoming_add_reasons_link(page, note, file), "what is wrong");
}

void incoming_add_row(const Page *page, Table *table, const IncomingFile *row)
{
  const LedgerFile *file = row->file;
  table_add_row(table);
  table_add_text(table, file->name);
  cmark_node *cell = table_add_cell(table);
  page_add_text(page_add_mark(cell, &outcomes[file->state].mark), outcomes[file->state].label);
  incoming_add_answers(page, cell, file);
  cell = table_add_cell(table);
  page_add_time(cell, file->decided != 0 ? file->decided : file->first_seen);
  incoming_add_items(page, table_add_cell(table), row);
}

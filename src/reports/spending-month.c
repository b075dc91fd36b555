/* What was spent in a month: what it adds up to, and entry by entry what makes it up. Entries
 * are only ever added, so that a page of a hundred, once full, stays what it is; the newest one
 * is that of the month, too. */
#include <string.h>

#include "base/clock.h"
#include "base/month.h"
#include "base/text.h"
#include "reports/certificate.h"
#include "reports/spending.h"

const char *const spending_labels[LEDGER_SPENDING_N] = {
    [LEDGER_SPENDING_ORDER] = "Order",
    [LEDGER_SPENDING_RENEWAL] = "Renewal",
    [LEDGER_SPENDING_AUTOMATIC] = "Renewal, counts as paid",
    [LEDGER_SPENDING_REFUND] = "Refund",
};

typedef struct {
  gint64 month;
  gint64 page;     /* from 0 */
  gboolean newest; /* the last page of the month */
  GPtrArray *days; /* LedgerSpendingDay; NULL unless it is the newest */
  GPtrArray *rows; /* LedgerSpending */
} SpendingModel;

static void spending_model_free(gpointer data)
{
  SpendingModel *model = data;
  if (model == NULL)
    return;
  g_clear_pointer(&model->days, g_ptr_array_unref);
  g_clear_pointer(&model->rows, g_ptr_array_unref);
  g_free(model);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SpendingModel, spending_model_free)

static char *about(const LedgerSpending *entry)
{
  return ids_certificate_meant(entry->certificate != NULL ? entry->certificate : entry->order);
}

/* ---- The page ---- */

static const TableColumn sum_columns[] = {
    {"What", TABLE_TEXT}, {"Entries", TABLE_NUMBER}, {"Amount", TABLE_NUMBER}};

static void add_sum(const Page *page, const SpendingSum *sum)
{
  g_autofree char *title = g_strdup_printf("In %s", sum->currency);
  page_add_heading(page->root, 2, title);
  Table table =
      table_new(page->root, "What the month adds up to", sum_columns, G_N_ELEMENTS(sum_columns));
  for (LedgerSpendingKind kind = 1; kind < LEDGER_SPENDING_N; kind++) {
    if (sum->entries[kind] == 0)
      continue;
    table_add_row(&table);
    table_add_text(&table, spending_labels[kind]);
    table_add_number(&table, sum->entries[kind]);
    spending_add_money(&table,
                       kind == LEDGER_SPENDING_REFUND ? -sum->amounts[kind] : sum->amounts[kind]);
  }
  table_add_row(&table);
  page_add_strong(table_add_cell(&table), "Together");
  table_add_text(&table, "");
  spending_add_money(&table, spending_balance(sum));
}

static const TableColumn columns[] = {{"When", TABLE_SHORT},    {"What", TABLE_SHORT},
                                      {"For", TABLE_TEXT},      {"Payment", TABLE_TEXT},
                                      {"Amount", TABLE_NUMBER}, {"Currency", TABLE_SHORT},
                                      {"By file", TABLE_TEXT}};

static void add_row(const Page *page, Table *table, const LedgerSpending *entry)
{
  gboolean refund = entry->kind == LEDGER_SPENDING_REFUND;
  g_autofree char *certificate = about(entry);
  table_add_row(table);
  page_add_time(table_add_cell(table), entry->at);
  table_add_text(table, spending_labels[entry->kind]);
  cmark_node *cell = table_add_cell(table);
  page_add_code(page_add_link_in(page, cell, "certificate", certificate),
                entry->certificate != NULL ? entry->certificate : entry->order);
  table_add_text(table, entry->reference != NULL ? entry->reference : "--");
  spending_add_money(table, refund ? -entry->amount : entry->amount);
  table_add_text(table, entry->currency);
  table_add_text(table, entry->file != NULL ? entry->file : "--");
}

/* "2026-11-1": the address that stays. */
static char *page_path(gint64 month, gint64 page)
{
  g_autofree char *name = month_name(month);
  return g_strdup_printf("spending/%s-%" G_GINT64_FORMAT, name, page + 1);
}

static void add_ways(const Page *page, const SpendingModel *model)
{
  g_autofree char *own = page_path(model->month, model->page);
  cmark_node *text = page_add_paragraph(page->root);
  page_add_text(page_add_link(page, text, own), "This page");
  page_add_format(text,
                  " has the entries %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                  " of the month, the newest first.",
                  model->page * LEDGER_BLOCK_SIZE + 1,
                  model->page * LEDGER_BLOCK_SIZE + (gint64)model->rows->len);
  if (model->newest && model->page == 0)
    return;
  cmark_node *list = page_add_list(page_add_mark(page->root, &page_mark_bar));
  if (!model->newest) {
    g_autofree char *newer = page_path(model->month, model->page + 1);
    page_add_text(page_add_link(page, page_add_item(list), newer), "Newer");
  }
  if (model->page > 0) {
    g_autofree char *older = page_path(model->month, model->page - 1);
    page_add_text(page_add_link(page, page_add_item(list), older), "Older");
  }
}

static Page *month_build(const ReportsContext *context, gconstpointer data)
{
  (void)context;
  const SpendingModel *model = data;
  g_autofree char *title = month_title(model->month);
  g_autofree char *window = g_strdup_printf("Spending: %s", title);
  Page *page = page_new(PAGE_VIEW_SPENDING, 1, window);
  page_add_heading(page->root, 1, title);
  cmark_node *bar = page_add_list(page_add_mark(page->root, &page_mark_bar));
  page_add_text(page_add_link(page, page_add_item(bar), "spending/index"), "All months");
  g_autoptr(GArray) sums =
      model->days != NULL ? spending_sum(model->days, 0, model->days->len) : NULL;
  for (guint i = 0; sums != NULL && i < sums->len; i++)
    add_sum(page, &g_array_index(sums, SpendingSum, i));
  page_add_heading(page->root, 2, "Entries");
  Table table = table_new(page->root, "Entries", columns, G_N_ELEMENTS(columns));
  for (guint i = 0; i < model->rows->len; i++)
    add_row(page, &table, g_ptr_array_index(model->rows, i));
  add_ways(page, model);
  return page;
}

static const PageKind month_page = {month_build, spending_model_free};

/* ---- Which pages ---- */

/* The numbers of the entries of a month: FIRST up to, not including, END. */
typedef struct {
  gint64 first;
  gint64 end;
} Range;

static gboolean read_range(Ledger *ledger, gint64 month, Range *ret_range, GError **error)
{
  return ledger_first_spending(ledger, month_first_day(month) * CLOCK_DAY, &ret_range->first,
                               error) &&
         ledger_first_spending(ledger, month_first_day(month + 1) * CLOCK_DAY, &ret_range->end,
                               error);
}

static gboolean read_page(Ledger *ledger, SpendingModel *model, const Range *range, GError **error)
{
  gint64 first = range->first + model->page * LEDGER_BLOCK_SIZE;
  gint64 last = MIN(first + LEDGER_BLOCK_SIZE, range->end) - 1;
  model->newest = last == range->end - 1;
  model->rows = ledger_read_spending(ledger, first, last, error);
  if (model->rows == NULL)
    return FALSE;
  if (model->newest)
    model->days = ledger_spending_days(ledger, month_first_day(model->month),
                                       month_first_day(model->month + 1), error);
  return !model->newest || model->days != NULL;
}

static gboolean write_page(Writer *writer, const ReportsContext *context, gint64 month, gint64 page,
                           const Range *range, GError **error)
{
  g_autoptr(SpendingModel) model = g_new0(SpendingModel, 1);
  model->month = month;
  model->page = page;
  if (!read_page(context->ledger, model, range, error))
    return FALSE;
  g_autofree char *path = page_path(month, page);
  g_autofree char *name = month_name(month);
  g_autofree char *also = model->newest ? g_strconcat("spending/", name, NULL) : NULL;
  writer_add(writer, &month_page, g_steal_pointer(&model), path, also);
  return TRUE;
}

/* What the last entry needed, since the next one is of the same month, as a rule. */
typedef struct {
  gint64 month;
  Range range;
  GHashTable *pages; /* of months: that are written already */
} Writing;

static gboolean find_month(Ledger *ledger, gint64 number, Writing *writing, GError **error)
{
  gint64 at = 0;
  if (number >= writing->range.first && number < writing->range.end)
    return TRUE;
  if (!ledger_spending_time(ledger, number, &at, error))
    return FALSE;
  writing->month = month_of(at);
  return read_range(ledger, writing->month, &writing->range, error);
}

static gboolean write_once(Writer *writer, const ReportsContext *context, gint64 page,
                           Writing *writing, GError **error)
{
  return !g_hash_table_add(writing->pages, page_path(writing->month, page)) ||
         write_page(writer, context, writing->month, page, &writing->range, error);
}

gboolean spending_write_entries(Writer *writer, const ReportsContext *context,
                                const GPtrArray *stale, GError **error)
{
  g_autoptr(GHashTable) pages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  Writing writing = {-1, {0}, pages};
  for (guint i = 0; i < stale->len; i++) {
    const LedgerStale *topic = g_ptr_array_index(stale, i);
    gint64 number = g_ascii_strtoll(topic->key, NULL, 10);
    if (topic->topic != LEDGER_STALE_SPENDING)
      continue;
    if (!find_month(context->ledger, number, &writing, error))
      return FALSE;
    gint64 place = number - writing.range.first, page = place / LEDGER_BLOCK_SIZE;
    gboolean begins = page > 0 && place % LEDGER_BLOCK_SIZE == 0;
    if (!write_once(writer, context, page, &writing, error) ||
        (begins && !write_once(writer, context, page - 1, &writing, error)))
      return FALSE;
  }
  return TRUE;
}

gboolean spending_write_month(Writer *writer, const ReportsContext *context, gint64 month,
                              GError **error)
{
  Range range = {0};
  if (!read_range(context->ledger, month, &range, error))
    return FALSE;
  for (gint64 page = 0; range.first + page * LEDGER_BLOCK_SIZE < range.end; page++)
    if (!write_page(writer, context, month, page, &range, error))
      return FALSE;
  return TRUE;
}

/* NAME is that of a month, or of a page of it. */
gboolean spending_has_reason(const ReportsContext *context, const char *name, gboolean *ret_reason,
                             GError **error)
{
  const gsize month_length = strlen("2026-11");
  g_autofree char *begin = g_strndup(name, month_length);
  gint64 month = month_from_name(begin), page = 0;
  Range range = {0};
  *ret_reason = FALSE;
  if (month < 0)
    return TRUE;
  if (strlen(name) > month_length) {
    g_autofree char *path = NULL;
    page = g_ascii_strtoll(name + month_length + 1, NULL, 10) - 1;
    path = page_path(month, page);
    if (page < 0 || strcmp(path + strlen("spending/"), name) != 0)
      return TRUE;
  }
  if (!read_range(context->ledger, month, &range, error))
    return FALSE;
  *ret_reason = range.first + page * LEDGER_BLOCK_SIZE < range.end;
  return TRUE;
}

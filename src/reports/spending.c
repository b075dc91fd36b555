/* What was spent and what came back: the months and what they add up to, and which pages of
 * months are written. */
#include "reports/spending.h"

#include <string.h>

#include "base/clock.h"
#include "base/month.h"
#include "base/text.h"
#include "reports/reports-private.h"

typedef struct {
  GPtrArray *days; /* LedgerSpendingDay: all of them */
} SpendingIndex;

static void index_free(gpointer data)
{
  SpendingIndex *index = data;
  g_ptr_array_unref(index->days);
  g_free(index);
}

/* ---- Sums ---- */

static SpendingSum *sum_of(GArray *sums, const char *currency)
{
  for (guint i = 0; i < sums->len; i++) {
    SpendingSum *sum = &g_array_index(sums, SpendingSum, i);
    if (strcmp(sum->currency, currency) == 0)
      return sum;
  }
  const SpendingSum sum = {.currency = currency};
  g_array_append_val(sums, sum);
  return &g_array_index(sums, SpendingSum, sums->len - 1);
}

static int compare_sums(gconstpointer a, gconstpointer b)
{
  return strcmp(((const SpendingSum *)a)->currency, ((const SpendingSum *)b)->currency);
}

GArray *spending_sum(const GPtrArray *days, guint first, guint end)
{
  GArray *sums = g_array_new(FALSE, FALSE, sizeof(SpendingSum));
  for (guint i = first; i < end; i++) {
    const LedgerSpendingDay *day = g_ptr_array_index(days, i);
    SpendingSum *sum = sum_of(sums, day->currency);
    sum->entries[day->kind] += day->entries;
    sum->amounts[day->kind] += day->amount;
  }
  g_array_sort(sums, compare_sums);
  return sums;
}

gint64 spending_balance(const SpendingSum *sum)
{
  gint64 balance = -sum->amounts[LEDGER_SPENDING_REFUND];
  for (LedgerSpendingKind kind = 1; kind < LEDGER_SPENDING_REFUND; kind++)
    balance += sum->amounts[kind];
  return balance;
}

void spending_add_money(Table *table, gint64 amount)
{
  g_autofree char *whole = page_number((amount < 0 ? -amount : amount) / 100);
  gint64 cents = (amount < 0 ? -amount : amount) % 100;
  page_add_format(table_add_cell(table), "%s%s.%02d", amount < 0 ? "−" : "", whole, (int)cents);
}

/* ---- The entry page ---- */

static const TableColumn columns[] = {
    {"Month", TABLE_TEXT},     {"Orders", TABLE_NUMBER},   {"Renewals", TABLE_NUMBER},
    {"Refunds", TABLE_NUMBER}, {"Together", TABLE_NUMBER}, {"Currency", TABLE_SHORT},
};

static void add_sum(const Page *page, Table *table, gint64 month, const SpendingSum *sum)
{
  g_autofree char *name = month_name(month);
  g_autofree char *title = month_title(month);
  table_add_row(table);
  page_add_text(page_add_link_in(page, table_add_cell(table), "spending", name), title);
  spending_add_money(table, sum->amounts[LEDGER_SPENDING_ORDER]);
  spending_add_money(table, sum->amounts[LEDGER_SPENDING_RENEWAL] +
                                sum->amounts[LEDGER_SPENDING_AUTOMATIC]);
  spending_add_money(table, -sum->amounts[LEDGER_SPENDING_REFUND]);
  spending_add_money(table, spending_balance(sum));
  table_add_text(table, sum->currency);
}

static gint64 month_at(const GPtrArray *days, guint i)
{
  return month_of(((const LedgerSpendingDay *)g_ptr_array_index(days, i))->day * CLOCK_DAY);
}

/* The newest month first. */
static void add_months(const Page *page, const GPtrArray *days)
{
  Table table = table_new(page->root, "Months", columns, G_N_ELEMENTS(columns));
  for (guint end = days->len; end > 0;) {
    gint64 month = month_at(days, end - 1);
    guint first = end;
    while (first > 0 && month_at(days, first - 1) == month)
      first--;
    g_autoptr(GArray) sums = spending_sum(days, first, end);
    for (guint i = 0; i < sums->len; i++)
      add_sum(page, &table, month, &g_array_index(sums, SpendingSum, i));
    end = first;
  }
}

static Page *index_build(const ReportsContext *context, gconstpointer data)
{
  (void)context;
  const SpendingIndex *index = data;
  Page *page = page_new(PAGE_VIEW_SPENDING, 1, "Spending");
  page_add_heading(page->root, 1, "Spending");
  page_add_text(page_add_paragraph(page_add_mark(page->root, &page_mark_lead)),
                "Payments for orders and renewals, and what was paid back, by month. Each month "
                "leads to what makes it up.");
  if (index->days->len > 0)
    add_months(page, index->days);
  else
    page_add_text(page_add_paragraph(page->root), "Nothing was paid yet.");
  return page;
}

static const PageKind index_page = {index_build, index_free};

/* ---- Which pages ---- */

static gboolean write_all(Writer *writer, const ReportsContext *context, const GPtrArray *days,
                          GError **error)
{
  for (guint i = 0; i < days->len; i++)
    if ((i == 0 || month_at(days, i) != month_at(days, i - 1)) &&
        !spending_write_month(writer, context, month_at(days, i), error))
      return FALSE;
  return TRUE;
}

static gboolean spending_write(Writer *writer, const ReportsContext *context,
                               const GPtrArray *stale, GError **error)
{
  g_autoptr(GPtrArray) days = ledger_spending_days(context->ledger, G_MININT64, G_MAXINT64, error);
  if (days == NULL || (stale != NULL ? !spending_write_entries(writer, context, stale, error)
                                     : !write_all(writer, context, days, error)))
    return FALSE;
  const SpendingIndex index = {g_steal_pointer(&days)};
  writer_add(writer, &index_page, g_memdup2(&index, sizeof index), "spending/index", NULL);
  return TRUE;
}

const ReportsView spending_view = {"spending", spending_write, spending_has_reason};

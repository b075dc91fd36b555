/* What was spent, by month: what the entry page and the pages of months share. */
#ifndef CERTDROP_REPORTS_SPENDING_H
#define CERTDROP_REPORTS_SPENDING_H

#include "reports/table.h"
#include "reports/writer.h"

/* What days add up to, of a currency. */
typedef struct {
  const char *currency; /* borrowed from the days */
  gint64 entries[LEDGER_SPENDING_N];
  gint64 amounts[LEDGER_SPENDING_N];
} SpendingSum;

/* The sums of DAYS (LedgerSpendingDay) from index FIRST up to END, by currency: GArray of
 * SpendingSum. */
GArray *spending_sum(const GPtrArray *days, guint first, guint end);
/* What was spent less what came back. */
gint64 spending_balance(const SpendingSum *sum);
void spending_add_money(Table *table, gint64 amount);

/* The label of a kind, for a table. */
extern const char *const spending_labels[LEDGER_SPENDING_N];

/* Writes the pages that the entries in STALE (LedgerStale) stand on, and those before that lead
 * to one that begins. */
gboolean spending_write_entries(Writer *writer, const ReportsContext *context,
                                const GPtrArray *stale, GError **error);
/* Writes all pages of MONTH (base/month.h). */
gboolean spending_write_month(Writer *writer, const ReportsContext *context, gint64 month,
                              GError **error);
/* Whether the page NAME of a month has a reason to be there. */
gboolean spending_has_reason(const ReportsContext *context, const char *name, gboolean *ret_reason,
                             GError **error);

#endif

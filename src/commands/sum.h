/* What a file would do, for `check`: the preview of a batch. */
#ifndef CERTDROP_COMMANDS_SUM_H
#define CERTDROP_COMMANDS_SUM_H

#include <json-glib/json-glib.h>

#include "keeper/keeper.h"

/* Adds "price", "paid" and "refunded" of ITEM, each an amount with its currency or null. */
void sum_add_item(JsonBuilder *builder, const LedgerItem *item);

/* Adds "totals" of ITEMS (LedgerItem): how many of each thing, and money by currency. */
void sum_add_total(JsonBuilder *builder, const GPtrArray *items);

/* The same for people, such as "2 orders, 1 certificate issued; price 596.00 CNY; paid 298.00 CNY";
 * NULL where nothing would be done. The caller frees it. */
char *sum_describe(const GPtrArray *items);

#endif

/* What files would do, for `check`: the preview of a batch. */
#ifndef CERTDROP_COMMANDS_SUM_H
#define CERTDROP_COMMANDS_SUM_H

#include <json-glib/json-glib.h>

#include "keeper/keeper.h"

/* What items come to: of the accepted ones how many of each thing, and money by currency. One that
 * was accepted before would change nothing, and adds nothing. */
typedef struct Sum Sum;

Sum *sum_new(void);
void sum_add_items(Sum *sum, const GPtrArray *items);
void sum_free(Sum *sum);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sum, sum_free)

/* Adds the member "totals": all counts, and lists of amounts. */
void sum_add_totals(JsonBuilder *builder, const Sum *sum);

/* Adds the members "does", the counts of ITEM that are not 0, and "price", "paid" and "refunded",
 * each an amount with its currency or null. */
void sum_add_item(JsonBuilder *builder, const LedgerItem *item);

/* The same for people, such as "2 orders of 6 certificates, 1 certificate issued; ordered for
 * 1788.00 CNY, paid 298.00 CNY", after how many items were accepted, rejected and so on if
 * there are several. NULL where there is nothing to say. The caller frees it. */
char *sum_describe(const Sum *sum);

#endif

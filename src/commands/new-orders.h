/* `certdrop new order --from orders.csv`: a table of orders as a batch. */
#ifndef CERTDROP_COMMANDS_NEW_ORDERS_H
#define CERTDROP_COMMANDS_NEW_ORDERS_H

#include <glib.h>

/* Prints the orders in the table at PATH ("-": standard input) as a batch. Returns the exit
 * status, 1 where something is wrong with the table, which is said; or -1 with ERROR set. */
int new_orders(const char *path, gboolean atomic, GError **error);

/* What a table may hold, for --help. The caller frees it. */
char *new_orders_describe(GError **error);

#endif

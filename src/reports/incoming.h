/* Incoming files on pages. */
#ifndef CERTDROP_REPORTS_INCOMING_H
#define CERTDROP_REPORTS_INCOMING_H

#include "reports/lists.h"
#include "reports/table.h"

/* A file with the first of its items, to be shown as a row. */
typedef struct {
  LedgerFile *file;
  GPtrArray *items; /* LedgerItem */
  gint64 count;     /* of all its items */
} IncomingFile;

void incoming_file_free(gpointer row);

/* FILES (GPtrArray of LedgerFile, taken) with their items: GPtrArray of IncomingFile. */
GPtrArray *incoming_read_items(Ledger *ledger, GPtrArray *files, GError **error);

/* A table for such rows, and one of them. */
Table incoming_table_new(cmark_node *parent, const char *label);
void incoming_add_row(const Page *page, Table *table, const IncomingFile *row);

/* A link to the error file of a file that was rejected, in whole or in part. */
cmark_node *incoming_add_reasons_link(const Page *page, cmark_node *parent, const LedgerFile *file);

/* The page of all files that wait. */
gboolean waiting_write(Writer *writer, const ReportsContext *context, GError **error);

#endif

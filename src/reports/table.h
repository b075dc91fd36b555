/* Tables, which plain cmark has not: a custom block with inline rows. In the
 * HTML a <table> whose first cells head their rows, in the Markdown a pipe
 * table (GFM 4.10), which has no lines but rows: hence no block in a cell. */
#ifndef CERTDROP_REPORTS_TABLE_H
#define CERTDROP_REPORTS_TABLE_H

#include "reports/page.h"

typedef enum {
  TABLE_TEXT = 1,
  TABLE_SHORT,  /* does not wrap: dates, badges */
  TABLE_NUMBER, /* set to the right */
  TABLE_FORM_N
} TableForm;

typedef struct {
  const char *title;
  TableForm form;
} TableColumn;

typedef struct {
  cmark_node *node;
  cmark_node *row;
  const TableColumn *columns;
  guint count;
  guint next; /* column of the next cell */
} Table;

/* A table of COUNT columns, in a frame that scrolls where it is too wide. LABEL
 * names it for who can't see it; constant, and of letters and spaces only. */
Table table_new(cmark_node *parent, const char *label, const TableColumn *columns, guint count);

/* A table of fields and their values, one a row. */
Table table_new_facts(cmark_node *parent, const char *label);

void table_add_row(Table *table);

/* The next cell of the row, to be filled. A row has as many as there are columns. */
cmark_node *table_add_cell(Table *table);
void table_add_text(Table *table, const char *text);
void table_add_number(Table *table, gint64 number);

/* A row of table_new_facts(): returns the cell of the value. */
cmark_node *table_add_fact(Table *table, const char *field);

/* MARKDOWN with the cells of its pipe tables padded, so that the columns stand
 * under each other where letters have one width. Lines that begin with "| " are
 * rows. It lives as long as the pages of this thread. */
const char *table_align(const char *markdown);

#endif

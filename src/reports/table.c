#include "reports/table.h"

static const PageMark mark_table = {PAGE_MARK_BLOCK, NULL, "</tbody></table></section>", NULL,
                                    NULL};
static const PageMark mark_facts = {PAGE_MARK_BLOCK, NULL, "</tbody></table>", NULL, NULL};
static const PageMark mark_head = {PAGE_MARK_ROW, "<thead><tr>", "</tr></thead>\n<tbody>\n", NULL,
                                   "|\n"};
static const PageMark mark_row = {PAGE_MARK_INLINE, "<tr>", "</tr>\n", NULL, "|\n"};
static const PageMark mark_rule = {PAGE_MARK_ROW, NULL, NULL, NULL, "|\n"};

/* By the column's form. */
static const PageMark mark_title[TABLE_FORM_N] = {
    [TABLE_TEXT] = {PAGE_MARK_CELL, "<th scope=\"col\">", "</th>", "| ", " "},
    [TABLE_SHORT] = {PAGE_MARK_CELL, "<th scope=\"col\">", "</th>", "| ", " "},
    [TABLE_NUMBER] = {PAGE_MARK_CELL, "<th scope=\"col\" class=\"n\">", "</th>", "| ", " "},
};
static const PageMark mark_rule_cell[TABLE_FORM_N] = {
    [TABLE_TEXT] = {PAGE_MARK_INLINE, NULL, NULL, "| --- ", NULL},
    [TABLE_SHORT] = {PAGE_MARK_INLINE, NULL, NULL, "| --- ", NULL},
    [TABLE_NUMBER] = {PAGE_MARK_INLINE, NULL, NULL, "| ---: ", NULL},
};
static const PageMark mark_cell[TABLE_FORM_N] = {
    [TABLE_TEXT] = {PAGE_MARK_CELL, "<td>", "</td>", "| ", " "},
    [TABLE_SHORT] = {PAGE_MARK_CELL, "<td class=\"s\">", "</td>", "| ", " "},
    [TABLE_NUMBER] = {PAGE_MARK_CELL, "<td class=\"n\">", "</td>", "| ", " "},
};
static const PageMark mark_row_title[TABLE_FORM_N] = {
    [TABLE_TEXT] = {PAGE_MARK_CELL, "<th scope=\"row\">", "</th>", "| ", " "},
    [TABLE_SHORT] = {PAGE_MARK_CELL, "<th scope=\"row\" class=\"s\">", "</th>", "| ", " "},
    [TABLE_NUMBER] = {PAGE_MARK_CELL, "<th scope=\"row\" class=\"n\">", "</th>", "| ", " "},
};

static const TableColumn fact_columns[] = {{"Field", TABLE_TEXT}, {"Value", TABLE_TEXT}};

static Table table_begin(cmark_node *parent, const PageMark *mark, const char *opening,
                         const TableColumn *columns, guint count)
{
  Table table = {page_add_mark(parent, mark), NULL, columns, count, 0};
  cmark_node_set_on_enter(table.node, opening);
  cmark_node *head = page_add_mark(table.node, &mark_head);
  cmark_node *rule = page_add_mark(table.node, &mark_rule);
  for (guint i = 0; i < count; i++) {
    page_add_text(page_add_mark(head, &mark_title[columns[i].form]), columns[i].title);
    page_add_mark(rule, &mark_rule_cell[columns[i].form]);
  }
  return table;
}

Table table_new(cmark_node *parent, const char *label, const TableColumn *columns, guint count)
{
  g_autofree char *opening =
      g_strdup_printf("<section class=\"scroll\" tabindex=\"0\" aria-label=\"%s\"><table>", label);
  return table_begin(parent, &mark_table, opening, columns, count);
}

Table table_new_facts(cmark_node *parent, const char *label)
{
  g_autofree char *opening = g_strdup_printf("<table class=\"facts\" aria-label=\"%s\">", label);
  return table_begin(parent, &mark_facts, opening, fact_columns, G_N_ELEMENTS(fact_columns));
}

void table_add_row(Table *table)
{
  g_assert(table->next == 0 || table->next == table->count);
  table->row = page_add_mark(table->node, &mark_row);
  table->next = 0;
}

cmark_node *table_add_cell(Table *table)
{
  guint column = table->next++;
  g_assert(column < table->count);
  TableForm form = table->columns[column].form;
  return page_add_mark(table->row, column == 0 ? &mark_row_title[form] : &mark_cell[form]);
}

void table_add_text(Table *table, const char *text)
{
  page_add_text(table_add_cell(table), text);
}

void table_add_number(Table *table, gint64 number)
{
  g_autofree char *text = page_number(number);
  page_add_text(table_add_cell(table), text);
}

cmark_node *table_add_fact(Table *table, const char *field)
{
  table_add_row(table);
  table_add_text(table, field);
  return table_add_cell(table);
}

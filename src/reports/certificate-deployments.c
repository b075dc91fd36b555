/* Where a certificate is deployed, on its page. */
#include <string.h>

#include "reports/certificate.h"
#include "reports/table.h"

static const TableColumn columns[] = {{"Product", TABLE_TEXT},
                                      {"Region", TABLE_SHORT},
                                      {"State", TABLE_SHORT},
                                      {"Since", TABLE_SHORT},
                                      {"What was said last", TABLE_TEXT}};

/* How much of an output a page shows: its end, which says most. */
#define OUTPUT_CHARACTERS 300

static const struct {
  const char *label;
  PageMark mark;
} states[LIFECYCLE_DEPLOYMENT_N] = {
    [LIFECYCLE_DEPLOYMENT_PENDING] = {"Pending",
                                      {FALSE, "<span class=\"badge waiting\">", "</span>", 0, 0}},
    [LIFECYCLE_DEPLOYMENT_DONE] = {"Deployed",
                                   {FALSE, "<span class=\"badge accepted\">", "</span>", 0, 0}},
    [LIFECYCLE_DEPLOYMENT_FAILED] = {"Failed",
                                     {FALSE, "<span class=\"badge rejected\">", "</span>", 0, 0}},
    [LIFECYCLE_DEPLOYMENT_LEAVING] = {"Leaving",
                                      {FALSE, "<span class=\"badge waiting\">", "</span>", 0, 0}},
    [LIFECYCLE_DEPLOYMENT_GONE] = {"Taken off", {FALSE, "<span class=\"badge\">", "</span>", 0, 0}},
};

static void deployment_add_product(cmark_node *cell, const LedgerDeployment *deployment)
{
  page_add_text(cell, deployment->title);
  if (strcmp(deployment->title, deployment->product) == 0)
    return;
  page_add_text(cell, " ");
  page_add_code(cell, deployment->product);
}

/* Why it does not go well, how often it was tried, when it is tried again. */
static void deployment_add_tries(cmark_node *cell, const LedgerDeployment *deployment)
{
  if (deployment->failing_since == 0 && deployment->next_try == 0)
    return;
  cmark_node *small = page_add_mark(cell, &page_mark_small);
  if (deployment->failing_since > 0) {
    page_add_text(small, deployment->attempts == 1 ? "1 failed try" : "");
    if (deployment->attempts != 1)
      page_add_format(small, "%" G_GINT64_FORMAT " failed tries", deployment->attempts);
    page_add_text(small, ", failing since ");
    page_add_time(small, deployment->failing_since);
  }
  if (deployment->next_try > 0) {
    page_add_text(small, deployment->failing_since > 0 ? "; next try from " : "next try from ");
    page_add_time(small, deployment->next_try);
    page_add_text(small, " on");
  }
}

static void deployment_add_output(cmark_node *cell, const char *output, glong limit)
{
  glong length = output != NULL ? g_utf8_strlen(output, -1) : 0;
  if (length == 0)
    page_add_text(cell, "--");
  else if (length <= limit)
    page_add_text(cell, output);
  else
    page_add_format(cell, "… %s", g_utf8_offset_to_pointer(output, length - limit));
}

void deployment_add_state(cmark_node *cell, const LedgerDeployment *deployment)
{
  page_add_text(page_add_mark(cell, &states[deployment->state].mark),
                states[deployment->state].label);
}

void deployment_add_said(cmark_node *cell, const LedgerDeployment *deployment, glong limit)
{
  deployment_add_output(cell, deployment->output, limit);
  deployment_add_tries(cell, deployment);
}

void certificate_add_deployments(cmark_node *parent, const GPtrArray *deployments)
{
  Table table = table_new(parent, "Deployments", columns, G_N_ELEMENTS(columns));
  for (guint i = 0; i < deployments->len; i++) {
    const LedgerDeployment *deployment = g_ptr_array_index(deployments, i);
    table_add_row(&table);
    deployment_add_product(table_add_cell(&table), deployment);
    table_add_text(&table, *deployment->region != '\0' ? deployment->region : "--");
    deployment_add_state(table_add_cell(&table), deployment);
    page_add_time(table_add_cell(&table), deployment->since);
    cmark_node *cell = table_add_cell(&table);
    deployment_add_said(cell, deployment, OUTPUT_CHARACTERS);
    page_add_format(page_add_mark(cell, &page_mark_small), "serial %s", deployment->serial);
  }
}

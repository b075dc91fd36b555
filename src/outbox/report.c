#include "outbox/outbox-private.h"

#include <string.h>

struct OutboxReport {
  char *kept;         /* the name under which the file lies in inbox/rejected/ */
  char *receipt;      /* path of its receipt */
  gboolean secrets;   /* what is kept of it has its secrets blanked */
  cmark_node *faults; /* a document with what was added so far */
  guint listed;       /* faults that are in it */
  guint unlisted;     /* faults beyond those */
  guint accepted;
  guint rejected;
};

OutboxReport *outbox_report_new(const OutboxFile *file)
{
  OutboxReport *report = g_new0(OutboxReport, 1);
  report->kept = outbox_kept_name(file->name, file->number);
  report->receipt = outbox_receipt_path(file->name, file->number);
  report->secrets = file->secrets;
  report->faults = cmark_node_new(CMARK_NODE_DOCUMENT);
  return report;
}

/* The code, then the place: "`payment-amount`, line 7, `payment`: ". The code in
 * front keeps the text behind from being read as the beginning of a block. */
static void report_add_fault(cmark_node *paragraph, const Fault *fault)
{
  gboolean has_element = fault->element != NULL && *fault->element != '\0';
  g_autofree char *line =
      fault->line > 0 ? g_strdup_printf(", line %" G_GINT64_FORMAT, fault->line) : g_strdup("");
  outbox_markdown_add_inlines(paragraph, "", fault->code, line, "", has_element ? ", " : "",
                              has_element ? fault->element : "", ": ", "", fault->text);
}

static void report_add_list(OutboxReport *report, const GPtrArray *faults)
{
  guint room = OUTBOX_REPORT_FAULTS - report->listed;
  guint shown = MIN(faults->len, room);
  report->unlisted += faults->len - shown;
  report->listed += shown;
  if (shown == 0)
    return;
  cmark_node *list = outbox_markdown_add_list(report->faults, CMARK_BULLET_LIST);
  for (guint i = 0; i < shown; i++)
    report_add_fault(outbox_markdown_add_item(list), faults->pdata[i]);
}

void outbox_report_add_faults(OutboxReport *report, const GPtrArray *faults)
{
  if (faults == NULL || faults->len == 0)
    return;
  outbox_markdown_add_heading(report->faults, 2, "What is wrong");
  report_add_list(report, faults);
}

/* "Order PO-4711 (line 12)". */
static char *report_item_title(const OutboxItem *item)
{
  const char *kind = item->kind != 0 ? request_kinds[item->kind].title : "Item";
  g_autoptr(GString) title = g_string_new(kind);
  if (item->ref != NULL && *item->ref != '\0')
    g_string_append_printf(title, " %s", item->ref);
  if (item->line > 0)
    g_string_append_printf(title, " (line %" G_GINT64_FORMAT ")", item->line);
  return g_string_free(g_steal_pointer(&title), FALSE);
}

void outbox_report_add_item(OutboxReport *report, const OutboxItem *item)
{
  if (item->outcome == LIFECYCLE_OUTCOME_ACCEPTED) {
    report->accepted++;
    return;
  }
  report->rejected++;
  if (item->faults == NULL || item->faults->len == 0)
    return;
  if (report->listed < OUTBOX_REPORT_FAULTS) {
    g_autofree char *title = report_item_title(item);
    outbox_markdown_add_heading(report->faults, 2, title);
  }
  report_add_list(report, item->faults);
}

static void report_add_summary(const OutboxReport *report, cmark_node *document)
{
  g_autofree char *title = g_strdup_printf("%s was %s", report->kept,
                                           report->accepted > 0 ? "accepted in part" : "rejected");
  outbox_markdown_add_heading(document, 1, title);
  if (report->accepted > 0) {
    g_autofree char *counts =
        g_strdup_printf("Accepted and done: %u. Rejected, with nothing done: %u.", report->accepted,
                        report->rejected);
    outbox_markdown_add_paragraph(document, counts);
  } else {
    outbox_markdown_add_paragraph(document, "Nothing in it was done.");
  }
}

static void report_add_steps(const OutboxReport *report, cmark_node *document)
{
  outbox_markdown_add_heading(document, 2, "What to do");
  cmark_node *list = outbox_markdown_add_list(document, CMARK_ORDERED_LIST);
  outbox_markdown_add_inlines(outbox_markdown_add_item(list),
                              report->secrets
                                  ? "Mend your own copy of the file: the one beside this text, "
                                  : "Mend the file, which lies beside this text as ",
                              report->kept, report->secrets ? ", has its secrets blanked." : ".");
  outbox_markdown_add_inlines(outbox_markdown_add_item(list), "Ask ", "certdrop check FILE",
                              " what it would say of it now.");
  outbox_markdown_add_inlines(
      outbox_markdown_add_item(list), "Drop it into ", "inbox/", " again, under any name. Each ",
      "ref",
      report->accepted > 0
          ? " can stay as it is: only an accepted item uses its reference. The accepted items can "
            "stay in the file as well: unchanged, they are recognised and change nothing."
          : " can stay as it is: only an accepted item uses its reference.");
  outbox_markdown_add_paragraph(document, "For programs, the same stands in ", report->receipt,
                                ".");
}

GBytes *outbox_report_finish(OutboxReport *report)
{
  g_autoptr(cmark_node) document = cmark_node_new(CMARK_NODE_DOCUMENT);
  report_add_summary(report, document);
  for (cmark_node *node = cmark_node_first_child(report->faults); node != NULL;
       node = cmark_node_first_child(report->faults))
    cmark_node_append_child(document, node);
  if (report->unlisted > 0) {
    g_autofree char *more =
        g_strdup_printf("Faults that stand in the receipt alone: %u.", report->unlisted);
    outbox_markdown_add_heading(document, 2, "And more");
    outbox_markdown_add_paragraph(document, more);
  }
  report_add_steps(report, document);
  char *text = outbox_markdown_render(document);
  return g_bytes_new_with_free_func(text, strlen(text), free, text);
}

void outbox_report_free(OutboxReport *report)
{
  if (report == NULL)
    return;
  cmark_node_free(report->faults);
  g_free(report->kept);
  g_free(report->receipt);
  g_free(report);
}

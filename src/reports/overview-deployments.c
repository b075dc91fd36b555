/* Deployments that fail, among what needs a hand. */
#include "reports/overview.h"

void overview_add_failing_deployments(const Page *page, cmark_node *panels,
                                      const GPtrArray *failing, gint64 count, gint64 now)
{
  if (count == 0)
    return;
  cmark_node *panel = overview_add_panel(panels, "Deployments that fail", count);
  cmark_node *list = page_add_list(panel);
  for (guint i = 0; i < failing->len; i++) {
    const LedgerDeployment *deployment = g_ptr_array_index(failing, i);
    cmark_node *item = page_add_item(list);
    page_add_certificate(page, item, deployment->certificate);
    page_add_text(item, " ");
    cmark_node *note = page_add_mark(item, &page_mark_note);
    page_add_format(note, "%s%s%s, failing for ", deployment->product,
                    *deployment->region != '\0' ? " " : "", deployment->region);
    overview_add_days(note, deployment->failing_since, now);
    page_add_format(note, ", tried %" G_GINT64_FORMAT " time%s", deployment->attempts,
                    deployment->attempts == 1 ? "" : "s");
  }
  page_add_text(page_add_link(page, page_add_paragraph(panel), "deployments/index"),
                "See all, with what was said");
}

/* What is odd about a certificate that was made elsewhere. */
#include "reports/certificate.h"

void certificate_add_warnings(cmark_node *parent, const LedgerOrigin *origin)
{
  if (origin == NULL || origin->warnings == NULL || origin->warnings->len == 0)
    return;
  cmark_node *alert = page_add_mark(parent, &page_mark_alert);
  page_add_text(page_add_paragraph(alert), "What is odd about this certificate:");
  cmark_node *list = page_add_list(alert);
  for (guint i = 0; i < origin->warnings->len; i++) {
    const Fault *warning = g_ptr_array_index(origin->warnings, i);
    cmark_node *item = page_add_item(list);
    page_add_text(item, warning->text);
    page_add_text(item, " ");
    page_add_code(item, warning->code);
  }
}

/* The card view: the same facts as in the list, an item a certificate. */
#include "reports/certificate.h"
#include "reports/lists.h"

static void cards_add_fact(cmark_node *list, const char *field, cmark_node **ret_value)
{
  cmark_node *item = page_add_item(list);
  page_add_text(page_add(item, CMARK_NODE_EMPH), field);
  page_add_text(item, ": ");
  *ret_value = item;
}

static void cards_add_card(const Page *page, cmark_node *list, const LedgerCertificate *certificate)
{
  cmark_node *card = page_add(list, CMARK_NODE_ITEM);
  cmark_node *head = page_add_paragraph(card);
  page_add_certificate(page, head, certificate->id);
  page_add_text(head, " ");
  page_add_status(page, head, certificate->status);
  certificate_add_product(page_add_paragraph(card), certificate);
  cmark_node *facts = page_add_list(card), *value;
  cards_add_fact(facts, "Bound Domains", &value);
  page_add_names(value, certificate->names, 2);
  cards_add_fact(facts, "Validity Period", &value);
  certificate_add_period(value, certificate);
  cards_add_fact(facts, "Expiry On", &value);
  page_add_date(value, certificate->not_after);
  cards_add_fact(facts, "Deployed Products", &value);
  certificate_add_deployed(value, certificate);
  certificate_add_operations(page, page_add_paragraph(card), certificate);
}

Page *cards_build(const ReportsContext *context, const ListModel *model)
{
  (void)context;
  Page *page = list_begin_page(model, PAGE_VIEW_CERTIFICATES, "Certificates");
  if (model->rows->len > 0) {
    list_add_filter(page, TRUE);
    cmark_node *list = page_add_list(page_add_mark(page->root, &page_mark_cards));
    cmark_node_set_list_tight(list, 0);
    for (guint i = 0; i < model->rows->len; i++)
      cards_add_card(page, list, g_ptr_array_index(model->rows, i));
  }
  list_end_page(page, model, "certificates");
  return page;
}

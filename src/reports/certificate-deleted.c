/* The page of a deleted certificate: what it was, and what happened to it. It is short: what was
 * said of its applicant left with the files of the certificate. */
#include "reports/certificate.h"
#include "reports/table.h"

/* The file that asked for the deletion, NULL where the history shown does not have it. */
static const char *deletion_file(const GPtrArray *history)
{
  for (guint i = history->len; i-- > 0;) {
    const LedgerEntry *entry = g_ptr_array_index(history, i);
    if (g_str_equal(entry->what, "deleted"))
      return entry->file;
  }
  return NULL;
}

void certificate_add_deleted(cmark_node *parent, const CertificateModel *model)
{
  cmark_node *paragraph = page_add_paragraph(parent);
  const char *file = deletion_file(model->history);
  page_add_strong(paragraph, "Deleted");
  page_add_text(paragraph, ": ");
  page_add_time(paragraph, model->certificate->deleted);
  if (file != NULL) {
    page_add_text(paragraph, ", by ");
    page_add_code(paragraph, file);
  }
  page_add_text(paragraph, ". This cannot be undone; that it existed stays on record.");
}

/* Its key is gone here, but not from where the certificate may be in use. */
static void deleted_add_use(const Page *page, cmark_node *parent, const CertificateModel *model)
{
  const LedgerCertificate *certificate = model->certificate;
  if (certificate->serial == NULL || certificate->revoked != 0)
    return;
  cmark_node *paragraph = page_add_paragraph(parent);
  page_add_text(paragraph, "It was not revoked. Should it be in use somewhere, it can be until ");
  page_add_date(paragraph, certificate->not_after);
  page_add_text(paragraph, ". ");
  page_add_text(certificate_add_form_link(page, paragraph, REQUEST_KIND_REVOCATION, model),
                "Make the revocation");
}

static void deleted_add_validity(Table *table, const LedgerCertificate *certificate)
{
  if (certificate->serial == NULL) {
    page_add_text(table_add_fact(table, "Validity Period"), "never issued");
    return;
  }
  page_add_time(table_add_fact(table, "Valid from"), certificate->not_before);
  page_add_time(table_add_fact(table, "Expiry On"), certificate->not_after);
  page_add_code(table_add_fact(table, "Serial number"), certificate->serial);
  page_add_code(table_add_fact(table, "SHA-256"), certificate->sha256);
}

static void deleted_add_facts(const Page *page, cmark_node *parent, const CertificateModel *model)
{
  const LedgerCertificate *certificate = model->certificate;
  const char *company = certificate_company(model);
  Table table = table_new_facts(parent, "What it was");
  page_add_names(table_add_fact(&table, "Bound Domains"), certificate->names, G_MAXUINT);
  if (company != NULL && !certificate->uploaded)
    page_add_text(table_add_fact(&table, "Company"), company);
  certificate_add_product(table_add_fact(&table, "Product"), certificate);
  if (model->order != NULL) {
    page_add_code(table_add_fact(&table, "Order"), certificate->order);
    order_add_position(page, &table, model->order->order, certificate->id);
  }
  certificate_add_line(page, &table, certificate);
  deleted_add_validity(&table, certificate);
}

static Page *deleted_build(const ReportsContext *context, gconstpointer data)
{
  (void)context;
  const CertificateModel *model = data;
  const char *id = model->certificate->id;
  g_autofree char *title = g_strdup_printf("Certificate %s", id);
  Page *page = page_new(PAGE_VIEW_CERTIFICATES, 1, title);
  page_add_heading(page->root, 1, title);
  cmark_node *lead = page_add_mark(page->root, &page_mark_lead);
  certificate_add_deleted(lead, model);
  deleted_add_use(page, lead, model);
  deleted_add_facts(page, certificate_add_panel(page->root, "What it was"), model);
  if (model->certificate->revoked != 0)
    certificate_add_revocation(certificate_add_panel(page->root, "Revocation"), model);
  certificate_add_history(certificate_add_panel(page->root, "History"), id, model->history);
  return page;
}

const PageKind certificate_deleted_page = {deleted_build, certificate_model_free};

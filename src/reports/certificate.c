/* The page of a certificate. */
#include "reports/certificate.h"

#include "reports/search.h"
#include "reports/table.h"

/* How many entries of its history a page shows. */
#define CERTIFICATE_HISTORY 50

void certificate_model_free(gpointer model)
{
  CertificateModel *content = model;
  if (content == NULL)
    return;
  ledger_certificate_free(content->certificate);
  ledger_order_free(content->order);
  ledger_application_free(content->application);
  ledger_origin_free(content->origin);
  ledger_outside_free(content->outside);
  g_clear_pointer(&content->outputs, g_ptr_array_unref);
  g_clear_pointer(&content->deployments, g_ptr_array_unref);
  g_clear_pointer(&content->history, g_ptr_array_unref);
  g_clear_pointer(&content->revoked, g_ptr_array_unref);
  ledger_refund_free(content->refund);
  g_free(content);
}

static gboolean certificate_read_revocation(Ledger *ledger, CertificateModel *model, GError **error)
{
  const char *id = model->certificate->id;
  if (model->certificate->revoked == 0)
    return TRUE;
  model->revoked = ledger_revoked_of(ledger, id, error);
  return model->revoked != NULL && ledger_read_refund(ledger, id, &model->refund, error);
}

static gboolean certificate_read_successor(Ledger *ledger, CertificateModel *model, GError **error)
{
  LifecycleStatus status = 0;
  const char *successor = model->certificate->successor;
  if (successor != NULL && !ledger_read_status(ledger, successor, &status, error))
    return FALSE;
  model->renewed = status != 0;
  return TRUE;
}

gboolean certificate_read(Ledger *ledger, const char *id, CertificateModel **ret_model,
                          GError **error)
{
  g_autoptr(CertificateModel) model = g_new0(CertificateModel, 1);
  if (!ledger_read_certificate(ledger, id, &model->certificate, error))
    return FALSE;
  if (model->certificate == NULL) {
    *ret_model = NULL;
    return TRUE;
  }
  const char *order = model->certificate->order;
  if ((!model->certificate->uploaded &&
       !ledger_read_order_page(ledger, order, &model->order, error)) ||
      !ledger_read_application(ledger, id, &model->application, error) ||
      !ledger_read_origin(ledger, id, &model->origin, error) ||
      !certificate_read_revocation(ledger, model, error) ||
      !certificate_read_successor(ledger, model, error) ||
      !ledger_read_outside(ledger, id, &model->outside, error))
    return FALSE;
  model->outputs = ledger_outputs_of_certificate(ledger, id, error);
  if (model->outputs == NULL)
    return FALSE;
  model->deployments = ledger_deployments_of(ledger, id, error);
  if (model->deployments == NULL)
    return FALSE;
  model->history = ledger_history(ledger, id, order, CERTIFICATE_HISTORY, error);
  if (model->history == NULL)
    return FALSE;
  *ret_model = g_steal_pointer(&model);
  return TRUE;
}

const char *certificate_company(const CertificateModel *model)
{
  const RequestApplication *content =
      model->application != NULL ? model->application->content : NULL;
  return content != NULL && content->company != NULL ? content->company->name
                                                     : model->certificate->name;
}

/* What its owner can do now. */
static const char *certificate_next(const CertificateModel *model)
{
  LifecycleStatus status = model->certificate->status;
  if (status == LIFECYCLE_STATUS_PAID && model->application != NULL &&
      model->application->state == LIFECYCLE_APPLICATION_SAVED)
    return "Submit the application that is saved: with what it still lacks, such as the stamped "
           "letter; what was entered is kept.";
  return lifecycle_statuses[status].next;
}

static void certificate_add_lead(const Page *page, const CertificateModel *model)
{
  const LedgerCertificate *certificate = model->certificate;
  cmark_node *lead = page_add_mark(page->root, &page_mark_lead);
  if (certificate->status == 0) {
    certificate_add_deleted(lead, model);
    return;
  }
  cmark_node *status = page_add_paragraph(lead);
  page_add_status(page, status, certificate->status);
  page_add_text(status, " ");
  certificate_add_product(status, certificate);
  cmark_node *next = page_add_paragraph(lead);
  page_add_strong(next, "Next:");
  page_add_text(next, " ");
  if (certificate->failing_since > 0) {
    page_add_text(next, "Mend what keeps it from being issued; it is tried again by itself.");
    return;
  }
  if (model->renewed && certificate->not_after > 0) {
    page_add_text(next, "It is renewed: see to ");
    page_add_certificate(page, next, certificate->successor);
    page_add_text(next, ".");
    return;
  }
  if (model->outside != NULL && certificate->status == LIFECYCLE_STATUS_PENDING_VERIFICATION) {
    certificate_add_next_outside(page, next, model->outside);
    return;
  }
  page_add_text(next, certificate_next(model));
  RequestKind kind = certificate_next_kind(certificate->status);
  if (kind == 0)
    return;
  page_add_text(next, " ");
  page_add_format(certificate_add_form_link(page, next, kind, model), "Make the %s",
                  request_kinds[kind].name);
}

cmark_node *certificate_add_panel(cmark_node *parent, const char *title)
{
  cmark_node *panel = page_add_mark(parent, &page_mark_panel);
  page_add_heading(panel, 2, title);
  return panel;
}

static Page *certificate_build(const ReportsContext *context, gconstpointer data)
{
  const CertificateModel *model = data;
  const LedgerCertificate *certificate = model->certificate;
  g_autoptr(PkiCertificateDetails) details =
      model->origin != NULL ? pki_certificate_read(model->origin->der, NULL) : NULL;
  g_autofree char *title = g_strdup_printf("Certificate %s", certificate->id);
  Page *page = page_new(PAGE_VIEW_CERTIFICATES, 1, title);
  page_add_heading(page->root, 1, title);
  certificate_add_lead(page, model);
  certificate_add_warnings(page->root, model->origin);
  cmark_node *split = page_add_mark(page->root, &page_mark_split);
  certificate_add_facts(page, certificate_add_panel(split, "Certificate"), model, details);
  cmark_node *aside = page_add_mark(split, &page_mark_aside);
  if (certificate->status != 0)
    certificate_add_operate(page, certificate_add_panel(aside, "Operate"), model);
  certificate_add_files(page, certificate_add_panel(aside, "Files"), model);
  if (model->order != NULL)
    order_add_facts(page, certificate_add_panel(aside, "Order and payment"), model->order, model);
  if (certificate->revoked != 0)
    certificate_add_revocation(certificate_add_panel(split, "Revocation"), model);
  if (model->outside != NULL)
    certificate_add_outside(page, certificate_add_panel(split, "Issuer outside"), model->outside);
  if (model->application != NULL)
    certificate_add_application(certificate_add_panel(split, "Application"), model->application);
  if (details != NULL)
    certificate_add_chain(certificate_add_panel(page->root, "Chain"), model, details, context);
  if (model->deployments->len > 0)
    certificate_add_deployments(certificate_add_panel(page->root, "Deployments"),
                                model->deployments);
  certificate_add_history(certificate_add_panel(page->root, "History"), certificate->id,
                          model->history);
  return page;
}

const PageKind certificate_page = {certificate_build, certificate_model_free};

gboolean certificate_write(Writer *writer, const ReportsContext *context, Search *search,
                           const char *id, GError **error)
{
  g_autoptr(CertificateModel) model = NULL;
  if (!certificate_read(context->ledger, id, &model, error))
    return FALSE;
  g_autofree char *path = g_strdup_printf("certificate/%s", id);
  if (model != NULL && !search_put(search, model, error))
    return FALSE;
  if (model == NULL)
    return writer_remove_page(writer, path, error);
  const PageKind *kind =
      model->certificate->status != 0 ? &certificate_page : &certificate_deleted_page;
  writer_add(writer, kind, g_steal_pointer(&model), path, NULL);
  return TRUE;
}

gboolean reports_certificate_markdown(const ReportsContext *context, const char *id,
                                      char **ret_markdown, GError **error)
{
  g_autoptr(CertificateModel) model = NULL;
  if (!certificate_read(context->ledger, id, &model, error))
    return FALSE;
  g_autoptr(Page) page = model != NULL ? certificate_build(context, model) : NULL;
  *ret_markdown = page != NULL ? g_strdup(page_to_markdown(page)) : NULL;
  return TRUE;
}

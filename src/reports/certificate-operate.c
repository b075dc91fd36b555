/* What can be done with a certificate now, and why the rest can't. */
#include "reports/certificate.h"

static const RequestKind next_kinds[LIFECYCLE_STATUS_N] = {
    [LIFECYCLE_STATUS_AWAITING_PAYMENT] = REQUEST_KIND_PAYMENT,
    [LIFECYCLE_STATUS_PAID] = REQUEST_KIND_APPLICATION,
    [LIFECYCLE_STATUS_PENDING_VERIFICATION] = REQUEST_KIND_REVIEW,
    [LIFECYCLE_STATUS_VERIFICATION_FAILED] = REQUEST_KIND_APPLICATION,
};

RequestKind certificate_next_kind(LifecycleStatus status)
{
  return next_kinds[status];
}

/* REISSUED: the certificate is being issued anew within its term. */
static gboolean operation_is_possible(LifecycleStatus status, gboolean reissued, RequestKind kind)
{
  LifecycleVerdict verdict = lifecycle_cell(status, kind)->verdict;
  return lifecycle_operations[kind].decide != NULL && verdict != LIFECYCLE_VERDICT_REFUSE &&
         (verdict != LIFECYCLE_VERDICT_ALLOW_REISSUE || reissued);
}

void certificate_add_operations(const Page *page, cmark_node *parent,
                                const LedgerCertificate *certificate)
{
  static const struct {
    RequestKind kind;
    const char *label;
  } operations[] = {
      {REQUEST_KIND_DEPLOYMENT, "Deploy to Product"},
      {REQUEST_KIND_DOWNLOAD, "Download"},
      {REQUEST_KIND_DELETION, "Delete"},
  };
  page_add_text(page_add_link_in(page, parent, "certificate", certificate->id), "Details");
  for (guint i = 0; i < G_N_ELEMENTS(operations); i++) {
    RequestKind kind = operations[i].kind;
    page_add_text(parent, " · ");
    page_add_text(operation_is_possible(certificate->status, FALSE, kind)
                      ? certificate_add_short_form_link(page, parent, kind, certificate->id)
                      : page_add_mark(parent, &page_mark_off),
                  operations[i].label);
  }
}

/* Why an operation is not possible, or what happens to it; NULL: it is, at once. */
static const char *operation_note(LifecycleStatus status, gboolean possible, RequestKind kind)
{
  const LifecycleCell *cell = lifecycle_cell(status, kind);
  if (cell->verdict == LIFECYCLE_VERDICT_WAIT)
    return "waits until the certificate is so far";
  if (!possible)
    return cell->reason != NULL ? cell->reason : "its status does not allow this";
  return NULL;
}

static void operate_add(const Page *page, cmark_node *list, gboolean possible, RequestKind kind,
                        const CertificateModel *model, const char *note)
{
  cmark_node *item = page_add_item(list);
  page_add_text(possible ? certificate_add_form_link(page, item, kind, model) : item,
                request_kinds[kind].title);
  if (note != NULL)
    page_add_format(page_add_mark(item, &page_mark_off), ": %s", note);
}

/* The kinds for certificates that this version can't do, in one line. */
static void operate_add_missing(cmark_node *list)
{
  cmark_node *missing = NULL;
  for (RequestKind kind = 1; kind < REQUEST_KIND_N; kind++) {
    if (lifecycle_operations[kind].subject != LIFECYCLE_SUBJECT_CERTIFICATE ||
        lifecycle_operations[kind].decide != NULL)
      continue;
    if (missing == NULL) {
      missing = page_add_mark(page_add_item(list), &page_mark_off);
      page_add_text(missing, "Not available in this version: ");
    } else
      page_add_text(missing, ", ");
    page_add_text(missing, request_kinds[kind].title);
  }
}

/* What is possible comes first. */
void certificate_add_operate(const Page *page, cmark_node *parent, const CertificateModel *model)
{
  LifecycleStatus status = model->certificate->status;
  gboolean reissued =
      model->outside != NULL ||
      (model->application != NULL && model->application->state == LIFECYCLE_APPLICATION_SUBMITTED);
  cmark_node *list = page_add_list(parent);
  if (status == LIFECYCLE_STATUS_AWAITING_PAYMENT)
    operate_add(page, list, TRUE, REQUEST_KIND_PAYMENT, model, NULL);
  for (gboolean possible = TRUE; possible >= FALSE; possible--)
    for (RequestKind kind = 1; kind < REQUEST_KIND_N; kind++)
      if (lifecycle_operations[kind].subject == LIFECYCLE_SUBJECT_CERTIFICATE &&
          lifecycle_operations[kind].decide != NULL &&
          operation_is_possible(status, reissued, kind) == possible)
        operate_add(page, list, possible, kind, model, operation_note(status, possible, kind));
  operate_add_missing(list);
}

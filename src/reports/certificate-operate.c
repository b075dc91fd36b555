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

/* What decides, beside the status, whether an operation is possible. */
typedef struct {
  const LedgerCertificate *certificate;
  gboolean reissued; /* it is being issued anew within its term */
  gboolean deployed; /* it is, or is to be, somewhere */
} OperateFacts;

/* What a status allows may be impossible for another reason; NULL: it is not. */
static const char *operate_hindrance(const OperateFacts *facts, RequestKind kind)
{
  const LedgerCertificate *certificate = facts->certificate;
  switch (kind) {
  case REQUEST_KIND_DEPLOYMENT:
    if (certificate->has_key || certificate->serial == NULL)
      return NULL;
    return certificate->uploaded ? "it was uploaded without its private key"
                                 : "its private key stayed with the applicant";
  case REQUEST_KIND_UNDEPLOYMENT:
    return facts->deployed ? NULL : "it is deployed nowhere";
  case REQUEST_KIND_DELETION:
    return facts->deployed ? "it is deployed; undeploy it first" : NULL;
  case REQUEST_KIND_RENEWAL:
    return certificate->uploaded ? "nothing is known that could be applied for again; order a new "
                                   "one"
                                 : NULL;
  default:
    return NULL;
  }
}

/* Why KIND is not possible now; NULL: it is. */
static const char *operate_refusal(const OperateFacts *facts, RequestKind kind)
{
  const LifecycleCell *cell = lifecycle_cell(facts->certificate->status, kind);
  gboolean refused = cell->verdict == LIFECYCLE_VERDICT_REFUSE ||
                     (cell->verdict == LIFECYCLE_VERDICT_ALLOW_REISSUE && !facts->reissued);
  if (refused)
    return cell->reason != NULL ? cell->reason : "its status does not allow this";
  return operate_hindrance(facts, kind);
}

static gboolean operate_is_available(RequestKind kind)
{
  return lifecycle_operations[kind].subject == LIFECYCLE_SUBJECT_CERTIFICATE &&
         lifecycle_operations[kind].decide != NULL;
}

/* ---- In lists: what is possible, and leads on ---- */

/* The payment is of the order. */
static gboolean row_offers(const OperateFacts *facts, RequestKind kind)
{
  if (kind == REQUEST_KIND_PAYMENT)
    return facts->certificate->status == LIFECYCLE_STATUS_AWAITING_PAYMENT;
  return operate_is_available(kind) && operate_refusal(facts, kind) == NULL &&
         lifecycle_cell(facts->certificate->status, kind)->verdict != LIFECYCLE_VERDICT_WAIT;
}

void certificate_add_operations(const Page *page, cmark_node *parent,
                                const LedgerCertificate *certificate)
{
  static const struct {
    RequestKind kind;
    const char *label;
  } operations[] = {
      {REQUEST_KIND_PAYMENT, "Pay"},
      {REQUEST_KIND_REVIEW, "Review"},
      {REQUEST_KIND_DEPLOYMENT, "Deploy to Product"},
      {REQUEST_KIND_DOWNLOAD, "Download"},
      {REQUEST_KIND_DELETION, "Delete"},
  };
  const OperateFacts facts = {certificate, FALSE, certificate->deployed != NULL};
  page_add_text(page_add_link_in(page, parent, "certificate", certificate->id), "Details");
  for (guint i = 0; i < G_N_ELEMENTS(operations); i++) {
    if (!row_offers(&facts, operations[i].kind))
      continue;
    page_add_text(parent, " · ");
    page_add_text(certificate_add_short_form_link(page, parent, operations[i].kind, certificate),
                  operations[i].label);
  }
}

/* ---- On its page: all there is, with the reasons ---- */

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

static gboolean is_somewhere(const GPtrArray *deployments)
{
  for (guint i = 0; i < deployments->len; i++) {
    const LedgerDeployment *deployment = g_ptr_array_index(deployments, i);
    if (deployment->state != LIFECYCLE_DEPLOYMENT_GONE)
      return TRUE;
  }
  return FALSE;
}

/* What is possible comes first; some of it has to wait. */
void certificate_add_operate(const Page *page, cmark_node *parent, const CertificateModel *model)
{
  LifecycleStatus status = model->certificate->status;
  gboolean reissued =
      model->outside != NULL ||
      (model->application != NULL && model->application->state == LIFECYCLE_APPLICATION_SUBMITTED);
  const OperateFacts facts = {model->certificate, reissued, is_somewhere(model->deployments)};
  cmark_node *list = page_add_list(parent);
  if (status == LIFECYCLE_STATUS_AWAITING_PAYMENT)
    operate_add(page, list, TRUE, REQUEST_KIND_PAYMENT, model, NULL);
  for (RequestKind kind = 1; kind < REQUEST_KIND_N; kind++)
    if (operate_is_available(kind) && operate_refusal(&facts, kind) == NULL)
      operate_add(page, list, TRUE, kind, model,
                  lifecycle_cell(status, kind)->verdict == LIFECYCLE_VERDICT_WAIT
                      ? "waits until the certificate is so far"
                      : NULL);
  for (RequestKind kind = 1; kind < REQUEST_KIND_N; kind++)
    if (operate_is_available(kind) && operate_refusal(&facts, kind) != NULL)
      operate_add(page, list, FALSE, kind, model, operate_refusal(&facts, kind));
  operate_add_missing(list);
}

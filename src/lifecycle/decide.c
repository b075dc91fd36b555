#include <string.h>

#include "lifecycle/lifecycle-private.h"

LifecycleStep *decision_add_step(LifecycleDecision *decision, LifecycleStepKind kind,
                                 const char *certificate)
{
  LifecycleStep *step = g_new0(LifecycleStep, 1);
  step->kind = kind;
  step->certificate = g_strdup(certificate);
  g_ptr_array_add(decision->steps, step);
  return step;
}

const char *lifecycle_subject(const RequestItem *item)
{
  const LifecycleOperation *operation = &lifecycle_operations[item->kind];
  if (operation->subject == LIFECYCLE_SUBJECT_NONE)
    return NULL;
  return G_STRUCT_MEMBER(const char *, item->body, operation->subject_offset);
}

const RequestCsr *lifecycle_csr(const RequestItem *item, const LifecycleCertificate *certificate)
{
  const RequestApplication *application = NULL;
  if (item->kind == REQUEST_KIND_APPLICATION)
    application = item->body;
  else if (item->kind == REQUEST_KIND_ORDER)
    application = ((const RequestOrder *)item->body)->application;
  const RequestCsr *csr = application != NULL ? application->csr : NULL;
  if (csr == NULL && certificate != NULL && certificate->application != NULL)
    csr = certificate->application->csr;
  return csr != NULL && csr->der != NULL ? csr : NULL;
}

const RequestCertificate *lifecycle_leaf(const RequestItem *item)
{
  if (item->kind == REQUEST_KIND_UPLOAD)
    return ((const RequestUpload *)item->body)->leaf;
  return item->kind == REQUEST_KIND_ISSUANCE ? ((const RequestIssuance *)item->body)->leaf : NULL;
}

static void decide_unknown_certificate(const LifecycleFacts *facts, const RequestItem *item,
                                       LifecycleDecision *decision)
{
  const LifecycleOrder *order = facts->order;
  if (order == NULL) {
    decision->waits_for = g_strdup(facts->subject);
    return;
  }
  g_autofree char *last = ids_certificate(order->ref, order->quantity);
  if (strcmp(facts->subject, order->ref) == 0)
    fault_add(decision->faults, "reference-unknown", item->line, request_kinds[item->kind].name,
              "\"%s\" is an order of %" G_GINT64_FORMAT " certificates; name one of them, %s.1 to "
              "%s",
              facts->subject, order->quantity, order->ref, last);
  else
    fault_add(decision->faults, "reference-unknown", item->line, request_kinds[item->kind].name,
              "there is no certificate \"%s\": the last one of its order is %s", facts->subject,
              last);
}

/* Within its term a certificate is issued anew while it stays issued: its application
 * waits for a review again, or was not approved so far, or its CSR lies with an issuer
 * outside. */
static gboolean is_being_reissued(const LifecycleCertificate *certificate)
{
  return certificate->application_state == LIFECYCLE_APPLICATION_SUBMITTED ||
         certificate->application_state == LIFECYCLE_APPLICATION_REJECTED ||
         certificate->outside != NULL;
}

/* A deleted certificate is gone, but what was issued may be in use somewhere: it can be
 * revoked still. */
static gboolean is_out_of_reach(const LifecycleFacts *facts, RequestKind kind)
{
  const LifecycleCertificate *certificate = facts->certificate;
  gboolean in_use = certificate->serial != NULL && certificate->not_after >= facts->now;
  return certificate->status == 0 &&
         (kind != REQUEST_KIND_REVOCATION || !in_use || certificate->revoked);
}

static gboolean is_refused(const LifecycleCertificate *certificate, const LifecycleCell *cell)
{
  return cell->verdict == LIFECYCLE_VERDICT_REFUSE ||
         (cell->verdict == LIFECYCLE_VERDICT_ALLOW_REISSUE && !is_being_reissued(certificate));
}

/* A deleted certificate has no status: what is within reach of it is decided by its kind. */
static void decide_by_status(const LifecycleFacts *facts, const RequestItem *item,
                             LifecycleDecision *decision)
{
  const LifecycleOperation *operation = &lifecycle_operations[item->kind];
  const LifecycleCertificate *certificate = facts->certificate;
  const LifecycleCell *cell = lifecycle_cell(certificate->status, item->kind);
  gboolean immediate = operation->is_immediate != NULL && operation->is_immediate(item);
  if (is_out_of_reach(facts, item->kind))
    fault_add(decision->faults, "deleted", item->line, request_kinds[item->kind].name,
              "%s was deleted; this cannot be undone: order a new certificate", certificate->id);
  else if (certificate->status != 0 && is_refused(certificate, cell))
    fault_add(decision->faults, "state", item->line, request_kinds[item->kind].name, "%s is %s: %s",
              certificate->id, lifecycle_statuses[certificate->status].name,
              cell->reason != NULL ? cell->reason : "this is not possible now");
  else if (certificate->status != 0 && cell->verdict == LIFECYCLE_VERDICT_WAIT && !immediate)
    decision->waits_for = g_strdup(certificate->id);
  else
    operation->decide(facts, item, decision);
}

static void decide_item(const LifecycleFacts *facts, const RequestItem *item,
                        LifecycleDecision *decision)
{
  const LifecycleOperation *operation = &lifecycle_operations[item->kind];
  if (operation->decide == NULL)
    fault_add(decision->faults, "not-available", item->line, request_kinds[item->kind].name,
              "documents of the kind \"%s\" are known, but this version cannot carry them out yet; "
              "nothing was changed",
              request_kinds[item->kind].name);
  else if (operation->subject == LIFECYCLE_SUBJECT_ORDER && facts->order == NULL)
    decision->waits_for = g_strdup(facts->subject);
  else if (operation->subject == LIFECYCLE_SUBJECT_CERTIFICATE && facts->certificate == NULL)
    decide_unknown_certificate(facts, item, decision);
  else if (operation->subject == LIFECYCLE_SUBJECT_CERTIFICATE)
    decide_by_status(facts, item, decision);
  else
    operation->decide(facts, item, decision);
}

LifecycleDecision *decision_new(const char *subject)
{
  LifecycleDecision *decision = g_new0(LifecycleDecision, 1);
  decision->faults = fault_array_new();
  decision->warnings = fault_array_new();
  decision->steps = g_ptr_array_new_with_free_func((GDestroyNotify)lifecycle_step_free);
  decision->subject = g_strdup(subject);
  return decision;
}

void decision_end(LifecycleDecision *decision)
{
  decision->outcome = LIFECYCLE_OUTCOME_ACCEPTED;
  if (decision->waits_for != NULL)
    decision->outcome = LIFECYCLE_OUTCOME_WAITING;
  if (decision->faults->len > 0)
    decision->outcome = LIFECYCLE_OUTCOME_REJECTED;
  if (decision->outcome != LIFECYCLE_OUTCOME_ACCEPTED)
    g_ptr_array_set_size(decision->steps, 0);
}

LifecycleDecision *lifecycle_decide(const LifecycleFacts *facts, const RequestItem *item)
{
  g_assert(item->body != NULL && item->faults->len == 0);
  const char *subject = NULL;
  if (facts->certificate != NULL)
    subject = facts->certificate->id;
  else if (facts->order != NULL)
    subject = facts->order->ref;
  LifecycleDecision *decision = decision_new(subject);
  if (request_kinds[item->kind].creates)
    request_check_creating_ref(item->ref, item->line, decision->faults);
  decide_item(facts, item, decision);
  decision_end(decision);
  return decision;
}

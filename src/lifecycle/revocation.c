#include <string.h>

#include "lifecycle/lifecycle-private.h"

/* Appendix of RFC 5280: 7 is not used, and removeFromCRL (8) takes a certificate off a delta
 * list, which is the contrary of a revocation. */
static gboolean check_reason(int reason, const RequestItem *item, GPtrArray *faults)
{
  if (reason >= 0 && lifecycle_reasons[reason].label != NULL)
    return TRUE;
  g_autoptr(GString) list = g_string_new(NULL);
  for (int i = 0; i < LIFECYCLE_REASON_N; i++)
    if (lifecycle_reasons[i].label != NULL)
      g_string_append_printf(list, "%s%s (%d)", list->len > 0 ? ", " : "",
                             lifecycle_reasons[i].name, i);
  const RequestRevocation *revocation = item->body;
  fault_add(faults, "revocation-reason", item->line, "revocation",
            "\"%s\" is no reason to revoke a certificate%s; give one of %s", revocation->reason,
            reason == 8 ? ": it takes one off a list, which is not possible here" : "", list->str);
  return FALSE;
}

/* What goes back: of a paid certificate that was never issued all that was paid for it, and
 * so within 30 days after its first issue, to the second; later nothing (rules.md 20). */
static RequestPayment *new_refund(const LifecycleFacts *facts)
{
  const LifecycleOrder *order = facts->order;
  const LifecycleCertificate *certificate = facts->certificate;
  gboolean late = certificate->first_issued != 0 &&
                  facts->now - certificate->first_issued > LIFECYCLE_REFUND_SECONDS;
  if (order->paid_amount == 0 || late)
    return NULL;
  RequestPayment *refund = record_new(&request_payment_record);
  refund->reference = g_strdup(order->paid_by);
  refund->amount = lifecycle_part(order, ids_position(certificate->id));
  refund->currency = g_strdup(order->currency);
  return refund;
}

static void warn(const LifecycleFacts *facts, const RequestItem *item, int reason,
                 GPtrArray *warnings)
{
  const LifecycleCertificate *certificate = facts->certificate;
  if (certificate->serial != NULL && certificate_is_foreign(facts->order, certificate))
    fault_add(warnings, "revocation-foreign", item->line, "revocation",
              "%s was issued by another authority: it is revoked in the ledger only, not on a "
              "revocation list of ours; have it revoked by the authority that issued it, too",
              certificate->id);
  if (strcmp(lifecycle_reasons[reason].name, "certificateHold") == 0)
    fault_add(warnings, "revocation-hold", item->line, "revocation",
              "a hold cannot be lifted again: %s stays revoked", certificate->id);
  if (strcmp(lifecycle_reasons[reason].name, "keyCompromise") == 0 && facts->key_use != NULL &&
      facts->key_use->certificate != NULL)
    fault_add(warnings, "certificate-key", item->line, "revocation",
              "%s has the same private key and is not revoked by this; revoke and replace it, too",
              facts->key_use->certificate);
  g_autofree char *places = certificate_deployed(certificate);
  if (places != NULL)
    fault_add(warnings, "deployed", item->line, "revocation",
              "%s is deployed on %s still, where clients will refuse it; put another certificate "
              "there, or undeploy it",
              certificate->id, places);
}

/* The key of a manual CSR that was not certified yet is the sender's own word, too. */
static char *applied_key(const LifecycleCertificate *certificate)
{
  const RequestCsr *csr = certificate->application != NULL ? certificate->application->csr : NULL;
  return csr != NULL ? g_strdup(csr->spki_sha256) : NULL;
}

static void add_mail(const LifecycleCertificate *certificate, int reason,
                     const RequestPayment *refund, LifecycleDecision *decision)
{
  const RequestApplication *application = certificate->application;
  if (application == NULL || application->applicant == NULL ||
      application->applicant->email == NULL)
    return;
  LifecycleStep *step = decision_add_step(decision, LIFECYCLE_STEP_WRITE_MAIL, certificate->id);
  step->application = record_copy(&request_application_record, application);
  step->application_ref = g_strdup(certificate->application_ref);
  step->mail = LIFECYCLE_MAIL_REVOKED;
  step->reason = reason;
  if (refund != NULL)
    step->payment = record_copy(&request_payment_record, refund);
}

void revocation_decide(const LifecycleFacts *facts, const RequestItem *item,
                       LifecycleDecision *decision)
{
  const RequestRevocation *revocation = item->body;
  const LifecycleCertificate *certificate = facts->certificate;
  int reason = lifecycle_reason_from_text(revocation->reason);
  if (!check_reason(reason, item, decision->faults))
    return;
  warn(facts, item, reason, decision->warnings);
  LifecycleStep *step = decision_add_step(decision, LIFECYCLE_STEP_REVOKE, certificate->id);
  step->reason = reason;
  step->spki_sha256 = applied_key(certificate);
  step->cancelled = certificate_cancelled(facts->order, certificate);
  RequestPayment *refund = new_refund(facts);
  if (refund != NULL) {
    step = decision_add_step(decision, LIFECYCLE_STEP_REFUND, certificate->id);
    step->payment = refund;
  }
  if (certificate->status != 0) { /* a deleted one has none */
    step = decision_add_step(decision, LIFECYCLE_STEP_SET_STATUS, certificate->id);
    step->status = refund != NULL ? LIFECYCLE_STATUS_REFUNDED : LIFECYCLE_STATUS_REVOKED;
  }
  add_mail(certificate, reason, refund, decision);
}

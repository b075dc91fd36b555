#include <string.h>

#include "lifecycle/lifecycle-private.h"

static void add_mail(const LifecycleCertificate *certificate, LifecycleMail mail,
                     const RequestReview *review, LifecycleDecision *decision)
{
  LifecycleStep *step = decision_add_step(decision, LIFECYCLE_STEP_WRITE_MAIL, certificate->id);
  step->application = record_copy(&request_application_record, certificate->application);
  step->application_ref = g_strdup(certificate->application_ref);
  step->review = record_copy(&request_review_record, review);
  step->mail = mail;
}

/* Names and key are looked at again: lists of either may have changed while the
 * application was being verified. */
static void approve(const LifecycleFacts *facts, const RequestItem *item,
                    LifecycleDecision *decision)
{
  const LifecycleCertificate *certificate = facts->certificate;
  g_auto(GStrv) names =
      application_check_names(facts, facts->order, certificate->application, decision->faults);
  application_check_csr(facts, facts->order, certificate->application, (const char *const *)names,
                        decision);
  faults_point_at(decision->faults, 0, item->line, "review");
  faults_point_at(decision->warnings, 0, item->line, "review");
  if (names == NULL)
    return;
  issue_decide(facts, facts->order, certificate, certificate->application, names, decision);
  if (!product_is_outside(facts->order->product))
    add_mail(certificate, LIFECYCLE_MAIL_ISSUED, item->body, decision);
}

/* What is issued stays so: it is only not issued anew. */
static void reject(const LifecycleCertificate *certificate, const RequestReview *review,
                   LifecycleDecision *decision)
{
  outside_end(certificate, decision);
  if (certificate->first_issued > 0) {
    add_mail(certificate, LIFECYCLE_MAIL_REISSUE_REJECTED, review, decision);
    return;
  }
  LifecycleStep *step = decision_add_step(decision, LIFECYCLE_STEP_SET_STATUS, certificate->id);
  step->status = LIFECYCLE_STATUS_VERIFICATION_FAILED;
  add_mail(certificate, LIFECYCLE_MAIL_REJECTED, review, decision);
}

void review_decide(const LifecycleFacts *facts, const RequestItem *item,
                   LifecycleDecision *decision)
{
  const RequestReview *review = item->body;
  const LifecycleCertificate *certificate = facts->certificate;
  if (review->application != NULL &&
      g_strcmp0(review->application, certificate->application_ref) != 0) {
    fault_add(
        decision->faults, "application-not-present", item->line, "review",
        "the review is of the application \"%s\", but the present one of %s is \"%s\"; review "
        "that one",
        review->application, certificate->id, certificate->application_ref);
    return;
  }
  gboolean approves = strcmp(review->decision, "approve") == 0;
  if (approves && certificate->outside != NULL) {
    fault_add(
        decision->faults, "state", item->line, "review",
        "the CSR of %s lies with the issuer \"%s\" already: there is nothing more to approve; "
        "if it refuses, reject the application",
        certificate->id, certificate->outside);
    return;
  }
  LifecycleStep *record =
      decision_add_step(decision, LIFECYCLE_STEP_RECORD_REVIEW, certificate->id);
  record->review = record_copy(&request_review_record, review);
  if (approves)
    approve(facts, item, decision);
  else
    reject(certificate, review, decision);
}

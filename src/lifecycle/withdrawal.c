#include "lifecycle/lifecycle-private.h"

/* Before issue the certificate is as it was before the submission: paid, with what was
 * entered as saved. Of a re-issue within the term (rules.md 19) only the re-issue ends. */
void withdrawal_decide(const LifecycleFacts *facts, const RequestItem *item,
                       LifecycleDecision *decision)
{
  const LifecycleCertificate *certificate = facts->certificate;
  decision_add_step(decision, LIFECYCLE_STEP_WITHDRAW, certificate->id);
  if (lifecycle_statuses[certificate->status].unissued) {
    LifecycleStep *step = decision_add_step(decision, LIFECYCLE_STEP_SET_STATUS, certificate->id);
    step->status = LIFECYCLE_STATUS_PAID;
    return;
  }
  fault_add(decision->warnings, "reissue-ended", item->line, "withdrawal",
            "%s stays as it is, but as long as it lasts it is neither issued anew nor renewed by "
            "itself; renew it in time",
            certificate->id);
}

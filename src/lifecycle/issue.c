#include "lifecycle/lifecycle-private.h"

/* What is certified does not need the attachments, which may have a megabyte and
 * more each, for as long as its group of issues takes. */
static RequestApplication *copy_without_attachments(const RequestApplication *application)
{
  RequestApplication without = *application;
  without.attachments = NULL;
  return record_copy(&request_application_record, &without);
}

void issue_decide(const LifecycleFacts *facts, const LifecycleOrder *order,
                  const LifecycleCertificate *certificate, const RequestApplication *application,
                  char **names, LifecycleDecision *decision)
{
  const LifecycleTerm term = lifecycle_term(order->product, order->years, facts->now);
  LifecycleStep *step = decision_add_step(decision, LIFECYCLE_STEP_ISSUE, certificate->id);
  step->application = copy_without_attachments(application);
  step->names = g_strdupv(names);
  step->not_before = term.not_before;
  step->not_after = term.not_after;
  step->term_end = term.term_end;
  if (certificate->status == LIFECYCLE_STATUS_ISSUED)
    return;
  step = decision_add_step(decision, LIFECYCLE_STEP_SET_STATUS, certificate->id);
  step->status = LIFECYCLE_STATUS_ISSUED;
}

#include "lifecycle/lifecycle-private.h"

/* What the nightly run does, decided as documents are. */

static void (*const works[])(const LifecycleFacts *facts, LifecycleDecision *decision) = {
    [LIFECYCLE_WORK_REISSUE] = reissue_decide_work,
    [LIFECYCLE_WORK_RENEW] = renewal_decide_work,
    [LIFECYCLE_WORK_CONTINUE] = renewal_decide_continue,
};
G_STATIC_ASSERT(G_N_ELEMENTS(works) == LIFECYCLE_WORK_N);

LifecycleDecision *lifecycle_decide_work(const LifecycleFacts *facts, LifecycleWork work)
{
  g_assert(work > 0 && work < LIFECYCLE_WORK_N);
  LifecycleDecision *decision = decision_new(facts->certificate->id);
  works[work](facts, decision);
  decision_end(decision);
  return decision;
}

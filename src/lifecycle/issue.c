#include "base/clock.h"
#include "lifecycle/lifecycle-private.h"

RequestApplication *issue_copy_application(const RequestApplication *application)
{
  RequestApplication without = *application;
  without.attachments = NULL;
  return record_copy(&request_application_record, &without);
}

gint64 issue_term_end(const LifecycleFacts *facts, const LifecycleOrder *order,
                      const LifecycleCertificate *certificate, gint64 *ret_lost)
{
  *ret_lost = 0;
  if (certificate->first_issued > 0)
    return certificate->term_end;
  return lifecycle_term_end(order->product, order->years, facts->now, certificate->left_until,
                            ret_lost);
}

void lost_days_warn(const Product *product, gint64 lost, GPtrArray *warnings)
{
  if (lost == 0)
    return;
  gint64 days = (lost + CLOCK_DAY - 1) / CLOCK_DAY;
  fault_add(warnings, "renewal-days-lost", 0, NULL,
            "%" G_GINT64_FORMAT " day%s of the old term %s lost: what is left of it and the new "
            "one may last %" G_GINT64_FORMAT " year%s from the issue on, by the product \"%s\"",
            days, days == 1 ? "" : "s", days == 1 ? "is" : "are", product->maximum_years,
            product->maximum_years == 1 ? "" : "s", product->id);
}

/* What an issuer outside sends is taken later (issuance.c); the term begins then. */
static void ask_outside(const LifecycleOrder *order, const LifecycleCertificate *certificate,
                        const RequestApplication *application, char **names,
                        LifecycleDecision *decision)
{
  LifecycleStep *step =
      decision_add_step(decision, LIFECYCLE_STEP_REQUEST_OUTSIDE, certificate->id);
  step->application = issue_copy_application(application);
  step->names = g_strdupv(names);
  step->issuer = g_strdup(order->product->issuer);
  if (certificate->status == LIFECYCLE_STATUS_PENDING_VERIFICATION || certificate->first_issued > 0)
    return;
  step = decision_add_step(decision, LIFECYCLE_STEP_SET_STATUS, certificate->id);
  step->status = LIFECYCLE_STATUS_PENDING_VERIFICATION;
}

void outside_end(const LifecycleCertificate *certificate, LifecycleDecision *decision)
{
  if (certificate->outside != NULL)
    decision_add_step(decision, LIFECYCLE_STEP_END_OUTSIDE, certificate->id);
}

void issue_decide(const LifecycleFacts *facts, const LifecycleOrder *order,
                  const LifecycleCertificate *certificate, const RequestApplication *application,
                  char **names, LifecycleDecision *decision)
{
  gint64 lost = 0;
  gint64 term_end = issue_term_end(facts, order, certificate, &lost);
  const LifecycleTerm term = lifecycle_term(order->product, facts->now, term_end);
  if (term.not_after < facts->now) {
    fault_add(decision->faults, "term", 0, NULL,
              "the term of %s is over, so that no more certificate can be issued in it; renew it",
              certificate->id);
    return;
  }
  if (product_is_outside(order->product)) {
    ask_outside(order, certificate, application, names, decision);
    return;
  }
  lost_days_warn(order->product, lost, decision->warnings);
  LifecycleStep *step = decision_add_step(decision, LIFECYCLE_STEP_ISSUE, certificate->id);
  step->application = issue_copy_application(application);
  step->names = g_strdupv(names);
  step->not_before = term.not_before;
  step->not_after = term.not_after;
  step->term_end = term.term_end;
  step->again = certificate->first_issued > 0 || certificate->forerunner != NULL;
  step->lost = lost;
  if (certificate->status == LIFECYCLE_STATUS_ISSUED)
    return;
  step = decision_add_step(decision, LIFECYCLE_STEP_SET_STATUS, certificate->id);
  step->status = LIFECYCLE_STATUS_ISSUED;
}

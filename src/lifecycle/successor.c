#include "base/clock.h"
#include "lifecycle/lifecycle-private.h"

/* What renewals and re-issues share: an application that was accepted once is looked at
 * again, and is certified again or goes to its reviewer. */

void faults_point_at(GPtrArray *faults, guint from, guint line, const char *element)
{
  for (guint i = from; i < faults->len; i++) {
    Fault *fault = g_ptr_array_index(faults, i);
    fault->line = line;
    g_free(fault->element);
    fault->element = g_strdup(element);
  }
}

char **successor_check(const LifecycleFacts *facts, const LifecycleOrder *order,
                       const RequestApplication *application, LifecycleDecision *decision)
{
  guint warnings = decision->warnings->len, before = decision->faults->len;
  application_check_complete(order, application, decision);
  /* That a company is left out was said when it was applied for. */
  g_ptr_array_set_size(decision->warnings, (gint)warnings);
  if (application->domains == NULL)
    return NULL;
  char **names = application_check_names(facts, order, application, decision->faults);
  application_check_csr(facts, order, application, (const char *const *)names, decision);
  g_ptr_array_set_size(decision->warnings, (gint)warnings);
  if (decision->faults->len > before)
    g_clear_pointer(&names, g_strfreev);
  return names;
}

/* Whether the last review of CERTIFICATE's application, if it needs one, is too old. */
static gboolean needs_review(const LifecycleFacts *facts, const LifecycleOrder *order,
                             const LifecycleCertificate *certificate, char **names)
{
  gint64 holds = configuration_review_seconds(facts->configuration);
  return !application_is_automatic(facts, order, names) &&
         (certificate->reviewed == 0 || certificate->reviewed + holds < facts->now);
}

static LifecycleStep *add_step(LifecycleDecision *decision, LifecycleStepKind kind,
                               const LifecycleCertificate *certificate,
                               const RequestApplication *application, const char *ref)
{
  LifecycleStep *step = decision_add_step(decision, kind, certificate->id);
  step->application = record_copy(&request_application_record, application);
  step->application_ref = g_strdup(ref);
  return step;
}

static void add_mail(LifecycleDecision *decision, LifecycleMail mail,
                     const LifecycleCertificate *certificate, const RequestApplication *application,
                     const char *ref, const LifecycleCertificate *instead_of)
{
  LifecycleStep *step =
      add_step(decision, LIFECYCLE_STEP_WRITE_MAIL, certificate, application, ref);
  step->mail = mail;
  step->forerunner = g_strdup(instead_of->id);
  step->until = instead_of->not_after;
}

static void review_again(const LifecycleOrder *order, const LifecycleCertificate *certificate,
                         const RequestApplication *application, const char *ref, char **names,
                         gboolean stored, LifecycleDecision *decision)
{
  if (!stored) {
    LifecycleStep *store =
        add_step(decision, LIFECYCLE_STEP_STORE_APPLICATION, certificate, application, ref);
    store->state = LIFECYCLE_APPLICATION_SUBMITTED;
    store->names = g_strdupv(names);
  }
  if (certificate->status == LIFECYCLE_STATUS_PAID)
    decision_add_step(decision, LIFECYCLE_STEP_SET_STATUS, certificate->id)->status =
        LIFECYCLE_STATUS_PENDING_VERIFICATION;
  if (product_asks_company(order->product))
    add_step(decision, LIFECYCLE_STEP_WRITE_LETTER, certificate, application, ref);
  if (application->attachments != NULL && application->attachments->len > 0)
    add_step(decision, LIFECYCLE_STEP_WRITE_ATTACHMENTS, certificate, application, ref);
}

static gboolean is_deployed(const LifecycleCertificate *certificate)
{
  for (guint i = 0; i < certificate->deployments->len; i++) {
    const LifecycleDeployment *deployment = g_ptr_array_index(certificate->deployments, i);
    if (deployment->state != LIFECYCLE_DEPLOYMENT_LEAVING &&
        deployment->state != LIFECYCLE_DEPLOYMENT_GONE)
      return TRUE;
  }
  return FALSE;
}

void successor_decide(const LifecycleFacts *facts, const LifecycleOrder *order,
                      const LifecycleCertificate *certificate,
                      const RequestApplication *application, const char *ref, char **names,
                      const LifecycleCertificate *instead_of, gboolean stored,
                      LifecycleDecision *decision)
{
  if (needs_review(facts, order, certificate, names)) {
    review_again(order, certificate, application, ref, names, stored, decision);
    add_mail(decision, LIFECYCLE_MAIL_REVIEW_AGAIN, certificate, application, ref, instead_of);
    return;
  }
  issue_decide(facts, order, certificate, application, names, decision);
  if (product_is_outside(order->product))
    return;
  /* What is deployed follows by itself; else somebody has to install it. */
  if (certificate != instead_of || !is_deployed(certificate))
    add_mail(decision, LIFECYCLE_MAIL_RENEWED, certificate, application, ref, instead_of);
}

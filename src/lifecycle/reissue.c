#include "base/clock.h"
#include "lifecycle/lifecycle-private.h"

/* A re-issue: a term that is longer than a certificate may live is served by one after
 * the other, with the same ID and nothing to pay. */

static void add_under_way(const LifecycleFacts *facts, const char *what, GPtrArray *faults)
{
  gint64 not_after = facts->certificate->not_after;
  g_autofree char *end = clock_format(not_after);
  fault_add(faults, "reissue-waits", 0, NULL, "%s; the present certificate %s at %s", what,
            not_after < facts->now ? "ended" : "ends", end);
}

/* Nothing is begun a second time. */
static gboolean is_under_way(const LifecycleFacts *facts, GPtrArray *faults)
{
  const LifecycleCertificate *certificate = facts->certificate;
  guint before = faults->len;
  if (certificate->outside != NULL) {
    g_autofree char *what =
        g_strdup_printf("its CSR lies with the issuer \"%s\", which has not sent a certificate yet",
                        certificate->outside);
    add_under_way(facts, what, faults);
  } else if (certificate->application_state == LIFECYCLE_APPLICATION_SUBMITTED)
    add_under_way(facts,
                  "its application waits to be reviewed again: a review document brings the "
                  "decision",
                  faults);
  else if (certificate->application_state == LIFECYCLE_APPLICATION_REJECTED)
    add_under_way(facts,
                  "its application was not approved when it was reviewed again: another review "
                  "can approve it, or order a new certificate",
                  faults);
  return faults->len > before;
}

void reissue_decide_work(const LifecycleFacts *facts, LifecycleDecision *decision)
{
  const LifecycleCertificate *certificate = facts->certificate;
  if (is_under_way(facts, decision->faults))
    return;
  g_auto(GStrv) names = successor_check(facts, facts->order, certificate->application, decision);
  if (names != NULL)
    successor_decide(facts, facts->order, certificate, certificate->application,
                     certificate->application_ref, names, certificate, FALSE, decision);
}

#include <string.h>

#include "base/text.h"
#include "lifecycle/lifecycle-private.h"

/* Whether the certificate is on its way off DEPLOYMENT's place. */
static gboolean is_leaving(const LifecycleDeployment *deployment)
{
  return deployment->state == LIFECYCLE_DEPLOYMENT_LEAVING;
}

/* "slb (cn-hangzhou), cdn": where it is or, if LEAVING, where it still has to be taken off alone;
 * NULL: nowhere. */
static char *list_places(const LifecycleCertificate *certificate, gboolean leaving)
{
  g_autoptr(GString) places = g_string_new(NULL);
  for (guint i = 0; i < certificate->deployments->len; i++) {
    const LifecycleDeployment *deployment = g_ptr_array_index(certificate->deployments, i);
    if (deployment->state == LIFECYCLE_DEPLOYMENT_GONE || (leaving && !is_leaving(deployment)))
      continue;
    g_string_append_printf(places, "%s%s", places->len > 0 ? ", " : "", deployment->product);
    if (deployment->region != NULL && *deployment->region != '\0')
      g_string_append_printf(places, " (%s)", deployment->region);
  }
  return places->len > 0 ? g_string_free(g_steal_pointer(&places), FALSE) : NULL;
}

char *certificate_deployed(const LifecycleCertificate *certificate)
{
  return list_places(certificate, FALSE);
}

gboolean certificate_is_foreign(const LifecycleOrder *order,
                                const LifecycleCertificate *certificate)
{
  return certificate->uploaded || strcmp(order->product->issuer, "embedded") != 0;
}

/* A key is destroyed with the last certificate that has it. */
static char *what_of_key(const LifecycleFacts *facts)
{
  const char *sharer = facts->key_use != NULL ? facts->key_use->certificate : NULL;
  if (sharer != NULL)
    return g_strdup_printf("; its private key is also that of %s and stays until that is deleted "
                           "too",
                           sharer);
  return g_strdup(facts->certificate->has_key
                      ? " and its private key destroyed, in the ledger and in its archives"
                      : "");
}

/* What is lost by it, or goes on all the same. */
static void warn(const LifecycleFacts *facts, const RequestItem *item, GPtrArray *warnings)
{
  const LifecycleOrder *order = facts->order;
  const LifecycleCertificate *certificate = facts->certificate;
  if (certificate->status == LIFECYCLE_STATUS_ISSUED)
    fault_add(warnings, "not-revoked", item->line, "deletion",
              "%s was not revoked: whoever has a copy of certificate and key can use them until it "
              "expires. It can still be revoked, with a revocation document",
              certificate->id);
  if (lifecycle_statuses[certificate->status].unissued && order->paid_amount > 0) {
    g_autofree char *amount =
        text_format_money(lifecycle_part(order, ids_position(certificate->id)));
    fault_add(warnings, "not-refunded", item->line, "deletion",
              "%s %s were paid for %s and are not given back by its deletion; a revocation in its "
              "place would have been refunded",
              amount, order->currency, certificate->id);
  }
  g_autofree char *key = what_of_key(facts);
  fault_add(warnings, "deleted", item->line, "deletion",
            "%s is deleted%s; this cannot be undone. That it existed stays on record",
            certificate->id, key);
}

/* The next step is to undeploy it or, where that was asked for, to wait for it. PLACES: all. */
static void refuse_deployed(const RequestItem *item, const LifecycleCertificate *certificate,
                            const char *places, GPtrArray *faults)
{
  g_autofree char *leaving = list_places(certificate, TRUE);
  if (g_strcmp0(leaving, places) != 0)
    fault_add(faults, "deployed", item->line, "deletion",
              "%s cannot be deleted while it is deployed on %s; undeploy it there first",
              certificate->id, places);
  else
    fault_add(faults, "deployed", item->line, "deletion",
              "%s cannot be deleted while it is being taken off %s: the command there runs at the "
              "end of a run and has not ended well yet; once its page says that it is taken off, "
              "drop the deletion again",
              certificate->id, places);
}

void deletion_decide(const LifecycleFacts *facts, const RequestItem *item,
                     LifecycleDecision *decision)
{
  const LifecycleCertificate *certificate = facts->certificate;
  g_autofree char *places = certificate_deployed(certificate);
  if (places != NULL) {
    refuse_deployed(item, certificate, places, decision->faults);
    return;
  }
  warn(facts, item, decision->warnings);
  LifecycleStep *step = decision_add_step(decision, LIFECYCLE_STEP_DELETE, certificate->id);
  step->cancelled = certificate_cancelled(facts->order, certificate);
}

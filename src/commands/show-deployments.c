#include "commands/commands-private.h"

/* Where a certificate is deployed, for `show --json`. */

/* By LifecycleDeploymentState. One that is gone is not told: it is there no more. */
static const char *const outcomes[LIFECYCLE_DEPLOYMENT_N] = {
    [LIFECYCLE_DEPLOYMENT_PENDING] = "pending",
    [LIFECYCLE_DEPLOYMENT_DONE] = "deployed",
    [LIFECYCLE_DEPLOYMENT_FAILED] = "failed",
    [LIFECYCLE_DEPLOYMENT_LEAVING] = "leaving",
};

static void add_deployment(JsonBuilder *builder, gconstpointer element)
{
  const LedgerDeployment *deployment = element;
  json_add_text(builder, "product", deployment->product);
  json_add_text(builder, "region", *deployment->region != '\0' ? deployment->region : NULL);
  json_add_text(builder, "outcome", outcomes[deployment->state]);
  json_add_time(builder, "since", deployment->since);
  json_add_text(builder, "serialNumber", deployment->serial);
  json_add_number(builder, "attempts", deployment->attempts);
  json_add_time(builder, "nextTry", deployment->next_try);
  json_add_time(builder, "failingSince", deployment->failing_since);
  json_add_text(builder, "output", deployment->output);
}

gboolean json_add_deployments(JsonBuilder *builder, Ledger *ledger, const char *certificate,
                              GError **error)
{
  g_autoptr(GPtrArray) deployments = ledger_deployments_of(ledger, certificate, error);
  if (deployments == NULL)
    return FALSE;
  for (guint i = deployments->len; i-- > 0;) {
    const LedgerDeployment *deployment = g_ptr_array_index(deployments, i);
    if (outcomes[deployment->state] == NULL)
      g_ptr_array_remove_index(deployments, i);
  }
  json_add_objects(builder, "deployments", deployments, add_deployment);
  return TRUE;
}

#include <string.h>

#include "keeper/apply-private.h"

/* What lies in outbox/deploy, and the steps that say what is to be where. The commands
 * are carried out later (deploy.c): here a deployment becomes pending, with its archive
 * and manifest in the same transaction. */

gboolean keeper_add_deployment_files(Keeper *keeper, const LedgerDeployment *place, gint64 file,
                                     GError **error)
{
  const ConfigurationTarget *target =
      configuration_find_target(keeper->configuration, place->product);
  if (target == NULL)
    return TRUE;
  g_autofree char *path =
      outbox_deployment_path(place->product, place->region, place->certificate, "zip");
  const LedgerArchive wanted = {
      .path = path,
      .certificate = place->certificate,
      .format = (char *)request_formats[configuration_target_format(target)].name,
  };
  return keeper_add_archive(keeper, &wanted, file, error);
}

/* The deployment whose archive lies at PATH, or NULL. */
static const LedgerDeployment *find_by_path(const GPtrArray *deployments, const char *path)
{
  for (guint i = 0; i < deployments->len; i++) {
    const LedgerDeployment *deployment = g_ptr_array_index(deployments, i);
    g_autofree char *own = outbox_deployment_path(deployment->product, deployment->region,
                                                  deployment->certificate, "zip");
    if (strcmp(own, path) == 0)
      return deployment;
  }
  return NULL;
}

static GBytes *make_manifest(const LedgerDeployment *deployment, const LedgerIssue *issue,
                             const KeeperOutput *archive, GError **error)
{
  const OutboxManifest manifest = {
      .certificate = deployment->certificate,
      .product = deployment->product,
      .region = deployment->region,
      .serial = issue->serial,
      .replaces = deployment->replaces,
      .sha256 = issue->sha256,
      .names = (const char *const *)issue->names,
      .not_before = issue->not_before,
      .not_after = issue->not_after,
      .format = request_format_from_name(archive->row->format),
  };
  return outbox_make_manifest(&manifest, archive->archive, error);
}

gboolean keeper_add_manifest(Keeper *keeper, const KeeperOutput *archive, const LedgerIssue *issue,
                             GError **error)
{
  if (!g_str_has_prefix(archive->row->path, OUTBOX_DEPLOY))
    return TRUE;
  g_autoptr(GPtrArray) deployments =
      ledger_deployments_of(keeper->ledger, archive->row->certificate, error);
  if (deployments == NULL)
    return FALSE;
  const LedgerDeployment *deployment = find_by_path(deployments, archive->row->path);
  if (deployment == NULL)
    return TRUE;
  GBytes *content = make_manifest(deployment, issue, archive, error);
  if (content == NULL)
    return FALSE;
  KeeperOutput *output =
      keeper_output_new_document(outbox_deployment_path(deployment->product, deployment->region,
                                                        deployment->certificate, "json"),
                                 content);
  output->row->certificate = g_strdup(deployment->certificate);
  /* Who waits for the manifest finds the archive, so it comes in a later phase. */
  output->row->receipt = TRUE;
  return keeper_add_output(keeper, output, error);
}

gboolean keeper_remove_deployment_files(Keeper *keeper, const LedgerDeployment *place,
                                        GError **error)
{
  static const char *const extensions[] = {"zip", "json"};
  for (guint i = 0; i < G_N_ELEMENTS(extensions); i++) {
    KeeperOutput *output = keeper_output_new(
        LEDGER_OUTPUT_REMOVE,
        outbox_deployment_path(place->product, place->region, place->certificate, extensions[i]));
    output->row->certificate = g_strdup(place->certificate);
    output->row->sha256 = g_strdup("");
    if (!keeper_add_output(keeper, output, error))
      return FALSE;
  }
  return TRUE;
}

gboolean keeper_drop_deployment_archive(Keeper *keeper, const LedgerArchive *refused,
                                        GError **error)
{
  if (!g_str_has_prefix(refused->path, OUTBOX_DEPLOY))
    return TRUE;
  g_autoptr(GPtrArray) deployments =
      ledger_deployments_of(keeper->ledger, refused->certificate, error);
  if (deployments == NULL)
    return FALSE;
  const LedgerDeployment *deployment = find_by_path(deployments, refused->path);
  return deployment == NULL || keeper_remove_deployment_files(keeper, deployment, error);
}

gboolean keeper_follow_issue(Keeper *keeper, const char *certificate, gint64 file, GError **error)
{
  g_autoptr(GPtrArray) places =
      ledger_follow_deployments(keeper->ledger, certificate, keeper->now, file, error);
  for (guint i = 0; places != NULL && i < places->len; i++)
    if (!keeper_add_deployment_files(keeper, g_ptr_array_index(places, i), file, error))
      return FALSE;
  return places != NULL;
}

static LedgerDeployment place_of(const LifecycleStep *step)
{
  return (LedgerDeployment){.certificate = step->certificate,
                            .product = step->product,
                            .region = step->region != NULL ? step->region : (char *)"",
                            .whole = step->whole};
}

gboolean apply_deploy(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                      GError **error)
{
  const ConfigurationTarget *target =
      configuration_find_target(keeper->configuration, step->product);
  LedgerDeployment place = place_of(step);
  place.title = (char *)configuration_target_title(target);
  return ledger_deploy(keeper->ledger, &place, keeper->now, context->file, error) &&
         keeper_add_deployment_files(keeper, &place, context->file, error);
}

/* What no command has to take off is there no more, so that what follows in the same run, such as
 * its deletion, finds it so. The rest is carried out at the end of the run (deploy.c). */
static gboolean leave_at_once(Keeper *keeper, const LedgerDeployment *place, GError **error)
{
  g_autoptr(LedgerDeployment) deployment = NULL;
  if (!ledger_read_deployment(keeper->ledger, place->certificate, place->product, place->region,
                              &deployment, error))
    return FALSE;
  const ConfigurationTarget *target =
      configuration_find_target(keeper->configuration, place->product);
  if (!keeper_leaves_by_itself(deployment, target))
    return TRUE;
  g_clear_pointer(&deployment->output, g_free);
  return keeper_end_deployment(keeper, deployment, FALSE, error);
}

gboolean apply_undeploy(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                        GError **error)
{
  const LedgerDeployment place = place_of(step);
  return ledger_undeploy(keeper->ledger, place.certificate, place.product, place.region,
                         keeper->now, context->file, error) &&
         keeper_remove_deployment_files(keeper, &place, error) &&
         leave_at_once(keeper, &place, error);
}

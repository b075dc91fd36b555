#include <string.h>

#include "keeper/deploy-private.h"

void deploy_job_free(DeployJob *job)
{
  if (job == NULL)
    return;
  ledger_deployment_free(job->deployment);
  ledger_issue_free(job->issue);
  secret_free(job->key_pem);
  g_free(job->why);
  g_free(job->seen);
  g_free(job->output);
  g_free(job);
}

gboolean deploy_job_is_removal(const DeployJob *job)
{
  return job->deployment->state == LIFECYCLE_DEPLOYMENT_LEAVING;
}

void deploy_job_fail(DeployJob *job, DeployEnd end, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_free(job->why);
  job->why = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  job->end = end;
}

/* A certificate that nobody accepts any more is brought nowhere. */
static gboolean check_certificate(Keeper *keeper, DeployJob *job, GError **error)
{
  g_autoptr(LedgerCertificate) certificate = NULL;
  if (!ledger_read_certificate(keeper->ledger, job->deployment->certificate, &certificate, error))
    return FALSE;
  LifecycleStatus status = certificate != NULL ? certificate->status : 0;
  if (status != LIFECYCLE_STATUS_ISSUED)
    deploy_job_fail(job, DEPLOY_END_GIVEN_UP, "the certificate is %s: it is brought nowhere",
                    status != 0 ? lifecycle_statuses[status].name : "deleted");
  return TRUE;
}

static gboolean read_key(Keeper *keeper, DeployJob *job, GError **error)
{
  if (job->issue->wrapped_key == NULL)
    return TRUE;
  g_autoptr(Secret) pkcs8 =
      pki_wrapping_key_unwrap(keeper->wrapping_key, job->issue->wrapped_key, error);
  if (pkcs8 == NULL)
    return FALSE;
  job->key_pem = pki_pkcs8_to_pem(pkcs8);
  return TRUE;
}

gboolean keeper_leaves_by_itself(const LedgerDeployment *deployment,
                                 const ConfigurationTarget *target)
{
  gboolean never_came =
      !deployment->by_command && deployment->attempts == 0 && deployment->replaces == NULL;
  return target == NULL || target->command == NULL || never_came;
}

/* Whether the archive of DEPLOYMENT is written, or about to be. */
static gboolean is_laid_out(Keeper *keeper, const LedgerDeployment *deployment,
                            gboolean *ret_laid_out, GError **error)
{
  g_autofree char *path = outbox_deployment_path(deployment->product, deployment->region,
                                                 deployment->certificate, "zip");
  g_autoptr(GPtrArray) archives =
      ledger_archives_of_certificate(keeper->ledger, deployment->certificate, error);
  *ret_laid_out = FALSE;
  for (guint i = 0; archives != NULL && i < archives->len; i++)
    if (strcmp(((LedgerArchive *)g_ptr_array_index(archives, i))->path, path) == 0)
      *ret_laid_out = TRUE;
  return archives != NULL;
}

/* One that could not be made when this was asked for is made now. */
static gboolean lay_out(Keeper *keeper, DeployJob *job, GError **error)
{
  const LedgerDeployment *deployment = job->deployment;
  gboolean laid_out = FALSE;
  if (!is_laid_out(keeper, deployment, &laid_out, error))
    return FALSE;
  if (laid_out)
    return TRUE;
  if (!keeper_group_begin(keeper, error) ||
      !keeper_add_deployment_files(keeper, deployment, 0, error) ||
      !keeper_group_end(keeper, error) || !is_laid_out(keeper, deployment, &laid_out, error))
    return FALSE;
  if (!laid_out)
    deploy_job_fail(job, DEPLOY_END_FAILED, "its archive cannot be made");
  return TRUE;
}

static gboolean prepare(Keeper *keeper, DeployJob *job, GError **error)
{
  const LedgerDeployment *deployment = job->deployment;
  gboolean removal = deploy_job_is_removal(job);
  if (removal && keeper_leaves_by_itself(deployment, job->target)) {
    job->end = DEPLOY_END_DONE;
    return TRUE;
  }
  if (!removal && !check_certificate(keeper, job, error))
    return FALSE;
  if (job->end == 0 && job->target == NULL)
    deploy_job_fail(job, DEPLOY_END_FAILED,
                    "certdrop.xml has no target \"%s\" any more: add it again, or undeploy the "
                    "certificate from it",
                    deployment->product);
  if (!removal && job->end == 0 && !lay_out(keeper, job, error))
    return FALSE;
  if (job->end == 0 && job->target->command == NULL && job->target->check == NULL)
    job->end = DEPLOY_END_DONE; /* its archive is all there is to it */
  if (job->end != 0)
    return TRUE;
  return ledger_read_issue_of_serial(keeper->ledger, deployment->certificate, deployment->serial,
                                     &job->issue, error) &&
         (removal || job->issue == NULL || read_key(keeper, job, error));
}

DeployJob *deploy_job_new(Keeper *keeper, LedgerDeployment *deployment, GError **error)
{
  static guint counter;
  g_autoptr(DeployJob) job = g_new0(DeployJob, 1);
  job->deployment = deployment;
  job->target = configuration_find_target(keeper->configuration, deployment->product);
  job->number = ++counter;
  return prepare(keeper, job, error) ? g_steal_pointer(&job) : NULL;
}

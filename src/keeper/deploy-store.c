#include <string.h>

#include "base/clock.h"
#include "keeper/deploy-private.h"

/* The outcomes of deployments: what becomes of their rows, and what is said of them. */

/* More messages than that help nobody: the overview has their number. */
#define MESSAGES 50

/* "slb cn-hangzhou" */
static char *place_of(const LedgerDeployment *deployment)
{
  return g_strdup_printf("%s%s%s", deployment->product, *deployment->region != '\0' ? " " : "",
                         deployment->region);
}

/* Takes TEXT over. */
static void say(Deployer *deployer, char *text)
{
  if (deployer->said < MESSAGES) {
    keeper_say(deployer->keeper, "%s", text);
    deployer->said++;
  } else
    deployer->unsaid++;
  g_free(text);
}

static void say_failure(Deployer *deployer, const DeployJob *job)
{
  const LedgerDeployment *deployment = job->deployment;
  g_autofree char *place = place_of(deployment);
  g_autofree char *next = clock_format(deployment->next_try);
  g_autofree char *words = program_last_words(job->output);
  say(deployer, g_strdup_printf("%s: %s %s failed: %s%s; it is tried again from %s on",
                                deployment->certificate,
                                deploy_job_is_removal(job) ? "undeployment from" : "deployment on",
                                place, job->why, words, next));
}

/* What the page shows: why it did not go well, or that the host has it, then what the
 * command said. */
static void set_output(LedgerDeployment *deployment, const DeployJob *job)
{
  const char *first = job->why != NULL ? job->why : job->seen;
  gboolean output = job->output != NULL && *job->output != '\0';
  g_free(deployment->output);
  if (first != NULL)
    deployment->output = g_strconcat(first, output ? "\n" : NULL, job->output, NULL);
  else
    deployment->output = output ? g_strdup(job->output) : NULL;
}

/* What the certificate renews has gone from there with it. */
static gboolean leave_forerunners(Keeper *keeper, const LedgerDeployment *deployment,
                                  GError **error)
{
  g_autoptr(GPtrArray) left =
      ledger_leave_forerunners(keeper->ledger, deployment, keeper->now, error);
  for (guint i = 0; left != NULL && i < left->len; i++)
    if (!keeper_remove_deployment_files(keeper, g_ptr_array_index(left, i), error))
      return FALSE;
  return left != NULL;
}

gboolean keeper_end_deployment(Keeper *keeper, LedgerDeployment *deployment, gboolean by_command,
                               GError **error)
{
  gboolean removal = deployment->state == LIFECYCLE_DEPLOYMENT_LEAVING;
  deployment->state = removal ? LIFECYCLE_DEPLOYMENT_GONE : LIFECYCLE_DEPLOYMENT_DONE;
  deployment->since = keeper->now;
  deployment->by_command = by_command && !removal;
  deployment->attempts = 0;
  deployment->next_try = 0;
  deployment->failing_since = 0;
  return ledger_put_deployment(keeper->ledger, deployment, keeper->now,
                               removal ? "undeployed" : "deployed", NULL, error);
}

static gboolean store_done(Deployer *deployer, DeployJob *job, GError **error)
{
  Keeper *keeper = deployer->keeper;
  LedgerDeployment *deployment = job->deployment;
  gboolean removal = deploy_job_is_removal(job);
  set_output(deployment, job);
  return keeper_end_deployment(keeper, deployment, job->commanded, error) &&
         (removal || leave_forerunners(keeper, deployment, error));
}

/* The log has the first failure only: a host that is away for a month is one event. */
static gboolean store_failed(Deployer *deployer, DeployJob *job, GError **error)
{
  Keeper *keeper = deployer->keeper;
  LedgerDeployment *deployment = job->deployment;
  gboolean removal = deploy_job_is_removal(job), first = deployment->failing_since == 0;
  set_output(deployment, job);
  deployment->attempts++;
  deployment->next_try = keeper->now + lifecycle_retry_pause(deployment->attempts);
  deployment->by_command = job->commanded;
  if (first)
    deployment->failing_since = keeper->now;
  if (!removal && deployment->state != LIFECYCLE_DEPLOYMENT_FAILED) {
    deployment->state = LIFECYCLE_DEPLOYMENT_FAILED;
    deployment->since = keeper->now;
  }
  keeper->run.failed++;
  say_failure(deployer, job);
  const char *what = removal ? "undeployment failed" : "deployment failed";
  return ledger_put_deployment(keeper->ledger, deployment, keeper->now, first ? what : NULL,
                               job->why, error);
}

/* It lies ready, but the host does not serve it: nobody has failed. */
static gboolean store_waiting(Deployer *deployer, DeployJob *job, GError **error)
{
  Keeper *keeper = deployer->keeper;
  LedgerDeployment *deployment = job->deployment;
  set_output(deployment, job);
  deployment->attempts++;
  deployment->next_try = keeper->now + lifecycle_retry_pause(deployment->attempts);
  return ledger_put_deployment(keeper->ledger, deployment, keeper->now, NULL, NULL, error);
}

static gboolean store_given_up(Deployer *deployer, DeployJob *job, GError **error)
{
  Keeper *keeper = deployer->keeper;
  LedgerDeployment *deployment = job->deployment;
  set_output(deployment, job);
  deployment->state = LIFECYCLE_DEPLOYMENT_FAILED;
  deployment->since = keeper->now;
  deployment->next_try = 0;
  deployment->failing_since = 0;
  return ledger_put_deployment(keeper->ledger, deployment, keeper->now, "deployment given up",
                               job->why, error);
}

/* A second later: not in this run any more. */
static gboolean store_put_off(Deployer *deployer, DeployJob *job, GError **error)
{
  Keeper *keeper = deployer->keeper;
  g_autofree char *place = place_of(job->deployment);
  say(deployer, g_strdup_printf("%s: %s waits for the next run, since the commands before it hung",
                                job->deployment->certificate, place));
  job->deployment->next_try = keeper->now + 1;
  return ledger_put_deployment(keeper->ledger, job->deployment, keeper->now, NULL, NULL, error);
}

static gboolean store_nothing(Deployer *deployer G_GNUC_UNUSED, DeployJob *job G_GNUC_UNUSED,
                              GError **error G_GNUC_UNUSED)
{
  return TRUE;
}

static gboolean (*const stores[])(Deployer *deployer, DeployJob *job, GError **error) = {
    [DEPLOY_END_DONE] = store_done,       [DEPLOY_END_FAILED] = store_failed,
    [DEPLOY_END_WAITS] = store_waiting,   [DEPLOY_END_GIVEN_UP] = store_given_up,
    [DEPLOY_END_PUT_OFF] = store_put_off, [DEPLOY_END_STOPPED] = store_nothing,
};
G_STATIC_ASSERT(G_N_ELEMENTS(stores) == DEPLOY_END_N);

gboolean deploy_store_jobs(Deployer *deployer, const GPtrArray *jobs, GError **error)
{
  Keeper *keeper = deployer->keeper;
  if (!keeper_group_begin(keeper, error))
    return FALSE;
  for (guint i = 0; i < jobs->len; i++) {
    DeployJob *job = g_ptr_array_index(jobs, i);
    if (!stores[job->end](deployer, job, error))
      return FALSE;
  }
  return keeper_group_end(keeper, error);
}

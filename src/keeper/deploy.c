#include <string.h>

#include "base/clock.h"
#include "keeper/deploy-private.h"

/* Carries out what is to be deployed or taken off, after the inbox and outside of any
 * transaction. Several commands run at once, but one at a time for a product in a region.
 * Outcomes are stored after each few of them: a kill costs at most that these are done
 * again, which has to do no harm. */

/* How many commands run at once, and how many deployments that need none are stored with
 * them. */
#define COMMANDS 8
#define PORTION 200

/* Of a product in a region of which so many commands in a row had to be ended, the rest
 * waits for the next run: one host that hangs is not to hold up all others for hours. */
#define TIMEOUTS 3

/* The jobs of one product in one region, one after the other. */
typedef struct {
  char *key; /* "PRODUCT REGION" */
  GPtrArray *jobs;
  guint timeouts; /* in a row, those of earlier portions among them */
} Lane;

static void lane_free(Lane *lane)
{
  g_free(lane->key);
  g_ptr_array_unref(lane->jobs);
  g_free(lane);
}

static Lane *find_lane(GPtrArray *lanes, const LedgerDeployment *deployment, GHashTable *timeouts)
{
  g_autofree char *key = g_strdup_printf("%s %s", deployment->product, deployment->region);
  for (guint i = 0; i < lanes->len; i++) {
    Lane *lane = g_ptr_array_index(lanes, i);
    if (strcmp(lane->key, key) == 0)
      return lane;
  }
  Lane *lane = g_new0(Lane, 1);
  lane->timeouts = GPOINTER_TO_UINT(g_hash_table_lookup(timeouts, key));
  lane->key = g_steal_pointer(&key);
  lane->jobs = g_ptr_array_new();
  g_ptr_array_add(lanes, lane);
  return lane;
}

static gboolean carry_out_lane(Keeper *keeper, gpointer item, gpointer data G_GNUC_UNUSED,
                               GError **error)
{
  Lane *lane = item;
  for (guint i = 0; i < lane->jobs->len; i++) {
    DeployJob *job = g_ptr_array_index(lane->jobs, i);
    if (keeper_is_stopped())
      job->end = DEPLOY_END_STOPPED;
    else if (lane->timeouts >= TIMEOUTS)
      job->end = DEPLOY_END_PUT_OFF;
    else if (!deploy_job_carry_out(keeper, job, error))
      return FALSE;
    else
      lane->timeouts = job->timed_out ? lane->timeouts + 1 : 0;
  }
  return TRUE;
}

/* They wait more than they work. One thread means one at a time, though. */
static guint commands_at_once(const Keeper *keeper)
{
  return keeper->threads > 1 ? MAX(keeper->threads, COMMANDS) : 1;
}

/* Carries out those of JOBS that have no end yet. */
static gboolean carry_out(Keeper *keeper, const GPtrArray *jobs, GHashTable *timeouts,
                          GError **error)
{
  g_autoptr(GPtrArray) lanes = g_ptr_array_new_with_free_func((GDestroyNotify)lane_free);
  for (guint i = 0; i < jobs->len; i++) {
    DeployJob *job = g_ptr_array_index(jobs, i);
    if (job->end == 0)
      g_ptr_array_add(find_lane(lanes, job->deployment, timeouts)->jobs, job);
  }
  if (!keeper_parallel_on(keeper, commands_at_once(keeper), lanes, carry_out_lane, NULL, error))
    return FALSE;
  for (guint i = 0; i < lanes->len; i++) {
    const Lane *lane = g_ptr_array_index(lanes, i);
    g_hash_table_insert(timeouts, g_strdup(lane->key), GUINT_TO_POINTER(lane->timeouts));
  }
  return TRUE;
}

/* "slb cn-hangzhou" */
static char *place_of(const LedgerDeployment *deployment)
{
  return g_strdup_printf("%s%s%s", deployment->product, *deployment->region != '\0' ? " " : "",
                         deployment->region);
}

/* The last line of what a command said, for a message. */
static const char *last_line(const char *output)
{
  const char *line = output != NULL ? strrchr(output, '\n') : NULL;
  return line != NULL ? line + 1 : output != NULL ? output : "";
}

static void say_failure(Keeper *keeper, const DeployJob *job)
{
  const LedgerDeployment *deployment = job->deployment;
  g_autofree char *place = place_of(deployment);
  g_autofree char *next = clock_format(deployment->next_try);
  const char *said = last_line(job->output);
  keeper_say(keeper, "%s: %s %s failed: %s%s%s; it is tried again from %s on",
             deployment->certificate,
             deploy_job_is_removal(job) ? "undeployment from" : "deployment on", place, job->why,
             *said != '\0' ? ": " : "", said, next);
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

static gboolean store_done(Keeper *keeper, DeployJob *job, GError **error)
{
  LedgerDeployment *deployment = job->deployment;
  gboolean removal = deploy_job_is_removal(job);
  set_output(deployment, job);
  deployment->state = removal ? LIFECYCLE_DEPLOYMENT_GONE : LIFECYCLE_DEPLOYMENT_DONE;
  deployment->since = keeper->now;
  deployment->by_command = job->commanded && !removal;
  deployment->attempts = 0;
  deployment->next_try = 0;
  deployment->failing_since = 0;
  return ledger_put_deployment(keeper->ledger, deployment, keeper->now,
                               removal ? "undeployed" : "deployed", NULL, error) &&
         (removal || leave_forerunners(keeper, deployment, error));
}

/* The log has the first failure only: a host that is away for a month is one event. */
static gboolean store_failed(Keeper *keeper, DeployJob *job, GError **error)
{
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
  say_failure(keeper, job);
  const char *what = removal ? "undeployment failed" : "deployment failed";
  return ledger_put_deployment(keeper->ledger, deployment, keeper->now, first ? what : NULL,
                               job->why, error);
}

/* It lies ready, but the host does not serve it: nobody has failed. */
static gboolean store_waiting(Keeper *keeper, DeployJob *job, GError **error)
{
  LedgerDeployment *deployment = job->deployment;
  set_output(deployment, job);
  deployment->attempts++;
  deployment->next_try = keeper->now + lifecycle_retry_pause(deployment->attempts);
  return ledger_put_deployment(keeper->ledger, deployment, keeper->now, NULL, NULL, error);
}

static gboolean store_given_up(Keeper *keeper, DeployJob *job, GError **error)
{
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
static gboolean store_put_off(Keeper *keeper, DeployJob *job, GError **error)
{
  g_autofree char *place = place_of(job->deployment);
  keeper_say(keeper, "%s: %s waits for the next run, since the commands before it hung",
             job->deployment->certificate, place);
  job->deployment->next_try = keeper->now + 1;
  return ledger_put_deployment(keeper->ledger, job->deployment, keeper->now, NULL, NULL, error);
}

static gboolean store_nothing(Keeper *keeper G_GNUC_UNUSED, DeployJob *job G_GNUC_UNUSED,
                              GError **error G_GNUC_UNUSED)
{
  return TRUE;
}

static gboolean (*const stores[])(Keeper *keeper, DeployJob *job, GError **error) = {
    [DEPLOY_END_DONE] = store_done,       [DEPLOY_END_FAILED] = store_failed,
    [DEPLOY_END_WAITS] = store_waiting,   [DEPLOY_END_GIVEN_UP] = store_given_up,
    [DEPLOY_END_PUT_OFF] = store_put_off, [DEPLOY_END_STOPPED] = store_nothing,
};
G_STATIC_ASSERT(G_N_ELEMENTS(stores) == DEPLOY_END_N);

static gboolean store_jobs(Keeper *keeper, const GPtrArray *jobs, GError **error)
{
  if (!keeper_group_begin(keeper, error))
    return FALSE;
  for (guint i = 0; i < jobs->len; i++) {
    DeployJob *job = g_ptr_array_index(jobs, i);
    if (!stores[job->end](keeper, job, error))
      return FALSE;
  }
  return keeper_group_end(keeper, error);
}

/* Takes DEPLOYMENTS over, one by one, until there are as many commands as run at once. */
static gboolean do_portion(Keeper *keeper, GPtrArray *deployments, GHashTable *timeouts,
                           GError **error)
{
  g_autoptr(GPtrArray) jobs = g_ptr_array_new_with_free_func((GDestroyNotify)deploy_job_free);
  for (guint commands = 0; deployments->len > 0 && commands < commands_at_once(keeper);) {
    DeployJob *job = deploy_job_new(keeper, g_ptr_array_steal_index(deployments, 0), error);
    if (job == NULL)
      return FALSE;
    g_ptr_array_add(jobs, job);
    commands += job->end == 0;
  }
  return carry_out(keeper, jobs, timeouts, error) && store_jobs(keeper, jobs, error);
}

gboolean keeper_do_deployments(Keeper *keeper, GError **error)
{
  g_autoptr(GHashTable) timeouts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  while (!keeper_is_stopped()) {
    g_autoptr(GPtrArray) due = ledger_due_deployments(keeper->ledger, keeper->now, PORTION, error);
    if (due == NULL)
      return FALSE;
    if (due->len == 0)
      return TRUE;
    if (!do_portion(keeper, due, timeouts, error))
      return FALSE;
  }
  return TRUE;
}

gboolean keeper_clear_private(Keeper *keeper, GError **error G_GNUC_UNUSED)
{
  g_autoptr(GError) failed = NULL;
  if (file_wipe_folder(keeper->root, PRIVATE_FOLDER, &failed))
    return TRUE;
  keeper_say(keeper, PRIVATE_FOLDER ", where a command had keys, cannot be removed: %s",
             failed->message);
  keeper->run.failed++;
  return TRUE;
}

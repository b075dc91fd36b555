#include <string.h>

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
static gboolean carry_out(Deployer *deployer, const GPtrArray *jobs, GError **error)
{
  Keeper *keeper = deployer->keeper;
  g_autoptr(GPtrArray) lanes = g_ptr_array_new_with_free_func((GDestroyNotify)lane_free);
  for (guint i = 0; i < jobs->len; i++) {
    DeployJob *job = g_ptr_array_index(jobs, i);
    if (job->end == 0)
      g_ptr_array_add(find_lane(lanes, job->deployment, deployer->timeouts)->jobs, job);
  }
  if (!keeper_parallel_on(keeper, commands_at_once(keeper), lanes, carry_out_lane, NULL, error))
    return FALSE;
  for (guint i = 0; i < lanes->len; i++) {
    const Lane *lane = g_ptr_array_index(lanes, i);
    g_hash_table_insert(deployer->timeouts, g_strdup(lane->key), GUINT_TO_POINTER(lane->timeouts));
  }
  return TRUE;
}

/* Takes DEPLOYMENTS over, one by one, until there are as many commands as run at once. */
static gboolean do_portion(Deployer *deployer, GPtrArray *deployments, GError **error)
{
  const guint most = commands_at_once(deployer->keeper);
  g_autoptr(GPtrArray) jobs = g_ptr_array_new_with_free_func((GDestroyNotify)deploy_job_free);
  for (guint commands = 0; deployments->len > 0 && commands < most;) {
    DeployJob *job =
        deploy_job_new(deployer->keeper, g_ptr_array_steal_index(deployments, 0), error);
    if (job == NULL)
      return FALSE;
    g_ptr_array_add(jobs, job);
    commands += job->end == 0;
  }
  return carry_out(deployer, jobs, error) && deploy_store_jobs(deployer, jobs, error);
}

static gboolean do_all(Deployer *deployer, GError **error)
{
  Keeper *keeper = deployer->keeper;
  while (!keeper_is_stopped()) {
    g_autoptr(GPtrArray) due = ledger_due_deployments(keeper->ledger, keeper->now, PORTION, error);
    if (due == NULL)
      return FALSE;
    if (due->len == 0)
      return TRUE;
    if (!keeper_finish_writing(keeper, error) || !do_portion(deployer, due, error))
      return FALSE;
  }
  return TRUE;
}

gboolean keeper_do_deployments(Keeper *keeper, GError **error)
{
  g_autoptr(GHashTable) timeouts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  Deployer deployer = {keeper, timeouts, 0, 0};
  if (!do_all(&deployer, error))
    return FALSE;
  if (deployer.unsaid > 0)
    keeper_say(keeper,
               "and %u more deployments like these; the overview and the certificates' "
               "pages have them all",
               deployer.unsaid);
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

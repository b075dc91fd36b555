#include "base/error.h"
#include "ledger/deployment-private.h"

/* What is to be deployed where, by a document, by a new issue, by a new target. */

/* The present issue of DEPLOYMENT's certificate, SERIAL, is to be there. */
static void ask(LedgerDeployment *deployment, const char *serial, gint64 now, gint64 file)
{
  LifecycleDeploymentState before = deployment->state;
  gboolean other = g_strcmp0(deployment->serial, serial) != 0;
  gboolean there = before == LIFECYCLE_DEPLOYMENT_DONE || before == LIFECYCLE_DEPLOYMENT_LEAVING;
  gboolean absent = before == 0 || before == LIFECYCLE_DEPLOYMENT_GONE;
  /* One that never got there leaves what was there before it. */
  if (there || absent) {
    g_free(deployment->replaces);
    deployment->replaces = there && other ? g_strdup(deployment->serial) : NULL;
  }
  if (other || before != LIFECYCLE_DEPLOYMENT_FAILED) {
    deployment->attempts = 0;
    deployment->by_command = FALSE;
  }
  if (before != LIFECYCLE_DEPLOYMENT_FAILED)
    deployment->failing_since = 0;
  if (before != LIFECYCLE_DEPLOYMENT_PENDING)
    deployment->since = now;
  g_free(deployment->serial);
  deployment->serial = g_strdup(serial);
  deployment->state = LIFECYCLE_DEPLOYMENT_PENDING;
  deployment->next_try = now;
  deployment->file = file;
}

static gboolean store(Ledger *ledger, const LedgerDeployment *deployment, const char *what,
                      gint64 now, GError **error)
{
  g_autofree char *place = deployment_describe(deployment);
  return deployment_store(ledger, deployment, error) &&
         ledger_log(ledger, now, what, deployment->certificate, deployment->file, place, error);
}

static LedgerDeployment *new_place(const char *certificate, const LedgerDeployment *like)
{
  LedgerDeployment *deployment = g_new0(LedgerDeployment, 1);
  deployment->certificate = g_strdup(certificate);
  deployment->product = g_strdup(like->product);
  deployment->region = g_strdup(like->region);
  deployment->title = g_strdup(like->title);
  deployment->whole = like->whole;
  return deployment;
}

static gboolean fail_unknown(const char *certificate, GError **error)
{
  g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_BUG,
              "%s is not there to be deployed, or to be taken off; nothing was changed",
              certificate);
  return FALSE;
}

gboolean ledger_deploy(Ledger *ledger, const LedgerDeployment *place, gint64 now, gint64 file,
                       GError **error)
{
  g_autoptr(LedgerDeployment) deployment = NULL;
  sqlite3_stmt *row = ledger_query(ledger, error, "SELECT serial FROM certificate WHERE id = $1",
                                   "t", place->certificate);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more <= 0)
    return more == 0 && fail_unknown(place->certificate, error);
  g_autofree char *serial = column_text(row, 0);
  sqlite3_reset(row);
  if (!ledger_read_deployment(ledger, place->certificate, place->product, place->region,
                              &deployment, error))
    return FALSE;
  if (deployment == NULL)
    deployment = new_place(place->certificate, place);
  g_free(deployment->title);
  deployment->title = g_strdup(place->title);
  deployment->whole = place->whole;
  ask(deployment, serial, now, file);
  return store(ledger, deployment, "deploying", now, error);
}

gboolean ledger_undeploy(Ledger *ledger, const char *certificate, const char *product,
                         const char *region, gint64 now, gint64 file, GError **error)
{
  g_autoptr(LedgerDeployment) deployment = NULL;
  if (!ledger_read_deployment(ledger, certificate, product, region, &deployment, error))
    return FALSE;
  if (deployment == NULL)
    return fail_unknown(certificate, error);
  if (deployment->state != LIFECYCLE_DEPLOYMENT_LEAVING) {
    /* A command that failed, or that was killed with its run and left no trace, may have brought
     * something there. */
    deployment->by_command =
        deployment->by_command || deployment->attempts > 0 || deployment->since < now;
    deployment->attempts = 0;
    deployment->since = now;
    deployment->failing_since = 0;
  }
  deployment->state = LIFECYCLE_DEPLOYMENT_LEAVING;
  deployment->next_try = now;
  deployment->file = file;
  return store(ledger, deployment, "undeploying", now, error);
}

/* Whether the certificate is on its way to the place, or there to stay. */
static gboolean is_wanted(const LedgerDeployment *deployment)
{
  return deployment->state == LIFECYCLE_DEPLOYMENT_PENDING ||
         deployment->state == LIFECYCLE_DEPLOYMENT_DONE ||
         deployment->state == LIFECYCLE_DEPLOYMENT_FAILED;
}

/* An issue that something is deployed of, or before. */
typedef struct {
  char *serial;
  char *forerunner;
  gboolean has_key;
} Follower;

static void follower_clear(Follower *follower)
{
  g_free(follower->serial);
  g_free(follower->forerunner);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Follower, follower_clear)

/* Its serial stays NULL where there is nothing to follow, which is the common case. */
static gboolean read_follower(Ledger *ledger, const char *certificate, Follower *ret_follower,
                              GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      "SELECT i.serial, c.forerunner, k.wrapped IS NOT NULL FROM certificate c JOIN issue i ON "
      "i.number = c.issue JOIN key k ON k.spki_sha256 = i.spki_sha256 WHERE c.id = $1 AND "
      "(c.forerunner IS NOT NULL OR EXISTS (SELECT 1 FROM deployment d WHERE d.certificate = "
      "c.id))",
      "t", certificate);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more > 0) {
    ret_follower->serial = column_text(row, 0);
    ret_follower->forerunner = column_text(row, 1);
    ret_follower->has_key = sqlite3_column_int64(row, 2) != 0;
    sqlite3_reset(row);
  }
  return more >= 0;
}

static gboolean has_place(const GPtrArray *places, const LedgerDeployment *place)
{
  for (guint i = 0; i < places->len; i++) {
    const LedgerDeployment *one = g_ptr_array_index(places, i);
    if (g_str_equal(one->product, place->product) && g_str_equal(one->region, place->region))
      return TRUE;
  }
  return FALSE;
}

/* Where CERTIFICATE is already: PLACES, all of it. Adds to FOLLOWED. */
static gboolean follow_itself(Ledger *ledger, GPtrArray *places, const char *serial, gint64 now,
                              gint64 file, GPtrArray *followed, GError **error)
{
  for (guint i = 0; i < places->len; i++) {
    LedgerDeployment *place = g_ptr_array_index(places, i);
    if (!is_wanted(place) || g_str_equal(place->serial, serial))
      continue;
    LedgerDeployment *next = new_place(place->certificate, place);
    g_ptr_array_add(followed, next);
    ask(place, serial, now, file);
    if (!store(ledger, place, "deploying", now, error))
      return FALSE;
  }
  return TRUE;
}

/* OLD, which has not got to its place, is not tried any more: CERTIFICATE, which renews it, is
 * to be there. Its row stays until that is, for what lies before it. */
static gboolean give_way(Ledger *ledger, LedgerDeployment *old, const char *certificate, gint64 now,
                         GError **error)
{
  if (old->next_try == 0)
    return TRUE;
  old->state = LIFECYCLE_DEPLOYMENT_FAILED;
  old->since = now;
  old->next_try = 0;
  old->failing_since = 0;
  old->file = 0;
  g_free(old->output);
  old->output = g_strdup_printf("its renewal, %s, takes its place", certificate);
  return ledger_put_deployment(ledger, old, now, "deployment given up", old->output, error);
}

/* Where FORERUNNER is, unless it has been, or is to be, in the place itself. */
static gboolean follow_forerunner(Ledger *ledger, const char *certificate, const Follower *follower,
                                  const GPtrArray *places, gint64 now, gint64 file,
                                  GPtrArray *followed, GError **error)
{
  g_autoptr(GPtrArray) before = ledger_deployments_of(ledger, follower->forerunner, error);
  for (guint i = 0; before != NULL && i < before->len; i++) {
    LedgerDeployment *old = g_ptr_array_index(before, i);
    if (!is_wanted(old) || has_place(places, old))
      continue;
    LedgerDeployment *next = new_place(certificate, old);
    g_ptr_array_add(followed, next);
    ask(next, follower->serial, now, file);
    next->replaces =
        g_strdup(old->state == LIFECYCLE_DEPLOYMENT_DONE ? old->serial : old->replaces);
    if (!store(ledger, next, "deploying", now, error) ||
        (old->state != LIFECYCLE_DEPLOYMENT_DONE &&
         !give_way(ledger, old, certificate, now, error)))
      return FALSE;
  }
  return before != NULL;
}

GPtrArray *ledger_follow_deployments(Ledger *ledger, const char *certificate, gint64 now,
                                     gint64 file, GError **error)
{
  g_auto(Follower) follower = {0};
  g_autoptr(GPtrArray) followed =
      g_ptr_array_new_with_free_func((GDestroyNotify)ledger_deployment_free);
  if (!read_follower(ledger, certificate, &follower, error))
    return NULL;
  if (follower.serial == NULL || !follower.has_key)
    return g_steal_pointer(&followed);
  g_autoptr(GPtrArray) places = ledger_deployments_of(ledger, certificate, error);
  if (places == NULL ||
      !follow_itself(ledger, places, follower.serial, now, file, followed, error) ||
      (follower.forerunner != NULL &&
       !follow_forerunner(ledger, certificate, &follower, places, now, file, followed, error)))
    return NULL;
  return g_steal_pointer(&followed);
}

static gboolean read_forerunner(Ledger *ledger, const char *certificate, char **ret_forerunner,
                                GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error, "SELECT forerunner FROM certificate WHERE id = $1", "t", certificate);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more < 0)
    return FALSE;
  *ret_forerunner = more > 0 ? column_text(row, 0) : NULL;
  if (more > 0)
    sqlite3_reset(row);
  return TRUE;
}

/* A certificate may be renewed twice before anything of that gets to the place. */
GPtrArray *ledger_leave_forerunners(Ledger *ledger, const LedgerDeployment *deployment, gint64 now,
                                    GError **error)
{
  g_autoptr(GPtrArray) left =
      g_ptr_array_new_with_free_func((GDestroyNotify)ledger_deployment_free);
  g_autofree char *certificate = g_strdup(deployment->certificate);
  for (;;) {
    g_autofree char *forerunner = NULL;
    LedgerDeployment *old = NULL;
    if (!read_forerunner(ledger, certificate, &forerunner, error))
      return NULL;
    if (forerunner == NULL)
      return g_steal_pointer(&left);
    if (!ledger_read_deployment(ledger, forerunner, deployment->product, deployment->region, &old,
                                error))
      return NULL;
    if (old == NULL || old->state == LIFECYCLE_DEPLOYMENT_GONE) {
      ledger_deployment_free(old);
      return g_steal_pointer(&left);
    }
    g_ptr_array_add(left, old);
    old->state = LIFECYCLE_DEPLOYMENT_GONE;
    old->since = now;
    old->next_try = 0;
    old->failing_since = 0;
    old->file = 0;
    if (!store(ledger, old, "undeployed", now, error))
      return NULL;
    g_free(certificate);
    certificate = g_steal_pointer(&forerunner);
  }
}

/* How a target was when it was looked at last. */

gboolean ledger_read_target(Ledger *ledger, const char *product, char **ret_shape, GError **error)
{
  g_autofree char *name = g_strconcat("target ", product, NULL);
  sqlite3_stmt *row =
      ledger_query(ledger, error, "SELECT value FROM meta WHERE name = $1", "t", name);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more < 0)
    return FALSE;
  *ret_shape = more > 0 ? column_text(row, 0) : NULL;
  if (more > 0)
    sqlite3_reset(row);
  return TRUE;
}

gboolean ledger_put_target(Ledger *ledger, const char *product, const char *shape, GError **error)
{
  g_autofree char *name = g_strconcat("target ", product, NULL);
  return ledger_do(ledger, error,
                   "INSERT INTO meta VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2",
                   "tt", name, shape);
}

/* What the files that carry out deployments share. A job is one certificate on one
 * product in one region; it is read from the ledger (deploy-job.c), carried out by any
 * thread without the ledger (deploy-command.c, deploy-look.c), and its outcome stored
 * (deploy-store.c). */
#ifndef CERTDROP_KEEPER_DEPLOY_PRIVATE_H
#define CERTDROP_KEEPER_DEPLOY_PRIVATE_H

#include "base/program.h"
#include "keeper/keeper-private.h"

/* How a job ended. */
typedef enum {
  DEPLOY_END_DONE = 1, /* it is there, or is there no more */
  DEPLOY_END_FAILED,   /* to be tried again after a pause */
  DEPLOY_END_WAITS,    /* somebody else has to fetch the archive: looked at again after a pause */
  DEPLOY_END_GIVEN_UP, /* not to be tried again */
  DEPLOY_END_PUT_OFF,  /* not tried in this run */
  DEPLOY_END_STOPPED,  /* the run was */
  DEPLOY_END_N
} DeployEnd;

typedef struct {
  LedgerDeployment *deployment;
  const ConfigurationTarget *target; /* NULL: no longer in the configuration */
  LedgerIssue *issue;                /* NULL where it is not known any more */
  Secret *key_pem;                   /* NULL for a removal */
  guint number;                      /* of its private folder */
  /* Filled by who carries it out. */
  DeployEnd end;
  gboolean timed_out;
  gboolean commanded; /* a command ended well, now or before */
  char *why;          /* it did not go well: "/bin/push ended with status 3"; or NULL */
  char *seen;         /* that the host serves the certificate; or NULL */
  char *output;       /* of the command; or NULL */
} DeployJob;

void deploy_job_free(DeployJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DeployJob, deploy_job_free)

/* The job of DEPLOYMENT (taken over), with all that it needs of the ledger; its end is
 * set where there is nothing to carry out. */
DeployJob *deploy_job_new(Keeper *keeper, LedgerDeployment *deployment, GError **error);

/* Whether the certificate is to leave the place. */
gboolean deploy_job_is_removal(const DeployJob *job);

/* Says that JOB did not go well, as END, and why. */
void deploy_job_fail(DeployJob *job, DeployEnd end, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Carries JOB out. Fails only where its private folder cannot be written. */
gboolean deploy_job_carry_out(Keeper *keeper, DeployJob *job, GError **error);

/* Whether the host that the target names serves JOB's certificate, which becomes `seen`;
 * TRIES looks, a second apart, since servers take a moment to load it. What it serves
 * instead goes to *RET_WHY. */
gboolean deploy_job_is_served(DeployJob *job, guint tries, char **ret_why);

/* What the run remembers from portion to portion. */
typedef struct {
  Keeper *keeper;
  GHashTable *timeouts; /* by lane: commands in a row that had to be ended */
  guint said;
  guint unsaid;
} Deployer;

/* Stores how JOBS (DeployJob) ended, in a transaction. */
gboolean deploy_store_jobs(Deployer *deployer, const GPtrArray *jobs, GError **error);

#endif

/* Where certificates are deployed: a part of ledger.h, which includes it. */
#ifndef CERTDROP_LEDGER_DEPLOYMENTS_H
#define CERTDROP_LEDGER_DEPLOYMENTS_H

#include "ledger/ledger.h"

/* A certificate on a product in a region. */
typedef struct {
  char *certificate;
  char *product;
  char *region; /* "": the product has none */
  char *title;  /* of the product, for people */
  gboolean whole;
  gboolean by_command; /* its command has ended well or, of one that leaves, was tried; FALSE: at
                          most its archive lies there */
  LifecycleDeploymentState state;
  char *serial;         /* of the issue that is, or is to be, there */
  char *replaces;       /* the serial that was there before, or NULL */
  gint64 since;         /* when it came into its state */
  gint64 attempts;      /* that failed, since it was asked for */
  gint64 next_try;      /* 0: nothing to do */
  gint64 failing_since; /* 0: it does not fail */
  char *output;         /* what the command, or the look at the host, said last; or NULL */
  gint64 file;          /* that asked for it; 0: none */
} LedgerDeployment;

void ledger_deployment_free(LedgerDeployment *deployment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LedgerDeployment, ledger_deployment_free)

/* Says that the present issue of PLACE's certificate is to be on PLACE (certificate,
 * product, region, title, whole). One that fails is tried again at once. */
gboolean ledger_deploy(Ledger *ledger, const LedgerDeployment *place, gint64 now, gint64 file,
                       GError **error);
/* Says that CERTIFICATE is to leave PRODUCT in REGION. */
gboolean ledger_undeploy(Ledger *ledger, const char *certificate, const char *product,
                         const char *region, gint64 now, gint64 file, GError **error);
/* To be called when CERTIFICATE has a new issue: where the one before it is deployed, and
 * where the certificate is that it renews, the new one is to be, with the serial that it
 * replaces. Returns these places: GPtrArray of LedgerDeployment. */
GPtrArray *ledger_follow_deployments(Ledger *ledger, const char *certificate, gint64 now,
                                     gint64 file, GError **error);
/* At most LIMIT deployments for which there is something to do at NOW. */
GPtrArray *ledger_due_deployments(Ledger *ledger, gint64 now, guint limit, GError **error);
/* Stores how it stands with DEPLOYMENT, which was read before: state, by_command,
 * attempts, next_try, failing_since, output. WHAT and TEXT go into the log, unless WHAT
 * is NULL. */
gboolean ledger_put_deployment(Ledger *ledger, const LedgerDeployment *deployment, gint64 now,
                               const char *what, const char *text, GError **error);
/* DEPLOYMENT is done: what its certificate renews is there no more. Returns what
 * thereby went: GPtrArray of LedgerDeployment. */
GPtrArray *ledger_leave_forerunners(Ledger *ledger, const LedgerDeployment *deployment, gint64 now,
                                    GError **error);
/* How the target PRODUCT was when it was looked at last; NULL in *RET_SHAPE: never. */
gboolean ledger_read_target(Ledger *ledger, const char *product, char **ret_shape, GError **error);
gboolean ledger_put_target(Ledger *ledger, const char *product, const char *shape, GError **error);
/* At most LIMIT issued certificates that are deployed on PRODUCT as a whole, but were
 * never in REGION; or of which only the archive was laid out. GPtrArray of
 * LedgerDeployment, one there is of each. */
GPtrArray *ledger_deployments_without(Ledger *ledger, const char *product, const char *region,
                                      guint limit, GError **error);
GPtrArray *ledger_deployments_without_command(Ledger *ledger, const char *product, guint limit,
                                              GError **error);
/* That of CERTIFICATE on PRODUCT in REGION, NULL in *RET_DEPLOYMENT where there is none. */
gboolean ledger_read_deployment(Ledger *ledger, const char *certificate, const char *product,
                                const char *region, LedgerDeployment **ret_deployment,
                                GError **error);
/* All of CERTIFICATE, by product and region. */
GPtrArray *ledger_deployments_of(Ledger *ledger, const char *certificate, GError **error);
/* At most LIMIT of those that fail, those first that fail longest, and their number. */
GPtrArray *ledger_failing_deployments(Ledger *ledger, guint limit, gint64 *ret_count,
                                      GError **error);

#endif

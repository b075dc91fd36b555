#include "keeper/keeper-private.h"

/* What is due by time alone, with no file that asks for it, in its order. What needs files that
 * were decided before waits for them (keeper_finish_writing()); nothing else does. */

typedef struct {
  KeeperDueTime time;
  gboolean (*work)(Keeper *keeper, GError **error);
} DueWork;

/* Expiry, in portions: a million certificates may run out in one night. */
static gboolean expire(Keeper *keeper, GError **error)
{
  guint moved;
  do {
    if (!keeper_group_begin(keeper, error) ||
        !ledger_expire(keeper->ledger, keeper->now, &moved, error) ||
        !keeper_group_next(keeper, error))
      return FALSE;
    keeper->run.expired += moved;
  } while (moved > 0);
  return TRUE;
}

static gboolean refresh_crls(Keeper *keeper, GError **error)
{
  return keeper_group_begin(keeper, error) && keeper_refresh_crls(keeper, error) &&
         keeper_group_next(keeper, error);
}

static const DueWork works[] = {
    {KEEPER_DUE_BEFORE_INBOX, keeper_clear_private},
    {KEEPER_DUE_BEFORE_INBOX, expire},
    /* Before what this run issues, which is scheduled by the present policy anyway. */
    {KEEPER_DUE_BEFORE_INBOX, keeper_follow_policy},
    {KEEPER_DUE_AFTER_INBOX, keeper_renew},
    {KEEPER_DUE_AFTER_INBOX, refresh_crls},
    {KEEPER_DUE_AFTER_INBOX, keeper_empty_log},
    {KEEPER_DUE_AFTER_INBOX, keeper_ask_issuers}, /* also for what was renewed just now */
    {KEEPER_DUE_AFTER_INBOX, keeper_schedule},    /* what they have certified */
    {KEEPER_DUE_AFTER_INBOX, keeper_remind},      /* after what renews … */
    {KEEPER_DUE_AFTER_INBOX, keeper_send_mail},   /* … and this last of what may write mail */
    /* Commands of targets may hang: nothing else is to wait for them. */
    {KEEPER_DUE_AFTER_INBOX, keeper_review_targets},
    {KEEPER_DUE_AFTER_INBOX, keeper_do_deployments},
};

/* What the inbox asked for is owed at once, even by a run that is asked to stop: the revocation
 * list, and that a destroyed key is nowhere any more. */
static gboolean is_owed(const DueWork *due)
{
  return due->work == refresh_crls || due->work == keeper_empty_log;
}

gboolean keeper_do_due(Keeper *keeper, KeeperDueTime time, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS(works); i++)
    if (works[i].time == time && (!keeper_is_stopped() || is_owed(&works[i])) &&
        !works[i].work(keeper, error))
      return FALSE;
  return TRUE;
}

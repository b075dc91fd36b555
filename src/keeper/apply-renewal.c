#include "keeper/apply-private.h"

gboolean apply_link_successor(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                              GError **error)
{
  return ledger_link_successor(keeper->ledger, step->certificate, step->successor, step->reviewed,
                               keeper->now, context->file, error);
}

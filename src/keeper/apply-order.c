#include "keeper/apply-private.h"

/* Steps that change what the ledger says of orders and certificates. */

gboolean apply_create_order(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                            GError **error)
{
  context->order = step->order->ref;
  context->product = step->order->product;
  return ledger_add_order(keeper->ledger, step->order, keeper->now, context->file, error);
}

gboolean apply_record_payment(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                              GError **error)
{
  return ledger_add_payment(keeper->ledger, context->order, step->payment, keeper->now,
                            context->file, error);
}

gboolean apply_store_application(Keeper *keeper, const LifecycleStep *step,
                                 KeeperStepContext *context, GError **error)
{
  return ledger_put_application(keeper->ledger, step->certificate, step->application_ref,
                                step->application, step->names, step->state, keeper->now,
                                context->file, error);
}

gboolean apply_set_status(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                          GError **error)
{
  return ledger_set_status(keeper->ledger, step->certificate, step->status, keeper->now,
                           context->file, error);
}

gboolean apply_record_review(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                             GError **error)
{
  return ledger_add_review(keeper->ledger, step->review, step->certificate, keeper->now,
                           context->file, error);
}

/* The key of a CSR is taken at once: what comes with it before the group ends is to
 * find it in use. */
gboolean apply_issue(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                     GError **error)
{
  const RequestCsr *csr = step->application->csr;
  keeper_add_issue(keeper, keeper_issue_new(step, context->product, context->file));
  context->issue = step;
  keeper->run.issued++;
  keeper->run.renewed += step->again ? 1 : 0;
  return csr == NULL || csr->der == NULL ||
         ledger_claim_key(keeper->ledger, csr->spki_sha256, csr->key_kind, step->certificate,
                          error);
}

#include "keeper/apply-private.h"

/* A certificate of others: no archive is made of it before one is asked for. */

gboolean apply_upload(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                      GError **error)
{
  const RequestCertificate *leaf = step->upload->leaf;
  g_autoptr(GBytes) wrapped = NULL;
  if (context->key != NULL) {
    wrapped = pki_wrapping_key_wrap(keeper->wrapping_key, context->key, error);
    if (wrapped == NULL)
      return FALSE;
  }
  const LedgerIssue issue = {
      .certificate = step->certificate,
      .serial = leaf->serial,
      .not_before = leaf->not_before,
      .not_after = leaf->not_after,
      .term_end = leaf->not_after + 1,
      .names = leaf->names,
      .der = leaf->der,
      .sha256 = leaf->sha256,
      .spki_sha256 = leaf->spki_sha256,
      .key_kind = leaf->key_kind,
      .wrapped_key = wrapped,
      .chain = leaf->chain,
      .outside = TRUE,
      .issuer = leaf->issuer,
      .warnings = leaf->warnings,
  };
  context->order = step->order->ref;
  context->product = step->order->product;
  return ledger_add_upload(keeper->ledger, step->order, step->upload->name, step->status, &issue,
                           keeper->now, context->file, error);
}

#include "base/error.h"
#include "keeper/apply-private.h"

/* Issuers outside: what goes there, and what comes back. */

/* Key and CSR are made with their group. The key of a manual CSR is taken at once: what comes
 * with it before the group ends is to find it in use. */
gboolean apply_request_outside(Keeper *keeper, const LifecycleStep *step,
                               KeeperStepContext *context, GError **error)
{
  const RequestCsr *csr = step->application->csr;
  keeper_add_issue(keeper, keeper_issue_new(step, context->product, context->file));
  return csr == NULL || csr->der == NULL ||
         ledger_claim_key(keeper->ledger, csr->spki_sha256, csr->key_kind, step->certificate,
                          error);
}

gboolean keeper_store_request(Keeper *keeper, const KeeperIssue *job, GError **error)
{
  const LedgerIssue *made = job->issue;
  const LedgerOutside outside = {
      .certificate = job->certificate,
      .issuer = job->issuer,
      .spki_sha256 = made->spki_sha256,
      .csr = made->csr,
      .names = job->names,
      .since = keeper->now,
      /* One that is not configured any more fails, and is said to. */
      .next_try = g_str_equal(job->issuer, "exchange") ? 0 : keeper->now,
  };
  if (!ledger_put_outside(keeper->ledger, &outside, made->key_kind, made->wrapped_key, keeper->now,
                          job->file, error))
    return FALSE;
  KeeperOutput *output =
      keeper_output_new_document(outbox_csr_path(job->certificate), outbox_make_csr(made->csr));
  output->row->certificate = g_strdup(job->certificate);
  return keeper_add_output(keeper, output, error);
}

/* The CSR is taken away, so that nobody sends it once more. The ledger keeps it with what was
 * issued for it. */
gboolean keeper_end_outside(Keeper *keeper, const char *certificate, GError **error)
{
  if (!ledger_end_outside(keeper->ledger, certificate, error))
    return FALSE;
  KeeperOutput *output = keeper_output_new(LEDGER_OUTPUT_REMOVE, outbox_csr_path(certificate));
  output->row->certificate = g_strdup(certificate);
  output->row->sha256 = g_strdup("");
  return keeper_add_output(keeper, output, error);
}

gboolean apply_end_outside(Keeper *keeper, const LifecycleStep *step,
                           KeeperStepContext *context G_GNUC_UNUSED, GError **error)
{
  return keeper_end_outside(keeper, step->certificate, error);
}

static gboolean store_certificate(Keeper *keeper, const LifecycleStep *step,
                                  const LedgerOutside *outside, gint64 file, GError **error)
{
  const RequestCertificate *leaf = step->issuance->leaf;
  const LedgerIssue issue = {
      .certificate = step->certificate,
      .serial = leaf->serial,
      .not_before = leaf->not_before,
      .not_after = leaf->not_after,
      .term_end = step->term_end,
      .names = step->names,
      .der = leaf->der,
      .csr = outside->csr,
      .sha256 = leaf->sha256,
      .spki_sha256 = leaf->spki_sha256,
      .key_kind = leaf->key_kind, /* the key itself is there since the request */
      .chain = leaf->chain,
      .outside = TRUE,
      .issuer = leaf->issuer,
      .warnings = leaf->warnings,
  };
  return ledger_add_issue(keeper->ledger, &issue, keeper->now, file, error);
}

gboolean apply_take_certificate(Keeper *keeper, const LifecycleStep *step,
                                KeeperStepContext *context, GError **error)
{
  g_autoptr(LedgerOutside) outside = NULL;
  if (!ledger_read_outside(keeper->ledger, step->certificate, &outside, error))
    return FALSE;
  if (outside == NULL) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_BUG, "no CSR of %s lies outside",
                step->certificate);
    return FALSE;
  }
  context->issue = step;
  keeper->run.issued++;
  keeper->run.renewed += step->again ? 1 : 0;
  return store_certificate(keeper, step, outside, context->file, error) &&
         keeper_end_outside(keeper, step->certificate, error) &&
         keeper_add_asked_archives(keeper, step, context->file, error) &&
         keeper_follow_issue(keeper, step->certificate, context->file, error);
}

#include "keeper/apply-private.h"

/* Steps that end an application or a certificate. */

/* What only reviewers and issuers outside look at. */
static const char *const pending_folders[] = {"outbox/csr/", "outbox/verification/", NULL};
static const char *const all_folders[] = {"outbox/", NULL};

static gboolean is_below_any(const char *path, const char *const *folders)
{
  for (; *folders != NULL; folders++)
    if (g_str_has_prefix(path, *folders))
      return TRUE;
  return FALSE;
}

/* Has the files of CERTIFICATE below one of FOLDERS overwritten and removed. */
static gboolean remove_files(Keeper *keeper, const char *certificate, const char *const *folders,
                             GError **error)
{
  g_autoptr(GPtrArray) files = ledger_outputs_of_certificate(keeper->ledger, certificate, error);
  if (files == NULL)
    return FALSE;
  for (guint i = 0; i < files->len; i++) {
    const LedgerOutput *file = g_ptr_array_index(files, i);
    if (!is_below_any(file->path, folders))
      continue;
    KeeperOutput *output = keeper_output_new(LEDGER_OUTPUT_REMOVE, g_strdup(file->path));
    output->row->certificate = g_strdup(certificate);
    output->row->sha256 = g_strdup(file->sha256);
    if (!keeper_add_output(keeper, output, error))
      return FALSE;
  }
  return TRUE;
}

gboolean apply_withdraw(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                        GError **error)
{
  return ledger_withdraw(keeper->ledger, step->certificate, keeper->now, context->file, error) &&
         remove_files(keeper, step->certificate, pending_folders, error);
}

gboolean apply_revoke(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                      GError **error)
{
  const LedgerRevocation revocation = {step->reason, step->spki_sha256, step->cancelled};
  gboolean listed = FALSE;
  return ledger_revoke(keeper->ledger, step->certificate, &revocation, keeper->now, context->file,
                       &listed, error) &&
         remove_files(keeper, step->certificate, pending_folders, error) &&
         (!listed || keeper_want_crl(keeper, error));
}

gboolean apply_refund(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                      GError **error)
{
  return ledger_add_refund(keeper->ledger, step->certificate, step->payment, keeper->now,
                           context->file, error);
}

/* Of what was written, nothing stays: archives hold the key, letters, mail and attachments a
 * person's data. What the ledger knows of order, application, review and certificate is the
 * record that it existed. */
gboolean apply_delete(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                      GError **error)
{
  return ledger_delete_certificate(keeper->ledger, step->certificate, step->cancelled, keeper->now,
                                   context->file, error) &&
         remove_files(keeper, step->certificate, all_folders, error) &&
         keeper_want_emptied_log(keeper, error);
}

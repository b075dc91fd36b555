#include "base/error.h"
#include "keeper/keeper-private.h"

/* Carries out the steps of a decision: a row for each kind. */

typedef gboolean (*ApplyStep)(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                              GError **error);

static gboolean create_order(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                             GError **error)
{
  context->order = step->order->ref;
  context->product = step->order->product;
  return ledger_add_order(keeper->ledger, step->order, keeper->now, context->file, error);
}

static gboolean record_payment(Keeper *keeper, const LifecycleStep *step,
                               KeeperStepContext *context, GError **error)
{
  return ledger_add_payment(keeper->ledger, context->order, step->payment, keeper->now,
                            context->file, error);
}

static gboolean store_application(Keeper *keeper, const LifecycleStep *step,
                                  KeeperStepContext *context, GError **error)
{
  return ledger_put_application(keeper->ledger, step->certificate, step->application_ref,
                                step->application, step->names, step->state, keeper->now,
                                context->file, error);
}

static gboolean set_status(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                           GError **error)
{
  return ledger_set_status(keeper->ledger, step->certificate, step->status, keeper->now,
                           context->file, error);
}

static gboolean record_review(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                              GError **error)
{
  return ledger_add_review(keeper->ledger, step->review, step->certificate, keeper->now,
                           context->file, error);
}

/* The key of a CSR is taken at once: what comes with it before the group ends is to
 * find it in use. */
static gboolean issue(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                      GError **error)
{
  const RequestCsr *csr = step->application->csr;
  g_ptr_array_add(keeper->issues, keeper_issue_new(step, context->product, context->file));
  context->issue = step;
  keeper->run.issued++;
  return csr == NULL || csr->der == NULL ||
         ledger_claim_key(keeper->ledger, csr->spki_sha256, csr->key_kind, step->certificate,
                          error);
}

/* Adds a file about the step's certificate, whose page will name it. */
static gboolean add_document(Keeper *keeper, const LifecycleStep *step, char *path, GBytes *content,
                             GError **error)
{
  KeeperOutput *output = keeper_output_new_document(path, content);
  output->row->certificate = g_strdup(step->certificate);
  return keeper_add_output(keeper, output, error);
}

static gboolean write_letter(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                             GError **error)
{
  const OutboxLetter letter = {step->certificate, step->application_ref, context->product,
                               step->application, keeper->configuration, keeper->now};
  GBytes *content = outbox_make_letter(&letter, error);
  if (content == NULL)
    return FALSE;
  char *path = outbox_letter_path(step->certificate, step->application_ref);
  return add_document(keeper, step, path, content, error);
}

/* The paths of the archives that the decision's issue makes. */
static char **archive_paths(const LifecycleStep *issue)
{
  GPtrArray *paths = g_ptr_array_new();
  if (issue != NULL) {
    g_autofree RequestFormat *formats = keeper_formats(issue->application);
    for (const RequestFormat *format = formats; *format != 0; format++)
      g_ptr_array_add(paths, outbox_archive_path(issue->certificate, issue->names[0], *format));
  }
  g_ptr_array_add(paths, NULL);
  return (char **)g_ptr_array_free(paths, FALSE);
}

static gboolean write_mail(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                           GError **error)
{
  g_auto(GStrv) archives = archive_paths(context->issue);
  const OutboxMail mail = {
      .kind = step->mail,
      .certificate = step->certificate,
      .application_ref = step->application_ref,
      .product = context->product,
      .applicant = step->application->applicant,
      .names = (const char *const *)step->application->domains,
      .configuration = keeper->configuration,
      .at = keeper->now,
      .comment = step->review != NULL ? step->review->comment : NULL,
      .not_after = context->issue != NULL ? context->issue->not_after : 0,
      .archives = (const char *const *)archives,
  };
  g_autoptr(GError) refused = NULL;
  GBytes *content = outbox_make_mail(&mail, &refused);
  if (content == NULL && g_error_matches(refused, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED)) {
    /* Nobody's certificate waits for a mail that cannot be addressed. */
    keeper_say(keeper, "%s: no mail was written: %s", step->certificate, refused->message);
    return TRUE;
  }
  if (content == NULL) {
    g_propagate_error(error, g_steal_pointer(&refused));
    return FALSE;
  }
  char *path = outbox_mail_path(step->certificate, step->application_ref, step->mail, keeper->now);
  return add_document(keeper, step, path, content, error);
}

static gboolean write_attachments(Keeper *keeper, const LifecycleStep *step,
                                  KeeperStepContext *context G_GNUC_UNUSED, GError **error)
{
  const GPtrArray *attachments = step->application->attachments;
  for (guint i = 0; i < attachments->len; i++) {
    const RequestAttachment *attachment = g_ptr_array_index(attachments, i);
    char *path = outbox_attachment_path(step->certificate, step->application_ref, attachment->kind,
                                        attachment->extension);
    KeeperOutput *output = keeper_output_new(LEDGER_OUTPUT_ATTACHMENT, path);
    output->row->sha256 = g_strdup(attachment->sha256);
    output->row->certificate = g_strdup(step->certificate);
    if (!keeper_add_output(keeper, output, error))
      return FALSE;
  }
  return TRUE;
}

static const ApplyStep apply_steps[] = {
    [LIFECYCLE_STEP_CREATE_ORDER] = create_order,
    [LIFECYCLE_STEP_RECORD_PAYMENT] = record_payment,
    [LIFECYCLE_STEP_STORE_APPLICATION] = store_application,
    [LIFECYCLE_STEP_SET_STATUS] = set_status,
    [LIFECYCLE_STEP_RECORD_REVIEW] = record_review,
    [LIFECYCLE_STEP_ISSUE] = issue,
    [LIFECYCLE_STEP_WRITE_LETTER] = write_letter,
    [LIFECYCLE_STEP_WRITE_MAIL] = write_mail,
    [LIFECYCLE_STEP_WRITE_ATTACHMENTS] = write_attachments,
};
G_STATIC_ASSERT(G_N_ELEMENTS(apply_steps) == LIFECYCLE_STEP_N);

gboolean keeper_apply(Keeper *keeper, const LifecycleDecision *decision, KeeperStepContext *context,
                      GError **error)
{
  for (guint i = 0; i < decision->steps->len; i++) {
    const LifecycleStep *step = g_ptr_array_index(decision->steps, i);
    if (!apply_steps[step->kind](keeper, step, context, error))
      return FALSE;
  }
  return TRUE;
}

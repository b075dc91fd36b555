#include "base/error.h"
#include "keeper/apply-private.h"

/* Steps that write to people: letters, mail, what a reviewer has to look at. */

gboolean apply_add_document(Keeper *keeper, const LifecycleStep *step, char *path, GBytes *content,
                            GError **error)
{
  KeeperOutput *output = keeper_output_new_document(path, content);
  output->row->certificate = g_strdup(step->certificate);
  return keeper_add_output(keeper, output, error);
}

gboolean apply_write_letter(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                            GError **error)
{
  const OutboxLetter letter = {step->certificate, step->application_ref, context->product,
                               step->application, keeper->configuration, keeper->now};
  GBytes *content = outbox_make_letter(&letter, error);
  if (content == NULL)
    return FALSE;
  char *path = outbox_letter_path(step->certificate, step->application_ref);
  return apply_add_document(keeper, step, path, content, error);
}

/* The paths of the archives that the decision's issue makes. */
static char **archive_paths(const LifecycleStep *issue)
{
  GPtrArray *paths = g_ptr_array_new();
  if (issue != NULL) {
    g_autofree RequestFormat *formats = keeper_formats(issue->application);
    for (const RequestFormat *format = formats; *format != 0; format++)
      g_ptr_array_add(paths,
                      outbox_archive_path(issue->certificate, issue->names[0], *format, FALSE));
  }
  g_ptr_array_add(paths, NULL);
  return (char **)g_ptr_array_free(paths, FALSE);
}

gboolean apply_write_mail(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
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
      .amount = step->amount,
      .currency = keeper->catalog->currency,
      .forerunner = step->forerunner,
      .until = step->until,
      .failure = step->failure,
      .lost = context->issue != NULL ? context->issue->lost : 0,
      .reason = step->reason,
      .refund = step->payment,
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
  return apply_add_document(keeper, step, path, content, error);
}

gboolean apply_write_attachments(Keeper *keeper, const LifecycleStep *step,
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

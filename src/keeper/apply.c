#include "keeper/apply-private.h"

/* Carries out the steps of a decision: a row for each kind. */

static const ApplyStep apply_steps[] = {
    [LIFECYCLE_STEP_CREATE_ORDER] = apply_create_order,
    [LIFECYCLE_STEP_RECORD_PAYMENT] = apply_record_payment,
    [LIFECYCLE_STEP_STORE_APPLICATION] = apply_store_application,
    [LIFECYCLE_STEP_SET_STATUS] = apply_set_status,
    [LIFECYCLE_STEP_RECORD_REVIEW] = apply_record_review,
    [LIFECYCLE_STEP_ISSUE] = apply_issue,
    [LIFECYCLE_STEP_WRITE_LETTER] = apply_write_letter,
    [LIFECYCLE_STEP_WRITE_MAIL] = apply_write_mail,
    [LIFECYCLE_STEP_WRITE_ATTACHMENTS] = apply_write_attachments,
    [LIFECYCLE_STEP_UPLOAD] = apply_upload,
    [LIFECYCLE_STEP_WITHDRAW] = apply_withdraw,
    [LIFECYCLE_STEP_REQUEST_OUTSIDE] = apply_request_outside,
    [LIFECYCLE_STEP_TAKE_CERTIFICATE] = apply_take_certificate,
    [LIFECYCLE_STEP_END_OUTSIDE] = apply_end_outside,
    [LIFECYCLE_STEP_MAKE_ARCHIVE] = apply_make_archive,
    [LIFECYCLE_STEP_LINK_SUCCESSOR] = apply_link_successor,
    [LIFECYCLE_STEP_DEPLOY] = apply_deploy,
    [LIFECYCLE_STEP_UNDEPLOY] = apply_undeploy,
    [LIFECYCLE_STEP_REVOKE] = apply_revoke,
    [LIFECYCLE_STEP_REFUND] = apply_refund,
    [LIFECYCLE_STEP_DELETE] = apply_delete,
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

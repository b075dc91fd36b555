#include "base/clock.h"
#include "lifecycle/lifecycle-private.h"

void leaf_add_warnings(const RequestCertificate *leaf, LifecycleDecision *decision)
{
  for (guint i = 0; leaf->warnings != NULL && i < leaf->warnings->len; i++)
    g_ptr_array_add(decision->warnings,
                    record_copy(&fault_record, g_ptr_array_index(leaf->warnings, i)));
}

/* What the ledger knows against it. None of that keeps a certificate out which serves already. */
static void warn_of_key(const LifecycleFacts *facts, gint64 line, LifecycleDecision *decision)
{
  const LifecycleKeyUse *use = facts->key_use;
  if (use != NULL && use->compromised)
    fault_add(decision->warnings, "certificate-key", (guint)line, "upload",
              "its key was revoked for compromise: whoever has it can pose as your server; replace "
              "the certificate");
  else if (use != NULL && use->certificate != NULL)
    fault_add(decision->warnings, "certificate-key", (guint)line, "upload",
              "its key is that of %s too; one certificate should have one key", use->certificate);
}

static void warn_of_time(const LifecycleFacts *facts, const RequestUpload *upload,
                         LifecycleDecision *decision)
{
  const RequestCertificate *leaf = upload->leaf;
  g_autofree char *begin = clock_format(leaf->not_before);
  g_autofree char *end = clock_format(leaf->not_after);
  if (leaf->not_after < facts->now)
    fault_add(decision->warnings, "certificate-validity", (guint)upload->line, "upload",
              "it has expired, at %s; it was taken in as expired", end);
  else if (leaf->not_before > facts->now)
    fault_add(decision->warnings, "certificate-validity", (guint)upload->line, "upload",
              "it is not valid yet, but from %s on", begin);
}

static LifecycleOrder *order_of_nothing(const LifecycleFacts *facts, const RequestUpload *upload)
{
  LifecycleOrder *order = g_new0(LifecycleOrder, 1);
  order->ref = g_strdup(upload->ref);
  order->product = &product_uploaded;
  order->quantity = 1;
  order->name_count = g_strv_length(upload->leaf->names);
  order->currency = g_strdup(facts->catalog->currency);
  order->paid = TRUE;
  return order;
}

void upload_decide(const LifecycleFacts *facts, const RequestItem *item,
                   LifecycleDecision *decision)
{
  const RequestUpload *upload = item->body;
  if (facts->same_certificate != NULL) {
    fault_add(decision->faults, "certificate-known", item->line, "upload",
              "this certificate is here already, as %s; there is nothing to upload",
              facts->same_certificate);
    return;
  }
  leaf_add_warnings(upload->leaf, decision);
  warn_of_key(facts, upload->line, decision);
  warn_of_time(facts, upload, decision);
  g_autofree char *id = ids_certificate(upload->ref, 1);
  LifecycleStep *step = decision_add_step(decision, LIFECYCLE_STEP_UPLOAD, id);
  step->order = order_of_nothing(facts, upload);
  step->upload = record_copy(&request_upload_record, upload);
  step->status =
      upload->leaf->not_after < facts->now ? LIFECYCLE_STATUS_EXPIRED : LIFECYCLE_STATUS_ISSUED;
  g_free(decision->subject);
  decision->subject = g_strdup(upload->ref);
}

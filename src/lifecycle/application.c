#include <string.h>

#include "lifecycle/lifecycle-private.h"
#include "request/names.h"

static gboolean application_is_save(const RequestApplication *application)
{
  return g_strcmp0(application->action, "save") == 0;
}

gboolean application_is_immediate(const RequestItem *item)
{
  return application_is_save(item->body);
}

static void attachments_merge(RequestApplication *into, const RequestApplication *from)
{
  if (into->attachments == NULL)
    into->attachments = g_ptr_array_new();
  for (guint i = 0; i < from->attachments->len; i++) {
    const RequestAttachment *attachment = g_ptr_array_index(from->attachments, i);
    for (guint k = into->attachments->len; k-- > 0;) {
      RequestAttachment *saved = g_ptr_array_index(into->attachments, k);
      if (strcmp(saved->kind, attachment->kind) == 0) {
        record_free(&request_attachment_record, saved);
        g_ptr_array_remove_index(into->attachments, k);
      }
    }
    g_ptr_array_add(into->attachments, record_copy(&request_attachment_record, attachment));
  }
}

/* What was saved, or failed its verification, with what is given now laid over
 * it: each child whole, attachments by kind (rules.md 14). */
static RequestApplication *application_merge(const LifecycleCertificate *certificate,
                                             const RequestApplication *application)
{
  if (certificate->application == NULL)
    return record_copy(&request_application_record, application);
  RequestApplication *merged = record_copy(&request_application_record, certificate->application);
  GPtrArray *saved = g_steal_pointer(&merged->attachments);
  record_merge(&request_application_record, merged, application);
  merged->line = application->line;
  if (application->csr == NULL && merged->csr != NULL)
    merged->csr->line = application->line;
  const RecordField only_attachments = {"attachments",
                                        RECORD_MANY,
                                        RECORD_AT_CHILD,
                                        G_STRUCT_OFFSET(RequestApplication, attachments),
                                        &request_attachment_record,
                                        0};
  record_clear_field(&only_attachments, merged);
  merged->attachments = saved;
  if (application->attachments != NULL)
    attachments_merge(merged, application);
  return merged;
}

static void check_attachment_kinds(const RequestApplication *application, GPtrArray *faults)
{
  const GPtrArray *attachments = application->attachments;
  for (guint i = 0; attachments != NULL && i < attachments->len; i++)
    for (guint k = 0; k < i; k++) {
      const RequestAttachment *one = g_ptr_array_index(attachments, i);
      const RequestAttachment *other = g_ptr_array_index(attachments, k);
      if (strcmp(one->kind, other->kind) == 0)
        fault_add(faults, "attachment-duplicate", one->line, "attachment",
                  "there are two attachments of the kind \"%s\"; leave one, with all pages in it",
                  one->kind);
    }
}

/* Domain validation needs no person where every name is the operator's own. */
gboolean application_is_automatic(const LifecycleFacts *facts, const LifecycleOrder *order,
                                  char **names)
{
  if (product_asks_company(order->product))
    return FALSE;
  /* Such an issuer looks for itself whose the names are (rules.md 21). */
  if (product_is_outside(order->product))
    return TRUE;
  g_autofree const char **suffixes = configuration_suffixes(facts->configuration);
  for (char **name = names; *name != NULL; name++)
    if (!names_is_under_any(*name, suffixes))
      return FALSE;
  return TRUE;
}

static LifecycleStep *add_application_step(LifecycleDecision *decision, LifecycleStepKind kind,
                                           const LifecycleCertificate *certificate,
                                           const RequestApplication *content, const char *ref)
{
  LifecycleStep *step = decision_add_step(decision, kind, certificate->id);
  step->application = record_copy(&request_application_record, content);
  step->application_ref = g_strdup(ref);
  return step;
}

/* The application is whole and was submitted: it is approved at once, or goes
 * to its reviewer. */
static void decide_submitted(const LifecycleFacts *facts, const LifecycleOrder *order,
                             const LifecycleCertificate *certificate,
                             const RequestApplication *content, const char *ref, char **names,
                             LifecycleDecision *decision)
{
  gboolean automatic = names != NULL && application_is_automatic(facts, order, names);
  if (automatic)
    issue_decide(facts, order, certificate, content, names, decision);
  else
    decision_add_step(decision, LIFECYCLE_STEP_SET_STATUS, certificate->id)->status =
        LIFECYCLE_STATUS_PENDING_VERIFICATION;
  if (automatic && !product_is_outside(order->product))
    return;
  LifecycleStep *step =
      add_application_step(decision, LIFECYCLE_STEP_WRITE_MAIL, certificate, content, ref);
  step->mail = LIFECYCLE_MAIL_SUBMITTED;
  if (!automatic && content->attachments != NULL && content->attachments->len > 0)
    add_application_step(decision, LIFECYCLE_STEP_WRITE_ATTACHMENTS, certificate, content, ref);
}

void application_decide(const LifecycleFacts *facts, const LifecycleOrder *order,
                        const LifecycleCertificate *certificate,
                        const RequestApplication *application, const char *ref,
                        LifecycleDecision *decision)
{
  RequestApplication *content = application_merge(certificate, application);
  gboolean save = application_is_save(application);
  gboolean own_key = content->csr == NULL || g_strcmp0(content->csr->mode, "manual") != 0;
  formats_check(facts, content->download, own_key, application->line, decision->faults);
  check_attachment_kinds(application, decision->faults);
  if (!save)
    application_check_complete(order, content, decision);
  g_auto(GStrv) names = NULL;
  if (content->domains != NULL)
    names = application_check_names(facts, order, content, decision->faults);
  application_check_csr(facts, order, content, (const char *const *)names, decision);

  LifecycleStep *store =
      add_application_step(decision, LIFECYCLE_STEP_STORE_APPLICATION, certificate, content, ref);
  store->state = save ? LIFECYCLE_APPLICATION_SAVED : LIFECYCLE_APPLICATION_SUBMITTED;
  store->names = g_strdupv(names);
  if (product_asks_company(order->product))
    add_application_step(decision, LIFECYCLE_STEP_WRITE_LETTER, certificate, content, ref);
  if (!save)
    decide_submitted(facts, order, certificate, content, ref, names, decision);
  record_free(&request_application_record, content);
}

void application_item_decide(const LifecycleFacts *facts, const RequestItem *item,
                             LifecycleDecision *decision)
{
  const RequestApplication *application = item->body;
  application_decide(facts, facts->order, facts->certificate, application, application->ref,
                     decision);
}

#include <string.h>

#include "base/error.h"
#include "keeper/keeper-private.h"

/* What the ledger knows of the item's subject, for as long as it is decided. */
typedef struct {
  LifecycleFacts facts;
  LifecycleOrder *order;
  LifecycleCertificate *certificate;
  LifecycleKeyUse key_use;
  char *same_certificate;
} Known;

static void known_clear(Known *known)
{
  lifecycle_order_free(known->order);
  lifecycle_certificate_free(known->certificate);
  g_free(known->key_use.certificate);
  g_free(known->same_certificate);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Known, known_clear)

/* What an earlier item of the group brought to issue, and its archives, are made before
 * anything else is decided about the certificate. */
static gboolean settle(Keeper *keeper, const char *certificate, GError **error)
{
  for (guint i = 0; i < keeper->issues->len; i++) {
    const KeeperIssue *issue = g_ptr_array_index(keeper->issues, i);
    if (strcmp(issue->certificate, certificate) != 0)
      continue;
    if (!keeper_make_issues(keeper, error))
      return FALSE;
    break;
  }
  return keeper_settle_archives(keeper, certificate, error);
}

/* "PO-1.2" is the second certificate of the order "PO-1"; "PO-1" alone means
 * the order and, if that has one certificate only, the certificate too. */
static gboolean read_subject(Keeper *keeper, const char *subject, LifecycleSubject what,
                             Known *known, GError **error)
{
  g_autofree char *id = ids_certificate_meant(subject);
  g_autofree char *order = ids_order_of(id);
  gboolean by_order = strcmp(id, subject) != 0 && !ids_is_renewal(subject);
  gboolean of_order = what == LIFECYCLE_SUBJECT_ORDER;
  const char *ref = of_order && !ids_is_renewal(subject) ? subject : order;
  if (!ledger_read_order(keeper->ledger, ref, &known->order, error))
    return FALSE;
  if (known->order == NULL)
    return TRUE;
  if (!keeper_answer_before(keeper, id, known->order->ref, of_order, error))
    return FALSE;
  if (((of_order || by_order) && known->order->quantity != 1))
    return TRUE;
  return settle(keeper, id, error) &&
         ledger_read_certificate_facts(keeper->ledger, id, &known->certificate, error);
}

static gboolean read_key_use(Keeper *keeper, const RequestItem *item, Known *known, GError **error)
{
  const RequestCsr *csr = lifecycle_csr(item, known->certificate);
  const RequestCertificate *leaf = lifecycle_leaf(item);
  gboolean ending = known->certificate != NULL &&
                    (item->kind == REQUEST_KIND_DELETION || item->kind == REQUEST_KIND_REVOCATION);
  if (csr == NULL && leaf == NULL && !ending)
    return TRUE;
  known->facts.key_use = &known->key_use;
  if (ending)
    return ledger_find_key_sharer(keeper->ledger, known->certificate->id,
                                  &known->key_use.certificate, error);
  const char *id = known->certificate != NULL ? known->certificate->id : "";
  const char *spki_sha256 = leaf != NULL ? leaf->spki_sha256 : csr->spki_sha256;
  return ledger_read_key_use(keeper->ledger, spki_sha256, id, &known->key_use, error);
}

static gboolean read_same_certificate(Keeper *keeper, const RequestItem *item, Known *known,
                                      GError **error)
{
  const RequestCertificate *leaf = lifecycle_leaf(item);
  if (leaf != NULL &&
      !ledger_find_issue(keeper->ledger, leaf->sha256, &known->same_certificate, error))
    return FALSE;
  known->facts.same_certificate = known->same_certificate;
  return TRUE;
}

static gboolean read_facts(Keeper *keeper, const RequestItem *item, Known *known, GError **error)
{
  const LifecycleOperation *operation = &lifecycle_operations[item->kind];
  const char *subject = lifecycle_subject(item);
  if (subject != NULL && !read_subject(keeper, subject, operation->subject, known, error))
    return FALSE;
  known->facts.now = keeper->now;
  known->facts.configuration = keeper->configuration;
  known->facts.catalog = keeper->catalog;
  known->facts.subject = subject;
  known->facts.order = known->order;
  known->facts.certificate = known->certificate;
  return read_key_use(keeper, item, known, error) &&
         read_same_certificate(keeper, item, known, error);
}

/* Rules.md 1: only an accepted item uses its ref. *RET_DECIDED where that
 * decides ITEM: it was accepted before, or its ref is in use. */
static gboolean check_reference(Keeper *keeper, const RequestItem *item, LedgerItem *row,
                                gboolean *ret_decided, GError **error)
{
  g_autoptr(LedgerReference) reference = NULL;
  if (!ledger_read_reference(keeper->ledger, item->ref, &reference, error))
    return FALSE;
  *ret_decided = reference != NULL;
  if (reference == NULL)
    return TRUE;
  if (reference->kind == item->kind && strcmp(reference->hash, item->hash) == 0) {
    row->outcome = LIFECYCLE_OUTCOME_ACCEPTED;
    row->repeated = TRUE;
    row->subject = g_strdup(reference->subject);
    return TRUE;
  }
  row->outcome = LIFECYCLE_OUTCOME_REJECTED;
  fault_add(row->faults, "reference-used", item->line, request_kinds[item->kind].name,
            "the reference \"%s\" is in use for another %s that was accepted before; choose a new "
            "one",
            item->ref, request_kinds[reference->kind].name);
  return TRUE;
}

static gboolean rehearse_issue(Keeper *keeper, const LifecycleStep *step, const Product *product,
                               gint64 file, GError **error)
{
  g_autoptr(KeeperIssue) issue = keeper_issue_new(step, product, file);
  return keeper_rehearse_issue(keeper, issue, error);
}

/* Tries STEP. What refuses it, becomes a fault. */
static gboolean rehearse_step(Keeper *keeper, const LifecycleStep *step, const Product *product,
                              gint64 file, GPtrArray *faults, GError **error)
{
  g_autoptr(GError) refused = NULL;
  gboolean issue = step->kind != LIFECYCLE_STEP_MAKE_ARCHIVE;
  if (issue ? rehearse_issue(keeper, step, product, file, &refused)
            : keeper_rehearse_archives(keeper, step, file, &refused))
    return TRUE;
  if (!g_error_matches(refused, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED)) {
    g_propagate_error(error, g_steal_pointer(&refused));
    return FALSE;
  }
  if (issue)
    fault_add(faults, "issuer-failed", 0, NULL, "the certificate cannot be issued: %s",
              refused->message);
  else
    fault_add(faults, "keytool-failed", 0, NULL, "%s", refused->message);
  return TRUE;
}

gboolean keeper_rehearse(Keeper *keeper, const LifecycleDecision *decision, const Product *product,
                         gint64 file, GPtrArray *faults, GError **error)
{
  for (guint i = 0; i < decision->steps->len; i++) {
    const LifecycleStep *step = g_ptr_array_index(decision->steps, i);
    if (step->kind == LIFECYCLE_STEP_CREATE_ORDER)
      product = step->order->product;
    gboolean rehearsed = step->kind == LIFECYCLE_STEP_ISSUE ||
                         step->kind == LIFECYCLE_STEP_REQUEST_OUTSIDE ||
                         step->kind == LIFECYCLE_STEP_MAKE_ARCHIVE;
    if (rehearsed && !rehearse_step(keeper, step, product, file, faults, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean apply_decision(Keeper *keeper, const LifecycleDecision *decision,
                               const Known *known, const Secret *key, LedgerItem *row,
                               GError **error)
{
  KeeperStepContext context = {
      .file = row->file,
      .order = known->order != NULL ? known->order->ref : NULL,
      .product = known->order != NULL ? known->order->product : NULL,
      .key = key,
  };
  if (!keeper_rehearse(keeper, decision, context.product, row->file, row->faults, error))
    return FALSE;
  if (row->faults->len > 0) {
    row->outcome = LIFECYCLE_OUTCOME_REJECTED;
    return TRUE;
  }
  return keeper_apply(keeper, decision, &context, error) &&
         (context.order == NULL || ledger_wake(keeper->ledger, context.order, error));
}

void keeper_end_waiting(const Keeper *keeper, const RequestItem *item, LedgerItem *row)
{
  gint64 hours = configuration_wait_hours(keeper->configuration);
  row->outcome = LIFECYCLE_OUTCOME_REJECTED;
  if (row->faults == NULL)
    row->faults = fault_array_new();
  fault_add(row->faults, "reference-unknown", item->line, request_kinds[item->kind].name,
            "it waited %" G_GINT64_FORMAT " hours for \"%s\", which did not come or was not ready; "
            "check the reference, then drop the file again",
            hours, row->waits_for);
  g_clear_pointer(&row->waits_for, g_free);
}

static gboolean add_reference(Keeper *keeper, const RequestItem *item, const LedgerItem *row,
                              GError **error)
{
  const LedgerReference reference = {item->ref, item->kind, item->hash, row->subject};
  return ledger_add_reference(keeper->ledger, &reference, row->file, error);
}

static gboolean decide_new(Keeper *keeper, const KeeperFile *file, const RequestItem *item,
                           LedgerItem *row, GError **error)
{
  g_auto(Known) known = {0};
  if (!read_facts(keeper, item, &known, error))
    return FALSE;
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&known.facts, item);
  row->outcome = decision->outcome;
  row->subject = g_steal_pointer(&decision->subject);
  row->waits_for = g_steal_pointer(&decision->waits_for);
  g_ptr_array_unref(row->faults);
  row->faults = g_ptr_array_ref(decision->faults);
  row->warnings = g_ptr_array_ref(decision->warnings);
  /* An atomic batch may yet bring what its own items wait for. */
  if (row->outcome == LIFECYCLE_OUTCOME_WAITING && file->last && file->atomic == NULL)
    keeper_end_waiting(keeper, item, row);
  if (row->outcome != LIFECYCLE_OUTCOME_ACCEPTED)
    return TRUE;
  row->sum = lifecycle_sum(decision);
  if (!apply_decision(keeper, decision, &known, item->key, row, error))
    return FALSE;
  return row->outcome != LIFECYCLE_OUTCOME_ACCEPTED || add_reference(keeper, item, row, error);
}

/* Of the 100,000 rows of a batch most have nothing to say. */
static void drop_empty(GPtrArray **faults)
{
  if (*faults != NULL && (*faults)->len == 0)
    g_clear_pointer(faults, g_ptr_array_unref);
}

LedgerItem *keeper_decide_item(Keeper *keeper, const KeeperFile *file, const RequestItem *item,
                               gint64 position, GError **error)
{
  g_autoptr(LedgerItem) row = g_new0(LedgerItem, 1);
  row->file = file->row->number;
  row->position = position;
  row->kind = item->kind;
  row->ref = g_strdup(item->ref);
  row->faults = fault_array_new();
  gboolean decided = item->faults->len > 0;
  if (decided) {
    row->outcome = LIFECYCLE_OUTCOME_REJECTED;
    g_ptr_array_unref(row->faults);
    row->faults = g_ptr_array_ref(item->faults);
  } else if (!check_reference(keeper, item, row, &decided, error))
    return NULL;
  if ((!decided && !decide_new(keeper, file, item, row, error)) ||
      !ledger_put_item(keeper->ledger, row, error))
    return NULL;
  drop_empty(&row->faults);
  drop_empty(&row->warnings);
  keeper->group_items++;
  return g_steal_pointer(&row);
}

gboolean keeper_decide_own(Keeper *keeper, const RequestItem *item, GPtrArray *faults,
                           GError **error)
{
  g_auto(Known) known = {0};
  if (!read_facts(keeper, item, &known, error))
    return FALSE;
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&known.facts, item);
  if (decision->waits_for != NULL)
    fault_add(decision->faults, "reference-unknown", 0, request_kinds[item->kind].name,
              "\"%s\" is not there", decision->waits_for);
  KeeperStepContext context = {
      .order = known.order != NULL ? known.order->ref : NULL,
      .product = known.order != NULL ? known.order->product : NULL,
  };
  if (decision->faults->len == 0 &&
      !keeper_rehearse(keeper, decision, context.product, 0, decision->faults, error))
    return FALSE;
  if (decision->faults->len == 0)
    return keeper_apply(keeper, decision, &context, error) &&
           (context.order == NULL || ledger_wake(keeper->ledger, context.order, error));
  while (decision->faults->len > 0)
    g_ptr_array_add(faults, g_ptr_array_steal_index(decision->faults, 0));
  return TRUE;
}

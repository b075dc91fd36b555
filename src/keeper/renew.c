#include <string.h>

#include "base/clock.h"
#include "keeper/apply-private.h"

/* Renewals and re-issues: what is due is done, what failed is tried again, and for what has
 * changed it is decided when it is due next. Each walks the index of what is due, never all
 * certificates, in portions that are a group each. */

#define PORTION 300
#define POLICY "renewal policy"

/* What is done about one of them. */
typedef gboolean (*DueStep)(Keeper *keeper, const LedgerDue *row, gpointer data, GError **error);

static gboolean do_portion(Keeper *keeper, const GPtrArray *rows, DueStep step, gpointer data,
                           GError **error)
{
  if (!keeper_group_begin(keeper, error))
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    if (!step(keeper, g_ptr_array_index(rows, i), data, error))
      return FALSE;
  return keeper_group_next(keeper, error);
}

/* Takes STEP for all that is due until UNTIL, behind (DUE, NUMBER), in that order. */
static gboolean walk(Keeper *keeper, gint64 until, gint64 due, gint64 number, DueStep step,
                     gpointer data, GError **error)
{
  while (!keeper_is_stopped()) {
    g_autoptr(GPtrArray) rows =
        ledger_due_certificates(keeper->ledger, until, due, number, PORTION, error);
    if (rows == NULL)
      return FALSE;
    if (rows->len == 0)
      return TRUE;
    const LedgerDue *last = g_ptr_array_index(rows, rows->len - 1);
    due = last->due;
    number = last->number;
    if (!do_portion(keeper, rows, step, data, error))
      return FALSE;
  }
  return TRUE;
}

/* ---- When things are due ---- */

/* How many are due each night, as the ledger has it and as this pass goes on. */
typedef struct {
  GHashTable *days; /* NULL until they are needed */
  LifecycleNights nights;
} Calendar;

static void calendar_clear(Calendar *calendar)
{
  g_clear_pointer(&calendar->days, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Calendar, calendar_clear)

static gint64 calendar_count(gint64 day, gpointer data)
{
  const gint64 *count = g_hash_table_lookup(data, &day);
  return count != NULL ? *count : 0;
}

static gboolean calendar_read(Keeper *keeper, Calendar *calendar, GError **error)
{
  if (calendar->days != NULL)
    return TRUE;
  calendar->days = ledger_read_due_days(keeper->ledger, error);
  if (calendar->days == NULL)
    return FALSE;
  calendar->nights = (LifecycleNights){calendar_count, calendar->days, 0};
  GHashTableIter iter;
  gpointer count;
  g_hash_table_iter_init(&iter, calendar->days);
  while (g_hash_table_iter_next(&iter, NULL, &count))
    calendar->nights.total += *(const gint64 *)count;
  return TRUE;
}

static void calendar_add(Calendar *calendar, gint64 due)
{
  const gint64 day = due / CLOCK_DAY, count = calendar_count(day, calendar->days) + 1;
  g_hash_table_insert(calendar->days, g_memdup2(&day, sizeof day), g_memdup2(&count, sizeof count));
  calendar->nights.total++;
}

/* A DueStep. */
static gboolean schedule(Keeper *keeper, const LedgerDue *row, gpointer data, GError **error)
{
  Calendar *calendar = data;
  const LifecyclePlan plan = lifecycle_plan(keeper->configuration, &row->facts, keeper->now);
  if (plan.work == 0)
    return ledger_put_due(keeper->ledger, row->id, 0, error) &&
           ledger_clear_failure(keeper->ledger, row->id, error);
  if (!calendar_read(keeper, calendar, error))
    return FALSE;
  gint64 due = lifecycle_spread(&plan, keeper->now, &calendar->nights);
  due = MAX(due, LEDGER_LOOK_AGAIN + 1);
  calendar_add(calendar, due);
  return ledger_put_due(keeper->ledger, row->id, due, error);
}

gboolean keeper_schedule(Keeper *keeper, GError **error)
{
  g_auto(Calendar) calendar = {0};
  return walk(keeper, LEDGER_LOOK_AGAIN, 0, 0, schedule, &calendar, error);
}

gboolean keeper_follow_policy(Keeper *keeper, GError **error)
{
  gint64 policy = configuration_renewal_policy(keeper->configuration), before = 0;
  if (!ledger_read_number(keeper->ledger, POLICY, &before, error))
    return FALSE;
  return policy == before ||
         (keeper_group_begin(keeper, error) && ledger_look_at_all_again(keeper->ledger, error) &&
          ledger_put_number(keeper->ledger, POLICY, policy, error) &&
          keeper_group_next(keeper, error));
}

/* ---- What is due ---- */

/* What is known of a certificate that is due. */
typedef struct {
  LifecycleFacts facts;
  LifecycleOrder *order;
  LifecycleCertificate *certificate;
  LifecycleKeyUse key_use;
} Known;

static void known_clear(Known *known)
{
  lifecycle_order_free(known->order);
  lifecycle_certificate_free(known->certificate);
  g_free(known->key_use.certificate);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Known, known_clear)

static gboolean read_known(Keeper *keeper, const LedgerDue *row, Known *known, GError **error)
{
  if (!ledger_read_order(keeper->ledger, row->order, &known->order, error) ||
      !ledger_read_certificate_facts(keeper->ledger, row->id, &known->certificate, error))
    return FALSE;
  known->facts = (LifecycleFacts){.now = keeper->now,
                                  .configuration = keeper->configuration,
                                  .catalog = keeper->catalog,
                                  .subject = row->id,
                                  .order = known->order,
                                  .certificate = known->certificate};
  const RequestApplication *application = known->certificate->application;
  const RequestCsr *csr = application != NULL ? application->csr : NULL;
  if (csr == NULL || csr->der == NULL)
    return TRUE;
  known->facts.key_use = &known->key_use;
  return ledger_read_key_use(keeper->ledger, csr->spki_sha256, row->id, &known->key_use, error);
}

static gboolean write_failure_mail(Keeper *keeper, const Known *known, const char *why,
                                   KeeperStepContext *context, GError **error)
{
  const LifecycleCertificate *certificate = known->certificate;
  const LifecycleStep step = {
      .kind = LIFECYCLE_STEP_WRITE_MAIL,
      .certificate = certificate->id,
      .application = certificate->application,
      .application_ref = certificate->application_ref,
      .mail = LIFECYCLE_MAIL_RENEWAL_FAILED,
      .until = certificate->not_after,
      .failure = (char *)why,
  };
  return apply_write_mail(keeper, &step, context, error);
}

/* Loud, and tried again by each run. */
static gboolean fail(Keeper *keeper, const Known *known, const GPtrArray *faults,
                     KeeperStepContext *context, GError **error)
{
  const Fault *first = g_ptr_array_index(faults, 0);
  const char *id = known->certificate->id;
  gboolean mail = FALSE;
  keeper->run.failed++;
  keeper_say(keeper, "%s: was not renewed: %s [%s]", id, first->text, first->code);
  return ledger_add_failure(keeper->ledger, id, first->text, keeper->now, &mail, error) &&
         (!mail || write_failure_mail(keeper, known, first->text, context, error));
}

/* A DueStep. */
static gboolean do_work(Keeper *keeper, const LedgerDue *row, gpointer data G_GNUC_UNUSED,
                        GError **error)
{
  const LifecyclePlan plan = lifecycle_plan(keeper->configuration, &row->facts, keeper->now);
  if (plan.work == 0)
    return ledger_look_again(keeper->ledger, row->id, error);
  g_auto(Known) known = {0};
  if (!read_known(keeper, row, &known, error))
    return FALSE;
  KeeperStepContext context = {.order = row->order, .product = known.order->product};
  g_autoptr(LifecycleDecision) decision = lifecycle_decide_work(&known.facts, plan.work);
  if (decision->faults->len == 0 &&
      !keeper_rehearse(keeper, decision, context.product, 0, decision->faults, error))
    return FALSE;
  if (decision->faults->len > 0)
    return fail(keeper, &known, decision->faults, &context, error);
  return keeper_apply(keeper, decision, &context, error) &&
         ledger_clear_failure(keeper->ledger, row->id, error) &&
         ledger_look_again(keeper->ledger, row->id, error) &&
         ledger_wake(keeper->ledger, context.order, error);
}

static gboolean do_all(Keeper *keeper, GError **error)
{
  return walk(keeper, keeper->now, LEDGER_LOOK_AGAIN, G_MAXINT64, do_work, NULL, error);
}

gboolean keeper_renew(Keeper *keeper, GError **error)
{
  return keeper_schedule(keeper, error) && do_all(keeper, error) && keeper_schedule(keeper, error);
}

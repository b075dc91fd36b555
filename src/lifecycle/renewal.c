#include <string.h>

#include "lifecycle/lifecycle-private.h"

/* A renewal: an order that buys a certificate's successor, by a document or, where its
 * order says autoRenew, in the nightly run. What was applied for is carried over. */

/* As the catalogue has it today; what is sold no more, as it was when it was ordered. */
static const Product *renewal_product(const LifecycleFacts *facts)
{
  const Product *product = catalog_find(facts->catalog, facts->order->product->id);
  return product != NULL ? product : facts->order->product;
}

static void check_renewable(const LifecycleCertificate *certificate, guint line, GPtrArray *faults)
{
  if (certificate->uploaded || certificate->application == NULL)
    fault_add(faults, "renewal-uploaded", line, "renewal",
              "%s was uploaded, so that nothing is known that could be applied for again; order a "
              "certificate and apply for it",
              certificate->id);
  LifecycleStatus status = certificate->successor_status;
  gboolean succeeded = certificate->successor != NULL && status != 0 &&
                       status != LIFECYCLE_STATUS_REVOKED && status != LIFECYCLE_STATUS_REFUNDED;
  if (succeeded)
    fault_add(
        faults, "renewal-repeated", line, "renewal",
        "%s has a successor already, %s, which is %s; go on with that one, or delete it first",
        certificate->id, certificate->successor, lifecycle_statuses[status].name);
}

static LifecycleOrder *renewal_order(const LifecycleFacts *facts, const char *ref, gint64 years)
{
  const Product *product = renewal_product(facts);
  gint64 most = product_names(product) == PRODUCT_NAMES_MULTIPLE ? product->maximum_names : 1;
  LifecycleOrder *order = g_new0(LifecycleOrder, 1);
  order->ref = g_strdup(ref);
  order->product = product;
  order->quantity = 1;
  order->years = years;
  order->name_count = MIN(facts->order->name_count, most);
  order->auto_renew = facts->order->auto_renew;
  order->price = product_price(product, 1, years, order->name_count);
  order->currency = g_strdup(facts->catalog->currency);
  order->paid = order->price == 0;
  order->renews = g_strdup(facts->certificate->id);
  return order;
}

/* The successor as it will be when its order is made. A review holds for the class that it
 * was made for. */
static LifecycleCertificate *successor_new(const LifecycleFacts *facts, const LifecycleOrder *order)
{
  const LifecycleCertificate *forerunner = facts->certificate;
  g_autofree char *id = ids_certificate(order->ref, 1);
  LifecycleCertificate *successor = lifecycle_certificate_new(id);
  successor->status = order->paid ? LIFECYCLE_STATUS_PAID : LIFECYCLE_STATUS_AWAITING_PAYMENT;
  successor->forerunner = g_strdup(forerunner->id);
  successor->left_until = forerunner->term_end;
  if (product_validation(order->product) == product_validation(facts->order->product))
    successor->reviewed = forerunner->reviewed;
  return successor;
}

/* What is carried over says nothing of the document that it came in. */
static RequestApplication *carry_over(const RequestApplication *application)
{
  RequestApplication *carried = record_copy(&request_application_record, application);
  g_clear_pointer(&carried->ref, g_free);
  g_clear_pointer(&carried->certificate, g_free);
  g_clear_pointer(&carried->action, g_free);
  carried->line = 0;
  return carried;
}

static void add_store(const LifecycleOrder *order, const LifecycleCertificate *successor,
                      const RequestApplication *application, char **names,
                      LifecycleDecision *decision)
{
  LifecycleStep *store =
      decision_add_step(decision, LIFECYCLE_STEP_STORE_APPLICATION, successor->id);
  store->application = record_copy(&request_application_record, application);
  store->application_ref = g_strdup(order->ref);
  store->names = g_strdupv(names);
  store->state = order->paid ? LIFECYCLE_APPLICATION_SUBMITTED : LIFECYCLE_APPLICATION_SAVED;
}

static void add_link(const LifecycleCertificate *forerunner, const LifecycleCertificate *successor,
                     LifecycleDecision *decision)
{
  LifecycleStep *link = decision_add_step(decision, LIFECYCLE_STEP_LINK_SUCCESSOR, forerunner->id);
  link->successor = g_strdup(successor->id);
  link->reviewed = successor->reviewed;
}

/* Makes the ORDER (taken over) and, once it is paid, goes on to what it buys. */
static void renewal_make(const LifecycleFacts *facts, LifecycleOrder *order,
                         const RequestPayment *payment, LifecycleDecision *decision)
{
  const LifecycleCertificate *forerunner = facts->certificate;
  decision_add_step(decision, LIFECYCLE_STEP_CREATE_ORDER, NULL)->order = order;
  g_autoptr(LifecycleCertificate) successor = successor_new(facts, order);
  RequestApplication *application = carry_over(forerunner->application);
  g_auto(GStrv) names = successor_check(facts, order, application, decision);
  if (names != NULL) {
    if (payment != NULL)
      decision_add_step(decision, LIFECYCLE_STEP_RECORD_PAYMENT, NULL)->payment =
          record_copy(&request_payment_record, payment);
    add_store(order, successor, application, names, decision);
    add_link(forerunner, successor, decision);
    if (order->paid)
      successor_decide(facts, order, successor, application, order->ref, names, forerunner, TRUE,
                       decision);
  }
  record_free(&request_application_record, application);
}

/* What would be lost if it were paid now. */
static void warn_of_lost_days(const LifecycleFacts *facts, const LifecycleOrder *order,
                              LifecycleDecision *decision)
{
  gint64 lost = 0;
  lifecycle_term_end(order->product, order->years, facts->now, facts->certificate->term_end, &lost);
  lost_days_warn(order->product, lost, decision->warnings);
}

void renewal_decide(const LifecycleFacts *facts, const RequestItem *item,
                    LifecycleDecision *decision)
{
  const RequestRenewal *renewal = item->body;
  check_renewable(facts->certificate, item->line, decision->faults);
  if (decision->faults->len > 0)
    return;
  LifecycleOrder *order = renewal_order(facts, renewal->ref, renewal->years);
  const Product *product = order->product;
  if (renewal->years > product->maximum_years)
    fault_add(decision->faults, "term", item->line, "years",
              "%" G_GINT64_FORMAT " years are longer than the product \"%s\" is sold for, which is "
              "%" G_GINT64_FORMAT,
              renewal->years, product->id, product->maximum_years);
  if (renewal->payment != NULL) {
    payment_check(renewal->payment, order->price, order->currency, item->line, decision->faults);
    order->paid = TRUE;
  } else if (!order->paid)
    warn_of_lost_days(facts, order, decision);
  g_free(decision->subject);
  decision->subject = g_strdup(renewal->ref);
  guint own = decision->faults->len;
  renewal_make(facts, order, renewal->payment, decision);
  faults_point_at(decision->faults, own, (guint)item->line, "renewal");
}

/* "PO-1.1-r2": the second automatic renewal of the line that began with PO-1.1. */
static char *automatic_ref(const char *id)
{
  gint64 n = 0;
  g_autofree char *root = ids_root(id, &n);
  return ids_renewal(root, n + 1);
}

/* Somebody has to pay, who has not asked for it. */
static void add_due_mail(const LifecycleFacts *facts, const LifecycleOrder *order,
                         LifecycleDecision *decision)
{
  const LifecycleCertificate *forerunner = facts->certificate;
  g_autofree char *id = ids_certificate(order->ref, 1);
  LifecycleStep *step = decision_add_step(decision, LIFECYCLE_STEP_WRITE_MAIL, id);
  step->mail = LIFECYCLE_MAIL_RENEWAL_DUE;
  step->application = carry_over(forerunner->application);
  step->application_ref = g_strdup(order->ref);
  step->forerunner = g_strdup(forerunner->id);
  step->until = forerunner->term_end - 1;
  step->amount = order->price;
}

void renewal_decide_work(const LifecycleFacts *facts, LifecycleDecision *decision)
{
  const LifecycleCertificate *certificate = facts->certificate;
  g_autofree char *ref = automatic_ref(certificate->id);
  gint64 years = MIN(facts->order->years, renewal_product(facts)->maximum_years);
  LifecycleOrder *order = renewal_order(facts, ref, years);
  order->automatic = TRUE;
  order->paid = order->paid || configuration_renewals_are_paid(facts->configuration);
  renewal_make(facts, order, NULL, decision);
  if (!order->paid)
    add_due_mail(facts, order, decision);
}

void renewal_decide_continue(const LifecycleFacts *facts, LifecycleDecision *decision)
{
  const LifecycleCertificate *certificate = facts->certificate;
  g_auto(GStrv) names = successor_check(facts, facts->order, certificate->application, decision);
  LifecycleCertificate forerunner = {.id = certificate->forerunner,
                                     .not_after = certificate->left_until - 1};
  if (names != NULL)
    successor_decide(facts, facts->order, certificate, certificate->application,
                     certificate->application_ref, names, &forerunner, FALSE, decision);
}

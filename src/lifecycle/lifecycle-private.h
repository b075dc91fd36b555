/* What the operations share. */
#ifndef CERTDROP_LIFECYCLE_PRIVATE_H
#define CERTDROP_LIFECYCLE_PRIVATE_H

#include "lifecycle/lifecycle.h"

/* Appends a step of KIND about CERTIFICATE (copied; NULL for an order's) and
 * returns it to be filled in. */
LifecycleStep *decision_add_step(LifecycleDecision *decision, LifecycleStepKind kind,
                                 const char *certificate);

/* Checks that PAYMENT is PRICE in CURRENCY, to the cent; adds faults. */
void payment_check(const RequestPayment *payment, gint64 price, const char *currency, gint64 line,
                   GPtrArray *faults);

/* Decides APPLICATION for CERTIFICATE of ORDER, and appends to DECISION. REF is
 * the application's own, or that of the order it stands in. */
void application_decide(const LifecycleFacts *facts, const LifecycleOrder *order,
                        const LifecycleCertificate *certificate,
                        const RequestApplication *application, const char *ref,
                        LifecycleDecision *decision);

/* The names of APPLICATION as they will be bound: checked against the rules
 * for names and those of ORDER's product; NULL after adding faults. */
char **application_check_names(const LifecycleFacts *facts, const LifecycleOrder *order,
                               const RequestApplication *application, GPtrArray *faults);

/* Checks the <csr> of APPLICATION against NAMES (or NULL) and what is known of its key. */
void application_check_csr(const LifecycleFacts *facts, const LifecycleOrder *order,
                           const RequestApplication *application, const char *const *names,
                           LifecycleDecision *decision);

/* Checks that nothing is missing that a submission needs. */
void application_check_complete(const LifecycleOrder *order, const RequestApplication *application,
                                LifecycleDecision *decision);

/* Appends the steps that issue CERTIFICATE from APPLICATION to NAMES. */
void issue_decide(const LifecycleFacts *facts, const LifecycleOrder *order,
                  const LifecycleCertificate *certificate, const RequestApplication *application,
                  char **names, LifecycleDecision *decision);

void order_decide(const LifecycleFacts *facts, const RequestItem *item,
                  LifecycleDecision *decision);
void payment_decide(const LifecycleFacts *facts, const RequestItem *item,
                    LifecycleDecision *decision);
void application_item_decide(const LifecycleFacts *facts, const RequestItem *item,
                             LifecycleDecision *decision);
gboolean application_is_immediate(const RequestItem *item);
void review_decide(const LifecycleFacts *facts, const RequestItem *item,
                   LifecycleDecision *decision);

#endif

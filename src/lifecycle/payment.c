#include <string.h>

#include "base/text.h"
#include "lifecycle/lifecycle-private.h"

void payment_check(const RequestPayment *payment, gint64 price, const char *currency, gint64 line,
                   GPtrArray *faults)
{
  g_autofree char *paid = text_format_money(payment->amount);
  g_autofree char *due = text_format_money(price);
  if (strcmp(payment->currency, currency) != 0)
    fault_add(faults, "payment-currency", line, "payment",
              "the payment is in %s, the price is in %s; pay %s %s", payment->currency, currency,
              due, currency);
  else if (payment->amount != price)
    fault_add(faults, "payment-amount", line, "payment",
              "the payment of %s %s is not the price; %s %s is due, to the cent", paid,
              payment->currency, due, currency);
}

void payment_decide(const LifecycleFacts *facts, const RequestItem *item,
                    LifecycleDecision *decision)
{
  const RequestPayment *payment = item->body;
  const LifecycleOrder *order = facts->order;
  if (order->paid) {
    fault_add(decision->faults, "payment-repeated", item->line, "payment",
              order->price > 0 ? "the order \"%s\" is paid already; nothing is due"
                               : "the order \"%s\" costs nothing; nothing is due",
              order->ref);
    return;
  }
  if (lifecycle_due(order) == 0) {
    fault_add(decision->faults, "payment-repeated", item->line, "payment",
              "nothing is due for the order \"%s\": all that it had was revoked or deleted before "
              "it was paid",
              order->ref);
    return;
  }
  payment_check(payment, lifecycle_due(order), order->currency, item->line, decision->faults);
  LifecycleStep *step = decision_add_step(decision, LIFECYCLE_STEP_RECORD_PAYMENT, NULL);
  step->payment = record_copy(&request_payment_record, payment);
}

#include "lifecycle/lifecycle.h"

static void add_step(LifecycleSum *sum, const LifecycleStep *step)
{
  sum->steps[step->kind]++;
  if (step->kind == LIFECYCLE_STEP_CREATE_ORDER)
    sum->certificates += (guint32)step->order->quantity;
  const char *currency = step->payment != NULL ? step->payment->currency : NULL;
  if (step->kind == LIFECYCLE_STEP_CREATE_ORDER && step->order->price > 0) {
    sum->price += step->order->price;
    currency = step->order->currency;
  } else if (step->kind == LIFECYCLE_STEP_RECORD_PAYMENT && step->payment != NULL)
    sum->paid += step->payment->amount;
  else if (step->kind == LIFECYCLE_STEP_REFUND)
    sum->refunded += step->payment->amount;
  else
    return;
  sum->currency = g_intern_string(currency);
}

LifecycleSum lifecycle_sum(const LifecycleDecision *decision)
{
  LifecycleSum sum = {0};
  for (guint i = 0; i < decision->steps->len; i++)
    add_step(&sum, g_ptr_array_index(decision->steps, i));
  return sum;
}

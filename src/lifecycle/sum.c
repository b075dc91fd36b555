#include "lifecycle/lifecycle.h"

/* The sum that STEP moves money in, or NULL; *RET_MONEY is what it moves. */
static gint64 *moved_by(LifecycleSum *sum, const LifecycleStep *step, gint64 *ret_money,
                        const char **ret_currency)
{
  if (step->kind == LIFECYCLE_STEP_CREATE_ORDER) {
    *ret_money = step->order->price;
    *ret_currency = step->order->currency;
    return step->order->price > 0 ? &sum->price : NULL;
  }
  if (step->payment == NULL)
    return NULL;
  *ret_money = step->payment->amount;
  *ret_currency = step->payment->currency;
  if (step->kind == LIFECYCLE_STEP_RECORD_PAYMENT)
    return &sum->paid;
  return step->kind == LIFECYCLE_STEP_REFUND ? &sum->refunded : NULL;
}

static void add_step(LifecycleSum *sum, const LifecycleStep *step)
{
  sum->steps[step->kind]++;
  if (step->kind == LIFECYCLE_STEP_CREATE_ORDER)
    sum->certificates += (guint32)step->order->quantity;
  gint64 money = 0;
  const char *currency = NULL;
  gint64 *total = moved_by(sum, step, &money, &currency);
  if (total == NULL)
    return;
  *total += money;
  sum->currency = g_intern_string(currency);
}

LifecycleSum lifecycle_sum(const LifecycleDecision *decision)
{
  LifecycleSum sum = {0};
  for (guint i = 0; i < decision->steps->len; i++)
    add_step(&sum, g_ptr_array_index(decision->steps, i));
  return sum;
}

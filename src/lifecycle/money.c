#include "lifecycle/lifecycle-private.h"

gint64 lifecycle_due(const LifecycleOrder *order)
{
  return order->paid ? 0 : order->price - order->cancelled;
}

/* What is left over by the division goes to the later ones, a hundredth each. */
gint64 lifecycle_part(const LifecycleOrder *order, gint64 position)
{
  return order->price * position / order->quantity -
         order->price * (position - 1) / order->quantity;
}

gint64 certificate_cancelled(const LifecycleOrder *order, const LifecycleCertificate *certificate)
{
  gboolean unpaid = certificate->status == LIFECYCLE_STATUS_AWAITING_PAYMENT;
  return unpaid ? lifecycle_part(order, ids_position(certificate->id)) : 0;
}

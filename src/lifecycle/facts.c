#include "lifecycle/lifecycle.h"

char *lifecycle_certificate_id(const char *order_ref, gint64 number)
{
  return g_strdup_printf("%s.%" G_GINT64_FORMAT, order_ref, number);
}

void lifecycle_order_free(LifecycleOrder *order)
{
  if (order == NULL)
    return;
  g_free(order->ref);
  g_free(order->currency);
  g_free(order);
}

void lifecycle_certificate_free(LifecycleCertificate *certificate)
{
  if (certificate == NULL)
    return;
  g_free(certificate->id);
  g_free(certificate->application_ref);
  record_free(&request_application_record, certificate->application);
  g_free(certificate);
}

void lifecycle_step_free(LifecycleStep *step)
{
  if (step == NULL)
    return;
  g_free(step->certificate);
  lifecycle_order_free(step->order);
  record_free(&request_payment_record, step->payment);
  g_free(step->application_ref);
  record_free(&request_application_record, step->application);
  record_free(&request_review_record, step->review);
  g_strfreev(step->names);
  g_free(step);
}

void lifecycle_decision_free(LifecycleDecision *decision)
{
  if (decision == NULL)
    return;
  g_ptr_array_unref(decision->faults);
  g_ptr_array_unref(decision->warnings);
  g_ptr_array_unref(decision->steps);
  g_free(decision->waits_for);
  g_free(decision->subject);
  g_free(decision);
}

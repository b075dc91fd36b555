#include "lifecycle/lifecycle.h"

void lifecycle_order_free(LifecycleOrder *order)
{
  if (order == NULL)
    return;
  g_free(order->ref);
  g_free(order->currency);
  g_free(order->paid_by);
  g_free(order->renews);
  g_free(order);
}

LifecycleCertificate *lifecycle_certificate_new(const char *id)
{
  LifecycleCertificate *certificate = g_new0(LifecycleCertificate, 1);
  certificate->id = g_strdup(id);
  certificate->deployments =
      g_ptr_array_new_with_free_func((GDestroyNotify)lifecycle_deployment_free);
  return certificate;
}

void lifecycle_deployment_free(LifecycleDeployment *deployment)
{
  if (deployment == NULL)
    return;
  g_free(deployment->product);
  g_free(deployment->region);
  g_free(deployment->serial);
  g_free(deployment);
}

void lifecycle_certificate_free(LifecycleCertificate *certificate)
{
  if (certificate == NULL)
    return;
  g_free(certificate->id);
  g_free(certificate->application_ref);
  record_free(&request_application_record, certificate->application);
  g_strfreev(certificate->names);
  g_free(certificate->serial);
  g_free(certificate->spki_sha256);
  g_free(certificate->forerunner);
  g_free(certificate->successor);
  g_free(certificate->outside);
  g_free(certificate->outside_spki);
  g_strfreev(certificate->outside_names);
  if (certificate->deployments != NULL)
    g_ptr_array_unref(certificate->deployments);
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
  record_free(&request_upload_record, step->upload);
  g_free(step->issuer);
  record_free(&request_issuance_record, step->issuance);
  record_free(&request_download_record, step->download);
  g_free(step->product);
  g_free(step->region);
  g_free(step->successor);
  g_free(step->forerunner);
  g_free(step->failure);
  g_free(step->spki_sha256);
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

#include <string.h>

#include "base/text.h"
#include "request/request-private.h"

/* A reader has validated its file against the schema. But it may have been taken
 * over by what it read: what becomes part of a path, and what is taken for granted
 * later on, is looked at once more where it arrives. */

gboolean request_is_reference(const char *text)
{
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  const gsize longest = 64;
  if (text == NULL || strlen(text) > longest || strspn(text, letters) == 0)
    return FALSE;
  for (const char *at = text; *at != '\0'; at++)
    if (strchr(letters, *at) == NULL && strchr("._-", *at) == NULL)
      return FALSE;
  return TRUE;
}

/* Kind and extension are parts of its path; it is stored once under its hash. */
static gboolean attachment_is_safe(const RequestAttachment *attachment)
{
  if (!request_is_reference(attachment->kind) || !request_is_reference(attachment->extension) ||
      attachment->bytes == NULL || attachment->sha256 == NULL)
    return FALSE;
  gsize length = 0;
  const void *bytes = g_bytes_get_data(attachment->bytes, &length);
  g_autofree char *sha256 = text_sha256(bytes, length);
  return strcmp(sha256, attachment->sha256) == 0;
}

static gboolean application_is_safe(const RequestApplication *application)
{
  const RequestCsr *csr = application->csr;
  const GPtrArray *attachments = application->attachments;
  for (guint i = 0; attachments != NULL && i < attachments->len; i++)
    if (!attachment_is_safe(g_ptr_array_index(attachments, i)))
      return FALSE;
  return csr == NULL || csr->der == NULL || csr->spki_sha256 != NULL;
}

static gboolean check_order(gconstpointer body)
{
  const RequestOrder *order = body;
  return order->product != NULL && (order->payment == NULL || order->payment->currency != NULL) &&
         (order->application == NULL || application_is_safe(order->application));
}

static gboolean check_payment(gconstpointer body)
{
  const RequestPayment *payment = body;
  return payment->order != NULL && payment->currency != NULL;
}

static gboolean check_application(gconstpointer body)
{
  const RequestApplication *application = body;
  return application->certificate != NULL && application_is_safe(application);
}

static gboolean check_review(gconstpointer body)
{
  const RequestReview *review = body;
  return review->certificate != NULL && review->decision != NULL && review->reviewer != NULL;
}

/* It is known by its hash; and what the rules and the names of files are made of is there. */
static gboolean certificate_is_safe(const RequestCertificate *certificate)
{
  if (certificate == NULL || certificate->der == NULL || certificate->issuer == NULL ||
      certificate->serial == NULL || certificate->sha256 == NULL ||
      certificate->spki_sha256 == NULL || certificate->key_kind == NULL ||
      certificate->names == NULL || certificate->names[0] == NULL || certificate->not_before < 1 ||
      certificate->not_after < 1 || !fault_array_is_whole(certificate->warnings))
    return FALSE;
  for (char **name = certificate->names; *name != NULL; name++)
    if (**name == '\0' || strchr(*name, ' ') != NULL)
      return FALSE;
  gsize length = 0;
  const void *bytes = g_bytes_get_data(certificate->der, &length);
  g_autofree char *sha256 = text_sha256(bytes, length);
  return strcmp(sha256, certificate->sha256) == 0;
}

static gboolean check_issuance(gconstpointer body)
{
  const RequestIssuance *issuance = body;
  return issuance->certificate != NULL && certificate_is_safe(issuance->leaf);
}

static gboolean check_upload(gconstpointer body)
{
  const RequestUpload *upload = body;
  return certificate_is_safe(upload->leaf);
}

/* Products and regions are compared with what the operator has written, and become
 * parts of a path only then. */
static gboolean check_deployment(gconstpointer body)
{
  const RequestDeployment *deployment = body;
  if (deployment->certificate == NULL || deployment->targets == NULL)
    return FALSE;
  for (guint i = 0; i < deployment->targets->len; i++) {
    const RequestTarget *target = g_ptr_array_index(deployment->targets, i);
    if (!request_is_reference(target->product))
      return FALSE;
    for (char **region = target->regions; region != NULL && *region != NULL; region++)
      if (!request_is_reference(*region))
        return FALSE;
  }
  return TRUE;
}

/* By kind; NULL where the reference is all that counts. */
static gboolean (*const checks[REQUEST_KIND_N])(gconstpointer body) = {
    [REQUEST_KIND_ORDER] = check_order,
    [REQUEST_KIND_PAYMENT] = check_payment,
    [REQUEST_KIND_APPLICATION] = check_application,
    [REQUEST_KIND_REVIEW] = check_review,
    [REQUEST_KIND_ISSUANCE] = check_issuance,
    [REQUEST_KIND_UPLOAD] = check_upload,
    [REQUEST_KIND_DEPLOYMENT] = check_deployment,
    [REQUEST_KIND_UNDEPLOYMENT] = check_deployment,
};

gboolean request_body_is_safe(const RequestItem *item)
{
  const char *ref = G_STRUCT_MEMBER(char *, item->body, request_kinds[item->kind].ref_offset);
  return request_is_reference(item->ref) && g_strcmp0(item->ref, ref) == 0 &&
         (checks[item->kind] == NULL || checks[item->kind](item->body));
}

#include "request/kinds.h"

#include <string.h>

#define KIND(element, type, label, is_creating)                                                    \
  {                                                                                                \
#element, &request_##element##_record, label, G_STRUCT_OFFSET(type, ref), is_creating          \
  }

const RequestKindInfo request_kinds[REQUEST_KIND_N] = {
    [REQUEST_KIND_ORDER] = KIND(order, RequestOrder, "Order", TRUE),
    [REQUEST_KIND_PAYMENT] = KIND(payment, RequestPayment, "Payment", FALSE),
    [REQUEST_KIND_APPLICATION] = KIND(application, RequestApplication, "Application", FALSE),
    [REQUEST_KIND_WITHDRAWAL] = KIND(withdrawal, RequestWithdrawal, "Withdrawal", FALSE),
    [REQUEST_KIND_REVIEW] = KIND(review, RequestReview, "Review", FALSE),
    [REQUEST_KIND_ISSUANCE] = KIND(issuance, RequestIssuance, "Issuance", FALSE),
    [REQUEST_KIND_UPLOAD] = KIND(upload, RequestUpload, "Upload", TRUE),
    [REQUEST_KIND_DOWNLOAD] = KIND(download, RequestDownload, "Download", FALSE),
    [REQUEST_KIND_DEPLOYMENT] = KIND(deployment, RequestDeployment, "Deployment", FALSE),
    [REQUEST_KIND_UNDEPLOYMENT] = KIND(undeployment, RequestDeployment, "Undeployment", FALSE),
    [REQUEST_KIND_RENEWAL] = KIND(renewal, RequestRenewal, "Renewal", TRUE),
    [REQUEST_KIND_REVOCATION] = KIND(revocation, RequestRevocation, "Revocation", FALSE),
    [REQUEST_KIND_DELETION] = KIND(deletion, RequestDeletion, "Deletion", FALSE),
};

RequestKind request_kind_from_name(const char *name)
{
  for (RequestKind kind = 1; kind < REQUEST_KIND_N; kind++)
    if (strcmp(request_kinds[kind].name, name) == 0)
      return kind;
  return 0;
}

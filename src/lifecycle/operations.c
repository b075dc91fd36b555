#include "lifecycle/lifecycle-private.h"

#define OF_CERTIFICATE(type) LIFECYCLE_SUBJECT_CERTIFICATE, G_STRUCT_OFFSET(type, certificate)

const LifecycleOperation lifecycle_operations[REQUEST_KIND_N] = {
    [REQUEST_KIND_ORDER] = {LIFECYCLE_SUBJECT_NONE, 0, order_decide, NULL},
    [REQUEST_KIND_PAYMENT] = {LIFECYCLE_SUBJECT_ORDER, G_STRUCT_OFFSET(RequestPayment, order),
                              payment_decide, NULL},
    [REQUEST_KIND_APPLICATION] = {OF_CERTIFICATE(RequestApplication), application_item_decide,
                                  application_is_immediate},
    [REQUEST_KIND_WITHDRAWAL] = {OF_CERTIFICATE(RequestWithdrawal), withdrawal_decide, NULL},
    [REQUEST_KIND_REVIEW] = {OF_CERTIFICATE(RequestReview), review_decide, NULL},
    [REQUEST_KIND_ISSUANCE] = {OF_CERTIFICATE(RequestIssuance), issuance_decide, NULL},
    [REQUEST_KIND_UPLOAD] = {LIFECYCLE_SUBJECT_NONE, 0, upload_decide, NULL},
    [REQUEST_KIND_DOWNLOAD] = {OF_CERTIFICATE(RequestDownload), download_decide, NULL},
    [REQUEST_KIND_RENEWAL] = {OF_CERTIFICATE(RequestRenewal), renewal_decide, NULL},
    [REQUEST_KIND_DEPLOYMENT] = {OF_CERTIFICATE(RequestDeployment), deployment_decide, NULL},
    [REQUEST_KIND_UNDEPLOYMENT] = {OF_CERTIFICATE(RequestDeployment), undeployment_decide, NULL},
    [REQUEST_KIND_REVOCATION] = {OF_CERTIFICATE(RequestRevocation), revocation_decide, NULL},
    [REQUEST_KIND_DELETION] = {OF_CERTIFICATE(RequestDeletion), deletion_decide, NULL},
};

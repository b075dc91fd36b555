#include <string.h>

#include "lifecycle/lifecycle.h"

const LifecycleStatusInfo lifecycle_statuses[LIFECYCLE_STATUS_N] = {
    [LIFECYCLE_STATUS_AWAITING_PAYMENT] = {"awaiting-payment", "Awaiting payment",
                                           "Pay the order: drop a payment document.", TRUE},
    [LIFECYCLE_STATUS_PAID] = {"paid", "Paid",
                               "Apply for the certificate: drop an application document.", TRUE},
    [LIFECYCLE_STATUS_PENDING_VERIFICATION] =
        {"pending-verification", "Pending verification",
         "The application is being verified: a review document brings the decision.", TRUE},
    [LIFECYCLE_STATUS_VERIFICATION_FAILED] =
        {"verification-failed", "Verification failed",
         "Mend the application and submit it again: drop an application document.", TRUE},
    [LIFECYCLE_STATUS_ISSUED] = {"issued", "Issued", "Install the certificate from its archive.",
                                 FALSE},
    [LIFECYCLE_STATUS_EXPIRED] = {"expired", "Expired", "Buy and apply for a new certificate.",
                                  FALSE},
    [LIFECYCLE_STATUS_REVOKED] = {"revoked", "Revoked",
                                  "Take the certificate out of use: clients refuse it.", FALSE},
    [LIFECYCLE_STATUS_REFUNDED] = {"refunded", "Refunded",
                                   "The order was paid back; nothing is left to do.", FALSE},
};

LifecycleStatus lifecycle_status_from_name(const char *name)
{
  for (LifecycleStatus status = 1; status < LIFECYCLE_STATUS_N; status++)
    if (strcmp(lifecycle_statuses[status].name, name) == 0)
      return status;
  return 0;
}

#define TO(status) (1u << LIFECYCLE_STATUS_##status)

/* From each status, the set of those that can follow it. */
static const guint moves[LIFECYCLE_STATUS_N] = {
    [LIFECYCLE_STATUS_AWAITING_PAYMENT] = TO(PAID) | TO(REVOKED),
    [LIFECYCLE_STATUS_PAID] = TO(PENDING_VERIFICATION) | TO(ISSUED) | TO(REVOKED) | TO(REFUNDED),
    [LIFECYCLE_STATUS_PENDING_VERIFICATION] =
        TO(PAID) | TO(VERIFICATION_FAILED) | TO(ISSUED) | TO(REVOKED) | TO(REFUNDED),
    [LIFECYCLE_STATUS_VERIFICATION_FAILED] =
        TO(PENDING_VERIFICATION) | TO(ISSUED) | TO(PAID) | TO(REVOKED) | TO(REFUNDED),
    [LIFECYCLE_STATUS_ISSUED] = TO(EXPIRED) | TO(REVOKED) | TO(REFUNDED),
    [LIFECYCLE_STATUS_EXPIRED] = TO(ISSUED),
    [LIFECYCLE_STATUS_REVOKED] = 0,
    [LIFECYCLE_STATUS_REFUNDED] = 0,
};

gboolean lifecycle_move_is_allowed(LifecycleStatus from, LifecycleStatus to)
{
  return (moves[from] & (1u << to)) != 0;
}

guint lifecycle_unissued_statuses(void)
{
  guint statuses = 0;
  for (LifecycleStatus status = 1; status < LIFECYCLE_STATUS_N; status++)
    if (lifecycle_statuses[status].unissued)
      statuses |= 1u << status;
  return statuses;
}

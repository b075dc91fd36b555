#include "lifecycle/lifecycle.h"

/* Status × operation (rules.md 3). A row is a kind of document that names a
 * certificate; a cell that is not written forbids, with the general reason. The
 * rows of the kinds that name none, or an order, are empty and never asked. */

#define ALLOW                                                                                      \
  {                                                                                                \
    LIFECYCLE_VERDICT_ALLOW, NULL                                                                  \
  }
#define ALLOW_REISSUE(reason)                                                                      \
  {                                                                                                \
    LIFECYCLE_VERDICT_ALLOW_REISSUE, reason                                                        \
  }
#define WAIT                                                                                       \
  {                                                                                                \
    LIFECYCLE_VERDICT_WAIT, NULL                                                                   \
  }
#define REFUSE(reason)                                                                             \
  {                                                                                                \
    LIFECYCLE_VERDICT_REFUSE, reason                                                               \
  }

#define AWAITING [LIFECYCLE_STATUS_AWAITING_PAYMENT]
#define PAID [LIFECYCLE_STATUS_PAID]
#define PENDING [LIFECYCLE_STATUS_PENDING_VERIFICATION]
#define FAILED [LIFECYCLE_STATUS_VERIFICATION_FAILED]
#define ISSUED [LIFECYCLE_STATUS_ISSUED]
#define EXPIRED [LIFECYCLE_STATUS_EXPIRED]
#define REVOKED [LIFECYCLE_STATUS_REVOKED]
#define REFUNDED [LIFECYCLE_STATUS_REFUNDED]

#define BEFORE_ISSUE(what)                                                                         \
  AWAITING = REFUSE(what " needs an issued certificate; this one is not paid yet"),                \
  PAID = REFUSE(what " needs an issued certificate; apply for this one first"),                    \
  PENDING = REFUSE(what " needs an issued certificate; this one is still being verified"),         \
  FAILED = REFUSE(what " needs an issued certificate; the verification of this one failed")

#define OUT_OF_USE(what)                                                                           \
  REVOKED = REFUSE(what " is not possible any more: the certificate is revoked"),                  \
  REFUNDED = REFUSE(what " is not possible any more: the certificate is revoked and paid back")

#define ALREADY_ISSUED "the certificate is issued already; to change it, order a new one"
#define ALREADY_EXPIRED "the certificate has expired; buy and apply for a new one"

static const LifecycleCell table[REQUEST_KIND_N][LIFECYCLE_STATUS_N] = {
    [REQUEST_KIND_APPLICATION] = {AWAITING = WAIT, PAID = ALLOW,
                                  PENDING = REFUSE("the certificate's application is being "
                                                   "verified; withdraw it first to change it"),
                                  FAILED = ALLOW, ISSUED = REFUSE(ALREADY_ISSUED),
                                  EXPIRED = REFUSE(ALREADY_EXPIRED), OUT_OF_USE("an application")},
    [REQUEST_KIND_WITHDRAWAL] = {AWAITING = REFUSE("nothing was applied for yet, so there is "
                                                   "nothing to withdraw"),
                                 PAID = REFUSE("nothing was submitted yet, so there is nothing to "
                                               "withdraw"),
                                 PENDING = ALLOW, FAILED = ALLOW,
                                 ISSUED = ALLOW_REISSUE("an application can be withdrawn before "
                                                        "issue only; revoke the certificate "
                                                        "instead"),
                                 EXPIRED = ALLOW_REISSUE("an application can be withdrawn before "
                                                         "issue only, and the certificate has "
                                                         "expired since"),
                                 OUT_OF_USE("a withdrawal")},
    [REQUEST_KIND_REVIEW] = {AWAITING = WAIT, PAID = WAIT, PENDING = ALLOW,
                             FAILED = REFUSE("the verification has ended; the applicant has to "
                                             "submit the application again"),
                             ISSUED = ALLOW_REISSUE("the certificate is issued already; there is "
                                                    "nothing to review"),
                             EXPIRED = ALLOW_REISSUE(ALREADY_EXPIRED), OUT_OF_USE("a review")},
    [REQUEST_KIND_ISSUANCE] = {AWAITING = REFUSE("the certificate is not paid yet"),
                               PAID = REFUSE("nothing was submitted for the certificate yet"),
                               PENDING = ALLOW, FAILED = REFUSE("the verification has failed"),
                               ISSUED = ALLOW_REISSUE(ALREADY_ISSUED),
                               EXPIRED = ALLOW_REISSUE(ALREADY_EXPIRED), OUT_OF_USE("an issuance")},
    [REQUEST_KIND_DOWNLOAD] = {BEFORE_ISSUE("a download"), ISSUED = ALLOW, EXPIRED = ALLOW,
                               OUT_OF_USE("a download")},
    [REQUEST_KIND_DEPLOYMENT] = {BEFORE_ISSUE("a deployment"), ISSUED = ALLOW,
                                 EXPIRED = REFUSE("an expired certificate cannot be deployed; "
                                                  "renew it or buy a new one"),
                                 OUT_OF_USE("a deployment")},
    [REQUEST_KIND_UNDEPLOYMENT] = {BEFORE_ISSUE("an undeployment"), ISSUED = ALLOW, EXPIRED = ALLOW,
                                   REVOKED = ALLOW, REFUNDED = ALLOW},
    [REQUEST_KIND_RENEWAL] = {BEFORE_ISSUE("a renewal"), ISSUED = ALLOW, EXPIRED = ALLOW,
                              OUT_OF_USE("a renewal")},
    [REQUEST_KIND_REVOCATION] = {AWAITING = ALLOW, PAID = ALLOW, PENDING = ALLOW, FAILED = ALLOW,
                                 ISSUED = ALLOW,
                                 EXPIRED = REFUSE("the certificate has expired; nobody accepts it "
                                                  "any more"),
                                 OUT_OF_USE("a second revocation")},
    [REQUEST_KIND_DELETION] = {AWAITING = ALLOW, PAID = ALLOW,
                               PENDING = REFUSE("the application is being verified; withdraw it "
                                                "first"),
                               FAILED = ALLOW, ISSUED = ALLOW, EXPIRED = ALLOW, REVOKED = ALLOW,
                               REFUNDED = ALLOW},
};

const LifecycleCell *lifecycle_cell(LifecycleStatus status, RequestKind kind)
{
  return &table[kind][status];
}

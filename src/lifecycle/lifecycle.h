/* The rules, which do nothing: facts and a request go in, a decision comes
 * out. The decision says what changes and what has to be made, as steps for
 * the keeper to carry out; it knows no clock, file or ledger. So `run`,
 * `check`, `--at` and the tests all ask the same question.
 *
 * One file an operation (order.c, payment.c, …), each with one function of
 * type LifecycleDecide, listed in operations.c. The statuses stand in
 * status.c, and which operation is allowed on which status in table.c. */
#ifndef CERTDROP_LIFECYCLE_LIFECYCLE_H
#define CERTDROP_LIFECYCLE_LIFECYCLE_H

#include "request/configuration.h"
#include "request/request.h"

/* A certificate has exactly one of these at any time. */
typedef enum {
  LIFECYCLE_STATUS_AWAITING_PAYMENT = 1,
  LIFECYCLE_STATUS_PAID,
  LIFECYCLE_STATUS_PENDING_VERIFICATION,
  LIFECYCLE_STATUS_VERIFICATION_FAILED,
  LIFECYCLE_STATUS_ISSUED,
  LIFECYCLE_STATUS_EXPIRED,
  LIFECYCLE_STATUS_REVOKED,
  LIFECYCLE_STATUS_REFUNDED,
  LIFECYCLE_STATUS_N
} LifecycleStatus;

typedef struct {
  const char *name;  /* of the contract: "awaiting-payment" */
  const char *label; /* for people: "Awaiting payment" */
  const char *next;  /* what its owner can do now, one sentence */
  gboolean unissued; /* belongs to the unissued area */
} LifecycleStatusInfo;

/* By LifecycleStatus; row 0 is empty. */
extern const LifecycleStatusInfo lifecycle_statuses[LIFECYCLE_STATUS_N];

/* The status called NAME, or 0. */
LifecycleStatus lifecycle_status_from_name(const char *name);

/* The statuses of the unissued area, as a set of 1 << status. */
guint lifecycle_unissued_statuses(void);

/* What a cell of the table status × operation says. */
typedef enum {
  LIFECYCLE_VERDICT_REFUSE = 0, /* an empty cell forbids */
  LIFECYCLE_VERDICT_ALLOW,
  LIFECYCLE_VERDICT_WAIT,
  LIFECYCLE_VERDICT_ALLOW_REISSUE /* while a re-issue is under way; else it forbids */
} LifecycleVerdict;

typedef struct {
  LifecycleVerdict verdict;
  const char *reason; /* of a refusal: why, and what to do; NULL: the general one */
} LifecycleCell;

/* The cell for an operation on a certificate of STATUS. Pages draw the table from it. */
const LifecycleCell *lifecycle_cell(LifecycleStatus status, RequestKind kind);

/* Whether a certificate may ever go from FROM to TO. */
gboolean lifecycle_move_is_allowed(LifecycleStatus from, LifecycleStatus to);

/* Facts: what the ledger knows of the request's subject, read before the
 * decision. Nothing in them is changed by it. */
typedef struct {
  char *ref;
  const Product *product; /* as it was when ordered; borrowed */
  gint64 quantity;
  gint64 years;
  gint64 name_count;
  gboolean auto_renew;
  gint64 price; /* hundredths */
  char *currency;
  gboolean paid;
  gint64 paid_amount; /* the payments that are recorded: 0 of what "counts as paid" */
  char *paid_by;      /* the payer's reference of that payment, or NULL */
  gint64 cancelled;   /* of the price: parts of certificates revoked or deleted unpaid */
  char *renews;       /* of a renewal: the ID of the certificate that it renews; else NULL */
  gboolean automatic; /* ordered by the nightly run */
} LifecycleOrder;

/* What is to be paid for ORDER as long as it is not: its price without what was cancelled. */
gint64 lifecycle_due(const LifecycleOrder *order);

/* The part of the price that is the certificate's at POSITION (from 1). The parts of all
 * of an order's certificates together are the price, to the cent. */
gint64 lifecycle_part(const LifecycleOrder *order, gint64 position);

typedef enum {
  LIFECYCLE_APPLICATION_SAVED = 1,
  LIFECYCLE_APPLICATION_SUBMITTED,
  LIFECYCLE_APPLICATION_REJECTED,
  LIFECYCLE_APPLICATION_APPROVED,
  LIFECYCLE_APPLICATION_N
} LifecycleApplicationState;

/* How it stands with a certificate on a product in a region. */
typedef enum {
  LIFECYCLE_DEPLOYMENT_PENDING = 1, /* decided; its command has not ended well yet */
  LIFECYCLE_DEPLOYMENT_DONE,        /* it is there */
  LIFECYCLE_DEPLOYMENT_FAILED,      /* its command failed, and is tried again */
  LIFECYCLE_DEPLOYMENT_LEAVING,     /* to be taken off; its command has not ended well yet */
  LIFECYCLE_DEPLOYMENT_GONE,        /* taken off */
  LIFECYCLE_DEPLOYMENT_N
} LifecycleDeploymentState;

typedef struct {
  char *product;
  char *region; /* "": the product has none */
  LifecycleDeploymentState state;
  char *serial; /* of the issue that is, or is to be, there */
} LifecycleDeployment;

typedef struct {
  char *id;
  LifecycleStatus status;                      /* 0: deleted */
  LifecycleApplicationState application_state; /* 0: none yet */
  char *application_ref;                       /* of the present application, or NULL */
  RequestApplication *application;             /* its content, or NULL */
  gboolean uploaded;
  gboolean has_key; /* its private key is in the ledger */
  gboolean revoked;
  char **names; /* bound; NULL before issue */
  char *serial; /* of the present issue, or NULL */
  char *spki_sha256;
  gint64 first_issued;
  gint64 not_before;
  gint64 not_after;
  gint64 term_end;
  gint64 reviewed;   /* when it was last approved by a review; 0: never */
  char *forerunner;  /* the ID that it renews, or NULL */
  gint64 left_until; /* the end of its forerunner's term, unless that was revoked; or 0 */
  char *successor;   /* the ID that renews it, or NULL */
  LifecycleStatus successor_status;
  char *outside;          /* the issuer that has its CSR now, or NULL */
  char *outside_spki;     /* SHA-256 of the key of that CSR, or NULL */
  char **outside_names;   /* what it was asked to certify, or NULL */
  GPtrArray *deployments; /* LifecycleDeployment; never NULL */
} LifecycleCertificate;

/* What the ledger knows of a key. */
typedef struct {
  char *certificate;    /* another certificate that has this key, or NULL */
  gboolean compromised; /* revoked for compromise */
} LifecycleKeyUse;

typedef struct {
  gint64 now;
  const Configuration *configuration;
  const Catalog *catalog;
  const char *subject;                     /* the ID or order that the request names, or NULL */
  const LifecycleOrder *order;             /* the subject's order, or NULL: not known */
  const LifecycleCertificate *certificate; /* the subject, or NULL: not known, or an order */
  const LifecycleKeyUse *key_use;          /* of the request's or the saved application's CSR, of
                                              the certificate that is sent, or that ends */
  const char *same_certificate; /* the ID that has the very certificate that is sent, or NULL */
} LifecycleFacts;

/* Steps: what a decision wants done, carried out in their order. */
typedef enum {
  LIFECYCLE_STEP_CREATE_ORDER = 1,  /* the order and its certificates */
  LIFECYCLE_STEP_RECORD_PAYMENT,    /* of the order; its certificates become paid */
  LIFECYCLE_STEP_STORE_APPLICATION, /* the content becomes the certificate's present one */
  LIFECYCLE_STEP_SET_STATUS,        /* of one certificate */
  LIFECYCLE_STEP_RECORD_REVIEW,     /* and the application's state with it */
  LIFECYCLE_STEP_ISSUE,             /* key, CSR, certificate, then its archives */
  LIFECYCLE_STEP_WRITE_LETTER,      /* the confirmation letter */
  LIFECYCLE_STEP_WRITE_MAIL,        /* to the applicant */
  LIFECYCLE_STEP_WRITE_ATTACHMENTS, /* for the reviewer */
  LIFECYCLE_STEP_WITHDRAW,          /* what was submitted is only saved; nothing is pending */
  LIFECYCLE_STEP_UPLOAD,            /* a certificate of others, with its order of nothing */
  LIFECYCLE_STEP_REQUEST_OUTSIDE,   /* key and CSR, for an issuer outside */
  LIFECYCLE_STEP_TAKE_CERTIFICATE,  /* what such an issuer sent */
  LIFECYCLE_STEP_END_OUTSIDE,       /* its CSR lies there no more */
  LIFECYCLE_STEP_MAKE_ARCHIVE,      /* of a certificate that is issued already */
  LIFECYCLE_STEP_DEPLOY,            /* on a product in a region */
  LIFECYCLE_STEP_UNDEPLOY,          /* from it */
  LIFECYCLE_STEP_LINK_SUCCESSOR,    /* the certificate that renews it */
  LIFECYCLE_STEP_REVOKE,            /* all serials that have not run out */
  LIFECYCLE_STEP_REFUND,            /* of the order's payment, what is the certificate's */
  LIFECYCLE_STEP_DELETE,            /* key and archives destroyed; the record stays */
  LIFECYCLE_STEP_N
} LifecycleStepKind;

/* The e-mails there are (outbox/mail.c has their texts). */
typedef enum {
  LIFECYCLE_MAIL_SUBMITTED = 1,
  LIFECYCLE_MAIL_REJECTED,
  LIFECYCLE_MAIL_ISSUED,
  LIFECYCLE_MAIL_RENEWAL_DUE,      /* an automatic renewal waits for its payment */
  LIFECYCLE_MAIL_RENEWED,          /* issued anew, or by a renewal */
  LIFECYCLE_MAIL_REVIEW_AGAIN,     /* a renewal or re-issue waits for a review */
  LIFECYCLE_MAIL_REISSUE_REJECTED, /* what is issued was not approved again */
  LIFECYCLE_MAIL_RENEWAL_FAILED,   /* it fails, and is tried again each night */
  LIFECYCLE_MAIL_REMINDER,         /* several certificates run out */
  LIFECYCLE_MAIL_REVOKED,
  LIFECYCLE_MAIL_N
} LifecycleMail;

typedef struct {
  LifecycleStepKind kind;
  char *certificate; /* its ID; NULL for the order's steps */

  LifecycleOrder *order;           /* CREATE_ORDER; owned */
  RequestPayment *payment;         /* RECORD_PAYMENT; owned; NULL: nothing to pay. REFUND: what
                                      goes back, and mail of it; NULL there: nothing */
  char *application_ref;           /* STORE_APPLICATION: its ref, or that of its order */
  RequestApplication *application; /* STORE_APPLICATION, ISSUE, …_OUTSIDE, TAKE_…, WRITE_…; owned */
  LifecycleApplicationState state; /* STORE_APPLICATION */
  LifecycleStatus status;          /* SET_STATUS */
  RequestReview *review;           /* RECORD_REVIEW; owned */
  LifecycleMail mail;              /* WRITE_MAIL */
  char **names; /* ISSUE, …_OUTSIDE, TAKE_…, MAKE_ARCHIVE: A-labels and addresses, in order */
  gint64 not_before; /* ISSUE, TAKE_CERTIFICATE */
  gint64 not_after;  /* ISSUE, TAKE_CERTIFICATE: the last second that is valid */
  gint64 term_end;   /* ISSUE, TAKE_CERTIFICATE */
  gboolean again;    /* ISSUE, TAKE_CERTIFICATE: a renewal, or a re-issue */
  gint64 lost;       /* ISSUE, TAKE_…: seconds of the old term that the new one lacks */

  RequestUpload *upload;     /* UPLOAD; owned */
  char *issuer;              /* REQUEST_OUTSIDE: "exchange", or the id of a configured one */
  RequestIssuance *issuance; /* TAKE_CERTIFICATE; owned */
  RequestDownload *download; /* MAKE_ARCHIVE; owned */
  char *product;             /* DEPLOY, UNDEPLOY: of the configured target */
  char *region;              /* DEPLOY, UNDEPLOY; NULL: the target has none */
  gboolean whole;            /* DEPLOY: on all regions it has or gets */
  char *successor;           /* LINK_SUCCESSOR: its ID */
  gint64 reviewed;           /* LINK_SUCCESSOR: the review that holds for it too; 0: none */
  gint64 amount;             /* WRITE_MAIL: what is due; hundredths */
  char *forerunner;          /* WRITE_MAIL: the certificate that is renewed or issued anew … */
  gint64 until;              /* … and its last second */
  char *failure;             /* WRITE_MAIL: why it fails */
  int reason;                /* REVOKE, and mail of it: index of lifecycle_reasons */
  char *spki_sha256;         /* REVOKE: of a CSR's key that goes with the others; or NULL */
  gint64 cancelled;          /* REVOKE, DELETE: hundredths that need not be paid any more */
} LifecycleStep;

void lifecycle_step_free(LifecycleStep *step);

typedef enum {
  LIFECYCLE_OUTCOME_ACCEPTED = 1,
  LIFECYCLE_OUTCOME_REJECTED,
  LIFECYCLE_OUTCOME_WAITING,
  LIFECYCLE_OUTCOME_N
} LifecycleOutcome;

typedef struct {
  LifecycleOutcome outcome;
  GPtrArray *faults;   /* Fault; rejected if there is one */
  GPtrArray *warnings; /* Fault; told, and nothing else */
  GPtrArray *steps;    /* LifecycleStep; empty unless accepted */
  char *waits_for;     /* WAITING: the order or certificate it waits for */
  char *subject;       /* the order or certificate that the item is about, or NULL */
} LifecycleDecision;

/* What a decision comes to: how often each step, and money in hundredths. Small, since a batch
 * may have 100,000. */
typedef struct {
  guint16 steps[LIFECYCLE_STEP_N];
  guint32 certificates; /* that are ordered */
  gint64 price;         /* of what is ordered */
  gint64 paid;
  gint64 refunded;
  const char *currency; /* of all three, interned; NULL where they are 0 */
} LifecycleSum;

LifecycleSum lifecycle_sum(const LifecycleDecision *decision);

/* What the keeper has to read for a kind before it asks. */
typedef enum {
  LIFECYCLE_SUBJECT_NONE = 1,
  LIFECYCLE_SUBJECT_ORDER,      /* named by `order` */
  LIFECYCLE_SUBJECT_CERTIFICATE /* named by `certificate`, or its order's short form */
} LifecycleSubject;

typedef void (*LifecycleDecide)(const LifecycleFacts *facts, const RequestItem *item,
                                LifecycleDecision *decision);

typedef struct {
  LifecycleSubject subject;
  gsize subject_offset;   /* where the kind's struct names it */
  LifecycleDecide decide; /* NULL: known, but not available in this version */
  /* Whether ITEM need not wait where its cell says so; NULL: never. */
  gboolean (*is_immediate)(const RequestItem *item);
} LifecycleOperation;

/* One row a kind of document, by RequestKind. */
extern const LifecycleOperation lifecycle_operations[REQUEST_KIND_N];

/* The order or certificate that ITEM names, or NULL (borrowed). */
const char *lifecycle_subject(const RequestItem *item);

/* The manual CSR that a decision on ITEM could certify: its own or, where it
 * has none, the saved application's. NULL where there is none (borrowed). */
const RequestCsr *lifecycle_csr(const RequestItem *item, const LifecycleCertificate *certificate);

/* The certificate of another authority's that ITEM brings, or NULL (borrowed). */
const RequestCertificate *lifecycle_leaf(const RequestItem *item);

/* Decides ITEM on FACTS. Never fails: what is wrong is in the decision's
 * faults. ITEM has no faults of its own. */
LifecycleDecision *lifecycle_decide(const LifecycleFacts *facts, const RequestItem *item);

void lifecycle_decision_free(LifecycleDecision *decision);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LifecycleDecision, lifecycle_decision_free)

void lifecycle_order_free(LifecycleOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LifecycleOrder, lifecycle_order_free)
/* The facts of certificate ID, to be filled in. */
LifecycleCertificate *lifecycle_certificate_new(const char *id);
void lifecycle_deployment_free(LifecycleDeployment *deployment);
void lifecycle_certificate_free(LifecycleCertificate *certificate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LifecycleCertificate, lifecycle_certificate_free)

/* What CONTENT, which may be NULL, lacks to be submitted for PRODUCT, separated by spaces:
 * `domains`, `applicant`, `company`, and kinds of attachment. The caller frees it. */
char *lifecycle_missing_parts(const Product *product, const RequestApplication *content);

/* Reasons for a revocation, by their number in RFC 5280, 5.3.1. */
#define LIFECYCLE_REASON_N 11
typedef struct {
  const char *name;    /* RFC 5280's; NULL: the number is not used */
  const char *label;   /* for people; NULL: no reason to give */
  gboolean compromise; /* the keys are never certified again */
} LifecycleReason;
extern const LifecycleReason lifecycle_reasons[LIFECYCLE_REASON_N];

/* The number of the reason TEXT, a name or a number of RFC 5280; -1 for anything else. */
int lifecycle_reason_from_text(const char *text);

/* How long after the first issue of an ID its payment goes back in full (rules.md 20). */
#define LIFECYCLE_REFUND_SECONDS ((gint64)30 * 86400)

/* Terms (rules.md 18 and 19, term.c). */
typedef struct {
  gint64 not_before;
  gint64 not_after; /* the last second that is valid */
  gint64 term_end;  /* the first second after the term */
} LifecycleTerm;

/* The validity of a certificate of PRODUCT issued at NOW in a term that ends at TERM_END. */
LifecycleTerm lifecycle_term(const Product *product, gint64 now, gint64 term_end);

/* The end of a term of YEARS that begins at NOW. What is left of the term that it renews,
 * which lasts until LEFT_UNTIL (0: none), comes first; together they are at most as long as
 * PRODUCT allows. *RET_LOST, unless NULL, becomes the seconds that this costs. */
gint64 lifecycle_term_end(const Product *product, gint64 years, gint64 now, gint64 left_until,
                          gint64 *ret_lost);

/* Renewals and re-issues (due.c, work.c) */

/* What the nightly run does for a certificate, with no document that asks for it. */
typedef enum {
  LIFECYCLE_WORK_REISSUE = 1, /* the next certificate under the same ID, within its term */
  LIFECYCLE_WORK_RENEW,       /* the order of a successor, since its order says autoRenew */
  LIFECYCLE_WORK_CONTINUE,    /* a renewal has been paid: issue it, or have it reviewed */
  LIFECYCLE_WORK_N
} LifecycleWork;

/* What decides when that is due. */
typedef struct {
  LifecycleStatus status;
  const Product *product; /* of its order */
  gboolean auto_renew;
  gboolean uploaded;
  gint64 asked;       /* since when its review, or an issuer outside, is waited for; or 0 */
  gboolean successor; /* there is one; its status is 0 where it was deleted */
  LifecycleStatus successor_status;
  gint64 first_issued;
  gint64 not_before;
  gint64 not_after;
  gint64 term_end;
} LifecycleDueFacts;

/* When to do what: in any night from `earliest` to `due` and, only where those are full
 * already, up to `latest`. */
typedef struct {
  LifecycleWork work; /* 0: there is nothing to do by itself */
  gint64 earliest;    /* half of the lifetime is over */
  gint64 due;         /* the configured share of it is left */
  gint64 latest;      /* half of that share is left */
  gint64 period;      /* from one time to the next, of this kind */
} LifecyclePlan;

/* What is due next, seen from NOW. */
LifecyclePlan lifecycle_plan(const Configuration *configuration, const LifecycleDueFacts *facts,
                             gint64 now);

/* How many certificates are due in each night already. */
typedef struct {
  gint64 (*count)(gint64 day, gpointer data); /* DAY counts from 1970-01-01 */
  gpointer data;
  gint64 total; /* in all nights */
} LifecycleNights;

/* The moment at which PLAN, made at NOW, is carried out: the midnight before the night with
 * the fewest, where there is one in the window; never twice as many as the mean of such a
 * plan where a later night can spare it. What is due already is due today. */
gint64 lifecycle_spread(const LifecyclePlan *plan, gint64 now, const LifecycleNights *nights);

/* When, after a mail at NOW about what fails, the next one is written: each night, however often
 * it is tried in between. */
gint64 lifecycle_next_failure_mail(gint64 now);

/* Decides WORK on FACTS, as lifecycle_decide() does for an item: what is wrong is in the
 * decision's faults, and then there are no steps. */
LifecycleDecision *lifecycle_decide_work(const LifecycleFacts *facts, LifecycleWork work);

/* Reminders of an expiry: what its owner has to do about it. */
typedef enum {
  LIFECYCLE_REMINDER_NONE = 0,   /* nothing: certdrop sees to it, or there is nothing to see to */
  LIFECYCLE_REMINDER_TO_RENEW,   /* nothing renews it */
  LIFECYCLE_REMINDER_TO_PAY,     /* its renewal waits for its payment … */
  LIFECYCLE_REMINDER_TO_APPLY,   /* … for an application … */
  LIFECYCLE_REMINDER_TO_VERIFY,  /* … for a review, or another authority … */
  LIFECYCLE_REMINDER_TO_MEND,    /* … to be mended and submitted again */
  LIFECYCLE_REMINDER_FAILING,    /* its renewal fails */
  LIFECYCLE_REMINDER_TO_REPLACE, /* it was uploaded: nothing can renew it */
  LIFECYCLE_REMINDER_N
} LifecycleReminder;

typedef struct {
  LifecycleStatus status;
  gint64 not_before;
  gint64 not_after;
  gint64 reminded;           /* when it was reminded of last; 0: never */
  LifecycleStatus successor; /* of the certificate that renews it; 0: there is none */
  gboolean failing;          /* its renewal or re-issue */
  gboolean reissue_waits;    /* for a review, or for an issuer outside */
  gboolean planned;          /* the nightly run will renew or issue it anew */
  gboolean uploaded;
} LifecycleReminderFacts;

LifecycleReminder lifecycle_reminder(const LifecycleReminderFacts *facts);

typedef struct {
  gboolean due; /* one that was not sent; of several that were missed it is the last */
  gint64 next;  /* when the next one is due; 0: there is none */
} LifecycleReminderTimes;

/* When it is to be reminded of, DAYS (gint64) before it runs out; those longer than half
 * of its lifetime are left out. */
LifecycleReminderTimes lifecycle_reminder_times(const GArray *days,
                                                const LifecycleReminderFacts *facts, gint64 now);

/* How long to wait after the N-th failure, from 1, of what is tried again. */
gint64 lifecycle_retry_pause(gint64 failures);

#endif

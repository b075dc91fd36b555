/* What the operations share. */
#ifndef CERTDROP_LIFECYCLE_PRIVATE_H
#define CERTDROP_LIFECYCLE_PRIVATE_H

#include "lifecycle/lifecycle.h"

/* Appends a step of KIND about CERTIFICATE (copied; NULL for an order's) and
 * returns it to be filled in. */
LifecycleStep *decision_add_step(LifecycleDecision *decision, LifecycleStepKind kind,
                                 const char *certificate);

/* Checks that PAYMENT is PRICE in CURRENCY, to the cent; adds faults. */
void payment_check(const RequestPayment *payment, gint64 price, const char *currency, gint64 line,
                   GPtrArray *faults);

/* Decides APPLICATION for CERTIFICATE of ORDER, and appends to DECISION. REF is
 * the application's own, or that of the order it stands in. */
void application_decide(const LifecycleFacts *facts, const LifecycleOrder *order,
                        const LifecycleCertificate *certificate,
                        const RequestApplication *application, const char *ref,
                        LifecycleDecision *decision);

/* The names of APPLICATION as they will be bound: checked against the rules
 * for names and those of ORDER's product; NULL after adding faults. */
char **application_check_names(const LifecycleFacts *facts, const LifecycleOrder *order,
                               const RequestApplication *application, GPtrArray *faults);

/* Checks the <csr> of APPLICATION against NAMES (or NULL) and what is known of its key. */
void application_check_csr(const LifecycleFacts *facts, const LifecycleOrder *order,
                           const RequestApplication *application, const char *const *names,
                           LifecycleDecision *decision);

/* Checks that nothing is missing that a submission needs. */
void application_check_complete(const LifecycleOrder *order, const RequestApplication *application,
                                LifecycleDecision *decision);

/* Whether every one of NAMES may be certified for ORDER without a person's review. */
gboolean application_is_automatic(const LifecycleFacts *facts, const LifecycleOrder *order,
                                  char **names);

/* Lets those of FAULTS from index FROM on, found in what was applied for before, point at
 * LINE of the document of now. */
void faults_point_at(GPtrArray *faults, guint from, guint line, const char *element);

/* Tells of LOST seconds of the old term, unless there are none. */
void lost_days_warn(const Product *product, gint64 lost, GPtrArray *warnings);

/* Goes on with CERTIFICATE of ORDER, a renewal or re-issue whose APPLICATION is there, is
 * paid, and binds NAMES: it is issued, or reviewed first. STORED: the application has been
 * stored as submitted already. INSTEAD_OF is the certificate that it takes the place of. */
void successor_decide(const LifecycleFacts *facts, const LifecycleOrder *order,
                      const LifecycleCertificate *certificate,
                      const RequestApplication *application, const char *ref, char **names,
                      const LifecycleCertificate *instead_of, gboolean stored,
                      LifecycleDecision *decision);

/* The names of APPLICATION, which is carried over, looked at again with all the rest of it;
 * NULL after adding faults. */
char **successor_check(const LifecycleFacts *facts, const LifecycleOrder *order,
                       const RequestApplication *application, LifecycleDecision *decision);

/* Checks that archives of FORMATS (NULL: none) can be made of a certificate whose private
 * key is ours or, without HAS_KEY, stayed with the applicant. */
void formats_check(const LifecycleFacts *facts, char *const *formats, gboolean has_key, gint64 line,
                   GPtrArray *faults);

/* The end of CERTIFICATE's term if it is issued now: one once begun stays as it is. *RET_LOST
 * is what a renewal loses of the old one. */
gint64 issue_term_end(const LifecycleFacts *facts, const LifecycleOrder *order,
                      const LifecycleCertificate *certificate, gint64 *ret_lost);

/* A copy of APPLICATION without its attachments, which may have a megabyte and more each:
 * what is certified does not need them. */
RequestApplication *issue_copy_application(const RequestApplication *application);

/* If the CSR of CERTIFICATE lies with an issuer outside, appends the step that ends it. */
void outside_end(const LifecycleCertificate *certificate, LifecycleDecision *decision);

/* Appends the steps that issue CERTIFICATE from APPLICATION to NAMES, or ask the issuer
 * outside for it. */
void issue_decide(const LifecycleFacts *facts, const LifecycleOrder *order,
                  const LifecycleCertificate *certificate, const RequestApplication *application,
                  char **names, LifecycleDecision *decision);

void order_decide(const LifecycleFacts *facts, const RequestItem *item,
                  LifecycleDecision *decision);
void payment_decide(const LifecycleFacts *facts, const RequestItem *item,
                    LifecycleDecision *decision);
void application_item_decide(const LifecycleFacts *facts, const RequestItem *item,
                             LifecycleDecision *decision);
gboolean application_is_immediate(const RequestItem *item);
void download_decide(const LifecycleFacts *facts, const RequestItem *item,
                     LifecycleDecision *decision);
void review_decide(const LifecycleFacts *facts, const RequestItem *item,
                   LifecycleDecision *decision);
void renewal_decide(const LifecycleFacts *facts, const RequestItem *item,
                    LifecycleDecision *decision);

/* An empty decision about SUBJECT, and how one ends. */
LifecycleDecision *decision_new(const char *subject);
void decision_end(LifecycleDecision *decision);

/* What the nightly run does (work.c has the table). */
void reissue_decide_work(const LifecycleFacts *facts, LifecycleDecision *decision);
void renewal_decide_work(const LifecycleFacts *facts, LifecycleDecision *decision);
void renewal_decide_continue(const LifecycleFacts *facts, LifecycleDecision *decision);
void issuance_decide(const LifecycleFacts *facts, const RequestItem *item,
                     LifecycleDecision *decision);
void upload_decide(const LifecycleFacts *facts, const RequestItem *item,
                   LifecycleDecision *decision);

/* Tells what a reader found odd about LEAF. */
void leaf_add_warnings(const RequestCertificate *leaf, LifecycleDecision *decision);
void withdrawal_decide(const LifecycleFacts *facts, const RequestItem *item,
                       LifecycleDecision *decision);
void revocation_decide(const LifecycleFacts *facts, const RequestItem *item,
                       LifecycleDecision *decision);
void deletion_decide(const LifecycleFacts *facts, const RequestItem *item,
                     LifecycleDecision *decision);

/* Where CERTIFICATE is deployed, or is to be, such as "slb (cn-hangzhou), cdn"; NULL where
 * it is nowhere. The caller frees it. */
char *certificate_deployed(const LifecycleCertificate *certificate);

/* Whether CERTIFICATE is not issued by the CA of this instance, whose CRL alone is ours. */
gboolean certificate_is_foreign(const LifecycleOrder *order,
                                const LifecycleCertificate *certificate);

/* What of ORDER's price need not be paid any more once CERTIFICATE is revoked or deleted. */
gint64 certificate_cancelled(const LifecycleOrder *order, const LifecycleCertificate *certificate);

void deployment_decide(const LifecycleFacts *facts, const RequestItem *item,
                       LifecycleDecision *decision);
void undeployment_decide(const LifecycleFacts *facts, const RequestItem *item,
                         LifecycleDecision *decision);

#endif

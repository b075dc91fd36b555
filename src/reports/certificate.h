/* A certificate on pages: its own page, and what lists and overview show of it. */
#ifndef CERTDROP_REPORTS_CERTIFICATE_H
#define CERTDROP_REPORTS_CERTIFICATE_H

#include "reports/form.h"
#include "reports/table.h"
#include "reports/writer.h"

struct Search; /* search.h */

/* What the page of a certificate is made from. */
typedef struct {
  LedgerCertificate *certificate;
  LedgerOrder *order;             /* NULL for an uploaded one */
  LedgerApplication *application; /* or NULL */
  LedgerOrigin *origin;           /* NULL before it is issued */
  LedgerOutside *outside;         /* its CSR, where it lies with an issuer outside; or NULL */
  GPtrArray *outputs;             /* LedgerOutput */
  GPtrArray *deployments;         /* LedgerDeployment */
  GPtrArray *history;             /* LedgerEntry, the last ones */
  GPtrArray *revoked;             /* LedgerRevoked */
  LedgerRefund *refund;           /* or NULL */
  gboolean renewed;               /* it has a successor that is not deleted */
} CertificateModel;

extern const PageKind certificate_page;
/* What stays at its place when it is deleted, so that whatever leads there leads somewhere. */
extern const PageKind certificate_deleted_page;

/* The model of ID, NULL in *RET_MODEL where there is none. */
gboolean certificate_read(Ledger *ledger, const char *id, CertificateModel **ret_model,
                          GError **error);
void certificate_model_free(gpointer model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CertificateModel, certificate_model_free)

/* Has the page of ID written, or removed where there is no such certificate, and SEARCH
 * find it. */
gboolean certificate_write(Writer *writer, const ReportsContext *context, struct Search *search,
                           const char *id, GError **error);

/* The company that it is for; of an uploaded one, what its sender calls it; or NULL. */
const char *certificate_company(const CertificateModel *model);

/* ---- Parts of the page, one a file ---- */
cmark_node *certificate_add_panel(cmark_node *parent, const char *title);
/* DETAILS are those of its present issue, NULL before there is one. */
void certificate_add_facts(const Page *page, cmark_node *parent, const CertificateModel *model,
                           const PkiCertificateDetails *details);
void certificate_add_chain(cmark_node *parent, const CertificateModel *model,
                           const PkiCertificateDetails *details, const ReportsContext *context);
void certificate_add_renewal(const Page *page, Table *table, const CertificateModel *model);
/* Which one it renews, and which one renews it. */
void certificate_add_line(const Page *page, Table *table, const LedgerCertificate *certificate);
void certificate_add_files(const Page *page, cmark_node *parent, const CertificateModel *model);
void certificate_add_operate(const Page *page, cmark_node *parent, const CertificateModel *model);
void certificate_add_application(cmark_node *parent, const LedgerApplication *application);
void certificate_add_deployments(cmark_node *parent, const GPtrArray *deployments);
void certificate_add_history(cmark_node *parent, const char *certificate, const GPtrArray *history);
/* The state of a deployment as a badge; and the end of what was said of it last, at most LIMIT
 * characters, with how often it was tried. */
void deployment_add_state(cmark_node *cell, const LedgerDeployment *deployment);
void deployment_add_said(cmark_node *cell, const LedgerDeployment *deployment, glong limit);
/* What an entry of the log says: a change of status by its label, anything else by the
 * log's own word, and its text. */
void history_add_what(cmark_node *cell, const LedgerEntry *entry, gboolean of_certificate);
/* The page that tells more of what ENTRY is about, without its extension: that of a certificate,
 * or NULL where it is about a file. The caller frees it. */
char *history_page(const LedgerEntry *entry);
/* When and why it was revoked, which serial numbers, and what was paid back. */
void certificate_add_revocation(cmark_node *parent, const CertificateModel *model);
/* Of a deleted certificate: when, by which file, and that nothing brings it back. */
void certificate_add_deleted(cmark_node *parent, const CertificateModel *model);
/* ORDER on its own, or, where MODEL is not NULL, on the page of that certificate. */
void order_add_facts(const Page *page, cmark_node *parent, const LedgerOrder *order,
                     const CertificateModel *model);
/* Which of the certificates of ORDER this is, and the ways to its neighbours; nothing where it is
 * the only one. */
void order_add_position(const Page *page, Table *table, const LifecycleOrder *order,
                        const char *certificate);
/* "298.00 CNY, of the payment TX-991". */
void refund_add_amount(cmark_node *parent, const LedgerRefund *refund);

/* The CSR that lies with an issuer outside: where, since when, and what its command said. */
void certificate_add_outside(const Page *page, cmark_node *parent, const LedgerOutside *outside);
/* The same as the next thing to do, one sentence. */
void certificate_add_next_outside(const Page *page, cmark_node *parent,
                                  const LedgerOutside *outside);
/* What is odd about a certificate of others; nothing where nothing is. */
void certificate_add_warnings(cmark_node *parent, const LedgerOrigin *origin);

/* A link to the form of KIND for this certificate, with all that is known filled in; to be
 * filled with text. */
cmark_node *certificate_add_form_link(const Page *page, cmark_node *parent, RequestKind kind,
                                      const CertificateModel *model);

/* ---- What lists show too; each fills PARENT ---- */

/* Brand and title of the product; of an uploaded one "Instance: (i)upload" and its name. */
void certificate_add_product(cmark_node *parent, const LedgerCertificate *certificate);
/* "2 Year(s)". */
void certificate_add_period(cmark_node *parent, const LedgerCertificate *certificate);
/* The products that have it, "--" for none. */
void certificate_add_deployed(cmark_node *parent, const LedgerCertificate *certificate);
/* When it is expected to be issued. */
void certificate_add_expected(cmark_node *parent, const LedgerCertificate *certificate);
/* Details, Pay, Review, Deploy to Product, Download, Delete: those that are possible. */
void certificate_add_operations(const Page *page, cmark_node *parent,
                                const LedgerCertificate *certificate);
/* A link to the form of KIND with the certificate, or the payment of its order, filled in; to be
 * filled with text. */
cmark_node *certificate_add_short_form_link(const Page *page, cmark_node *parent, RequestKind kind,
                                            const LedgerCertificate *certificate);
/* The kind of document that brings a certificate of STATUS on; 0 for none. */
RequestKind certificate_next_kind(LifecycleStatus status);

#endif

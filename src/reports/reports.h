/* The pages: what the ledger knows, as Markdown and HTML files under reports/
 * of the instance. Each page is built once, as a tree of cmark nodes, and
 * rendered twice; text of users enters the tree as literals of nodes and is
 * escaped by cmark alone.
 *
 * Pages are a function of the ledger (rules.md 22): ledger_report_time() is
 * the only present they know, and only the overview and the waiting files speak
 * relative to it or to all there is. So what reports_refresh() does step by
 * step ends in the same bytes as reports_make_all(). A page is written only if
 * its content changed, without syncs: it can always be made again.
 *
 * Nothing here writes to the ledger. The ledger is read by the calling thread
 * alone; pages are rendered and written by a pool of threads. */
#ifndef CERTDROP_REPORTS_REPORTS_H
#define CERTDROP_REPORTS_REPORTS_H

#include "ledger/ledger.h"
#include "pki/pki.h"

/* What pages are made from. All of it is borrowed and must outlive the call. */
typedef struct {
  Ledger *ledger;
  Ledger *second; /* the same view of it for another thread, or NULL */
  const Configuration *configuration;
  const Catalog *catalog;
  int root;                   /* the open folder of the instance */
  guint threads;              /* that render and write; 0 counts as 1 */
  gboolean unsure;            /* files that are there may not be what was written */
  const GPtrArray *authority; /* PkiCertificateDetails: the instance's own CA, the issuing one
                               * and the root; or NULL */
} ReportsContext;

/* Writes the pages of the topics in STALE (GPtrArray of LedgerStale), their
 * neighbours where a link between them changes, and those that every run
 * touches: overview, waiting files, purchase, help; feeds whole where files are unsure. Pages whose
 * list has become empty are removed. The number of files written goes to *RET_WRITTEN unless it is
 * NULL. Fails with CERTDROP_ERROR_IO or what the ledger fails with; the caller then keeps the
 * topics stale, and the next call does it again. */
gboolean reports_refresh(const ReportsContext *context, GPtrArray *stale, guint *ret_written,
                         GError **error);

/* Writes every page anew and removes those that have no more reason. Whatever
 * else a person put under reports/ stays. */
gboolean reports_make_all(const ReportsContext *context, guint *ret_written, GError **error);

/* The page of the certificate ID or the order REF as Markdown without its
 * frame, for a terminal; the caller frees it. NULL in *RET_MARKDOWN where there
 * is none. `root` and `threads` of CONTEXT are not used. */
gboolean reports_certificate_markdown(const ReportsContext *context, const char *id,
                                      char **ret_markdown, GError **error);
gboolean reports_order_markdown(const ReportsContext *context, const char *ref, char **ret_markdown,
                                GError **error);

#endif

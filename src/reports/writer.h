/* Renders and writes pages in a pool of threads, while the calling thread reads
 * the ledger for the next ones. What waits is bounded, and with it the memory. */
#ifndef CERTDROP_REPORTS_WRITER_H
#define CERTDROP_REPORTS_WRITER_H

#include "reports/page.h"
#include "reports/reports.h"

/* What a page is made from and how. A model holds all that its page shows, so
 * that a page can be built without the ledger, in any thread. */
typedef struct {
  Page *(*build)(const ReportsContext *context, gconstpointer model);
  GDestroyNotify free;
} PageKind;

typedef struct Writer Writer;

Writer *writer_new(const ReportsContext *context, GError **error);

/* Has the page of MODEL (taken) written as PATH, below reports/ and without
 * extension, and as ALSO unless it is NULL. Waits while too many
 * are under way. The first failure is told by writer_finish(). */
void writer_add(Writer *writer, const PageKind *kind, gpointer model, const char *path,
                const char *also);

/* Removes the page PATH in both forms. */
gboolean writer_remove_page(Writer *writer, const char *path, GError **error);

/* Waits for the rest. The number of files that changed goes to *RET_WRITTEN
 * unless it is NULL. */
gboolean writer_finish(Writer *writer, guint *ret_written, GError **error);

void writer_free(Writer *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Writer, writer_free)

#endif

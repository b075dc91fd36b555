/* The search index: what the search page finds certificates by, from disk, in a browser that
 * can't list a folder and loads nothing but scripts (assets/search.js).
 *
 * It is two tries, cut into shards, each a script in reports/search/ with some lines:
 *   tree i   a record for each certificate, by its ID:
 *              ["po-4711.1",9999999998,"PO-4711.1","issued","Mar 18,
 * 2028",["www.abc.com"],"…","…"], tree t   an entry for each of its terms: names and what follows a
 * dot in them, each word of the company's name with what follows it, the serial number:
 *              ["abc.com",9999999998,"PO-4711.1"],
 * A deleted certificate has an empty status, and is found as before: by its domain or its serial
 * number one asks what became of it, too.
 * The second member is counted down from the highest number there can be, so that the newest
 * certificate comes first. A line's key is its text from the first member to the end of the
 * second; no two lines have the same, none is the beginning of another.
 *
 * Shards: all lines whose keys begin with a prefix are one shard if they have at most
 * SEARCH_SHARD_SIZE bytes, else they are cut by the next character. A shard is a file named
 * after its prefix; index.js lists them. Which shards there are depends on the lines alone,
 * and these on the ledger: so a changed index is that which is made anew (I6). A change touches
 * the shards of what changed (I8): what a certificate's record was says which
 * terms it had. However many share a term, no shard is larger.
 *
 * Texts are escaped to ASCII: what JSON, or HTML around it, gives a meaning stands as \uXXXX
 * in terms too, so that what is cut and compared is what is in the files. */
#ifndef CERTDROP_REPORTS_SEARCH_H
#define CERTDROP_REPORTS_SEARCH_H

#include "reports/certificate.h"

#define SEARCH_SHARD_SIZE ((gsize)32 * 1024)

typedef struct Search Search;

/* The index as it is; with ANEW, none yet. One that is not there, or is damaged, is made anew
 * by search_finish(). */
Search *search_new(const ReportsContext *context, gboolean anew);

/* Has the index say of a certificate what MODEL says. Writes when enough has come together. */
gboolean search_put(Search *search, const CertificateModel *model, GError **error);

/* Writes the rest. *WRITTEN counts the files that changed. */
gboolean search_finish(Search *search, guint *written, GError **error);

void search_free(Search *search);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Search, search_free)

/* The page that searches. */
gboolean search_write_page(Writer *writer, const ReportsContext *context, GError **error);

#endif

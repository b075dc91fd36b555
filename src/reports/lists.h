/* Lists of all there is, cut in blocks by number of creation (rules.md 22):
 * each block with anything to show is the page FOLDER/BLOCK, the newest one is
 * FOLDER/index too. So a change touches the pages of its block alone.
 *
 * What shows some of them again, those of a status or of a day of expiry, is one page, with the
 * first of them and the ways to the blocks of the list of all where the others stand: certificates
 * from many blocks that change together are one page more there, not one for each block. */
#ifndef CERTDROP_REPORTS_LISTS_H
#define CERTDROP_REPORTS_LISTS_H

#include "reports/writer.h"

typedef struct ReportsList ReportsList;

/* What a page of a list is made from. */
typedef struct {
  const ReportsList *list;
  gint64 block; /* -1: the list is empty */
  gint64 newer; /* the nearest blocks with anything to show, -1: none */
  gint64 older;
  GPtrArray *rows; /* what `read` gave, newest first */
  GArray *others;  /* LedgerSpan: of a list for one status, the blocks of what it does not show */
} ListModel;

struct ReportsList {
  char folder[48];
  LifecycleStatus status; /* of a list for one status, which has no page but its index; else 0 */
  guint statuses;         /* set of 1 << status, 0 for all */
  LedgerStaleTopic topic; /* of what it shows */
  Page *(*build)(const ReportsContext *context, const ListModel *model);
  GPtrArray *(*read)(Ledger *ledger, const ReportsList *list, gint64 block, GError **error);
  gboolean (*next)(Ledger *ledger, const ReportsList *list, gint64 block, int direction,
                   gint64 *ret_block, GError **error);
};

/* list, unissued, incoming, activity, and one for each status. */
#define REPORTS_LIST_N (4 + LIFECYCLE_STATUS_N - 1)
void reports_make_lists(ReportsList lists[REPORTS_LIST_N]);

/* Whether STALE touches LIST, and in which block. */
gboolean reports_list_is_stale(const ReportsList *list, const LedgerStale *stale,
                               gint64 *ret_block);

/* How many of them a list for one status shows, and a day of expiry. */
#define LIST_FIRST 100

/* Writes the page of BLOCK, or removes it where nothing is left to show and
 * writes its neighbours. Of a list for one status, writes its page. */
gboolean reports_write_block(Writer *writer, const ReportsContext *context, const ReportsList *list,
                             gint64 block, GError **error);

/* Writes FOLDER/index where the list is empty. */
gboolean reports_write_empty_list(Writer *writer, const ReportsContext *context,
                                  const ReportsList *list, GError **error);

/* ---- What their pages have in common ---- */

/* The page with its heading, and for lists of certificates the choice between
 * list and cards, and the ways between the statuses. */
Page *list_begin_page(const ListModel *model, PageView view, const char *title);

/* A field that filters what stands below it, and the way to the search where SEARCHED: what
 * list.js shows and follows. */
void list_add_filter(Page *page, gboolean searched);

/* What this block shows, and the ways to newer and older ones; NOUNS are what is
 * counted. */
void list_end_page(Page *page, const ListModel *model, const char *nouns);

/* That OTHERS (LedgerSpan) stand in the list of all, and the ways there; nothing where there are
 * none. FIRST says which are shown here: "the newest"; WORDS are what list.js filters those pages
 * by, so that each shows the others alone. */
void list_add_others(const Page *page, const GArray *others, const char *first, const char *words);

/* ---- The builders, one a file ---- */
Page *list_build(const ReportsContext *context, const ListModel *model);
Page *unissued_build(const ReportsContext *context, const ListModel *model);
Page *incoming_build(const ReportsContext *context, const ListModel *model);
Page *activity_build(const ReportsContext *context, const ListModel *model);

/* The rows of incoming: files with their items; of activity: entries of the log. */
GPtrArray *incoming_read(Ledger *ledger, const ReportsList *list, gint64 block, GError **error);
GPtrArray *activity_read(Ledger *ledger, const ReportsList *list, gint64 block, GError **error);

#endif

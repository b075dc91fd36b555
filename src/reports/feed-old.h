/* The records of a feed as it is, found by their numbers: they stand in the order of these, in
 * each section, so that a few looks into the file tell where one is, however long it is. */
#ifndef CERTDROP_REPORTS_FEED_OLD_H
#define CERTDROP_REPORTS_FEED_OLD_H

#include "reports/feed.h"

typedef struct {
  const FeedLinesKind *kind;
  const FileStream *stream;
  gsize first;     /* where the records of the first section begin */
  gsize end;       /* where the tail begins */
  GString *window; /* the bytes looked at last */
} FeedOld;

/* The file that STREAM is to replace, which would begin with START. FALSE: there is none, or it is
 * of another version. OLD is empty, and cleared by the caller in any case. */
gboolean feed_old_open(FeedOld *old, const FeedLinesKind *kind, const FileStream *stream,
                       const GString *start);

/* Where, not before FROM, the first record of SECTION with NUMBER or a higher one begins; the end
 * of the section if there is none. FALSE: the file is not as this version would have written
 * it. */
gboolean feed_old_find(FeedOld *old, guint section, gint64 number, gsize from, gsize *ret_at);

/* Where the records of SECTION end. FALSE: as for feed_old_find(). */
gboolean feed_old_find_end(FeedOld *old, guint section, gsize from, gsize *ret_at);

void feed_old_clear(FeedOld *old);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FeedOld, feed_old_clear)

#endif

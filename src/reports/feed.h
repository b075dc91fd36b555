/* Feeds: files for programs beside the pages. Those over all certificates or files
 * (rules.md 22 names them as exceptions to I8) are records in the order of numbers of
 * creation, so that a run writes the blocks anew that changed and keeps the others from
 * the file as it is: its cost is that of copying the file, not what it takes to render it,
 * and nothing at all where nothing changed. The others are short.
 *
 * Feeds know no present but ledger_report_time(), and their text comes from the ledger
 * through the functions here or the library of the format. */
#ifndef CERTDROP_REPORTS_FEED_H
#define CERTDROP_REPORTS_FEED_H

#include "base/file.h"
#include "reports/reports.h"

/* ---- Records of all there is ---- */

typedef struct FeedLines FeedLines;

typedef struct {
  const char *head; /* before its first record: whole lines; only the first section may have none */
  const char *begins; /* how the second line of its records begins; NULL: there is one section */
  /* Adds the records of BLOCK; NULL: the section is none. */
  gboolean (*write_block)(FeedLines *lines, const ReportsContext *context, gint64 block,
                          GError **error);
} FeedSection;

#define FEED_SECTIONS 3

typedef struct {
  const char *path; /* below the instance */
  /* Appends what stands before the first section: whole lines. NULL: nothing does. */
  gboolean (*write_start)(GString *start, const ReportsContext *context, GError **error);
  gboolean start_is_of_all; /* where it changes, all records do */
  FeedSection sections[FEED_SECTIONS];
  const char *tail;   /* after the last record */
  gboolean separated; /* each record begins with a comma; the first one with a blank */
  const char *record; /* how the first line of a record begins, which has all lines up to the
                         next such one; NULL: each line is a record */
  gsize number_at;    /* where a record has its number */
  LedgerStaleTopic topics[3]; /* whose pages are about what it shows, ended by 0 */
  /* The nearest block above BLOCK that has any; -1 in *RET_BLOCK: there is none. */
  gboolean (*next_block)(Ledger *ledger, gint64 block, gint64 *ret_block, GError **error);
} FeedLinesKind;

/* Adds a record, with its line end and without its separator. */
void feed_lines_add(FeedLines *lines, const char *record, gsize length);

/* What a section has to do with a block may serve the sections after it: keeps WHAT, which
 * goes with the feed, and gives it back, if it was kept. */
void feed_lines_keep(FeedLines *lines, gint64 block, GPtrArray *what);
GPtrArray *feed_lines_kept(const FeedLines *lines, gint64 block);

/* The next block of certificates, for `next_block`. */
gboolean feed_next_certificates(Ledger *ledger, gint64 block, gint64 *ret_block, GError **error);
/* Those certificates of BLOCK that have one of STATUSES (a set of 1 << status) and are still in
 * use as far as certdrop knows: no successor has been issued, be it that it has run out,
 * too. Oldest first. */
GPtrArray *feed_certificates_in_use(Ledger *ledger, gint64 block, guint statuses, GError **error);

/* Renders what changed of the feed; STALE (LedgerStale) says what did since, NULL: all of it. What
 * is left to be done, without the ledger, is file_stream_replace() with the stream that it
 * returns in *RET_STREAM, which the caller frees. */
gboolean feed_lines_begin(const FeedLinesKind *kind, const ReportsContext *context,
                          const GPtrArray *stale, FileStream **ret_stream, GError **error);

/* ---- Short ones ---- */

/* Writes TEXT as PATH if that changes it. */
gboolean feed_write_text(const ReportsContext *context, const char *path, const GString *text,
                         guint *written, GError **error);

/* ---- Cells of CSV (RFC 4180) ---- */

/* Appends TEXT (NULL: nothing) as a cell, with a comma before it unless it is the first of
 * LINE. Line ends and other controls become blanks or U+FFFD, so that a record is a line. What a
 * spreadsheet would take for a formula gets an apostrophe before it, and so does what begins with
 * one: who takes a leading one away has the text. */
void feed_add_cell(GString *line, const char *text);
void feed_add_number_cell(GString *line, gint64 number);
/* RFC 3339; 0 is an empty cell. */
void feed_add_time_cell(GString *line, gint64 time);
/* "true" or "false". */
void feed_add_flag_cell(GString *line, gboolean flag);
/* Words with blanks between. */
void feed_add_words_cell(GString *line, char *const *words);
/* Ends the line: CR LF. */
void feed_end_cells(GString *line);

/* ---- The feeds, one a file ---- */

extern const FeedLinesKind feed_certificates_csv;
extern const FeedLinesKind feed_certificates_json;
extern const FeedLinesKind feed_requests_csv;
extern const FeedLinesKind feed_metrics;
extern const FeedLinesKind feed_calendar;

gboolean feed_write_activity(const ReportsContext *context, guint *written, GError **error);

/* All of them, made while the caller goes on, where CONTEXT has a second ledger; else the caller's
 * thread renders them. STALE, borrowed until the end, as in feed_lines_begin(). */
typedef struct Feeds Feeds;

Feeds *feeds_begin(const ReportsContext *context, const GPtrArray *stale, GError **error);
/* Waits for the end. *WRITTEN counts the files that changed. */
gboolean feeds_finish(Feeds *feeds, guint *written, GError **error);
void feeds_free(Feeds *feeds);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Feeds, feeds_free)

#endif

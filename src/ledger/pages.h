/* What pages and `verify` read: a part of ledger.h, which includes it. */
#ifndef CERTDROP_LEDGER_PAGES_H
#define CERTDROP_LEDGER_PAGES_H

#include "ledger/ledger.h"

/* A certificate with what lists and its page show of it. */
typedef struct {
  gint64 number; /* of creation, from 1; its block is (number - 1) / LEDGER_BLOCK_SIZE */
  char *id;
  char *order;
  LifecycleStatus status;
  const Product *product; /* borrowed from the ledger */
  gint64 years;
  gint64 owed; /* what its whole order costs, or cost, without what was cancelled */
  char *currency;
  char **names; /* bound, or applied for; NULL while there are none */
  gint64 created;
  gint64 changed;
  gint64 submitted; /* when it was submitted last */
  gint64 first_issued;
  gint64 not_before;
  gint64 not_after;
  gint64 term_end;
  char *serial;
  char *sha256;
  char *spki_sha256;
  char *key_kind;   /* NULL before there is a key */
  gboolean has_key; /* its private key is in the ledger */
  gboolean uploaded;
  char *forerunner;     /* the certificate that it renews, or NULL */
  char *successor;      /* the certificate that renews it, or NULL */
  gint64 due;           /* when it is renewed or issued anew by itself; 0 or LEDGER_LOOK_AGAIN */
  gint64 failing_since; /* that fails; 0: it does not */
  gint64 failures;      /* how often it failed since then */
  char *failure;        /* why */
  gint64 review_asked;  /* of what is issued: its application waits to be reviewed again */
  char *name;           /* of an uploaded one: what its sender calls it, or NULL */
  char *deployed;       /* the products that have it, with spaces between; NULL: none */
  gint64 revoked;
  int reason;     /* of the revocation: index of lifecycle_reasons */
  gint64 deleted; /* its status is 0 then */
} LedgerCertificate;

void ledger_certificate_free(LedgerCertificate *certificate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LedgerCertificate, ledger_certificate_free)

/* The certificate ID, or NULL in *RET_CERTIFICATE. */
gboolean ledger_read_certificate(Ledger *ledger, const char *id,
                                 LedgerCertificate **ret_certificate, GError **error);

/* Where the present issue of a certificate comes from. */
typedef struct {
  gboolean outside;    /* another authority's */
  char *issuer;        /* of such a one: its name */
  GPtrArray *warnings; /* Fault: what is odd about it */
  GBytes *der;
  GBytes *chain; /* as in LedgerIssue; NULL: that of the instance's own CA */
} LedgerOrigin;

void ledger_origin_free(LedgerOrigin *origin);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LedgerOrigin, ledger_origin_free)
/* NULL in *RET_ORIGIN before it is issued. */
gboolean ledger_read_origin(Ledger *ledger, const char *certificate, LedgerOrigin **ret_origin,
                            GError **error);

/* The number of creation of the certificate ID, 0 where there is none. */
gboolean ledger_certificate_number(Ledger *ledger, const char *id, gint64 *ret_number,
                                   GError **error);

/* The certificates of BLOCK, newest first; STATUSES is a set of 1 << status, 0 for all but
 * deleted ones. GPtrArray of LedgerCertificate; with LEDGER_DELETED_TOO, an empty one says that
 * there are no blocks from BLOCK on. */
#define LEDGER_DELETED_TOO (~0u)
GPtrArray *ledger_certificates_in_block(Ledger *ledger, gint64 block, guint statuses,
                                        GError **error);
/* The certificates of the order, by number. */
GPtrArray *ledger_certificates_of_order(Ledger *ledger, const char *order, GError **error);
/* At most LIMIT certificates of STATUS, longest unchanged first. */
GPtrArray *ledger_certificates_with_status(Ledger *ledger, LifecycleStatus status, guint limit,
                                           GError **error);
/* At most LIMIT issued certificates, those first that run out first. */
GPtrArray *ledger_certificates_expiring(Ledger *ledger, guint limit, GError **error);

/* At most LIMIT certificates whose renewal or re-issue fails, or whose application waits to
 * be reviewed again, longest first, and how many there are in all. */
GPtrArray *ledger_failing_certificates(Ledger *ledger, guint limit, gint64 *ret_count,
                                       GError **error);
GPtrArray *ledger_certificates_to_review_again(Ledger *ledger, guint limit, gint64 *ret_count,
                                               GError **error);

/* The status of CERTIFICATE; 0: there is none, or it was deleted. */
gboolean ledger_read_status(Ledger *ledger, const char *certificate, LifecycleStatus *ret_status,
                            GError **error);
/* The present certificate of ID in DER, NULL in *RET_DER where it has none. */
gboolean ledger_read_certificate_der(Ledger *ledger, const char *id, GBytes **ret_der,
                                     GError **error);

/* How many certificates there are of each status; RET_COUNTS has room for
 * LIFECYCLE_STATUS_N, index 0 is the sum. */
gboolean ledger_count_statuses(Ledger *ledger, gint64 *ret_counts, GError **error);

/* The nearest block below (DIRECTION < 0) or above (> 0) BLOCK that has a
 * certificate of STATUSES; -1 where there is none. Start from G_MAXINT64 with
 * DIRECTION < 0 for the newest block. */
gboolean ledger_next_block(Ledger *ledger, gint64 block, int direction, guint statuses,
                           gint64 *ret_block, GError **error);

/* Blocks that follow each other. */
typedef struct {
  gint64 first;
  gint64 last;
} LedgerSpan;
/* The newest LIMIT certificates of STATUS, newest first: GPtrArray of LedgerCertificate. The
 * blocks of all others go to *RET_OTHERS: GArray of LedgerSpan, newest first. */
GPtrArray *ledger_newest_certificates(Ledger *ledger, LifecycleStatus status, guint limit,
                                      GArray **ret_others, GError **error);

/* As ledger_next_block(), for blocks of incoming files. */
gboolean ledger_next_file_block(Ledger *ledger, gint64 block, int direction, gint64 *ret_block,
                                GError **error);
/* The files of BLOCK, newest first: GPtrArray of LedgerFile. */
GPtrArray *ledger_files_in_block(Ledger *ledger, gint64 block, GError **error);
/* At most LIMIT waiting files, oldest first, and their number in all. */
GPtrArray *ledger_waiting_files(Ledger *ledger, guint limit, gint64 *ret_count, GError **error);
/* At most LIMIT files that were rejected or partly so, newest first. */
GPtrArray *ledger_rejected_files(Ledger *ledger, guint limit, GError **error);
/* At most LIMIT items of the file from position FIRST on: GPtrArray of LedgerItem. */
GPtrArray *ledger_items_of_file(Ledger *ledger, gint64 file, gint64 first, guint limit,
                                GError **error);
gboolean ledger_count_items(Ledger *ledger, gint64 file, gint64 *ret_items, gint64 *ret_rejected,
                            GError **error);

/* The order as pages show it, with its payments. */
typedef struct {
  LifecycleOrder *order;
  gint64 created;
  GPtrArray *payments; /* RequestPayment; `ref` NULL where it came with the order */
  char *file;          /* name of the file that brought it */
} LedgerOrder;
void ledger_order_free(LedgerOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LedgerOrder, ledger_order_free)
gboolean ledger_read_order_page(Ledger *ledger, const char *ref, LedgerOrder **ret_order,
                                GError **error);

/* The present application of a certificate. */
typedef struct {
  char *ref;
  LifecycleApplicationState state;
  gint64 at;                   /* when it was stored last */
  RequestApplication *content; /* attachments without their bytes */
  RequestReview *review;       /* the last one, or NULL */
  gint64 reviewed;
} LedgerApplication;
void ledger_application_free(LedgerApplication *application);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LedgerApplication, ledger_application_free)
gboolean ledger_read_application(Ledger *ledger, const char *certificate,
                                 LedgerApplication **ret_application, GError **error);

/* An entry of the log: what was done, when, by which file. Entries are only
 * ever added; each carries the SHA-256 of its content and of the entry before. */
typedef struct {
  gint64 number;
  gint64 at;
  char *what;    /* ordered paid saved submitted approved rejected issued expired … */
  char *subject; /* order, certificate, or, with a "/" in it, a file */
  char *file;    /* name of the file that asked for it, or NULL */
  char *text;    /* a few words more, or NULL */
  char *hash;
} LedgerEntry;
void ledger_entry_free(LedgerEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LedgerEntry, ledger_entry_free)

/* The last LIMIT entries, newest first: GPtrArray of LedgerEntry. */
GPtrArray *ledger_last_entries(Ledger *ledger, guint limit, GError **error);
/* The first entry of all, NULL in *RET_ENTRY where there is none. */
gboolean ledger_first_entry(Ledger *ledger, LedgerEntry **ret_entry, GError **error);

/* The entries about SUBJECT and, of a certificate, its order; oldest first, the
 * last LIMIT of them: GPtrArray of LedgerEntry. */
GPtrArray *ledger_history(Ledger *ledger, const char *subject, const char *order, guint limit,
                          GError **error);
/* Walks the whole log and checks its chain. *RET_NUMBER is the first entry
 * that does not fit, 0 where all do; *RET_ENTRIES how many there are. */
gboolean ledger_check_log(Ledger *ledger, gint64 *ret_number, gint64 *ret_entries, GError **error);

/* The log as a whole (see keeper/seal.c) */

/* The number and hash of the last entry; 0 and NULL where there is none. */
gboolean ledger_log_end(Ledger *ledger, gint64 *ret_number, char **ret_hash, GError **error);
/* What the keeper makes of that; NULL where there is none yet. */
gboolean ledger_read_seal(Ledger *ledger, GBytes **ret_seal, GError **error);
gboolean ledger_put_seal(Ledger *ledger, GBytes *seal, GError **error);

typedef enum {
  LEDGER_FINDING_CUT = 1,  /* the end was another than the seal says */
  LEDGER_FINDING_UNSEALED, /* there was no seal */
  LEDGER_FINDING_N
} LedgerFinding;

/* Says in the log what was found about it. */
gboolean ledger_log_finding(Ledger *ledger, LedgerFinding finding, const char *text, gint64 now,
                            GError **error);
/* Those among the last LIMIT findings of any kind: GPtrArray of LedgerEntry. */
GPtrArray *ledger_findings(Ledger *ledger, LedgerFinding finding, guint limit, GError **error);

/* The archives and other files written for a certificate, by path: GPtrArray
 * of LedgerOutput without content. */
GPtrArray *ledger_outputs_of_certificate(Ledger *ledger, const char *certificate, GError **error);

/* The last LIMIT runs, newest first: GPtrArray of LedgerRun. The last one's
 * length counts as not known yet (rules.md 22). */
GPtrArray *ledger_last_runs(Ledger *ledger, guint limit, GError **error);
/* The start of the last run: the time that pages speak of; 0 before the first. */
gint64 ledger_report_time(Ledger *ledger);

/* Reading for `verify`: all there is, in portions of at most LIMIT, each of them asked for
 * by the last one's number. To be called between ledger_begin_reading() and
 * ledger_rollback(), for one view of it all. */

/* What SQLite finds wrong with the file itself: GPtrArray of char *, empty where all is well. */
GPtrArray *ledger_find_damage(Ledger *ledger, GError **error);

/* An issue, with what the rows say that belong to it. */
typedef struct {
  gint64 number;
  LedgerIssue *issue;
  gboolean key_known;         /* its public key has a row */
  gboolean key_left;          /* it and all others with its private key are deleted */
  gboolean key_missing;       /* its private key was made here, and is not in the ledger */
  gboolean certificate_known; /* its certificate has a row … */
  gboolean agrees; /* … which has the same times and serial, if this is the present one */
  gboolean deleted;
} LedgerIssued;
/* Those with a number above NUMBER: GPtrArray of LedgerIssued. */
GPtrArray *ledger_issues_after(Ledger *ledger, gint64 number, guint limit, GError **error);
/* Certificates that name an issue that is not theirs, or lack one: GPtrArray of char *, IDs. */
GPtrArray *ledger_certificates_without_issue(Ledger *ledger, GError **error);

/* A private key. */
typedef struct {
  char *spki_sha256;
  char *certificate;
  GBytes *wrapped;
} LedgerKey;
/* Those that nothing is certified for yet, above AFTER: GPtrArray of LedgerKey. */
GPtrArray *ledger_keys_without_issue(Ledger *ledger, const char *after, guint limit,
                                     GError **error);

/* Whether the certificate with SERIAL, one of the instance's own CA, is revoked. */
gboolean ledger_is_revoked(Ledger *ledger, const char *serial, gboolean *ret_revoked,
                           GError **error);
/* The serial numbers that a CRL made at AT has: GPtrArray of char *. */
GPtrArray *ledger_revoked_serials(Ledger *ledger, gint64 at, GError **error);

/* A file that was written, or is to be (not DONE). */
typedef struct {
  LedgerOutput *output;
  gboolean done;
  GBytes *kept; /* of an archive that is kept, wrapped; else NULL */
} LedgerWritten;
/* Those with a number above NUMBER: GPtrArray of LedgerWritten. */
GPtrArray *ledger_written_after(Ledger *ledger, gint64 number, guint limit, GError **error);
/* Whether the output NUMBER is still there, and done. */
gboolean ledger_output_stands(Ledger *ledger, gint64 number, gboolean *ret_stands, GError **error);
/* Whether a file of CERTIFICATE was to be written to PATH, or is to be removed. */
gboolean ledger_has_output(Ledger *ledger, const char *certificate, const char *path,
                           gboolean *ret_has, GError **error);
/* The last document at PATH that is not a receipt. */
GBytes *ledger_read_document(Ledger *ledger, const char *path, GError **error);
/* The paths of archives that are kept, and nobody knows of: GPtrArray of char *. */
GPtrArray *ledger_archives_without_output(Ledger *ledger, GError **error);
/* The hashes of the stored attachments above SHA256: GPtrArray of char *. */
GPtrArray *ledger_attachments_after(Ledger *ledger, const char *sha256, guint limit,
                                    GError **error);

/* What is counted wrong, a sentence each: GPtrArray of char *, empty where all is well. */
GPtrArray *ledger_find_miscounts(Ledger *ledger, GError **error);

/* Stale pages: which have to be written anew. A topic and a key name one. */
typedef enum {
  LEDGER_STALE_CERTIFICATE = 1, /* key: the certificate's ID */
  LEDGER_STALE_BLOCK,           /* key: "STATUS BLOCK", the status by number, 0 for all */
  LEDGER_STALE_FILES,           /* key: the block of files */
  LEDGER_STALE_LOG,             /* key: the block of the log */
  LEDGER_STALE_DAY,             /* key: a day of expiry (days since 1970) */
  LEDGER_STALE_PLACE,           /* key: "BLOCK PRODUCT REGION" */
  LEDGER_STALE_SPENDING,        /* key: the number of an entry */
  LEDGER_STALE_N
} LedgerStaleTopic;

typedef struct {
  LedgerStaleTopic topic;
  char *key;
} LedgerStale;

/* Stores which pages became stale in the transaction under way, as its commit does: for a long
 * one, which would remember them all until then. */
gboolean ledger_flush_stale(Ledger *ledger, GError **error);
/* All of them, in order: GPtrArray of LedgerStale. */
GPtrArray *ledger_stale_pages(Ledger *ledger, GError **error);
/* Puts them all aside, once they are written. What is aside is forgotten once it will stay
 * written, or taken back where it may not have. Each in the keeper's transaction. */
gboolean ledger_put_stale_aside(Ledger *ledger, GError **error);
gboolean ledger_forget_stale_aside(Ledger *ledger, GError **error);
gboolean ledger_take_stale_back(Ledger *ledger, GError **error);

#endif

/* All that certdrop knows, in one SQLite database (state/ledger.db). The only
 * room that knows SQL.
 *
 * Writing happens inside a transaction:
 *     ledger_begin(ledger, &error)
 *     … ledger_add_…(), ledger_set_…() …
 *     ledger_commit(ledger, &error)      all of it is durable, or
 *     ledger_rollback(ledger)            none of it ever was
 * A change and the rows for the files that it causes (outputs) go into one
 * transaction; the files are written after the commit and marked done in a
 * later one (base/file.h says when that is safe). What a killed run left
 * undone is found by ledger_pending_outputs().
 *
 * Every function that can fail returns FALSE, NULL or -1 and sets ERROR:
 * CERTDROP_ERROR_IO where another try may help, CERTDROP_ERROR_CORRUPT where
 * the database is damaged or from a later version of certdrop. Absent times are 0.
 * Strings and structs that are returned are the caller's to free. */
#ifndef CERTDROP_LEDGER_LEDGER_H
#define CERTDROP_LEDGER_LEDGER_H

#include "lifecycle/lifecycle.h"

typedef struct Ledger Ledger;

/* How many certificates, or files, share a block: the unit in which lists are
 * cut into pages (rules.md 22). */
#define LEDGER_BLOCK_SIZE 100

/* Opening */

/* Opens the ledger at PATH. If UPGRADE, which only the owner of the instance's lock may
 * ask for, it is made where it is not there, and brought up to date where it is of an
 * older version; otherwise that is CERTDROP_ERROR_USAGE. */
Ledger *ledger_open(const char *path, gboolean upgrade, GError **error);
/* Opens it for reading alone (show, reports beside a run). */
Ledger *ledger_open_reading(const char *path, GError **error);
/* Opens a branch of it (check): what is written to it is seen in it alone and goes with
 * it. Nobody else is kept from writing meanwhile, nor are their changes seen. */
Ledger *ledger_open_branch(const char *path, GError **error);
void ledger_close(Ledger *ledger);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ledger, ledger_close)

gboolean ledger_begin(Ledger *ledger, GError **error);
gboolean ledger_commit(Ledger *ledger, GError **error);
void ledger_rollback(Ledger *ledger);

/* For much reading: one view of the ledger, and one lock for all of it. Ended by
 * ledger_rollback(), since there is nothing to keep. */
gboolean ledger_begin_reading(Ledger *ledger, GError **error);

/* A part of a transaction that can be undone by itself (an atomic batch). */
gboolean ledger_begin_part(Ledger *ledger, GError **error);
gboolean ledger_end_part(Ledger *ledger, gboolean keep, GError **error);

/* Facts for decisions */

/* The order REF. *RET_ORDER is NULL where there is none. */
gboolean ledger_read_order(Ledger *ledger, const char *ref, LifecycleOrder **ret_order,
                           GError **error);
/* The certificate ID. *RET_CERTIFICATE is NULL where there is none. */
gboolean ledger_read_certificate_facts(Ledger *ledger, const char *id,
                                       LifecycleCertificate **ret_certificate, GError **error);
/* Who else has the key SPKI_SHA256 than CERTIFICATE. */
gboolean ledger_read_key_use(Ledger *ledger, const char *spki_sha256, const char *certificate,
                             LifecycleKeyUse *ret_use, GError **error);

/* An accepted item's reference. */
typedef struct {
  char *ref;
  RequestKind kind;
  char *hash;
  char *subject; /* the order or certificate that it was about, or NULL */
} LedgerReference;

gboolean ledger_read_reference(Ledger *ledger, const char *ref, LedgerReference **ret_reference,
                               GError **error);
void ledger_reference_free(LedgerReference *reference);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LedgerReference, ledger_reference_free)

/* Files and items of the intake */

typedef enum {
  LEDGER_FILE_WAITING = 1, /* undecided: some item waits */
  LEDGER_FILE_ACCEPTED,
  LEDGER_FILE_REJECTED,
  LEDGER_FILE_PARTLY, /* a batch of which only some items were accepted */
  LEDGER_FILE_STATE_N
} LedgerFileState;

/* "waiting", "accepted", "rejected", "partly", by LedgerFileState. */
extern const char *const ledger_file_states[LEDGER_FILE_STATE_N];

typedef struct {
  gint64 number;     /* of the file: counts all that were ever seen */
  char *name;        /* as it lay in the inbox, made safe */
  guint name_number; /* N of a name that came before (rules.md 6); 1: the first */
  char *sha256;
  char *identity; /* device, inode, size, time of modification: the same file on disk */
  LedgerFileState state;
  gint64 first_seen;
  gint64 decided;    /* 0 while it waits */
  gboolean ready;    /* of a waiting one: to be tried again */
  gint64 run;        /* the run that decided it or saw it last */
  char *waits_for;   /* of a waiting file: what for, space-separated (at most a few) */
  GPtrArray *faults; /* Fault of the file as a whole */
} LedgerFile;

typedef struct {
  gint64 file;
  gint64 position;  /* in the file, from 0 */
  RequestKind kind; /* 0 where it could not be read */
  char *ref;        /* or NULL */
  LifecycleOutcome outcome;
  gboolean repeated;
  char *subject;       /* order or certificate, or NULL */
  GPtrArray *faults;   /* Fault */
  GPtrArray *warnings; /* Fault */
  char *waits_for;     /* of a waiting one, or NULL */
  LifecycleSum sum;    /* of the decision, while it is at hand: not stored */
} LedgerItem;

void ledger_file_free(LedgerFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LedgerFile, ledger_file_free)
void ledger_item_free(LedgerItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LedgerItem, ledger_item_free)

/* The waiting file called NAME, or NULL in *RET_FILE. */
gboolean ledger_find_waiting_file(Ledger *ledger, const char *name, LedgerFile **ret_file,
                                  GError **error);
/* The waiting files of which something that they wait for has moved since they
 * were tried last, or that were first seen before DEADLINE, by name: GPtrArray
 * of LedgerFile. */
GPtrArray *ledger_ready_files(Ledger *ledger, gint64 deadline, GError **error);
/* Forgets the waiting file NUMBER, which is not in the inbox any more; what its
 * items did stays. */
gboolean ledger_drop_waiting_file(Ledger *ledger, gint64 number, GError **error);
/* Adds FILE (its number and name_number are set), which begins its first try;
 * or, where it has a number, stores its state anew. */
gboolean ledger_put_file(Ledger *ledger, LedgerFile *file, GError **error);
/* Says that the waiting file NUMBER is being tried again, or that it waits on. A
 * file whose try never ended is ready; one that was woken during it, too. */
gboolean ledger_begin_try(Ledger *ledger, gint64 number, GError **error);
gboolean ledger_end_try(Ledger *ledger, gint64 number, GError **error);
gboolean ledger_put_item(Ledger *ledger, const LedgerItem *item, GError **error);
/* The outcome of an item that was decided in an earlier try, or 0. */
gboolean ledger_read_item_outcome(Ledger *ledger, gint64 file, gint64 position,
                                  LifecycleOutcome *ret_outcome, GError **error);
gboolean ledger_add_reference(Ledger *ledger, const LedgerReference *reference, gint64 file,
                              GError **error);
/* Says that what waits for ORDER or one of its certificates may try again. */
gboolean ledger_wake(Ledger *ledger, const char *order, GError **error);

/* Changes to orders and certificates. NOW is ledger time, FILE the number of
 * the file that asked for it (0: none). Each writes its entries of the log,
 * keeps the block counts and marks the pages that show it as stale. */

gboolean ledger_add_order(Ledger *ledger, const LifecycleOrder *order, gint64 now, gint64 file,
                          GError **error);
gboolean ledger_add_payment(Ledger *ledger, const char *order, const RequestPayment *payment,
                            gint64 now, gint64 file, GError **error);
gboolean ledger_set_status(Ledger *ledger, const char *certificate, LifecycleStatus status,
                           gint64 now, gint64 file, GError **error);
/* NAMES: the application's names as A-labels, or NULL while they are not final. */
gboolean ledger_put_application(Ledger *ledger, const char *certificate, const char *ref,
                                const RequestApplication *application, char **names,
                                LifecycleApplicationState state, gint64 now, gint64 file,
                                GError **error);
gboolean ledger_add_review(Ledger *ledger, const RequestReview *review, const char *certificate,
                           gint64 now, gint64 file, GError **error);

/* A certificate as issued. */
typedef struct {
  char *certificate; /* the ID */
  char *serial;      /* hexadecimal, upper case */
  gint64 not_before;
  gint64 not_after;
  gint64 term_end;
  char **names;
  GBytes *der;
  GBytes *csr;         /* DER, or NULL */
  char *sha256;        /* of the DER */
  char *spki_sha256;   /* hexadecimal */
  char *key_kind;      /* "ec-p256" */
  GBytes *wrapped_key; /* NULL where the key stayed with the applicant */
  GBytes *chain;       /* what the server sends after it: DER, one after the other; NULL:
                          the instance's own issuing CA */
  gboolean outside;    /* another authority's: not on our CRL */
  char *issuer;        /* of an outside one: its name, for people; else NULL */
  GPtrArray *warnings; /* Fault: what is odd about it; or NULL */
} LedgerIssue;

void ledger_issue_free(LedgerIssue *issue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LedgerIssue, ledger_issue_free)

/* Says that the key SPKI_SHA256 belongs to CERTIFICATE from now on. For a manual CSR
 * that was accepted and is certified later, with its group: whoever sends the same
 * CSR meanwhile finds the key in use. One that is in use already stays as it is. */
gboolean ledger_claim_key(Ledger *ledger, const char *spki_sha256, const char *key_kind,
                          const char *certificate, GError **error);
gboolean ledger_add_issue(Ledger *ledger, const LedgerIssue *issue, gint64 now, gint64 file,
                          GError **error);
/* An uploaded certificate, its order of nothing (ORDER, of product_uploaded) with it: it has
 * STATUS from the start, and its sender calls it NAME (or NULL). */
gboolean ledger_add_upload(Ledger *ledger, const LifecycleOrder *order, const char *name,
                           LifecycleStatus status, const LedgerIssue *issue, gint64 now,
                           gint64 file, GError **error);
/* Which certificate has this very one, by the SHA-256 of its DER: NULL in *RET_CERTIFICATE where
 * none has that was not deleted. */
gboolean ledger_find_issue(Ledger *ledger, const char *sha256, char **ret_certificate,
                           GError **error);
/* The present issue of the certificate ID, with its key; NULL where none. */
gboolean ledger_read_issue(Ledger *ledger, const char *certificate, LedgerIssue **ret_issue,
                           GError **error);
/* The one with SERIAL, which may be an earlier one; NULL where none. */
gboolean ledger_read_issue_of_serial(Ledger *ledger, const char *certificate, const char *serial,
                                     LedgerIssue **ret_issue, GError **error);
/* What ends an application or a certificate (withdrawal.c, revocation.c, deletion.c) */

/* What was submitted of CERTIFICATE is only saved from now on, or, of one that is issued,
 * as it was before: nothing lies with a reviewer or an issuer any more. */
gboolean ledger_withdraw(Ledger *ledger, const char *certificate, gint64 now, gint64 file,
                         GError **error);

typedef struct {
  int reason;              /* index of lifecycle_reasons */
  const char *spki_sha256; /* of a key that goes with its own, or NULL */
  gint64 cancelled;        /* of its order's price: what need not be paid any more */
} LedgerRevocation;

/* Revokes every issue of CERTIFICATE that has not run out at NOW; nothing of it is pending or
 * due any more. *RET_LISTED: some of them are for our revocation list. */
gboolean ledger_revoke(Ledger *ledger, const char *certificate, const LedgerRevocation *revocation,
                       gint64 now, gint64 file, gboolean *ret_listed, GError **error);

/* An issue that was revoked. */
typedef struct {
  char *serial;
  gint64 not_after;
  gint64 at;
  int reason;
  gboolean outside; /* not on our revocation list */
} LedgerRevoked;
void ledger_revoked_free(LedgerRevoked *revoked);

/* What belongs on our revocation list: the revoked issues of our CA that had not run out at
 * SINCE. GPtrArray of LedgerRevoked. */
GPtrArray *ledger_revoked_since(Ledger *ledger, gint64 since, GError **error);
/* The revoked issues of CERTIFICATE, in the order in which they were made. */
GPtrArray *ledger_revoked_of(Ledger *ledger, const char *certificate, GError **error);

/* A refund: what went back, of which payment. */
typedef struct {
  char *certificate;
  char *reference; /* of the payment, or NULL */
  gint64 amount;
  char *currency;
  gint64 at;
} LedgerRefund;
void ledger_refund_free(LedgerRefund *refund);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LedgerRefund, ledger_refund_free)

gboolean ledger_add_refund(Ledger *ledger, const char *certificate, const RequestPayment *refund,
                           gint64 now, gint64 file, GError **error);
/* What went back for CERTIFICATE, NULL in *RET_REFUND where nothing did. */
gboolean ledger_read_refund(Ledger *ledger, const char *certificate, LedgerRefund **ret_refund,
                            GError **error);
/* All refunds of the order: GPtrArray of LedgerRefund. */
GPtrArray *ledger_refunds_of_order(Ledger *ledger, const char *order, GError **error);

/* Takes CERTIFICATE out of all lists, and destroys its keys and what is kept for archives that
 * hold them. CANCELLED as in LedgerRevocation. What it overwrites lies in the write-ahead log
 * until ledger_truncate() has been called after the commit. */
gboolean ledger_delete_certificate(Ledger *ledger, const char *certificate, gint64 cancelled,
                                   gint64 now, gint64 file, GError **error);
/* Moves all of the write-ahead log into the database and empties it, outside a transaction.
 * *RET_DONE: FALSE where somebody is reading; try again later. */
gboolean ledger_truncate(Ledger *ledger, gboolean *ret_done, GError **error);
/* Whether ID has a page: it exists, and is not deleted. */
gboolean ledger_has_page(Ledger *ledger, const char *id, gboolean *ret_has, GError **error);

/* Moves to `expired` what is issued and whose notAfter has passed at NOW; the
 * number of them in *RET_COUNT. */
gboolean ledger_expire(Ledger *ledger, gint64 now, guint *ret_count, GError **error);

/* Renewals and re-issues (renewal.c) */

/* A certificate's due time that says: decide anew when it is due. Whatever changes the facts
 * of that, a status, an issue, a successor, sets it, so that no other file has to know how. */
#define LEDGER_LOOK_AGAIN ((gint64)1)

typedef struct {
  gint64 number;
  char *id;
  char *order;
  gint64 due; /* LEDGER_LOOK_AGAIN, or the moment at which it is due */
  LifecycleDueFacts facts;
} LedgerDue;

void ledger_due_free(LedgerDue *due);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LedgerDue, ledger_due_free)

/* At most LIMIT certificates that are due at NOW or before, those after (DUE, NUMBER), in
 * that order: GPtrArray of LedgerDue. */
GPtrArray *ledger_due_certificates(Ledger *ledger, gint64 now, gint64 due, gint64 number,
                                   guint limit, GError **error);
/* Says when CERTIFICATE is due: a moment, LEDGER_LOOK_AGAIN, or 0 for never. */
gboolean ledger_put_due(Ledger *ledger, const char *certificate, gint64 due, GError **error);
/* Has when it is due decided anew, of CERTIFICATE, or of all. What is neither issued nor
 * expired is never due, and fails no more. */
gboolean ledger_look_again(Ledger *ledger, const char *certificate, GError **error);
gboolean ledger_look_at_all_again(Ledger *ledger, GError **error);
/* How many certificates are due on each day: day → number, both gint64 and owned. */
GHashTable *ledger_read_due_days(Ledger *ledger, GError **error);

/* Says that SUCCESSOR, to which a review made at REVIEWED goes over, renews CERTIFICATE. */
gboolean ledger_link_successor(Ledger *ledger, const char *certificate, const char *successor,
                               gint64 reviewed, gint64 now, gint64 file, GError **error);

/* Notes that what is due for CERTIFICATE failed, and why. *RET_MAIL tells whether a mail is
 * to be written about it now. */
gboolean ledger_add_failure(Ledger *ledger, const char *certificate, const char *why, gint64 now,
                            gboolean *ret_mail, GError **error);
gboolean ledger_clear_failure(Ledger *ledger, const char *certificate, GError **error);

/* Reminders of an expiry */

/* A certificate whose time to be reminded of has come. */
typedef struct {
  char *id;
  LifecycleReminderFacts facts;
  char *successor; /* the ID that renews it, or NULL */
} LedgerReminding;
void ledger_reminding_free(LedgerReminding *reminding);

/* At most LIMIT certificates that are to be looked at by NOW: GPtrArray of
 * LedgerReminding. Each comes until ledger_set_reminding() has moved its time. */
GPtrArray *ledger_remindings_due(Ledger *ledger, gint64 now, guint limit, GError **error);
/* Says when to look at the certificate ID again (0: not until it is issued again). */
gboolean ledger_set_reminding(Ledger *ledger, const char *id, gint64 next, GError **error);
/* Has all issued certificates looked at again: the days before an expiry have changed. */
gboolean ledger_reset_remindings(Ledger *ledger, GError **error);
/* Says that the certificate is reminded of now, in the next mail to ADDRESS. */
gboolean ledger_add_reminder(Ledger *ledger, const LedgerReminding *reminding,
                             LifecycleReminder reason, const char *address, gint64 now,
                             GError **error);

/* A certificate in a mail that reminds of it. */
typedef struct {
  char *certificate;
  gint64 not_after;
  LifecycleReminder reason;
} LedgerReminder;
void ledger_reminder_free(LedgerReminder *reminder);

/* The first address that a reminder is to be written to, or NULL in *RET_ADDRESS, and
 * how many certificates it is about. */
gboolean ledger_next_reminder(Ledger *ledger, char **ret_address, gint64 *ret_count,
                              GError **error);
/* At most LIMIT of them, those first that run out first: GPtrArray of LedgerReminder. */
GPtrArray *ledger_reminders_to(Ledger *ledger, const char *address, guint limit, GError **error);
/* Forgets those of ADDRESS, which are written. */
gboolean ledger_drop_reminders(Ledger *ledger, const char *address, GError **error);

/* Mail for the configured command to send */

typedef struct {
  gint64 number;
  char *path;           /* below the instance */
  char *certificate;    /* that it is about, or NULL: several */
  GBytes *content;      /* the message; NULL: it was removed since */
  gint64 failures;      /* so far */
  gint64 failing_since; /* 0: not failing */
  char *output;         /* what was said of the last failure, or NULL */
} LedgerMail;
void ledger_mail_free(LedgerMail *mail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LedgerMail, ledger_mail_free)

/* Says that the message at PATH, an output, is to be sent from NOW on. */
gboolean ledger_add_mail(Ledger *ledger, const char *path, gint64 now, GError **error);
/* At most LIMIT messages that are to be sent by NOW: GPtrArray of LedgerMail. */
GPtrArray *ledger_mails_due(Ledger *ledger, gint64 now, guint limit, GError **error);
/* At most LIMIT of those that fail, those first that fail longest, without content, and
 * their number. */
GPtrArray *ledger_failing_mails(Ledger *ledger, guint limit, gint64 *ret_count, GError **error);
gboolean ledger_put_mail_sent(Ledger *ledger, const LedgerMail *mail, gint64 now, GError **error);
gboolean ledger_put_mail_failed(Ledger *ledger, const LedgerMail *mail, const char *output,
                                gint64 now, GError **error);
/* Gives the message up: somebody removed it. */
gboolean ledger_drop_mail(Ledger *ledger, const LedgerMail *mail, gint64 now, GError **error);

/* Issuers outside: a CSR that lies with one, until its certificate comes */

typedef struct {
  char *certificate; /* the ID */
  char *issuer;      /* "exchange", or the id of a configured one */
  char *spki_sha256;
  GBytes *csr; /* DER */
  char **names;
  gint64 since;
  gint64 attempts; /* of its command, that failed */
  gint64 next_try; /* 0: nothing to try, the chain comes as a file */
  char *output;    /* what the command said last, or NULL */
} LedgerOutside;

void ledger_outside_free(LedgerOutside *outside);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LedgerOutside, ledger_outside_free)

/* Stores OUTSIDE in the place of any earlier one of its certificate, and its key, wrapped unless it
 * is the applicant's own. */
gboolean ledger_put_outside(Ledger *ledger, const LedgerOutside *outside, const char *key_kind,
                            GBytes *wrapped_key, gint64 now, gint64 file, GError **error);
/* NULL in *RET_OUTSIDE where none lies outside. */
gboolean ledger_read_outside(Ledger *ledger, const char *certificate, LedgerOutside **ret_outside,
                             GError **error);
/* At most LIMIT that are to be tried at NOW, by that time and certificate, behind AFTER (which may
 * be NULL): GPtrArray of LedgerOutside. */
GPtrArray *ledger_outside_due(Ledger *ledger, gint64 now, const LedgerOutside *after, guint limit,
                              GError **error);
/* Says that a try has failed. */
gboolean ledger_put_outside_failed(Ledger *ledger, const LedgerOutside *outside, gint64 next_try,
                                   const char *output, GError **error);
/* It lies there no more, and nothing of it fails any more. The key of a CSR that was never
 * certified has no more use, and is forgotten; it stays known as a key. */
gboolean ledger_end_outside(Ledger *ledger, const char *certificate, GError **error);

/* Files to be written (outputs) */

typedef enum {
  LEDGER_OUTPUT_ARCHIVE = 1, /* a certificate's archive; made again from its issue */
  LEDGER_OUTPUT_DOCUMENT,    /* the content lies in the row: receipts, letters, mail, CSRs */
  LEDGER_OUTPUT_ATTACHMENT,  /* the content is the stored attachment of that SHA-256 */
  LEDGER_OUTPUT_MOVE,        /* the decided file, out of the inbox */
  LEDGER_OUTPUT_BLANK,       /* the same for one with secrets: content is what is kept */
  LEDGER_OUTPUT_REMOVE, /* overwritten and removed: a certificate's file that has no more reason */
  LEDGER_OUTPUT_N
} LedgerOutputKind;

typedef struct {
  gint64 number;
  LedgerOutputKind kind;
  gboolean receipt;  /* belongs to the phase of receipts, not of archives */
  char *path;        /* below the instance */
  char *source;      /* MOVE, BLANK: where the file lies now */
  char *identity;    /* MOVE, BLANK: of that file on disk, as in LedgerFile */
  char *certificate; /* ARCHIVE: the ID */
  char *format;      /* ARCHIVE */
  char *sha256;      /* of the content; MOVE, BLANK: of the file that is moved */
  GBytes *content;   /* DOCUMENT, BLANK; ATTACHMENT and ARCHIVE: NULL */
} LedgerOutput;

void ledger_output_free(LedgerOutput *output);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LedgerOutput, ledger_output_free)

/* Adds OUTPUT and sets its number. An earlier output of the same path is
 * replaced. */
gboolean ledger_add_output(Ledger *ledger, LedgerOutput *output, GError **error);
/* What is to be written, oldest first, at most LIMIT: GPtrArray of LedgerOutput. */
GPtrArray *ledger_pending_outputs(Ledger *ledger, guint limit, GError **error);
/* Marks all outputs up to NUMBER as done. */
gboolean ledger_mark_outputs_done(Ledger *ledger, gint64 number, GError **error);
/* A stored attachment. NULL with ERROR set where it is missing. */
GBytes *ledger_read_attachment(Ledger *ledger, const char *sha256, GError **error);

/* Archives */

/* An archive of a certificate: what it is, and where. A certificate has any number of
 * them, each at a path of its own: in several forms, for several recipients and targets. */
typedef struct {
  char *path;        /* below the instance */
  char *certificate; /* the ID */
  char *format;
  char *profile;     /* of the PFX in it; NULL: that of the format */
  GBytes *recipient; /* the certificate, in DER, that it is encrypted to; NULL: nobody's */
  GBytes *kept;      /* the whole file, wrapped, where something in it is random; else NULL,
                        since it is made again from its issue */
} LedgerArchive;

void ledger_archive_free(LedgerArchive *archive);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LedgerArchive, ledger_archive_free)
LedgerArchive *ledger_archive_copy(const LedgerArchive *archive);

/* Stores what the output of ARCHIVE's path does not say. Its output is added by itself,
 * with ledger_add_output(); one of the kind REMOVE takes what is stored here with it. */
gboolean ledger_put_archive(Ledger *ledger, const LedgerArchive *archive, GError **error);
/* What is kept of the archive at PATH: NULL in *RET_KEPT where nothing is. */
gboolean ledger_read_kept_archive(Ledger *ledger, const char *path, GBytes **ret_kept,
                                  GError **error);
/* The archives that CERTIFICATE has, by path, each with `kept` NULL: GPtrArray of
 * LedgerArchive. */
GPtrArray *ledger_archives_of_certificate(Ledger *ledger, const char *certificate, GError **error);
/* Says in the log that archives of CERTIFICATE were asked for, or that one could not be
 * made; TEXT tells which, and why. */
gboolean ledger_log_download(Ledger *ledger, const char *certificate, const char *text, gint64 now,
                             gint64 file, GError **error);
gboolean ledger_log_archive_failure(Ledger *ledger, const char *certificate, const char *text,
                                    gint64 now, gint64 file, GError **error);

/* Deployments */

/* A certificate on a product in a region. */
typedef struct {
  char *certificate;
  char *product;
  char *region; /* "": the product has none */
  char *title;  /* of the product, for people */
  gboolean whole;
  gboolean by_command; /* its command has ended well; FALSE: at most its archive lies there */
  LifecycleDeploymentState state;
  char *serial;         /* of the issue that is, or is to be, there */
  char *replaces;       /* the serial that was there before, or NULL */
  gint64 since;         /* when it came into its state */
  gint64 attempts;      /* that failed, since it was asked for */
  gint64 next_try;      /* 0: nothing to do */
  gint64 failing_since; /* 0: it does not fail */
  char *output;         /* what the command, or the look at the host, said last; or NULL */
  gint64 file;          /* that asked for it; 0: none */
} LedgerDeployment;

void ledger_deployment_free(LedgerDeployment *deployment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LedgerDeployment, ledger_deployment_free)

/* Says that the present issue of PLACE's certificate is to be on PLACE (certificate,
 * product, region, title, whole). One that fails is tried again at once. */
gboolean ledger_deploy(Ledger *ledger, const LedgerDeployment *place, gint64 now, gint64 file,
                       GError **error);
/* Says that CERTIFICATE is to leave PRODUCT in REGION. */
gboolean ledger_undeploy(Ledger *ledger, const char *certificate, const char *product,
                         const char *region, gint64 now, gint64 file, GError **error);
/* To be called when CERTIFICATE has a new issue: where the one before it is deployed, and
 * where the certificate is that it renews, the new one is to be, with the serial that it
 * replaces. Returns these places: GPtrArray of LedgerDeployment. */
GPtrArray *ledger_follow_deployments(Ledger *ledger, const char *certificate, gint64 now,
                                     gint64 file, GError **error);
/* At most LIMIT deployments for which there is something to do at NOW. */
GPtrArray *ledger_due_deployments(Ledger *ledger, gint64 now, guint limit, GError **error);
/* Stores how it stands with DEPLOYMENT, which was read before: state, by_command,
 * attempts, next_try, failing_since, output. WHAT and TEXT go into the log, unless WHAT
 * is NULL. */
gboolean ledger_put_deployment(Ledger *ledger, const LedgerDeployment *deployment, gint64 now,
                               const char *what, const char *text, GError **error);
/* DEPLOYMENT is done: what its certificate renews is there no more. Returns what
 * thereby went: GPtrArray of LedgerDeployment. */
GPtrArray *ledger_leave_forerunners(Ledger *ledger, const LedgerDeployment *deployment, gint64 now,
                                    GError **error);
/* How the target PRODUCT was when it was looked at last; NULL in *RET_SHAPE: never. */
gboolean ledger_read_target(Ledger *ledger, const char *product, char **ret_shape, GError **error);
gboolean ledger_put_target(Ledger *ledger, const char *product, const char *shape, GError **error);
/* At most LIMIT issued certificates that are deployed on PRODUCT as a whole, but were
 * never in REGION; or of which only the archive was laid out. GPtrArray of
 * LedgerDeployment, one there is of each. */
GPtrArray *ledger_deployments_without(Ledger *ledger, const char *product, const char *region,
                                      guint limit, GError **error);
GPtrArray *ledger_deployments_without_command(Ledger *ledger, const char *product, guint limit,
                                              GError **error);
/* That of CERTIFICATE on PRODUCT in REGION, NULL in *RET_DEPLOYMENT where there is none. */
gboolean ledger_read_deployment(Ledger *ledger, const char *certificate, const char *product,
                                const char *region, LedgerDeployment **ret_deployment,
                                GError **error);
/* All of CERTIFICATE, by product and region. */
GPtrArray *ledger_deployments_of(Ledger *ledger, const char *certificate, GError **error);
/* At most LIMIT of those that fail, those first that fail longest, and their number. */
GPtrArray *ledger_failing_deployments(Ledger *ledger, guint limit, gint64 *ret_count,
                                      GError **error);

/* Runs */

typedef struct {
  gint64 number;
  gint64 started;                     /* ledger time */
  gint64 milliseconds;                /* how long it took by the machine's clock; 0 while it runs */
  gint64 accepted, rejected, waiting; /* files */
  gint64 items, issued, expired, renewed;
  gint64 failed; /* deployments, issues and renewals */
} LedgerRun;

/* The present of a run that wants to begin at CLOCK: the later of CLOCK and the
 * last run; CERTDROP_ERROR_USAGE where CLOCK is more than 5 minutes before it
 * (rules.md 17). */
gboolean ledger_present(Ledger *ledger, gint64 clock, gint64 *ret_now, GError **error);
gboolean ledger_begin_run(Ledger *ledger, gint64 now, LedgerRun *ret_run, GError **error);
gboolean ledger_end_run(Ledger *ledger, const LedgerRun *run, GError **error);

/* When there is something to do that no file asks for: in the past where it is due, far in
 * the future where there is nothing. */
gboolean ledger_next_due(Ledger *ledger, gint64 *ret_when, GError **error);
/* When the file that waits longest was first seen, and how many wait. */
gboolean ledger_first_waiting(Ledger *ledger, gint64 *ret_since, gint64 *ret_count, GError **error);

/* What was counted since the beginning, and what stands open now. */
typedef struct {
  gint64 files_accepted;
  gint64 files_rejected;   /* those that were accepted in part among them */
  gint64 renewals_failing; /* certificates whose renewal or issue fails */
  gint64 deployments_failing;
  gint64 mail_waiting;       /* for the configured command … */
  gint64 mail_failing;       /* … of which this much failed */
  gint64 mail_failing_since; /* the longest of them; 0: none */
} LedgerCounts;
gboolean ledger_read_counts(Ledger *ledger, LedgerCounts *ret_counts, GError **error);

/* What `status` looks at. */
typedef struct {
  gint64 last_run; /* when it began; 0: there was none */
  gint64 statuses[LIFECYCLE_STATUS_N];
  LedgerCounts counts;
  gint64 waiting; /* files */
  gint64 crl_end; /* of the issuing CA's list; 0: not known */
  char *next;     /* the issued certificate that runs out first, or NULL */
  gint64 next_end;
  char *unattended; /* the first that runs out before UNTIL with nothing to renew it, or NULL */
  gint64 unattended_end;
  char *failing; /* of those whose renewal fails, the first that runs out, or NULL */
  gint64 failing_end;
} LedgerHealth;
gboolean ledger_read_health(Ledger *ledger, gint64 until, LedgerHealth *ret_health, GError **error);
void ledger_health_clear(LedgerHealth *health);

/* Single numbers that the keeper remembers from run to run, such as when the
 * next CRL is due; 0 where nothing was stored under NAME. */
#define LEDGER_CRL_END "issuing CRL end" /* the nextUpdate of the issuing CA's list */
gboolean ledger_read_number(Ledger *ledger, const char *name, gint64 *ret_number, GError **error);
gboolean ledger_put_number(Ledger *ledger, const char *name, gint64 number, GError **error);

/* Reading for pages */

/* A certificate with what lists and its page show of it. */
typedef struct {
  gint64 number; /* of creation, from 1; its block is (number - 1) / LEDGER_BLOCK_SIZE */
  char *id;
  char *order;
  LifecycleStatus status;
  const Product *product; /* borrowed from the ledger */
  gint64 years;
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
} LedgerOrigin;

void ledger_origin_free(LedgerOrigin *origin);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LedgerOrigin, ledger_origin_free)
/* NULL in *RET_ORIGIN before it is issued. */
gboolean ledger_read_origin(Ledger *ledger, const char *certificate, LedgerOrigin **ret_origin,
                            GError **error);

/* The number of creation of the certificate ID, 0 where there is none. */
gboolean ledger_certificate_number(Ledger *ledger, const char *id, gint64 *ret_number,
                                   GError **error);

/* The certificates of BLOCK, newest first; STATUSES is a set of 1 << status,
 * 0 for all. GPtrArray of LedgerCertificate. */
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

/* At most LIMIT certificates that serve and run out next: issued, and not renewed by
 * another that is issued. */
GPtrArray *ledger_certificates_running_out(Ledger *ledger, guint limit, GError **error);
/* At most LIMIT expired certificates, those first that ran out last. */
GPtrArray *ledger_certificates_run_out(Ledger *ledger, guint limit, GError **error);
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

/* The same for blocks of incoming files. */
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
  char *subject; /* order or certificate */
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
  LEDGER_STALE_N
} LedgerStaleTopic;

typedef struct {
  LedgerStaleTopic topic;
  char *key;
} LedgerStale;

/* All of them, in order: GPtrArray of LedgerStale. */
GPtrArray *ledger_stale_pages(Ledger *ledger, GError **error);
/* Forgets them all, once they are written (in the keeper's transaction). */
gboolean ledger_clear_stale_pages(Ledger *ledger, GError **error);

#endif

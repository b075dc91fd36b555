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

/* Another certificate, not deleted, that has a private key of CERTIFICATE, too, in *RET_OTHER; or
 * NULL. */
gboolean ledger_find_key_sharer(Ledger *ledger, const char *certificate, char **ret_other,
                                GError **error);

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
  GPtrArray *faults;   /* Fault; or NULL */
  GPtrArray *warnings; /* Fault; or NULL */
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

/* Items of the atomic batch under way that wait for another one of it, as bytes: too many for
 * memory, perhaps. They are let go of before the transaction ends, or undone with it. */
gboolean ledger_hold_item(Ledger *ledger, gint64 position, GBytes *item, GError **error);
gboolean ledger_let_go_item(Ledger *ledger, gint64 position, GError **error);
/* The next one behind *POSITION, which becomes its position; NULL in *RET_ITEM after the last. */
gboolean ledger_next_held_item(Ledger *ledger, gint64 *position, GBytes **ret_item, GError **error);

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

/* Takes CERTIFICATE out of all lists, and destroys what is kept for its archives, and its keys but
 * those that another certificate has, too. CANCELLED as in LedgerRevocation. What it overwrites
 * lies in the write-ahead log until ledger_truncate() has been called after the commit. */
gboolean ledger_delete_certificate(Ledger *ledger, const char *certificate, gint64 cancelled,
                                   gint64 now, gint64 file, GError **error);
/* Moves all of the write-ahead log into the database and empties it, outside a transaction.
 * *RET_DONE: FALSE where somebody is reading; try again later. */
gboolean ledger_truncate(Ledger *ledger, gboolean *ret_done, GError **error);

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
  gint64 parts;      /* of a DOCUMENT whose content is stored in parts; 0: it is not */
} LedgerOutput;

void ledger_output_free(LedgerOutput *output);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LedgerOutput, ledger_output_free)

/* Adds OUTPUT and sets its number. An earlier output of the same path is
 * replaced. */
gboolean ledger_add_output(Ledger *ledger, LedgerOutput *output, GError **error);
/* Adds CONTENT as the next part of OUTPUT, a document that has been added without content; and
 * says, after the last one, what its SHA-256 is. */
gboolean ledger_add_output_part(Ledger *ledger, LedgerOutput *output, GBytes *content,
                                GError **error);
gboolean ledger_end_output_parts(Ledger *ledger, const LedgerOutput *output, GError **error);
/* The PART of the output NUMBER, from 0; NULL with ERROR set where it is missing. */
GBytes *ledger_read_output_part(Ledger *ledger, gint64 number, gint64 part, GError **error);
/* What is to be written, oldest first, at most LIMIT: GPtrArray of LedgerOutput. */
GPtrArray *ledger_pending_outputs(Ledger *ledger, guint limit, GError **error);
/* Marks all outputs up to NUMBER as done. */
gboolean ledger_mark_outputs_done(Ledger *ledger, gint64 number, GError **error);
/* A stored attachment. NULL with ERROR set where it is missing. */
GBytes *ledger_read_attachment(Ledger *ledger, const char *sha256, GError **error);

#include "ledger/archives.h"
#include "ledger/deployments.h"

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

#include "ledger/pages.h"
#include "ledger/views.h"

#endif

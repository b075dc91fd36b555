/* What the files of the keeper share. */
#ifndef CERTDROP_KEEPER_PRIVATE_H
#define CERTDROP_KEEPER_PRIVATE_H

#include "base/file.h"
#include "intake/intake.h"
#include "keeper/keeper.h"
#include "outbox/outbox.h"
#include "pki/pki.h"
#include "reports/reports.h"

#define INBOX "inbox"
#define DONE "inbox/done"
#define REJECTED "inbox/rejected"
#define LEDGER_PATH "state/ledger.db"
#define LOCK_PATH "state/lock"
#define WRAPPING_KEY_PATH "state/instance.key"
#define ISSUING_KEY_PATH "state/ca/issuing.key"
#define ROOT_KEY_PATH "state/ca/root.key"
#define ISSUING_CERTIFICATE_PATH "state/ca/issuing.crt"
#define ROOT_CERTIFICATE_PATH "state/ca/root.crt"
#define PKI_FOLDER "outbox/pki/"
/* What commands get of certificates and keys, each in a folder below it, for as long as
 * it runs. */
#define PRIVATE_FOLDER "state/private"

/* The ledger's number of the run that has begun and not ended; 0: none. */
#define KEEPER_UNDER_WAY "run under way"
/* clock_boot() and clock_since_boot() when the last run wrote its pages, which may not have
 * reached the disk. */
#define KEEPER_PAGES_BOOT "pages written in boot"
#define KEEPER_PAGES_TIME "pages written since boot"

/* An archive of a certificate that is issued already, to be made with its group. */
typedef struct KeeperArchiveJob KeeperArchiveJob;

/* A certificate to be issued with its group: what goes in, and what comes out. */
typedef struct {
  char *certificate;
  RequestApplication *application;
  const Product *product;
  char **names;
  gint64 not_before;
  gint64 not_after;
  gint64 term_end;
  gint64 file;
  char *issuer; /* the one outside that is to certify it: only key and CSR are made; or NULL */
  LedgerIssue *issue;
  GPtrArray *outputs; /* KeeperOutput */
  gboolean again;     /* a re-issue: all archives that there are, are made again */
  GPtrArray *refused; /* char *: which archives could not be made, and why */
  gboolean begun;     /* another thread makes it, … */
  gboolean made;      /* … or has; read under the lock of KeeperMakers */
  GError *error;      /* … or could not */
} KeeperIssue;

/* The threads that make them. */
typedef struct KeeperMakers KeeperMakers;

/* A file to be written, with its bytes while they are at hand. */
typedef struct {
  LedgerOutput *row;
  OutboxArchive *archive; /* of LEDGER_OUTPUT_ARCHIVE; else NULL */
  LedgerArchive *made;    /* the same: what is stored of it beside the row */
  gboolean staged;        /* it lies under its temporary name */
} KeeperOutput;

/* The files of a group that is committed, on their way to disk. */
typedef struct KeeperWriting KeeperWriting;

/* An atomic batch under way: a transaction of its own, undone unless every item of it is
 * accepted. */
typedef struct KeeperAtomic KeeperAtomic;

/* A file of the inbox under way. */
typedef struct {
  char *name;        /* in the inbox */
  char *identity;    /* on disk */
  gint64 modified;   /* by the machine's clock */
  LedgerFile *row;   /* its number is 0 until its first item is decided */
  gboolean known;    /* an earlier try decided some of its items */
  gboolean last;     /* it has waited long enough: what still waits is refused */
  gint64 position;   /* of the next item */
  gboolean secrets;  /* what is kept of it is blanked */
  gboolean answered; /* its receipt is added */
  char *warning;     /* the first that its receipt has; or NULL */
  guint warnings;
  guint accepted, rejected, waiting;
  GPtrArray *rows;      /* LedgerItem by position, where they are needed again: atomic batches,
                           check; else NULL */
  KeeperAtomic *atomic; /* of an atomic batch under way; else NULL */
} KeeperFile;

struct Keeper {
  int root; /* the folder of the instance; borrowed */
  int lock;
  KeeperPurpose purpose;
  gint64 now;
  guint threads;
  Configuration *configuration;
  Catalog *catalog;
  Ledger *ledger;
  PkiWrappingKey *wrapping_key;
  PkiAuthority *authority;
  PkiKey *rehearsal_key;
  GBytes *chain;            /* the issuing certificate, in DER */
  GPtrArray *own_authority; /* PkiCertificateDetails, for pages: NULL until they are asked for */
  IntakePool *pool;
  LedgerRun run;
  gboolean synced;       /* a sync since the run began made safe what was written before */
  gboolean pages_unsure; /* a power cut may have taken what the last run wrote of them */
  GPtrArray *messages;
  /* The group that is being decided. */
  GPtrArray *issues;    /* KeeperIssue */
  KeeperMakers *makers; /* of those; NULL until one is needed, or where there is one thread */
  GPtrArray *archives;  /* KeeperArchiveJob */
  GPtrArray *outputs;   /* KeeperOutput */
  GHashTable *paths;    /* path → KeeperOutput, of those that were added in this group */
  GPtrArray *decided;   /* KeeperFile */
  GHashTable *untold;   /* what those of them tell of that have no receipt yet (answer.c) */
  gboolean group_open;  /* a transaction is under way */
  gboolean spilled;     /* some of its outputs are in the ledger alone */
  guint group_items;
  KeeperWriting *writing; /* the files of the group before; or NULL */
  gint64 named_output;    /* files up to this output have their names … */
  gint64 synced_output;   /* … and those up to this one will keep them */
  gint64 sealed;          /* the last entry of the log that a seal was made for; 0: none yet */
};

/* Instance */
/* A keeper that has nothing open yet. */
Keeper *keeper_new(int root, KeeperPurpose purpose);
ReportsContext keeper_reports_context(Keeper *keeper);
/* The ledger opened again for another thread, which reads it; NULL where there is one thread. */
gboolean keeper_open_second(Keeper *keeper, Ledger **ret_ledger, GError **error);
gboolean keeper_open_wrapping_key(Keeper *keeper, GError **error);
gboolean keeper_load_authority(Keeper *keeper, GError **error);
/* The absolute path of NAME, for what opens files by path alone: SQLite and
 * OSSL_STORE. The caller frees it. */
char *keeper_instance_path(int root, const char *name, GError **error);
/* A CA's certificate in DER, and the CA itself, ready to sign. */
GBytes *keeper_read_certificate(int root, PkiAuthorityRole role, GError **error);
PkiAuthority *keeper_open_authority(Keeper *keeper, PkiAuthorityRole role, GError **error);
void keeper_say(Keeper *keeper, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The files of the authority that others fetch, except its CRLs. */
gboolean keeper_publish_authority(Keeper *keeper, GError **error);

/* Revocation lists: writes those that are missing or more than half over, and that of the
 * issuing CA where keeper_want_crl() asked for it, in this run or one that was killed. */
gboolean keeper_refresh_crls(Keeper *keeper, GError **error);
/* When the next one is due. */
gboolean keeper_next_crl(Keeper *keeper, gint64 *ret_due, GError **error);
gboolean keeper_want_crl(Keeper *keeper, GError **error);

/* Keys that were deleted lie in the ledger's write-ahead log until it is emptied: it is at the
 * end of a run in which keeper_want_emptied_log() was called, or of the next that can. */
gboolean keeper_want_emptied_log(Keeper *keeper, GError **error);
gboolean keeper_empty_log(Keeper *keeper, GError **error);
gboolean keeper_has_log_to_empty(Keeper *keeper, gboolean *ret_has, GError **error);

/* What is due by time: expiry, renewals, retries, reminders, revocation lists (due.c
 * has the table). Each work opens and ends its own groups. */
typedef enum {
  KEEPER_DUE_BEFORE_INBOX = 1, /* so that files are decided on what is true now */
  KEEPER_DUE_AFTER_INBOX
} KeeperDueTime;
gboolean keeper_do_due(Keeper *keeper, KeeperDueTime time, GError **error);

/* Renewals and re-issues that are due, and when the next ones are. */
gboolean keeper_renew(Keeper *keeper, GError **error);
/* Has all certificates looked at again where the operator has changed when they are renewed. */
gboolean keeper_follow_policy(Keeper *keeper, GError **error);
/* Decides when that is due which has changed since. */
gboolean keeper_schedule(Keeper *keeper, GError **error);

/* Reminds owners of what runs out: a mail for each person. */
gboolean keeper_remind(Keeper *keeper, GError **error);
/* Has OUTPUT sent by the configured command after the commit, if it is a message. */
gboolean keeper_queue_mail(Keeper *keeper, const LedgerOutput *output, GError **error);
/* Sends what is queued and due. What fails is said, counted, and tried again later. */
gboolean keeper_send_mail(Keeper *keeper, GError **error);

/* The seal of the log (seal.c). Called by each commit: seals what it adds. */
gboolean keeper_seal_log(Keeper *keeper, GError **error);
/* Says and writes down where the log does not end as it was sealed. Called when a run begins. */
gboolean keeper_check_seal(Keeper *keeper, GError **error);
/* What is wrong with the log's end in *RET_WRONG, or NULL; *RET_SEALED: whether that is known. */
gboolean keeper_look_at_seal(Keeper *keeper, char **ret_wrong, gboolean *ret_sealed,
                             GError **error);

/* Groups: what is decided together, is one transaction. */
gboolean keeper_group_begin(Keeper *keeper, GError **error);
/* Issues what was decided, adds the receipts that are left, commits, and writes the files. */
gboolean keeper_group_end(Keeper *keeper, GError **error);
/* The same, but the files are written while the next group is decided: the disk keeps nobody
 * waiting. A keeper with one thread waits. What is killed meanwhile is decided, and its files are
 * still to be written: the next run does it (keeper_recover_outputs()). */
gboolean keeper_group_next(Keeper *keeper, GError **error);
void keeper_group_undo(Keeper *keeper);
gboolean keeper_group_is_full(const Keeper *keeper);
/* Of a group that is full and cannot end yet (an atomic batch) makes what is decided, and keeps
 * it in the ledger alone: memory does not grow with the batch. */
gboolean keeper_group_relieve(Keeper *keeper, GError **error);

/* Files */
KeeperFile *keeper_file_new(const char *name, const char *identity, gint64 now);
void keeper_file_free(KeeperFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeeperFile, keeper_file_free)
/* The identity of an open file on disk; the caller frees it. */
char *keeper_file_identity(int fd, gint64 *ret_modified);
/* Begins FILE, a batch, which READ tells of. */
gboolean keeper_file_begin_batch(Keeper *keeper, KeeperFile *file, const RequestFile *read,
                                 GError **error);
/* Decides the next item of FILE, unless an earlier try did. ITEM is taken over. */
gboolean keeper_file_take_item(Keeper *keeper, KeeperFile *file, RequestItem *item, GError **error);
/* Counts how ROW (taken over) of FILE was decided. */
void keeper_file_count(KeeperFile *file, LedgerItem *row);
/* Puts ROW (taken over) in the place of the one that an earlier try of FILE made. */
void keeper_file_replace_row(KeeperFile *file, LedgerItem *row);
/* Ends FILE. *RET_DECIDED tells whether it is decided: not when it waits, or
 * may still be being written. */
gboolean keeper_file_end(Keeper *keeper, KeeperFile *file, RequestFile *read, gboolean *ret_decided,
                         GError **error);

/* One item: decides ITEM, the one at POSITION in FILE, carries the decision out
 * and stores it. Returns how it was decided, for the caller to free. */
LedgerItem *keeper_decide_item(Keeper *keeper, const KeeperFile *file, const RequestItem *item,
                               gint64 position, GError **error);
/* Refuses ROW, the one of ITEM, which has waited too long. */
void keeper_end_waiting(const Keeper *keeper, const RequestItem *item, LedgerItem *row);

/* Atomic batches */
gboolean keeper_atomic_begin(Keeper *keeper, KeeperFile *file, GError **error);
/* Keeps a waiting ITEM of the batch for another try at its end. */
gboolean keeper_atomic_hold(Keeper *keeper, KeeperFile *file, const RequestItem *item,
                            gint64 position, GError **error);
/* Tries again what waited, since items may refer to each other in any order;
 * then keeps all of the batch or, if WHOLE is FALSE or an item is not accepted,
 * nothing of it. */
gboolean keeper_atomic_end(Keeper *keeper, KeeperFile *file, gboolean whole, GError **error);
void keeper_atomic_free(KeeperAtomic *atomic);

/* What a decision's steps are carried out with. */
typedef struct {
  gint64 file;
  const char *order;          /* the order that the item is about */
  const Product *product;     /* its product */
  const LifecycleStep *issue; /* the issue of this decision, or NULL */
  const Secret *key;          /* the private key that the item brought, or NULL */
} KeeperStepContext;

/* Adds faults for what the authority could not certify, and keytool not make, before
 * anything is changed.
 * PRODUCT is that of the order the decision is about, FILE what asked for it. */
gboolean keeper_rehearse(Keeper *keeper, const LifecycleDecision *decision, const Product *product,
                         gint64 file, GPtrArray *faults, GError **error);

/* Refuses with CERTDROP_ERROR_REFUSED a step MAKE_ARCHIVE that cannot be carried out,
 * before it is accepted. */
gboolean keeper_rehearse_archives(Keeper *keeper, const LifecycleStep *step, gint64 file,
                                  GError **error);

gboolean keeper_apply(Keeper *keeper, const LifecycleDecision *decision, KeeperStepContext *context,
                      GError **error);

/* Issue */
KeeperIssue *keeper_issue_new(const LifecycleStep *step, const Product *product, gint64 file);
void keeper_issue_free(KeeperIssue *issue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeeperIssue, keeper_issue_free)
/* Makes key, certificate and archives of ISSUE. Asks no ledger: any thread may call it. */
gboolean keeper_make_issue(Keeper *keeper, KeeperIssue *job, GError **error);
/* Adds ISSUE, which it takes, to the group. Where the keeper has several threads, others make it
 * while more is decided. */
void keeper_add_issue(Keeper *keeper, KeeperIssue *issue);
/* Makes ISSUE, or waits for those who do. */
gboolean keeper_makers_wait(Keeper *keeper, KeeperIssue *issue, GError **error);
/* Drops the issues of the group: they are stored, or it is undone. */
void keeper_forget_issues(Keeper *keeper);
void keeper_makers_free(KeeperMakers *makers);
/* Refuses with CERTDROP_ERROR_REFUSED what cannot be certified, before it is accepted. */
gboolean keeper_rehearse_issue(Keeper *keeper, const KeeperIssue *issue, GError **error);
/* Stores the group's issues: keys, certificates and archives, made if they are not yet. */
gboolean keeper_make_issues(Keeper *keeper, GError **error);
/* The formats that APPLICATION asks for, or the default: ended by 0; the caller frees it. */
RequestFormat *keeper_formats(const RequestApplication *application);

/* Archives. A certificate has any number of them, each at a path of its own below outbox/:
 *     const LedgerArchive wanted = {.path = …, .certificate = id, .format = "nginx"};
 *     keeper_add_archive(keeper, &wanted, file, &error)
 * Whoever wants one says so while the group is being decided; it is made when the group
 * ends, from what the certificate is issued as then, and written as every output is. */

/* Has WANTED (its `kept` is NULL) made with the group. What is at its path already is
 * replaced, and what is random in it is drawn anew. FILE is the number of the file that
 * asked for it, 0: none. One that can't be made (keytool failed) is left out, and said:
 * by a message, in the log, and in the run's count of failures. */
gboolean keeper_add_archive(Keeper *keeper, const LedgerArchive *wanted, gint64 file,
                            GError **error);
/* Has those archives made that the application of an issue OF asked for (its certificate,
 * application and names are looked at) and, if it is one again, whatever else there is by now, in
 * the forms in which it is there. */
gboolean keeper_add_asked_archives(Keeper *keeper, const LifecycleStep *of, gint64 file,
                                   GError **error);
/* Has all archives that CERTIFICATE has made again, for what it is issued as now. */
gboolean keeper_add_archives_again(Keeper *keeper, const char *certificate, gint64 file,
                                   GError **error);
/* The same at once, where it may turn out that it can't be made, which then is
 * CERTDROP_ERROR_REFUSED, and nobody's certificate is the worse for it. A call of
 * keeper_add_archive() for its path changes nothing any more. */
gboolean keeper_prepare_archive(Keeper *keeper, const LedgerArchive *wanted, gint64 file,
                                GError **error);
/* Makes the archives of the group, in parallel, and stores what is kept of them. */
gboolean keeper_make_archives(Keeper *keeper, GError **error);
/* The same now, if one of them is CERTIFICATE's: before anything else changes it. */
gboolean keeper_settle_archives(Keeper *keeper, const char *certificate, GError **error);
const char *keeper_archive_job_certificate(const KeeperArchiveJob *job);
void keeper_archive_job_free(KeeperArchiveJob *job);

/* What the archives of a certificate are made of; all borrowed. */
typedef struct {
  const LedgerIssue *issue;
  const Product *product;
  const Secret *pkcs8; /* NULL where the key stayed with the applicant */
} KeeperMaterial;

/* What a server sends after ISSUE's certificate: DER, one after the other; NULL: nothing.
 * Borrowed. */
GBytes *keeper_chain_of(const Keeper *keeper, const LedgerIssue *issue);

/* Makes WANTED at once, as an output that is still to be added. Asks no ledger, so that it
 * may be called from any thread. CERTDROP_ERROR_REFUSED where it can't be made. */
KeeperOutput *keeper_make_archive(Keeper *keeper, const KeeperMaterial *material,
                                  const LedgerArchive *wanted, GError **error);
/* The bytes of the archive ROW again, the same as before (I7). */
OutboxArchive *keeper_remake_archive(Keeper *keeper, const LedgerOutput *row, GError **error);
/* Says that an archive of CERTIFICATE could not be made. REFUSED tells which, and why. */
gboolean keeper_tell_refused_archive(Keeper *keeper, const char *certificate, const char *refused,
                                     gint64 file, GError **error);

/* A store of a key with its certificate and chain, under a password of its own. */
typedef struct {
  GBytes *bytes;
  Secret *password;
  PkiPfxProfile profile; /* of a PFX; else 0 */
} KeeperKeystore;

void keeper_keystore_clear(KeeperKeystore *keystore);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KeeperKeystore, keeper_keystore_clear)

/* Makes that of WANTED, whose format is one. CERTDROP_ERROR_REFUSED where there is no key,
 * or keytool fails. */
gboolean keeper_make_keystore(Keeper *keeper, const KeeperMaterial *material,
                              const LedgerArchive *wanted, KeeperKeystore *ret_keystore,
                              GError **error);
/* A Java keystore of what REQUEST describes. */
GBytes *keeper_make_jks(Keeper *keeper, const PkiPfxRequest *request, GError **error);

/* Deployments */

/* Archive and manifest of PLACE (certificate, product, region) in outbox/deploy; and
 * their removal. */
gboolean keeper_add_deployment_files(Keeper *keeper, const LedgerDeployment *place, gint64 file,
                                     GError **error);
gboolean keeper_remove_deployment_files(Keeper *keeper, const LedgerDeployment *place,
                                        GError **error);
/* The manifest that lies beside ARCHIVE, of ISSUE, if that is a deployment's. */
gboolean keeper_add_manifest(Keeper *keeper, const KeeperOutput *archive, const LedgerIssue *issue,
                             GError **error);
/* What lay at the path of an archive that was REFUSED is of no use to anybody, if it was a
 * deployment's: it goes, and the deployment's next try makes the archive again. */
gboolean keeper_drop_deployment_archive(Keeper *keeper, const LedgerArchive *refused,
                                        GError **error);
/* To be called after ledger_add_issue(): the new issue is deployed where the one before it
 * is, or the certificate that it renews. */
gboolean keeper_follow_issue(Keeper *keeper, const char *certificate, gint64 file, GError **error);
/* Says what has to be done where a target has got a region, or a command (deploy-target.c). */
gboolean keeper_review_targets(Keeper *keeper, GError **error);
/* Whether nothing has to be run on TARGET (NULL: no longer configured) to take DEPLOYMENT off. */
gboolean keeper_leaves_by_itself(const LedgerDeployment *deployment,
                                 const ConfigurationTarget *target);
/* Stores that DEPLOYMENT is there or, if it was leaving, is there no more. */
gboolean keeper_end_deployment(Keeper *keeper, LedgerDeployment *deployment, gboolean by_command,
                               GError **error);
/* Carries out the deployments that are due (deploy.c). */
gboolean keeper_do_deployments(Keeper *keeper, GError **error);
/* Removes what commands had of keys, where a killed run left it. */
gboolean keeper_clear_private(Keeper *keeper, GError **error);

/* Issuers outside */
#define OUTSIDE_FOLDER "state/outside"
/* Stores the CSR that JOB made, for its issuer. */
gboolean keeper_store_request(Keeper *keeper, const KeeperIssue *job, GError **error);
/* Ends the request of CERTIFICATE: its CSR lies outside no more. */
gboolean keeper_end_outside(Keeper *keeper, const char *certificate, GError **error);
/* Has the commands of issuers certify what is due, and takes what they leave. */
gboolean keeper_ask_issuers(Keeper *keeper, GError **error);
/* Decides ITEM, which no file brought, and carries it out, unless there are FAULTS. */
gboolean keeper_decide_own(Keeper *keeper, const RequestItem *item, GPtrArray *faults,
                           GError **error);

/* Outputs */
KeeperOutput *keeper_output_new(LedgerOutputKind kind, char *path);
void keeper_output_free(KeeperOutput *output);
/* A file whose content is stored with its row. */
KeeperOutput *keeper_output_new_document(char *path, GBytes *content);
/* Adds OUTPUT (taken over) to the ledger and to the group. */
gboolean keeper_add_output(Keeper *keeper, KeeperOutput *output, GError **error);
/* The permissions of the file that ROW is for. */
mode_t keeper_output_mode(const LedgerOutput *row);
/* Forgets the group's outputs: they are written, or were undone. */
void keeper_forget_outputs(Keeper *keeper);
/* Writes the group's outputs and gives them their names. */
gboolean keeper_write_outputs(Keeper *keeper, GError **error);
/* The same, begun: on a thread of its own, if the keeper has several, while the next group is
 * decided. What a group before it had begun is finished first, so that files get their names in
 * the order of their groups. */
gboolean keeper_begin_writing(Keeper *keeper, GError **error);
/* Waits for what was begun. Fails if that did: the rows of the ledger then say what is left. */
gboolean keeper_finish_writing(Keeper *keeper, GError **error);
/* Syncs, so that all outputs written so far may be marked done. */
gboolean keeper_sync_outputs(Keeper *keeper, GError **error);
/* Carries out what a killed run left. */
gboolean keeper_recover_outputs(Keeper *keeper, GError **error);

/* A receipt or error file on its way into the ledger: whole if it is short, else part by part,
 * so that the answer to 100,000 items is never in memory at once. Parts are taken over. */
typedef struct KeeperSpool KeeperSpool;
KeeperSpool *keeper_spool_new(char *path); /* PATH is taken over */
gboolean keeper_spool_add(Keeper *keeper, KeeperSpool *spool, GBytes *part, GError **error);
/* Adds the last part, which may be the only one, and the output to the group. */
gboolean keeper_spool_end(Keeper *keeper, KeeperSpool *spool, GBytes *rest, GError **error);
void keeper_spool_free(KeeperSpool *spool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeeperSpool, keeper_spool_free)

/* Receipts and error files, of how things stand at the end of each file (answer.c). */
/* FILE (taken over) is decided, and stands in the ledger: it is answered now, or once what it tells
 * of is made. */
gboolean keeper_answer_file(Keeper *keeper, KeeperFile *file, GError **error);
/* To be called before something is decided about CERTIFICATE of ORDER or, if OF_ORDER, about all of
 * ORDER: files that tell of it are answered. */
gboolean keeper_answer_before(Keeper *keeper, const char *certificate, const char *order,
                              gboolean of_order, GError **error);
/* Makes what is being made, and answers all of the group's files. */
gboolean keeper_answer_all(Keeper *keeper, GError **error);
/* Adds receipt and error file of DECIDED, as the ledger has it now. */
gboolean keeper_add_receipt(Keeper *keeper, KeeperFile *decided, GError **error);
/* Counts the group's files, and says what is wrong with them. */
gboolean keeper_say_decided(Keeper *keeper, GError **error);

/* Calls WORK for each element of ITEMS on the keeper's threads; the first error
 * ends it. */
typedef gboolean (*KeeperWork)(Keeper *keeper, gpointer item, gpointer data, GError **error);
gboolean keeper_parallel(Keeper *keeper, GPtrArray *items, KeeperWork work, gpointer data,
                         GError **error);
/* The same on COUNT threads, for work that mostly waits. */
gboolean keeper_parallel_on(Keeper *keeper, guint count, GPtrArray *items, KeeperWork work,
                            gpointer data, GError **error);

#endif

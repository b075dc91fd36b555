/* The keeper joins the rooms: it owns an instance, hands its files to readers,
 * has them decided, and sees to it that what was decided is stored, made and
 * written. It alone holds the ledger and the keys.
 *
 * A run:
 *     g_autoptr(Keeper) keeper = keeper_open(root, KEEPER_FOR_RUN, &error);
 *     keeper_run(keeper, progress, data, &run, &error)
 *
 * How a file is decided once (I1): its decision, and a row for each file that
 * it causes, are one transaction. After the commit the files are written and
 * the decided file leaves the inbox; the rows are marked done when all of that
 * is on disk. A run that was killed in between left rows, which the next run
 * carries out first, before it looks into the inbox. */
#ifndef CERTDROP_KEEPER_KEEPER_H
#define CERTDROP_KEEPER_KEEPER_H

#include "ledger/ledger.h"

typedef struct Keeper Keeper;

typedef enum {
  KEEPER_FOR_RUN = 1, /* run, watch: the lock, the keys, everything */
  KEEPER_FOR_CHECK,   /* check: decides and changes nothing */
  KEEPER_FOR_REPORT,  /* report: the lock, no keys */
  KEEPER_FOR_SHOW,    /* show: reads the ledger */
  KEEPER_FOR_VERIFY,  /* verify: reads everything, beside a run too */
  KEEPER_PURPOSE_N
} KeeperPurpose;

/* Makes an instance in the folder ROOT: folders, configuration, catalogue,
 * keys, authority, ledger, the files of outbox/pki, the first pages. What is
 * there already stays as it is. *RET_MADE tells whether anything was made. */
gboolean keeper_create(int root, gint64 now, gboolean *ret_made, GError **error);

/* Opens the instance in the folder ROOT (borrowed). Fails with
 * CERTDROP_ERROR_BUSY, CERTDROP_ERROR_CONFIGURATION, CERTDROP_ERROR_USAGE
 * where there is no instance, or what the rooms fail with. */
Keeper *keeper_open(int root, KeeperPurpose purpose, GError **error);
void keeper_close(Keeper *keeper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Keeper, keeper_close)

Ledger *keeper_ledger(Keeper *keeper);

/* How a run gets on: DECIDED of TOTAL files. */
typedef void (*KeeperProgress)(gint64 decided, gint64 total, gpointer data);

/* Decides all that lies in the inbox, does what is due, refreshes the pages.
 * *RET_RUN tells what was done. After a failure the next run goes on where this
 * one stopped. */
gboolean keeper_run(Keeper *keeper, KeeperProgress progress, gpointer data, LedgerRun *ret_run,
                    GError **error);

/* Whether a run would find nothing to do: no file to decide, nothing due, and the last
 * one is less than a day ago. Changes nothing. */
gboolean keeper_is_idle(Keeper *keeper, gboolean *ret_idle, GError **error);

/* Asks a run that is under way to end after the group of files that it is at;
 * may be called from a signal handler. A SIGTERM or SIGINT that is blocked and pending asks the
 * same. */
void keeper_stop(void);
gboolean keeper_is_stopped(void);

/* What the last run has to say to a person, a line each (char *), such as which
 * file was rejected: borrowed. */
const GPtrArray *keeper_messages(const Keeper *keeper);

/* What `run` would say of one file. */
typedef struct {
  char *name;
  char *outcome;     /* accepted, rejected, partly, waiting */
  GPtrArray *faults; /* Fault of the file as a whole */
  GPtrArray *items;  /* LedgerItem */
} KeeperCheck;

void keeper_check_free(KeeperCheck *check);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeeperCheck, keeper_check_free)

/* Applies the files at PATHS, in this order, to a branch of the ledger, and tries again what waited
 * for one of them: GPtrArray of KeeperCheck, one each. */
GPtrArray *keeper_check(Keeper *keeper, char *const *paths, GError **error);

/* Makes all pages anew. */
gboolean keeper_report(Keeper *keeper, guint *ret_written, GError **error);

/* The page of a certificate or an order as Markdown, NULL in *RET_MARKDOWN
 * where there is none. The caller frees it. */
gboolean keeper_show(Keeper *keeper, const char *id, char **ret_markdown, GError **error);

/* What `verify` looks at. */
typedef enum {
  KEEPER_VERIFIED_LEDGER = 1, /* the database itself */
  KEEPER_VERIFIED_LOG,
  KEEPER_VERIFIED_AUTHORITY,
  KEEPER_VERIFIED_CERTIFICATE,
  KEEPER_VERIFIED_KEY,
  KEEPER_VERIFIED_CRL,
  KEEPER_VERIFIED_ARCHIVE,
  KEEPER_VERIFIED_DOCUMENT, /* receipts, letters, mail, CSRs, attachments, what pki/ has */
  KEEPER_VERIFIED_COUNT,
  KEEPER_VERIFIED_N
} KeeperVerified;

/* "ledger", "log", "authority", "certificates", …, by KeeperVerified. */
extern const char *const keeper_verified_names[];

typedef struct {
  KeeperVerified what;
  char *subject; /* a path, or the ID of a certificate */
  char *text;    /* what is wrong, and what to do where something can be done */
} KeeperDifference;

typedef struct {
  GPtrArray *differences; /* KeeperDifference: the first thousand */
  gint64 difference_count;
  GPtrArray *notes; /* the same, of what is no difference, but to be known */
  gint64 note_count;
  gint64 looked_at[KEEPER_VERIFIED_N];
} KeeperVerification;

void keeper_verification_free(KeeperVerification *verification);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeeperVerification, keeper_verification_free)

/* Compares the ledger, its log, the authority, certificates, keys, revocation lists and all that
 * was written with each other, and changes nothing. Takes no lock: a run may go on meanwhile.
 * FETCHED: what is gone from the outbox was taken away, which is no difference. */
KeeperVerification *keeper_verify(Keeper *keeper, gboolean fetched, GError **error);

#endif

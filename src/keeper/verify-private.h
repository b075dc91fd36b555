/* What the checks of `verify` share. */
#ifndef CERTDROP_KEEPER_VERIFY_PRIVATE_H
#define CERTDROP_KEEPER_VERIFY_PRIVATE_H

#include "keeper/keeper-private.h"

/* A verification under way. */
typedef struct {
  Keeper *keeper;
  gboolean fetched; /* files that are gone were taken away by those whom they are for */
  KeeperVerification *result;
  GMutex lock;         /* of the result: checks run on several threads */
  GBytes *root;        /* the certificates of the authority; NULL: not readable, */
  GBytes *issuing;     /* which is a difference by itself */
  GPtrArray *suspects; /* VerifySuspect */
} Verify;

/* How many rows a check reads at once. */
#define VERIFY_PORTION 200

/* Notes a difference, or what is only to be known, about SUBJECT: a path or an ID. May be
 * called from any thread. */
void verify_differ(Verify *verify, KeeperVerified what, const char *subject, const char *format,
                   ...) G_GNUC_PRINTF(4, 5);
void verify_note(Verify *verify, KeeperVerified what, const char *subject, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
/* Counts COUNT things that were looked at. */
void verify_count(Verify *verify, KeeperVerified what, gint64 count);

/* Each looks at one thing in one view of the ledger. What cannot be looked at fails;
 * CERTDROP_ERROR_CORRUPT is a difference too. */
typedef gboolean (*VerifyCheck)(Verify *verify, GError **error);

gboolean verify_ledger(Verify *verify, GError **error);
gboolean verify_log(Verify *verify, GError **error);
gboolean verify_authority(Verify *verify, GError **error);
gboolean verify_certificates(Verify *verify, GError **error);
gboolean verify_keys(Verify *verify, GError **error);
gboolean verify_crls(Verify *verify, GError **error);
gboolean verify_written(Verify *verify, GError **error);
gboolean verify_attachments(Verify *verify, GError **error);
gboolean verify_strays(Verify *verify, GError **error);
gboolean verify_counts(Verify *verify, GError **error);

/* A file that is not as the view of the ledger says. A run that goes on meanwhile may have
 * changed it. */
typedef struct {
  KeeperVerified what;
  gint64 output;     /* its number; 0: it is a file that no output is for */
  char *certificate; /* of a file without an output */
  char *path;
  char *text;
} VerifySuspect;

void verify_suspect(Verify *verify, const VerifySuspect *suspect);
void verify_suspect_free(gpointer data);
/* After the view was ended: those that no run has changed since are differences. */
gboolean verify_suspects(Verify *verify, GError **error);

#endif

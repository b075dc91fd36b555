/* What the files of the ledger share: statements and small writes. */
#ifndef CERTDROP_LEDGER_PRIVATE_H
#define CERTDROP_LEDGER_PRIVATE_H

#include <sqlite3.h>

#include "ledger/ledger.h"

/* How long to wait for another process that has the database. */
#define LEDGER_PATIENCE_MS (5 * 60 * 1000)

struct Ledger {
  sqlite3 *database;
  Ledger *trunk;          /* of a branch: holds the ledger that it came from as it was */
  GHashTable *statements; /* address of an SQL literal → LedgerStatement, prepared once */
  GHashTable *products;   /* product number → Product, as far as they were asked for */
  GHashTable *contents;   /* GBytes → Product: all that were ever read, since they are borrowed */
  GHashTable *stale;      /* pages made stale by this transaction: "TOPIC KEY" */
  GHashTable *blocks;     /* how it changes the counts of blocks: see block.c */
  GHashTable *expiries;   /* … of days of expiry: see expiry.c */
  GHashTable *spendings;  /* … and what it spends: "DAY KIND CURRENCY" → LedgerSpendingDay */
  gint64 log_number;      /* of the last entry of the log; 0: not read yet */
  char *log_hash;         /* its hash */
  gint64 output_number;   /* the highest ever given: rows go, but no number comes twice */
  gint64 file_number;     /* the file whose name was asked for last, and the name */
  char *file_name;
};

/* A prepared statement with where its $1, $2, … are. */
typedef struct {
  sqlite3_stmt *statement;
  int parameters[20];
  guint parameter_count;
} LedgerStatement;

/* The VFS that ledgers are opened with; NULL: SQLite's own. */
const char *ledger_vfs(void);
/* Opens the database at PATH through VFS, with nothing set. */
Ledger *ledger_new(const char *path, int flags, const char *vfs, GError **error);

/* The statement SQL with its parameters $1, $2, … bound from the arguments, in
 * TYPES' order: t const char * (NULL allowed), n gint64, b GBytes * (NULL
 * allowed). Borrowed; valid until the same SQL is asked for again. The texts
 * are copied. NULL with ERROR set. */
sqlite3_stmt *ledger_query(Ledger *ledger, GError **error, const char *sql, const char *types, ...);

/* Steps STATEMENT: 1 a row, 0 no more (and reset), -1 ERROR set (and reset). */
int ledger_next(Ledger *ledger, sqlite3_stmt *statement, GError **error);

/* What one row says, owned by whoever asked. */
typedef gpointer (*LedgerFromRow)(sqlite3_stmt *row);
/* All rows of STATEMENT, a query (NULL: it failed, with ERROR set), in their order, each read by
 * FROM_ROW and freed by FREE. NULL with ERROR set. */
GPtrArray *ledger_rows(Ledger *ledger, sqlite3_stmt *statement, LedgerFromRow from_row,
                       GDestroyNotify free, GError **error);

/* Runs SQL with the arguments to its end. */
gboolean ledger_do(Ledger *ledger, GError **error, const char *sql, const char *types, ...);

/* Runs SQL, whose first row's first column goes to *RET_NUMBER; untouched where there is no row. */
gboolean ledger_number(Ledger *ledger, gint64 *ret_number, GError **error, const char *sql,
                       const char *types, ...);

/* What ledger_number() asks for the number of TABLE's next row. An INSERT with RETURNING, or one
 * of a SELECT from its own table, says it too, but SQLite makes a table of its own for the
 * answer, which costs several times the row. The writer is alone. */
#define LEDGER_NEXT(table) "SELECT COALESCE(MAX(number), 0) + 1 FROM " table

/* Runs SQL that has no parameters and no rows: one statement or many. */
gboolean ledger_execute(Ledger *ledger, const char *sql, GError **error);

/* Brings the tables of a ledger to the present version, those of an empty one too. */
gboolean ledger_migrate(Ledger *ledger, GError **error);
/* Fails where the ledger is not of the present version. */
gboolean ledger_check_version(Ledger *ledger, GError **error);

/* Sets ERROR from the database's state. Returns FALSE. */
gboolean ledger_fail(Ledger *ledger, GError **error, const char *what);

/* Columns of the present row. Texts and bytes are the caller's; NULL stays NULL. */
char *column_text(sqlite3_stmt *statement, int column);
GBytes *column_bytes(sqlite3_stmt *statement, int column);
GPtrArray *column_faults(sqlite3_stmt *statement, int column);

/* Faults for storing: NULL where there are none. */
GBytes *faults_for_storing(const GPtrArray *faults);

/* Counts a file that was decided as STATE. */
gboolean ledger_count_file(Ledger *ledger, LedgerFileState state, GError **error);

/* Appends an entry to the log. */
gboolean ledger_log(Ledger *ledger, gint64 at, const char *what, const char *subject, gint64 file,
                    const char *text, GError **error);

/* The name of the file NUMBER, borrowed until the next call; NULL where there is none. */
gboolean ledger_file_name(Ledger *ledger, gint64 number, const char **ret_name, GError **error);

/* Stores a public key of CERTIFICATE, and its private one where WRAPPED is not NULL. */
gboolean ledger_put_key(Ledger *ledger, const char *spki_sha256, const char *certificate,
                        const char *key_kind, GBytes *wrapped, GError **error);

/* Stores ISSUE and its key without an entry in the log. */
gboolean ledger_put_issue(Ledger *ledger, const LedgerIssue *issue, gint64 now, GError **error);

/* What a topic has added while it is aside (ledger_put_stale_aside()). */
#define LEDGER_STALE_ASIDE 1000

/* Makes a page stale, once a transaction. */
void ledger_mark_stale(Ledger *ledger, LedgerStaleTopic topic, const char *key_format, ...)
    G_GNUC_PRINTF(3, 4);

/* Makes the lists stale that show certificate NUMBER, which has STATUS. */
void ledger_mark_listed(Ledger *ledger, gint64 number, gint64 status);

/* Counts CHANGE certificates of STATUS more in the block of certificate NUMBER, with the commit,
 * and makes the pages stale that this changes. */
void ledger_change_block(Ledger *ledger, gint64 number, LifecycleStatus status, int change);
/* Writes what ledger_change_block() collected, which may make more pages stale. */
gboolean ledger_flush_blocks(Ledger *ledger, GError **error);
GHashTable *ledger_new_blocks(void);

/* The blocks that ROW gives, newest first: GArray of LedgerSpan. */
GArray *ledger_spans_from_rows(Ledger *ledger, sqlite3_stmt *row, GError **error);

/* What is said of a certificate with STATUS and NOT_AFTER, or of the certificate ID, on its day
 * has changed, if it has one. */
void ledger_mark_expiry(Ledger *ledger, LifecycleStatus status, gint64 not_after);
gboolean ledger_mark_expiry_of(Ledger *ledger, const char *certificate, GError **error);
/* Counts CHANGE certificates more on the day of NOT_AFTER; what STATUS has no such day, or
 * NOT_AFTER is 0, does nothing. Stored with the commit. */
void ledger_change_expiry(Ledger *ledger, LifecycleStatus status, gint64 not_after, int change);
gboolean ledger_flush_expiries(Ledger *ledger, GError **error);
GHashTable *ledger_new_expiries(void);

/* Counts CHANGE deployments in STATE more at the place of DEPLOYMENT; nothing where STATE is 0
 * or it was taken off. */
gboolean ledger_change_place(Ledger *ledger, const LedgerDeployment *deployment,
                             LifecycleDeploymentState state, int change, GError **error);

/* Stores what SPENDING says but for its number; its file is that of the number FILE. */
gboolean ledger_add_spending(Ledger *ledger, const LedgerSpending *spending, gint64 file,
                             GError **error);
/* Stores what the transaction adds to the days. */
gboolean ledger_flush_spendings(Ledger *ledger, GError **error);

/* Nothing of CERTIFICATE lies with a reviewer or an issuer outside any more; the key that
 * was made for the latter is destroyed. */
gboolean ledger_end_pending(Ledger *ledger, const char *certificate, GError **error);

/* The nightly run neither renews CERTIFICATE nor issues it anew, as long as it is what it is. */
gboolean ledger_end_due(Ledger *ledger, const char *certificate, GError **error);

/* Says that AMOUNT of the price of CERTIFICATE's order need not be paid any more. */
gboolean ledger_cancel(Ledger *ledger, const char *certificate, gint64 amount, GError **error);

/* The product with this number, borrowed; NULL with ERROR set. */
const Product *ledger_product(Ledger *ledger, gint64 number, GError **error);
/* The number under which PRODUCT, as it is now, is kept. */
gboolean ledger_put_product(Ledger *ledger, const Product *product, gint64 *ret_number,
                            GError **error);

#endif

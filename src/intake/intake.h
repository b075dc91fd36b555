/* The intake: finds files, has them read by readers, hands back requests.
 *
 * Nothing that comes from outside is parsed in the keeper, the process that has
 * the ledger and the keys. It opens a file and passes the descriptor to a reader: the same
 * binary executed anew, without keys, that gave up the right to open files and
 * sockets (jail.c). A reader that crashes, loops or eats memory costs the file
 * that it was at and nothing else.
 *
 * Calling sequence, all in one thread that lives as long as the pool:
 *     g_autoptr(IntakePool) pool = intake_pool_new(g_get_num_processors(), &error);
 *     g_autoptr(IntakeScan) scan = intake_scan(root, "inbox", &error);
 *     for each name, while intake_pool_room(pool) > 0:
 *       intake_pool_submit(pool, file_open(inbox, name, &error), name, tag, &error);
 *     while intake_pool_next(pool, -1, &answer, &error) and answer.type is not …_NOTHING:
 *       use answer; intake_answer_clear(&answer); submit further files
 *
 * The answers come in the order in which the files were submitted, whatever the order in
 * which the readers finish: several are read at once, and their answers wait
 * in the sockets, not in the keeper's memory. */
#ifndef CERTDROP_INTAKE_INTAKE_H
#define CERTDROP_INTAKE_INTAKE_H

#include "request/configuration.h"
#include "request/request.h"

/* What a file may have. What is over it is refused with `file-size`,
 * `package-limits` or `xml-limits`. */
#define INTAKE_LIMIT_FILE ((gsize)64 << 20)    /* bytes of any file, a batch for one */
#define INTAKE_LIMIT_DOCUMENT ((gsize)4 << 20) /* bytes of a file with a single document */
#define INTAKE_LIMIT_ITEMS 200000              /* items of a batch */
#define INTAKE_LIMIT_HASHED ((gsize)1 << 30)   /* of a larger file, the hash of so many bytes */

/* What a reader may use for one file; what goes on longer is refused with
 * `reader-limits`. */
#define INTAKE_LIMIT_CPU_SECONDS 10    /* of its processor, and one more for each MiB */
#define INTAKE_LIMIT_QUIET_SECONDS 120 /* without a sign of life while the keeper waits for it */
#define INTAKE_LIMIT_MEMORY ((gsize)512 << 20)

/* The files of the inbox. */
typedef struct {
  GPtrArray *names;   /* char *: regular files that are to be read, sorted by their bytes */
  GPtrArray *skipped; /* char *: links, FIFOs, sockets, devices: never opened; the caller says so */
} IntakeScan;

/* Lists FOLDER below the open folder ROOT, without what vocabulary.md says is
 * ignored and without sub-folders. Returns NULL with ERROR set where it cannot
 * be listed; intake_scan_free() frees it. */
IntakeScan *intake_scan(int root, const char *folder, GError **error);
void intake_scan_free(IntakeScan *scan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeScan, intake_scan_free)

/* Whether a file of that name is none of certdrop's business (vocabulary.md):
 * README.md, what begins with a dot, what is still being written. */
gboolean intake_name_is_ignored(const char *name);

typedef struct IntakePool IntakePool;

/* Starts that many readers, 1 to 64. They get ready while the caller goes on:
 * that they can't shows in the first intake_pool_next(). NULL with ERROR set
 * (CERTDROP_ERROR_IO) where not even the process can be started. */
IntakePool *intake_pool_new(guint readers, GError **error);

/* How many files may be submitted now. */
guint intake_pool_room(const IntakePool *pool);

/* Has a file read. Takes over FD (a regular file, open for reading, as of
 * file_open()), which is closed when the file has been answered. NAME is for
 * messages. There must be room. FALSE with ERROR set (CERTDROP_ERROR_IO) where
 * the file could not be handed over; FD is closed then. */
gboolean intake_pool_submit(IntakePool *pool, int fd, const char *name, gpointer tag,
                            GError **error);

typedef enum {
  INTAKE_ANSWER_NOTHING = 1, /* the time is over, a signal came, or no file is under way */
  INTAKE_ANSWER_BATCH,       /* a batch begins: what is known of it before its items */
  INTAKE_ANSWER_ITEM,        /* one item of a file; more answers for it follow */
  INTAKE_ANSWER_FILE,        /* the last answer for a file */
  INTAKE_ANSWER_N
} IntakeAnswerType;

typedef struct {
  IntakeAnswerType type;
  gpointer tag;      /* as submitted */
  RequestItem *item; /* of …_ITEM. Its kind is 0 where the batch has an element of no known kind */
  RequestFile *file; /* of …_BATCH and …_FILE */
} IntakeAnswer;

/* Frees what ANSWER holds, unless the caller took it (g_steal_pointer). */
void intake_answer_clear(IntakeAnswer *answer);

/* The next answer, waiting for it up to TIMEOUT_MS milliseconds (-1: as long as it takes).
 *
 *   a single document   ITEM FILE
 *   a batch             BATCH ITEM … ITEM FILE
 *   refused whole       FILE, with faults
 *
 * BATCH has the hash, the number of items, whether they are atomic and whether
 * there are secrets: all of the file has been gone through once by then. A reader
 * may still die, or the file may change, in the middle of a batch's items: then
 * the items that came stand, and the FILE answer has the fault
 * (`reader-crashed`, `reader-limits`, `file-unreadable`).
 *
 * A reader that dies without having answered gets one more try with the file at
 * hand, in case it was killed from outside.
 *
 * FALSE with ERROR set (CERTDROP_ERROR_IO) where no reader can be started: the
 * pool is of no more use then. */
gboolean intake_pool_next(IntakePool *pool, int timeout_ms, IntakeAnswer *ret_answer,
                          GError **error);

/* Ends the readers, whatever they are at. */
void intake_pool_free(IntakePool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakePool, intake_pool_free)

/* The main function of a reader: what main() calls when its first argument is
 * INTAKE_READER_OPTION. Any program that has an IntakePool must do so. */
#define INTAKE_READER_OPTION "--reader"
int intake_reader_main(int argc, char **argv);

/* A file with secrets as it may be kept (rules.md 8), where RequestFile.secrets is
 * set and RequestFile.blanked is not: the same bytes with private keys and
 * passphrases replaced. (A package comes back without them from the reader.) FD is borrowed;
 * the caller frees the bytes. NULL with ERROR set where it cannot be read
 * (CERTDROP_ERROR_IO) or is larger than INTAKE_LIMIT_FILE (CERTDROP_ERROR_REFUSED). */
GBytes *intake_blank_file(int fd, const char *name, GError **error);

/* The operator's files below the open folder ROOT, certdrop.xml and catalog.xml,
 * checked against their schemas and against each other. A certdrop.xml that is
 * not there gives the defaults. NULL with ERROR set (CERTDROP_ERROR_CONFIGURATION,
 * "certdrop.xml:7: <target>: …") where they are faulty. */
Configuration *intake_read_configuration(int root, GError **error);
Catalog *intake_read_catalog(int root, const Configuration *configuration, GError **error);

#endif

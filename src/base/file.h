/* The one seam for files that must last. Every write, rename, unlink, mkdir
 * and sync that certdrop makes in an instance goes through this file (SQLite's
 * own go through ledger/vfs.c in a test build, which counts them here too).
 *
 * What makes a file durable:
 *   1. it is written whole under a temporary name in its own folder
 *      (O_CREAT|O_EXCL|O_NOFOLLOW, the final mode from the start);
 *   2. the data is synced, that of a large group together, by syncfs(2);
 *   3. it is renamed to its name: a reader sees the old file or the new one;
 *   4. the rename is on disk after the next sync of the group's file system; in a small
 *      group its folders are synced at once.
 * Who has to know that step 4 is over (the ledger, before it forgets that the
 * file was to be made) asks file_group_is_safe(), or calls file_sync() first. Doing 1 to 4 twice
 * does no harm.
 *
 * Calling sequence for a group:
 *     g_autoptr(FileGroup) group = file_group_new(root);
 *     file_group_write(group, FILE_PHASE_ARCHIVE, "outbox/…/x.zip", bytes, n, 0600, &error)
 *     file_group_move(group, "inbox/x.xml", "inbox/done/x.xml")
 *     file_group_commit(group, &error)
 * A group that is freed without a commit removes its temporary files.
 *
 * Paths are relative to an open folder, are made by certdrop alone (never taken
 * from a document), and no step of one is followed through a symbolic link in
 * its last part.
 *
 * A test build (CERTDROP_TEST_HOOKS) counts each of these calls; with
 * CERTDROP_STOP_AT=N in the environment the N-th kills the process, with
 * CERTDROP_FAIL_AT=N it fails with ENOSPC, and CERTDROP_COUNT_STEPS names a file
 * that gets a byte for each. */
#ifndef CERTDROP_BASE_FILE_H
#define CERTDROP_BASE_FILE_H

#include <glib.h>
#include <sys/types.h>

/* The order in which the files of a group get their names (rules.md 7). */
typedef enum {
  FILE_PHASE_ARCHIVE = 1, /* archives, letters, mail, all that a receipt may name */
  FILE_PHASE_RECEIPT,     /* receipts and error files */
  FILE_PHASE_MOVE,        /* the decided file leaves the inbox */
  FILE_PHASE_N
} FilePhase;

/* What begins the name of each temporary file: the scan of the inbox and every
 * reader of the outbox leave out names that begin with a dot. */
#define FILE_TEMPORARY_PREFIX ".certdrop-"

typedef struct FileGroup FileGroup;

/* A new, empty group below the open folder ROOT (borrowed). */
FileGroup *file_group_new(int root);

/* Writes LENGTH bytes for PATH under a temporary name, to be renamed by the
 * commit. Makes missing folders with mode 0700. May be called from several
 * threads at once. */
gboolean file_group_write(FileGroup *group, FilePhase phase, const char *path, const void *bytes,
                          gsize length, mode_t mode, GError **error);

/* The same for what is too long to be in memory at once: NEXT gives its parts in their order,
 * each the caller's to free, NULL in *RET_PART after the last. */
typedef gboolean (*FileNextPart)(gpointer data, GBytes **ret_part, GError **error);
gboolean file_group_write_parts(FileGroup *group, FilePhase phase, const char *path,
                                FileNextPart next, gpointer data, mode_t mode, GError **error);

/* Renames FROM to TO in the last phase of the commit. FROM may be gone already:
 * then an earlier try did it. */
void file_group_move(FileGroup *group, const char *from, const char *to);

/* Removes PATH in the last phase of the commit: for a file that carried secrets. It
 * gets a temporary name, is overwritten with zeros (unless it may not be written to,
 * or somebody keeps it under another name, a hard link) and removed. PATH may be gone already. What
 * a killed run left of it, file_remove_temporary() removes in the same way. */
void file_group_shred(FileGroup *group, const char *path);

/* Removes the folder PATH in the last phase of the commit, unless something is in it. */
void file_group_remove_folder(FileGroup *group, const char *path);

/* Syncs all that was written, then gives each file its name, phase by phase.
 * The names are durable after the next sync, or already, where file_group_is_safe(). */
gboolean file_group_commit(FileGroup *group, GError **error);
gboolean file_group_is_safe(const FileGroup *group);

/* How many files the group holds. */
guint file_group_size(const FileGroup *group);

void file_group_free(FileGroup *group);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FileGroup, file_group_free)

/* Writes one file at once: temporary name, sync of the file, rename, sync of
 * the folder. For files that are few: keys, configuration, pages are not. */
gboolean file_write(int root, const char *path, const void *bytes, gsize length, mode_t mode,
                    GError **error);

/* Like file_write() without any sync, and only if the content differs; for what
 * can be made again (pages). Sets *RET_WRITTEN, unless NULL, to whether it did. */
gboolean file_replace(int root, const char *path, const void *bytes, gsize length, mode_t mode,
                      gboolean *ret_written, GError **error);

/* The same for a file that is too long for memory, written piece by piece:
 *     g_autoptr(FileStream) stream = file_stream_new(root, "reports/x.csv", 0644, &error);
 *     file_stream_write(stream, bytes, n) …        a failure is told at the end
 *     file_stream_replace(stream, &written, &error)
 * A stream that is freed without that leaves the file as it was. What stays of the file can be
 * kept, from any place in it to where the stream is; it is read at the end, by
 * file_stream_replace(), which may be called from another thread. */
typedef struct FileStream FileStream;

FileStream *file_stream_new(int root, const char *path, mode_t mode, GError **error);
void file_stream_write(FileStream *stream, const void *bytes, gsize length);
void file_stream_keep(FileStream *stream, gsize offset, gsize length);
/* The file as it is: its length, 0 if there is none, and what stands in it. The number of bytes
 * that there were. */
gsize file_stream_old_length(const FileStream *stream);
gsize file_stream_read_old(const FileStream *stream, gsize offset, void *bytes, gsize length);
gboolean file_stream_replace(FileStream *stream, gboolean *ret_written, GError **error);
void file_stream_free(FileStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FileStream, file_stream_free)

/* Removes PATH; that it is gone already is no error. */
gboolean file_remove(int root, const char *path, GError **error);

/* Makes PATH and the folders above it with MODE, whatever the umask. */
gboolean file_make_folder(int root, const char *path, mode_t mode, GError **error);

/* Syncs the file system that ROOT is on. */
gboolean file_sync(int root, GError **error);

/* Opens PATH for reading: a regular file, no link, not blocking on a FIFO.
 * Returns a descriptor, or -1 with ERROR set. */
int file_open(int root, const char *path, GError **error);

/* Reads PATH whole, at most LIMIT bytes. Returns a GBytes, or NULL with ERROR
 * set (CERTDROP_ERROR_IO; a longer file is CERTDROP_ERROR_REFUSED). */
GBytes *file_read(int root, const char *path, gsize limit, GError **error);

/* Reads what is left of the descriptor FD, at most LIMIT bytes, as file_read(). */
GBytes *file_read_descriptor(int fd, const char *name, gsize limit, GError **error);

/* What there is to see of a file. */
typedef struct {
  gboolean there;
  mode_t mode;  /* its permissions */
  char *sha256; /* of its content, hexadecimal */
} FileFacts;

/* Looks at PATH: reads it whole, in blocks. That it is not there is no error; that it is no
 * regular file, or cannot be read, is. May be called from several threads at once. */
gboolean file_look(int root, const char *path, FileFacts *ret_facts, GError **error);
void file_facts_clear(FileFacts *facts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FileFacts, file_facts_clear)

/* Takes an exclusive lock on PATH, which is made if it is not there. Returns a
 * descriptor that holds the lock until it is closed, or -1 with ERROR set:
 * CERTDROP_ERROR_BUSY where somebody else has it. */
int file_lock(int root, const char *path, GError **error);

/* Removes the temporary files that a killed run left in the folder PATH,
 * overwritten with zeros before. */
gboolean file_remove_temporary(int root, const char *path, GError **error);
/* The same for PATH and all folders below it. */
gboolean file_remove_temporary_below(int root, const char *path, GError **error);

/* Removes the folder PATH with all that is in it, each file overwritten with zeros
 * before; that it is gone already is no error. */
gboolean file_wipe_folder(int root, const char *path, GError **error);

/* Counts one call that changes durable state (see above). Returns FALSE with
 * errno set where the test asks for a failure; always TRUE in a plain build. */
gboolean file_step(void);

#endif

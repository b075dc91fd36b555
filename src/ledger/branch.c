/* A private branch of a ledger, for `check`: it sees the ledger as it is, takes writes of
 * its own, and keeps nobody else from writing. SQLite has one writer at a time, so that
 * a writing transaction would hold up a run for as long as a reader reads a batch.
 *
 * A second connection holds a read transaction on the real ledger. While it does, what
 * the ledger was at that moment, the database and its write-ahead log, stays as it is on
 * disk, but for one case: a log that had gone into the database whole may be begun
 * anew. So the branch reads the database itself, and a copy of the log, which is small
 * (it goes into the database every few thousand pages) and takes the branch's
 * writes as well. A VFS says so to SQLite: it opens the database for reading and says
 * that every lock is granted, and opens the copy in place of the log. With `locking_mode =
 * EXCLUSIVE` the index of the log is in memory, not in the file that is shared with the others. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "ledger/ledger-private.h"

#define BRANCH_VFS "certdrop-branch"
#define LOG_HEADER_SIZE 32

static sqlite3_vfs *real_vfs;
static sqlite3_io_methods database_methods;

static int grant_lock(sqlite3_file *file G_GNUC_UNUSED, int level G_GNUC_UNUSED)
{
  return SQLITE_OK;
}

static int nobody_has_reserved(sqlite3_file *file G_GNUC_UNUSED, int *ret_reserved)
{
  *ret_reserved = 0;
  return SQLITE_OK;
}

static int refuse_write(sqlite3_file *file G_GNUC_UNUSED, const void *data G_GNUC_UNUSED,
                        int length G_GNUC_UNUSED, sqlite3_int64 offset G_GNUC_UNUSED)
{
  return SQLITE_READONLY;
}

static int refuse_truncate(sqlite3_file *file G_GNUC_UNUSED, sqlite3_int64 size G_GNUC_UNUSED)
{
  return SQLITE_READONLY;
}

/* The file stays the real VFS's own, with a few of its methods exchanged. */
static int open_database(const char *path, sqlite3_file *file, int flags, int *ret_flags)
{
  const int unwanted = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  int result =
      real_vfs->xOpen(real_vfs, path, file, (flags & ~unwanted) | SQLITE_OPEN_READONLY, NULL);
  if (result != SQLITE_OK)
    return result;
  database_methods = *file->pMethods;
  database_methods.iVersion = 1; /* no shared memory, no mapping */
  database_methods.xWrite = refuse_write;
  database_methods.xTruncate = refuse_truncate;
  database_methods.xLock = grant_lock;
  database_methods.xUnlock = grant_lock;
  database_methods.xCheckReservedLock = nobody_has_reserved;
  file->pMethods = &database_methods;
  if (ret_flags != NULL)
    *ret_flags = flags;
  return SQLITE_OK;
}

/* Copies what FD, a log, has now into COPY. */
static int copy_all(int fd, sqlite3_file *copy)
{
  char part[65536];
  sqlite3_int64 at = 0;
  int result = copy->pMethods->xTruncate(copy, 0);
  while (result == SQLITE_OK) {
    ssize_t length = pread(fd, part, sizeof part, at);
    if (length < 0 && errno == EINTR)
      continue;
    if (length < 0)
      return SQLITE_IOERR_READ;
    if (length == 0)
      break;
    result = copy->pMethods->xWrite(copy, part, (int)length, at);
    at += length;
  }
  return result;
}

/* Who begins a log anew writes its header before any of its pages: one whose header did
 * not change had none overwritten. What was being appended has no valid end, and is not seen. */
static int copy_log(const char *path, sqlite3_file *copy)
{
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0)
    return errno == ENOENT ? SQLITE_OK : SQLITE_CANTOPEN;
  char before[LOG_HEADER_SIZE], after[LOG_HEADER_SIZE];
  ssize_t had, has;
  int result;
  do {
    had = pread(fd, before, sizeof before, 0);
    result = copy_all(fd, copy);
    has = pread(fd, after, sizeof after, 0);
  } while (result == SQLITE_OK &&
           (had != has || (had > 0 && memcmp(before, after, (gsize)had) != 0)));
  close(fd);
  return result;
}

/* The copy lies beside the ledger, and has no name any more once it is open. */
static int open_log(const char *path, sqlite3_file *file, int *ret_flags)
{
  const int flags = SQLITE_OPEN_TEMP_DB | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                    SQLITE_OPEN_EXCLUSIVE | SQLITE_OPEN_DELETEONCLOSE;
  g_autofree char *folder = g_path_get_dirname(path);
  g_autofree char *name =
      g_strdup_printf("%s/" FILE_TEMPORARY_PREFIX "branch-%x", folder, getpid());
  int result = real_vfs->xOpen(real_vfs, name, file, flags, ret_flags);
  if (result != SQLITE_OK)
    return result;
  result = copy_log(path, file);
  if (result != SQLITE_OK)
    file->pMethods->xClose(file);
  return result;
}

static int branch_open(sqlite3_vfs *vfs G_GNUC_UNUSED, const char *path, sqlite3_file *file,
                       int flags, int *ret_flags)
{
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0)
    return open_database(path, file, flags, ret_flags);
  if ((flags & SQLITE_OPEN_WAL) != 0)
    return open_log(path, file, ret_flags);
  return real_vfs->xOpen(real_vfs, path, file, flags, ret_flags);
}

/* What has a name is not the branch's. */
static int branch_delete(sqlite3_vfs *vfs G_GNUC_UNUSED, const char *path G_GNUC_UNUSED,
                         int sync G_GNUC_UNUSED)
{
  return SQLITE_OK;
}

static gboolean register_vfs(void)
{
  static sqlite3_vfs branch_vfs;
  if (real_vfs != NULL)
    return TRUE;
  sqlite3_vfs *found = sqlite3_vfs_find(NULL);
  if (found == NULL)
    return FALSE;
  branch_vfs = *found;
  branch_vfs.pNext = NULL;
  branch_vfs.zName = BRANCH_VFS;
  branch_vfs.xOpen = branch_open;
  branch_vfs.xDelete = branch_delete;
  real_vfs = found;
  return sqlite3_vfs_register(&branch_vfs, FALSE) == SQLITE_OK;
}

Ledger *ledger_open_branch(const char *path, GError **error)
{
  g_autoptr(Ledger) trunk = ledger_open_reading(path, error);
  gint64 any = 0;
  /* The transaction begins with the first reading. */
  if (trunk == NULL || !ledger_begin_reading(trunk, error) ||
      !ledger_number(trunk, &any, error, "SELECT COUNT(*) FROM sqlite_master", ""))
    return NULL;
  if (!register_vfs()) {
    ledger_fail(trunk, error, "cannot branch off");
    return NULL;
  }
  g_autoptr(Ledger) ledger =
      ledger_new(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, BRANCH_VFS, error);
  if (ledger == NULL)
    return NULL;
  ledger->trunk = g_steal_pointer(&trunk);
  if (!ledger_execute(ledger,
                      "PRAGMA locking_mode = EXCLUSIVE;"
                      "PRAGMA synchronous = OFF;"
                      "PRAGMA foreign_keys = ON;"
                      "PRAGMA temp_store = MEMORY;"
                      "PRAGMA wal_autocheckpoint = 0;"
                      "PRAGMA cache_size = -16384;",
                      error) ||
      sqlite3_db_config(ledger->database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL) != SQLITE_OK)
    return NULL;
  return g_steal_pointer(&ledger);
}

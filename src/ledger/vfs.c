/* In a test build, what SQLite itself writes and syncs counts among the durable steps
 * (base/file.h), so that a kill or a full disk meets a commit halfway, too. */
#include "ledger/ledger-private.h"

#ifndef CERTDROP_TEST_HOOKS

const char *ledger_vfs(void)
{
  return NULL;
}

#else

#include "base/file.h"

static sqlite3_vfs *real_vfs;

/* The database and its log have methods of their own. */
enum { COUNTED_DATABASE, COUNTED_LOG, COUNTED_N };
static const sqlite3_io_methods *plain[COUNTED_N];
static sqlite3_io_methods counted[COUNTED_N];

static const sqlite3_io_methods *plain_of(const sqlite3_file *file)
{
  return plain[file->pMethods == &counted[COUNTED_LOG] ? COUNTED_LOG : COUNTED_DATABASE];
}

/* A page goes into the log as a small header and itself: one step. */
static int count_write(sqlite3_file *file, const void *data, int length, sqlite3_int64 offset)
{
  const int smallest_page = 512;
  gboolean rest = file->pMethods == &counted[COUNTED_LOG] && length >= smallest_page;
  return rest || file_step() ? plain_of(file)->xWrite(file, data, length, offset) : SQLITE_FULL;
}

static int count_truncate(sqlite3_file *file, sqlite3_int64 size)
{
  return file_step() ? plain_of(file)->xTruncate(file, size) : SQLITE_IOERR_TRUNCATE;
}

static int count_sync(sqlite3_file *file, int flags)
{
  return file_step() ? plain_of(file)->xSync(file, flags) : SQLITE_IOERR_FSYNC;
}

static int open_counted(sqlite3_vfs *vfs G_GNUC_UNUSED, const char *path, sqlite3_file *file,
                        int flags, int *ret_flags)
{
  int result = real_vfs->xOpen(real_vfs, path, file, flags, ret_flags);
  if (result != SQLITE_OK || (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) == 0)
    return result;
  int kind = (flags & SQLITE_OPEN_WAL) != 0 ? COUNTED_LOG : COUNTED_DATABASE;
  plain[kind] = file->pMethods;
  counted[kind] = *file->pMethods;
  counted[kind].xWrite = count_write;
  counted[kind].xTruncate = count_truncate;
  counted[kind].xSync = count_sync;
  file->pMethods = &counted[kind];
  return SQLITE_OK;
}

const char *ledger_vfs(void)
{
  static sqlite3_vfs counting_vfs;
  if (real_vfs == NULL) {
    real_vfs = sqlite3_vfs_find(NULL);
    counting_vfs = *real_vfs;
    counting_vfs.pNext = NULL;
    counting_vfs.zName = "certdrop-counting";
    counting_vfs.xOpen = open_counted;
    g_assert(sqlite3_vfs_register(&counting_vfs, FALSE) == SQLITE_OK);
  }
  return counting_vfs.zName;
}

#endif

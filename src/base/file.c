#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file-private.h"

#ifdef CERTDROP_TEST_HOOKS
#include <signal.h>

/* One count for the whole process, so that N names one moment of a run. */
static int step_count;

/* The file gets as long as there are steps. */
static void count_step(const char *file)
{
  int fd = file != NULL ? open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  if (fd < 0)
    return;
  if (write(fd, ".", 1) != 1)
    abort();
  close(fd);
}

gboolean file_step(void)
{
  int step = g_atomic_int_add(&step_count, 1) + 1;
  count_step(g_getenv("CERTDROP_COUNT_STEPS"));
  const char *stop_at = g_getenv("CERTDROP_STOP_AT");
  if (stop_at != NULL && step == atoi(stop_at))
    kill(getpid(), SIGKILL);
  const char *fail_at = g_getenv("CERTDROP_FAIL_AT");
  if (fail_at == NULL || step != atoi(fail_at))
    return TRUE;
  errno = ENOSPC;
  return FALSE;
}
#else
gboolean file_step(void)
{
  return TRUE;
}
#endif

gboolean file_write_all(int fd, const void *bytes, gsize length)
{
  const char *at = bytes;
  while (length > 0) {
    ssize_t written = write(fd, at, length);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return FALSE;
    at += written;
    length -= (gsize)written;
  }
  return TRUE;
}

char *file_temporary_path(const char *path)
{
  static int counter;
  const char *slash = strrchr(path, '/');
  int folder_length = slash != NULL ? (int)(slash - path) + 1 : 0;
  return g_strdup_printf("%.*s" FILE_TEMPORARY_PREFIX "%x-%x", folder_length, path,
                         (unsigned)getpid(), (unsigned)g_atomic_int_add(&counter, 1));
}

static gboolean file_make_parent(int root, const char *path, GError **error)
{
  g_autofree char *parent = g_path_get_dirname(path);
  return strcmp(parent, ".") == 0 || file_make_folder(root, parent, 0700, error);
}

/* The folder is made only when it turns out to be missing: the common case costs one
 * call. */
int file_create(int root, const char *path, mode_t mode, GError **error)
{
  const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  int fd = file_step() ? openat(root, path, flags, mode) : -1;
  if (fd < 0 && errno == ENOENT) {
    if (!file_make_parent(root, path, error))
      return -1;
    fd = openat(root, path, flags, mode);
  }
  if (fd < 0)
    error_set_errno(error, errno, "%s: cannot create", path);
  return fd;
}

/* Closes FD, the temporary file TEMPORARY (taken over) for PATH: gives it to the caller if OK
 * and closing goes well, else removes it. ERROR is set already unless errno says why. */
static gboolean file_end_temporary(int root, const char *path, char *temporary, int fd, gboolean ok,
                                   char **ret_temporary, GError **error)
{
  g_autofree char *own = temporary;
  int errnum = errno;
  if (close(fd) != 0 && ok) {
    ok = FALSE;
    errnum = errno;
  }
  if (ok) {
    *ret_temporary = g_steal_pointer(&own);
    return TRUE;
  }
  unlinkat(root, own, 0);
  if (error != NULL && *error != NULL)
    return FALSE;
  return error_set_errno(error, errnum, "%s: cannot write", path);
}

gboolean file_write_temporary(int root, const char *path, const void *bytes, gsize length,
                              mode_t mode, gboolean sync, char **ret_temporary, GError **error)
{
  g_autofree char *temporary = file_temporary_path(path);
  int fd = file_create(root, temporary, mode, error);
  if (fd < 0)
    return FALSE;
  /* The umask can only take bits away; a private file has none that it could take. */
  gboolean ok = (mode & 077) == 0 || fchmod(fd, mode) == 0;
  ok = ok && file_step() && file_write_all(fd, bytes, length);
  ok = ok && (!sync || (file_step() && fsync(fd) == 0));
  return file_end_temporary(root, path, g_steal_pointer(&temporary), fd, ok, ret_temporary, error);
}

gboolean file_write_temporary_parts(int root, const char *path, FileNextPart next, gpointer data,
                                    mode_t mode, char **ret_temporary, GError **error)
{
  g_autofree char *temporary = file_temporary_path(path);
  g_autoptr(GError) failed = NULL;
  int fd = file_create(root, temporary, mode, error);
  if (fd < 0)
    return FALSE;
  gboolean ok = ((mode & 077) == 0 || fchmod(fd, mode) == 0) && file_step();
  for (gboolean more = ok; more;) {
    g_autoptr(GBytes) part = NULL;
    ok = next(data, &part, &failed) &&
         (part == NULL || file_write_all(fd, g_bytes_get_data(part, NULL), g_bytes_get_size(part)));
    more = ok && part != NULL;
  }
  ok = file_end_temporary(root, path, g_steal_pointer(&temporary), fd, ok, ret_temporary, &failed);
  if (!ok)
    g_propagate_error(error, g_steal_pointer(&failed));
  return ok;
}

gboolean file_rename(int root, const char *from, const char *to, GError **error)
{
  if (file_step() && renameat(root, from, root, to) == 0)
    return TRUE;
  if (errno == ENOENT) {
    if (!file_make_parent(root, to, error))
      return FALSE;
    if (renameat(root, from, root, to) == 0)
      return TRUE;
  }
  return error_set_errno(error, errno, "%s: cannot rename to %s", from, to);
}

int file_sync_path(int root, const char *path, int flags)
{
  int fd = openat(root, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | flags);
  int errnum = fd >= 0 && file_step() && fsync(fd) == 0 ? 0 : errno;
  if (fd >= 0)
    close(fd);
  return errnum;
}

int file_sync_folder(int root, const char *path)
{
  int errnum = file_sync_path(root, path, O_DIRECTORY);
  if (errnum == EINVAL || errnum == EOPNOTSUPP)
    errnum = file_step() && syncfs(root) == 0 ? 0 : errno;
  return errnum;
}

gboolean file_sync_parent(int root, const char *path, GError **error)
{
  g_autofree char *parent = g_path_get_dirname(path);
  int errnum = file_sync_folder(root, parent);
  return errnum == 0 || error_set_errno(error, errnum, "%s: cannot sync", parent);
}

gboolean file_write(int root, const char *path, const void *bytes, gsize length, mode_t mode,
                    GError **error)
{
  g_autofree char *temporary = NULL;
  return file_write_temporary(root, path, bytes, length, mode, TRUE, &temporary, error) &&
         file_rename(root, temporary, path, error) && file_sync_parent(root, path, error);
}

static gboolean file_has_content(int root, const char *path, const void *bytes, gsize length)
{
  int fd = openat(root, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    return FALSE;
  struct stat status;
  gboolean same = fstat(fd, &status) == 0 && (gsize)status.st_size == length;
  if (same) {
    g_autofree char *content = g_malloc(length + 1);
    same = read(fd, content, length + 1) == (ssize_t)length && memcmp(content, bytes, length) == 0;
  }
  close(fd);
  return same;
}

gboolean file_replace(int root, const char *path, const void *bytes, gsize length, mode_t mode,
                      gboolean *ret_written, GError **error)
{
  gboolean write = !file_has_content(root, path, bytes, length);
  if (write) {
    g_autofree char *temporary = NULL;
    if (!file_write_temporary(root, path, bytes, length, mode, FALSE, &temporary, error) ||
        !file_rename(root, temporary, path, error))
      return FALSE;
  }
  if (ret_written != NULL)
    *ret_written = write;
  return TRUE;
}

gboolean file_remove(int root, const char *path, GError **error)
{
  if ((file_step() && unlinkat(root, path, 0) == 0) || errno == ENOENT)
    return TRUE;
  return error_set_errno(error, errno, "%s: cannot remove", path);
}

gboolean file_make_folder(int root, const char *path, mode_t mode, GError **error)
{
  if (file_step() && mkdirat(root, path, mode) == 0) {
    if ((mode & 077) == 0 || fchmodat(root, path, mode, 0) == 0)
      return TRUE;
    return error_set_errno(error, errno, "%s: cannot set the mode", path);
  }
  if (errno == EEXIST)
    return TRUE;
  if (errno != ENOENT || strchr(path, '/') == NULL)
    return error_set_errno(error, errno, "%s: cannot make the folder", path);
  return file_make_parent(root, path, error) && file_make_folder(root, path, mode, error);
}

gboolean file_sync(int root, GError **error)
{
  if (file_step() && syncfs(root) == 0)
    return TRUE;
  return error_set_errno(error, errno, "cannot sync the file system of the instance");
}

int file_open(int root, const char *path, GError **error)
{
  int fd = openat(root, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) {
    error_set_errno(error, errno, "%s: cannot open", path);
    return -1;
  }
  struct stat status;
  if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
    return fd;
  close(fd);
  g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED, "%s: not a regular file", path);
  return -1;
}

GBytes *file_read_descriptor(int fd, const char *name, gsize limit, GError **error)
{
  g_autoptr(GByteArray) content = g_byte_array_new();
  guint8 block[16384];
  ssize_t got;
  while ((got = read(fd, block, sizeof block)) != 0) {
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0) {
      error_set_errno(error, errno, "%s: cannot read", name);
      return NULL;
    }
    if (content->len + (gsize)got > limit) {
      g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED,
                  "%s: larger than %" G_GSIZE_FORMAT " bytes", name, limit);
      return NULL;
    }
    g_byte_array_append(content, block, (guint)got);
  }
  return g_byte_array_free_to_bytes(g_steal_pointer(&content));
}

GBytes *file_read(int root, const char *path, gsize limit, GError **error)
{
  int fd = file_open(root, path, error);
  if (fd < 0)
    return NULL;
  GBytes *content = file_read_descriptor(fd, path, limit, error);
  close(fd);
  return content;
}

int file_lock(int root, const char *path, GError **error)
{
  int fd = openat(root, path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  if (fd >= 0 && errno == EWOULDBLOCK)
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_BUSY,
                "%s: another run holds the instance; try again when it has ended", path);
  else
    error_set_errno(error, errno, "%s: cannot lock", path);
  if (fd >= 0)
    close(fd);
  return -1;
}

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file-private.h"
#include "base/file.h"

/* What somebody has under another name too is theirs to keep. */
static gboolean overwrite(int fd)
{
  static const char zeros[65536];
  struct stat status;
  if (fstat(fd, &status) != 0)
    return FALSE;
  if (!S_ISREG(status.st_mode) || status.st_nlink > 1)
    return TRUE;
  for (off_t left = status.st_size; left > 0;) {
    gsize part = MIN((gsize)left, sizeof zeros);
    if (!file_write_all(fd, zeros, part))
      return FALSE;
    left -= (off_t)part;
  }
  return fsync(fd) == 0;
}

gboolean file_wipe(int root, const char *name, GError **error)
{
  int fd = openat(root, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (fd >= 0) {
    gboolean ok = file_step() && overwrite(fd);
    int errnum = errno;
    close(fd);
    if (!ok)
      return error_set_errno(error, errnum, "%s: cannot overwrite", name);
  }
  return file_remove(root, name, error);
}

/* Opens the folder PATH. NULL with *RET_GONE where there is none. */
static DIR *open_folder(int root, const char *path, gboolean *ret_gone, GError **error)
{
  int fd = openat(root, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
  *ret_gone = folder == NULL && errno == ENOENT;
  if (folder == NULL && !*ret_gone)
    error_set_errno(error, errno, "%s: cannot list", path);
  if (folder == NULL && fd >= 0)
    close(fd);
  return folder;
}

static gboolean clean_folder(int root, const char *path, gboolean below, GError **error)
{
  gboolean gone = FALSE, ok = TRUE;
  DIR *folder = open_folder(root, path, &gone, error);
  if (folder == NULL)
    return gone;
  for (struct dirent *entry; ok && (entry = readdir(folder)) != NULL;) {
    if (g_str_has_prefix(entry->d_name, FILE_TEMPORARY_PREFIX) && entry->d_type != DT_DIR)
      ok = file_wipe(dirfd(folder), entry->d_name, error);
    else if (below && entry->d_type == DT_DIR && entry->d_name[0] != '.') {
      g_autofree char *inner = g_build_filename(path, entry->d_name, NULL);
      ok = clean_folder(root, inner, TRUE, error);
    }
  }
  closedir(folder);
  return ok;
}

gboolean file_remove_temporary(int root, const char *path, GError **error)
{
  return clean_folder(root, path, FALSE, error);
}

gboolean file_remove_temporary_below(int root, const char *path, GError **error)
{
  return clean_folder(root, path, TRUE, error);
}

static gboolean wipe_entry(int folder, const char *name, const char *path, GError **error);

static gboolean wipe_folder(int parent, const char *name, const char *path, GError **error)
{
  gboolean gone = FALSE, ok = TRUE;
  DIR *folder = open_folder(parent, name, &gone, error);
  if (folder == NULL)
    return gone;
  (void)!fchmod(dirfd(folder), 0700); /* a command may have closed it */
  for (struct dirent *entry; ok && (entry = readdir(folder)) != NULL;)
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
      ok = wipe_entry(dirfd(folder), entry->d_name, path, error);
  closedir(folder);
  if (!ok)
    return FALSE;
  if ((file_step() && unlinkat(parent, name, AT_REMOVEDIR) == 0) || errno == ENOENT)
    return TRUE;
  return error_set_errno(error, errno, "%s: cannot remove", path);
}

/* What a command left there may be anything: a link is removed, not followed. */
static gboolean wipe_entry(int folder, const char *name, const char *path, GError **error)
{
  struct stat status;
  if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
    return errno == ENOENT || error_set_errno(error, errno, "%s: cannot look into it", path);
  return S_ISDIR(status.st_mode) ? wipe_folder(folder, name, path, error)
                                 : file_wipe(folder, name, error);
}

gboolean file_wipe_folder(int root, const char *path, GError **error)
{
  return wipe_folder(root, path, path, error);
}

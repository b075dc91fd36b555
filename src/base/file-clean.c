#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

/* Opens the folder PATH. NULL with *RET_GONE where there is none. */
static DIR *open_folder(int root, const char *path, gboolean *ret_gone, GError **error)
{
  int fd = openat(root, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
  *ret_gone = folder == NULL && errno == ENOENT;
  if (folder == NULL && !*ret_gone)
    error_set_errno(error, errno, "%s: cannot list", path);
  return folder;
}

static gboolean clean_folder(int root, const char *path, gboolean below, GError **error)
{
  gboolean gone = FALSE, ok = TRUE;
  DIR *folder = open_folder(root, path, &gone, error);
  if (folder == NULL)
    return gone;
  for (struct dirent *entry; ok && (entry = readdir(folder)) != NULL;) {
    if (g_str_has_prefix(entry->d_name, FILE_TEMPORARY_PREFIX))
      unlinkat(dirfd(folder), entry->d_name, 0);
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

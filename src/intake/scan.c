#include "intake/intake.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

gboolean intake_name_is_ignored(const char *name)
{
  /* The last two are what browsers write until a file is whole. */
  static const char *const endings[] = {".part", ".tmp",        ".filepart",
                                        "~",     ".crdownload", ".crswap"};
  if (name[0] == '.' || strcmp(name, "README.md") == 0)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS(endings); i++)
    if (g_str_has_suffix(name, endings[i]))
      return TRUE;
  return FALSE;
}

/* What the entry is, as DT_…; some file systems do not say so in the list. Something that has
 * gone meanwhile counts as a folder: nobody misses it. */
static unsigned char entry_type(int folder, const struct dirent *entry)
{
  struct stat status;
  if (entry->d_type != DT_UNKNOWN)
    return entry->d_type;
  if (fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
    return DT_DIR;
  return (unsigned char)IFTODT(status.st_mode);
}

static int compare_names(gconstpointer left, gconstpointer right)
{
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

IntakeScan *intake_scan(int root, const char *folder, GError **error)
{
  int fd = openat(root, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *list = fd >= 0 ? fdopendir(fd) : NULL;
  if (list == NULL) {
    error_set_errno(error, errno, "%s: cannot list", folder);
    return NULL;
  }
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) skipped = g_ptr_array_new_with_free_func(g_free);
  errno = 0;
  for (struct dirent *entry; (entry = readdir(list)) != NULL; errno = 0) {
    if (intake_name_is_ignored(entry->d_name))
      continue;
    unsigned char type = entry_type(fd, entry);
    if (type != DT_DIR)
      g_ptr_array_add(type == DT_REG ? names : skipped, g_strdup(entry->d_name));
  }
  int errnum = errno;
  closedir(list);
  if (errnum != 0) {
    error_set_errno(error, errnum, "%s: cannot list", folder);
    return NULL;
  }
  g_ptr_array_sort(names, compare_names);
  g_ptr_array_sort(skipped, compare_names);
  IntakeScan *scan = g_new0(IntakeScan, 1);
  *scan = (IntakeScan){g_steal_pointer(&names), g_steal_pointer(&skipped)};
  return scan;
}

void intake_scan_free(IntakeScan *scan)
{
  if (scan == NULL)
    return;
  g_ptr_array_unref(scan->names);
  g_ptr_array_unref(scan->skipped);
  g_free(scan);
}

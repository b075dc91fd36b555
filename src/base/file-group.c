#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file-private.h"
#include "base/file.h"

typedef struct {
  FilePhase phase;
  char *from; /* a temporary name, or the file to move or to shred */
  char *to;   /* NULL: shred */
  gboolean temporary;
  gboolean folder; /* to be removed */
} GroupEntry;

struct FileGroup {
  int root;
  GMutex lock;
  GPtrArray *entries;
  gboolean named; /* the names of all of them are on disk */
};

static void group_entry_free(GroupEntry *entry)
{
  g_free(entry->from);
  g_free(entry->to);
  g_free(entry);
}

FileGroup *file_group_new(int root)
{
  FileGroup *group = g_new0(FileGroup, 1);
  group->root = root;
  group->entries = g_ptr_array_new_with_free_func((GDestroyNotify)group_entry_free);
  g_mutex_init(&group->lock);
  return group;
}

static void file_group_add(FileGroup *group, FilePhase phase, const char *from, const char *to,
                           gboolean temporary, gboolean folder)
{
  GroupEntry *entry = g_new0(GroupEntry, 1);
  *entry = (GroupEntry){phase, g_strdup(from), g_strdup(to), temporary, folder};
  g_mutex_lock(&group->lock);
  g_ptr_array_add(group->entries, entry);
  g_mutex_unlock(&group->lock);
}

gboolean file_group_write(FileGroup *group, FilePhase phase, const char *path, const void *bytes,
                          gsize length, mode_t mode, GError **error)
{
  g_autofree char *temporary = NULL;
  if (!file_write_temporary(group->root, path, bytes, length, mode, FALSE, &temporary, error))
    return FALSE;
  file_group_add(group, phase, temporary, path, TRUE, FALSE);
  return TRUE;
}

gboolean file_group_write_parts(FileGroup *group, FilePhase phase, const char *path,
                                FileNextPart next, gpointer data, mode_t mode, GError **error)
{
  g_autofree char *temporary = NULL;
  if (!file_write_temporary_parts(group->root, path, next, data, mode, &temporary, error))
    return FALSE;
  file_group_add(group, phase, temporary, path, TRUE, FALSE);
  return TRUE;
}

void file_group_move(FileGroup *group, const char *from, const char *to)
{
  file_group_add(group, FILE_PHASE_MOVE, from, to, FALSE, FALSE);
}

void file_group_shred(FileGroup *group, const char *path)
{
  file_group_add(group, FILE_PHASE_MOVE, path, NULL, FALSE, FALSE);
}

void file_group_remove_folder(FileGroup *group, const char *path)
{
  file_group_add(group, FILE_PHASE_MOVE, path, NULL, FALSE, TRUE);
}

guint file_group_size(const FileGroup *group)
{
  return group->entries->len;
}

/* Under another name first: a file that is half overwritten must never be taken
 * for one that was dropped. */
static gboolean file_shred(int root, const char *path, GError **error)
{
  g_autofree char *temporary = file_temporary_path(path);
  if (!file_step() || renameat(root, path, root, temporary) != 0)
    return errno == ENOENT || error_set_errno(error, errno, "%s: cannot rename", path);
  return file_sync_parent(root, path, error) && file_wipe(root, temporary, error);
}

static gboolean file_remove_empty_folder(int root, const char *path, GError **error)
{
  return (file_step() && unlinkat(root, path, AT_REMOVEDIR) == 0) || errno == ENOENT ||
         errno == ENOTEMPTY || error_set_errno(error, errno, "%s: cannot remove", path);
}

static gboolean group_entry_commit(int root, GroupEntry *entry, GError **error)
{
  if (entry->folder)
    return file_remove_empty_folder(root, entry->from, error);
  if (entry->to == NULL)
    return file_shred(root, entry->from, error);
  if (!entry->temporary && faccessat(root, entry->from, F_OK, AT_SYMLINK_NOFOLLOW) != 0 &&
      errno == ENOENT)
    return TRUE;
  if (!file_rename(root, entry->from, entry->to, error))
    return FALSE;
  entry->temporary = FALSE;
  return TRUE;
}

/* A sync of the whole file system waits for all that others wrote there, too: a few files are
 * synced one by one. */
#define FEW 64

static gboolean sync_contents(const FileGroup *group, GError **error)
{
  if (group->entries->len > FEW)
    return file_sync(group->root, error);
  for (guint i = 0; i < group->entries->len; i++) {
    const GroupEntry *entry = g_ptr_array_index(group->entries, i);
    int errnum = entry->temporary ? file_sync_path(group->root, entry->from, O_NOFOLLOW) : 0;
    if (errnum != 0)
      return error_set_errno(error, errnum, "%s: cannot sync", entry->to);
  }
  return TRUE;
}

/* Syncs the folders above PATH that are not yet in SYNCED, which may be new ones. One that is gone
 * has nothing left to be synced. */
static gboolean sync_folders_above(int root, const char *path, GHashTable *synced, GError **error)
{
  g_autofree char *folder = g_path_get_dirname(path);
  if (!g_hash_table_add(synced, g_strdup(folder)))
    return TRUE;
  int errnum = file_sync_folder(root, folder);
  if (errnum != 0 && errnum != ENOENT)
    return error_set_errno(error, errnum, "%s: cannot sync", folder);
  return strcmp(folder, ".") == 0 || sync_folders_above(root, folder, synced, error);
}

static gboolean sync_names(FileGroup *group, GError **error)
{
  if (group->entries->len > FEW)
    return TRUE;
  g_autoptr(GHashTable) synced = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < group->entries->len; i++) {
    const GroupEntry *entry = g_ptr_array_index(group->entries, i);
    if (!sync_folders_above(group->root, entry->from, synced, error) ||
        (entry->to != NULL && !sync_folders_above(group->root, entry->to, synced, error)))
      return FALSE;
  }
  group->named = TRUE;
  return TRUE;
}

gboolean file_group_is_safe(const FileGroup *group)
{
  return group->named;
}

gboolean file_group_commit(FileGroup *group, GError **error)
{
  if (group->entries->len == 0)
    return TRUE;
  if (!sync_contents(group, error))
    return FALSE;
  for (FilePhase phase = FILE_PHASE_ARCHIVE; phase < FILE_PHASE_N; phase++)
    for (guint i = 0; i < group->entries->len; i++) {
      GroupEntry *entry = g_ptr_array_index(group->entries, i);
      if (entry->phase == phase && !group_entry_commit(group->root, entry, error))
        return FALSE;
    }
  return sync_names(group, error);
}

void file_group_free(FileGroup *group)
{
  if (group == NULL)
    return;
  for (guint i = 0; i < group->entries->len; i++) {
    const GroupEntry *entry = g_ptr_array_index(group->entries, i);
    if (entry->temporary)
      unlinkat(group->root, entry->from, 0);
  }
  g_ptr_array_unref(group->entries);
  g_mutex_clear(&group->lock);
  g_free(group);
}

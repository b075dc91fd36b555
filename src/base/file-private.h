/* What the two files of the seam share. */
#ifndef CERTDROP_BASE_FILE_PRIVATE_H
#define CERTDROP_BASE_FILE_PRIVATE_H

#include "base/file.h"

/* Writes all of it, however many calls that takes. FALSE with errno set. */
gboolean file_write_all(int fd, const void *bytes, gsize length);

/* Opens a new file PATH for writing, making its folder if that is what is missing.
 * Returns a descriptor, or -1 with ERROR set. */
int file_create(int root, const char *path, mode_t mode, GError **error);

/* A new temporary name beside PATH; the caller frees it. */
char *file_temporary_path(const char *path);

/* Writes the bytes under a temporary name beside PATH, which it returns in
 * *RET_TEMPORARY; on failure nothing is left. */
gboolean file_write_temporary(int root, const char *path, const void *bytes, gsize length,
                              mode_t mode, gboolean sync, char **ret_temporary, GError **error);

/* The same for the parts that NEXT gives, and without any sync. */
gboolean file_write_temporary_parts(int root, const char *path, FileNextPart next, gpointer data,
                                    mode_t mode, char **ret_temporary, GError **error);

/* Overwrites the file NAME with zeros and removes it. One that may not be written
 * to, or has further names, is only removed; one that is gone is no error. */
gboolean file_wipe(int root, const char *name, GError **error);

/* Syncs what is at PATH, opened with FLAGS. Returns 0, or the errno. */
int file_sync_path(int root, const char *path, int flags);

/* Syncs the folder PATH, which may be reached by a link; where its file system syncs no folder
 * by itself, all of that of ROOT. Returns 0, or the errno. */
int file_sync_folder(int root, const char *path);

/* Syncs the folder that PATH is in, so that its name is on disk. */
gboolean file_sync_parent(int root, const char *path, GError **error);

/* Renames, making the folder of TO if that is what is missing. */
gboolean file_rename(int root, const char *from, const char *to, GError **error);

#endif

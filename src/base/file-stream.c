#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file-private.h"
#include "base/file.h"

#define STREAM_BUFFER (256 << 10)

struct FileStream {
  int root;
  char *path;
  char *temporary;
  FILE *file;
  gsize length;
  gboolean failed;
};

FileStream *file_stream_new(int root, const char *path, mode_t mode, GError **error)
{
  g_autofree char *temporary = file_temporary_path(path);
  int fd = file_create(root, temporary, mode, error);
  FILE *file = fd >= 0 && fchmod(fd, mode) == 0 ? fdopen(fd, "w") : NULL;
  if (file == NULL) {
    int errnum = errno;
    if (fd < 0)
      return NULL;
    close(fd);
    unlinkat(root, temporary, 0);
    error_set_errno(error, errnum, "%s: cannot write", path);
    return NULL;
  }
  setvbuf(file, NULL, _IOFBF, STREAM_BUFFER);
  FileStream *stream = g_new0(FileStream, 1);
  stream->root = root;
  stream->path = g_strdup(path);
  stream->temporary = g_steal_pointer(&temporary);
  stream->file = file;
  return stream;
}

void file_stream_write(FileStream *stream, const void *bytes, gsize length)
{
  stream->failed = stream->failed || fwrite(bytes, 1, length, stream->file) != length;
  stream->length += length;
}

/* Whether the files OLD and NEW, both of LENGTH bytes, have the same content. */
static gboolean files_are_same(FILE *old, FILE *new, gsize length)
{
  g_autofree char *buffers = g_malloc(2 * STREAM_BUFFER);
  for (gsize left = length; left > 0;) {
    gsize portion = MIN(left, STREAM_BUFFER);
    if (fread(buffers, 1, portion, old) != portion ||
        fread(buffers + STREAM_BUFFER, 1, portion, new) != portion ||
        memcmp(buffers, buffers + STREAM_BUFFER, portion) != 0)
      return FALSE;
    left -= portion;
  }
  return TRUE;
}

static FILE *open_stream(int root, const char *path, gsize length)
{
  struct stat status;
  int fd = openat(root, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  FILE *file = fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
                       (gsize)status.st_size == length
                   ? fdopen(fd, "r")
                   : NULL;
  if (file == NULL && fd >= 0)
    close(fd);
  return file;
}

static gboolean stream_is_same(const FileStream *stream)
{
  FILE *old = open_stream(stream->root, stream->path, stream->length);
  FILE *new = old != NULL ? open_stream(stream->root, stream->temporary, stream->length) : NULL;
  gboolean same = new != NULL &&files_are_same(old, new, stream->length);
  if (old != NULL)
    fclose(old);
  if (new != NULL)
    fclose(new);
  return same;
}

gboolean file_stream_replace(FileStream *stream, gboolean *ret_written, GError **error)
{
  gboolean ok = file_step() && fflush(stream->file) == 0 && !stream->failed;
  if (!ok)
    return error_set_errno(error, errno, "%s: cannot write", stream->path);
  gboolean same = stream_is_same(stream);
  if (!same) {
    if (!file_rename(stream->root, stream->temporary, stream->path, error))
      return FALSE;
    g_clear_pointer(&stream->temporary, g_free);
  }
  if (ret_written != NULL)
    *ret_written = !same;
  return TRUE;
}

void file_stream_free(FileStream *stream)
{
  if (stream == NULL)
    return;
  fclose(stream->file);
  if (stream->temporary != NULL)
    unlinkat(stream->root, stream->temporary, 0);
  g_free(stream->temporary);
  g_free(stream->path);
  g_free(stream);
}

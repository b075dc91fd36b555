#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file-private.h"
#include "base/file.h"

#define STREAM_BUFFER (256 << 10)

/* Bytes of the file as it is that stay, at another place perhaps. */
typedef struct {
  gsize from;
  gsize to;
  gsize length;
} StreamKept;

struct FileStream {
  int root;
  char *path;
  char *temporary;
  int fd;
  int old; /* the file as it is; -1: there is none */
  gsize old_length;
  GString *buffer; /* what has yet to be written, the last bytes … */
  gsize length;    /* … of that many */
  GArray *kept;    /* StreamKept, in order */
  gboolean same;   /* all bytes so far are those of the file as it is */
  int failed;      /* the first errno */
};

static void stream_close_old(FileStream *stream)
{
  if (stream->old >= 0)
    close(stream->old);
  stream->old = -1;
}

static void stream_open_old(FileStream *stream)
{
  struct stat status;
  stream->old = openat(stream->root, stream->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (stream->old >= 0 && (fstat(stream->old, &status) != 0 || !S_ISREG(status.st_mode)))
    stream_close_old(stream);
  stream->old_length = stream->old >= 0 ? (gsize)status.st_size : 0;
}

FileStream *file_stream_new(int root, const char *path, mode_t mode, GError **error)
{
  g_autofree char *temporary = file_temporary_path(path);
  int fd = file_create(root, temporary, mode, error);
  if (fd < 0)
    return NULL;
  if (fchmod(fd, mode) != 0) {
    error_set_errno(error, errno, "%s: cannot write", path);
    close(fd);
    unlinkat(root, temporary, 0);
    return NULL;
  }
  FileStream *stream = g_new0(FileStream, 1);
  stream->root = root;
  stream->path = g_strdup(path);
  stream->temporary = g_steal_pointer(&temporary);
  stream->fd = fd;
  stream->buffer = g_string_sized_new(STREAM_BUFFER);
  stream->kept = g_array_new(FALSE, FALSE, sizeof(StreamKept));
  stream->same = TRUE;
  stream_open_old(stream);
  return stream;
}

gsize file_stream_old_length(const FileStream *stream)
{
  return stream->old_length;
}

gsize file_stream_read_old(const FileStream *stream, gsize offset, void *bytes, gsize length)
{
  gsize got = 0;
  while (stream->old >= 0 && got < length) {
    ssize_t part = pread(stream->old, (char *)bytes + got, length - got, (off_t)(offset + got));
    if (part < 0 && errno == EINTR)
      continue;
    if (part <= 0)
      break;
    got += (gsize)part;
  }
  return got;
}

static void stream_fail(FileStream *stream, int errnum)
{
  if (stream->failed == 0)
    stream->failed = errnum;
}

static void stream_put(FileStream *stream, const char *bytes, gsize length, gsize offset)
{
  while (length > 0 && stream->failed == 0) {
    ssize_t part = pwrite(stream->fd, bytes, length, (off_t)offset);
    if (part < 0 && errno == EINTR)
      continue;
    if (part < 0)
      return stream_fail(stream, errno);
    bytes += part;
    offset += (gsize)part;
    length -= (gsize)part;
  }
}

/* Whether the file as it is has BYTES at OFFSET. */
static gboolean old_has(const FileStream *stream, const char *bytes, gsize length, gsize offset)
{
  g_autofree char *old = g_malloc(length);
  return file_stream_read_old(stream, offset, old, length) == length &&
         memcmp(old, bytes, length) == 0;
}

static void stream_flush(FileStream *stream)
{
  gsize length = stream->buffer->len, offset = stream->length - length;
  if (length == 0)
    return;
  stream->same = stream->same && old_has(stream, stream->buffer->str, length, offset);
  stream_put(stream, stream->buffer->str, length, offset);
  g_string_truncate(stream->buffer, 0);
}

void file_stream_write(FileStream *stream, const void *bytes, gsize length)
{
  g_string_append_len(stream->buffer, bytes, (gssize)length);
  stream->length += length;
  if (stream->buffer->len >= STREAM_BUFFER)
    stream_flush(stream);
}

void file_stream_keep(FileStream *stream, gsize offset, gsize length)
{
  g_assert(offset <= stream->old_length && length <= stream->old_length - offset);
  stream_flush(stream);
  StreamKept kept = {offset, stream->length, length};
  stream->same = stream->same && kept.from == kept.to;
  if (length > 0)
    g_array_append_val(stream->kept, kept);
  stream->length += length;
}

/* One portion of KEPT; 0: not this way. */
static gsize copy_in_kernel(FileStream *stream, const StreamKept *kept)
{
  off_t from = (off_t)kept->from, to = (off_t)kept->to;
  ssize_t copied = copy_file_range(stream->old, &from, stream->fd, &to, kept->length, 0);
  return copied > 0 ? (gsize)copied : 0;
}

static gsize copy_by_hand(FileStream *stream, const StreamKept *kept)
{
  g_autofree char *bytes = g_malloc(STREAM_BUFFER);
  gsize got =
      file_stream_read_old(stream, kept->from, bytes, MIN(kept->length, (gsize)STREAM_BUFFER));
  if (got == 0)
    stream_fail(stream, EIO);
  stream_put(stream, bytes, got, kept->to);
  return got;
}

static void stream_copy(FileStream *stream, StreamKept kept)
{
  while (kept.length > 0 && stream->failed == 0) {
    gsize copied = copy_in_kernel(stream, &kept);
    if (copied == 0)
      copied = copy_by_hand(stream, &kept);
    kept.from += copied;
    kept.to += copied;
    kept.length -= copied;
  }
}

/* What stays is copied at last, when it is known to be needed. Its blocks are asked for at once,
 * since a file system that has to find them at the rename takes longer for it than for the
 * copy; one that can't give them so gives them later. */
static void stream_complete(FileStream *stream)
{
  if (stream->kept->len > 0 && fallocate(stream->fd, 0, 0, (off_t)stream->length) != 0 &&
      errno == ENOSPC)
    stream_fail(stream, errno);
  for (guint i = 0; i < stream->kept->len; i++)
    stream_copy(stream, g_array_index(stream->kept, StreamKept, i));
}

gboolean file_stream_replace(FileStream *stream, gboolean *ret_written, GError **error)
{
  if (!file_step())
    return error_set_errno(error, errno, "%s: cannot write", stream->path);
  stream_flush(stream);
  gboolean same = stream->same && stream->old >= 0 && stream->length == stream->old_length;
  if (!same)
    stream_complete(stream);
  if (stream->failed != 0)
    return error_set_errno(error, stream->failed, "%s: cannot write", stream->path);
  if (!same) {
    if (!file_rename(stream->root, stream->temporary, stream->path, error))
      return FALSE;
    g_clear_pointer(&stream->temporary, g_free);
    stream_close_old(stream);
  }
  if (ret_written != NULL)
    *ret_written = !same;
  return TRUE;
}

void file_stream_free(FileStream *stream)
{
  if (stream == NULL)
    return;
  close(stream->fd);
  stream_close_old(stream);
  if (stream->temporary != NULL)
    unlinkat(stream->root, stream->temporary, 0);
  g_array_unref(stream->kept);
  g_string_free(stream->buffer, TRUE);
  g_free(stream->temporary);
  g_free(stream->path);
  g_free(stream);
}

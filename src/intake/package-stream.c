#include "intake/package-private.h"

#include "request/fault.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum {
  BLOCK_BYTES = 65536,
  GZIP_WINDOW = 16 + MAX_WBITS, /* zlib: gzip, and nothing else */
  ZIP_END_BYTES = 22,           /* end of central directory, APPNOTE 4.3.16 */
  ZIP_COMMENT_MAX = 16384,      /* libarchive looks no further for it */
  ZIP64_LOCATOR_BYTES = 20,     /* APPNOTE 4.3.15 */
};

struct PackageStream {
  int fd;
  guint64 size;   /* of the file */
  guint64 offset; /* in it */
  guint8 block[BLOCK_BYTES];
  gboolean gzip;
  z_stream inflater;
  gboolean ended; /* the gzip stream is at its end */
  guint64 limit, unpacked;
  guint8 output[BLOCK_BYTES];
};

static gboolean refuse(GPtrArray *faults, const char *text)
{
  fault_add(faults, "package-format", 0, NULL, "%s", text);
  return FALSE;
}

gboolean package_refuse_without_document(GPtrArray *faults)
{
  fault_add(faults, "package-content", 0, NULL,
            "the package holds no XML document; put one whose name ends with .xml at its top");
  return FALSE;
}

static PackageStream *stream_new(int fd, GPtrArray *faults)
{
  off_t size = lseek(fd, 0, SEEK_END);
  if (size < 0) {
    refuse(faults, "the package cannot be read; send it again");
    return NULL;
  }
  PackageStream *stream = g_new0(PackageStream, 1);
  stream->fd = fd;
  stream->size = (guint64)size;
  return stream;
}

void package_stream_free(PackageStream *stream)
{
  if (stream == NULL)
    return;
  if (stream->gzip)
    inflateEnd(&stream->inflater);
  OPENSSL_cleanse(stream, sizeof *stream);
  g_free(stream);
}

/* ---- The file as it is ------------------------------------------------------------ */

static ssize_t read_block(PackageStream *stream)
{
  ssize_t got;
  do
    got = pread(stream->fd, stream->block, sizeof stream->block, (off_t)stream->offset);
  while (got < 0 && errno == EINTR);
  if (got > 0)
    stream->offset += (guint64)got;
  return got;
}

static la_ssize_t read_file(struct archive *reader, void *data, const void **ret_block)
{
  PackageStream *stream = data;
  *ret_block = stream->block;
  ssize_t got = read_block(stream);
  if (got < 0)
    archive_set_error(reader, errno, "the file cannot be read");
  return got;
}

static la_int64_t seek_file(struct archive *reader G_GNUC_UNUSED, void *data, la_int64_t offset,
                            int whence)
{
  PackageStream *stream = data;
  gint64 base =
      whence == SEEK_SET ? 0 : (gint64)(whence == SEEK_CUR ? stream->offset : stream->size);
  if (offset > 0 ? base > G_MAXINT64 - offset : base + offset < 0)
    return ARCHIVE_FATAL;
  stream->offset = (guint64)(base + offset);
  return (la_int64_t)stream->offset;
}

/* ---- What is in a gzip ------------------------------------------------------------- */

/* One step; FALSE if there is no further one, because of damage. */
static gboolean inflate_step(PackageStream *stream)
{
  if (stream->inflater.avail_in == 0) {
    ssize_t got = read_block(stream);
    if (got <= 0)
      return FALSE;
    stream->inflater.next_in = stream->block;
    stream->inflater.avail_in = (guint)got;
  }
  int status = inflate(&stream->inflater, Z_NO_FLUSH);
  stream->ended = status == Z_STREAM_END;
  return status == Z_OK || status == Z_STREAM_END;
}

/* Fills OUTPUT as far as there is more; returns how much, or -1 once nothing came
 * before the damage. The check sum and length at the end of the stream are
 * zlib's to compare (RFC 1952). */
static la_ssize_t inflate_block(PackageStream *stream)
{
  stream->inflater.next_out = stream->output;
  stream->inflater.avail_out = sizeof stream->output;
  gboolean damaged = FALSE;
  while (!damaged && !stream->ended && stream->inflater.avail_out > 0)
    damaged = !inflate_step(stream);
  gsize unpacked = sizeof stream->output - stream->inflater.avail_out;
  stream->unpacked += unpacked;
  if (stream->unpacked > stream->limit || (damaged && unpacked == 0))
    return -1;
  return (la_ssize_t)unpacked;
}

static la_ssize_t read_gzip(struct archive *reader, void *data, const void **ret_block)
{
  PackageStream *stream = data;
  *ret_block = stream->output;
  la_ssize_t unpacked = inflate_block(stream);
  if (unpacked < 0)
    archive_set_error(reader, EILSEQ, "its gzip is damaged or cut off");
  return unpacked;
}

/* ---- What stands at the end --------------------------------------------------------- */

static guint32 read_little_endian(const guint8 *at, guint bytes)
{
  guint32 value = 0;
  for (guint i = bytes; i > 0; i--)
    value = value << 8 | at[i - 1];
  return value;
}

/* The last record of a zip ends with a comment that reaches to the end of the
 * file, and its directory of contents stands right before it: so there is nothing
 * in front of the archive, between its parts or behind it. */
static gboolean check_zip_end(PackageStream *stream, GPtrArray *faults)
{
  guint8 tail[ZIP_END_BYTES + ZIP_COMMENT_MAX];
  gsize length = MIN(stream->size, sizeof tail);
  guint64 begin = stream->size - length;
  if (length < ZIP_END_BYTES || pread(stream->fd, tail, length, (off_t)begin) != (ssize_t)length)
    return refuse(faults, "the zip is cut off; send it again");
  gsize at = length - ZIP_END_BYTES;
  while (at > 0 && memcmp(tail + at, "PK\5\6", 4) != 0)
    at--;
  const guint8 *end = tail + at;
  if (memcmp(end, "PK\5\6", 4) != 0)
    return refuse(faults, "the zip is cut off, or followed by other data; send it again");
  if (at + ZIP_END_BYTES + read_little_endian(end + 20, 2) != length)
    return refuse(faults, "the zip is followed by other data; pack the files again");
  if (read_little_endian(end + 4, 2) != 0 || read_little_endian(end + 6, 2) != 0)
    return refuse(faults, "the zip is split into several files; pack it into one");
  if (read_little_endian(end + 10, 2) == 0) /* libarchive takes no zip without files */
    return package_refuse_without_document(faults);
  guint64 directory_end =
      (guint64)read_little_endian(end + 12, 4) + read_little_endian(end + 16, 4);
  gboolean zip64 = at >= ZIP64_LOCATOR_BYTES && memcmp(end - ZIP64_LOCATOR_BYTES, "PK\6\7", 4) == 0;
  if (!zip64 && directory_end != begin + at)
    return refuse(faults, "the zip has other data in front of its files or between them; pack the "
                          "files again");
  return TRUE;
}

/* Behind a tar's end stand zeros, and no second gzip. */
static gboolean check_gzip_end(PackageStream *stream, GPtrArray *faults)
{
  while (!stream->ended) {
    la_ssize_t unpacked = inflate_block(stream);
    if (unpacked < 0)
      return refuse(faults, "the tar.gz is damaged or cut off; send it again");
    for (la_ssize_t i = 0; i < unpacked; i++)
      if (stream->output[i] != 0)
        return refuse(faults,
                      "the tar in the tar.gz is followed by other data; pack the files again");
  }
  if (stream->inflater.avail_in > 0 || stream->offset < stream->size)
    return refuse(faults, "the tar.gz is followed by other data; pack the files again");
  return TRUE;
}

gboolean package_stream_finish(PackageStream *stream, GPtrArray *faults)
{
  return !stream->gzip || check_gzip_end(stream, faults);
}

gboolean package_stream_is_over_limit(const PackageStream *stream)
{
  return stream->gzip && stream->unpacked > stream->limit;
}

/* ---- Opening -------------------------------------------------------------------------- */

static gboolean open_zip(PackageStream *stream, gboolean damaged, struct archive *reader,
                         GPtrArray *faults)
{
  if (!damaged && !check_zip_end(stream, faults))
    return FALSE;
  if (archive_read_support_format_zip_seekable(reader) != ARCHIVE_OK ||
      (damaged && archive_read_support_format_zip_streamable(reader) != ARCHIVE_OK) ||
      archive_read_set_read_callback(reader, read_file) != ARCHIVE_OK ||
      archive_read_set_seek_callback(reader, seek_file) != ARCHIVE_OK ||
      archive_read_set_callback_data(reader, stream) != ARCHIVE_OK ||
      archive_read_open1(reader) != ARCHIVE_OK)
    return refuse(faults, "the zip is damaged; send it again");
  return TRUE;
}

static gboolean open_gzip(PackageStream *stream, guint64 limit, struct archive *reader,
                          GPtrArray *faults)
{
  stream->gzip = TRUE;
  stream->limit = limit;
  g_assert(inflateInit2(&stream->inflater, GZIP_WINDOW) == Z_OK);
  if (archive_read_support_format_tar(reader) != ARCHIVE_OK ||
      archive_read_set_option(reader, "tar", "read_concatenated_archives", "1") != ARCHIVE_OK ||
      archive_read_set_read_callback(reader, read_gzip) != ARCHIVE_OK ||
      archive_read_set_callback_data(reader, stream) != ARCHIVE_OK ||
      archive_read_open1(reader) != ARCHIVE_OK)
    return refuse(faults, "this is no tar.gz: it is damaged, cut off, or a gzip of something else");
  return TRUE;
}

PackageStream *package_zip_open(int fd, gboolean damaged, struct archive *reader, GPtrArray *faults)
{
  PackageStream *stream = stream_new(fd, faults);
  if (stream != NULL && !open_zip(stream, damaged, reader, faults))
    g_clear_pointer(&stream, package_stream_free);
  return stream;
}

PackageStream *package_gzip_open(int fd, guint64 limit, struct archive *reader, GPtrArray *faults)
{
  PackageStream *stream = stream_new(fd, faults);
  if (stream != NULL && !open_gzip(stream, limit, reader, faults))
    g_clear_pointer(&stream, package_stream_free);
  return stream;
}

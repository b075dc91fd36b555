/* What the tests of packages share: archives made in memory, and read. */
#ifndef CERTDROP_TESTS_INTAKE_PACKAGE_TEST_H
#define CERTDROP_TESTS_INTAKE_PACKAGE_TEST_H

#include "intake/package.h"
#include "request/fault.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

/* ---- Making archives ------------------------------------------------------------- */

typedef enum { ZIP = 1, TAR_GZ } Form;

typedef struct {
  struct archive *writer;
  GByteArray *bytes;
} Maker;

static inline la_ssize_t append_block(struct archive *writer G_GNUC_UNUSED, void *data,
                                      const void *block, size_t length)
{
  g_byte_array_append(data, block, (guint)length);
  return (la_ssize_t)length;
}

static inline Maker begin(Form form)
{
  Maker maker = {archive_write_new(), g_byte_array_new()};
  if (form == ZIP) {
    g_assert_cmpint(archive_write_set_format_zip(maker.writer), ==, ARCHIVE_OK);
  } else {
    g_assert_cmpint(archive_write_set_format_pax_restricted(maker.writer), ==, ARCHIVE_OK);
    g_assert_cmpint(archive_write_add_filter_gzip(maker.writer), ==, ARCHIVE_OK);
  }
  archive_write_set_bytes_in_last_block(maker.writer, 1);
  return maker;
}

static inline void open_maker(Maker *maker)
{
  g_assert_cmpint(archive_write_open(maker->writer, maker->bytes, NULL, append_block, NULL), ==,
                  ARCHIVE_OK);
}

static inline void add_typed(Maker *maker, const char *name, guint type, const char *link,
                             const void *bytes, gsize length)
{
  struct archive_entry *entry = archive_entry_new();
  archive_entry_set_pathname(entry, name);
  archive_entry_set_filetype(entry, type);
  archive_entry_set_perm(entry, 0644);
  archive_entry_set_mtime(entry, 1700000000, 0);
  if (type == AE_IFLNK)
    archive_entry_set_symlink(entry, link);
  else if (link != NULL)
    archive_entry_set_hardlink(entry, link);
  archive_entry_set_size(entry, (gint64)length);
  g_assert_cmpint(archive_write_header(maker->writer, entry), ==, ARCHIVE_OK);
  if (length > 0)
    g_assert_cmpint(archive_write_data(maker->writer, bytes, length), ==, (la_ssize_t)length);
  archive_entry_free(entry);
}

static inline void add(Maker *maker, const char *name, const char *text)
{
  add_typed(maker, name, AE_IFREG, NULL, text, strlen(text));
}

static inline GByteArray *end(Maker *maker)
{
  g_assert_cmpint(archive_write_close(maker->writer), ==, ARCHIVE_OK);
  archive_write_free(maker->writer);
  return maker->bytes;
}

/* An archive of files, name and text in turn, up to NULL. */
static inline GByteArray *make(Form form, ...) G_GNUC_NULL_TERMINATED;

static inline GByteArray *make(Form form, ...)
{
  Maker maker = begin(form);
  open_maker(&maker);
  va_list arguments;
  va_start(arguments, form);
  for (const char *name; (name = va_arg(arguments, const char *)) != NULL;)
    add(&maker, name, va_arg(arguments, const char *));
  va_end(arguments);
  return end(&maker);
}

static inline GByteArray *gzip(const void *bytes, gsize length)
{
  z_stream packer = {0};
  g_assert_cmpint(deflateInit2(&packer, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY), ==,
                  Z_OK);
  GByteArray *packed = g_byte_array_new();
  g_byte_array_set_size(packed, (guint)deflateBound(&packer, length));
  packer.next_in = (guint8 *)bytes;
  packer.avail_in = (guint)length;
  packer.next_out = packed->data;
  packer.avail_out = packed->len;
  g_assert_cmpint(deflate(&packer, Z_FINISH), ==, Z_STREAM_END);
  g_byte_array_set_size(packed, (guint)packer.total_out);
  deflateEnd(&packer);
  return packed;
}

/* ---- Reading them ------------------------------------------------------------------ */

static inline int open_bytes(const GByteArray *bytes)
{
  int fd = memfd_create("package", MFD_CLOEXEC);
  g_assert_cmpint(write(fd, bytes->data, bytes->len), ==, (gssize)bytes->len);
  return fd;
}

static inline Package *read_bytes(const GByteArray *bytes, const PackageLimits *limits,
                                  GPtrArray *faults)
{
  int fd = open_bytes(bytes);
  Package *package = package_read(fd, limits, faults);
  close(fd);
  return package;
}

static inline Package *read_well(const GByteArray *bytes)
{
  g_autoptr(GPtrArray) faults = fault_array_new();
  Package *package = read_bytes(bytes, &package_default_limits, faults);
  if (package == NULL)
    g_error("%s", ((Fault *)faults->pdata[0])->text);
  g_assert_cmpuint(faults->len, ==, 0);
  return package;
}

static inline void assert_refused_within(const GByteArray *bytes, const PackageLimits *limits,
                                         const char *code, const char *says)
{
  g_autoptr(GPtrArray) faults = fault_array_new();
  g_autoptr(Package) package = read_bytes(bytes, limits, faults);
  g_assert_null(package);
  g_assert_cmpuint(faults->len, >, 0);
  const Fault *fault = faults->pdata[0];
  g_assert_cmpstr(fault->code, ==, code);
  g_assert_true(g_utf8_validate(fault->text, -1, NULL));
  if (strstr(fault->text, says) == NULL)
    g_error("\"%s\" does not say \"%s\"", fault->text, says);
}

static inline void assert_refused(const GByteArray *bytes, const char *code, const char *says)
{
  assert_refused_within(bytes, &package_default_limits, code, says);
}

static inline void assert_member(const Package *package, const char *name, const char *text)
{
  const PackageMember *member = package_find_member(package, name);
  g_assert_nonnull(member);
  g_assert_cmpmem(member->bytes, member->length, text, strlen(text));
}

#endif

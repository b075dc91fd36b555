#include "intake/package-private.h"

#include "request/fault.h"
#include "request/names.h"

#include <archive_entry.h>
#include <openssl/crypto.h>
#include <string.h>
#include <unistd.h>

enum {
  FIRST_BYTES = 65536,
  TAR_EXTRA_BYTES = 1 << 20, /* headers and padding, beside the files themselves */
};

typedef struct archive ArchiveReader;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ArchiveReader, archive_read_free)

typedef struct {
  struct archive *reader;
  PackageStream *stream;
  const PackageLimits *limits;
  GPtrArray *faults;
  Package *package;
  guint entries, members;
  gsize total;
} Reading;

/* ---- Faults that end the reading ----------------------------------------------------- */

static gboolean refuse_limit(Reading *reading, const char *format, ...) G_GNUC_PRINTF(2, 3);

static gboolean refuse_limit(Reading *reading, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  fault_add(reading->faults, "package-limits", 0, NULL, "%s", text);
  return FALSE;
}

static gboolean refuse_total(Reading *reading)
{
  return refuse_limit(reading,
                      "the package unpacks to more than %" G_GSIZE_FORMAT
                      " bytes; make the files smaller, or send several packages",
                      reading->limits->total_bytes);
}

static gboolean refuse_size(Reading *reading, const char *name, gsize limit)
{
  return refuse_limit(
      reading, "\"%s\" in the package has more than %" G_GSIZE_FORMAT " bytes; make it smaller",
      name, limit);
}

/* What libarchive stumbled over. Its own words may hold names of members. */
static gboolean refuse_damage(Reading *reading)
{
  if (package_stream_is_over_limit(reading->stream))
    return refuse_total(reading);
  const char *words = archive_error_string(reading->reader);
  g_autofree char *shown = names_quote(words != NULL ? words : "no reason given");
  fault_add(reading->faults, "package-format", 0, NULL,
            "the package is damaged or cut off (%s); pack the files again and send it again",
            shown);
  return FALSE;
}

/* ---- One member ------------------------------------------------------------------------- */

/* Reads until there is no more or LIMIT is passed; what is declared only says how
 * much room to begin with. Every copy that is given up is wiped. */
static gboolean read_bytes(Reading *reading, gsize limit, guint8 **ret_bytes, gsize *ret_length)
{
  gsize room = FIRST_BYTES;
  gsize length = 0;
  guint8 *bytes = OPENSSL_malloc(room);
  la_ssize_t got = 0;
  do {
    if (length == room) {
      bytes = OPENSSL_clear_realloc(bytes, room, room * 2);
      room *= 2;
    }
    g_assert(bytes != NULL);
    got = archive_read_data(reading->reader, bytes + length, MIN(room, limit + 1) - length);
    length += (gsize)MAX(got, 0);
  } while (got > 0 && length <= limit);
  if (got < 0) {
    OPENSSL_clear_free(bytes, room);
    return FALSE;
  }
  *ret_bytes = OPENSSL_clear_realloc(bytes, room, MAX(length, 1));
  *ret_length = length;
  return TRUE;
}

static const PackageMember *find_same_name(const Reading *reading, const char *name)
{
  const Package *package = reading->package;
  if (package->document != NULL && g_ascii_strcasecmp(package->document->name, name) == 0)
    return package->document;
  for (guint i = 0; i < package->members->len; i++) {
    const PackageMember *member = package->members->pdata[i];
    if (g_ascii_strcasecmp(member->name, name) == 0)
      return member;
  }
  return NULL;
}

/* Keeps MEMBER, unless there is one of its kind too many. */
static void keep_member(Reading *reading, PackageMember *member)
{
  Package *package = reading->package;
  const PackageMember *same = find_same_name(reading, member->name);
  if (same != NULL) {
    fault_add(reading->faults, "package-name", 0, NULL,
              "the package holds both \"%s\" and \"%s\"; give each file a name of its own",
              same->name, member->name);
  } else if (!package_name_is_document(member->name)) {
    g_ptr_array_add(package->members, member);
    return;
  } else if (package->document != NULL) {
    fault_add(
        reading->faults, "package-content", 0, NULL,
        "the package holds two XML documents, \"%s\" and \"%s\"; send each in a package of its "
        "own, or as a batch in one document",
        package->document->name, member->name);
  } else {
    package->document = member;
    return;
  }
  package_member_free(member);
}

static gboolean read_member(Reading *reading, const char *name)
{
  gsize limit = package_name_is_document(name) ? reading->limits->document_bytes
                                               : reading->limits->member_bytes;
  if (++reading->members > reading->limits->members)
    return refuse_limit(reading, "the package holds more than %u files; send several packages",
                        reading->limits->members);
  guint8 *bytes = NULL;
  gsize length = 0;
  if (!read_bytes(reading, limit, &bytes, &length))
    return refuse_damage(reading);
  g_autoptr(PackageMember) member = package_member_new(name, bytes, length);
  if (length > limit)
    return refuse_size(reading, name, limit);
  reading->total += length;
  if (reading->total > reading->limits->total_bytes)
    return refuse_total(reading);
  keep_member(reading, g_steal_pointer(&member));
  return TRUE;
}

/* Everything but plain files and folders; those have no name that matters. */
static gboolean check_type(Reading *reading, struct archive_entry *entry)
{
  static const struct {
    guint type;
    const char *what;
  } types[] = {{AE_IFLNK, "a link"},
               {AE_IFCHR, "a device"},
               {AE_IFBLK, "a device"},
               {AE_IFIFO, "a named pipe"},
               {AE_IFSOCK, "a socket"}};
  guint type = archive_entry_filetype(entry);
  const char *what = archive_entry_hardlink(entry) != NULL ? "a link" : NULL;
  for (guint i = 0; i < G_N_ELEMENTS(types); i++)
    if (types[i].type == type)
      what = types[i].what;
  if (what == NULL && type == AE_IFREG)
    return TRUE;
  const char *name = archive_entry_pathname(entry);
  g_autofree char *shown = names_quote(name != NULL ? name : "?");
  fault_add(reading->faults, "package-content", 0, NULL,
            "\"%s\" in the package is %s and no file; put the file itself there", shown,
            what != NULL ? what : "of an unknown type");
  return FALSE;
}

/* Only these two methods: whatever else libarchive could unpack. */
static gboolean check_method(Reading *reading)
{
  const char *format = archive_format_name(reading->reader);
  if (archive_format(reading->reader) != ARCHIVE_FORMAT_ZIP || format == NULL ||
      g_str_has_suffix(format, "(uncompressed)") || g_str_has_suffix(format, "(deflation)"))
    return TRUE;
  fault_add(reading->faults, "package-format", 0, NULL,
            "the zip is compressed in an uncommon way; pack it with the method \"deflate\"");
  return FALSE;
}

/* FALSE: no use to read on. */
static gboolean read_entry(Reading *reading, struct archive_entry *entry)
{
  if (++reading->entries > reading->limits->entries)
    return refuse_limit(reading, "the package has more than %u entries; pack only the files needed",
                        reading->limits->entries);
  if (archive_entry_is_encrypted(entry)) {
    fault_add(reading->faults, "package-format", 0, NULL,
              "the package is encrypted; pack the files without a password");
    return FALSE;
  }
  if (archive_entry_filetype(entry) == AE_IFDIR)
    return TRUE;
  const char *name = NULL;
  PackageNameVerdict verdict =
      package_check_name(archive_entry_pathname(entry), reading->faults, &name);
  if (verdict != PACKAGE_NAME_TAKEN || !check_type(reading, entry))
    return TRUE;
  return check_method(reading) && read_member(reading, name);
}

/* ---- What is left of a refused package ---------------------------------------------------- */

/* Keeps whatever is a file, under a name of our own where its own cannot be. */
static gboolean read_remains_entry(Reading *reading, struct archive_entry *entry)
{
  if (++reading->entries > reading->limits->entries)
    return FALSE;
  if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_is_encrypted(entry) ||
      !check_method(reading))
    return TRUE;
  guint8 *bytes = NULL;
  gsize length = 0;
  if (!read_bytes(reading, reading->limits->document_bytes, &bytes, &length))
    return FALSE;
  reading->total += length;
  const char *name = NULL;
  g_autofree char *own_name = g_strdup_printf("file-%u", reading->entries);
  if (package_check_name(archive_entry_pathname(entry), reading->faults, &name) !=
          PACKAGE_NAME_TAKEN ||
      find_same_name(reading, name) != NULL)
    name = own_name;
  g_ptr_array_add(reading->package->members, package_member_new(name, bytes, length));
  return reading->total <= reading->limits->total_bytes;
}

/* ---- The whole --------------------------------------------------------------------------- */

typedef gboolean (*ReadEntry)(Reading *reading, struct archive_entry *entry);

static gboolean read_entries(Reading *reading, ReadEntry read)
{
  for (;;) {
    struct archive_entry *entry = NULL;
    int status = archive_read_next_header(reading->reader, &entry);
    if (status == ARCHIVE_EOF)
      return package_stream_finish(reading->stream, reading->faults);
    if (status < ARCHIVE_WARN || status == ARCHIVE_RETRY)
      return refuse_damage(reading);
    if (!read(reading, entry))
      return FALSE;
  }
}

static PackageStream *open_stream(int fd, const PackageLimits *limits, gboolean remains,
                                  struct archive *reader, GPtrArray *faults)
{
  guint8 begin[4];
  ssize_t got = pread(fd, begin, sizeof begin, 0);
  PackageKind kind = package_kind_from_bytes(begin, (gsize)MAX(got, 0));
  if (kind == PACKAGE_KIND_ZIP)
    return package_zip_open(fd, remains, reader, faults);
  if (kind == PACKAGE_KIND_GZIP)
    return package_gzip_open(fd, limits->total_bytes + TAR_EXTRA_BYTES, reader, faults);
  fault_add(faults, "package-format", 0, NULL, "this is neither a zip nor a tar.gz");
  return NULL;
}

static Package *package_new(void)
{
  Package *package = g_new0(Package, 1);
  package->members = g_ptr_array_new_with_free_func((GDestroyNotify)package_member_free);
  return package;
}

Package *package_read(int fd, const PackageLimits *limits, GPtrArray *faults)
{
  guint faults_before = faults->len;
  g_autoptr(ArchiveReader) reader = archive_read_new();
  g_assert(reader != NULL);
  g_autoptr(PackageStream) stream = open_stream(fd, limits, FALSE, reader, faults);
  if (stream == NULL)
    return NULL;
  g_autoptr(Package) package = package_new();
  Reading reading = {reader, stream, limits, faults, package, 0, 0, 0};
  if (!read_entries(&reading, read_entry) || faults->len > faults_before)
    return NULL;
  if (package->document == NULL) {
    package_refuse_without_document(faults);
    return NULL;
  }
  return g_steal_pointer(&package);
}

Package *package_read_remains(int fd, const PackageLimits *limits)
{
  g_autoptr(GPtrArray) faults = fault_array_new();
  g_autoptr(ArchiveReader) reader = archive_read_new();
  g_assert(reader != NULL);
  Package *package = package_new();
  g_autoptr(PackageStream) stream = open_stream(fd, limits, TRUE, reader, faults);
  Reading reading = {reader, stream, limits, faults, package, 0, 0, 0};
  if (stream != NULL)
    read_entries(&reading, read_remains_entry);
  return package;
}

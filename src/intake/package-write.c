#include "intake/package.h"

#include "base/error.h"
#include "intake/image.h"
#include "intake/secrets.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

static const char removed_text[] =
    "This file held a private key, or could have. It was not kept.\n";

static gboolean has_key_name(const char *name)
{
  static const char *const extensions[] = {".p12", ".pfx", ".jks", ".keystore"};
  g_autofree char *lower = g_ascii_strdown(name, -1);
  for (guint i = 0; i < G_N_ELEMENTS(extensions); i++)
    if (g_str_has_suffix(lower, extensions[i]))
      return TRUE;
  return FALSE;
}

/* Passes over the head of a DER element with TAG; NULL if another stands at AT. */
static const guint8 *enter_der(const guint8 *at, const guint8 *end, guint8 tag)
{
  if (end - at < 2 || at[0] != tag)
    return NULL;
  guint length_bytes = (at[1] & 0x80) != 0 ? at[1] & 0x7f : 0;
  return length_bytes > 4 || end - at < 2 + (gssize)length_bytes ? NULL : at + 2 + length_bytes;
}

/* Files with keys begin with a SEQUENCE and a version in it (PKCS#12, PKCS#8,
 * PKCS#1, SEC 1), or are encrypted PKCS#8: an algorithm of PKCS#5 or PKCS#12. */
static gboolean is_der_key(const guint8 *bytes, gsize length)
{
  static const guint8 password_based[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01};
  const guint8 *end = bytes + length;
  const guint8 *first = enter_der(bytes, end, 0x30);
  if (first == NULL)
    return FALSE;
  const guint8 *version = enter_der(first, end, 0x02);
  if (version != NULL)
    return first[1] == 1; /* byte: those of keys are small numbers */
  const guint8 *algorithm = enter_der(first, end, 0x30);
  const guint8 *oid = algorithm != NULL ? enter_der(algorithm, end, 0x06) : NULL;
  return oid != NULL && end - oid > (gssize)sizeof password_based + 1 &&
         memcmp(oid, password_based, sizeof password_based) == 0 &&
         (oid[sizeof password_based] == 5 || oid[sizeof password_based] == 12);
}

static gboolean is_java_key_store(const guint8 *bytes, gsize length)
{
  return length >= 4 &&
         (memcmp(bytes, "\xfe\xed\xfe\xed", 4) == 0 || memcmp(bytes, "\xce\xce\xce\xce", 4) == 0);
}

static gboolean is_key_file(const PackageMember *member, const char *const *key_files)
{
  return has_key_name(member->name) || is_der_key(member->bytes, member->length) ||
         is_java_key_store(member->bytes, member->length) ||
         (key_files != NULL && g_strv_contains(key_files, member->name));
}

/* MEMBER as it may be kept. */
static GByteArray *blank_member(const PackageMember *member, const char *const *key_files,
                                gboolean *ret_found)
{
  if (is_key_file(member, key_files)) {
    *ret_found = TRUE;
    GByteArray *removed = g_byte_array_new();
    return g_byte_array_append(removed, (const guint8 *)removed_text, strlen(removed_text));
  }
  if (image_kind_from_bytes(member->bytes, member->length) == 0)
    return secrets_blank(member->bytes, member->length, ret_found);
  *ret_found = FALSE;
  GByteArray *image = g_byte_array_sized_new((guint)member->length);
  return g_byte_array_append(image, member->bytes, (guint)member->length);
}

gboolean package_member_is_secret(const PackageMember *member)
{
  gboolean found = FALSE;
  g_byte_array_unref(blank_member(member, NULL, &found));
  return found;
}

/* ---- Writing --------------------------------------------------------------------------- */

typedef struct archive ArchiveWriter;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ArchiveWriter, archive_write_free)
typedef struct archive_entry ArchiveEntry;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ArchiveEntry, archive_entry_free)

static la_ssize_t append_block(struct archive *writer G_GNUC_UNUSED, void *data, const void *block,
                               size_t length)
{
  g_byte_array_append(data, block, (guint)length);
  return (la_ssize_t)length;
}

/* Without times, owners and the like: the same members give the same bytes. */
static gboolean write_member(struct archive *writer, const PackageMember *member,
                             const char *const *key_files, gboolean *found)
{
  gboolean member_found = FALSE;
  g_autoptr(GByteArray) bytes = blank_member(member, key_files, &member_found);
  *found |= member_found;
  g_autoptr(ArchiveEntry) entry = archive_entry_new();
  archive_entry_set_pathname(entry, member->name);
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_perm(entry, 0600);
  archive_entry_set_size(entry, bytes->len);
  return archive_write_header(writer, entry) == ARCHIVE_OK &&
         archive_write_data(writer, bytes->data, bytes->len) == (la_ssize_t)bytes->len;
}

static gboolean write_members(struct archive *writer, const Package *package,
                              const char *const *key_files, gboolean *found)
{
  if (package->document != NULL && !write_member(writer, package->document, key_files, found))
    return FALSE;
  for (guint i = 0; i < package->members->len; i++)
    if (!write_member(writer, package->members->pdata[i], key_files, found))
      return FALSE;
  return archive_write_close(writer) == ARCHIVE_OK;
}

GByteArray *package_write_blanked(const Package *package, const char *const *key_files,
                                  gboolean *ret_found, GError **error)
{
  gboolean found = FALSE;
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  g_autoptr(ArchiveWriter) writer = archive_write_new();
  g_assert(writer != NULL);
  if (archive_write_set_format_zip(writer) != ARCHIVE_OK ||
      archive_write_zip_set_compression_store(writer) != ARCHIVE_OK ||
      archive_write_set_bytes_in_last_block(writer, 1) != ARCHIVE_OK ||
      archive_write_open(writer, bytes, NULL, append_block, NULL) != ARCHIVE_OK ||
      !write_members(writer, package, key_files, &found)) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_IO, "cannot pack the files again: %s",
                archive_error_string(writer));
    return NULL;
  }
  if (ret_found != NULL)
    *ret_found = found;
  return g_steal_pointer(&bytes);
}

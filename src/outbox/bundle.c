#include "base/error.h"
#include "outbox/outbox-private.h"

#include <archive.h>
#include <archive_entry.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/stat.h>

typedef struct archive BundleZip;
typedef struct archive_entry BundleEntry;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BundleZip, archive_write_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BundleEntry, archive_entry_free)

const OutboxFormat *const outbox_formats[] = {
    [REQUEST_FORMAT_PEM] = &outbox_format_pem,
    [REQUEST_FORMAT_NGINX] = &outbox_format_nginx,
    [REQUEST_FORMAT_APACHE] = &outbox_format_apache,
    [REQUEST_FORMAT_TOMCAT] = &outbox_format_tomcat,
    [REQUEST_FORMAT_IIS] = &outbox_format_iis,
    [REQUEST_FORMAT_HAPROXY] = &outbox_format_haproxy,
    [REQUEST_FORMAT_JKS] = &outbox_format_jks,
};
G_STATIC_ASSERT(G_N_ELEMENTS(outbox_formats) == REQUEST_FORMAT_N);

#define BUNDLE_README "README.md"

/* What a ZIP takes for a member beside its content and twice its name: 30 and
 * 46 bytes of headers, 24 behind the content, extra fields of 28 and 24. */
#define BUNDLE_MEMBER_OVERHEAD 192
#define BUNDLE_END_OVERHEAD 128

typedef struct {
  const void *data;
  gsize length;
} BundlePiece;

static BundlePiece bundle_piece(const OutboxBundle *bundle, OutboxPiece piece)
{
  switch (piece) {
  case OUTBOX_PIECE_CERTIFICATE:
    return (BundlePiece){bundle->certificate_pem, strlen(bundle->certificate_pem)};
  case OUTBOX_PIECE_CHAIN:
    return (BundlePiece){bundle->chain_pem, strlen(bundle->chain_pem)};
  case OUTBOX_PIECE_KEY:
    return (BundlePiece){bundle->private_key->data, bundle->private_key->length};
  case OUTBOX_PIECE_KEYSTORE:
    return (BundlePiece){g_bytes_get_data(bundle->keystore, NULL),
                         g_bytes_get_size(bundle->keystore)};
  case OUTBOX_PIECE_PASSWORD:
    return (BundlePiece){bundle->password->data, bundle->password->length};
  case OUTBOX_PIECE_LINE_END:
    return (BundlePiece){"\n", 1};
  case OUTBOX_PIECE_N:
    break;
  }
  g_assert_not_reached();
}

gboolean outbox_member_is_secret(const OutboxMember *member)
{
  for (const OutboxPiece *piece = member->pieces; *piece != 0; piece++)
    if (*piece == OUTBOX_PIECE_KEY || *piece == OUTBOX_PIECE_KEYSTORE ||
        *piece == OUTBOX_PIECE_PASSWORD)
      return TRUE;
  return FALSE;
}

static gboolean member_is_chain(const OutboxMember *member)
{
  return member->pieces[0] == OUTBOX_PIECE_CHAIN && member->pieces[1] == 0;
}

OutboxShape outbox_bundle_shape(const OutboxBundle *bundle)
{
  return (OutboxShape){bundle->private_key != NULL, bundle->chain_pem[0] != '\0'};
}

gboolean outbox_bundle_has_member(OutboxShape shape, const OutboxMember *member)
{
  if (member->use == OUTBOX_MEMBER_BY_PIECES)
    return (shape.key || !outbox_member_is_secret(member)) &&
           (shape.chain || !member_is_chain(member));
  return (member->use == OUTBOX_MEMBER_WITHOUT_KEY) != shape.key;
}

static gboolean bundle_has_member(const OutboxBundle *bundle, const OutboxMember *member)
{
  return outbox_bundle_has_member(outbox_bundle_shape(bundle), member);
}

static gsize bundle_member_size(const OutboxBundle *bundle, const OutboxMember *member)
{
  gsize size = 0;
  for (const OutboxPiece *piece = member->pieces; *piece != 0; piece++)
    size += bundle_piece(bundle, *piece).length;
  return size;
}

/* At least the length of the whole archive. */
static gsize bundle_capacity(const OutboxBundle *bundle, const OutboxFormat *format,
                             gsize readme_size)
{
  gsize capacity = BUNDLE_END_OVERHEAD + BUNDLE_MEMBER_OVERHEAD + readme_size;
  for (const OutboxMember *member = format->members; member->name != NULL; member++)
    if (bundle_has_member(bundle, member))
      capacity += BUNDLE_MEMBER_OVERHEAD + bundle_member_size(bundle, member);
  return capacity;
}

/* A writer into ARCHIVE. It keeps no copy of what passes through it: without a
 * block size it has no buffer, and without compression the format has none. */
static BundleZip *bundle_open_zip(OutboxArchive *archive, size_t *used)
{
  BundleZip *zip = archive_write_new();
  if (zip == NULL || archive_write_set_format_zip(zip) != ARCHIVE_OK ||
      archive_write_zip_set_compression_store(zip) != ARCHIVE_OK ||
      archive_write_set_bytes_per_block(zip, 0) != ARCHIVE_OK ||
      archive_write_open_memory(zip, archive->data, archive->length, used) != ARCHIVE_OK) {
    archive_write_free(zip);
    return NULL;
  }
  return zip;
}

/* Begins a member. ZIP counts time in steps of two seconds. */
static gboolean bundle_begin_member(BundleZip *zip, BundleEntry *entry, const char *name,
                                    gsize size, gint64 time)
{
  archive_entry_clear(entry);
  archive_entry_set_pathname(entry, name);
  archive_entry_set_mode(entry, S_IFREG | 0600);
  archive_entry_set_size(entry, (la_int64_t)size);
  archive_entry_set_mtime(entry, (time_t)(time - time % 2), 0);
  return archive_write_header(zip, entry) == ARCHIVE_OK;
}

static gboolean bundle_write(BundleZip *zip, const void *data, gsize length)
{
  return archive_write_data(zip, data, length) == (la_ssize_t)length;
}

static gboolean bundle_write_member(BundleZip *zip, BundleEntry *entry, const OutboxBundle *bundle,
                                    const OutboxMember *member)
{
  gsize size = bundle_member_size(bundle, member);
  if (!bundle_begin_member(zip, entry, member->name, size, bundle->not_before))
    return FALSE;
  for (const OutboxPiece *part = member->pieces; *part != 0; part++) {
    BundlePiece piece = bundle_piece(bundle, *part);
    if (!bundle_write(zip, piece.data, piece.length))
      return FALSE;
  }
  return TRUE;
}

static gboolean bundle_write_members(BundleZip *zip, const OutboxBundle *bundle,
                                     const OutboxFormat *format, const char *readme)
{
  g_autoptr(BundleEntry) entry = archive_entry_new();
  for (const OutboxMember *member = format->members; member->name != NULL; member++)
    if (bundle_has_member(bundle, member) && !bundle_write_member(zip, entry, bundle, member))
      return FALSE;
  gsize size = strlen(readme);
  return bundle_begin_member(zip, entry, BUNDLE_README, size, bundle->not_before) &&
         bundle_write(zip, readme, size) && archive_write_close(zip) == ARCHIVE_OK;
}

static gboolean bundle_fill(OutboxArchive *archive, const OutboxBundle *bundle,
                            const OutboxFormat *format, const char *readme, GError **error)
{
  size_t used = 0;
  g_autoptr(BundleZip) zip = bundle_open_zip(archive, &used);
  if (zip == NULL || !bundle_write_members(zip, bundle, format, readme)) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_BUG, "%s: the archive was not written: %s",
                bundle->certificate, zip == NULL ? "out of memory" : archive_error_string(zip));
    return FALSE;
  }
  archive->length = used;
  return TRUE;
}

OutboxArchive *outbox_make_archive(const OutboxBundle *bundle, RequestFormat format, GError **error)
{
  g_assert(outbox_is_ready());
  g_assert(format > 0 && format < REQUEST_FORMAT_N);
  g_assert((bundle->keystore != NULL) == request_formats[format].keystore);
  const OutboxFormat *builder = outbox_formats[format];
  g_autofree char *readme = outbox_make_readme(bundle, format);
  OutboxArchive *archive = g_new0(OutboxArchive, 1);
  archive->length = bundle_capacity(bundle, builder, strlen(readme));
  archive->data = OPENSSL_zalloc(archive->length);
  g_assert(archive->data != NULL);
  if (!bundle_fill(archive, bundle, builder, readme, error)) {
    outbox_archive_free(archive);
    return NULL;
  }
  return archive;
}

OutboxArchive *outbox_archive_new(const void *bytes, gsize length)
{
  OutboxArchive *archive = g_new0(OutboxArchive, 1);
  archive->data = OPENSSL_memdup(bytes, length);
  archive->length = length;
  g_assert(archive->data != NULL);
  return archive;
}

void outbox_archive_free(OutboxArchive *archive)
{
  if (archive == NULL)
    return;
  OPENSSL_clear_free(archive->data, archive->length);
  g_free(archive);
}

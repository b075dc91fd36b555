#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "outbox/outbox-private.h"

#include <archive.h>
#include <archive_entry.h>
#include <json-glib/json-glib.h>
#include <string.h>

typedef struct archive ManifestZip;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ManifestZip, archive_read_free)

char *outbox_deployment_path(const char *product, const char *region, const char *certificate,
                             const char *extension)
{
  return g_strdup_printf(OUTBOX_DEPLOY "%s/%s/%s.%s", product,
                         *region != '\0' ? region : OUTBOX_NO_REGION, certificate, extension);
}

static void manifest_text(JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name(builder, name);
  if (text != NULL)
    json_builder_add_string_value(builder, text);
  else
    json_builder_add_null_value(builder);
}

static void manifest_time(JsonBuilder *builder, const char *name, gint64 time)
{
  g_autofree char *text = clock_format(time);
  manifest_text(builder, name, text);
}

static void manifest_names(JsonBuilder *builder, const char *const *names)
{
  json_builder_set_member_name(builder, "domains");
  json_builder_begin_array(builder);
  for (const char *const *name = names; *name != NULL; name++)
    json_builder_add_string_value(builder, *name);
  json_builder_end_array(builder);
}

/* The hash of the member that ZIP is at, whose bytes lie in one piece in the archive:
 * nothing of it is copied. */
static char *manifest_member_hash(ManifestZip *zip)
{
  g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
  const void *block = NULL;
  size_t length = 0;
  la_int64_t offset = 0;
  int got;
  while ((got = archive_read_data_block(zip, &block, &length, &offset)) == ARCHIVE_OK)
    g_checksum_update(checksum, block, (gssize)length);
  return got == ARCHIVE_EOF ? g_strdup(g_checksum_get_string(checksum)) : NULL;
}

static gboolean manifest_files(JsonBuilder *builder, const OutboxArchive *archive)
{
  g_autoptr(ManifestZip) zip = archive_read_new();
  struct archive_entry *entry = NULL;
  if (zip == NULL || archive_read_support_format_zip(zip) != ARCHIVE_OK ||
      archive_read_open_memory(zip, archive->data, archive->length) != ARCHIVE_OK)
    return FALSE;
  json_builder_set_member_name(builder, "files");
  json_builder_begin_array(builder);
  int got;
  while ((got = archive_read_next_header(zip, &entry)) == ARCHIVE_OK) {
    json_builder_begin_object(builder);
    manifest_text(builder, "name", archive_entry_pathname(entry));
    g_autofree char *hash = manifest_member_hash(zip);
    if (hash == NULL)
      return FALSE;
    manifest_text(builder, "sha256", hash);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
  return got == ARCHIVE_EOF;
}

GBytes *outbox_make_manifest(const OutboxManifest *manifest, const OutboxArchive *archive,
                             GError **error)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  g_autofree char *name = g_strdup_printf("%s.zip", manifest->certificate);
  g_autofree char *hash = text_sha256(archive->data, archive->length);
  json_builder_begin_object(builder);
  manifest_text(builder, "certificate", manifest->certificate);
  manifest_text(builder, "product", manifest->product);
  manifest_text(builder, "region", *manifest->region != '\0' ? manifest->region : NULL);
  manifest_text(builder, "serialNumber", manifest->serial);
  manifest_text(builder, "replaces", manifest->replaces);
  manifest_text(builder, "sha256", manifest->sha256);
  manifest_names(builder, manifest->names);
  manifest_time(builder, "notBefore", manifest->not_before);
  manifest_time(builder, "notAfter", manifest->not_after);
  manifest_text(builder, "format", request_formats[manifest->format].name);
  manifest_text(builder, "archive", name);
  manifest_text(builder, "archiveSha256", hash);
  if (!manifest_files(builder, archive)) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_BUG,
                "%s: its archive cannot be read back for the manifest", manifest->certificate);
    return NULL;
  }
  json_builder_end_object(builder);
  g_autoptr(JsonNode) root = json_builder_get_root(builder);
  g_autofree char *text = json_to_string(root, TRUE);
  char *line = g_strconcat(text, "\n", NULL);
  return g_bytes_new_take(line, strlen(line));
}

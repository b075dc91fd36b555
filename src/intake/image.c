#include "intake/image.h"

#include "intake/image-private.h"

#include <string.h>

static const guint8 png_signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
static const guint8 jpeg_signature[] = {0xff, 0xd8, 0xff};

static const struct {
  const guint8 *signature;
  gsize signature_length;
  const char *media_type;
  const char *extension;
  gboolean (*walk)(ImageWalk *walk);
} kinds[] = {
    [IMAGE_KIND_PNG] = {png_signature, sizeof png_signature, "image/png", "png", image_walk_png},
    [IMAGE_KIND_JPEG] = {jpeg_signature, sizeof jpeg_signature, "image/jpeg", "jpg",
                         image_walk_jpeg},
};
G_STATIC_ASSERT(G_N_ELEMENTS(kinds) == IMAGE_KIND_N);

gboolean image_refuse(ImageWalk *walk, const char *code, const char *reason_format, ...)
{
  va_list arguments;
  va_start(arguments, reason_format);
  g_free(walk->reason);
  walk->code = code;
  walk->reason = g_strdup_vprintf(reason_format, arguments);
  va_end(arguments);
  return FALSE;
}

gboolean image_set_dimensions(ImageWalk *walk, guint32 width, guint32 height)
{
  if (width == 0 || height == 0)
    return image_refuse(walk, "attachment-content", "the image has no width or no height");
  if (width > IMAGE_SIDE_MAX || height > IMAGE_SIDE_MAX ||
      (guint64)width * height > IMAGE_PIXELS_MAX)
    return image_refuse(walk, "attachment-size",
                        "the image has %u × %u pixels; at most %d on a side and %lu million "
                        "together are allowed: scale it down",
                        width, height, IMAGE_SIDE_MAX, IMAGE_PIXELS_MAX / 1000000);
  walk->info.width = width;
  walk->info.height = height;
  return TRUE;
}

ImageKind image_kind_from_bytes(const guint8 *bytes, gsize length)
{
  for (guint kind = 1; kind < IMAGE_KIND_N; kind++)
    if (length >= kinds[kind].signature_length &&
        memcmp(bytes, kinds[kind].signature, kinds[kind].signature_length) == 0)
      return kind;
  return 0;
}

static gboolean walk_image(ImageWalk *walk)
{
  if (walk->length == 0)
    return image_refuse(walk, "attachment-content", "the file is empty");
  if (walk->length > IMAGE_BYTES_MAX)
    return image_refuse(walk, "attachment-size",
                        "the file has %" G_GSIZE_FORMAT " bytes; at most %d are allowed: scale "
                        "the image down or compress it more",
                        walk->length, IMAGE_BYTES_MAX);
  ImageKind kind = image_kind_from_bytes(walk->bytes, walk->length);
  if (kind == 0)
    return image_refuse(walk, "attachment-content",
                        "the file is neither a PNG nor a JPEG image by its content: save it as "
                        "one of these");
  walk->info.kind = kind;
  walk->info.media_type = kinds[kind].media_type;
  walk->info.extension = kinds[kind].extension;
  return kinds[kind].walk(walk);
}

gboolean image_check(const guint8 *bytes, gsize length, ImageInfo *ret_info, const char **ret_code,
                     char **ret_reason)
{
  ImageWalk walk = {.bytes = bytes, .length = length};
  if (!walk_image(&walk)) {
    *ret_code = walk.code;
    *ret_reason = walk.reason;
    return FALSE;
  }
  *ret_info = walk.info;
  return TRUE;
}

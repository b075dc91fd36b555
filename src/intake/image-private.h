/* What the files of image share. Each walker says what is wrong by returning
 * FALSE with a reason, as image_check() does. */
#ifndef CERTDROP_INTAKE_IMAGE_PRIVATE_H
#define CERTDROP_INTAKE_IMAGE_PRIVATE_H

#include "intake/image.h"

typedef struct {
  const guint8 *bytes;
  gsize length;
  ImageInfo info; /* width and height are set by the walker */
  const char *code;
  char *reason;
} ImageWalk;

/* Notes CODE and the reason in WALK and returns FALSE. */
gboolean image_refuse(ImageWalk *walk, const char *code, const char *reason_format, ...)
    G_GNUC_PRINTF(3, 4);

/* Checks and keeps the dimensions. */
gboolean image_set_dimensions(ImageWalk *walk, guint32 width, guint32 height);

gboolean image_walk_png(ImageWalk *walk);
gboolean image_walk_jpeg(ImageWalk *walk);

static inline guint32 image_read_u16(const guint8 *at)
{
  return (guint32)at[0] << 8 | at[1];
}

static inline guint32 image_read_u32(const guint8 *at)
{
  return image_read_u16(at) << 16 | image_read_u16(at + 2);
}

#endif

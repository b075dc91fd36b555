/* Is this a whole PNG or JPEG image? Decided by the bytes alone, never by a
 * name: the structure is walked from the first byte to the last, and nothing
 * may stand behind its end. Pixels of a PNG are inflated to count them and
 * thrown away; those of a JPEG are passed over.
 * (PNG: W3C PNG specification, RFC 1950; JPEG: ITU-T T.81.)
 *
 * Needs no memory that depends on the image, opens nothing. */
#ifndef CERTDROP_INTAKE_IMAGE_H
#define CERTDROP_INTAKE_IMAGE_H

#include <glib.h>

#define IMAGE_BYTES_MAX 512000      /* 500 KB, as the console says it */
#define IMAGE_SIDE_MAX 10000        /* pixels */
#define IMAGE_PIXELS_MAX 40000000ul /* width times height: A4 at 600 dpi has 35 million */

typedef enum { IMAGE_KIND_PNG = 1, IMAGE_KIND_JPEG, IMAGE_KIND_N } ImageKind;

typedef struct {
  ImageKind kind;
  guint32 width, height;  /* pixels, 1 to IMAGE_SIDE_MAX */
  const char *media_type; /* "image/png" or "image/jpeg", static */
  const char *extension;  /* "png" or "jpg", static */
} ImageInfo;

/* Checks LENGTH bytes. Returns TRUE and fills *RET_INFO; or FALSE with the
 * fault's code in *RET_CODE (static: "attachment-size" for bytes or dimensions,
 * "attachment-content" for all else) and the reason in *RET_REASON, to be freed
 * by the caller: a clause without the file's name and without a full stop, such
 * as "the PNG image is cut off in its chunk IDAT". */
gboolean image_check(const guint8 *bytes, gsize length, ImageInfo *ret_info, const char **ret_code,
                     char **ret_reason);

/* What the first bytes claim to be, 0 for neither; says nothing of the rest. */
ImageKind image_kind_from_bytes(const guint8 *bytes, gsize length);

#endif

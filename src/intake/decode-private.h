/* From the four encodings that documents may have (rules.md 10) to UTF-8. */
#ifndef CERTDROP_INTAKE_DECODE_PRIVATE_H
#define CERTDROP_INTAKE_DECODE_PRIVATE_H

#include <glib.h>

typedef enum {
  DECODE_ENCODING_UTF8 = 1,
  DECODE_ENCODING_UTF16_LE,
  DECODE_ENCODING_UTF16_BE,
  DECODE_ENCODING_LATIN1,
  DECODE_ENCODING_ASCII,
  DECODE_ENCODING_N
} DecodeEncoding;

/* Bytes that are enough for decode_detect(): a byte order mark and the XML
 * declaration, in UTF-16 too. */
#define DECODE_DETECT_LENGTH 512

/* Which encoding a document has, from its byte order mark, its first character and
 * the encoding that its XML declaration names. *RET_MARK is the length of the byte
 * order mark. Returns 0 for any other one, with the reason in *RET_REASON (a
 * sentence; the caller frees it). */
DecodeEncoding decode_detect(const guint8 *bytes, gsize length, gsize *ret_mark, char **ret_reason);

/* What one call did. */
typedef struct {
  gsize taken;   /* bytes; what is left is an unfinished character or not of the encoding */
  gsize written; /* bytes of UTF-8 */
  gboolean bad;  /* what comes next is not of the encoding */
} DecodeStep;

/* Decodes as much of LENGTH bytes as are whole characters. TEXT has room for twice LENGTH. A
 * zero character is of no encoding here. */
DecodeStep decode_step(DecodeEncoding encoding, const guint8 *bytes, gsize length, guint8 *text);

/* The encoding's name for people ("UTF-8"). */
const char *decode_encoding_name(DecodeEncoding encoding);

#endif

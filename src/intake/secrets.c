#include "intake/secrets.h"

#include "intake/secrets-private.h"

#include <openssl/crypto.h>
#include <string.h>

enum { DETECTION_BYTES = 4, WIDTH_MAX = 4 };

typedef struct {
  guint32 unit;
  gboolean blank;
} Pending;

struct SecretsBlanker {
  SecretsScanner scanner;
  guint width; /* bytes of a character, 0 as long as it is not known */
  gboolean big_endian;
  guint8 partial[DETECTION_BYTES]; /* the beginning, or of a character */
  guint partial_length;
  Pending pending[SECRETS_MARK_MAX + 1]; /* characters held back, a ring */
  guint first, count;
  gboolean blanking; /* the last character was blank */
  gboolean found;
};

SecretsBlanker *secrets_blanker_new(void)
{
  SecretsBlanker *blanker = g_new0(SecretsBlanker, 1);
  secrets_scanner_init(&blanker->scanner);
  return blanker;
}

void secrets_blanker_free(SecretsBlanker *blanker)
{
  if (blanker == NULL)
    return;
  OPENSSL_cleanse(blanker, sizeof *blanker);
  g_free(blanker);
}

gboolean secrets_blanker_found(const SecretsBlanker *blanker)
{
  return blanker->found;
}

/* ---- Characters ---------------------------------------------------------------- */

static const struct {
  guint width;
  gboolean big_endian;
  guint length;
  guint8 zero, set; /* which of the first bytes are 0, and which are not: sets */
  const char *mark; /* or the byte order mark, of LENGTH bytes */
} encodings[] = {
    {4, FALSE, 4, 0, 0, "\xff\xfe\0\0"}, {4, TRUE, 4, 0, 0, "\0\0\xfe\xff"},
    {2, FALSE, 2, 0, 0, "\xff\xfe"},     {2, TRUE, 2, 0, 0, "\xfe\xff"},
    {4, FALSE, 4, 0xe, 0x1, NULL},       {4, TRUE, 4, 0x7, 0x8, NULL},
    {2, FALSE, 2, 0x2, 0x1, NULL},       {2, TRUE, 2, 0x1, 0x2, NULL},
};

static gboolean has_pattern(const guint8 *bytes, guint length, guint8 zero, guint8 set)
{
  for (guint i = 0; i < length; i++)
    if (((zero & 1 << i) != 0 && bytes[i] != 0) || ((set & 1 << i) != 0 && bytes[i] == 0))
      return FALSE;
  return TRUE;
}

static void detect_encoding(SecretsBlanker *blanker)
{
  blanker->width = 1;
  for (guint i = 0; i < G_N_ELEMENTS(encodings); i++) {
    if (blanker->partial_length < encodings[i].length)
      continue;
    gboolean fits = encodings[i].mark != NULL
                        ? memcmp(blanker->partial, encodings[i].mark, encodings[i].length) == 0
                        : has_pattern(blanker->partial, encodings[i].length, encodings[i].zero,
                                      encodings[i].set);
    if (fits) {
      blanker->width = encodings[i].width;
      blanker->big_endian = encodings[i].big_endian;
      return;
    }
  }
}

static guint32 decode(const SecretsBlanker *blanker, const guint8 *bytes)
{
  guint32 unit = 0;
  for (guint i = 0; i < blanker->width; i++)
    unit = unit << 8 | bytes[blanker->big_endian ? i : blanker->width - 1 - i];
  return unit;
}

static void put(const SecretsBlanker *blanker, guint32 unit, GByteArray *out)
{
  guint8 bytes[WIDTH_MAX];
  for (guint i = 0; i < blanker->width; i++)
    bytes[blanker->big_endian ? blanker->width - 1 - i : i] = (guint8)(unit >> 8 * i);
  g_byte_array_append(out, bytes, blanker->width);
}

/* ---- What is held back ----------------------------------------------------------- */

/* Lets go of all but the last HOLD characters. Line ends are never blanked. */
static void release(SecretsBlanker *blanker, guint hold, GByteArray *out)
{
  for (; blanker->count > hold; blanker->count--) {
    Pending *pending = &blanker->pending[blanker->first];
    blanker->first = (blanker->first + 1) % G_N_ELEMENTS(blanker->pending);
    gboolean blank = pending->blank && pending->unit != '\n' && pending->unit != '\r';
    blanker->found |= blank;
    put(blanker, blank ? 'x' : pending->unit, out);
  }
}

static void keep_last(SecretsBlanker *blanker, guint keep)
{
  for (guint i = 1; i <= MIN(keep, blanker->count); i++) {
    guint index = (blanker->first + blanker->count - i) % G_N_ELEMENTS(blanker->pending);
    blanker->pending[index].blank = FALSE;
  }
}

static void hold_back(SecretsBlanker *blanker, guint32 unit, const SecretsVerdict *verdict,
                      GByteArray *out)
{
  g_assert(blanker->count < G_N_ELEMENTS(blanker->pending));
  guint index = (blanker->first + blanker->count) % G_N_ELEMENTS(blanker->pending);
  blanker->pending[index] = (Pending){unit, verdict->blank};
  blanker->count++;
  keep_last(blanker, verdict->keep);
  release(blanker, verdict->blank ? verdict->hold : 0, out);
}

/* ---- Bytes ------------------------------------------------------------------------ */

/* Takes the whole characters of BYTES and returns their length. What stays as it
 * is goes out in one piece as long as nothing is held back. */
static gsize take_bytes(SecretsBlanker *blanker, const guint8 *bytes, gsize length, GByteArray *out)
{
  gsize at = 0;
  gsize unchanged = 0;
  for (; length - at >= blanker->width; at += blanker->width) {
    guint32 unit = blanker->width == 1 ? bytes[at] : decode(blanker, bytes + at);
    SecretsVerdict verdict = secrets_scanner_take(&blanker->scanner, unit);
    blanker->blanking = verdict.blank;
    if (blanker->count == 0 && !verdict.blank)
      continue;
    g_byte_array_append(out, bytes + unchanged, (guint)(at - unchanged));
    unchanged = at + blanker->width;
    hold_back(blanker, unit, &verdict, out);
  }
  g_byte_array_append(out, bytes + unchanged, (guint)(at - unchanged));
  return at;
}

static void take_partial(SecretsBlanker *blanker, GByteArray *out)
{
  gsize taken = take_bytes(blanker, blanker->partial, blanker->partial_length, out);
  blanker->partial_length -= (guint)taken;
  memmove(blanker->partial, blanker->partial + taken, blanker->partial_length);
}

void secrets_blanker_feed(SecretsBlanker *blanker, const guint8 *bytes, gsize length,
                          GByteArray *out)
{
  while (length > 0 && (blanker->width == 0 || blanker->partial_length > 0)) {
    blanker->partial[blanker->partial_length++] = *bytes++;
    length--;
    if (blanker->width == 0 && blanker->partial_length == DETECTION_BYTES)
      detect_encoding(blanker);
    if (blanker->width > 0)
      take_partial(blanker, out);
  }
  if (length == 0)
    return;
  gsize taken = take_bytes(blanker, bytes, length, out);
  blanker->partial_length = (guint)(length - taken);
  memcpy(blanker->partial, bytes + taken, blanker->partial_length);
}

/* A character that is cut off at the end of the document shares the fate of the
 * last whole one. */
void secrets_blanker_finish(SecretsBlanker *blanker, GByteArray *out)
{
  if (blanker->width == 0) {
    detect_encoding(blanker);
    take_partial(blanker, out);
  }
  release(blanker, 0, out);
  if (blanker->blanking && blanker->partial_length > 0) {
    memset(blanker->partial, 'x', blanker->partial_length);
    blanker->found = TRUE;
  }
  g_byte_array_append(out, blanker->partial, blanker->partial_length);
  blanker->partial_length = 0;
}

GByteArray *secrets_blank(const guint8 *bytes, gsize length, gboolean *ret_found)
{
  g_autoptr(SecretsBlanker) blanker = secrets_blanker_new();
  GByteArray *out = g_byte_array_sized_new((guint)length);
  secrets_blanker_feed(blanker, bytes, length, out);
  secrets_blanker_finish(blanker, out);
  if (ret_found != NULL)
    *ret_found = secrets_blanker_found(blanker);
  return out;
}

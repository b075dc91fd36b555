#include "intake/decode-private.h"

#include <string.h>

/* Names that an XML declaration may use, in any case. */
static const struct {
  const char *name;
  DecodeEncoding encoding; /* UTF16_LE stands for both byte orders */
} names[] = {
    {"utf-8", DECODE_ENCODING_UTF8},        {"utf8", DECODE_ENCODING_UTF8},
    {"utf-16", DECODE_ENCODING_UTF16_LE},   {"utf-16le", DECODE_ENCODING_UTF16_LE},
    {"utf-16be", DECODE_ENCODING_UTF16_LE}, {"iso-8859-1", DECODE_ENCODING_LATIN1},
    {"iso_8859-1", DECODE_ENCODING_LATIN1}, {"latin1", DECODE_ENCODING_LATIN1},
    {"us-ascii", DECODE_ENCODING_ASCII},    {"ascii", DECODE_ENCODING_ASCII},
};

/* How each encoding shows in a document's first bytes. The longer come first. */
static const struct {
  guint8 bytes[4];
  gsize length;
  gsize mark;
  DecodeEncoding encoding; /* 0: recognised to be refused */
} beginnings[] = {
    {{0x00, 0x00, 0xFE, 0xFF}, 4, 4, 0},
    {{0xFF, 0xFE, 0x00, 0x00}, 4, 4, 0},
    {{0x00, 0x00, 0x00, '<'}, 4, 0, 0},
    {{'<', 0x00, 0x00, 0x00}, 4, 0, 0},
    {{'+', '/', 'v'}, 3, 0, 0},          /* UTF-7 */
    {{0x4C, 0x6F, 0xA7, 0x94}, 4, 0, 0}, /* EBCDIC */
    {{0xEF, 0xBB, 0xBF}, 3, 3, DECODE_ENCODING_UTF8},
    {{0xFF, 0xFE}, 2, 2, DECODE_ENCODING_UTF16_LE},
    {{0xFE, 0xFF}, 2, 2, DECODE_ENCODING_UTF16_BE},
    {{'<', 0x00}, 2, 0, DECODE_ENCODING_UTF16_LE},
    {{0x00, '<'}, 2, 0, DECODE_ENCODING_UTF16_BE},
};

static const char supported[] = "UTF-8, UTF-16, ISO-8859-1 and US-ASCII";

const char *decode_encoding_name(DecodeEncoding encoding)
{
  static const char *const labels[] = {
      [DECODE_ENCODING_UTF8] = "UTF-8",      [DECODE_ENCODING_UTF16_LE] = "UTF-16",
      [DECODE_ENCODING_UTF16_BE] = "UTF-16", [DECODE_ENCODING_LATIN1] = "ISO-8859-1",
      [DECODE_ENCODING_ASCII] = "US-ASCII",
  };
  G_STATIC_ASSERT(G_N_ELEMENTS(labels) == DECODE_ENCODING_N);
  return labels[encoding];
}

/* The encoding that the XML declaration at the start of TEXT names, or NULL. */
static char *declared_name(const char *text)
{
  const char *blanks = " \t\r\n";
  const char *end = strstr(text, "?>");
  if (!g_str_has_prefix(text, "<?xml") || strchr(blanks, text[5]) == NULL || end == NULL)
    return NULL;
  const char *at = g_strstr_len(text, end - text, "encoding");
  if (at == NULL)
    return NULL;
  at += strlen("encoding");
  at += strspn(at, blanks);
  if (*at++ != '=')
    return NULL;
  at += strspn(at, blanks);
  const char quote[] = {*at, '\0'};
  if (*at != '"' && *at != '\'')
    return NULL;
  at++;
  return g_strndup(at, strcspn(at, quote));
}

/* The start of a document with single bytes of ASCII; what is none becomes '?'. */
static char *ascii_start(const guint8 *bytes, gsize length, DecodeEncoding encoding)
{
  GString *text = g_string_new(NULL);
  gsize width =
      encoding == DECODE_ENCODING_UTF16_LE || encoding == DECODE_ENCODING_UTF16_BE ? 2 : 1;
  gsize low = encoding == DECODE_ENCODING_UTF16_BE ? 1 : 0;
  for (gsize at = 0; at + width <= length; at += width) {
    guint8 byte = bytes[at + low];
    gboolean plain = byte != 0 && byte < 0x80 && (width == 1 || bytes[at + 1 - low] == 0);
    g_string_append_c(text, plain ? (char)byte : '?');
  }
  return g_string_free(text, FALSE);
}

/* What ENCODING, known from the first bytes (0: single bytes of some kind), is
 * once the declaration says NAME. */
static DecodeEncoding reconcile(DecodeEncoding encoding, const char *name, char **ret_reason)
{
  DecodeEncoding declared = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    if (g_ascii_strcasecmp(names[i].name, name) == 0)
      declared = names[i].encoding;
  if (declared == 0) {
    *ret_reason = g_strdup_printf("the encoding \"%s\" is not supported; save the file as UTF-8 "
                                  "(supported are %s)",
                                  name, supported);
    return 0;
  }
  gboolean wide = encoding == DECODE_ENCODING_UTF16_LE || encoding == DECODE_ENCODING_UTF16_BE;
  if (encoding == 0 && declared != DECODE_ENCODING_UTF16_LE)
    return declared;
  if (encoding == declared || (wide && declared == DECODE_ENCODING_UTF16_LE))
    return encoding;
  *ret_reason =
      g_strdup_printf("the XML declaration says \"%s\", but the file begins like %s; "
                      "save it as UTF-8 and say so, or leave the encoding out",
                      name, encoding == 0 ? "single-byte text" : decode_encoding_name(encoding));
  return 0;
}

DecodeEncoding decode_detect(const guint8 *bytes, gsize length, gsize *ret_mark, char **ret_reason)
{
  DecodeEncoding encoding = 0;
  gsize mark = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(beginnings); i++) {
    if (length < beginnings[i].length ||
        memcmp(bytes, beginnings[i].bytes, beginnings[i].length) != 0)
      continue;
    encoding = beginnings[i].encoding;
    mark = beginnings[i].mark;
    if (encoding != 0)
      break;
    *ret_reason = g_strdup_printf(
        "the file begins like UTF-32; save it as UTF-8 (supported are %s)", supported);
    return 0;
  }
  g_autofree char *start = ascii_start(bytes + mark, length - mark, encoding);
  g_autofree char *name = declared_name(start);
  if (name != NULL)
    encoding = reconcile(encoding, name, ret_reason);
  else if (encoding == 0)
    encoding = DECODE_ENCODING_UTF8;
  if (encoding != 0)
    *ret_mark = mark;
  return encoding;
}

static DecodeStep step_utf8(const guint8 *bytes, gsize length, guint8 *text)
{
  const char *end;
  gboolean whole = g_utf8_validate_len((const char *)bytes, length, &end);
  gsize taken = (gsize)(end - (const char *)bytes);
  memcpy(text, bytes, taken);
  gboolean cut = !whole && bytes[taken] != 0 &&
                 g_utf8_get_char_validated(end, (gssize)(length - taken)) == (gunichar)-2;
  return (DecodeStep){taken, taken, !whole && !cut};
}

static DecodeStep step_single(const guint8 *bytes, gsize length, guint8 *text, guint8 highest)
{
  DecodeStep step = {0, 0, FALSE};
  for (; step.taken < length; step.taken++) {
    guint8 byte = bytes[step.taken];
    if (byte == 0 || byte > highest) {
      step.bad = TRUE;
      break;
    }
    if (byte >= 0x80)
      text[step.written++] = (guint8)(0xC0 | byte >> 6);
    text[step.written++] = byte >= 0x80 ? (guint8)(0x80 | (byte & 0x3F)) : byte;
  }
  return step;
}

/* RFC 2781, 2.2. Of two bytes come at most three, of four come four. */
static DecodeStep step_utf16(const guint8 *bytes, gsize length, guint8 *text, gsize high)
{
  DecodeStep step = {0, 0, FALSE};
  while (step.taken + 2 <= length) {
    const guint8 *at = bytes + step.taken;
    gunichar character = (gunichar)at[high] << 8 | at[1 - high];
    gsize width = 2;
    if (character >= 0xD800 && character < 0xDC00) {
      if (step.taken + 4 > length)
        break;
      gunichar second = (gunichar)at[2 + high] << 8 | at[3 - high];
      gboolean paired = second >= 0xDC00 && second < 0xE000;
      character = paired ? 0x10000 + ((character - 0xD800) << 10) + (second - 0xDC00) : 0;
      width = 4;
    }
    if (character == 0 || (character >= 0xD800 && character < 0xE000)) {
      step.bad = TRUE;
      break;
    }
    step.written += (gsize)g_unichar_to_utf8(character, (char *)text + step.written);
    step.taken += width;
  }
  return step;
}

DecodeStep decode_step(DecodeEncoding encoding, const guint8 *bytes, gsize length, guint8 *text)
{
  switch (encoding) {
  case DECODE_ENCODING_UTF16_LE:
    return step_utf16(bytes, length, text, 1);
  case DECODE_ENCODING_UTF16_BE:
    return step_utf16(bytes, length, text, 0);
  case DECODE_ENCODING_LATIN1:
    return step_single(bytes, length, text, 0xFF);
  case DECODE_ENCODING_ASCII:
    return step_single(bytes, length, text, 0x7F);
  default:
    return step_utf8(bytes, length, text);
  }
}

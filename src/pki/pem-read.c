#include "pki/pki-private.h"

#include <string.h>

/* PEM as people send it (RFC 7468, "lax"): indented, with text around the blocks. */

static const char dashes[] = "-----";

gboolean pki_slice_is(const PkiSlice *slice, const char *text)
{
  return slice->length == strlen(text) && memcmp(slice->data, text, slice->length) == 0;
}

gboolean pki_slice_ends_with(const PkiSlice *slice, const char *text)
{
  gsize length = strlen(text);
  return slice->length >= length && memcmp(slice->data + slice->length - length, text, length) == 0;
}

/* Where TEXT first has WANTED, or NULL. */
static const guint8 *find(PkiSlice text, const char *wanted, gsize length)
{
  return memmem(text.data, text.length, wanted, length);
}

static PkiSlice between(const guint8 *from, const guint8 *to)
{
  return (PkiSlice){from, (gsize)(to - from)};
}

/* The first line "-----BEGIN LABEL-----" of TEXT. */
static gboolean find_begin(PkiSlice text, PkiSlice *ret_label, const guint8 **ret_first)
{
  static const char begin[] = "-----BEGIN ";
  const guint8 *end = text.data + text.length;
  for (const guint8 *at; (at = find(text, begin, strlen(begin))) != NULL;) {
    const guint8 *label = at + strlen(begin);
    const guint8 *last = find(between(label, end), dashes, strlen(dashes));
    if (last != NULL && memchr(label, '\n', (gsize)(last - label)) == NULL) {
      *ret_label = between(label, last);
      *ret_first = at;
      return TRUE;
    }
    text = between(label, end);
  }
  return FALSE;
}

gboolean pki_pem_take(PkiSlice *text, PkiPemBlock *ret_block)
{
  const guint8 *end = text->data + text->length;
  PkiPemBlock block = {0};
  const guint8 *first;
  if (!find_begin(*text, &block.label, &first))
    return FALSE;
  const guint8 *body = block.label.data + block.label.length + strlen(dashes);
  g_autofree char *closing =
      g_strdup_printf("-----END %.*s-----", (int)block.label.length, block.label.data);
  const guint8 *last = find(between(body, end), closing, strlen(closing));
  const guint8 *rest = last != NULL ? last + strlen(closing) : body;
  if (last != NULL) {
    block.body = between(body, last);
    block.whole = between(first, rest);
  }
  *text = between(rest, end);
  *ret_block = block;
  return TRUE;
}

GBytes *pki_base64_decode(PkiSlice text)
{
  g_autofree guchar *packed = g_malloc(text.length + 1);
  gsize length = 0;
  for (gsize i = 0; i < text.length; i++)
    if (!g_ascii_isspace(text.data[i]))
      packed[length++] = text.data[i];
  packed[length] = '\0';
  gsize digits = strspn((char *)packed, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                        "0123456789+/");
  gsize padding = strspn((char *)packed + digits, "=");
  if (digits == 0 || digits + padding != length || padding > 2 || length % 4 != 0)
    return NULL;
  guint8 *bytes = g_malloc(length / 4 * 3);
  int count = EVP_DecodeBlock(bytes, packed, (int)length);
  g_assert(count == (int)(length / 4 * 3));
  return g_bytes_new_take(bytes, (gsize)count - padding);
}

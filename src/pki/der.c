#include "pki/pki-private.h"

#include <string.h>

PkiSlice pki_slice_from_bytes(GBytes *bytes)
{
  PkiSlice slice;
  slice.data = g_bytes_get_data(bytes, &slice.length);
  return slice;
}

gboolean pki_der_is_next(const PkiSlice *input, guint8 tag)
{
  return input->length > 0 && input->data[0] == tag;
}

/* The length octets after the identifier (X.690 8.1.3 and 10.1). Three octets of length are 16
 * MiB, more than anything that this room reads. */
static gboolean read_header(const PkiSlice *input, gsize *ret_header, gsize *ret_content)
{
  if (input->length < 2)
    return FALSE;
  gsize first = input->data[1];
  if (first < 0x80) {
    *ret_header = 2;
    *ret_content = first;
    return TRUE;
  }
  gsize octets = first & 0x7f;
  if (octets == 0 || octets > 3 || input->length < 2 + octets)
    return FALSE;
  gsize content = 0;
  for (gsize i = 0; i < octets; i++)
    content = content << 8 | input->data[2 + i];
  gboolean shortest = content >= 0x80 && content >> (8 * (octets - 1)) != 0;
  if (!shortest)
    return FALSE;
  *ret_header = 2 + octets;
  *ret_content = content;
  return TRUE;
}

gboolean pki_der_take(PkiSlice *input, guint8 tag, PkiSlice *ret_content, PkiSlice *ret_whole)
{
  gsize header, content;
  if (!pki_der_is_next(input, tag) || !read_header(input, &header, &content) ||
      input->length - header < content)
    return FALSE;
  PkiSlice whole = {input->data, header + content};
  input->data += whole.length;
  input->length -= whole.length;
  if (ret_content != NULL)
    *ret_content = (PkiSlice){whole.data + header, content};
  if (ret_whole != NULL)
    *ret_whole = whole;
  return TRUE;
}

void pki_der_put(PkiDerWriter *writer, gconstpointer bytes, gsize length)
{
  g_assert(writer->start >= length);
  writer->start -= length;
  memcpy(writer->buffer->data + writer->start, bytes, length);
}

void pki_der_put_header(PkiDerWriter *writer, guint8 tag, gsize end)
{
  gsize length = end - writer->start;
  g_assert(length < 1 << 16);
  guint8 short_form[] = {tag, (guint8)length};
  guint8 one_octet[] = {tag, 0x81, (guint8)length};
  guint8 two_octets[] = {tag, 0x82, (guint8)(length >> 8), (guint8)length};
  if (length < 0x80)
    pki_der_put(writer, short_form, sizeof short_form);
  else if (length < 0x100)
    pki_der_put(writer, one_octet, sizeof one_octet);
  else
    pki_der_put(writer, two_octets, sizeof two_octets);
}

void pki_der_put_unsigned(PkiDerWriter *writer, const guint8 *bytes, gsize length)
{
  gsize end = writer->start;
  while (length > 1 && bytes[0] == 0) {
    bytes++;
    length--;
  }
  pki_der_put(writer, bytes, length);
  if (length == 0 || bytes[0] & 0x80)
    pki_der_put(writer, "", 1);
  pki_der_put_header(writer, PKI_DER_INTEGER, end);
}

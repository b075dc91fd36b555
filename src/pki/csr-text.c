#include "pki/pki-private.h"

#include <string.h>

/* From what an applicant pastes to the DER of a request. */

enum { MAXIMUM_TEXT = 128 * 1024 };

static const char *const labels[] = {"CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"};

static const char *find(const char *text, const char *end, const char *wanted)
{
  return text >= end ? NULL : g_strstr_len(text, end - text, wanted);
}

/* What lies between the lines of the first block of LABEL; what follows the block in RET_REST. */
static gboolean find_block(PkiSlice text, const char *label, PkiSlice *ret_body, PkiSlice *ret_rest)
{
  g_autofree char *begin = g_strdup_printf("-----BEGIN %s-----", label);
  g_autofree char *end = g_strdup_printf("-----END %s-----", label);
  const char *limit = (const char *)text.data + text.length;
  const char *first = find((const char *)text.data, limit, begin);
  if (first == NULL)
    return FALSE;
  const char *body = first + strlen(begin);
  const char *last = find(body, limit, end);
  if (last == NULL)
    return FALSE;
  const char *rest = last + strlen(end);
  *ret_body = (PkiSlice){(const guint8 *)body, (gsize)(last - body)};
  *ret_rest = (PkiSlice){(const guint8 *)rest, (gsize)(limit - rest)};
  return TRUE;
}

/* The base64 in TEXT, of its one block or all of it. */
static gboolean find_base64(PkiSlice text, PkiSlice *ret_base64, const PkiFaultSink *sink)
{
  PkiSlice rest, another;
  for (gsize i = 0; i < G_N_ELEMENTS(labels); i++) {
    if (!find_block(text, labels[i], ret_base64, &rest))
      continue;
    if (find_block(rest, labels[0], &another, &rest) ||
        find_block(rest, labels[1], &another, &rest)) {
      PKI_FAULT(sink, "csr-format", "There is more than one CSR. Paste just one.");
      return FALSE;
    }
    return TRUE;
  }
  const char *begin = (const char *)text.data;
  if (find(begin, begin + text.length, "-----") != NULL) {
    PKI_FAULT(sink, "csr-format",
              "There is PEM, but no whole CSR in it. It begins with the line -----BEGIN "
              "CERTIFICATE REQUEST----- and ends with -----END CERTIFICATE REQUEST-----.");
    return FALSE;
  }
  *ret_base64 = text;
  return TRUE;
}

GBytes *pki_csr_decode(const char *text, gsize length, const PkiFaultSink *sink)
{
  PkiSlice whole = {(const guint8 *)text, length};
  PkiSlice base64;
  if (length > MAXIMUM_TEXT) {
    PKI_FAULT(sink, "csr-format",
              "The CSR has %" G_GSIZE_FORMAT
              " characters. A CSR of 100 names has some 10,000, more "
              "than %d are not accepted.",
              length, MAXIMUM_TEXT);
    return NULL;
  }
  if (find(text, text + length, "PRIVATE KEY-----") != NULL) {
    PKI_FAULT(sink, "csr-format",
              "There is a private key beside the CSR. It must not leave its owner: make a new key "
              "and paste its CSR alone.");
    return NULL;
  }
  if (!find_base64(whole, &base64, sink))
    return NULL;
  GBytes *der = pki_base64_decode(base64);
  if (der == NULL)
    PKI_FAULT(sink, "csr-format",
              "The CSR is not base64. Paste it as openssl req -new writes it, from -----BEGIN to "
              "END-----.");
  return der;
}

#include "pki/pki-private.h"

#include <openssl/evp.h>
#include <string.h>

/* RFC 7468 2: 64 characters a line, which hold 48 bytes. */
enum { LINE_BYTES = 48 };

static const char begin[] = "-----BEGIN ";
static const char end[] = "-----END ";
static const char dashes[] = "-----\n";

gsize pki_pem_length(const char *label, gsize length)
{
  gsize characters = (length + 2) / 3 * 4;
  gsize lines = (length + LINE_BYTES - 1) / LINE_BYTES;
  return strlen(begin) + strlen(end) + 2 * (strlen(label) + strlen(dashes)) + characters + lines;
}

/* Not PEM_write_bio(), whose encoding context leaves bytes of a private key behind. */
void pki_pem_write(char *text, const char *label, const guint8 *bytes, gsize length)
{
  char *at = g_stpcpy(g_stpcpy(g_stpcpy(text, begin), label), dashes);
  for (gsize done = 0; done < length; done += LINE_BYTES) {
    guchar line[LINE_BYTES / 3 * 4 + 1];
    int count = EVP_EncodeBlock(line, bytes + done, (int)MIN(LINE_BYTES, length - done));
    memcpy(at, line, (gsize)count);
    at[count] = '\n';
    at += count + 1;
    OPENSSL_cleanse(line, sizeof line);
  }
  at = g_stpcpy(g_stpcpy(g_stpcpy(at, end), label), dashes);
  g_assert((gsize)(at - text) == pki_pem_length(label, length));
}

char *pki_pem_from_bytes(const char *label, GBytes *bytes)
{
  PkiSlice der = pki_slice_from_bytes(bytes);
  gsize length = pki_pem_length(label, der.length);
  char *text = g_malloc(length + 1);
  pki_pem_write(text, label, der.data, der.length);
  return text;
}

Secret *pki_pkcs8_to_pem(const Secret *pkcs8)
{
  static const char label[] = "PRIVATE KEY";
  Secret *pem = secret_new(pki_pem_length(label, pkcs8->length));
  pki_pem_write((char *)pem->data, label, pkcs8->data, pkcs8->length);
  return pem;
}

char *pki_csr_to_pem(GBytes *der)
{
  return pki_pem_from_bytes("CERTIFICATE REQUEST", der);
}

char *pki_certificate_to_pem(GBytes *der)
{
  return pki_pem_from_bytes("CERTIFICATE", der);
}

char *pki_certificates_to_pem(GBytes *ders, GError **error)
{
  PkiSlice left = pki_slice_from_bytes(ders), one;
  g_autoptr(GString) text = g_string_new(NULL);
  while (left.length > 0 && pki_der_take(&left, PKI_DER_SEQUENCE, NULL, &one)) {
    g_autoptr(GBytes) der = g_bytes_new_static(one.data, one.length);
    g_autofree char *pem = pki_certificate_to_pem(der);
    g_string_append(text, pem);
  }
  if (left.length == 0)
    return g_string_free(g_steal_pointer(&text), FALSE);
  pki_set_error(error, CERTDROP_ERROR_CORRUPT, "not certificates in DER, one after the other");
  return NULL;
}

char *pki_crl_to_pem(GBytes *der)
{
  return pki_pem_from_bytes("X509 CRL", der);
}

char *pki_chain_to_pem(GBytes *const *chain, gsize count)
{
  GString *text = g_string_new(NULL);
  for (gsize i = 0; i < count; i++) {
    g_autofree char *pem = pki_certificate_to_pem(chain[i]);
    g_string_append(text, pem);
  }
  return g_string_free(text, FALSE);
}

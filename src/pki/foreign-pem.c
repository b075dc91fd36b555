#include "pki/pki-private.h"

#include <openssl/err.h>
#include <string.h>

#include "request/names.h"

/* Certificates out of PEM. */

/* What can stand in the place of a certificate, by its label. */
static const struct {
  const char *label;
  const char *what; /* NULL: a certificate */
} contents[] = {
    {"CERTIFICATE", NULL},
    {"X509 CERTIFICATE", NULL},
    {"TRUSTED CERTIFICATE", NULL},
    {"CERTIFICATE REQUEST", "a certificate request (CSR)"},
    {"NEW CERTIFICATE REQUEST", "a certificate request (CSR)"},
    {"X509 CRL", "a revocation list (CRL)"},
    {"PUBLIC KEY", "a public key"},
    {"RSA PUBLIC KEY", "a public key"},
    {"SSH2 PUBLIC KEY", "a public key"},
    {"ATTRIBUTE CERTIFICATE", "an attribute certificate"},
    {"PKCS7", "a PKCS#7 container"},
    {"PKCS #7 SIGNED DATA", "a PKCS#7 container"},
    {"CMS", "a CMS container"},
};

/* What OpenSSL writes beside keys and certificates of its own accord. */
static gboolean is_harmless(const PkiSlice *label)
{
  return pki_slice_ends_with(label, " PARAMETERS");
}

/* What DER is that is no certificate, or NULL. */
static const char *recognize(PkiSlice der)
{
  const guint8 *at = der.data;
  g_autoptr(X509_REQ) request = d2i_X509_REQ(NULL, &at, (long)der.length);
  if (request != NULL)
    return "a certificate request (CSR)";
  at = der.data;
  g_autoptr(X509_CRL) crl = d2i_X509_CRL(NULL, &at, (long)der.length);
  if (crl != NULL)
    return "a revocation list (CRL)";
  at = der.data;
  g_autoptr(EVP_PKEY) key = d2i_PUBKEY(NULL, &at, (long)der.length);
  return key != NULL ? "a public key" : NULL;
}

static void refuse_content(PkiForeignReading *reading, const char *what)
{
  PKI_FOREIGN_FAULT(reading, "certificate-content",
                    "this is %s, not a certificate; a certificate in PEM begins with -----BEGIN "
                    "CERTIFICATE-----",
                    what);
}

/* Another reason than the private key's there is for its place: it says where it belongs. */
static void refuse_private_key(PkiForeignReading *reading)
{
  PKI_FOREIGN_FAULT(reading, "certificate-content",
                    "there is a private key in the place of a certificate; the key goes into "
                    "<privateKey>, and its certificate into <certificate>");
}

static void take_der(PkiForeignReading *reading, PkiSlice der, gboolean trusted)
{
  const guint8 *at = der.data;
  X509 *certificate =
      trusted ? d2i_X509_AUX(NULL, &at, (long)der.length) : d2i_X509(NULL, &at, (long)der.length);
  if (certificate == NULL) {
    const char *what = recognize(der);
    if (what != NULL)
      refuse_content(reading, what);
    else
      PKI_FOREIGN_FAULT(reading, "certificate-format",
                        "a certificate cannot be read: what its PEM holds is cut off or damaged; "
                        "copy it whole, from -----BEGIN to END-----");
    return;
  }
  if (at != der.data + der.length)
    PKI_FOREIGN_WARN(reading, "certificate-format",
                     "bytes follow the certificate in its PEM block; they were left out");
  pki_foreign_add_certificate(reading, certificate);
}

static void take_base64(PkiForeignReading *reading, PkiSlice base64, gboolean trusted)
{
  g_autoptr(GBytes) der = pki_base64_decode(base64);
  if (der != NULL)
    take_der(reading, pki_slice_from_bytes(der), trusted);
  else
    PKI_FOREIGN_FAULT(reading, "certificate-format",
                      "a certificate is not base64 between its -----BEGIN and END----- lines; copy "
                      "it anew, from a file and not from a page");
}

static void take_block(PkiForeignReading *reading, const PkiPemBlock *block)
{
  if (block->body.data == NULL) {
    PKI_FOREIGN_FAULT(reading, "certificate-format",
                      "a block that begins with -----BEGIN has no -----END----- line of its kind; "
                      "copy it whole");
    return;
  }
  for (gsize i = 0; i < G_N_ELEMENTS(contents); i++) {
    if (!pki_slice_is(&block->label, contents[i].label))
      continue;
    if (contents[i].what != NULL)
      refuse_content(reading, contents[i].what);
    else
      take_base64(reading, block->body, pki_slice_is(&block->label, "TRUSTED CERTIFICATE"));
    return;
  }
  if (is_harmless(&block->label))
    return;
  if (pki_slice_ends_with(&block->label, "PRIVATE KEY")) {
    refuse_private_key(reading);
    return;
  }
  g_autofree char *label = g_strndup((const char *)block->label.data, block->label.length);
  g_autofree char *quoted = names_quote(label);
  g_autofree char *what = g_strdup_printf("a block of \"%s\"", quoted);
  refuse_content(reading, what);
}

void pki_foreign_take_pem(PkiForeignReading *reading)
{
  const char *text = reading->source->certificates;
  PkiSlice rest = {(const guint8 *)text, strlen(text)};
  gboolean any = FALSE;
  for (PkiPemBlock block; reading->faults->len == 0 && pki_pem_take(&rest, &block); any = TRUE)
    take_block(reading, &block);
  if (reading->faults->len > 0 || reading->certificates->len > 0)
    return;
  /* Base64 alone is what some consoles show. */
  PkiSlice whole = {(const guint8 *)text, strlen(text)};
  g_autoptr(GBytes) der = any ? NULL : pki_base64_decode(whole);
  if (der != NULL)
    take_der(reading, pki_slice_from_bytes(der), FALSE);
  else
    PKI_FOREIGN_FAULT(reading, "certificate-content",
                      "there is no certificate; put it here in PEM, from -----BEGIN "
                      "CERTIFICATE----- to -----END CERTIFICATE-----");
}

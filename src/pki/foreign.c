#include "pki/pki-private.h"

#include <openssl/err.h>
#include <openssl/provider.h>
#include <string.h>

#include "request/names.h"

/* Certificates of others: who reads them asks the files foreign-*.c in turn. */

enum {
  MAXIMUM_CERTIFICATES = 50,       /* each is compared with each */
  MAXIMUM_LENGTH = 128 << 10,      /* of one in DER */
  MAXIMUM_ISSUER_CHARACTERS = 400, /* of a subject with everything in it */
};

void pki_foreign_free(PkiForeign *foreign)
{
  if (foreign == NULL)
    return;
  g_clear_pointer(&foreign->der, g_bytes_unref);
  g_clear_pointer(&foreign->chain, g_bytes_unref);
  g_free(foreign->issuer);
  g_free(foreign->serial);
  g_free(foreign->sha256);
  g_free(foreign->spki_sha256);
  g_free(foreign->key_kind);
  g_strfreev(foreign->names);
  secret_free(foreign->pkcs8);
  g_clear_pointer(&foreign->warnings, g_ptr_array_unref);
  g_free(foreign);
}

void pki_foreign_preload(void)
{
  /* Kept for good. Once one is asked for by name, the default one has to be, too. */
  static OSSL_PROVIDER *providers[2];
  if (providers[0] == NULL && (providers[0] = OSSL_PROVIDER_load(NULL, "default")) != NULL)
    providers[1] = OSSL_PROVIDER_load(NULL, "legacy");
  ERR_clear_error();
}

static char *quote_name(const X509_NAME *name)
{
  g_autofree char *line = pki_x509_name_to_line(name);
  return names_quote(line != NULL && *line != '\0' ? line : "(no name)");
}

char *pki_foreign_quote_subject(const X509 *certificate)
{
  return quote_name(X509_get_subject_name(certificate));
}

char *pki_foreign_quote_issuer(const X509 *certificate)
{
  return quote_name(X509_get_issuer_name(certificate));
}

static GBytes *encode(X509 *certificate)
{
  guint8 *der = NULL;
  int length = i2d_X509(certificate, &der);
  return length > 0 ? pki_bytes_take(der, length) : NULL;
}

static gboolean is_same(X509 *one, X509 *other)
{
  g_autoptr(GBytes) first = encode(one);
  g_autoptr(GBytes) second = encode(other);
  return first != NULL && second != NULL && g_bytes_equal(first, second);
}

void pki_foreign_add_certificate(PkiForeignReading *reading, X509 *certificate)
{
  for (guint i = 0; i < reading->certificates->len; i++)
    if (is_same(g_ptr_array_index(reading->certificates, i), certificate)) {
      X509_free(certificate);
      return;
    }
  g_ptr_array_add(reading->certificates, certificate);
  if (reading->certificates->len == MAXIMUM_CERTIFICATES + 1)
    PKI_FOREIGN_FAULT(reading, "certificate-limits",
                      "there are more than %d certificates; send one with its chain alone",
                      MAXIMUM_CERTIFICATES);
  if (i2d_X509(certificate, NULL) > MAXIMUM_LENGTH)
    PKI_FOREIGN_FAULT(reading, "certificate-limits",
                      "a certificate has more than %d bytes; no server could send it",
                      MAXIMUM_LENGTH);
}

/* The kind for lists and pages, also of keys that are not offered here. */
static char *key_kind(X509 *certificate, const PkiSpki *spki)
{
  if (spki->kind != 0)
    return g_strdup(pki_key_kind_to_string(spki->kind));
  if (spki->modulus.length != 0)
    return g_strdup_printf("rsa-%u", pki_spki_rsa_bits(spki));
  EVP_PKEY *key = X509_get0_pubkey(certificate);
  if (key == NULL)
    return g_strdup("unknown");
  char group[64] = "";
  const char *type = EVP_PKEY_get0_type_name(key);
  g_autofree char *name = g_ascii_strdown(type != NULL ? type : "unknown", -1);
  if (EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1 && group[0] != '\0')
    return g_strdup_printf("%s-%s", name, group);
  return EVP_PKEY_is_a(key, "DSA") || EVP_PKEY_is_a(key, "RSA")
             ? g_strdup_printf("%s-%d", name, EVP_PKEY_get_bits(key))
             : g_steal_pointer(&name);
}

static gboolean describe_key(PkiForeign *foreign, X509 *certificate)
{
  guint8 *der = NULL;
  int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (length <= 0)
    return FALSE;
  g_autoptr(GBytes) bytes = pki_bytes_take(der, length);
  PkiSlice slice = pki_slice_from_bytes(bytes);
  PkiSpki spki = {0};
  pki_spki_parse(slice, &spki);
  foreign->spki_sha256 = pki_sha256_hex(slice.data, slice.length);
  foreign->key_kind = key_kind(certificate, &spki);
  return TRUE;
}

/* Times before 1970 and the first second of it are none in a ledger, in which 0 means that. */
static gboolean describe_validity(PkiForeign *foreign, X509 *certificate)
{
  if (!pki_time_from_asn1(X509_get0_notBefore(certificate), &foreign->not_before) ||
      !pki_time_from_asn1(X509_get0_notAfter(certificate), &foreign->not_after))
    return FALSE;
  foreign->not_before = MAX(foreign->not_before, 1);
  foreign->not_after = MAX(foreign->not_after, 1);
  return TRUE;
}

static char *describe_issuer(X509 *certificate)
{
  g_autofree char *line = pki_x509_name_to_line(X509_get_issuer_name(certificate));
  if (line == NULL)
    return NULL;
  return g_utf8_strlen(line, -1) > MAXIMUM_ISSUER_CHARACTERS
             ? g_utf8_substring(line, 0, MAXIMUM_ISSUER_CHARACTERS)
             : g_steal_pointer(&line);
}

static GBytes *join(const GPtrArray *certificates)
{
  if (certificates->len == 0)
    return NULL;
  GByteArray *all = g_byte_array_new();
  for (guint i = 0; i < certificates->len; i++) {
    g_autoptr(GBytes) der = encode(g_ptr_array_index(certificates, i));
    PkiSlice slice = der != NULL ? pki_slice_from_bytes(der) : (PkiSlice){NULL, 0};
    if (slice.length > 0)
      g_byte_array_append(all, slice.data, (guint)slice.length);
  }
  return g_byte_array_free_to_bytes(all);
}

static PkiForeign *describe(PkiForeignReading *reading)
{
  X509 *leaf = reading->leaf;
  g_autoptr(PkiForeign) foreign = g_new0(PkiForeign, 1);
  foreign->der = encode(leaf);
  if (foreign->der == NULL || !describe_validity(foreign, leaf) || !describe_key(foreign, leaf) ||
      (foreign->issuer = describe_issuer(leaf)) == NULL) {
    PKI_FOREIGN_FAULT(reading, "certificate-format",
                      "the certificate's validity, key or issuer cannot be read; it is damaged, or "
                      "was made by faulty software: get it anew");
    return NULL;
  }
  PkiSlice der = pki_slice_from_bytes(foreign->der);
  foreign->sha256 = pki_sha256_hex(der.data, der.length);
  foreign->serial = pki_serial_to_hex(X509_get0_serialNumber(leaf));
  g_autoptr(GPtrArray) names = pki_foreign_names(reading);
  g_ptr_array_add(names, NULL);
  foreign->names = g_strdupv((char **)names->pdata);
  foreign->chain = join(reading->chain);
  return g_steal_pointer(&foreign);
}

static PkiForeign *read_certificate(PkiForeignReading *reading)
{
  if (reading->faults->len > 0 || !pki_foreign_find_leaf(reading))
    return NULL;
  pki_foreign_check_key(reading);
  if (reading->faults->len > 0)
    return NULL;
  pki_foreign_order_chain(reading);
  g_autoptr(PkiForeign) foreign = describe(reading);
  if (foreign == NULL)
    return NULL;
  pki_foreign_find_odd(reading);
  if (reading->key != NULL) {
    foreign->pkcs8 = pki_foreign_encode_key(reading->key);
    if (foreign->pkcs8 == NULL) {
      fault_add(reading->faults, "key-format", reading->source->key_line, NULL,
                "the private key cannot be written as PKCS#8, so it could not be kept; make a key "
                "of a usual kind");
      return NULL;
    }
  }
  foreign->warnings = g_ptr_array_ref(reading->warnings);
  return g_steal_pointer(&foreign);
}

PkiForeign *pki_foreign_read(const PkiForeignSource *source, GPtrArray *faults)
{
  g_autoptr(GPtrArray) certificates = g_ptr_array_new_with_free_func((GDestroyNotify)X509_free);
  g_autoptr(GPtrArray) chain = g_ptr_array_new();
  g_autoptr(GPtrArray) own_faults = fault_array_new();
  g_autoptr(GPtrArray) warnings = fault_array_new();
  PkiForeignReading reading = {.source = source,
                               .certificates = certificates,
                               .chain = chain,
                               .faults = own_faults,
                               .warnings = warnings};
  if (source->pkcs12 != NULL) {
    pki_foreign_take_pkcs12(&reading);
  } else {
    pki_foreign_take_pem(&reading);
    if (source->key != NULL)
      pki_foreign_take_key(&reading);
  }
  PkiForeign *foreign = read_certificate(&reading);
  EVP_PKEY_free(reading.key);
  ERR_clear_error(); /* faults say it better */
  while (own_faults->len > 0)
    g_ptr_array_add(faults, g_ptr_array_steal_index(own_faults, 0));
  return foreign;
}

/* What the tests of certificates of others share: an authority, and what it makes. */
#ifndef CERTDROP_TESTS_PKI_FOREIGN_TEST_H
#define CERTDROP_TESTS_PKI_FOREIGN_TEST_H

#include "pki-test.h"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>

/* How a certificate is made; what is 0 or NULL is as usual. */
typedef struct {
  const char *subject;
  EVP_PKEY *key;
  X509 *issuer; /* NULL: self-signed */
  EVP_PKEY *issuer_key;
  const char *names; /* an openssl.cnf's subjectAltName; "" for none */
  gboolean ca;
  long version; /* X509_VERSION_…, -1: v1 */
  const char *serial;
  gint64 begin, end;
  const EVP_MD *digest;
  const char *extensions[4]; /* "NAME=VALUE", ended by NULL */
} Making;

static inline EVP_PKEY *new_ec(void)
{
  return EVP_EC_gen("P-256");
}

static inline void add_extension(X509 *certificate, const char *name, const char *value)
{
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
  X509_EXTENSION *extension = X509V3_EXT_nconf(NULL, &context, name, value);
  g_assert_nonnull(extension);
  g_assert_cmpint(X509_add_ext(certificate, extension, -1), ==, 1);
  X509_EXTENSION_free(extension);
}

static inline X509 *make(const Making *making)
{
  X509 *certificate = X509_new();
  g_autoptr(BIGNUM) serial = NULL;
  const char *number = making->serial != NULL ? making->serial : "4D";
  g_assert_cmpint(BN_hex2bn(&serial, number), >, 0);
  X509_set_version(certificate, making->version == -1 ? X509_VERSION_1 : X509_VERSION_3);
  g_assert_nonnull(BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(certificate)));
  ASN1_TIME_set(X509_getm_notBefore(certificate), making->begin != 0 ? making->begin : NOW);
  ASN1_TIME_set(X509_getm_notAfter(certificate), making->end != 0 ? making->end : NOW + 90 * DAY);
  g_autoptr(X509_NAME) name = X509_NAME_new();
  X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, (const guint8 *)making->subject,
                             -1, -1, 0);
  X509_set_subject_name(certificate, name);
  X509_set_issuer_name(certificate,
                       making->issuer != NULL ? X509_get_subject_name(making->issuer) : name);
  X509_set_pubkey(certificate, making->key);
  if (making->version != -1) {
    add_extension(certificate, "basicConstraints", making->ca ? "critical,CA:TRUE" : "CA:FALSE");
    g_autofree char *own = g_strdup_printf("DNS:%s", making->subject);
    const char *names = making->names != NULL ? making->names : own;
    if (*names != '\0' && !making->ca)
      add_extension(certificate, "subjectAltName", names);
    for (guint i = 0; making->extensions[i] != NULL; i++) {
      g_auto(GStrv) parts = g_strsplit(making->extensions[i], "=", 2);
      add_extension(certificate, parts[0], parts[1]);
    }
  }
  EVP_PKEY *signer = making->issuer_key != NULL ? making->issuer_key : making->key;
  g_assert_cmpint(
      X509_sign(certificate, signer, making->digest != NULL ? making->digest : EVP_sha256()), >, 0);
  return certificate;
}

/* A root, an intermediate and a server below it. */
typedef struct {
  EVP_PKEY *root_key, *inner_key, *key;
  X509 *root, *inner, *leaf;
} Authority;

static inline void authority_set_up(Authority *authority, gconstpointer data G_GNUC_UNUSED)
{
  g_assert_true(pki_init(PKI_SECURE_HEAP_KEEPER, NULL));
  pki_foreign_preload();
  authority->root_key = new_ec();
  authority->inner_key = new_ec();
  authority->key = new_ec();
  authority->root =
      make(&(Making){.subject = "Other Root", .key = authority->root_key, .ca = TRUE});
  authority->inner = make(&(Making){.subject = "Other Issuing CA",
                                    .key = authority->inner_key,
                                    .ca = TRUE,
                                    .issuer = authority->root,
                                    .issuer_key = authority->root_key});
  authority->leaf = make(&(Making){.subject = "www.example.org",
                                   .key = authority->key,
                                   .issuer = authority->inner,
                                   .issuer_key = authority->inner_key});
}

static inline void authority_tear_down(Authority *authority, gconstpointer data G_GNUC_UNUSED)
{
  EVP_PKEY_free(authority->root_key);
  EVP_PKEY_free(authority->inner_key);
  EVP_PKEY_free(authority->key);
  X509_free(authority->root);
  X509_free(authority->inner);
  X509_free(authority->leaf);
}

static inline char *bio_text(BIO *bio)
{
  char *text;
  long length = BIO_get_mem_data(bio, &text);
  return g_strndup(text, (gsize)length);
}

static inline char *pem_of(X509 *certificate)
{
  g_autoptr(BIO) bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate);
  return bio_text(bio);
}

static inline char *key_pem(EVP_PKEY *key, const char *passphrase)
{
  g_autoptr(BIO) bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PKCS8PrivateKey(bio, key, passphrase != NULL ? EVP_aes_128_cbc() : NULL, passphrase,
                                passphrase != NULL ? (int)strlen(passphrase) : 0, NULL, NULL);
  return bio_text(bio);
}

/* The codes of FAULTS, in order, with blanks between. */
static inline char *codes_of(const GPtrArray *faults)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < faults->len; i++) {
    const Fault *fault = g_ptr_array_index(faults, i);
    g_test_message("%s: %s", fault->code, fault->text);
    g_string_append_printf(text, "%s%s", i > 0 ? " " : "", fault->code);
  }
  return g_string_free(text, FALSE);
}

static inline PkiForeign *read_pem(const char *certificates, const char *key,
                                   const char *passphrase, const char *codes)
{
  g_autoptr(Secret) own_key = key != NULL ? secret_new_copy(key, strlen(key)) : NULL;
  g_autoptr(Secret) own =
      passphrase != NULL ? secret_new_copy(passphrase, strlen(passphrase)) : NULL;
  const PkiForeignSource source = {.certificates = certificates,
                                   .key = own_key,
                                   .passphrase = own,
                                   .line = 3,
                                   .element = "certificate",
                                   .key_line = 7};
  g_autoptr(GPtrArray) faults = fault_array_new();
  PkiForeign *foreign = pki_foreign_read(&source, faults);
  g_autofree char *found = codes_of(faults);
  g_assert_cmpstr(found, ==, codes);
  g_assert_cmpint(foreign != NULL, ==, *codes == '\0');
  g_assert_cmpuint(ERR_peek_error(), ==, 0);
  return foreign;
}

/* What is found in CERTIFICATE alone has these warnings. */
static inline void assert_odd(X509 *certificate, const char *codes)
{
  g_autofree char *pem = pem_of(certificate);
  g_autoptr(PkiForeign) foreign = read_pem(pem, NULL, NULL, "");
  g_autofree char *found = codes_of(foreign->warnings);
  g_assert_cmpstr(found, ==, codes);
}

static inline gsize der_length(X509 *certificate)
{
  return (gsize)i2d_X509(certificate, NULL);
}

#endif

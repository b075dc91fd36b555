/* What the tests of src/pki share: keys, an authority, verification. */
#ifndef CERTDROP_TESTS_PKI_TEST_H
#define CERTDROP_TESTS_PKI_TEST_H

#include "base/error.h"
#include "pki/pki-private.h"

#include <glib/gstdio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>
#include <unistd.h>

/* 2026-11-23T12:00:00Z. */
#define NOW ((gint64)1795435200)
#define DAY ((gint64)86400)
#define URL "http://pki.example.test/"

static inline void pki_test_init(int *argc, char ***argv)
{
  g_test_init(argc, argv, NULL);
  GError *error = NULL;
  pki_init(PKI_SECURE_HEAP_KEEPER, &error);
  g_assert_no_error(error);
}

/* A file of tests/fixtures/csr. */
static inline char *read_fixture(const char *name)
{
  g_autofree char *path = g_test_build_filename(G_TEST_DIST, "fixtures", "csr", name, NULL);
  char *text = NULL;
  GError *error = NULL;
  g_file_get_contents(path, &text, NULL, &error);
  g_assert_no_error(error);
  return text;
}

static inline EVP_PKEY *read_rsa_fixture(guint bits)
{
  g_autofree char *name = g_strdup_printf("rsa-%u.key.pem", bits);
  g_autofree char *text = read_fixture(name);
  g_autoptr(BIO) bio = BIO_new_mem_buf(text, -1);
  EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
  g_assert_nonnull(key);
  return key;
}

/* KEY's PKCS#8 as OpenSSL writes it. */
static inline Secret *openssl_pkcs8(EVP_PKEY *key)
{
  g_autoptr(PKCS8_PRIV_KEY_INFO) info = EVP_PKEY2PKCS8(key);
  guint8 *der = NULL;
  int length = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
  g_assert_cmpint(length, >, 0);
  Secret *secret = secret_new_copy(der, (gsize)length);
  OPENSSL_free(der);
  return secret;
}

/* A key of KIND; RSA keys come from the fixtures, since to make them takes long under valgrind. */
static inline PkiKey *new_key(PkiKeyKind kind)
{
  GError *error = NULL;
  PkiKey *key;
  if (kind <= PKI_KEY_KIND_RSA_4096) {
    g_autoptr(EVP_PKEY) rsa = read_rsa_fixture(pki_key_kind_info(kind)->bits);
    g_autoptr(Secret) pkcs8 = openssl_pkcs8(rsa);
    key = pki_key_from_pkcs8(pkcs8, &error);
  } else {
    key = pki_key_generate(kind, &error);
  }
  g_assert_no_error(error);
  return key;
}

static inline X509 *decode_certificate(GBytes *bytes)
{
  gsize length;
  const guint8 *at = g_bytes_get_data(bytes, &length);
  const guint8 *end = at + length;
  X509 *certificate = d2i_X509(NULL, &at, (long)length);
  g_assert_nonnull(certificate);
  g_assert_true(at == end);
  return certificate;
}

typedef struct {
  PkiWrappingKey *wrapping_key;
  PkiAuthorityParts *parts;
  PkiAuthority *authority;
  char *folder;
  char *key_file;
  char *key_uri;
} TestAuthority;

static inline void test_authority_clear(TestAuthority *test)
{
  g_unlink(test->key_file);
  g_rmdir(test->folder);
  g_free(test->key_uri);
  g_free(test->key_file);
  g_free(test->folder);
  pki_authority_free(test->authority);
  pki_authority_parts_free(test->parts);
  pki_wrapping_key_free(test->wrapping_key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TestAuthority, test_authority_clear)

static inline void write_key(const TestAuthority *test, GBytes *pem)
{
  gsize length;
  const char *text = g_bytes_get_data(pem, &length);
  gboolean written = g_file_set_contents_full(test->key_file, text, (gssize)length,
                                              G_FILE_SET_CONTENTS_NONE, 0600, NULL);
  g_assert_true(written);
}

/* A new CA, begun at NOW, with its issuing key opened from a file. */
static inline TestAuthority new_authority(const char *public_url)
{
  GError *error = NULL;
  TestAuthority test = {0};
  test.wrapping_key = pki_wrapping_key_generate(&error);
  g_assert_no_error(error);
  PkiAuthorityParameters parameters = {"Example Operations", "CN", public_url, NOW};
  test.parts = pki_authority_create(&parameters, test.wrapping_key, &error);
  g_assert_no_error(error);
  test.folder = g_dir_make_tmp("pki-test-XXXXXX", &error);
  g_assert_no_error(error);
  test.key_file = g_build_filename(test.folder, "ca.key", NULL);
  test.key_uri = g_strconcat("file:", test.key_file, NULL);
  write_key(&test, test.parts->issuing_key);
  PkiAuthoritySources sources = {PKI_AUTHORITY_ROLE_ISSUING, test.key_uri,
                                 test.parts->issuing_certificate, public_url};
  test.authority = pki_authority_open(&sources, test.wrapping_key, &error);
  g_assert_no_error(error);
  return test;
}

/* What OpenSSL says of LEAF at TIME under the CA, as strict as it can be and for use in a server:
 * X509_V_OK or the error. */
static inline int verify_chain(const TestAuthority *test, X509 *leaf, gint64 time)
{
  g_autoptr(X509) root = decode_certificate(test->parts->root_certificate);
  g_autoptr(X509) issuing = decode_certificate(test->parts->issuing_certificate);
  X509_STORE *store = X509_STORE_new();
  X509_STORE_add_cert(store, root);
  STACK_OF(X509) *untrusted = sk_X509_new_null();
  sk_X509_push(untrusted, issuing);
  X509_STORE_CTX *context = X509_STORE_CTX_new();
  X509_STORE_CTX_init(context, store, leaf, untrusted);
  X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context);
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_X509_STRICT | X509_V_FLAG_POLICY_CHECK |
                                              X509_V_FLAG_CHECK_SS_SIGNATURE);
  X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set_time(parameters, time);
  X509_VERIFY_PARAM_set_auth_level(parameters, 2);
  int done = X509_verify_cert(context);
  int result = X509_STORE_CTX_get_error(context);
  g_assert_cmpint(done == 1, ==, result == X509_V_OK);
  X509_STORE_CTX_free(context);
  sk_X509_free(untrusted);
  X509_STORE_free(store);
  ERR_clear_error();
  return result;
}

/* An extension's value as OpenSSL prints it, or NULL. */
static inline char *extension_text(const X509 *certificate, int nid, gboolean *ret_critical)
{
  int at = X509_get_ext_by_NID(certificate, nid, -1);
  if (at < 0)
    return NULL;
  g_assert_cmpint(X509_get_ext_by_NID(certificate, nid, at), ==, -1);
  X509_EXTENSION *extension = X509_get_ext(certificate, at);
  if (ret_critical != NULL)
    *ret_critical = X509_EXTENSION_get_critical(extension);
  g_autoptr(BIO) bio = BIO_new(BIO_s_mem());
  g_assert_cmpint(X509V3_EXT_print(bio, extension, 0, 0), ==, 1);
  char *text;
  long length = BIO_get_mem_data(bio, &text);
  return g_strchomp(g_strndup(text, (gsize)length));
}

/* TEXT is what extension_text() gives. */
static inline void assert_extension(const X509 *certificate, int nid, gboolean critical,
                                    const char *text)
{
  gboolean is_critical = FALSE;
  g_autofree char *found = extension_text(certificate, nid, &is_critical);
  g_assert_cmpstr(found, ==, text);
  if (text != NULL)
    g_assert_cmpint(is_critical, ==, critical);
}

static inline char *name_text(const X509_NAME *name)
{
  g_autoptr(BIO) bio = BIO_new(BIO_s_mem());
  X509_NAME_print_ex(bio, name, 0, XN_FLAG_ONELINE & ~(gulong)ASN1_STRFLGS_ESC_MSB);
  char *text;
  long length = BIO_get_mem_data(bio, &text);
  return g_strndup(text, (gsize)length);
}

#endif

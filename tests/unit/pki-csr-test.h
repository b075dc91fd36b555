/* Certificate requests with whatever a test wants to have wrong in them. */
#ifndef CERTDROP_TESTS_PKI_CSR_TEST_H
#define CERTDROP_TESTS_PKI_CSR_TEST_H

#include "pki-test.h"

#include <openssl/rsa.h>

/* ---- Requests made by OpenSSL, with what a test wants to have wrong ---------- */

typedef struct {
  EVP_PKEY *key;        /* NULL: a new P-256 key */
  const EVP_MD *digest; /* NULL: SHA-256 */
  gboolean no_digest;   /* Ed25519 */
  gboolean pss;
  long version;
  const char *common_name;
  const char *extensions[6]; /* name and value in turn, as in OpenSSL's configuration */
  int extension_list;        /* 0: NID_ext_req */
} Form;

static inline STACK_OF(X509_EXTENSION) * new_extensions(const Form *form)
{
  STACK_OF(X509_EXTENSION) *extensions = sk_X509_EXTENSION_new_null();
  for (gsize i = 0; i + 1 < G_N_ELEMENTS(form->extensions) && form->extensions[i] != NULL; i += 2) {
    X509_EXTENSION *extension =
        X509V3_EXT_nconf(NULL, NULL, form->extensions[i], form->extensions[i + 1]);
    g_assert_nonnull(extension);
    sk_X509_EXTENSION_push(extensions, extension);
  }
  return extensions;
}

static inline X509_REQ *new_request(const Form *form, EVP_PKEY *key)
{
  X509_REQ *request = X509_REQ_new();
  X509_REQ_set_version(request, form->version);
  X509_REQ_set_pubkey(request, key);
  if (form->common_name != NULL)
    X509_NAME_add_entry_by_NID(X509_REQ_get_subject_name(request), NID_commonName, MBSTRING_UTF8,
                               (const guchar *)form->common_name, -1, -1, 0);
  if (form->extensions[0] != NULL) {
    STACK_OF(X509_EXTENSION) *extensions = new_extensions(form);
    int list = form->extension_list != 0 ? form->extension_list : NID_ext_req;
    X509_REQ_add_extensions_nid(request, extensions, list);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
  }
  return request;
}

static inline void sign_request(X509_REQ *request, const Form *form, EVP_PKEY *key)
{
  g_autoptr(EVP_MD_CTX) context = EVP_MD_CTX_new();
  EVP_PKEY_CTX *key_context;
  const EVP_MD *digest = form->digest != NULL ? form->digest : EVP_sha256();
  g_assert_cmpint(
      EVP_DigestSignInit(context, &key_context, form->no_digest ? NULL : digest, NULL, key), ==, 1);
  if (form->pss) {
    EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, RSA_PSS_SALTLEN_DIGEST);
  }
  g_assert_cmpint(X509_REQ_sign_ctx(request, context), >, 0);
}

static inline GBytes *encode_request(X509_REQ *request)
{
  guint8 *der = NULL;
  int length = i2d_X509_REQ(request, &der);
  g_assert_cmpint(length, >, 0);
  return pki_bytes_take(der, length);
}

static inline GBytes *make_request(const Form *form)
{
  g_autoptr(EVP_PKEY) own = form->key == NULL ? EVP_EC_gen("P-256") : NULL;
  EVP_PKEY *key = form->key == NULL ? own : form->key;
  g_autoptr(X509_REQ) request = new_request(form, key);
  sign_request(request, form, key);
  return encode_request(request);
}

/* ---- Reading ------------------------------------------------------------- */

static inline GPtrArray *read_text(const char *text, PkiCsr **ret_csr)
{
  GPtrArray *faults = fault_array_new();
  PkiCsr *csr = pki_csr_read(text, strlen(text), faults, 12, "csr");
  g_assert_cmpint(csr == NULL, ==, faults->len > 0);
  g_assert_cmpuint(ERR_peek_error(), ==, 0);
  for (guint i = 0; i < faults->len; i++) {
    const Fault *fault = faults->pdata[i];
    g_test_message("%s: %s", fault->code, fault->text);
    g_assert_cmpuint(fault->line, ==, 12);
    g_assert_cmpstr(fault->element, ==, "csr");
    g_assert_true(g_utf8_validate(fault->text, -1, NULL));
    g_assert_null(strchr(fault->text, '\n'));
  }
  if (ret_csr != NULL)
    *ret_csr = csr;
  else
    pki_csr_free(csr);
  return faults;
}

/* CODES are all the faults of TEXT, in their order, separated by spaces. */
static inline void assert_text_faults(const char *text, const char *codes)
{
  g_autoptr(GPtrArray) faults = read_text(text, NULL);
  g_autoptr(GString) found = g_string_new(NULL);
  for (guint i = 0; i < faults->len; i++)
    g_string_append_printf(found, "%s%s", i > 0 ? " " : "", ((Fault *)faults->pdata[i])->code);
  g_assert_cmpstr(found->str, ==, codes);
}

static inline void assert_der_faults(GBytes *der, const char *codes)
{
  g_autofree char *pem = pki_csr_to_pem(der);
  assert_text_faults(pem, codes);
}

static inline void assert_faults(const Form *form, const char *codes)
{
  g_autoptr(GBytes) der = make_request(form);
  assert_der_faults(der, codes);
}

static inline PkiCsr *read_good(const char *text)
{
  PkiCsr *csr = NULL;
  g_autoptr(GPtrArray) faults = read_text(text, &csr);
  g_assert_cmpuint(faults->len, ==, 0);
  return csr;
}

static inline void assert_names(const PkiCsr *csr, const char *expected)
{
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < csr->names->len; i++)
    g_string_append_printf(names, "%s%s", i > 0 ? " " : "", (char *)csr->names->pdata[i]);
  g_assert_cmpstr(names->str, ==, expected);
}

#endif

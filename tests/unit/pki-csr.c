/* Certificate requests: those made here are good everywhere, and each thing that can be wrong with
 * one has its fault. */
#include "pki-csr-test.h"

static const char *const two_names[] = {"www.example.test", "example.test", NULL};

/* ---- Making ---------------------------------------------------------------- */

static void test_make(gconstpointer data)
{
  GError *error = NULL;
  g_autoptr(PkiKey) key = new_key((PkiKeyKind)GPOINTER_TO_INT(data));
  g_autoptr(GBytes) der = pki_csr_make(key, NULL, two_names, &error);
  g_assert_no_error(error);
  gsize length;
  const guint8 *at = g_bytes_get_data(der, &length);
  g_autoptr(X509_REQ) request = d2i_X509_REQ(NULL, &at, (long)length);
  g_assert_cmpint(X509_REQ_verify(request, X509_REQ_get0_pubkey(request)), ==, 1);
  g_assert_cmpint(EVP_PKEY_eq(X509_REQ_get0_pubkey(request), pki_key_evp(key)), ==, 1);

  g_autofree char *pem = pki_csr_to_pem(der);
  g_autoptr(PkiCsr) csr = read_good(pem);
  g_assert_true(g_bytes_equal(csr->der, der));
  g_assert_true(g_bytes_equal(csr->spki, pki_key_spki(key)));
  g_assert_cmpstr(csr->spki_sha256, ==, pki_key_spki_sha256(key));
  g_assert_cmpint(csr->kind, ==, pki_key_kind(key));
  g_assert_cmpstr(csr->key_label, ==, pki_key_kind_label(csr->kind));
  assert_names(csr, "www.example.test example.test");
  g_autoptr(GBytes) spki = pki_csr_spki(der, &error);
  g_assert_no_error(error);
  g_assert_true(g_bytes_equal(spki, csr->spki));
}

static void test_make_with_subject(void)
{
  static const char *const names[] = {"*.example.test", "10.1.2.3", "2001:db8::1", NULL};
  PkiSubject subject = {.country = "CN", .organization = "示例公司"};
  g_autoptr(PkiKey) key = new_key(PKI_KEY_KIND_EC_P256);
  g_autoptr(GBytes) der = pki_csr_make(key, &subject, names, NULL);
  gsize length;
  const guint8 *at = g_bytes_get_data(der, &length);
  g_autoptr(X509_REQ) request = d2i_X509_REQ(NULL, &at, (long)length);
  g_autofree char *line = name_text(X509_REQ_get_subject_name(request));
  g_assert_cmpstr(line, ==, "C = CN, O = 示例公司, CN = *.example.test");
  g_autofree char *pem = pki_csr_to_pem(der);
  g_autoptr(PkiCsr) csr = read_good(pem);
  assert_names(csr, "*.example.test 10.1.2.3 2001:db8::1");
}

static void test_make_refuses_bad_names(void)
{
  static const char *const bad[] = {"a b.test", "ex\n.test", "münchen.test", "",
                                    "-----"
                                    ",DNS:x.test"};
  g_autoptr(PkiKey) key = new_key(PKI_KEY_KIND_EC_P256);
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    const char *const names[] = {"good.test", bad[i], NULL};
    g_autoptr(GError) error = NULL;
    g_assert_null(pki_csr_make(key, NULL, names, &error));
    g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED);
  }
}

/* ---- Text ------------------------------------------------------------------ */

static void test_text_forms(void)
{
  g_autoptr(GBytes) der = make_request(&(Form){.common_name = "www.example.test"});
  gsize length;
  const guint8 *bytes = g_bytes_get_data(der, &length);
  g_autofree char *pem = pki_csr_to_pem(der);
  g_autofree char *base64 = g_base64_encode(bytes, length);
  g_autofree char *old_pem = pki_pem_from_bytes("NEW CERTIFICATE REQUEST", der);
  g_auto(GStrv) lines = g_strsplit(pem, "\n", -1);
  g_autofree char *indented = g_strjoinv("\r\n      ", lines);
  g_autofree char *one_line = g_strjoinv(" ", lines);
  g_autofree char *surrounded =
      g_strconcat("Certificate Request:\n  Subject: CN = x\n", pem, "\nthat was it\n", NULL);
  g_autofree char *spaced = g_strconcat("\n  \t", base64, "\n", NULL);
  const char *const forms[] = {pem, base64, old_pem, indented, one_line, surrounded, spaced};
  for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
    g_autoptr(PkiCsr) csr = read_good(forms[i]);
    g_assert_true(g_bytes_equal(csr->der, der));
  }
}

static void test_bad_text(void)
{
  g_autoptr(GBytes) der = make_request(&(Form){.common_name = "www.example.test"});
  g_autofree char *pem = pki_csr_to_pem(der);
  g_autofree char *two = g_strconcat(pem, pem, NULL);
  g_autofree char *cut = g_strndup(pem, strlen(pem) - 40);
  g_autofree char *other = pki_certificate_to_pem(der);
  g_autofree char *with_key =
      g_strconcat("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", pem, NULL);
  g_autofree char *star = g_strdup(pem);
  star[60] = '*';
  g_autofree char *huge = g_strnfill(128 * 1024 + 4, 'A');
  const char *const bad[] = {
      "",
      "   \n",
      "hello",
      "AAAA",
      "====",
      "A===",
      "AAAAA===",
      "AA=A",
      "MIIB",
      "A",
      "AAA",
      two,
      cut,
      other,
      with_key,
      star,
      huge,
      "-----BEGIN CERTIFICATE REQUEST----------END CERTIFICATE REQUEST-----",
      "-----END CERTIFICATE REQUEST----------BEGIN CERTIFICATE REQUEST-----",
  };
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
    assert_text_faults(bad[i], "csr-format");
}

/* The text need not end in a NUL. */
static void test_length_is_heeded(void)
{
  g_autoptr(GBytes) der = make_request(&(Form){.common_name = "www.example.test"});
  g_autofree char *pem = pki_csr_to_pem(der);
  g_autofree char *text = g_memdup2(pem, strlen(pem));
  g_autoptr(GPtrArray) faults = fault_array_new();
  g_autoptr(PkiCsr) csr = pki_csr_read(text, strlen(pem), faults, 1, "csr");
  g_assert_nonnull(csr);
  for (gsize length = 0; length < strlen(pem) - 1; length += 17) {
    g_autofree char *part = g_memdup2(pem, length);
    g_assert_null(pki_csr_read(part, length, faults, 1, "csr"));
  }
}

static void test_trailing_bytes(void)
{
  g_autoptr(GBytes) der = make_request(&(Form){.common_name = "www.example.test"});
  gsize length;
  const guint8 *bytes = g_bytes_get_data(der, &length);
  g_autofree guint8 *more = g_malloc0(length + 1);
  memcpy(more, bytes, length);
  g_autoptr(GBytes) longer = g_bytes_new(more, length + 1);
  assert_der_faults(longer, "csr-format");
  g_autoptr(GBytes) shorter = g_bytes_new(bytes, length - 1);
  assert_der_faults(shorter, "csr-format");
}

/* Whatever byte is changed: no crash, and nothing is taken that was not signed. */
static void test_changed_bytes(void)
{
  g_autoptr(GBytes) der = make_request(&(Form){
      .common_name = "www.example.test", .extensions = {"subjectAltName", "DNS:www.example.test"}});
  gsize length;
  const guint8 *bytes = g_bytes_get_data(der, &length);
  for (gsize i = 0; i < length; i++) {
    guint8 *copy = g_memdup2(bytes, length);
    copy[i] ^= 0x41;
    g_autoptr(GBytes) changed = g_bytes_new_take(copy, length);
    g_autofree char *pem = pki_csr_to_pem(changed);
    g_autoptr(GPtrArray) faults = read_text(pem, NULL);
    g_assert_cmpuint(faults->len, >, 0);
  }
}

/* ---- Version, signature ------------------------------------------------------- */

static void test_version(void)
{
  assert_faults(&(Form){.version = 1}, "csr-version");
  assert_faults(&(Form){.version = 2}, "csr-version");
}

static void test_signature_of_another_key(void)
{
  g_autoptr(EVP_PKEY) key = EVP_EC_gen("P-256");
  g_autoptr(EVP_PKEY) other = EVP_EC_gen("P-256");
  Form form = {.key = key};
  g_autoptr(X509_REQ) request = new_request(&form, key);
  sign_request(request, &form, other);
  g_autoptr(GBytes) der = encode_request(request);
  assert_der_faults(der, "csr-signature");
}

static void test_algorithms(void)
{
  g_autoptr(EVP_PKEY) rsa = read_rsa_fixture(2048);
  assert_faults(&(Form){.key = rsa, .digest = EVP_md5()}, "csr-algorithm");
  assert_faults(&(Form){.key = rsa, .digest = EVP_sha1()}, "csr-algorithm");
  assert_faults(&(Form){.digest = EVP_sha1()}, "csr-algorithm");
  assert_faults(&(Form){.key = rsa, .digest = EVP_sha224()}, "csr-algorithm");
  assert_faults(&(Form){.key = rsa, .digest = EVP_sha1(), .pss = TRUE}, "csr-algorithm");
  assert_faults(&(Form){.key = rsa, .digest = EVP_sha384()}, "");
  assert_faults(&(Form){.key = rsa, .digest = EVP_sha512()}, "");
  assert_faults(&(Form){.key = rsa, .pss = TRUE}, "");
  assert_faults(&(Form){.digest = EVP_sha512()}, "");
}

/* ---- Extensions and names ------------------------------------------------------- */

static void test_ca(void)
{
  assert_faults(&(Form){.extensions = {"basicConstraints", "CA:TRUE"}}, "csr-ca");
  assert_faults(&(Form){.extensions = {"basicConstraints", "critical,CA:TRUE,pathlen:0"}},
                "csr-ca");
  assert_faults(&(Form){.extensions = {"basicConstraints", "CA:FALSE"}}, "");
  assert_faults(
      &(Form){.extensions = {"basicConstraints", "CA:TRUE"}, .extension_list = NID_ms_ext_req},
      "csr-ca");
}

static void test_refused_extensions(void)
{
  assert_faults(&(Form){.extensions = {"1.3.6.1.4.1.11129.2.4.3", "critical,DER:0500"}},
                "csr-extension");
  assert_faults(&(Form){.extensions = {"2.5.29.17", "DER:0400"}}, "csr-extension");
  assert_faults(&(Form){.extensions = {"2.5.29.19", "DER:0400"}}, "csr-extension");
  assert_faults(
      &(Form){.extensions = {"subjectAltName", "DNS:a.test", "subjectAltName", "DNS:b.test"}},
      "csr-extension");
}

static void test_two_extension_lists(void)
{
  g_autoptr(EVP_PKEY) key = EVP_EC_gen("P-256");
  Form form = {.key = key, .extensions = {"subjectAltName", "DNS:a.test"}};
  g_autoptr(X509_REQ) request = new_request(&form, key);
  Form second = {.extensions = {"basicConstraints", "CA:TRUE"}};
  STACK_OF(X509_EXTENSION) *extensions = new_extensions(&second);
  X509_REQ_add_extensions_nid(request, extensions, NID_ms_ext_req);
  sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
  sign_request(request, &form, key);
  g_autoptr(GBytes) der = encode_request(request);
  assert_der_faults(der, "csr-extension");
}

static void test_ignored_extensions(void)
{
  assert_faults(
      &(Form){.extensions = {"keyUsage", "keyCertSign,digitalSignature", "extendedKeyUsage",
                             "clientAuth,codeSigning", "1.2.3.4", "critical,DER:0500"}},
      "");
}

static void test_names(void)
{
  static const struct {
    const char *common_name;
    const char *alternative;
    const char *expected;
  } cases[] = {
      {NULL, NULL, ""},
      {"WWW.Example.Test", NULL, "www.example.test"},
      {NULL, "DNS:B.test,DNS:a.test", "b.test a.test"},
      {"a.TEST", "DNS:b.test,DNS:A.test", "b.test a.test"},
      {"c.test", "DNS:b.test,DNS:B.TEST", "b.test c.test"},
      {"10.0.0.1", "IP:10.0.0.1,IP:2001:DB8:0:0:0:0:0:1,DNS:*.x.test",
       "10.0.0.1 2001:db8::1 *.x.test"},
      {"Example Operations", "DNS:a.test", "a.test example operations"},
      {"MÜNCHEN.test", NULL, "münchen.test"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Form form = {.common_name = cases[i].common_name};
    if (cases[i].alternative != NULL) {
      form.extensions[0] = "subjectAltName";
      form.extensions[1] = cases[i].alternative;
    }
    g_autoptr(GBytes) der = make_request(&form);
    g_autofree char *pem = pki_csr_to_pem(der);
    g_autoptr(PkiCsr) csr = read_good(pem);
    assert_names(csr, cases[i].expected);
  }
}

static void test_refused_names(void)
{
  static const char *const bad[] = {
      "email:someone@example.test", "URI:http://example.test/", "RID:1.2.3.4",
      "otherName:1.2.3;UTF8:text",  "DNS:two words.test",
  };
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
    assert_faults(&(Form){.extensions = {"subjectAltName", bad[i]}}, "csr-name");
  /* A NUL inside a dNSName, an address of five bytes, a line break in the common name. */
  assert_faults(&(Form){.extensions = {"2.5.29.17", "DER:3008820661002e746573"}}, "csr-name");
  assert_faults(&(Form){.extensions = {"2.5.29.17", "DER:300787050a00000100"}}, "csr-name");
  assert_faults(&(Form){.common_name = "a.test\nb.test"}, "csr-name");
  assert_faults(&(Form){.extensions = {"subjectAltName", "DNS:a.test,email:x@y.test,URI:u:v"}},
                "csr-name csr-name");
}

static void test_all_faults_at_once(void)
{
  g_autoptr(EVP_PKEY) key = read_rsa_fixture(1024);
  assert_faults(&(Form){.key = key,
                        .digest = EVP_sha1(),
                        .version = 1,
                        .common_name = "a\tb",
                        .extensions = {"subjectAltName", "email:x@y.test", "basicConstraints",
                                       "CA:TRUE", "1.3.6.1.4.1.11129.2.4.3", "critical,DER:0500"}},
                "csr-version csr-key-size csr-algorithm csr-name csr-ca csr-extension csr-name");
}

static void test_spki_of_garbage(void)
{
  g_autoptr(GBytes) garbage = g_bytes_new_static("garbage", 7);
  g_autoptr(GError) error = NULL;
  g_assert_null(pki_csr_spki(garbage, &error));
  g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_CORRUPT);
}

static void add_reading_tests(void)
{
  g_test_add_func("/pki/csr/text-forms", test_text_forms);
  g_test_add_func("/pki/csr/bad-text", test_bad_text);
  g_test_add_func("/pki/csr/length-is-heeded", test_length_is_heeded);
  g_test_add_func("/pki/csr/trailing-bytes", test_trailing_bytes);
  g_test_add_func("/pki/csr/changed-bytes", test_changed_bytes);
  g_test_add_func("/pki/csr/version", test_version);
  g_test_add_func("/pki/csr/signature-of-another-key", test_signature_of_another_key);
  g_test_add_func("/pki/csr/algorithms", test_algorithms);
  g_test_add_func("/pki/csr/ca", test_ca);
  g_test_add_func("/pki/csr/refused-extensions", test_refused_extensions);
  g_test_add_func("/pki/csr/two-extension-lists", test_two_extension_lists);
  g_test_add_func("/pki/csr/ignored-extensions", test_ignored_extensions);
  g_test_add_func("/pki/csr/names", test_names);
  g_test_add_func("/pki/csr/refused-names", test_refused_names);
  g_test_add_func("/pki/csr/all-faults-at-once", test_all_faults_at_once);
  g_test_add_func("/pki/csr/spki-of-garbage", test_spki_of_garbage);
}

int main(int argc, char **argv)
{
  pki_test_init(&argc, &argv);
  for (PkiKeyKind kind = 1; kind < PKI_KEY_KIND_N; kind++) {
    g_autofree char *name = g_strconcat("/pki/csr/make/", pki_key_kind_to_string(kind), NULL);
    g_test_add_data_func(name, GINT_TO_POINTER(kind), test_make);
  }
  g_test_add_func("/pki/csr/make-with-subject", test_make_with_subject);
  g_test_add_func("/pki/csr/make-refuses-bad-names", test_make_refuses_bad_names);
  add_reading_tests();
  return g_test_run();
}

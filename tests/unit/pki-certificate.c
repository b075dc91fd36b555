/* What is read from certificates is what OpenSSL reads. */
#include "pki-test.h"

static PkiCertificate *issue_ev(const TestAuthority *test, const PkiKey *key)
{
  static const char *const names[] = {"WWW.example.test", "10.0.0.1", "2001:db8::1", NULL};
  PkiSubject subject = {
      .country = "CN", .state = "浙江", .organization = "Example, \"Quoted\" + Co"};
  PkiIssueRequest request = {.validation = PKI_VALIDATION_EV,
                             .spki = pki_key_spki(key),
                             .subject = &subject,
                             .names = names,
                             .not_before = NOW,
                             .not_after = NOW + 10 * DAY,
                             .serial = {0xab, [15] = 1}};
  PkiCertificate *issued = pki_authority_issue(test->authority, &request, NULL);
  g_assert_nonnull(issued);
  return issued;
}

static void test_read(void)
{
  g_auto(TestAuthority) test = new_authority(URL);
  g_autoptr(PkiKey) key = new_key(PKI_KEY_KIND_EC_P256);
  g_autoptr(PkiCertificate) issued = issue_ev(&test, key);
  GError *error = NULL;
  g_autoptr(PkiCertificateDetails) details = pki_certificate_read(issued->der, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(details->subject, ==,
                  "C = CN, ST = 浙江, O = \"Example, \\\"Quoted\\\" + Co\", CN = WWW.example.test");
  g_assert_cmpstr(details->issuer, ==,
                  "C = CN, O = Example Operations, CN = Example Operations TLS CA 2026");
  g_assert_cmpstr(details->serial, ==, issued->serial);
  g_assert_cmpint(details->not_before, ==, NOW);
  g_assert_cmpint(details->not_after, ==, NOW + 10 * DAY);
  g_assert_cmpuint(details->names->len, ==, 3);
  g_assert_cmpstr(details->names->pdata[0], ==, "WWW.example.test");
  g_assert_cmpstr(details->names->pdata[1], ==, "10.0.0.1");
  g_assert_cmpstr(details->names->pdata[2], ==, "2001:db8::1");
  g_assert_cmpint(details->kind, ==, PKI_KEY_KIND_EC_P256);
  g_assert_cmpstr(details->key_label, ==, "ECDSA P-256");
  g_assert_cmpstr(details->signature_algorithm, ==, "ecdsa-with-SHA256");
  g_assert_cmpstr(details->sha256, ==, issued->sha256);
  g_assert_cmpstr(details->spki_sha256, ==, pki_key_spki_sha256(key));
  g_assert_cmpuint(details->policies->len, ==, 1);
  g_assert_cmpstr(details->policies->pdata[0], ==, "2.23.140.1.1");
  gsize length;
  g_autofree guchar *pin = g_base64_decode(details->spki_pin, &length);
  g_assert_cmpuint(length, ==, 32);
  for (gsize i = 0; i < length; i++) {
    g_autofree char *hex = g_strdup_printf("%02x", pin[i]);
    g_assert_cmpmem(&details->spki_sha256[2 * i], 2, hex, 2);
  }
}

/* The same by parts, as monitoring wants them. */
static void test_read_names(void)
{
  g_auto(TestAuthority) test = new_authority(URL);
  g_autoptr(PkiKey) key = new_key(PKI_KEY_KIND_EC_P256);
  g_autoptr(PkiCertificate) issued = issue_ev(&test, key);
  GError *error = NULL;
  g_autoptr(PkiCertificateNames) names = pki_certificate_read_names(issued->der, &error);
  g_assert_no_error(error);
  /* 0xab and fourteen zeros and 1 */
  g_assert_cmpstr(names->serial, ==, "227297987279220614266551007307938922497");
  static const char *const subject[PKI_NAME_N] = {[PKI_NAME_C] = "CN",
                                                  [PKI_NAME_ST] = "浙江",
                                                  [PKI_NAME_O] = "Example, \"Quoted\" + Co",
                                                  [PKI_NAME_CN] = "WWW.example.test"};
  static const char *const issuer[PKI_NAME_N] = {[PKI_NAME_C] = "CN",
                                                 [PKI_NAME_O] = "Example Operations",
                                                 [PKI_NAME_CN] = "Example Operations TLS CA 2026"};
  for (int part = 0; part < PKI_NAME_N; part++) {
    g_assert_cmpstr(names->subject[part], ==, subject[part]);
    g_assert_cmpstr(names->issuer[part], ==, issuer[part]);
    g_assert_nonnull(pki_name_parts[part]);
  }
  g_autoptr(GBytes) bad = g_bytes_new_static("der", 3);
  g_assert_null(pki_certificate_read_names(bad, &error));
  g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED);
  g_clear_error(&error);
}

/* A certificate of another maker: version v1, RSA, without extensions. */
static GBytes *foreign_certificate(guint bits, X509_NAME *name)
{
  g_autoptr(EVP_PKEY) key = read_rsa_fixture(bits);
  g_autoptr(X509) certificate = X509_new();
  X509_set_pubkey(certificate, key);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 77);
  ASN1_TIME_set(X509_getm_notBefore(certificate), NOW);
  ASN1_TIME_set(X509_getm_notAfter(certificate), NOW + DAY);
  if (name != NULL)
    X509_set_subject_name(certificate, name);
  X509_sign(certificate, key, EVP_sha256());
  guint8 *der = NULL;
  int length = i2d_X509(certificate, &der);
  return pki_bytes_take(der, length);
}

static void test_read_v1(void)
{
  g_autoptr(GBytes) der = foreign_certificate(2056, NULL);
  g_autoptr(PkiCertificateDetails) details = pki_certificate_read(der, NULL);
  g_assert_nonnull(details);
  g_assert_cmpstr(details->subject, ==, "");
  g_assert_cmpstr(details->serial, ==, "4D");
  g_assert_cmpint(details->kind, ==, 0);
  g_assert_cmpstr(details->key_label, ==, "RSA 2056");
  g_assert_cmpstr(details->signature_algorithm, ==, "sha256WithRSAEncryption");
  g_assert_cmpuint(details->names->len, ==, 0);
  g_assert_cmpuint(details->policies->len, ==, 0);
}

static void assert_unreadable(const guint8 *bytes, gsize length)
{
  g_autoptr(GBytes) der = g_bytes_new(bytes, length);
  g_autoptr(GError) error = NULL;
  g_assert_null(pki_certificate_read(der, &error));
  g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED);
  g_assert_cmpuint(ERR_peek_error(), ==, 0);
}

/* A name comes out as one line of UTF-8, however it is encoded, or not at all. */
static void test_read_hostile_name(void)
{
  g_autoptr(X509_NAME) name = X509_NAME_new();
  X509_NAME_add_entry_by_NID(name, NID_commonName, V_ASN1_UTF8STRING, (const guchar *)"line\nbreak",
                             -1, -1, 0);
  X509_NAME_add_entry_by_NID(name, NID_organizationName, V_ASN1_BMPSTRING,
                             (const guchar *)"\x4f\x60\x59\x7d", 4, -1, 0);
  g_autoptr(GBytes) der = foreign_certificate(2048, name);
  g_autoptr(PkiCertificateDetails) details = pki_certificate_read(der, NULL);
  g_assert_nonnull(details);
  g_assert_cmpstr(details->subject, ==, "CN = line\\0Abreak, O = 你好");

  gsize length;
  guint8 *bytes = g_bytes_unref_to_data(g_steal_pointer(&der), &length);
  guint8 *text = memmem(bytes, length, "line", 4);
  g_assert_nonnull(text);
  text[0] = 0xff;
  assert_unreadable(bytes, length);
  g_free(bytes);
}

static void test_cut_and_longer(void)
{
  g_auto(TestAuthority) test = new_authority(URL);
  g_autoptr(PkiKey) key = new_key(PKI_KEY_KIND_EC_P256);
  g_autoptr(PkiCertificate) issued = issue_ev(&test, key);
  gsize length;
  const guint8 *bytes = g_bytes_get_data(issued->der, &length);
  for (gsize cut = 0; cut < length; cut++)
    assert_unreadable(bytes, cut);
  g_autofree guint8 *longer = g_malloc0(length + 1);
  memcpy(longer, bytes, length);
  assert_unreadable(longer, length + 1);
}

/* Adds CHANGE to the two octets of length at AT. */
static void lengthen(guint8 *at, guint change)
{
  g_assert_cmpuint(at[1], ==, 0x82);
  guint length = (guint)(at[2] << 8 | at[3]) + change;
  at[2] = (guint8)(length >> 8);
  at[3] = (guint8)length;
}

/* A NULL behind the extensions, with all lengths right. */
static void test_more_after_extensions(void)
{
  g_auto(TestAuthority) test = new_authority(URL);
  g_autoptr(PkiKey) key = new_key(PKI_KEY_KIND_EC_P256);
  g_autoptr(PkiCertificate) issued = issue_ev(&test, key);
  PkiSlice der = pki_slice_from_bytes(issued->der);
  PkiSlice input = der, certificate, tbs;
  g_assert_true(pki_der_take(&input, PKI_DER_SEQUENCE, &certificate, NULL));
  g_assert_true(pki_der_take(&certificate, PKI_DER_SEQUENCE, NULL, &tbs));
  gsize end = (gsize)(tbs.data - der.data) + tbs.length;
  g_autoptr(GByteArray) longer = g_byte_array_new();
  g_byte_array_append(longer, der.data, (guint)end);
  g_byte_array_append(longer, (const guint8 *)"\x05\x00", 2);
  g_byte_array_append(longer, der.data + end, (guint)(der.length - end));
  lengthen(longer->data, 2);
  lengthen(longer->data + (tbs.data - der.data), 2);
  assert_unreadable(longer->data, longer->len);
}

static void test_der_lengths(void)
{
  static const struct {
    const char *bytes;
    gsize length;
    gssize content; /* -1: none */
  } cases[] = {
      {"", 0, -1},
      {"\x30", 1, -1},
      {"\x30\x00", 2, 0},
      {"\x31\x00", 2, -1},
      {"\x30\x01", 2, -1},
      {"\x30\x01\x05", 3, 1},
      {"\x30\x01\x05\x00", 4, 1},
      {"\x30\x80\x00\x00", 4, -1},     /* indefinite */
      {"\x30\x81\x01\x05", 4, -1},     /* longer than need be */
      {"\x30\x82\x00\x01\x05", 5, -1}, /* likewise */
      {"\x30\x81\x80", 3, -1},         /* cut */
      {"\x30\x82\x01", 3, -1},         /* cut within the length */
      {"\x30\x84\x00\x00\x00\x01\x05", 7, -1},
      {"\x30\xff", 2, -1},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    PkiSlice input = {(const guint8 *)cases[i].bytes, cases[i].length};
    PkiSlice content = {NULL, 99}, whole = {NULL, 99};
    gboolean taken = pki_der_take(&input, PKI_DER_SEQUENCE, &content, &whole);
    g_assert_cmpint(taken, ==, cases[i].content >= 0);
    g_assert_cmpuint(content.length, ==, taken ? (gsize)cases[i].content : 99);
    g_assert_cmpuint(input.length, ==, cases[i].length - (taken ? whole.length : 0));
  }
  guint8 large[300] = {0x30, 0x82, 0x01, 0x28};
  PkiSlice input = {large, sizeof large}, content;
  g_assert_true(pki_der_take(&input, PKI_DER_SEQUENCE, &content, NULL));
  g_assert_cmpuint(content.length, ==, 296);
}

/* Whatever byte is changed, reading ends well; where it gives something, OpenSSL can read it too.
 */
static void test_changed_bytes(void)
{
  g_auto(TestAuthority) test = new_authority(URL);
  g_autoptr(PkiKey) key = new_key(PKI_KEY_KIND_EC_P256);
  g_autoptr(PkiCertificate) issued = issue_ev(&test, key);
  gsize length;
  const guint8 *bytes = g_bytes_get_data(issued->der, &length);
  static const guint8 changes[] = {0x01, 0x20, 0x80, 0xff};
  for (gsize i = 0; i < length * G_N_ELEMENTS(changes); i++) {
    guint8 *copy = g_memdup2(bytes, length);
    copy[i / G_N_ELEMENTS(changes)] ^= changes[i % G_N_ELEMENTS(changes)];
    g_autoptr(GBytes) changed = g_bytes_new_take(copy, length);
    g_autoptr(PkiCertificateDetails) details = pki_certificate_read(changed, NULL);
    if (details == NULL)
      continue;
    g_assert_true(g_utf8_validate(details->subject, -1, NULL));
    g_assert_true(g_utf8_validate(details->issuer, -1, NULL));
  }
}

static void test_pem(void)
{
  g_auto(TestAuthority) test = new_authority(URL);
  GBytes *const chain[] = {test.parts->issuing_certificate, test.parts->root_certificate};
  g_autofree char *text = pki_chain_to_pem(chain, G_N_ELEMENTS(chain));
  g_autoptr(BIO) expected = BIO_new(BIO_s_mem());
  for (gsize i = 0; i < G_N_ELEMENTS(chain); i++) {
    g_autoptr(X509) certificate = decode_certificate(chain[i]);
    PEM_write_bio_X509(expected, certificate);
  }
  char *bytes;
  long length = BIO_get_mem_data(expected, &bytes);
  g_assert_cmpmem(text, strlen(text), bytes, (gsize)length);
  g_autofree char *nothing = pki_chain_to_pem(NULL, 0);
  g_assert_cmpstr(nothing, ==, "");
}

/* Lines of 64 characters, the last one shorter: around the length where a line is full. */
static void test_pem_lengths(void)
{
  guint8 bytes[200];
  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8)(255 - i);
  for (gsize length = 1; length <= sizeof bytes; length++) {
    g_autoptr(GBytes) der = g_bytes_new(bytes, length);
    g_autofree char *text = pki_pem_from_bytes("CERTIFICATE", der);
    g_autoptr(BIO) expected = BIO_new(BIO_s_mem());
    PEM_write_bio(expected, "CERTIFICATE", "", bytes, (long)length);
    char *found;
    long found_length = BIO_get_mem_data(expected, &found);
    g_assert_cmpmem(text, strlen(text), found, (gsize)found_length);
  }
}

int main(int argc, char **argv)
{
  pki_test_init(&argc, &argv);
  g_test_add_func("/pki/certificate/read", test_read);
  g_test_add_func("/pki/certificate/read-names", test_read_names);
  g_test_add_func("/pki/certificate/read-v1", test_read_v1);
  g_test_add_func("/pki/certificate/read-hostile-name", test_read_hostile_name);
  g_test_add_func("/pki/certificate/cut-and-longer", test_cut_and_longer);
  g_test_add_func("/pki/certificate/more-after-extensions", test_more_after_extensions);
  g_test_add_func("/pki/certificate/der-lengths", test_der_lengths);
  g_test_add_func("/pki/certificate/changed-bytes", test_changed_bytes);
  g_test_add_func("/pki/certificate/pem", test_pem);
  g_test_add_func("/pki/certificate/pem-lengths", test_pem_lengths);
  return g_test_run();
}

/* Issued certificates verify, and have the profile of the Baseline Requirements. */
#include "pki-test.h"

static const char *const two_names[] = {"www.example.test", "example.test", NULL};

/* 65 characters, one too many for a common name. */
#define LONG_NAME "a23456789012345678901234567890123456789012345678901.example1.test"

static const PkiSubject organization = {
    .country = "CN",
    .state = "浙江省",
    .locality = "杭州市",
    .postal_code = "310000",
    .street = "1 Example Street",
    .organization = "Example & <Operations>, Ltd. = \"示例\"",
};

static PkiIssueRequest new_request(GBytes *spki)
{
  PkiIssueRequest request = {
      .validation = PKI_VALIDATION_DV,
      .spki = spki,
      .names = two_names,
      .not_before = NOW,
      .not_after = NOW + 100 * DAY - 1,
      .serial = {0xf1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
  };
  return request;
}

static PkiCertificate *issue(const TestAuthority *test, const PkiIssueRequest *request)
{
  GError *error = NULL;
  PkiCertificate *certificate = pki_authority_issue(test->authority, request, &error);
  g_assert_no_error(error);
  return certificate;
}

/* REQUEST issued for a new P-256 key, decoded. */
static X509 *issue_for_new_key(const TestAuthority *test, PkiIssueRequest *request)
{
  g_autoptr(PkiKey) key = new_key(PKI_KEY_KIND_EC_P256);
  request->spki = pki_key_spki(key);
  g_autoptr(PkiCertificate) issued = issue(test, request);
  X509 *certificate = decode_certificate(issued->der);
  g_assert_cmpint(verify_chain(test, certificate, NOW + DAY), ==, X509_V_OK);
  return certificate;
}

static void test_every_kind(gconstpointer data)
{
  g_auto(TestAuthority) test = new_authority(URL);
  g_autoptr(PkiKey) key = new_key((PkiKeyKind)GPOINTER_TO_INT(data));
  PkiIssueRequest request = new_request(pki_key_spki(key));
  g_autoptr(PkiCertificate) issued = issue(&test, &request);
  g_autoptr(X509) certificate = decode_certificate(issued->der);
  g_autoptr(X509) issuing = decode_certificate(test.parts->issuing_certificate);
  g_assert_cmpint(X509_verify(certificate, X509_get0_pubkey(issuing)), ==, 1);
  g_assert_cmpint(verify_chain(&test, certificate, NOW), ==, X509_V_OK);
  g_assert_cmpint(EVP_PKEY_eq(X509_get0_pubkey(certificate), pki_key_evp(key)), ==, 1);
  g_assert_cmpstr(issued->spki_sha256, ==, pki_key_spki_sha256(key));
  gboolean rsa = EVP_PKEY_is_a(pki_key_evp(key), "RSA");
  assert_extension(certificate, NID_key_usage, TRUE,
                   rsa ? "Digital Signature, Key Encipherment" : "Digital Signature");
}

static void test_fields(void)
{
  g_auto(TestAuthority) test = new_authority(URL);
  g_autoptr(PkiKey) key = new_key(PKI_KEY_KIND_EC_P256);
  PkiIssueRequest request = new_request(pki_key_spki(key));
  g_autoptr(PkiCertificate) issued = issue(&test, &request);
  g_assert_cmpstr(issued->serial, ==, "F102030405060708090A0B0C0D0E0F10");
  g_assert_cmpint(issued->not_before, ==, NOW);
  g_assert_cmpint(issued->not_after, ==, NOW + 100 * DAY - 1);
  gsize length;
  const guint8 *der = g_bytes_get_data(issued->der, &length);
  g_autofree char *digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, der, length);
  g_assert_cmpstr(issued->sha256, ==, digest);

  g_autoptr(X509) certificate = decode_certificate(issued->der);
  g_autoptr(X509) issuing = decode_certificate(test.parts->issuing_certificate);
  g_assert_cmpint(X509_get_version(certificate), ==, X509_VERSION_3);
  g_assert_cmpint(X509_NAME_cmp(X509_get_issuer_name(certificate), X509_get_subject_name(issuing)),
                  ==, 0);
  gint64 begin = 0, end = 0;
  g_assert_true(pki_time_from_asn1(X509_get0_notBefore(certificate), &begin));
  g_assert_true(pki_time_from_asn1(X509_get0_notAfter(certificate), &end));
  g_assert_cmpint(begin, ==, NOW);
  g_assert_cmpint(end, ==, NOW + 100 * DAY - 1);
  g_autofree char *subject = name_text(X509_get_subject_name(certificate));
  g_assert_cmpstr(subject, ==, "CN = www.example.test");
  g_assert_cmpint(X509_get_signature_nid(certificate), ==, NID_ecdsa_with_SHA256);
}

static void test_extensions(void)
{
  g_auto(TestAuthority) test = new_authority(URL);
  PkiIssueRequest request = new_request(NULL);
  g_autoptr(X509) certificate = issue_for_new_key(&test, &request);
  g_autoptr(X509) issuing = decode_certificate(test.parts->issuing_certificate);
  g_assert_cmpint(X509_get_ext_count(certificate), ==, 9);
  assert_extension(certificate, NID_key_usage, TRUE, "Digital Signature");
  assert_extension(certificate, NID_ext_key_usage, FALSE, "TLS Web Server Authentication");
  assert_extension(certificate, NID_basic_constraints, TRUE, "CA:FALSE");
  assert_extension(certificate, NID_subject_alt_name, FALSE,
                   "DNS:www.example.test, DNS:example.test");
  assert_extension(certificate, NID_certificate_policies, FALSE, "Policy: 2.23.140.1.2.1");
  assert_extension(certificate, NID_crl_distribution_points, FALSE,
                   "Full Name:\n  URI:" URL "issuing.crl");
  assert_extension(certificate, NID_info_access, FALSE, "CA Issuers - URI:" URL "issuing.crt");
  g_autofree char *issuer_id = extension_text(issuing, NID_subject_key_identifier, NULL);
  assert_extension(certificate, NID_authority_key_identifier, FALSE, issuer_id);
  gboolean critical = TRUE;
  g_autofree char *id = extension_text(certificate, NID_subject_key_identifier, &critical);
  g_assert_cmpuint(strlen(id), ==, 3 * 20 - 1);
  g_assert_false(critical);
}

static void test_without_url(void)
{
  g_auto(TestAuthority) test = new_authority(NULL);
  PkiIssueRequest request = new_request(NULL);
  g_autoptr(X509) certificate = issue_for_new_key(&test, &request);
  assert_extension(certificate, NID_crl_distribution_points, FALSE, NULL);
  assert_extension(certificate, NID_info_access, FALSE, NULL);
  g_assert_cmpint(X509_get_ext_count(certificate), ==, 7);
}

static void test_ov(void)
{
  g_auto(TestAuthority) test = new_authority(URL);
  PkiIssueRequest request = new_request(NULL);
  request.validation = PKI_VALIDATION_OV;
  request.subject = &organization;
  g_autoptr(X509) certificate = issue_for_new_key(&test, &request);
  assert_extension(certificate, NID_certificate_policies, FALSE, "Policy: 2.23.140.1.2.2");
  static const int order[] = {NID_countryName, NID_stateOrProvinceName, NID_localityName,
                              NID_postalCode,  NID_streetAddress,       NID_organizationName,
                              NID_commonName};
  X509_NAME *subject = X509_get_subject_name(certificate);
  g_assert_cmpint(X509_NAME_entry_count(subject), ==, G_N_ELEMENTS(order));
  for (int i = 0; i < X509_NAME_entry_count(subject); i++) {
    const X509_NAME_ENTRY *entry = X509_NAME_get_entry(subject, i);
    g_assert_cmpint(OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry)), ==, order[i]);
    const ASN1_STRING *value = X509_NAME_ENTRY_get_data(entry);
    int type = order[i] == NID_countryName ? V_ASN1_PRINTABLESTRING : V_ASN1_UTF8STRING;
    g_assert_cmpint(ASN1_STRING_type(value), ==, type);
    if (order[i] == NID_organizationName)
      g_assert_cmpmem(ASN1_STRING_get0_data(value), (gsize)ASN1_STRING_length(value),
                      organization.organization, strlen(organization.organization));
  }
}

static void test_ev(void)
{
  g_auto(TestAuthority) test = new_authority(URL);
  PkiIssueRequest request = new_request(NULL);
  PkiSubject subject = organization;
  subject.organization = "Example Operations";
  subject.jurisdiction_country = "CN";
  subject.jurisdiction_state = "浙江省";
  subject.business_category = "Private Organization";
  subject.serial_number = "91330000MA27";
  request.validation = PKI_VALIDATION_EV;
  request.subject = &subject;
  g_autoptr(X509) certificate = issue_for_new_key(&test, &request);
  assert_extension(certificate, NID_certificate_policies, FALSE, "Policy: 2.23.140.1.1");
  g_autofree char *line = name_text(X509_get_subject_name(certificate));
  g_assert_cmpstr(line, ==,
                  "jurisdictionC = CN, jurisdictionST = 浙江省, businessCategory = Private "
                  "Organization, serialNumber = 91330000MA27, C = CN, ST = 浙江省, L = 杭州市, "
                  "postalCode = 310000, street = 1 Example Street, O = Example Operations, CN = "
                  "www.example.test");
  X509_NAME *name = X509_get_subject_name(certificate);
  static const int printable[] = {NID_jurisdictionCountryName, NID_serialNumber, NID_countryName};
  for (gsize i = 0; i < G_N_ELEMENTS(printable); i++) {
    int at = X509_NAME_get_index_by_NID(name, printable[i], -1);
    const ASN1_STRING *value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
    g_assert_cmpint(ASN1_STRING_type(value), ==, V_ASN1_PRINTABLESTRING);
  }
}

static void test_common_name_is_the_first_that_fits(void)
{
  g_auto(TestAuthority) test = new_authority(URL);
  static const char *const names[] = {LONG_NAME, "b.example.test", "c.example.test", NULL};
  PkiIssueRequest request = new_request(NULL);
  request.names = names;
  g_autoptr(X509) certificate = issue_for_new_key(&test, &request);
  g_autofree char *line = name_text(X509_get_subject_name(certificate));
  g_assert_cmpstr(line, ==, "CN = b.example.test");
  assert_extension(certificate, NID_subject_alt_name, FALSE,
                   "DNS:" LONG_NAME ", DNS:b.example.test, DNS:c.example.test");

  static const char *const just_fits[] = {&LONG_NAME[1], NULL};
  g_assert_cmpuint(strlen(just_fits[0]), ==, 64);
  request.names = just_fits;
  g_autoptr(X509) second = issue_for_new_key(&test, &request);
  g_assert_cmpint(X509_NAME_entry_count(X509_get_subject_name(second)), ==, 1);
}

static void test_empty_subject_makes_san_critical(void)
{
  g_auto(TestAuthority) test = new_authority(URL);
  static const char *const names[] = {LONG_NAME, NULL};
  PkiIssueRequest request = new_request(NULL);
  request.names = names;
  g_autoptr(X509) certificate = issue_for_new_key(&test, &request);
  g_assert_cmpint(X509_NAME_entry_count(X509_get_subject_name(certificate)), ==, 0);
  assert_extension(certificate, NID_subject_alt_name, TRUE, "DNS:" LONG_NAME);

  request.validation = PKI_VALIDATION_OV;
  request.subject = &organization;
  g_autoptr(X509) with_organization = issue_for_new_key(&test, &request);
  assert_extension(with_organization, NID_subject_alt_name, FALSE, "DNS:" LONG_NAME);
  g_assert_cmpint(
      X509_NAME_get_index_by_NID(X509_get_subject_name(with_organization), NID_commonName, -1), ==,
      -1);
}

static void test_addresses(void)
{
  g_auto(TestAuthority) test = new_authority(URL);
  static const char *const names[] = {"10.1.2.3", "2001:db8::a:1", "host.corp", "*.x.test", NULL};
  PkiIssueRequest request = new_request(NULL);
  request.names = names;
  g_autoptr(X509) certificate = issue_for_new_key(&test, &request);
  assert_extension(certificate, NID_subject_alt_name, FALSE,
                   "IP Address:10.1.2.3, IP Address:2001:DB8:0:0:0:0:A:1, DNS:host.corp, "
                   "DNS:*.x.test");
  g_assert_cmpint(X509_check_ip_asc(certificate, "2001:db8::a:1", 0), ==, 1);
  g_assert_cmpint(X509_check_host(certificate, "y.x.test", 0, 0, NULL), ==, 1);
  g_autofree char *line = name_text(X509_get_subject_name(certificate));
  g_assert_cmpstr(line, ==, "CN = 10.1.2.3");
}

static void test_serial_forms(void)
{
  static const struct {
    guint8 first, second;
    const char *hex;
  } cases[] = {
      {0xff, 0x00, "FF000000000000000000000000000001"},
      {0x7f, 0x80, "7F800000000000000000000000000001"},
      {0x00, 0xab, "AB0000000000000000000000000001"},
      {0x00, 0x00, "01"},
  };
  g_auto(TestAuthority) test = new_authority(URL);
  g_autoptr(PkiKey) key = new_key(PKI_KEY_KIND_EC_P256);
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    PkiIssueRequest request = new_request(pki_key_spki(key));
    memset(request.serial, 0, sizeof request.serial);
    request.serial[0] = cases[i].first;
    request.serial[1] = cases[i].second;
    request.serial[PKI_SERIAL_LENGTH - 1] = 1;
    g_autoptr(PkiCertificate) issued = issue(&test, &request);
    g_assert_cmpstr(issued->serial, ==, cases[i].hex);
    g_autoptr(PkiCertificateDetails) details = pki_certificate_read(issued->der, NULL);
    g_assert_cmpstr(details->serial, ==, cases[i].hex);
    g_autoptr(X509) certificate = decode_certificate(issued->der);
    g_assert_cmpint(ASN1_STRING_type(X509_get0_serialNumber(certificate)), ==, V_ASN1_INTEGER);
    g_assert_cmpint(verify_chain(&test, certificate, NOW), ==, X509_V_OK);
  }
}

static void test_serial_generate(void)
{
  guint8 one[PKI_SERIAL_LENGTH], two[PKI_SERIAL_LENGTH];
  g_assert_true(pki_serial_generate(one, NULL));
  g_assert_true(pki_serial_generate(two, NULL));
  g_assert_cmpint(memcmp(one, two, sizeof one), !=, 0);
}

static void test_from_csr(void)
{
  g_auto(TestAuthority) test = new_authority(URL);
  g_autoptr(EVP_PKEY) rsa = read_rsa_fixture(2056);
  g_autoptr(X509_REQ) made = X509_REQ_new();
  X509_REQ_set_pubkey(made, rsa);
  X509_REQ_sign(made, rsa, EVP_sha256());
  guint8 *der = NULL;
  int length = i2d_X509_REQ(made, &der);
  g_autoptr(GBytes) bytes = pki_bytes_take(der, length);
  g_autofree char *pem = pki_csr_to_pem(bytes);
  g_autoptr(GPtrArray) faults = fault_array_new();
  g_autoptr(PkiCsr) csr = pki_csr_read(pem, strlen(pem), faults, 1, "csr");
  g_assert_nonnull(csr);
  PkiIssueRequest request = new_request(csr->spki);
  g_autoptr(PkiCertificate) issued = issue(&test, &request);
  g_autoptr(X509) certificate = decode_certificate(issued->der);
  g_assert_cmpint(verify_chain(&test, certificate, NOW), ==, X509_V_OK);
  g_assert_cmpint(EVP_PKEY_eq(X509_get0_pubkey(certificate), rsa), ==, 1);
  g_assert_cmpstr(issued->spki_sha256, ==, csr->spki_sha256);
}

static void assert_refused(const TestAuthority *test, const PkiIssueRequest *request,
                           CertdropError code)
{
  g_autoptr(GError) error = NULL;
  g_assert_null(pki_authority_issue(test->authority, request, &error));
  g_assert_error(error, CERTDROP_ERROR, (int)code);
  g_assert_cmpuint(ERR_peek_error(), ==, 0);
}

static void test_refused_validity(void)
{
  g_auto(TestAuthority) test = new_authority(URL);
  g_autoptr(PkiKey) key = new_key(PKI_KEY_KIND_EC_P256);
  PkiIssueRequest request = new_request(pki_key_spki(key));
  request.not_after = NOW - 1;
  assert_refused(&test, &request, CERTDROP_ERROR_REFUSED);
  request = new_request(pki_key_spki(key));
  request.not_before = NOW - 1;
  assert_refused(&test, &request, CERTDROP_ERROR_CONFIGURATION);
  request = new_request(pki_key_spki(key));
  request.not_after = pki_authority_not_after(test.authority) + 1;
  assert_refused(&test, &request, CERTDROP_ERROR_CONFIGURATION);
  request.not_after = pki_authority_not_after(test.authority);
  g_autoptr(PkiCertificate) last = issue(&test, &request);
  g_assert_nonnull(last);
}

static void test_refused_content(void)
{
  g_auto(TestAuthority) test = new_authority(URL);
  g_autoptr(PkiKey) key = new_key(PKI_KEY_KIND_EC_P256);
  PkiIssueRequest request = new_request(pki_key_spki(key));
  static const char *const no_names[] = {NULL};
  request.names = no_names;
  assert_refused(&test, &request, CERTDROP_ERROR_REFUSED);
  static const char *const bad_names[] = {"www.example.test", "www example.test", NULL};
  request.names = bad_names;
  assert_refused(&test, &request, CERTDROP_ERROR_REFUSED);
  request = new_request(pki_key_spki(key));
  memset(request.serial, 0, sizeof request.serial);
  assert_refused(&test, &request, CERTDROP_ERROR_REFUSED);

  g_autoptr(GBytes) garbage = g_bytes_new_static("garbage", 7);
  request = new_request(garbage);
  assert_refused(&test, &request, CERTDROP_ERROR_REFUSED);
  g_autoptr(EVP_PKEY) p521 = EVP_EC_gen("P-521");
  guint8 *der = NULL;
  int length = i2d_PUBKEY(p521, &der);
  g_autoptr(GBytes) other_kind = pki_bytes_take(der, length);
  request = new_request(other_kind);
  assert_refused(&test, &request, CERTDROP_ERROR_REFUSED);
}

static void test_refused_subjects(void)
{
  g_auto(TestAuthority) test = new_authority(URL);
  g_autoptr(PkiKey) key = new_key(PKI_KEY_KIND_EC_P256);
  g_autofree char *long_text = g_strnfill(129, 'x');
  const PkiSubject bad[] = {
      {.country = "CHN"},
      {.country = "C"},
      {.organization = &long_text[129 - 65]},
      {.state = long_text},
      {.street = long_text},
      {.business_category = long_text},
      {.postal_code = &long_text[129 - 41]},
      {.serial_number = "№ 1"},
      {.organization = "\xff\xfe"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    PkiIssueRequest request = new_request(pki_key_spki(key));
    request.subject = &bad[i];
    request.validation = PKI_VALIDATION_OV;
    assert_refused(&test, &request, CERTDROP_ERROR_REFUSED);
  }
  /* The bounds count characters, not bytes; what is empty is left out. */
  g_autofree char *sixty_four = g_strnfill(64, 'x');
  g_autoptr(GString) wide = g_string_new(NULL);
  for (guint i = 0; i < 64; i++)
    g_string_append(wide, "示");
  PkiSubject good = {.organization = wide->str, .locality = "", .state = sixty_four};
  PkiIssueRequest request = new_request(NULL);
  request.subject = &good;
  g_autoptr(X509) certificate = issue_for_new_key(&test, &request);
  g_assert_cmpint(X509_NAME_entry_count(X509_get_subject_name(certificate)), ==, 3);
}

static gpointer issue_some(gpointer data)
{
  const TestAuthority *test = data;
  for (guint i = 0; i < 40; i++) {
    PkiIssueRequest request = new_request(NULL);
    pki_serial_generate(request.serial, NULL);
    g_autoptr(X509) certificate = issue_for_new_key(test, &request);
    g_assert_nonnull(certificate);
  }
  return NULL;
}

static void test_threads_share_an_authority(void)
{
  g_auto(TestAuthority) test = new_authority(URL);
  GThread *threads[4];
  for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
    threads[i] = g_thread_new("issue", issue_some, &test);
  for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
    g_thread_join(threads[i]);
}

/* From 2050 on times are written as GeneralizedTime. */
static void test_far_future(void)
{
  const gint64 in_2049 = 2524521600;
  g_autoptr(PkiWrappingKey) wrapping_key = pki_wrapping_key_generate(NULL);
  PkiAuthorityParameters parameters = {"Example Operations", NULL, NULL, in_2049};
  g_autoptr(PkiAuthorityParts) parts = pki_authority_create(&parameters, wrapping_key, NULL);
  g_autoptr(X509) root = decode_certificate(parts->root_certificate);
  g_assert_cmpint(ASN1_STRING_type(X509_get0_notBefore(root)), ==, V_ASN1_UTCTIME);
  g_assert_cmpint(ASN1_STRING_type(X509_get0_notAfter(root)), ==, V_ASN1_GENERALIZEDTIME);
  g_autoptr(PkiCertificateDetails) details = pki_certificate_read(parts->root_certificate, NULL);
  g_assert_cmpint(details->not_before, ==, in_2049);
  g_assert_cmpint(details->not_after, >, in_2049 + 7300 * DAY);
}

int main(int argc, char **argv)
{
  pki_test_init(&argc, &argv);
  for (PkiKeyKind kind = 1; kind < PKI_KEY_KIND_N; kind++) {
    g_autofree char *name = g_strconcat("/pki/issue/kind/", pki_key_kind_to_string(kind), NULL);
    g_test_add_data_func(name, GINT_TO_POINTER(kind), test_every_kind);
  }
  g_test_add_func("/pki/issue/fields", test_fields);
  g_test_add_func("/pki/issue/extensions", test_extensions);
  g_test_add_func("/pki/issue/without-url", test_without_url);
  g_test_add_func("/pki/issue/ov", test_ov);
  g_test_add_func("/pki/issue/ev", test_ev);
  g_test_add_func("/pki/issue/common-name-is-the-first-that-fits",
                  test_common_name_is_the_first_that_fits);
  g_test_add_func("/pki/issue/empty-subject-makes-san-critical",
                  test_empty_subject_makes_san_critical);
  g_test_add_func("/pki/issue/addresses", test_addresses);
  g_test_add_func("/pki/issue/serial-forms", test_serial_forms);
  g_test_add_func("/pki/issue/serial-generate", test_serial_generate);
  g_test_add_func("/pki/issue/from-csr", test_from_csr);
  g_test_add_func("/pki/issue/refused-validity", test_refused_validity);
  g_test_add_func("/pki/issue/refused-content", test_refused_content);
  g_test_add_func("/pki/issue/refused-subjects", test_refused_subjects);
  g_test_add_func("/pki/issue/threads-share-an-authority", test_threads_share_an_authority);
  g_test_add_func("/pki/issue/far-future", test_far_future);
  return g_test_run();
}

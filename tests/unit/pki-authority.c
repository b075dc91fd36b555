/* The CA: its two certificates, its encrypted keys, its revocation lists. */
#include "pki-test.h"

static void test_root(void)
{
  g_auto(TestAuthority) test = new_authority(URL);
  g_autoptr(X509) root = decode_certificate(test.parts->root_certificate);
  g_autofree char *subject = name_text(X509_get_subject_name(root));
  g_assert_cmpstr(subject, ==,
                  "C = CN, O = Example Operations, CN = Example Operations Root CA 2026");
  g_assert_cmpint(X509_NAME_cmp(X509_get_subject_name(root), X509_get_issuer_name(root)), ==, 0);
  g_assert_cmpint(X509_verify(root, X509_get0_pubkey(root)), ==, 1);
  g_assert_cmpint(X509_get_signature_nid(root), ==, NID_ecdsa_with_SHA384);
  g_assert_cmpint(EVP_PKEY_get_bits(X509_get0_pubkey(root)), ==, 384);
  g_autofree char *key_id = extension_text(root, NID_subject_key_identifier, NULL);
  g_assert_cmpint(X509_get_ext_count(root), ==, 4);
  assert_extension(root, NID_basic_constraints, TRUE, "CA:TRUE");
  assert_extension(root, NID_key_usage, TRUE, "Certificate Sign, CRL Sign");
  assert_extension(root, NID_authority_key_identifier, FALSE, key_id);
  g_autoptr(PkiCertificateDetails) details =
      pki_certificate_read(test.parts->root_certificate, NULL);
  g_assert_cmpint(details->not_before, ==, NOW);
  g_assert_cmpint(details->not_after, ==, G_GINT64_CONSTANT(2426587199)); /* 2046-11-23 */
}

static void test_issuing(void)
{
  g_auto(TestAuthority) test = new_authority(URL);
  g_autoptr(X509) root = decode_certificate(test.parts->root_certificate);
  g_autoptr(X509) issuing = decode_certificate(test.parts->issuing_certificate);
  g_autofree char *subject = name_text(X509_get_subject_name(issuing));
  g_assert_cmpstr(subject, ==,
                  "C = CN, O = Example Operations, CN = Example Operations TLS CA 2026");
  g_assert_cmpint(X509_verify(issuing, X509_get0_pubkey(root)), ==, 1);
  g_assert_cmpint(X509_check_issued(root, issuing), ==, X509_V_OK);
  g_assert_cmpint(X509_get_signature_nid(issuing), ==, NID_ecdsa_with_SHA384);
  g_assert_cmpint(X509_get_ext_count(issuing), ==, 7);
  assert_extension(issuing, NID_basic_constraints, TRUE, "CA:TRUE, pathlen:0");
  assert_extension(issuing, NID_key_usage, TRUE, "Certificate Sign, CRL Sign");
  assert_extension(issuing, NID_ext_key_usage, FALSE, "TLS Web Server Authentication");
  assert_extension(issuing, NID_certificate_policies, FALSE, "Policy: X509v3 Any Policy");
  assert_extension(issuing, NID_crl_distribution_points, FALSE,
                   "Full Name:\n  URI:" URL "root.crl");
  g_autofree char *root_id = extension_text(root, NID_subject_key_identifier, NULL);
  assert_extension(issuing, NID_authority_key_identifier, FALSE, root_id);
  g_assert_cmpint(pki_authority_not_before(test.authority), ==, NOW);
  g_assert_cmpint(pki_authority_not_after(test.authority), ==,
                  G_GINT64_CONSTANT(2111054399)); /* 2036-11-23 */
}

static void test_issuing_without_url(void)
{
  g_auto(TestAuthority) test = new_authority(NULL);
  g_autoptr(X509) issuing = decode_certificate(test.parts->issuing_certificate);
  assert_extension(issuing, NID_crl_distribution_points, FALSE, NULL);
}

static void test_long_and_wide_organizations(void)
{
  g_autoptr(PkiWrappingKey) wrapping_key = pki_wrapping_key_generate(NULL);
  g_autoptr(GString) wide = g_string_new(NULL);
  for (guint i = 0; i < 100; i++)
    g_string_append(wide, "示");
  PkiAuthorityParameters parameters = {wide->str, NULL, NULL, NOW};
  GError *error = NULL;
  g_autoptr(PkiAuthorityParts) parts = pki_authority_create(&parameters, wrapping_key, &error);
  g_assert_no_error(error);
  g_autoptr(X509) root = decode_certificate(parts->root_certificate);
  X509_NAME *name = X509_get_subject_name(root);
  g_assert_cmpint(X509_NAME_entry_count(name), ==, 2);
  for (int i = 0; i < 2; i++) {
    const ASN1_STRING *value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, i));
    g_assert_cmpint(
        g_utf8_strlen((const char *)ASN1_STRING_get0_data(value), ASN1_STRING_length(value)), ==,
        64);
  }
}

static void test_bad_country(void)
{
  g_autoptr(PkiWrappingKey) wrapping_key = pki_wrapping_key_generate(NULL);
  PkiAuthorityParameters parameters = {"Example Operations", "CHN", NULL, NOW};
  g_autoptr(GError) error = NULL;
  g_assert_null(pki_authority_create(&parameters, wrapping_key, &error));
  g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED);
}

/* ---- Keys ---------------------------------------------------------------- */

static void test_keys_are_encrypted(void)
{
  g_auto(TestAuthority) test = new_authority(NULL);
  GBytes *const keys[] = {test.parts->root_key, test.parts->issuing_key};
  for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
    gsize length;
    const char *pem = g_bytes_get_data(keys[i], &length);
    g_autofree char *text = g_strndup(pem, length);
    g_assert_true(g_str_has_prefix(text, "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
    g_assert_true(g_str_has_suffix(text, "-----END ENCRYPTED PRIVATE KEY-----\n"));
  }
}

/* What comes of opening what lies in the key file: the error's code, or 0. */
static int open_code(const TestAuthority *test, PkiAuthorityRole role, GBytes *certificate,
                     const PkiWrappingKey *wrapping_key)
{
  PkiAuthoritySources sources = {role, test->key_uri, certificate, NULL};
  g_autoptr(GError) error = NULL;
  g_autoptr(PkiAuthority) authority = pki_authority_open(&sources, wrapping_key, &error);
  g_assert_cmpint(authority == NULL, ==, error != NULL);
  g_assert_cmpuint(ERR_peek_error(), ==, 0);
  return error == NULL ? 0 : error->code;
}

static void test_open(void)
{
  g_auto(TestAuthority) test = new_authority(NULL);
  GBytes *issuing = test.parts->issuing_certificate;
  g_autoptr(PkiWrappingKey) other = pki_wrapping_key_generate(NULL);
  const PkiAuthorityRole role = PKI_AUTHORITY_ROLE_ISSUING;
  g_assert_cmpint(open_code(&test, role, issuing, test.wrapping_key), ==, 0);
  g_assert_cmpint(open_code(&test, role, issuing, other), ==, CERTDROP_ERROR_CORRUPT);
  /* Each key has a passphrase of its own, and fits its own certificate only. */
  g_assert_cmpint(open_code(&test, PKI_AUTHORITY_ROLE_ROOT, issuing, test.wrapping_key), ==,
                  CERTDROP_ERROR_CORRUPT);
  g_assert_cmpint(open_code(&test, role, test.parts->root_certificate, test.wrapping_key), ==,
                  CERTDROP_ERROR_CORRUPT);
  g_autoptr(GBytes) garbage = g_bytes_new_static("garbage", 7);
  g_assert_cmpint(open_code(&test, role, garbage, test.wrapping_key), ==, CERTDROP_ERROR_CORRUPT);
  write_key(&test, garbage);
  g_assert_cmpint(open_code(&test, role, issuing, test.wrapping_key), ==, CERTDROP_ERROR_CORRUPT);
  write_key(&test, issuing);
  g_assert_cmpint(open_code(&test, role, issuing, test.wrapping_key), ==, CERTDROP_ERROR_CORRUPT);
  g_unlink(test.key_file);
  g_assert_cmpint(open_code(&test, role, issuing, test.wrapping_key), ==, CERTDROP_ERROR_IO);
}

static void test_open_root(void)
{
  g_auto(TestAuthority) test = new_authority(URL);
  write_key(&test, test.parts->root_key);
  PkiAuthoritySources sources = {PKI_AUTHORITY_ROLE_ROOT, test.key_uri,
                                 test.parts->root_certificate, NULL};
  GError *error = NULL;
  g_autoptr(PkiAuthority) root = pki_authority_open(&sources, test.wrapping_key, &error);
  g_assert_no_error(error);
  PkiCrlRequest request = {.number = 2, .this_update = NOW, .next_update = NOW + DAY};
  g_autoptr(GBytes) crl = pki_authority_make_crl(root, &request, &error);
  g_assert_no_error(error);
  g_assert_nonnull(crl);
}

/* ---- Revocation lists ------------------------------------------------------ */

static X509_CRL *decode_crl(GBytes *bytes)
{
  gsize length;
  const guint8 *at = g_bytes_get_data(bytes, &length);
  X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)length);
  g_assert_nonnull(crl);
  return crl;
}

static void assert_crl_times(const X509_CRL *crl, gint64 this_update, gint64 next_update)
{
  gint64 this_found = 0, next_found = 0;
  g_assert_true(pki_time_from_asn1(X509_CRL_get0_lastUpdate(crl), &this_found));
  g_assert_true(pki_time_from_asn1(X509_CRL_get0_nextUpdate(crl), &next_found));
  g_assert_cmpint(this_found, ==, this_update);
  g_assert_cmpint(next_found, ==, next_update);
}

static guint64 crl_number(X509_CRL *crl)
{
  g_autoptr(ASN1_INTEGER) number = X509_CRL_get_ext_d2i(crl, NID_crl_number, NULL, NULL);
  guint64 value = 0;
  g_assert_cmpint(ASN1_INTEGER_get_uint64(&value, number), ==, 1);
  return value;
}

static void test_empty_crl(void)
{
  g_auto(TestAuthority) test = new_authority(NULL);
  PkiCrlRequest request = {.number = G_MAXUINT64, .this_update = NOW, .next_update = NOW + 7 * DAY};
  GError *error = NULL;
  g_autoptr(GBytes) der = pki_authority_make_crl(test.authority, &request, &error);
  g_assert_no_error(error);
  g_autoptr(X509_CRL) crl = decode_crl(der);
  g_autoptr(X509) issuing = decode_certificate(test.parts->issuing_certificate);
  g_assert_cmpint(X509_CRL_verify(crl, X509_get0_pubkey(issuing)), ==, 1);
  g_assert_cmpint(X509_CRL_get_version(crl), ==, X509_CRL_VERSION_2);
  g_assert_cmpint(X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(issuing)), ==, 0);
  g_assert_null(X509_CRL_get_REVOKED(crl));
  assert_crl_times(crl, NOW, NOW + 7 * DAY);
  g_assert_cmpuint(crl_number(crl), ==, G_MAXUINT64);
  g_autoptr(AUTHORITY_KEYID) key_id =
      X509_CRL_get_ext_d2i(crl, NID_authority_key_identifier, NULL, NULL);
  g_assert_cmpint(ASN1_OCTET_STRING_cmp(key_id->keyid, X509_get0_subject_key_id(issuing)), ==, 0);
  g_assert_cmpint(X509_CRL_get_ext_count(crl), ==, 2);
  g_autofree char *pem = pki_crl_to_pem(der);
  g_assert_true(g_str_has_prefix(pem, "-----BEGIN X509 CRL-----\n"));
}

static void test_root_crl(void)
{
  g_auto(TestAuthority) test = new_authority(URL);
  g_autoptr(X509_CRL) crl = decode_crl(test.parts->root_crl);
  g_autoptr(X509) root = decode_certificate(test.parts->root_certificate);
  g_assert_cmpint(X509_CRL_verify(crl, X509_get0_pubkey(root)), ==, 1);
  assert_crl_times(crl, NOW, NOW + 365 * DAY);
  g_assert_cmpuint(crl_number(crl), ==, 1);
}

/* The reason in the list, or -1. */
static int reason_of(X509_CRL *crl, const char *serial)
{
  g_autoptr(BIGNUM) number = NULL;
  BN_hex2bn(&number, serial);
  g_autoptr(ASN1_INTEGER) integer = BN_to_ASN1_INTEGER(number, NULL);
  X509_REVOKED *entry = NULL;
  g_assert_cmpint(X509_CRL_get0_by_serial(crl, &entry, integer), ==, 1);
  gint64 at = 0;
  g_assert_true(pki_time_from_asn1(X509_REVOKED_get0_revocationDate(entry), &at));
  g_assert_cmpint(at, ==, NOW - DAY);
  g_autoptr(ASN1_ENUMERATED) reason = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);
  return reason == NULL ? -1 : (int)ASN1_ENUMERATED_get(reason);
}

static void test_crl_entries(void)
{
  static const PkiRevoked revoked[] = {
      {"FF000000000000000000000000000001", NOW - DAY, 1},
      {"01", NOW - DAY, 0},
      {"7f02", NOW - DAY, 9},
  };
  g_auto(TestAuthority) test = new_authority(NULL);
  PkiCrlRequest request = {1, NOW, NOW + DAY, revoked, G_N_ELEMENTS(revoked)};
  g_autoptr(GBytes) der = pki_authority_make_crl(test.authority, &request, NULL);
  g_autoptr(X509_CRL) crl = decode_crl(der);
  STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED(crl);
  g_assert_cmpint(sk_X509_REVOKED_num(entries), ==, 3);
  /* In order of their numbers, whatever order they came in. */
  const ASN1_INTEGER *first = X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(entries, 0));
  g_assert_cmpint(ASN1_INTEGER_get(first), ==, 1);
  g_assert_cmpint(reason_of(crl, "FF000000000000000000000000000001"), ==, 1);
  g_assert_cmpint(reason_of(crl, "01"), ==, -1);
  g_assert_cmpint(reason_of(crl, "7F02"), ==, 9);
}

static void test_revoked_certificate_is_refused(void)
{
  g_auto(TestAuthority) test = new_authority(NULL);
  static const char *const names[] = {"www.example.test", NULL};
  g_autoptr(PkiKey) key = new_key(PKI_KEY_KIND_EC_P256);
  PkiIssueRequest issue = {.validation = PKI_VALIDATION_DV,
                           .spki = pki_key_spki(key),
                           .names = names,
                           .not_before = NOW,
                           .not_after = NOW + DAY};
  pki_serial_generate(issue.serial, NULL);
  g_autoptr(PkiCertificate) issued = pki_authority_issue(test.authority, &issue, NULL);
  PkiRevoked revoked = {issued->serial, NOW, 4};
  PkiCrlRequest request = {1, NOW, NOW + DAY, &revoked, 1};
  g_autoptr(GBytes) der = pki_authority_make_crl(test.authority, &request, NULL);
  g_autoptr(X509_CRL) crl = decode_crl(der);
  g_autoptr(X509) certificate = decode_certificate(issued->der);
  X509_REVOKED *entry = NULL;
  g_assert_cmpint(X509_CRL_get0_by_cert(crl, &entry, certificate), ==, 1);
}

static void test_bad_crl_entries(void)
{
  static const PkiRevoked bad[] = {
      {"01", NOW, 7}, {"01", NOW, 8}, {"01", NOW, 11}, {"01", NOW, -1},
      {"", NOW, 0},   {"XY", NOW, 0}, {"-1", NOW, 0},  {"01 ", NOW, 0},
  };
  g_auto(TestAuthority) test = new_authority(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    PkiCrlRequest request = {1, NOW, NOW + DAY, &bad[i], 1};
    g_autoptr(GError) error = NULL;
    g_assert_null(pki_authority_make_crl(test.authority, &request, &error));
    g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED);
  }
}

int main(int argc, char **argv)
{
  pki_test_init(&argc, &argv);
  g_test_add_func("/pki/authority/root", test_root);
  g_test_add_func("/pki/authority/issuing", test_issuing);
  g_test_add_func("/pki/authority/issuing-without-url", test_issuing_without_url);
  g_test_add_func("/pki/authority/long-and-wide-organizations", test_long_and_wide_organizations);
  g_test_add_func("/pki/authority/bad-country", test_bad_country);
  g_test_add_func("/pki/authority/keys-are-encrypted", test_keys_are_encrypted);
  g_test_add_func("/pki/authority/open", test_open);
  g_test_add_func("/pki/authority/open-root", test_open_root);
  g_test_add_func("/pki/authority/empty-crl", test_empty_crl);
  g_test_add_func("/pki/authority/root-crl", test_root_crl);
  g_test_add_func("/pki/authority/crl-entries", test_crl_entries);
  g_test_add_func("/pki/authority/revoked-certificate-is-refused",
                  test_revoked_certificate_is_refused);
  g_test_add_func("/pki/authority/bad-crl-entries", test_bad_crl_entries);
  return g_test_run();
}

/* Envelopes open with the recipient's key alone; who cannot be a recipient is told why. */
#include "pki-test.h"

#include <openssl/cms.h>

/* A self-signed certificate for KEY, good for USAGE ("" for none said), as PEM. */
static char *certify(EVP_PKEY *key, const char *usage, GBytes **ret_der)
{
  g_autoptr(X509) certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 7);
  ASN1_TIME_set(X509_getm_notBefore(certificate), NOW);
  ASN1_TIME_set(X509_getm_notAfter(certificate), NOW + DAY);
  X509_NAME *name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const guint8 *)"Recipient", -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_set_pubkey(certificate, key);
  if (*usage != '\0') {
    g_autoptr(X509_EXTENSION) extension = X509V3_EXT_conf_nid(NULL, NULL, NID_key_usage, usage);
    g_assert_nonnull(extension);
    X509_add_ext(certificate, extension, -1);
  }
  const EVP_MD *digest = EVP_PKEY_is_a(key, "ED25519") ? NULL : EVP_sha256();
  g_assert_cmpint(X509_sign(certificate, key, digest), >, 0);
  guint8 *der = NULL;
  int length = i2d_X509(certificate, &der);
  *ret_der = pki_bytes_take(der, length);
  return pki_certificate_to_pem(*ret_der);
}

static char *open_envelope(GBytes *envelope, EVP_PKEY *key, GBytes *certificate)
{
  gsize length;
  const guint8 *at = g_bytes_get_data(envelope, &length);
  CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)length);
  g_assert_nonnull(cms);
  g_assert_cmpint(OBJ_obj2nid(CMS_get0_type(cms)), ==, NID_id_smime_ct_authEnvelopedData);
  g_autoptr(X509) owner = decode_certificate(certificate);
  g_autoptr(BIO) out = BIO_new(BIO_s_mem());
  int done = CMS_decrypt(cms, key, owner, NULL, out, CMS_BINARY);
  CMS_ContentInfo_free(cms);
  ERR_clear_error();
  char *text;
  long size = BIO_get_mem_data(out, &text);
  return done == 1 ? g_strndup(text, (gsize)size) : NULL;
}

static void check_round(EVP_PKEY *key, const char *usage)
{
  GError *error = NULL;
  g_autoptr(GBytes) der = NULL;
  g_autofree char *pem = certify(key, usage, &der);
  g_autoptr(GPtrArray) faults = fault_array_new();
  g_autoptr(PkiRecipient) recipient = pki_recipient_read(pem, strlen(pem), faults, 3, "recipient");
  g_assert_cmpuint(faults->len, ==, 0);
  g_assert_cmpstr(recipient->subject, ==, "CN = Recipient");
  g_assert_cmpint(recipient->not_before, ==, NOW);
  g_assert_cmpint(recipient->not_after, ==, NOW + DAY);
  g_assert_true(g_bytes_equal(recipient->der, der));
  g_autoptr(GBytes) envelope = pki_envelope_make(recipient->der, "content", 7, &error);
  g_assert_no_error(error);
  g_autofree char *content = open_envelope(envelope, key, der);
  g_assert_cmpstr(content, ==, "content");
  /* One changed byte of the end, which is the tag, and it does not open. */
  gsize length;
  const guint8 *bytes = g_bytes_get_data(envelope, &length);
  g_autofree guint8 *changed = g_memdup2(bytes, length);
  changed[length - 1] ^= 1;
  g_autoptr(GBytes) spoilt = g_bytes_new(changed, length);
  g_autofree char *nothing = open_envelope(spoilt, key, der);
  g_assert_null(nothing);
  g_assert_null(memmem(bytes, length, "content", 7));
}

static void test_rounds(void)
{
  g_autoptr(EVP_PKEY) rsa = read_rsa_fixture(2048);
  check_round(rsa, "");
  check_round(rsa, "critical,keyEncipherment");
  static const char *const curves[] = {"P-256", "P-384", "P-521"};
  for (gsize i = 0; i < G_N_ELEMENTS(curves); i++) {
    g_autoptr(EVP_PKEY) key = EVP_EC_gen(curves[i]);
    check_round(key, "");
    check_round(key, "digitalSignature,keyAgreement");
  }
}

static void assert_refused(const char *text, const char *code, const char *word)
{
  g_autoptr(GPtrArray) faults = fault_array_new();
  g_autoptr(PkiRecipient) recipient =
      pki_recipient_read(text, strlen(text), faults, 3, "recipient");
  g_assert_null(recipient);
  g_assert_cmpuint(faults->len, ==, 1);
  const Fault *fault = g_ptr_array_index(faults, 0);
  g_test_message("%s", fault->text);
  g_assert_cmpstr(fault->code, ==, code);
  g_assert_nonnull(strstr(fault->text, word));
  g_assert_cmpint(fault->line, ==, 3);
  g_assert_cmpstr(fault->element, ==, "recipient");
  g_assert_cmpuint(ERR_peek_error(), ==, 0);
}

static void test_refused_keys(void)
{
  g_autoptr(EVP_PKEY) rsa = read_rsa_fixture(2048);
  g_autoptr(EVP_PKEY) weak = read_rsa_fixture(1024);
  g_autoptr(EVP_PKEY) ec = EVP_EC_gen("P-256");
  g_autoptr(PkiKey) ed25519 = new_key(PKI_KEY_KIND_ED25519);
  const struct {
    EVP_PKEY *key;
    const char *usage, *code, *word;
  } cases[] = {
      {weak, "", "recipient-key", "1024 bits"},
      {pki_key_evp(ed25519), "", "recipient-key", "ED25519"},
      {rsa, "digitalSignature,keyAgreement", "recipient-usage", "keyEncipherment"},
      {ec, "digitalSignature,keyEncipherment", "recipient-usage", "keyAgreement"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GBytes) der = NULL;
    g_autofree char *pem = certify(cases[i].key, cases[i].usage, &der);
    assert_refused(pem, cases[i].code, cases[i].word);
  }
}

static void test_text(void)
{
  g_autoptr(EVP_PKEY) key = EVP_EC_gen("P-256");
  g_autoptr(GBytes) der = NULL;
  g_autofree char *pem = certify(key, "", &der);
  g_autoptr(GString) indented = g_string_new("The one for archives:\n");
  g_auto(GStrv) lines = g_strsplit(pem, "\n", 0);
  for (char **line = lines; *line != NULL; line++)
    g_string_append_printf(indented, "    %s\r\n", *line);
  g_autoptr(GPtrArray) faults = fault_array_new();
  g_autoptr(PkiRecipient) recipient =
      pki_recipient_read(indented->str, indented->len, faults, 3, "recipient");
  g_assert_nonnull(recipient);

  g_autofree char *twice = g_strconcat(pem, pem, NULL);
  const char *csr =
      "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n";
  assert_refused("", "recipient-format", "BEGIN CERTIFICATE");
  assert_refused("MIIB", "recipient-format", "BEGIN CERTIFICATE");
  assert_refused(twice, "recipient-format", "more than one");
  assert_refused(csr, "recipient-format", "CERTIFICATE REQUEST");
  assert_refused("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                 "recipient-format", "not a certificate");
  assert_refused("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                 "recipient-format", "private key");
}

int main(int argc, char **argv)
{
  pki_test_init(&argc, &argv);
  g_test_add_func("/pki/envelope/rounds", test_rounds);
  g_test_add_func("/pki/envelope/refused-keys", test_refused_keys);
  g_test_add_func("/pki/envelope/text", test_text);
  return g_test_run();
}

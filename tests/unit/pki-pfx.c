/* PKCS#12 of both profiles: opens with its password alone, holds the key that went in, and
 * is encrypted as its profile says. */
#include "pki-test.h"

#include <openssl/pkcs12.h>

static Secret *password(void)
{
  GError *error = NULL;
  Secret *made = pki_password_generate(&error);
  g_assert_no_error(error);
  return made;
}

static PkiCertificate *issue(const TestAuthority *test, const PkiKey *key)
{
  static const char *const names[] = {"www.example.test", NULL};
  GError *error = NULL;
  PkiIssueRequest request = {.validation = PKI_VALIDATION_DV,
                             .spki = pki_key_spki(key),
                             .names = names,
                             .not_before = NOW,
                             .not_after = NOW + 90 * DAY - 1};
  pki_serial_generate(request.serial, &error);
  PkiCertificate *certificate = pki_authority_issue(test->authority, &request, &error);
  g_assert_no_error(error);
  return certificate;
}

static GBytes *make(const TestAuthority *test, const PkiKey *key, const Secret *word,
                    PkiPfxProfile profile)
{
  GError *error = NULL;
  g_autoptr(PkiCertificate) certificate = issue(test, key);
  g_autoptr(Secret) pkcs8 = pki_key_to_pkcs8(key, &error);
  const PkiPfxRequest request = {
      pkcs8, certificate->der, test->parts->issuing_certificate, "www.example.test", word, profile};
  GBytes *pfx = pki_pfx_make(&request, &error);
  g_assert_no_error(error);
  return pfx;
}

static PKCS12 *decode(GBytes *bytes)
{
  gsize length;
  const guint8 *at = g_bytes_get_data(bytes, &length);
  PKCS12 *pfx = d2i_PKCS12(NULL, &at, (long)length);
  g_assert_nonnull(pfx);
  return pfx;
}

static void assert_opens(GBytes *bytes, const PkiKey *key, const Secret *word)
{
  PKCS12 *pfx = decode(bytes);
  EVP_PKEY *found = NULL;
  X509 *certificate = NULL;
  STACK_OF(X509) *chain = NULL;
  g_assert_cmpint(PKCS12_parse(pfx, "other", &found, &certificate, &chain), ==, 0);
  ERR_clear_error();
  g_assert_cmpint(PKCS12_parse(pfx, (const char *)word->data, &found, &certificate, &chain), ==, 1);
  g_assert_cmpint(EVP_PKEY_eq(found, pki_key_evp(key)), ==, 1);
  g_assert_cmpint(X509_check_private_key(certificate, found), ==, 1);
  g_assert_cmpint(sk_X509_num(chain), ==, 1);
  int alias_length = 0;
  const char *alias = (const char *)X509_alias_get0(certificate, &alias_length);
  g_assert_cmpmem(alias, alias_length, "www.example.test", 16);
  sk_X509_pop_free(chain, X509_free);
  X509_free(certificate);
  EVP_PKEY_free(found);
  PKCS12_free(pfx);
}

/* The digest of the MAC, and whether ALGORITHM stands in the PFX. */
static void assert_profile(GBytes *bytes, int digest, int encryption)
{
  PKCS12 *pfx = decode(bytes);
  const X509_ALGOR *algorithm;
  const ASN1_OBJECT *object;
  PKCS12_get0_mac(NULL, &algorithm, NULL, NULL, pfx);
  X509_ALGOR_get0(&object, NULL, NULL, algorithm);
  g_assert_cmpint(OBJ_obj2nid(object), ==, digest);
  const ASN1_OBJECT *wanted = OBJ_nid2obj(encryption);
  gsize length;
  const guint8 *data = g_bytes_get_data(bytes, &length);
  g_assert_nonnull(memmem(data, length, OBJ_get0_data(wanted), OBJ_length(wanted)));
  PKCS12_free(pfx);
}

static void test_profiles(void)
{
  g_auto(TestAuthority) test = new_authority(NULL);
  for (PkiKeyKind kind = 1; kind < PKI_KEY_KIND_N; kind++) {
    g_autoptr(PkiKey) key = new_key(kind);
    g_autoptr(Secret) word = password();
    g_autoptr(GBytes) modern = make(&test, key, word, PKI_PFX_PROFILE_MODERN);
    g_autoptr(GBytes) compatible = make(&test, key, word, PKI_PFX_PROFILE_COMPATIBLE);
    assert_opens(modern, key, word);
    assert_opens(compatible, key, word);
    assert_profile(modern, NID_sha256, NID_aes_256_cbc);
    assert_profile(modern, NID_sha256, NID_hmacWithSHA256);
    assert_profile(compatible, NID_sha1, NID_pbe_WithSHA1And3_Key_TripleDES_CBC);
    g_autoptr(GBytes) again = make(&test, key, word, PKI_PFX_PROFILE_MODERN);
    g_assert_false(g_bytes_equal(modern, again));
  }
}

static void test_profile_names(void)
{
  PkiPfxProfile profile = 0;
  g_assert_true(pki_pfx_profile_from_string("compatible", &profile));
  g_assert_cmpint(profile, ==, PKI_PFX_PROFILE_COMPATIBLE);
  g_assert_cmpstr(pki_pfx_profile_to_string(PKI_PFX_PROFILE_MODERN), ==, "modern");
  g_assert_false(pki_pfx_profile_from_string("legacy", &profile));
}

/* Long enough, of characters that no shell, property file or XML attribute takes for
 * something else, all of which come up. */
static void test_passwords(void)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  g_autoptr(GHashTable) words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (int i = 0; i < 500; i++) {
    g_autoptr(Secret) word = password();
    g_assert_cmpuint(word->length, ==, 24);
    for (gsize k = 0; k < word->length; k++) {
      g_assert_true(g_ascii_isalnum(word->data[k]));
      g_hash_table_add(seen, GUINT_TO_POINTER((guint)word->data[k]));
    }
    g_assert_true(g_hash_table_add(words, g_strdup((const char *)word->data)));
  }
  g_assert_cmpuint(g_hash_table_size(seen), ==, 57);
}

static void test_chain_to_pem(void)
{
  g_auto(TestAuthority) test = new_authority(NULL);
  GError *error = NULL;
  GBytes *const ders[] = {test.parts->issuing_certificate, test.parts->root_certificate};
  g_autoptr(GByteArray) joined = g_byte_array_new();
  for (gsize i = 0; i < G_N_ELEMENTS(ders); i++)
    g_byte_array_append(joined, g_bytes_get_data(ders[i], NULL), (guint)g_bytes_get_size(ders[i]));
  g_autoptr(GBytes) both = g_bytes_new(joined->data, joined->len);
  g_autofree char *pem = pki_certificates_to_pem(both, &error);
  g_assert_no_error(error);
  g_autofree char *wanted = pki_chain_to_pem(ders, G_N_ELEMENTS(ders));
  g_assert_cmpstr(pem, ==, wanted);
  g_autoptr(GBytes) cut = g_bytes_new_from_bytes(both, 0, joined->len - 1);
  g_assert_null(pki_certificates_to_pem(cut, &error));
  g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_CORRUPT);
  g_clear_error(&error);
}

int main(int argc, char **argv)
{
  pki_test_init(&argc, &argv);
  g_test_add_func("/pki/pfx/profiles", test_profiles);
  g_test_add_func("/pki/pfx/profile-names", test_profile_names);
  g_test_add_func("/pki/pfx/passwords", test_passwords);
  g_test_add_func("/pki/pfx/chain-to-pem", test_chain_to_pem);
  return g_test_run();
}

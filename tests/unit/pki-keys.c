/* Keys: their kinds, and their forms byte for byte as OpenSSL writes them. */
#include "pki-test.h"

static void test_kinds(void)
{
  for (PkiKeyKind kind = 1; kind < PKI_KEY_KIND_N; kind++) {
    PkiKeyKind found = 0;
    g_assert_true(pki_key_kind_from_string(pki_key_kind_to_string(kind), &found));
    g_assert_cmpint(found, ==, kind);
  }
  g_assert_cmpstr(pki_key_kind_to_string(PKI_KEY_KIND_EC_P256), ==, "ec-p256");
  g_assert_cmpstr(pki_key_kind_label(PKI_KEY_KIND_EC_P256), ==, "ECDSA P-256");
  g_assert_cmpstr(pki_key_kind_label(PKI_KEY_KIND_RSA_4096), ==, "RSA 4096");
  PkiKeyKind untouched = PKI_KEY_KIND_ED25519;
  g_assert_false(pki_key_kind_from_string("ec-p521", &untouched));
  g_assert_false(pki_key_kind_from_string("", &untouched));
  g_assert_false(pki_key_kind_from_string("EC-P256", &untouched));
  g_assert_cmpint(untouched, ==, PKI_KEY_KIND_ED25519);
}

static void test_spki_is_openssls(gconstpointer data)
{
  g_autoptr(PkiKey) key = new_key((PkiKeyKind)GPOINTER_TO_INT(data));
  g_assert_cmpint(pki_key_kind(key), ==, GPOINTER_TO_INT(data));
  guint8 *expected = NULL;
  int length = i2d_PUBKEY(pki_key_evp(key), &expected);
  gsize actual_length;
  const guint8 *actual = g_bytes_get_data(pki_key_spki(key), &actual_length);
  g_assert_cmpmem(actual, actual_length, expected, (gsize)length);
  g_autofree char *digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, expected, (gsize)length);
  g_assert_cmpstr(pki_key_spki_sha256(key), ==, digest);
  OPENSSL_free(expected);
}

static void test_pkcs8_is_openssls(gconstpointer data)
{
  GError *error = NULL;
  g_autoptr(PkiKey) key = new_key((PkiKeyKind)GPOINTER_TO_INT(data));
  g_autoptr(Secret) pkcs8 = pki_key_to_pkcs8(key, &error);
  g_assert_no_error(error);
  g_autoptr(Secret) expected = openssl_pkcs8(pki_key_evp(key));
  g_assert_cmpmem(pkcs8->data, pkcs8->length, expected->data, expected->length);

  g_autoptr(PkiKey) again = pki_key_from_pkcs8(pkcs8, &error);
  g_assert_no_error(error);
  g_assert_cmpint(pki_key_kind(again), ==, pki_key_kind(key));
  g_assert_true(g_bytes_equal(pki_key_spki(again), pki_key_spki(key)));
  g_assert_cmpint(EVP_PKEY_eq(pki_key_evp(again), pki_key_evp(key)), ==, 1);
}

/* A number that begins with zero bytes keeps its width in EC keys, and its shortest form in DER. */
static void test_many_ec_keys(void)
{
  for (guint i = 0; i < 600; i++) {
    g_autoptr(PkiKey) key = new_key(PKI_KEY_KIND_EC_P256);
    g_autoptr(Secret) pkcs8 = pki_key_to_pkcs8(key, NULL);
    g_assert_cmpuint(pkcs8->length, ==, 138);
    if (i % 50 == 0) {
      g_autoptr(Secret) expected = openssl_pkcs8(pki_key_evp(key));
      g_assert_cmpmem(pkcs8->data, pkcs8->length, expected->data, expected->length);
    }
  }
}

static void test_pem_is_openssls(gconstpointer data)
{
  g_autoptr(PkiKey) key = new_key((PkiKeyKind)GPOINTER_TO_INT(data));
  g_autoptr(Secret) pkcs8 = pki_key_to_pkcs8(key, NULL);
  g_autoptr(Secret) pem = pki_pkcs8_to_pem(pkcs8);
  g_autoptr(BIO) bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PKCS8PrivateKey(bio, pki_key_evp(key), NULL, NULL, 0, NULL, NULL);
  char *expected;
  long length = BIO_get_mem_data(bio, &expected);
  g_assert_cmpmem(pem->data, pem->length, expected, (gsize)length);
  g_assert_cmpuint(strlen((char *)pem->data), ==, pem->length);
}

static void assert_refused(const Secret *pkcs8)
{
  g_autoptr(GError) error = NULL;
  g_assert_null(pki_key_from_pkcs8(pkcs8, &error));
  g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED);
  g_assert_cmpuint(ERR_peek_error(), ==, 0);
}

static void test_bad_pkcs8(void)
{
  g_autoptr(Secret) text = secret_new_copy("no key", 6);
  assert_refused(text);
  g_autoptr(Secret) empty = secret_new(0);
  assert_refused(empty);

  g_autoptr(PkiKey) key = new_key(PKI_KEY_KIND_EC_P256);
  g_autoptr(Secret) pkcs8 = pki_key_to_pkcs8(key, NULL);
  g_autoptr(Secret) longer = secret_new(pkcs8->length + 1);
  memcpy(longer->data, pkcs8->data, pkcs8->length);
  assert_refused(longer);
  g_autoptr(Secret) shorter = secret_new_copy(pkcs8->data, pkcs8->length - 1);
  assert_refused(shorter);
}

static void test_other_kinds_are_refused(void)
{
  g_autoptr(EVP_PKEY) p521 = EVP_EC_gen("P-521");
  g_autoptr(Secret) p521_pkcs8 = openssl_pkcs8(p521);
  assert_refused(p521_pkcs8);
  g_autoptr(EVP_PKEY) bitcoin = EVP_EC_gen("secp256k1");
  g_autoptr(Secret) bitcoin_pkcs8 = openssl_pkcs8(bitcoin);
  assert_refused(bitcoin_pkcs8);
  g_autoptr(EVP_PKEY) exchange = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
  g_autoptr(Secret) exchange_pkcs8 = openssl_pkcs8(exchange);
  assert_refused(exchange_pkcs8);
  g_autoptr(EVP_PKEY) odd = read_rsa_fixture(2056);
  g_autoptr(Secret) odd_pkcs8 = openssl_pkcs8(odd);
  assert_refused(odd_pkcs8);
}

/* An RSA key made here, and not read from a fixture. */
static void test_generate_rsa(void)
{
  GError *error = NULL;
  g_autoptr(PkiKey) key = pki_key_generate(PKI_KEY_KIND_RSA_2048, &error);
  g_assert_no_error(error);
  g_assert_cmpint(EVP_PKEY_get_bits(pki_key_evp(key)), ==, 2048);
  g_autoptr(Secret) pkcs8 = pki_key_to_pkcs8(key, &error);
  g_assert_no_error(error);
  g_autoptr(Secret) expected = openssl_pkcs8(pki_key_evp(key));
  g_assert_cmpmem(pkcs8->data, pkcs8->length, expected->data, expected->length);
}

static gpointer generate_some(gpointer data)
{
  GPtrArray *digests = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < GPOINTER_TO_UINT(data); i++) {
    g_autoptr(PkiKey) key = new_key(i % 2 == 0 ? PKI_KEY_KIND_EC_P256 : PKI_KEY_KIND_ED25519);
    g_ptr_array_add(digests, g_strdup(pki_key_spki_sha256(key)));
  }
  return digests;
}

static void test_threads_make_different_keys(void)
{
  enum { THREADS = 4, KEYS = 50 };
  GThread *threads[THREADS];
  for (guint i = 0; i < THREADS; i++)
    threads[i] = g_thread_new("keys", generate_some, GUINT_TO_POINTER(KEYS));
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < THREADS; i++) {
    g_autoptr(GPtrArray) digests = g_thread_join(threads[i]);
    for (guint k = 0; k < digests->len; k++)
      g_hash_table_add(seen, g_strdup(digests->pdata[k]));
  }
  g_assert_cmpuint(g_hash_table_size(seen), ==, THREADS * KEYS);
}

static void test_secrets_are_in_the_secure_heap(void)
{
  g_autoptr(Secret) secret = secret_new_copy("abc", 3);
  g_assert_cmpint(CRYPTO_secure_allocated(secret->data), ==, 1);
  g_assert_cmpstr((char *)secret->data, ==, "abc");
  g_assert_cmpuint(secret->length, ==, 3);
  secret_free(NULL);
}

int main(int argc, char **argv)
{
  pki_test_init(&argc, &argv);
  g_test_add_func("/pki/keys/kinds", test_kinds);
  for (PkiKeyKind kind = 1; kind < PKI_KEY_KIND_N; kind++) {
    const char *name = pki_key_kind_to_string(kind);
    gconstpointer data = GINT_TO_POINTER(kind);
    g_autofree char *spki = g_strconcat("/pki/keys/spki-is-openssls/", name, NULL);
    g_autofree char *pkcs8 = g_strconcat("/pki/keys/pkcs8-is-openssls/", name, NULL);
    g_autofree char *pem = g_strconcat("/pki/keys/pem-is-openssls/", name, NULL);
    g_test_add_data_func(spki, data, test_spki_is_openssls);
    g_test_add_data_func(pkcs8, data, test_pkcs8_is_openssls);
    g_test_add_data_func(pem, data, test_pem_is_openssls);
  }
  g_test_add_func("/pki/keys/many-ec-keys", test_many_ec_keys);
  g_test_add_func("/pki/keys/bad-pkcs8", test_bad_pkcs8);
  g_test_add_func("/pki/keys/other-kinds-are-refused", test_other_kinds_are_refused);
  g_test_add_func("/pki/keys/generate-rsa", test_generate_rsa);
  g_test_add_func("/pki/keys/threads-make-different-keys", test_threads_make_different_keys);
  g_test_add_func("/pki/keys/secure-heap", test_secrets_are_in_the_secure_heap);
  return g_test_run();
}

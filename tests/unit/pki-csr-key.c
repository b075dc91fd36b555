/* The public key in a certificate request: which are taken, which are weak, which are none. */
#include "pki-csr-test.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>

/* A key with just a modulus and an exponent; it cannot sign. */
static EVP_PKEY *rsa_public_key(const BIGNUM *modulus, const char *exponent_hex)
{
  BIGNUM *exponent = NULL;
  BN_hex2bn(&exponent, exponent_hex);
  OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus);
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent);
  OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
  g_autoptr(EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
  EVP_PKEY *key = NULL;
  EVP_PKEY_fromdata_init(context);
  g_assert_cmpint(EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters), ==, 1);
  OSSL_PARAM_free(parameters);
  OSSL_PARAM_BLD_free(builder);
  BN_free(exponent);
  return key;
}

/* A request for KEY signed by another RSA key, whose signature must not be looked at. */
static void assert_public_key_faults(EVP_PKEY *key, const char *codes)
{
  g_autoptr(EVP_PKEY) signer = read_rsa_fixture(2048);
  Form form = {.common_name = "www.example.test"};
  g_autoptr(X509_REQ) request = new_request(&form, key);
  sign_request(request, &form, signer);
  g_autoptr(GBytes) der = encode_request(request);
  assert_der_faults(der, codes);
}

static BIGNUM *modulus_of(guint bits)
{
  g_autoptr(EVP_PKEY) key = read_rsa_fixture(bits);
  BIGNUM *modulus = NULL;
  EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &modulus);
  return modulus;
}

static void test_rsa_sizes(void)
{
  g_autoptr(EVP_PKEY) small = read_rsa_fixture(1024);
  assert_faults(&(Form){.key = small}, "csr-key-size");
  g_autoptr(EVP_PKEY) uneven = read_rsa_fixture(2052);
  assert_faults(&(Form){.key = uneven}, "csr-key-size");
  g_autoptr(EVP_PKEY) odd = read_rsa_fixture(2056);
  g_autoptr(GBytes) der = make_request(&(Form){.key = odd});
  g_autofree char *pem = pki_csr_to_pem(der);
  g_autoptr(PkiCsr) csr = read_good(pem);
  g_assert_cmpint(csr->kind, ==, 0);
  g_assert_cmpstr(csr->key_label, ==, "RSA 2056");
  g_autoptr(BIGNUM) huge = modulus_of(4096);
  BN_lshift(huge, huge, 4104);
  BN_add_word(huge, 1);
  g_autoptr(EVP_PKEY) huge_key = rsa_public_key(huge, "010001");
  assert_public_key_faults(huge_key, "csr-key-size");
}

static void test_rsa_exponents(void)
{
  g_autoptr(BIGNUM) modulus = modulus_of(2048);
  g_autoptr(BIGNUM) large = modulus_of(4096);
  static const char *const bad[] = {
      "01", "02", "010000", "010000000000000000000000000000000000000000000000000000000000000001"};
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(EVP_PKEY) key = rsa_public_key(modulus, bad[i]);
    assert_public_key_faults(key, "csr-key-parameters");
  }
  /* The key is good then, and its signature is looked at. */
  g_autoptr(EVP_PKEY) three = rsa_public_key(modulus, "03");
  assert_public_key_faults(three, "csr-signature");
  g_autoptr(EVP_PKEY) longest =
      rsa_public_key(modulus, "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
  assert_public_key_faults(longest, "csr-signature");
  g_autoptr(EVP_PKEY) too_long = rsa_public_key(large, "010000000000000001");
  assert_public_key_faults(too_long, "csr-key-parameters");
}

static void test_weak_rsa(void)
{
  static const struct {
    const char *fixture;
    const char *codes;
  } cases[] = {
      {"roca.hex", "csr-key-roca"},
      {"fermat-1.hex", "csr-key-close-primes"},
      {"fermat-100.hex", "csr-key-close-primes"},
      {"fermat-101.hex", "csr-signature"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *hex = read_fixture(cases[i].fixture);
    BIGNUM *parsed = NULL;
    BN_hex2bn(&parsed, g_strchomp(hex));
    g_autoptr(BIGNUM) modulus = parsed;
    g_autoptr(EVP_PKEY) key = rsa_public_key(modulus, "010001");
    assert_public_key_faults(key, cases[i].codes);
  }
}

static void test_rsa_with_small_factor(void)
{
  g_autoptr(BIGNUM) modulus = modulus_of(2048);
  while (BN_mod_word(modulus, 7) != 0 || BN_mod_word(modulus, 5) == 0)
    BN_add_word(modulus, 2);
  g_autoptr(EVP_PKEY) key = rsa_public_key(modulus, "010001");
  assert_public_key_faults(key, "csr-key-parameters");
}

static void test_curves(void)
{
  static const char *const curves[] = {"P-521", "secp256k1", "brainpoolP256r1", "P-224"};
  for (gsize i = 0; i < G_N_ELEMENTS(curves); i++) {
    g_autoptr(EVP_PKEY) key = EVP_EC_gen(curves[i]);
    assert_faults(&(Form){.key = key}, "csr-key-kind");
  }
}

static EVP_PKEY *ec_key_with(const char *parameter, const char *value)
{
  g_autoptr(EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
  EVP_PKEY *key = NULL;
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)"P-256", 0),
      OSSL_PARAM_construct_utf8_string(parameter, (char *)value, 0),
      OSSL_PARAM_construct_end(),
  };
  EVP_PKEY_keygen_init(context);
  g_assert_cmpint(EVP_PKEY_CTX_set_params(context, parameters), ==, 1);
  g_assert_cmpint(EVP_PKEY_generate(context, &key), ==, 1);
  g_assert_cmpint(EVP_PKEY_set_utf8_string_param(key, parameter, value), ==, 1);
  return key;
}

static void test_explicit_curve(void)
{
  g_autoptr(EVP_PKEY) key =
      ec_key_with(OSSL_PKEY_PARAM_EC_ENCODING, OSSL_PKEY_EC_ENCODING_EXPLICIT);
  assert_faults(&(Form){.key = key}, "csr-key-parameters");
}

/* The hybrid form has the length of the uncompressed one. */
static void test_other_forms_of_points(void)
{
  static const char *const forms[] = {OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_COMPRESSED,
                                      OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_HYBRID};
  for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
    g_autoptr(EVP_PKEY) key = ec_key_with(OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, forms[i]);
    assert_faults(&(Form){.key = key}, "csr-key-parameters");
  }
}

static void test_point_off_the_curve(void)
{
  static const char *const names[] = {"www.example.test", NULL};
  g_autoptr(PkiKey) key = new_key(PKI_KEY_KIND_EC_P256);
  g_autoptr(GBytes) der = pki_csr_make(key, NULL, names, NULL);
  gsize length;
  guint8 *bytes = g_bytes_unref_to_data(g_steal_pointer(&der), &length);
  PkiSpki spki;
  pki_spki_parse(pki_slice_from_bytes(pki_key_spki(key)), &spki);
  guint8 *point = memmem(bytes, length, spki.public_key.data, spki.public_key.length);
  g_assert_nonnull(point);
  point[40] ^= 1;
  g_autoptr(GBytes) changed = g_bytes_new_take(bytes, length);
  assert_der_faults(changed, "csr-key-parameters");
}

static void test_other_algorithms(void)
{
  g_autoptr(EVP_PKEY) ed448 = EVP_PKEY_Q_keygen(NULL, NULL, "ED448");
  assert_faults(&(Form){.key = ed448, .no_digest = TRUE}, "csr-key-kind csr-algorithm");
  g_autoptr(EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
  EVP_PKEY_keygen_init(context);
  EVP_PKEY_CTX_set_rsa_keygen_bits(context, 1024);
  EVP_PKEY *made = NULL;
  g_assert_cmpint(EVP_PKEY_generate(context, &made), ==, 1);
  g_autoptr(EVP_PKEY) pss = made;
  assert_faults(&(Form){.key = pss}, "csr-key-kind");
}

static void test_ed25519(void)
{
  g_autoptr(EVP_PKEY) key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
  assert_faults(&(Form){.key = key, .no_digest = TRUE}, "");
}

int main(int argc, char **argv)
{
  pki_test_init(&argc, &argv);
  g_test_add_func("/pki/csr-key/rsa-sizes", test_rsa_sizes);
  g_test_add_func("/pki/csr-key/rsa-exponents", test_rsa_exponents);
  g_test_add_func("/pki/csr-key/weak-rsa", test_weak_rsa);
  g_test_add_func("/pki/csr-key/rsa-with-small-factor", test_rsa_with_small_factor);
  g_test_add_func("/pki/csr-key/curves", test_curves);
  g_test_add_func("/pki/csr-key/explicit-curve", test_explicit_curve);
  g_test_add_func("/pki/csr-key/other-forms-of-points", test_other_forms_of_points);
  g_test_add_func("/pki/csr-key/point-off-the-curve", test_point_off_the_curve);
  g_test_add_func("/pki/csr-key/other-algorithms", test_other_algorithms);
  g_test_add_func("/pki/csr-key/ed25519", test_ed25519);
  return g_test_run();
}

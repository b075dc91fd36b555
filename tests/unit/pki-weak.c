/* Weak RSA moduli are found, good ones are not. */
#include "pki-test.h"

static BIGNUM *read_modulus(const char *name)
{
  g_autofree char *text = read_fixture(name);
  BIGNUM *modulus = NULL;
  g_assert_cmpint(BN_hex2bn(&modulus, g_strchomp(text)), ==, 512);
  return modulus;
}

static BIGNUM *good_modulus(guint bits)
{
  g_autoptr(EVP_PKEY) key = read_rsa_fixture(bits);
  BIGNUM *modulus = NULL;
  g_assert_cmpint(EVP_PKEY_get_bn_param(key, "n", &modulus), ==, 1);
  return modulus;
}

static void test_good_moduli(void)
{
  static const guint sizes[] = {1024, 2048, 2056, 3072, 4096};
  for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
    g_autoptr(BIGNUM) modulus = good_modulus(sizes[i]);
    g_assert_false(pki_weak_roca(modulus));
    g_assert_false(pki_weak_close_primes(modulus));
    g_assert_cmpuint(pki_weak_small_factor(modulus), ==, 0);
  }
}

static void test_roca(void)
{
  g_autoptr(BIGNUM) modulus = read_modulus("roca.hex");
  g_assert_true(pki_weak_roca(modulus));
  g_assert_false(pki_weak_close_primes(modulus));
  g_assert_cmpuint(pki_weak_small_factor(modulus), ==, 0);
  /* Each residue counts: the next odd number has other ones. */
  BN_add_word(modulus, 2);
  g_assert_false(pki_weak_roca(modulus));
}

/* The published detector's marks for some of its primes: which residues a ROCA modulus can have. */
static void test_roca_residues(void)
{
  g_autoptr(BIGNUM) one = BN_new();
  BN_one(one);
  g_assert_true(pki_weak_roca(one)); /* 65537^0 */
  g_autoptr(BIGNUM) generator = BN_new();
  BN_set_word(generator, 65537);
  g_assert_true(pki_weak_roca(generator));
  static const guint others[] = {2, 3, 4, 11, 12, 21, 167};
  for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
    g_autoptr(BIGNUM) number = BN_new();
    BN_set_word(number, others[i]);
    g_assert_false(pki_weak_roca(number));
  }
}

static void test_close_primes(void)
{
  g_autoptr(BIGNUM) first = read_modulus("fermat-1.hex");
  g_assert_true(pki_weak_close_primes(first));
  g_assert_false(pki_weak_roca(first));
  g_autoptr(BIGNUM) last = read_modulus("fermat-100.hex");
  g_assert_true(pki_weak_close_primes(last));
  g_autoptr(BIGNUM) beyond = read_modulus("fermat-101.hex");
  g_assert_false(pki_weak_close_primes(beyond));
}

static void test_squares_are_close(void)
{
  g_autoptr(BN_CTX) context = BN_CTX_new();
  g_autoptr(BIGNUM) square = good_modulus(1024);
  BN_sqr(square, square, context);
  g_assert_true(pki_weak_close_primes(square));
}

/* Numbers small enough to be counted: n = a² - b² with a at most 100 above the root. */
static void test_small_numbers(void)
{
  for (guint p = 1001; p < 1400; p += 2) {
    guint q = 1001;
    guint root = 0;
    while ((root + 1) * (root + 1) <= p * q)
      root++;
    g_autoptr(BIGNUM) product = BN_new();
    BN_set_word(product, (BN_ULONG)p * q);
    gboolean expected = root * root == p * q || (p + q) / 2 - root <= 100;
    /* Another pair of factors may lie closer, never farther. */
    if (expected)
      g_assert_true(pki_weak_close_primes(product));
  }
}

static void test_small_factor(void)
{
  g_autoptr(BIGNUM) modulus = good_modulus(2048);
  BN_mul_word(modulus, 751);
  g_assert_cmpuint(pki_weak_small_factor(modulus), ==, 751);
  BN_mul_word(modulus, 2);
  g_assert_cmpuint(pki_weak_small_factor(modulus), ==, 2);
  g_autoptr(BIGNUM) larger = good_modulus(2048);
  BN_mul_word(larger, 757);
  g_assert_cmpuint(pki_weak_small_factor(larger), ==, 0);
}

int main(int argc, char **argv)
{
  pki_test_init(&argc, &argv);
  g_test_add_func("/pki/weak/good-moduli", test_good_moduli);
  g_test_add_func("/pki/weak/roca", test_roca);
  g_test_add_func("/pki/weak/roca-residues", test_roca_residues);
  g_test_add_func("/pki/weak/close-primes", test_close_primes);
  g_test_add_func("/pki/weak/squares-are-close", test_squares_are_close);
  g_test_add_func("/pki/weak/small-numbers", test_small_numbers);
  g_test_add_func("/pki/weak/small-factor", test_small_factor);
  return g_test_run();
}

#include "pki/pki-private.h"

/* Known ways to make RSA keys that can be factored from the modulus alone: Baseline Requirements
 * 6.1.1.3, number 5. */

/* The keys of the ROCA generator have primes of the form k·M + (65537^a mod M), where M is the
 * product of the smallest primes (Nemec et al., CCS 2017, 2.1 and 2.2). So has the modulus, hence
 * modulo each of these primes it is a power of 65537. One modulus in 2^27 is so by chance. */
gboolean pki_weak_roca(const BIGNUM *modulus)
{
  static const guint8 primes[] = {3,   5,   7,   11,  13,  17,  19,  23,  29,  31,  37,  41,  43,
                                  47,  53,  59,  61,  67,  71,  73,  79,  83,  89,  97,  101, 103,
                                  107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};
  for (gsize i = 0; i < G_N_ELEMENTS(primes); i++) {
    guint prime = primes[i];
    guint residue = (guint)BN_mod_word(modulus, prime);
    guint generator = 65537 % prime;
    guint power = 1;
    do
      power = power * generator % prime;
    while (power != 1 && power != residue);
    if (power != residue)
      return FALSE;
  }
  return TRUE;
}

guint pki_weak_small_factor(const BIGNUM *modulus)
{
  for (guint factor = 2; factor < 752; factor++)
    if (BN_mod_word(modulus, factor) == 0)
      return factor;
  return 0;
}

/* Whether NUMBER could be a square, by its residues: lets one in some 300 through, so that few
 * roots need to be taken. */
static gboolean may_be_square(const BIGNUM *number)
{
  static const guint moduli[] = {64, 63, 65, 11, 17};
  for (gsize i = 0; i < G_N_ELEMENTS(moduli); i++) {
    guint residue = (guint)BN_mod_word(number, moduli[i]);
    guint root = 0;
    while (root < moduli[i] && root * root % moduli[i] != residue)
      root++;
    if (root == moduli[i])
      return FALSE;
  }
  return TRUE;
}

/* RET_ROOT = floor(sqrt(NUMBER)), by Newton's iteration from above. */
static gboolean square_root(BIGNUM *ret_root, const BIGNUM *number, BN_CTX *context)
{
  g_autoptr(BIGNUM) next = BN_new();
  if (next == NULL || BN_set_word(next, 1) != 1 ||
      BN_lshift(next, next, BN_num_bits(number) / 2 + 1) != 1)
    return FALSE;
  do {
    if (BN_copy(ret_root, next) == NULL || BN_div(next, NULL, number, ret_root, context) != 1 ||
        BN_add(next, next, ret_root) != 1 || BN_rshift1(next, next) != 1)
      return FALSE;
  } while (BN_cmp(next, ret_root) < 0);
  return TRUE;
}

static gboolean is_square(const BIGNUM *number, BN_CTX *context)
{
  if (!may_be_square(number))
    return FALSE;
  g_autoptr(BIGNUM) root = BN_new();
  gboolean done =
      root != NULL && square_root(root, number, context) && BN_sqr(root, root, context) == 1;
  g_assert(done);
  return BN_cmp(root, number) == 0;
}

/* Fermat: if n = a² - b², then n = (a - b)(a + b). Begins with the a just above the root of n;
 * primes that lie close together have a small b, and are found at once. */
gboolean pki_weak_close_primes(const BIGNUM *modulus)
{
  enum { ROUNDS = 100 };
  g_autoptr(BN_CTX) context = BN_CTX_new();
  g_autoptr(BIGNUM) a = BN_new();
  g_autoptr(BIGNUM) rest = BN_new();
  gboolean done = context != NULL && a != NULL && rest != NULL &&
                  square_root(a, modulus, context) && BN_sqr(rest, a, context) == 1 &&
                  BN_sub(rest, rest, modulus) == 1;
  if (done && BN_is_zero(rest))
    return TRUE;
  for (guint round = 0; done && round < ROUNDS; round++) {
    /* (a + 1)² - n = (a² - n) + 2a + 1 */
    done = BN_add(rest, rest, a) && BN_add_word(a, 1) && BN_add(rest, rest, a);
    if (done && is_square(rest, context))
      return TRUE;
  }
  g_assert(done);
  return FALSE;
}

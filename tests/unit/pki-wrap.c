/* Wrapping: what goes in comes out, and nothing that was touched does. */
#include "pki-test.h"

#include <fcntl.h>
#include <sys/stat.h>

static PkiWrappingKey *fixed_key(void)
{
  guint8 bytes[PKI_WRAPPING_KEY_LENGTH];
  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8)i;
  GError *error = NULL;
  PkiWrappingKey *key = pki_wrapping_key_from_bytes(bytes, sizeof bytes, &error);
  g_assert_no_error(error);
  return key;
}

static Secret *numbered_secret(gsize length)
{
  Secret *secret = secret_new(length);
  for (gsize i = 0; i < length; i++)
    secret->data[i] = (guint8)(i * 7 + 1);
  return secret;
}

static void test_round_trip(void)
{
  static const gsize lengths[] = {1, 7, 8, 9, 15, 16, 17, 138, 1217, 2373};
  g_autoptr(PkiWrappingKey) key = fixed_key();
  for (gsize i = 0; i < G_N_ELEMENTS(lengths); i++) {
    GError *error = NULL;
    g_autoptr(Secret) secret = numbered_secret(lengths[i]);
    g_autoptr(GBytes) wrapped = pki_wrapping_key_wrap(key, secret, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(g_bytes_get_size(wrapped), ==, (lengths[i] + 7) / 8 * 8 + 8);
    g_autoptr(Secret) back = pki_wrapping_key_unwrap(key, wrapped, &error);
    g_assert_no_error(error);
    g_assert_cmpmem(back->data, back->length, secret->data, secret->length);
    g_autoptr(GBytes) again = pki_wrapping_key_wrap(key, secret, &error);
    g_assert_true(g_bytes_equal(wrapped, again));
  }
}

/* Computed from RFC 5649 and FIPS 197 by another implementation. */
static void test_known_answer(void)
{
  g_autoptr(PkiWrappingKey) key = fixed_key();
  g_autoptr(Secret) secret = secret_new_copy("certdrop wraps this", 19);
  g_autoptr(GBytes) wrapped = pki_wrapping_key_wrap(key, secret, NULL);
  PkiSlice bytes = pki_slice_from_bytes(wrapped);
  g_autoptr(GString) hex = g_string_new(NULL);
  for (gsize i = 0; i < bytes.length; i++)
    g_string_append_printf(hex, "%02x", bytes.data[i]);
  g_assert_cmpstr(hex->str, ==, "040f44cf2f008025c4faf35ba87f60eb1b2541d88951c5c9a3b6694d8752b447");
}

static void assert_corrupt(const PkiWrappingKey *key, GBytes *wrapped)
{
  g_autoptr(GError) error = NULL;
  g_assert_null(pki_wrapping_key_unwrap(key, wrapped, &error));
  g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_CORRUPT);
  g_assert_cmpuint(ERR_peek_error(), ==, 0);
}

static void test_every_flipped_bit_is_found(void)
{
  g_autoptr(PkiWrappingKey) key = fixed_key();
  g_autoptr(Secret) secret = numbered_secret(21);
  g_autoptr(GBytes) wrapped = pki_wrapping_key_wrap(key, secret, NULL);
  PkiSlice bytes = pki_slice_from_bytes(wrapped);
  for (gsize bit = 0; bit < 8 * bytes.length; bit++) {
    guint8 *copy = g_memdup2(bytes.data, bytes.length);
    copy[bit / 8] ^= (guint8)(1 << bit % 8);
    g_autoptr(GBytes) changed = g_bytes_new_take(copy, bytes.length);
    assert_corrupt(key, changed);
  }
}

static void test_every_cut_is_found(void)
{
  g_autoptr(PkiWrappingKey) key = fixed_key();
  g_autoptr(Secret) secret = numbered_secret(40);
  g_autoptr(GBytes) wrapped = pki_wrapping_key_wrap(key, secret, NULL);
  for (gsize length = 0; length < g_bytes_get_size(wrapped); length++) {
    g_autoptr(GBytes) cut = g_bytes_new_from_bytes(wrapped, 0, length);
    assert_corrupt(key, cut);
  }
}

static void test_other_key(void)
{
  g_autoptr(PkiWrappingKey) key = fixed_key();
  g_autoptr(PkiWrappingKey) other = pki_wrapping_key_generate(NULL);
  g_autoptr(Secret) secret = numbered_secret(138);
  g_autoptr(GBytes) wrapped = pki_wrapping_key_wrap(key, secret, NULL);
  assert_corrupt(other, wrapped);
  const Secret *a = pki_wrapping_key_secret(key);
  const Secret *b = pki_wrapping_key_secret(other);
  g_assert_cmpuint(b->length, ==, PKI_WRAPPING_KEY_LENGTH);
  g_assert_cmpint(memcmp(a->data, b->data, a->length), !=, 0);
}

/* RFC 5649 3: at least one octet. */
static void test_nothing_cannot_be_wrapped(void)
{
  g_autoptr(PkiWrappingKey) key = fixed_key();
  g_autoptr(Secret) nothing = secret_new(0);
  g_autoptr(GError) error = NULL;
  g_assert_null(pki_wrapping_key_wrap(key, nothing, &error));
  g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_BUG);
}

static void test_derive(void)
{
  g_autoptr(PkiWrappingKey) key = fixed_key();
  g_autoptr(Secret) one = pki_wrapping_key_derive(key, "one", 32, NULL);
  g_autoptr(Secret) two = pki_wrapping_key_derive(key, "two", 32, NULL);
  g_autoptr(Secret) one_again = pki_wrapping_key_derive(key, "one", 42, NULL);
  g_assert_cmpmem(one->data, one->length, one_again->data, 32);
  g_assert_cmpint(memcmp(one->data, two->data, 32), !=, 0);
  g_autoptr(GString) hex = g_string_new(NULL);
  for (gsize i = 0; i < one_again->length; i++)
    g_string_append_printf(hex, "%02x", one_again->data[i]);
  g_assert_cmpstr(
      hex->str, ==,
      "cdac075405de95fb7dd48611b45ac046ab2c626e1f622b10b4698c17d4528d6c938043c07ad49b413ca5");
}

static void test_from_bytes_length(void)
{
  static const guint8 bytes[PKI_WRAPPING_KEY_LENGTH + 1];
  g_autoptr(GError) shorter = NULL;
  g_assert_null(pki_wrapping_key_from_bytes(bytes, PKI_WRAPPING_KEY_LENGTH - 1, &shorter));
  g_assert_error(shorter, CERTDROP_ERROR, CERTDROP_ERROR_CONFIGURATION);
  g_autoptr(GError) longer = NULL;
  g_assert_null(pki_wrapping_key_from_bytes(bytes, PKI_WRAPPING_KEY_LENGTH + 1, &longer));
  g_assert_error(longer, CERTDROP_ERROR, CERTDROP_ERROR_CONFIGURATION);
}

/* What comes of a key file of LENGTH bytes and MODE: NULL and *ERROR, or the key. */
static PkiWrappingKey *from_file(gsize length, mode_t mode, GError **error)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp("pki-wrap-XXXXXX", &path, NULL);
  g_assert_cmpint(fd, >=, 0);
  g_unlink(path);
  g_autofree guint8 *bytes = g_malloc(length + 1);
  memset(bytes, 0x5a, length);
  g_assert_cmpint(write(fd, bytes, length), ==, (gssize)length);
  g_assert_cmpint(fchmod(fd, mode), ==, 0);
  PkiWrappingKey *key = pki_wrapping_key_from_fd(fd, "state/instance.key", error);
  g_assert_cmpint(close(fd), ==, 0);
  return key;
}

static void test_from_file(void)
{
  GError *error = NULL;
  static const mode_t good[] = {0600, 0400};
  for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
    g_autoptr(PkiWrappingKey) key = from_file(PKI_WRAPPING_KEY_LENGTH, good[i], &error);
    g_assert_no_error(error);
    const Secret *secret = pki_wrapping_key_secret(key);
    g_assert_cmpuint(secret->data[0], ==, 0x5a);
    g_assert_cmpuint(secret->data[PKI_WRAPPING_KEY_LENGTH - 1], ==, 0x5a);
  }
}

static void test_bad_files(void)
{
  static const struct {
    gsize length;
    mode_t mode;
  } bad[] = {{32, 0640}, {32, 0604}, {32, 0620}, {32, 0644}, {0, 0600}, {31, 0600}, {33, 0600}};
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_null(from_file(bad[i].length, bad[i].mode, &error));
    g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_CONFIGURATION);
    g_assert_true(g_str_has_prefix(error->message, "state/instance.key: "));
  }
}

static void test_no_file(void)
{
  int ends[2];
  g_assert_cmpint(pipe(ends), ==, 0);
  g_autoptr(GError) error = NULL;
  g_assert_null(pki_wrapping_key_from_fd(ends[0], "pipe", &error));
  g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_CONFIGURATION);
  close(ends[0]);
  close(ends[1]);
  g_autoptr(GError) closed = NULL;
  g_assert_null(pki_wrapping_key_from_fd(-1, "closed", &closed));
  g_assert_error(closed, CERTDROP_ERROR, CERTDROP_ERROR_IO);
}

int main(int argc, char **argv)
{
  pki_test_init(&argc, &argv);
  g_test_add_func("/pki/wrap/round-trip", test_round_trip);
  g_test_add_func("/pki/wrap/known-answer", test_known_answer);
  g_test_add_func("/pki/wrap/every-flipped-bit-is-found", test_every_flipped_bit_is_found);
  g_test_add_func("/pki/wrap/every-cut-is-found", test_every_cut_is_found);
  g_test_add_func("/pki/wrap/other-key", test_other_key);
  g_test_add_func("/pki/wrap/nothing-cannot-be-wrapped", test_nothing_cannot_be_wrapped);
  g_test_add_func("/pki/wrap/derive", test_derive);
  g_test_add_func("/pki/wrap/from-bytes-length", test_from_bytes_length);
  g_test_add_func("/pki/wrap/from-file", test_from_file);
  g_test_add_func("/pki/wrap/bad-files", test_bad_files);
  g_test_add_func("/pki/wrap/no-file", test_no_file);
  return g_test_run();
}

/* Certificates of others in PKCS#12, and files that are damaged. */
#include "pki-foreign-test.h"

/* ---- PKCS#12 --------------------------------------------------------------------------- */

static GBytes *make_pkcs12(EVP_PKEY *key, X509 *leaf, STACK_OF(X509) * others, const char *password)
{
  PKCS12 *file = PKCS12_create(password, "name", key, leaf, others, 0, 0, 0, 0, 0);
  g_assert_nonnull(file);
  guint8 *der = NULL;
  int length = i2d_PKCS12(file, &der);
  PKCS12_free(file);
  return pki_bytes_take(der, length);
}

static PkiForeign *read_pkcs12(GBytes *file, const char *password, const char *codes,
                               const char *says)
{
  g_autoptr(Secret) own = password != NULL ? secret_new_copy(password, strlen(password)) : NULL;
  gsize length;
  const guint8 *bytes = g_bytes_get_data(file, &length);
  const PkiForeignSource source = {
      .pkcs12 = bytes, .pkcs12_length = length, .passphrase = own, .line = 4, .element = "pkcs12"};
  g_autoptr(GPtrArray) faults = fault_array_new();
  PkiForeign *foreign = pki_foreign_read(&source, faults);
  g_autofree char *found = codes_of(faults);
  g_assert_cmpstr(found, ==, codes);
  if (says != NULL)
    g_assert_nonnull(strstr(((Fault *)g_ptr_array_index(faults, 0))->text, says));
  return foreign;
}

static void test_pkcs12(Authority *authority, gconstpointer data G_GNUC_UNUSED)
{
  STACK_OF(X509) *others = sk_X509_new_null();
  sk_X509_push(others, authority->root);
  sk_X509_push(others, authority->inner);
  g_autoptr(GBytes) whole = make_pkcs12(authority->key, authority->leaf, others, "open sesame");
  g_autoptr(GBytes) none = make_pkcs12(authority->key, authority->leaf, others, "");
  g_autoptr(GBytes) no_key = make_pkcs12(NULL, authority->leaf, others, "open sesame");
  g_autoptr(GBytes) only_key = make_pkcs12(authority->key, NULL, NULL, "open sesame");
  g_autoptr(GBytes) only_ca = make_pkcs12(NULL, NULL, others, "open sesame");
  sk_X509_free(others);
  g_autoptr(PkiForeign) foreign = read_pkcs12(whole, "open sesame", "", NULL);
  g_assert_nonnull(foreign->pkcs8);
  g_assert_cmpuint(foreign->warnings->len, ==, 0);
  g_assert_cmpuint(g_bytes_get_size(foreign->chain), ==, der_length(authority->inner));
  g_autoptr(PkiForeign) open = read_pkcs12(none, NULL, "", NULL);
  g_assert_nonnull(open->pkcs8);
  g_autoptr(PkiForeign) empty = read_pkcs12(none, "", "", NULL);
  g_assert_nonnull(empty->pkcs8);
  g_autoptr(PkiForeign) keyless = read_pkcs12(no_key, "open sesame", "", NULL);
  g_assert_null(keyless->pkcs8);
  g_assert_null(read_pkcs12(whole, "wrong", "pkcs12-password", "does not open"));
  g_assert_null(read_pkcs12(whole, NULL, "pkcs12-password", "has a password"));
  g_assert_null(read_pkcs12(whole, "", "pkcs12-password", "does not open"));
  g_assert_null(read_pkcs12(only_key, "open sesame", "certificate-content", "only a private key"));
  g_assert_null(read_pkcs12(only_ca, "open sesame", "certificate-ca", NULL));
}

static void test_no_pkcs12(Authority *authority, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *pem = pem_of(authority->leaf);
  guint8 *der = NULL;
  int length = i2d_X509(authority->leaf, &der);
  g_autoptr(GBytes) certificate = pki_bytes_take(der, length);
  g_autoptr(GBytes) text = g_bytes_new(pem, strlen(pem));
  g_autoptr(GBytes) jks = g_bytes_new_static("\xfe\xed\xfe\xed\0\0\0\2", 8);
  g_autoptr(GBytes) nothing = g_bytes_new_static("", 0);
  g_autoptr(GBytes) one = g_bytes_new_static("\x30", 1);
  g_assert_null(read_pkcs12(certificate, NULL, "pkcs12-format", "a certificate alone"));
  g_assert_null(read_pkcs12(text, NULL, "pkcs12-format", "it is PEM"));
  g_assert_null(read_pkcs12(jks, NULL, "pkcs12-format", "Java key store"));
  g_assert_null(read_pkcs12(nothing, NULL, "pkcs12-format", "cut off"));
  g_assert_null(read_pkcs12(one, NULL, "pkcs12-format", "cut off"));
}

/* ---- Damage: whatever is changed, it is read or refused -------------------------------- */

/* What was read, or refused with at least one fault. */
static void read_whatever(const PkiForeignSource *source)
{
  g_autoptr(GPtrArray) faults = fault_array_new();
  g_autoptr(PkiForeign) foreign = pki_foreign_read(source, faults);
  g_assert_cmpint(foreign == NULL, ==, faults->len > 0);
  if (foreign == NULL)
    return;
  g_assert_nonnull(foreign->names[0]);
  g_assert_cmpint(foreign->not_after, >, 0);
}

static void test_damaged_der(Authority *authority, gconstpointer data G_GNUC_UNUSED)
{
  guint8 *der = NULL;
  gsize length = (gsize)i2d_X509(authority->leaf, &der);
  g_autoptr(GRand) random = g_rand_new_with_seed(7);
  for (gsize i = 0; i < 4 * length; i++) {
    g_autofree guint8 *changed = g_memdup2(der, length);
    /* Each bit of each byte's turn, then several at once, then cut off. */
    gsize kept = length;
    if (i < 2 * length)
      changed[i / 2] ^= (guint8)(1u << (i % 2 == 0 ? i / 2 % 8 : (i / 2 + 3) % 8));
    else if (i < 3 * length)
      for (guint k = 0; k < 4; k++)
        changed[g_rand_int_range(random, 0, (gint32)length)] = (guint8)g_rand_int(random);
    else
      kept = i - 3 * length;
    g_autoptr(GBytes) bytes = g_bytes_new(changed, kept);
    g_autofree char *pem = pki_pem_from_bytes("CERTIFICATE", bytes);
    read_whatever(&(PkiForeignSource){.certificates = pem, .element = "certificate"});
  }
  OPENSSL_free(der);
}

static void test_damaged_pkcs12(Authority *authority, gconstpointer data G_GNUC_UNUSED)
{
  PKCS12 *open = PKCS12_create("", NULL, authority->key, authority->leaf, NULL, -1, -1, 0, -1, 0);
  g_assert_nonnull(open);
  guint8 *der = NULL;
  gsize length = (gsize)i2d_PKCS12(open, &der);
  PKCS12_free(open);
  g_autoptr(GRand) random = g_rand_new_with_seed(8);
  for (gsize i = 0; i < 3 * length; i++) {
    g_autofree guint8 *changed = g_memdup2(der, length);
    gsize kept = length;
    if (i < length)
      changed[i] ^= (guint8)(1u << (i % 8));
    else if (i < 2 * length)
      changed[g_rand_int_range(random, 0, (gint32)length)] = (guint8)g_rand_int(random);
    else
      kept = i - 2 * length;
    read_whatever(
        &(PkiForeignSource){.pkcs12 = changed, .pkcs12_length = kept, .element = "pkcs12"});
  }
  OPENSSL_free(der);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add("/pki/foreign/" name, Authority, NULL, authority_set_up, function, authority_tear_down)
  ADD("pkcs12", test_pkcs12);
  ADD("no-pkcs12", test_no_pkcs12);
  ADD("damaged-der", test_damaged_der);
  ADD("damaged-pkcs12", test_damaged_pkcs12);
  return g_test_run();
}

/* What is kept of a package: all but what is secret. */
#include "intake-package-test.h"

static GByteArray *blank(const Package *package, const char *const *key_files, gboolean *ret_found)
{
  g_autoptr(GError) error = NULL;
  GByteArray *bytes = package_write_blanked(package, key_files, ret_found, &error);
  g_assert_no_error(error);
  return bytes;
}

static const char image[] = "\x89PNG\r\n\x1a\n password=\"kept\"";
static const char pfx[] = "\x30\x82\x09\x01\x02\x01\x03SECRET";

static void test_blanked(void)
{
  static const char *const key_files[] = {"named.bin", NULL};
  g_autoptr(GByteArray) bytes =
      make(ZIP, "a.xml", "<upload><pkcs12 file='named.bin' password='SECRET'/></upload>",
           "letter.png", image, "site.P12", "SECRET", "named.bin", "SECRET", "key.pem",
           "-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----\n", "plain.txt", "plain",
           "unnamed", pfx, NULL);
  g_autoptr(Package) package = read_well(bytes);
  gboolean found = FALSE;
  g_autoptr(GByteArray) blanked = blank(package, key_files, &found);
  g_assert_true(found);
  g_assert_null(memmem(blanked->data, blanked->len, "SECRET", 6));
  g_autoptr(Package) again = read_well(blanked);
  g_assert_cmpmem(again->document->bytes, again->document->length,
                  "<upload><pkcs12 file='named.bin' password='xxxxxx'/></upload>", 61);
  assert_member(again, "letter.png", image);
  assert_member(again, "plain.txt", "plain");
  assert_member(again, "key.pem",
                "-----BEGIN PRIVATE KEY-----\nxxxxxx\n-----END PRIVATE KEY-----\n");
  g_assert_cmpuint(again->members->len, ==, package->members->len);
  g_assert_nonnull(strstr((const char *)package_find_member(again, "site.P12")->bytes, "not kept"));
  g_autoptr(GByteArray) same = blank(package, key_files, NULL);
  g_assert_cmpmem(same->data, same->len, blanked->data, blanked->len);
}

static void test_nothing_to_blank(void)
{
  g_autoptr(GByteArray) bytes =
      make(TAR_GZ, "a.xml", "<order/>", "letter.png", image, "notes.txt", "plain", NULL);
  g_autoptr(Package) package = read_well(bytes);
  gboolean found = TRUE;
  g_autoptr(GByteArray) blanked = blank(package, NULL, &found);
  g_assert_false(found);
}

static void test_secret_members(void)
{
  static const struct {
    const char *name, *bytes;
    gsize length;
    gboolean secret;
  } cases[] = {
      {"a.p12", "", 0, TRUE},
      {"a.PFX", "x", 1, TRUE},
      {"a.jks", "x", 1, TRUE},
      {"a", "\x30\x82\x09\x01\x02\x01\x03\x30", 8, TRUE}, /* PKCS#12 */
      {"a", "\x30\x80\x02\x01\x03\x30\x80", 7, TRUE},     /* the same, of indefinite length */
      {"a", "\x30\x2e\x02\x01\x00\x30\x05", 7, TRUE},     /* PKCS#8, Ed25519 */
      {"a", "\x30\x77\x02\x01\x01\x04\x20", 7, TRUE},     /* SEC 1 */
      {"a", "\x30\x81\xec\x30\x57\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d", 16, TRUE},
      {"a", "\xfe\xed\xfe\xed\0\0\0\2", 8, TRUE},
      {"a", "\x30\x82\x01\x50\x30\x81\xf8\xa0\x03\x02\x01\x02", 12, FALSE},             /* X.509 */
      {"a", "\x30\x82\x01\x50\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 15, FALSE}, /* PKCS#7 */
      {"a", "\x30\x82\x01\x0a\x02\x82\x01\x01\0\xc0", 10, FALSE}, /* a public RSA key */
      {"a", "\x30", 1, FALSE},
      {"a", "\x30\x84\x01", 3, FALSE},
      {"a", "\x30\xff\x01", 3, FALSE},
      {"a", "", 0, FALSE},
      {"a.txt", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n", 36, TRUE},
      {"a.txt", "-----BEGIN CERTIFICATE-----\nAAAA\n", 33, FALSE},
      {"a.png", image, sizeof image - 1, FALSE},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree guint8 *exact = g_memdup2(cases[i].bytes, MAX(cases[i].length, 1));
    PackageMember member = {(char *)cases[i].name, exact, cases[i].length};
    g_assert_cmpint(package_member_is_secret(&member), ==, cases[i].secret);
  }
}

/* Of a refused package, everything that can be read is kept without its secrets. */
static void test_remains(void)
{
  static const Form forms[] = {ZIP, TAR_GZ};
  for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
    g_autoptr(GByteArray) bytes = make(
        forms[i], "../a.xml", "<u password='SECRET'/>", "b.xml", "<u password='SECRET'/>", "b.xml",
        "<v passphrase=\"SECRET\"/>", "folder/site.p12", pfx, "letter.png", image, NULL);
    assert_refused(bytes, "package-name", "leads out");
    for (guint cut = 0; cut < 2; cut++) {
      g_byte_array_set_size(bytes, bytes->len - cut * 30);
      int fd = open_bytes(bytes);
      g_autoptr(Package) remains = package_read_remains(fd, &package_default_limits);
      close(fd);
      g_assert_null(remains->document);
      gboolean found = FALSE;
      g_autoptr(GByteArray) blanked = blank(remains, NULL, &found);
      g_assert_true(found);
      g_assert_null(memmem(blanked->data, blanked->len, "SECRET", 6));
      g_assert_cmpuint(remains->members->len, >=, cut == 0 ? 5 : 2);
      assert_member(remains, "file-1", "<u password='SECRET'/>");
      assert_member(remains, "b.xml", "<u password='SECRET'/>");
    }
  }
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_assert_true(package_preload(NULL));
  g_test_add_func("/package/blanked", test_blanked);
  g_test_add_func("/package/nothing-to-blank", test_nothing_to_blank);
  g_test_add_func("/package/secret-members", test_secret_members);
  g_test_add_func("/package/remains", test_remains);
  return g_test_run();
}

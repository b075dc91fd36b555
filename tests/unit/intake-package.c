/* Packages: what is taken, and what is refused and why. */
#include "intake-package-test.h"

/* ---- What is taken -------------------------------------------------------------------- */

static void test_taken(void)
{
  static const Form forms[] = {ZIP, TAR_GZ};
  for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
    g_autoptr(GByteArray) bytes =
        make(forms[i], "letter.png", "image", "Order-1.XML", "<order/>", "empty.jpg", "", NULL);
    g_autoptr(Package) package = read_well(bytes);
    g_assert_cmpstr(package->document->name, ==, "Order-1.XML");
    g_assert_cmpmem(package->document->bytes, package->document->length, "<order/>", 8);
    g_assert_cmpuint(package->members->len, ==, 2);
    assert_member(package, "letter.png", "image");
    assert_member(package, "empty.jpg", "");
    g_assert_null(package_find_member(package, "Letter.png"));
    g_assert_null(package_find_member(package, "Order-1.XML"));
  }
}

static void test_passed_over(void)
{
  static const Form forms[] = {ZIP, TAR_GZ};
  for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
    Maker maker = begin(forms[i]);
    open_maker(&maker);
    add_typed(&maker, "./", AE_IFDIR, NULL, "", 0);
    add_typed(&maker, "folder/", AE_IFDIR, NULL, "", 0);
    add(&maker, "./a.xml", "<order/>");
    add(&maker, "__MACOSX/._a.xml", "x");
    add(&maker, "._a.xml", "x");
    add(&maker, ".DS_Store", "x");
    add(&maker, "folder/.DS_Store", "x");
    add(&maker, "Thumbs.db", "x");
    add(&maker, "././b.png", "b");
    g_autoptr(GByteArray) bytes = end(&maker);
    g_autoptr(Package) package = read_well(bytes);
    g_assert_cmpstr(package->document->name, ==, "a.xml");
    g_assert_cmpuint(package->members->len, ==, 1);
    assert_member(package, "b.png", "b");
  }
}

/* A zip may have a comment, and its files may be stored or deflated. */
static void test_zip_variants(void)
{
  Maker maker = begin(ZIP);
  g_assert_cmpint(archive_write_zip_set_compression_store(maker.writer), ==, ARCHIVE_OK);
  open_maker(&maker);
  add(&maker, "a.xml", "<order/>");
  g_autoptr(GByteArray) bytes = end(&maker);
  bytes->data[bytes->len - 2] = 5;
  g_byte_array_append(bytes, (const guint8 *)"hello", 5);
  g_autoptr(Package) package = read_well(bytes);
  g_assert_cmpstr(package->document->name, ==, "a.xml");
}

/* ---- Names -------------------------------------------------------------------------------- */

static void test_names(void)
{
  static const struct {
    const char *name, *says;
  } cases[] = {
      {"/etc/passwd", "absolute path"},
      {"//a.png", "absolute path"},
      {"C:\\a.png", "absolute path"},
      {"\\a.png", "absolute path"},
      {"../a.png", "leads out"},
      {"a/../../b.png", "leads out"},
      {"..\\a.png", "leads out"},
      {"..", "leads out"},
      {"folder/a.png", "in a folder"},
      {"folder\\a.png", "in a folder"},
      {"a b.png", "rename the file"},
      {"-a.png", "rename the file"},
      {".a.png", "rename the file"},
      {"_a.png", "rename the file"},
      {"ä.png", "ä.png"},
      {"a\nb.png", "a\\u{000A}b.png"},
      {"a\x1b[31m.png", "\\u{001B}"},
      {"a\u202egnp.exe", "\\u{202E}"},
      {"a:b.png", "rename the file"},
      {"$(id).png", "rename the file"},
      {"a2345678901234567890123456789012345678901234567890123456789012345", "64 characters"},
  };
  static const Form forms[] = {ZIP, TAR_GZ};
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
    for (guint j = 0; j < G_N_ELEMENTS(forms); j++) {
      g_autoptr(GByteArray) bytes =
          make(forms[j], "a.xml", "<order/>", cases[i].name, "image", NULL);
      assert_refused(bytes, "package-name", cases[i].says);
    }
  g_autoptr(GByteArray) longest =
      make(ZIP, "a.xml", "<order/>",
           "a234567890123456789012345678901234567890123456789012345678901234", "image", NULL);
  g_autoptr(Package) package = read_well(longest);
}

/* Names in other encodings than the reader's, in the archive as they are. */
static void test_raw_names(void)
{
  g_autoptr(GByteArray) zip = make(ZIP, "a.xml", "<order/>", "bXY.png", "image", NULL);
  for (guint i = 0; i + 2 < zip->len; i++)
    if (memcmp(zip->data + i, "bXY", 3) == 0)
      memcpy(zip->data + i, "b\xff\xfe", 3);
  assert_refused(zip, "package-name", "rename the file");
  g_autoptr(GByteArray) nul = make(ZIP, "a.xml", "<order/>", "bXY.png", "image", NULL);
  for (guint i = 0; i + 2 < nul->len; i++)
    if (memcmp(nul->data + i, "bXY", 3) == 0)
      memcpy(nul->data + i, "\0/.", 3);
  assert_refused(nul, "package-name", "");
}

static void test_all_names_are_told(void)
{
  g_autoptr(GByteArray) bytes =
      make(ZIP, "../a", "1", "b/c", "2", "a.xml", "<order/>", "/d", "3", NULL);
  g_autoptr(GPtrArray) faults = fault_array_new();
  g_assert_null(read_bytes(bytes, &package_default_limits, faults));
  g_assert_cmpuint(faults->len, ==, 3);
}

static void test_same_names(void)
{
  g_autoptr(GByteArray) same = make(ZIP, "a.xml", "<order/>", "b.png", "1", "b.png", "2", NULL);
  assert_refused(same, "package-name", "both \"b.png\" and \"b.png\"");
  g_autoptr(GByteArray) alike = make(TAR_GZ, "a.xml", "<order/>", "b.png", "1", "B.PNG", "2", NULL);
  assert_refused(alike, "package-name", "both \"b.png\" and \"B.PNG\"");
  g_autoptr(GByteArray) document = make(ZIP, "a.xml", "<order/>", "A.XML", "<order/>", NULL);
  assert_refused(document, "package-name", "both \"a.xml\" and \"A.XML\"");
}

/* ---- Contents ------------------------------------------------------------------------------- */

static void test_documents(void)
{
  g_autoptr(GByteArray) none = make(ZIP, "a.png", "1", "xml", "<order/>", NULL);
  assert_refused(none, "package-content", "no XML document");
  g_autoptr(GByteArray) two = make(TAR_GZ, "a.xml", "<order/>", "b.xml", "<order/>", NULL);
  assert_refused(two, "package-content", "\"a.xml\" and \"b.xml\"");
  g_autoptr(GByteArray) empty_zip = make(ZIP, NULL);
  assert_refused(empty_zip, "package-content", "no XML document");
  g_autoptr(GByteArray) empty_tar = make(TAR_GZ, NULL);
  assert_refused(empty_tar, "package-content", "no XML document");
}

static void test_types(void)
{
  static const struct {
    Form form;
    guint type;
    const char *link, *says;
  } cases[] = {
      {TAR_GZ, AE_IFLNK, "/etc/passwd", "a link"}, {TAR_GZ, AE_IFREG, "a.xml", "a link"},
      {TAR_GZ, AE_IFCHR, NULL, "a device"},        {TAR_GZ, AE_IFBLK, NULL, "a device"},
      {TAR_GZ, AE_IFIFO, NULL, "a named pipe"},    {ZIP, AE_IFLNK, "/etc/passwd", "a link"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    Maker maker = begin(cases[i].form);
    open_maker(&maker);
    add(&maker, "a.xml", "<order/>");
    add_typed(&maker, "b.png", cases[i].type, cases[i].link, "", 0);
    g_autoptr(GByteArray) bytes = end(&maker);
    assert_refused(bytes, "package-content", cases[i].says);
  }
}

/* ---- Limits -----------------------------------------------------------------------------------
 */

static const PackageLimits small = {
    .members = 3, .entries = 5, .document_bytes = 100, .member_bytes = 50, .total_bytes = 120};

static void test_limits(void)
{
  static const char text[] =
      "1234567890123456789012345678901234567890123456789012345678901234567890"
      "1234567890123456789012345678901234567890";
  const char *over_100 = text + sizeof text - 1 - 101;
  const char *exactly_100 = over_100 + 1;
  const char *over_50 = over_100 + 50;
  const char *exactly_50 = over_50 + 1;
  static const Form forms[] = {ZIP, TAR_GZ};
  for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
    g_autoptr(GByteArray) members =
        make(forms[i], "a.xml", "1", "b", "2", "c", "3", "d", "4", NULL);
    assert_refused_within(members, &small, "package-limits", "more than 3 files");
    g_autoptr(GByteArray) entries =
        make(forms[i], "a.xml", "1", "._b", "", "._c", "", "._d", "", "._e", "", "._f", "", NULL);
    assert_refused_within(entries, &small, "package-limits", "more than 5 entries");
    g_autoptr(GByteArray) document = make(forms[i], "a.xml", over_100, NULL);
    assert_refused_within(document, &small, "package-limits", "\"a.xml\" in the package has more");
    g_autoptr(GByteArray) member = make(forms[i], "a.xml", "1", "b", over_50, NULL);
    assert_refused_within(member, &small, "package-limits",
                          "\"b\" in the package has more than 50");
    g_autoptr(GByteArray) total = make(forms[i], "a.xml", exactly_100, "b", exactly_50, NULL);
    assert_refused_within(total, &small, "package-limits", "unpacks to more than 120");
    g_autoptr(GPtrArray) faults = fault_array_new();
    g_autoptr(GByteArray) most = make(forms[i], "a.xml", exactly_50 + 1, "b", exactly_50, NULL);
    g_autoptr(Package) package = read_bytes(most, &small, faults);
    g_assert_nonnull(package);
  }
}

/* Zeros that take little room in the archive: read only up to the limit. */
static void test_bombs(void)
{
  gsize length = 40 << 20;
  g_autofree guint8 *zeros = g_malloc0(length);
  static const Form forms[] = {ZIP, TAR_GZ};
  for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
    Maker maker = begin(forms[i]);
    open_maker(&maker);
    add(&maker, "a.xml", "<order/>");
    add_typed(&maker, "b.png", AE_IFREG, NULL, zeros, length);
    g_autoptr(GByteArray) bytes = end(&maker);
    g_assert_cmpuint(bytes->len, <, 1 << 20);
    assert_refused(bytes, "package-limits", "\"b.png\"");
  }
  g_autoptr(GByteArray) skipped = NULL;
  Maker maker = begin(TAR_GZ);
  open_maker(&maker);
  add_typed(&maker, "._a.xml", AE_IFREG, NULL, zeros, length);
  add(&maker, "a.xml", "<order/>");
  skipped = end(&maker);
  assert_refused(skipped, "package-limits", "unpacks to more than");
}

/* A zip that declares less than it holds: what is read counts. */
static void test_false_sizes(void)
{
  g_autofree char *text = g_strnfill(5000, 'a');
  g_autoptr(GByteArray) bytes = make(ZIP, "a.xml", "<order/>", "b.png", text, NULL);
  guint32 real = GUINT32_TO_LE(5000), declared = GUINT32_TO_LE(10);
  guint changed = 0;
  for (guint i = 0; i + 4 <= bytes->len; i++)
    if (memcmp(bytes->data + i, &real, 4) == 0) {
      memcpy(bytes->data + i, &declared, 4);
      changed++;
    }
  g_assert_cmpuint(changed, >, 0);
  g_autoptr(GPtrArray) faults = fault_array_new();
  g_autoptr(Package) package = read_bytes(bytes, &small, faults);
  g_assert_null(package);
}

/* ---- Damage -------------------------------------------------------------------------------------
 */

static void test_cut_off(void)
{
  static const Form forms[] = {ZIP, TAR_GZ};
  g_autofree char *text = g_strnfill(700, 'b');
  for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
    g_autoptr(GByteArray) whole = make(forms[i], "a.xml", "<order/>", "b.png", text, NULL);
    for (guint length = 0; length < whole->len; length++) {
      GByteArray cut = {whole->data, length};
      assert_refused(&cut, "package-format", "");
    }
  }
}

static void test_followed_and_preceded(void)
{
  static const Form forms[] = {ZIP, TAR_GZ};
  for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
    g_autoptr(GByteArray) bytes = make(forms[i], "a.xml", "<order/>", NULL);
    g_autoptr(GByteArray) twice = g_byte_array_new();
    g_byte_array_append(twice, bytes->data, bytes->len);
    g_byte_array_append(twice, bytes->data, bytes->len);
    assert_refused(twice, "package-format", forms[i] == ZIP ? "in front" : "followed");
    g_autoptr(GByteArray) preceded = g_byte_array_new();
    g_byte_array_append(preceded, (const guint8 *)"PK\3\4", 4);
    g_byte_array_append(preceded, bytes->data, bytes->len);
    assert_refused(preceded, "package-format", "");
    g_byte_array_append(bytes, (const guint8 *)"<html>", 6);
    assert_refused(bytes, "package-format", "followed");
    g_byte_array_set_size(bytes, bytes->len + 100000);
    memset(bytes->data + bytes->len - 100000, 0, 100000);
    assert_refused(bytes, "package-format", "");
  }
}

/* A tar has more behind its end than zeros; or the gzip holds no tar. */
static void test_gzip_contents(void)
{
  Maker maker = {archive_write_new(), g_byte_array_new()};
  g_assert_cmpint(archive_write_set_format_ustar(maker.writer), ==, ARCHIVE_OK);
  open_maker(&maker);
  add(&maker, "a.xml", "<order/>");
  g_autoptr(GByteArray) tar = end(&maker);
  g_autoptr(GByteArray) good = gzip(tar->data, tar->len);
  g_autoptr(Package) package = read_well(good);
  g_byte_array_set_size(tar, tar->len + 1024);
  memset(tar->data + tar->len - 1024, 'x', 1024);
  g_autoptr(GByteArray) followed = gzip(tar->data, tar->len);
  assert_refused(followed, "package-format", "");
  g_autoptr(GByteArray) text = gzip("hello hello hello", 17);
  assert_refused(text, "package-format", "");
  g_autoptr(GByteArray) zip = make(ZIP, "a.xml", "<order/>", NULL);
  g_autoptr(GByteArray) zipped = gzip(zip->data, zip->len);
  assert_refused(zipped, "package-format", "");
  GByteArray other = {(guint8 *)"7z\xbc\xaf\x27\x1c", 6};
  assert_refused(&other, "package-format", "neither a zip nor a tar.gz");
}

/* Each changed byte: a refusal, or the very same contents. */
static void test_changed_bytes(void)
{
  static const Form forms[] = {ZIP, TAR_GZ};
  for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
    g_autoptr(GByteArray) bytes =
        make(forms[i], "a.xml", "<order>some more text to pack</order>", "b.png", "12345", NULL);
    for (guint at = 0; at < bytes->len; at++) {
      bytes->data[at] ^= 0x41;
      g_autoptr(GPtrArray) faults = fault_array_new();
      g_autoptr(Package) package = read_bytes(bytes, &package_default_limits, faults);
      g_assert_cmpint(package == NULL, ==, faults->len > 0);
      if (package != NULL && g_str_equal(package->document->name, "a.xml"))
        g_assert_cmpmem(package->document->bytes, package->document->length,
                        "<order>some more text to pack</order>", 37);
      bytes->data[at] ^= 0x41;
    }
  }
}

static void test_encrypted(void)
{
  Maker maker = begin(ZIP);
  if (archive_write_set_option(maker.writer, "zip", "encryption", "traditional") != ARCHIVE_OK ||
      archive_write_set_passphrase(maker.writer, "password") != ARCHIVE_OK) {
    archive_write_free(maker.writer);
    g_byte_array_unref(maker.bytes);
    g_test_skip("this libarchive encrypts no zip");
    return;
  }
  open_maker(&maker);
  add(&maker, "a.xml", "<order/>");
  g_autoptr(GByteArray) bytes = end(&maker);
  assert_refused(bytes, "package-format", "without a password");
}

/* The method of both of the file's records becomes LZMA. */
static void test_other_methods(void)
{
  g_autoptr(GByteArray) bytes = make(ZIP, "a.xml", "<order/>", NULL);
  for (guint i = 0; i + 12 < bytes->len; i++) {
    if (memcmp(bytes->data + i, "PK\3\4", 4) == 0)
      bytes->data[i + 8] = 14;
    if (memcmp(bytes->data + i, "PK\1\2", 4) == 0)
      bytes->data[i + 10] = 14;
  }
  assert_refused(bytes, "package-format", "uncommon");
}

static void test_random_damage(void)
{
  static const Form forms[] = {ZIP, TAR_GZ};
  for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
    g_autoptr(GByteArray) bytes = make(forms[i], "a.xml", "<order/>", "b.png", "12345", NULL);
    for (guint round = 0; round < 500; round++) {
      g_autofree guint8 *copy = g_memdup2(bytes->data, bytes->len);
      GByteArray damaged = {copy, (guint)g_test_rand_int_range(1, (gint32)bytes->len + 1)};
      for (gint32 changes = g_test_rand_int_range(1, 6); changes > 0; changes--)
        copy[g_test_rand_int_range(0, (gint32)damaged.len)] = (guint8)g_test_rand_int();
      g_autoptr(GPtrArray) faults = fault_array_new();
      g_autoptr(Package) package = read_bytes(&damaged, &package_default_limits, faults);
      g_assert_cmpint(package == NULL, ==, faults->len > 0);
      int fd = open_bytes(&damaged);
      g_autoptr(Package) remains = package_read_remains(fd, &package_default_limits);
      close(fd);
    }
  }
}

/* ---- Kinds ------------------------------------------------------------------------------------
 */

static void test_kinds(void)
{
  static const struct {
    const char *bytes;
    gsize length;
    PackageKind kind;
  } cases[] = {
      {"", 0, PACKAGE_KIND_EMPTY},
      {" \r\n\t", 4, PACKAGE_KIND_EMPTY},
      {"<order/>", 8, PACKAGE_KIND_XML},
      {"<", 1, PACKAGE_KIND_XML},
      {" \n<order/>", 10, PACKAGE_KIND_XML},
      {"\xef\xbb\xbf<order/>", 11, PACKAGE_KIND_XML},
      {"\xff\xfe<\0o\0", 6, PACKAGE_KIND_XML},
      {"\xfe\xff\0<\0o", 6, PACKAGE_KIND_XML},
      {"<\0?\0", 4, PACKAGE_KIND_XML},
      {"\0<\0?", 4, PACKAGE_KIND_XML},
      {"\xff\xfe\0\0<\0\0\0", 8, PACKAGE_KIND_XML},
      {"\0\0\0<", 4, PACKAGE_KIND_XML},
      {"PK\3\4xx", 6, PACKAGE_KIND_ZIP},
      {"PK\5\6xx", 6, PACKAGE_KIND_ZIP},
      {"PK", 2, PACKAGE_KIND_OTHER},
      {"\x1f\x8b\x08", 3, PACKAGE_KIND_GZIP},
      {"BZh9", 4, PACKAGE_KIND_OTHER},
      {"order,product\n", 14, PACKAGE_KIND_OTHER},
      {"\0\0\0\0\0\0", 6, PACKAGE_KIND_OTHER},
      {"\x89PNG\r\n\x1a\n", 8, PACKAGE_KIND_OTHER},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree guint8 *exact = g_memdup2(cases[i].bytes, MAX(cases[i].length, 1));
    g_assert_cmpuint(package_kind_from_bytes(exact, cases[i].length), ==, cases[i].kind);
  }
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_assert_true(package_preload(NULL));
  g_test_add_func("/package/taken", test_taken);
  g_test_add_func("/package/passed-over", test_passed_over);
  g_test_add_func("/package/zip-variants", test_zip_variants);
  g_test_add_func("/package/names", test_names);
  g_test_add_func("/package/raw-names", test_raw_names);
  g_test_add_func("/package/all-names", test_all_names_are_told);
  g_test_add_func("/package/same-names", test_same_names);
  g_test_add_func("/package/documents", test_documents);
  g_test_add_func("/package/types", test_types);
  g_test_add_func("/package/limits", test_limits);
  g_test_add_func("/package/bombs", test_bombs);
  g_test_add_func("/package/false-sizes", test_false_sizes);
  g_test_add_func("/package/cut-off", test_cut_off);
  g_test_add_func("/package/followed", test_followed_and_preceded);
  g_test_add_func("/package/gzip-contents", test_gzip_contents);
  g_test_add_func("/package/changed-bytes", test_changed_bytes);
  g_test_add_func("/package/encrypted", test_encrypted);
  g_test_add_func("/package/other-methods", test_other_methods);
  g_test_add_func("/package/random-damage", test_random_damage);
  g_test_add_func("/package/kinds", test_kinds);
  return g_test_run();
}

/* Money, file names as they are kept, and masks. */
#include "base/text.h"

#include <string.h>

static void test_money(void)
{
  static const struct {
    const char *text;
    gint64 cents; /* -1: refused */
  } cases[] = {
      {"0.00", 0},
      {"0.01", 1},
      {"3600.00", 360000},
      {"999999999999.99", G_GINT64_CONSTANT(99999999999999)},
      {"1000000000000.00", -1},
      {"", -1},
      {".", -1},
      {".00", -1},
      {"1", -1},
      {"1.", -1},
      {"1.0", -1},
      {"1.000", -1},
      {"1.00 ", -1},
      {" 1.00", -1},
      {"-1.00", -1},
      {"+1.00", -1},
      {"1,00", -1},
      {"1.0.", -1},
      {"1..0", -1},
      {"1e2.00", -1},
      {"1.0x", -1},
      {"\u0661.00", -1},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    gint64 cents = -7;
    g_test_message("%s", cases[i].text);
    g_assert_cmpint(text_parse_money(cases[i].text, &cents), ==, cases[i].cents >= 0);
    g_assert_cmpint(cents, ==, cases[i].cents >= 0 ? cases[i].cents : -7);
  }
}

static void test_money_format(void)
{
  static const struct {
    gint64 cents;
    const char *text;
  } cases[] = {
      {0, "0.00"},
      {5, "0.05"},
      {100, "1.00"},
      {360000, "3600.00"},
      {-5, "-0.05"},
      {-12345, "-123.45"},
      {G_GINT64_CONSTANT(99999999999999), "999999999999.99"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *text = text_format_money(cases[i].cents);
    g_assert_cmpstr(text, ==, cases[i].text);
  }
}

static void test_hashes(void)
{
  static const guint8 bytes[] = {0x00, 0x0f, 0xa5, 0xff};
  g_autofree char *hex = text_format_hex(bytes, sizeof bytes);
  g_autofree char *nothing = text_format_hex(bytes, 0);
  g_autofree char *sha256 = text_sha256("abc", 3);
  g_assert_cmpstr(hex, ==, "000fa5ff");
  g_assert_cmpstr(nothing, ==, "");
  g_assert_cmpstr(sha256, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void test_safe_name_kept(void)
{
  g_autofree char *longest = g_strnfill(200, 'a');
  const char *const names[] = {"monday.xml", "a b.xml", "b\u00fccher.xml",  "-rf",  "%41.xml",
                               "..xml",      "README",  "\u4e2d\u6587.xml", longest};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *safe = text_safe_file_name(names[i]);
    g_assert_cmpstr(safe, ==, names[i]);
  }
}

static void test_safe_name_made(void)
{
  g_autofree char *filler = g_strnfill(197, 'a');
  g_autofree char *too_long = g_strconcat(filler, ".xml", NULL);
  g_autofree char *no_extension = g_strnfill(255, 'b');
  const struct {
    const char *name;
    const char *begins;
    const char *ends;
  } cases[] = {
      {too_long, "aaaa", ".xml"},
      {no_extension, "bbbb", ""},
      {"new\nline.xml", "new%0Aline-", ".xml"},
      {"tab\there.tar.gz", "tab%09here-", ".tar.gz"},
      {"del\x7f.xml", "del%7F-", ".xml"},
      {"c1\xc2\x85.xml", "c1%C2%85-", ".xml"},
      {"gpj.\u202elmx.xml", "gpj.%E2%80%AElmx-", ".xml"},
      {"\ufeffbom.xml", "%EF%BB%BFbom-", ".xml"},
      {"latin-\xe9.xml", "latin-%E9-", ".xml"},
      {"\xff\xfe", "%FF%FE-", ""},
      {"x.ex\nt", "x-", ""}, /* an extension that is none is not kept */
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *safe = text_safe_file_name(cases[i].name);
    g_autofree char *again = text_safe_file_name(safe);
    g_test_message("%s", safe);
    g_assert_cmpstr(safe, ==, again);
    g_assert_cmpuint(strlen(safe), <=, 200);
    g_assert_true(g_str_is_ascii(safe));
    g_assert_true(g_str_has_prefix(safe, cases[i].begins));
    g_assert_true(g_str_has_suffix(safe, cases[i].ends));
    g_assert_null(strchr(safe, '/'));
  }
}

/* Two names that look alike when shortened are still two. */
static void test_safe_name_tells_apart(void)
{
  g_autofree char *filler = g_strnfill(220, 'a');
  g_autofree char *one = g_strconcat(filler, "1.xml", NULL);
  g_autofree char *two = g_strconcat(filler, "2.xml", NULL);
  g_autofree char *safe_one = text_safe_file_name(one);
  g_autofree char *safe_two = text_safe_file_name(two);
  g_assert_cmpstr(safe_one, !=, safe_two);
}

static void test_number_name(void)
{
  static const struct {
    const char *name;
    guint number;
    const char *numbered;
  } cases[] = {
      {"monday.xml", 0, "monday.xml"},       {"monday.xml", 1, "monday.xml"},
      {"monday.xml", 2, "monday.2.xml"},     {"monday.xml", 4294967295u, "monday.4294967295.xml"},
      {"a.tar.gz", 3, "a.3.tar.gz"},         {"a.b.zip", 2, "a.b.2.zip"},
      {".tar.gz", 2, ".tar.2.gz"},           {"README", 2, "README.2"},
      {"monday.2.xml", 2, "monday.2.2.xml"}, {"dot.", 2, "dot.2."},
      {".hidden", 2, ".hidden.2"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *numbered = text_number_file_name(cases[i].name, cases[i].number);
    g_assert_cmpstr(numbered, ==, cases[i].numbered);
  }
}

static void test_mask(void)
{
  static const struct {
    const char *text;
    guint characters;
    const char *masked;
  } cases[] = {
      {"+86 10 5555 0100", 4, "••••••••••••0100"},
      {"12345678", 4, "••••5678"},
      {"1234567", 4, "••••567"}, /* at least half of it */
      {"ab", 4, "•b"},
      {"a", 4, "•"},
      {"", 4, ""},
      {"12345678", 0, "••••••••"},
      {"\u4e2d\u6587\u540d\u5b57", 1, "•••\u5b57"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *masked = text_mask(cases[i].text, cases[i].characters);
    g_assert_cmpstr(masked, ==, cases[i].masked);
  }
}

static void test_nearest(void)
{
  static const char *const names[] = {"slb", "cdn", "cn-hangzhou", "cn-beijing", NULL};
  static const struct {
    const char *name;
    const char *nearest;
  } cases[] = {
      {"slb", "slb"}, {"sbl", "slb"},  {"SLB", "slb"}, {"cn-hangzou", "cn-hangzhou"},
      {"xyz", NULL},  {"cdnn", "cdn"}, {"", NULL},     {"cn-", NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
    g_assert_cmpstr(text_nearest(cases[i].name, names), ==, cases[i].nearest);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/base/text/money", test_money);
  g_test_add_func("/base/text/money-format", test_money_format);
  g_test_add_func("/base/text/hashes", test_hashes);
  g_test_add_func("/base/text/safe-name-kept", test_safe_name_kept);
  g_test_add_func("/base/text/safe-name-made", test_safe_name_made);
  g_test_add_func("/base/text/safe-name-tells-apart", test_safe_name_tells_apart);
  g_test_add_func("/base/text/number-name", test_number_name);
  g_test_add_func("/base/text/mask", test_mask);
  g_test_add_func("/base/text/nearest", test_nearest);
  return g_test_run();
}

/* Which names are taken, in which form, and why others are not. */
#include "base/error.h"
#include "request/fault.h"
#include "request/names.h"

#include <string.h>

static const char *const own[] = {"example.test", "corp", "home.arpa", NULL};

typedef struct {
  const char *text;
  const char *ascii; /* what it becomes, or NULL where it is refused */
  const char *code;  /* the fault's code */
  const char *says;  /* what the fault's text has to contain, or NULL */
} Case;

static void check_case(const Case *item, NamesScope scope, const char *const *suffixes)
{
  g_autoptr(GPtrArray) faults = fault_array_new();
  g_autoptr(NamesName) name = names_parse(item->text, scope, suffixes, faults, 7);
  g_autofree char *quoted = names_quote(item->text);
  g_test_message("%s", quoted);
  for (guint i = 0; i < faults->len; i++)
    g_test_message("%s", ((const Fault *)faults->pdata[i])->text);
  if (item->ascii != NULL) {
    g_assert_cmpuint(faults->len, ==, 0);
    g_assert_cmpstr(name->ascii, ==, item->ascii);
    g_assert_cmpint(name->wildcard, ==, g_str_has_prefix(item->ascii, "*."));
    return;
  }
  g_assert_null(name);
  g_assert_cmpuint(faults->len, ==, 1);
  const Fault *fault = faults->pdata[0];
  g_assert_cmpstr(fault->code, ==, item->code);
  g_assert_cmpuint(fault->line, ==, 7);
  g_assert_cmpstr(fault->element, ==, "domain");
  g_assert_true(g_utf8_validate(fault->text, -1, NULL));
  g_assert_null(strchr(fault->text, '\n'));
  if (item->says != NULL)
    g_assert_nonnull(strstr(fault->text, item->says));
}

#define CHECK_CASES(cases, scope, suffixes)                                                        \
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)                                                  \
  check_case(&(cases)[i], (scope), (suffixes))

static void test_public_names(void)
{
  static const Case cases[] = {
      {"www.abc.com", "www.abc.com", NULL, NULL},
      {"WWW.Abc.COM", "www.abc.com", NULL, NULL},
      {"*.abc.com", "*.abc.com", NULL, NULL},
      {"abc.co.uk", "abc.co.uk", NULL, NULL},
      {"*.abc.co.uk", "*.abc.co.uk", NULL, NULL},
      {"1.abc.com", "1.abc.com", NULL, NULL},
      {"3com.com", "3com.com", NULL, NULL},
      {"a-b--c.com", "a-b--c.com", NULL, NULL},
      {"www.ck", "www.ck", NULL, NULL},                     /* the exception of *.ck */
      {"city.kawasaki.jp", "city.kawasaki.jp", NULL, NULL}, /* and of *.kawasaki.jp */
      {"github.io", "github.io", NULL, NULL},               /* private section: its owner may */
      {"www.github.io", "www.github.io", NULL, NULL},
      {"notlocal.com", "notlocal.com", NULL, NULL},
      {"myexample.com", "myexample.com", NULL, NULL},
  };
  CHECK_CASES(cases, NAMES_SCOPE_PUBLIC, NULL);
}

static void test_international_names(void)
{
  static const Case cases[] = {
      {"straße.de", "xn--strae-oqa.de", NULL, NULL}, /* non-transitional: not strasse.de */
      {"faß.de", "xn--fa-hia.de", NULL, NULL},
      {"bücher.de", "xn--bcher-kva.de", NULL, NULL},
      {"BÜCHER.DE", "xn--bcher-kva.de", NULL, NULL},
      {"bu\u0308cher.de", "xn--bcher-kva.de", NULL, NULL}, /* composed first */
      {"*.bücher.de", "*.xn--bcher-kva.de", NULL, NULL},
      {"xn--bcher-kva.de", "xn--bcher-kva.de", NULL, NULL},
      {"XN--BCHER-KVA.DE", "xn--bcher-kva.de", NULL, NULL},
      {"中文网.cn", "xn--fiq228c5hs.cn", NULL, NULL},
      {"中文网。cn", "xn--fiq228c5hs.cn", NULL, NULL},
      {"www．abc｡com", "www.abc.com", NULL, NULL},
      {"ｗｗｗ.abc.com", "www.abc.com", NULL, NULL},
      {"公司.中国", "xn--55qx5d.xn--fiqs8s", NULL, NULL},
      {"пример.рф", "xn--e1afmkfd.xn--p1ai", NULL, NULL},
      {"אב.com", "xn--4dbc.com", NULL, NULL},
      {"σς.gr", "xn--3xab.gr", NULL, NULL},
      {"क्\u200dष.com", "xn--11b2ezcw70k.com", NULL, NULL}, /* a joiner where it belongs */
      {"xn--mgba3gch31f060k.com", "xn--mgba3gch31f060k.com", NULL, NULL}, /* the same */
      {"l·l.com", "xn--ll-0ea.com", NULL, NULL},
      {"a\u00adbc.com", "abc.com", NULL, NULL}, /* UTS 46 ignores the soft hyphen */
      {"a\u200db.com", NULL, "domain-syntax", "a\\u{200D}b.com"},
      {"a\u200cb.com", NULL, "domain-syntax", "joiner"},
      {"a·l.com", NULL, "domain-syntax", "between certain"},
      {"\u30fb.com", NULL, "domain-syntax", "between certain"},
      {"\u05d0\u05d1a.com", NULL, "domain-syntax", "right to left"},
      {"٣a.com", NULL, "domain-syntax", "right to left"},
      {"\u0301a.com", NULL, "domain-syntax", "combining"},
      {"😀.com", NULL, "domain-syntax", "disallows"},
      {"xn--e28h.com", NULL, "domain-syntax", "disallows"},
      {"☃.net", NULL, "domain-syntax", "disallows"},
      {"≠.com", NULL, "domain-syntax", "disallows"},
      {"\u202eabc.com", NULL, "domain-syntax", "\\u{202E}abc.com"},
      {"⑴.com", NULL, "domain-syntax", "character \"(\""},
      {"a＿b.com", NULL, "domain-syntax", "underscore"},
      {"a℀b.com", NULL, "domain-syntax", "\"/\""},
      {"＊.abc.com", NULL, "domain-syntax", "character \"*\""},
      {"\u200b.com", NULL, "domain-syntax", "empty label"},
      {"\u00ad.com", NULL, "domain-syntax", "empty label"},
      {"abc.com。", NULL, "domain-syntax", "ends with a dot"},
      {"xn--.com", NULL, "domain-syntax", NULL},
      {"xn--a.com", NULL, "domain-syntax", "xn--\" is not one"},
      {"xn--abc.com", NULL, "domain-syntax", NULL},
      {"xn--ss-.de", NULL, "domain-syntax", NULL},
      {"xn--bücher.de", NULL, "domain-syntax", "IDNA"},
      {"\xff.com", NULL, "domain-syntax", "UTF-8"},
      {"ü2345678901234567890123456789012345678901234567890123456.com",
       "xn--2345678901234567890123456789012345678901234567890123456-oxf.com", NULL, NULL},
      {"ü23456789012345678901234567890123456789012345678901234567.com", NULL, "domain-syntax",
       "63"},
  };
  CHECK_CASES(cases, NAMES_SCOPE_PUBLIC, NULL);
}

/* A name of LABELS labels of LENGTH letters, then "com", checked for CODE. */
static void check_lengths(const char *prefix, guint labels, gsize length, const char *code)
{
  g_autofree char *label = g_strnfill(length, 'a');
  g_autoptr(GString) text = g_string_new(prefix);
  for (guint i = 0; i < labels; i++)
    g_string_append_printf(text, "%s.", label);
  g_string_append(text, "com");
  const Case item = {text->str, code == NULL ? text->str : NULL, code, NULL};
  check_case(&item, NAMES_SCOPE_PUBLIC, NULL);
}

static void test_lengths(void)
{
  check_lengths("", 1, 63, NULL);
  check_lengths("", 1, 64, "domain-syntax");
  check_lengths("", 5, 49, NULL);               /* 253 */
  check_lengths("", 125, 1, NULL);              /* 253 */
  check_lengths("b", 5, 49, "domain-syntax");   /* 254 */
  check_lengths("*.", 124, 1, NULL);            /* 253 */
  check_lengths("*.", 125, 1, "domain-syntax"); /* 255 */
  check_lengths("*.", 5, 49, "domain-syntax");  /* 255 */
  check_lengths("", 60, 63, "domain-syntax");
}

static void test_refused_syntax(void)
{
  static const Case cases[] = {
      {"", NULL, "domain-syntax", "empty"},
      {".", NULL, "domain-syntax", "empty label"},
      {"*.", NULL, "domain-syntax", "empty"},
      {"www.abc.com.", NULL, "domain-syntax", "ends with a dot"},
      {"abc.com..", NULL, "domain-syntax", "ends with a dot"},
      {".abc.com", NULL, "domain-syntax", "empty label"},
      {"www..abc.com", NULL, "domain-syntax", "empty label"},
      {"a_b.com", NULL, "domain-syntax", "underscore"},
      {"_dmarc.abc.com", NULL, "domain-syntax", "underscore"},
      {"-a.com", NULL, "domain-syntax", "begins or ends"},
      {"a-.com", NULL, "domain-syntax", "begins or ends"},
      {"ab--cd.com", NULL, "domain-syntax", "third and fourth"},
      {"r3---sn.abc.com", NULL, "domain-syntax", "third and fourth"},
      {"a b.com", NULL, "domain-syntax", "space"},
      {"a.com b.com", NULL, "domain-syntax", "own <domain>"},
      {"a.com,b.com", NULL, "domain-syntax", "own <domain>"},
      {"a\tb.com", NULL, "domain-syntax", "\\u{0009}"},
      {"a\nb.com", NULL, "domain-syntax", "\\u{000A}"},
      {"https://www.abc.com/", NULL, "domain-syntax", "scheme"},
      {"www.abc.com:443", NULL, "domain-syntax", "port"},
      {"www.abc.com/index.html", NULL, "domain-syntax", "page's address"},
      {"me@abc.com", NULL, "domain-syntax", "e-mail"},
      {"<b>.com", NULL, "domain-syntax", "character \"<\""},
      {"a'b.com", NULL, "domain-syntax", "character \"'\""},
      {"a\\b.com", NULL, "domain-syntax", NULL},
      {"a\x7f"
       "b.com",
       NULL, "domain-syntax", "\\u{007F}"},
      {"1.2.3", NULL, "domain-syntax", "IPv4"},
      {"1.2.3.256", NULL, "domain-syntax", "IPv4"},
      {"192.168.001.001", NULL, "domain-syntax", "leading zeros"},
      {"www.0x7f", NULL, "domain-syntax", "IPv4"},
      {"2130706433", NULL, "domain-syntax", "IPv4"},
      {"*.192.0.2.1", NULL, "domain-syntax", "IPv4"},
      {"192.0.2.0/24", NULL, "domain-syntax", NULL},
      {"[2001:db8::1]", NULL, "domain-syntax", "brackets"},
      {"fe80::1%eth0", NULL, "domain-syntax", NULL},
      {"2001:db8::g", NULL, "domain-syntax", "\":\""},
  };
  CHECK_CASES(cases, NAMES_SCOPE_PUBLIC, NULL);
  CHECK_CASES(cases, NAMES_SCOPE_INTERNAL, own);
}

static void test_public_refusals(void)
{
  static const Case cases[] = {
      {"localhost", NULL, "domain-reserved", "RFC 6761"},
      {"a.localhost", NULL, "domain-reserved", NULL},
      {"printer.local", NULL, "domain-reserved", "RFC 6762"},
      {"www.example.com", NULL, "domain-reserved", "example.com"},
      {"example.net", NULL, "domain-reserved", NULL},
      {"*.example.org", NULL, "domain-reserved", NULL},
      {"shop.example", NULL, "domain-reserved", NULL},
      {"shop.example.test", NULL, "domain-reserved", "\"test\""},
      {"a.invalid", NULL, "domain-reserved", NULL},
      {"a.onion", NULL, "domain-reserved", "RFC 7686"},
      {"nas.home.arpa", NULL, "domain-reserved", NULL},
      {"10.in-addr.arpa", NULL, "domain-reserved", NULL},
      {"db.internal", NULL, "domain-reserved", NULL},
      {"a.alt", NULL, "domain-reserved", "RFC 9476"},
      {"*.test", NULL, "domain-reserved", NULL},
      {"server", NULL, "domain-single-label", "at least two"},
      {"com", NULL, "domain-public-suffix", "www.abc.com"},
      {"xn--p1ai", NULL, "domain-public-suffix", NULL},
      {"db.corp", NULL, "domain-unknown-suffix", ".corp"},
      {"www.abc.cmo", NULL, "domain-unknown-suffix", ".cmo"},
      {"abc.lan", NULL, "domain-unknown-suffix", NULL},
      {"*.com", NULL, "domain-wildcard", NULL},
      {"co.uk", NULL, "domain-public-suffix", "www.abc.co.uk"},
      {"foo.ck", NULL, "domain-public-suffix", NULL}, /* by the rule *.ck */
      {"公司.cn", NULL, "domain-public-suffix", NULL},
      {"*.co.uk", NULL, "domain-wildcard", "public suffix"},
      {"*.github.io", NULL, "domain-wildcard", "many owners"},
      {"*.foo.ck", NULL, "domain-wildcard", NULL},
      {"*", NULL, "domain-wildcard", "*.abc.com"},
      {"www.*.com", NULL, "domain-wildcard", "whole left label"},
      {"w*.abc.com", NULL, "domain-wildcard", NULL},
      {"*w.abc.com", NULL, "domain-wildcard", NULL},
      {"*.*.abc.com", NULL, "domain-wildcard", NULL},
      {"**.abc.com", NULL, "domain-wildcard", NULL},
      {"*abc.com", NULL, "domain-wildcard", NULL},
      {"192.0.2.1", NULL, "domain-address", "internal names"},
      {"１.2.3.4", NULL, "domain-address", NULL},
      {"2001:db8::1", NULL, "domain-address", NULL},
      {"::1", NULL, "domain-address", NULL},
  };
  CHECK_CASES(cases, NAMES_SCOPE_PUBLIC, NULL);
}

static void test_own_suffixes(void)
{
  static const Case cases[] = {
      {"example.test", "example.test", NULL, NULL},
      {"shop.example.test", "shop.example.test", NULL, NULL},
      {"*.example.test", "*.example.test", NULL, NULL},
      {"bücher.example.test", "xn--bcher-kva.example.test", NULL, NULL},
      {"db.corp", "db.corp", NULL, NULL},
      {"nas.home.arpa", "nas.home.arpa", NULL, NULL},
      {"*.home.arpa", "*.home.arpa", NULL, NULL}, /* listed as a suffix, but it is theirs */
      {"notexample.test", NULL, "domain-reserved", NULL},
      {"corp.test", NULL, "domain-reserved", NULL},
      {"corp", NULL, "domain-single-label", NULL},
      {"*.corp", NULL, "domain-wildcard", NULL},
      {"a_b.example.test", NULL, "domain-syntax", NULL},
  };
  CHECK_CASES(cases, NAMES_SCOPE_PUBLIC, own);
}

static void test_internal_names(void)
{
  static const Case cases[] = {
      {"db.corp", "db.corp", NULL, NULL},
      {"printer.local", "printer.local", NULL, NULL},
      {"server", "server", NULL, NULL},
      {"dev", "dev", NULL, NULL}, /* a host here, and a top-level domain elsewhere */
      {"localhost", "localhost", NULL, NULL},
      {"büro", "xn--bro-hoa", NULL, NULL},
      {"*.db.corp", "*.db.corp", NULL, NULL},
      {"*.home.arpa", "*.home.arpa", NULL, NULL},
      {"*.in-addr.arpa", "*.in-addr.arpa", NULL, NULL}, /* a suffix of the list, but nobody's */
      {"www.abc.com", "www.abc.com", NULL, NULL},
      {"192.0.2.1", "192.0.2.1", NULL, NULL},
      {"2001:DB8:0:0:0:0:0:1", "2001:db8::1", NULL, NULL},
      {"::ffff:192.0.2.1", "::ffff:192.0.2.1", NULL, NULL},
      {"::FFFF:C000:0201", "::ffff:192.0.2.1", NULL, NULL},
      {"*.corp", NULL, "domain-wildcard", "single label"},
      {"*.co.uk", NULL, "domain-wildcard", NULL},
      {"co.uk", NULL, "domain-public-suffix", NULL},
      {"a_b.corp", NULL, "domain-syntax", NULL},
      {"server.", NULL, "domain-syntax", "ends with a dot"},
  };
  CHECK_CASES(cases, NAMES_SCOPE_INTERNAL, NULL);
}

static void test_forms(void)
{
  g_autoptr(GPtrArray) faults = fault_array_new();
  g_autoptr(NamesName) name =
      names_parse("*.XN--BCHER-KVA.de", NAMES_SCOPE_PUBLIC, NULL, faults, 1);
  g_assert_cmpstr(name->unicode, ==, "*.bücher.de");
  g_assert_true(name->wildcard);
  g_assert_false(name->address);
  g_autoptr(NamesName) address = names_parse("2001:0db8::1", NAMES_SCOPE_INTERNAL, NULL, faults, 1);
  g_assert_cmpstr(address->unicode, ==, "2001:db8::1");
  g_assert_true(address->address);
  g_assert_false(address->wildcard);
  g_autoptr(NamesName) mapped = names_parse("１０.0.0.1", NAMES_SCOPE_INTERNAL, NULL, faults, 1);
  g_assert_cmpstr(mapped->ascii, ==, "10.0.0.1");
  g_assert_true(mapped->address);
  g_assert_cmpuint(faults->len, ==, 0);
}

/* Whatever comes out goes in again and stays the same. */
static void test_parse_is_stable(void)
{
  static const char *const texts[] = {"straße.de", "WWW.abc.com", "中文网。cn", "*.bücher.de",
                                      "अ.com",     "σς.gr",       "l·l.com",    "İstanbul.com",
                                      "ǅ.com",     NULL};
  for (guint i = 0; texts[i] != NULL; i++) {
    g_autoptr(GPtrArray) faults = fault_array_new();
    g_autoptr(NamesName) first = names_parse(texts[i], NAMES_SCOPE_PUBLIC, NULL, faults, 1);
    g_assert_nonnull(first);
    g_autoptr(NamesName) again = names_parse(first->ascii, NAMES_SCOPE_PUBLIC, NULL, faults, 1);
    g_autoptr(NamesName) people = names_parse(first->unicode, NAMES_SCOPE_PUBLIC, NULL, faults, 1);
    g_assert_cmpstr(again->ascii, ==, first->ascii);
    g_assert_cmpstr(people->ascii, ==, first->ascii);
    g_assert_cmpstr(again->unicode, ==, first->unicode);
  }
}

static void test_suffixes(void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *suffix = names_parse_suffix("Bücher.Example", &error);
  g_assert_no_error(error);
  g_assert_cmpstr(suffix, ==, "xn--bcher-kva.example");
  g_autofree char *single = names_parse_suffix("corp", &error);
  g_assert_cmpstr(single, ==, "corp");
  static const char *const bad[] = {"*.example.test",
                                    ".example.test",
                                    "example.test.",
                                    "192.0.2.1",
                                    "2001:db8::1",
                                    "a_b.test",
                                    "",
                                    NULL};
  for (guint i = 0; bad[i] != NULL; i++) {
    g_assert_null(names_parse_suffix(bad[i], &error));
    g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_CONFIGURATION);
    g_clear_error(&error);
  }
}

static void test_under(void)
{
  g_assert_true(names_is_under("abc.com", "abc.com"));
  g_assert_true(names_is_under("a.abc.com", "abc.com"));
  g_assert_true(names_is_under("*.abc.com", "abc.com"));
  g_assert_false(names_is_under("xabc.com", "abc.com"));
  g_assert_false(names_is_under("com", "abc.com"));
  g_assert_false(names_is_under("abc.com.de", "abc.com"));
  g_assert_false(names_is_under("", "abc.com"));
  g_assert_true(names_is_under_any("db.corp", own));
  g_assert_false(names_is_under_any("db.xcorp", own));
  g_assert_false(names_is_under_any("db.corp", NULL));
}

static void test_order(void)
{
  const char *names[] = {"www.abc.com", "abc.net",  "a.abc.com", "abc.com",    "*.abc.com",
                         "abcd.com",    "ab-c.com", "com",       "b.a.abc.com"};
  static const char *const sorted[] = {"com",         "ab-c.com",  "abc.com",
                                       "*.abc.com",   "a.abc.com", "b.a.abc.com",
                                       "www.abc.com", "abcd.com",  "abc.net"};
  qsort(names, G_N_ELEMENTS(names), sizeof *names, names_compare);
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    g_assert_cmpstr(names[i], ==, sorted[i]);
}

static void test_lists(void)
{
  static const char *const wanted[] = {"b.com", "a.com", "c.com", "a.com", NULL};
  static const char *const found[] = {"C.com", "A.COM", "b.com", "B.com", NULL};
  static const char *const other[] = {"a.com", "d.com", "*.b.com", NULL};
  static const char *const none[] = {NULL};
  g_auto(GStrv) missing = NULL;
  g_auto(GStrv) extra = NULL;
  g_assert_true(names_lists_equal(wanted, found, &missing, &extra));
  g_assert_cmpuint(g_strv_length(missing), ==, 0);
  g_assert_cmpuint(g_strv_length(extra), ==, 0);
  g_auto(GStrv) other_missing = NULL;
  g_auto(GStrv) other_extra = NULL;
  g_assert_false(names_lists_equal(wanted, other, &other_missing, &other_extra));
  g_autofree char *missing_text = g_strjoinv(" ", other_missing);
  g_autofree char *extra_text = g_strjoinv(" ", other_extra);
  g_assert_cmpstr(missing_text, ==, "b.com c.com");
  g_assert_cmpstr(extra_text, ==, "*.b.com d.com");
  g_assert_false(names_lists_equal(wanted, none, NULL, NULL));
  g_assert_false(names_lists_equal(none, wanted, NULL, NULL));
  g_assert_true(names_lists_equal(none, none, NULL, NULL));
}

static void test_quote(void)
{
  g_autofree char *plain = names_quote("bücher <b> \"x\"");
  g_assert_cmpstr(plain, ==, "bücher <b> \"x\"");
  g_autofree char *hidden = names_quote("a\r\n\u202eb\u200b\x1b[31m");
  g_assert_cmpstr(hidden, ==, "a\\u{000D}\\u{000A}\\u{202E}b\\u{200B}\\u{001B}[31m");
  g_autofree char *invalid = names_quote("a\xff\xfe");
  g_assert_true(g_utf8_validate(invalid, -1, NULL));
  g_autofree char *many = g_strnfill(1000, 'a');
  g_autofree char *cut = names_quote(many);
  g_assert_cmpint(g_utf8_strlen(cut, -1), ==, 81);
  g_assert_true(g_str_has_suffix(cut, "a…"));
}

/* Random bytes: never a crash, and only plain host names come out. */
static void test_random_bytes(void)
{
  static const char alphabet[] = "aZ09-.*_xn--\xc3\x9f\xe3\x80\x82\xef\xbc\x8e:%[]\xcc\x81 \xff";
  for (guint round = 0; round < 20000; round++) {
    char text[24] = {0};
    gint32 length = g_test_rand_int_range(0, (gint32)sizeof text);
    for (gint32 i = 0; i < length; i++)
      text[i] = alphabet[g_test_rand_int_range(0, (gint32)sizeof alphabet - 1)];
    g_autoptr(GPtrArray) faults = fault_array_new();
    g_autoptr(NamesName) name = names_parse(text, NAMES_SCOPE_INTERNAL, NULL, faults, 1);
    g_assert_cmpint(name == NULL, ==, faults->len == 1);
    if (name != NULL && !name->address) {
      const char *host = name->ascii + (name->wildcard ? 2 : 0);
      g_assert_cmpuint(strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-."), ==, strlen(host));
    }
  }
}

/* Beside a name stands how people write it, unless that could be taken for another. */
static void test_readable(void)
{
  static const struct {
    const char *ascii;
    const char *readable;
  } names[] = {
      {"www.abc.com", NULL},
      {"xn--bcher-kva.example", "bücher.example"},
      {"*.xn--bcher-kva.example", "*.bücher.example"},
      {"xn--fiqs8s.cn", "中国.cn"},
      {"xn--wgv71a119e.jp", "日本語.jp"},
      {"xn--e1afmkfd.example", "пример.example"},
      {"xn--hxajbheg2az3al.example", "παράδειγμα.example"},
      {"xn--mgbh0fb.example", "مثال.example"},
      /* "аррӏе" and "соса", all Cyrillic; "pаypal" with one such letter */
      {"xn--80ak6aa92e.com", NULL},
      {"xn--80a1aib.com", NULL},
      {"xn--pypal-4ve.com", NULL},
      /* of libidn2's own: no A-label */
      {"xn--a.example", NULL},
      {"xn--.example", NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *readable = names_readable(names[i].ascii);
    g_assert_cmpstr(readable, ==, names[i].readable);
  }
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_assert_true(names_preload(NULL));
  g_test_add_func("/names/public", test_public_names);
  g_test_add_func("/names/international", test_international_names);
  g_test_add_func("/names/lengths", test_lengths);
  g_test_add_func("/names/refused-syntax", test_refused_syntax);
  g_test_add_func("/names/public-refusals", test_public_refusals);
  g_test_add_func("/names/own-suffixes", test_own_suffixes);
  g_test_add_func("/names/internal", test_internal_names);
  g_test_add_func("/names/forms", test_forms);
  g_test_add_func("/names/stable", test_parse_is_stable);
  g_test_add_func("/names/suffixes", test_suffixes);
  g_test_add_func("/names/under", test_under);
  g_test_add_func("/names/order", test_order);
  g_test_add_func("/names/lists", test_lists);
  g_test_add_func("/names/quote", test_quote);
  g_test_add_func("/names/readable", test_readable);
  g_test_add_func("/names/random-bytes", test_random_bytes);
  return g_test_run();
}

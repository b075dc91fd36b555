/* Paths are those of the contract and stay below their folders; text is cleaned. */
#include "outbox-test.h"

static void assert_path(char *path, const char *expected)
{
  g_assert_cmpstr(path, ==, expected);
  g_free(path);
}

static void test_paths(void)
{
  assert_path(outbox_archive_path("PO-4711.1", "www.abc.com", REQUEST_FORMAT_NGINX, FALSE),
              "outbox/certificates/PO-4711.1/PO-4711.1_www.abc.com_nginx.zip");
  assert_path(outbox_receipt_path("monday.xml", 1), "outbox/receipts/monday.xml.receipt.xml");
  assert_path(outbox_receipt_path("monday.xml", 0), "outbox/receipts/monday.xml.receipt.xml");
  assert_path(outbox_receipt_path("monday.xml", 2), "outbox/receipts/monday.2.xml.receipt.xml");
  assert_path(outbox_report_path("a.tar.gz", 12), "inbox/rejected/a.12.tar.gz.error.md");
  assert_path(outbox_letter_path("PO-4711.1", "APP-1"), "outbox/letters/PO-4711.1+APP-1.html");
  assert_path(outbox_mail_path("PO-4711.1", "APP-1", LIFECYCLE_MAIL_SUBMITTED, NOW),
              "outbox/mail/PO-4711.1+APP-1_submitted_20261123T020007Z.eml");
  assert_path(outbox_reminder_path("one@example.test", NOW),
              "outbox/mail/reminder_20261123T020007Z_18168b370f3593cf.eml");
  g_assert_true(outbox_path_is_mail("outbox/mail/x.eml"));
  g_assert_false(outbox_path_is_mail("outbox/letters/x.html"));
  assert_path(outbox_csr_path("PO-4711.1"), "outbox/csr/PO-4711.1.csr");
  assert_path(outbox_attachment_path("PO-4711.1", "APP-1", "confirmationLetter", "png"),
              "outbox/verification/PO-4711.1/APP-1_confirmationLetter.png");
}

static void test_domains(void)
{
  static const struct {
    const char *name;
    const char *domain;
  } cases[] = {
      {"www.abc.com", "www.abc.com"},
      {"*.abc.com", "_.abc.com"},
      {"xn--bcher-kva.example", "xn--bcher-kva.example"},
      {"2001:db8::1", "2001_db8__1"},
      {"UPPER", "_____"},
      {"a/../b", "a_.._b"},
      {"b\u00fccher", "b__cher"},
      {"a b\n", "a_b_"},
      {"", ""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *domain = outbox_domain_part(cases[i].name);
    g_assert_cmpstr(domain, ==, cases[i].domain);
  }
  g_autofree char *longest = g_strnfill(253, 'a');
  g_autofree char *domain = outbox_domain_part(longest);
  g_assert_cmpuint(strlen(domain), ==, 100);
}

/* No file name gets a path out of its folder, or one too long for a file system. */
static void test_naughty_names(void)
{
  for (gsize i = 0; i < G_N_ELEMENTS(naughty_texts); i++) {
    g_autofree char *longer = repeat_text(naughty_texts[i]);
    g_autofree char *name = g_strndup(longer, 255);
    g_strdelimit(name, "/", '_');
    g_autofree char *receipt = outbox_receipt_path(name, G_MAXUINT);
    g_autofree char *report = outbox_report_path(name, G_MAXUINT);
    g_assert_true(g_utf8_validate(receipt, -1, NULL));
    g_assert_cmpuint(strlen(strrchr(receipt, '/') + 1), <=, 255);
    g_assert_cmpuint(strlen(strrchr(report, '/') + 1), <=, 255);
    g_assert_true(g_str_has_prefix(receipt, "outbox/receipts/"));
    g_assert_null(strchr(receipt + strlen("outbox/receipts/"), '/'));
  }
}

/* The longest references make names that a file system takes. */
static void test_long_references(void)
{
  g_autofree char *ref = g_strnfill(64, 'a');
  g_autofree char *name = g_strnfill(253, 'b');
  char *const paths[] = {
      outbox_archive_path(ref, name, REQUEST_FORMAT_HAPROXY, TRUE),
      outbox_letter_path(ref, ref),
      outbox_mail_path(ref, ref, LIFECYCLE_MAIL_SUBMITTED, NOW),
      outbox_attachment_path(ref, ref, "confirmationLetter", "png"),
  };
  for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
    g_assert_cmpuint(strlen(strrchr(paths[i], '/') + 1), <=, 255);
    g_free(paths[i]);
  }
}

static void test_clean_text(void)
{
  static const struct {
    const char *text;
    const char *clean;
  } cases[] = {
      {"plain", "plain"},
      {"", ""},
      {"a\tb\nc\r\nd", "a b c  d"},
      {"\x01\x7f\xc2\x85", "\ufffd\ufffd\ufffd"},
      {"\xff", "\ufffd"},
      {"a\u202eb", "a\ufffdb"},
      {"a\u2028b", "a b"},
      {"\ufeff\ufffe\U0001ffff", "\ufffd\ufffd\ufffd"},
      {"\u05e9\u05dc\u05d5\u05dd \U0001f469\u200d\U0001f4bb",
       "\u05e9\u05dc\u05d5\u05dd \U0001f469\u200d\U0001f4bb"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *clean = outbox_clean_text(cases[i].text);
    g_assert_cmpstr(clean, ==, cases[i].clean);
  }
  g_assert_null(outbox_clean_text(NULL));
}

static void test_csr(void)
{
  g_autoptr(GBytes) der = g_bytes_new_static("\x30\x03\x02\x01\x00", 5);
  g_autoptr(GBytes) pem = outbox_make_csr(der);
  g_autofree char *text = bytes_to_text(pem);
  g_assert_cmpstr(text, ==,
                  "-----BEGIN CERTIFICATE REQUEST-----\nMAMCAQA=\n"
                  "-----END CERTIFICATE REQUEST-----\n");
}

int main(int argc, char **argv)
{
  outbox_test_init(&argc, &argv);
  g_test_add_func("/outbox/paths/paths", test_paths);
  g_test_add_func("/outbox/paths/domains", test_domains);
  g_test_add_func("/outbox/paths/naughty-names", test_naughty_names);
  g_test_add_func("/outbox/paths/long-references", test_long_references);
  g_test_add_func("/outbox/paths/clean-text", test_clean_text);
  g_test_add_func("/outbox/paths/csr", test_csr);
  return g_test_run();
}

/* E-mails read back as they were meant, have no header that nobody asked for, and
 * go to one address. */
#include "outbox-test.h"

#include <gmime/gmime.h>

#define TEXT(literal) ((char *)(literal))

static ConfigurationOrganization organization = {.name = TEXT("Example Operations"),
                                                 .email = TEXT("certificates@example.test")};
static const Configuration configuration = {.organization = &organization};
static const Product product = {
    .title = TEXT("Secure OV Multi-Domain"), .validation = TEXT("ov"), .expected_days = 3};
static const RequestApplicant applicant = {.name = TEXT("Applicant One"),
                                           .email = TEXT("one@example.test")};
static const char *const two_names[] = {"www.example.test", "pay.example.test", NULL};
static const char *const one_archive[] = {
    "outbox/certificates/PO-4711.1/PO-4711.1_www.example.test_pem.zip", NULL};

static const OutboxReminder one_reminder[] = {
    {"PO-4711.1", two_names, NOW + 14 * DAY - 1, LIFECYCLE_REMINDER_TO_RENEW, NULL}};
static const RequestPayment refund = {
    .reference = TEXT("TX-991"), .amount = 360000, .currency = TEXT("CNY")};

static OutboxMail mail_of(LifecycleMail kind)
{
  return (OutboxMail){.kind = kind,
                      .certificate = "PO-4711.1",
                      .application_ref = "APP-1",
                      .product = &product,
                      .applicant = &applicant,
                      .names = two_names,
                      .configuration = &configuration,
                      .at = NOW,
                      .comment = "The letter carries no stamp.",
                      .not_after = NOW + 200 * DAY - 1,
                      .archives = one_archive,
                      .amount = 120050,
                      .currency = "CNY",
                      .forerunner = "PO-4700.1",
                      .until = NOW + 30 * DAY,
                      .lost = 9 * DAY - 1,
                      .failure = "the name {x} is not allowed",
                      .reminders = one_reminder,
                      .reminder_count = 1,
                      .reason = 1,
                      .refund = &refund};
}

static GBytes *make(const OutboxMail *mail)
{
  GError *error = NULL;
  GBytes *bytes = outbox_make_mail(mail, &error);
  g_assert_no_error(error);
  g_assert_nonnull(bytes);
  return bytes;
}

/* What may travel by any mail server: ASCII, lines of at most 998, all ended by
 * CRLF. */
static void check_lines(const char *text, gsize length)
{
  gsize column = 0;
  for (gsize i = 0; i < length; i++) {
    g_assert_cmpuint((guint8)text[i], <, 0x80);
    if (text[i] == '\n')
      g_assert_true(i > 0 && text[i - 1] == '\r');
    if (text[i] == '\r')
      g_assert_true(i + 1 < length && text[i + 1] == '\n');
    column = text[i] == '\n' ? 0 : column + 1;
    g_assert_cmpuint(column, <=, 999);
  }
  g_assert_cmpuint(column, ==, 0);
}

static GMimeMessage *parse(GBytes *bytes)
{
  gsize length;
  const char *text = g_bytes_get_data(bytes, &length);
  check_lines(text, length);
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer(text, length);
  GMimeParser *parser = g_mime_parser_new_with_stream(stream);
  GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
  g_object_unref(parser);
  g_object_unref(stream);
  g_assert_nonnull(message);
  return message;
}

/* The names of all headers, in their order. */
static char *headers_of(GMimeMessage *message)
{
  GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));
  GString *names = g_string_new(NULL);
  for (int i = 0; i < g_mime_header_list_get_count(list); i++)
    g_string_append_printf(names, "%s ",
                           g_mime_header_get_name(g_mime_header_list_get_header_at(list, i)));
  return g_string_free(names, FALSE);
}

/* The text of the message, with single spaces. */
static char *text_of(GMimeMessage *message)
{
  GMimeObject *part = g_mime_message_get_mime_part(message);
  g_assert_true(GMIME_IS_TEXT_PART(part));
  g_autofree char *text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
  return squeeze_spaces(text);
}

static InternetAddressMailbox *only_mailbox(GMimeMessage *message, GMimeAddressType type)
{
  InternetAddressList *list = g_mime_message_get_addresses(message, type);
  g_assert_cmpint(internet_address_list_length(list), ==, 1);
  return INTERNET_ADDRESS_MAILBOX(internet_address_list_get_address(list, 0));
}

/* PHRASE decoded as RFC 2047 has it, with single spaces: each word by itself, what
 * is between two encoded ones left out. (GMime's decoder joins their base64 and
 * stops at the first padding.) */
static char *decode_phrase(const char *phrase)
{
  g_auto(GStrv) words = g_strsplit_set(phrase, " \r\n\t", -1);
  g_autoptr(GString) decoded = g_string_new(NULL);
  gboolean was_encoded = FALSE;
  for (char **word = words; *word != NULL; word++) {
    gboolean is_encoded = g_str_has_prefix(*word, "=?");
    if (**word == '\0')
      continue;
    g_autofree char *part = g_mime_utils_header_decode_phrase(NULL, *word);
    g_string_append_printf(decoded, "%s%s", was_encoded && is_encoded ? "" : " ", part);
    was_encoded = is_encoded;
  }
  return squeeze_spaces(decoded->str);
}

/* The name in the only address of HEADER, with single spaces. */
static char *name_in(GMimeMessage *message, const char *header)
{
  GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));
  const char *raw = g_mime_header_get_raw_value(g_mime_header_list_get_header(list, header));
  const char *end = strrchr(raw, '<');
  g_autofree char *phrase = end != NULL ? g_strndup(raw, (gsize)(end - raw)) : g_strdup("");
  g_strstrip(phrase);
  if (*phrase == '"')
    g_mime_utils_unquote_string(phrase);
  return decode_phrase(phrase);
}

static void assert_says(const char *text, const char *expected)
{
  if (strstr(text, expected) == NULL)
    g_error("\"%s\" is not in: %s", expected, text);
}

static void test_headers(void)
{
  OutboxMail mail = mail_of(LIFECYCLE_MAIL_SUBMITTED);
  g_autoptr(GBytes) bytes = make(&mail);
  GMimeMessage *message = parse(bytes);
  InternetAddressMailbox *from = only_mailbox(message, GMIME_ADDRESS_TYPE_FROM);
  InternetAddressMailbox *to = only_mailbox(message, GMIME_ADDRESS_TYPE_TO);
  g_assert_cmpstr(internet_address_mailbox_get_addr(from), ==, "certificates@example.test");
  g_assert_cmpstr(internet_address_get_name(INTERNET_ADDRESS(from)), ==, "Example Operations");
  g_assert_cmpstr(internet_address_mailbox_get_addr(to), ==, "one@example.test");
  g_assert_cmpstr(internet_address_get_name(INTERNET_ADDRESS(to)), ==, "Applicant One");
  g_assert_cmpstr(g_mime_message_get_subject(message), ==,
                  "PO-4711.1: your application is being verified");
  g_assert_cmpint(g_date_time_to_unix(g_mime_message_get_date(message)), ==, NOW);
  g_assert_true(g_str_has_suffix(g_mime_message_get_message_id(message), "@example.test"));
  g_object_unref(message);
}

static void test_texts(void)
{
  static const struct {
    LifecycleMail kind;
    const char *texts[6];
  } cases[] = {
      {LIFECYCLE_MAIL_SUBMITTED,
       {"Dear Applicant One,", "APP-1", "www.example.test pay.example.test", "about 3 days",
        "keep your phone switched on", "that the company exists"}},
      {LIFECYCLE_MAIL_REJECTED, {"was not approved", "The letter carries no stamp.", "submit it"}},
      {LIFECYCLE_MAIL_ISSUED,
       {"Jun 11, 2027 (UTC)", "outbox/certificates/PO-4711.1/PO-4711.1_www.example.test_pem.zip",
        "No key is attached"}},
      {LIFECYCLE_MAIL_RENEWAL_DUE,
       {"PO-4700.1", "Dec 23, 2026 (UTC)", "PO-4711.1", "1200.50 CNY", "names the order APP-1"}},
      {LIFECYCLE_MAIL_RENEWED,
       {"PO-4700.1", "Jun 11, 2027 (UTC)", "Dec 23, 2026 (UTC)", "_pem.zip", "9 days could not"}},
      {LIFECYCLE_MAIL_REVIEW_AGAIN,
       {"PO-4700.1", "application APP-1 for PO-4711.1", "keep your phone switched on",
        "that the company exists"}},
      {LIFECYCLE_MAIL_REISSUE_REJECTED, {"PO-4711.1", "The letter carries no stamp."}},
      {LIFECYCLE_MAIL_RENEWAL_FAILED,
       {"PO-4711.1", "the name {x} is not allowed", "Dec 23, 2026 (UTC)"}},
      {LIFECYCLE_MAIL_REMINDER,
       {"PO-4711.1 runs out on Dec 7, 2026 (UTC), in 14 days", "www.example.test, pay.example.test",
        "You are not reminded of those"}},
      {LIFECYCLE_MAIL_REVOKED,
       {"has been revoked", "keyCompromise", "3600.00 CNY are paid back, of your payment TX-991."}},
  };
  G_STATIC_ASSERT(G_N_ELEMENTS(cases) == LIFECYCLE_MAIL_N - 1);
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    OutboxMail mail = mail_of(cases[i].kind);
    g_autoptr(GBytes) bytes = make(&mail);
    GMimeMessage *message = parse(bytes);
    g_autofree char *text = text_of(message);
    for (gsize k = 0; k < G_N_ELEMENTS(cases[i].texts) && cases[i].texts[k] != NULL; k++)
      assert_says(text, cases[i].texts[k]);
    g_assert_true(g_str_has_suffix(text, " Example Operations"));
    g_assert_true((strchr(text, '{') != NULL) == (strstr(text, "name {x} is") != NULL));
    g_object_unref(message);
  }
}

static void test_validations(void)
{
  static const char *const validations[] = {"dv-free", "dv", "ov", "ev"};
  for (gsize i = 0; i < G_N_ELEMENTS(validations); i++) {
    Product other = {
        .title = TEXT("X"), .validation = TEXT(validations[i]), .expected_days = (gint64)i};
    OutboxMail mail = mail_of(LIFECYCLE_MAIL_SUBMITTED);
    mail.product = &other;
    g_autofree char *text = outbox_mail_text(&mail);
    g_autofree char *squeezed = squeeze_spaces(text);
    assert_says(squeezed, "that the names are yours to use");
    g_assert_true((strstr(squeezed, "company") != NULL) == (i >= 2));
    static const char *const days[] = {"less than a day", "about 1 day.", "about 2 days.",
                                       "about 3 days."};
    assert_says(squeezed, days[i]);
  }
}

static void test_no_comment(void)
{
  OutboxMail mail = mail_of(LIFECYCLE_MAIL_REJECTED);
  mail.comment = NULL;
  g_autofree char *text = outbox_mail_text(&mail);
  assert_says(text, "  (none)\n");
}

/* Nothing is lost where the product allows all of it. */
static void test_nothing_lost(void)
{
  OutboxMail mail = mail_of(LIFECYCLE_MAIL_RENEWED);
  mail.lost = 0;
  g_autofree char *text = outbox_mail_text(&mail);
  g_assert_null(strstr(text, "could not"));
  g_assert_null(strstr(text, "\n\n\n"));
}

static void test_no_refund(void)
{
  OutboxMail mail = mail_of(LIFECYCLE_MAIL_REVOKED);
  mail.refund = NULL;
  g_autofree char *text = outbox_mail_text(&mail);
  assert_says(text, "Nothing is paid back.");
}

static void check_naughty(const char *text, const char *headers)
{
  RequestApplicant other = {.name = TEXT(text), .email = TEXT("one@example.test")};
  Product naughty = {.title = TEXT(text), .validation = TEXT("ev"), .expected_days = 1};
  ConfigurationOrganization sender = {.name = TEXT(text), .email = TEXT("a@example.test")};
  Configuration settings = {.organization = &sender};
  const char *const names[] = {text, NULL};
  OutboxMail mail = mail_of(LIFECYCLE_MAIL_REJECTED);
  mail.applicant = &other;
  mail.product = &naughty;
  mail.configuration = &settings;
  mail.names = names;
  mail.comment = text;
  g_autoptr(GBytes) bytes = make(&mail);
  GMimeMessage *message = parse(bytes);
  g_autofree char *found = headers_of(message);
  g_autofree char *body = text_of(message);
  g_autofree char *clean = outbox_clean_text(text);
  g_autofree char *squeezed = squeeze_spaces(clean);
  g_autoptr(GString) name = g_string_new(squeezed);
  g_string_replace(name, "=?", "= ?", 0); /* so that it is not decoded */
  InternetAddressMailbox *to = only_mailbox(message, GMIME_ADDRESS_TYPE_TO);
  InternetAddressMailbox *from = only_mailbox(message, GMIME_ADDRESS_TYPE_FROM);
  g_autofree char *to_name = name_in(message, "To");
  g_autofree char *from_name = name_in(message, "From");
  g_assert_cmpstr(found, ==, headers);
  g_assert_cmpstr(internet_address_mailbox_get_addr(to), ==, "one@example.test");
  g_assert_cmpstr(internet_address_mailbox_get_addr(from), ==, "a@example.test");
  g_assert_cmpstr(to_name, ==, name->str);
  g_assert_cmpstr(from_name, ==, name->str);
  assert_says(body, squeezed);
  g_object_unref(message);
}

static void test_naughty(void)
{
  OutboxMail mail = mail_of(LIFECYCLE_MAIL_REJECTED);
  g_autoptr(GBytes) bytes = make(&mail);
  GMimeMessage *message = parse(bytes);
  g_autofree char *headers = headers_of(message);
  g_object_unref(message);
  for (gsize i = 0; i < G_N_ELEMENTS(naughty_texts); i++) {
    g_autofree char *longer = repeat_text(naughty_texts[i]);
    check_naughty(naughty_texts[i], headers);
    check_naughty(longer, headers);
  }
}

static void test_addresses(void)
{
  static const struct {
    const char *address;
    gboolean good;
  } cases[] = {
      {"one@example.test", TRUE},
      {"o.n+e'x{}@sub.example.test", TRUE},
      {NULL, FALSE},
      {"", FALSE},
      {"one", FALSE},
      {"@example.test", FALSE},
      {"one@", FALSE},
      {"one@example.test,two@example.test", FALSE},
      {"one@example.test>", FALSE},
      {"one@example.test\nBcc: two@example.test", FALSE},
      {"one two@example.test", FALSE},
      {"\"one\"@example.test", FALSE},
      {"one@ex@ample.test", FALSE},
      {"one(c)@example.test", FALSE},
      {"one@[127.0.0.1]", FALSE},
      {"\u00f6ne@example.test", FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    RequestApplicant other = {.name = TEXT("X"), .email = TEXT(cases[i].address)};
    OutboxMail mail = mail_of(LIFECYCLE_MAIL_ISSUED);
    mail.applicant = &other;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = outbox_make_mail(&mail, &error);
    g_assert_true((bytes != NULL) == cases[i].good);
    if (!cases[i].good)
      g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED);
  }
  OutboxMail mail = mail_of(LIFECYCLE_MAIL_ISSUED);
  mail.applicant = NULL;
  g_assert_null(outbox_make_mail(&mail, NULL));
}

/* The same message twice is the same; each message has an ID of its own. */
static void test_is_deterministic(void)
{
  OutboxMail mails[5];
  for (gsize i = 0; i < G_N_ELEMENTS(mails); i++)
    mails[i] = mail_of(LIFECYCLE_MAIL_SUBMITTED);
  mails[1].kind = LIFECYCLE_MAIL_ISSUED;
  mails[2].at++;
  mails[3].application_ref = "APP..2";
  mails[4].certificate = "PO-4711.2";
  g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(mails); i++) {
    g_autoptr(GBytes) one = make(&mails[i]);
    g_autoptr(GBytes) other = make(&mails[i]);
    assert_bytes_equal(one, other);
    GMimeMessage *message = parse(one);
    g_assert_true(g_hash_table_add(ids, g_strdup(g_mime_message_get_message_id(message))));
    g_object_unref(message);
  }
}

static void test_columns(void)
{
  g_autofree char *comment = repeat_text("word ");
  OutboxMail mail = mail_of(LIFECYCLE_MAIL_REJECTED);
  mail.comment = comment;
  g_autofree char *text = outbox_mail_text(&mail);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    g_assert_cmpuint(strlen(*line), <=, 72);
}

static void *make_many(void *data)
{
  for (int i = 0; i < 100; i++) {
    OutboxMail mail = mail_of(LIFECYCLE_MAIL_ISSUED);
    g_autoptr(GBytes) bytes = make(&mail);
    assert_bytes_equal(bytes, data);
  }
  return NULL;
}

static void test_threads(void)
{
  OutboxMail mail = mail_of(LIFECYCLE_MAIL_ISSUED);
  g_autoptr(GBytes) expected = make(&mail);
  GThread *threads[4];
  for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
    threads[i] = g_thread_new("mails", make_many, expected);
  for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
    g_thread_join(threads[i]);
}

int main(int argc, char **argv)
{
  outbox_test_init(&argc, &argv);
  g_test_add_func("/outbox/mail/headers", test_headers);
  g_test_add_func("/outbox/mail/texts", test_texts);
  g_test_add_func("/outbox/mail/validations", test_validations);
  g_test_add_func("/outbox/mail/no-comment", test_no_comment);
  g_test_add_func("/outbox/mail/nothing-lost", test_nothing_lost);
  g_test_add_func("/outbox/mail/no-refund", test_no_refund);
  g_test_add_func("/outbox/mail/naughty", test_naughty);
  g_test_add_func("/outbox/mail/addresses", test_addresses);
  g_test_add_func("/outbox/mail/is-deterministic", test_is_deterministic);
  g_test_add_func("/outbox/mail/columns", test_columns);
  g_test_add_func("/outbox/mail/threads", test_threads);
  return g_test_run();
}

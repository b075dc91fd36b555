/* Reminders say of each certificate what is to be done, in lines that any mail reader
 * shows, and go to one person each. */
#include "outbox-test.h"

#define TEXT(literal) ((char *)(literal))

static ConfigurationOrganization organization = {.name = TEXT("Example Operations"),
                                                 .email = TEXT("certificates@example.test")};
static const Configuration configuration = {.organization = &organization};
static const RequestApplicant applicant = {.name = TEXT("Applicant One"),
                                           .email = TEXT("One@Example.test")};
static const char *const names[] = {"a.example.test",
                                    "b.example.test",
                                    "c.example.test",
                                    "d.example.test",
                                    "e.example.test",
                                    "f.example.test",
                                    NULL};

static OutboxMail mail_of(const OutboxReminder *reminders, gsize count)
{
  return (OutboxMail){.kind = LIFECYCLE_MAIL_REMINDER,
                      .applicant = &applicant,
                      .configuration = &configuration,
                      .at = NOW,
                      .reminders = reminders,
                      .reminder_count = count};
}

static void test_reasons(void)
{
  static const char *const wanted[LIFECYCLE_REMINDER_N] = {
      [LIFECYCLE_REMINDER_TO_RENEW] = "Nothing renews PO-1.1 by itself: send a renewal document",
      [LIFECYCLE_REMINDER_TO_PAY] = "Its renewal, PO-1.1-r1, waits for its payment",
      [LIFECYCLE_REMINDER_TO_APPLY] = "PO-1.1-r1, is paid and waits for an application",
      [LIFECYCLE_REMINDER_TO_VERIFY] = "Its renewal, PO-1.1-r1, is being verified",
      [LIFECYCLE_REMINDER_TO_MEND] = "renewal, PO-1.1-r1, was not approved",
      [LIFECYCLE_REMINDER_TO_REPLACE] = "PO-1.1 was bought elsewhere: buy its successor there",
      [LIFECYCLE_REMINDER_FAILING] = "Its renewal has failed so far; PO-1.1-r1 has the reason",
  };
  for (LifecycleReminder reason = 1; reason < LIFECYCLE_REMINDER_N; reason++) {
    gboolean renewed =
        reason != LIFECYCLE_REMINDER_TO_RENEW && reason != LIFECYCLE_REMINDER_TO_REPLACE;
    const OutboxReminder reminder = {"PO-1.1", names, NOW + DAY - 1, reason,
                                     renewed ? "PO-1.1-r1" : NULL};
    const OutboxMail mail = mail_of(&reminder, 1);
    g_autofree char *text = outbox_mail_text(&mail);
    g_autofree char *squeezed = squeeze_spaces(text);
    g_assert_nonnull(strstr(squeezed, wanted[reason]));
    g_assert_nonnull(
        strstr(squeezed, "Nov 24, 2026 (UTC), in 1 day a.example.test, b.example.test"));
    g_assert_nonnull(strstr(squeezed, "e.example.test and 1 more"));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
      g_assert_cmpuint(strlen(*line), <=, 72);
  }
}

static void test_counts(void)
{
  const OutboxReminder reminders[] = {
      {"PO-1.1", names, NOW + 100, LIFECYCLE_REMINDER_TO_RENEW, NULL},
      {"PO-2.1", NULL, NOW + 14 * DAY, LIFECYCLE_REMINDER_TO_RENEW, NULL}};
  OutboxMail mail = mail_of(reminders, 2);
  g_autofree char *subject = outbox_mail_subject(&mail);
  g_autofree char *text = outbox_mail_text(&mail);
  g_assert_cmpstr(subject, ==, "2 certificates run out soon, the first on Nov 23, 2026");
  g_assert_nonnull(strstr(text, "these certificates of yours run out soon:"));
  g_assert_nonnull(strstr(text, "in less than a day"));
  g_assert_null(strstr(text, "And "));
  mail.reminder_more = 30;
  g_autofree char *longer = outbox_mail_text(&mail);
  g_autofree char *more = outbox_mail_subject(&mail);
  g_assert_nonnull(strstr(longer, "And 30 more"));
  g_assert_true(g_str_has_prefix(more, "32 certificates"));
}

/* The same reminder is the same message; another person's, or another day's, is not. */
static void test_ids(void)
{
  const OutboxReminder reminder = {"PO-1.1", names, NOW + DAY, LIFECYCLE_REMINDER_TO_RENEW, NULL};
  const RequestApplicant same = {.name = TEXT("Other"), .email = TEXT("one@example.test")};
  const RequestApplicant other = {.name = TEXT("Other"), .email = TEXT("two@example.test")};
  OutboxMail mails[4];
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
  for (gsize i = 0; i < G_N_ELEMENTS(mails); i++)
    mails[i] = mail_of(&reminder, 1);
  mails[1].applicant = &same;
  mails[2].applicant = &other;
  mails[3].at += DAY;
  for (gsize i = 0; i < G_N_ELEMENTS(mails); i++) {
    g_autoptr(GBytes) bytes = outbox_make_mail(&mails[i], NULL);
    g_autofree char *text = bytes_to_text(bytes);
    const char *id = strstr(text, "Message-Id: ");
    g_assert_nonnull(id);
    g_ptr_array_add(ids, g_strndup(id, strcspn(id, "\r")));
  }
  g_assert_cmpstr(ids->pdata[0], ==, ids->pdata[1]);
  g_assert_cmpstr(ids->pdata[0], !=, ids->pdata[2]);
  g_assert_cmpstr(ids->pdata[0], !=, ids->pdata[3]);
}

int main(int argc, char **argv)
{
  outbox_test_init(&argc, &argv);
  g_test_add_func("/outbox/reminder/reasons", test_reasons);
  g_test_add_func("/outbox/reminder/counts", test_counts);
  g_test_add_func("/outbox/reminder/ids", test_ids);
  return g_test_run();
}

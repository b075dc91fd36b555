/* What a reminder says: which certificates run out, when, and what to do. */
#include "base/clock.h"
#include "outbox/outbox-private.h"

#include <string.h>

/* How many names of a certificate are listed. */
#define REMINDER_NAMES 5

/* What its owner can do; %s is the certificate that is to renew it, or the certificate
 * itself where that is issued anew. */
static const char *const reminder_texts[LIFECYCLE_REMINDER_N] = {
    [LIFECYCLE_REMINDER_TO_RENEW] =
        "Nothing renews %s by itself: send a renewal document, or order "
        "and apply for a new certificate.",
    [LIFECYCLE_REMINDER_TO_PAY] =
        "Its renewal, %s, waits for its payment: send a payment document.",
    [LIFECYCLE_REMINDER_TO_APPLY] =
        "Its renewal, %s, is paid and waits for an application: send an application document.",
    [LIFECYCLE_REMINDER_TO_VERIFY] = "Its renewal, %s, is being verified: see to it that this ends "
                                     "in time.",
    [LIFECYCLE_REMINDER_TO_MEND] = "The application for its renewal, %s, was not approved: mend it "
                                   "and submit it again.",
    [LIFECYCLE_REMINDER_TO_REPLACE] =
        "%s was bought elsewhere: buy its successor there and upload it, or order and apply for "
        "a certificate here.",
    [LIFECYCLE_REMINDER_FAILING] =
        "Its renewal has failed so far; %s has the reason in its history. "
        "Certdrop goes on trying, but the operator should look at it.",
};

/* "in 14 days": what is begun of a day does not count. */
static char *reminder_days(gint64 at, gint64 not_after)
{
  gint64 days = (not_after + 1 - at) / CLOCK_DAY;
  if (days < 1)
    return g_strdup("in less than a day");
  return g_strdup_printf("in %" G_GINT64_FORMAT " %s", days, days == 1 ? "day" : "days");
}

static void reminder_append_names(GString *list, const char *const *names)
{
  guint count = names != NULL ? g_strv_length((char **)names) : 0;
  for (guint i = 0; i < MIN(count, REMINDER_NAMES); i++) {
    g_autofree char *clean = outbox_clean_text(names[i]);
    g_string_append_printf(list, "%s%s", i > 0 ? ", " : "    ", clean);
  }
  if (count > REMINDER_NAMES)
    g_string_append_printf(list, " and %u more", count - REMINDER_NAMES);
  g_string_append(list, count > 0 ? "\n" : "");
}

static void reminder_append(GString *list, const OutboxReminder *reminder, gint64 at)
{
  g_assert(reminder_texts[reminder->reason] != NULL);
  g_autofree char *date = clock_format_date(reminder->not_after);
  g_autofree char *days = reminder_days(at, reminder->not_after);
  const char *about = reminder->successor != NULL ? reminder->successor : reminder->certificate;
  g_string_append_printf(list, "  %s runs out on %s (UTC), %s\n", reminder->certificate, date,
                         days);
  reminder_append_names(list, reminder->names);
  const char *rest = strstr(reminder_texts[reminder->reason], "%s");
  g_string_append(list, "    ");
  g_string_append_len(list, reminder_texts[reminder->reason],
                      rest - reminder_texts[reminder->reason]);
  g_string_append_printf(list, "%s%s", about, rest + strlen("%s"));
}

char *outbox_reminder_list(const OutboxMail *mail)
{
  g_autoptr(GString) list = g_string_new(NULL);
  for (gsize i = 0; i < mail->reminder_count; i++) {
    g_string_append(list, i > 0 ? "\n\n" : "");
    reminder_append(list, &mail->reminders[i], mail->at);
  }
  if (mail->reminder_more > 0)
    g_string_append_printf(list,
                           "\n\n  And %" G_GINT64_FORMAT " more, which run out later than these; "
                           "the pages of the instance list them.",
                           mail->reminder_more);
  return g_string_free(g_steal_pointer(&list), FALSE);
}

static gint64 reminder_total(const OutboxMail *mail)
{
  return (gint64)mail->reminder_count + mail->reminder_more;
}

char *outbox_reminder_lead(const OutboxMail *mail)
{
  return g_strdup(reminder_total(mail) == 1 ? "this certificate of yours runs out soon:"
                                            : "these certificates of yours run out soon:");
}

char *outbox_reminder_subject(const OutboxMail *mail)
{
  g_assert(mail->reminder_count > 0);
  const OutboxReminder *first = &mail->reminders[0];
  g_autofree char *date = clock_format_date(first->not_after);
  gint64 total = reminder_total(mail);
  if (total == 1)
    return g_strdup_printf("%s runs out on %s", first->certificate, date);
  return g_strdup_printf("%" G_GINT64_FORMAT " certificates run out soon, the first on %s", total,
                         date);
}

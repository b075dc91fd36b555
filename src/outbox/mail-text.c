/* What the e-mails say: a row for each, with placeholders for what is known of
 * the certificate. A value is put in once and never looked at again. */
#include "base/clock.h"
#include "base/text.h"
#include "outbox/outbox-private.h"

#include <string.h>

#define MAIL_COLUMNS 72

typedef struct {
  const char *name;
  const char *subject;
  const char *const *paragraphs; /* ended by NULL; an indented one stays so */
} MailText;

static const char *const mail_submitted[] = {
    "Dear {applicant},",
    "your application {application} for the certificate {certificate} has been submitted. It asks "
    "for {product}, for these names:",
    "{names}",
    "The certificate authority now verifies {verification}. This is expected to take {days}.",
    "Please keep your phone switched on, and watch for e-mail from the certificate authority: it "
    "may call or write to you to have the application confirmed, and goes on only once you have "
    "answered.",
    "To change the application before the certificate is issued, withdraw it, change it and submit "
    "it again.",
    "{organization}",
    NULL,
};

static const char *const mail_rejected[] = {
    "Dear {applicant},",
    "your application {application} for the certificate {certificate} ({product}) was not "
    "approved. The reviewer's comment:",
    "  {comment}",
    "What you can do now: mend the application and submit it again, in a new file with a reference "
    "of its own. It need only hold what changes; what you leave out stays as it was. What was paid "
    "remains paid.",
    "{organization}",
    NULL,
};

static const char *const mail_issued[] = {
    "Dear {applicant},",
    "the certificate {certificate} ({product}) has been issued. It is valid until {end} (UTC), for "
    "these names:",
    "{names}",
    "It lies in the folder of the instance, in:",
    "{archives}",
    "Each archive has a README.md that says how to install it. No key is attached to this message: "
    "fetch the archive from the folder itself, in a way that nobody else can read it.",
    "{organization}",
    NULL,
};

static const char *const mail_renewal_due[] = {
    "Dear {applicant},",
    "the certificate {forerunner} ({product}) reaches the end of its term on {until} (UTC). As its "
    "order asked for, its renewal has been ordered: {certificate}. To be paid are:",
    "  {amount} {currency}",
    "Once this is paid, the renewal goes on by itself, with the names and the data that you "
    "applied "
    "with. Pay with a document of the kind \"payment\" that names the order {application}, or hand "
    "this message to who pays. What is left of the present term is added to the new one, as far as "
    "the product allows.",
    "If you do not want the renewal, do nothing: {forerunner} stays valid until its end.",
    "{organization}",
    NULL,
};

static const char *const mail_renewed[] = {
    "Dear {applicant},",
    "a new certificate has been issued in the place of {forerunner}'s present one: {certificate} "
    "({product}). It is valid until {end} (UTC), for these names:",
    "{names}",
    "{lost}",
    "It lies in the folder of the instance, in:",
    "{archives}",
    "Install it before the one that serves now ends, on {until} (UTC). Each archive has a "
    "README.md "
    "that says how. No key is attached to this message: fetch the archive from the folder itself, "
    "in a way that nobody else can read it.",
    "{organization}",
    NULL,
};

static const char *const mail_review_again[] = {
    "Dear {applicant},",
    "the certificate {forerunner} is to be renewed before it ends, on {until} (UTC). Its last "
    "verification is too long ago, so that the application {application} for {certificate} "
    "({product}) has to be verified once more. It asks for these names:",
    "{names}",
    "The certificate authority now verifies {verification}. This is expected to take {days}.",
    "Please keep your phone switched on, and watch for e-mail from the certificate authority: it "
    "may call or write to you to have the application confirmed, and goes on only once you have "
    "answered. What serves now stays as it is until then.",
    "{organization}",
    NULL,
};

static const char *const mail_reissue_rejected[] = {
    "Dear {applicant},",
    "the certificate {certificate} ({product}) was to be issued anew, but its application "
    "{application} was not approved when it was verified once more. The reviewer's comment:",
    "  {comment}",
    "The present certificate stays valid until it ends. Answer the certificate authority, so that "
    "another review can approve the application, or order a new certificate.",
    "{organization}",
    NULL,
};

static const char *const mail_renewal_failed[] = {
    "Dear {applicant},",
    "the certificate {certificate} ({product}) is due to be renewed, but this fails:",
    "  {failure}",
    "It is tried again each night. The present certificate ends on {until} (UTC); until then it "
    "stays as it is. Have the cause mended in time, or order a new certificate.",
    "{organization}",
    NULL,
};

static const char *const mail_reminder[] = {
    "Dear {applicant},",
    "{reminder-lead}",
    "{reminders}",
    "A certificate that has run out is refused by every client. You are not reminded of those that "
    "certdrop renews by itself, unless that fails or waits for somebody.",
    "{organization}",
    NULL,
};

static const char *const mail_revoked[] = {
    "Dear {applicant},",
    "the certificate {certificate} ({product}) has been revoked. The reason given: {reason}.",
    "If it was issued, clients that look at revocation lists refuse it from now on: take it out of "
    "use, with its key. It is not renewed any more.",
    "{refund}",
    "{organization}",
    NULL,
};

static const MailText mail_texts[] = {
    [LIFECYCLE_MAIL_SUBMITTED] = {"submitted", "{certificate}: your application is being verified",
                                  mail_submitted},
    [LIFECYCLE_MAIL_REJECTED] = {"rejected", "{certificate}: your application was not approved",
                                 mail_rejected},
    [LIFECYCLE_MAIL_ISSUED] = {"issued", "{certificate}: your certificate has been issued",
                               mail_issued},
    [LIFECYCLE_MAIL_RENEWAL_DUE] = {"renewal-due", "{forerunner}: its renewal is to be paid",
                                    mail_renewal_due},
    [LIFECYCLE_MAIL_RENEWED] = {"renewed", "{certificate}: a new certificate has been issued",
                                mail_renewed},
    [LIFECYCLE_MAIL_REVIEW_AGAIN] = {"review-again",
                                     "{certificate}: your application is being verified again",
                                     mail_review_again},
    [LIFECYCLE_MAIL_REISSUE_REJECTED] = {"reissue-rejected",
                                         "{certificate}: your certificate was not approved again",
                                         mail_reissue_rejected},
    [LIFECYCLE_MAIL_RENEWAL_FAILED] = {"renewal-failed",
                                       "{certificate}: your certificate cannot be renewed",
                                       mail_renewal_failed},
    [LIFECYCLE_MAIL_REMINDER] = {"reminder", "{reminder-subject}", mail_reminder},
    [LIFECYCLE_MAIL_REVOKED] = {"revoked", "{certificate}: your certificate has been revoked",
                                mail_revoked},
};
G_STATIC_ASSERT(G_N_ELEMENTS(mail_texts) == LIFECYCLE_MAIL_N);

static const char *const mail_verifications[] = {
    [PRODUCT_VALIDATION_DV_FREE] = "that the names are yours to use",
    [PRODUCT_VALIDATION_DV] = "that the names are yours to use",
    [PRODUCT_VALIDATION_OV] = "that the names are yours to use, that the company exists, and that "
                              "it has asked for this certificate",
    [PRODUCT_VALIDATION_EV] = "that the names are yours to use, that the company exists in law and "
                              "at its address, and that you may act for it",
};
G_STATIC_ASSERT(G_N_ELEMENTS(mail_verifications) == PRODUCT_VALIDATION_N);

typedef struct {
  const char *name;
  char *(*value)(const OutboxMail *mail); /* the caller frees it */
} MailPlaceholder;

/* One line for each of TEXTS, indented. */
static char *mail_list(const char *const *texts)
{
  g_autoptr(GString) list = g_string_new(NULL);
  for (; texts != NULL && *texts != NULL; texts++) {
    g_autofree char *clean = outbox_clean_text(*texts);
    g_string_append_printf(list, "%s  %s", list->len > 0 ? "\n" : "", clean);
  }
  return g_string_free(g_steal_pointer(&list), FALSE);
}

static char *mail_applicant(const OutboxMail *mail)
{
  const char *name = mail->applicant->name;
  return outbox_clean_text(name != NULL && *name != '\0' ? name : "applicant");
}

static char *mail_application(const OutboxMail *mail)
{
  return outbox_clean_text(mail->application_ref);
}

static char *mail_archives(const OutboxMail *mail)
{
  return mail_list(mail->archives);
}

static char *mail_certificate(const OutboxMail *mail)
{
  return outbox_clean_text(mail->certificate);
}

static char *mail_comment(const OutboxMail *mail)
{
  gboolean given = mail->comment != NULL && *mail->comment != '\0';
  return outbox_clean_text(given ? mail->comment : "(none)");
}

static char *mail_days(const OutboxMail *mail)
{
  gint64 days = mail->product->expected_days;
  if (days < 1)
    return g_strdup("less than a day");
  return g_strdup_printf("about %" G_GINT64_FORMAT " %s", days, days == 1 ? "day" : "days");
}

static char *mail_end(const OutboxMail *mail)
{
  return clock_format_date(mail->not_after);
}

static char *mail_names(const OutboxMail *mail)
{
  return mail_list(mail->names);
}

static char *mail_organization(const OutboxMail *mail)
{
  return outbox_clean_text(configuration_organization_name(mail->configuration));
}

static char *mail_product(const OutboxMail *mail)
{
  return outbox_clean_text(mail->product->title);
}

static char *mail_reason(const OutboxMail *mail)
{
  const LifecycleReason *reason = &lifecycle_reasons[mail->reason];
  return g_strdup_printf("%s (%s)", reason->label, reason->name);
}

static char *mail_refund(const OutboxMail *mail)
{
  const RequestPayment *refund = mail->refund;
  if (refund == NULL)
    return g_strdup("Nothing is paid back.");
  g_autofree char *amount = text_format_money(refund->amount);
  g_autofree char *reference = outbox_clean_text(refund->reference);
  return g_strdup_printf("%s %s are paid back%s%s.", amount, refund->currency,
                         reference != NULL ? ", of your payment " : "",
                         reference != NULL ? reference : "");
}

static char *mail_verification(const OutboxMail *mail)
{
  return g_strdup(mail_verifications[product_validation(mail->product)]);
}

static char *mail_amount(const OutboxMail *mail)
{
  return text_format_money(mail->amount);
}

static char *mail_currency(const OutboxMail *mail)
{
  return outbox_clean_text(mail->currency);
}

static char *mail_forerunner(const OutboxMail *mail)
{
  return outbox_clean_text(mail->forerunner);
}

static char *mail_failure(const OutboxMail *mail)
{
  return outbox_clean_text(mail->failure);
}

/* Nothing, where nothing is lost. */
static char *mail_lost(const OutboxMail *mail)
{
  if (mail->lost == 0)
    return g_strdup("");
  gint64 days = (mail->lost + CLOCK_DAY - 1) / CLOCK_DAY;
  return g_strdup_printf("Of the old term, %" G_GINT64_FORMAT
                         " day%s could not be added to the new "
                         "one, which would be longer than the product allows.",
                         days, days == 1 ? "" : "s");
}

static char *mail_until(const OutboxMail *mail)
{
  return mail->until > 0 ? clock_format_date(mail->until) : g_strdup("an unknown day");
}

static const MailPlaceholder mail_placeholders[] = {
    {"amount", mail_amount},
    {"currency", mail_currency},
    {"failure", mail_failure},
    {"forerunner", mail_forerunner},
    {"lost", mail_lost},
    {"until", mail_until},
    {"applicant", mail_applicant},
    {"application", mail_application},
    {"archives", mail_archives},
    {"certificate", mail_certificate},
    {"comment", mail_comment},
    {"days", mail_days},
    {"end", mail_end},
    {"names", mail_names},
    {"organization", mail_organization},
    {"product", mail_product},
    {"reminder-lead", outbox_reminder_lead},
    {"reminder-subject", outbox_reminder_subject},
    {"reminders", outbox_reminder_list},
    {"reason", mail_reason},
    {"refund", mail_refund},
    {"verification", mail_verification},
};

static char *mail_value(const OutboxMail *mail, const char *name, gsize length)
{
  for (gsize i = 0; i < G_N_ELEMENTS(mail_placeholders); i++) {
    const MailPlaceholder *placeholder = &mail_placeholders[i];
    if (strlen(placeholder->name) == length && strncmp(placeholder->name, name, length) == 0)
      return placeholder->value(mail);
  }
  g_assert_not_reached();
}

/* TEXT with the values in the place of its placeholders. */
static char *mail_fill(const OutboxMail *mail, const char *text)
{
  GString *filled = g_string_new(NULL);
  for (const char *open = strchr(text, '{'); open != NULL; open = strchr(text, '{')) {
    const char *close = strchr(open, '}');
    g_assert(close != NULL);
    g_autofree char *value = mail_value(mail, open + 1, (gsize)(close - open - 1));
    g_string_append_len(filled, text, open - text);
    g_string_append(filled, value);
    text = close + 1;
  }
  g_string_append(filled, text);
  return g_string_free(filled, FALSE);
}

/* Appends LINE to BODY, broken between words, each part indented as the first. */
static void mail_append_wrapped(GString *body, const char *line)
{
  gsize indent = strspn(line, " ");
  gsize column = 0;
  g_auto(GStrv) words = g_strsplit(line + indent, " ", -1);
  for (char **word = words; *word != NULL; word++) {
    gsize columns = outbox_text_columns(*word);
    if (word == words || column + 1 + columns > MAIL_COLUMNS) {
      g_string_append_printf(body, "%s%*s", word == words ? "" : "\n", (int)indent, "");
      column = indent;
    } else {
      g_string_append_c(body, ' ');
      column++;
    }
    g_string_append(body, *word);
    column += columns;
  }
  g_string_append_c(body, '\n');
}

const char *outbox_mail_name(LifecycleMail kind)
{
  g_assert(kind > 0 && kind < LIFECYCLE_MAIL_N);
  return mail_texts[kind].name;
}

char *outbox_mail_subject(const OutboxMail *mail)
{
  return mail_fill(mail, mail_texts[mail->kind].subject);
}

char *outbox_mail_text(const OutboxMail *mail)
{
  GString *body = g_string_new(NULL);
  for (const char *const *text = mail_texts[mail->kind].paragraphs; *text != NULL; text++) {
    g_autofree char *paragraph = mail_fill(mail, *text);
    if (*paragraph == '\0')
      continue;
    g_auto(GStrv) lines = g_strsplit(paragraph, "\n", -1);
    if (body->len > 0)
      g_string_append_c(body, '\n');
    for (char **line = lines; *line != NULL; line++)
      mail_append_wrapped(body, *line);
  }
  return g_string_free(body, FALSE);
}

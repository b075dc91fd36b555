#include "base/error.h"
#include "keeper/keeper-private.h"

/* Reminders of an expiry: what has come due is collected by address, in portions, and
 * then each person gets one mail. Both are taken up again where a killed run stopped. */

#define PORTION 500
/* How many certificates a mail lists. */
#define REMINDER_CERTIFICATES 100

/* An uploaded certificate has no applicant: whoever runs the instance is reminded. */
static gboolean read_owner(Keeper *keeper, const char *certificate, RequestApplicant *ret_owner,
                           LedgerApplication **ret_application, GError **error)
{
  LedgerApplication *application = NULL;
  if (!ledger_read_application(keeper->ledger, certificate, &application, error))
    return FALSE;
  *ret_application = application;
  if (application != NULL && application->content->applicant != NULL &&
      application->content->applicant->email != NULL)
    *ret_owner = *application->content->applicant;
  else
    *ret_owner = (RequestApplicant){
        .name = (char *)configuration_organization_name(keeper->configuration),
        .email = (char *)configuration_organization_email(keeper->configuration)};
  return TRUE;
}

static gboolean collect_one(Keeper *keeper, const GArray *days, const LedgerReminding *reminding,
                            GError **error)
{
  const LifecycleReminderTimes times =
      lifecycle_reminder_times(days, &reminding->facts, keeper->now);
  LifecycleReminder reason = lifecycle_reminder(&reminding->facts);
  gboolean issued = reminding->facts.status == LIFECYCLE_STATUS_ISSUED;
  if (!ledger_set_reminding(keeper->ledger, reminding->id, issued ? times.next : 0, error))
    return FALSE;
  if (!times.due || reason == LIFECYCLE_REMINDER_NONE)
    return TRUE;
  RequestApplicant owner = {0};
  g_autoptr(LedgerApplication) application = NULL;
  return read_owner(keeper, reminding->id, &owner, &application, error) &&
         ledger_add_reminder(keeper->ledger, reminding, reason, owner.email, keeper->now, error);
}

static gboolean collect(Keeper *keeper, const GArray *days, GError **error)
{
  for (;;) {
    g_autoptr(GPtrArray) due = ledger_remindings_due(keeper->ledger, keeper->now, PORTION, error);
    if (due == NULL)
      return FALSE;
    if (due->len == 0)
      return TRUE;
    if (!keeper_group_begin(keeper, error))
      return FALSE;
    for (guint i = 0; i < due->len; i++)
      if (!collect_one(keeper, days, g_ptr_array_index(due, i), error))
        return FALSE;
    if (!keeper_group_next(keeper, error))
      return FALSE;
  }
}

/* What the mail says of each certificate, with the facts that it borrows from. */
static gboolean read_reminders(Keeper *keeper, const GPtrArray *rows, OutboxReminder *reminders,
                               GPtrArray *facts, GError **error)
{
  for (guint i = 0; i < rows->len; i++) {
    const LedgerReminder *row = g_ptr_array_index(rows, i);
    LifecycleCertificate *certificate = NULL;
    if (!ledger_read_certificate_facts(keeper->ledger, row->certificate, &certificate, error))
      return FALSE;
    g_assert(certificate != NULL);
    g_ptr_array_add(facts, certificate);
    reminders[i] = (OutboxReminder){row->certificate, (const char *const *)certificate->names,
                                    row->not_after, row->reason, certificate->successor};
  }
  return TRUE;
}

static gboolean add_mail(Keeper *keeper, const char *address, const OutboxMail *mail,
                         GError **error)
{
  g_autoptr(GError) refused = NULL;
  GBytes *content = outbox_make_mail(mail, &refused);
  if (content == NULL && g_error_matches(refused, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED)) {
    keeper_say(keeper, "%s: no reminder was written: %s", mail->reminders[0].certificate,
               refused->message);
    return TRUE;
  }
  if (content == NULL) {
    g_propagate_error(error, g_steal_pointer(&refused));
    return FALSE;
  }
  return keeper_add_output(
      keeper, keeper_output_new_document(outbox_reminder_path(address, keeper->now), content),
      error);
}

static gboolean write_one(Keeper *keeper, const char *address, gint64 count, GError **error)
{
  g_autoptr(GPtrArray) rows =
      ledger_reminders_to(keeper->ledger, address, REMINDER_CERTIFICATES, error);
  if (rows == NULL)
    return FALSE;
  const LedgerReminder *first = g_ptr_array_index(rows, 0);
  RequestApplicant owner = {0};
  g_autoptr(LedgerApplication) application = NULL;
  g_autofree OutboxReminder *reminders = g_new0(OutboxReminder, rows->len);
  g_autoptr(GPtrArray) facts =
      g_ptr_array_new_with_free_func((GDestroyNotify)lifecycle_certificate_free);
  if (!read_owner(keeper, first->certificate, &owner, &application, error) ||
      !read_reminders(keeper, rows, reminders, facts, error))
    return FALSE;
  const OutboxMail mail = {.kind = LIFECYCLE_MAIL_REMINDER,
                           .applicant = &owner,
                           .configuration = keeper->configuration,
                           .at = keeper->now,
                           .reminders = reminders,
                           .reminder_count = rows->len,
                           .reminder_more = count - rows->len};
  return add_mail(keeper, address, &mail, error) &&
         ledger_drop_reminders(keeper->ledger, address, error);
}

static gboolean write_all(Keeper *keeper, GError **error)
{
  for (guint written = 1;; written++) {
    g_autofree char *address = NULL;
    gint64 count = 0;
    if (!ledger_next_reminder(keeper->ledger, &address, &count, error))
      return FALSE;
    if (address == NULL)
      return keeper_group_next(keeper, error);
    if (!keeper_group_begin(keeper, error) || !write_one(keeper, address, count, error) ||
        (written % PORTION == 0 && !keeper_group_next(keeper, error)))
      return FALSE;
  }
}

/* Another list of days in the configuration: all are looked at again, once. */
static gboolean follow_configuration(Keeper *keeper, const GArray *days, GError **error)
{
  static const char name[] = "days of reminders";
  gint64 present = 1, before = 0;
  for (guint i = 0; i < days->len; i++)
    present = (present * 1000003 + g_array_index(days, gint64, i)) & G_MAXINT32;
  if (!ledger_read_number(keeper->ledger, name, &before, error))
    return FALSE;
  return before == present || (keeper_group_begin(keeper, error) &&
                               (before == 0 || ledger_reset_remindings(keeper->ledger, error)) &&
                               ledger_put_number(keeper->ledger, name, present, error) &&
                               keeper_group_next(keeper, error));
}

gboolean keeper_remind(Keeper *keeper, GError **error)
{
  g_autoptr(GArray) days = configuration_reminder_days(keeper->configuration);
  return follow_configuration(keeper, days, error) && collect(keeper, days, error) &&
         write_all(keeper, error);
}

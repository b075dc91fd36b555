/* expiry.ics: when certificates run out and when they are renewed, for calendars (RFC
 * 5545, by libical, which escapes and folds). What nothing renews by itself has alarms, on
 * the days on which its owner is reminded by mail. */
#include <libical/ical.h>

#include "base/clock.h"
#include "reports/feed.h"
#include "reports/page.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(icalcomponent, icalcomponent_free)

#define NUMBER "X-CERTDROP-NUMBER"
#define ALARMS "X-CERTDROP-ALARMS"
#define RECORD "BEGIN:VEVENT"
#define END "END:VCALENDAR\r\n"

static struct icaltimetype calendar_time(gint64 time)
{
  return icaltime_from_timet_with_zone((time_t)time, 0, icaltimezone_get_utc_timezone());
}

/* TEXT as a calendar can hold it; the caller frees it. */
static char *calendar_text(const char *text)
{
  char *owned = NULL;
  const char *clean = page_clean_text(text, &owned);
  return owned != NULL ? owned : g_strdup(clean);
}

/* The same event has the same UID, whenever it is moved to. */
static char *event_uid(const LedgerCertificate *certificate, const char *what)
{
  return g_strdup_printf("%s.%" G_GINT64_FORMAT ".%s@certdrop", certificate->id,
                         certificate->created, what);
}

/* What is only for certdrop: by its number, an event is found again in the file. */
static icalproperty *new_own(const char *name, const char *value)
{
  icalproperty *property = icalproperty_new_x(value);
  icalproperty_set_x_name(property, name);
  return property;
}

static icalproperty *new_number(gint64 number)
{
  char text[24];
  g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, number);
  return new_own(NUMBER, text);
}

static icalcomponent *new_event(const LedgerCertificate *certificate, const char *what, gint64 at,
                                const char *summary, const char *description)
{
  g_autofree char *uid = event_uid(certificate, what);
  g_autofree char *title = calendar_text(summary);
  g_autofree char *text = calendar_text(description);
  gint64 changed = MAX(certificate->changed, certificate->not_before);
  return icalcomponent_vanew(
      ICAL_VEVENT_COMPONENT, new_number(certificate->number), icalproperty_new_uid(uid),
      icalproperty_new_dtstamp(calendar_time(changed)), icalproperty_new_dtstart(calendar_time(at)),
      icalproperty_new_summary(title), icalproperty_new_description(text),
      icalproperty_new_categories("certificates"), icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT),
      NULL);
}

static void add_alarms(icalcomponent *event, const LedgerCertificate *certificate,
                       const GArray *days, const char *text)
{
  gint64 half = (certificate->not_after + 1 - certificate->not_before) / 2;
  g_autofree char *clean = calendar_text(text);
  for (guint i = 0; i < days->len; i++) {
    gint64 before = g_array_index(days, gint64, i) * CLOCK_DAY;
    if (before > half)
      continue;
    struct icaltriggertype trigger = icaltriggertype_from_int(-(int)before);
    icalcomponent_add_component(
        event, icalcomponent_vanew(
                   ICAL_VALARM_COMPONENT, icalproperty_new_action(ICAL_ACTION_DISPLAY),
                   icalproperty_new_description(clean), icalproperty_new_trigger(trigger), NULL));
  }
}

static gboolean is_planned(const LedgerCertificate *certificate)
{
  return certificate->due > LEDGER_LOOK_AGAIN;
}

/* What its owner should know on that day. */
static char *describe(const LedgerCertificate *certificate)
{
  g_autofree char *names =
      certificate->names != NULL ? g_strjoinv(", ", certificate->names) : g_strdup("--");
  g_autofree char *title =
      certificate->uploaded
          ? g_strdup("Uploaded")
          : g_strdup_printf("%s %s", certificate->product->brand, certificate->product->title);
  g_autoptr(GString) text = g_string_new(NULL);
  g_string_append_printf(text, "%s, for %s. ", title, names);
  if (certificate->failing_since > 0)
    g_string_append_printf(text, "Its renewal fails: %s.", certificate->failure);
  else if (is_planned(certificate))
    g_string_append(text, "It is renewed by itself before.");
  else if (certificate->successor != NULL)
    g_string_append_printf(text, "Its renewal, %s, is not issued yet.", certificate->successor);
  else
    g_string_append(text, "Nothing renews it by itself.");
  return g_string_free(g_steal_pointer(&text), FALSE);
}

static void write_event(FeedLines *lines, icalcomponent *event)
{
  char *text = icalcomponent_as_ical_string_r(event);
  feed_lines_add(lines, text, strlen(text));
  icalmemory_free_buffer(text);
}

static void write_events(FeedLines *lines, const LedgerCertificate *certificate, const GArray *days)
{
  g_autofree char *text = describe(certificate);
  const char *name = certificate->names != NULL ? certificate->names[0] : "";
  g_autofree char *runs_out = g_strdup_printf("%s runs out: %s", certificate->id, name);
  g_autoptr(icalcomponent) expiry =
      new_event(certificate, "expiry", certificate->not_after + 1, runs_out, text);
  if (!is_planned(certificate) || certificate->failing_since > 0)
    add_alarms(expiry, certificate, days, runs_out);
  write_event(lines, expiry);
  if (!is_planned(certificate))
    return;
  g_autofree char *renewed = g_strdup_printf("%s is renewed by itself: %s", certificate->id, name);
  g_autoptr(icalcomponent) renewal =
      new_event(certificate, "renewal", certificate->due, renewed, text);
  write_event(lines, renewal);
}

static gboolean write_block(FeedLines *lines, const ReportsContext *context, gint64 block,
                            GError **error)
{
  g_autoptr(GPtrArray) rows =
      feed_certificates_in_use(context->ledger, block, 1u << LIFECYCLE_STATUS_ISSUED, error);
  if (rows == NULL)
    return FALSE;
  g_autoptr(GArray) days = configuration_reminder_days(context->configuration);
  for (guint i = 0; i < rows->len; i++)
    write_events(lines, g_ptr_array_index(rows, i), days);
  return TRUE;
}

/* On which days before the end, so that a change of it is seen. */
static icalproperty *new_alarms(const GArray *days)
{
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < days->len; i++)
    g_string_append_printf(text, "%s%" G_GINT64_FORMAT, i > 0 ? " " : "",
                           g_array_index(days, gint64, i));
  return new_own(ALARMS, text->str);
}

static gboolean write_start(GString *start, const ReportsContext *context,
                            GError **error G_GNUC_UNUSED)
{
  g_autofree char *name = g_strdup_printf("Certificates of %s",
                                          configuration_organization_name(context->configuration));
  g_autofree char *clean = calendar_text(name);
  g_autoptr(GArray) days = configuration_reminder_days(context->configuration);
  g_autoptr(icalcomponent) calendar = icalcomponent_vanew(
      ICAL_VCALENDAR_COMPONENT, icalproperty_new_version("2.0"),
      icalproperty_new_prodid("-//certdrop//certdrop//EN"), icalproperty_new_calscale("GREGORIAN"),
      icalproperty_new_name(clean), new_alarms(days), NULL);
  char *text = icalcomponent_as_ical_string_r(calendar);
  g_string_append_len(start, text, (gssize)(strlen(text) - strlen(END)));
  icalmemory_free_buffer(text);
  return TRUE;
}

const FeedLinesKind feed_calendar = {
    .path = "reports/expiry.ics",
    .write_start = write_start,
    .start_is_of_all = TRUE,
    .sections = {{"", NULL, write_block}},
    .tail = END,
    .record = RECORD,
    .number_at = sizeof(RECORD "\r\n" NUMBER ":") - 1,
    .topics = {LEDGER_STALE_CERTIFICATE, LEDGER_STALE_BLOCK, 0},
    .next_block = feed_next_certificates,
};

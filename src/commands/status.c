#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "commands/commands-private.h"

/* One line on the instance's health, as monitoring plugins write it: a word, what is wrong,
 * and after a "|" the numbers with their thresholds (RANGE: an alert where the number is
 * outside of it; "14:" is 14 or more, "26" is 0 to 26). It reads the ledger alone, beside a
 * run too. */

typedef enum { OK = 0, WARNING, CRITICAL, UNKNOWN } Level; /* also the exit status */

static const char *const level_names[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

/* Days before an expiry that nothing sees to. */
#define WARNING_DAYS 14
#define CRITICAL_DAYS 3
/* A nightly run may come two hours late; then two of them are missing. */
#define RUN_WARNING (26 * CLOCK_HOUR)
#define RUN_CRITICAL (50 * CLOCK_HOUR)
/* The list lives for a week and is made anew in its middle. */
#define CRL_WARNING (2 * CLOCK_DAY)
#define CRL_CRITICAL CLOCK_DAY

typedef struct {
  gint64 now;
  gint64 warning_days;
  gint64 critical_days;
  LedgerHealth health;
  Level level;
  GString *wrong;   /* what is not as it should be */
  GString *numbers; /* after the "|" */
} Status;

/* A finding of LEVEL, with what is wrong. */
static void found(Status *status, Level level, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void found(Status *status, Level level, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_string_append(status->wrong, status->wrong->len > 0 ? ", " : "");
  g_string_append_vprintf(status->wrong, format, arguments);
  va_end(arguments);
  status->level = MAX(status->level, level);
}

static void add_number(Status *status, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void add_number(Status *status, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_string_append(status->numbers, status->numbers->len > 0 ? " " : "");
  g_string_append_vprintf(status->numbers, format, arguments);
  va_end(arguments);
}

/* "3 days", "1 hour", "less than an hour". */
static char *span(gint64 seconds)
{
  gint64 days = seconds / CLOCK_DAY, hours = seconds / CLOCK_HOUR;
  if (days > 1)
    return g_strdup_printf("%" G_GINT64_FORMAT " days", days);
  if (hours < 1)
    return g_strdup("less than an hour");
  return g_strdup_printf("%" G_GINT64_FORMAT " hour%s", hours, hours == 1 ? "" : "s");
}

/* ---- What is looked at ---- */

static void look_at_runs(Status *status)
{
  if (status->health.last_run == 0) {
    found(status, WARNING, "there was no run yet");
    add_number(status, "last_run=U;%d;%d;0", (int)RUN_WARNING, (int)RUN_CRITICAL);
    return;
  }
  gint64 age = MAX(status->now - status->health.last_run, 0);
  g_autofree char *text = span(age);
  if (age > RUN_WARNING)
    found(status, age > RUN_CRITICAL ? CRITICAL : WARNING, "the last run was %s ago", text);
  add_number(status, "last_run=%" G_GINT64_FORMAT "s;%d;%d;0", age, (int)RUN_WARNING,
             (int)RUN_CRITICAL);
}

static Level level_of_days(const Status *status, gint64 not_after)
{
  gint64 left = not_after + 1 - status->now;
  if (left < status->critical_days * CLOCK_DAY)
    return CRITICAL;
  return left < status->warning_days * CLOCK_DAY ? WARNING : OK;
}

/* The next one that runs out while nobody sees to it. */
static void look_at_expiry(Status *status)
{
  const LedgerHealth *health = &status->health;
  g_autofree char *thresholds = g_strdup_printf("%" G_GINT64_FORMAT ":;%" G_GINT64_FORMAT ":",
                                                status->warning_days, status->critical_days);
  if (health->unattended == NULL) {
    add_number(status, "days=U;%s", thresholds);
    return;
  }
  gint64 left = health->unattended_end + 1 - status->now;
  g_autofree char *text = span(MAX(left, 0));
  Level level = level_of_days(status, health->unattended_end);
  if (level != OK && left > 0)
    found(status, level, "%s runs out in %s and nothing renews it", health->unattended, text);
  else if (level != OK)
    found(status, level, "%s has run out", health->unattended);
  add_number(status, "days=%.2f;%s", floor((double)left * 100 / CLOCK_DAY) / 100, thresholds);
}

static void look_at_renewals(Status *status)
{
  const LedgerHealth *health = &status->health;
  gint64 count = health->counts.renewals_failing;
  if (count > 0) {
    Level level = MAX(WARNING, level_of_days(status, health->failing_end));
    g_autofree char *text = span(MAX(health->failing_end + 1 - status->now, 0));
    found(status, health->failing_end > 0 ? level : WARNING,
          "%" G_GINT64_FORMAT " renewal%s or issue%s fail%s", count, count == 1 ? "" : "s",
          count == 1 ? "" : "s", count == 1 ? "s" : "");
    if (health->failing_end > 0)
      g_string_append_printf(status->wrong, " (%s runs out in %s)", health->failing, text);
  }
  add_number(status, "renewals_failing=%" G_GINT64_FORMAT ";0;;0", count);
}

static void look_at_deployments(Status *status)
{
  gint64 count = status->health.counts.deployments_failing;
  if (count > 0)
    found(status, WARNING, "%" G_GINT64_FORMAT " deployment%s fail%s", count, count == 1 ? "" : "s",
          count == 1 ? "s" : "");
  add_number(status, "deployments_failing=%" G_GINT64_FORMAT ";0;;0", count);
}

static void look_at_mail(Status *status)
{
  gint64 count = status->health.counts.mail_failing;
  if (count > 0)
    found(status, WARNING, "%" G_GINT64_FORMAT " message%s could not be sent", count,
          count == 1 ? "" : "s");
  add_number(status, "mail_failing=%" G_GINT64_FORMAT ";0;;0", count);
}

static void look_at_crl(Status *status)
{
  gint64 left = status->health.crl_end - status->now;
  g_autofree char *text = span(MAX(left, 0));
  if (status->health.crl_end == 0)
    return;
  if (left <= 0)
    found(status, CRITICAL, "the revocation list has ended");
  else if (left < CRL_WARNING)
    found(status, left < CRL_CRITICAL ? CRITICAL : WARNING, "the revocation list ends in %s", text);
  add_number(status, "crl=%" G_GINT64_FORMAT "s;%d:;%d:", left, (int)CRL_WARNING,
             (int)CRL_CRITICAL);
}

static void look_at_counts(Status *status)
{
  const LedgerHealth *health = &status->health;
  add_number(status, "issued=%" G_GINT64_FORMAT ";;;0", health->statuses[LIFECYCLE_STATUS_ISSUED]);
  add_number(status, "waiting=%" G_GINT64_FORMAT ";;;0", health->waiting);
}

static void (*const looks[])(Status *status) = {
    look_at_runs,        look_at_crl,  look_at_expiry, look_at_renewals,
    look_at_deployments, look_at_mail, look_at_counts,
};

/* What there is to say where nothing is wrong. */
static void say_well(const Status *status, GString *line)
{
  const LedgerHealth *health = &status->health;
  gint64 issued = health->statuses[LIFECYCLE_STATUS_ISSUED];
  g_string_append_printf(line, "%" G_GINT64_FORMAT " certificate%s issued", issued,
                         issued == 1 ? "" : "s");
  if (health->next != NULL) {
    g_autofree char *text = span(MAX(health->next_end + 1 - status->now, 0));
    g_string_append_printf(line, ", the next runs out in %s (%s)", text, health->next);
  }
  g_autofree char *age = span(MAX(status->now - health->last_run, 0));
  g_string_append_printf(line, ", last run %s ago", age);
}

static void print_status(Status *status)
{
  g_autoptr(GString) line = g_string_new(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(looks); i++)
    looks[i](status);
  g_string_append_printf(line, "CERTDROP %s - ", level_names[status->level]);
  if (status->wrong->len > 0)
    g_string_append(line, status->wrong->str);
  else
    say_well(status, line);
  printf("%s | %s\n", line->str, status->numbers->str);
}

/* Reads a number of days, as "14" or as the range "14:". */
static gboolean read_days(const char *text, const char *option, gint64 *ret_days, GError **error)
{
  if (text == NULL)
    return TRUE;
  g_autofree char *digits = g_strdup(text);
  if (g_str_has_suffix(digits, ":"))
    digits[strlen(digits) - 1] = '\0';
  guint64 days = 0;
  if (!g_ascii_string_to_unsigned(digits, 10, 0, 36500, &days, NULL)) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_USAGE, "%s %s: a number of days, such as 14",
                option, text);
    return FALSE;
  }
  *ret_days = (gint64)days;
  return TRUE;
}

static gboolean read_options(Status *status, int argc, char **argv, GError **error)
{
  g_autofree char *warning = NULL, *critical = NULL;
  const GOptionEntry entries[] = {
      {"warning", 'w', 0, G_OPTION_ARG_STRING, &warning,
       "warn of what runs out in less than so many days (14)", "DAYS"},
      {"critical", 'c', 0, G_OPTION_ARG_STRING, &critical, "the same, where it is critical (3)",
       "DAYS"},
      G_OPTION_ENTRY_NULL,
  };
  if (!command_parse("status", entries, &argc, &argv, 0, 0, error) ||
      !read_days(warning, "-w", &status->warning_days, error) ||
      !read_days(critical, "-c", &status->critical_days, error))
    return FALSE;
  if (status->critical_days <= status->warning_days)
    return TRUE;
  g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_USAGE,
              "-c has fewer days than -w: what is critical comes after the warning");
  return FALSE;
}

int command_status(const CommandContext *context, int argc, char **argv, GError **error)
{
  Status status = {
      .now = clock_now(), .warning_days = WARNING_DAYS, .critical_days = CRITICAL_DAYS};
  if (!read_options(&status, argc, argv, error))
    return -1;
  g_autoptr(Keeper) keeper = keeper_open(context->root, KEEPER_FOR_SHOW, error);
  gint64 until = status.now + status.warning_days * CLOCK_DAY;
  if (keeper == NULL || !ledger_read_health(keeper_ledger(keeper), until, &status.health, error))
    return -1;
  status.wrong = g_string_new(NULL);
  status.numbers = g_string_new(NULL);
  print_status(&status);
  g_string_free(status.wrong, TRUE);
  g_string_free(status.numbers, TRUE);
  ledger_health_clear(&status.health);
  return (int)status.level;
}

int command_status_fail(const GError *error)
{
  g_autofree char *text = g_strdup(error->message);
  printf("CERTDROP %s - %s\n", level_names[UNKNOWN], g_strdelimit(text, "|\n", ' '));
  return UNKNOWN;
}

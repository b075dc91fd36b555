#include "base/clock.h"

#include <time.h>

#include "base/error.h"

static gint64 clock_fixed = G_MININT64;

gint64 clock_now(void)
{
  return clock_fixed != G_MININT64 ? clock_fixed : g_get_real_time() / G_USEC_PER_SEC;
}

void clock_set(gint64 now)
{
  clock_fixed = now;
}

gint64 clock_boot(void)
{
  g_autofree char *id = NULL;
  if (!g_file_get_contents("/proc/sys/kernel/random/boot_id", &id, NULL, NULL))
    return 0;
  gint64 number = 0;
  for (const char *at = id; *at != '\0' && number < G_MAXINT64 >> 4; at++)
    if (g_ascii_isxdigit(*at))
      number = number << 4 | g_ascii_xdigit_value(*at);
  return number;
}

gint64 clock_since_boot(void)
{
  struct timespec time = {0};
  clock_gettime(CLOCK_BOOTTIME, &time);
  return (gint64)time.tv_sec;
}

gboolean clock_parse(const char *text, gint64 *ret_time, GError **error)
{
  /* GLib also takes ISO 8601's other forms, and times without an offset. */
  static const char form[] = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?"
                             "([Zz]|[+-][0-9]{2}:[0-9]{2})$";
  g_autoptr(GDateTime) time = NULL;
  if (g_regex_match_simple(form, text, 0, 0)) {
    g_autofree char *upper = g_ascii_strup(text, -1);
    time = g_date_time_new_from_iso8601(upper, NULL);
  }
  if (time == NULL) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_USAGE,
                "\"%s\" is not a time of RFC 3339, such as 2026-03-01T02:00:00Z", text);
    return FALSE;
  }
  *ret_time = g_date_time_to_unix(time);
  return TRUE;
}

/* Feeds have many: g_date_time_format() takes three times as long. */
char *clock_format(gint64 time)
{
  g_autoptr(GDateTime) moment = g_date_time_new_from_unix_utc(time);
  if (moment == NULL)
    return g_strdup("-");
  int year = 0, month = 0, day = 0;
  g_date_time_get_ymd(moment, &year, &month, &day);
  return g_strdup_printf("%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day,
                         g_date_time_get_hour(moment), g_date_time_get_minute(moment),
                         g_date_time_get_second(moment));
}

char *clock_format_date(gint64 time)
{
  static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  g_autoptr(GDateTime) moment = g_date_time_new_from_unix_utc(time);
  if (moment == NULL)
    return g_strdup("-");
  return g_strdup_printf("%s %d, %d", months[g_date_time_get_month(moment) - 1],
                         g_date_time_get_day_of_month(moment), g_date_time_get_year(moment));
}

gint64 clock_add_years(gint64 time, int years)
{
  const gint64 last = 253402300799; /* 9999-12-31T23:59:59Z */
  g_autoptr(GDateTime) moment = g_date_time_new_from_unix_utc(time);
  g_autoptr(GDateTime) later = g_date_time_add_years(moment, years);
  return later != NULL ? g_date_time_to_unix(later) : last;
}

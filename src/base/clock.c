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

/* How a day is written. */
typedef struct {
  gint64 number; /* since 1970-01-01 */
  gboolean known;
  char iso[16];  /* 2026-11-23; "" where the calendar does not reach */
  char text[16]; /* Nov 23, 2026 */
} Day;

static void day_fill(Day *day, gint64 number)
{
  static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  *day = (Day){number, TRUE, "", "-"};
  if (ABS(number) > G_MAXINT32)
    return;
  g_autoptr(GDateTime) moment = g_date_time_new_from_unix_utc(number * CLOCK_DAY);
  if (moment == NULL)
    return;
  int year = 0, month = 0, of_month = 0;
  g_date_time_get_ymd(moment, &year, &month, &of_month);
  g_snprintf(day->iso, sizeof day->iso, "%04d-%02d-%02d", year, month, of_month);
  g_snprintf(day->text, sizeof day->text, "%s %d, %d", months[month - 1], of_month, year);
}

/* The day of TIME. Feeds and pages have many times of few days, which are known by their last
 * digits. */
static const Day *day_of(gint64 time)
{
  static _Thread_local Day days[16];
  gint64 number = time / CLOCK_DAY - (time % CLOCK_DAY < 0);
  Day *day = &days[(guint64)number % G_N_ELEMENTS(days)];
  if (!day->known || day->number != number)
    day_fill(day, number);
  return day;
}

char *clock_format(gint64 time)
{
  const Day *day = day_of(time);
  if (*day->iso == '\0')
    return g_strdup("-");
  guint second = (guint)(time - day->number * CLOCK_DAY);
  const guint parts[] = {second / 3600, second / 60 % 60, second % 60};
  char clock[] = "T00:00:00Z";
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
    clock[3 * i + 1] = (char)('0' + parts[i] / 10);
    clock[3 * i + 2] = (char)('0' + parts[i] % 10);
  }
  return g_strconcat(day->iso, clock, NULL);
}

char *clock_format_date(gint64 time)
{
  return g_strdup(day_of(time)->text);
}

gint64 clock_add_years(gint64 time, int years)
{
  const gint64 last = 253402300799; /* 9999-12-31T23:59:59Z */
  g_autoptr(GDateTime) moment = g_date_time_new_from_unix_utc(time);
  g_autoptr(GDateTime) later = g_date_time_add_years(moment, years);
  return later != NULL ? g_date_time_to_unix(later) : last;
}

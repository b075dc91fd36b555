#include "base/month.h"

#include <stdlib.h>

#include "base/clock.h"

static const char *const titles[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

gint64 month_of(gint64 time)
{
  g_autoptr(GDateTime) moment = g_date_time_new_from_unix_utc(time);
  g_assert(moment != NULL);
  return (gint64)g_date_time_get_year(moment) * 12 + g_date_time_get_month(moment) - 1;
}

static gint64 day_of(int year, int month, int day)
{
  g_autoptr(GDateTime) begin = g_date_time_new_utc(year, month, day, 0, 0, 0);
  return begin != NULL ? g_date_time_to_unix(begin) / CLOCK_DAY : -1;
}

gint64 month_first_day(gint64 month)
{
  const gint64 end = (gint64)253402300800 / CLOCK_DAY; /* 10000-01-01 */
  gint64 day = day_of((int)(month / 12), (int)(month % 12) + 1, 1);
  return day >= 0 ? day : end;
}

char *month_name(gint64 month)
{
  return g_strdup_printf("%04d-%02d", (int)(month / 12), (int)(month % 12) + 1);
}

/* Whether TEXT begins like FORM, whose "0" stands for any digit. */
static gboolean fits(const char *text, const char *form)
{
  for (; *form != '\0'; form++, text++)
    if (*form == '0' ? !g_ascii_isdigit(*text) : *text != *form)
      return FALSE;
  return *text == '\0';
}

gint64 month_from_name(const char *text)
{
  if (!fits(text, "0000-00"))
    return -1;
  gint64 year = g_ascii_strtoll(text, NULL, 10), month = g_ascii_strtoll(text + 5, NULL, 10);
  return month >= 1 && month <= 12 ? year * 12 + month - 1 : -1;
}

char *month_title(gint64 month)
{
  return g_strdup_printf("%s %d", titles[month % 12], (int)(month / 12));
}

char *month_short_title(gint64 month)
{
  return g_strdup_printf("%.3s %d", titles[month % 12], (int)(month / 12));
}

char *month_day_name(gint64 day)
{
  g_autofree char *name = month_name(month_of(day * CLOCK_DAY));
  return g_strdup_printf("%s-%02d", name,
                         (int)(day - month_first_day(month_of(day * CLOCK_DAY))) + 1);
}

static int number_at(const char *digits)
{
  return (int)g_ascii_strtoll(digits, NULL, 10);
}

gint64 month_day_from_name(const char *text)
{
  return fits(text, "0000-00-00")
             ? day_of(number_at(text), number_at(text + 5), number_at(text + 8))
             : -1;
}

char *month_day_title(gint64 day)
{
  gint64 month = month_of(day * CLOCK_DAY);
  return g_strdup_printf("%s %d, %d", titles[month % 12], (int)(day - month_first_day(month)) + 1,
                         (int)(month / 12));
}

/* Calendar months in UTC, counted: year * 12 + month - 1, so that the next one is one more. */
#ifndef CERTDROP_BASE_MONTH_H
#define CERTDROP_BASE_MONTH_H

#include <glib.h>

/* The month that TIME, seconds since 1970, lies in. */
gint64 month_of(gint64 time);
/* Its first day, in days since 1970. */
gint64 month_first_day(gint64 month);

/* "2026-12", as in the names of pages, and the other way round: -1 where TEXT is no month. */
char *month_name(gint64 month);
gint64 month_from_name(const char *text);

/* "December 2026"; "Dec 2026". The caller frees them. */
char *month_title(gint64 month);
char *month_short_title(gint64 month);

/* "2026-12-08", the other way round (-1), and "December 8, 2026", of a day since 1970. */
char *month_day_name(gint64 day);
gint64 month_day_from_name(const char *text);
char *month_day_title(gint64 day);

#endif

/* Time. One function says what time it is; all else gets it handed in, as
 * seconds since 1970-01-01 UTC. */
#ifndef CERTDROP_BASE_CLOCK_H
#define CERTDROP_BASE_CLOCK_H

#include <glib.h>

#define CLOCK_DAY ((gint64)86400)
#define CLOCK_HOUR ((gint64)3600)

/* The present, in seconds: the machine's clock, or what clock_set() said. */
gint64 clock_now(void);

/* Takes NOW for the present from here on (`--at`). */
void clock_set(gint64 now);

/* A number of the time since the machine was started, another one each time: what was written
 * without a sync in the same is still there to be read. 0: not known. */
gint64 clock_boot(void);

/* How long ago that was, in seconds; it knows neither `--at` nor changes of the clock. */
gint64 clock_since_boot(void);

/* Reads an RFC 3339 time ("2026-03-01T02:00:00Z", any offset). Returns FALSE
 * with ERROR set (CERTDROP_ERROR_USAGE) where TEXT is none. */
gboolean clock_parse(const char *text, gint64 *ret_time, GError **error);

/* TIME as RFC 3339 in UTC ("2026-03-01T02:00:00Z"); the caller frees it. */
char *clock_format(gint64 time);

/* TIME for people ("Mar 1, 2026", in UTC); the caller frees it. */
char *clock_format_date(gint64 time);

/* The same moment YEARS calendar years later; 29 February becomes the 28th in
 * a year that has none. Never later than the last second of the year 9999, beyond
 * which neither certificates nor calendars go. */
gint64 clock_add_years(gint64 time, int years);

#endif

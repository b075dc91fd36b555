/* Times as they are read, written and added to; and the exit statuses of errors. */
#include "base/clock.h"
#include "base/error.h"

#include <errno.h>

#define LAST_SECOND G_GINT64_CONSTANT(253402300799) /* 9999-12-31T23:59:59Z */

static void test_parse(void)
{
  static const struct {
    const char *text;
    gint64 time;
  } cases[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"2026-11-23T02:00:07Z", 1795399207},
      {"2026-11-23t02:00:07z", 1795399207},
      {"2026-11-23T10:00:07+08:00", 1795399207},
      {"2026-11-22T20:30:07-05:30", 1795399207},
      {"2026-11-23T02:00:07.999Z", 1795399207},
      {"2028-02-29T00:00:00Z", 1835395200},
      {"1969-12-31T23:59:59Z", -1},
      {"9999-12-31T23:59:59Z", LAST_SECOND},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    gint64 time = 0;
    g_test_message("%s", cases[i].text);
    g_assert_true(clock_parse(cases[i].text, &time, &error));
    g_assert_no_error(error);
    g_assert_cmpint(time, ==, cases[i].time);
  }
}

static void test_parse_refuses(void)
{
  static const char *const texts[] = {
      "",
      "now",
      "2026-11-23",
      "2026-11-23T02:00:07",
      "2026-11-23 02:00:07Z",
      "20261123T020007Z",
      "2026-W48-1T02:00:07Z",
      "2026-11-23T02:00Z",
      "2026-11-23T24:00:00Z",
      "2026-11-23T02:60:00Z",
      "2026-13-01T00:00:00Z",
      "2026-02-29T00:00:00Z",
      "2026-11-23T02:00:07+0800",
      "2026-11-23T02:00:07+08",
      "2026-11-23T02:00:07Z ",
      "2026-11-23T02:00:07Zulu",
      "2026-11-23T02:00:07Z\n",
      "-2026-11-23T02:00:07Z",
      "1795399207",
  };
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autoptr(GError) error = NULL;
    gint64 time = -7;
    g_test_message("%s", texts[i]);
    g_assert_false(clock_parse(texts[i], &time, &error));
    g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_USAGE);
    g_assert_cmpint(error_exit_status(error), ==, 64);
    g_assert_cmpint(time, ==, -7);
  }
}

static void test_format(void)
{
  g_autofree char *time = clock_format(1795399207);
  g_autofree char *date = clock_format_date(1795399207);
  g_autofree char *first = clock_format_date(1772323200);
  g_autofree char *nowhere = clock_format(G_MAXINT64);
  g_autofree char *never = clock_format_date(G_MININT64);
  g_autofree char *before = clock_format(-1);
  g_autofree char *day_before = clock_format_date(-CLOCK_DAY);
  g_autofree char *last = clock_format(LAST_SECOND);
  g_assert_cmpstr(time, ==, "2026-11-23T02:00:07Z");
  g_assert_cmpstr(date, ==, "Nov 23, 2026");
  g_assert_cmpstr(first, ==, "Mar 1, 2026");
  g_assert_cmpstr(nowhere, ==, "-");
  g_assert_cmpstr(never, ==, "-");
  g_assert_cmpstr(before, ==, "1969-12-31T23:59:59Z");
  g_assert_cmpstr(day_before, ==, "Dec 31, 1969");
  g_assert_cmpstr(last, ==, "9999-12-31T23:59:59Z");
}

static void test_add_years(void)
{
  static const struct {
    const char *from;
    int years;
    const char *to;
  } cases[] = {
      {"2026-11-23T02:00:07Z", 1, "2027-11-23T02:00:07Z"},
      {"2026-11-23T02:00:07Z", 2, "2028-11-23T02:00:07Z"},
      {"2028-02-29T12:00:00Z", 1, "2029-02-28T12:00:00Z"},
      {"2028-02-29T12:00:00Z", 4, "2032-02-29T12:00:00Z"},
      {"2027-02-28T23:59:59Z", 1, "2028-02-28T23:59:59Z"},
      {"2096-02-29T00:00:00Z", 4, "2100-02-28T00:00:00Z"}, /* 2100 is no leap year */
      {"2026-12-31T23:59:59Z", 1, "2027-12-31T23:59:59Z"},
      {"9998-12-31T23:59:59Z", 1, "9999-12-31T23:59:59Z"},
      {"9999-01-01T00:00:00Z", 1, "9999-12-31T23:59:59Z"}, /* the end of all calendars */
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    gint64 from = 0;
    g_assert_true(clock_parse(cases[i].from, &from, NULL));
    g_autofree char *to = clock_format(clock_add_years(from, cases[i].years));
    g_assert_cmpstr(to, ==, cases[i].to);
  }
}

static void test_set(void)
{
  clock_set(1795399207);
  g_assert_cmpint(clock_now(), ==, 1795399207);
  clock_set(0);
  g_assert_cmpint(clock_now(), ==, 0);
}

static void test_exit_status(void)
{
  static const int statuses[CERTDROP_ERROR_N] = {
      [CERTDROP_ERROR_REFUSED] = 1, [CERTDROP_ERROR_USAGE] = 64,
      [CERTDROP_ERROR_BUSY] = 75,   [CERTDROP_ERROR_CONFIGURATION] = 78,
      [CERTDROP_ERROR_IO] = 74,     [CERTDROP_ERROR_CORRUPT] = 74,
      [CERTDROP_ERROR_BUG] = 70,
  };
  for (int code = 1; code < CERTDROP_ERROR_N; code++) {
    g_autoptr(GError) error = g_error_new_literal(CERTDROP_ERROR, code, "x");
    g_assert_cmpint(error_exit_status(error), ==, statuses[code]);
  }
  g_autoptr(GError) other = g_error_new_literal(G_FILE_ERROR, G_FILE_ERROR_NOSPC, "x");
  g_assert_cmpint(error_exit_status(other), ==, 74);
  g_autoptr(GError) error = NULL;
  g_assert_false(error_set_errno(&error, ENOSPC, "%s: cannot write", "state/x"));
  g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_IO);
  g_assert_true(g_str_has_prefix(error->message, "state/x: cannot write: "));
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/base/clock/parse", test_parse);
  g_test_add_func("/base/clock/parse-refuses", test_parse_refuses);
  g_test_add_func("/base/clock/format", test_format);
  g_test_add_func("/base/clock/add-years", test_add_years);
  g_test_add_func("/base/clock/set", test_set);
  g_test_add_func("/base/error/exit-status", test_exit_status);
  return g_test_run();
}

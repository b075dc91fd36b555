/* Reminders: each day of the list once, of several missed ones the last; nobody is
 * alarmed about what certdrop sees to by itself. And how failures are tried again. */
#include "lifecycle-test.h"

static LifecycleReminderFacts facts_of(gint64 days)
{
  return (LifecycleReminderFacts){
      .status = LIFECYCLE_STATUS_ISSUED, .not_before = NOW, .not_after = NOW + days * DAY - 1};
}

/* The reminders that are due on each day of the lifetime, each run marking what it
 * sent; runs that are MISSED, from the first to the last day, are left out. */
static char *days_reminded(const char *before, gint64 lifetime, gint64 missed, gint64 until)
{
  ConfigurationReminder reminder = {(char *)before};
  const Configuration configuration = {.reminder = before != NULL ? &reminder : NULL};
  g_autoptr(GArray) days = configuration_reminder_days(&configuration);
  LifecycleReminderFacts facts = facts_of(lifetime);
  GString *found = g_string_new(NULL);
  for (gint64 left = lifetime - 1; left >= -2; left--) {
    if (left <= missed && left >= until)
      continue;
    gint64 now = facts.not_after + 1 - left * DAY;
    const LifecycleReminderTimes times = lifecycle_reminder_times(days, &facts, now);
    if (times.due) {
      g_string_append_printf(found, "%s%d", found->len > 0 ? " " : "", (int)left);
      facts.reminded = now;
    }
    g_assert_false(lifecycle_reminder_times(days, &facts, now).due);
    g_assert_true(times.next == 0 || times.next > now);
  }
  return g_string_free(found, FALSE);
}

static void test_days(void)
{
  static const struct {
    const char *before;
    gint64 lifetime, missed, until;
    const char *wanted;
  } rows[] = {
      {NULL, 200, -9, 0, "60 30 14 7 1"},
      {NULL, 398, -9, 0, "60 30 14 7 1"},
      {NULL, 120, -9, 0, "60 30 14 7 1"},
      {NULL, 119, -9, 0, "30 14 7 1"},
      {NULL, 47, -9, 0, "14 7 1"},
      {NULL, 6, -9, 0, "1"},
      {NULL, 1, -9, 0, ""},
      {"", 200, -9, 0, ""},
      {"1d 90d", 200, -9, 0, "90 1"},
      {"30d 30d", 200, -9, 0, "30"},
      {NULL, 200, 31, 10, "60 9 7 1"}, /* nights that failed: one mail, not one for each */
      {NULL, 200, 60, 1, ""},          /* on its last day nothing is left to remind of */
      {NULL, 200, 60, -1, ""},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *found =
        days_reminded(rows[i].before, rows[i].lifetime, rows[i].missed, rows[i].until);
    g_assert_cmpstr(found, ==, rows[i].wanted);
  }
}

static void test_next(void)
{
  const Configuration configuration = {0};
  g_autoptr(GArray) days = configuration_reminder_days(&configuration);
  LifecycleReminderFacts facts = facts_of(200);
  gint64 end = facts.not_after + 1;
  g_assert_cmpint(lifecycle_reminder_times(days, &facts, NOW).next, ==, end - 60 * DAY);
  g_assert_cmpint(lifecycle_reminder_times(days, &facts, end - 60 * DAY).next, ==, end - 30 * DAY);
  g_assert_cmpint(lifecycle_reminder_times(days, &facts, end - DAY).next, ==, 0);
}

static void test_reasons(void)
{
  LifecycleReminderFacts facts = facts_of(200);
  g_assert_cmpint(lifecycle_reminder(&facts), ==, LIFECYCLE_REMINDER_TO_RENEW);
  facts.uploaded = TRUE;
  g_assert_cmpint(lifecycle_reminder(&facts), ==, LIFECYCLE_REMINDER_TO_REPLACE);
  facts.uploaded = FALSE;
  facts.planned = TRUE;
  g_assert_cmpint(lifecycle_reminder(&facts), ==, LIFECYCLE_REMINDER_NONE);
  facts.reissue_waits = TRUE;
  g_assert_cmpint(lifecycle_reminder(&facts), ==, LIFECYCLE_REMINDER_TO_VERIFY);
  facts.reissue_waits = FALSE;
  static const LifecycleReminder by_successor[LIFECYCLE_STATUS_N] = {
      [LIFECYCLE_STATUS_AWAITING_PAYMENT] = LIFECYCLE_REMINDER_TO_PAY,
      [LIFECYCLE_STATUS_PAID] = LIFECYCLE_REMINDER_TO_APPLY,
      [LIFECYCLE_STATUS_PENDING_VERIFICATION] = LIFECYCLE_REMINDER_TO_VERIFY,
      [LIFECYCLE_STATUS_VERIFICATION_FAILED] = LIFECYCLE_REMINDER_TO_MEND,
      [LIFECYCLE_STATUS_ISSUED] = LIFECYCLE_REMINDER_NONE,
      [LIFECYCLE_STATUS_EXPIRED] = LIFECYCLE_REMINDER_TO_RENEW,
      [LIFECYCLE_STATUS_REVOKED] = LIFECYCLE_REMINDER_TO_RENEW,
      [LIFECYCLE_STATUS_REFUNDED] = LIFECYCLE_REMINDER_TO_RENEW,
  };
  facts.planned = FALSE;
  for (LifecycleStatus status = 1; status < LIFECYCLE_STATUS_N; status++) {
    facts.successor = status;
    facts.failing = FALSE;
    g_assert_cmpint(lifecycle_reminder(&facts), ==, by_successor[status]);
    facts.failing = TRUE;
    g_assert_cmpint(lifecycle_reminder(&facts), ==,
                    status == LIFECYCLE_STATUS_ISSUED ? LIFECYCLE_REMINDER_NONE
                                                      : LIFECYCLE_REMINDER_FAILING);
  }
  facts.successor = 0;
  for (LifecycleStatus status = 0; status < LIFECYCLE_STATUS_N; status++) {
    facts.status = status;
    g_assert_cmpint(lifecycle_reminder(&facts) != LIFECYCLE_REMINDER_NONE, ==,
                    status == LIFECYCLE_STATUS_ISSUED);
  }
}

static void test_retry(void)
{
  gint64 before = 0;
  for (gint64 failures = 1; failures < 100; failures++) {
    gint64 pause = lifecycle_retry_pause(failures);
    g_assert_cmpint(pause, >=, before);
    g_assert_cmpint(pause, >, 0);
    g_assert_cmpint(pause, <, DAY);
    before = pause;
  }
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/lifecycle/reminder/days", test_days);
  g_test_add_func("/lifecycle/reminder/next", test_next);
  g_test_add_func("/lifecycle/reminder/reasons", test_reasons);
  g_test_add_func("/lifecycle/retry", test_retry);
  return g_test_run();
}

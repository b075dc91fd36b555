#include "base/clock.h"
#include "lifecycle/lifecycle.h"

/* Reminders: whether a certificate's owner is to hear that it runs out, why, and when
 * to look at it again. What certdrop sees to by itself needs no alarm, unless that
 * fails or waits for somebody. */

/* What the renewal waits for, by the status of the certificate that it makes; 0: it
 * makes none any more. */
static const LifecycleReminder renewal_waits[LIFECYCLE_STATUS_N] = {
    [LIFECYCLE_STATUS_AWAITING_PAYMENT] = LIFECYCLE_REMINDER_TO_PAY,
    [LIFECYCLE_STATUS_PAID] = LIFECYCLE_REMINDER_TO_APPLY,
    [LIFECYCLE_STATUS_PENDING_VERIFICATION] = LIFECYCLE_REMINDER_TO_VERIFY,
    [LIFECYCLE_STATUS_VERIFICATION_FAILED] = LIFECYCLE_REMINDER_TO_MEND,
};

LifecycleReminder lifecycle_reminder(const LifecycleReminderFacts *facts)
{
  if (facts->status != LIFECYCLE_STATUS_ISSUED || facts->successor == LIFECYCLE_STATUS_ISSUED)
    return LIFECYCLE_REMINDER_NONE;
  if (facts->failing)
    return LIFECYCLE_REMINDER_FAILING;
  if (renewal_waits[facts->successor] != 0)
    return renewal_waits[facts->successor];
  if (facts->reissue_waits)
    return LIFECYCLE_REMINDER_TO_VERIFY;
  if (facts->uploaded)
    return LIFECYCLE_REMINDER_TO_REPLACE;
  return facts->planned ? LIFECYCLE_REMINDER_NONE : LIFECYCLE_REMINDER_TO_RENEW;
}

LifecycleReminderTimes lifecycle_reminder_times(const GArray *days,
                                                const LifecycleReminderFacts *facts, gint64 now)
{
  gint64 end = facts->not_after + 1;
  gint64 half = (end - facts->not_before) / 2;
  LifecycleReminderTimes times = {FALSE, 0};
  for (guint i = 0; i < days->len; i++) {
    gint64 before = g_array_index(days, gint64, i) * CLOCK_DAY, at = end - before;
    if (before > half)
      continue;
    if (at > now)
      times.next = times.next == 0 ? at : MIN(times.next, at);
    else if (at > facts->reminded)
      times.due = TRUE;
  }
  times.due = times.due && now < end;
  return times;
}

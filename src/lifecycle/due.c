#include "base/clock.h"
#include "lifecycle/lifecycle.h"

/* When the nightly run renews a certificate or issues it anew: by the share of the
 * lifetime that is configured, spread so that what was bought on one day does not come
 * due in one night. */

/* What is left as it is, or its successor serves already. */
static gboolean is_settled(const LifecycleDueFacts *facts)
{
  gboolean issued =
      facts->status == LIFECYCLE_STATUS_ISSUED || facts->status == LIFECYCLE_STATUS_EXPIRED;
  gboolean succeeded = facts->successor && (facts->successor_status == LIFECYCLE_STATUS_ISSUED ||
                                            facts->successor_status == LIFECYCLE_STATUS_EXPIRED);
  return !issued || succeeded || facts->uploaded || facts->first_issued == 0;
}

/* The window of what ends at END after LIFETIME. */
static LifecyclePlan plan_before(const Configuration *configuration, LifecycleWork work, gint64 end,
                                 gint64 lifetime)
{
  gint64 margin = configuration_renewal_margin(configuration, lifetime);
  return (LifecyclePlan){
      .work = work,
      .earliest = end - lifetime / 2,
      .due = end - margin,
      .latest = end - margin / 2,
      .period = MAX(lifetime - margin, 1),
  };
}

static LifecyclePlan plan_reissue(const Configuration *configuration,
                                  const LifecycleDueFacts *facts)
{
  gint64 end = facts->not_after + 1;
  LifecyclePlan plan =
      plan_before(configuration, LIFECYCLE_WORK_REISSUE, end, end - facts->not_before);
  /* Under way: looked at again when the time for it gets short, but not at once. */
  if (facts->asked > 0)
    plan.earliest = plan.due = plan.latest = MAX(plan.latest, facts->asked + CLOCK_DAY);
  return plan;
}

/* By the term and the product's lifetime, never by a last certificate that the end of
 * the term has shortened (rules.md 19). */
static LifecyclePlan plan_renewal(const Configuration *configuration,
                                  const LifecycleDueFacts *facts)
{
  gint64 term = facts->term_end - facts->first_issued;
  gint64 days = product_lifetime_days(facts->product, facts->term_end);
  gint64 lifetime = days > 0 ? MIN(days * CLOCK_DAY, term) : term;
  return plan_before(configuration, LIFECYCLE_WORK_RENEW, facts->term_end, lifetime);
}

LifecyclePlan lifecycle_plan(const Configuration *configuration, const LifecycleDueFacts *facts,
                             gint64 now)
{
  if (facts->status == LIFECYCLE_STATUS_PAID)
    return (LifecyclePlan){.work = LIFECYCLE_WORK_CONTINUE, .period = 1};
  if (is_settled(facts))
    return (LifecyclePlan){0};
  gboolean reissues = facts->not_after + 1 < facts->term_end && now < facts->term_end;
  gboolean renews = facts->auto_renew && !facts->successor;
  LifecyclePlan reissue = {0}, renewal = {0};
  if (reissues)
    reissue = plan_reissue(configuration, facts);
  if (!renews)
    return reissue;
  renewal = plan_renewal(configuration, facts);
  if (!reissues)
    return renewal;
  if (renewal.earliest > MAX(reissue.due, now))
    return reissue;
  /* The renewal may take the place of the last re-issue, and then is made in its time. */
  renewal.due = MIN(renewal.due, reissue.due);
  renewal.latest = MIN(renewal.latest, reissue.latest);
  return renewal;
}

/* The first day of FROM to TO, or the last if LATE, with the fewest; *RET_COUNT is how many. */
static gint64 emptiest_day(const LifecycleNights *nights, gint64 from, gint64 to, gboolean late,
                           gint64 *ret_count)
{
  gint64 best = from, fewest = G_MAXINT64;
  for (gint64 day = from; day <= to; day++) {
    gint64 count = nights->count(day, nights->data);
    if (count < fewest || (late && count == fewest)) {
      best = day;
      fewest = count;
    }
  }
  *ret_count = fewest;
  return best;
}

/* What a night takes before later ones are looked at: twice its share, and a few at least. */
static gint64 night_share(const LifecyclePlan *plan, const LifecycleNights *nights)
{
  return MAX(2 * nights->total * CLOCK_DAY / plan->period, 3);
}

gint64 lifecycle_spread(const LifecyclePlan *plan, gint64 now, const LifecycleNights *nights)
{
  gint64 today = now / CLOCK_DAY;
  gint64 from = MAX((plan->earliest + CLOCK_DAY - 1) / CLOCK_DAY, today);
  gint64 to = plan->due / CLOCK_DAY, until = plan->latest / CLOCK_DAY;
  gint64 chosen = 0, count = 0, later_count = 0;
  if (to >= from)
    chosen = emptiest_day(nights, from, to, TRUE, &count) * CLOCK_DAY;
  else if (plan->due > now) {
    /* So short a window has no midnight in it; the night after takes it. */
    chosen = plan->due;
    count = nights->count(to++, nights->data);
  } else {
    to = today;
    chosen = emptiest_day(nights, to, to, TRUE, &count) * CLOCK_DAY;
  }
  if (until > to && count >= night_share(plan, nights)) {
    gint64 later = emptiest_day(nights, to + 1, until, FALSE, &later_count);
    chosen = later_count < count ? later * CLOCK_DAY : chosen;
  }
  return chosen;
}

gint64 lifecycle_next_failure_mail(gint64 now)
{
  /* Nights are not a whole day apart each time: an hour less is enough. */
  return now + CLOCK_DAY - CLOCK_HOUR;
}

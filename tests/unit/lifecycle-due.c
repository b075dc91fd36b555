/* When renewals and re-issues are due, for certificates that live for a day and for years. */
#include "base/clock.h"
#include "lifecycle-test.h"

#define HOUR ((gint64)3600)

static void set_before(World *world, const char *before)
{
  Configuration *configuration = world->configuration;
  if (configuration->renewal == NULL)
    configuration->renewal = g_new0(ConfigurationRenewal, 1);
  g_free(configuration->renewal->before);
  configuration->renewal->before = g_strdup(before);
  configuration->renewal->review_days = 398;
}

/* A certificate of DAYS that was issued at NOW, in a term of TERM days. */
static LifecycleDueFacts facts_of(const World *world, gint64 days, gint64 term)
{
  return (LifecycleDueFacts){
      .status = LIFECYCLE_STATUS_ISSUED,
      .product = catalog_find(world->catalog, "dv"),
      .first_issued = NOW,
      .not_before = NOW,
      .not_after = NOW + MIN(days, term) * DAY - 1,
      .term_end = NOW + term * DAY,
  };
}

static void set_lifetime(const World *world, const char *lifetime)
{
  Product *product = (Product *)catalog_find(world->catalog, "dv");
  g_free(product->lifetime);
  product->lifetime = g_strdup(lifetime);
}

/* How long before the end of LIFETIME days it is due, in seconds, by BEFORE. */
static void test_margins(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *before;
    gint64 days, margin; /* in seconds */
  } cases[] = {
      {"33%", 1, DAY * 33 / 100},
      {"33%", 6, 6 * DAY * 33 / 100},
      {"33%", 47, 47 * DAY * 33 / 100},
      {"33%", 90, 90 * DAY * 33 / 100},
      {"33%", 200, 66 * DAY},
      {"33%", 398, 398 * DAY * 33 / 100},
      {"50%", 1, 12 * HOUR},
      {"50%", 47, 47 * 12 * HOUR},
      {"1%", 200, 2 * DAY},
      {"30d", 1, 12 * HOUR},
      {"30d", 6, 3 * DAY},
      {"30d", 47, 47 * 12 * HOUR},
      {"30d", 90, 30 * DAY},
      {"30d", 200, 30 * DAY},
      {"30d", 398, 30 * DAY},
      {"999d", 398, 199 * DAY},
      {"1d", 1, 12 * HOUR},
      {"1d", 6, DAY},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    set_before(world, cases[i].before);
    LifecycleDueFacts facts = facts_of(world, cases[i].days, 3650);
    LifecyclePlan plan = lifecycle_plan(world->configuration, &facts, NOW);
    gint64 end = NOW + cases[i].days * DAY;
    g_test_message("%s of %d days", cases[i].before, (int)cases[i].days);
    g_assert_cmpint(plan.work, ==, LIFECYCLE_WORK_REISSUE);
    g_assert_cmpint(plan.due, ==, end - cases[i].margin);
    g_assert_cmpint(plan.earliest, ==, NOW + cases[i].days * 12 * HOUR);
    g_assert_cmpint(plan.due, >=, plan.earliest);
    g_assert_cmpint(plan.latest, >=, plan.due);
    g_assert_cmpint(plan.latest, <, end);
  }
  g_assert_cmpint(configuration_renewal_margin(&(Configuration){0}, 100 * DAY), ==, 33 * DAY);
}

static gint64 no_night(gint64 day G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  return 0;
}

/* With nothing else due: the last midnight before the due point or, where so short a
 * lifetime has none in its window, that point to the second. */
static void test_alone(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const gint64 lifetimes[] = {1, 6, 47, 90, 200, 398};
  static const char *const befores[] = {"33%", "30d", "7d", "1%", "50%"};
  const LifecycleNights nights = {no_night, NULL, 0};
  for (gsize i = 0; i < G_N_ELEMENTS(lifetimes); i++)
    for (gsize k = 0; k < G_N_ELEMENTS(befores); k++) {
      set_before(world, befores[k]);
      LifecycleDueFacts facts = facts_of(world, lifetimes[i], 3650);
      LifecyclePlan plan = lifecycle_plan(world->configuration, &facts, NOW);
      gint64 due = lifecycle_spread(&plan, NOW, &nights);
      gint64 midnight = plan.due / DAY * DAY;
      g_assert_cmpint(due, ==, midnight >= plan.earliest ? midnight : plan.due);
      g_assert_cmpint(due, >=, plan.earliest);
      g_assert_cmpint(due, <=, plan.due);
    }
}

/* Rules.md 19: by the term's end and the product's lifetime, whatever the last certificate. */
static void test_renewal_by_term(World *world, gconstpointer data G_GNUC_UNUSED)
{
  set_before(world, "33%");
  set_lifetime(world, "100");
  LifecycleDueFacts facts = facts_of(world, 100, 365);
  facts.auto_renew = TRUE;
  facts.not_before = facts.term_end - 3 * DAY; /* the term's end has left it 3 days */
  facts.not_after = facts.term_end - 1;
  LifecyclePlan plan = lifecycle_plan(world->configuration, &facts, NOW);
  g_assert_cmpint(plan.work, ==, LIFECYCLE_WORK_RENEW);
  g_assert_cmpint(plan.due, ==, facts.term_end - 33 * DAY);
  g_assert_cmpint(plan.earliest, ==, facts.term_end - 50 * DAY);
  /* A lifetime that is the term, or longer than it, counts as the term. */
  static const char *const lifetimes[] = {"term", "398"};
  for (gsize i = 0; i < G_N_ELEMENTS(lifetimes); i++) {
    set_lifetime(world, lifetimes[i]);
    facts = facts_of(world, 365, 365);
    facts.auto_renew = TRUE;
    plan = lifecycle_plan(world->configuration, &facts, NOW);
    g_assert_cmpint(plan.work, ==, LIFECYCLE_WORK_RENEW);
    g_assert_cmpint(plan.due, ==, facts.term_end - 365 * DAY * 33 / 100);
  }
  facts.auto_renew = FALSE;
  g_assert_cmpint(lifecycle_plan(world->configuration, &facts, NOW).work, ==, 0);
}

/* What was missed cannot be made up for once the term is over. */
static void test_term_over(World *world, gconstpointer data G_GNUC_UNUSED)
{
  set_before(world, "33%");
  set_lifetime(world, "100");
  LifecycleDueFacts facts = facts_of(world, 100, 365);
  facts.status = LIFECYCLE_STATUS_EXPIRED;
  g_assert_cmpint(lifecycle_plan(world->configuration, &facts, facts.term_end - 1).work, ==,
                  LIFECYCLE_WORK_REISSUE);
  g_assert_cmpint(lifecycle_plan(world->configuration, &facts, facts.term_end).work, ==, 0);
  facts.auto_renew = TRUE;
  g_assert_cmpint(lifecycle_plan(world->configuration, &facts, facts.term_end).work, ==,
                  LIFECYCLE_WORK_RENEW);
}

/* Re-issue after re-issue, until one falls into the time of the renewal. */
static void test_renewal_in_place_of_reissue(World *world, gconstpointer data G_GNUC_UNUSED)
{
  set_before(world, "33%");
  set_lifetime(world, "100");
  LifecycleDueFacts facts = facts_of(world, 100, 365);
  facts.auto_renew = TRUE;
  g_assert_cmpint(lifecycle_plan(world->configuration, &facts, NOW).work, ==,
                  LIFECYCLE_WORK_REISSUE);
  facts.not_before = NOW + 249 * DAY; /* its re-issue is due at day 316, the renewal from 315 on */
  facts.not_after = facts.not_before + 100 * DAY - 1;
  LifecyclePlan plan = lifecycle_plan(world->configuration, &facts, NOW);
  g_assert_cmpint(plan.work, ==, LIFECYCLE_WORK_RENEW);
  g_assert_cmpint(plan.earliest, ==, facts.term_end - 50 * DAY);
  g_assert_cmpint(plan.due, ==, facts.not_before + 67 * DAY);
  facts.not_before -= 2 * DAY;
  facts.not_after -= 2 * DAY;
  g_assert_cmpint(lifecycle_plan(world->configuration, &facts, NOW).work, ==,
                  LIFECYCLE_WORK_REISSUE);
  /* A re-issue that was missed is not made up for when the renewal can be made. */
  plan = lifecycle_plan(world->configuration, &facts, facts.term_end - 50 * DAY);
  g_assert_cmpint(plan.work, ==, LIFECYCLE_WORK_RENEW);
}

/* What has a successor, is out of use, came from others or was never issued. */
static void test_nothing_due(World *world, gconstpointer data G_GNUC_UNUSED)
{
  LifecycleDueFacts facts = facts_of(world, 100, 365);
  facts.auto_renew = TRUE;
  for (LifecycleStatus status = 0; status < LIFECYCLE_STATUS_N; status++) {
    facts.status = status;
    gboolean issued = status == LIFECYCLE_STATUS_ISSUED || status == LIFECYCLE_STATUS_EXPIRED;
    LifecycleWork wanted = issued ? LIFECYCLE_WORK_REISSUE : 0;
    wanted = status == LIFECYCLE_STATUS_PAID ? LIFECYCLE_WORK_CONTINUE : wanted;
    g_assert_cmpint(lifecycle_plan(world->configuration, &facts, NOW).work, ==, wanted);
  }
  facts.status = LIFECYCLE_STATUS_ISSUED;
  facts.uploaded = TRUE;
  g_assert_cmpint(lifecycle_plan(world->configuration, &facts, NOW).work, ==, 0);
  facts.uploaded = FALSE;
  facts.successor = TRUE;
  for (LifecycleStatus status = 0; status < LIFECYCLE_STATUS_N; status++) {
    facts.successor_status = status;
    gboolean serves = status == LIFECYCLE_STATUS_ISSUED || status == LIFECYCLE_STATUS_EXPIRED;
    g_assert_cmpint(lifecycle_plan(world->configuration, &facts, NOW).work, ==,
                    serves ? 0 : LIFECYCLE_WORK_REISSUE);
  }
  facts.not_after = facts.term_end - 1; /* the whole term: only a renewal, and that is there */
  facts.successor_status = LIFECYCLE_STATUS_AWAITING_PAYMENT;
  g_assert_cmpint(lifecycle_plan(world->configuration, &facts, NOW).work, ==, 0);
}

/* What waits for a review or an issuer outside is looked at when the time gets short. */
static void test_under_way(World *world, gconstpointer data G_GNUC_UNUSED)
{
  set_before(world, "30d");
  LifecycleDueFacts facts = facts_of(world, 100, 365);
  facts.asked = NOW + 50 * DAY;
  LifecyclePlan plan = lifecycle_plan(world->configuration, &facts, NOW);
  g_assert_cmpint(plan.work, ==, LIFECYCLE_WORK_REISSUE);
  g_assert_cmpint(plan.earliest, ==, NOW + 85 * DAY);
  g_assert_cmpint(plan.due, ==, NOW + 85 * DAY);
  facts.asked = NOW + 90 * DAY; /* late already, but a day it may have */
  plan = lifecycle_plan(world->configuration, &facts, NOW);
  g_assert_cmpint(plan.due, ==, NOW + 91 * DAY);
}

/* A calendar as a run keeps it. */
typedef struct {
  gint64 counts[800]; /* from the day of NOW on */
  gint64 total;
} Calendar;

static gint64 calendar_count(gint64 day, gpointer data)
{
  const Calendar *calendar = data;
  gint64 index = day - NOW / DAY;
  g_assert_cmpint(index, >=, 0);
  g_assert_cmpint(index, <, (gint64)G_N_ELEMENTS(calendar->counts));
  return calendar->counts[index];
}

static gint64 take_night(Calendar *calendar, const LifecyclePlan *plan, gint64 now)
{
  const LifecycleNights nights = {calendar_count, calendar, calendar->total};
  gint64 due = lifecycle_spread(plan, now, &nights);
  calendar->counts[due / DAY - NOW / DAY]++;
  calendar->total++;
  return due;
}

/* 200 certificates of one day, by the lifetime: never more in a night than three times what
 * a night has on the average once they are spread. */
static void test_batch(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const gint64 lifetimes[] = {47, 90, 100, 200, 398};
  static const char *const befores[] = {"33%", "30d", "50%"};
  for (gsize i = 0; i < G_N_ELEMENTS(lifetimes); i++)
    for (gsize k = 0; k < G_N_ELEMENTS(befores); k++) {
      Calendar calendar = {0};
      set_before(world, befores[k]);
      LifecycleDueFacts facts = facts_of(world, lifetimes[i], 3650);
      LifecyclePlan plan = lifecycle_plan(world->configuration, &facts, NOW);
      gint64 most = 0, latest = 0;
      for (guint n = 0; n < 200; n++) {
        gint64 due = take_night(&calendar, &plan, NOW);
        g_assert_cmpint(due, >=, plan.earliest);
        g_assert_cmpint(due, <=, plan.latest);
        latest = MAX(latest, due);
      }
      for (gsize n = 0; n < G_N_ELEMENTS(calendar.counts); n++)
        most = MAX(most, calendar.counts[n]);
      g_test_message("%d days, %s: at most %d", (int)lifetimes[i], befores[k], (int)most);
      g_assert_cmpint(most, <=, MAX(3 * 200 * DAY / plan.period, 3));
      /* A later night than what is configured is taken only where it has to be. */
      if (latest > plan.due)
        g_assert_cmpint(200, >, 2 * (plan.due - plan.earliest) / DAY);
    }
}

/* What is overdue is done today; of very many, some later. */
static void test_overdue(World *world, gconstpointer data G_GNUC_UNUSED)
{
  set_before(world, "33%");
  LifecycleDueFacts facts = facts_of(world, 100, 365);
  LifecyclePlan plan = lifecycle_plan(world->configuration, &facts, NOW);
  Calendar calendar = {0};
  gint64 now = plan.due + 3 * DAY;
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint(take_night(&calendar, &plan, now), ==, now / DAY * DAY);
  gint64 last = 0;
  for (guint i = 0; i < 100; i++)
    last = MAX(last, take_night(&calendar, &plan, now));
  g_assert_cmpint(last, >, now);
  g_assert_cmpint(last, <=, plan.latest);
  g_assert_cmpint(take_night(&calendar, &plan, facts.not_after + 10 * DAY), ==,
                  (facts.not_after + 10 * DAY) / DAY * DAY);
  /* Within the window it is the present night at the earliest. */
  now = plan.earliest + 5 * DAY;
  g_assert_cmpint(take_night(&calendar, &plan, now), >=, now / DAY * DAY);
}

static void test_failure_mails(World *world G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  gint64 next = lifecycle_next_failure_mail(NOW);
  g_assert_cmpint(next, >, NOW + DAY / 2); /* a watch looks all day long */
  g_assert_cmpint(next, <=, NOW + DAY - 60);
}

static void check_term_end(const char *at, const char *left_until, gint64 years, const char *wanted,
                           gint64 lost_days)
{
  g_autoptr(Catalog) catalog = new_catalog();
  gint64 now = 0, left = 0, lost = 0;
  g_assert_true(clock_parse(at, &now, NULL));
  if (left_until != NULL)
    g_assert_true(clock_parse(left_until, &left, NULL));
  gint64 end = lifecycle_term_end(catalog_find(catalog, "dv"), years, now, left, &lost);
  g_autofree char *text = clock_format(end);
  g_assert_cmpstr(text, ==, wanted);
  g_assert_cmpint(lost, ==, lost_days * DAY);
}

/* What is left comes first, and both together are at most the product's two years. */
static void test_term_ends(World *world G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  check_term_end("2027-10-10T01:02:03Z", NULL, 1, "2028-10-10T01:02:03Z", 0);
  check_term_end("2027-10-10T01:02:03Z", "2027-11-23T02:00:07Z", 1, "2028-11-23T02:00:07Z", 0);
  check_term_end("2027-10-10T02:00:07Z", "2027-11-23T02:00:07Z", 2, "2029-10-10T02:00:07Z", 44);
  check_term_end("2027-12-24T01:02:03Z", "2027-11-23T02:00:07Z", 2, "2029-12-24T01:02:03Z", 0);
  check_term_end("2027-12-24T00:00:00Z", "2028-02-29T00:00:00Z", 1, "2029-02-28T00:00:00Z", 0);
  check_term_end("2027-01-01T00:00:00Z", "2028-12-31T00:00:00Z", 1, "2029-01-01T00:00:00Z", 364);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define ADD(name, test)                                                                            \
  g_test_add("/lifecycle/due/" name, World, NULL, world_set_up, test, world_tear_down)
  ADD("margins", test_margins);
  ADD("alone", test_alone);
  ADD("renewal-by-term", test_renewal_by_term);
  ADD("renewal-in-place-of-reissue", test_renewal_in_place_of_reissue);
  ADD("nothing-due", test_nothing_due);
  ADD("under-way", test_under_way);
  ADD("batch", test_batch);
  ADD("overdue", test_overdue);
  ADD("failure-mails", test_failure_mails);
  ADD("term-ends", test_term_ends);
  ADD("term-over", test_term_over);
  return g_test_run();
}

#include "base/clock.h"
#include "lifecycle/lifecycle.h"

/* What failed is tried again soon, then ever more seldom, and once a day for as long as
 * it takes: a nightly run tries it each night. */
gint64 lifecycle_retry_pause(gint64 failures)
{
  static const gint64 pauses[] = {300, 900, CLOCK_HOUR, 4 * CLOCK_HOUR, 12 * CLOCK_HOUR};
  /* A night's run may begin a little earlier than the last one's. */
  const gint64 longest = CLOCK_DAY - CLOCK_HOUR;
  g_assert(failures > 0);
  return failures <= (gint64)G_N_ELEMENTS(pauses) ? pauses[failures - 1] : longest;
}

#include "base/clock.h"
#include "lifecycle/lifecycle.h"

LifecycleTerm lifecycle_term(const Product *product, gint64 now, gint64 term_end)
{
  gint64 days = product_lifetime_days(product, now);
  gint64 end = days > 0 ? MIN(now + days * CLOCK_DAY, term_end) : term_end;
  return (LifecycleTerm){now, end - 1, term_end};
}

gint64 lifecycle_term_end(const Product *product, gint64 years, gint64 now, gint64 left_until,
                          gint64 *ret_lost)
{
  gint64 wanted = clock_add_years(MAX(now, left_until), (int)years);
  gint64 longest = clock_add_years(now, (int)MAX(years, product->maximum_years));
  if (ret_lost != NULL)
    *ret_lost = CLAMP(wanted - longest, 0, MAX(left_until - now, 0));
  return MIN(wanted, longest);
}

#include "base/clock.h"
#include "lifecycle/lifecycle.h"

LifecycleTerm lifecycle_term(const Product *product, gint64 years, gint64 now)
{
  gint64 term_end = clock_add_years(now, (int)years);
  gint64 days = product_lifetime_days(product, now);
  gint64 end = days > 0 ? MIN(now + days * CLOCK_DAY, term_end) : term_end;
  return (LifecycleTerm){now, end - 1, term_end};
}

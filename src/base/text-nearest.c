#include <string.h>

#include "base/text.h"

/* Edits that turn one text into the other: a character added, removed, changed, or two
 * swapped (Damerau's distance, restricted). Upper and lower case are the same. */
static guint distance(const char *left, const char *right)
{
  enum { LONGEST = 40 };
  gsize m = strlen(left), n = strlen(right);
  guint cost[LONGEST + 1][LONGEST + 1];
  if (m > LONGEST || n > LONGEST)
    return G_MAXUINT;
  for (gsize i = 0; i <= m; i++)
    cost[i][0] = (guint)i;
  for (gsize j = 0; j <= n; j++)
    cost[0][j] = (guint)j;
  for (gsize i = 1; i <= m; i++)
    for (gsize j = 1; j <= n; j++) {
      char a = g_ascii_tolower(left[i - 1]), b = g_ascii_tolower(right[j - 1]);
      guint least = MIN(cost[i - 1][j], cost[i][j - 1]) + 1;
      cost[i][j] = MIN(least, cost[i - 1][j - 1] + (a != b));
      if (i > 1 && j > 1 && a == g_ascii_tolower(right[j - 2]) && g_ascii_tolower(left[i - 2]) == b)
        cost[i][j] = MIN(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  return cost[m][n];
}

const char *text_nearest(const char *name, const char *const *names)
{
  const char *nearest = NULL;
  guint least = (guint)strlen(name) / 3;
  for (; *names != NULL; names++) {
    guint edits = distance(name, *names);
    if (edits > least || (nearest != NULL && edits == least))
      continue;
    nearest = *names;
    least = edits;
  }
  return nearest;
}

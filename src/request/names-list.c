#include "request/names.h"

#include <string.h>

gboolean names_is_under(const char *name, const char *suffix)
{
  gsize name_length = strlen(name);
  gsize suffix_length = strlen(suffix);
  if (name_length < suffix_length || strcmp(name + name_length - suffix_length, suffix) != 0)
    return FALSE;
  return name_length == suffix_length || name[name_length - suffix_length - 1] == '.';
}

gboolean names_is_under_any(const char *name, const char *const *suffixes)
{
  for (guint i = 0; suffixes != NULL && suffixes[i] != NULL; i++)
    if (names_is_under(name, suffixes[i]))
      return TRUE;
  return FALSE;
}

/* The last label of NAME that ends before END. */
static const char *label_before(const char *name, const char *end)
{
  while (end > name && end[-1] != '.')
    end--;
  return end;
}

static int compare_labels(const char *left, gsize left_length, const char *right,
                          gsize right_length)
{
  int order = memcmp(left, right, MIN(left_length, right_length));
  if (order != 0)
    return order;
  return (left_length > right_length) - (left_length < right_length);
}

int names_compare(const void *left_pointer, const void *right_pointer)
{
  const char *left = *(const char *const *)left_pointer;
  const char *right = *(const char *const *)right_pointer;
  const char *left_end = left + strlen(left);
  const char *right_end = right + strlen(right);
  for (;;) {
    const char *left_label = label_before(left, left_end);
    const char *right_label = label_before(right, right_end);
    int order = compare_labels(left_label, (gsize)(left_end - left_label), right_label,
                               (gsize)(right_end - right_label));
    if (order != 0)
      return order;
    if (left_label == left || right_label == right)
      return (left_label > left) - (right_label > right);
    left_end = left_label - 1;
    right_end = right_label - 1;
  }
}

/* The names in lower case, sorted, each once. */
static GPtrArray *sorted_set(const char *const *names)
{
  GPtrArray *set = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; names[i] != NULL; i++)
    g_ptr_array_add(set, g_ascii_strdown(names[i], -1));
  g_ptr_array_sort(set, names_compare);
  for (guint i = set->len; i > 1; i--)
    if (strcmp(set->pdata[i - 1], set->pdata[i - 2]) == 0)
      g_ptr_array_remove_index(set, i - 1);
  return set;
}

/* What is in SET and not in OTHER, both sorted. */
static char **only_in(const GPtrArray *set, const GPtrArray *other)
{
  GPtrArray *only = g_ptr_array_new();
  guint at = 0;
  for (guint i = 0; i < set->len; i++) {
    while (at < other->len && names_compare(&other->pdata[at], &set->pdata[i]) < 0)
      at++;
    if (at == other->len || strcmp(other->pdata[at], set->pdata[i]) != 0)
      g_ptr_array_add(only, g_strdup(set->pdata[i]));
  }
  g_ptr_array_add(only, NULL);
  return (char **)g_ptr_array_free(only, FALSE);
}

gboolean names_lists_equal(const char *const *wanted, const char *const *found, char ***ret_missing,
                           char ***ret_extra)
{
  g_autoptr(GPtrArray) wanted_set = sorted_set(wanted);
  g_autoptr(GPtrArray) found_set = sorted_set(found);
  g_auto(GStrv) missing = only_in(wanted_set, found_set);
  g_auto(GStrv) extra = only_in(found_set, wanted_set);
  gboolean equal = missing[0] == NULL && extra[0] == NULL;
  if (ret_missing != NULL)
    *ret_missing = g_steal_pointer(&missing);
  if (ret_extra != NULL)
    *ret_extra = g_steal_pointer(&extra);
  return equal;
}

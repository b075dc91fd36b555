#include "request/ids.h"

#include <string.h>

/* Where NAME ends in MARK and digits, where MARK begins; else NULL. */
static const char *find_counted_end(const char *name, const char *mark)
{
  gsize length = strlen(name), digits = 0, marked = strlen(mark);
  while (digits < length && g_ascii_isdigit(name[length - digits - 1]))
    digits++;
  if (digits == 0 || length - digits <= marked)
    return NULL;
  const char *begin = name + length - digits - marked;
  return strncmp(begin, mark, marked) == 0 ? begin : NULL;
}

gboolean ids_is_renewal(const char *name)
{
  return find_counted_end(name, "-r") != NULL;
}

gboolean ids_has_position(const char *name)
{
  return find_counted_end(name, ".") != NULL;
}

char *ids_certificate(const char *order, gint64 position)
{
  if (ids_is_renewal(order))
    return g_strdup(order);
  return g_strdup_printf("%s.%" G_GINT64_FORMAT, order, position);
}

char *ids_renewal(const char *root, gint64 n)
{
  return g_strdup_printf("%s-r%" G_GINT64_FORMAT, root, n);
}

char *ids_certificate_meant(const char *name)
{
  const char *renewal = find_counted_end(name, "-r");
  if (renewal == NULL)
    return ids_has_position(name) ? g_strdup(name) : ids_certificate(name, 1);
  g_autofree char *root = g_strndup(name, (gsize)(renewal - name));
  if (ids_has_position(root))
    return g_strdup(name);
  g_autofree char *first = ids_certificate(root, 1);
  return g_strconcat(first, renewal, NULL);
}

char *ids_order_of(const char *name)
{
  const char *point = ids_is_renewal(name) ? NULL : find_counted_end(name, ".");
  return point != NULL ? g_strndup(name, (gsize)(point - name)) : g_strdup(name);
}

gint64 ids_position(const char *id)
{
  const char *point = ids_is_renewal(id) ? NULL : find_counted_end(id, ".");
  return point != NULL ? g_ascii_strtoll(point + 1, NULL, 10) : 1;
}

char *ids_root(const char *id, gint64 *ret_n)
{
  const char *renewal = find_counted_end(id, "-r");
  if (ret_n != NULL)
    *ret_n = renewal != NULL ? g_ascii_strtoll(renewal + 2, NULL, 10) : 0;
  return renewal != NULL ? g_strndup(id, (gsize)(renewal - id)) : g_strdup(id);
}

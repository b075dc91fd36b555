#include <string.h>

#include "lifecycle/lifecycle-private.h"
#include "request/names.h"

/* Reads every name of the application; adds a fault for each that is none or
 * that comes twice. */
static GPtrArray *parse_names(const LifecycleFacts *facts, const LifecycleOrder *order,
                              const RequestApplication *application, GPtrArray *faults)
{
  g_autofree const char **suffixes = configuration_suffixes(facts->configuration);
  NamesScope scope =
      product_is_internal(order->product) ? NAMES_SCOPE_INTERNAL : NAMES_SCOPE_PUBLIC;
  GPtrArray *names = g_ptr_array_new_with_free_func((GDestroyNotify)names_name_free);
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (char **text = application->domains; *text != NULL; text++) {
    NamesName *name = names_parse(*text, scope, suffixes, faults, (guint)application->line);
    if (name == NULL)
      continue;
    if (!g_hash_table_add(seen, name->ascii))
      fault_add(faults, "domain-duplicate", application->line, "domain",
                "\"%s\" is given twice; leave it once", *text);
    g_ptr_array_add(names, name);
  }
  return names;
}

static void check_single(const LifecycleOrder *order, const GPtrArray *names, gint64 line,
                         GPtrArray *faults)
{
  const NamesName *first = g_ptr_array_index(names, 0);
  if (names->len != 1)
    fault_add(faults, "domain-count", line, "domains",
              "the product \"%s\" is for exactly one name, not for %u", order->product->id,
              names->len);
  else if (first->wildcard)
    fault_add(faults, "domain-wildcard", line, "domain",
              "\"%s\" is a wildcard; the product \"%s\" is for one name without \"*\"",
              first->unicode, order->product->id);
}

static void check_multiple(const LifecycleOrder *order, const GPtrArray *names, gint64 line,
                           GPtrArray *faults)
{
  if ((gint64)names->len > order->name_count)
    fault_add(faults, "domain-count", line, "domains",
              "%u names are more than the %" G_GINT64_FORMAT " that were ordered", names->len,
              order->name_count);
  for (guint i = 0; i < names->len; i++) {
    const NamesName *name = g_ptr_array_index(names, i);
    if (name->wildcard)
      fault_add(faults, "domain-wildcard", line, "domain",
                "\"%s\" is a wildcard; the product \"%s\" is for names without \"*\"",
                name->unicode, order->product->id);
  }
}

/* Exactly one "*.x"; "x" may stand beside it (rules.md 15). */
static void check_wildcard(const LifecycleOrder *order, const GPtrArray *names, gint64 line,
                           GPtrArray *faults)
{
  const NamesName *wildcard = NULL;
  guint wildcards = 0;
  for (guint i = 0; i < names->len; i++) {
    const NamesName *name = g_ptr_array_index(names, i);
    wildcards += name->wildcard ? 1 : 0;
    wildcard = name->wildcard ? name : wildcard;
  }
  if (wildcards != 1) {
    fault_add(faults, "domain-wildcard", line, "domains",
              "the product \"%s\" is for exactly one wildcard name such as \"*.abc.com\"; there %s",
              order->product->id, wildcards == 0 ? "is none" : "are more");
    return;
  }
  for (guint i = 0; i < names->len; i++) {
    const NamesName *name = g_ptr_array_index(names, i);
    if (!name->wildcard && strcmp(name->ascii, wildcard->ascii + strlen("*.")) != 0)
      fault_add(faults, "domain-count", line, "domain",
                "beside \"%s\" only \"%s\" can stand, not \"%s\"", wildcard->unicode,
                wildcard->unicode + strlen("*."), name->unicode);
  }
}

typedef void (*CheckNames)(const LifecycleOrder *order, const GPtrArray *names, gint64 line,
                           GPtrArray *faults);
static const CheckNames checks[] = {
    [PRODUCT_NAMES_SINGLE] = check_single,
    [PRODUCT_NAMES_MULTIPLE] = check_multiple,
    [PRODUCT_NAMES_WILDCARD] = check_wildcard,
};
G_STATIC_ASSERT(G_N_ELEMENTS(checks) == PRODUCT_NAMES_N);

char **application_check_names(const LifecycleFacts *facts, const LifecycleOrder *order,
                               const RequestApplication *application, GPtrArray *faults)
{
  guint before = faults->len;
  g_autoptr(GPtrArray) names = parse_names(facts, order, application, faults);
  if (names->len > 0 && faults->len == before)
    checks[product_names(order->product)](order, names, application->line, faults);
  if (names->len == 0 || faults->len > before)
    return NULL;
  char **texts = g_new0(char *, names->len + 1);
  for (guint i = 0; i < names->len; i++)
    texts[i] = g_strdup(((const NamesName *)g_ptr_array_index(names, i))->ascii);
  return texts;
}

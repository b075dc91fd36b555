#include <string.h>

#include "request/configuration.h"

const ConfigurationTarget *configuration_find_target(const Configuration *configuration,
                                                     const char *product)
{
  for (guint i = 0; configuration->targets != NULL && i < configuration->targets->len; i++) {
    const ConfigurationTarget *target = g_ptr_array_index(configuration->targets, i);
    if (strcmp(target->product, product) == 0)
      return target;
  }
  return NULL;
}

const char **configuration_target_names(const Configuration *configuration)
{
  GPtrArray *names = g_ptr_array_new();
  for (guint i = 0; configuration->targets != NULL && i < configuration->targets->len; i++)
    g_ptr_array_add(names,
                    ((ConfigurationTarget *)g_ptr_array_index(configuration->targets, i))->product);
  g_ptr_array_add(names, NULL);
  return (const char **)g_ptr_array_free(names, FALSE);
}

char **configuration_target_regions(const ConfigurationTarget *target)
{
  g_autoptr(GStrvBuilder) regions = g_strv_builder_new();
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  g_auto(GStrv) words = g_strsplit_set(target->regions != NULL ? target->regions : "", " \t\n", 0);
  for (char **word = words; *word != NULL; word++)
    if (**word != '\0' && g_hash_table_add(seen, *word))
      g_strv_builder_add(regions, *word);
  return g_strv_builder_end(regions);
}

const char *configuration_target_title(const ConfigurationTarget *target)
{
  return target->title != NULL ? target->title : target->product;
}

RequestFormat configuration_target_format(const ConfigurationTarget *target)
{
  RequestFormat format = target->format != NULL ? request_format_from_name(target->format) : 0;
  return format != 0 ? format : REQUEST_FORMAT_DEFAULT;
}

gboolean configuration_target_needs_region(const char *product)
{
  return strcmp(product, "slb") == 0;
}

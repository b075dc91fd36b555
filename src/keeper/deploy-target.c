#include <string.h>

#include "keeper/keeper-private.h"

/* Targets change in certdrop.xml between two runs. What has been asked for holds for
 * them as they are now: a certificate that is deployed on a product as a whole gets to a
 * region that was added, and what was only laid out gets pushed once there is a command.
 * It costs a look at each target where nothing changed. */

#define PORTION 200

/* What of a target is compared from run to run. */
static char *target_shape(const ConfigurationTarget *target, char **regions)
{
  g_autofree char *list = g_strjoinv(" ", regions);
  return g_strdup_printf("%s %s", target->command != NULL ? "command" : "archive", list);
}

/* Deploys what PLACES tell of, which are on TARGET, to REGION or, if that is NULL, where
 * each of them is. */
static gboolean deploy_places(Keeper *keeper, const ConfigurationTarget *target,
                              const GPtrArray *places, const char *region, GError **error)
{
  for (guint i = 0; i < places->len; i++) {
    LedgerDeployment place = *(const LedgerDeployment *)g_ptr_array_index(places, i);
    place.title = (char *)configuration_target_title(target);
    if (region != NULL)
      place.region = (char *)region;
    if (!ledger_deploy(keeper->ledger, &place, keeper->now, 0, error) ||
        !keeper_add_deployment_files(keeper, &place, 0, error))
      return FALSE;
  }
  return TRUE;
}

/* In portions, since a product may have all certificates there are. */
static gboolean bring_to_region(Keeper *keeper, const ConfigurationTarget *target,
                                const char *region, GError **error)
{
  guint found = PORTION;
  while (found == PORTION) {
    g_autoptr(GPtrArray) places =
        keeper_group_begin(keeper, error)
            ? ledger_deployments_without(keeper->ledger, target->product, region, PORTION, error)
            : NULL;
    if (places == NULL || !deploy_places(keeper, target, places, region, error) ||
        !keeper_group_end(keeper, error))
      return FALSE;
    found = places->len;
  }
  return TRUE;
}

static gboolean push_what_lies_there(Keeper *keeper, const ConfigurationTarget *target,
                                     GError **error)
{
  guint found = PORTION;
  while (found == PORTION) {
    g_autoptr(GPtrArray) places =
        keeper_group_begin(keeper, error)
            ? ledger_deployments_without_command(keeper->ledger, target->product, PORTION, error)
            : NULL;
    if (places == NULL || !deploy_places(keeper, target, places, NULL, error) ||
        !keeper_group_end(keeper, error))
      return FALSE;
    found = places->len;
  }
  return TRUE;
}

static gboolean review_target(Keeper *keeper, const char *product, GError **error)
{
  const ConfigurationTarget *target = configuration_find_target(keeper->configuration, product);
  g_auto(GStrv) regions = configuration_target_regions(target);
  g_autofree char *shape = target_shape(target, regions);
  g_autofree char *before = NULL;
  if (!ledger_read_target(keeper->ledger, product, &before, error))
    return FALSE;
  if (g_strcmp0(shape, before) == 0)
    return TRUE;
  for (char **region = regions; *region != NULL; region++)
    if (!bring_to_region(keeper, target, *region, error))
      return FALSE;
  if (target->command != NULL && !push_what_lies_there(keeper, target, error))
    return FALSE;
  return keeper_group_begin(keeper, error) &&
         ledger_put_target(keeper->ledger, product, shape, error);
}

gboolean keeper_review_targets(Keeper *keeper, GError **error)
{
  g_autofree const char **products = configuration_target_names(keeper->configuration);
  for (const char **product = products; *product != NULL; product++)
    if (!review_target(keeper, *product, error))
      return FALSE;
  return keeper_group_next(keeper, error);
}

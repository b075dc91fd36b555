#include <stdio.h>

#include "commands/commands-private.h"

int command_report(const CommandContext *context, int argc, char **argv, GError **error)
{
  if (!command_parse("report", NULL, &argc, &argv, 0, 0, error))
    return -1;
  g_autoptr(Keeper) keeper = keeper_open(context->root, KEEPER_FOR_REPORT, error);
  guint written = 0;
  if (keeper == NULL || !keeper_report(keeper, &written, error))
    return -1;
  printf("All pages are made; %u files changed. Open reports/index.html.\n", written);
  return 0;
}

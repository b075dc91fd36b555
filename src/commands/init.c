#include <stdio.h>

#include "base/clock.h"
#include "commands/commands-private.h"

int command_init(const CommandContext *context, int argc, char **argv, GError **error)
{
  gboolean made = FALSE;
  if (!command_parse("init", NULL, &argc, &argv, 0, 0, error) ||
      !keeper_create(context->root, clock_now(), &made, error))
    return -1;
  if (made)
    printf("The instance is ready. Put your organisation into certdrop.xml and your prices into "
           "catalog.xml,\nback up state/instance.key, then drop files into inbox/ and call "
           "`certdrop run`.\n");
  else
    printf("There is an instance already; what it had was left as it is.\n");
  return 0;
}

#include <string.h>

#include "commands/commands-private.h"

const Command commands[] = {
    {"init", "", "make an instance: folders, configuration, catalogue, CA, ledger", command_init,
     TRUE},
    {"run", "[--json]", "decide all that lies in the inbox, do what is due, refresh the pages",
     command_run, TRUE},
    {"watch", "", "the same, at once whenever a file arrives, until SIGTERM", command_watch, TRUE},
    {"check", "[--json] FILE…", "say what `run` would say of these files, and change nothing",
     command_check, TRUE},
    {"new", "KIND", "print a commented example document of that kind", command_new, FALSE},
    {"show", "[--json] ID", "one certificate or order, as its Markdown page", command_show, TRUE},
    {"verify", "[--fetched] [--json]",
     "check the ledger, its log, archives, certificates and keys against each other",
     command_verify, TRUE},
    {"report", "", "make all pages anew", command_report, TRUE},
    {NULL, NULL, NULL, NULL, FALSE},
};

const Command *command_find(const char *name)
{
  for (const Command *command = commands; command->name != NULL; command++)
    if (strcmp(command->name, name) == 0)
      return command;
  return NULL;
}

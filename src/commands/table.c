#include <string.h>

#include "commands/commands-private.h"

const Command commands[] = {
    {"init", "", "make an instance: folders, configuration, catalogue, CA, ledger", command_init,
     TRUE, NULL},
    {"run", "[--json]", "decide all that lies in the inbox, do what is due, refresh the pages",
     command_run, TRUE, NULL},
    {"watch", "", "the same, at once whenever a file arrives, until SIGTERM", command_watch, TRUE,
     NULL},
    {"check", "[--json] FILE…", "say what `run` would say of these files, and change nothing",
     command_check, TRUE, NULL},
    {"new", "KIND [--from FILE]",
     "print a commented example document of that kind, or a table of orders as a batch",
     command_new, FALSE, NULL},
    {"show", "[--json] ID", "one certificate or order, as its Markdown page", command_show, TRUE,
     NULL},
    {"verify", "[--fetched] [--json]",
     "check the ledger, its log, archives, certificates and keys against each other",
     command_verify, TRUE, NULL},
    {"report", "", "make all pages anew", command_report, TRUE, NULL},
    {"status", "[-w DAYS] [-c DAYS]", "one line on the instance's health, for monitoring plugins",
     command_status, TRUE, command_status_fail},
    {NULL, NULL, NULL, NULL, FALSE, NULL},
};

const Command *command_find(const char *name)
{
  for (const Command *command = commands; command->name != NULL; command++)
    if (strcmp(command->name, name) == 0)
      return command;
  return NULL;
}

/* The commands of the command line, a row each in table.c, a file each. A
 * command reads its options, asks the keeper, prints, and returns its exit
 * status (vocabulary.md, "Commands"). What is for programs or for people goes
 * to standard output, what is wrong to standard error, a line each. */
#ifndef CERTDROP_COMMANDS_COMMANDS_H
#define CERTDROP_COMMANDS_COMMANDS_H

#include <glib.h>

#define COMMANDS_VERSION "0.1.0"

/* What main() read before the command's name. */
typedef struct {
  int root;           /* the open folder of the instance */
  const char *folder; /* its name, as it was given; "." unless it was */
} CommandContext;

typedef struct {
  const char *name;
  const char *arguments; /* for the usage line */
  const char *summary;
  /* Runs with ARGV, whose first element is the command's name. Returns the exit
   * status, or -1 with ERROR set. */
  int (*run)(const CommandContext *context, int argc, char **argv, GError **error);
  gboolean needs_folder; /* the folder of the instance is opened before */
  /* Says ERROR in another way than all others do, and returns the exit status; NULL: as
   * they do. */
  int (*fail)(const GError *error);
} Command;

/* All of them, ended by a NULL name. */
extern const Command commands[];

/* The command called NAME, or NULL. */
const Command *command_find(const char *name);

#endif

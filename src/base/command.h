/* Commands of the operator's: a program with a list of arguments, no shell
 * between. It begins with a clean environment, a session of its own (no
 * terminal to ask at), default signals and no descriptor but its standard three;
 * nothing of this process's memory goes to it. When its time is over, its whole
 * process group gets SIGTERM and, a little later, SIGKILL.
 *
 * May be called from several threads at once. It never fails: that a program
 * could not be started is a result too. */
#ifndef CERTDROP_BASE_COMMAND_H
#define CERTDROP_BASE_COMMAND_H

#include "base/secret.h"

/* What of a command's output is kept: its end. */
#define COMMAND_OUTPUT_LENGTH 4096

typedef struct {
  const char *const *arguments;   /* the program and what follows; without a '/' it is looked for in
                                     the folders of COMMAND_PATH */
  const char *const *environment; /* "NAME=value", beside PATH, LANG and HOME; or NULL */
  GBytes *input;                  /* its standard input, or NULL: nothing */
  const char *folder;             /* to work in, or NULL: the present one */
  gint64 timeout_seconds;
  const Secret *secret;   /* a text (a key in PEM) of which no line may be kept; or NULL */
  gboolean (*stop)(void); /* asked now and then: TRUE ends the command early; or NULL */
} CommandRequest;

#define COMMAND_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

typedef enum {
  COMMAND_END_STATUS = 1,  /* by itself */
  COMMAND_END_SIGNAL,      /* by a signal of others */
  COMMAND_END_TIMEOUT,     /* killed: its time was over */
  COMMAND_END_STOPPED,     /* killed: `stop` said so */
  COMMAND_END_NOT_STARTED, /* there is no such program, or the like */
  COMMAND_END_N
} CommandEnd;

typedef struct {
  CommandEnd end;
  int number;   /* the exit status, the signal, or the errno */
  char *output; /* the end of both its outputs: readable UTF-8, private keys left out */
} CommandResult;

/* Runs a command and waits for it. */
CommandResult *command_run(const CommandRequest *request);
void command_result_free(CommandResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CommandResult, command_result_free)

/* Whether it ended by itself with status 0. */
gboolean command_succeeded(const CommandResult *result);

/* How it ended, as the end of a sentence: "ended with status 3". The caller frees it. */
char *command_describe(const CommandRequest *request, const CommandResult *result);

/* What a placeholder stands for: NAME without its braces. */
typedef struct {
  const char *name;
  const char *value; /* NULL: nothing */
} CommandPlaceholder;

/* ARGUMENTS with each {name} of PLACEHOLDERS (ended by a NULL name) replaced, also
 * within an argument; braces that hold no such name stay as they are, and so do those
 * of a value. */
char **command_expand(const char *const *arguments, const CommandPlaceholder *placeholders);

/* The last COMMAND_OUTPUT_LENGTH bytes of an output as readable text: without private
 * keys in PEM, lines of SECRET (or NULL) and control characters. Wipes BYTES. */
char *command_clean_output(GByteArray *bytes, const Secret *secret);

#endif

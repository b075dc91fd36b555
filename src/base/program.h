/* Commands of the operator's: a program with a list of arguments, no shell
 * between. It begins with a clean environment, a session of its own (no
 * terminal to ask at), default signals and no descriptor but its standard three;
 * nothing of this process's memory goes to it. When its time is over, its whole
 * process group gets SIGTERM and, a little later, SIGKILL.
 *
 * May be called from several threads at once. It never fails: that a program
 * could not be started is a result too. */
#ifndef CERTDROP_BASE_PROGRAM_H
#define CERTDROP_BASE_PROGRAM_H

#include "base/secret.h"

/* What of a command's output is kept: its end. */
#define PROGRAM_OUTPUT_LENGTH 4096

typedef struct {
  const char *const *arguments;   /* the program and what follows; without a '/' it is looked for in
                                     the folders of PROGRAM_PATH */
  const char *const *environment; /* "NAME=value", beside PATH, LANG and HOME; or NULL */
  GBytes *input;                  /* its standard input, or NULL: nothing */
  const char *folder;             /* to work in, or NULL: the present one */
  gint64 timeout_seconds;
  const Secret *secret;   /* a text (a key in PEM) of which no line may be kept; or NULL */
  gboolean (*stop)(void); /* asked now and then: TRUE ends the command early; or NULL */
} ProgramRequest;

#define PROGRAM_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

typedef enum {
  PROGRAM_END_STATUS = 1,  /* by itself */
  PROGRAM_END_SIGNAL,      /* by a signal of others */
  PROGRAM_END_TIMEOUT,     /* killed: its time was over */
  PROGRAM_END_STOPPED,     /* killed: `stop` said so */
  PROGRAM_END_NOT_STARTED, /* there is no such program, or the like */
  PROGRAM_END_N
} ProgramEnd;

typedef struct {
  ProgramEnd end;
  int number;   /* the exit status, the signal, or the errno */
  char *output; /* the end of both its outputs: readable UTF-8, private keys left out */
} ProgramResult;

/* Runs a command and waits for it. */
ProgramResult *program_run(const ProgramRequest *request);
void program_result_free(ProgramResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProgramResult, program_result_free)

/* Whether it ended by itself with status 0. */
gboolean program_succeeded(const ProgramResult *result);

/* How it ended, as the end of a sentence: "ended with status 3". The caller frees it. */
char *program_describe(const ProgramRequest *request, const ProgramResult *result);

/* The end of a command's OUTPUT (or NULL) as the end of a message: ": WORDS", or "" where it said
 * nothing. That is its last line, with what fits from before it where that line has no word, as the
 * last brace of a JSON text. The caller frees it. */
char *program_last_words(const char *output);

/* What a placeholder stands for: NAME without its braces. */
typedef struct {
  const char *name;
  const char *value; /* NULL: nothing */
} ProgramPlaceholder;

/* ARGUMENTS with each {name} of PLACEHOLDERS (ended by a NULL name) replaced, also
 * within an argument; braces that hold no such name stay as they are, and so do those
 * of a value. */
char **program_expand(const char *const *arguments, const ProgramPlaceholder *placeholders);

/* The last PROGRAM_OUTPUT_LENGTH bytes of an output as readable text: without private
 * keys in PEM, lines of SECRET (or NULL) and control characters. Wipes BYTES. */
char *program_clean_output(GByteArray *bytes, const Secret *secret);

#endif

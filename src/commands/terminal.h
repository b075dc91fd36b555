/* How things look on a terminal, and only there: colours, and what to do next. Nothing of it
 * goes into a file or a pipe, nor where NO_COLOR is set (https://no-color.org) or the terminal
 * knows no colours; the next step is named in any terminal. */
#ifndef CERTDROP_COMMANDS_TERMINAL_H
#define CERTDROP_COMMANDS_TERMINAL_H

#include <stdio.h>

#include "commands/commands.h"

typedef enum {
  TERMINAL_PLAIN = 1,
  TERMINAL_BOLD,
  TERMINAL_FAINT,
  TERMINAL_GOOD,
  TERMINAL_LATER, /* waits for something */
  TERMINAL_BAD,
  TERMINAL_N
} TerminalStyle;

/* Whether a terminal TERM (NULL: none is named) is one that colours are for, when NO_COLOR has
 * this value (NULL: not set). */
gboolean terminal_takes_colour(const char *term, const char *no_colour);

/* Whether OUT is a terminal, and one that can draw over a line. */
gboolean terminal_is(FILE *out);
gboolean terminal_can_draw(FILE *out);

/* The bytes that begin STYLE on OUT: none where there are no colours. PLAIN ends all others. */
const char *terminal_style(FILE *out, TerminalStyle style);

/* TEXT of a Markdown page as a terminal shows it: the same text, with headings, emphasis and
 * statuses styled and what is there for programs faint. The caller frees it. */
char *terminal_paint_markdown(const char *text);

/* Says on a terminal what to do next: a line of standard error. */
void terminal_say_next(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* PATH of the instance, as it is reached from where the command was called. The caller frees
 * it. */
char *terminal_path(const CommandContext *context, const char *path);

/* The command line that calls COMMAND for the same instance. The caller frees it. */
char *terminal_command(const CommandContext *context, const char *command);

#endif

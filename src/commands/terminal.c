#include "commands/terminal.h"

#include <string.h>
#include <unistd.h>

/* SGR of ECMA-48; the colours are the terminal's own, so that they fit its background. */
static const char *const styles[TERMINAL_N] = {
    [TERMINAL_PLAIN] = "\033[0m", [TERMINAL_BOLD] = "\033[1m",   [TERMINAL_FAINT] = "\033[2m",
    [TERMINAL_GOOD] = "\033[32m", [TERMINAL_LATER] = "\033[33m", [TERMINAL_BAD] = "\033[31m",
};

gboolean terminal_takes_colour(const char *term, const char *no_colour)
{
  gboolean knows = term != NULL && *term != '\0' && strcmp(term, "dumb") != 0;
  return knows && (no_colour == NULL || *no_colour == '\0');
}

gboolean terminal_is(FILE *out)
{
  return isatty(fileno(out)) == 1;
}

gboolean terminal_can_draw(FILE *out)
{
  return terminal_is(out) && terminal_takes_colour(g_getenv("TERM"), NULL);
}

const char *terminal_style(FILE *out, TerminalStyle style)
{
  if (!terminal_is(out) || !terminal_takes_colour(g_getenv("TERM"), g_getenv("NO_COLOR")))
    return "";
  return styles[style];
}

void terminal_say_next(const char *format, ...)
{
  if (!terminal_is(stderr))
    return;
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  fprintf(stderr, "%sNext:%s %s\n", terminal_style(stderr, TERMINAL_BOLD),
          terminal_style(stderr, TERMINAL_PLAIN), text);
}

/* Whether the instance is the folder in which the command was called. */
static gboolean is_here(const CommandContext *context)
{
  return strcmp(context->folder, ".") == 0;
}

char *terminal_command(const CommandContext *context, const char *command)
{
  g_autofree char *folder = g_shell_quote(context->folder);
  const char *plain = G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "/._-";
  gboolean is_plain = strspn(context->folder, plain) == strlen(context->folder);
  if (is_here(context))
    return g_strdup_printf("`certdrop %s`", command);
  return g_strdup_printf("`certdrop -C %s %s`", is_plain ? context->folder : folder, command);
}

char *terminal_path(const CommandContext *context, const char *path)
{
  if (is_here(context))
    return g_strdup(path);
  return g_build_filename(context->folder, path, NULL);
}

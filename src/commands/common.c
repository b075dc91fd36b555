#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "commands/commands-private.h"

gboolean command_parse(const char *name, const GOptionEntry *entries, int *argc, char ***argv,
                       int minimum, int maximum, GError **error)
{
  return command_parse_described(name, NULL, entries, argc, argv, minimum, maximum, error);
}

gboolean command_parse_described(const char *name, const char *description,
                                 const GOptionEntry *entries, int *argc, char ***argv, int minimum,
                                 int maximum, GError **error)
{
  const Command *command = command_find(name);
  g_autoptr(GOptionContext) context = g_option_context_new(command->arguments);
  g_autofree char *program = g_strdup_printf("certdrop %s", name);
  g_autofree char *summary = g_strdup_printf("%s: %s.", name, command->summary);
  g_set_prgname(program);
  g_option_context_set_summary(context, summary);
  g_option_context_set_description(context, description);
  if (entries != NULL)
    g_option_context_add_main_entries(context, entries, NULL);
  g_autoptr(GError) wrong = NULL;
  if (!g_option_context_parse(context, argc, argv, &wrong)) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_USAGE, "%s; see `certdrop %s --help`",
                wrong->message, name);
    return FALSE;
  }
  int count = *argc - 1;
  if (count >= minimum && (maximum < 0 || count <= maximum))
    return TRUE;
  g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_USAGE, "usage: certdrop %s %s", name,
              command->arguments);
  return FALSE;
}

void command_print_json(JsonBuilder *builder)
{
  g_autofree char *text = json_finish(builder);
  printf("%s\n", text);
}

void command_complain(const char *text)
{
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  g_autoptr(GString) line = g_string_new(NULL);
  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
    gunichar character = g_utf8_get_char(at);
    if (g_unichar_iscntrl(character))
      g_string_append_printf(line, "\\x%02x", character);
    else
      g_string_append_unichar(line, character);
  }
  const char *colon = strstr(line->str, ": ");
  int about = colon != NULL ? (int)(colon - line->str) : 0;
  fprintf(stderr, "%s%.*s%s%s\n", terminal_style(stderr, TERMINAL_BOLD), about, line->str,
          terminal_style(stderr, TERMINAL_PLAIN), line->str + about);
}

void command_print_messages(const Keeper *keeper)
{
  const GPtrArray *messages = keeper_messages(keeper);
  for (guint i = 0; i < messages->len; i++)
    command_complain(g_ptr_array_index(messages, i));
}

/* A number with what it counts; in STYLE if it is not zero. */
static void print_count(gint64 count, const char *what, TerminalStyle style)
{
  printf("%s%" G_GINT64_FORMAT " %s%s", count > 0 ? terminal_style(stdout, style) : "", count, what,
         count > 0 ? terminal_style(stdout, TERMINAL_PLAIN) : "");
}

void command_print_run(const LedgerRun *run)
{
  const struct {
    const char *before;
    gint64 count;
    const char *what;
    TerminalStyle style;
    gboolean always;
  } counts[] = {
      {"", run->accepted, "accepted", TERMINAL_GOOD, TRUE},
      {", ", run->rejected, "rejected", TERMINAL_BAD, TRUE},
      {", ", run->waiting, "waiting", TERMINAL_LATER, TRUE},
      {"; ", run->issued, "issued", TERMINAL_GOOD, TRUE},
      {", ", run->expired, "expired", TERMINAL_BAD, TRUE},
      {", ", run->renewed, "renewed", TERMINAL_GOOD, FALSE},
      {", ", run->failed, "failed", TERMINAL_BAD, FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(counts); i++)
    if (counts[i].always || counts[i].count > 0) {
      fputs(counts[i].before, stdout);
      print_count(counts[i].count, counts[i].what, counts[i].style);
    }
  printf("; %.2f s\n", (double)run->milliseconds / 1000.0);
}

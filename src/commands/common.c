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
  fprintf(stderr, "%s\n", line->str);
}

void command_print_messages(const Keeper *keeper)
{
  const GPtrArray *messages = keeper_messages(keeper);
  for (guint i = 0; i < messages->len; i++)
    command_complain(g_ptr_array_index(messages, i));
}

void command_print_run(const LedgerRun *run)
{
  printf("%" G_GINT64_FORMAT " accepted, %" G_GINT64_FORMAT " rejected, %" G_GINT64_FORMAT
         " waiting; %" G_GINT64_FORMAT " issued, %" G_GINT64_FORMAT " expired",
         run->accepted, run->rejected, run->waiting, run->issued, run->expired);
  if (run->renewed > 0)
    printf(", %" G_GINT64_FORMAT " renewed", run->renewed);
  if (run->failed > 0)
    printf(", %" G_GINT64_FORMAT " failed", run->failed);
  printf("; %.2f s\n", (double)run->milliseconds / 1000.0);
}

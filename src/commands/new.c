#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "commands/commands-private.h"

static char *known_kinds(void)
{
  g_autoptr(GString) kinds = g_string_new("batch");
  for (RequestKind kind = 1; kind < REQUEST_KIND_N; kind++)
    g_string_append_printf(kinds, " %s", request_kinds[kind].name);
  return g_string_free(g_steal_pointer(&kinds), FALSE);
}

int command_new(const CommandContext *context G_GNUC_UNUSED, int argc, char **argv, GError **error)
{
  if (!command_parse("new", NULL, &argc, &argv, 1, 1, error))
    return -1;
  const char *kind = argv[1];
  if (strcmp(kind, "batch") != 0 && request_kind_from_name(kind) == 0) {
    g_autofree char *kinds = known_kinds();
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_USAGE,
                "there is no kind of document \"%s\"; there are: %s", kind, kinds);
    return -1;
  }
  g_autofree char *path = g_strdup_printf("/certdrop/new/%s.xml", kind);
  g_autoptr(GBytes) example = g_resources_lookup_data(path, 0, error);
  if (example == NULL)
    return -1;
  fwrite(g_bytes_get_data(example, NULL), 1, g_bytes_get_size(example), stdout);
  return 0;
}

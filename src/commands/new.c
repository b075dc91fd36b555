#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "commands/commands-private.h"
#include "commands/new-orders.h"

static char *known_kinds(void)
{
  g_autoptr(GString) kinds = g_string_new("batch");
  for (RequestKind kind = 1; kind < REQUEST_KIND_N; kind++)
    g_string_append_printf(kinds, " %s", request_kinds[kind].name);
  return g_string_free(g_steal_pointer(&kinds), FALSE);
}

/* What stands at the end of `certdrop new --help`. */
static char *describe(GError **error)
{
  g_autofree char *kinds = known_kinds();
  g_autofree char *orders = new_orders_describe(error);
  return orders != NULL ? g_strdup_printf("KIND is one of %s\n\n%s", kinds, orders) : NULL;
}

int command_new(const CommandContext *context G_GNUC_UNUSED, int argc, char **argv, GError **error)
{
  g_autofree char *from = NULL;
  gboolean atomic = FALSE;
  const GOptionEntry entries[] = {
      {"from", 0, 0, G_OPTION_ARG_FILENAME, &from, "make a batch of the orders in this table",
       "FILE"},
      {"atomic", 0, 0, G_OPTION_ARG_NONE, &atomic, "make it all or nothing", NULL},
      G_OPTION_ENTRY_NULL,
  };
  g_autofree char *description = describe(error);
  if (description == NULL ||
      !command_parse_described("new", description, entries, &argc, &argv, 1, 1, error))
    return -1;
  const char *kind = argv[1];
  if (strcmp(kind, "batch") != 0 && request_kind_from_name(kind) == 0) {
    g_autofree char *kinds = known_kinds();
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_USAGE,
                "there is no kind of document \"%s\"; there are: %s", kind, kinds);
    return -1;
  }
  if (from != NULL && strcmp(kind, "order") == 0)
    return new_orders(from, atomic, error);
  if (from != NULL || atomic) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_USAGE,
                "--from and --atomic are for `certdrop new order --from FILE`");
    return -1;
  }
  g_autofree char *path = g_strdup_printf("/certdrop/new/%s.xml", kind);
  g_autoptr(GBytes) example = g_resources_lookup_data(path, 0, error);
  if (example == NULL)
    return -1;
  fwrite(g_bytes_get_data(example, NULL), 1, g_bytes_get_size(example), stdout);
  if (terminal_is(stdout)) {
    fflush(stdout);
    terminal_say_next("`certdrop new %s >FILE.xml`, edit it, `certdrop check FILE.xml`", kind);
  }
  return 0;
}

#include <stdio.h>

#include "base/error.h"
#include "commands/commands-private.h"

static void add_list(JsonBuilder *builder, const char *name, const GPtrArray *list)
{
  json_builder_set_member_name(builder, name);
  json_builder_begin_array(builder);
  for (guint i = 0; i < list->len; i++) {
    const KeeperDifference *found = g_ptr_array_index(list, i);
    json_builder_begin_object(builder);
    json_add_text(builder, "about", keeper_verified_names[found->what]);
    json_add_text(builder, "subject", found->subject);
    json_add_text(builder, "text", found->text);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

static void print_json(const KeeperVerification *verification)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  json_builder_begin_object(builder);
  json_builder_set_member_name(builder, "agrees");
  json_builder_add_boolean_value(builder, verification->difference_count == 0);
  json_add_number(builder, "differenceCount", verification->difference_count);
  add_list(builder, "differences", verification->differences);
  json_add_number(builder, "noteCount", verification->note_count);
  add_list(builder, "notes", verification->notes);
  json_builder_set_member_name(builder, "checked");
  json_builder_begin_object(builder);
  for (KeeperVerified what = 1; what < KEEPER_VERIFIED_N; what++)
    json_add_number(builder, keeper_verified_names[what], verification->looked_at[what]);
  json_builder_end_object(builder);
  json_builder_end_object(builder);
  command_print_json(builder);
}

static void complain_of(const GPtrArray *list, const char *what, gint64 count)
{
  for (guint i = 0; i < list->len; i++) {
    const KeeperDifference *found = g_ptr_array_index(list, i);
    g_autofree char *line = g_strdup_printf("%s: %s%s", found->subject, what, found->text);
    command_complain(line);
  }
  if (count > list->len)
    fprintf(stderr, "… and %" G_GINT64_FORMAT " more\n", count - list->len);
}

static void print_text(const KeeperVerification *verification)
{
  const gint64 *looked_at = verification->looked_at;
  complain_of(verification->notes, "note: ", verification->note_count);
  complain_of(verification->differences, "", verification->difference_count);
  printf("%" G_GINT64_FORMAT " certificates, %" G_GINT64_FORMAT " keys, %" G_GINT64_FORMAT
         " archives, %" G_GINT64_FORMAT " other files, %" G_GINT64_FORMAT " entries of the log: ",
         looked_at[KEEPER_VERIFIED_CERTIFICATE], looked_at[KEEPER_VERIFIED_KEY],
         looked_at[KEEPER_VERIFIED_ARCHIVE], looked_at[KEEPER_VERIFIED_DOCUMENT],
         looked_at[KEEPER_VERIFIED_LOG]);
  if (verification->difference_count == 0)
    printf("%sall of it agrees%s\n", terminal_style(stdout, TERMINAL_GOOD),
           terminal_style(stdout, TERMINAL_PLAIN));
  else
    printf("%s%" G_GINT64_FORMAT " difference%s%s\n", terminal_style(stdout, TERMINAL_BAD),
           verification->difference_count, verification->difference_count == 1 ? "" : "s",
           terminal_style(stdout, TERMINAL_PLAIN));
  fflush(stdout);
  if (verification->difference_count > 0)
    terminal_say_next("files that somebody took out of outbox/ are left out by --fetched; "
                      "what else differs, restore from a backup");
}

/* A ledger that cannot even be opened since it is damaged, is a difference. */
static int complain_of_damage(GError *damage, gboolean json, GError **error)
{
  if (!g_error_matches(damage, CERTDROP_ERROR, CERTDROP_ERROR_CORRUPT) || json) {
    g_propagate_error(error, damage);
    return -1;
  }
  command_complain(damage->message);
  g_error_free(damage);
  printf("1 difference\n");
  return 1;
}

int command_verify(const CommandContext *context, int argc, char **argv, GError **error)
{
  gboolean json = FALSE, fetched = FALSE;
  const GOptionEntry entries[] = {
      {"fetched", 0, 0, G_OPTION_ARG_NONE, &fetched,
       "files that are gone from outbox/ were taken away: no difference", NULL},
      {"json", 0, 0, G_OPTION_ARG_NONE, &json, "print what is found as one JSON object", NULL},
      G_OPTION_ENTRY_NULL,
  };
  if (!command_parse("verify", entries, &argc, &argv, 0, 0, error))
    return -1;
  GError *damage = NULL;
  g_autoptr(Keeper) keeper = keeper_open(context->root, KEEPER_FOR_VERIFY, &damage);
  if (keeper == NULL)
    return complain_of_damage(damage, json, error);
  g_autoptr(KeeperVerification) verification = keeper_verify(keeper, fetched, error);
  if (verification == NULL)
    return -1;
  if (json)
    print_json(verification);
  else
    print_text(verification);
  return verification->difference_count > 0 ? 1 : 0;
}

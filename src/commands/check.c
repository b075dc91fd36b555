#include <stdio.h>
#include <string.h>

#include "commands/commands-private.h"
#include "commands/sum.h"

static const char *const outcomes[LIFECYCLE_OUTCOME_N] = {
    [LIFECYCLE_OUTCOME_ACCEPTED] = "accepted",
    [LIFECYCLE_OUTCOME_REJECTED] = "rejected",
    [LIFECYCLE_OUTCOME_WAITING] = "waiting",
};

static void add_fault(JsonBuilder *builder, gconstpointer element)
{
  const Fault *fault = element;
  json_add_text(builder, "code", fault->code);
  if (fault->line > 0)
    json_add_number(builder, "line", fault->line);
  else
    json_add_text(builder, "line", NULL);
  json_add_text(builder, "element", fault->element);
  json_add_text(builder, "text", fault->text);
}

static void add_item(JsonBuilder *builder, const LedgerItem *item)
{
  json_builder_begin_object(builder);
  json_add_text(builder, "kind", item->kind != 0 ? request_kinds[item->kind].name : NULL);
  json_add_text(builder, "ref", item->ref);
  json_add_text(builder, "outcome", outcomes[item->outcome]);
  json_add_text(builder, "subject", item->subject);
  json_add_objects(builder, "faults", item->faults, add_fault);
  json_add_objects(builder, "warnings", item->warnings, add_fault);
  sum_add_item(builder, item);
  json_builder_end_object(builder);
}

/* Prints the object of BUILDER up to its end, with more members to follow. */
static void print_open_object(JsonBuilder *builder)
{
  g_autofree char *text = json_finish(builder);
  printf("%.*s,", (int)strlen(text) - 1, text);
}

/* An item is printed as soon as it is made: all of 100,000 as one tree would not fit. */
static void print_items(const GPtrArray *items)
{
  printf("\"items\":[");
  for (guint i = 0; i < items->len; i++) {
    g_autoptr(JsonBuilder) builder = json_builder_new();
    add_item(builder, g_ptr_array_index(items, i));
    g_autofree char *text = json_finish(builder);
    printf("%s%s", i > 0 ? "," : "", text);
  }
  printf("]");
}

/* A file without its items, which follow inside of its object. */
static void print_file(const KeeperCheck *check)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  json_builder_begin_object(builder);
  json_add_text(builder, "file", check->name);
  json_add_text(builder, "outcome", check->outcome);
  json_add_objects(builder, "faults", check->faults, add_fault);
  g_autoptr(Sum) sum = sum_new();
  sum_add_items(sum, check->items);
  sum_add_totals(builder, sum);
  json_builder_end_object(builder);
  print_open_object(builder);
  print_items(check->items);
  printf("}");
}

static Sum *sum_of_all(const GPtrArray *checks)
{
  Sum *sum = sum_new();
  for (guint i = 0; i < checks->len; i++)
    sum_add_items(sum, ((const KeeperCheck *)g_ptr_array_index(checks, i))->items);
  return sum;
}

static void print_json(const GPtrArray *checks)
{
  g_autoptr(Sum) sum = sum_of_all(checks);
  g_autoptr(JsonBuilder) builder = json_builder_new();
  json_builder_begin_object(builder);
  sum_add_totals(builder, sum);
  json_builder_end_object(builder);
  print_open_object(builder);
  printf("\"files\":[");
  for (guint i = 0; i < checks->len; i++) {
    if (i > 0)
      printf(",");
    print_file(g_ptr_array_index(checks, i));
  }
  printf("]}\n");
}

static void complain_of(const char *name, const char *what, const GPtrArray *faults)
{
  for (guint i = 0; faults != NULL && i < faults->len; i++) {
    const Fault *fault = g_ptr_array_index(faults, i);
    g_autofree char *line =
        fault->line > 0 ? g_strdup_printf(":%" G_GINT64_FORMAT, fault->line) : g_strdup("");
    g_autofree char *text =
        g_strdup_printf("%s%s: %s%s [%s]", name, line, what, fault->text, fault->code);
    command_complain(text);
  }
}

static void print_sum(const char *before, const Sum *sum)
{
  g_autofree char *text = sum_describe(sum);
  if (text != NULL)
    printf("%s%s\n", before, text);
}

/* The words of a file's outcome are those of a receipt, and `waiting`. */
static TerminalStyle style_of(const char *outcome)
{
  if (strcmp(outcome, "accepted") == 0)
    return TERMINAL_GOOD;
  return strcmp(outcome, "waiting") == 0 ? TERMINAL_LATER : TERMINAL_BAD;
}

static void print_text(const KeeperCheck *check)
{
  complain_of(check->name, "", check->faults);
  for (guint i = 0; i < check->items->len; i++) {
    const LedgerItem *item = g_ptr_array_index(check->items, i);
    complain_of(check->name, "", item->faults);
    complain_of(check->name, "warning: ", item->warnings);
    if (item->outcome == LIFECYCLE_OUTCOME_WAITING) {
      g_autofree char *text =
          g_strdup_printf("%s: would wait for %s", check->name, item->waits_for);
      command_complain(text);
    }
  }
  printf("%s: %s%s%s\n", check->name, terminal_style(stdout, style_of(check->outcome)),
         check->outcome, terminal_style(stdout, TERMINAL_PLAIN));
  g_autoptr(Sum) sum = sum_new();
  sum_add_items(sum, check->items);
  print_sum("  ", sum);
}

static void say_next(const CommandContext *context, gboolean faulty)
{
  g_autofree char *inbox = terminal_path(context, "inbox");
  g_autofree char *run = terminal_command(context, "run");
  fflush(stdout);
  if (faulty)
    terminal_say_next("nothing was changed; mend what is named above, and check again");
  else
    terminal_say_next("nothing was changed; with the file in %s, call %s", inbox, run);
}

int command_check(const CommandContext *context, int argc, char **argv, GError **error)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
      {"json", 0, 0, G_OPTION_ARG_NONE, &json, "print the outcomes as one JSON object", NULL},
      G_OPTION_ENTRY_NULL,
  };
  if (!command_parse("check", entries, &argc, &argv, 1, -1, error))
    return -1;
  g_autoptr(Keeper) keeper = keeper_open(context->root, KEEPER_FOR_CHECK, error);
  g_autoptr(GPtrArray) checks = keeper != NULL ? keeper_check(keeper, argv + 1, error) : NULL;
  if (checks == NULL)
    return -1;
  gboolean faulty = FALSE;
  for (guint i = 0; i < checks->len; i++) {
    const KeeperCheck *check = g_ptr_array_index(checks, i);
    faulty =
        faulty || strcmp(check->outcome, "rejected") == 0 || strcmp(check->outcome, "partly") == 0;
    if (!json)
      print_text(check);
  }
  if (json) {
    print_json(checks);
  } else if (checks->len > 1) {
    g_autoptr(Sum) sum = sum_of_all(checks);
    print_sum("all together: ", sum);
  }
  if (!json)
    say_next(context, faulty);
  return faulty ? 1 : 0;
}

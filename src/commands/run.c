#include <signal.h>
#include <stdio.h>

#include "base/error.h"
#include "commands/commands-private.h"

static void on_signal(int number G_GNUC_UNUSED)
{
  keeper_stop();
}

/* A bar with counts and rate, drawn over itself. */
static void draw_progress(gint64 decided, gint64 total, gpointer data)
{
  const int width = 30;
  gint64 began = *(const gint64 *)data;
  double seconds = (double)(g_get_monotonic_time() - began) / G_USEC_PER_SEC;
  int full = total > 0 ? (int)(decided * width / total) : width;
  fprintf(stderr, "\r[%.*s%*s] %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT " files, %.0f/s ", full,
          "##############################", width - full, "", decided, total,
          seconds > 0 ? (double)decided / seconds : 0.0);
  fflush(stderr);
}

static void print_json(const LedgerRun *run)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  json_builder_begin_object(builder);
  json_add_number(builder, "accepted", run->accepted);
  json_add_number(builder, "rejected", run->rejected);
  json_add_number(builder, "waiting", run->waiting);
  json_add_number(builder, "items", run->items);
  json_add_number(builder, "issued", run->issued);
  json_add_number(builder, "expired", run->expired);
  json_add_number(builder, "renewed", run->renewed);
  json_add_number(builder, "failed", run->failed);
  json_builder_set_member_name(builder, "seconds");
  json_builder_add_double_value(builder, (double)run->milliseconds / 1000.0);
  json_builder_end_object(builder);
  command_print_json(builder);
}

/* What waits for a hand after this run, and where it is told. */
static void say_next(const CommandContext *context, const LedgerRun *run)
{
  const struct {
    gint64 count;
    const char *before;
    const char *path;
    const char *after;
  } steps[] = {
      {run->rejected, "read NAME.error.md in ", "inbox/rejected", ", mend the file, drop it again"},
      {run->failed, "see in ", "reports/index.html", " what failed; it is tried again by itself"},
      {run->waiting, "see in ", "reports/incoming/waiting.html",
       " what the waiting files wait for"},
      {run->issued, "fetch the archives from ", "outbox/certificates", ""},
      {run->accepted, "open ", "reports/index.html", ""},
  };
  gboolean said = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(steps) && !(said && i == G_N_ELEMENTS(steps) - 1); i++) {
    if (steps[i].count == 0)
      continue;
    g_autofree char *path = terminal_path(context, steps[i].path);
    terminal_say_next("%s%s%s", steps[i].before, path, steps[i].after);
    said = TRUE;
  }
  g_autofree char *inbox = terminal_path(context, "inbox");
  if (!said)
    terminal_say_next("drop a file into %s; `certdrop new order` prints an example", inbox);
}

int command_run(const CommandContext *context, int argc, char **argv, GError **error)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
      {"json", 0, 0, G_OPTION_ARG_NONE, &json, "print the counts as one JSON object", NULL},
      G_OPTION_ENTRY_NULL,
  };
  if (!command_parse("run", entries, &argc, &argv, 0, 0, error))
    return -1;
  g_autoptr(Keeper) keeper = keeper_open(context->root, KEEPER_FOR_RUN, error);
  if (keeper == NULL)
    return -1;
  const struct sigaction action = {.sa_handler = on_signal};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  LedgerRun run = {0};
  gint64 began = g_get_monotonic_time();
  gboolean terminal = terminal_can_draw(stderr) && !json;
  gboolean ok = keeper_run(keeper, terminal ? draw_progress : NULL, &began, &run, error);
  if (terminal)
    fprintf(stderr, "\r\033[K");
  command_print_messages(keeper);
  if (!ok)
    return -1;
  if (json)
    print_json(&run);
  else
    command_print_run(&run);
  fflush(stdout);
  if (!json)
    say_next(context, &run);
  return run.rejected > 0 || run.failed > 0 ? 1 : 0;
}

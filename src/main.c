#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "commands/commands.h"
#include "commands/terminal.h"
#include "intake/intake.h"

/* No key may end in a core dump, and nobody may look into this process. */
static void forbid_dumps(void)
{
#ifndef CERTDROP_SANITIZED
  const struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

static void print_commands(FILE *out)
{
  fprintf(out, "usage: certdrop [-C DIR] [--at TIME] COMMAND …\n\n");
  for (const Command *command = commands; command->name != NULL; command++)
    fprintf(out, "  %-7s %s\n", command->name, command->summary);
  fprintf(out, "\n  -C DIR     the instance; the current folder unless given\n"
               "  --at TIME  take this RFC 3339 time for the present\n"
               "  --version  print the version\n\n"
               "`certdrop COMMAND --help` says more of one.\n");
}

typedef struct {
  const char *folder;
  const char *at;
  gboolean help;
  gboolean version;
} GlobalOptions;

/* The options that stand before the command, whose own follow it. Returns the
 * index of the command, or -1 with ERROR set. */
static int parse_global(int argc, char **argv, GlobalOptions *options, GError **error)
{
  int at = 1;
  for (; at < argc && argv[at][0] == '-'; at++) {
    const char *option = argv[at];
    gboolean takes_value = strcmp(option, "-C") == 0 || strcmp(option, "--at") == 0;
    if (takes_value && at + 1 < argc)
      *(strcmp(option, "-C") == 0 ? &options->folder : &options->at) = argv[++at];
    else if (g_str_has_prefix(option, "--at="))
      options->at = option + strlen("--at=");
    else if (strcmp(option, "--help") == 0 || strcmp(option, "-h") == 0)
      options->help = TRUE;
    else if (strcmp(option, "--version") == 0)
      options->version = TRUE;
    else {
      g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_USAGE, "%s: %s; see `certdrop --help`",
                  option, takes_value ? "its value is missing" : "no such option");
      return -1;
    }
  }
  return at;
}

static int run_command(const GlobalOptions *options, int argc, char **argv, GError **error)
{
  const Command *command = argc > 0 ? command_find(argv[0]) : NULL;
  gint64 present = 0;
  if (command == NULL) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_USAGE, "%s%s; see `certdrop --help`",
                argc > 0 ? "there is no command " : "which command?", argc > 0 ? argv[0] : "");
    return -1;
  }
  if (options->at != NULL && !clock_parse(options->at, &present, error))
    return -1;
  if (options->at != NULL)
    clock_set(present);
  const char *folder = options->folder != NULL ? options->folder : ".";
  CommandContext context = {.root = -1, .folder = folder};
  if (command->needs_folder)
    context.root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (command->needs_folder && context.root < 0) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_USAGE, "%s: cannot open the folder: %s",
                folder, g_strerror(errno));
    return -1;
  }
  return command->run(&context, argc, argv, error);
}

/* Says what is wrong, as COMMAND does (NULL: none was named), and returns the exit status. */
static int fail(const Command *command, const GError *error)
{
  if (command != NULL && command->fail != NULL)
    return command->fail(error);
  fprintf(stderr, "%scertdrop:%s %s\n", terminal_style(stderr, TERMINAL_BAD),
          terminal_style(stderr, TERMINAL_PLAIN), error->message);
  return error_exit_status(error);
}

/* What is printed has to arrive: a full disk behind a pipe is a failure too. */
static int finish_output(int status)
{
  if (fflush(stdout) == 0 && !ferror(stdout))
    return status;
  fprintf(stderr, "certdrop: cannot write to standard output: %s\n", g_strerror(errno));
  return status == 0 ? 74 : status;
}

/* libarchive, libxml2 and cmark take and give back the same tens of kilobytes for
 * each file; glibc would hand them to the kernel and fetch them again each time. */
static void keep_memory(void)
{
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
}

int main(int argc, char **argv)
{
  keep_memory();
  if (argc > 1 && strcmp(argv[1], INTAKE_READER_OPTION) == 0)
    return intake_reader_main(argc, argv);
  forbid_dumps();
  umask(077); /* base/file.c gives what is public its mode */
  setlocale(LC_CTYPE, "C.UTF-8");
  GlobalOptions options = {0};
  g_autoptr(GError) error = NULL;
  int at = parse_global(argc, argv, &options, &error);
  int status = at < 0 ? -1 : 0;
  if (at >= 0 && options.help)
    print_commands(stdout);
  else if (at >= 0 && options.version)
    printf("certdrop " COMMANDS_VERSION "\n");
  else if (at >= 0)
    status = run_command(&options, argc - at, argv + at, &error);
  if (status < 0)
    status = fail(at >= 0 && at < argc ? command_find(argv[at]) : NULL, error);
  return finish_output(status);
}

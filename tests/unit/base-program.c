/* Commands: what goes in, what comes out, how they end. */
#include "base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define SECRET_LINE "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgexampleexample"

static ProgramResult *run_shell(const char *script, gint64 seconds)
{
  const char *const arguments[] = {"/bin/sh", "-c", script, NULL};
  return program_run(&(ProgramRequest){.arguments = arguments, .timeout_seconds = seconds});
}

static void test_ends(void)
{
  static const struct {
    const char *script;
    ProgramEnd end;
    int number;
    const char *says;
  } cases[] = {
      {"exit 0", PROGRAM_END_STATUS, 0, "ended with status 0"},
      {"exit 3", PROGRAM_END_STATUS, 3, "ended with status 3"},
      {"kill -KILL $$", PROGRAM_END_SIGNAL, SIGKILL, "was ended by a signal, Killed"},
      {"sleep 60", PROGRAM_END_TIMEOUT, 0, "took longer than 1 s and was ended"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    const ProgramRequest request = {.timeout_seconds = 1};
    g_autoptr(ProgramResult) result = run_shell(cases[i].script, 1);
    g_autofree char *says = program_describe(&request, result);
    g_assert_cmpint(result->end, ==, cases[i].end);
    g_assert_cmpint(result->number, ==, cases[i].number);
    g_assert_cmpstr(says, ==, cases[i].says);
    g_assert_cmpint(program_succeeded(result), ==, i == 0);
  }
}

static void test_not_started(void)
{
  static const char *const programs[] = {"/no/such/program", "no-such-program", "/etc/passwd"};
  static const int numbers[] = {ENOENT, ENOENT, EACCES};
  for (guint i = 0; i < G_N_ELEMENTS(programs); i++) {
    const char *const arguments[] = {programs[i], NULL};
    const ProgramRequest request = {.arguments = arguments, .timeout_seconds = 5};
    g_autoptr(ProgramResult) result = program_run(&request);
    g_autofree char *says = program_describe(&request, result);
    g_assert_cmpint(result->end, ==, PROGRAM_END_NOT_STARTED);
    g_assert_cmpint(result->number, ==, numbers[i]);
    g_assert_true(g_str_has_prefix(says, "could not be started: "));
    g_assert_cmpstr(result->output, ==, "");
  }
}

static void test_no_shell(void)
{
  static const char *const arguments[] = {"printf", "<%s>", "$HOME `id` 'a'; *", "", NULL};
  g_autoptr(ProgramResult) result =
      program_run(&(ProgramRequest){.arguments = arguments, .timeout_seconds = 5});
  g_assert_cmpstr(result->output, ==, "<$HOME `id` 'a'; *><>");
}

static void test_environment(void)
{
  static const char *const arguments[] = {"env", NULL};
  static const char *const more[] = {"CERTDROP_REGION=a b", NULL};
  g_setenv("CERTDROP_TEST_OF_OTHERS", "1", TRUE);
  g_autoptr(ProgramResult) result = program_run(
      &(ProgramRequest){.arguments = arguments, .environment = more, .timeout_seconds = 5});
  g_auto(GStrv) lines = g_strsplit(result->output, "\n", 0);
  g_assert_cmpuint(g_strv_length(lines), ==, 4);
  g_assert_cmpstr(lines[0], ==, "PATH=" PROGRAM_PATH);
  g_assert_cmpstr(lines[1], ==, "LANG=C.UTF-8");
  g_assert_true(g_str_has_prefix(lines[2], "HOME=/"));
  g_assert_cmpstr(lines[3], ==, "CERTDROP_REGION=a b");
}

static void test_nothing_inherited(void)
{
  sigset_t blocked, before;
  int fd = open("/dev/null", O_RDONLY); /* without O_CLOEXEC */
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  signal(SIGINT, SIG_IGN);
  g_autoptr(ProgramResult) result =
      run_shell("ls /proc/self/fd; sed -En 's/Sig(Blk|Ign):.*(.{8})$/\\2/p' /proc/self/status", 5);
  signal(SIGINT, SIG_DFL);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(fd);
  /* ls has 3 open, the folder; real-time signals are the C library's own. */
  g_assert_true(
      g_regex_match_simple("^0\n1\n2\n3\n[0-9a-f]{8}\n[0-9a-f]{8}$", result->output, 0, 0));
  g_assert_true(g_str_has_suffix(result->output, "00000000\n80000000") ||
                g_str_has_suffix(result->output, "00000000\n00000000"));
}

static void test_input(void)
{
  g_autoptr(GBytes) input = g_bytes_new_static("To: one\n\nText\n", 14);
  static const char *const arguments[] = {"cat", NULL};
  ProgramRequest request = {.arguments = arguments, .input = input, .timeout_seconds = 5};
  g_autoptr(ProgramResult) result = program_run(&request);
  g_assert_cmpstr(result->output, ==, "To: one\n\nText");
  request.input = NULL;
  g_autoptr(ProgramResult) nothing = program_run(&request);
  g_assert_true(program_succeeded(nothing));
  g_assert_cmpstr(nothing->output, ==, "");
}

static void test_large_input_unread(void)
{
  g_autofree char *much = g_malloc0(1 << 20);
  g_autoptr(GBytes) input = g_bytes_new_static(much, 1 << 20);
  static const char *const arguments[] = {"true", NULL};
  g_autoptr(ProgramResult) result =
      program_run(&(ProgramRequest){.arguments = arguments, .input = input, .timeout_seconds = 5});
  g_assert_true(program_succeeded(result));
}

static void test_last_words(void)
{
  g_autofree char *noise = g_strnfill(1000, 'n');
  g_autofree char *two =
      g_strdup_printf("%s\n{\n\t\"detail\": \"no\",\n  \"status\": 400\n}\n", noise);
  const struct {
    const char *output, *words;
  } cases[] = {
      {NULL, ""},
      {"", ""},
      {"\n \n", ""},
      {"first\nthe queue  is full\n", ": the queue is full"},
      {"first\n\xe6\x9d\xad", ": \xe6\x9d\xad"},
      {"first\n---\n", ": first ---"},
      {two, ": { \"detail\": \"no\", \"status\": 400 }"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *words = program_last_words(cases[i].output);
    g_assert_cmpstr(words, ==, cases[i].words);
  }
  g_autofree char *long_words = program_last_words(noise);
  g_assert_cmpuint(strlen(long_words), ==, 242);
}

static void test_folder(void)
{
  static const char *const arguments[] = {"pwd", NULL};
  ProgramRequest request = {.arguments = arguments, .folder = "/usr", .timeout_seconds = 5};
  g_autoptr(ProgramResult) result = program_run(&request);
  g_assert_cmpstr(result->output, ==, "/usr");
  request.folder = "/no/such/folder";
  g_autoptr(ProgramResult) none = program_run(&request);
  g_assert_cmpint(none->end, ==, PROGRAM_END_NOT_STARTED);
}

/* A group that ignores SIGTERM is killed whole. */
static void test_whole_group(void)
{
  gint64 began = g_get_monotonic_time();
  g_autoptr(ProgramResult) result =
      run_shell("trap '' TERM; (trap '' TERM; while :; do sleep 1; done) & echo $!; wait", 1);
  gint64 took = g_get_monotonic_time() - began;
  g_assert_cmpint(result->end, ==, PROGRAM_END_TIMEOUT);
  g_assert_cmpint(took, >, 5 * G_USEC_PER_SEC);
  g_assert_cmpint(took, <, 20 * G_USEC_PER_SEC);
  g_autofree char *process = g_strdup_printf("/proc/%s/stat", result->output);
  for (int tries = 0; tries < 50; tries++) { /* killed, but perhaps not buried */
    g_autofree char *stat = NULL;
    if (!g_file_get_contents(process, &stat, NULL, NULL) || strstr(stat, ") Z ") != NULL)
      return;
    g_usleep(100000);
  }
  g_assert_not_reached();
}

/* What it leaves in the background holds its output open, and nobody up. */
static void test_background(void)
{
  gint64 began = g_get_monotonic_time();
  g_autoptr(ProgramResult) result = run_shell("sleep 8 & echo started", 30);
  g_assert_true(program_succeeded(result));
  g_assert_cmpstr(result->output, ==, "started");
  g_assert_cmpint(g_get_monotonic_time() - began, <, 7 * G_USEC_PER_SEC);
}

static gboolean stop_now(void)
{
  return TRUE;
}

static void test_stop(void)
{
  static const char *const arguments[] = {"sleep", "60", NULL};
  g_autoptr(ProgramResult) result = program_run(
      &(ProgramRequest){.arguments = arguments, .timeout_seconds = 60, .stop = stop_now});
  g_assert_cmpint(result->end, ==, PROGRAM_END_STOPPED);
}

static void test_output_end(void)
{
  g_autoptr(ProgramResult) result =
      run_shell("i=0; while [ $i -lt 20000 ]; do echo é$i; i=$((i+1)); done; echo last >&2", 60);
  g_assert_cmpuint(strlen(result->output), <=, PROGRAM_OUTPUT_LENGTH);
  g_assert_cmpuint(strlen(result->output), >, PROGRAM_OUTPUT_LENGTH - 16);
  g_assert_true(g_str_has_suffix(result->output, "é19999\nlast"));
  g_assert_true(g_utf8_validate(result->output, -1, NULL));
}

static void test_output_cleaned(void)
{
  static const struct {
    const char *raw;
    const char *clean;
  } cases[] = {
      {"", ""},
      {"\n a\tb \r\n", "a b"},
      {"a\rb\001\177c", "a\nbc"},
      {"\033[31;1mred\033[0m", "red"},
      {"x\xff\xfey", "x\xef\xbf\xbd\xef\xbf\xbdy"},
      {"over\xe2\x80\xaeride", "override"},
      {"a\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\nb",
       "a\n[private key left out]\nb"},
      {"+ -----BEGIN EC PRIVATE KEY-----\\nAAAA", "+ [private key left out]"},
      {"AAAA\n-----END RSA PRIVATE KEY-----\nb", "[private key left out]\nb"},
      {"-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----"},
      {"one=" SECRET_LINE ";", "one=***************************************************"
                               "***********;"},
  };
  g_autoptr(Secret) secret = secret_new_copy("-----X\n" SECRET_LINE "\nshort\n", 75);
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_byte_array_append(bytes, (const guint8 *)cases[i].raw, (guint)strlen(cases[i].raw));
    g_autofree char *clean = program_clean_output(bytes, secret);
    g_assert_cmpstr(clean, ==, cases[i].clean);
  }
}

static void test_expand(void)
{
  static const char *const arguments[] = {"/bin/push", "--to={region}", "{id}{id}", "{print $1}",
                                          "{none",     "{replaces}",    "{other}",  NULL};
  static const ProgramPlaceholder placeholders[] = {
      {"region", "{id}"}, {"id", "A.1"}, {"replaces", NULL}, {NULL, NULL}};
  g_auto(GStrv) expanded = program_expand(arguments, placeholders);
  g_autofree char *joined = g_strjoinv("|", expanded);
  g_assert_cmpstr(joined, ==, "/bin/push|--to={id}|A.1A.1|{print $1}|{none||{other}");
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/base/program/ends", test_ends);
  g_test_add_func("/base/program/not-started", test_not_started);
  g_test_add_func("/base/program/no-shell", test_no_shell);
  g_test_add_func("/base/program/environment", test_environment);
  g_test_add_func("/base/program/nothing-inherited", test_nothing_inherited);
  g_test_add_func("/base/program/input", test_input);
  g_test_add_func("/base/program/large-input-unread", test_large_input_unread);
  g_test_add_func("/base/program/last-words", test_last_words);
  g_test_add_func("/base/program/folder", test_folder);
  g_test_add_func("/base/program/whole-group", test_whole_group);
  g_test_add_func("/base/program/background", test_background);
  g_test_add_func("/base/program/stop", test_stop);
  g_test_add_func("/base/program/output-end", test_output_end);
  g_test_add_func("/base/program/output-cleaned", test_output_cleaned);
  g_test_add_func("/base/program/expand", test_expand);
  return g_test_run();
}

/* The pool of readers: what comes back, in which order, what a broken reader costs,
 * and what a reader cannot do. This program is its own reader, as certdrop is. */
#include "intake/intake.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

#define NS " xmlns=\"urn:certdrop:1\""

/* ---- Helpers ---------------------------------------------------------------- */

static int file_of(const char *text)
{
  int fd = memfd_create("document", MFD_CLOEXEC);
  g_assert_cmpint(fd, >=, 0);
  g_assert_cmpint(write(fd, text, strlen(text)), ==, strlen(text));
  return fd;
}

static void submit(IntakePool *pool, const char *text, guint tag)
{
  g_autoptr(GError) error = NULL;
  g_assert_cmpuint(intake_pool_room(pool), >, 0);
  g_assert_true(intake_pool_submit(pool, file_of(text), "file.xml", GUINT_TO_POINTER(tag), &error));
}

static IntakeAnswer next(IntakePool *pool)
{
  g_autoptr(GError) error = NULL;
  IntakeAnswer answer;
  gboolean ok = intake_pool_next(pool, -1, &answer, &error);
  g_assert_no_error(error);
  g_assert_true(ok);
  return answer;
}

static IntakePool *pool_new(guint readers)
{
  g_autoptr(GError) error = NULL;
  IntakePool *pool = intake_pool_new(readers, &error);
  g_assert_no_error(error);
  return pool;
}

/* The next answer, which is for the file TAG and of TYPE. */
static IntakeAnswer expect(IntakePool *pool, guint tag, IntakeAnswerType type)
{
  IntakeAnswer answer = next(pool);
  g_assert_cmpint(answer.type, ==, type);
  g_assert_cmpuint(GPOINTER_TO_UINT(answer.tag), ==, tag);
  return answer;
}

static void expect_item(IntakePool *pool, guint tag, const char *ref)
{
  IntakeAnswer answer = expect(pool, tag, INTAKE_ANSWER_ITEM);
  g_assert_cmpstr(answer.item->ref, ==, ref);
  g_assert_nonnull(answer.item->body);
  intake_answer_clear(&answer);
}

/* The end of a file, with a fault of CODE unless it is NULL. */
static void expect_file(IntakePool *pool, guint tag, const char *code)
{
  IntakeAnswer answer = expect(pool, tag, INTAKE_ANSWER_FILE);
  g_assert_cmpuint(answer.file->faults->len, ==, code != NULL);
  if (code != NULL) {
    const Fault *fault = g_ptr_array_index(answer.file->faults, 0);
    g_test_message("%s: %s", fault->code, fault->text);
    g_assert_cmpstr(fault->code, ==, code);
  }
  g_assert_cmpuint(strlen(answer.file->sha256), ==, 64);
  intake_answer_clear(&answer);
}

static void expect_nothing(IntakePool *pool)
{
  IntakeAnswer answer = next(pool);
  g_assert_cmpint(answer.type, ==, INTAKE_ANSWER_NOTHING);
}

static char *deletion(guint number)
{
  return g_strdup_printf("<deletion" NS " ref=\"D-%u\" certificate=\"A.1\"/>", number);
}

static void submit_deletion(IntakePool *pool, guint number)
{
  g_autofree char *text = deletion(number);
  submit(pool, text, number);
}

static void expect_deletion(IntakePool *pool, guint number)
{
  g_autofree char *ref = g_strdup_printf("D-%u", number);
  expect_item(pool, number, ref);
  expect_file(pool, number, NULL);
}

/* All processes that this one started and that are still there. */
static GArray *children(void)
{
  GArray *pids = g_array_new(FALSE, FALSE, sizeof(pid_t));
  g_autofree char *list = NULL;
  g_autofree char *path = g_strdup_printf("/proc/self/task/%d/children", (int)getpid());
  g_assert_true(g_file_get_contents(path, &list, NULL, NULL));
  g_auto(GStrv) words = g_strsplit(g_strstrip(list), " ", -1);
  for (gsize i = 0; words[i] != NULL && words[i][0] != '\0'; i++) {
    pid_t pid = atoi(words[i]);
    g_array_append_val(pids, pid);
  }
  return pids;
}

static void kill_children(void)
{
  g_autoptr(GArray) pids = children();
  g_assert_cmpuint(pids->len, >, 0);
  for (guint i = 0; i < pids->len; i++)
    kill(g_array_index(pids, pid_t, i), SIGKILL);
}

/* ---- Answers ----------------------------------------------------------------- */

static void test_answers_come_in_order(void)
{
  g_autoptr(IntakePool) pool = pool_new(3);
  guint submitted = 0;
  for (guint answered = 0; answered < 2000; answered++) {
    while (submitted < 2000 && intake_pool_room(pool) > 0)
      submit_deletion(pool, submitted++);
    expect_deletion(pool, answered);
  }
  expect_nothing(pool);
}

static void test_refused_file_has_no_item(void)
{
  g_autoptr(IntakePool) pool = pool_new(1);
  submit(pool, "<order" NS ">", 1);
  submit_deletion(pool, 2);
  submit(pool, "<!DOCTYPE order><order/>", 3);
  expect_file(pool, 1, "xml-syntax");
  expect_deletion(pool, 2);
  expect_file(pool, 3, "xml-doctype");
}

static char *batch_of(guint items)
{
  GString *text = g_string_new("<batch" NS " atomic=\"true\">");
  for (guint i = 0; i < items; i++)
    g_string_append_printf(text, "\n<deletion ref=\"D-%u\" certificate=\"A.1\"/>", i);
  g_string_append(text, "</batch>");
  return g_string_free(text, FALSE);
}

static long peak_memory(void)
{
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/* Items wait in the reader until they are asked for, also those of a batch behind another. */
static void test_batches_stream(void)
{
  const guint items = 30000;
  g_autofree char *text = batch_of(items);
  g_autoptr(IntakePool) pool = pool_new(2);
  submit(pool, text, 1);
  submit(pool, text, 2);
  submit_deletion(pool, 3);
  long before = peak_memory();
  for (guint tag = 1; tag <= 2; tag++) {
    IntakeAnswer begin = expect(pool, tag, INTAKE_ANSWER_BATCH);
    g_assert_true(begin.file->batch);
    g_assert_true(begin.file->atomic);
    g_assert_cmpuint(begin.file->items, ==, items);
    g_assert_cmpuint(strlen(begin.file->sha256), ==, 64);
    intake_answer_clear(&begin);
    for (guint i = 0; i < items; i++) {
      g_autofree char *ref = g_strdup_printf("D-%u", i);
      expect_item(pool, tag, ref);
    }
    expect_file(pool, tag, NULL);
  }
  expect_deletion(pool, 3);
#ifndef CERTDROP_SANITIZED
  g_assert_cmpint(peak_memory() - before, <, 8 * 1024);
#else
  (void)before;
#endif
}

static void test_nothing_comes_in_time(void)
{
  g_autoptr(IntakePool) pool = pool_new(1);
  expect_nothing(pool);
  g_autoptr(GArray) pids = children();
  submit_deletion(pool, 1);
  expect_deletion(pool, 1);
  kill(g_array_index(pids, pid_t, 0), SIGSTOP);
  submit_deletion(pool, 2);
  g_autoptr(GError) error = NULL;
  IntakeAnswer answer;
  g_assert_true(intake_pool_next(pool, 50, &answer, &error));
  g_assert_cmpint(answer.type, ==, INTAKE_ANSWER_NOTHING);
  g_assert_true(intake_pool_next(pool, 0, &answer, &error));
  g_assert_cmpint(answer.type, ==, INTAKE_ANSWER_NOTHING);
  kill(g_array_index(pids, pid_t, 0), SIGCONT);
  expect_deletion(pool, 2);
}

static void on_alarm(int signal_number)
{
  (void)signal_number;
}

static void test_signal_ends_the_wait(void)
{
  g_autoptr(IntakePool) pool = pool_new(1);
  submit_deletion(pool, 1);
  expect_deletion(pool, 1);
  g_autoptr(GArray) pids = children();
  kill(g_array_index(pids, pid_t, 0), SIGSTOP);
  submit_deletion(pool, 2);
  struct sigaction action = {.sa_handler = on_alarm}, old;
  sigaction(SIGALRM, &action, &old);
  alarm(1);
  expect_nothing(pool);
  sigaction(SIGALRM, &old, NULL);
  kill(g_array_index(pids, pid_t, 0), SIGCONT);
  expect_deletion(pool, 2);
}

static void test_pool_leaves_nothing_behind(void)
{
  IntakePool *pool = pool_new(2);
  submit_deletion(pool, 1);
  g_autoptr(GArray) before = children();
  g_assert_cmpuint(before->len, ==, 2);
  intake_pool_free(pool);
  g_autoptr(GArray) after = children();
  g_assert_cmpuint(after->len, ==, 0);
}

/* ---- Broken readers ------------------------------------------------------------ */

static void test_killed_readers_cost_nothing(void)
{
  g_autoptr(IntakePool) pool = pool_new(2);
  for (guint i = 0; i < 8; i++)
    submit_deletion(pool, i);
  for (guint i = 0; i < 4; i++)
    expect_deletion(pool, i);
  kill_children();
  for (guint i = 8; i < 12; i++)
    submit_deletion(pool, i);
  for (guint i = 4; i < 12; i++)
    expect_deletion(pool, i);
}

static void test_reader_killed_in_a_batch_costs_the_batch(void)
{
  g_autofree char *text = batch_of(20000);
  g_autoptr(IntakePool) pool = pool_new(1);
  submit(pool, text, 1);
  submit_deletion(pool, 2);
  IntakeAnswer answer = expect(pool, 1, INTAKE_ANSWER_BATCH);
  intake_answer_clear(&answer);
  kill_children();
  guint items = 0;
  for (;;) {
    answer = next(pool);
    if (answer.type != INTAKE_ANSWER_ITEM)
      break;
    items++;
    intake_answer_clear(&answer);
  }
  g_assert_cmpint(answer.type, ==, INTAKE_ANSWER_FILE);
  g_assert_cmpuint(answer.file->items, ==, items);
  g_assert_cmpuint(items, <, 20000);
  g_assert_cmpstr(((Fault *)g_ptr_array_index(answer.file->faults, 0))->code, ==, "reader-crashed");
  intake_answer_clear(&answer);
  expect_deletion(pool, 2);
}

/* Where this process has its mark, readers that it starts end at once. */
static char *failing_mark(pid_t pid)
{
  return g_strdup_printf("%s/certdrop-no-reader-%d", g_get_tmp_dir(), (int)pid);
}

static void test_readers_that_cannot_start_are_an_error(void)
{
  g_autofree char *mark = failing_mark(getpid());
  g_assert_true(g_file_set_contents(mark, "", 0, NULL));
  g_autoptr(IntakePool) pool = pool_new(2);
  submit_deletion(pool, 1);
  g_autoptr(GError) error = NULL;
  IntakeAnswer answer;
  g_assert_false(intake_pool_next(pool, -1, &answer, &error));
  g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_IO);
  g_assert_nonnull(strstr(error->message, "cannot start"));
  unlink(mark);
}

#ifdef CERTDROP_TEST_HOOKS

static char *hooked(const char *hook)
{
  return g_strdup_printf("<?certdrop-test %s?><deletion" NS " ref=\"X\" certificate=\"A.1\"/>",
                         hook);
}

static void test_broken_reader_costs_its_file(void)
{
  static const struct {
    const char *hook, *code;
  } hooks[] = {
      {"crash", "reader-crashed"},     {"abort", "reader-crashed"},
      {"exit", "reader-crashed"},      {"babble", "reader-crashed"},
      {"eat-memory", "reader-limits"}, {"loop", "reader-limits"},
#ifndef CERTDROP_NO_SECCOMP
      {"open-file", "reader-crashed"}, {"open-socket", "reader-crashed"},
      {"run", "reader-crashed"},
#endif
  };
  for (gsize i = 0; i < G_N_ELEMENTS(hooks); i++) {
#ifdef CERTDROP_NO_SECCOMP
    if (strcmp(hooks[i].hook, "eat-memory") == 0)
      continue;
#endif
    g_autofree char *text = hooked(hooks[i].hook);
    g_autoptr(IntakePool) pool = pool_new(1);
    submit_deletion(pool, 1);
    submit(pool, text, 2);
    submit_deletion(pool, 3);
    submit_deletion(pool, 4);
    expect_deletion(pool, 1);
    expect_file(pool, 2, hooks[i].code);
    expect_deletion(pool, 3);
    expect_deletion(pool, 4);
  }
}

#endif

/* ---- The jail: intake-jail.c has what it forbids --------------------- */

#if !defined(CERTDROP_SANITIZED) && !defined(CERTDROP_NO_SECCOMP)

/* What /proc says of a reader once it is at work. */
static void test_reader_is_jailed(void)
{
  g_autoptr(IntakePool) pool = pool_new(1);
  submit_deletion(pool, 1);
  expect_deletion(pool, 1);
  g_autoptr(GArray) pids = children();
  pid_t pid = g_array_index(pids, pid_t, 0);
  g_autofree char *path = g_strdup_printf("/proc/%d/status", (int)pid);
  g_autofree char *status = NULL;
  g_assert_true(g_file_get_contents(path, &status, NULL, NULL));
  g_assert_nonnull(strstr(status, "NoNewPrivs:\t1"));
  g_assert_nonnull(strstr(status, "Seccomp:\t2"));
  g_autofree char *limits_path = g_strdup_printf("/proc/%d/limits", (int)pid);
  g_autofree char *limits = NULL;
  g_assert_true(g_file_get_contents(limits_path, &limits, NULL, NULL));
  g_assert_nonnull(strstr(limits, "Max core file size        0 "));
  g_autofree char *environment_path = g_strdup_printf("/proc/%d/environ", (int)pid);
  g_autofree char *environment = NULL;
  gsize length = 0;
  if (g_file_get_contents(environment_path, &environment, &length, NULL))
    g_assert_null(memmem(environment, length, "HOME=", 5));
}

#endif

/* ---- Hostile files ---------------------------------------------------------------- */

/* tests/hostile, found from the program's own place upwards. */
static char *hostile_folder(void)
{
  g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
  g_autofree char *folder = g_path_get_dirname(program);
  for (;;) {
    char *path = g_build_filename(folder, "tests", "hostile", NULL);
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
      return path;
    g_free(path);
    g_assert_cmpstr(folder, !=, "/");
    char *parent = g_path_get_dirname(folder);
    g_free(folder);
    folder = parent;
  }
}

/* Each file's name begins with the code of the fault that it must get. */
static void test_hostile_files_are_refused(void)
{
  g_autofree char *folder = hostile_folder();
  g_autoptr(GDir) list = g_dir_open(folder, 0, NULL);
  g_autoptr(IntakePool) pool = pool_new(1);
  g_autoptr(GError) error = NULL;
  guint count = 0;
  for (const char *name; (name = g_dir_read_name(list)) != NULL;) {
    g_auto(GStrv) parts = g_strsplit(name, ".", 2);
    if (strcmp(parts[0], "README") == 0)
      continue;
    g_test_message("%s", name);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    int fd = file_open(AT_FDCWD, path, &error);
    g_assert_no_error(error);
    g_assert_true(intake_pool_submit(pool, fd, name, NULL, &error));
    gboolean found = FALSE;
    for (gboolean last = FALSE; !last;) {
      IntakeAnswer answer = next(pool);
      last = answer.type == INTAKE_ANSWER_FILE;
      const GPtrArray *faults =
          answer.type == INTAKE_ANSWER_ITEM ? answer.item->faults : answer.file->faults;
      for (guint i = 0; i < faults->len; i++) {
        const Fault *fault = g_ptr_array_index(faults, i);
        g_test_message("  %s: %s", fault->code, fault->text);
        found |= strcmp(fault->code, parts[0]) == 0;
      }
      intake_answer_clear(&answer);
    }
    g_assert_true(found);
    count++;
  }
  g_assert_cmpuint(count, >=, 20);
}

/* ----------------------------------------------------------------------------------- */

static int reader_main(int argc, char **argv)
{
  g_autofree char *mark = failing_mark(getppid());
  return access(mark, F_OK) == 0 ? 3 : intake_reader_main(argc, argv);
}

int main(int argc, char **argv)
{
  if (argc > 1 && strcmp(argv[1], INTAKE_READER_OPTION) == 0)
    return reader_main(argc, argv);
  g_test_init(&argc, &argv, NULL);
#define TEST(name) g_test_add_func("/intake-pool/" #name, test_##name)
  TEST(answers_come_in_order);
  TEST(refused_file_has_no_item);
  TEST(batches_stream);
  TEST(nothing_comes_in_time);
  TEST(signal_ends_the_wait);
  TEST(pool_leaves_nothing_behind);
  TEST(killed_readers_cost_nothing);
  TEST(reader_killed_in_a_batch_costs_the_batch);
  TEST(readers_that_cannot_start_are_an_error);
#ifdef CERTDROP_TEST_HOOKS
  TEST(broken_reader_costs_its_file);
#endif
#if !defined(CERTDROP_SANITIZED) && !defined(CERTDROP_NO_SECCOMP)
  TEST(reader_is_jailed);
#endif
  TEST(hostile_files_are_refused);
  return g_test_run();
}

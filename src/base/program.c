#include "base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long a command may take to end after SIGTERM. */
#define GRACE ((gint64)5 * G_USEC_PER_SEC)
/* How often `stop` is asked. */
#define GLANCE ((gint64)200 * 1000)
/* More than is kept, so that a key is seen whole before it is left out. */
#define RAW_LENGTH ((guint)4 * PROGRAM_OUTPUT_LENGTH)

/* A command under way. */
typedef struct {
  const ProgramRequest *request;
  ProgramResult *result;
  pid_t pid;
  int process; /* readable once it has ended; -1 on a kernel that has no such thing */
  int pipe;    /* its output; -1 once nobody has its other end */
  GByteArray *output;
} Running;

static char **program_environment(const ProgramRequest *request)
{
  g_autoptr(GStrvBuilder) environment = g_strv_builder_new();
  g_autofree char *home = g_strdup_printf("HOME=%s", g_get_home_dir());
  g_strv_builder_add(environment, "PATH=" PROGRAM_PATH);
  g_strv_builder_add(environment, "LANG=C.UTF-8");
  g_strv_builder_add(environment, home);
  for (const char *const *at = request->environment; at != NULL && *at != NULL; at++)
    g_strv_builder_add(environment, *at);
  return g_strv_builder_end(environment);
}

/* It may hold a password. */
static void wipe_environment(char **environment)
{
  for (char **at = environment; *at != NULL; at++)
    explicit_bzero(*at, strlen(*at));
  g_strfreev(environment);
}

/* The path of PROGRAM. posix_spawnp() would look through this process's own PATH. */
static char *find_program(const char *program)
{
  if (strchr(program, '/') != NULL)
    return g_strdup(program);
  g_auto(GStrv) folders = g_strsplit(PROGRAM_PATH, ":", 0);
  for (char **folder = folders; *folder != NULL; folder++) {
    g_autofree char *path = g_build_filename(*folder, program, NULL);
    if (access(path, X_OK) == 0)
      return g_steal_pointer(&path);
  }
  return NULL;
}

/* What the command reads: in memory and not through a pipe, so that one that does not
 * read its input blocks nobody. */
static int open_input(GBytes *input)
{
  if (input == NULL)
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
  int fd = memfd_create("input", MFD_CLOEXEC);
  gsize length;
  const char *bytes = g_bytes_get_data(input, &length);
  for (gsize written = 0; fd >= 0 && written < length;) {
    ssize_t got = write(fd, bytes + written, length - written);
    if (got < 0 && errno != EINTR) {
      close(fd);
      return -1;
    }
    written += got > 0 ? (gsize)got : 0;
  }
  if (fd >= 0)
    lseek(fd, 0, SEEK_SET);
  return fd;
}

static int set_actions(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes,
                       const ProgramRequest *request, int input, int output)
{
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  int failed = posix_spawn_file_actions_adddup2(actions, input, STDIN_FILENO);
  failed |= posix_spawn_file_actions_adddup2(actions, output, STDOUT_FILENO);
  failed |= posix_spawn_file_actions_adddup2(actions, output, STDERR_FILENO);
  failed |= posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
  if (request->folder != NULL)
    failed |= posix_spawn_file_actions_addchdir_np(actions, request->folder);
  failed |= posix_spawnattr_setsigmask(attributes, &none);
  failed |= posix_spawnattr_setsigdefault(attributes, &all);
  failed |= posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                     POSIX_SPAWN_SETSID);
  return failed;
}

static int spawn(const ProgramRequest *request, int input, int output, pid_t *ret_pid)
{
  g_autofree char *program = find_program(request->arguments[0]);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  if (program == NULL)
    return ENOENT;
  if (posix_spawn_file_actions_init(&actions) != 0 || posix_spawnattr_init(&attributes) != 0)
    return ENOMEM;
  char **environment = program_environment(request);
  int errnum = set_actions(&actions, &attributes, request, input, output) != 0
                   ? ENOMEM
                   : posix_spawn(ret_pid, program, &actions, &attributes,
                                 (char *const *)request->arguments, environment);
  wipe_environment(environment);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return errnum;
}

/* Returns an errno. */
static int start(Running *running)
{
  int pair[2], input = open_input(running->request->input);
  if (input < 0)
    return errno;
  if (pipe2(pair, O_CLOEXEC) != 0) {
    int errnum = errno;
    close(input);
    return errnum;
  }
  int errnum = spawn(running->request, input, pair[1], &running->pid);
  close(input);
  close(pair[1]);
  if (errnum != 0) {
    close(pair[0]);
    return errnum;
  }
  fcntl(pair[0], F_SETFL, O_NONBLOCK);
  running->pipe = pair[0];
  running->process = (int)syscall(SYS_pidfd_open, running->pid, 0);
  return 0;
}

/* Takes what there is of its output. */
static void take_output(Running *running)
{
  guint8 bytes[4096];
  while (running->pipe >= 0) {
    ssize_t got = read(running->pipe, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0) {
      if (got == 0 || errno != EAGAIN) {
        close(running->pipe);
        running->pipe = -1;
      }
      break;
    }
    g_byte_array_append(running->output, bytes, (guint)got);
    if (running->output->len > 2 * RAW_LENGTH)
      g_byte_array_remove_range(running->output, 0, running->output->len - RAW_LENGTH);
  }
  explicit_bzero(bytes, sizeof bytes);
}

/* Whether it has ended. It is not buried yet, so that its number stays its own. */
static gboolean has_ended(const Running *running)
{
  siginfo_t info = {0};
  return waitid(P_PID, (id_t)running->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == running->pid;
}

static gboolean is_stopped(const Running *running)
{
  return running->request->stop != NULL && running->request->stop();
}

/* Takes its output until it has ended, or UNTIL (monotonic). What it leaves behind in
 * the background may hold the other end of the pipe and is not waited for. */
static gboolean wait_for_end(Running *running, gint64 until, gboolean ask)
{
  for (;;) {
    take_output(running);
    if (has_ended(running)) {
      take_output(running);
      return TRUE;
    }
    gint64 left = until - g_get_monotonic_time();
    if (left <= 0 || (ask && is_stopped(running)))
      return FALSE;
    struct pollfd events[] = {{running->pipe, POLLIN, 0}, {running->process, POLLIN, 0}};
    poll(events, G_N_ELEMENTS(events), (int)(MIN(left, GLANCE) / 1000 + 1));
  }
}

static void finish(Running *running, gboolean ended)
{
  ProgramResult *result = running->result;
  int status = 0;
  if (!ended) {
    result->end = is_stopped(running) ? PROGRAM_END_STOPPED : PROGRAM_END_TIMEOUT;
    kill(-running->pid, SIGTERM);
    wait_for_end(running, g_get_monotonic_time() + GRACE, FALSE);
    kill(-running->pid, SIGKILL);
  }
  while (waitpid(running->pid, &status, 0) < 0 && errno == EINTR)
    ;
  take_output(running);
  if (!ended)
    return;
  result->end = WIFSIGNALED(status) ? PROGRAM_END_SIGNAL : PROGRAM_END_STATUS;
  result->number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

ProgramResult *program_run(const ProgramRequest *request)
{
  ProgramResult *result = g_new0(ProgramResult, 1);
  Running running = {.request = request, .result = result, .process = -1, .pipe = -1};
  running.output = g_byte_array_new();
  int errnum = start(&running);
  if (errnum != 0) {
    result->end = PROGRAM_END_NOT_STARTED;
    result->number = errnum;
  } else {
    gint64 until = g_get_monotonic_time() + request->timeout_seconds * G_USEC_PER_SEC;
    finish(&running, wait_for_end(&running, until, TRUE));
  }
  result->output = program_clean_output(running.output, request->secret);
  g_byte_array_unref(running.output);
  if (running.pipe >= 0)
    close(running.pipe);
  if (running.process >= 0)
    close(running.process);
  return result;
}

void program_result_free(ProgramResult *result)
{
  if (result == NULL)
    return;
  g_free(result->output);
  g_free(result);
}

gboolean program_succeeded(const ProgramResult *result)
{
  return result->end == PROGRAM_END_STATUS && result->number == 0;
}

char *program_describe(const ProgramRequest *request, const ProgramResult *result)
{
  switch (result->end) {
  case PROGRAM_END_STATUS:
    return g_strdup_printf("ended with status %d", result->number);
  case PROGRAM_END_SIGNAL:
    return g_strdup_printf("was ended by a signal, %s", g_strsignal(result->number));
  case PROGRAM_END_TIMEOUT:
    return g_strdup_printf("took longer than %" G_GINT64_FORMAT " s and was ended",
                           request->timeout_seconds);
  case PROGRAM_END_STOPPED:
    return g_strdup("was ended because the run was");
  case PROGRAM_END_NOT_STARTED:
    return g_strdup_printf("could not be started: %s", g_strerror(result->number));
  case PROGRAM_END_N:
    break;
  }
  g_assert_not_reached();
}

/* What a reader cannot do: whoever tries it in the jail is killed for it. */
#include "intake/jail-private.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#if !defined(CERTDROP_SANITIZED) && !defined(CERTDROP_NO_SECCOMP)

static void try_open(void)
{
  open("/etc/passwd", O_RDONLY | O_CLOEXEC);
}

static void try_open_relative(void)
{
  openat(0, "passwd", O_RDONLY | O_CLOEXEC);
}

static void try_stat(void)
{
  struct stat status;
  stat("/etc/passwd", &status);
}

static void try_list(void)
{
  opendir("/");
}

static void try_make(void)
{
  mkdir("/tmp/certdrop-jail", 0700);
}

static void try_remove(void)
{
  unlink("/tmp/certdrop-jail");
}

static void try_socket(void)
{
  socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static void try_run(void)
{
  execl("/bin/true", "true", (char *)NULL);
}

static void try_fork(void)
{
  if (fork() == 0)
    _exit(0);
}

static void try_kill(void)
{
  kill(getppid(), 0);
}

static void try_trace(void)
{
  ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static void try_code(void)
{
  mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void try_code_later(void)
{
  static char page[8192];
  mprotect((void *)(((guintptr)page + 4095) & ~(guintptr)4095), 4096, PROT_READ | PROT_EXEC);
}

static void try_map_file(void)
{
  mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 0, 0);
}

static void try_write_elsewhere(void)
{
  g_assert_cmpint(write(2, "x", 1), !=, 1);
}

static void try_send_descriptor(void)
{
  struct msghdr message = {0};
  sendmsg(3, &message, 0);
}

static void try_time(void)
{
  struct timespec time = {1, 0};
  clock_settime(CLOCK_REALTIME, &time);
}

/* Closes a jail in a child of its own and has it TRY something. The child's wait status. */
static int in_jail(void (*try)(void))
{
  pid_t pid = fork();
  g_assert_cmpint(pid, >=, 0);
  if (pid == 0) {
    if (!jail_close(3, 4, NULL))
      _exit(2);
    if (try != NULL)
      try();
    _exit(0);
  }
  int status;
  g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
  return status;
}

static void test_jail_kills_who_tries(void)
{
  static const struct {
    const char *what;
    void (*try)(void);
  } tries[] = {
      {"open", try_open},
      {"open relative", try_open_relative},
      {"stat", try_stat},
      {"list", try_list},
      {"make", try_make},
      {"remove", try_remove},
      {"socket", try_socket},
      {"run", try_run},
      {"fork", try_fork},
      {"kill", try_kill},
      {"trace", try_trace},
      {"code", try_code},
      {"code later", try_code_later},
      {"map a file", try_map_file},
      {"write elsewhere", try_write_elsewhere},
      {"send a descriptor", try_send_descriptor},
      {"set the time", try_time},
  };
  int status = in_jail(NULL);
  g_assert_true(WIFEXITED(status));
  g_assert_cmpint(WEXITSTATUS(status), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS(tries); i++) {
    g_test_message("%s", tries[i].what);
    status = in_jail(tries[i].try);
    g_assert_true(WIFSIGNALED(status));
    g_assert_cmpint(WTERMSIG(status), ==, SIGSYS);
  }
}

#endif

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#if !defined(CERTDROP_SANITIZED) && !defined(CERTDROP_NO_SECCOMP)
  g_test_add_func("/intake-jail/kills-who-tries", test_jail_kills_who_tries);
#endif
  return g_test_run();
}

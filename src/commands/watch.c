#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "commands/commands-private.h"

/* inotify says nothing of files that other hosts put into a network folder, so
 * the inbox is looked at every so often anyway; a file that was left because it
 * may be unfinished is looked at again soon. */
#define SCAN_SECONDS 30
#define SETTLE_MS 20

static void on_signal(int number G_GNUC_UNUSED)
{
  keeper_stop();
}

/* Tells systemd (Type=notify) how the service is; nothing where it did not start
 * us. The protocol is that of sd_notify(3): a datagram to $NOTIFY_SOCKET. */
static void notify(const char *state)
{
  const char *path = g_getenv("NOTIFY_SOCKET");
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (path == NULL || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof address.sun_path)
    return;
  memcpy(address.sun_path, path, strlen(path));
  if (path[0] == '@')
    address.sun_path[0] = '\0';
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return;
  socklen_t length = (socklen_t)(G_STRUCT_OFFSET(struct sockaddr_un, sun_path) + strlen(path));
  /* That nobody listens is no reason to stop working. */
  (void)!sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, length);
  close(fd);
}

/* Closed after writing, or moved in whole: a file is ready. Anything else,
 * a lost queue above all, is covered by scanning the folder. */
static int open_inotify(int root, GError **error)
{
  g_autofree char *inbox = g_strdup_printf("/proc/self/fd/%d/inbox", root);
  int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (fd >= 0 && inotify_add_watch(fd, inbox, IN_CLOSE_WRITE | IN_MOVED_TO | IN_ONLYDIR) >= 0)
    return fd;
  error_set_errno(error, errno, "inbox: cannot watch");
  if (fd >= 0)
    close(fd);
  return -1;
}

/* Forgets what was told so far: the scan that follows sees it all. */
static void drain(int fd)
{
  char events[16384];
  while (read(fd, events, sizeof events) > 0)
    ;
}

/* A scan that finds nothing to do leaves no trace. The FIRST run is done anyway: what is
 * configured may have changed. */
static gboolean run_once(Keeper *keeper, gboolean first, GError **error)
{
  LedgerRun run = {0};
  gboolean idle = FALSE;
  if (!first && !keeper_is_idle(keeper, &idle, error))
    return FALSE;
  if (idle)
    return TRUE;
  gboolean ok = keeper_run(keeper, NULL, NULL, &run, error);
  command_print_messages(keeper);
  if (!ok || run.accepted + run.rejected + run.expired + run.renewed + run.failed == 0)
    return ok;
  command_print_run(&run);
  fflush(stdout);
  return TRUE;
}

/* Waits for files, or until it is time to look anyway. ppoll() lets the signals
 * through only here, so that none is lost between the test and the wait. */
static void wait_for_files(int inotify, const sigset_t *unblocked)
{
  struct pollfd wait = {.fd = inotify, .events = POLLIN};
  const struct timespec timeout = {.tv_sec = SCAN_SECONDS};
  if (keeper_is_stopped() || ppoll(&wait, 1, &timeout, unblocked) <= 0)
    return;
  /* More files tend to follow the first. */
  const struct timespec settle = {.tv_nsec = SETTLE_MS * 1000000L};
  nanosleep(&settle, NULL);
}

static gboolean watch_loop(Keeper *keeper, int inotify, const sigset_t *unblocked, GError **error)
{
  notify("READY=1\nSTATUS=watching inbox/");
  for (gboolean first = TRUE; !keeper_is_stopped(); first = FALSE) {
    drain(inotify);
    if (!run_once(keeper, first, error))
      return FALSE;
    wait_for_files(inotify, unblocked);
  }
  notify("STOPPING=1");
  return TRUE;
}

int command_watch(const CommandContext *context, int argc, char **argv, GError **error)
{
  if (!command_parse("watch", NULL, &argc, &argv, 0, 0, error))
    return -1;
  sigset_t blocked, unblocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigaddset(&blocked, SIGINT);
  const struct sigaction action = {.sa_handler = on_signal};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  /* Before there is any other thread, which would get them. */
  pthread_sigmask(SIG_BLOCK, &blocked, &unblocked);
  g_autoptr(Keeper) keeper = keeper_open(context->root, KEEPER_FOR_RUN, error);
  int inotify = keeper != NULL ? open_inotify(context->root, error) : -1;
  if (inotify < 0)
    return -1;
  terminal_say_next("drop files into inbox/; Ctrl-C ends the watch");
  gboolean ok = watch_loop(keeper, inotify, &unblocked, error);
  close(inotify);
  return ok ? 0 : -1;
}

#include "intake/child-private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "intake/intake.h"

#define RECEIVE_LENGTH ((guint)64 << 10)
#define KEPT_LENGTH ((guint)1 << 20)

#ifdef CERTDROP_NO_SECCOMP
/* Under valgrind the link leads to valgrind; readlink() is told the truth. */
static char *own_binary(void)
{
  return g_file_read_link("/proc/self/exe", NULL);
}
#else
/* The link leads to the running binary even where an update has put another in its place. */
static char *own_binary(void)
{
  return g_strdup("/proc/self/exe");
}
#endif

/* What of the environment a reader gets: nothing, but a test build's what makes it testable. */
static char **reader_environment(void)
{
  static const char *const kept[] = {
#if defined(CERTDROP_SANITIZED) || defined(CERTDROP_TEST_HOOKS)
    "ASAN_OPTIONS",
    "UBSAN_OPTIONS",
    "LSAN_OPTIONS",
    "G_DEBUG",
#endif
    NULL
  };
  g_autoptr(GStrvBuilder) environment = g_strv_builder_new();
  for (gsize i = 0; kept[i] != NULL; i++) {
    const char *value = g_getenv(kept[i]);
    g_autofree char *entry = value != NULL ? g_strdup_printf("%s=%s", kept[i], value) : NULL;
    if (entry != NULL)
      g_strv_builder_add(environment, entry);
  }
  return g_strv_builder_end(environment);
}

/* The reader gets SOCKET and KEYS as its descriptors 3 and 4, the keeper's errors on 2 for its
 * start, and no other. */
static int spawn(int socket, int keys, pid_t *ret_pid)
{
  g_autofree char *binary = own_binary();
  g_auto(GStrv) environment = reader_environment();
  char *arguments[] = {(char *)"certdrop-reader", (char *)INTAKE_READER_OPTION, NULL};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  if (posix_spawn_file_actions_init(&actions) != 0 || posix_spawnattr_init(&attributes) != 0)
    return ENOMEM;
  int failed = posix_spawn_file_actions_adddup2(&actions, socket, WIRE_READER_SOCKET);
  failed |= posix_spawn_file_actions_adddup2(&actions, keys, WIRE_READER_KEYS);
  failed |= posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  failed |= posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  failed |= posix_spawn_file_actions_addclosefrom_np(&actions, WIRE_READER_KEYS + 1);
  failed |= posix_spawnattr_setsigmask(&attributes, &none);
  failed |= posix_spawnattr_setsigdefault(&attributes, &all);
  failed |= posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  int errnum = failed != 0
                   ? ENOMEM
                   : posix_spawn(ret_pid, binary, &actions, &attributes, arguments, environment);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return errnum;
}

static void close_pair(const int pair[2])
{
  close(pair[0]);
  close(pair[1]);
}

/* A pair of sockets, of which the second does not stand where a descriptor of the reader will. */
static gboolean make_pair(int ret_pair[2], GError **error)
{
  int pair[2] = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    return error_set_errno(error, errno, "cannot make a socket for a reader");
  int moved = fcntl(pair[1], F_DUPFD_CLOEXEC, WIRE_READER_KEYS + 1);
  if (moved < 0) {
    error_set_errno(error, errno, "cannot make a socket for a reader");
    close_pair(pair);
    return FALSE;
  }
  close(pair[1]);
  ret_pair[0] = pair[0];
  ret_pair[1] = moved;
  return TRUE;
}

Child *child_start(GError **error)
{
  int pair[2] = {-1, -1}, keys[2] = {-1, -1};
  if (!make_pair(pair, error))
    return NULL;
  if (!make_pair(keys, error)) {
    close_pair(pair);
    return NULL;
  }
  pid_t pid = -1;
  int errnum = spawn(pair[1], keys[1], &pid);
  close(pair[1]);
  close(keys[1]);
  if (errnum != 0) {
    close(pair[0]);
    close(keys[0]);
    error_set_errno(error, errnum, "cannot start a reader");
    return NULL;
  }
  Child *child = g_new0(Child, 1);
  child->pid = pid;
  child->socket = pair[0];
  child->keys = keys[0];
  child->received = g_byte_array_new();
  return child;
}

/* Drops what was handed out, and the memory of what was large. */
static void compact(Child *child)
{
  if (child->taken == 0)
    return;
  gboolean large = child->received->len > KEPT_LENGTH;
  g_byte_array_remove_range(child->received, 0, (guint)child->taken);
  child->taken = 0;
  if (!large)
    return;
  g_autoptr(GByteArray) old = g_steal_pointer(&child->received);
  child->received = g_byte_array_new();
  g_byte_array_append(child->received, old->data, old->len);
}

ChildEvent child_receive(Child *child, int timeout_ms)
{
  struct pollfd event = {child->socket, POLLIN, 0};
  int ready = poll(&event, 1, timeout_ms);
  if (ready <= 0)
    return ready < 0 && errno == EINTR ? CHILD_EVENT_SIGNAL : CHILD_EVENT_NOTHING;
  compact(child);
  guint length = child->received->len;
  g_byte_array_set_size(child->received, length + RECEIVE_LENGTH);
  ssize_t got = recv(child->socket, child->received->data + length, RECEIVE_LENGTH, MSG_DONTWAIT);
  g_byte_array_set_size(child->received, length + (guint)MAX(got, 0));
  if (got < 0 && (errno == EINTR || errno == EAGAIN))
    return CHILD_EVENT_NOTHING;
  return got > 0 ? CHILD_EVENT_BYTES : CHILD_EVENT_END;
}

int child_take(Child *child, WireHeader *ret_header, const guint8 **ret_bytes)
{
  gsize length = child->received->len - child->taken;
  const guint8 *at = child->received->data + child->taken;
  WireHeader header;
  if (length < sizeof header)
    return 0;
  memcpy(&header, at, sizeof header);
  if (header.magic != WIRE_MAGIC || header.type == 0 || header.type >= WIRE_TYPE_N ||
      header.length > WIRE_LENGTH_LIMIT)
    return -1;
  if (length - sizeof header < header.length)
    return 0;
  child->taken += sizeof header + header.length;
  *ret_header = header;
  *ret_bytes = at + sizeof header;
  return 1;
}

gint64 child_cpu_time(const Child *child)
{
  clockid_t clock;
  struct timespec time;
  if (clock_getcpuclockid(child->pid, &clock) != 0 || clock_gettime(clock, &time) != 0)
    return 0;
  return (gint64)time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

int child_end(Child *child)
{
  kill(child->pid, SIGKILL);
  close(child->socket);
  close(child->keys);
  int status = -1;
  while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
    ;
  g_byte_array_unref(child->received);
  g_free(child);
  return status;
}

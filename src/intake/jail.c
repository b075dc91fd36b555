#include "intake/jail-private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "intake/intake.h"

/* What a reader needs none of once it has started. A sanitizer needs memory of its own, valgrind
 * descriptors too. */
static const struct {
  __rlimit_resource_t resource;
  rlim_t limit;
} limits[] = {
    {RLIMIT_CORE, 0},
    {RLIMIT_FSIZE, 0},
    {RLIMIT_NPROC, 0},
#ifndef CERTDROP_NO_SECCOMP
    {RLIMIT_NOFILE, 8},
#ifndef CERTDROP_SANITIZED
    {RLIMIT_AS, INTAKE_LIMIT_MEMORY},
#endif
#endif
};

static gboolean set_limits(GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS(limits); i++) {
    const struct rlimit limit = {limits[i].limit, limits[i].limit};
    if (setrlimit(limits[i].resource, &limit) != 0)
      return error_set_errno(error, errno, "cannot limit a reader");
  }
  return TRUE;
}

#ifdef CERTDROP_NO_SECCOMP

/* valgrind knows neither Landlock nor seccomp: this build is for it alone. */
static void close_landlock(void)
{
}

static gboolean close_seccomp(int socket G_GNUC_UNUSED, int keys G_GNUC_UNUSED,
                              GError **error G_GNUC_UNUSED)
{
  return TRUE;
}

#elif defined(CERTDROP_SANITIZED)

/* A sanitizer's runtime opens files and makes threads: only what would reach the
 * outside is forbidden. The tests of the jail itself run on a plain build. */
static const int forbidden[] = {
    SCMP_SYS(socket),   SCMP_SYS(socketpair), SCMP_SYS(connect),  SCMP_SYS(execve),
    SCMP_SYS(execveat), SCMP_SYS(unlink),     SCMP_SYS(unlinkat), SCMP_SYS(rename),
    SCMP_SYS(renameat), SCMP_SYS(renameat2),  SCMP_SYS(mkdir),    SCMP_SYS(mkdirat),
};

static gboolean add_rules(scmp_filter_ctx filter, int socket G_GNUC_UNUSED, int keys G_GNUC_UNUSED)
{
  int failed = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(forbidden); i++)
    failed |= seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, forbidden[i], 0);
  return failed == 0;
}

#define DEFAULT_ACTION SCMP_ACT_ALLOW

#else

/* Calls that are harmless whatever their arguments. */
static const int allowed[] = {
    SCMP_SYS(pread64),    SCMP_SYS(lseek),           SCMP_SYS(close),
    SCMP_SYS(munmap),     SCMP_SYS(mremap),          SCMP_SYS(brk),
    SCMP_SYS(madvise),    SCMP_SYS(futex),           SCMP_SYS(clock_gettime),
    SCMP_SYS(getrandom),  SCMP_SYS(rt_sigprocmask),  SCMP_SYS(rt_sigreturn),
    SCMP_SYS(getpid),     SCMP_SYS(gettid),          SCMP_SYS(exit),
    SCMP_SYS(exit_group), SCMP_SYS(restart_syscall),
};

/* The others are bound to the sockets, to memory that is not code, and to the process itself
 * (abort() signals it). */
static gboolean add_rules(scmp_filter_ctx filter, int socket, int keys)
{
  const guint32 act = SCMP_ACT_ALLOW;
  const scmp_datum_t fd = (scmp_datum_t)socket;
  int failed = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(allowed); i++)
    failed |= seccomp_rule_add(filter, act, allowed[i], 0);
  failed |= seccomp_rule_add(filter, act, SCMP_SYS(recvmsg), 1, SCMP_A0(SCMP_CMP_EQ, fd));
  const scmp_datum_t sockets[] = {fd, (scmp_datum_t)keys};
  for (gsize i = 0; i < G_N_ELEMENTS(sockets); i++)
    failed |= seccomp_rule_add(filter, act, SCMP_SYS(sendto), 2, SCMP_A0(SCMP_CMP_EQ, sockets[i]),
                               SCMP_A4(SCMP_CMP_EQ, 0));
  failed |=
      seccomp_rule_add(filter, act, SCMP_SYS(mmap), 2, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                       SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS));
  failed |= seccomp_rule_add(filter, act, SCMP_SYS(tgkill), 1,
                             SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
  return failed == 0;
}

#define DEFAULT_ACTION SCMP_ACT_KILL_PROCESS

#endif

#ifndef CERTDROP_NO_SECCOMP

/* All rights to files, TCP ports and signals that the kernel's version of Landlock knows are
 * taken; a kernel without it leaves that to seccomp. (landlock(7); no C library has these calls.)
 */
static void close_landlock(void)
{
  const long version =
      syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1)
    return;
  /* File rights by version: 13, then REFER, TRUNCATE, (net), IOCTL_DEV. */
  const int bits[] = {0, 13, 14, 15, 15, 16};
  struct {
    guint64 files, net, scoped;
  } handled = {(G_GUINT64_CONSTANT(1) << bits[MIN(version, 5)]) - 1, version >= 4 ? 3 : 0,
               version >= 6 ? 3 : 0};
  size_t size = version >= 6   ? sizeof handled
                : version >= 4 ? offsetof(__typeof__(handled), scoped)
                               : offsetof(__typeof__(handled), net);
  long ruleset = syscall(SYS_landlock_create_ruleset, &handled, size, 0);
  if (ruleset < 0)
    return;
  syscall(SYS_landlock_restrict_self, (int)ruleset, 0);
  close((int)ruleset);
}

static gboolean close_seccomp(int socket, int keys, GError **error)
{
  scmp_filter_ctx filter = seccomp_init(DEFAULT_ACTION);
  gboolean ready = filter != NULL && add_rules(filter, socket, keys) &&
                   seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0;
  int failed = ready ? seccomp_load(filter) : -ENOMEM;
  if (filter != NULL)
    seccomp_release(filter);
  return failed == 0 || error_set_errno(error, -failed, "cannot close the jail of a reader");
}

#endif

gboolean jail_close(int socket, int keys, GError **error)
{
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return error_set_errno(error, errno, "cannot take a reader's privileges");
#ifndef CERTDROP_SANITIZED
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
    return error_set_errno(error, errno, "cannot protect a reader's memory");
#endif
  close_landlock();
  return set_limits(error) && close_seccomp(socket, keys, error);
}

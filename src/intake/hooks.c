#include "intake/hooks-private.h"

#ifdef CERTDROP_TEST_HOOKS

#include <glib.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static gboolean armed;

void hooks_arm(void)
{
  armed = TRUE;
}

static void do_crash(void)
{
  volatile char *volatile nowhere = NULL;
  *nowhere = 1;
}

static void do_loop(void)
{
  for (volatile gboolean forever = TRUE; forever;)
    ;
}

static void do_eat_memory(void)
{
  for (;;) {
    char *block = g_malloc(1 << 20);
    memset(block, 1, 1 << 20);
    *(char *volatile *)(void *)block = block;
  }
}

static void do_open_file(void)
{
  int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
  if (fd >= 0)
    close(fd);
}

static void do_open_socket(void)
{
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0)
    close(fd);
}

static void do_run(void)
{
  execl("/bin/true", "true", (char *)NULL);
}

static void do_abort(void)
{
  abort();
}

static void do_exit(void)
{
  _exit(0);
}

/* Something that is no answer. */
static void do_babble(void)
{
  send(3, "no answer at all, and long enough", 33, MSG_NOSIGNAL);
}

static const struct {
  const char *name;
  void (*act)(void);
} hooks[] = {
    {"crash", do_crash},
    {"loop", do_loop},
    {"eat-memory", do_eat_memory},
    {"open-file", do_open_file},
    {"open-socket", do_open_socket},
    {"run", do_run},
    {"abort", do_abort},
    {"exit", do_exit},
    {"babble", do_babble},
};

void hooks_instruction(const char *target, const char *data)
{
  if (!armed || strcmp(target, "certdrop-test") != 0 || data == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS(hooks); i++)
    if (strcmp(hooks[i].name, data) == 0)
      hooks[i].act();
}

#endif

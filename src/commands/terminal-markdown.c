#include <string.h>

#include "commands/terminal.h"
#include "lifecycle/lifecycle.h"

static const TerminalStyle status_styles[LIFECYCLE_STATUS_N] = {
    [LIFECYCLE_STATUS_AWAITING_PAYMENT] = TERMINAL_LATER,
    [LIFECYCLE_STATUS_PAID] = TERMINAL_LATER,
    [LIFECYCLE_STATUS_PENDING_VERIFICATION] = TERMINAL_LATER,
    [LIFECYCLE_STATUS_VERIFICATION_FAILED] = TERMINAL_BAD,
    [LIFECYCLE_STATUS_ISSUED] = TERMINAL_GOOD,
    [LIFECYCLE_STATUS_EXPIRED] = TERMINAL_BAD,
    [LIFECYCLE_STATUS_REVOKED] = TERMINAL_BAD,
    [LIFECYCLE_STATUS_REFUNDED] = TERMINAL_BAD,
};
G_STATIC_ASSERT(LIFECYCLE_STATUS_N == 9);

/* A page in the making: what is copied, and whether it is within **strong** text. */
typedef struct {
  GString *out;
  gboolean strong;
} Painter;

static void paint(Painter *painter, TerminalStyle style, const char *text, gsize length)
{
  g_string_append(painter->out, terminal_style(stdout, style));
  g_string_append_len(painter->out, text, (gssize)length);
  g_string_append(painter->out, terminal_style(stdout, TERMINAL_PLAIN));
}

/* A link to the page of a status is that status: [Issued](../status/issued/index.md). */
static TerminalStyle style_of_link(const char *target, gsize length)
{
  g_autofree char *copy = g_strndup(target, length);
  for (LifecycleStatus status = 1; status < LIFECYCLE_STATUS_N; status++) {
    g_autofree char *folder = g_strdup_printf("status/%s/", lifecycle_statuses[status].name);
    if (strstr(copy, folder) != NULL)
      return status_styles[status];
  }
  return TERMINAL_PLAIN;
}

/* A link that begins at AT; returns its length, 0 if there is none. */
static gsize paint_link(Painter *painter, const char *at)
{
  gsize text = strcspn(at, "]");
  if (at[text] == '\0' || at[text + 1] != '(')
    return 0;
  const char *target = at + text + 1;
  gsize length = strcspn(target, ")") + 1;
  if (target[length - 1] == '\0')
    return 0;
  paint(painter, TERMINAL_FAINT, at, 1);
  paint(painter, style_of_link(target, length), at + 1, text - 1);
  paint(painter, TERMINAL_FAINT, at + text, length + 1);
  return text + 1 + length;
}

static gsize length_of_code(const char *at)
{
  gsize fence = strspn(at, "`");
  g_autofree char *mark = g_strndup(at, fence);
  const char *end = strstr(at + fence, mark);
  return end != NULL ? (gsize)(end - at) + fence : fence;
}

/* The marks of strong text, which are strong themselves. */
static void paint_strong(Painter *painter)
{
  painter->strong = !painter->strong;
  if (painter->strong)
    g_string_append_printf(painter->out, "%s**", terminal_style(stdout, TERMINAL_BOLD));
  else
    g_string_append_printf(painter->out, "**%s", terminal_style(stdout, TERMINAL_PLAIN));
}

/* What stands at AT in a LINE; returns how many bytes it took. */
static gsize paint_piece(Painter *painter, const char *line, const char *at)
{
  gsize length = 1;
  if (*at == '\\' && at[1] != '\0')
    length = 2;
  else if (*at == '`')
    length = length_of_code(at);
  else if (*at == '[' && (length = paint_link(painter, at)) > 0)
    return length;
  else if (g_str_has_prefix(at, "**")) {
    paint_strong(painter);
    return 2;
  } else if (*at == '|' && *line == '|') {
    paint(painter, TERMINAL_FAINT, at, 1);
    return 1;
  }
  length = MAX(length, 1);
  g_string_append_len(painter->out, at, (gssize)length);
  return length;
}

static void paint_line(Painter *painter, const char *line)
{
  if (*line == '#')
    paint(painter, TERMINAL_BOLD, line, strlen(line));
  else if (g_str_has_prefix(line, "| -"))
    paint(painter, TERMINAL_FAINT, line, strlen(line));
  else
    for (const char *at = line; *at != '\0';)
      at += paint_piece(painter, line, at);
}

char *terminal_paint_markdown(const char *text)
{
  if (*terminal_style(stdout, TERMINAL_PLAIN) == '\0')
    return g_strdup(text);
  Painter painter = {.out = g_string_new(NULL)};
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++) {
    if (i > 0)
      g_string_append_c(painter.out, '\n');
    painter.strong = FALSE;
    paint_line(&painter, lines[i]);
  }
  return g_string_free(painter.out, FALSE);
}

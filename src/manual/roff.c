#include "manual/roff.h"

#include <string.h>

/* A hyphen that is copied from a page has to be one; what is not ASCII is named, so that
 * no locale of the reader matters. */
static void add_character(GString *page, gunichar character)
{
  if (character == '\\')
    g_string_append(page, "\\e");
  else if (character == '-')
    g_string_append(page, "\\-");
  else if (character == '"')
    g_string_append(page, "\\(dq");
  else if (character == '\'')
    g_string_append(page, "\\(aq");
  else if (character < 0x80)
    g_string_append_c(page, (char)character);
  else
    g_string_append_printf(page, "\\[u%04X]", character);
}

static void add_characters(GString *page, const char *text, const char *end)
{
  for (; text < end; text = g_utf8_next_char(text))
    add_character(page, g_utf8_get_char(text));
}

void roff_add_word(GString *page, const char *word)
{
  /* Not the name of a macro, whatever it is. */
  g_string_append(page, "\\&");
  for (; *word != '\0'; word = g_utf8_next_char(word))
    if (*word == ' ')
      g_string_append(page, "\\ ");
    else
      add_character(page, g_utf8_get_char(word));
}

/* The end of the sentence that TEXT begins with: its last sign. */
static const char *find_end(const char *text)
{
  for (const char *at = text; *at != '\0'; at++)
    if (strchr(".?!", *at) != NULL && at[1] == ' ' && !g_ascii_islower(at[2]))
      return at + 1;
  return text + strlen(text);
}

/* A line of the page: a point or a quote at its beginning would make it a macro. */
static void add_line(GString *page, const char *text, const char *end)
{
  if (strchr(".'", *text) != NULL)
    g_string_append(page, "\\&");
  g_string_append_len(page, text, end - text);
  g_string_append_c(page, '\n');
}

/* A sentence, on as many lines as it needs. */
static void add_sentence(GString *page, const char *text, const char *end)
{
  const gsize width = 78;
  g_autoptr(GString) escaped = g_string_new(NULL);
  add_characters(escaped, text, end);
  const char *at = escaped->str, *last = at + escaped->len;
  while ((gsize)(last - at) > width) {
    const char *space = g_strrstr_len(at, (gssize)width, " ");
    if (space == NULL)
      break;
    add_line(page, at, space);
    at = space + 1;
  }
  add_line(page, at, last);
}

void roff_add_text(GString *page, const char *text)
{
  while (*text != '\0') {
    const char *end = find_end(text);
    add_sentence(page, text, end);
    text = end + strspn(end, " ");
  }
}

void roff_add_verbatim(GString *page, const char *text, gsize length)
{
  const char *end = text + length;
  while (text < end) {
    const char *line = memchr(text, '\n', (gsize)(end - text));
    g_autoptr(GString) escaped = g_string_new(NULL);
    line = line != NULL ? line : end;
    add_characters(escaped, text, line);
    add_line(page, escaped->str, escaped->str + escaped->len);
    text = line + 1;
  }
}

#include <string.h>

#include "base/program.h"
#include "base/text.h"

#define LEFT_OUT "[private key left out]"

/* The most of an output that a message has. */
#define WORDS_LENGTH 240

/* A line of a key shorter than this could be anything. */
#define SECRET_LINE_LENGTH 16

/* PEM's private keys, perhaps without their end; then what has lost its beginning. */
static const char key_pattern[] =
    "-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(-----END [A-Z0-9 ]*PRIVATE KEY-----|\\z)";
static const char key_end_pattern[] = "\\A.*-----END [A-Z0-9 ]*PRIVATE KEY-----";

/* What terminals understand as a colour or a move. */
static const char escape_pattern[] = "\\x1b\\[[0-9;?]*[ -/]*[@-~]";

static void replace(GString *text, const char *pattern, const char *with)
{
  g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_DOTALL | G_REGEX_OPTIMIZE, 0, NULL);
  char *replaced = g_regex_replace_literal(regex, text->str, (gssize)text->len, 0, with, 0, NULL);
  if (replaced == NULL)
    replaced = g_strdup(LEFT_OUT); /* too odd to be matched: nothing of it is kept */
  explicit_bzero(text->str, text->len);
  g_string_assign(text, replaced);
  explicit_bzero(replaced, strlen(replaced));
  g_free(replaced);
}

static void hide(GString *text, const char *secret, gsize length)
{
  for (char *at = text->str;
       (at = memmem(at, text->len - (gsize)(at - text->str), secret, length)) != NULL;)
    memset(at, '*', length);
}

static void hide_lines(GString *text, const Secret *secret)
{
  const char *at = (const char *)secret->data;
  for (const char *end = at + secret->length; at < end;) {
    const char *stop = memchr(at, '\n', (gsize)(end - at));
    gsize length = (gsize)((stop != NULL ? stop : end) - at);
    if (length >= SECRET_LINE_LENGTH && *at != '-')
      hide(text, at, length);
    at += length + 1;
  }
}

char *program_clean_output(GByteArray *bytes, const Secret *secret)
{
  if (bytes->len == 0)
    return g_strdup("");
  g_autofree char *valid = g_utf8_make_valid((const char *)bytes->data, (gssize)bytes->len);
  g_autoptr(GString) text = g_string_new(valid);
  explicit_bzero(valid, strlen(valid));
  explicit_bzero(bytes->data, bytes->len);
  g_byte_array_set_size(bytes, 0);
  if (secret != NULL)
    hide_lines(text, secret);
  replace(text, key_pattern, LEFT_OUT);
  replace(text, key_end_pattern, LEFT_OUT);
  replace(text, escape_pattern, "");
  char *end = text->str + text->len;
  char *start = text->len > PROGRAM_OUTPUT_LENGTH ? end - PROGRAM_OUTPUT_LENGTH : text->str;
  while ((*start & 0xc0) == 0x80) /* not in the middle of a character */
    start++;
  return text_make_readable(start);
}

/* The last line of TEXT, which ends with none. */
static const char *last_line(const char *text)
{
  const char *line = strrchr(text, '\n');
  return line != NULL ? line + 1 : text;
}

static gboolean has_word(const char *line)
{
  for (const char *at = line; *at != '\0'; at = g_utf8_next_char(at))
    if (g_unichar_isalnum(g_utf8_get_char(at)))
      return TRUE;
  return FALSE;
}

/* From where on TEXT, of valid UTF-8, is at most WORDS_LENGTH long: at a line if there is one. */
static const char *what_fits(const char *text)
{
  gsize length = strlen(text);
  const char *start = text + (length > WORDS_LENGTH ? length - WORDS_LENGTH : 0);
  while ((*start & 0xc0) == 0x80)
    start++;
  const char *line = start > text && start[-1] != '\n' ? strchr(start, '\n') : NULL;
  return line != NULL ? line : start;
}

char *program_last_words(const char *output)
{
  g_autofree char *text = g_utf8_make_valid(output != NULL ? output : "", -1);
  g_strchomp(text);
  const char *line = last_line(text);
  if (!has_word(line))
    line = text;
  g_auto(GStrv) parts = g_strsplit_set(what_fits(line), " \t\n", -1);
  g_autoptr(GString) words = g_string_new(NULL);
  for (char **part = parts; *part != NULL; part++)
    if (**part != '\0')
      g_string_append_printf(words, "%s%s", words->len > 0 ? " " : ": ", *part);
  return g_string_free(g_steal_pointer(&words), FALSE);
}

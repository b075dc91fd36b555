#include "base/text.h"

#include "outbox/outbox-private.h"

#include <string.h>

static gboolean text_is_plain(const char *text)
{
  for (const char *at = text; *at != '\0'; at++)
    if (*at < ' ' || *at > '~')
      return FALSE;
  return TRUE;
}

static gboolean text_turns_direction(gunichar c)
{
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

static gboolean text_is_no_character(gunichar c)
{
  return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF) || c == 0xFEFF;
}

static gunichar text_clean_character(gunichar c)
{
  if (c == '\n' || c == '\r' || c == '\t' || c == 0x2028 || c == 0x2029)
    return ' ';
  if (g_unichar_iscntrl(c) || text_turns_direction(c) || text_is_no_character(c))
    return 0xFFFD;
  return c;
}

char *outbox_clean_text(const char *text)
{
  if (text == NULL)
    return NULL;
  if (text_is_plain(text))
    return g_strdup(text);
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  GString *clean = g_string_sized_new(strlen(valid));
  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at))
    g_string_append_unichar(clean, text_clean_character(g_utf8_get_char(at)));
  return g_string_free(clean, FALSE);
}

gsize outbox_text_columns(const char *text)
{
  gsize columns = 0;
  for (; *text != '\0'; text = g_utf8_next_char(text)) {
    gunichar c = g_utf8_get_char(text);
    columns += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
  }
  return columns;
}

char *outbox_domain_part(const char *first_name)
{
  const gsize longest = 100;
  char *part = g_strndup(first_name, longest);
  for (char *at = part; *at != '\0'; at++)
    if (!g_ascii_islower(*at) && !g_ascii_isdigit(*at) && *at != '.' && *at != '-')
      *at = '_';
  return part;
}

char *outbox_kept_name(const char *name, guint number)
{
  g_autofree char *safe = text_safe_file_name(name);
  return text_number_file_name(safe, number);
}

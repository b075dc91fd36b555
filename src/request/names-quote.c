#include "request/names.h"

enum { QUOTE_CHARACTERS = 80 };

/* What would change how a line looks without being seen in it. */
static gboolean is_unseen(gunichar character)
{
  switch (g_unichar_type(character)) {
  case G_UNICODE_CONTROL:
  case G_UNICODE_FORMAT:
  case G_UNICODE_LINE_SEPARATOR:
  case G_UNICODE_PARAGRAPH_SEPARATOR:
  case G_UNICODE_PRIVATE_USE:
  case G_UNICODE_SURROGATE:
  case G_UNICODE_UNASSIGNED:
    return TRUE;
  default:
    return FALSE;
  }
}

char *names_quote(const char *text)
{
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  GString *quoted = g_string_new(NULL);
  guint characters = 0;
  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
    if (++characters > QUOTE_CHARACTERS) {
      g_string_append(quoted, "…");
      break;
    }
    gunichar character = g_utf8_get_char(at);
    if (is_unseen(character))
      g_string_append_printf(quoted, "\\u{%04X}", character);
    else
      g_string_append_unichar(quoted, character);
  }
  return g_string_free(quoted, FALSE);
}

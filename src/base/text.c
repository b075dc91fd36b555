#include "base/text.h"

#include <openssl/sha.h>
#include <string.h>

gboolean text_parse_money(const char *text, gint64 *ret_cents)
{
  const char *point = strchr(text, '.');
  if (point == NULL || point == text || point - text > 12 || strlen(point) != 3)
    return FALSE;
  gint64 cents = 0;
  for (const char *at = text; *at != '\0'; at++) {
    if (at == point)
      continue;
    if (!g_ascii_isdigit(*at))
      return FALSE;
    cents = cents * 10 + (*at - '0');
  }
  *ret_cents = cents;
  return TRUE;
}

char *text_format_money(gint64 cents)
{
  return g_strdup_printf("%s%" G_GINT64_FORMAT ".%02d", cents < 0 ? "-" : "", ABS(cents) / 100,
                         (int)(ABS(cents) % 100));
}

char *text_format_hex(const guint8 *bytes, gsize length)
{
  static const char digits[] = "0123456789abcdef";
  char *hex = g_malloc(2 * length + 1);
  for (gsize i = 0; i < length; i++) {
    hex[2 * i] = digits[bytes[i] >> 4];
    hex[2 * i + 1] = digits[bytes[i] & 15];
  }
  hex[2 * length] = '\0';
  return hex;
}

char *text_sha256(const void *bytes, gsize length)
{
  /* OpenSSL's uses what the processor has for it; GLib's does not. */
  guint8 digest[SHA256_DIGEST_LENGTH];
  SHA256(bytes, length, digest);
  return text_format_hex(digest, sizeof digest);
}

/* Where the extension of NAME begins; its end where there is none. */
static const char *text_extension(const char *name)
{
  if (g_str_has_suffix(name, ".tar.gz") && strlen(name) > strlen(".tar.gz"))
    return name + strlen(name) - strlen(".tar.gz");
  const char *point = strrchr(name, '.');
  return point != NULL && point != name ? point : name + strlen(name);
}

/* Characters that a name is not kept with: controls, marks that turn the
 * direction of what follows, and code points that are no characters. */
static gboolean text_is_unsafe(gunichar character)
{
  return g_unichar_iscntrl(character) || (character >= 0x202a && character <= 0x202e) ||
         (character >= 0x2066 && character <= 0x2069) || character == 0xfeff ||
         (character >= 0xfdd0 && character <= 0xfdef) || (character & 0xfffe) == 0xfffe;
}

static gboolean text_has_unsafe(const char *text)
{
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
    if (text_is_unsafe(g_utf8_get_char(at)))
      return TRUE;
  return FALSE;
}

char *text_make_readable(const char *text)
{
  g_autoptr(GString) readable = g_string_new(NULL);
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
    gunichar character = g_utf8_get_char(at);
    if (character == '\t')
      g_string_append_c(readable, ' ');
    else if (character == '\n' || (character == '\r' && at[1] != '\n'))
      g_string_append_c(readable, '\n');
    else if (!text_is_unsafe(character))
      g_string_append_unichar(readable, character);
  }
  return g_strstrip(g_string_free(g_steal_pointer(&readable), FALSE));
}

char *text_safe_file_name(const char *name)
{
  const gsize longest = 200, kept = 120;
  gboolean is_text = g_utf8_validate(name, -1, NULL);
  if (is_text && strlen(name) <= longest && !text_has_unsafe(name))
    return g_strdup(name);
  g_autofree char *digest = text_sha256(name, strlen(name));
  const char *extension = text_extension(name);
  g_autoptr(GString) safe = g_string_new(NULL);
  for (const char *at = name; *at != '\0' && at != extension && safe->len < kept; at++)
    if (g_ascii_isalnum(*at) || strchr("._-", *at) != NULL)
      g_string_append_c(safe, *at);
    else
      g_string_append_printf(safe, "%%%02X", (guint8)*at);
  g_string_append_printf(safe, "-%.12s", digest);
  if (strlen(extension) <= 16 && g_regex_match_simple("^[.][A-Za-z0-9.]+$", extension, 0, 0))
    g_string_append(safe, extension);
  return g_string_free(g_steal_pointer(&safe), FALSE);
}

char *text_number_file_name(const char *name, guint number)
{
  if (number < 2)
    return g_strdup(name);
  const char *extension = text_extension(name);
  return g_strdup_printf("%.*s.%u%s", (int)(extension - name), name, number, extension);
}

char *text_mask(const char *text, guint characters)
{
  glong length = g_utf8_strlen(text, -1);
  glong shown = MIN((glong)characters, length / 2);
  g_autoptr(GString) masked = g_string_new(NULL);
  for (glong i = 0; i < length - shown; i++)
    g_string_append(masked, "•");
  g_string_append(masked, g_utf8_offset_to_pointer(text, length - shown));
  return g_string_free(g_steal_pointer(&masked), FALSE);
}

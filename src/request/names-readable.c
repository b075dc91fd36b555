/* The form for people of names that stand in the ledger in A-labels. It stands beside
 * these, and only where it says what it seems to say: a label in one script, or in those
 * that one language writes together (UTS 39, "highly restrictive"), and none that a
 * reader of Latin script would take for Latin. */
#include "request/names-private.h"
#include "request/names.h"

#include <idn2.h>
#include <string.h>

enum {
  SCRIPT_LATIN = 1 << 0,
  SCRIPT_HAN = 1 << 1,
  SCRIPT_HIRAGANA = 1 << 2,
  SCRIPT_KATAKANA = 1 << 3,
  SCRIPT_BOPOMOFO = 1 << 4,
  SCRIPT_HANGUL = 1 << 5,
};

static const struct {
  GUnicodeScript script;
  guint flag;
} joined_scripts[] = {
    {G_UNICODE_SCRIPT_LATIN, SCRIPT_LATIN},       {G_UNICODE_SCRIPT_HAN, SCRIPT_HAN},
    {G_UNICODE_SCRIPT_HIRAGANA, SCRIPT_HIRAGANA}, {G_UNICODE_SCRIPT_KATAKANA, SCRIPT_KATAKANA},
    {G_UNICODE_SCRIPT_BOPOMOFO, SCRIPT_BOPOMOFO}, {G_UNICODE_SCRIPT_HANGUL, SCRIPT_HANGUL},
};

/* Japanese, Chinese and Korean: what each writes in one word. */
static const guint languages[] = {
    SCRIPT_LATIN | SCRIPT_HAN | SCRIPT_HIRAGANA | SCRIPT_KATAKANA,
    SCRIPT_LATIN | SCRIPT_HAN | SCRIPT_BOPOMOFO,
    SCRIPT_LATIN | SCRIPT_HAN | SCRIPT_HANGUL,
};

/* Letters that look like Latin ones: a label of nothing else is taken for Latin. */
static const struct {
  GUnicodeScript script;
  const char *letters;
} lookalikes[] = {
    {G_UNICODE_SCRIPT_CYRILLIC, "асԁеһіјӏорԛѕԝхуъьпгѵѡкмтвн"},
    {G_UNICODE_SCRIPT_GREEK, "αικνορτυωηγ"},
    {G_UNICODE_SCRIPT_ARMENIAN, "օսհցոքյլ"},
};

static guint flag_of(GUnicodeScript script)
{
  for (guint i = 0; i < G_N_ELEMENTS(joined_scripts); i++)
    if (joined_scripts[i].script == script)
      return joined_scripts[i].flag;
  return 0;
}

static gboolean is_of_one_language(guint scripts)
{
  for (guint i = 0; i < G_N_ELEMENTS(languages); i++)
    if ((scripts & ~languages[i]) == 0)
      return TRUE;
  return FALSE;
}

static gboolean scripts_fit(const char *label, GUnicodeScript *ret_script)
{
  GUnicodeScript alone = G_UNICODE_SCRIPT_COMMON;
  guint joined = 0;
  for (const char *at = label; *at != '\0'; at = g_utf8_next_char(at)) {
    GUnicodeScript script = g_unichar_get_script(g_utf8_get_char(at));
    if (script == G_UNICODE_SCRIPT_COMMON || script == G_UNICODE_SCRIPT_INHERITED)
      continue;
    joined |= flag_of(script);
    if (flag_of(script) == 0 && alone != G_UNICODE_SCRIPT_COMMON && alone != script)
      return FALSE;
    if (flag_of(script) == 0)
      alone = script;
  }
  *ret_script = alone;
  return alone == G_UNICODE_SCRIPT_COMMON ? is_of_one_language(joined) : joined == 0;
}

static gboolean looks_latin(const char *label, GUnicodeScript script)
{
  for (guint i = 0; i < G_N_ELEMENTS(lookalikes); i++) {
    if (lookalikes[i].script != script)
      continue;
    for (const char *at = label; *at != '\0'; at = g_utf8_next_char(at))
      if ((guchar)*at >= 0x80 &&
          g_utf8_strchr(lookalikes[i].letters, -1, g_utf8_get_char(at)) == NULL)
        return FALSE;
    return TRUE;
  }
  return FALSE;
}

/* Appends the readable form of LABEL. FALSE if it has none. */
static gboolean append_label(GString *readable, const char *label)
{
  if (!g_str_has_prefix(label, "xn--")) {
    g_string_append(readable, label);
    return TRUE;
  }
  g_autofree char *decoded = NULL;
  GUnicodeScript script = G_UNICODE_SCRIPT_COMMON;
  if (names_decode_label(label, &decoded) != IDN2_OK || !scripts_fit(decoded, &script) ||
      looks_latin(decoded, script))
    return FALSE;
  g_string_append(readable, decoded);
  return TRUE;
}

char *names_readable(const char *ascii)
{
  if (strstr(ascii, "xn--") == NULL)
    return NULL;
  g_autoptr(GString) readable = g_string_new(NULL);
  g_auto(GStrv) labels = g_strsplit(ascii, ".", -1);
  for (guint i = 0; labels[i] != NULL; i++) {
    if (i > 0)
      g_string_append_c(readable, '.');
    if (!append_label(readable, labels[i]))
      return NULL;
  }
  return g_strdup(readable->str);
}

#include "reports/search-lines.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "base/clock.h"
#include "reports/page.h"

/* Numbers count down from here, all with as many digits. */
#define SEARCH_LAST_NUMBER G_GINT64_CONSTANT(9999999999)

/* Words of a company's name that begin a term. */
#define SEARCH_WORDS 8

/* ---- Texts ------------------------------------------------------------------ */

/* What stands for itself. */
static gboolean escape_is_plain(guchar c)
{
  return c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' &&
         c != '\'';
}

void search_escape(GString *out, const char *text, gsize limit)
{
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
    gsize plain = 0;
    while (plain < limit && escape_is_plain((guchar)at[plain]))
      plain++;
    g_string_append_len(out, at, (gssize)plain);
    at += plain;
    limit -= plain;
    gunichar c = g_utf8_get_char(at);
    gsize length = c < 0x10000 ? 6 : 12;
    if (c == 0 || length > limit)
      return;
    limit -= length;
    if (length == 6)
      g_string_append_printf(out, "\\u%04x", c);
    else
      g_string_append_printf(out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
                             0xdc00 + ((c - 0x10000) & 0x3ff));
  }
}

static gboolean fold_is_ascii(const char *text)
{
  for (; *text != '\0'; text++)
    if (*text < ' ' || *text > '~')
      return FALSE;
  return TRUE;
}

char *search_fold(const char *text)
{
  g_autofree char *owned = NULL;
  const char *clean = page_clean_text(text, &owned);
  if (fold_is_ascii(clean))
    return g_strstrip(g_ascii_strdown(clean, -1));
  g_autofree char *normal = g_utf8_normalize(clean, -1, G_NORMALIZE_NFKC);
  GString *folded = g_string_sized_new(strlen(normal));
  for (const char *at = normal; *at != '\0'; at = g_utf8_next_char(at))
    g_string_append_unichar(folded, g_unichar_tolower(g_utf8_get_char(at)));
  return g_strstrip(g_string_free(folded, FALSE));
}

/* ---- Records ---------------------------------------------------------------- */

static void line_begin(GString *line, const char *term, gint64 number)
{
  g_assert(number > 0 && number < SEARCH_LAST_NUMBER);
  char digits[] = "0000000000";
  gint64 rest = SEARCH_LAST_NUMBER - number;
  for (gsize i = strlen(digits); i-- > 0; rest /= 10)
    digits[i] = (char)('0' + rest % 10);
  g_string_append(line, "[\"");
  search_escape(line, term, SEARCH_TERM_LENGTH);
  g_string_append(line, "\",");
  g_string_append(line, digits);
}

static void line_add_text(GString *line, const char *before, const char *text)
{
  g_autofree char *owned = NULL;
  g_string_append(line, before);
  search_escape(line, text != NULL ? page_clean_text(text, &owned) : "", G_MAXSIZE);
  g_string_append_c(line, '"');
}

char *search_record(const SearchFacts *facts)
{
  GString *line = g_string_sized_new(256);
  g_autofree char *term = search_fold(facts->id);
  g_autofree char *until = facts->not_after != 0 ? clock_format_date(facts->not_after) : NULL;
  line_begin(line, term, facts->number);
  line_add_text(line, ",\"", facts->id);
  line_add_text(line, ",\"", facts->status);
  line_add_text(line, ",\"", until);
  g_string_append(line, ",[");
  for (char *const *name = facts->names; name != NULL && *name != NULL; name++)
    line_add_text(line, name == facts->names ? "\"" : ",\"", *name);
  line_add_text(line, "],\"", facts->company);
  line_add_text(line, ",\"", facts->serial);
  g_string_append(line, "],\n");
  return g_string_free(line, FALSE);
}

/* ---- Terms ------------------------------------------------------------------ */

/* The terms of one certificate under way. */
typedef struct {
  GPtrArray *lines;
  const SearchFacts *facts;
} SearchTerms;

static void terms_add(const SearchTerms *terms, const char *term)
{
  GString *line = g_string_sized_new(64);
  line_begin(line, term, terms->facts->number);
  line_add_text(line, ",\"", terms->facts->id);
  g_string_append(line, "],\n");
  g_ptr_array_add(terms->lines, g_string_free(line, FALSE));
}

static gboolean name_is_address(const char *name)
{
  return strchr(name, ':') != NULL || name[strspn(name, "0123456789.")] == '\0';
}

/* A name, and what follows each dot in it but the last. */
static void terms_add_name(const SearchTerms *terms, const char *name)
{
  g_autofree char *folded = search_fold(name);
  terms_add(terms, folded);
  if (name_is_address(folded))
    return;
  for (const char *dot = strchr(folded, '.'); dot != NULL; dot = strchr(dot + 1, '.'))
    if (strchr(dot + 1, '.') != NULL)
      terms_add(terms, dot + 1);
}

/* What begins with each word of TEXT. */
static void terms_add_words(const SearchTerms *terms, const char *text)
{
  g_autofree char *folded = search_fold(text);
  guint words = 0;
  gboolean within = FALSE;
  for (const char *at = folded; *at != '\0' && words < SEARCH_WORDS; at = g_utf8_next_char(at)) {
    gboolean letter = g_unichar_isalnum(g_utf8_get_char(at));
    if (at == folded || (letter && !within)) {
      terms_add(terms, at);
      words++;
    }
    within = letter;
  }
}

static gint compare_lines(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_once(GPtrArray *lines)
{
  guint kept = 0;
  g_ptr_array_sort(lines, compare_lines);
  for (guint i = 0; i < lines->len; i++) {
    if (kept > 0 && strcmp(lines->pdata[kept - 1], lines->pdata[i]) == 0) {
      g_free(g_steal_pointer(&lines->pdata[i]));
      continue;
    }
    gpointer line = g_steal_pointer(&lines->pdata[i]);
    lines->pdata[kept++] = line;
  }
  g_ptr_array_set_size(lines, (gint)kept);
}

GPtrArray *search_terms(const SearchFacts *facts)
{
  const SearchTerms terms = {g_ptr_array_new_with_free_func(g_free), facts};
  for (char *const *name = facts->names; name != NULL && *name != NULL; name++)
    terms_add_name(&terms, *name);
  if (facts->company != NULL)
    terms_add_words(&terms, facts->company);
  if (facts->serial != NULL && *facts->serial != '\0') {
    g_autofree char *serial = g_ascii_strdown(facts->serial, -1);
    terms_add(&terms, serial);
  }
  sort_once(terms.lines);
  return terms.lines;
}

static const char *member_text(JsonArray *record, guint index)
{
  JsonNode *node = json_array_get_element(record, index);
  return JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
}

static char **member_texts(JsonArray *record, guint index)
{
  JsonNode *node = json_array_get_element(record, index);
  JsonArray *array = JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
  guint count = array != NULL ? json_array_get_length(array) : 0;
  char **texts = g_new0(char *, count + 1);
  for (guint i = 0; i < count; i++)
    texts[i] = g_strdup(member_text(array, i) != NULL ? member_text(array, i) : "");
  return texts;
}

static gint64 member_number(JsonArray *record, guint index)
{
  JsonNode *node = json_array_get_element(record, index);
  return JSON_NODE_HOLDS_VALUE(node) ? json_node_get_int(node) : SEARCH_LAST_NUMBER;
}

GPtrArray *search_terms_of_record(const char *record, gsize length)
{
  static const guint members = 8;
  const gsize after = strlen(",\n");
  if (length < after)
    return NULL;
  g_autofree char *text = g_strndup(record, length - after);
  g_autoptr(JsonNode) node = json_from_string(text, NULL);
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node))
    return NULL;
  JsonArray *array = json_node_get_array(node);
  if (json_array_get_length(array) != members || member_text(array, 2) == NULL)
    return NULL;
  g_auto(GStrv) names = member_texts(array, 5);
  const SearchFacts facts = {.number = SEARCH_LAST_NUMBER - member_number(array, 1),
                             .id = member_text(array, 2),
                             .names = names,
                             .company = member_text(array, 6),
                             .serial = member_text(array, 7)};
  return facts.number > 0 && facts.number < SEARCH_LAST_NUMBER ? search_terms(&facts) : NULL;
}

gsize search_key_length(const char *line)
{
  const char *key = line + SEARCH_KEY_AT;
  const char *quote = strchr(key, '"');
  return (gsize)(quote - key) + strlen("\",0123456789");
}

#include <string.h>

#include "base/clock.h"
#include "reports/page-private.h"
#include "reports/page.h"

/* What GFM reads as markup and cmark, which writes plain CommonMark, does not
 * escape. */
static const PageMark mark_pipe = {PAGE_MARK_INLINE, "|", NULL, "\\|", NULL};
static const PageMark mark_tilde = {PAGE_MARK_INLINE, "~", NULL, "\\~", NULL};

static gboolean text_turns_direction(gunichar c)
{
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

static gboolean text_is_no_character(gunichar c)
{
  return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF) || c == 0xFEFF;
}

/* U+FFFD for what no page can hold. */
static gunichar text_clean_character(gunichar c)
{
  return g_unichar_iscntrl(c) || text_turns_direction(c) || text_is_no_character(c) ? 0xFFFD : c;
}

static gboolean text_is_space(gunichar c)
{
  return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == 0x2028 || c == 0x2029;
}

/* Whether TEXT is printable ASCII with no space to spare. */
static gboolean text_is_clean(const char *text)
{
  for (const char *at = text; *at != '\0'; at++)
    if (*at < ' ' || *at > '~' || (*at == ' ' && (at == text || at[1] == ' ')))
      return FALSE;
  return TRUE;
}

const char *page_clean_text(const char *text, char **owned)
{
  if (text_is_clean(text))
    return text;
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  GString *clean = g_string_sized_new(strlen(valid));
  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    if (!text_is_space(c))
      g_string_append_unichar(clean, text_clean_character(c));
    else if (clean->len == 0 || clean->str[clean->len - 1] != ' ')
      g_string_append_c(clean, ' ');
  }
  return *owned = g_string_free(clean, FALSE);
}

void page_add_listing(cmark_node *parent, const char *language, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  g_autoptr(GString) clean = g_string_sized_new(strlen(valid));
  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    g_string_append_unichar(clean, c == '\n' || c == '\t' ? c : text_clean_character(c));
  }
  cmark_node *block = page_add(parent, CMARK_NODE_CODE_BLOCK);
  cmark_node_set_fence_info(block, language);
  cmark_node_set_literal(block, clean->str);
}

/* Whether GFM (6.9, autolinks) would find an address in the LENGTH bytes at WORD. */
static gboolean text_has_address(const char *word, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (word[i] == '@' || (word[i] == ':' && length - i > 2 && strncmp(word + i, "://", 3) == 0) ||
        ((word[i] | 0x20) == 'w' && length - i > 3 &&
         g_ascii_strncasecmp(word + i, "www.", 4) == 0))
      return TRUE;
  return FALSE;
}

static void text_flush(cmark_node *parent, GString *plain)
{
  if (plain->len > 0)
    cmark_node_set_literal(page_add(parent, CMARK_NODE_TEXT), plain->str);
  g_string_truncate(plain, 0);
}

/* Adds a piece of a word without "|" and "~": to PLAIN or, with an address in
 * it, as code, but for the punctuation around it. */
static void text_add_piece(cmark_node *parent, GString *plain, const char *piece, gsize length)
{
  if (!text_has_address(piece, length)) {
    g_string_append_len(plain, piece, (gssize)length);
    return;
  }
  while (length > 1 && strchr("([{\"'<", *piece) != NULL) {
    g_string_append_c(plain, *piece++);
    length--;
  }
  gsize end = length;
  while (end > 1 && strchr(")]}\"'>,.;:!?", piece[end - 1]) != NULL)
    end--;
  text_flush(parent, plain);
  g_autofree char *code = g_strndup(piece, end);
  cmark_node_set_literal(page_add(parent, CMARK_NODE_CODE), code);
  g_string_append_len(plain, piece + end, (gssize)(length - end));
}

static void text_split(cmark_node *parent, const char *text)
{
  g_autoptr(GString) plain = g_string_sized_new(strlen(text));
  for (const char *at = text; *at != '\0';) {
    gsize length = strcspn(at, " |~");
    text_add_piece(parent, plain, at, length);
    at += length;
    if (*at == ' ')
      g_string_append_c(plain, ' ');
    else if (*at != '\0') {
      text_flush(parent, plain);
      page_add_mark(parent, *at == '|' ? &mark_pipe : &mark_tilde);
    }
    if (*at != '\0')
      at++;
  }
  text_flush(parent, plain);
}

void page_add_text(cmark_node *parent, const char *text)
{
  g_autofree char *owned = NULL;
  const char *clean = page_clean_text(text, &owned);
  const char *rest = cmark_node_first_child(parent) == NULL && *clean == ' ' ? clean + 1 : clean;
  if (strpbrk(rest, "|~") != NULL || text_has_address(rest, strlen(rest)))
    text_split(parent, rest);
  else if (*rest != '\0')
    cmark_node_set_literal(page_add(parent, CMARK_NODE_TEXT), rest);
}

void page_add_code(cmark_node *parent, const char *text)
{
  g_autofree char *owned = NULL;
  const char *clean = page_clean_text(text, &owned);
  if (strpbrk(clean, "|~") != NULL)
    text_split(parent, clean);
  else
    cmark_node_set_literal(page_add(parent, CMARK_NODE_CODE), clean);
}

void page_add_names(cmark_node *parent, char **names, guint limit)
{
  guint count = names != NULL ? g_strv_length(names) : 0;
  for (guint i = 0; i < MIN(count, limit); i++) {
    if (i > 0)
      page_add_text(parent, ", ");
    page_add_code(parent, names[i]);
  }
  if (count > limit)
    page_add_format(parent, " and %u more", count - limit);
  if (count == 0)
    page_add_text(parent, "--");
}

void page_add_date(cmark_node *parent, gint64 time)
{
  g_autofree char *date = time != 0 ? clock_format_date(time) : g_strdup("--");
  page_add_text(parent, date);
}

void page_add_time(cmark_node *parent, gint64 time)
{
  page_add_date(parent, time);
  if (time == 0)
    return;
  gint64 minute = time % CLOCK_DAY / 60;
  page_add_format(parent, ", %02d:%02d UTC", (int)(minute / 60), (int)(minute % 60));
}

char *page_number(gint64 number)
{
  g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, number);
  gsize length = strlen(digits);
  GString *grouped = g_string_new(NULL);
  for (gsize i = 0; i < length; i++) {
    if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-')
      g_string_append_c(grouped, ',');
    g_string_append_c(grouped, digits[i]);
  }
  return g_string_free(grouped, FALSE);
}

char *page_count(gint64 count, const char *noun)
{
  g_autofree char *number = page_number(count);
  return g_strdup_printf("%s %s%s", number, noun, count == 1 ? "" : "s");
}

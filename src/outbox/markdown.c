#include <string.h>

#include "outbox/outbox-private.h"

cmark_node *outbox_markdown_add(cmark_node *parent, cmark_node_type type)
{
  cmark_node *node = cmark_node_new(type);
  int fits = cmark_node_append_child(parent, node);
  g_assert(fits);
  return node;
}

static void markdown_flush(cmark_node *parent, GString *plain)
{
  if (plain->len > 0)
    cmark_node_set_literal(outbox_markdown_add(parent, CMARK_NODE_TEXT), plain->str);
  g_string_truncate(plain, 0);
}

/* What GFM (6.9, autolinks) would make a link of. */
static gboolean markdown_is_address(const char *word)
{
  g_autofree char *lower = g_ascii_strdown(word, -1);
  return strchr(lower, '@') != NULL || strstr(lower, "://") != NULL ||
         strstr(lower, "www.") != NULL;
}

/* WORD as code, but for the punctuation around it. */
static void markdown_add_address(cmark_node *parent, GString *plain, const char *word)
{
  gsize before = strspn(word, "([{\"'<");
  gsize length = strlen(word + before);
  while (length > 1 && strchr(")]}\"'>,.;:!?", word[before + length - 1]) != NULL)
    length--;
  g_string_append_len(plain, word, (gssize)before);
  markdown_flush(parent, plain);
  g_autofree char *code = g_strndup(word + before, length);
  cmark_node_set_literal(outbox_markdown_add(parent, CMARK_NODE_CODE), code);
  g_string_append(plain, word + before + length);
}

/* Text that GFM takes for text, too: plain cmark escapes neither addresses nor "~". */
static void markdown_add_text(cmark_node *parent, const char *text)
{
  g_autoptr(GString) plain = g_string_new(NULL);
  for (const char *at = text; *at != '\0';) {
    gsize length = strcspn(at, " ~");
    g_autofree char *word = g_strndup(at, length);
    if (markdown_is_address(word))
      markdown_add_address(parent, plain, word);
    else
      g_string_append(plain, word);
    at += length;
    if (*at == '~') {
      markdown_flush(parent, plain);
      cmark_node_set_on_enter(outbox_markdown_add(parent, CMARK_NODE_CUSTOM_INLINE), "\\~");
    } else if (*at == ' ') {
      g_string_append_c(plain, ' ');
    }
    at += *at != '\0';
  }
  markdown_flush(parent, plain);
}

static void markdown_add_literal(cmark_node *parent, cmark_node_type type, const char *text)
{
  g_autofree char *clean = outbox_clean_text(text);
  if (type == CMARK_NODE_TEXT)
    markdown_add_text(parent, clean);
  else
    cmark_node_set_literal(outbox_markdown_add(parent, type), clean);
}

void outbox_markdown_add_heading(cmark_node *parent, int level, const char *text)
{
  cmark_node *heading = outbox_markdown_add(parent, CMARK_NODE_HEADING);
  cmark_node_set_heading_level(heading, level);
  markdown_add_literal(heading, CMARK_NODE_TEXT, text);
}

cmark_node *outbox_markdown_add_list(cmark_node *parent, cmark_list_type type)
{
  cmark_node *list = outbox_markdown_add(parent, CMARK_NODE_LIST);
  cmark_node_set_list_type(list, type);
  cmark_node_set_list_tight(list, 1);
  if (type == CMARK_ORDERED_LIST) {
    cmark_node_set_list_delim(list, CMARK_PERIOD_DELIM);
    cmark_node_set_list_start(list, 1);
  }
  return list;
}

cmark_node *outbox_markdown_add_item(cmark_node *list)
{
  return outbox_markdown_add(outbox_markdown_add(list, CMARK_NODE_ITEM), CMARK_NODE_PARAGRAPH);
}

void outbox_markdown_add_texts(cmark_node *parent, const char *const *texts)
{
  cmark_node_type type = CMARK_NODE_TEXT;
  for (; *texts != NULL; texts++) {
    if (**texts != '\0')
      markdown_add_literal(parent, type, *texts);
    type = type == CMARK_NODE_TEXT ? CMARK_NODE_CODE : CMARK_NODE_TEXT;
  }
}

void outbox_markdown_add_code(cmark_node *parent, const char *info, const char *code)
{
  cmark_node *block = outbox_markdown_add(parent, CMARK_NODE_CODE_BLOCK);
  cmark_node_set_fence_info(block, info);
  cmark_node_set_literal(block, code);
}

/* Whether a line may begin with WORD: nothing that CommonMark could take for the
 * beginning of a block. */
static gboolean markdown_begins_line(const char *word)
{
  gunichar first = g_utf8_get_char(word);
  return g_unichar_isalpha(first) || first == '(' || first == '"' || first == 0x2018;
}

/* The columns of the first of WORDS and those after it that no line begins with. */
static gsize markdown_unbroken_columns(char **words)
{
  gsize columns = outbox_text_columns(*words);
  for (char **word = words + 1; *word != NULL && !markdown_begins_line(*word); word++)
    columns += 1 + outbox_text_columns(*word);
  return columns;
}

static void markdown_insert_text(cmark_node *before, GString *text)
{
  cmark_node *node = cmark_node_new(CMARK_NODE_TEXT);
  cmark_node_set_literal(node, text->str);
  cmark_node_insert_before(before, node);
  g_string_truncate(text, 0);
}

/* Breaks the TEXT, an inline that begins at COLUMN, between words. Returns the
 * column at its end. cmark's own way with a width breaks before a dash, too. */
static gsize markdown_wrap_text(cmark_node *text, gsize column, gsize width)
{
  g_auto(GStrv) words = g_strsplit(cmark_node_get_literal(text), " ", -1);
  g_autoptr(GString) line = g_string_new(NULL);
  for (char **word = words; *word != NULL; word++) {
    if (word != words && markdown_begins_line(*word) &&
        column + 1 + markdown_unbroken_columns(word) > width) {
      g_strchomp(line->str);
      markdown_insert_text(text, line);
      cmark_node_insert_before(text, cmark_node_new(CMARK_NODE_SOFTBREAK));
      column = 0;
    } else if (word != words) {
      g_string_append_c(line, ' ');
      column++;
    }
    g_string_append(line, *word);
    column += outbox_text_columns(*word);
  }
  cmark_node_set_literal(text, line->str);
  return column;
}

static void markdown_wrap_paragraph(cmark_node *paragraph, gsize width)
{
  gsize column = 0;
  for (cmark_node *node = cmark_node_first_child(paragraph); node != NULL;
       node = cmark_node_next(node)) {
    if (cmark_node_get_type(node) == CMARK_NODE_TEXT)
      column = markdown_wrap_text(node, column, width);
    else if (cmark_node_get_type(node) == CMARK_NODE_CODE)
      column += 2 + outbox_text_columns(cmark_node_get_literal(node));
  }
}

static void markdown_wrap(cmark_node *block)
{
  const gsize width = 74; /* list items have four columns more */
  if (cmark_node_get_type(block) == CMARK_NODE_PARAGRAPH) {
    markdown_wrap_paragraph(block, width);
    return;
  }
  for (cmark_node *child = cmark_node_first_child(block); child != NULL;
       child = cmark_node_next(child))
    markdown_wrap(child);
}

char *outbox_markdown_render(cmark_node *document)
{
  markdown_wrap(document);
  return cmark_render_commonmark(document, CMARK_OPT_DEFAULT, 0);
}

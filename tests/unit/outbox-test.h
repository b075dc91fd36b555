/* What the tests of src/outbox share. */
#ifndef CERTDROP_TESTS_OUTBOX_TEST_H
#define CERTDROP_TESTS_OUTBOX_TEST_H

#include "base/error.h"
#include "outbox/outbox-private.h"

#include <string.h>

/* 2026-11-23T02:00:07Z. */
#define NOW ((gint64)1795399207)
#define DAY ((gint64)86400)

/* Texts that try to be more than text, in whatever they are put into. */
static const char *const naughty_texts[] = {
    "<script>alert(1)</script>",
    "]]><x/>",
    "a | b ~c~ `d` ``e`` **f** _g_ [h](http://i) ![j](k)",
    "\"quoted\" 'single' & &amp; &#60;",
    "# not a heading",
    "- not an item",
    "1. not a number",
    "    not code",
    "~~~ not a fence",
    "+ not an item",
    "=== --- *** ___ not a rule",
    "```\nnot a fence\n```",
    "</style></table></textarea>",
    "\u05e9\u05dc\u05d5\u05dd \u0627\u0644\u0633\u0644\u0627\u0645",
    "turned \u202e round \u2066 and \u2069 back",
    "\U0001f512\U0001f469\u200d\U0001f4bb \u4e2d\u6587 e\u0301",
    "line\nBcc: other@example.test\r\n\r\nbody",
    "tab\there \x01\x1b[31m\x7f \xc2\x85 \u2028 \ufeff \ufffe",
    "not UTF-8: \xff\xfe \xc3( \xed\xa0\x80",
    "{certificate} {domain} {end} %s %n $(id) ${PATH}",
    "../../etc/passwd",
    "-rf",
    "=?utf-8?q?encoded?=",
    "Name, Other <other@example.test>",
    "",
    " ",
};

/* TEXT 200 times over; the caller frees it. */
static inline char *repeat_text(const char *text)
{
  GString *repeated = g_string_new(NULL);
  for (int i = 0; i < 200; i++)
    g_string_append(repeated, text);
  return g_string_free(repeated, FALSE);
}

/* TEXT with one space for any run of spaces and line breaks; the caller frees it. */
static inline char *squeeze_spaces(const char *text)
{
  g_auto(GStrv) words = g_strsplit_set(text, " \n\r\t", -1);
  GString *squeezed = g_string_new(NULL);
  for (char **word = words; *word != NULL; word++)
    if (**word != '\0')
      g_string_append_printf(squeezed, "%s%s", squeezed->len > 0 ? " " : "", *word);
  return g_string_free(squeezed, FALSE);
}

static inline void assert_bytes_equal(GBytes *one, GBytes *other)
{
  gsize one_length, other_length;
  const void *one_data = g_bytes_get_data(one, &one_length);
  const void *other_data = g_bytes_get_data(other, &other_length);
  g_assert_cmpmem(one_data, one_length, other_data, other_length);
}

/* BYTES as a string; the caller frees it. */
static inline char *bytes_to_text(GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data(bytes, &length);
  g_assert_null(memchr(data, '\0', length));
  g_assert_true(g_utf8_validate(data, (gssize)length, NULL));
  return g_strndup(data, length);
}

/* What MARKDOWN reads as, without its marks and with single spaces. Nothing in it
 * may be HTML, a link or an image. */
static inline char *markdown_text(const char *markdown)
{
  g_autoptr(cmark_node) document = cmark_parse_document(markdown, strlen(markdown), 0);
  g_autoptr(GString) text = g_string_new(NULL);
  cmark_iter *iterator = cmark_iter_new(document);
  while (cmark_iter_next(iterator) != CMARK_EVENT_DONE) {
    cmark_node *node = cmark_iter_get_node(iterator);
    cmark_node_type type = cmark_node_get_type(node);
    g_assert_cmpint(type, !=, CMARK_NODE_HTML_BLOCK);
    g_assert_cmpint(type, !=, CMARK_NODE_HTML_INLINE);
    g_assert_cmpint(type, !=, CMARK_NODE_LINK);
    g_assert_cmpint(type, !=, CMARK_NODE_IMAGE);
    g_assert_cmpint(type, !=, CMARK_NODE_EMPH);
    gboolean is_inline = type >= CMARK_NODE_FIRST_INLINE && type != CMARK_NODE_SOFTBREAK;
    if (cmark_node_get_literal(node) != NULL)
      g_string_append(text, cmark_node_get_literal(node));
    if (!is_inline)
      g_string_append_c(text, ' ');
  }
  cmark_iter_free(iterator);
  return squeeze_spaces(text->str);
}

/* The kinds of MARKDOWN's blocks, one after the other. */
static inline char *markdown_blocks(const char *markdown)
{
  g_autoptr(cmark_node) document = cmark_parse_document(markdown, strlen(markdown), 0);
  GString *blocks = g_string_new(NULL);
  cmark_iter *iterator = cmark_iter_new(document);
  while (cmark_iter_next(iterator) != CMARK_EVENT_DONE) {
    cmark_node *node = cmark_iter_get_node(iterator);
    if (cmark_iter_get_event_type(iterator) == CMARK_EVENT_ENTER &&
        cmark_node_get_type(node) <= CMARK_NODE_LAST_BLOCK)
      g_string_append_printf(blocks, "%s ", cmark_node_get_type_string(node));
  }
  cmark_iter_free(iterator);
  return g_string_free(blocks, FALSE);
}

/* The path of NAME in the repository, found upwards from FOLDER; or NULL. */
static inline char *find_upwards(const char *start, const char *name)
{
  g_autofree char *folder = g_strdup(start);
  for (;;) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
      return g_steal_pointer(&path);
    if (strcmp(folder, "/") == 0)
      return NULL;
    char *parent = g_path_get_dirname(folder);
    g_free(folder);
    folder = parent;
  }
}

/* The same, from the program's place or else from the current folder. */
static inline char *find_file(const char *name)
{
  g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
  g_autofree char *folder = g_path_get_dirname(program);
  g_autofree char *current = g_get_current_dir();
  char *path = find_upwards(folder, name);
  if (path == NULL)
    path = find_upwards(current, name);
  g_assert_nonnull(path);
  return path;
}

static inline void outbox_test_init(int *argc, char ***argv)
{
  g_test_init(argc, argv, NULL);
  outbox_init();
}

#endif

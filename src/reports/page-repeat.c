/* What repeats from page to page is rendered once. cmark's CommonMark renderer decides on
 * each byte anew what to escape, which made it the dearest part of a page; and most cells
 * and lines of a page (titles, dates, what can be done) are those of the page before. */
#include <string.h>

#include "reports/page-private.h"

/* Stands where a part was cut out; no text of a page has it (page_clean_text()). */
#define REPEAT_MARK '\x01'

/* How many parts a thread keeps; when there are as many it begins anew. */
#define REPEAT_PARTS 1024
/* A part is kept when it comes a second time; of how many it is known that they came once. */
#define REPEAT_SEEN 4096

typedef struct {
  GHashTable *parts; /* by what describes them, as GString: their Markdown, as GString */
  GString *key;
  guint seen[REPEAT_SEEN]; /* hashes of such descriptions, each at its place */
} Repeat;

/* g_string_hash() goes byte by byte. */
static guint repeat_hash(gconstpointer data)
{
  const GString *key = data;
  guint64 hash = key->len;
  gsize at = 0;
  for (guint64 word; key->len - at >= sizeof word; at += sizeof word) {
    memcpy(&word, key->str + at, sizeof word);
    hash = (hash ^ word) * 0x9E3779B97F4A7C15;
    hash ^= hash >> 32;
  }
  for (; at < key->len; at++)
    hash = (hash ^ (guchar)key->str[at]) * 0x9E3779B97F4A7C15;
  return (guint)(hash >> 32);
}

static void repeat_free_string(gpointer string)
{
  g_string_free(string, TRUE);
}

static void repeat_free(gpointer data)
{
  Repeat *repeat = data;
  g_hash_table_unref(repeat->parts);
  g_string_free(repeat->key, TRUE);
  g_free(repeat);
}

static GPrivate repeat_of_thread = G_PRIVATE_INIT(repeat_free);

static Repeat *repeat_get(void)
{
  Repeat *repeat = g_private_get(&repeat_of_thread);
  if (repeat != NULL)
    return repeat;
  repeat = g_new0(Repeat, 1);
  repeat->parts = g_hash_table_new_full(repeat_hash, (GEqualFunc)g_string_equal, repeat_free_string,
                                        repeat_free_string);
  repeat->key = g_string_new(NULL);
  g_private_set(&repeat_of_thread, repeat);
  return repeat;
}

static void repeat_add_to_key(GString *key, const char *text)
{
  g_string_append_len(key, text, (gssize)strlen(text) + 1);
}

/* Adds to KEY all that the Markdown of NODE follows from; FALSE where that is not known. */
static gboolean repeat_describe(GString *key, cmark_node *node)
{
  const PageMark *mark = cmark_node_get_user_data(node);
  cmark_node_type type = cmark_node_get_type(node);
  g_string_append_c(key, (char)type);
  g_string_append_len(key, (const char *)&mark, sizeof mark);
  if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE) {
    repeat_add_to_key(key, cmark_node_get_literal(node));
    return TRUE;
  }
  if (type == CMARK_NODE_LINK)
    repeat_add_to_key(key, cmark_node_get_url(node));
  else if (type != CMARK_NODE_PARAGRAPH && type != CMARK_NODE_STRONG && mark == NULL)
    return FALSE;
  for (cmark_node *child = cmark_node_first_child(node); child != NULL;
       child = cmark_node_next(child))
    if (!repeat_describe(key, child))
      return FALSE;
  g_string_append_c(key, '\0');
  return TRUE;
}

/* A part is what reads the same wherever it stands: a cell, a row, a paragraph of a line. */
static gboolean repeat_is_part(cmark_node *node)
{
  const PageMark *mark = cmark_node_get_user_data(node);
  return mark != NULL ? mark->place == PAGE_MARK_CELL || mark->place == PAGE_MARK_ROW
                      : cmark_node_get_type(node) == CMARK_NODE_PARAGRAPH;
}

/* The Markdown of PART by itself; the renderer ends it with a line end, a row has its own. */
static GString *repeat_render(cmark_node *part)
{
  page_exchange(part);
  const char *markdown = cmark_render_commonmark(part, CMARK_OPT_DEFAULT, 0);
  const PageMark *mark = cmark_node_get_user_data(part);
  gboolean row = mark != NULL && mark->place == PAGE_MARK_ROW;
  return g_string_new_len(markdown, (gssize)strlen(markdown) - (row ? 0 : 1));
}

/* Whether what KEY describes came before; from now on it did. */
static gboolean repeat_came(Repeat *repeat, const GString *key)
{
  guint hash = repeat_hash(key);
  guint *seen = &repeat->seen[hash % REPEAT_SEEN];
  gboolean came = *seen == hash;
  *seen = hash;
  return came;
}

/* The Markdown of PART, or NULL where it is of no use to keep it. */
static const GString *repeat_find(Repeat *repeat, cmark_node *part)
{
  g_string_truncate(repeat->key, 0);
  if (!repeat_describe(repeat->key, part))
    return NULL;
  const GString *known = g_hash_table_lookup(repeat->parts, repeat->key);
  if (known != NULL || !repeat_came(repeat, repeat->key))
    return known;
  GString *key = g_string_new_len(repeat->key->str, (gssize)repeat->key->len);
  GString *made = repeat_render(part);
  g_hash_table_insert(repeat->parts, key, made);
  return made;
}

/* Whether MARKDOWN may stand for PART: nothing takes no line, and in a list further lines
 * begin with spaces that are not known here. */
static gboolean repeat_fits(cmark_node *part, const GString *markdown)
{
  return cmark_node_get_type(part) != CMARK_NODE_PARAGRAPH ||
         (markdown->len > 0 && strchr(markdown->str, '\n') == NULL);
}

/* Leaves of PART a mark alone, in a paragraph as in a line. */
static void repeat_cut(cmark_node *part)
{
  static const char text[] = {REPEAT_MARK, '\0'};
  for (cmark_node *child; (child = cmark_node_first_child(part)) != NULL;)
    cmark_node_unlink(child);
  cmark_node *node = part;
  if (cmark_node_get_type(part) == CMARK_NODE_PARAGRAPH)
    node = page_add(part, CMARK_NODE_CUSTOM_INLINE);
  cmark_node_set_user_data(node, NULL);
  cmark_node_set_on_enter(node, text);
  cmark_node_set_on_exit(node, NULL);
}

gsize page_repeat_cut(cmark_node *root, GPtrArray *cuts)
{
  gsize size = 0;
  Repeat *repeat = repeat_get();
  if (g_hash_table_size(repeat->parts) > REPEAT_PARTS)
    g_hash_table_remove_all(repeat->parts);
  cmark_iter *iter = cmark_iter_new(root);
  for (cmark_event_type event; (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
    cmark_node *node = cmark_iter_get_node(iter);
    if (event != CMARK_EVENT_ENTER || !repeat_is_part(node))
      continue;
    const GString *markdown = repeat_find(repeat, node);
    if (markdown == NULL || !repeat_fits(node, markdown))
      continue;
    repeat_cut(node);
    g_ptr_array_add(cuts, (gpointer)markdown);
    size += markdown->len;
    cmark_iter_reset(iter, node, CMARK_EVENT_EXIT); /* it knew the children */
  }
  cmark_iter_free(iter);
  return size;
}

const char *page_repeat_fill(const char *markdown, const GPtrArray *cuts, gsize size)
{
  char *filled = page_take(strlen(markdown) + size + 1), *out = filled;
  guint next = 0;
  for (const char *mark; (mark = strchr(markdown, REPEAT_MARK)) != NULL; markdown = mark + 1) {
    g_assert(next < cuts->len);
    const GString *part = g_ptr_array_index(cuts, next++);
    out = mempcpy(out, markdown, (gsize)(mark - markdown));
    out = mempcpy(out, part->str, part->len);
  }
  g_assert(next == cuts->len);
  memcpy(out, markdown, strlen(markdown) + 1);
  return filled;
}

/* How changes get into the shards of the search index, and which shards that makes. */
#include "reports/search-shards.h"

#include <string.h>

#include "reports/search-lines.h"
#include "reports/search.h"

/* Changes being carried out in one tree. */
typedef struct {
  SearchShards *shards;
  SearchTree tree;
  SearchReplaced replaced;
  gpointer data;
  gboolean looks;    /* at what there is, and writes nothing */
  GPtrArray *shrunk; /* prefixes of shards with fewer bytes than before: char * */
  gboolean damaged;
} Applying;

static const char *next_line(const char *line, const char *end)
{
  const char *newline = memchr(line, '\n', (gsize)(end - line));
  return newline != NULL ? newline + 1 : end;
}

/* ---- Where a line belongs --------------------------------------------------- */

/* How far the prefix of a shard goes along with the key of LINE in TREE. */
static gsize shared_length(const char *prefix, SearchTree tree, const char *line)
{
  const char *key = line + SEARCH_KEY_AT;
  if (*prefix != (char)tree)
    return 0;
  gsize length = 0;
  while (prefix[length + 1] != '\0' && prefix[length + 1] == key[length])
    length++;
  return length + 1;
}

/* The prefix of the shard in which LINE belongs: one that there is or, since a key is never
 * where no key was without a new shard, one that begins there. The caller frees it. */
static char *prefix_of(const Applying *applying, const char *line)
{
  const GPtrArray *prefixes = applying->shards->prefixes;
  g_autofree char *key = g_strdup_printf("%c%.*s", (char)applying->tree,
                                         (int)search_key_length(line), line + SEARCH_KEY_AT);
  guint after = search_shards_find(applying->shards, key);
  gsize shared = 0;
  for (guint i = after > 0 ? after - 1 : 0; i < MIN(after + 1, prefixes->len); i++) {
    const char *prefix = g_ptr_array_index(prefixes, i);
    gsize length = shared_length(prefix, applying->tree, line);
    if (length > 0 && prefix[length] == '\0')
      return g_strdup(prefix);
    shared = MAX(shared, length);
  }
  return g_strndup(key, shared + 1);
}

static gboolean line_is_below(const char *prefix, const char *line)
{
  return strncmp(prefix + 1, line + SEARCH_KEY_AT, strlen(prefix) - 1) == 0;
}

/* ---- One shard -------------------------------------------------------------- */

static int compare_key(const SearchChange *change, gsize key_length, const char *line,
                       const char *end)
{
  gsize there = (gsize)(end - line) - SEARCH_KEY_AT;
  return memcmp(line + SEARCH_KEY_AT, change->line + SEARCH_KEY_AT, MIN(key_length, there));
}

/* The lines from OLD to END with COUNT changes in them. */
static GString *merge(Applying *applying, const char *old, const char *end,
                      const SearchChange *changes, guint count)
{
  GString *merged = g_string_sized_new((gsize)(end - old) + count * 64);
  for (guint i = 0; i < count; i++) {
    const SearchChange *change = &changes[i];
    const char *from = old, *found = NULL;
    gsize key_length = search_key_length(change->line);
    int order = -1;
    while (old < end && (order = compare_key(change, key_length, old, end)) < 0)
      old = next_line(old, end);
    g_string_append_len(merged, from, old - from);
    if (old < end && order == 0) {
      found = old;
      old = next_line(old, end);
    }
    if (applying->replaced != NULL &&
        !applying->replaced(change, found, found != NULL ? (gsize)(old - found) : 0,
                            applying->data))
      applying->damaged = TRUE;
    if (!change->gone)
      g_string_append(merged, change->line);
  }
  g_string_append_len(merged, old, end - old);
  return merged;
}

/* Makes LENGTH bytes of LINES the shard PREFIX, or as many as they need below it. */
static gboolean place(SearchShards *shards, const char *prefix, const char *lines, gsize length,
                      GError **error)
{
  const char *end = lines + length;
  if (length <= SEARCH_SHARD_SIZE || next_line(lines, end) == end)
    return search_shard_write(shards, prefix, lines, length, error);
  search_shard_drop(shards, prefix);
  gsize at = SEARCH_KEY_AT + strlen(prefix) - 1;
  for (const char *from = lines, *to; from < end; from = to) {
    for (to = from; to < end && to[at] == from[at];)
      to = next_line(to, end);
    g_autofree char *longer = g_strdup_printf("%s%c", prefix, from[at]);
    if (!place(shards, longer, from, (gsize)(to - from), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean change_shard(Applying *applying, const char *prefix, const SearchChange *changes,
                             guint count, GError **error)
{
  SearchShards *shards = applying->shards;
  guint at = search_shards_find(shards, prefix);
  gboolean there =
      at < shards->prefixes->len && strcmp(g_ptr_array_index(shards->prefixes, at), prefix) == 0;
  g_autoptr(GBytes) bytes = there ? search_shard_read(shards, prefix) : NULL;
  if (there && bytes == NULL) {
    applying->damaged = TRUE;
    return TRUE;
  }
  gsize before = 0;
  const char *old = bytes != NULL ? g_bytes_get_data(bytes, &before) : "";
  g_autoptr(GString) merged = merge(applying, old, old + before, changes, count);
  if (applying->damaged || applying->looks)
    return TRUE;
  if (merged->len < before)
    g_ptr_array_add(applying->shrunk, g_strdup(prefix));
  if (merged->len > 0)
    return place(shards, prefix, merged->str, merged->len, error);
  search_shard_drop(shards, prefix);
  return TRUE;
}

/* ---- Fewer shards ----------------------------------------------------------- */

/* Whether the shards from the one at FIRST on that begin with PREFIX would be one; how many
 * they are goes to *RET_COUNT. */
static gboolean fit_together(const SearchShards *shards, const char *prefix, guint first,
                             guint *ret_count)
{
  gsize total = 0, length = strlen(prefix);
  guint count = 0;
  for (guint i = first; i < shards->prefixes->len && total <= SEARCH_SHARD_SIZE; i++, count++) {
    const char *shard = g_ptr_array_index(shards->prefixes, i);
    if (strncmp(shard, prefix, length) != 0)
      break;
    total += (gsize)MAX(search_shard_size(shards, shard), 0);
  }
  *ret_count = count;
  /* A shard that is larger is a single line. */
  gboolean alone =
      count == 1 && (first + 1 == shards->prefixes->len ||
                     strncmp(g_ptr_array_index(shards->prefixes, first + 1), prefix, length) != 0);
  return total <= SEARCH_SHARD_SIZE || alone;
}

static gboolean join(Applying *applying, const char *prefix, guint first, guint count,
                     GError **error)
{
  SearchShards *shards = applying->shards;
  g_autoptr(GString) lines = g_string_new(NULL);
  for (guint i = 0; i < count; i++) {
    g_autoptr(GBytes) bytes =
        search_shard_read(shards, g_ptr_array_index(shards->prefixes, first + i));
    applying->damaged = bytes == NULL;
    if (applying->damaged)
      return TRUE;
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    g_string_append_len(lines, text, (gssize)length);
  }
  for (guint i = 0; i < count; i++) {
    g_autofree char *joined = g_strdup(g_ptr_array_index(shards->prefixes, first));
    search_shard_drop(shards, joined);
  }
  return search_shard_write(shards, prefix, lines->str, lines->len, error);
}

/* The shard PREFIX has fewer lines than before, or is gone: what is left around it may be one
 * shard now. */
static gboolean join_above(Applying *applying, const char *prefix, GError **error)
{
  for (gsize length = strlen(prefix) - 1; length >= 1 && !applying->damaged; length--) {
    g_autofree char *shorter = g_strndup(prefix, length);
    guint first = search_shards_find(applying->shards, shorter), count = 0;
    if (!fit_together(applying->shards, shorter, first, &count))
      return TRUE;
    if (count > 0 && !join(applying, shorter, first, count, error))
      return FALSE;
  }
  return TRUE;
}

/* Shard by shard, in their order. */
static gboolean apply_changes(Applying *applying, const GArray *changes, GError **error)
{
  for (guint from = 0, to; from < changes->len && !applying->damaged; from = to) {
    const SearchChange *first = &g_array_index(changes, SearchChange, from);
    g_autofree char *prefix = prefix_of(applying, first->line);
    for (to = from + 1; to < changes->len; to++)
      if (!line_is_below(prefix, g_array_index(changes, SearchChange, to).line))
        break;
    if (!change_shard(applying, prefix, first, to - from, error))
      return FALSE;
  }
  return TRUE;
}

gboolean search_shards_look(SearchShards *shards, SearchTree tree, const GArray *changes,
                            SearchReplaced replaced, gpointer data, gboolean *ret_damaged,
                            GError **error)
{
  Applying applying = {
      .shards = shards, .tree = tree, .replaced = replaced, .data = data, .looks = TRUE};
  gboolean ok = apply_changes(&applying, changes, error);
  *ret_damaged = applying.damaged;
  return ok;
}

gboolean search_shards_apply(SearchShards *shards, SearchTree tree, const GArray *changes,
                             gboolean *ret_damaged, GError **error)
{
  g_autoptr(GPtrArray) shrunk = g_ptr_array_new_with_free_func(g_free);
  Applying applying = {.shards = shards, .tree = tree, .shrunk = shrunk};
  if (!apply_changes(&applying, changes, error))
    return FALSE;
  for (guint i = 0; i < shrunk->len && !applying.damaged; i++)
    if (!join_above(&applying, g_ptr_array_index(shrunk, i), error))
      return FALSE;
  *ret_damaged = applying.damaged;
  return TRUE;
}

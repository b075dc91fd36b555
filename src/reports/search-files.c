/* The files of the search index: shards, and the list of them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "reports/search-shards.h"

#define INDEX_PATH SEARCH_FOLDER "/index.js"
#define INDEX_HEAD "certdropIndex([\n"
#define INDEX_GONE "// gone "
#define SHARD_HEAD "certdropShard("
#define TAIL "]);\n"
#define ENDING ".js"

/* More than any file of the index can have but for one certificate with very many names. */
#define READ_LIMIT ((gsize)256 * 1024 * 1024)

/* ---- Names ------------------------------------------------------------------ */

/* PREFIX as a file can be called on every system, of letters of one case. */
static char *name_from_prefix(const char *prefix)
{
  GString *name = g_string_sized_new(32);
  for (; *prefix != '\0'; prefix++)
    if (g_ascii_islower(*prefix) || g_ascii_isdigit(*prefix) || *prefix == '-' || *prefix == '.')
      g_string_append_c(name, *prefix);
    else
      g_string_append_printf(name, "_%02x", (guint)*prefix);
  return g_string_free(name, FALSE);
}

/* NULL where NAME is none. */
static char *prefix_from_name(const char *name)
{
  g_autoptr(GString) prefix = g_string_sized_new(32);
  if (*name != SEARCH_TREE_RECORDS && *name != SEARCH_TREE_TERMS)
    return NULL;
  for (; *name != '\0'; name++) {
    if (*name != '_') {
      g_string_append_c(prefix, *name);
      continue;
    }
    if (!g_ascii_isxdigit(name[1]) || !g_ascii_isxdigit(name[2]))
      return NULL;
    g_string_append_c(prefix,
                      (char)(g_ascii_xdigit_value(name[1]) * 16 + g_ascii_xdigit_value(name[2])));
    name += 2;
  }
  return g_strdup(prefix->str);
}

char *search_shard_path(const char *prefix)
{
  g_autofree char *name = name_from_prefix(prefix);
  return g_strconcat(SEARCH_FOLDER "/", name, ENDING, NULL);
}

static char *shard_head(const char *prefix)
{
  g_autofree char *name = name_from_prefix(prefix);
  return g_strdup_printf(SHARD_HEAD "\"%s\",[\n", name);
}

/* ---- Shards ----------------------------------------------------------------- */

guint search_shards_find(const SearchShards *shards, const char *text)
{
  guint low = 0, high = shards->prefixes->len;
  while (low < high) {
    guint middle = (low + high) / 2;
    if (strcmp(g_ptr_array_index(shards->prefixes, middle), text) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static gboolean shards_have(const SearchShards *shards, const char *prefix, guint *ret_at)
{
  *ret_at = search_shards_find(shards, prefix);
  return *ret_at < shards->prefixes->len &&
         strcmp(g_ptr_array_index(shards->prefixes, *ret_at), prefix) == 0;
}

/* What stands between HEAD and the tail of the file at PATH, NULL where it is not so. */
static GBytes *read_between(int root, const char *path, const char *head)
{
  g_autoptr(GBytes) bytes = file_read(root, path, READ_LIMIT, NULL);
  if (bytes == NULL)
    return NULL;
  gsize length, before = strlen(head), after = strlen(TAIL);
  const char *text = g_bytes_get_data(bytes, &length);
  if (length < before + after || memcmp(text, head, before) != 0 ||
      memcmp(text + length - after, TAIL, after) != 0)
    return NULL;
  return g_bytes_new_from_bytes(bytes, before, length - before - after);
}

GBytes *search_shard_read(const SearchShards *shards, const char *prefix)
{
  g_autofree char *path = search_shard_path(prefix);
  g_autofree char *head = shard_head(prefix);
  return read_between(shards->root, path, head);
}

gboolean search_shard_write(SearchShards *shards, const char *prefix, const char *lines,
                            gsize length, GError **error)
{
  g_autofree char *path = search_shard_path(prefix);
  g_autofree char *head = shard_head(prefix);
  g_autoptr(GString) text = g_string_sized_new(strlen(head) + length + strlen(TAIL));
  g_string_append(text, head);
  g_string_append_len(text, lines, (gssize)length);
  g_string_append(text, TAIL);
  gboolean written = FALSE;
  if (!file_replace(shards->root, path, text->str, text->len, 0644, &written, error))
    return FALSE;
  shards->written += written;
  guint at = 0;
  if (shards_have(shards, prefix, &at))
    return TRUE;
  g_ptr_array_insert(shards->prefixes, (gint)at, g_strdup(prefix));
  shards->changed = TRUE;
  return TRUE;
}

void search_shard_drop(SearchShards *shards, const char *prefix)
{
  guint at = 0;
  if (!shards_have(shards, prefix, &at))
    return;
  g_ptr_array_add(shards->gone, g_strdup(prefix));
  g_ptr_array_remove_index(shards->prefixes, at);
  shards->changed = TRUE;
}

gssize search_shard_size(const SearchShards *shards, const char *prefix)
{
  g_autofree char *path = search_shard_path(prefix);
  g_autofree char *head = shard_head(prefix);
  struct stat status;
  if (fstatat(shards->root, path, &status, AT_SYMLINK_NOFOLLOW) != 0)
    return -1;
  return (gssize)status.st_size - (gssize)(strlen(head) + strlen(TAIL));
}

/* ---- The list --------------------------------------------------------------- */

/* Reads "[3,"rest"]," lines: what a name shares with the one before it, and the rest. */
static gboolean list_read_line(SearchShards *shards, GString *name, const char *line)
{
  char *rest = NULL;
  guint64 shared = *line == '[' ? g_ascii_strtoull(line + 1, &rest, 10) : 0;
  if (rest == NULL || !g_str_has_prefix(rest, ",\"") || !g_str_has_suffix(rest, "\"],") ||
      shared > name->len)
    return FALSE;
  g_string_truncate(name, shared);
  g_string_append_len(name, rest + 2, (gssize)strlen(rest) - 5);
  char *prefix = prefix_from_name(name->str);
  if (prefix != NULL)
    g_ptr_array_add(shards->prefixes, prefix);
  return prefix != NULL;
}

/* What a killed run had yet to remove stands behind the list. */
static void list_read_gone(SearchShards *shards, const char *text)
{
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    char *prefix =
        g_str_has_prefix(*line, INDEX_GONE) ? prefix_from_name(*line + strlen(INDEX_GONE)) : NULL;
    if (prefix != NULL)
      g_ptr_array_add(shards->gone, prefix);
  }
}

static gboolean list_read(SearchShards *shards)
{
  if (shards->before == NULL)
    return FALSE;
  gsize length;
  const char *data = g_bytes_get_data(shards->before, &length);
  g_autofree char *text = g_strndup(data, length);
  char *end = strstr(text, TAIL);
  if (!g_str_has_prefix(text, INDEX_HEAD) || end == NULL)
    return FALSE;
  list_read_gone(shards, end + strlen(TAIL));
  *end = '\0';
  g_autoptr(GString) name = g_string_new(NULL);
  g_auto(GStrv) lines = g_strsplit(text + strlen(INDEX_HEAD), "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (**line != '\0' && !list_read_line(shards, name, *line))
      return FALSE;
  shards->changed = shards->gone->len > 0;
  return TRUE;
}

SearchShards *search_shards_open(int root, gboolean anew, GError **error)
{
  g_autoptr(SearchShards) shards = g_new0(SearchShards, 1);
  shards->root = root;
  shards->anew = shards->changed = anew;
  shards->prefixes = g_ptr_array_new_with_free_func(g_free);
  shards->gone = g_ptr_array_new_with_free_func(g_free);
  /* While there is no list, whoever comes next begins anew, too. */
  shards->before = file_read(root, INDEX_PATH, READ_LIMIT, NULL);
  if (anew ? !file_remove(root, INDEX_PATH, error) : !list_read(shards))
    return NULL;
  return g_steal_pointer(&shards);
}

static gboolean list_write(SearchShards *shards, gboolean with_gone, GError **error)
{
  g_autoptr(GString) text = g_string_new(INDEX_HEAD);
  g_autofree char *before = g_strdup("");
  for (guint i = 0; i < shards->prefixes->len; i++) {
    char *name = name_from_prefix(g_ptr_array_index(shards->prefixes, i));
    guint shared = 0;
    while (name[shared] != '\0' && name[shared] == before[shared])
      shared++;
    g_string_append_printf(text, "[%u,\"%s\"],\n", shared, name + shared);
    g_free(before);
    before = name;
  }
  g_string_append(text, TAIL);
  for (guint i = 0; with_gone && i < shards->gone->len; i++) {
    g_autofree char *name = name_from_prefix(g_ptr_array_index(shards->gone, i));
    g_string_append_printf(text, INDEX_GONE "%s\n", name);
  }
  gboolean same = shards->before != NULL && g_bytes_get_size(shards->before) == text->len &&
                  memcmp(g_bytes_get_data(shards->before, NULL), text->str, text->len) == 0;
  shards->written += !with_gone && !same;
  return file_replace(shards->root, INDEX_PATH, text->str, text->len, 0644, NULL, error);
}

static gboolean remove_gone(const SearchShards *shards, GError **error)
{
  for (guint i = 0; i < shards->gone->len; i++) {
    const char *prefix = g_ptr_array_index(shards->gone, i);
    g_autofree char *path = search_shard_path(prefix);
    guint at;
    if (!shards_have(shards, prefix, &at) && !file_remove(shards->root, path, error))
      return FALSE;
  }
  return TRUE;
}

/* Has what an earlier index left be gone, too. */
static gboolean find_gone(SearchShards *shards, GError **error)
{
  int fd = openat(shards->root, SEARCH_FOLDER, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *entries = fd >= 0 ? fdopendir(fd) : NULL;
  if (entries == NULL) {
    error_set_errno(error, errno, SEARCH_FOLDER ": cannot list");
    if (fd >= 0)
      close(fd);
    return FALSE;
  }
  for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
    if (!g_str_has_suffix(entry->d_name, ENDING) || strcmp(entry->d_name, "index.js") == 0)
      continue;
    g_autofree char *name = g_strndup(entry->d_name, strlen(entry->d_name) - strlen(ENDING));
    g_autofree char *prefix = prefix_from_name(name);
    guint at;
    if (prefix != NULL && !shards_have(shards, prefix, &at))
      g_ptr_array_add(shards->gone, g_steal_pointer(&prefix));
  }
  closedir(entries);
  return TRUE;
}

/* A list that names what is gone first: a killed run leaves nothing that nobody knows of. */
gboolean search_shards_close(SearchShards *shards, guint *written, GError **error)
{
  if (shards->anew &&
      (!find_gone(shards, error) || !file_remove_temporary(shards->root, SEARCH_FOLDER, error)))
    return FALSE;
  if (shards->changed && ((shards->gone->len > 0 && !list_write(shards, TRUE, error)) ||
                          !remove_gone(shards, error) || !list_write(shards, FALSE, error)))
    return FALSE;
  shards->changed = FALSE;
  g_ptr_array_set_size(shards->gone, 0);
  *written += shards->written;
  return TRUE;
}

void search_shards_free(SearchShards *shards)
{
  if (shards == NULL)
    return;
  g_ptr_array_unref(shards->prefixes);
  g_ptr_array_unref(shards->gone);
  g_clear_pointer(&shards->before, g_bytes_unref);
  g_free(shards);
}

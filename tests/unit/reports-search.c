/* The search index: what its lines say, and that shards are a function of the lines, however
 * these came and went. */
#include "reports/search-lines.h"
#include "reports/search-shards.h"
#include "reports/search.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

/* ---- Lines ------------------------------------------------------------------ */

static char *joined(const GPtrArray *lines)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < lines->len; i++)
    g_string_append(text, g_ptr_array_index(lines, i));
  return g_string_free(text, FALSE);
}

static void test_terms(void)
{
  static const char *const names[] = {"www.abc.com", "pay.efg.com", "efg.com",     "*.x.abc.com",
                                      "localhost",   "192.0.2.7",   "2001:db8::1", NULL};
  const SearchFacts facts = {.number = 7,
                             .id = "PO-4711.1",
                             .status = "issued",
                             .not_after = 1837036799,
                             .names = (char *const *)names,
                             .company = "Ärzte & Söhne  GmbH",
                             .serial = "0AFF"};
  g_autoptr(GPtrArray) terms = search_terms(&facts);
  g_autofree char *text = joined(terms);
  g_assert_cmpstr(text, ==,
                  "[\"*.x.abc.com\",9999999992,\"PO-4711.1\"],\n"
                  "[\"0aff\",9999999992,\"PO-4711.1\"],\n"
                  "[\"192.0.2.7\",9999999992,\"PO-4711.1\"],\n"
                  "[\"2001:db8::1\",9999999992,\"PO-4711.1\"],\n"
                  "[\"\\u00e4rzte \\u0026 s\\u00f6hne gmbh\",9999999992,\"PO-4711.1\"],\n"
                  "[\"abc.com\",9999999992,\"PO-4711.1\"],\n"
                  "[\"efg.com\",9999999992,\"PO-4711.1\"],\n"
                  "[\"gmbh\",9999999992,\"PO-4711.1\"],\n"
                  "[\"localhost\",9999999992,\"PO-4711.1\"],\n"
                  "[\"pay.efg.com\",9999999992,\"PO-4711.1\"],\n"
                  "[\"s\\u00f6hne gmbh\",9999999992,\"PO-4711.1\"],\n"
                  "[\"www.abc.com\",9999999992,\"PO-4711.1\"],\n"
                  "[\"x.abc.com\",9999999992,\"PO-4711.1\"],\n");

  g_autofree char *record = search_record(&facts);
  g_assert_true(g_str_has_prefix(
      record,
      "[\"po-4711.1\",9999999992,\"PO-4711.1\",\"issued\",\"Mar 18, 2028\",[\"www.abc.com\","));
  g_autoptr(GPtrArray) again = search_terms_of_record(record, strlen(record));
  g_assert_nonnull(again);
  g_autofree char *same = joined(again);
  g_assert_cmpstr(same, ==, text);
}

/* Whatever a text has in it, a line is one line of JSON in ASCII that says it, and nothing in
 * it ends a script. */
static void test_odd_texts(void)
{
  static const char *const texts[] = {
      "</script><script>alert(1)</script>",
      "<!-- ",
      "\"],\n]);alert(1)//",
      "\\",
      "a\\\"b'`${x}",
      "line\u2028and\u2029paragraph",
      "\u202Eturned",
      "𝕏 例子 \U0001F600",
      "İI ΟΔΟΣ ﬁ",
      "&lt;b&gt;",
      "                                                                        far",
  };
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
    const SearchFacts facts = {.number = 1, .id = "A.1", .status = "paid", .company = texts[i]};
    g_autofree char *record = search_record(&facts);
    g_autoptr(GPtrArray) terms = search_terms(&facts);
    g_autofree char *lines = joined(terms);
    g_autofree char *all = g_strconcat(record, lines, NULL);
    for (const char *at = all; *at != '\0'; at++)
      g_assert_true((*at >= ' ' && *at <= '~' && strchr("<>&'", *at) == NULL) || *at == '\n');
    g_assert_cmpuint(terms->len, >, 0);
    g_auto(GStrv) each = g_strsplit(all, "\n", -1);
    for (char **line = each; **line != '\0'; line++) {
      g_autofree char *json = g_strndup(*line, strlen(*line) - 1);
      g_autoptr(GError) error = NULL;
      g_autoptr(JsonNode) node = json_from_string(json, &error);
      g_assert_no_error(error);
      g_assert_true(JSON_NODE_HOLDS_ARRAY(node));
    }
    g_autoptr(GPtrArray) again = search_terms_of_record(record, strlen(record));
    g_autofree char *same = joined(again);
    g_assert_cmpstr(same, ==, lines);
  }
}

static void test_no_record(void)
{
  static const char *const records[] = {
      "",
      ",\n",
      "[],\n",
      "{},\n",
      "[\"a\",9999999998,\"A.1\",\"paid\",\"\",[],\"\"],\n",
      "[\"a\",null,\"A.1\",\"paid\",\"\",[],\"\",\"\"],\n",
      "[\"a\",9999999998,null,\"paid\",\"\",[],\"\",\"\"],\n",
      "[\"a\",9999999998,\"A.1\",\"paid\",\"\",[],\"\",\n",
  };
  for (guint i = 0; i < G_N_ELEMENTS(records); i++)
    g_assert_null(search_terms_of_record(records[i], strlen(records[i])));
}

/* A term ends with a whole character. */
static void test_long_term(void)
{
  g_autoptr(GString) company = g_string_new(NULL);
  for (guint i = 0; i < 59; i++)
    g_string_append_c(company, 'a');
  g_string_append(company, "é");
  const SearchFacts facts = {.number = 1, .id = "A.1", .status = "paid", .company = company->str};
  g_autoptr(GPtrArray) terms = search_terms(&facts);
  const char *line = g_ptr_array_index(terms, 0);
  g_assert_cmpuint(search_key_length(line), ==, 59 + strlen("\",9999999998"));
}

/* ---- Shards ----------------------------------------------------------------- */

typedef struct {
  char *path;
  int root;
} Folder;

static void folder_set_up(Folder *folder)
{
  folder->path = g_dir_make_tmp("reports-search-XXXXXX", NULL);
  folder->root = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  g_assert_cmpint(folder->root, >=, 0);
  g_assert_true(file_make_folder(folder->root, "reports/search", 0755, NULL));
}

static void folder_tear_down(Folder *folder)
{
  static const char *const folders[] = {"reports/search", "reports", "."};
  for (guint i = 0; i < G_N_ELEMENTS(folders); i++) {
    g_autofree char *path = g_build_filename(folder->path, folders[i], NULL);
    g_autoptr(GDir) files = g_dir_open(path, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(files)) != NULL) {
      g_autofree char *file = g_build_filename(path, name, NULL);
      g_remove(file);
    }
  }
  g_assert_no_errno(g_rmdir(folder->path));
  close(folder->root);
  g_free(folder->path);
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All files of the index, by name: each with its content. */
static char *contents(const Folder *folder)
{
  g_autofree char *path = g_build_filename(folder->path, "reports/search", NULL);
  g_autoptr(GDir) files = g_dir_open(path, 0, NULL);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  const char *name;
  while ((name = g_dir_read_name(files)) != NULL)
    g_ptr_array_add(names, g_strdup(name));
  g_ptr_array_sort(names, compare_names);
  GString *all = g_string_new(NULL);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *file = g_build_filename(path, g_ptr_array_index(names, i), NULL);
    g_autofree char *text = NULL;
    gsize length = 0;
    g_assert_true(g_file_get_contents(file, &text, &length, NULL));
    g_assert_cmpuint(length, <, SEARCH_SHARD_SIZE + 200);
    g_string_append_printf(all, "== %s\n%s", (char *)g_ptr_array_index(names, i), text);
  }
  return g_string_free(all, FALSE);
}

static gint compare_changes(gconstpointer a, gconstpointer b)
{
  return strcmp(((const SearchChange *)a)->line, ((const SearchChange *)b)->line);
}

static void apply(const Folder *folder, gboolean anew, GArray *changes)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SearchShards) shards = search_shards_open(folder->root, anew, &error);
  g_assert_no_error(error);
  g_assert_nonnull(shards);
  gboolean damaged = TRUE;
  guint written = 0;
  g_array_sort(changes, compare_changes);
  search_shards_apply(shards, SEARCH_TREE_TERMS, changes, &damaged, &error);
  g_assert_no_error(error);
  g_assert_false(damaged);
  search_shards_close(shards, &written, &error);
  g_assert_no_error(error);
}

/* One of many lines: some share the beginning, very many a whole term. */
static char *some_line(GRand *random)
{
  gint32 kind = g_rand_int_range(random, 0, 5);
  gint32 number = g_rand_int_range(random, 1, 4000);
  g_autoptr(GString) term = g_string_new(NULL);
  if (kind == 2)
    g_string_printf(term, "%08x0123456789abcdef", (guint)number * 2654435761u);
  else if (kind == 1)
    g_string_printf(term, "shop%d.example.test", number);
  else if (kind == 4)
    g_string_printf(term, "a%d", number % 50);
  else
    g_string_assign(term, kind == 0 ? "example.test" : "example operations");
  return g_strdup_printf("[\"%s\",%010d,\"PO-%d.1\"],\n", term->str, 2000000000 - number, number);
}

static GArray *all_changes(GHashTable *lines)
{
  GArray *changes = g_array_new(FALSE, FALSE, sizeof(SearchChange));
  GHashTableIter iter;
  gpointer line;
  g_hash_table_iter_init(&iter, lines);
  while (g_hash_table_iter_next(&iter, &line, NULL)) {
    const SearchChange change = {line, FALSE, NULL};
    g_array_append_val(changes, change);
  }
  return changes;
}

static void test_function_of_lines(void)
{
  g_autoptr(GRand) random = g_rand_new_with_seed(4711);
  g_autoptr(GHashTable) lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  Folder step, once;
  folder_set_up(&step);
  g_autoptr(GArray) nothing = g_array_new(FALSE, FALSE, sizeof(SearchChange));
  apply(&step, TRUE, nothing);
  for (guint round = 0; round < 60; round++) {
    /* It grows, and then goes to nothing. */
    gboolean shrinks = round >= 40;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(SearchChange));
    gint32 count = g_rand_int_range(random, 1, shrinks ? 4000 : 600);
    for (gint32 i = 0; i < count; i++) {
      char *line = some_line(random);
      gboolean gone = g_rand_int_range(random, 0, 10) < (shrinks ? 9 : 2);
      if (g_hash_table_contains(seen, line)) {
        g_free(line);
        continue;
      }
      g_hash_table_add(seen, line);
      const SearchChange change = {line, gone, NULL};
      g_array_append_val(changes, change);
      if (gone)
        g_hash_table_remove(lines, line);
      else
        g_hash_table_add(lines, g_strdup(line));
    }
    apply(&step, FALSE, changes);
    if (round % 4 != 3)
      continue;
    folder_set_up(&once);
    g_autoptr(GArray) whole = all_changes(lines);
    apply(&once, TRUE, whole);
    g_autofree char *got = contents(&step);
    g_autofree char *wanted = contents(&once);
    g_assert_true(strcmp(got, wanted) == 0); /* too long to be shown */
    folder_tear_down(&once);
  }
  g_autoptr(GArray) rest = all_changes(lines);
  for (guint i = 0; i < rest->len; i++)
    g_array_index(rest, SearchChange, i).gone = TRUE;
  apply(&step, FALSE, rest);
  g_autofree char *end = contents(&step);
  g_assert_cmpstr(end, ==, "== index.js\ncertdropIndex([\n]);\n");
  folder_tear_down(&step);
}

/* What is not as it was written is noticed; a killed run's leavings are removed. */
static void test_damage(void)
{
  static const char *const damages[] = {"", "certdropShard(\"t\",[\n", "nothing"};
  Folder folder;
  folder_set_up(&folder);
  g_assert_null(search_shards_open(folder.root, FALSE, NULL));
  g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(SearchChange));
  const SearchChange change = {"[\"a\",9999999998,\"A.1\"],\n", FALSE, NULL};
  g_array_append_val(changes, change);
  apply(&folder, TRUE, changes);
  for (guint i = 0; i < G_N_ELEMENTS(damages); i++) {
    g_assert_true(file_replace(folder.root, "reports/search/t.js", damages[i], strlen(damages[i]),
                               0644, NULL, NULL));
    g_autoptr(SearchShards) shards = search_shards_open(folder.root, FALSE, NULL);
    gboolean damaged = FALSE;
    g_assert_true(search_shards_apply(shards, SEARCH_TREE_TERMS, changes, &damaged, NULL));
    g_assert_true(damaged);
  }
  static const char list[] = "certdropIndex([\n[0,\"i\"],\n]);\n// gone t\n";
  g_assert_true(
      file_replace(folder.root, "reports/search/index.js", list, strlen(list), 0644, NULL, NULL));
  g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(SearchChange));
  apply(&folder, FALSE, none);
  g_autofree char *left = contents(&folder);
  g_assert_cmpstr(left, ==, "== index.js\ncertdropIndex([\n[0,\"i\"],\n]);\n");
  folder_tear_down(&folder);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/reports/search/terms", test_terms);
  g_test_add_func("/reports/search/odd-texts", test_odd_texts);
  g_test_add_func("/reports/search/no-record", test_no_record);
  g_test_add_func("/reports/search/long-term", test_long_term);
  g_test_add_func("/reports/search/function-of-lines", test_function_of_lines);
  g_test_add_func("/reports/search/damage", test_damage);
  return g_test_run();
}

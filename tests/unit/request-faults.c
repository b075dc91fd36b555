/* The codes of faults are one sorted list, and schemas/README.md documents each. */
#include "request/fault.h"

#include <string.h>

/* The path of NAME in the repository, found upwards from this program or from the
 * current folder. */
static char *find_file(const char *name)
{
  g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
  g_autofree char *current = g_get_current_dir();
  const char *const starts[] = {program, current};
  for (guint i = 0; i < G_N_ELEMENTS(starts); i++) {
    char *folder = g_strdup(starts[i]);
    while (strcmp(folder, "/") != 0) {
      g_autofree char *path = g_build_filename(folder, name, NULL);
      char *parent = g_path_get_dirname(folder);
      g_free(folder);
      folder = parent;
      if (g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_free(folder);
        return g_steal_pointer(&path);
      }
    }
    g_free(folder);
  }
  g_error("%s is nowhere above this program or the current folder", name);
}

static void test_sorted(void)
{
  g_assert_nonnull(fault_codes[0].code);
  for (const FaultCode *at = fault_codes; at->code != NULL; at++) {
    g_assert_true(g_regex_match_simple("^[a-z0-9]+(-[a-z0-9]+)*$", at->code, 0, 0));
    g_assert_cmpuint(strlen(at->title), >, 0);
    g_assert_false(g_str_has_suffix(at->title, "."));
    if (at[1].code != NULL)
      g_assert_cmpstr(at->code, <, at[1].code);
  }
}

static const FaultCode *find_code(const char *code)
{
  for (const FaultCode *at = fault_codes; at->code != NULL; at++)
    if (strcmp(at->code, code) == 0)
      return at;
  return NULL;
}

/* Rows of the README's table are "| `code` | meaning |". */
static void test_documented(void)
{
  g_autofree char *path = find_file("schemas/README.md");
  g_autofree char *text = NULL;
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  const char *section = strstr(text, "\n## Fault codes\n");
  g_assert_nonnull(section);
  g_auto(GStrv) lines = g_strsplit(section, "\n", -1);
  const FaultCode *expected = fault_codes;
  for (char **line = lines + 2; *line != NULL && !g_str_has_prefix(*line, "## "); line++) {
    if (!g_str_has_prefix(*line, "| `"))
      continue;
    g_auto(GStrv) cells = g_strsplit(*line, "|", -1);
    g_autofree char *code = g_strstrip(g_strdup(cells[1]));
    g_autofree char *row = g_strdup_printf("| `%s` | %s |", expected->code, expected->title);
    g_test_message("%s", code);
    g_assert_cmpstr(*line, ==, row);
    expected++;
  }
  g_assert_cmpstr(expected->code, ==, NULL);
}

static void test_add(void)
{
  g_autoptr(GPtrArray) faults = fault_array_new();
  fault_add(faults, "encoding", 7, "order", "\"%s\" is none", "x");
  fault_add(faults, "encoding", 0, NULL, "\xff is not UTF-8");
  g_assert_cmpuint(faults->len, ==, 2);
  const Fault *first = g_ptr_array_index(faults, 0), *second = g_ptr_array_index(faults, 1);
  g_assert_cmpstr(first->code, ==, "encoding");
  g_assert_cmpint(first->line, ==, 7);
  g_assert_cmpstr(first->element, ==, "order");
  g_assert_cmpstr(first->text, ==, "\"x\" is none");
  g_assert_cmpint(second->line, ==, 0);
  g_assert_null(second->element);
  g_assert_true(g_utf8_validate(second->text, -1, NULL));
  g_assert_nonnull(find_code(first->code));
}

/* A code that nobody documented is a bug. */
static void test_unknown_code(void)
{
  if (g_test_subprocess()) {
    g_autoptr(GPtrArray) faults = fault_array_new();
    fault_add(faults, "no-such-code", 0, NULL, "x");
    return;
  }
  g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed();
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/request/faults/sorted", test_sorted);
  g_test_add_func("/request/faults/documented", test_documented);
  g_test_add_func("/request/faults/add", test_add);
  g_test_add_func("/request/faults/unknown-code", test_unknown_code);
  return g_test_run();
}

#include <string.h>

#include "base/program.h"

/* The placeholder that TEXT, which begins with a brace, begins with; or NULL. */
static const ProgramPlaceholder *find(const ProgramPlaceholder *placeholders, const char *text)
{
  for (const ProgramPlaceholder *at = placeholders; at->name != NULL; at++) {
    gsize length = strlen(at->name);
    if (strncmp(text + 1, at->name, length) == 0 && text[1 + length] == '}')
      return at;
  }
  return NULL;
}

static char *expand(const char *argument, const ProgramPlaceholder *placeholders)
{
  GString *expanded = g_string_new(NULL);
  for (const char *at = argument; *at != '\0';) {
    const ProgramPlaceholder *found = *at == '{' ? find(placeholders, at) : NULL;
    if (found == NULL) {
      g_string_append_c(expanded, *at++);
      continue;
    }
    g_string_append(expanded, found->value != NULL ? found->value : "");
    at += strlen(found->name) + 2;
  }
  return g_string_free(expanded, FALSE);
}

char **program_expand(const char *const *arguments, const ProgramPlaceholder *placeholders)
{
  GPtrArray *expanded = g_ptr_array_new();
  for (const char *const *at = arguments; *at != NULL; at++)
    g_ptr_array_add(expanded, expand(*at, placeholders));
  g_ptr_array_add(expanded, NULL);
  return (char **)g_ptr_array_free(expanded, FALSE);
}

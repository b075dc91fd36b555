#include "intake/package-private.h"

#include "request/fault.h"
#include "request/names.h"

#include <string.h>

enum { NAME_MAX_LENGTH = 64 };

static const char *last_part(const char *name)
{
  const char *slash = strrchr(name, '/');
  return slash != NULL ? slash + 1 : name;
}

/* macOS keeps a shadow of each file, and both desktops notes on each folder. */
static gboolean is_skipped(const char *name)
{
  static const char *const files[] = {".DS_Store", "Thumbs.db", "desktop.ini"};
  const char *last = last_part(name);
  if (g_str_has_prefix(name, "__MACOSX/") || g_str_has_prefix(last, "._"))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS(files); i++)
    if (strcmp(last, files[i]) == 0)
      return TRUE;
  return FALSE;
}

static gboolean has_parent_part(const char *name)
{
  g_auto(GStrv) parts = g_strsplit_set(name, "/\\", -1);
  return g_strv_contains((const char *const *)parts, "..");
}

/* [A-Za-z0-9][A-Za-z0-9._-]{0,63}: the form of every reference (vocabulary.md). */
static gboolean is_plain(const char *name)
{
  if (!g_ascii_isalnum(name[0]))
    return FALSE;
  for (const char *at = name; *at != '\0'; at++)
    if (!g_ascii_isalnum(*at) && strchr("._-", *at) == NULL)
      return FALSE;
  return TRUE;
}

static const char *find_reason(const char *name)
{
  gboolean drive =
      g_ascii_isalpha(name[0]) && name[1] == ':' && (name[2] == '\\' || name[2] == '/');
  if (name[0] == '\0')
    return "it is empty";
  if (name[0] == '/' || name[0] == '\\' || drive)
    return "it is an absolute path; put the files at the top of the package";
  if (has_parent_part(name))
    return "it leads out of the package with \"..\"; put the files at the top of the package";
  if (strpbrk(name, "/\\") != NULL)
    return "it is in a folder; put the files at the top of the package, without a folder";
  if (strlen(name) > NAME_MAX_LENGTH)
    return "it is longer than 64 characters; give the file a shorter name";
  if (!is_plain(name))
    return "a name begins with a letter or digit and has letters, digits, \".\", \"_\" and \"-\" "
           "of ASCII, such as letter-1.png; rename the file";
  return NULL;
}

PackageNameVerdict package_check_name(const char *name, GPtrArray *faults, const char **ret_name)
{
  if (name == NULL) {
    fault_add(faults, "package-name", 0, NULL,
              "a file in the package has a name that cannot be read; give the file a name such as "
              "letter-1.png and pack it again");
    return PACKAGE_NAME_REFUSED;
  }
  while (g_str_has_prefix(name, "./"))
    name += strlen("./");
  if (is_skipped(name))
    return PACKAGE_NAME_SKIPPED;
  const char *reason = find_reason(name);
  if (reason != NULL) {
    g_autofree char *shown = names_quote(name);
    fault_add(faults, "package-name", 0, NULL, "the package holds \"%s\", which is refused: %s",
              shown, reason);
    return PACKAGE_NAME_REFUSED;
  }
  *ret_name = name;
  return PACKAGE_NAME_TAKEN;
}

gboolean package_name_is_document(const char *name)
{
  gsize length = strlen(name);
  return length > 4 && g_ascii_strcasecmp(name + length - 4, ".xml") == 0;
}

/* Makes a manual page from its source: what is written there by hand, and the elements of a
 * schema where a line asks for them. Run while certdrop is built; not a part of it.
 *
 *   make-page SOURCE >PAGE
 *
 *   .\" SCHEMA catalog.xsd     from here on, elements are this schema's
 *   .\" ELEMENT configuration  this root element
 *   .\" KINDS                  all kinds of document, and the batch
 *   .\" PARTS                  the elements within those before, that have parts themselves
 *   .\" EXAMPLE order          what `certdrop new order` prints */
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

#include "manual/elements.h"
#include "manual/roff.h"
#include "request/kinds.h"

#define MARK ".\\\" "

typedef struct {
  SchemaModel *model;
  GPtrArray *parts;
  GString *page;
} Maker;

static gboolean take_schema(Maker *maker, const char *file, GError **error)
{
  schema_model_free(maker->model);
  maker->model = schema_model_new(file, error);
  g_ptr_array_set_size(maker->parts, 0);
  return maker->model != NULL;
}

static gboolean take_element(Maker *maker, const char *name, GError **error G_GNUC_UNUSED)
{
  elements_add_root(maker->page, maker->model, name, maker->parts);
  return TRUE;
}

static gboolean take_kinds(Maker *maker, const char *nothing G_GNUC_UNUSED, GError **error)
{
  for (RequestKind kind = 1; kind < REQUEST_KIND_N; kind++)
    if (!take_element(maker, request_kinds[kind].name, error))
      return FALSE;
  return take_element(maker, "batch", error);
}

static gboolean take_parts(Maker *maker, const char *nothing G_GNUC_UNUSED,
                           GError **error G_GNUC_UNUSED)
{
  elements_add_parts(maker->page, maker->parts);
  return TRUE;
}

static gboolean take_example(Maker *maker, const char *kind, GError **error)
{
  g_autofree char *path = g_strdup_printf("/certdrop/new/%s.xml", kind);
  g_autoptr(GBytes) example = g_resources_lookup_data(path, 0, error);
  if (example == NULL)
    return FALSE;
  g_string_append(maker->page, ".Bd -literal\n");
  roff_add_verbatim(maker->page, g_bytes_get_data(example, NULL), g_bytes_get_size(example));
  g_string_append(maker->page, ".Ed\n");
  return TRUE;
}

static const struct {
  const char *name;
  gboolean (*take)(Maker *maker, const char *argument, GError **error);
} marks[] = {
    {"SCHEMA ", take_schema}, {"ELEMENT ", take_element}, {"KINDS", take_kinds},
    {"PARTS", take_parts},    {"EXAMPLE ", take_example},
};

static gboolean take_line(Maker *maker, const char *line, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS(marks) && g_str_has_prefix(line, MARK); i++)
    if (g_str_has_prefix(line + strlen(MARK), marks[i].name))
      return marks[i].take(maker, line + strlen(MARK) + strlen(marks[i].name), error);
  g_string_append_printf(maker->page, "%s\n", line);
  return TRUE;
}

static gboolean take_source(Maker *maker, const char *path, GError **error)
{
  g_autofree char *source = NULL;
  if (!g_file_get_contents(path, &source, NULL, error))
    return FALSE;
  g_auto(GStrv) lines = g_strsplit(g_strchomp(source), "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    if (!take_line(maker, lines[i], error))
      return FALSE;
  return TRUE;
}

int main(int argc, char **argv)
{
  if (argc != 2) {
    fprintf(stderr, "usage: make-page SOURCE >PAGE\n");
    return 64;
  }
  Maker maker = {.parts = elements_parts_new(), .page = g_string_new(NULL)};
  g_autoptr(GError) error = NULL;
  gboolean ok = take_source(&maker, argv[1], &error);
  if (ok)
    ok = fputs(maker.page->str, stdout) >= 0 && fflush(stdout) == 0;
  else
    fprintf(stderr, "%s: %s\n", argv[1], error->message);
  schema_model_free(maker.model);
  g_ptr_array_unref(maker.parts);
  g_string_free(maker.page, TRUE);
  return ok ? 0 : 1;
}

/* The forms: every part of a document has its field, with the limits of its type, and what
 * the operator's files say stands in them as text and as nothing else. */
#include <libxml/HTMLparser.h>
#include <string.h>

#include "lifecycle-test.h"
#include "reports/form.h"

typedef struct {
  World world;
  ReportsContext context;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
  world_set_up(&fixture->world, data);
  fixture->context = (ReportsContext){.configuration = fixture->world.configuration,
                                      .catalog = fixture->world.catalog};
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
  world_tear_down(&fixture->world, data);
}

static xmlDoc *form_of(const Fixture *fixture, RequestKind kind)
{
  g_autoptr(Page) page = page_new(PAGE_VIEW_DOCUMENTS, 1, "Form");
  form_add(form_begin(page), kind, &fixture->context);
  const char *html = page_to_html(page);
  xmlDoc *document = htmlReadMemory(html, (int)strlen(html), NULL, "UTF-8",
                                    HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
  g_assert_nonnull(document);
  g_assert_null(strstr(page_to_markdown(page), "data-"));
  return document;
}

/* Calls FOUND for each element of the document. */
static void walk(xmlNode *node, void (*found)(xmlNode *element, gpointer data), gpointer data)
{
  for (; node != NULL; node = node->next) {
    if (node->type != XML_ELEMENT_NODE)
      continue;
    found(node, data);
    walk(node->children, found, data);
  }
}

static void collect_path(xmlNode *element, gpointer data)
{
  xmlChar *path = xmlGetNoNsProp(element, (const xmlChar *)"data-path");
  if (path != NULL)
    g_hash_table_add(data, g_strdup((const char *)path));
  xmlFree(path);
}

static void want(GHashTable *paths, char *path)
{
  g_hash_table_add(paths, path);
}

/* One for each of `values`, where the form has one for each. */
static gboolean expect_special(const Fixture *fixture, GHashTable *paths, const SchemaType *type,
                               const char *path)
{
  if (strcmp(type->name, "Attachment") == 0) {
    static const char *const kinds[] = {"confirmationLetter", "qualification", "identity"};
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
      want(paths, g_strdup_printf("%s[@kind=%s]/@file", path, kinds[i]));
    return TRUE;
  }
  if (strcmp(type->name, "Target") != 0)
    return FALSE;
  const GPtrArray *targets = fixture->world.configuration->targets;
  for (guint i = 0; targets != NULL && i < targets->len; i++) {
    const ConfigurationTarget *target = g_ptr_array_index(targets, i);
    if (target->regions != NULL)
      want(paths, g_strdup_printf("%s[@product=%s]/region", path, target->product));
    if (target->regions == NULL || strcmp(target->product, "slb") != 0)
      want(paths, g_strdup_printf("%s[@product=%s]/@product", path, target->product));
  }
  return TRUE;
}

static void expect_type(const Fixture *fixture, GHashTable *paths, const SchemaType *type,
                        const char *path)
{
  for (guint i = 0; i < type->attributes->len; i++) {
    const SchemaPart *part = g_ptr_array_index(type->attributes, i);
    want(paths, g_strdup_printf("%s@%s", path, part->name));
  }
  if (type->value != NULL)
    want(paths, g_strdup_printf("%s.", path));
  for (guint i = 0; i < type->children->len; i++) {
    const SchemaPart *part = g_ptr_array_index(type->children, i);
    g_autofree char *child = g_strdup_printf("%s%s", path, part->name);
    g_autofree char *inside = g_strdup_printf("%s/", child);
    if (expect_special(fixture, paths, part->type, child))
      continue;
    if (part->type->value != part->type)
      expect_type(fixture, paths, part->type, inside);
    else if (strcmp(part->type->name, "ProductId") != 0)
      want(paths, g_strdup(child));
  }
}

static void add_target(Fixture *fixture, const char *product, const char *title,
                       const char *regions)
{
  ConfigurationTarget *target = g_new0(ConfigurationTarget, 1);
  target->product = g_strdup(product);
  target->title = g_strdup(title);
  target->regions = g_strdup(regions);
  Configuration *configuration = fixture->world.configuration;
  if (configuration->targets == NULL)
    configuration->targets = g_ptr_array_new();
  g_ptr_array_add(configuration->targets, target);
}

/* A form has fields for all that its kind may hold, and for nothing else. */
static void test_whole(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  add_target(fixture, "web", "Web servers", "north south");
  add_target(fixture, "mail", NULL, NULL);
  add_target(fixture, "slb", NULL, "east west");
  for (RequestKind kind = 1; kind < REQUEST_KIND_N; kind++) {
    g_autoptr(GHashTable) wanted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) got = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    expect_type(fixture, wanted, schema_model_root(form_schema(), request_kinds[kind].name)->type,
                "");
    xmlDoc *document = form_of(fixture, kind);
    walk(xmlDocGetRootElement(document), collect_path, got);
    xmlFreeDoc(document);
    GHashTableIter iter;
    gpointer path;
    g_hash_table_iter_init(&iter, wanted);
    while (g_hash_table_iter_next(&iter, &path, NULL)) {
      if (!g_hash_table_contains(got, path))
        g_test_message("%s has no field for %s", request_kinds[kind].name, (char *)path);
      g_assert_true(g_hash_table_contains(got, path));
    }
    g_assert_cmpuint(g_hash_table_size(got), ==, g_hash_table_size(wanted));
  }
}

static void check_field(xmlNode *element, gpointer data)
{
  xmlChar *path = xmlGetNoNsProp(element, (const xmlChar *)"data-path");
  if (g_strcmp0((const char *)path, "company/name") == 0) {
    static const char *const limits[][2] = {
        {"data-min-length", "1"},
        {"data-max-length", "64"},
        {"data-example", "Example Operations Ltd"},
        {"data-pattern", "[^\\u{7F}-\\u{9F}\\u{2028}-\\u{202E}\\u{2066}-\\u{2069}\\u{FEFF}]*"}};
    for (guint i = 0; i < G_N_ELEMENTS(limits); i++) {
      xmlChar *value = xmlGetNoNsProp(element, (const xmlChar *)limits[i][0]);
      g_assert_cmpstr((const char *)value, ==, limits[i][1]);
      xmlFree(value);
    }
    (*(guint *)data)++;
  }
  xmlFree(path);
}

/* A field has the limits of its type, in characters that pass through HTML. */
static void test_limits(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  guint found = 0;
  xmlDoc *document = form_of(fixture, REQUEST_KIND_APPLICATION);
  walk(xmlDocGetRootElement(document), check_field, &found);
  xmlFreeDoc(document);
  g_assert_cmpuint(found, ==, 1);
}

#define NAUGHTY "\"><script>alert(1)</script> & 'x' <b>"

static void check_naughty(xmlNode *element, gpointer data)
{
  g_assert_cmpstr((const char *)element->name, !=, "script");
  g_assert_cmpstr((const char *)element->name, !=, "b");
  g_assert_null(xmlHasProp(element, (const xmlChar *)"onclick"));
  if (strcmp((const char *)element->name, "legend") != 0)
    return;
  xmlChar *text = xmlNodeGetContent(element);
  if (g_strcmp0((const char *)text, NAUGHTY) == 0)
    (*(guint *)data)++;
  xmlFree(text);
}

/* What the configuration says is text. */
static void test_naughty(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  guint found = 0;
  add_target(fixture, "web", NAUGHTY, "a\"onclick=\"x");
  xmlDoc *document = form_of(fixture, REQUEST_KIND_DEPLOYMENT);
  walk(xmlDocGetRootElement(document), check_naughty, &found);
  xmlFreeDoc(document);
  g_assert_cmpuint(found, ==, 1);
}

/* Links begin the form with what is known; the Markdown, which has no form, does without. */
static void test_links(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  (void)fixture;
  g_autoptr(Page) page = page_new(PAGE_VIEW_CERTIFICATES, 1, "Links");
  g_autoptr(FormFill) fill = form_fill_new();
  form_fill_add(fill, "certificate", "PO-1.1");
  form_fill_add(fill, "domain", "a&b=c#\"<ü");
  cmark_node *line = page_add_paragraph(page->root);
  page_add_text(form_add_link(page, line, REQUEST_KIND_APPLICATION, fill), "Apply");
  page_add_text(form_add_link(page, line, REQUEST_KIND_ORDER, NULL), "Order");
  g_assert_cmpstr(
      page_to_html(page), ==,
      "<p><a href=\"../request/application.html#certificate=PO-1.1&amp;domain="
      "a%26b%3Dc%23%22%3C%C3%BC\">Apply</a><a href=\"../purchase.html\">Order</a></p>\n");
  g_assert_cmpstr(page_to_markdown(page), ==,
                  "[Apply](../request/application.md)[Order](../purchase.md)\n");
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  static const struct {
    const char *name;
    void (*test)(Fixture *fixture, gconstpointer data);
  } tests[] = {
      {"/reports/forms/whole", test_whole},
      {"/reports/forms/limits", test_limits},
      {"/reports/forms/naughty", test_naughty},
      {"/reports/forms/links", test_links},
  };
  for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
    g_test_add(tests[i].name, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run();
}

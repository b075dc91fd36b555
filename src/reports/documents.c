/* The kinds of document: an index, and a page for each with its example. */
#include <gio/gio.h>
#include <string.h>

#include "reports/overview.h"
#include "reports/purpose.h"
#include "reports/table.h"

/* What a page of a kind is made from; the index has the kind 0. */
typedef struct {
  RequestKind kind;
  char *purposes[REQUEST_KIND_N]; /* of the kind, or of all */
} DocumentsModel;

static void documents_free(gpointer data)
{
  DocumentsModel *model = data;
  for (RequestKind kind = 1; kind < REQUEST_KIND_N; kind++)
    g_free(model->purposes[kind]);
  g_free(model);
}

static const TableColumn columns[] = {
    {"Document", TABLE_TEXT}, {"What it is for", TABLE_TEXT}, {"Available", TABLE_SHORT}};

static Page *documents_build_index(const DocumentsModel *model)
{
  Page *page = page_new(PAGE_VIEW_DOCUMENTS, 1, "Documents");
  page_add_heading(page->root, 1, "Documents");
  page_add_text(page_add_paragraph(page_add_mark(page->root, &page_mark_lead)),
                "Everything that certdrop does is asked for by a document: an XML file, dropped "
                "into the inbox. These are the kinds.");
  Table table = table_new(page->root, "Documents", columns, G_N_ELEMENTS(columns));
  for (RequestKind kind = 1; kind < REQUEST_KIND_N; kind++) {
    table_add_row(&table);
    page_add_text(
        page_add_link_in(page, table_add_cell(&table), "request", request_kinds[kind].name),
        request_kinds[kind].title);
    table_add_text(&table, model->purposes[kind]);
    table_add_text(&table,
                   lifecycle_operations[kind].decide != NULL ? "yes" : "not in this version");
  }
  return page;
}

/* How a document gets to certdrop, and the answer back. */
static void documents_add_way(const Page *page, RequestKind kind)
{
  page_add_heading(page->root, 2, "How to drop it");
  cmark_node *list = page_add_steps(page->root);
  cmark_node *item = page_add_item(list);
  page_add_text(item, "Print the example into a file of your own and change it: ");
  g_autofree char *command = g_strdup_printf("certdrop new %s > my-%s.xml",
                                             request_kinds[kind].name, request_kinds[kind].name);
  page_add_code(item, command);
  item = page_add_item(list);
  page_add_text(item, "Ask what would become of it, as often as you like; it changes nothing: ");
  g_autofree char *check = g_strdup_printf("certdrop check my-%s.xml", request_kinds[kind].name);
  page_add_code(item, check);
  item = page_add_item(list);
  page_add_text(item, "Move it into ");
  page_add_code(item, "inbox/");
  page_add_text(item, ". The next run, or the watch at once, decides it.");
  item = page_add_item(list);
  page_add_text(item, "The answer is a receipt in ");
  page_add_code(item, "outbox/receipts/");
  page_add_text(item, " and a line on ");
  page_add_text(page_add_link(page, item, "incoming/index"), "Incoming files");
  page_add_text(item, ".");
}

static void documents_add_example(const Page *page, RequestKind kind)
{
  g_autofree char *path = g_strdup_printf("/certdrop/new/%s.xml", request_kinds[kind].name);
  g_autoptr(GBytes) example = g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_assert(example != NULL);
  gsize length;
  const char *bytes = g_bytes_get_data(example, &length);
  g_autofree char *text = g_strndup(bytes, length);
  page_add_heading(page->root, 2, "Example");
  page_add_listing(page->root, "xml", text);
}

static Page *documents_build(const ReportsContext *context, gconstpointer data)
{
  (void)context;
  const DocumentsModel *model = data;
  RequestKind kind = model->kind;
  if (kind == 0)
    return documents_build_index(model);
  const char *title = request_kinds[kind].title;
  Page *page = page_new(PAGE_VIEW_DOCUMENTS, 1, title);
  page_add_heading(page->root, 1, title);
  page_add_text(page_add_paragraph(page_add_mark(page->root, &page_mark_lead)),
                model->purposes[kind]);
  if (lifecycle_operations[kind].decide == NULL)
    page_add_text(page_add_paragraph(page_add_mark(page->root, &page_mark_alert)),
                  "This kind is known but not available in this version: a file with it is "
                  "rejected and changes nothing.");
  documents_add_way(page, kind);
  documents_add_example(page, kind);
  return page;
}

static const PageKind documents_page = {documents_build, documents_free};

gboolean documents_write(Writer *writer, const ReportsContext *context, GError **error)
{
  (void)context;
  char **purposes = purpose_read_all(error);
  if (purposes == NULL)
    return FALSE;
  for (RequestKind page = 0; page < REQUEST_KIND_N; page++) {
    DocumentsModel *model = g_new0(DocumentsModel, 1);
    model->kind = page;
    for (RequestKind kind = 1; kind < REQUEST_KIND_N; kind++)
      if (page == 0 || page == kind)
        model->purposes[kind] = g_strdup(purposes[kind - 1]);
    g_autofree char *path =
        g_strdup_printf("request/%s", page == 0 ? "index" : request_kinds[page].name);
    writer_add(writer, &documents_page, model, path, NULL);
  }
  g_strfreev(purposes);
  return TRUE;
}

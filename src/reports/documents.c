/* The kinds of document: an index, and a page for each with its example. */
#include <gio/gio.h>
#include <string.h>

#include "reports/documents-parts.h"
#include "reports/form.h"
#include "reports/overview.h"
#include "reports/table.h"
#include "schema/schema.h"

/* What the schema says that a kind is for. */
static const char *documents_purpose(RequestKind kind)
{
  return schema_model_root(form_schema(), request_kinds[kind].name)->help.documentation;
}

static const TableColumn columns[] = {
    {"Document", TABLE_TEXT}, {"What it is for", TABLE_TEXT}, {"Available", TABLE_SHORT}};

static Page *documents_build_index(void)
{
  Page *page = page_new(PAGE_VIEW_DOCUMENTS, 1, "Documents");
  page_add_heading(page->root, 1, "Documents");
  page_add_text(page_add_paragraph(page_add_mark(page->root, &page_mark_lead)),
                "Everything that certdrop does is asked for by a document: an XML file, dropped "
                "into the inbox. The page of each kind has a form that makes it.");
  Table table = table_new(page->root, "Documents", columns, G_N_ELEMENTS(columns));
  for (RequestKind kind = 1; kind < REQUEST_KIND_N; kind++) {
    table_add_row(&table);
    page_add_text(
        page_add_link_in(page, table_add_cell(&table), "request", request_kinds[kind].name),
        request_kinds[kind].title);
    table_add_text(&table, documents_purpose(kind));
    table_add_text(&table,
                   lifecycle_operations[kind].decide != NULL ? "yes" : "not in this version");
  }
  cmark_node *text = page_add_paragraph(page->root);
  page_add_text(text, "Several of them in one file are a ");
  page_add_code(text, "batch");
  page_add_text(text, ". What can be wrong with one: ");
  page_add_text(page_add_link(page, text, "request/faults"), "Faults");
  page_add_text(text, ".");
  return page;
}

static const TableColumn fault_columns[] = {{"Code", TABLE_SHORT}, {"What it means", TABLE_TEXT}};

static Page *faults_build(const ReportsContext *context, gconstpointer model)
{
  (void)context;
  (void)model;
  Page *page = page_new(PAGE_VIEW_DOCUMENTS, 1, "Faults");
  page_add_heading(page->root, 1, "Faults");
  page_add_text(page_add_paragraph(page_add_mark(page->root, &page_mark_lead)),
                "What can be wrong with a document. Its receipt and its error file name the code, "
                "the line, and how to mend it; codes stay what they are.");
  Table table = table_new(page->root, "Faults", fault_columns, G_N_ELEMENTS(fault_columns));
  for (const FaultCode *fault = fault_codes; fault->code != NULL; fault++) {
    table_add_row(&table);
    page_add_code(table_add_cell(&table), fault->code);
    table_add_text(&table, fault->title);
  }
  return page;
}

/* How a document gets to certdrop, and the answer back. */
static void documents_add_way(const Page *page, cmark_node *parent, RequestKind kind)
{
  page_add_heading(parent, 2, "How to drop it");
  cmark_node *list = page_add_steps(parent);
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
  page_add_text(item, ". What the codes of ");
  page_add_text(page_add_link(page, item, "request/faults"), "faults");
  page_add_text(item, " mean.");
}

static void documents_add_example(cmark_node *parent, RequestKind kind)
{
  g_autofree char *path = g_strdup_printf("/certdrop/new/%s.xml", request_kinds[kind].name);
  g_autoptr(GBytes) example = g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_assert(example != NULL);
  gsize length;
  const char *bytes = g_bytes_get_data(example, &length);
  g_autofree char *text = g_strndup(bytes, length);
  page_add_heading(parent, 2, "Example");
  page_add_listing(parent, "xml", text);
}

/* An order is made where the products and their prices are. */
static cmark_node *documents_add_form(Page *page, RequestKind kind, const ReportsContext *context)
{
  if (kind != REQUEST_KIND_ORDER) {
    form_add(form_begin(page), kind, context);
    return form_begin_by_hand(page);
  }
  cmark_node *text = page_add_paragraph(page->root);
  page_add_text(text, "The form for an order is on the page ");
  page_add_text(page_add_link(page, text, "purchase"), "Purchase");
  page_add_text(text, ".");
  return page->root;
}

static Page *documents_build(const ReportsContext *context, gconstpointer data)
{
  RequestKind kind = *(const RequestKind *)data;
  if (kind == 0)
    return documents_build_index();
  const char *title = request_kinds[kind].title;
  Page *page = page_new(PAGE_VIEW_DOCUMENTS, 1, title);
  page_add_heading(page->root, 1, title);
  page_add_text(page_add_paragraph(page_add_mark(page->root, &page_mark_lead)),
                documents_purpose(kind));
  if (lifecycle_operations[kind].decide == NULL)
    page_add_text(page_add_paragraph(page_add_mark(page->root, &page_mark_alert)),
                  "This kind is known but not available in this version: a file with it is "
                  "rejected and changes nothing.");
  cmark_node *by_hand = documents_add_form(page, kind, context);
  documents_add_way(page, by_hand, kind);
  documents_add_example(by_hand, kind);
  documents_add_parts(by_hand, kind);
  return page;
}

static void faults_free(gpointer model)
{
  (void)model;
}

static const PageKind faults_page = {faults_build, faults_free};
static const PageKind documents_page = {documents_build, g_free};

gboolean documents_write(Writer *writer, const ReportsContext *context, GError **error)
{
  (void)context;
  (void)error;
  for (RequestKind kind = 0; kind < REQUEST_KIND_N; kind++) {
    g_autofree char *path =
        g_strdup_printf("request/%s", kind == 0 ? "index" : request_kinds[kind].name);
    writer_add(writer, &documents_page, g_memdup2(&kind, sizeof kind), path, NULL);
  }
  writer_add(writer, &faults_page, NULL, "request/faults", NULL);
  return TRUE;
}

/* activity.atom: the last entries of the log, for feed readers (RFC 4287, by libxml2's
 * writer). An entry's ID is made of its hash, which covers all entries before it, so that
 * no two are the same anywhere. */
#include <libxml/xmlwriter.h>

#include "base/clock.h"
#include "base/error.h"
#include "reports/certificate.h"
#include "reports/feed.h"

#define ENTRIES 200
#define ATOM "http://www.w3.org/2005/Atom"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlTextWriter, xmlFreeTextWriter)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlBuffer, xmlBufferFree)

/* Elements under way; the first failure is remembered. */
typedef struct {
  xmlTextWriter *writer;
  gboolean failed;
} Atom;

static void check(Atom *atom, int result)
{
  atom->failed = atom->failed || result < 0;
}

static void begin(Atom *atom, const char *name)
{
  check(atom, xmlTextWriterStartElement(atom->writer, BAD_CAST name));
}

static void end(Atom *atom)
{
  check(atom, xmlTextWriterEndElement(atom->writer));
}

static void add_attribute(Atom *atom, const char *name, const char *value)
{
  check(atom, xmlTextWriterWriteAttribute(atom->writer, BAD_CAST name, BAD_CAST value));
}

static void add_text(Atom *atom, const char *name, const char *text)
{
  g_autofree char *owned = NULL;
  const char *clean = page_clean_text(text, &owned);
  check(atom, xmlTextWriterWriteElement(atom->writer, BAD_CAST name, BAD_CAST clean));
}

static void add_time(Atom *atom, const char *name, gint64 time)
{
  g_autofree char *text = clock_format(time);
  add_text(atom, name, text);
}

static void add_link(Atom *atom, const char *relation, const char *address)
{
  begin(atom, "link");
  add_attribute(atom, "rel", relation);
  add_attribute(atom, "href", address);
  end(atom);
}

static void add_author(Atom *atom, const char *name)
{
  begin(atom, "author");
  add_text(atom, "name", name);
  end(atom);
}

/* What was done in words: the label of a status, else the log's own word. */
static const char *entry_what(const LedgerEntry *entry)
{
  LifecycleStatus status = lifecycle_status_from_name(entry->what);
  return status != 0 ? lifecycle_statuses[status].label : entry->what;
}

static void add_entry(Atom *atom, const LedgerEntry *entry)
{
  g_autofree char *path = history_page(entry);
  g_autofree char *id = g_strconcat("urn:certdrop:1:log:", entry->hash, NULL);
  g_autofree char *title = g_strdup_printf("%s: %s", entry->subject, entry_what(entry));
  begin(atom, "entry");
  add_text(atom, "id", id);
  add_text(atom, "title", title);
  add_time(atom, "updated", entry->at);
  if (path != NULL) {
    g_autofree char *page = g_strconcat(path, ".html", NULL);
    add_link(atom, "alternate", page);
  }
  begin(atom, "category");
  add_attribute(atom, "term", entry->what);
  end(atom);
  g_autoptr(GString) text = g_string_new(entry->text);
  if (entry->file != NULL)
    g_string_append_printf(text, "%s%s", text->len > 0 ? "; by " : "By ", entry->file);
  if (text->len == 0)
    g_string_append(text, "By the run itself, with no file that asked for it");
  g_string_append_c(text, '.');
  add_text(atom, "summary", text->str);
  end(atom);
}

/* What stands before the entries. The feed is as old as its first entry. */
static void add_head(Atom *atom, const ReportsContext *context, const LedgerEntry *first,
                     const LedgerEntry *last)
{
  const char *organization = configuration_organization_name(context->configuration);
  g_autofree char *title = g_strdup_printf("Certificates of %s", organization);
  g_autofree char *id = g_strconcat("urn:certdrop:1:activity", first != NULL ? ":" : "",
                                    first != NULL ? first->hash : "", NULL);
  add_text(atom, "id", id);
  add_text(atom, "title", title);
  add_time(atom, "updated", last != NULL ? last->at : 0);
  add_link(atom, "self", "activity.atom");
  add_link(atom, "alternate", "index.html");
  add_author(atom, organization);
  add_text(atom, "generator", "certdrop");
}

gboolean feed_write_activity(const ReportsContext *context, guint *written, GError **error)
{
  g_autoptr(LedgerEntry) first = NULL;
  g_autoptr(GPtrArray) entries = ledger_last_entries(context->ledger, ENTRIES, error);
  if (entries == NULL || !ledger_first_entry(context->ledger, &first, error))
    return FALSE;
  g_autoptr(xmlBuffer) buffer = xmlBufferCreate();
  g_autoptr(xmlTextWriter) writer = xmlNewTextWriterMemory(buffer, 0);
  g_assert(buffer != NULL && writer != NULL);
  Atom atom = {writer, FALSE};
  xmlTextWriterSetIndent(writer, 1);
  check(&atom, xmlTextWriterStartDocument(writer, NULL, "UTF-8", NULL));
  begin(&atom, "feed");
  add_attribute(&atom, "xmlns", ATOM);
  add_head(&atom, context, first, entries->len > 0 ? g_ptr_array_index(entries, 0) : NULL);
  for (guint i = 0; i < entries->len; i++)
    add_entry(&atom, g_ptr_array_index(entries, i));
  end(&atom);
  check(&atom, xmlTextWriterEndDocument(writer));
  check(&atom, xmlTextWriterFlush(writer));
  if (atom.failed) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_BUG, "libxml2 did not write the feed");
    return FALSE;
  }
  const GString text = {(char *)buffer->content, (gsize)xmlBufferLength(buffer), 0};
  return feed_write_text(context, "reports/activity.atom", &text, written, error);
}

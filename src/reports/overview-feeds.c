#include "reports/overview-feeds.h"

#include <string.h>

#include "reports/overview.h"

void overview_add_mail(const Page *page, cmark_node *panels, const GPtrArray *failing, gint64 count)
{
  if (failing->len == 0)
    return;
  cmark_node *list = page_add_list(overview_add_panel(panels, "Mail that is not sent", count));
  for (guint i = 0; i < failing->len; i++) {
    const LedgerMail *mail = g_ptr_array_index(failing, i);
    cmark_node *item = page_add_item(list);
    page_add_code(page_add_file_link(page, item, mail->path), strrchr(mail->path, '/') + 1);
    page_add_text(item, " ");
    cmark_node *note = page_add_mark(item, &page_mark_note);
    page_add_text(note, "failing since ");
    page_add_date(note, mail->failing_since);
    page_add_format(note, ", %" G_GINT64_FORMAT " time%s: %s", mail->failures,
                    mail->failures == 1 ? "" : "s", mail->output);
  }
}

/* What lies beside the pages for programs. */
static const struct {
  const char *name;
  const char *what;
} feeds[] = {
    {"certificates.csv", "all certificates, for spreadsheets"},
    {"certificates.json", "the same, for programs"},
    {"requests.csv", "what was asked, by which file, and what came of it, for auditors"},
    {"expiry.ics", "what runs out and what is renewed, for calendars"},
    {"activity.atom", "what was done lately, for feed readers"},
    {"metrics.prom", "counts and dates, for Prometheus"},
};

void overview_add_feeds(const Page *page)
{
  page_add_heading(page->root, 2, "Feeds");
  cmark_node *list = page_add_list(page->root);
  for (gsize i = 0; i < G_N_ELEMENTS(feeds); i++) {
    cmark_node *item = page_add_item(list);
    page_add_text(page_add_feed_link(page, item, feeds[i].name), feeds[i].name);
    page_add_format(item, ": %s", feeds[i].what);
  }
}

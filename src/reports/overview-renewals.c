#include "reports/overview-renewals.h"

#include "base/clock.h"
#include "reports/certificate.h"
#include "reports/overview.h"

#define SHOWN 5
#define SOON_DAYS 30

gboolean overview_read_renewals(Ledger *ledger, OverviewRenewals *renewals, gint64 now,
                                GError **error)
{
  renewals->failing = ledger_failing_certificates(ledger, SHOWN, &renewals->failing_count, error);
  if (renewals->failing == NULL)
    return FALSE;
  renewals->to_review =
      ledger_certificates_to_review_again(ledger, SHOWN, &renewals->to_review_count, error);
  if (renewals->to_review == NULL)
    return FALSE;
  renewals->unattended = ledger_unattended_certificates(ledger, now + SOON_DAYS * CLOCK_DAY, SHOWN,
                                                        &renewals->unattended_count, error);
  return renewals->unattended != NULL;
}

void overview_renewals_clear(OverviewRenewals *renewals)
{
  g_clear_pointer(&renewals->failing, g_ptr_array_unref);
  g_clear_pointer(&renewals->to_review, g_ptr_array_unref);
  g_clear_pointer(&renewals->unattended, g_ptr_array_unref);
}

static void add_failing(const Page *page, cmark_node *list, const LedgerCertificate *certificate,
                        gint64 now)
{
  cmark_node *item = page_add_item(list);
  page_add_certificate(page, item, certificate->id);
  page_add_text(item, " ");
  cmark_node *note = page_add_mark(item, &page_mark_note);
  page_add_text(note, "failing since ");
  page_add_date(note, certificate->failing_since);
  page_add_format(note, ", %" G_GINT64_FORMAT " time%s", certificate->failures,
                  certificate->failures == 1 ? "" : "s");
  if (certificate->not_after > 0) {
    page_add_text(note, certificate->not_after < now ? "; it ended on " : "; it ends on ");
    page_add_date(note, certificate->not_after);
  }
  page_add_format(note, ": %s", certificate->failure);
}

static void add_to_review(const Page *page, cmark_node *list, const LedgerCertificate *certificate,
                          gint64 now)
{
  cmark_node *item = page_add_item(list);
  page_add_certificate(page, item, certificate->id);
  page_add_text(item, " ");
  cmark_node *note = page_add_mark(item, &page_mark_note);
  page_add_names(note, certificate->names, 1);
  page_add_text(note, ", ");
  overview_add_days(note, certificate->review_asked, now);
}

/* A forgotten renewal is what the overview is for. */
static void add_unattended(const Page *page, cmark_node *panels, const OverviewRenewals *renewals,
                           gint64 now)
{
  if (renewals->unattended->len == 0)
    return;
  cmark_node *panel = overview_add_panel(panels, "To renew", renewals->unattended_count);
  cmark_node *list = page_add_list(panel);
  for (guint i = 0; i < renewals->unattended->len; i++) {
    const LedgerCertificate *certificate = g_ptr_array_index(renewals->unattended, i);
    cmark_node *item = page_add_item(list);
    page_add_certificate(page, item, certificate->id);
    page_add_text(item, " ");
    if (certificate->successor == NULL && !certificate->uploaded) {
      page_add_text(certificate_add_short_form_link(page, page_add_mark(item, &page_mark_act),
                                                    REQUEST_KIND_RENEWAL, certificate),
                    "Renew");
      page_add_text(item, " ");
    }
    cmark_node *note = page_add_mark(item, &page_mark_note);
    page_add_names(note, certificate->names, 1);
    page_add_text(note, " runs out in ");
    overview_add_days(note, now, certificate->not_after);
    if (certificate->successor != NULL)
      page_add_format(note, "; its renewal, %s, is not issued yet", certificate->successor);
  }
  page_add_text(page_add_link(page, page_add_paragraph(panel), "calendar/index"), "Calendar");
}

void overview_add_renewals(const Page *page, cmark_node *panels, const OverviewRenewals *renewals,
                           gint64 now)
{
  if (renewals->failing->len > 0) {
    cmark_node *list = page_add_list(
        overview_add_panel(panels, "Issues and renewals that fail", renewals->failing_count));
    for (guint i = 0; i < renewals->failing->len; i++)
      add_failing(page, list, g_ptr_array_index(renewals->failing, i), now);
  }
  if (renewals->to_review->len > 0) {
    cmark_node *list =
        page_add_list(overview_add_panel(panels, "To verify again", renewals->to_review_count));
    for (guint i = 0; i < renewals->to_review->len; i++)
      add_to_review(page, list, g_ptr_array_index(renewals->to_review, i), now);
  }
  add_unattended(page, panels, renewals, now);
}

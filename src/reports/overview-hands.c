/* What needs a hand today: what is to be paid, applied for, verified, renewed, what fails, what
 * waits, what was rejected. */
#include "reports/overview-hands.h"

#include "base/clock.h"
#include "reports/certificate.h"
#include "reports/incoming.h"
#include "reports/overview-feeds.h"
#include "reports/overview.h"

#define SHOWN_CERTIFICATES 5
#define SHOWN_FILES 5
#define REJECTED_DAYS 7 /* a file rejected before has been seen to */

/* In which status, what is to be done, and the word for its form. */
static const struct {
  LifecycleStatus status;
  const char *title;
  const char *act;
} statuses[] = {
    {LIFECYCLE_STATUS_AWAITING_PAYMENT, "To pay", "Pay"},
    {LIFECYCLE_STATUS_PAID, "To apply for", "Apply"},
    {LIFECYCLE_STATUS_PENDING_VERIFICATION, "To verify", "Review"},
    {LIFECYCLE_STATUS_VERIFICATION_FAILED, "To mend and submit again", "Apply"},
};
G_STATIC_ASSERT(G_N_ELEMENTS(statuses) == OVERVIEW_HANDS);

/* ---- Reading ---- */

/* With all that their forms begin with. */
static GPtrArray *read_certificates(Ledger *ledger, LifecycleStatus status, GError **error)
{
  g_autoptr(GPtrArray) first =
      ledger_certificates_with_status(ledger, status, SHOWN_CERTIFICATES, error);
  if (first == NULL)
    return NULL;
  g_autoptr(GPtrArray) models = g_ptr_array_new_with_free_func(certificate_model_free);
  for (guint i = 0; i < first->len; i++) {
    CertificateModel *model = NULL;
    if (!certificate_read(ledger, ((const LedgerCertificate *)g_ptr_array_index(first, i))->id,
                          &model, error))
      return NULL;
    g_ptr_array_add(models, model);
  }
  return g_steal_pointer(&models);
}

gboolean overview_read_hands(Ledger *ledger, OverviewHands *hands, gint64 now, GError **error)
{
  if (!ledger_count_statuses(ledger, hands->counts, error))
    return FALSE;
  for (guint i = 0; i < OVERVIEW_HANDS; i++)
    if ((hands->certificates[i] = read_certificates(ledger, statuses[i].status, error)) == NULL)
      return FALSE;
  return overview_read_renewals(ledger, &hands->renewals, now, error) &&
         (hands->mail = ledger_failing_mails(ledger, SHOWN_FILES, &hands->mail_count, error)) !=
             NULL &&
         (hands->waiting =
              ledger_waiting_files(ledger, SHOWN_FILES, &hands->waiting_count, error)) != NULL &&
         (hands->rejected = ledger_rejected_files(ledger, SHOWN_FILES, error)) != NULL &&
         (hands->failing = ledger_failing_deployments(ledger, SHOWN_CERTIFICATES,
                                                      &hands->failing_count, error)) != NULL;
}

void overview_hands_clear(OverviewHands *hands)
{
  for (guint i = 0; i < OVERVIEW_HANDS; i++)
    g_clear_pointer(&hands->certificates[i], g_ptr_array_unref);
  GPtrArray **const arrays[] = {&hands->waiting, &hands->rejected, &hands->failing, &hands->mail};
  for (guint i = 0; i < G_N_ELEMENTS(arrays); i++)
    g_clear_pointer(arrays[i], g_ptr_array_unref);
  overview_renewals_clear(&hands->renewals);
}

/* ---- The panels ---- */

/* Each leads to its form, with all that is known filled in. */
static void add_certificate(const Page *page, cmark_node *list, const CertificateModel *model,
                            const char *act, gint64 now)
{
  const LedgerCertificate *certificate = model->certificate;
  cmark_node *item = page_add_item(list);
  page_add_certificate(page, item, certificate->id);
  page_add_text(item, " ");
  page_add_text(certificate_add_form_link(page, page_add_mark(item, &page_mark_act),
                                          certificate_next_kind(certificate->status), model),
                act);
  page_add_text(item, " ");
  cmark_node *note = page_add_mark(item, &page_mark_note);
  if (certificate->names != NULL)
    page_add_names(note, certificate->names, 1);
  else
    certificate_add_product(note, certificate);
  page_add_text(note, ", ");
  overview_add_days(note, certificate->changed, now);
}

static void add_status(const Page *page, cmark_node *panels, const OverviewHands *hands, guint hand,
                       gint64 now)
{
  const GPtrArray *certificates = hands->certificates[hand];
  if (certificates->len == 0)
    return;
  LifecycleStatus status = statuses[hand].status;
  cmark_node *panel = overview_add_panel(panels, statuses[hand].title, hands->counts[status]);
  cmark_node *list = page_add_list(panel);
  for (guint i = 0; i < certificates->len; i++)
    add_certificate(page, list, g_ptr_array_index(certificates, i), statuses[hand].act, now);
  cmark_node *more = page_add_paragraph(panel);
  page_add_text(more, "All of them: ");
  page_add_status(page, more, status);
}

static void add_waiting(const Page *page, cmark_node *panels, const OverviewHands *hands,
                        gint64 now)
{
  if (hands->waiting_count == 0)
    return;
  cmark_node *panel = overview_add_panel(panels, "Waiting files", hands->waiting_count);
  cmark_node *list = page_add_list(panel);
  for (guint i = 0; i < hands->waiting->len; i++) {
    const LedgerFile *file = g_ptr_array_index(hands->waiting, i);
    cmark_node *item = page_add_item(list);
    page_add_text(item, file->name);
    page_add_text(item, " ");
    cmark_node *note = page_add_mark(item, &page_mark_note);
    if (file->waits_for != NULL) {
      page_add_text(note, "for ");
      page_add_code(note, file->waits_for);
      page_add_text(note, ", ");
    }
    overview_add_days(note, file->first_seen, now);
  }
  page_add_text(page_add_link(page, page_add_paragraph(panel), "incoming/waiting"), "See all");
}

static void add_rejected(const Page *page, cmark_node *panels, const OverviewHands *hands,
                         gint64 now)
{
  cmark_node *list = NULL;
  for (guint i = 0; i < hands->rejected->len; i++) {
    const LedgerFile *file = g_ptr_array_index(hands->rejected, i);
    if (file->decided < now - REJECTED_DAYS * CLOCK_DAY)
      break;
    if (list == NULL) {
      cmark_node *panel = page_add_mark(panels, &page_mark_panel);
      page_add_heading(panel, 3, "Rejected lately");
      list = page_add_list(panel);
      page_add_text(page_add_link(page, page_add_paragraph(panel), "incoming/index"),
                    "See all, with the reasons");
    }
    cmark_node *item = page_add_item(list);
    page_add_text(incoming_add_reasons_link(page, item, file), file->name);
    page_add_text(item, " ");
    cmark_node *note = page_add_mark(item, &page_mark_note);
    page_add_text(note, file->state == LEDGER_FILE_PARTLY ? "in part, " : "");
    overview_add_days(note, file->decided, now);
  }
}

void overview_add_hands(const Page *page, const OverviewHands *hands, gint64 now)
{
  page_add_heading(page->root, 2, "Needs a hand");
  cmark_node *panels = page_add_mark(page->root, &page_mark_panels);
  overview_add_renewals(page, panels, &hands->renewals, now);
  overview_add_failing_deployments(page, panels, hands->failing, hands->failing_count, now);
  overview_add_mail(page, panels, hands->mail, hands->mail_count);
  for (guint i = 0; i < OVERVIEW_HANDS; i++)
    add_status(page, panels, hands, i, now);
  add_waiting(page, panels, hands, now);
  add_rejected(page, panels, hands, now);
  if (cmark_node_first_child(panels) == NULL)
    page_add_text(page_add_paragraph(panels), "Nothing waits for anybody.");
}

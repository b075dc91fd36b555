/* A CSR that lies with an issuer outside, on the page of its certificate. */
#include "reports/certificate.h"
#include "reports/table.h"

/* Whether the chain comes as a file; else a command brings it. */
static gboolean is_exchange(const LedgerOutside *outside)
{
  return outside->next_try == 0;
}

void certificate_add_next_outside(const Page *page, cmark_node *parent,
                                  const LedgerOutside *outside)
{
  g_autofree char *path = g_strdup_printf("outbox/csr/%s.csr", outside->certificate);
  if (!is_exchange(outside)) {
    page_add_text(parent, "The issuer ");
    page_add_code(parent, outside->issuer);
    page_add_text(parent, outside->attempts == 0 ? " is asked for the certificate by its command."
                                                 : " has failed; it is asked again by itself.");
    return;
  }
  page_add_text(parent, "Have ");
  page_add_code(page_add_file_link(page, parent, path), path);
  page_add_text(parent, " certified, and bring the chain in an issuance document. ");
  page_add_text(page_add_link_in(page, parent, "request", "issuance"), "How to write the issuance");
}

void certificate_add_outside(const Page *page, cmark_node *parent, const LedgerOutside *outside)
{
  (void)page;
  Table table = table_new_facts(parent, "Issuer outside");
  page_add_code(table_add_fact(&table, "Issuer"), outside->issuer);
  page_add_time(table_add_fact(&table, "Its CSR lies there since"), outside->since);
  page_add_code(table_add_fact(&table, "Public key SHA-256"), outside->spki_sha256);
  if (is_exchange(outside))
    page_add_text(table_add_fact(&table, "Its answer"), "comes in an issuance document");
  if (outside->attempts == 0)
    return;
  page_add_format(table_add_fact(&table, "Failures"), "%" G_GINT64_FORMAT, outside->attempts);
  page_add_time(table_add_fact(&table, "Asked again from"), outside->next_try);
  page_add_text(page_add_paragraph(parent), "What its command said last:");
  page_add_listing(parent, "text", outside->output);
}

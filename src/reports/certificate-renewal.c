/* What a certificate's page says of its renewals. */
#include "reports/certificate.h"

static void add_failure(Table *table, const LedgerCertificate *certificate)
{
  cmark_node *cell =
      table_add_fact(table, certificate->first_issued > 0 ? "Renewal fails" : "Issue fails");
  page_add_text(cell, "since ");
  page_add_date(cell, certificate->failing_since);
  page_add_format(cell, ", %" G_GINT64_FORMAT " time%s: %s", certificate->failures,
                  certificate->failures == 1 ? "" : "s", certificate->failure);
}

void certificate_add_renewal(const Page *page, Table *table, const CertificateModel *model)
{
  const LedgerCertificate *certificate = model->certificate;
  if (certificate->due > LEDGER_LOOK_AGAIN)
    page_add_date(table_add_fact(table, "Renewed by itself"), certificate->due);
  if (certificate->review_asked > 0)
    page_add_date(table_add_fact(table, "To be reviewed again since"), certificate->review_asked);
  if (certificate->failing_since > 0)
    add_failure(table, certificate);
  certificate_add_line(page, table, certificate);
}

void certificate_add_line(const Page *page, Table *table, const LedgerCertificate *certificate)
{
  if (certificate->forerunner != NULL)
    page_add_certificate(page, table_add_fact(table, "Renews"), certificate->forerunner);
  if (certificate->successor != NULL)
    page_add_certificate(page, table_add_fact(table, "Renewed by"), certificate->successor);
}

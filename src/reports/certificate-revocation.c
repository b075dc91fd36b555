/* The end of a certificate, on its page: revocation and refund. */
#include "base/text.h"
#include "reports/certificate.h"
#include "reports/table.h"

void refund_add_amount(cmark_node *parent, const LedgerRefund *refund)
{
  g_autofree char *amount = text_format_money(refund->amount);
  page_add_format(parent, "%s %s", amount, refund->currency);
  if (refund->reference != NULL)
    page_add_format(parent, ", of the payment %s", refund->reference);
}

static void revocation_add_serials(Table *table, const GPtrArray *revoked)
{
  for (guint i = 0; i < revoked->len; i++) {
    const LedgerRevoked *issue = g_ptr_array_index(revoked, i);
    cmark_node *cell = table_add_fact(table, i == 0 ? "Revoked serials" : "");
    page_add_code(cell, issue->serial);
    page_add_text(cell, issue->outside
                            ? ", of another authority: not on the revocation list of this instance"
                            : ", on the revocation list until ");
    if (!issue->outside)
      page_add_date(cell, issue->not_after);
  }
  if (revoked->len == 0)
    page_add_text(table_add_fact(table, "Revoked serials"), "none: it was not issued");
}

void certificate_add_revocation(cmark_node *parent, const CertificateModel *model)
{
  const LedgerCertificate *certificate = model->certificate;
  const LifecycleReason *reason = &lifecycle_reasons[certificate->reason];
  Table table = table_new_facts(parent, "Revocation");
  page_add_time(table_add_fact(&table, "Revoked"), certificate->revoked);
  cmark_node *cell = table_add_fact(&table, "Reason");
  page_add_code(cell, reason->name);
  page_add_format(cell, ": %s", reason->label);
  revocation_add_serials(&table, model->revoked);
  cell = table_add_fact(&table, "Refund");
  if (model->refund != NULL)
    refund_add_amount(cell, model->refund);
  else
    page_add_text(cell, "none");
}

/* The chain that a server sends with a certificate, on its page: each with who it is, who signed
 * it, and how long it is valid. */
#include "reports/certificate.h"
#include "reports/table.h"

static const TableColumn columns[] = {{"Subject", TABLE_TEXT},
                                      {"Issuer", TABLE_TEXT},
                                      {"Valid from", TABLE_SHORT},
                                      {"Until", TABLE_SHORT},
                                      {"Key", TABLE_SHORT}};

static void add_one(Table *table, const PkiCertificateDetails *details)
{
  gboolean is_root = g_str_equal(details->subject, details->issuer);
  table_add_row(table);
  cmark_node *cell = table_add_cell(table);
  page_add_text(cell, *details->subject != '\0' ? details->subject : "none, but its names");
  page_add_code(page_add_mark(cell, &page_mark_small), details->sha256);
  table_add_text(table, is_root ? "itself: a root" : details->issuer);
  page_add_date(table_add_cell(table), details->not_before);
  page_add_date(table_add_cell(table), details->not_after);
  table_add_text(table, details->key_label);
}

static const PkiCertificateDetails *find_issuer(const GPtrArray *chain, const char *subject)
{
  for (guint i = 0; i < chain->len; i++) {
    const PkiCertificateDetails *one = g_ptr_array_index(chain, i);
    if (g_str_equal(one->subject, subject))
      return one;
  }
  return NULL;
}

/* The first name along the chain that nothing of it is called. */
static void add_end(cmark_node *parent, const GPtrArray *chain, const PkiCertificateDetails *own)
{
  const PkiCertificateDetails *last =
      chain->len > 0 ? g_ptr_array_index(chain, chain->len - 1) : own;
  if (find_issuer(chain, last->issuer) == NULL)
    page_add_format(page_add_paragraph(parent), "What it ends at is not part of it: %s.",
                    last->issuer);
}

void certificate_add_chain(cmark_node *parent, const CertificateModel *model,
                           const PkiCertificateDetails *details, const ReportsContext *context)
{
  g_autoptr(GPtrArray) sent =
      model->origin->chain != NULL ? pki_certificates_read(model->origin->chain, NULL) : NULL;
  const GPtrArray *chain = model->origin->outside ? sent : context->authority;
  Table table = table_new(parent, "Chain", columns, G_N_ELEMENTS(columns));
  add_one(&table, details);
  for (guint i = 0; chain != NULL && i < chain->len; i++)
    add_one(&table, g_ptr_array_index(chain, i));
  if (sent != NULL)
    add_end(parent, sent, details);
  if (model->origin->outside && sent == NULL)
    page_add_text(page_add_paragraph(parent), "It came without a chain.");
}

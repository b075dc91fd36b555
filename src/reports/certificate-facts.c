/* What a certificate is, on its page and in lists. */
#include <string.h>

#include "base/clock.h"
#include "reports/certificate.h"
#include "reports/table.h"
#include "request/names.h"

void certificate_add_product(cmark_node *parent, const LedgerCertificate *certificate)
{
  page_add_format(parent, "%s %s", certificate->product->brand, certificate->product->title);
  if (certificate->name != NULL)
    page_add_format(parent, ", %s", certificate->name);
}

void certificate_add_period(cmark_node *parent, const LedgerCertificate *certificate)
{
  if (certificate->years > 0)
    page_add_format(parent, "%" G_GINT64_FORMAT " Year(s)", certificate->years);
  else
    page_add_text(parent, "--");
}

void certificate_add_deployed(cmark_node *parent, const LedgerCertificate *certificate)
{
  g_auto(GStrv) products =
      certificate->deployed != NULL ? g_strsplit(certificate->deployed, " ", 0) : NULL;
  if (products == NULL || *products == NULL)
    page_add_text(parent, "--");
  for (guint i = 0; products != NULL && products[i] != NULL; i++) {
    page_add_text(parent, i > 0 ? ", " : "");
    page_add_code(parent, products[i]);
  }
}

void certificate_add_expected(cmark_node *parent, const LedgerCertificate *certificate)
{
  gint64 days = certificate->product != NULL ? certificate->product->expected_days : 0;
  if (certificate->status == LIFECYCLE_STATUS_PENDING_VERIFICATION)
    page_add_date(parent, certificate->submitted + days * CLOCK_DAY);
  else if (days > 0)
    page_add_format(parent, "%" G_GINT64_FORMAT " day%s after submission", days,
                    days == 1 ? "" : "s");
  else
    page_add_text(parent, "on submission");
}

static void certificate_add_validity(Table *table, const LedgerCertificate *certificate)
{
  certificate_add_period(table_add_fact(table, "Validity Period"), certificate);
  if (certificate->not_after == 0) {
    certificate_add_expected(table_add_fact(table, "Expected Issuance"), certificate);
    return;
  }
  page_add_time(table_add_fact(table, "Valid from"), certificate->not_before);
  page_add_time(table_add_fact(table, "Expiry On"), certificate->not_after);
  if (certificate->term_end > certificate->not_after + 1)
    page_add_date(table_add_fact(table, "Term ends"), certificate->term_end);
}

/* All of them, the international ones also as people write them. */
static void certificate_add_names(cmark_node *cell, char **names)
{
  if (names == NULL || names[0] == NULL)
    page_add_text(cell, "--");
  for (char **name = names; name != NULL && *name != NULL; name++) {
    g_autofree char *readable = names_readable(*name);
    page_add_text(cell, name > names ? ", " : "");
    page_add_code(cell, *name);
    if (readable != NULL)
      page_add_format(cell, " (%s)", readable);
  }
}

/* The pin of HPKP and of many clients: the SHA-256 of the public key in base64. */
static void certificate_add_pin(Table *table, const char *spki_sha256)
{
  guint8 digest[32];
  for (guint i = 0; i < sizeof digest; i++) {
    int high = g_ascii_xdigit_value(spki_sha256[2 * i]);
    int low = high < 0 ? -1 : g_ascii_xdigit_value(spki_sha256[2 * i + 1]);
    if (low < 0)
      return;
    digest[i] = (guint8)(high << 4 | low);
  }
  g_autofree char *pin = g_base64_encode(digest, sizeof digest);
  page_add_code(table_add_fact(table, "pin-sha256"), pin);
}

static const char *key_place(const LedgerCertificate *certificate)
{
  if (certificate->deleted != 0)
    return certificate->has_key
               ? ", its private half is kept for another certificate, which has the same"
               : ", its private half is not kept here any more";
  if (certificate->has_key)
    return certificate->uploaded ? ", kept here" : ", kept here and in the archives";
  return certificate->uploaded ? ", its private half was not uploaded"
                               : ", its private half stayed with the applicant";
}

static void certificate_add_key(Table *table, const LedgerCertificate *certificate)
{
  cmark_node *cell = table_add_fact(table, "Key");
  page_add_code(cell, certificate->key_kind);
  page_add_text(cell, key_place(certificate));
  if (certificate->spki_sha256 == NULL)
    return;
  page_add_code(table_add_fact(table, "Public key SHA-256"), certificate->spki_sha256);
  certificate_add_pin(table, certificate->spki_sha256);
}

static void certificate_add_issuer(const Page *page, Table *table, const LedgerOrigin *origin)
{
  cmark_node *cell = table_add_fact(table, "Issuer");
  if (origin->outside) {
    page_add_text(cell, origin->issuer);
    return;
  }
  page_add_text(cell, "the CA of this instance: ");
  page_add_text(page_add_file_link(page, cell, "outbox/pki/chain.pem"), "chain");
  page_add_text(cell, ", ");
  page_add_text(page_add_file_link(page, cell, "outbox/pki/root.crt"), "root");
}

/* What only the certificate itself says. */
static void certificate_add_details(Table *table, const PkiCertificateDetails *details)
{
  page_add_text(table_add_fact(table, "Subject"),
                *details->subject != '\0' ? details->subject : "none, but its names");
  page_add_text(table_add_fact(table, "Signature"), details->signature_algorithm);
  cmark_node *cell = details->policies->len > 0 ? table_add_fact(table, "Policies") : NULL;
  for (guint i = 0; i < details->policies->len; i++) {
    page_add_text(cell, i > 0 ? ", " : "");
    page_add_code(cell, g_ptr_array_index(details->policies, i));
  }
}

void certificate_add_facts(const Page *page, cmark_node *parent, const CertificateModel *model,
                           const PkiCertificateDetails *details)
{
  const LedgerCertificate *certificate = model->certificate;
  Table table = table_new_facts(parent, "Certificate");
  certificate_add_names(table_add_fact(&table, "Bound Domains"), certificate->names);
  certificate_add_validity(&table, certificate);
  certificate_add_renewal(page, &table, model);
  certificate_add_deployed(table_add_fact(&table, "Deployed Products"), certificate);
  if (certificate->serial != NULL)
    page_add_code(table_add_fact(&table, "Serial number"), certificate->serial);
  if (certificate->sha256 != NULL)
    page_add_code(table_add_fact(&table, "SHA-256"), certificate->sha256);
  if (certificate->key_kind != NULL)
    certificate_add_key(&table, certificate);
  if (details != NULL)
    certificate_add_details(&table, details);
  if (model->origin != NULL)
    certificate_add_issuer(page, &table, model->origin);
}

/* Archives for products have one name: their folders tell them apart. */
#define DEPLOY "outbox/deploy/"

static const struct {
  const char *prefix;
  const char *label;
} file_labels[] = {
    {"outbox/certificates/", "Archive"},
    {"outbox/csr/", "CSR"},
    {"outbox/letters/", "Letter"},
    {"outbox/mail/", "E-mail"},
    {"outbox/verification/", "Attachment"},
    {DEPLOY, "Deployment"},
    {"outbox/", "File"},
};

/* It lies beside its archive, which stands for both. */
static gboolean is_manifest(const char *path)
{
  return g_str_has_prefix(path, DEPLOY) && g_str_has_suffix(path, ".json");
}

void certificate_add_files(const Page *page, cmark_node *parent, const CertificateModel *model)
{
  cmark_node *list = NULL;
  for (guint i = 0; i < model->outputs->len; i++) {
    const LedgerOutput *output = g_ptr_array_index(model->outputs, i);
    for (guint k = 0; k < G_N_ELEMENTS(file_labels); k++) {
      if (!g_str_has_prefix(output->path, file_labels[k].prefix))
        continue;
      if (is_manifest(output->path))
        break;
      if (list == NULL)
        list = page_add_list(parent);
      cmark_node *item = page_add_item(list);
      page_add_format(item, "%s: ", file_labels[k].label);
      g_autofree char *name = strcmp(file_labels[k].prefix, DEPLOY) == 0
                                  ? g_strdup(output->path + strlen(DEPLOY))
                                  : g_path_get_basename(output->path);
      page_add_code(page_add_file_link(page, item, output->path), name);
      break;
    }
  }
  if (list == NULL)
    page_add_text(page_add_paragraph(parent), model->certificate->deleted != 0
                                                  ? "What was written for it is removed."
                                                  : "Nothing was written for it yet.");
}

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "keeper/keeper-private.h"

KeeperIssue *keeper_issue_new(const LifecycleStep *step, const Product *product, gint64 file)
{
  KeeperIssue *issue = g_new0(KeeperIssue, 1);
  issue->certificate = g_strdup(step->certificate);
  issue->application = record_copy(&request_application_record, step->application);
  issue->product = product;
  issue->names = g_strdupv(step->names);
  issue->not_before = step->not_before;
  issue->not_after = step->not_after;
  issue->term_end = step->term_end;
  issue->issuer = g_strdup(step->issuer);
  issue->file = file;
  issue->again = step->again;
  issue->outputs = g_ptr_array_new_with_free_func((GDestroyNotify)keeper_output_free);
  issue->refused = g_ptr_array_new_with_free_func(g_free);
  return issue;
}

void keeper_issue_free(KeeperIssue *issue)
{
  if (issue == NULL)
    return;
  g_free(issue->certificate);
  g_free(issue->issuer);
  record_free(&request_application_record, issue->application);
  g_strfreev(issue->names);
  ledger_issue_free(issue->issue);
  g_ptr_array_unref(issue->outputs);
  g_ptr_array_unref(issue->refused);
  g_clear_error(&issue->error);
  g_free(issue);
}

RequestFormat *keeper_formats(const RequestApplication *application)
{
  GArray *formats = g_array_new(TRUE, TRUE, sizeof(RequestFormat));
  for (char **name = application->download; name != NULL && *name != NULL; name++) {
    RequestFormat format = request_format_from_name(*name);
    if (format != 0)
      g_array_append_val(formats, format);
  }
  const RequestFormat otherwise = REQUEST_FORMAT_DEFAULT;
  if (formats->len == 0)
    g_array_append_val(formats, otherwise);
  return (RequestFormat *)(void *)g_array_free(formats, FALSE);
}

static const PkiValidation validations[] = {
    [PRODUCT_VALIDATION_DV_FREE] = PKI_VALIDATION_DV,
    [PRODUCT_VALIDATION_DV] = PKI_VALIDATION_DV,
    [PRODUCT_VALIDATION_OV] = PKI_VALIDATION_OV,
    [PRODUCT_VALIDATION_EV] = PKI_VALIDATION_EV,
};
G_STATIC_ASSERT(G_N_ELEMENTS(validations) == PRODUCT_VALIDATION_N);

/* EV Guidelines 7.1.4.2.3: the categories as a subject spells them. */
static const struct {
  const char *type;
  const char *category;
} categories[] = {
    {"private-organization", "Private Organization"},
    {"government-entity", "Government Entity"},
    {"business-entity", "Business Entity"},
    {"non-commercial-entity", "Non-Commercial Entity"},
};

static const char *business_category(const char *type)
{
  for (gsize i = 0; i < G_N_ELEMENTS(categories); i++)
    if (strcmp(categories[i].type, type) == 0)
      return categories[i].category;
  return NULL;
}

/* What the class validates, and nothing else, goes into the subject. */
static PkiSubject issue_subject(const KeeperIssue *issue)
{
  const RequestCompany *company = issue->application->company;
  PkiSubject subject = {0};
  if (!product_asks_company(issue->product) || company == NULL)
    return subject;
  subject.organization = company->name;
  subject.country = company->location->country;
  subject.state = company->location->province;
  subject.locality = company->location->city;
  if (product_validation(issue->product) == PRODUCT_VALIDATION_EV) {
    subject.jurisdiction_country = company->location->country;
    subject.jurisdiction_state = company->location->province;
    subject.business_category = business_category(company->type);
    subject.serial_number = company->organization_id;
    subject.postal_code = company->zip;
    subject.street = company->address;
  }
  return subject;
}

static PkiCertificate *issue_certify(Keeper *keeper, const KeeperIssue *issue, GBytes *spki,
                                     GError **error)
{
  const PkiSubject subject = issue_subject(issue);
  PkiIssueRequest request = {
      .validation = validations[product_validation(issue->product)],
      .spki = spki,
      .subject = product_asks_company(issue->product) ? &subject : NULL,
      .names = (const char *const *)issue->names,
      .not_before = issue->not_before,
      .not_after = issue->not_after,
  };
  if (!pki_serial_generate(request.serial, error))
    return NULL;
  return pki_authority_issue(keeper->authority, &request, error);
}

static GBytes *manual_csr(const KeeperIssue *issue)
{
  const RequestCsr *csr = issue->application->csr;
  return csr != NULL ? csr->der : NULL;
}

/* Whether a CSR can be made for an issuer outside. */
static gboolean rehearse_request(Keeper *keeper, const KeeperIssue *issue, GError **error)
{
  if (manual_csr(issue) != NULL || !product_asks_company(issue->product) ||
      keeper->rehearsal_key == NULL)
    return TRUE;
  const PkiSubject subject = issue_subject(issue);
  g_autoptr(GBytes) csr =
      pki_csr_make(keeper->rehearsal_key, &subject, (const char *const *)issue->names, error);
  return csr != NULL;
}

gboolean keeper_rehearse_issue(Keeper *keeper, const KeeperIssue *issue, GError **error)
{
  if (issue->issuer != NULL)
    return rehearse_request(keeper, issue, error);
  if (keeper->authority == NULL)
    return TRUE;
  if (issue->not_after > pki_authority_not_after(keeper->authority)) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED,
                "it would last longer than the issuing authority's own certificate; the operator "
                "has to make a new authority, or you order a shorter term");
    return FALSE;
  }
  /* Domain names were checked already: with a key of ours nothing else can be refused. */
  if (!product_asks_company(issue->product) && manual_csr(issue) == NULL)
    return TRUE;
  g_autoptr(GBytes) spki = manual_csr(issue) != NULL
                               ? pki_csr_spki(manual_csr(issue), error)
                               : g_bytes_ref(pki_key_spki(keeper->rehearsal_key));
  if (spki == NULL)
    return FALSE;
  g_autoptr(PkiCertificate) certificate = issue_certify(keeper, issue, spki, error);
  return certificate != NULL;
}

/* Nobody's certificate waits for an archive that cannot be made. */
static gboolean make_archive(Keeper *keeper, KeeperIssue *job, const KeeperMaterial *material,
                             RequestFormat format, GError **error)
{
  const LedgerArchive wanted = {
      .path = outbox_archive_path(job->certificate, job->names[0], format, FALSE),
      .certificate = job->certificate,
      .format = (char *)request_formats[format].name,
  };
  g_autofree char *path = wanted.path;
  g_autoptr(GError) refused = NULL;
  KeeperOutput *output = keeper_make_archive(keeper, material, &wanted, &refused);
  if (output != NULL) {
    g_ptr_array_add(job->outputs, output);
    return TRUE;
  }
  if (!g_error_matches(refused, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED)) {
    g_propagate_error(error, g_steal_pointer(&refused));
    return FALSE;
  }
  g_ptr_array_add(job->refused, g_strdup(refused->message));
  return TRUE;
}

static gboolean make_archives(Keeper *keeper, KeeperIssue *job, const Secret *pkcs8, GError **error)
{
  if (keeper->purpose == KEEPER_FOR_CHECK)
    return TRUE;
  const KeeperMaterial material = {job->issue, job->product, pkcs8};
  g_autofree RequestFormat *formats = keeper_formats(job->application);
  for (const RequestFormat *format = formats; *format != 0; format++)
    if (!make_archive(keeper, job, &material, *format, error))
      return FALSE;
  return TRUE;
}

/* Key and CSR of ours. *RET_PKCS8 is for the archives. */
static gboolean make_key(Keeper *keeper, const KeeperIssue *job, LedgerIssue *issued,
                         GBytes **ret_spki, Secret **ret_pkcs8, GError **error)
{
  const RequestCsr *csr = job->application->csr;
  PkiKeyKind kind = PKI_KEY_KIND_EC_P256;
  if (csr != NULL && csr->key != NULL && !pki_key_kind_from_string(csr->key, &kind)) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_BUG, "%s: no such kind of key: %s",
                job->certificate, csr->key);
    return FALSE;
  }
  const PkiSubject subject = issue_subject(job);
  /* That of a check is seen by nobody: one is made that is made quickly. */
  g_autoptr(PkiKey) key =
      pki_key_generate(keeper->purpose == KEEPER_FOR_CHECK ? PKI_KEY_KIND_EC_P256 : kind, error);
  if (key == NULL)
    return FALSE;
  issued->csr = pki_csr_make(key, product_asks_company(job->product) ? &subject : NULL,
                             (const char *const *)job->names, error);
  g_autoptr(Secret) pkcs8 = issued->csr != NULL ? pki_key_to_pkcs8(key, error) : NULL;
  if (pkcs8 == NULL)
    return FALSE;
  issued->wrapped_key = pki_wrapping_key_wrap(keeper->wrapping_key, pkcs8, error);
  if (issued->wrapped_key == NULL)
    return FALSE;
  issued->key_kind = g_strdup(pki_key_kind_to_string(kind));
  *ret_spki = g_bytes_ref(pki_key_spki(key));
  *ret_pkcs8 = g_steal_pointer(&pkcs8);
  return TRUE;
}

static gboolean take_csr(const KeeperIssue *job, LedgerIssue *issued, GBytes **ret_spki,
                         GError **error)
{
  GBytes *spki = pki_csr_spki(manual_csr(job), error);
  if (spki == NULL)
    return FALSE;
  issued->csr = g_bytes_ref(manual_csr(job));
  issued->key_kind = g_strdup(job->application->csr->key_kind);
  *ret_spki = spki;
  return TRUE;
}

gboolean keeper_make_issue(Keeper *keeper, KeeperIssue *job, GError **error)
{
  LedgerIssue *issued = job->issue = g_new0(LedgerIssue, 1);
  issued->certificate = g_strdup(job->certificate);
  issued->names = g_strdupv(job->names);
  issued->term_end = job->term_end;
  g_autoptr(GBytes) spki = NULL;
  g_autoptr(Secret) pkcs8 = NULL;
  gboolean ok = manual_csr(job) != NULL ? take_csr(job, issued, &spki, error)
                                        : make_key(keeper, job, issued, &spki, &pkcs8, error);
  if (ok && job->issuer != NULL) {
    issued->spki_sha256 = text_sha256(g_bytes_get_data(spki, NULL), g_bytes_get_size(spki));
    return TRUE;
  }
  g_autoptr(PkiCertificate) certificate = ok ? issue_certify(keeper, job, spki, error) : NULL;
  if (certificate == NULL)
    return FALSE;
  issued->serial = g_strdup(certificate->serial);
  issued->sha256 = g_strdup(certificate->sha256);
  issued->spki_sha256 = g_strdup(certificate->spki_sha256);
  issued->not_before = certificate->not_before;
  issued->not_after = certificate->not_after;
  issued->der = g_bytes_ref(certificate->der);
  return job->again || make_archives(keeper, job, pkcs8, error);
}

gboolean keeper_add_asked_archives(Keeper *keeper, const LifecycleStep *of, gint64 file,
                                   GError **error)
{
  g_autofree RequestFormat *formats = keeper_formats(of->application);
  for (const RequestFormat *format = formats; *format != 0; format++) {
    g_autofree char *path = outbox_archive_path(of->certificate, of->names[0], *format, FALSE);
    const LedgerArchive wanted = {.path = path,
                                  .certificate = of->certificate,
                                  .format = (char *)request_formats[*format].name};
    if (!keeper_add_archive(keeper, &wanted, file, error))
      return FALSE;
  }
  return !of->again || keeper_add_archives_again(keeper, of->certificate, file, error);
}

static gboolean make_archives_again(Keeper *keeper, const KeeperIssue *job, GError **error)
{
  const LifecycleStep of = {.certificate = job->certificate,
                            .application = job->application,
                            .names = job->names,
                            .again = TRUE};
  return keeper_add_asked_archives(keeper, &of, job->file, error);
}

static gboolean store_job(Keeper *keeper, const KeeperIssue *job, GError **error)
{
  if (job->issuer != NULL)
    return keeper_store_request(keeper, job, error);
  return ledger_add_issue(keeper->ledger, job->issue, keeper->now, job->file, error) &&
         (!job->again || make_archives_again(keeper, job, error)) &&
         keeper_follow_issue(keeper, job->certificate, job->file, error);
}

static gboolean store_made(Keeper *keeper, KeeperIssue *job, GError **error)
{
  if (!store_job(keeper, job, error))
    return FALSE;
  while (job->outputs->len > 0)
    if (!keeper_add_output(keeper, g_ptr_array_steal_index(job->outputs, 0), error))
      return FALSE;
  for (guint i = 0; i < job->refused->len; i++)
    if (!keeper_tell_refused_archive(keeper, job->certificate, g_ptr_array_index(job->refused, i),
                                     job->file, error))
      return FALSE;
  return TRUE;
}

gboolean keeper_make_issues(Keeper *keeper, GError **error)
{
  for (guint i = 0; i < keeper->issues->len; i++) {
    KeeperIssue *job = g_ptr_array_index(keeper->issues, i);
    if (!keeper_makers_wait(keeper, job, error) || !store_made(keeper, job, error))
      return FALSE;
  }
  keeper_forget_issues(keeper);
  return TRUE;
}

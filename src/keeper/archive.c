#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "keeper/keeper-private.h"

struct KeeperArchiveJob {
  LedgerArchive *wanted;
  gint64 file;
  LedgerIssue *issue;
  const Product *product;
  KeeperOutput *output; /* once it is made */
  char *refused;        /* or why it can't be */
};

void keeper_archive_job_free(KeeperArchiveJob *job)
{
  if (job == NULL)
    return;
  ledger_archive_free(job->wanted);
  ledger_issue_free(job->issue);
  keeper_output_free(job->output);
  g_free(job->refused);
  g_free(job);
}

const char *keeper_archive_job_certificate(const KeeperArchiveJob *job)
{
  return job->wanted->certificate;
}

/* ---- One archive -------------------------------------------------------- */

GBytes *keeper_chain_of(const Keeper *keeper, const LedgerIssue *issue)
{
  return issue->outside ? issue->chain : keeper->chain;
}

static OutboxArchive *make_bundle(Keeper *keeper, const KeeperMaterial *material,
                                  RequestFormat format, const KeeperKeystore *keystore,
                                  GError **error)
{
  const LedgerIssue *issue = material->issue;
  GBytes *chain = keeper_chain_of(keeper, issue);
  g_autofree char *certificate_pem = pki_certificate_to_pem(issue->der);
  g_autofree char *chain_pem = chain != NULL ? pki_certificates_to_pem(chain, error) : g_strdup("");
  if (chain_pem == NULL)
    return NULL;
  g_autoptr(Secret) key = material->pkcs8 != NULL ? pki_pkcs8_to_pem(material->pkcs8) : NULL;
  const OutboxBundle bundle = {
      .certificate = issue->certificate,
      .names = (const char *const *)issue->names,
      .product_title = material->product->title,
      .organization = configuration_organization_name(keeper->configuration),
      .not_before = issue->not_before,
      .not_after = issue->not_after,
      .certificate_pem = certificate_pem,
      .chain_pem = chain_pem,
      .private_key = key,
      .keystore = keystore->bytes,
      .password = keystore->password,
      .profile = keystore->profile,
  };
  return outbox_make_archive(&bundle, format, error);
}

/* Replaces ARCHIVE by what only the owner of RECIPIENT's key can read. */
static gboolean encrypt_archive(GBytes *recipient, OutboxArchive **archive, GError **error)
{
  g_autoptr(GBytes) envelope =
      pki_envelope_make(recipient, (*archive)->data, (*archive)->length, error);
  if (envelope == NULL)
    return FALSE;
  outbox_archive_free(*archive);
  *archive = outbox_archive_new(g_bytes_get_data(envelope, NULL), g_bytes_get_size(envelope));
  return TRUE;
}

/* Of an archive that is made again: whoever had that key once may have it no more, or have it who
 * should not, and a new private key is nothing to send there. */
static gboolean check_recipient(const Keeper *keeper, const LedgerArchive *wanted, GError **error)
{
  g_autoptr(PkiCertificateDetails) own =
      wanted->recipient != NULL ? pki_certificate_read(wanted->recipient, error) : NULL;
  if (wanted->recipient == NULL || (own != NULL && keeper->now <= own->not_after))
    return TRUE;
  if (own == NULL)
    return FALSE;
  g_autofree char *end = clock_format(own->not_after);
  g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED,
              "%s: the certificate of its recipient (%s) has expired on %s; what lies there is of "
              "the certificate before; ask for it again, in a download document with a recipient "
              "that is valid now",
              wanted->path, own->subject, end);
  return FALSE;
}

/* Nothing of it can be made twice: it is kept whole. */
static GBytes *wrap_archive(Keeper *keeper, const OutboxArchive *archive, GError **error)
{
  const Secret bytes = {archive->data, archive->length};
  return pki_wrapping_key_wrap(keeper->wrapping_key, &bytes, error);
}

static KeeperOutput *output_new(const LedgerArchive *wanted, OutboxArchive *archive, GBytes *kept)
{
  KeeperOutput *output = keeper_output_new(LEDGER_OUTPUT_ARCHIVE, g_strdup(wanted->path));
  output->archive = archive;
  output->made = ledger_archive_copy(wanted);
  output->made->kept = kept;
  output->row->certificate = g_strdup(wanted->certificate);
  output->row->format = g_strdup(wanted->format);
  output->row->sha256 = text_sha256(archive->data, archive->length);
  return output;
}

KeeperOutput *keeper_make_archive(Keeper *keeper, const KeeperMaterial *material,
                                  const LedgerArchive *wanted, GError **error)
{
  RequestFormat format = request_format_from_name(wanted->format);
  gboolean random = request_formats[format].keystore || wanted->recipient != NULL;
  g_auto(KeeperKeystore) keystore = {0};
  if (!check_recipient(keeper, wanted, error) ||
      (request_formats[format].keystore &&
       !keeper_make_keystore(keeper, material, wanted, &keystore, error)))
    return NULL;
  g_autoptr(OutboxArchive) archive = make_bundle(keeper, material, format, &keystore, error);
  if (archive == NULL ||
      (wanted->recipient != NULL && !encrypt_archive(wanted->recipient, &archive, error)))
    return NULL;
  GBytes *kept = random ? wrap_archive(keeper, archive, error) : NULL;
  if (random && kept == NULL)
    return NULL;
  return output_new(wanted, g_steal_pointer(&archive), kept);
}

/* ---- Those of a group --------------------------------------------------- */

/* The archive at PATH that the group has already, or NULL. */
static KeeperArchiveJob *find_job(Keeper *keeper, const char *path)
{
  for (guint i = 0; i < keeper->archives->len; i++) {
    KeeperArchiveJob *job = g_ptr_array_index(keeper->archives, i);
    if (strcmp(job->wanted->path, path) == 0)
      return job;
  }
  return NULL;
}

static KeeperArchiveJob *add_job(Keeper *keeper, const LedgerArchive *wanted, gint64 file)
{
  KeeperArchiveJob *job = g_new0(KeeperArchiveJob, 1);
  job->wanted = ledger_archive_copy(wanted);
  job->file = file;
  g_ptr_array_add(keeper->archives, job);
  keeper->group_items++;
  return job;
}

/* Of two archives at one path the later one counts. */
gboolean keeper_add_archive(Keeper *keeper, const LedgerArchive *wanted, gint64 file,
                            GError **error G_GNUC_UNUSED)
{
  if (keeper->purpose == KEEPER_FOR_CHECK)
    return TRUE;
  KeeperArchiveJob *earlier = find_job(keeper, wanted->path);
  if (earlier != NULL && earlier->output != NULL)
    return TRUE;
  if (earlier != NULL)
    g_ptr_array_remove(keeper->archives, earlier);
  add_job(keeper, wanted, file);
  return TRUE;
}

gboolean keeper_add_archives_again(Keeper *keeper, const char *certificate, gint64 file,
                                   GError **error)
{
  g_autoptr(GPtrArray) archives =
      ledger_archives_of_certificate(keeper->ledger, certificate, error);
  for (guint i = 0; archives != NULL && i < archives->len; i++)
    if (!keeper_add_archive(keeper, g_ptr_array_index(archives, i), file, error))
      return FALSE;
  return archives != NULL;
}

static gboolean read_material(Keeper *keeper, const char *certificate, LedgerIssue **ret_issue,
                              const Product **ret_product, GError **error)
{
  g_autoptr(LedgerIssue) issue = NULL;
  g_autoptr(LedgerCertificate) row = NULL;
  if (!ledger_read_issue(keeper->ledger, certificate, &issue, error) ||
      !ledger_read_certificate(keeper->ledger, certificate, &row, error))
    return FALSE;
  if (issue == NULL || row == NULL) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_CORRUPT,
                "state/ledger.db: the certificate of %s is missing", certificate);
    return FALSE;
  }
  *ret_issue = g_steal_pointer(&issue);
  *ret_product = row->product;
  return TRUE;
}

/* The private key of ISSUE; NULL in *RET_PKCS8 where it stayed with the applicant. */
static gboolean unwrap_key(Keeper *keeper, const LedgerIssue *issue, Secret **ret_pkcs8,
                           GError **error)
{
  *ret_pkcs8 = NULL;
  if (issue->wrapped_key == NULL)
    return TRUE;
  *ret_pkcs8 = pki_wrapping_key_unwrap(keeper->wrapping_key, issue->wrapped_key, error);
  return *ret_pkcs8 != NULL;
}

static KeeperOutput *make_from(Keeper *keeper, const LedgerIssue *issue, const Product *product,
                               const LedgerArchive *wanted, GError **error)
{
  g_autoptr(Secret) pkcs8 = NULL;
  if (!unwrap_key(keeper, issue, &pkcs8, error))
    return NULL;
  const KeeperMaterial material = {issue, product, pkcs8};
  return keeper_make_archive(keeper, &material, wanted, error);
}

gboolean keeper_prepare_archive(Keeper *keeper, const LedgerArchive *wanted, gint64 file,
                                GError **error)
{
  g_autoptr(LedgerIssue) issue = NULL;
  const Product *product = NULL;
  if (keeper->purpose == KEEPER_FOR_CHECK)
    return TRUE;
  if (!read_material(keeper, wanted->certificate, &issue, &product, error))
    return FALSE;
  KeeperOutput *output = make_from(keeper, issue, product, wanted, error);
  if (output == NULL)
    return FALSE;
  add_job(keeper, wanted, file)->output = output;
  return TRUE;
}

static gboolean job_make(Keeper *keeper, gpointer item, gpointer data G_GNUC_UNUSED, GError **error)
{
  KeeperArchiveJob *job = item;
  g_autoptr(GError) refused = NULL;
  if (job->output != NULL)
    return TRUE;
  job->output = make_from(keeper, job->issue, job->product, job->wanted, &refused);
  if (job->output != NULL)
    return TRUE;
  g_assert(refused != NULL);
  if (!g_error_matches(refused, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED)) {
    g_propagate_error(error, g_steal_pointer(&refused));
    return FALSE;
  }
  job->refused = g_strdup(refused->message);
  return TRUE;
}

gboolean keeper_tell_refused_archive(Keeper *keeper, const char *certificate, const char *refused,
                                     gint64 file, GError **error)
{
  keeper_say(keeper, "%s: an archive was not made: %s", certificate, refused);
  keeper->run.failed++;
  return ledger_log_archive_failure(keeper->ledger, certificate, refused, keeper->now, file, error);
}

static gboolean job_store(Keeper *keeper, KeeperArchiveJob *job, GError **error)
{
  if (job->output != NULL)
    return keeper_add_manifest(keeper, job->output, job->issue, error) &&
           keeper_add_output(keeper, g_steal_pointer(&job->output), error);
  return keeper_drop_deployment_archive(keeper, job->wanted, error) &&
         keeper_tell_refused_archive(keeper, job->wanted->certificate, job->refused, job->file,
                                     error);
}

gboolean keeper_make_archives(Keeper *keeper, GError **error)
{
  for (guint i = 0; i < keeper->archives->len; i++) {
    KeeperArchiveJob *job = g_ptr_array_index(keeper->archives, i);
    if (job->output == NULL &&
        !read_material(keeper, job->wanted->certificate, &job->issue, &job->product, error))
      return FALSE;
  }
  if (!keeper_parallel(keeper, keeper->archives, job_make, NULL, error))
    return FALSE;
  for (guint i = 0; i < keeper->archives->len; i++)
    if (!job_store(keeper, g_ptr_array_index(keeper->archives, i), error))
      return FALSE;
  g_ptr_array_set_size(keeper->archives, 0);
  return TRUE;
}

gboolean keeper_settle_archives(Keeper *keeper, const char *certificate, GError **error)
{
  for (guint i = 0; i < keeper->archives->len; i++) {
    const KeeperArchiveJob *job = g_ptr_array_index(keeper->archives, i);
    if (strcmp(job->wanted->certificate, certificate) == 0)
      return keeper_make_archives(keeper, error);
  }
  return TRUE;
}

/* ---- Made before -------------------------------------------------------- */

static OutboxArchive *unwrap_archive(Keeper *keeper, GBytes *kept, GError **error)
{
  g_autoptr(Secret) bytes = pki_wrapping_key_unwrap(keeper->wrapping_key, kept, error);
  return bytes != NULL ? outbox_archive_new(bytes->data, bytes->length) : NULL;
}

OutboxArchive *keeper_remake_archive(Keeper *keeper, const LedgerOutput *row, GError **error)
{
  g_autoptr(GBytes) kept = NULL;
  g_autoptr(LedgerIssue) issue = NULL;
  g_autoptr(Secret) pkcs8 = NULL;
  KeeperMaterial material = {0};
  if (!ledger_read_kept_archive(keeper->ledger, row->path, &kept, error))
    return NULL;
  if (kept != NULL)
    return unwrap_archive(keeper, kept, error);
  if (!read_material(keeper, row->certificate, &issue, &material.product, error) ||
      !unwrap_key(keeper, issue, &pkcs8, error))
    return NULL;
  material.issue = issue;
  material.pkcs8 = pkcs8;
  const KeeperKeystore none = {0};
  return make_bundle(keeper, &material, request_format_from_name(row->format), &none, error);
}

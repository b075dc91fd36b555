#include "base/error.h"
#include "ledger/ledger-private.h"

/* What decisions are made on: a certificate with all that is known of it. */

static LifecycleCertificate *certificate_from_row(sqlite3_stmt *row, const char *id,
                                                  GBytes **ret_content)
{
  LifecycleCertificate *certificate = lifecycle_certificate_new(id);
  certificate->status = (LifecycleStatus)sqlite3_column_int64(row, 0);
  certificate->application_state = (LifecycleApplicationState)sqlite3_column_int64(row, 1);
  certificate->application_ref = column_text(row, 2);
  *ret_content = column_bytes(row, 3);
  certificate->uploaded = sqlite3_column_int64(row, 4) != 0;
  certificate->first_issued = sqlite3_column_int64(row, 5);
  certificate->not_before = sqlite3_column_int64(row, 6);
  certificate->not_after = sqlite3_column_int64(row, 7);
  certificate->term_end = sqlite3_column_int64(row, 8);
  certificate->reviewed = sqlite3_column_int64(row, 9);
  certificate->forerunner = column_text(row, 10);
  certificate->successor = column_text(row, 11);
  const char *names = (const char *)sqlite3_column_text(row, 12);
  certificate->names = names != NULL ? g_strsplit(names, " ", 0) : NULL;
  certificate->serial = column_text(row, 13);
  certificate->spki_sha256 = column_text(row, 14);
  certificate->has_key = sqlite3_column_int64(row, 15) != 0;
  certificate->outside = column_text(row, 16);
  certificate->outside_spki = column_text(row, 17);
  certificate->successor_status = (LifecycleStatus)sqlite3_column_int64(row, 18);
  certificate->left_until = sqlite3_column_int64(row, 19);
  certificate->revoked = sqlite3_column_int64(row, 20) != 0;
  const char *outside_names = (const char *)sqlite3_column_text(row, 21);
  certificate->outside_names = outside_names != NULL ? g_strsplit(outside_names, " ", 0) : NULL;
  return certificate;
}

static gboolean read_deployments(Ledger *ledger, LifecycleCertificate *certificate, GError **error)
{
  sqlite3_stmt *row = ledger_query(ledger, error,
                                   "SELECT product, region, state, serial FROM deployment "
                                   "WHERE certificate = $1 ORDER BY product, region",
                                   "t", certificate->id);
  if (row == NULL)
    return FALSE;
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0) {
    LifecycleDeployment *deployment = g_new0(LifecycleDeployment, 1);
    deployment->product = column_text(row, 0);
    deployment->region = column_text(row, 1);
    deployment->state = (LifecycleDeploymentState)sqlite3_column_int64(row, 2);
    deployment->serial = column_text(row, 3);
    g_ptr_array_add(certificate->deployments, deployment);
  }
  return more == 0;
}

gboolean ledger_read_certificate_facts(Ledger *ledger, const char *id,
                                       LifecycleCertificate **ret_certificate, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      "SELECT c.status, a.state, a.ref, a.content, c.uploaded, c.first_issued, c.not_before, "
      "c.not_after, c.term_end, c.reviewed, c.forerunner, c.successor, i.names, i.serial, "
      "i.spki_sha256, k.wrapped IS NOT NULL, x.issuer, x.spki_sha256, s.status, f.term_end, "
      "c.revoked, x.names FROM certificate c "
      "LEFT JOIN application a ON a.number = c.application "
      "LEFT JOIN issue i ON i.number = c.issue "
      "LEFT JOIN key k ON k.spki_sha256 = i.spki_sha256 "
      "LEFT JOIN outside x ON x.certificate = c.id "
      "LEFT JOIN certificate s ON s.id = c.successor "
      "LEFT JOIN certificate f ON f.id = c.forerunner AND f.status IN (5, 6) WHERE c.id = $1",
      "t", id);
  G_STATIC_ASSERT(LIFECYCLE_STATUS_ISSUED == 5 && LIFECYCLE_STATUS_EXPIRED == 6);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more <= 0) {
    if (more == 0)
      *ret_certificate = NULL;
    return more == 0;
  }
  g_autoptr(GBytes) content = NULL;
  g_autoptr(LifecycleCertificate) certificate = certificate_from_row(row, id, &content);
  sqlite3_reset(row);
  if (content != NULL)
    certificate->application = record_from_bytes(&request_application_record, content);
  if (content != NULL && certificate->application == NULL) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_CORRUPT,
                "state/ledger.db: the application of %s cannot be read", id);
    return FALSE;
  }
  if (!read_deployments(ledger, certificate, error))
    return FALSE;
  *ret_certificate = g_steal_pointer(&certificate);
  return TRUE;
}

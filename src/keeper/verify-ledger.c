#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "keeper/verify-private.h"

/* The ledger against itself: its file, its log, its counts, certificates and keys. */

gboolean verify_ledger(Verify *verify, GError **error)
{
  g_autoptr(GPtrArray) damage = ledger_find_damage(verify->keeper->ledger, error);
  for (guint i = 0; damage != NULL && i < damage->len; i++)
    verify_differ(verify, KEEPER_VERIFIED_LEDGER, "state/ledger.db", "the file is damaged: %s",
                  (const char *)g_ptr_array_index(damage, i));
  verify_count(verify, KEEPER_VERIFIED_LEDGER, damage != NULL);
  return damage != NULL;
}

/* What runs have found before, and written down, stays found. */
static gboolean verify_findings(Verify *verify, LedgerFinding finding, GError **error)
{
  g_autoptr(GPtrArray) entries = ledger_findings(verify->keeper->ledger, finding, 100, error);
  for (guint i = 0; entries != NULL && i < entries->len; i++) {
    const LedgerEntry *entry = g_ptr_array_index(entries, i);
    g_autofree char *when = clock_format(entry->at);
    (finding == LEDGER_FINDING_CUT ? verify_differ : verify_note)(
        verify, KEEPER_VERIFIED_LOG, "log", "the run of %s found: %s", when, entry->text);
  }
  return entries != NULL;
}

static gboolean verify_seal(Verify *verify, GError **error)
{
  g_autofree char *wrong = NULL;
  gboolean sealed = FALSE;
  if (!keeper_look_at_seal(verify->keeper, &wrong, &sealed, error))
    return FALSE;
  if (wrong != NULL)
    verify_differ(verify, KEEPER_VERIFIED_LOG, "log", "%s", wrong);
  if (!sealed)
    verify_differ(verify, KEEPER_VERIFIED_LOG, "log",
                  "its end has no seal: the next run makes one, after a certdrop that made none; "
                  "else somebody took it away");
  return verify_findings(verify, LEDGER_FINDING_CUT, error) &&
         verify_findings(verify, LEDGER_FINDING_UNSEALED, error);
}

gboolean verify_log(Verify *verify, GError **error)
{
  gint64 wrong = 0, entries = 0;
  if (!ledger_check_log(verify->keeper->ledger, &wrong, &entries, error))
    return FALSE;
  verify_count(verify, KEEPER_VERIFIED_LOG, entries);
  if (wrong != 0)
    verify_differ(verify, KEEPER_VERIFIED_LOG, "log",
                  "entry %" G_GINT64_FORMAT " was changed, or one before it was taken out: the "
                  "chain of hashes ends there",
                  wrong);
  return verify_seal(verify, error);
}

gboolean verify_counts(Verify *verify, GError **error)
{
  g_autoptr(GPtrArray) wrong = ledger_find_miscounts(verify->keeper->ledger, error);
  for (guint i = 0; wrong != NULL && i < wrong->len; i++)
    verify_differ(verify, KEEPER_VERIFIED_COUNT, "counts", "%s",
                  (const char *)g_ptr_array_index(wrong, i));
  verify_count(verify, KEEPER_VERIFIED_COUNT, wrong != NULL);
  return wrong != NULL;
}

/* ---- Certificates ------------------------------------------------------- */

static void differ(Verify *verify, const LedgerIssued *issued, const char *text)
{
  verify_differ(verify, KEEPER_VERIFIED_CERTIFICATE, issued->issue->certificate, "serial %s: %s",
                issued->issue->serial, text);
}

static gboolean has_names(const LedgerIssue *issue, const PkiCertificateDetails *details)
{
  guint count = g_strv_length(issue->names);
  for (guint i = 0; i < details->names->len; i++)
    if (!g_strv_contains((const char *const *)issue->names, g_ptr_array_index(details->names, i)))
      return FALSE;
  return count == details->names->len;
}

/* What the ledger says of the certificate beside it. Of one of others the names may come
 * from anywhere in it. */
static void check_details(Verify *verify, const LedgerIssued *issued)
{
  const LedgerIssue *issue = issued->issue;
  g_autoptr(PkiCertificateDetails) details = pki_certificate_read(issue->der, NULL);
  if (details == NULL) {
    differ(verify, issued, "what is stored is no certificate");
    return;
  }
  if (!issue->outside && strcmp(details->serial, issue->serial) != 0)
    differ(verify, issued, "the certificate has another serial number");
  /* What lies before 1970 is 1 in a ledger. */
  if (MAX(details->not_before, 1) != issue->not_before ||
      MAX(details->not_after, 1) != issue->not_after)
    differ(verify, issued, "the certificate is valid at other times");
  if (strcmp(details->spki_sha256, issue->spki_sha256) != 0)
    differ(verify, issued, "the certificate is for another key");
  if (!issue->outside && !has_names(issue, details))
    differ(verify, issued, "the certificate is for other names");
}

static void check_key(Verify *verify, const LedgerIssued *issued)
{
  const LedgerIssue *issue = issued->issue;
  if (issued->key_missing)
    verify_differ(verify, KEEPER_VERIFIED_KEY, issue->certificate,
                  "its private key was made here, and is not in the ledger any more");
  if (issued->key_left)
    verify_differ(verify, KEEPER_VERIFIED_KEY, issue->certificate,
                  "it was deleted, and its private key is still in the ledger");
  if (issue->wrapped_key == NULL)
    return;
  verify_count(verify, KEEPER_VERIFIED_KEY, 1);
  g_autoptr(Secret) pkcs8 =
      pki_wrapping_key_unwrap(verify->keeper->wrapping_key, issue->wrapped_key, NULL);
  if (pkcs8 == NULL)
    verify_differ(verify, KEEPER_VERIFIED_KEY, issue->certificate,
                  "its private key (SPKI SHA-256 %s) was changed, or is wrapped under another key "
                  "than state/instance.key",
                  issue->spki_sha256);
  else if (!pki_key_is_of(pkcs8, issue->der))
    verify_differ(verify, KEEPER_VERIFIED_KEY, issue->certificate,
                  "its private key (SPKI SHA-256 %s) is not that of the certificate",
                  issue->spki_sha256);
}

static gboolean check_issued(Verify *verify, const LedgerIssued *issued)
{
  const LedgerIssue *issue = issued->issue;
  gsize length;
  const void *der = g_bytes_get_data(issue->der, &length);
  g_autofree char *sha256 = text_sha256(der, length);
  if (strcmp(sha256, issue->sha256) != 0) {
    differ(verify, issued,
           "the stored certificate does not have the stored SHA-256: one of them "
           "was changed");
    return FALSE;
  }
  check_details(verify, issued);
  if (!issue->outside && verify->issuing != NULL &&
      !pki_certificate_is_issued_by(issue->der, verify->issuing))
    differ(verify, issued, "the certificate is not signed by the authority of this instance");
  if (!issued->certificate_known)
    differ(verify, issued, "nothing else is known of the certificate");
  else if (!issued->agrees)
    differ(verify, issued, "the lists have other times or another serial number for it");
  return TRUE;
}

static gboolean check_one(Keeper *keeper G_GNUC_UNUSED, gpointer item, gpointer data,
                          GError **error G_GNUC_UNUSED)
{
  const LedgerIssued *issued = item;
  Verify *verify = data;
  if (!issued->key_known && !issued->deleted)
    verify_differ(verify, KEEPER_VERIFIED_KEY, issued->issue->certificate,
                  "the ledger has no row for its public key");
  if (check_issued(verify, issued))
    check_key(verify, issued);
  return TRUE;
}

gboolean verify_certificates(Verify *verify, GError **error)
{
  Ledger *ledger = verify->keeper->ledger;
  for (gint64 last = 0;;) {
    g_autoptr(GPtrArray) issues = ledger_issues_after(ledger, last, VERIFY_PORTION, error);
    if (issues == NULL || !keeper_parallel(verify->keeper, issues, check_one, verify, error))
      return FALSE;
    if (issues->len == 0)
      break;
    verify_count(verify, KEEPER_VERIFIED_CERTIFICATE, issues->len);
    last = ((const LedgerIssued *)g_ptr_array_index(issues, issues->len - 1))->number;
  }
  g_autoptr(GPtrArray) lacking = ledger_certificates_without_issue(ledger, error);
  for (guint i = 0; lacking != NULL && i < lacking->len; i++)
    verify_differ(verify, KEEPER_VERIFIED_CERTIFICATE, g_ptr_array_index(lacking, i),
                  "the ledger says that it was issued, and has no certificate for it");
  return lacking != NULL;
}

/* ---- Keys that nothing is certified for yet ----------------------------- */

static gboolean check_lone_key(Keeper *keeper, gpointer item, gpointer data,
                               GError **error G_GNUC_UNUSED)
{
  const LedgerKey *key = item;
  g_autoptr(Secret) pkcs8 = pki_wrapping_key_unwrap(keeper->wrapping_key, key->wrapped, NULL);
  g_autoptr(PkiKey) read = pkcs8 != NULL ? pki_key_from_pkcs8(pkcs8, NULL) : NULL;
  if (pkcs8 == NULL)
    verify_differ(data, KEEPER_VERIFIED_KEY, key->certificate,
                  "its private key (SPKI SHA-256 %s) was changed, or is wrapped under another key "
                  "than state/instance.key",
                  key->spki_sha256);
  else if (read == NULL || strcmp(pki_key_spki_sha256(read), key->spki_sha256) != 0)
    verify_differ(data, KEEPER_VERIFIED_KEY, key->certificate,
                  "its private key is not that of SPKI SHA-256 %s", key->spki_sha256);
  return TRUE;
}

gboolean verify_keys(Verify *verify, GError **error)
{
  g_autofree char *last = g_strdup("");
  for (;;) {
    g_autoptr(GPtrArray) keys =
        ledger_keys_without_issue(verify->keeper->ledger, last, VERIFY_PORTION, error);
    if (keys == NULL || !keeper_parallel(verify->keeper, keys, check_lone_key, verify, error))
      return FALSE;
    if (keys->len == 0)
      return TRUE;
    verify_count(verify, KEEPER_VERIFIED_KEY, keys->len);
    g_free(last);
    last = g_strdup(((const LedgerKey *)g_ptr_array_index(keys, keys->len - 1))->spki_sha256);
  }
}

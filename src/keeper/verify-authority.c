#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "keeper/verify-private.h"

/* The authority: its certificates, its keys, what it publishes, its revocation lists. */

#define AUTHORITY KEEPER_VERIFIED_AUTHORITY

/* The certificate of ROLE at PATH; NULL after a difference was noted. */
static GBytes *read_authority(Verify *verify, PkiAuthorityRole role, const char *path)
{
  g_autoptr(GError) failed = NULL;
  g_autoptr(GBytes) der = keeper_read_certificate(verify->keeper->root, role, &failed);
  g_autoptr(PkiCertificateDetails) details =
      der != NULL ? pki_certificate_read(der, &failed) : NULL;
  verify_count(verify, AUTHORITY, 1);
  if (details != NULL)
    return g_steal_pointer(&der);
  verify_differ(verify, AUTHORITY, path, "%s", failed->message);
  return NULL;
}

static void check_key(Verify *verify, PkiAuthorityRole role, const char *path)
{
  g_autoptr(GError) failed = NULL;
  g_autoptr(PkiAuthority) authority = keeper_open_authority(verify->keeper, role, &failed);
  verify_count(verify, AUTHORITY, 1);
  if (authority == NULL)
    verify_differ(verify, AUTHORITY, path,
                  "it does not open under state/instance.key as the key of its certificate: %s",
                  failed->message);
}

/* What is served has to be what the authority has. */
static void check_published(Verify *verify, const char *path, const void *wanted, gsize length)
{
  const gsize largest = (gsize)1 << 20;
  g_autoptr(GError) failed = NULL;
  g_autoptr(GBytes) found = file_read(verify->keeper->root, path, largest, &failed);
  verify_count(verify, AUTHORITY, 1);
  if (found == NULL)
    verify_differ(verify, AUTHORITY, path, "%s", failed->message);
  else if (g_bytes_get_size(found) != length ||
           memcmp(g_bytes_get_data(found, NULL), wanted, length) != 0)
    verify_differ(verify, AUTHORITY, path, "it is not what the authority has in state/ca");
}

static void check_text(Verify *verify, const char *path, const char *wanted)
{
  check_published(verify, path, wanted, strlen(wanted));
}

static void check_all_published(Verify *verify)
{
  GBytes *const chain[] = {verify->issuing, verify->root};
  g_autofree char *root = pki_certificate_to_pem(verify->root);
  g_autofree char *issuing = pki_certificate_to_pem(verify->issuing);
  g_autofree char *both = pki_chain_to_pem(chain, G_N_ELEMENTS(chain));
  check_text(verify, PKI_FOLDER "root.crt", root);
  check_text(verify, PKI_FOLDER "issuing.pem", issuing);
  check_text(verify, PKI_FOLDER "chain.pem", both);
  check_published(verify, PKI_FOLDER "issuing.crt", g_bytes_get_data(verify->issuing, NULL),
                  g_bytes_get_size(verify->issuing));
}

gboolean verify_authority(Verify *verify, GError **error G_GNUC_UNUSED)
{
  verify->root = read_authority(verify, PKI_AUTHORITY_ROLE_ROOT, ROOT_CERTIFICATE_PATH);
  verify->issuing = read_authority(verify, PKI_AUTHORITY_ROLE_ISSUING, ISSUING_CERTIFICATE_PATH);
  gboolean both = verify->root != NULL && verify->issuing != NULL;
  if (verify->root != NULL && !pki_certificate_is_issued_by(verify->root, verify->root))
    verify_differ(verify, AUTHORITY, ROOT_CERTIFICATE_PATH, "its signature does not hold");
  if (both && !pki_certificate_is_issued_by(verify->issuing, verify->root))
    verify_differ(verify, AUTHORITY, ISSUING_CERTIFICATE_PATH, "it is not signed by the root");
  check_key(verify, PKI_AUTHORITY_ROLE_ROOT, ROOT_KEY_PATH);
  check_key(verify, PKI_AUTHORITY_ROLE_ISSUING, ISSUING_KEY_PATH);
  if (both)
    check_all_published(verify);
  return TRUE;
}

/* ---- Revocation lists --------------------------------------------------- */

/* The CRL that the ledger has for PATH; NULL in *RET_CRL after a difference was noted. */
static gboolean read_crl(Verify *verify, const char *path, GBytes *issuer, PkiCrl **ret_crl,
                         GError **error)
{
  *ret_crl = NULL;
  g_autoptr(GError) failed = NULL;
  g_autoptr(GBytes) der = ledger_read_document(verify->keeper->ledger, path, error);
  if (der == NULL)
    return FALSE;
  verify_count(verify, KEEPER_VERIFIED_CRL, 1);
  *ret_crl = pki_crl_read(der, issuer, &failed);
  if (*ret_crl == NULL) {
    verify_differ(verify, KEEPER_VERIFIED_CRL, path, "%s", failed->message);
    return TRUE;
  }
  if (pki_crl_next_update(*ret_crl) < verify->keeper->now) {
    g_autofree char *end = clock_format(pki_crl_next_update(*ret_crl));
    verify_note(verify, KEEPER_VERIFIED_CRL, path,
                "it ended on %s; `certdrop run` makes the next one", end);
  }
  return TRUE;
}

static gboolean check_entries(Verify *verify, const char *path, const PkiCrl *crl, GError **error)
{
  Ledger *ledger = verify->keeper->ledger;
  g_autoptr(GPtrArray) revoked = ledger_revoked_serials(ledger, pki_crl_this_update(crl), error);
  if (revoked == NULL)
    return FALSE;
  for (guint i = 0; i < revoked->len; i++) {
    const char *serial = g_ptr_array_index(revoked, i);
    if (!pki_crl_has(crl, serial))
      verify_differ(verify, KEEPER_VERIFIED_CRL, path,
                    "the certificate with the serial number %s is revoked, and not on it", serial);
  }
  for (gsize i = 0; i < pki_crl_count(crl); i++) {
    g_autofree char *serial = pki_crl_serial(crl, i);
    gboolean is_revoked = FALSE;
    if (!ledger_is_revoked(ledger, serial, &is_revoked, error))
      return FALSE;
    if (!is_revoked)
      verify_differ(verify, KEEPER_VERIFIED_CRL, path,
                    "the serial number %s is on it, and no certificate with it was revoked",
                    serial);
  }
  return TRUE;
}

gboolean verify_crls(Verify *verify, GError **error)
{
  g_autoptr(PkiCrl) root = NULL;
  g_autoptr(PkiCrl) issuing = NULL;
  const char *path = PKI_FOLDER "issuing.crl";
  if (verify->root != NULL && !read_crl(verify, PKI_FOLDER "root.crl", verify->root, &root, error))
    return FALSE;
  if (verify->issuing != NULL && !read_crl(verify, path, verify->issuing, &issuing, error))
    return FALSE;
  return issuing == NULL || check_entries(verify, path, issuing, error);
}

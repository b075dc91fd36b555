#include "pki/pki-private.h"

#include <openssl/err.h>

/* Which of several certificates is the server's, and the order of its issuers. */

/* Whether ISSUER issued CERTIFICATE: by name and key identifier (RFC 5280 6.1 and 4.2.1.1), and by
 * the signature, since names can be anybody's. */
static gboolean is_issued_by(X509 *certificate, X509 *issuer)
{
  if (X509_NAME_cmp(X509_get_issuer_name(certificate), X509_get_subject_name(issuer)) != 0)
    return FALSE;
  EVP_PKEY *key = X509_get0_pubkey(issuer);
  gboolean verified = key != NULL && X509_verify(certificate, key) == 1;
  ERR_clear_error();
  return verified;
}

static gboolean issues_another(X509 *certificate, const GPtrArray *all)
{
  for (guint i = 0; i < all->len; i++) {
    X509 *other = g_ptr_array_index(all, i);
    if (other != certificate && is_issued_by(other, certificate))
      return TRUE;
  }
  return FALSE;
}

static gboolean is_self_issued(const X509 *certificate)
{
  return X509_NAME_cmp(X509_get_issuer_name(certificate), X509_get_subject_name(certificate)) == 0;
}

/* A self-signed certificate of a server often says that it is a CA's, since openssl req -x509
 * has it so. */
static gboolean is_authority(X509 *certificate, const GPtrArray *all)
{
  if (issues_another(certificate, all))
    return TRUE;
  gboolean says_so = (X509_get_extension_flags(certificate) & EXFLAG_CA) != 0;
  return says_so && !(is_self_issued(certificate) && pki_foreign_names_host(certificate));
}

/* The subjects of the first of CERTIFICATES. */
static char *list_subjects(const GPtrArray *certificates)
{
  const guint most = 3;
  GString *list = g_string_new(NULL);
  for (guint i = 0; i < MIN(certificates->len, most); i++) {
    g_autofree char *subject = pki_foreign_quote_subject(g_ptr_array_index(certificates, i));
    g_string_append_printf(list, "%s\"%s\"", i > 0 ? ", " : "", subject);
  }
  if (certificates->len > most)
    g_string_append_printf(list, " and %u more", certificates->len - most);
  return g_string_free(list, FALSE);
}

gboolean pki_foreign_find_leaf(PkiForeignReading *reading)
{
  g_autoptr(GPtrArray) leaves = g_ptr_array_new();
  for (guint i = 0; i < reading->certificates->len; i++) {
    X509 *certificate = g_ptr_array_index(reading->certificates, i);
    if (!is_authority(certificate, reading->certificates))
      g_ptr_array_add(leaves, certificate);
  }
  g_autofree char *subjects =
      list_subjects(leaves->len > 0 ? leaves : (const GPtrArray *)reading->certificates);
  if (leaves->len == 0)
    PKI_FOREIGN_FAULT(reading, "certificate-ca",
                      "there is no certificate of a server, only of authorities (CA): %s; send the "
                      "server's own, with these as its chain",
                      subjects);
  else if (leaves->len > 1)
    PKI_FOREIGN_FAULT(reading, "certificate-several",
                      "there are %u certificates that are not each other's chain: %s; send each in "
                      "a document of its own",
                      leaves->len, subjects);
  if (leaves->len != 1)
    return FALSE;
  reading->leaf = g_ptr_array_index(leaves, 0);
  return TRUE;
}

/* Of two that issued the same (a root, and the same authority certified by another) the one that
 * leads on comes first, then the one that lasts longer. */
static gboolean is_better(X509 *one, X509 *other)
{
  if (other == NULL)
    return TRUE;
  if (is_self_issued(one) != is_self_issued(other))
    return is_self_issued(other);
  return ASN1_TIME_compare(X509_get0_notAfter(one), X509_get0_notAfter(other)) > 0;
}

static X509 *find_issuer(X509 *certificate, const GPtrArray *left)
{
  X509 *best = NULL;
  for (guint i = 0; i < left->len; i++) {
    X509 *issuer = g_ptr_array_index(left, i);
    if (is_issued_by(certificate, issuer) && is_better(issuer, best))
      best = issuer;
  }
  return best;
}

/* What is missing is said where it is missing for sure: a chain may well end below a root that
 * clients have. */
static void warn_of_chain(PkiForeignReading *reading, X509 *last, const GPtrArray *left)
{
  g_autofree char *issuer = pki_foreign_quote_issuer(last);
  g_autofree char *subject = pki_foreign_quote_subject(last);
  if (is_self_issued(last) && last == reading->leaf)
    PKI_FOREIGN_WARN(reading, "certificate-chain",
                     "it is self-signed: only clients that were given it accept it");
  else if (!is_self_issued(last) && last == reading->leaf)
    PKI_FOREIGN_WARN(reading, "certificate-chain",
                     "the chain is missing: the certificate of its issuer, \"%s\", did not come "
                     "with it, and clients that do not know that one refuse it",
                     issuer);
  else if (!is_self_issued(last) && left->len > 0)
    PKI_FOREIGN_WARN(reading, "certificate-chain",
                     "the chain breaks off at \"%s\": the certificate of its issuer, \"%s\", did "
                     "not come with it",
                     subject, issuer);
  if (left->len == 0)
    return;
  g_autofree char *subjects = list_subjects(left);
  PKI_FOREIGN_WARN(reading, "certificate-chain",
                   "what came with it and is no part of its chain was left out: %s", subjects);
}

void pki_foreign_order_chain(PkiForeignReading *reading)
{
  g_autoptr(GPtrArray) left = g_ptr_array_copy(reading->certificates, NULL, NULL);
  g_ptr_array_set_free_func(left, NULL);
  g_ptr_array_remove(left, reading->leaf);
  X509 *last = reading->leaf;
  for (X509 *issuer; !is_self_issued(last) && (issuer = find_issuer(last, left)) != NULL;
       last = issuer) {
    g_ptr_array_remove(left, issuer);
    g_ptr_array_add(reading->chain, issuer);
  }
  warn_of_chain(reading, last, left);
  /* Clients have the root, or do not trust it because it was sent. */
  if (is_self_issued(last) && reading->chain->len > 1)
    g_ptr_array_set_size(reading->chain, (gint)reading->chain->len - 1);
}

#include "pki/pki-private.h"

#include <openssl/err.h>

#include "base/clock.h"
#include "request/names.h"

/* What the rest of the world takes exception to in a certificate: RFC 5280, the Baseline
 * Requirements 7.1, and what browsers refuse. It is taken in all the same. */

static void find_weak_signature(PkiForeignReading *reading, X509 *leaf)
{
  static const int weak[] = {NID_md2, NID_md4, NID_md5, NID_sha1, NID_md5_sha1};
  int digest = NID_undef, bits = 0;
  if (X509_get_signature_info(leaf, &digest, NULL, &bits, NULL) != 1) {
    PKI_FOREIGN_WARN(reading, "certificate-signature",
                     "it is signed with an algorithm that is not known here");
    return;
  }
  for (gsize i = 0; i < G_N_ELEMENTS(weak); i++)
    if (digest == weak[i])
      PKI_FOREIGN_WARN(reading, "certificate-signature",
                       "it is signed with %s, which can be forged; clients refuse it",
                       OBJ_nid2ln(X509_get_signature_nid(leaf)));
}

/* RFC 5280 4.1.1.2: both fields must be the same. */
static void find_other_algorithm(PkiForeignReading *reading, X509 *leaf)
{
  const X509_ALGOR *outer;
  X509_get0_signature(NULL, &outer, leaf);
  if (X509_ALGOR_cmp(outer, X509_get0_tbs_sigalg(leaf)) != 0)
    PKI_FOREIGN_WARN(reading, "certificate-signature",
                     "it names two different algorithms for its signature; clients refuse it");
}

static void find_old_version(PkiForeignReading *reading, X509 *leaf)
{
  long version = X509_get_version(leaf);
  if (version != X509_VERSION_3)
    PKI_FOREIGN_WARN(reading, "certificate-version",
                     "it is of version v%ld, not v3; many clients refuse it", version + 1);
}

static void find_odd_serial(PkiForeignReading *reading, X509 *leaf)
{
  const guint longest = 20;
  const ASN1_INTEGER *serial = X509_get0_serialNumber(leaf);
  g_autoptr(BIGNUM) number = ASN1_INTEGER_to_BN(serial, NULL);
  if (number == NULL)
    return;
  if (BN_is_negative(number))
    PKI_FOREIGN_WARN(reading, "certificate-serial", "its serial number is negative");
  else if (BN_is_zero(number))
    PKI_FOREIGN_WARN(reading, "certificate-serial", "its serial number is zero");
  if ((guint)BN_num_bits(number) / 8 + 1 > longest)
    PKI_FOREIGN_WARN(reading, "certificate-serial",
                     "its serial number has %u bytes; RFC 5280 allows %u",
                     (guint)BN_num_bits(number) / 8 + 1, longest);
}

/* Public authorities: 398 days for what begins on 2020-09-01 or later, 825 before. */
static void find_odd_validity(PkiForeignReading *reading, X509 *leaf)
{
  const gint64 shorter_from = 1598918400, shorter = 398, longer = 825;
  gint64 begin = 0, end = 0;
  if (!pki_time_from_asn1(X509_get0_notBefore(leaf), &begin) ||
      !pki_time_from_asn1(X509_get0_notAfter(leaf), &end))
    return;
  if (begin < 0)
    PKI_FOREIGN_WARN(reading, "certificate-validity",
                     "it begins before 1970, which is shown as 1970-01-01");
  gint64 most = begin >= shorter_from ? shorter : longer;
  if (end < begin)
    PKI_FOREIGN_WARN(reading, "certificate-validity",
                     "it ends before it begins, so it is valid at no time");
  else if (end - begin + 1 > most * CLOCK_DAY)
    PKI_FOREIGN_WARN(reading, "certificate-validity",
                     "it is valid for %" G_GINT64_FORMAT " days; browsers refuse more than "
                     "%" G_GINT64_FORMAT " of public authorities",
                     (end - begin + 1) / CLOCK_DAY, most);
}

/* The rules for keys in CSRs, with other ends to the sentences. */
static void find_weak_key(PkiForeignReading *reading, X509 *leaf)
{
  guint8 *der = NULL;
  int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf), &der);
  g_autoptr(GBytes) bytes = length > 0 ? pki_bytes_take(der, length) : NULL;
  PkiSpki spki;
  g_autoptr(GPtrArray) faults = fault_array_new();
  const PkiFaultSink sink = {faults, 0, NULL};
  if (X509_get0_pubkey(leaf) == NULL || bytes == NULL ||
      !pki_spki_parse(pki_slice_from_bytes(bytes), &spki)) {
    PKI_FOREIGN_WARN(reading, "certificate-key", "its public key cannot be read");
    return;
  }
  if (pki_csr_check_key(&spki, &sink))
    return;
  guint bits = pki_spki_rsa_bits(&spki);
  g_autofree char *label = pki_spki_label(&spki);
  for (guint i = 0; i < faults->len; i++) {
    const char *code = ((const Fault *)g_ptr_array_index(faults, i))->code;
    if (g_str_equal(code, "csr-key-size"))
      PKI_FOREIGN_WARN(reading, "certificate-key",
                       "its RSA key has %u bits; clients want 2048 to 8192, in steps of 8", bits);
    else if (g_str_equal(code, "csr-key-roca"))
      PKI_FOREIGN_WARN(reading, "certificate-key",
                       "its RSA key comes from a generator whose keys can be broken (ROCA)");
    else if (g_str_equal(code, "csr-key-close-primes"))
      PKI_FOREIGN_WARN(reading, "certificate-key",
                       "its RSA key can be broken: its primes are close to each other (Fermat)");
    else if (g_str_equal(code, "csr-key-kind"))
      PKI_FOREIGN_WARN(reading, "certificate-key",
                       "its key is of a kind (%s) that public authorities do not certify", label);
    else
      PKI_FOREIGN_WARN(reading, "certificate-key",
                       "its key has unusual parameters (%s); clients may refuse it", label);
  }
}

static gboolean is_before(X509 *leaf, int index)
{
  const ASN1_OBJECT *object = X509_EXTENSION_get_object(X509_get_ext(leaf, index));
  return X509_get_ext_by_OBJ(leaf, object, -1) < index;
}

/* RFC 5280 4.2: each extension once, and a client refuses what is critical and not known to it. */
static void find_odd_extensions(PkiForeignReading *reading, X509 *leaf)
{
  const guint most = 10;
  guint told = 0;
  for (int i = 0; i < X509_get_ext_count(leaf) && told < most; i++) {
    X509_EXTENSION *extension = X509_get_ext(leaf, i);
    g_autofree char *text = pki_object_to_text(X509_EXTENSION_get_object(extension), FALSE);
    g_autofree char *name = names_quote(text);
    if (is_before(leaf, i)) {
      PKI_FOREIGN_WARN(reading, "certificate-extension", "it has the extension %s twice", name);
      told++;
    } else if (X509_EXTENSION_get_critical(extension) && X509_supported_extension(extension) == 0) {
      PKI_FOREIGN_WARN(reading, "certificate-extension",
                       "it has a critical extension that is not known here (%s): clients that do "
                       "not know it either refuse the certificate",
                       name);
      told++;
    }
  }
}

static void find_odd_usage(PkiForeignReading *reading, X509 *leaf)
{
  guint flags = X509_get_extension_flags(leaf);
  if (flags & EXFLAG_INVALID)
    PKI_FOREIGN_WARN(reading, "certificate-extension",
                     "one of its extensions cannot be read, or contradicts another");
  if (flags & EXFLAG_CA)
    PKI_FOREIGN_WARN(reading, "certificate-extension",
                     "it says of itself that it is an authority's (CA:TRUE): who has its key can "
                     "issue certificates that are trusted as far as this one");
  if ((flags & EXFLAG_XKUSAGE) &&
      !(X509_get_extended_key_usage(leaf) & (XKU_SSL_SERVER | XKU_ANYEKU)))
    PKI_FOREIGN_WARN(reading, "certificate-extension",
                     "its extended key usage does not have serverAuth: clients refuse it for a "
                     "server");
}

static void (*const finders[])(PkiForeignReading *reading, X509 *leaf) = {
    find_weak_signature, find_other_algorithm, find_old_version,    find_odd_serial,
    find_odd_validity,   find_weak_key,        find_odd_extensions, find_odd_usage,
};

void pki_foreign_find_odd(PkiForeignReading *reading)
{
  for (gsize i = 0; i < G_N_ELEMENTS(finders); i++)
    finders[i](reading, reading->leaf);
  ERR_clear_error();
}

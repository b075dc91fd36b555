#include "pki/pki-private.h"

#include <openssl/err.h>
#include <time.h>

void pki_certificate_details_free(PkiCertificateDetails *details)
{
  if (details == NULL)
    return;
  g_free(details->subject);
  g_free(details->issuer);
  g_free(details->serial);
  g_clear_pointer(&details->names, g_ptr_array_unref);
  g_free(details->key_label);
  g_free(details->signature_algorithm);
  g_free(details->sha256);
  g_free(details->spki_sha256);
  g_free(details->spki_pin);
  g_clear_pointer(&details->policies, g_ptr_array_unref);
  g_free(details);
}

gboolean pki_time_from_asn1(const ASN1_TIME *time, gint64 *ret_time)
{
  struct tm broken;
  if (ASN1_TIME_to_tm(time, &broken) != 1)
    return FALSE;
  *ret_time = timegm(&broken);
  return TRUE;
}

char *pki_serial_to_hex(const ASN1_INTEGER *number)
{
  g_autoptr(BIGNUM) value = ASN1_INTEGER_to_BN(number, NULL);
  g_assert(value != NULL);
  char *text = BN_bn2hex(value);
  char *copy = g_strdup(text);
  OPENSSL_free(text);
  return copy;
}

/* Not by d2i_X509(), which decodes the public key at once and so takes
 * OpenSSL 3.0 ten times as long. */
gboolean pki_certificate_take_apart(PkiSlice der, PkiCertificateParts *parts)
{
  PkiSlice certificate, tbs, extensions = {NULL, 0};
  gboolean good = pki_der_take(&der, PKI_DER_SEQUENCE, &certificate, NULL) && der.length == 0 &&
                  pki_der_take(&certificate, PKI_DER_SEQUENCE, &tbs, NULL) &&
                  pki_der_take(&certificate, PKI_DER_SEQUENCE, NULL, &parts->algorithm) &&
                  pki_der_take(&certificate, PKI_DER_BIT_STRING, NULL, NULL) &&
                  certificate.length == 0;
  if (!good)
    return FALSE;
  pki_der_take(&tbs, PKI_DER_CONTEXT(0), NULL, NULL); /* version: v1 has none */
  good = pki_der_take(&tbs, PKI_DER_INTEGER, NULL, &parts->serial) &&
         pki_der_take(&tbs, PKI_DER_SEQUENCE, NULL, NULL) &&
         pki_der_take(&tbs, PKI_DER_SEQUENCE, NULL, &parts->issuer) &&
         pki_der_take(&tbs, PKI_DER_SEQUENCE, &parts->validity, NULL) &&
         pki_der_take(&tbs, PKI_DER_SEQUENCE, NULL, &parts->subject) &&
         pki_der_take(&tbs, PKI_DER_SEQUENCE, NULL, &parts->spki);
  if (good && pki_der_is_next(&tbs, PKI_DER_CONTEXT(3)))
    good = pki_der_take(&tbs, PKI_DER_CONTEXT(3), &extensions, NULL) && tbs.length == 0;
  parts->extensions = extensions;
  return good;
}

/* Without quoting of non-ASCII characters, which are right in UTF-8. */
char *pki_x509_name_to_line(const X509_NAME *name)
{
  g_autoptr(BIO) text = BIO_new(BIO_s_mem());
  if (text == NULL ||
      X509_NAME_print_ex(text, name, 0, XN_FLAG_ONELINE & ~(gulong)ASN1_STRFLGS_ESC_MSB) < 0)
    return NULL;
  char *line;
  long length = BIO_get_mem_data(text, &line);
  return length == 0 ? g_strdup("") : g_utf8_make_valid(line, length);
}

static char *name_to_line(PkiSlice der)
{
  const guint8 *at = der.data;
  g_autoptr(X509_NAME) name = d2i_X509_NAME(NULL, &at, (long)der.length);
  return name != NULL ? pki_x509_name_to_line(name) : NULL;
}

static gboolean read_validity(PkiSlice validity, PkiCertificateDetails *details)
{
  const guint8 *at = validity.data;
  g_autoptr(ASN1_TIME) begin = d2i_ASN1_TIME(NULL, &at, (long)validity.length);
  if (begin == NULL)
    return FALSE;
  g_autoptr(ASN1_TIME) end =
      d2i_ASN1_TIME(NULL, &at, (long)(validity.length - (gsize)(at - validity.data)));
  return end != NULL && at == validity.data + validity.length &&
         pki_time_from_asn1(begin, &details->not_before) &&
         pki_time_from_asn1(end, &details->not_after);
}

static char *algorithm_name(PkiSlice der)
{
  const guint8 *at = der.data;
  g_autoptr(X509_ALGOR) algorithm = d2i_X509_ALGOR(NULL, &at, (long)der.length);
  if (algorithm == NULL)
    return NULL;
  const ASN1_OBJECT *object;
  X509_ALGOR_get0(&object, NULL, NULL, algorithm);
  return pki_object_to_text(object, FALSE);
}

static void read_names(const STACK_OF(X509_EXTENSION) * extensions, GPtrArray *names)
{
  g_autoptr(GENERAL_NAMES) found = X509V3_get_d2i(extensions, NID_subject_alt_name, NULL, NULL);
  for (int i = 0; i < sk_GENERAL_NAME_num(found); i++) {
    char *text = pki_name_to_text(sk_GENERAL_NAME_value(found, i));
    if (text != NULL)
      g_ptr_array_add(names, text);
  }
}

static void read_policies(const STACK_OF(X509_EXTENSION) * extensions, GPtrArray *policies)
{
  g_autoptr(CERTIFICATEPOLICIES) found =
      X509V3_get_d2i(extensions, NID_certificate_policies, NULL, NULL);
  for (int i = 0; i < sk_POLICYINFO_num(found); i++)
    g_ptr_array_add(policies, pki_object_to_text(sk_POLICYINFO_value(found, i)->policyid, TRUE));
}

static gboolean read_extensions(PkiSlice der, PkiCertificateDetails *details)
{
  details->names = g_ptr_array_new_with_free_func(g_free);
  details->policies = g_ptr_array_new_with_free_func(g_free);
  if (der.length == 0)
    return TRUE;
  const guint8 *at = der.data;
  STACK_OF(X509_EXTENSION) *extensions = d2i_X509_EXTENSIONS(NULL, &at, (long)der.length);
  gboolean whole = extensions != NULL && at == der.data + der.length;
  if (whole) {
    read_names(extensions, details->names);
    read_policies(extensions, details->policies);
  }
  sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
  return whole;
}

static gboolean read_key(PkiSlice der, PkiCertificateDetails *details)
{
  PkiSpki spki;
  if (!pki_spki_parse(der, &spki))
    return FALSE;
  guint8 digest[32];
  pki_sha256(der.data, der.length, digest);
  details->kind = spki.kind;
  details->key_label = pki_spki_label(&spki);
  details->spki_sha256 = pki_sha256_hex(der.data, der.length);
  details->spki_pin = g_base64_encode(digest, sizeof digest);
  return TRUE;
}

static char *read_serial(PkiSlice der)
{
  const guint8 *at = der.data;
  g_autoptr(ASN1_INTEGER) serial = d2i_ASN1_INTEGER(NULL, &at, (long)der.length);
  return serial == NULL ? NULL : pki_serial_to_hex(serial);
}

PkiCertificateDetails *pki_certificate_read(GBytes *der, GError **error)
{
  PkiSlice whole = pki_slice_from_bytes(der);
  PkiCertificateParts parts = {0};
  g_autoptr(PkiCertificateDetails) details = g_new0(PkiCertificateDetails, 1);
  gboolean good = pki_certificate_take_apart(whole, &parts) &&
                  read_validity(parts.validity, details) && read_key(parts.spki, details) &&
                  read_extensions(parts.extensions, details) &&
                  (details->serial = read_serial(parts.serial)) != NULL &&
                  (details->subject = name_to_line(parts.subject)) != NULL &&
                  (details->issuer = name_to_line(parts.issuer)) != NULL &&
                  (details->signature_algorithm = algorithm_name(parts.algorithm)) != NULL;
  if (!good) {
    pki_set_error(error, CERTDROP_ERROR_REFUSED, "not a certificate in DER");
    return NULL;
  }
  details->sha256 = pki_sha256_hex(whole.data, whole.length);
  ERR_clear_error(); /* of extensions that could not be read and are left out */
  return g_steal_pointer(&details);
}

GPtrArray *pki_certificates_read(GBytes *ders, GError **error)
{
  PkiSlice left = pki_slice_from_bytes(ders), one;
  g_autoptr(GPtrArray) all =
      g_ptr_array_new_with_free_func((GDestroyNotify)pki_certificate_details_free);
  while (left.length > 0 && pki_der_take(&left, PKI_DER_SEQUENCE, NULL, &one)) {
    g_autoptr(GBytes) der = g_bytes_new_static(one.data, one.length);
    PkiCertificateDetails *details = pki_certificate_read(der, error);
    if (details == NULL)
      return NULL;
    g_ptr_array_add(all, details);
  }
  if (left.length == 0)
    return g_steal_pointer(&all);
  pki_set_error(error, CERTDROP_ERROR_REFUSED, "not certificates in DER, one after the other");
  return NULL;
}

#include "pki/pki-private.h"

#include <openssl/err.h>

const char *const pki_name_parts[PKI_NAME_N] = {
    [PKI_NAME_C] = "C", [PKI_NAME_ST] = "ST", [PKI_NAME_L] = "L",
    [PKI_NAME_O] = "O", [PKI_NAME_OU] = "OU", [PKI_NAME_CN] = "CN",
};

static const int nids[PKI_NAME_N] = {
    [PKI_NAME_C] = NID_countryName,
    [PKI_NAME_ST] = NID_stateOrProvinceName,
    [PKI_NAME_L] = NID_localityName,
    [PKI_NAME_O] = NID_organizationName,
    [PKI_NAME_OU] = NID_organizationalUnitName,
    [PKI_NAME_CN] = NID_commonName,
};

void pki_certificate_names_free(PkiCertificateNames *names)
{
  if (names == NULL)
    return;
  g_free(names->serial);
  for (int i = 0; i < PKI_NAME_N; i++) {
    g_free(names->subject[i]);
    g_free(names->issuer[i]);
  }
  g_free(names);
}

static char *entry_text(const X509_NAME_ENTRY *entry)
{
  unsigned char *bytes = NULL;
  int length = ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(entry));
  if (length < 0)
    return NULL;
  char *text = g_utf8_make_valid((const char *)bytes, length);
  OPENSSL_free(bytes);
  return text;
}

static gboolean read_name(PkiSlice der, char **parts)
{
  const guint8 *at = der.data;
  g_autoptr(X509_NAME) name = d2i_X509_NAME(NULL, &at, (long)der.length);
  for (int part = 0; name != NULL && part < PKI_NAME_N; part++) {
    int last = -1;
    for (int next = -1; (next = X509_NAME_get_index_by_NID(name, nids[part], next)) >= 0;)
      last = next;
    if (last >= 0)
      parts[part] = entry_text(X509_NAME_get_entry(name, last));
  }
  return name != NULL;
}

static char *read_decimal(PkiSlice der)
{
  const guint8 *at = der.data;
  g_autoptr(ASN1_INTEGER) serial = d2i_ASN1_INTEGER(NULL, &at, (long)der.length);
  g_autoptr(BIGNUM) value = serial != NULL ? ASN1_INTEGER_to_BN(serial, NULL) : NULL;
  char *text = value != NULL ? BN_bn2dec(value) : NULL;
  char *copy = g_strdup(text);
  OPENSSL_free(text);
  return copy;
}

PkiCertificateNames *pki_certificate_read_names(GBytes *der, GError **error)
{
  PkiCertificateParts parts = {0};
  g_autoptr(PkiCertificateNames) names = g_new0(PkiCertificateNames, 1);
  gboolean good = pki_certificate_take_apart(pki_slice_from_bytes(der), &parts) &&
                  (names->serial = read_decimal(parts.serial)) != NULL &&
                  read_name(parts.subject, names->subject) &&
                  read_name(parts.issuer, names->issuer);
  ERR_clear_error();
  if (good)
    return g_steal_pointer(&names);
  pki_set_error(error, CERTDROP_ERROR_REFUSED, "not a certificate in DER");
  return NULL;
}

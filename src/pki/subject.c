#include "pki/pki-private.h"

#include <string.h>

/* One attribute of a PkiSubject. OpenSSL's own table of lengths does not know all of them. */
typedef struct {
  gsize offset;
  int nid;
  glong maximum; /* characters: RFC 5280 A.1, Baseline Requirements 7.1.4.2 */
} SubjectAttribute;

#define ATTRIBUTE(field, nid, maximum)                                                             \
  {                                                                                                \
    offsetof(PkiSubject, field), nid, maximum                                                      \
  }

/* In the order of encoding. The Baseline Requirements fix it from the country on; where those of
 * extended validation stand is free, and first is where public CAs put them. Country,
 * jurisdiction's country and serialNumber become PrintableStrings by OpenSSL's table, all others
 * UTF8Strings. */
static const SubjectAttribute attributes[] = {
    ATTRIBUTE(jurisdiction_country, NID_jurisdictionCountryName, 2),
    ATTRIBUTE(jurisdiction_state, NID_jurisdictionStateOrProvinceName, 128),
    ATTRIBUTE(business_category, NID_businessCategory, 128),
    ATTRIBUTE(serial_number, NID_serialNumber, 64),
    ATTRIBUTE(country, NID_countryName, 2),
    ATTRIBUTE(state, NID_stateOrProvinceName, 128),
    ATTRIBUTE(locality, NID_localityName, 128),
    ATTRIBUTE(postal_code, NID_postalCode, 40),
    ATTRIBUTE(street, NID_streetAddress, 128),
    ATTRIBUTE(organization, NID_organizationName, 64),
};
G_STATIC_ASSERT(G_N_ELEMENTS(attributes) * sizeof(char *) == sizeof(PkiSubject));

static gboolean add_attribute(X509_NAME *name, int nid, const char *value, glong maximum,
                              GError **error)
{
  if (!g_utf8_validate(value, -1, NULL) || g_utf8_strlen(value, -1) > maximum)
    return pki_set_error(error, CERTDROP_ERROR_REFUSED,
                         "the subject's %s is not UTF-8 or has more than %ld characters",
                         OBJ_nid2ln(nid), maximum);
  if (X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8, (const guchar *)value, -1, -1, 0) != 1)
    return pki_set_error(error, CERTDROP_ERROR_REFUSED,
                         "the subject's %s has a character or a length that is not allowed there",
                         OBJ_nid2ln(nid));
  return TRUE;
}

gboolean pki_subject_fill(X509_NAME *name, const PkiSubject *subject, const char *common_name,
                          GError **error)
{
  for (gsize i = 0; subject != NULL && i < G_N_ELEMENTS(attributes); i++) {
    const SubjectAttribute *attribute = &attributes[i];
    const char *value = G_STRUCT_MEMBER(const char *, subject, attribute->offset);
    if (value == NULL || value[0] == '\0')
      continue;
    if (!add_attribute(name, attribute->nid, value, attribute->maximum, error))
      return FALSE;
  }
  return common_name == NULL || add_attribute(name, NID_commonName, common_name, 64, error);
}

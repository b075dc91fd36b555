#include "pki/pki-private.h"

#include <arpa/inet.h>
#include <string.h>

enum { MAXIMUM_COMMON_NAME = 64, MAXIMUM_DNS_NAME = 253 };

const char *pki_names_common_name(const char *const *names)
{
  for (; *names != NULL; names++)
    if (strlen(*names) <= MAXIMUM_COMMON_NAME)
      return *names;
  return NULL;
}

/* The characters of a domain name in its ASCII form, with the wildcard's. Whether it is a good
 * one is for others to say; these at least are what a log or a page may show. */
static gboolean is_dns_text(const guint8 *bytes, gsize length)
{
  if (length == 0 || length > MAXIMUM_DNS_NAME)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum(bytes[i]) && strchr("-._*", bytes[i]) == NULL)
      return FALSE;
  return memchr(bytes, '\0', length) == NULL;
}

/* The bytes of the address that TEXT is, or 0. */
static gsize parse_address(const char *text, guint8 ret_bytes[16])
{
  if (inet_pton(AF_INET, text, ret_bytes) == 1)
    return 4;
  return inet_pton(AF_INET6, text, ret_bytes) == 1 ? 16 : 0;
}

static GENERAL_NAME *general_name_new(const char *name)
{
  guint8 address[16];
  gsize length = parse_address(name, address);
  gboolean is_address = length != 0;
  g_autoptr(GENERAL_NAME) general = GENERAL_NAME_new();
  ASN1_STRING *value = ASN1_STRING_type_new(is_address ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);
  if (general == NULL || value == NULL ||
      !ASN1_STRING_set(value, is_address ? (const void *)address : name,
                       is_address ? (int)length : (int)strlen(name))) {
    ASN1_STRING_free(value);
    return NULL;
  }
  GENERAL_NAME_set0_value(general, is_address ? GEN_IPADD : GEN_DNS, value);
  return g_steal_pointer(&general);
}

X509_EXTENSION *pki_names_to_extension(const char *const *names, gboolean critical, GError **error)
{
  g_autoptr(GENERAL_NAMES) general_names = sk_GENERAL_NAME_new_null();
  for (; *names != NULL; names++) {
    guint8 address[16];
    if (parse_address(*names, address) == 0 &&
        !is_dns_text((const guint8 *)*names, strlen(*names))) {
      pki_set_error(error, CERTDROP_ERROR_REFUSED, "'%s' is neither a domain name nor an address",
                    *names);
      return NULL;
    }
    GENERAL_NAME *general = general_name_new(*names);
    if (general == NULL || sk_GENERAL_NAME_push(general_names, general) == 0) {
      GENERAL_NAME_free(general);
      pki_set_error(error, CERTDROP_ERROR_BUG, "a name cannot be stored");
      return NULL;
    }
  }
  X509_EXTENSION *extension = X509V3_EXT_i2d(NID_subject_alt_name, critical, general_names);
  if (extension == NULL)
    pki_set_error(error, CERTDROP_ERROR_BUG, "the names cannot be encoded");
  return extension;
}

char *pki_name_to_text(const GENERAL_NAME *name)
{
  int type;
  const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);
  if (type != GEN_DNS && type != GEN_IPADD)
    return NULL;
  const guint8 *bytes = ASN1_STRING_get0_data(value);
  gsize length = (gsize)ASN1_STRING_length(value);
  if (type == GEN_DNS)
    return is_dns_text(bytes, length) ? g_strndup((const char *)bytes, length) : NULL;
  char text[INET6_ADDRSTRLEN];
  if (length != 4 && length != 16)
    return NULL;
  return g_strdup(inet_ntop(length == 4 ? AF_INET : AF_INET6, bytes, text, sizeof text));
}

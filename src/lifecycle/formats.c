#include <string.h>

#include "lifecycle/lifecycle-private.h"
#include "request/formats.h"

/* Which archives can be made of a certificate. */

void formats_check(const LifecycleFacts *facts, char *const *formats, gboolean has_key, gint64 line,
                   GPtrArray *faults)
{
  for (char *const *name = formats; name != NULL && *name != NULL; name++) {
    RequestFormat format = request_format_from_name(*name);
    g_assert(format != 0); /* the schema lists them */
    if (request_formats[format].keystore && !has_key)
      fault_add(
          faults, "format-key", line, "format",
          "an archive for %s is a keystore with the private key in it, which certdrop does not "
          "have: it stayed where the CSR was made; ask for pem, and make the keystore where the "
          "key is: openssl pkcs12 -export -in fullchain.pem -inkey YOUR-KEY -out keystore.p12",
          request_formats[format].title);
    else if (format == REQUEST_FORMAT_JKS && configuration_keytool(facts->configuration) == NULL)
      fault_add(
          faults, "format-keytool", line, "format",
          "Java keystores (jks) are made with Java's keytool, and this instance has none; ask "
          "for tomcat, a PKCS#12 keystore that Java reads too, or have the operator set "
          "<keytool> in certdrop.xml");
  }
}

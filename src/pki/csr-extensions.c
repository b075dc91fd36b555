#include "pki/pki-private.h"

#include <string.h>

/* What a CSR asks for beyond its key: names, and extensions. Of these the subjectAltName alone is
 * heeded; all others are left out of the certificate without a word, but for those that show that
 * something else than a server's certificate is wanted. */

/* Adds TEXT, which it takes over, in lower case unless it is there. */
static void add_name(GPtrArray *names, char *text)
{
  char *name = g_utf8_strdown(text, -1);
  g_free(text);
  if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
    g_free(name);
  else
    g_ptr_array_add(names, name);
}

static void read_alt_names(const STACK_OF(X509_EXTENSION) * extensions, GPtrArray *names,
                           const PkiFaultSink *sink)
{
  int state;
  g_autoptr(GENERAL_NAMES) found = X509V3_get_d2i(extensions, NID_subject_alt_name, &state, NULL);
  if (found == NULL && state != -1)
    PKI_FAULT(sink, "csr-extension", "The CSR's subjectAltName cannot be read, or is there twice.");
  for (int i = 0; i < sk_GENERAL_NAME_num(found); i++) {
    char *text = pki_name_to_text(sk_GENERAL_NAME_value(found, i));
    if (text != NULL)
      add_name(names, text);
    else
      PKI_FAULT(sink, "csr-name",
                "Number %d of the CSR's alternative names is neither a domain name in ASCII nor an "
                "IP address. Make the CSR with DNS: and IP: entries only.",
                i + 1);
  }
}

static void check_ca(const STACK_OF(X509_EXTENSION) * extensions, const PkiFaultSink *sink)
{
  int state;
  g_autoptr(BASIC_CONSTRAINTS) constraints =
      X509V3_get_d2i(extensions, NID_basic_constraints, &state, NULL);
  if (constraints == NULL && state != -1)
    PKI_FAULT(sink, "csr-extension",
              "The CSR's basicConstraints cannot be read, or are there twice.");
  if (constraints != NULL && constraints->ca)
    PKI_FAULT(sink, "csr-ca",
              "The CSR asks for the certificate of a CA (basicConstraints CA:TRUE). Make it "
              "without, or with CA:FALSE.");
}

static void check_poison(const STACK_OF(X509_EXTENSION) * extensions, const PkiFaultSink *sink)
{
  if (X509v3_get_ext_by_NID(extensions, NID_ct_precert_poison, -1) >= 0)
    PKI_FAULT(sink, "csr-extension",
              "The CSR asks for the poison of Certificate Transparency (RFC 6962), which makes a "
              "certificate useless. Make it without.");
}

/* How many attributes of the two kinds that bring extensions there are. */
static guint count_extension_lists(const X509_REQ *request)
{
  static const int nids[] = {NID_ext_req, NID_ms_ext_req};
  guint count = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(nids); i++)
    for (int at = -1; (at = X509_REQ_get_attr_by_NID(request, nids[i], at)) >= 0;)
      count++;
  return count;
}

void pki_csr_read_extensions(X509_REQ *request, GPtrArray *names, const PkiFaultSink *sink)
{
  guint lists = count_extension_lists(request);
  if (lists == 0)
    return;
  STACK_OF(X509_EXTENSION) *extensions = X509_REQ_get_extensions(request);
  if (lists > 1 || extensions == NULL) {
    PKI_FAULT(sink, "csr-extension",
              "The extensions that the CSR asks for cannot be read, or are there more than once.");
  } else {
    read_alt_names(extensions, names, sink);
    check_ca(extensions, sink);
    check_poison(extensions, sink);
  }
  sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}

static gboolean is_plain_text(const char *text)
{
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
    if (!g_unichar_isprint(g_utf8_get_char(at)))
      return FALSE;
  return TRUE;
}

/* A common name is text of any kind; where it is no domain name, the comparison with the
 * application will say so. */
void pki_csr_read_common_names(const X509_REQ *request, GPtrArray *names, const PkiFaultSink *sink)
{
  X509_NAME *subject = X509_REQ_get_subject_name(request);
  for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0;) {
    guint8 *bytes = NULL;
    int length =
        ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    g_autofree char *text = length < 0 ? NULL : g_strndup((char *)bytes, (gsize)length);
    gboolean good = text != NULL && strlen(text) == (gsize)length &&
                    g_utf8_validate(text, length, NULL) && is_plain_text(text);
    OPENSSL_free(bytes);
    if (!good)
      PKI_FAULT(sink, "csr-name", "The CSR's common name is not plain text.");
    else if (text[0] != '\0')
      add_name(names, g_steal_pointer(&text));
  }
}

#include "pki/pki-private.h"

#include <string.h>

/* The names in a certificate of others. */

typedef struct {
  GPtrArray *names;  /* char * */
  GHashTable *seen;  /* borrows from NAMES */
  guint other_kinds; /* in the subjectAltName: addresses of e-mail, URIs … */
  guint unreadable;
  guint wild;            /* with a "*" that is no wildcard to clients */
  gboolean alternative;  /* there is a subjectAltName */
  gboolean from_subject; /* but no name of a host in it, so that one was taken from there */
  gboolean host;         /* one of them could be a host's */
} Names;

/* RFC 9525 6.3: a wildcard is all of the first label, and other labels follow. */
static gboolean has_odd_wildcard(const char *name)
{
  const char *rest = g_str_has_prefix(name, "*.") ? name + 2 : name;
  return *rest == '\0' || strchr(rest, '*') != NULL;
}

static void add_name(Names *names, char *name)
{
  g_autofree char *own = g_ascii_strdown(name, -1);
  g_free(name);
  if (g_hash_table_contains(names->seen, own))
    return;
  names->wild += has_odd_wildcard(own);
  g_hash_table_add(names->seen, own);
  g_ptr_array_add(names->names, g_steal_pointer(&own));
}

/* FALSE where there is no subjectAltName that can be read. */
static gboolean add_alternative_names(Names *names, X509 *certificate)
{
  g_autoptr(GENERAL_NAMES) found = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
  if (found == NULL)
    return FALSE;
  for (int i = 0; i < sk_GENERAL_NAME_num(found); i++) {
    const GENERAL_NAME *general = sk_GENERAL_NAME_value(found, i);
    int type = general->type;
    char *text = pki_name_to_text(general);
    if (text != NULL)
      add_name(names, text);
    else if (type == GEN_DNS || type == GEN_IPADD)
      names->unreadable++;
    else
      names->other_kinds++;
  }
  return TRUE;
}

/* The last common name, which is the most specific one; NULL where there is none. */
static char *common_name(X509 *certificate)
{
  const X509_NAME *subject = X509_get_subject_name(certificate);
  int last = -1;
  for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0;)
    last = at;
  const X509_NAME_ENTRY *entry = last >= 0 ? X509_NAME_get_entry(subject, last) : NULL;
  guint8 *utf8 = NULL;
  int length = entry != NULL ? ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry)) : -1;
  if (length < 0)
    return NULL;
  char *name = g_strndup((const char *)utf8, (gsize)length);
  OPENSSL_free(utf8);
  return name;
}

static gboolean is_host(const char *name)
{
  gsize length = strlen(name);
  return length > 0 && length <= 253 && strchr(name, '.') != NULL &&
         strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._*") ==
             length;
}

/* NAME as something that can stand in a list of names and in the name of a file. */
static char *make_name(const char *name)
{
  const gsize longest = 60;
  GString *made = g_string_new(NULL);
  for (const char *at = name; *at != '\0' && made->len < longest; at++)
    if (g_ascii_isalnum(*at) || *at == '.')
      g_string_append_c(made, g_ascii_tolower(*at));
    else if (made->len > 0 && made->str[made->len - 1] != '-')
      g_string_append_c(made, '-');
  while (made->len > 0 && (made->str[made->len - 1] == '-' || made->str[made->len - 1] == '.'))
    g_string_truncate(made, made->len - 1);
  if (made->len == 0 || made->str[0] == '.')
    g_string_assign(made, "unnamed");
  return g_string_free(made, FALSE);
}

static void add_common_name(Names *names, X509 *certificate)
{
  g_autofree char *name = common_name(certificate);
  names->host = name != NULL && is_host(name);
  add_name(names, names->host ? g_strdup(name) : make_name(name != NULL ? name : ""));
}

static void warn_of_names(const Names *names, PkiForeignReading *reading)
{
  if (!names->alternative)
    PKI_FOREIGN_WARN(reading, "certificate-names",
                     "it has no subjectAltName: browsers look for names there alone, and refuse it "
                     "%s",
                     names->host ? "whatever its common name says" : "for every name");
  else if (names->from_subject)
    PKI_FOREIGN_WARN(
        reading, "certificate-names",
        "its subjectAltName has neither a domain nor an address: no browser accepts it "
        "for any host");
  if (names->unreadable > 0)
    PKI_FOREIGN_WARN(reading, "certificate-names",
                     "%u of its names cannot be those of a host (RFC 5280 4.2.1.6) and are not "
                     "shown",
                     names->unreadable);
  if (names->wild > 0)
    PKI_FOREIGN_WARN(reading, "certificate-names",
                     "%u of its names have a * that clients do not take for a wildcard: it has to "
                     "be the whole first label",
                     names->wild);
  if (names->other_kinds > 0)
    PKI_FOREIGN_WARN(reading, "certificate-names",
                     "%u of its names are neither domains nor addresses, but e-mail addresses, "
                     "URIs or the like; they are not shown",
                     names->other_kinds);
}

static void find_names(Names *names, X509 *certificate)
{
  *names = (Names){.names = g_ptr_array_new_with_free_func(g_free),
                   .seen = g_hash_table_new(g_str_hash, g_str_equal)};
  names->alternative = add_alternative_names(names, certificate);
  names->host = names->names->len > 0;
  names->from_subject = !names->host;
  if (names->from_subject)
    add_common_name(names, certificate);
}

GPtrArray *pki_foreign_names(PkiForeignReading *reading)
{
  Names names;
  find_names(&names, reading->leaf);
  warn_of_names(&names, reading);
  g_hash_table_unref(names.seen);
  return names.names;
}

gboolean pki_foreign_names_host(X509 *certificate)
{
  Names names;
  find_names(&names, certificate);
  g_hash_table_unref(names.seen);
  g_ptr_array_unref(names.names);
  return names.host;
}

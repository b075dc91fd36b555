#include "request/names.h"

#include "base/error.h"
#include "request/fault.h"
#include "request/names-private.h"

#include <arpa/inet.h>
#include <libpsl.h>
#include <string.h>

/* The public suffix list of this process, read once, never freed. */
static psl_ctx_t *suffix_list;

typedef struct {
  const char *shown; /* the name as fault texts quote it */
  NamesScope scope;
  const char *const *own_suffixes;
  GPtrArray *faults;
  guint line;
} Context;

gboolean names_preload(GError **error)
{
  if (suffix_list == NULL)
    suffix_list = psl_latest(NULL);
  if (suffix_list == NULL) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_IO,
                "the public suffix list cannot be read: install the package publicsuffix");
    return FALSE;
  }
  return TRUE;
}

void names_name_free(NamesName *name)
{
  if (name == NULL)
    return;
  g_free(name->ascii);
  g_free(name->unicode);
  g_free(name);
}

static NamesName *name_new(const char *prefix, const char *ascii, const char *unicode)
{
  NamesName *name = g_new0(NamesName, 1);
  name->ascii = g_strconcat(prefix, ascii, NULL);
  name->unicode = g_strconcat(prefix, unicode, NULL);
  name->wildcard = *prefix != '\0';
  return name;
}

static gboolean refuse(const Context *context, const char *code, const char *reason_format, ...)
    G_GNUC_PRINTF(3, 4);

static gboolean refuse(const Context *context, const char *code, const char *reason_format, ...)
{
  va_list arguments;
  va_start(arguments, reason_format);
  g_autofree char *reason = g_strdup_vprintf(reason_format, arguments);
  va_end(arguments);
  fault_add(context->faults, code, context->line, "domain", "\"%s\" %s", context->shown, reason);
  return FALSE;
}

/* TEXT as an address of one of the families, in its only form, or NULL. */
static NamesName *parse_address(const char *text)
{
  static const int families[] = {AF_INET, AF_INET6};
  for (guint i = 0; i < G_N_ELEMENTS(families); i++) {
    guint8 address[sizeof(struct in6_addr)];
    char form[INET6_ADDRSTRLEN];
    if (inet_pton(families[i], text, address) == 1) {
      g_assert(inet_ntop(families[i], address, form, sizeof form) != NULL);
      NamesName *name = name_new("", form, form);
      name->address = TRUE;
      return name;
    }
  }
  return NULL;
}

/* A last label of digits, or in hexadecimal, makes programs take the whole for
 * an IPv4 address (WHATWG URL, "ends in a number"). */
static gboolean ends_in_number(const char *ascii)
{
  const char *dot = strrchr(ascii, '.');
  const char *label = dot != NULL ? dot + 1 : ascii;
  if (g_str_has_prefix(label, "0x"))
    return strspn(label + 2, "0123456789abcdef") == strlen(label + 2);
  return strspn(label, "0123456789") == strlen(label);
}

static gboolean is_public_suffix(const char *ascii, int sections)
{
  return psl_is_public_suffix2(suffix_list, ascii, sections | PSL_TYPE_NO_STAR_RULE) == 1;
}

static gboolean has_known_suffix(const char *ascii)
{
  const char *dot = strrchr(ascii, '.');
  return is_public_suffix(dot != NULL ? dot + 1 : ascii, PSL_TYPE_ICANN);
}

static gboolean refuse_reserved(const Context *context, const char *host,
                                const NamesReserved *reserved)
{
  gboolean itself = strcmp(host, reserved->suffix) == 0;
  return refuse(context, "domain-reserved",
                "%s \"%s\", which is reserved (%s) and never in the public DNS; give a name that "
                "you have registered, such as www.abc.com, or choose a product for internal names",
                itself ? "is" : "lies under", reserved->suffix, reserved->reference);
}

/* Where registries sell names: no name of its own, and no "*" right on it. */
static gboolean check_suffix(const Context *context, const char *host, gboolean wildcard)
{
  gboolean single = strchr(host, '.') == NULL;
  if (wildcard && single)
    return refuse(context, "domain-wildcard",
                  "has its wildcard directly on a single label, which no client accepts; it may "
                  "stand on a name such as abc.com: *.abc.com");
  if (names_find_reserved(host) != NULL)
    return TRUE;
  if (wildcard && is_public_suffix(host, PSL_TYPE_ANY))
    return refuse(context, "domain-wildcard",
                  "has its wildcard directly on \"%s\", a public suffix, and would cover names of "
                  "many owners; it may stand on a name of yours: *.NAME.%s",
                  host, host);
  if (single && context->scope == NAMES_SCOPE_INTERNAL)
    return TRUE;
  if (!wildcard && is_public_suffix(host, PSL_TYPE_ICANN))
    return refuse(context, "domain-public-suffix",
                  "is itself a public suffix, under which others register names; give a name "
                  "below it, such as www.abc.%s",
                  host);
  return TRUE;
}

/* The rest of the rules for names of the public DNS. */
static gboolean check_public(const Context *context, const char *host)
{
  if (strchr(host, '.') == NULL)
    return refuse(context, "domain-single-label",
                  "has a single label; a name of the public DNS has at least two, such as abc.com");
  if (names_is_under_any(host, context->own_suffixes) || has_known_suffix(host))
    return TRUE;
  return refuse(context, "domain-unknown-suffix",
                "ends with \"%s\", which is no top-level domain of the public suffix list; "
                "mend the spelling, or choose a product for internal names",
                strrchr(host, '.'));
}

static gboolean check_rules(const Context *context, const char *host, gboolean wildcard)
{
  gboolean public = context->scope == NAMES_SCOPE_PUBLIC;
  const NamesReserved *reserved = names_find_reserved(host);
  if (public && reserved != NULL && !names_is_under_any(host, context->own_suffixes))
    return refuse_reserved(context, host, reserved);
  return check_suffix(context, host, wildcard) && (!public || check_public(context, host));
}

static NamesName *check_address(const Context *context, NamesName *address)
{
  if (context->scope == NAMES_SCOPE_INTERNAL)
    return address;
  refuse(context, "domain-address",
         "is an IP address; give the host's name, such as www.abc.com, or choose a product for "
         "internal names");
  names_name_free(address);
  return NULL;
}

static NamesName *parse_host(const Context *context, const char *prefix, const char *host)
{
  g_autofree char *ascii = NULL;
  g_autofree char *unicode = NULL;
  gboolean wildcard = *prefix != '\0';
  if (!names_convert_host(host, wildcard, context->shown, context->faults, context->line, &ascii,
                          &unicode))
    return NULL;
  NamesName *address = wildcard ? NULL : parse_address(ascii);
  if (address != NULL)
    return check_address(context, address);
  if (ends_in_number(ascii)) {
    refuse(context, "domain-syntax",
           "ends with a number, as an IPv4 address does, but is none; give a name such as "
           "www.abc.com, or four numbers from 0 to 255 without leading zeros");
    return NULL;
  }
  if (!check_rules(context, ascii, wildcard))
    return NULL;
  return name_new(prefix, ascii, unicode);
}

NamesName *names_parse(const char *text, NamesScope scope, const char *const *own_suffixes,
                       GPtrArray *faults, guint line)
{
  g_assert(suffix_list != NULL);
  g_assert(scope > 0 && scope < NAMES_SCOPE_N);
  g_autofree char *shown = names_quote(text);
  const Context context = {shown, scope, own_suffixes, faults, line};
  gboolean wildcard = g_str_has_prefix(text, "*.");
  const char *host = wildcard ? text + strlen("*.") : text;
  if (strchr(host, '*') != NULL) {
    refuse(&context, "domain-wildcard",
           "has a \"*\" that is not the whole left label; write it as in *.abc.com");
    return NULL;
  }
  NamesName *address = wildcard ? NULL : parse_address(text);
  if (address != NULL)
    return check_address(&context, address);
  return parse_host(&context, wildcard ? "*." : "", host);
}

char *names_parse_suffix(const char *text, GError **error)
{
  g_autofree char *shown = names_quote(text);
  g_autoptr(GPtrArray) faults = fault_array_new();
  g_autofree char *ascii = NULL;
  g_autofree char *unicode = NULL;
  if (!names_convert_host(text, FALSE, shown, faults, 0, &ascii, &unicode)) {
    const Fault *fault = faults->pdata[0];
    g_set_error_literal(error, CERTDROP_ERROR, CERTDROP_ERROR_CONFIGURATION, fault->text);
    return NULL;
  }
  if (ends_in_number(ascii)) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_CONFIGURATION,
                "\"%s\" is not a domain name but a number or an address", shown);
    return NULL;
  }
  return g_steal_pointer(&ascii);
}

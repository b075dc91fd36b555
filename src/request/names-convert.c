/* What a person types becomes A-labels and U-labels: UTS 46 mapping (non-
 * transitional: "ß" stays), then the registration rules of RFC 5891 for each
 * label that is not plain ASCII. libidn2's own STD3 flag drops the characters
 * that it forbids ("a_b" becomes "ab"), so what it gives is checked here. */
#include "request/fault.h"
#include "request/names-private.h"
#include "request/names.h"

#include <idn2.h>
#include <string.h>

enum {
  NAME_BYTES_MAX = 253, /* RFC 1035 without the root's length byte and the final dot */
  LABEL_BYTES_MAX = 63,
  TYPED_BYTES_MAX = 2048, /* no name is that long before its conversion */
};

typedef struct {
  const char *shown;
  GPtrArray *faults;
  guint line;
} Place;

static gboolean refuse(const Place *place, const char *reason_format, ...) G_GNUC_PRINTF(2, 3);

static gboolean refuse(const Place *place, const char *reason_format, ...)
{
  va_list arguments;
  va_start(arguments, reason_format);
  g_autofree char *reason = g_strdup_vprintf(reason_format, arguments);
  va_end(arguments);
  fault_add(place->faults, "domain-syntax", place->line, "domain",
            "\"%s\" is not a domain name: %s", place->shown, reason);
  return FALSE;
}

static const struct {
  char character;
  const char *reason;
} forbidden_characters[] = {
    {'_', "it has an underscore, which host names may not have; write \"-\" or another name"},
    {' ', "it has a space in it; give each name its own <domain>"},
    {',', "it has a comma in it; give each name its own <domain>"},
    {';', "it has a semicolon in it; give each name its own <domain>"},
    {'@', "it has an \"@\", as an e-mail address has; give the host name alone, such as "
          "www.abc.com"},
    {'/', "it has a \"/\", as a page's address has; give the host name alone, such as www.abc.com"},
    {':',
     "it has a \":\" and is no IPv6 address; give the host name alone, without scheme or port, "
     "such as www.abc.com"},
    {'[', "it has brackets; an IPv6 address is written without them"},
    {'%', "it has a \"%\"; an address is written without a zone, a name in its own script"},
};

static gboolean refuse_character(const Place *place, const char *at)
{
  for (guint i = 0; i < G_N_ELEMENTS(forbidden_characters); i++)
    if (*at == forbidden_characters[i].character)
      return refuse(place, "%s", forbidden_characters[i].reason);
  g_autofree char *character = g_strndup(at, 1);
  g_autofree char *shown = names_quote(character);
  return refuse(place, "it has the character \"%s\"; a name has letters, digits, \"-\" and \".\"",
                shown);
}

/* Everything that is plain ASCII and never part of a host name (STD3). */
static gboolean check_ascii(const Place *place, const char *text)
{
  for (const char *at = text; *at != '\0'; at++)
    if ((guchar)*at < 0x80 && !g_ascii_isalnum(*at) && *at != '-' && *at != '.')
      return refuse_character(place, at);
  return TRUE;
}

static gboolean check_label(const Place *place, const char *label)
{
  gsize length = strlen(label);
  if (length == 0)
    return refuse(place, "it has an empty label: two dots in a row, a dot in front, or only "
                         "characters that count for nothing");
  if (length > LABEL_BYTES_MAX)
    return refuse(place,
                  "the label \"%.20s…\" has %" G_GSIZE_FORMAT
                  " characters as it stands in the DNS; at most 63 are allowed",
                  label, length);
  if (label[0] == '-' || label[length - 1] == '-')
    return refuse(place, "the label \"%s\" begins or ends with \"-\"", label);
  if (length >= 4 && label[2] == '-' && label[3] == '-' && !g_str_has_prefix(label, "xn--"))
    return refuse(place,
                  "the label \"%s\" has \"--\" as its third and fourth character, which is "
                  "kept for international names (xn--…)",
                  label);
  return TRUE;
}

/* libidn2's own texts go through gettext, which would open files in the jail. */
static const struct {
  int status;
  const char *reason;
} idna_reasons[] = {
    {IDN2_TOO_BIG_LABEL, "one of its labels is longer than the 63 characters of the DNS"},
    {IDN2_PUNYCODE_BIG_OUTPUT, "one of its labels is longer than the 63 characters of the DNS"},
    {IDN2_TOO_BIG_DOMAIN, "it is longer than the 253 characters of the DNS"},
    {IDN2_PUNYCODE_BAD_INPUT, "its label that begins with \"xn--\" is not one of IDNA's"},
    {IDN2_INVALID_ALABEL, "its label that begins with \"xn--\" is not one of IDNA's"},
    {IDN2_ALABEL_ROUNDTRIP_FAILED, "its label that begins with \"xn--\" is not one of IDNA's"},
    {IDN2_UALABEL_MISMATCH, "its label that begins with \"xn--\" is not one of IDNA's"},
    {IDN2_INVALID_NONTRANSITIONAL, "its label that begins with \"xn--\" is not one of IDNA's"},
    {IDN2_LEADING_COMBINING, "one of its labels begins with a combining mark"},
    {IDN2_DISALLOWED, "it has a character that IDNA disallows, such as an emoji or a symbol; "
                      "write it with letters and digits of its language"},
    {IDN2_UNASSIGNED, "it has a character that Unicode did not know yet when IDNA was made"},
    {IDN2_CONTEXTJ, "it has an invisible joiner where its script has none"},
    {IDN2_CONTEXTO, "it has a character that IDNA allows between certain letters only, such as "
                    "the middle dot in \"l·l\""},
    {IDN2_BIDI, "it mixes letters that run from right to left with others in one label"},
};

static gboolean refuse_idna(const Place *place, int status)
{
  const char *reason = "IDNA (RFC 5891) does not allow it";
  for (guint i = 0; i < G_N_ELEMENTS(idna_reasons); i++)
    if (idna_reasons[i].status == status)
      reason = idna_reasons[i].reason;
  return refuse(place, "%s", reason);
}

int names_decode_label(const char *label, char **ret_unicode)
{
  char *decoded = NULL;
  guint8 *registered = NULL;
  int status = idn2_to_unicode_8z8z(label, &decoded, 0);
  if (status == IDN2_OK)
    status = idn2_register_u8((const guint8 *)decoded, (const guint8 *)label, &registered,
                              IDN2_NFC_INPUT);
  if (status == IDN2_OK)
    *ret_unicode = g_strdup(decoded);
  idn2_free(decoded);
  idn2_free(registered);
  return status;
}

/* The label's form for people. */
static gboolean decode_label(const Place *place, const char *label, GString *unicode)
{
  if (!g_str_has_prefix(label, "xn--")) {
    g_string_append(unicode, label);
    return TRUE;
  }
  g_autofree char *decoded = NULL;
  int status = names_decode_label(label, &decoded);
  if (status != IDN2_OK)
    return refuse_idna(place, status);
  g_string_append(unicode, decoded);
  return TRUE;
}

static gboolean check_labels(const Place *place, const char *ascii, GString *unicode)
{
  g_auto(GStrv) labels = g_strsplit(ascii, ".", -1);
  for (guint i = 0; labels[i] != NULL; i++) {
    if (i > 0)
      g_string_append_c(unicode, '.');
    if (!check_label(place, labels[i]) || !decode_label(place, labels[i], unicode))
      return FALSE;
  }
  return TRUE;
}

/* HOST in A-labels and lower case, or NULL with a fault. */
static char *map_to_ascii(const Place *place, const char *host)
{
  char *mapped = NULL;
  int status = idn2_to_ascii_8z(host, &mapped, IDN2_NONTRANSITIONAL);
  char *ascii = status == IDN2_OK ? g_ascii_strdown(mapped, -1) : NULL;
  idn2_free(mapped);
  if (ascii == NULL)
    refuse_idna(place, status);
  return ascii;
}

static gboolean check_typed(const Place *place, const char *host)
{
  if (*host == '\0')
    return refuse(place, "it is empty; write one such as www.abc.com");
  if (!g_utf8_validate(host, -1, NULL))
    return refuse(place, "it is not UTF-8");
  if (strlen(host) > TYPED_BYTES_MAX)
    return refuse(place, "it is longer than the 253 characters of the DNS");
  if (!check_ascii(place, host))
    return FALSE;
  if (g_str_has_suffix(host, ".") && host[1] != '\0')
    return refuse(place, "it ends with a dot; leave that out");
  return TRUE;
}

/* ASCII labels first, before libidn2 says less of what is wrong with them. */
static gboolean check_plain_labels(const Place *place, const char *host)
{
  g_auto(GStrv) labels = g_strsplit(host, ".", -1);
  for (guint i = 0; labels[i] != NULL; i++)
    if (g_str_is_ascii(labels[i])) {
      g_autofree char *lower = g_ascii_strdown(labels[i], -1);
      if (!check_label(place, lower))
        return FALSE;
    }
  return TRUE;
}

gboolean names_convert_host(const char *host, gboolean wildcard, const char *shown,
                            GPtrArray *faults, guint line, char **ret_ascii, char **ret_unicode)
{
  const Place place = {shown, faults, line};
  if (!check_typed(&place, host) || !check_plain_labels(&place, host))
    return FALSE;
  g_autofree char *ascii = map_to_ascii(&place, host);
  if (ascii == NULL || !check_ascii(&place, ascii))
    return FALSE;
  if (g_str_has_suffix(ascii, "."))
    return refuse(&place, "it ends with a dot; leave that out");
  gsize length = strlen(ascii) + (wildcard ? strlen("*.") : 0);
  if (length > NAME_BYTES_MAX)
    return refuse(&place,
                  "it has %" G_GSIZE_FORMAT
                  " characters as it stands in the DNS; at most 253 are allowed",
                  length);
  g_autoptr(GString) unicode = g_string_new(NULL);
  if (!check_labels(&place, ascii, unicode))
    return FALSE;
  *ret_ascii = g_steal_pointer(&ascii);
  *ret_unicode = g_strdup(unicode->str);
  return TRUE;
}

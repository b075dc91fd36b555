#include "request/names-private.h"
#include "request/names.h"

/* IANA, "Special-Use Domain Names", with "arpa" for all that the registry has
 * below it, and "internal", which ICANN keeps for private use for good. */
static const NamesReserved reserved_names[] = {
    {"alt", "RFC 9476"},          {"arpa", "RFC 3172"},        {"example", "RFC 6761"},
    {"example.com", "RFC 6761"},  {"example.net", "RFC 6761"}, {"example.org", "RFC 6761"},
    {"internal", "ICANN SAC113"}, {"invalid", "RFC 6761"},     {"local", "RFC 6762"},
    {"localhost", "RFC 6761"},    {"onion", "RFC 7686"},       {"test", "RFC 6761"},
};

const NamesReserved *names_find_reserved(const char *ascii)
{
  for (guint i = 0; i < G_N_ELEMENTS(reserved_names); i++)
    if (names_is_under(ascii, reserved_names[i].suffix))
      return &reserved_names[i];
  return NULL;
}

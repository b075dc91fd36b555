/* Domain names as they may stand in a certificate: read, brought into one
 * form, and held against the rules (rules.md 15; Baseline Requirements 3.2.2
 * and 7.1.4; RFC 5890 for A-labels; UTS 46 for what a person types).
 *
 * Before the jail of a reader closes, names_preload() has to have been called:
 * the public suffix list is a file. Everything else here opens nothing. */
#ifndef CERTDROP_REQUEST_NAMES_H
#define CERTDROP_REQUEST_NAMES_H

#include <glib.h>

/* What a product's scope allows. */
typedef enum {
  NAMES_SCOPE_PUBLIC = 1, /* names of the public DNS */
  NAMES_SCOPE_INTERNAL,   /* also names outside it, single labels and IP addresses */
  NAMES_SCOPE_N
} NamesScope;

/* One name in its only form. Two names are the same if their `ascii` is. */
typedef struct {
  char *ascii;       /* lower case, A-labels, no final dot: "xn--bcher-kva.example",
                      * "*.abc.com", "192.0.2.1", "2001:db8::1" */
  char *unicode;     /* the same for people: "bücher.example" */
  gboolean wildcard; /* ascii begins with "*." */
  gboolean address;  /* an IP address, as inet_ntop() writes it */
} NamesName;

/* Loads the public suffix list: the installed one, or libpsl's own if that is
 * newer. Call it once for each process, before the first names_parse(), before
 * any other thread and before the jail. Calling it again does nothing.
 * Fails with CERTDROP_ERROR_IO if there is no list. */
gboolean names_preload(GError **error);

/* Reads TEXT, a name without blanks around it, and checks it for SCOPE.
 * OWN_SUFFIXES (NULL-terminated, or NULL for none; each from
 * names_parse_suffix()) are the operator's own: names under them may be
 * reserved ones and have any top-level domain.
 *
 * Returns the name, or NULL after it added one fault for LINE to FAULTS:
 *   domain-syntax          not a domain name: empty or overlong labels, a final
 *                          dot, underscores, characters that IDNA does not take,
 *                          an A-label that is none, an address that is none
 *   domain-address         an IP address            (public scope)
 *   domain-single-label    one label                (public scope)
 *   domain-reserved        special-use, never in the public DNS   (public scope)
 *   domain-unknown-suffix  no such top-level domain               (public scope)
 *   domain-public-suffix   the name is itself a suffix under which registries
 *                          sell names, such as co.uk. A suffix of the list's
 *                          private section, such as github.io, has an owner who
 *                          may ask for it
 *   domain-wildcard        "*" elsewhere than as the whole left label, or
 *                          directly on a suffix of either section or a single label
 * The last two hold in both scopes; in the public one "com" is a public suffix and
 * "server" a single label, in the internal one both are hosts. Reserved names that
 * are let through are no suffixes, whatever the list says of "home.arpa". */
NamesName *names_parse(const char *text, NamesScope scope, const char *const *own_suffixes,
                       GPtrArray *faults, guint line);

/* Reads a domain suffix of the configuration ("example.test", "bücher.example",
 * "corp") into the form that names_parse() and names_is_under() want. No
 * wildcard, no address. Fails with CERTDROP_ERROR_CONFIGURATION. */
char *names_parse_suffix(const char *text, GError **error);

/* Whether NAME (ascii, may be a wildcard) is SUFFIX or lies under it, label by
 * label: "a.abc.com" and "*.abc.com" lie under "abc.com", "xabc.com" does not. */
gboolean names_is_under(const char *name, const char *suffix);

/* The same for a NULL-terminated list; NULL is an empty list. */
gboolean names_is_under_any(const char *name, const char *const *suffixes);

/* Compares two lists of names without regard to order, repeats and ASCII case,
 * such as those of a CSR (FOUND) with those of an application (WANTED); both
 * NULL-terminated. TRUE if they are the same. What is only in one of them goes
 * to *RET_MISSING (not found) and *RET_EXTRA (not wanted), each sorted, lower
 * case, to be freed with g_strfreev(), empty if there are none. Both are set in
 * either case; each may be NULL. */
gboolean names_lists_equal(const char *const *wanted, const char *const *found, char ***ret_missing,
                           char ***ret_extra);

/* Orders names as they stand in lists: by label from the right, so that a
 * domain's names stand together, its wildcard first. For qsort() of char *. */
int names_compare(const void *left, const void *right);

/* The form for people of a name in A-labels: "bücher.example" of
 * "xn--bcher-kva.example". NULL where that is the same, or where it could be taken for
 * another name (scripts that no language mixes, Cyrillic that looks Latin): show it
 * beside the name, never instead. The caller frees it. */
char *names_readable(const char *ascii);

/* TEXT as fault texts quote it, when it comes from outside: valid UTF-8 on one
 * line, control characters and those that cannot be seen as "\\u{200B}", cut
 * after 80 characters. The caller frees it. */
char *names_quote(const char *text);

void names_name_free(NamesName *name);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NamesName, names_name_free)

#endif

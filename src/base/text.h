/* Small pieces of text that more than one room writes the same way. */
#ifndef CERTDROP_BASE_TEXT_H
#define CERTDROP_BASE_TEXT_H

#include <glib.h>

/* Money is counted in hundredths of its currency. Reads "3600.00": digits, a
 * point, two decimals. FALSE where TEXT is anything else or over 10^12. */
gboolean text_parse_money(const char *text, gint64 *ret_cents);

/* CENTS as "3600.00"; the caller frees it. */
char *text_format_money(gint64 cents);

/* BYTES in hexadecimal, lower case; the caller frees it. */
char *text_format_hex(const guint8 *bytes, gsize length);

/* The SHA-256 of BYTES in lower-case hexadecimal; the caller frees it. */
char *text_sha256(const void *bytes, gsize length);

/* A file's NAME as certdrop keeps it: unchanged where it is UTF-8 without
 * control characters or direction marks and of at most 200 bytes; else made so, shortened, with
 * part of its SHA-256 to tell it from others (rules.md 6). The caller frees it. */
char *text_safe_file_name(const char *name);

/* NAME with ".N" before its extension ("monday.2.xml"; ".tar.gz" is one
 * extension); N below 2 leaves it. The caller frees it (rules.md 6). */
char *text_number_file_name(const char *name, guint number);

/* All but the last CHARACTERS characters of TEXT replaced, for personal data on
 * pages ("••••••4321"); at least half is always replaced. The caller frees it. */
char *text_mask(const char *text, guint characters);

/* TEXT, which is UTF-8, with nothing in it that a page could not show: control
 * characters are left out except the ends of lines, blanks around it too. The caller frees it. */
char *text_make_readable(const char *text);

/* That of NAMES (NULL-terminated) which NAME was probably meant to be, or NULL. */
const char *text_nearest(const char *name, const char *const *names);

#endif

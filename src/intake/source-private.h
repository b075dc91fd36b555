/* Where a document's characters come from: an open file or bytes in memory,
 * decoded into UTF-8 before libxml2 sees them. So the parser needs no
 * converter of its own (iconv loads those from files, which a reader can't),
 * and each refused byte has its line.
 *
 * On the way the raw bytes are hashed, and searched for secrets (secrets.h). */
#ifndef CERTDROP_INTAKE_SOURCE_PRIVATE_H
#define CERTDROP_INTAKE_SOURCE_PRIVATE_H

#include <glib.h>

typedef struct Source Source;

/* Bytes that one tag, comment or text between two tags may have. It also keeps
 * short what libxml2 compares each with each: the attributes of a tag. */
#define SOURCE_TOKEN_LIMIT ((gsize)256 << 10)

/* The bytes of the open file FD from its start, whatever its offset, or LENGTH bytes in
 * memory. Both are borrowed. */
Source *source_new(int fd);
Source *source_new_memory(const void *bytes, gsize length);

/* The first bytes, at most LENGTH of them; nothing is consumed. The number that
 * there are, or -1 if the file cannot be read. */
gssize source_peek(const Source *source, guint8 *ret_bytes, gsize length);

/* Does without the search for secrets: somebody else has made it. */
void source_skip_secrets(Source *source);

/* From here on the source ends with a fault (CODE, TEXT) beyond LIMIT bytes. */
void source_limit(Source *source, gsize limit, const char *code, const char *text);

/* Reads text as UTF-8 without a byte order mark from DATA, a Source: an xmlInputReadCallback. 0 at
 * the end, -1 where a fault ends it. */
int source_read(void *data, char *buffer, int length);

/* Tells that a tag, comment or text has ended. */
void source_mark(Source *source);

/* Whether the last byte has been handed out. */
gboolean source_is_at_end(const Source *source);

/* Whether a fault ended it early. */
gboolean source_has_fault(const Source *source);

/* Whether the last character lacks some of its bytes. */
gboolean source_is_cut(const Source *source);

/* If a fault ended the source (encoding, xml-limits, file-size, file-unreadable),
 * adds it to FAULTS and returns TRUE. */
gboolean source_add_fault(const Source *source, GPtrArray *faults);

/* Reads what is left up to LIMIT bytes of all, for the hash. FALSE if the file cannot be read. */
gboolean source_drain(Source *source, gsize limit);

/* Of all bytes, once they were read or drained: the SHA-256 in hexadecimal (the
 * caller frees it), and whether there was a secret among them (to be asked once). */
char *source_sha256(Source *source);
gboolean source_has_secrets(Source *source);

void source_free(Source *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Source, source_free)

#endif

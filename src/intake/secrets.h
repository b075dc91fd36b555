/* Blanks what is secret in the bytes of a document, so that the copy that is
 * kept (inbox/done, inbox/rejected; rules.md 8) holds no key and no passphrase:
 *
 *   - everything between <privateKey …> and </privateKey>, with any prefix,
 *     markup and all; up to the end if the end tag does not come,
 *   - the values of attributes named passphrase or password, with any prefix,
 *   - what stands in a PEM block of a private key (-----BEGIN … PRIVATE KEY-----
 *     up to its END line), wherever it stands.
 *
 * Comments, CDATA sections, processing instructions and plain text are searched
 * for the same three. Each blanked character becomes "x", line ends stay as they
 * are: so the length stays, every fault's line number stays, and a well-formed
 * document stays well formed. A document without secrets stays the same byte for
 * byte. Names are case-sensitive, as in XML; a name's prefix has at most 128
 * characters. Of a document that is not well formed as much is blanked as can be
 * told from its text, rather more than less. Characters of these marks written
 * as references (&#45;) are not seen through.
 *
 * Encodings: UTF-8 and all others that hold ASCII as single bytes; UTF-16 and
 * UTF-32 of both byte orders, told by a byte order mark or by the first character.
 *
 * The document is fed in pieces of any size; memory does not depend on it. */
#ifndef CERTDROP_INTAKE_SECRETS_H
#define CERTDROP_INTAKE_SECRETS_H

#include <glib.h>

typedef struct SecretsBlanker SecretsBlanker;

SecretsBlanker *secrets_blanker_new(void);

/* Takes LENGTH bytes and appends to OUT as many as can be told of so far: a few
 * hundred may be held back until the next call. */
void secrets_blanker_feed(SecretsBlanker *blanker, const guint8 *bytes, gsize length,
                          GByteArray *out);

/* Appends what was held back. All bytes that went in have then come out. The
 * blanker takes no more. */
void secrets_blanker_finish(SecretsBlanker *blanker, GByteArray *out);

/* Whether anything was blanked so far. Final after secrets_blanker_finish(). */
gboolean secrets_blanker_found(const SecretsBlanker *blanker);

/* Wipes what was held back, too. */
void secrets_blanker_free(SecretsBlanker *blanker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SecretsBlanker, secrets_blanker_free)

/* All of it in one call, for a document in memory: returns LENGTH bytes. */
GByteArray *secrets_blank(const guint8 *bytes, gsize length, gboolean *ret_found);

#endif

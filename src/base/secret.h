/* Bytes that nobody else may see: keys, passphrases. They lie in OpenSSL's secure heap
 * (pki_init() sets it up: not swapped where the limits allow it, never in a core dump)
 * and are wiped when freed. */
#ifndef CERTDROP_BASE_SECRET_H
#define CERTDROP_BASE_SECRET_H

#include <glib.h>

/* DATA[LENGTH] is 0, so that text can be used as a string. */
typedef struct {
  guint8 *data;
  gsize length;
} Secret;

/* A secret of LENGTH zero bytes to be filled by the caller. Aborts when the
 * secure heap is full, as GLib does for its own. */
Secret *secret_new(gsize length);

/* A secret with a copy of LENGTH bytes at DATA. */
Secret *secret_new_copy(gconstpointer data, gsize length);

/* Wipes and frees; NULL is allowed. */
void secret_free(Secret *secret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Secret, secret_free)

#endif

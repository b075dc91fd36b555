/* What orders and certificates are called. An order has the reference that its sender
 * chose, "PO-4711"; its certificates are "PO-4711.1", "PO-4711.2", …. An automatic
 * renewal is order and certificate at once: "ROOT-rN", ROOT the ID of the first
 * certificate of the line, N counted on from there: "PO-4711.1-r2". */
#ifndef CERTDROP_REQUEST_IDS_H
#define CERTDROP_REQUEST_IDS_H

#include <glib.h>

/* The ID of the certificate at POSITION, from 1, of the order ORDER. The caller frees it. */
char *ids_certificate(const char *order, gint64 position);

/* The ID of the N-th automatic renewal of the line that began with the certificate ROOT.
 * The caller frees it. */
char *ids_renewal(const char *root, gint64 n);

/* The certificate that NAME means in a document: an ID as it is; of an order "PO-1" its
 * first certificate, "PO-1.1"; of "PO-1-r2" the renewal "PO-1.1-r2". The caller frees it. */
char *ids_certificate_meant(const char *name);

/* The order that NAME, an order or a certificate, belongs to. The caller frees it. */
char *ids_order_of(const char *name);

/* Which of its order's certificates ID is, from 1. */
gint64 ids_position(const char *id);

/* The first certificate of the line that ID belongs to: ID itself, unless it is an
 * automatic renewal; *RET_N, unless NULL, becomes its number in the line, else 0. The
 * caller frees it. */
char *ids_root(const char *id, gint64 *ret_n);

/* Whether NAME has the form of an automatic renewal, or of a certificate with its
 * position: what a reference chosen by a sender must not have (rules.md 2). */
gboolean ids_is_renewal(const char *name);
gboolean ids_has_position(const char *name);

#endif

/* What keeper and reader say to each other over their socket (a stream, of the
 * same machine and the same binary).
 *
 * To the reader: a WireOrder with the file's descriptor, for each file. From the
 * reader, frames, each a WireHeader and its bytes:
 *   READY   once: the jail is closed
 *   FAILED  instead of it: why it cannot be (text)
 *   BATCH   request_file_to_bytes(), before the items of a batch
 *   ITEM    request_item_to_bytes(), none or more for each file
 *   FILE    request_file_to_bytes(), the last for each file
 * Files are answered in the order in which they were ordered.
 *
 * A private key goes another way, a second socket, on which nothing else is sent: so
 * it never lies in a buffer that grows, is moved about and is not wiped. It is sent before
 * its ITEM, which says how long it is, and read straight into a Secret. */
#ifndef CERTDROP_INTAKE_WIRE_PRIVATE_H
#define CERTDROP_INTAKE_WIRE_PRIVATE_H

#include "base/secret.h"

#define WIRE_MAGIC 0x63645231u        /* "cdR1" */
#define WIRE_LENGTH_LIMIT (64u << 20) /* bytes of one frame */
#define WIRE_READER_SOCKET 3          /* the reader's descriptors, but for its files … */
#define WIRE_READER_KEYS 4            /* … which are sockets */
#define WIRE_EXIT_MEMORY 71           /* a reader's exit status: out of memory */

typedef enum {
  WIRE_TYPE_READY = 1,
  WIRE_TYPE_FAILED,
  WIRE_TYPE_BATCH,
  WIRE_TYPE_ITEM,
  WIRE_TYPE_FILE,
  WIRE_TYPE_N
} WireType;

typedef struct {
  guint32 ticket; /* the file's number, which its answers repeat */
} WireOrder;

typedef struct {
  guint32 magic;
  guint32 type; /* WireType */
  guint32 ticket;
  guint32 length; /* of the bytes that follow */
} WireHeader;

/* Sends an order with the descriptor FD, which stays open here. FALSE with errno set. */
gboolean wire_send_order(int socket, guint32 ticket, int fd);

/* Waits for the next order. FALSE at the end of all orders. */
gboolean wire_receive_order(int socket, guint32 *ret_ticket, int *ret_fd);

/* Appends a frame to BUFFER. */
void wire_append(GByteArray *buffer, WireType type, guint32 ticket, const void *bytes,
                 gsize length);

/* Sends all of BUFFER and empties it. FALSE if nobody listens any more. */
gboolean wire_flush(int socket, GByteArray *buffer);

/* Sends SECRET whole. FALSE if nobody listens any more. */
gboolean wire_send_secret(int socket, const Secret *secret);

/* The secret of LENGTH bytes that was sent before. NULL if there are fewer. */
Secret *wire_receive_secret(int socket, gsize length);

#endif

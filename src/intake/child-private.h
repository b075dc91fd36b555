/* One reader process, seen from the keeper. */
#ifndef CERTDROP_INTAKE_CHILD_PRIVATE_H
#define CERTDROP_INTAKE_CHILD_PRIVATE_H

#include <glib.h>
#include <sys/types.h>

#include "intake/wire-private.h"

typedef struct {
  pid_t pid;
  int socket;
  int keys; /* the socket for private keys */
  GByteArray *received;
  gsize taken; /* bytes of it that were handed out */
} Child;

/* Starts a reader: this binary executed anew, with nothing but a socket. NULL with
 * ERROR set (CERTDROP_ERROR_IO). */
Child *child_start(GError **error);

/* What child_receive() found. */
typedef enum {
  CHILD_EVENT_NOTHING = 1, /* the time is over */
  CHILD_EVENT_SIGNAL,      /* a signal came */
  CHILD_EVENT_BYTES,
  CHILD_EVENT_END, /* the reader has closed its socket, or died */
  CHILD_EVENT_N
} ChildEvent;

/* Waits up to TIMEOUT_MS milliseconds for what the reader says. */
ChildEvent child_receive(Child *child, int timeout_ms);

/* Takes the next whole frame from what was received: its header, and its bytes, which stay
 * where they are until the next call. Returns 1; 0 where none is whole yet; -1
 * where it is no frame of the protocol. */
int child_take(Child *child, WireHeader *ret_header, const guint8 **ret_bytes);

/* Processor time that the reader has used, in microseconds. */
gint64 child_cpu_time(const Child *child);

/* Ends the reader, however it is, and frees CHILD. Returns its wait status, -1 if it could not
 * be had. */
int child_end(Child *child);

#endif

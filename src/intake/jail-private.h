/* The jail of a reader: after jail_close() the process can compute, use the memory that
 * it is allowed, read the files that are handed to it and answer. It can open,
 * make, run and connect to nothing. */
#ifndef CERTDROP_INTAKE_JAIL_PRIVATE_H
#define CERTDROP_INTAKE_JAIL_PRIVATE_H

#include <glib.h>

/* Closes the jail, for good. SOCKET and KEYS are the only descriptors that may be written to.
 * Landlock is used where the kernel has it; everything else must work: FALSE
 * with ERROR set (CERTDROP_ERROR_IO) where it does not, and the process must end. */
gboolean jail_close(int socket, int keys, GError **error);

#endif

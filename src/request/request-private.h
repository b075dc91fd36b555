/* What the files of the request share. */
#ifndef CERTDROP_REQUEST_PRIVATE_H
#define CERTDROP_REQUEST_PRIVATE_H

#include "request/request.h"

/* Whether ITEM, which came from a reader, has what the rules rely on, and nothing
 * in its body could lead out of the folders that paths are made in. */
gboolean request_body_is_safe(const RequestItem *item);

/* Whether each of FAULTS, or of NULL, has what all rely on. */
gboolean fault_array_is_whole(const GPtrArray *faults);

#endif

/* What the files of names share. */
#ifndef CERTDROP_REQUEST_NAMES_PRIVATE_H
#define CERTDROP_REQUEST_NAMES_PRIVATE_H

#include <glib.h>

typedef struct {
  const char *suffix;    /* A-labels, lower case */
  const char *reference; /* the document that reserves it, such as "RFC 6761" */
} NamesReserved;

/* The special-use name that ASCII is or lies under, or NULL. */
const NamesReserved *names_find_reserved(const char *ascii);

/* Brings HOST, a name without "*.", into A-labels (*RET_ASCII) and U-labels
 * (*RET_UNICODE), in lower case, and checks each label and all lengths; WILDCARD
 * counts the two characters of "*.". Or adds a fault domain-syntax about SHOWN,
 * which is the whole name as names_quote() writes it. */
gboolean names_convert_host(const char *host, gboolean wildcard, const char *shown,
                            GPtrArray *faults, guint line, char **ret_ascii, char **ret_unicode);

/* The U-label of LABEL, an A-label, which has to be exactly what RFC 5891 makes of it,
 * contextual rules and direction included. Returns libidn2's status; *RET_UNICODE is
 * set where that is IDN2_OK. */
int names_decode_label(const char *label, char **ret_unicode);

#endif

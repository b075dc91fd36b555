/* What is wrong with a user's document, as data: a stable code, the place, and
 * a sentence that says what is wrong and how to mend it. Faults are collected,
 * never printed, by the rooms; receipts, error files and `check` show them. */
#ifndef CERTDROP_REQUEST_FAULT_H
#define CERTDROP_REQUEST_FAULT_H

#include "request/record.h"

typedef struct {
  char *code;    /* one of fault_codes[], e.g. "payment-amount" */
  gint64 line;   /* line in the document, 0 where there is none */
  char *element; /* name of the element or attribute's element, or NULL */
  char *text;    /* what is wrong, and how to mend it; one line of UTF-8 */
} Fault;

typedef struct {
  const char *code;
  const char *title; /* a few words for schemas/README.md and the help */
} FaultCode;

/* Every code there is, sorted, ended by a NULL code. schemas/README.md lists
 * the same; a test compares them. */
extern const FaultCode fault_codes[];

/* Appends a fault to FAULTS (a GPtrArray of Fault with fault_free). CODE must
 * stand in fault_codes[]: anything else is a bug and aborts. */
void fault_add(GPtrArray *faults, const char *code, guint line, const char *element,
               const char *text_format, ...) G_GNUC_PRINTF(5, 6);

/* How a fault travels and is stored. */
extern const RecordType fault_record;

/* A new, empty array for fault_add(). */
GPtrArray *fault_array_new(void);

void fault_free(Fault *fault);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fault, fault_free)

#endif

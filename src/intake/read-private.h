/* A whole file, as a reader reads it. */
#ifndef CERTDROP_INTAKE_READ_PRIVATE_H
#define CERTDROP_INTAKE_READ_PRIVATE_H

#include "intake/schema-private.h"
#include "request/request.h"

/* Who takes what is read; all stays the caller's. */
typedef struct {
  void (*batch)(const RequestFile *file, gpointer data); /* before the items of a batch */
  void (*item)(const RequestItem *item, gpointer data);
} ReadSink;

/* Reads the open file FD from its start: an XML document or a package. What is in it is
 * handed to SINK with DATA, in the file's order. Returns what is to be said of the file as a
 * whole: with faults there were no items, unless the file changed while it was
 * read. The caller frees it. */
RequestFile *read_file(Schema *schema, int fd, const ReadSink *sink, gpointer data);

/* What can be said of FD without understanding it: its hash, and whether there is a
 * secret among its bytes. */
void read_raw(int fd, RequestFile *file);

#endif

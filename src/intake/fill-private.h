/* From a valid element to its struct, by the table that describes the struct
 * (request/record.h). One function for all kinds of document. */
#ifndef CERTDROP_INTAKE_FILL_PRIVATE_H
#define CERTDROP_INTAKE_FILL_PRIVATE_H

#include "intake/schema-private.h"
#include "request/record.h"

/* A new struct of RECORD with what ELEMENT, which is valid as TYPE, says. The caller frees
 * it with record_free(). */
gpointer fill_record(const RecordType *record, const SchemaType *type, const xmlNode *element);

#endif

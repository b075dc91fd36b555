#include "request/kinds.h"

static const RecordField fields[] = {
    RECORD_FIELD(RequestDeletion, ref, "ref", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestDeletion, certificate, "certificate", TEXT, ATTRIBUTE),
    RECORD_FIELDS_END,
};

const RecordType request_deletion_record = {"deletion", sizeof(RequestDeletion), fields};

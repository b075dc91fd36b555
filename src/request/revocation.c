#include "request/kinds.h"

static const RecordField fields[] = {
    RECORD_FIELD(RequestRevocation, ref, "ref", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestRevocation, certificate, "certificate", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestRevocation, reason, "reason", TEXT, ATTRIBUTE),
    RECORD_FIELDS_END,
};

const RecordType request_revocation_record = {"revocation", sizeof(RequestRevocation), fields};

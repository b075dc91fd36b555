#include "request/kinds.h"

static const RecordField fields[] = {
    RECORD_FIELD(RequestIssuance, line, "line", NUMBER, LINE),
    RECORD_FIELD(RequestIssuance, ref, "ref", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestIssuance, certificate, "certificate", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestIssuance, chain, "chain", TEXT, CONTENT),
    RECORD_FIELD_OF(RequestIssuance, leaf, "leaf", ONE, NOWHERE, &request_certificate_record),
    RECORD_FIELDS_END,
};

const RecordType request_issuance_record = {"issuance", sizeof(RequestIssuance), fields};

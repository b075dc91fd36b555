#include "request/fault.h"
#include "request/kinds.h"

static const RecordField fields[] = {
    RECORD_FIELD(RequestCertificate, der, "der", BYTES, NOWHERE),
    RECORD_FIELD(RequestCertificate, chain, "chain", BYTES, NOWHERE),
    RECORD_FIELD(RequestCertificate, issuer, "issuer", TEXT, NOWHERE),
    RECORD_FIELD(RequestCertificate, serial, "serial", TEXT, NOWHERE),
    RECORD_FIELD(RequestCertificate, sha256, "sha256", TEXT, NOWHERE),
    RECORD_FIELD(RequestCertificate, spki_sha256, "spkiSha256", TEXT, NOWHERE),
    RECORD_FIELD(RequestCertificate, key_kind, "keyKind", TEXT, NOWHERE),
    RECORD_FIELD(RequestCertificate, names, "names", TEXTS, NOWHERE),
    RECORD_FIELD(RequestCertificate, not_before, "notBefore", NUMBER, NOWHERE),
    RECORD_FIELD(RequestCertificate, not_after, "notAfter", NUMBER, NOWHERE),
    RECORD_FIELD_OF(RequestCertificate, warnings, "warnings", MANY, NOWHERE, &fault_record),
    RECORD_FIELDS_END,
};

const RecordType request_certificate_record = {"certificate", sizeof(RequestCertificate), fields};

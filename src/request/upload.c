#include "request/kinds.h"

/* The private key and the passwords are no fields: secrets cross between the
 * processes in a buffer of their own. */
static const RecordField pkcs12_fields[] = {
    RECORD_FIELD(RequestPkcs12, file, "file", TEXT, ATTRIBUTE),
    RECORD_FIELDS_END,
};
static const RecordType pkcs12_record = {"pkcs12", sizeof(RequestPkcs12), pkcs12_fields};

static const RecordField fields[] = {
    RECORD_FIELD(RequestUpload, line, "line", NUMBER, LINE),
    RECORD_FIELD(RequestUpload, ref, "ref", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestUpload, name, "name", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestUpload, certificate, "certificate", TEXT, CHILD),
    RECORD_FIELD_OF(RequestUpload, pkcs12, "pkcs12", ONE, CHILD, &pkcs12_record),
    RECORD_FIELD_OF(RequestUpload, leaf, "leaf", ONE, NOWHERE, &request_certificate_record),
    RECORD_FIELDS_END,
};

const RecordType request_upload_record = {"upload", sizeof(RequestUpload), fields};

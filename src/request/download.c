#include "request/kinds.h"

static const RecordField fields[] = {
    RECORD_FIELD(RequestDownload, ref, "ref", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestDownload, certificate, "certificate", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestDownload, formats, "format", TEXTS, CHILDREN),
    RECORD_FIELD(RequestDownload, recipient, "recipient", TEXT, CHILD),
    RECORD_FIELD(RequestDownload, profile, "profile", TEXT, ATTRIBUTE),
    RECORD_FIELDS_END,
};

const RecordType request_download_record = {"download", sizeof(RequestDownload), fields};

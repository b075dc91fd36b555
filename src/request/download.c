#include "request/kinds.h"

static const RecordField recipient_fields[] = {
    RECORD_FIELD(RequestRecipient, der, "der", BYTES, NOWHERE),
    RECORD_FIELD(RequestRecipient, subject, "subject", TEXT, NOWHERE),
    RECORD_FIELD(RequestRecipient, not_before, "notBefore", NUMBER, NOWHERE),
    RECORD_FIELD(RequestRecipient, not_after, "notAfter", NUMBER, NOWHERE),
    RECORD_FIELDS_END,
};
static const RecordType recipient_record = {"recipient", sizeof(RequestRecipient),
                                            recipient_fields};

static const RecordField fields[] = {
    RECORD_FIELD(RequestDownload, line, "line", NUMBER, LINE),
    RECORD_FIELD(RequestDownload, ref, "ref", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestDownload, certificate, "certificate", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestDownload, formats, "format", TEXTS, CHILDREN),
    RECORD_FIELD(RequestDownload, recipient, "recipient", TEXT, CHILD),
    RECORD_FIELD_OF(RequestDownload, own, "own", ONE, NOWHERE, &recipient_record),
    RECORD_FIELD(RequestDownload, profile, "profile", TEXT, ATTRIBUTE),
    RECORD_FIELDS_END,
};

const RecordType request_download_record = {"download", sizeof(RequestDownload), fields};

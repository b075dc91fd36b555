#include "request/kinds.h"

static const RecordField fields[] = {
    RECORD_FIELD(RequestReview, ref, "ref", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestReview, certificate, "certificate", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestReview, application, "application", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestReview, decision, "decision", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestReview, reviewer, "reviewer", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestReview, comment, "comment", TEXT, CHILD),
    RECORD_FIELDS_END,
};

const RecordType request_review_record = {"review", sizeof(RequestReview), fields};

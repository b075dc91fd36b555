#include "request/kinds.h"

static const RecordField fields[] = {
    RECORD_FIELD(RequestRenewal, ref, "ref", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestRenewal, certificate, "certificate", TEXT, ATTRIBUTE),
    RECORD_FIELD_DEFAULT(RequestRenewal, years, "years", NUMBER, CHILD, 1),
    RECORD_FIELD_OF(RequestRenewal, payment, "payment", ONE, CHILD, &request_payment_record),
    RECORD_FIELDS_END,
};

const RecordType request_renewal_record = {"renewal", sizeof(RequestRenewal), fields};

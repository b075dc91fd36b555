#include "request/kinds.h"

static const RecordField fields[] = {
    RECORD_FIELD(RequestPayment, ref, "ref", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestPayment, order, "order", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestPayment, reference, "reference", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestPayment, amount, "amount", MONEY, ATTRIBUTE),
    RECORD_FIELD(RequestPayment, currency, "currency", TEXT, ATTRIBUTE),
    RECORD_FIELDS_END,
};

const RecordType request_payment_record = {"payment", sizeof(RequestPayment), fields};

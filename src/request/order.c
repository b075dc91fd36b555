#include "request/kinds.h"

static const RecordField fields[] = {
    RECORD_FIELD(RequestOrder, line, "line", NUMBER, LINE),
    RECORD_FIELD(RequestOrder, ref, "ref", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestOrder, product, "product", TEXT, CHILD),
    RECORD_FIELD_DEFAULT(RequestOrder, quantity, "quantity", NUMBER, CHILD, 1),
    RECORD_FIELD_DEFAULT(RequestOrder, years, "years", NUMBER, CHILD, 1),
    RECORD_FIELD(RequestOrder, name_count, "nameCount", NUMBER, CHILD),
    RECORD_FIELD(RequestOrder, auto_renew, "autoRenew", FLAG, CHILD),
    RECORD_FIELD_OF(RequestOrder, payment, "payment", ONE, CHILD, &request_payment_record),
    RECORD_FIELD_OF(RequestOrder, application, "application", ONE, CHILD,
                    &request_application_record),
    RECORD_FIELDS_END,
};

const RecordType request_order_record = {"order", sizeof(RequestOrder), fields};

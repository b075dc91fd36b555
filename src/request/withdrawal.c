#include "request/kinds.h"

static const RecordField fields[] = {
    RECORD_FIELD(RequestWithdrawal, ref, "ref", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestWithdrawal, certificate, "certificate", TEXT, ATTRIBUTE),
    RECORD_FIELDS_END,
};

const RecordType request_withdrawal_record = {"withdrawal", sizeof(RequestWithdrawal), fields};

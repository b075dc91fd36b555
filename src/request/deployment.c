#include "request/kinds.h"

static const RecordField target_fields[] = {
    RECORD_FIELD(RequestTarget, line, "line", NUMBER, LINE),
    RECORD_FIELD(RequestTarget, product, "product", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestTarget, regions, "region", TEXTS, CHILDREN),
    RECORD_FIELDS_END,
};
static const RecordType target_record = {"target", sizeof(RequestTarget), target_fields};

static const RecordField fields[] = {
    RECORD_FIELD(RequestDeployment, ref, "ref", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestDeployment, certificate, "certificate", TEXT, ATTRIBUTE),
    RECORD_FIELD_OF(RequestDeployment, targets, "target", MANY, CHILDREN, &target_record),
    RECORD_FIELDS_END,
};

/* An undeployment names the same things. */
const RecordType request_deployment_record = {"deployment", sizeof(RequestDeployment), fields};
const RecordType request_undeployment_record = {"undeployment", sizeof(RequestDeployment), fields};

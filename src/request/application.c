#include "request/kinds.h"

static const RecordField applicant_fields[] = {
    RECORD_FIELD(RequestApplicant, name, "name", TEXT, CHILD),
    RECORD_FIELD(RequestApplicant, phone, "phone", TEXT, CHILD),
    RECORD_FIELD(RequestApplicant, email, "email", TEXT, CHILD),
    RECORD_FIELD(RequestApplicant, id_number, "idNumber", TEXT, CHILD),
    RECORD_FIELDS_END,
};
static const RecordType applicant_record = {"applicant", sizeof(RequestApplicant),
                                            applicant_fields};

static const RecordField location_fields[] = {
    RECORD_FIELD(RequestLocation, country, "country", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestLocation, province, "province", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestLocation, city, "city", TEXT, ATTRIBUTE),
    RECORD_FIELDS_END,
};
static const RecordType location_record = {"location", sizeof(RequestLocation), location_fields};

static const RecordField company_fields[] = {
    RECORD_FIELD(RequestCompany, name, "name", TEXT, CHILD),
    RECORD_FIELD(RequestCompany, type, "type", TEXT, CHILD),
    RECORD_FIELD(RequestCompany, phone, "phone", TEXT, CHILD),
    RECORD_FIELD(RequestCompany, organization_id, "organizationId", TEXT, CHILD),
    RECORD_FIELD_OF(RequestCompany, location, "location", ONE, CHILD, &location_record),
    RECORD_FIELD(RequestCompany, address, "address", TEXT, CHILD),
    RECORD_FIELD(RequestCompany, zip, "zip", TEXT, CHILD),
    RECORD_FIELDS_END,
};
static const RecordType company_record = {"company", sizeof(RequestCompany), company_fields};

static const RecordField csr_fields[] = {
    RECORD_FIELD(RequestCsr, line, "line", NUMBER, LINE),
    RECORD_FIELD(RequestCsr, mode, "mode", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestCsr, key, "key", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestCsr, text, "text", TEXT, CONTENT),
    RECORD_FIELD(RequestCsr, der, "der", BYTES, NOWHERE),
    RECORD_FIELD(RequestCsr, spki_sha256, "spkiSha256", TEXT, NOWHERE),
    RECORD_FIELD(RequestCsr, key_kind, "keyKind", TEXT, NOWHERE),
    RECORD_FIELD(RequestCsr, names, "names", TEXTS, NOWHERE),
    RECORD_FIELDS_END,
};
static const RecordType csr_record = {"csr", sizeof(RequestCsr), csr_fields};

static const RecordField attachment_fields[] = {
    RECORD_FIELD(RequestAttachment, line, "line", NUMBER, LINE),
    RECORD_FIELD(RequestAttachment, kind, "kind", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestAttachment, file, "file", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestAttachment, media_type, "mediaType", TEXT, NOWHERE),
    RECORD_FIELD(RequestAttachment, extension, "extension", TEXT, NOWHERE),
    RECORD_FIELD(RequestAttachment, sha256, "sha256", TEXT, NOWHERE),
    RECORD_FIELD(RequestAttachment, bytes, "bytes", BYTES, NOWHERE),
    RECORD_FIELDS_END,
};
const RecordType request_attachment_record = {"attachment", sizeof(RequestAttachment),
                                              attachment_fields};

static const RecordField fields[] = {
    RECORD_FIELD(RequestApplication, line, "line", NUMBER, LINE),
    RECORD_FIELD(RequestApplication, ref, "ref", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestApplication, certificate, "certificate", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestApplication, action, "action", TEXT, ATTRIBUTE),
    RECORD_FIELD(RequestApplication, domains, "domains", TEXTS, CHILD),
    RECORD_FIELD_OF(RequestApplication, applicant, "applicant", ONE, CHILD, &applicant_record),
    RECORD_FIELD_OF(RequestApplication, company, "company", ONE, CHILD, &company_record),
    RECORD_FIELD_OF(RequestApplication, csr, "csr", ONE, CHILD, &csr_record),
    RECORD_FIELD_OF(RequestApplication, attachments, "attachments", MANY, CHILD,
                    &request_attachment_record),
    RECORD_FIELD(RequestApplication, download, "download", TEXTS, CHILD),
    RECORD_FIELDS_END,
};

const RecordType request_application_record = {"application", sizeof(RequestApplication), fields};

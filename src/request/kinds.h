/* The kinds of document, each a struct with a table of its fields in a file of
 * its own (order.c, application.c, …). To add a kind: a type in
 * schemas/documents.xsd, a row in kinds.c with its struct, one file in
 * lifecycle/, its example in commands/templates/new/, its tests. */
#ifndef CERTDROP_REQUEST_KINDS_H
#define CERTDROP_REQUEST_KINDS_H

#include "request/record.h"

typedef enum {
  REQUEST_KIND_ORDER = 1,
  REQUEST_KIND_PAYMENT,
  REQUEST_KIND_APPLICATION,
  REQUEST_KIND_WITHDRAWAL,
  REQUEST_KIND_REVIEW,
  REQUEST_KIND_ISSUANCE,
  REQUEST_KIND_UPLOAD,
  REQUEST_KIND_DOWNLOAD,
  REQUEST_KIND_DEPLOYMENT,
  REQUEST_KIND_UNDEPLOYMENT,
  REQUEST_KIND_RENEWAL,
  REQUEST_KIND_REVOCATION,
  REQUEST_KIND_DELETION,
  REQUEST_KIND_N
} RequestKind;

typedef struct {
  const char *name;         /* of the root element */
  const RecordType *record; /* the struct and its fields */
  const char *title;        /* for people: "Order" */
  gsize ref_offset;         /* where the struct has its `ref` */
  gboolean creates;         /* its `ref` names certificates (rules.md 2) */
} RequestKindInfo;

/* One row a kind, by RequestKind; row 0 is empty. */
extern const RequestKindInfo request_kinds[REQUEST_KIND_N];

/* The kind whose root element is NAME, or 0. */
RequestKind request_kind_from_name(const char *name);

/* A payment made with an order or a renewal, or for one. */
typedef struct {
  char *ref;       /* of a payment document; else NULL */
  char *order;     /* of a payment document; else NULL */
  char *reference; /* the payer's own */
  gint64 amount;   /* hundredths */
  char *currency;  /* ISO 4217 */
} RequestPayment;

typedef struct {
  char *name;
  char *phone;
  char *email;
  char *id_number;
} RequestApplicant;

typedef struct {
  char *country; /* ISO 3166-1 alpha-2 */
  char *province;
  char *city;
} RequestLocation;

typedef struct {
  char *name;
  char *type; /* private-organization, government-entity, … */
  char *phone;
  char *organization_id;
  RequestLocation *location;
  char *address;
  char *zip;
} RequestCompany;

/* The <csr> element. The reader fills what is below `text` from it. */
typedef struct {
  gint64 line;
  char *mode;        /* "automatic" or "manual" */
  char *key;         /* automatic: the key kind's name */
  char *text;        /* manual: what the applicant pasted */
  GBytes *der;       /* the PKCS#10 request */
  char *spki_sha256; /* of its SubjectPublicKeyInfo, hexadecimal */
  char *key_kind;    /* e.g. "rsa-2048"; of a size that has no name: "rsa" */
  char **names;      /* the SANs and the CN, lower case */
} RequestCsr;

/* One attachment. The reader fills what is below `file`. */
typedef struct {
  gint64 line;
  char *kind; /* confirmationLetter, qualification, identity */
  char *file; /* the member of the package */
  char *media_type;
  char *extension; /* of the media type: "png", "jpg" */
  char *sha256;
  GBytes *bytes;
} RequestAttachment;

typedef struct {
  gint64 line;
  char *ref;         /* NULL inside an order */
  char *certificate; /* NULL inside an order */
  char *action;      /* "submit" or "save"; NULL: submit */
  char **domains;
  RequestApplicant *applicant;
  RequestCompany *company;
  RequestCsr *csr;
  GPtrArray *attachments; /* RequestAttachment */
  char **download;        /* formats to make on issue */
} RequestApplication;

typedef struct {
  gint64 line;
  char *ref;
  char *product;
  gint64 quantity;
  gint64 years;
  gint64 name_count; /* 0: the product's includedNames */
  gboolean auto_renew;
  RequestPayment *payment;
  RequestApplication *application;
} RequestOrder;

typedef struct {
  char *ref;
  char *certificate;
} RequestWithdrawal, RequestDeletion;

typedef struct {
  char *ref;
  char *certificate;
  char *application; /* NULL: the present one */
  char *decision;    /* "approve" or "reject" */
  char *reviewer;
  char *comment;
} RequestReview;

/* A certificate of another authority's, as a reader found it in PEM or PKCS#12. Its
 * private key, where it came too, is no field: it crosses in a buffer of its own. */
typedef struct {
  GBytes *der;
  GBytes *chain;     /* its issuers in order, DER one after the other; NULL: none came */
  char *issuer;      /* for people, one line */
  char *serial;      /* hexadecimal, upper case */
  char *sha256;      /* of the DER */
  char *spki_sha256; /* hexadecimal */
  char *key_kind;
  char **names; /* at least one, lower case */
  gint64 not_before;
  gint64 not_after;
  GPtrArray *warnings; /* Fault: what is odd about it; or NULL */
} RequestCertificate;

typedef struct {
  gint64 line;
  char *ref;
  char *certificate;
  char *chain;              /* PEM; NULL once it is read */
  RequestCertificate *leaf; /* what is in it */
} RequestIssuance;

typedef struct {
  char *file; /* the member of the package */
} RequestPkcs12;

typedef struct {
  gint64 line;
  char *ref;
  char *name;
  char *certificate; /* PEM; NULL once it is read */
  RequestPkcs12 *pkcs12;
  RequestCertificate *leaf; /* what is in either */
} RequestUpload;

/* A certificate that archives are encrypted to, as a reader found it in PEM. */
typedef struct {
  GBytes *der;
  char *subject; /* for people, one line */
  gint64 not_before;
  gint64 not_after;
} RequestRecipient;

typedef struct {
  gint64 line;
  char *ref;
  char *certificate;
  char **formats;
  char *recipient;       /* PEM; NULL once it is read */
  RequestRecipient *own; /* what is in it */
  char *profile;         /* of a PFX: modern or compatible */
} RequestDownload;

typedef struct {
  gint64 line;
  char *product;
  char **regions; /* NULL: the product as a whole */
} RequestTarget;

typedef struct {
  char *ref;
  char *certificate;
  GPtrArray *targets; /* RequestTarget */
} RequestDeployment;

typedef struct {
  char *ref;
  char *certificate;
  gint64 years;
  RequestPayment *payment;
} RequestRenewal;

typedef struct {
  char *ref;
  char *certificate;
  char *reason; /* a name or number of RFC 5280, 5.3.1 */
} RequestRevocation;

extern const RecordType request_attachment_record;
extern const RecordType request_certificate_record;
extern const RecordType request_order_record;
extern const RecordType request_payment_record;
extern const RecordType request_application_record;
extern const RecordType request_withdrawal_record;
extern const RecordType request_review_record;
extern const RecordType request_issuance_record;
extern const RecordType request_upload_record;
extern const RecordType request_download_record;
extern const RecordType request_deployment_record;
extern const RecordType request_undeployment_record;
extern const RecordType request_renewal_record;
extern const RecordType request_revocation_record;
extern const RecordType request_deletion_record;

#endif

/* What leaves an instance, as bytes and as paths: archives, receipts, error
 * files, letters, mail, CSRs. Every function here makes its result from its
 * arguments alone, opens no file and asks no ledger; the keeper stages the
 * bytes (base/file.h) and stores their SHA-256. The same arguments give the
 * same bytes within one version (I7), so that all of it can be made again.
 *
 * Text from documents reaches an output through the library that escapes it.
 * What no output can hold (control characters, bytes that are not UTF-8, marks
 * that turn the direction of text) is replaced by U+FFFD, a line end by a space.
 *
 * Threads: after outbox_init(), every function may be called from any thread.
 * An OutboxReceipt or OutboxReport is used by one thread at a time.
 *
 * Times are seconds since 1970 UTC. Paths are relative to the instance; they
 * are made of references, which the schema bounds, and of names that are made
 * safe here. The caller frees all that is returned. */
#ifndef CERTDROP_OUTBOX_OUTBOX_H
#define CERTDROP_OUTBOX_OUTBOX_H

#include "lifecycle/lifecycle.h"
#include "pki/pki.h"
#include "request/formats.h"

/* Sets up libxml2, and TZ=UTC for the process: libarchive writes local times into
 * archives. To be called before there are threads; a second call does no harm. */
void outbox_init(void);

/* ---- Archives --------------------------------------------------------- */

/* An issued certificate with all that its archives are made of; all borrowed. */
typedef struct {
  const char *certificate;     /* its ID */
  const char *const *names;    /* A-labels and addresses, ended by NULL; at least one */
  const char *product_title;   /* of the product */
  const char *organization;    /* who runs this instance: the configured name */
  gint64 not_before;           /* also the time stamp of the archive's members */
  gint64 not_after;            /* the last second that is valid */
  const char *certificate_pem; /* the certificate alone */
  const char *chain_pem;       /* what the server sends after it: the issuing CA, no root; "" for
                                  none, of a certificate of others */
  const Secret *private_key;   /* in PEM; NULL where it stayed with the applicant */
  GBytes *keystore;            /* of the formats that are one (request_formats[].keystore) */
  const Secret *password;      /* the keystore's */
  PkiPfxProfile profile;       /* of a PFX: how the keystore is encrypted */
} OutboxBundle;

/* An archive's bytes. They may hold a private key, so they are wiped when freed. */
typedef struct {
  guint8 *data;
  gsize length;
} OutboxArchive;

/* The archive of BUNDLE in FORMAT: a ZIP, not compressed, with the members of
 * the contract in their order and a README.md, all with mode 0600. */
OutboxArchive *outbox_make_archive(const OutboxBundle *bundle, RequestFormat format,
                                   GError **error);

/* An archive with a copy of LENGTH bytes. */
OutboxArchive *outbox_archive_new(const void *bytes, gsize length);
void outbox_archive_free(OutboxArchive *archive);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OutboxArchive, outbox_archive_free)

/* FIRST_NAME as archives are named by it, and the keys in keystores: cut to 100 bytes,
 * all but [a-z0-9.-] as "_" (rules.md 6). */
char *outbox_domain_part(const char *first_name);

/* "outbox/certificates/ID/ID_DOMAIN_FORMAT.zip"; ENCRYPTED to a recipient:
 * "…_FORMAT.zip.p7m". */
char *outbox_archive_path(const char *certificate, const char *first_name, RequestFormat format,
                          gboolean encrypted);

/* ---- Deployments ------------------------------------------------------ */

/* What stands for the region where a product has none: the name of no region. */
#define OUTBOX_NO_REGION "_"

#define OUTBOX_DEPLOY "outbox/deploy/"

/* "outbox/deploy/PRODUCT/REGION/ID.EXTENSION": zip, the archive, or json, its manifest.
 * REGION is "" where the product has none. */
char *outbox_deployment_path(const char *product, const char *region, const char *certificate,
                             const char *extension);

/* What lies ready for a product in a region; all borrowed. */
typedef struct {
  const char *certificate;
  const char *product;
  const char *region;       /* "": the product has none */
  const char *serial;       /* hexadecimal */
  const char *replaces;     /* the serial that was there before, or NULL */
  const char *sha256;       /* of the certificate in DER */
  const char *const *names; /* ended by NULL */
  gint64 not_before;
  gint64 not_after;
  RequestFormat format;
} OutboxManifest;

/* The manifest that lies beside ARCHIVE, in JSON: the certificate, and the SHA-256 of the
 * archive and of each file in it. */
GBytes *outbox_make_manifest(const OutboxManifest *manifest, const OutboxArchive *archive,
                             GError **error);

/* ---- Receipts --------------------------------------------------------- */

/* A decided file, for its receipt and its error file; all borrowed. */
typedef struct {
  const char *name;    /* as it lay in the inbox */
  guint number;        /* N of a name that came before; 1 or 0: the first (rules.md 6) */
  const char *sha256;  /* of its bytes, hexadecimal; NULL where it could not be read */
  gint64 decided;      /* ledger time */
  const char *outcome; /* "accepted", "rejected" or "partly" */
  gboolean secrets;    /* what is kept of it has its secrets blanked (rules.md 8) */
} OutboxFile;

/* A certificate that an item is about. */
typedef struct {
  const char *id;
  LifecycleStatus status;   /* 0: deleted, it has none */
  const char *const *files; /* paths of what was written for it, below the instance; or NULL */
} OutboxCertificate;

/* An item of the file; all borrowed. */
typedef struct {
  RequestKind kind;         /* 0 where it could not be read */
  const char *ref;          /* or NULL; one of a wrong form is left out of the receipt */
  LifecycleOutcome outcome; /* accepted or rejected */
  gboolean repeated;
  gint64 line;                           /* of its element; 0 where it is not known */
  gint64 due;                            /* hundredths that are to be paid; 0: nothing */
  const char *currency;                  /* of `due` */
  const RequestPayment *refund;          /* what was paid back by it; or NULL */
  const OutboxCertificate *certificates; /* COUNT of them */
  gsize certificate_count;
  const GPtrArray *faults;   /* Fault; or NULL */
  const GPtrArray *warnings; /* Fault; or NULL */
} OutboxItem;

/* A receipt in the making (schemas/receipt.xsd):
 *     g_autoptr(OutboxReceipt) receipt = outbox_receipt_new(&file);
 *     outbox_receipt_add_faults(receipt, file_faults);     of the file as a whole
 *     for each item: outbox_receipt_add_item(receipt, &item);
 *     bytes = outbox_receipt_finish(receipt, &error);
 * Takes memory for the text alone, in which each item adds its few hundred bytes; of a long one
 * take what is there already with outbox_receipt_take(), between its items. */
typedef struct OutboxReceipt OutboxReceipt;

OutboxReceipt *outbox_receipt_new(const OutboxFile *file);
void outbox_receipt_add_faults(OutboxReceipt *receipt, const GPtrArray *faults);
void outbox_receipt_add_item(OutboxReceipt *receipt, const OutboxItem *item);

/* What there is of the text since this was called last, if that is at least MINIMUM bytes, and
 * forgets it; else NULL. */
GBytes *outbox_receipt_take(OutboxReceipt *receipt, gsize minimum);

/* The receipt, or what was not taken of it, as XML in UTF-8. Nothing can be added after it. NULL
 * with CERTDROP_ERROR_BUG if libxml2 failed at any step. */
GBytes *outbox_receipt_finish(OutboxReceipt *receipt, GError **error);

void outbox_receipt_free(OutboxReceipt *receipt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OutboxReceipt, outbox_receipt_free)

/* "outbox/receipts/NAME.receipt.xml", NAME made safe and numbered (rules.md 6). */
char *outbox_receipt_path(const char *name, guint number);

/* ---- Error files ------------------------------------------------------ */

/* How many faults an error file lists; it counts the others, which the receipt has. */
#define OUTBOX_REPORT_FAULTS 200

/* The error file of a rejected or partly rejected file in the making, used as an
 * OutboxReceipt is: what is wrong, where, and what to do about it, in CommonMark
 * for a person at a terminal. Accepted items are counted only. */
typedef struct OutboxReport OutboxReport;

OutboxReport *outbox_report_new(const OutboxFile *file);
void outbox_report_add_faults(OutboxReport *report, const GPtrArray *faults);
void outbox_report_add_item(OutboxReport *report, const OutboxItem *item);

/* The error file in UTF-8. Nothing can be added after it. */
GBytes *outbox_report_finish(OutboxReport *report);

void outbox_report_free(OutboxReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OutboxReport, outbox_report_free)

/* "inbox/rejected/NAME.error.md", NAME made safe and numbered (rules.md 6). */
char *outbox_report_path(const char *name, guint number);

/* ---- Letters ---------------------------------------------------------- */

/* An application as it stands, for its letter; all borrowed. */
typedef struct {
  const char *certificate;     /* the ID */
  const char *application_ref; /* of the application or of the order that carried it */
  const Product *product;
  const RequestApplication *application; /* what is not there yet gets a line to write on */
  const Configuration *configuration;
  gint64 at; /* the date on it */
} OutboxLetter;

/* The confirmation letter, to be printed, stamped, signed and scanned: a page of
 * HTML that needs nothing else. It carries the applicant's ID number and phone whole. */
GBytes *outbox_make_letter(const OutboxLetter *letter, GError **error);

/* "outbox/letters/ID+REF.html", REF that of the application, so that each keeps
 * its own; "+" is in no reference. */
char *outbox_letter_path(const char *certificate, const char *application_ref);

/* ---- Mail ------------------------------------------------------------- */

/* A certificate that a mail reminds of; all borrowed. */
typedef struct {
  const char *certificate;
  const char *const *names; /* ended by NULL */
  gint64 not_after;
  LifecycleReminder reason;
  const char *successor; /* the certificate that is to renew it, or NULL */
} OutboxReminder;

/* An e-mail to an applicant; all borrowed. */
typedef struct {
  LifecycleMail kind;
  const char *certificate;     /* the ID; REMINDER: NULL */
  const char *application_ref; /* of the application or of the order that carried it */
  const Product *product;
  const RequestApplicant *applicant; /* with an e-mail address */
  const char *const *names;          /* applied for or bound; ended by NULL; or NULL */
  const Configuration *configuration;
  gint64 at;                   /* ledger time: its Date */
  const char *comment;         /* REJECTED: the reviewer's; or NULL */
  gint64 not_after;            /* ISSUED: the last second that is valid */
  const char *const *archives; /* ISSUED, RENEWED: their paths, ended by NULL; none is attached */
  gint64 amount;               /* RENEWAL_DUE: what is to be paid, in hundredths … */
  const char *currency;        /* … of this currency */
  const char *forerunner;      /* RENEWAL_DUE, RENEWED: the certificate that is renewed */
  gint64 until;                /* the last second of the present certificate or term */
  gint64 lost;                 /* RENEWED: seconds of the old term that the new one lacks */
  const char *failure;         /* RENEWAL_FAILED: why */
  const OutboxReminder *reminders; /* REMINDER: those first that run out first */
  gsize reminder_count;
  gint64 reminder_more;         /* that are not among them */
  int reason;                   /* REVOKED: index of lifecycle_reasons */
  const RequestPayment *refund; /* REVOKED: what goes back; or NULL */
} OutboxMail;

/* The message (RFC 5322, MIME, lines ended by CRLF). CERTDROP_ERROR_REFUSED where
 * the applicant's or the configured address is missing or is not one plain address. */
GBytes *outbox_make_mail(const OutboxMail *mail, GError **error);

/* "outbox/mail/ID+REF_KIND_TIME.eml", such as
 * "outbox/mail/PO-4711.1+APP-1_submitted_20261123T020000Z.eml". */
char *outbox_mail_path(const char *certificate, const char *application_ref, LifecycleMail kind,
                       gint64 at);

/* "outbox/mail/reminder_20261123T020000Z_HASH.eml", HASH of the address, which is
 * nobody's business. */
char *outbox_reminder_path(const char *address, gint64 at);

/* Whether the file at PATH is a message. */
gboolean outbox_path_is_mail(const char *path);

/* ---- CSRs and attachments --------------------------------------------- */

/* A request in DER as the file that an outside issuer takes: PEM. */
GBytes *outbox_make_csr(GBytes *der);

/* "outbox/csr/ID.csr". */
char *outbox_csr_path(const char *certificate);

/* "outbox/verification/ID/REF_KIND.EXTENSION": an attachment of the application
 * REF for its reviewer. KIND and EXTENSION are those of a RequestAttachment. */
char *outbox_attachment_path(const char *certificate, const char *application_ref, const char *kind,
                             const char *extension);

#endif

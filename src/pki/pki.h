/* The public key infrastructure: makes and reads keys, certificate requests
 * (CSR), certificates and revocation lists. It knows OpenSSL and nothing of
 * orders, files' places or SQL.
 *
 * Calling sequence of a run:
 *
 *   pki_init(PKI_SECURE_HEAP_KEEPER, &error);           once, before all else
 *   wrapping = pki_wrapping_key_from_fd(fd, "state/instance.key", &error);
 *   authority = pki_authority_open(&sources, wrapping, &error);
 *   ... for each certificate, on any number of threads:
 *   key = pki_key_generate(PKI_KEY_KIND_EC_P256, &error);
 *   pkcs8 = pki_key_to_pkcs8(key, &error);
 *   wrapped = pki_wrapping_key_wrap(wrapping, pkcs8, &error);   to the ledger
 *   pki_serial_generate(request.serial, &error);
 *   request.spki = pki_key_spki(key);
 *   certificate = pki_authority_issue(authority, &request, &error);
 *
 * Threads: every function may be called from any thread. A PkiAuthority, a
 * PkiWrappingKey and a PkiKey do not change once made, so that many threads may
 * use the same one; its owner frees it when all are done.
 *
 * Texts: times are seconds since 1970 UTC; hashes are SHA-256 in lower-case
 * hex; serial numbers are upper-case hex without leading zero bytes, as
 * `openssl x509 -serial` shows them; names are lower-case ASCII, IP addresses
 * in their text form (RFC 5952).
 *
 * Errors: CERTDROP_ERROR_BUG when OpenSSL fails in what cannot fail, and what
 * is said at a function. OpenSSL's own error queue is empty after every call. */
#ifndef CERTDROP_PKI_PKI_H
#define CERTDROP_PKI_PKI_H

#include "base/autoptr.h"
#include "base/secret.h"

#include <glib.h>

/* Sizes for OpenSSL's secure heap. The keeper's holds some 800 RSA-4096 keys in progress, each
 * with its PKCS#8 and its PEM, or 15,000 of P-256; a reader has at most one at a time. */
#define PKI_SECURE_HEAP_KEEPER ((gsize)8 << 20)
#define PKI_SECURE_HEAP_READER ((gsize)256 << 10)

/* Loads what OpenSSL loads late (its configuration, the algorithms), and sets
 * up its secure heap for keys with SECURE_HEAP bytes (a power of two): not swapped where the limits
 * allow it, never in a core dump. To be called once, before threads and before a jail is closed; a
 * second call does nothing. */
gboolean pki_init(gsize secure_heap, GError **error);

/* ---- The instance's key ----------------------------------------------- */

/* The 32 bytes under which every private key of the instance is wrapped. */
typedef struct PkiWrappingKey PkiWrappingKey;

#define PKI_WRAPPING_KEY_LENGTH 32

/* A new key from OpenSSL's private random generator, for `init`. */
PkiWrappingKey *pki_wrapping_key_generate(GError **error);

/* The key in BYTES. CERTDROP_ERROR_CONFIGURATION if LENGTH is not 32. */
PkiWrappingKey *pki_wrapping_key_from_bytes(gconstpointer bytes, gsize length, GError **error);

/* The key in the open file FD, read from its start; NAME is for messages. FD
 * stays open. CERTDROP_ERROR_CONFIGURATION unless it is a regular file of 32
 * bytes that neither group nor others may read or write; CERTDROP_ERROR_IO if
 * it cannot be read. */
PkiWrappingKey *pki_wrapping_key_from_fd(int fd, const char *name, GError **error);

/* The 32 bytes, for `init` to write into a file of mode 0600. */
const Secret *pki_wrapping_key_secret(const PkiWrappingKey *wrapping_key);

void pki_wrapping_key_free(PkiWrappingKey *wrapping_key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkiWrappingKey, pki_wrapping_key_free)

/* SECRET (a PKCS#8 key, a password: at least one byte) wrapped with AES-256 key
 * wrap with padding (RFC 5649). Deterministic: the same secret gives the same
 * bytes. */
GBytes *pki_wrapping_key_wrap(const PkiWrappingKey *wrapping_key, const Secret *secret,
                              GError **error);

/* What was wrapped. CERTDROP_ERROR_CORRUPT if WRAPPED was changed or was wrapped
 * under another key: the wrapping protects integrity too. */
Secret *pki_wrapping_key_unwrap(const PkiWrappingKey *wrapping_key, GBytes *wrapped,
                                GError **error);

/* LENGTH bytes derived from the key by HKDF-SHA256 (RFC 5869) with LABEL as its
 * info: a subkey for each purpose, none of which tells about the others. */
Secret *pki_wrapping_key_derive(const PkiWrappingKey *wrapping_key, const char *label, gsize length,
                                GError **error);

/* ---- Key kinds and keys ----------------------------------------------- */

typedef enum {
  PKI_KEY_KIND_RSA_2048 = 1,
  PKI_KEY_KIND_RSA_3072,
  PKI_KEY_KIND_RSA_4096,
  PKI_KEY_KIND_EC_P256,
  PKI_KEY_KIND_EC_P384,
  PKI_KEY_KIND_ED25519,
  PKI_KEY_KIND_N
} PkiKeyKind;

/* The kind's name in documents ("ec-p256") and for people ("ECDSA P-256").
 * Static text. */
const char *pki_key_kind_to_string(PkiKeyKind kind);
const char *pki_key_kind_label(PkiKeyKind kind);

/* FALSE, with *RET_KIND untouched, if TEXT names no kind. */
gboolean pki_key_kind_from_string(const char *text, PkiKeyKind *ret_kind);

/* A private key with its public half. */
typedef struct PkiKey PkiKey;

/* A new key. P-256 takes 0.03 ms, RSA from 50 ms up to seconds. */
PkiKey *pki_key_generate(PkiKeyKind kind, GError **error);

/* The key in PKCS#8 DER (RFC 5958, unencrypted). CERTDROP_ERROR_REFUSED if it is not
 * a key of one of the kinds. Slow (0.2 ms): archives need the bytes only, see
 * pki_pkcs8_to_pem(). */
PkiKey *pki_key_from_pkcs8(const Secret *pkcs8, GError **error);

PkiKeyKind pki_key_kind(const PkiKey *key);

/* SubjectPublicKeyInfo in DER, and its SHA-256; both belong to KEY. */
GBytes *pki_key_spki(const PkiKey *key);
const char *pki_key_spki_sha256(const PkiKey *key);

/* The key in OpenSSL's type, for what this room does not offer (PKCS#12). Belongs to
 * KEY. */
EVP_PKEY *pki_key_evp(const PkiKey *key);

void pki_key_free(PkiKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkiKey, pki_key_free)

/* The key as PKCS#8 DER, byte for byte what OpenSSL writes. */
Secret *pki_key_to_pkcs8(const PkiKey *key, GError **error);

/* PKCS#8 DER as PEM ("PRIVATE KEY"); the bytes are not looked at. */
Secret *pki_pkcs8_to_pem(const Secret *pkcs8);

/* ---- Subject ---------------------------------------------------------- */

/* The organisation in a certificate's subject, in UTF-8; NULL or "" for what is
 * not to be there. Lengths are RFC 5280's upper bounds (in characters); what is
 * longer, or cannot be encoded, is refused with CERTDROP_ERROR_REFUSED. The common
 * name is no part of it: it is always one of the names. */
typedef struct {
  const char *jurisdiction_country; /* EV: two letters */
  const char *jurisdiction_state;   /* EV: 128 */
  const char *business_category;    /* EV: "Private Organization", ... 128 */
  const char *serial_number;        /* EV: the organisation's registration, 64, PrintableString */
  const char *country;              /* two letters of ISO 3166-1 */
  const char *state;                /* 128 */
  const char *locality;             /* 128 */
  const char *postal_code;          /* 40 */
  const char *street;               /* 128 */
  const char *organization;         /* 64 */
} PkiSubject;

/* ---- Certificate requests --------------------------------------------- */

/* A request (PKCS#10, RFC 2986) of version v1 for KEY: SUBJECT may be NULL; NAMES,
 * ended by NULL, are domain names and IP addresses for the subjectAltName, the first of
 * at most 64 characters is the common name. Signed with SHA-256 (RSA, P-256), SHA-384
 * (P-384) or Ed25519. Returns DER. CERTDROP_ERROR_REFUSED for a subject or names that
 * cannot be encoded. */
GBytes *pki_csr_make(const PkiKey *key, const PkiSubject *subject, const char *const *names,
                     GError **error);

/* What a CSR says, once it has been checked. */
typedef struct {
  GBytes *der;       /* the request, whole */
  GBytes *spki;      /* its SubjectPublicKeyInfo in DER: what pki_authority_issue() takes */
  char *spki_sha256; /* SHA-256 of it */
  PkiKeyKind kind;   /* 0 for an RSA key of another size than those offered */
  char *key_label;   /* for people: "ECDSA P-256", "RSA 2056" */
  GPtrArray *names;  /* char *: subjectAltName's names, then the common name if it is none of
                        them; lower case, no duplicates; may be empty */
} PkiCsr;

/* Reads a CSR in TEXT: PEM ("CERTIFICATE REQUEST" or "NEW CERTIFICATE REQUEST", indented
 * or with text around it as may be) or the base64 of its DER. Every fault of it is added to FAULTS
 * with LINE and ELEMENT, its code one of csr-format, csr-version, csr-signature,
 * csr-algorithm, csr-ca, csr-extension, csr-name and csr-key-*. Returns NULL if there was one.
 *
 * The rules are those of the Baseline Requirements 6.1.1.3, 6.1.5 and 6.1.6: RSA of 2048 to 8192
 * bits in steps of 8, odd public exponent from 3, no ROCA fingerprint, no close
 * primes; P-256 and P-384 as named curves; Ed25519. What depends on the
 * product (names, whether Ed25519 is allowed) or on the ledger (key used or compromised) is not
 * decided here. Opens no file; in a jail it needs getpid() and getrandom(), since OpenSSL blinds
 * what it computes on a curve. */
PkiCsr *pki_csr_read(const char *text, gsize length, GPtrArray *faults, guint line,
                     const char *element);

/* The SubjectPublicKeyInfo of a request in DER that pki_csr_read() has accepted.
 * CERTDROP_ERROR_CORRUPT if it is no request. */
GBytes *pki_csr_spki(GBytes *der, GError **error);

void pki_csr_free(PkiCsr *csr);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkiCsr, pki_csr_free)

/* DER as PEM ("CERTIFICATE REQUEST"). */
char *pki_csr_to_pem(GBytes *der);

/* ---- The certificate authority ---------------------------------------- */

typedef struct {
  const char *organization; /* in UTF-8; cut to what a subject can hold */
  const char *country;      /* two letters, or NULL */
  const char *public_url;   /* ends in '/'; where the CA's files are served, or NULL */
  gint64 now;               /* the certificates begin here */
} PkiAuthorityParameters;

/* What a new authority consists of. Certificates and the CRL are DER; the keys are
 * encrypted PKCS#8 PEM (PBES2, AES-256-CBC), whose passphrases are derived from the
 * wrapping key, one for each. */
typedef struct {
  GBytes *root_certificate;
  GBytes *root_key;
  GBytes *root_crl; /* of the root: for PUBLIC_URL + "root.crl", good for a year */
  GBytes *issuing_certificate;
  GBytes *issuing_key;
} PkiAuthorityParts;

/* Makes a root (P-384, 20 years) and an issuing CA below it (P-256, 10 years, path length
 * 0) in the profiles of the Baseline Requirements 7.1.2.1 and 7.1.2.6. */
PkiAuthorityParts *pki_authority_create(const PkiAuthorityParameters *parameters,
                                        const PkiWrappingKey *wrapping_key, GError **error);

void pki_authority_parts_free(PkiAuthorityParts *parts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkiAuthorityParts, pki_authority_parts_free)

/* A CA that is ready to sign. */
typedef struct PkiAuthority PkiAuthority;

/* Which of the two an opened authority is. */
typedef enum {
  PKI_AUTHORITY_ROLE_ISSUING = 1, /* issues certificates, and its CRL */
  PKI_AUTHORITY_ROLE_ROOT,        /* renews the root's CRL; nothing else */
  PKI_AUTHORITY_ROLE_N
} PkiAuthorityRole;

typedef struct {
  PkiAuthorityRole role;
  const char *key_uri; /* of the private key, for OSSL_STORE: "file:" and an absolute path, nothing
                          in it escaped; or what a provider in OpenSSL's configuration knows */
  GBytes *certificate; /* the CA's own certificate, DER */
  const char *public_url; /* as above; certificates name issuing.crl and issuing.crt below it */
} PkiAuthoritySources;

/* Opens a CA's key through OSSL_STORE. CERTDROP_ERROR_IO if the URI cannot be opened,
 * CERTDROP_ERROR_CORRUPT if it holds no key, the passphrase is another or the key is not the
 * certificate's. Nothing of SOURCES is kept. */
PkiAuthority *pki_authority_open(const PkiAuthoritySources *sources,
                                 const PkiWrappingKey *wrapping_key, GError **error);

/* When the CA's own certificate begins and ends: no certificate can go beyond. */
gint64 pki_authority_not_before(const PkiAuthority *authority);
gint64 pki_authority_not_after(const PkiAuthority *authority);

void pki_authority_free(PkiAuthority *authority);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkiAuthority, pki_authority_free)

/* ---- Issue ------------------------------------------------------------ */

/* How the subject was validated; decides the policy OID. */
typedef enum {
  PKI_VALIDATION_DV = 1, /* domain: 2.23.140.1.2.1 */
  PKI_VALIDATION_OV,     /* organisation: 2.23.140.1.2.2 */
  PKI_VALIDATION_EV,     /* extended: 2.23.140.1.1 */
  PKI_VALIDATION_N
} PkiValidation;

#define PKI_SERIAL_LENGTH 16

/* 128 random bits for a serial number, never all zero. */
gboolean pki_serial_generate(guint8 ret_serial[PKI_SERIAL_LENGTH], GError **error);

typedef struct {
  PkiValidation validation;
  GBytes *spki;              /* of pki_key_spki(), or of a PkiCsr */
  const PkiSubject *subject; /* NULL for DV */
  const char *const *names;  /* ended by NULL, at least one: ASCII domain names, IP addresses */
  gint64 not_before;         /* first second */
  gint64 not_after;          /* last second, inclusive */
  guint8 serial[PKI_SERIAL_LENGTH];
} PkiIssueRequest;

/* A certificate as the ledger keeps it. */
typedef struct {
  GBytes *der;
  char *serial;      /* hex */
  char *sha256;      /* of the DER */
  char *spki_sha256; /* of the SubjectPublicKeyInfo */
  gint64 not_before;
  gint64 not_after;
} PkiCertificate;

/* Issues a subscriber certificate in the profile of the Baseline Requirements 7.1.2.7. The common
 * name is the first of the names with at most 64 characters; without one the subject may be
 * empty and the subjectAltName is critical. CERTDROP_ERROR_REFUSED for a name, subject or key that
 * cannot be encoded; CERTDROP_ERROR_CONFIGURATION if the CA's own certificate does not cover the
 * validity. */
PkiCertificate *pki_authority_issue(const PkiAuthority *authority, const PkiIssueRequest *request,
                                    GError **error);

void pki_certificate_free(PkiCertificate *certificate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkiCertificate, pki_certificate_free)

/* ---- Reading certificates --------------------------------------------- */

/* What a certificate says, for people. */
typedef struct {
  char *subject; /* one line, e.g. "C = CN, O = Example Operations, CN = www.example.test"; UTF-8 */
  char *issuer;
  char *serial;
  gint64 not_before;
  gint64 not_after;
  GPtrArray *names;          /* char *, of the subjectAltName, in its order, as written there */
  PkiKeyKind kind;           /* 0 for another kind */
  char *key_label;           /* "ECDSA P-256", "RSA 2056" */
  char *signature_algorithm; /* "ecdsa-with-SHA256" */
  char *sha256;
  char *spki_sha256;
  char *spki_pin;      /* base64 of the SPKI's SHA-256 (RFC 7469's form) */
  GPtrArray *policies; /* char *, OIDs with dots */
} PkiCertificateDetails;

/* Reads DER. CERTDROP_ERROR_REFUSED if it is not one certificate and nothing else. No signature is
 * checked. */
PkiCertificateDetails *pki_certificate_read(GBytes *der, GError **error);

/* The same for certificates in DER one after the other, in their order: GPtrArray of
 * PkiCertificateDetails. */
GPtrArray *pki_certificates_read(GBytes *ders, GError **error);

void pki_certificate_details_free(PkiCertificateDetails *details);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkiCertificateDetails, pki_certificate_details_free)

/* The parts of a name that monitoring knows certificates by. */
typedef enum {
  PKI_NAME_C,
  PKI_NAME_ST,
  PKI_NAME_L,
  PKI_NAME_O,
  PKI_NAME_OU,
  PKI_NAME_CN,
  PKI_NAME_N
} PkiNamePart;

/* "C", "ST", … by PkiNamePart. */
extern const char *const pki_name_parts[PKI_NAME_N];

typedef struct {
  char *serial;              /* decimal */
  char *subject[PKI_NAME_N]; /* the last one of its kind, in UTF-8; NULL: none */
  char *issuer[PKI_NAME_N];
} PkiCertificateNames;

/* Reads these from DER and nothing else, which is quick. Errors as above. */
PkiCertificateNames *pki_certificate_read_names(GBytes *der, GError **error);
void pki_certificate_names_free(PkiCertificateNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkiCertificateNames, pki_certificate_names_free)

/* DER as PEM ("CERTIFICATE"). */
char *pki_certificate_to_pem(GBytes *der);

/* Certificates in DER, one after the other, as one PEM text. CERTDROP_ERROR_CORRUPT if they
 * are something else. */
char *pki_certificates_to_pem(GBytes *ders, GError **error);

/* COUNT certificates in DER, in this order, as one PEM text. */
char *pki_chain_to_pem(GBytes *const *chain, gsize count);

/* ---- Certificates of others ------------------------------------------- */

/* What somebody sends in as a certificate of another authority's; all borrowed. Either
 * CERTIFICATES, perhaps with KEY, or PKCS12. */
typedef struct {
  const char *certificates; /* PEM with certificate and chain in any order, text around them */
  const Secret *key;        /* its private key in PEM: PKCS#8, PKCS#1 or SEC 1; or NULL */
  const guint8 *pkcs12;     /* a .p12 or .pfx, LENGTH bytes */
  gsize pkcs12_length;
  const Secret *passphrase; /* of the key or the PKCS#12, or NULL */
  guint line;               /* where the certificates, or the PKCS#12, stand … */
  const char *element;      /* … and in which element */
  guint key_line;           /* where the key stands, in <privateKey> */
} PkiForeignSource;

/* What was found. Certificates are DER as OpenSSL writes it. */
typedef struct {
  GBytes *der;
  GBytes *chain; /* its issuers, each after what it issued, DER one after the other; NULL: none.
                    Without the root, unless there is nothing else */
  char *issuer;  /* one line, UTF-8 */
  char *serial;  /* hex; "-…" if it is negative */
  char *sha256;
  char *spki_sha256;
  char *key_kind; /* "rsa-2048", also of kinds that are not offered: "rsa-1024", "ec-secp521r1" */
  char **names;   /* domain names and addresses, at least one: where it has none, the common name
                     made one */
  gint64 not_before;
  gint64 not_after;
  Secret *pkcs8;       /* the private key; or NULL */
  GPtrArray *warnings; /* Fault: what is odd about it */
} PkiForeign;

/* What pki_foreign_read() needs for old PKCS#12 files and keys, which OpenSSL keeps in a module
 * that it loads late: to be called before a jail closes. Without the module, those are refused. */
void pki_foreign_preload(void);

/* Reads SOURCE. Takes whatever OpenSSL can parse and says in `warnings` what the rest of
 * the world takes exception to. NULL after at least one fault was added to FAULTS:
 *   certificate-format    it cannot be read
 *   certificate-content   a CSR, a CRL, a key or something else in place of a certificate
 *   certificate-ca        certificates of authorities alone
 *   certificate-several   more than one that is no authority's
 *   certificate-limits    too many, or too large
 *   key-format, key-several, key-passphrase, key-mismatch
 *   pkcs12-format, pkcs12-password, pkcs12-algorithm
 * Opens no file; in a jail it needs getpid() and getrandom(). */
PkiForeign *pki_foreign_read(const PkiForeignSource *source, GPtrArray *faults);

void pki_foreign_free(PkiForeign *foreign);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkiForeign, pki_foreign_free)

/* ---- What a host serves ------------------------------------------------ */

/* The certificate in DER that the TLS server at HOST and PORT shows to who asks for NAME (its
 * server name indication; NULL: for none). Nothing of it is verified, and nothing is sent but the
 * handshake, which is given up as soon as the certificate is there. Takes at most TIMEOUT_MS, and
 * what the resolver takes to find the host's address. CERTDROP_ERROR_IO with a sentence that
 * begins with pki_host_and_port() where there is none.
 * A server may have a certificate for each kind of key, RSA and ECDSA, and shows the one that it
 * likes best. OWN, in DER, is the one that is looked for: where what is shown has a key of another
 * kind, the server is asked once more, by a client that takes those of OWN's kind alone. */
GBytes *pki_fetch_served(const char *host, const char *port, const char *name, GBytes *own,
                         gint64 timeout_ms, GError **error);

/* "HOST:PORT", an address of IPv6 in brackets. The caller frees it. */
char *pki_host_and_port(const char *host, const char *port);

/* ---- PKCS#12 ----------------------------------------------------------- */

/* How a PFX is encrypted. */
typedef enum {
  PKI_PFX_PROFILE_MODERN = 1, /* AES-256-CBC (PBES2), and SHA-256 for the MAC */
  PKI_PFX_PROFILE_COMPATIBLE, /* 3DES and SHA-1: what Windows Server 2016, Java before 8u301 and
                                 macOS read */
  PKI_PFX_PROFILE_N
} PkiPfxProfile;

/* "modern", "compatible". Static text. */
const char *pki_pfx_profile_to_string(PkiPfxProfile profile);
/* FALSE, with *RET_PROFILE untouched, if TEXT names none. */
gboolean pki_pfx_profile_from_string(const char *text, PkiPfxProfile *ret_profile);

/* A password of 24 letters and digits, from OpenSSL's private random generator. */
Secret *pki_password_generate(GError **error);

/* All borrowed. */
typedef struct {
  const Secret *pkcs8;    /* of any kind of key: it is not looked at */
  GBytes *certificate;    /* DER */
  GBytes *chain;          /* DER, one after the other; NULL: none */
  const char *alias;      /* what the key is called in it, UTF-8 */
  const Secret *password; /* ASCII */
  PkiPfxProfile profile;
} PkiPfxRequest;

/* A PKCS#12 with the key, its certificate and the chain, in DER. Not twice the same: salts
 * are random. */
GBytes *pki_pfx_make(const PkiPfxRequest *request, GError **error);

/* ---- Encryption to somebody's certificate ----------------------------- */

/* Whom something can be encrypted to. */
typedef struct {
  GBytes *der;   /* the certificate */
  char *subject; /* one line, UTF-8 */
  gint64 not_before;
  gint64 not_after;
} PkiRecipient;

/* Reads the certificate in TEXT: PEM, indented or with text around it as may be. Each fault
 * is added to FAULTS with LINE and ELEMENT: recipient-format, recipient-key, recipient-usage.
 * NULL if there was one. Whether it is valid now is not asked. Opens no file; in a jail it
 * needs getpid() and getrandom(). */
PkiRecipient *pki_recipient_read(const char *text, gsize length, GPtrArray *faults, guint line,
                                 const char *element);

void pki_recipient_free(PkiRecipient *recipient);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkiRecipient, pki_recipient_free)

/* LENGTH bytes as CMS AuthEnvelopedData (RFC 5083) with AES-256-GCM in DER, for the owner of
 * the key of RECIPIENT, a certificate in DER that pki_recipient_read() has accepted. */
GBytes *pki_envelope_make(GBytes *recipient, gconstpointer bytes, gsize length, GError **error);

/* ---- Checking what was made before ------------------------------------- */

/* Whether CERTIFICATE, in DER, was issued by ISSUER: by its name, and by its signature with
 * that one's key. Times are not asked for. ISSUER may be CERTIFICATE itself. */
gboolean pki_certificate_is_issued_by(GBytes *certificate, GBytes *issuer);

/* Whether the private key PKCS8 (of any kind) is that of CERTIFICATE, in DER. */
gboolean pki_key_is_of(const Secret *pkcs8, GBytes *certificate);

/* ---- Revocation lists ------------------------------------------------- */

/* One revoked certificate. REASON is a CRLReason of RFC 5280 5.3.1: 0 to 6 or 8 to 10; 0
 * (unspecified) is left out of the list, as it asks. */
typedef struct {
  const char *serial; /* hex */
  gint64 at;
  int reason;
} PkiRevoked;

typedef struct {
  guint64 number; /* must grow from list to list */
  gint64 this_update;
  gint64 next_update;
  const PkiRevoked *revoked;
  gsize revoked_count;
} PkiCrlRequest;

/* A complete CRL of version v2 (RFC 5280 5, Baseline Requirements 7.2) in DER.
 * CERTDROP_ERROR_REFUSED for a serial number or reason that is none. */
GBytes *pki_authority_make_crl(const PkiAuthority *authority, const PkiCrlRequest *request,
                               GError **error);

/* A revocation list that was read. */
typedef struct PkiCrl PkiCrl;

/* Reads DER. CERTDROP_ERROR_REFUSED if it is no CRL, or not signed by ISSUER. */
PkiCrl *pki_crl_read(GBytes *bytes, GBytes *issuer, GError **error);
gint64 pki_crl_this_update(const PkiCrl *crl);
gint64 pki_crl_next_update(const PkiCrl *crl);
/* The serial numbers on it, hex as everywhere, one after the other; the caller frees one. */
gsize pki_crl_count(const PkiCrl *crl);
char *pki_crl_serial(const PkiCrl *crl, gsize index);
/* Whether the certificate with SERIAL is on it. */
gboolean pki_crl_has(const PkiCrl *crl, const char *serial);
void pki_crl_free(PkiCrl *crl);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkiCrl, pki_crl_free)

/* DER as PEM ("X509 CRL"). */
char *pki_crl_to_pem(GBytes *der);

#endif

/* What the files of this room share, and no other room needs. */
#ifndef CERTDROP_PKI_PKI_PRIVATE_H
#define CERTDROP_PKI_PKI_PRIVATE_H

#include "base/error.h"
#include "pki/pki.h"
#include "request/fault.h"

/* ---- init.c: algorithms, fetched once because a fetch takes a lock and a search ---- */

typedef struct {
  EVP_MD *sha256;
  EVP_MD *sha384;
  EVP_CIPHER *wrap; /* AES-256 key wrap with padding */
  EVP_KDF *hkdf;
} PkiAlgorithms;

/* Those of this process. Only after pki_init(). */
const PkiAlgorithms *pki_algorithms(void);

/* The SHA-256 of BYTES: raw, and in lower-case hex. */
void pki_sha256(gconstpointer bytes, gsize length, guint8 ret_digest[32]);
char *pki_sha256_hex(gconstpointer bytes, gsize length);

/* What an i2d function allocated, as bytes. */
GBytes *pki_bytes_take(guint8 *der, int length);

/* ---- openssl-error.c ---- */

/* Sets *ERROR to CODE and the text, followed by the earliest reason in OpenSSL's error queue if
 * there is one, and empties the queue. Returns FALSE. */
gboolean pki_set_error(GError **error, CertdropError code, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* ---- der.c: just enough DER (X.690) where OpenSSL's decoders are slow or leave secrets ---- */

/* Bytes that belong to somebody else. */
typedef struct {
  const guint8 *data;
  gsize length;
} PkiSlice;

#define PKI_DER_INTEGER 0x02
#define PKI_DER_BIT_STRING 0x03
#define PKI_DER_OCTET_STRING 0x04
#define PKI_DER_SEQUENCE 0x30
#define PKI_DER_CONTEXT(number) (0xa0 | (number))

PkiSlice pki_slice_from_bytes(GBytes *bytes);

/* Takes one element off the front of INPUT, which must have the identifier octet TAG and a
 * definite, shortest length. RET_CONTENT and RET_WHOLE may be NULL. FALSE, with nothing changed, if
 * INPUT begins with something else. */
gboolean pki_der_take(PkiSlice *input, guint8 tag, PkiSlice *ret_content, PkiSlice *ret_whole);

/* Whether INPUT begins with TAG. */
gboolean pki_der_is_next(const PkiSlice *input, guint8 tag);

/* Writes DER from the last byte to the first, so that every length is known when it is written,
 * into a secret that is large enough (asserted). */
typedef struct {
  Secret *buffer;
  gsize start; /* what is written is buffer[start, length) */
} PkiDerWriter;

void pki_der_put(PkiDerWriter *writer, gconstpointer bytes, gsize length);

/* The header of an element whose content begins at the present start and ends at END, a value that
 * `start` had before. */
void pki_der_put_header(PkiDerWriter *writer, guint8 tag, gsize end);

/* An INTEGER from LENGTH big-endian bytes of an unsigned number. */
void pki_der_put_unsigned(PkiDerWriter *writer, const guint8 *bytes, gsize length);

/* ---- pem.c ---- */

/* Number of characters of the PEM of LENGTH bytes under LABEL. */
gsize pki_pem_length(const char *label, gsize length);

/* Writes just as many to TEXT, and a NUL. */
void pki_pem_write(char *text, const char *label, const guint8 *bytes, gsize length);

/* The PEM of BYTES under LABEL, for what is no secret. */
char *pki_pem_from_bytes(const char *label, GBytes *bytes);

/* ---- key-kind.c, spki.c ---- */

typedef struct {
  const char *name;         /* in documents */
  const char *label;        /* for people */
  const char *algorithm;    /* OpenSSL's name of the key type */
  const char *group;        /* of an EC key */
  guint bits;               /* of an RSA modulus, or an EC or Ed25519 private key */
  const guint8 *identifier; /* AlgorithmIdentifier in DER, the only one accepted */
  gsize identifier_length;
  gsize public_length; /* of subjectPublicKey's bytes; 0 for RSA, where it varies */
} PkiKeyKindInfo;

/* KIND's row. */
const PkiKeyKindInfo *pki_key_kind_info(PkiKeyKind kind);

/* A SubjectPublicKeyInfo taken apart. */
typedef struct {
  PkiSlice identifier;   /* AlgorithmIdentifier, whole */
  PkiSlice public_key;   /* content of subjectPublicKey without its count of unused bits */
  PkiSlice modulus;      /* of an RSA key: unsigned, without leading zeros */
  PkiSlice exponent;     /* likewise */
  const char *algorithm; /* "RSA", "EC" or "ED25519"; NULL if the identifier is not one of ours */
  const char *group;     /* of an EC key */
  PkiKeyKind kind;       /* 0 if there is no kind of just this size */
} PkiSpki;

/* Takes the SubjectPublicKeyInfo DER apart. FALSE if it has not the form of one. An algorithm that
 * is not known is no failure. */
gboolean pki_spki_parse(PkiSlice der, PkiSpki *ret_spki);

/* Bits of the RSA modulus, 0 for another key. */
guint pki_spki_rsa_bits(const PkiSpki *spki);

/* OpenSSL's name for OBJECT, or with DOTTED its number; the caller frees it. */
char *pki_object_to_text(const ASN1_OBJECT *object, gboolean dotted);

/* For people; the caller frees it. */
char *pki_spki_label(const PkiSpki *spki);

/* SubjectPublicKeyInfo for LENGTH bytes of subjectPublicKey of a key of KIND. */
GBytes *pki_spki_build(PkiKeyKind kind, const guint8 *public_key, gsize length);

/* A number of KEY by OpenSSL's parameter name, as WIDTH big-endian bytes: unlike
 * EVP_PKEY_get_bn_param() it leaves the secure heap at no time. */
Secret *pki_key_parameter(EVP_PKEY *key, const char *name, gsize width, GError **error);

/* Copies SPKI's algorithm and key into TARGET without decoding them, which takes OpenSSL 3.0 five
 * times as long as a signature. */
gboolean pki_spki_copy_to(const PkiSpki *spki, X509_PUBKEY *target, GError **error);

/* ---- subject.c, names.c ---- */

/* Appends SUBJECT (may be NULL) and COMMON_NAME (may be NULL) to NAME, in the order of the Baseline
 * Requirements 7.1.4.2. */
gboolean pki_subject_fill(X509_NAME *name, const PkiSubject *subject, const char *common_name,
                          GError **error);

/* The first of NAMES with at most 64 characters, or NULL. */
const char *pki_names_common_name(const char *const *names);

/* NAMES as a subjectAltName extension. */
X509_EXTENSION *pki_names_to_extension(const char *const *names, gboolean critical, GError **error);

/* The text form of a dNSName or iPAddress; NULL for another kind of name, and for one whose bytes
 * are no such name. The caller frees it. */
char *pki_name_to_text(const GENERAL_NAME *name);

/* ---- weak.c ---- */

/* Whether the RSA modulus has the fingerprint of the generator known as ROCA (CVE-2017-15361). */
gboolean pki_weak_roca(const BIGNUM *modulus);

/* Whether Fermat's method finds the modulus's factors within 100 rounds. */
gboolean pki_weak_close_primes(const BIGNUM *modulus);

/* The smallest prime factor below 752 of the modulus, or 0 (NIST SP 800-89 5.3.3). */
guint pki_weak_small_factor(const BIGNUM *modulus);

/* ---- pem-read.c: PEM as people send it ---- */

/* A block of PEM, within the text that it was found in. */
typedef struct {
  PkiSlice label; /* "CERTIFICATE" */
  PkiSlice body;  /* what stands between its two lines */
  PkiSlice whole; /* from its first dash to its last */
} PkiPemBlock;

/* Takes the next block off TEXT, which then begins behind it. FALSE where there is none any more.
 * A block without an end has no body.data. */
gboolean pki_pem_take(PkiSlice *text, PkiPemBlock *ret_block);

gboolean pki_slice_is(const PkiSlice *slice, const char *text);
gboolean pki_slice_ends_with(const PkiSlice *slice, const char *text);

/* Base64 with white space anywhere and padding at the end; NULL if it is anything else. */
GBytes *pki_base64_decode(PkiSlice text);

/* ---- foreign.c and what it calls ---- */

/* Certificates of others on their way. */
typedef struct {
  const PkiForeignSource *source;
  GPtrArray *certificates; /* X509, each once */
  EVP_PKEY *key;           /* or NULL */
  X509 *leaf;              /* borrowed from CERTIFICATES */
  GPtrArray *chain;        /* X509, borrowed: the leaf's issuers in order */
  GPtrArray *faults;
  GPtrArray *warnings;
} PkiForeignReading;

/* Faults and warnings about the certificates. */
#define PKI_FOREIGN_FAULT(reading, code, ...)                                                      \
  fault_add((reading)->faults, (code), (reading)->source->line, (reading)->source->element,        \
            __VA_ARGS__)
#define PKI_FOREIGN_WARN(reading, code, ...)                                                       \
  fault_add((reading)->warnings, (code), (reading)->source->line, (reading)->source->element,      \
            __VA_ARGS__)

/* Adds the certificate CERTIFICATE (taken over), unless it is there already. */
void pki_foreign_add_certificate(PkiForeignReading *reading, X509 *certificate);

/* foreign-pem.c: takes the certificates out of PEM. */
void pki_foreign_take_pem(PkiForeignReading *reading);
/* foreign-key.c: takes the key out of PEM; says whether it is the leaf's; and encodes it. */
void pki_foreign_take_key(PkiForeignReading *reading);
void pki_foreign_check_key(PkiForeignReading *reading);
Secret *pki_foreign_encode_key(EVP_PKEY *key);
/* foreign-pkcs12.c: takes both out of PKCS#12. */
void pki_foreign_take_pkcs12(PkiForeignReading *reading);
/* foreign-chain.c: finds the leaf, and puts its chain in order. */
gboolean pki_foreign_find_leaf(PkiForeignReading *reading);
void pki_foreign_order_chain(PkiForeignReading *reading);
/* foreign-names.c: the names of the leaf (char *), lower case, without repeats, at least one;
 * says what is odd about them. */
GPtrArray *pki_foreign_names(PkiForeignReading *reading);
/* Whether CERTIFICATE has a name that could be a host's. */
gboolean pki_foreign_names_host(X509 *certificate);
/* foreign-odd.c: says what else is odd about the leaf. */
void pki_foreign_find_odd(PkiForeignReading *reading);

/* Whether OpenSSL failed, by its error queue, since it does not have an algorithm. */
gboolean pki_foreign_lacks_algorithm(void);

/* The name of CERTIFICATE's subject or of its issuer as messages quote it; the caller frees
 * it. */
char *pki_foreign_quote_subject(const X509 *certificate);
char *pki_foreign_quote_issuer(const X509 *certificate);

/* certificate.c: NAME on one line, UTF-8. NULL where OpenSSL fails. */
char *pki_x509_name_to_line(const X509_NAME *name);

/* ---- csr-read.c and what it calls ---- */

/* Where faults of the CSR go. */
typedef struct {
  GPtrArray *faults;
  guint line;
  const char *element;
} PkiFaultSink;

#define PKI_FAULT(sink, code, ...)                                                                 \
  fault_add((sink)->faults, (code), (sink)->line, (sink)->element, __VA_ARGS__)

/* csr-text.c: the DER in what was pasted; NULL if a fault was added. */
GBytes *pki_csr_decode(const char *text, gsize length, const PkiFaultSink *sink);

/* csr-key.c: adds what is wrong with a public key. TRUE if it is good. */
gboolean pki_csr_check_key(const PkiSpki *spki, const PkiFaultSink *sink);

/* csr-extensions.c: both append to NAMES and add what is wrong. */
void pki_csr_read_extensions(X509_REQ *request, GPtrArray *names, const PkiFaultSink *sink);
void pki_csr_read_common_names(const X509_REQ *request, GPtrArray *names, const PkiFaultSink *sink);

/* ---- sign.c ---- */

/* A context that signs with KEY, set up once: SHA-384 for P-384, none for Ed25519, SHA-256 for all
 * others (Baseline Requirements 7.1.3.2). */
EVP_MD_CTX *pki_signer_new(EVP_PKEY *key, GError **error);

/* A certificate's number and validity. */
gboolean pki_certificate_set_identity(X509 *certificate, const guint8 serial[PKI_SERIAL_LENGTH],
                                      gint64 not_before, gint64 not_after, GError **error);

/* Adds EXTENSION, which is NULL where it has nothing to say. TRUE if all went well. */
gboolean pki_certificate_add(X509 *certificate, X509_EXTENSION *extension);

/* Signs with a copy of SIGNER and returns the DER. */
GBytes *pki_certificate_sign(X509 *certificate, const EVP_MD_CTX *signer, GError **error);

/* ---- extension.c: extensions from their parts; NULL where OpenSSL fails ---- */

/* The identifier of a key, as it stands in its own certificate and in those signed with it. */
ASN1_OCTET_STRING *pki_key_id_new(const PkiSpki *spki);

X509_EXTENSION *pki_extension_subject_key_id(const ASN1_OCTET_STRING *key_id);
X509_EXTENSION *pki_extension_authority_key_id(const ASN1_OCTET_STRING *key_id);

/* PATH_LENGTH below 0: none. */
X509_EXTENSION *pki_extension_basic_constraints(gboolean ca, int path_length);

/* BITS are OpenSSL's KU_ values; encoded as a named bit list. */
X509_EXTENSION *pki_extension_key_usage(guint bits);
X509_EXTENSION *pki_extension_server_auth(void);
X509_EXTENSION *pki_extension_policy(const char *oid);

/* The addresses of the issuer's CRL and of its certificate: PUBLIC_URL and FILE. */
X509_EXTENSION *pki_extension_crl_distribution(const char *public_url, const char *file);
X509_EXTENSION *pki_extension_ca_issuers(const char *public_url, const char *file);

/* ---- authority.c, authority-key.c, profile.c ---- */

/* The extensions that all certificates of one CA have alike. */
typedef struct {
  X509_EXTENSION *authority_key_id;
  X509_EXTENSION *crl_distribution; /* NULL without a public URL */
  X509_EXTENSION *ca_issuers;       /* likewise */
  X509_EXTENSION *end_entity;       /* basicConstraints */
  X509_EXTENSION *server_auth;
  X509_EXTENSION *usage_rsa;
  X509_EXTENSION *usage_other;
  X509_EXTENSION *policy[PKI_VALIDATION_N];
} PkiProfile;

gboolean pki_profile_fill(PkiProfile *profile, X509 *issuer, const char *public_url,
                          GError **error);
void pki_profile_clear(PkiProfile *profile);

struct PkiAuthority {
  PkiAuthorityRole role;
  X509 *certificate;
  EVP_MD_CTX *signer; /* copied for each signature */
  gint64 not_before;
  gint64 not_after;
  PkiProfile profile;
};

/* An authority for CERTIFICATE and its private KEY, both of which it takes a reference on. */
PkiAuthority *pki_authority_new(PkiAuthorityRole role, X509 *certificate, EVP_PKEY *key,
                                const char *public_url, GError **error);

/* KEY as encrypted PKCS#8 PEM, and the key so encrypted at URI. */
GBytes *pki_authority_key_encrypt(const PkiKey *key, PkiAuthorityRole role,
                                  const PkiWrappingKey *wrapping_key, GError **error);
EVP_PKEY *pki_authority_key_load(const char *uri, PkiAuthorityRole role,
                                 const PkiWrappingKey *wrapping_key, GError **error);

/* TIME in seconds since 1970. */
gboolean pki_time_from_asn1(const ASN1_TIME *time, gint64 *ret_time);

/* NUMBER as upper-case hex without leading zero bytes. */
char *pki_serial_to_hex(const ASN1_INTEGER *number);

/* A certificate's parts, in its own bytes (RFC 5280 4.1). */
typedef struct {
  PkiSlice serial;
  PkiSlice algorithm;
  PkiSlice issuer;
  PkiSlice validity; /* content */
  PkiSlice subject;
  PkiSlice spki;
  PkiSlice extensions; /* content of [3], empty if there are none */
} PkiCertificateParts;

/* Takes a certificate apart. */
gboolean pki_certificate_take_apart(PkiSlice der, PkiCertificateParts *parts);

#endif

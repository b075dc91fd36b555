#include "pki/pki-private.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <string.h>

#include "request/request.h"

/* The private key of a certificate of others. */

#define KEY_FAULT(reading, code, ...)                                                              \
  fault_add((reading)->faults, (code), (reading)->source->key_line, "privateKey", __VA_ARGS__)

/* ---- Out of PEM ---------------------------------------------------------------- */

/* The block of a private key in TEXT; FALSE after a fault. */
static gboolean find_key(PkiForeignReading *reading, PkiPemBlock *ret_block)
{
  PkiSlice rest = {reading->source->key->data, reading->source->key->length};
  gboolean found = FALSE;
  for (PkiPemBlock block; pki_pem_take(&rest, &block);) {
    if (!pki_slice_ends_with(&block.label, "PRIVATE KEY"))
      continue;
    if (block.body.data == NULL) {
      KEY_FAULT(reading, "key-format",
                "the private key has no -----END----- line of its kind; copy it whole");
      return FALSE;
    }
    if (found) {
      KEY_FAULT(reading, "key-several",
                "there is more than one private key; a certificate has one");
      return FALSE;
    }
    *ret_block = block;
    found = TRUE;
  }
  if (!found)
    KEY_FAULT(reading, "key-format",
              "there is no private key in PEM; it begins with -----BEGIN PRIVATE KEY-----, "
              "-----BEGIN RSA PRIVATE KEY----- or the like");
  return found;
}

/* TEXT without the blanks around its lines: OpenSSL wants none, XML is indented. */
static Secret *trim_lines(PkiSlice text)
{
  Secret *trimmed = secret_new(text.length + 1);
  gsize length = 0;
  for (gsize at = 0; at < text.length;) {
    const guint8 *line = text.data + at;
    const guint8 *end = memchr(line, '\n', text.length - at);
    gsize size = end != NULL ? (gsize)(end - line) : text.length - at;
    at += size + 1;
    for (; size > 0 && g_ascii_isspace(line[0]); size--)
      line++;
    while (size > 0 && g_ascii_isspace(line[size - 1]))
      size--;
    memcpy(trimmed->data + length, line, size);
    length += size;
    if (length < trimmed->length)
      trimmed->data[length++] = '\n';
  }
  trimmed->length = length;
  return trimmed;
}

typedef struct {
  const Secret *passphrase;
  gboolean asked;
} Asking;

/* A pem_password_cb. */
static int on_passphrase(char *buffer, int size, int writing G_GNUC_UNUSED, void *data)
{
  Asking *asking = data;
  asking->asked = TRUE;
  if (asking->passphrase == NULL || asking->passphrase->length > (gsize)size)
    return -1;
  memcpy(buffer, asking->passphrase->data, asking->passphrase->length);
  return (int)asking->passphrase->length;
}

/* The decoders that were tried in vain say that they lack something, too. */
gboolean pki_foreign_lacks_algorithm(void)
{
  static const int lacking[] = {ERR_R_UNSUPPORTED, EVP_R_UNSUPPORTED_ALGORITHM,
                                EVP_R_UNKNOWN_PBE_ALGORITHM, EVP_R_UNSUPPORTED_CIPHER};
  gboolean lacks = FALSE;
  for (gulong code; (code = ERR_get_error()) != 0;)
    for (gsize i = 0; i < G_N_ELEMENTS(lacking); i++)
      lacks |= ERR_GET_LIB(code) == ERR_LIB_EVP && ERR_GET_REASON(code) == lacking[i];
  return lacks;
}

/* Why a key could not be read. */
static void refuse_key(PkiForeignReading *reading, const PkiPemBlock *block, const Asking *asking)
{
  gboolean lacks = pki_foreign_lacks_algorithm();
  if (pki_slice_is(&block->label, "OPENSSH PRIVATE KEY"))
    KEY_FAULT(reading, "key-format",
              "the private key is in OpenSSH's own form; convert it with ssh-keygen -p -m PEM");
  else if (asking->asked && asking->passphrase == NULL)
    KEY_FAULT(reading, "key-passphrase",
              "the private key is encrypted; give its passphrase, as <privateKey "
              "passphrase=\"…\">");
  else if (asking->asked && !lacks)
    KEY_FAULT(reading, "key-passphrase",
              "the passphrase does not open the private key; check it, blanks too");
  else if (lacks)
    KEY_FAULT(reading, "key-format",
              "the private key is of a kind, or encrypted in a way, that the OpenSSL of this host "
              "does not know; convert it with openssl pkcs8 -topk8");
  else
    KEY_FAULT(reading, "key-format",
              "the private key cannot be read: what its PEM holds is cut off or damaged; copy it "
              "whole, from -----BEGIN to END-----");
}

void pki_foreign_take_key(PkiForeignReading *reading)
{
  PkiPemBlock block;
  if (!find_key(reading, &block))
    return;
  g_autoptr(Secret) text = trim_lines(block.whole);
  g_autoptr(BIO) bio = BIO_new_mem_buf(text->data, (int)text->length);
  Asking asking = {reading->source->passphrase, FALSE};
  ERR_clear_error();
  reading->key = bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, on_passphrase, &asking) : NULL;
  if (reading->key == NULL)
    refuse_key(reading, &block, &asking);
  ERR_clear_error();
}

/* ---- Whose it is ----------------------------------------------------------------- */

/* Whether what KEY signs verifies with the public key of CERTIFICATE: a private key in a file may
 * have another public half beside it than its own. */
static gboolean signs_for(EVP_PKEY *key, EVP_PKEY *public_key)
{
  static const guint8 message[] = "certdrop";
  const EVP_MD *digest =
      EVP_PKEY_is_a(key, "ED25519") || EVP_PKEY_is_a(key, "ED448") ? NULL : EVP_sha256();
  g_autoptr(EVP_MD_CTX) signer = EVP_MD_CTX_new();
  g_autoptr(EVP_MD_CTX) verifier = EVP_MD_CTX_new();
  gsize length = 0;
  if (signer == NULL || verifier == NULL ||
      EVP_DigestSignInit(signer, NULL, digest, NULL, key) != 1 ||
      EVP_DigestSign(signer, NULL, &length, message, sizeof message) != 1)
    return FALSE;
  g_autofree guint8 *signature = g_malloc(length);
  return EVP_DigestSign(signer, signature, &length, message, sizeof message) == 1 &&
         EVP_DigestVerifyInit(verifier, NULL, digest, NULL, public_key) == 1 &&
         EVP_DigestVerify(verifier, signature, length, message, sizeof message) == 1;
}

static gboolean can_sign(EVP_PKEY *key)
{
  return !EVP_PKEY_is_a(key, "X25519") && !EVP_PKEY_is_a(key, "X448") && !EVP_PKEY_is_a(key, "DH");
}

static gboolean is_key_of(EVP_PKEY *key, X509 *certificate)
{
  EVP_PKEY *public_key = X509_get0_pubkey(certificate);
  gboolean same = public_key != NULL && EVP_PKEY_eq(public_key, key) == 1 &&
                  (!can_sign(key) || signs_for(key, public_key));
  ERR_clear_error();
  return same;
}

/* Whose key it is, if it is that of another one which came along. */
static char *find_owner(const PkiForeignReading *reading)
{
  for (guint i = 0; i < reading->certificates->len; i++) {
    X509 *certificate = g_ptr_array_index(reading->certificates, i);
    if (!is_key_of(reading->key, certificate))
      continue;
    g_autofree char *subject = pki_foreign_quote_subject(certificate);
    return g_strdup_printf("it is that of \"%s\"", subject);
  }
  return g_strdup("it belongs to none that came with it");
}

void pki_foreign_check_key(PkiForeignReading *reading)
{
  const PkiForeignSource *source = reading->source;
  if (reading->key == NULL || is_key_of(reading->key, reading->leaf))
    return;
  g_autofree char *owner = find_owner(reading);
  g_autofree char *subject = pki_foreign_quote_subject(reading->leaf);
  fault_add(reading->faults, "key-mismatch", source->key != NULL ? source->key_line : source->line,
            source->key != NULL ? "privateKey" : source->element,
            "the private key is not that of the certificate of \"%s\": %s; send the key that the "
            "certificate was made for, or the certificate without a key",
            subject, owner);
}

Secret *pki_foreign_encode_key(EVP_PKEY *key)
{
  g_autoptr(PKCS8_PRIV_KEY_INFO) info = EVP_PKEY2PKCS8(key);
  int length = info != NULL ? i2d_PKCS8_PRIV_KEY_INFO(info, NULL) : -1;
  if (length <= 0 || length > REQUEST_KEY_LIMIT)
    return NULL;
  g_autoptr(Secret) pkcs8 = secret_new((gsize)length);
  guint8 *at = pkcs8->data;
  return i2d_PKCS8_PRIV_KEY_INFO(info, &at) == length ? g_steal_pointer(&pkcs8) : NULL;
}

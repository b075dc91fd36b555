#include "pki/pki-private.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <string.h>

/* What is encrypted to somebody's certificate: AuthEnvelopedData (RFC 5083) with AES-256-GCM
 * (RFC 5084), the content key by RSA-OAEP (RFC 3560) or by ECDH with AES key wrap (RFC 5753),
 * each with SHA-256. */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CMS_ContentInfo, CMS_ContentInfo_free)

/* ---- Encryption --------------------------------------------------------- */

static gboolean set_rsa(EVP_PKEY_CTX *context)
{
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1;
}

static gboolean add_recipient(CMS_ContentInfo *cms, X509 *certificate)
{
  CMS_RecipientInfo *recipient = CMS_add1_recipient_cert(cms, certificate, CMS_KEY_PARAM);
  EVP_PKEY_CTX *context = recipient != NULL ? CMS_RecipientInfo_get0_pkey_ctx(recipient) : NULL;
  if (context == NULL)
    return FALSE;
  if (EVP_PKEY_is_a(X509_get0_pubkey(certificate), "RSA"))
    return set_rsa(context);
  return EVP_PKEY_CTX_set_ecdh_kdf_md(context, EVP_sha256()) == 1;
}

static GBytes *encrypt(X509 *certificate, gconstpointer bytes, gsize length)
{
  const guint flags = CMS_BINARY | CMS_PARTIAL;
  g_autoptr(BIO) content = BIO_new_mem_buf(bytes, (int)length);
  g_autoptr(CMS_ContentInfo) cms = CMS_encrypt(NULL, NULL, EVP_aes_256_gcm(), flags);
  guint8 *der = NULL;
  int size = -1;
  if (content != NULL && cms != NULL && add_recipient(cms, certificate) &&
      CMS_final(cms, content, NULL, flags) == 1)
    size = i2d_CMS_ContentInfo(cms, &der);
  return size > 0 ? pki_bytes_take(der, size) : NULL;
}

static X509 *decode(PkiSlice der)
{
  const guint8 *at = der.data;
  g_autoptr(X509) certificate = d2i_X509(NULL, &at, (long)der.length);
  return certificate != NULL && at == der.data + der.length ? g_steal_pointer(&certificate) : NULL;
}

GBytes *pki_envelope_make(GBytes *recipient, gconstpointer bytes, gsize length, GError **error)
{
  g_autoptr(X509) certificate = decode(pki_slice_from_bytes(recipient));
  GBytes *envelope = certificate != NULL ? encrypt(certificate, bytes, length) : NULL;
  if (envelope == NULL)
    pki_set_error(error, CERTDROP_ERROR_BUG, "nothing can be encrypted to a recipient");
  ERR_clear_error();
  return envelope;
}

/* ---- Recipients --------------------------------------------------------- */

void pki_recipient_free(PkiRecipient *recipient)
{
  if (recipient == NULL)
    return;
  g_clear_pointer(&recipient->der, g_bytes_unref);
  g_free(recipient->subject);
  g_free(recipient);
}

/* PEM that stands indented in a document, as OpenSSL reads it. */
static char *unindent(const char *text, gsize length)
{
  g_autofree char *whole = g_strndup(text, length);
  g_auto(GStrv) lines = g_strsplit(whole, "\n", 0);
  for (char **line = lines; *line != NULL; line++)
    g_strstrip(*line);
  return g_strjoinv("\n", lines);
}

static gboolean label_is_certificate(const char *label)
{
  return strcmp(label, PEM_STRING_X509) == 0 || strcmp(label, PEM_STRING_X509_OLD) == 0;
}

/* Takes the block of PEM that TEXT has next. FALSE where there is none any more, or it is
 * no certificate. */
static gboolean take_block(BIO *text, GBytes **ret_der, const PkiFaultSink *sink)
{
  g_autofree char *label = NULL;
  char *name = NULL, *header = NULL;
  guint8 *data = NULL;
  long length = 0;
  if (PEM_read_bio(text, &name, &header, &data, &length) != 1)
    return FALSE;
  label = g_strdup(name);
  gboolean is_certificate = label_is_certificate(label);
  *ret_der = is_certificate ? g_bytes_new(data, (gsize)length) : NULL;
  OPENSSL_clear_free(data, (gsize)length);
  OPENSSL_free(header);
  OPENSSL_free(name);
  if (!is_certificate)
    PKI_FAULT(sink, "recipient-format",
              "the recipient is one certificate in PEM, not a %s; take that out, and a private key "
              "is not to be sent at all",
              label);
  return is_certificate;
}

static GBytes *find_certificate(const char *text, gsize length, const PkiFaultSink *sink)
{
  guint before = sink->faults->len;
  g_autofree char *plain = unindent(text, length);
  g_autoptr(BIO) bio = BIO_new_mem_buf(plain, -1);
  g_autoptr(GBytes) der = NULL;
  g_autoptr(GBytes) another = NULL;
  if (!take_block(bio, &der, sink)) {
    if (sink->faults->len == before)
      PKI_FAULT(sink, "recipient-format",
                "there is no whole certificate in PEM in it; it begins with the line -----BEGIN "
                "CERTIFICATE----- and ends with -----END CERTIFICATE-----");
    return NULL;
  }
  if (take_block(bio, &another, sink))
    PKI_FAULT(sink, "recipient-format",
              "there is more than one certificate in it; send the recipient's own alone, without "
              "those of its authorities");
  return sink->faults->len == before ? g_steal_pointer(&der) : NULL;
}

/* RSA keys that can encrypt, and keys on curves that can agree. */
static gboolean check_key(EVP_PKEY *key, const PkiFaultSink *sink)
{
  const int smallest = 2048;
  gboolean rsa = key != NULL && EVP_PKEY_is_a(key, "RSA");
  if (key == NULL)
    PKI_FAULT(sink, "recipient-key", "the key of the recipient's certificate cannot be read");
  else if (!rsa && !EVP_PKEY_is_a(key, "EC"))
    PKI_FAULT(sink, "recipient-key",
              "the key of the recipient's certificate (%s) is not for encryption; it has to be RSA "
              "or on a curve such as P-256",
              EVP_PKEY_get0_type_name(key));
  else if (rsa && EVP_PKEY_get_bits(key) < smallest)
    PKI_FAULT(sink, "recipient-key",
              "the RSA key of the recipient's certificate has %d bits; it has to have %d at least",
              EVP_PKEY_get_bits(key), smallest);
  else
    return TRUE;
  return FALSE;
}

static gboolean check_usage(X509 *certificate, gboolean rsa, const PkiFaultSink *sink)
{
  guint32 usage = X509_get_key_usage(certificate); /* all bits where it does not say */
  if ((usage & (rsa ? KU_KEY_ENCIPHERMENT : KU_KEY_AGREEMENT)) != 0)
    return TRUE;
  PKI_FAULT(sink, "recipient-usage",
            "the recipient's certificate does not allow encryption to its key: its key usage "
            "lacks %s; send one that is made for encryption",
            rsa ? "keyEncipherment" : "keyAgreement");
  return FALSE;
}

static gboolean check_certificate(X509 *certificate, const PkiFaultSink *sink)
{
  EVP_PKEY *key = X509_get0_pubkey(certificate);
  if (!check_key(key, sink) || !check_usage(certificate, EVP_PKEY_is_a(key, "RSA"), sink))
    return FALSE;
  g_autoptr(GBytes) trial = encrypt(certificate, "trial", 5);
  if (trial == NULL)
    PKI_FAULT(sink, "recipient-key",
              "nothing can be encrypted to the key of the recipient's certificate; take another "
              "kind of key, such as RSA of 2048 bits or P-256");
  return trial != NULL;
}

PkiRecipient *pki_recipient_read(const char *text, gsize length, GPtrArray *faults, guint line,
                                 const char *element)
{
  const PkiFaultSink sink = {faults, line, element};
  g_autoptr(GBytes) der = find_certificate(text, length, &sink);
  g_autoptr(X509) certificate = der != NULL ? decode(pki_slice_from_bytes(der)) : NULL;
  g_autoptr(PkiCertificateDetails) details =
      certificate != NULL ? pki_certificate_read(der, NULL) : NULL;
  PkiRecipient *recipient = NULL;
  if (der != NULL && details == NULL)
    PKI_FAULT(&sink, "recipient-format", "what is in it in PEM is not a certificate");
  if (details != NULL && check_certificate(certificate, &sink)) {
    recipient = g_new0(PkiRecipient, 1);
    *recipient = (PkiRecipient){g_bytes_ref(der), g_strdup(details->subject), details->not_before,
                                details->not_after};
  }
  ERR_clear_error();
  return recipient;
}

#include "pki/pki-private.h"

#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <string.h>

/* Certificates and key out of PKCS#12 (RFC 7292). Bag by bag, since PKCS12_parse() takes the first
 * key that there is, whosever it may be, and no file without one. */

enum { MAXIMUM_DEPTH = 4, MAXIMUM_KEYS = 10 };

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PKCS12, PKCS12_free)

typedef STACK_OF(PKCS12_SAFEBAG) SafeBags;
typedef STACK_OF(PKCS7) SafeContents;

static void safe_bags_free(SafeBags *bags)
{
  sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SafeBags, safe_bags_free)

static void safe_contents_free(SafeContents *contents)
{
  sk_PKCS7_pop_free(contents, PKCS7_free);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SafeContents, safe_contents_free)

/* A file under way. */
typedef struct {
  PkiForeignReading *reading;
  const char *password; /* "" and NULL are not the same: two ways of having none */
  int password_length;
  GPtrArray *keys;  /* EVP_PKEY */
  guint closed;     /* parts that the password does not open */
  guint unreadable; /* keys of a kind that OpenSSL does not know, and what is no certificate */
} Unpacking;

static void key_free(gpointer key)
{
  EVP_PKEY_free(key);
}

static void add_key(Unpacking *unpacking, const PKCS8_PRIV_KEY_INFO *info)
{
  EVP_PKEY *key = EVP_PKCS82PKEY(info);
  if (key == NULL)
    unpacking->unreadable++;
  else if (unpacking->keys->len < MAXIMUM_KEYS)
    g_ptr_array_add(unpacking->keys, key);
  else
    EVP_PKEY_free(key);
}

static void add_shrouded_key(Unpacking *unpacking, const PKCS12_SAFEBAG *bag)
{
  g_autoptr(PKCS8_PRIV_KEY_INFO) info =
      PKCS12_decrypt_skey(bag, unpacking->password, unpacking->password_length);
  if (info != NULL)
    add_key(unpacking, info);
  else
    unpacking->closed++;
}

static void add_certificate(Unpacking *unpacking, const PKCS12_SAFEBAG *bag)
{
  X509 *certificate =
      PKCS12_SAFEBAG_get_bag_nid(bag) == NID_x509Certificate ? PKCS12_SAFEBAG_get1_cert(bag) : NULL;
  if (certificate != NULL)
    pki_foreign_add_certificate(unpacking->reading, certificate);
  else
    unpacking->unreadable++;
}

static void unpack_bags(Unpacking *unpacking, const SafeBags *bags, guint depth)
{
  for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); i++) {
    const PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_value(bags, i);
    if (unpacking->reading->faults->len > 0)
      return;
    int nid = PKCS12_SAFEBAG_get_nid(bag);
    if (nid == NID_keyBag)
      add_key(unpacking, PKCS12_SAFEBAG_get0_p8inf(bag));
    else if (nid == NID_pkcs8ShroudedKeyBag)
      add_shrouded_key(unpacking, bag);
    else if (nid == NID_certBag)
      add_certificate(unpacking, bag);
    else if (nid == NID_safeContentsBag && depth < MAXIMUM_DEPTH)
      unpack_bags(unpacking, PKCS12_SAFEBAG_get0_safes(bag), depth + 1);
  }
}

static void unpack_content(Unpacking *unpacking, PKCS7 *content)
{
  int nid = OBJ_obj2nid(content->type);
  g_autoptr(SafeBags) bags = NULL;
  if (nid == NID_pkcs7_data)
    bags = PKCS12_unpack_p7data(content);
  else if (nid == NID_pkcs7_encrypted)
    bags = PKCS12_unpack_p7encdata(content, unpacking->password, unpacking->password_length);
  if (bags != NULL)
    unpack_bags(unpacking, bags, 0);
  else
    unpacking->closed++;
}

/* ---- The file -------------------------------------------------------------------- */

static void refuse_password(PkiForeignReading *reading)
{
  if (reading->source->passphrase != NULL)
    PKI_FOREIGN_FAULT(reading, "pkcs12-password",
                      "the password does not open the PKCS#12 file; check it, blanks too");
  else
    PKI_FOREIGN_FAULT(reading, "pkcs12-password",
                      "the PKCS#12 file has a password; give it, as <pkcs12 password=\"…\">");
}

static void refuse_algorithm(PkiForeignReading *reading)
{
  PKI_FOREIGN_FAULT(reading, "pkcs12-algorithm",
                    "the PKCS#12 file is encrypted in a way that the OpenSSL of this host does not "
                    "know; where it is an old one (RC2), OpenSSL's module \"legacy\" is missing. "
                    "Export it anew with AES-256");
}

/* The password to go on with. FALSE after a fault. */
static gboolean find_password(Unpacking *unpacking, PKCS12 *file)
{
  const Secret *given = unpacking->reading->source->passphrase;
  gboolean none = given == NULL || given->length == 0;
  unpacking->password = none ? NULL : (const char *)given->data;
  unpacking->password_length = none ? 0 : (int)given->length;
  if (!PKCS12_mac_present(file))
    return TRUE;
  ERR_clear_error();
  if (PKCS12_verify_mac(file, unpacking->password, unpacking->password_length) == 1)
    return TRUE;
  if (none && PKCS12_verify_mac(file, "", 0) == 1) {
    unpacking->password = "";
    return TRUE;
  }
  if (pki_foreign_lacks_algorithm())
    refuse_algorithm(unpacking->reading);
  else
    refuse_password(unpacking->reading);
  return FALSE;
}

/* Takes the key that is the leaf's, if one is; else the first. */
static void choose_key(Unpacking *unpacking)
{
  PkiForeignReading *reading = unpacking->reading;
  for (guint i = 0; i < unpacking->keys->len; i++) {
    EVP_PKEY *key = g_ptr_array_index(unpacking->keys, i);
    gboolean fits = FALSE;
    for (guint k = 0; k < reading->certificates->len && !fits; k++) {
      EVP_PKEY *public_key = X509_get0_pubkey(g_ptr_array_index(reading->certificates, k));
      fits = public_key != NULL && EVP_PKEY_eq(public_key, key) == 1;
    }
    if (!fits && i + 1 < unpacking->keys->len)
      continue;
    if (EVP_PKEY_up_ref(key) == 1)
      reading->key = key;
    return;
  }
}

static void judge(const Unpacking *unpacking, gboolean lacks)
{
  PkiForeignReading *reading = unpacking->reading;
  if (reading->faults->len > 0)
    return;
  if (unpacking->closed > 0 && lacks)
    refuse_algorithm(reading);
  else if (unpacking->closed > 0)
    refuse_password(reading);
  else if (reading->certificates->len == 0)
    PKI_FOREIGN_FAULT(reading, "certificate-content",
                      "there is no certificate in the PKCS#12 file%s; export the certificate with "
                      "its chain and its key",
                      unpacking->keys->len > 0 ? ", only a private key" : "");
  else if (unpacking->unreadable > 0)
    PKI_FOREIGN_WARN(reading, "pkcs12-format",
                     "%u parts of the PKCS#12 file are of a kind that is not known here; they were "
                     "left out",
                     unpacking->unreadable);
}

/* What the file is that is no PKCS#12. */
static const char *recognize(const PkiForeignSource *source)
{
  PkiSlice text = {source->pkcs12, source->pkcs12_length};
  PkiPemBlock block;
  const guint8 *at = source->pkcs12;
  g_autoptr(X509) certificate = d2i_X509(NULL, &at, (long)source->pkcs12_length);
  if (certificate != NULL)
    return "it is a certificate alone; write it as PEM into <certificate>";
  if (pki_pem_take(&text, &block))
    return "it is PEM; write it into <certificate> and <privateKey>";
  if (text.length >= 4 && memcmp(text.data, "\xfe\xed\xfe\xed", 4) == 0)
    return "it is a Java key store; convert it with keytool -importkeystore -deststoretype PKCS12";
  return "it is cut off, damaged or something else; export it anew";
}

void pki_foreign_take_pkcs12(PkiForeignReading *reading)
{
  const PkiForeignSource *source = reading->source;
  const guint8 *at = source->pkcs12;
  g_autoptr(PKCS12) file = d2i_PKCS12(NULL, &at, (long)source->pkcs12_length);
  if (file == NULL) {
    PKI_FOREIGN_FAULT(reading, "pkcs12-format", "the file is no PKCS#12: %s", recognize(source));
    return;
  }
  Unpacking unpacking = {.reading = reading, .keys = g_ptr_array_new_with_free_func(key_free)};
  gboolean lacks = FALSE;
  if (find_password(&unpacking, file)) {
    ERR_clear_error();
    g_autoptr(SafeContents) contents = PKCS12_unpack_authsafes(file);
    if (contents == NULL)
      PKI_FOREIGN_FAULT(reading, "pkcs12-format",
                        "the PKCS#12 file cannot be unpacked; it is damaged, or was made by faulty "
                        "software: export it anew");
    for (int i = 0; i < sk_PKCS7_num(contents) && reading->faults->len == 0; i++)
      unpack_content(&unpacking, sk_PKCS7_value(contents, i));
    lacks = pki_foreign_lacks_algorithm();
    judge(&unpacking, lacks);
    choose_key(&unpacking);
  }
  g_ptr_array_unref(unpacking.keys);
}

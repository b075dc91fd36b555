#include "pki/pki-private.h"

#include <openssl/objects.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <string.h>

/* PKCS#12 (RFC 7292), put together bag by bag: from the bytes of the key, which OpenSSL's
 * PKCS12_create() would encode anew, leaving them in freed memory. */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PKCS12, PKCS12_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PKCS12_SAFEBAG, PKCS12_SAFEBAG_free)

/* Those in a PFX whose password is guessed slow the guesser down. Ours are random, of 140
 * bits: 2,048 is what every reader takes. */
enum { ITERATIONS = 2048 };

typedef struct {
  const char *name;
  int encryption; /* of keys and certificates */
  int salt;
  const EVP_MD *(*digest)(void); /* of the MAC */
} PfxProfileInfo;

static const PfxProfileInfo profiles[] = {
    [PKI_PFX_PROFILE_MODERN] = {"modern", NID_aes_256_cbc, 16, EVP_sha256},
    [PKI_PFX_PROFILE_COMPATIBLE] = {"compatible", NID_pbe_WithSHA1And3_Key_TripleDES_CBC, 8,
                                    EVP_sha1},
};
G_STATIC_ASSERT(G_N_ELEMENTS(profiles) == PKI_PFX_PROFILE_N);

const char *pki_pfx_profile_to_string(PkiPfxProfile profile)
{
  return profiles[profile].name;
}

gboolean pki_pfx_profile_from_string(const char *text, PkiPfxProfile *ret_profile)
{
  for (PkiPfxProfile profile = 1; profile < PKI_PFX_PROFILE_N; profile++)
    if (strcmp(profiles[profile].name, text) == 0) {
      *ret_profile = profile;
      return TRUE;
    }
  return FALSE;
}

/* Without those that are taken for each other when they are read aloud or typed: 57 of
 * them, so that 24 have 139 bits. */
static const char password_characters[] =
    "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
enum { PASSWORD_LENGTH = 24 };

Secret *pki_password_generate(GError **error)
{
  const gsize count = strlen(password_characters);
  const guint8 limit = (guint8)(256 - 256 % count); /* each is as likely as the others */
  g_autoptr(Secret) password = secret_new(PASSWORD_LENGTH);
  for (gsize i = 0; i < password->length;) {
    guint8 byte;
    if (RAND_priv_bytes(&byte, 1) != 1) {
      pki_set_error(error, CERTDROP_ERROR_IO, "no random bytes for a password");
      return NULL;
    }
    if (byte < limit)
      password->data[i++] = (guint8)password_characters[byte % count];
  }
  return g_steal_pointer(&password);
}

/* What ties the key to its certificate. */
static gboolean add_key_id(PKCS12_SAFEBAG *bag, const PkiPfxRequest *request)
{
  guint8 digest[32];
  PkiSlice der = pki_slice_from_bytes(request->certificate);
  pki_sha256(der.data, der.length, digest);
  return PKCS12_add_localkeyid(bag, digest, 20) == 1 &&
         PKCS12_add_friendlyname_utf8(bag, request->alias, -1) == 1;
}

/* Adds SAFE (taken over) to SAFES. */
static gboolean add_safe(STACK_OF(PKCS7) * safes, PKCS7 *safe)
{
  if (safe != NULL && sk_PKCS7_push(safes, safe) > 0)
    return TRUE;
  PKCS7_free(safe);
  return FALSE;
}

/* Adds BAG (taken over) to BAGS. */
static gboolean add_bag(STACK_OF(PKCS12_SAFEBAG) * bags, PKCS12_SAFEBAG *bag)
{
  if (bag != NULL && sk_PKCS12_SAFEBAG_push(bags, bag) > 0)
    return TRUE;
  PKCS12_SAFEBAG_free(bag);
  return FALSE;
}

static gboolean add_certificate(STACK_OF(PKCS12_SAFEBAG) * bags, PkiSlice der,
                                const PkiPfxRequest *own)
{
  const guint8 *at = der.data;
  g_autoptr(X509) certificate = d2i_X509(NULL, &at, (long)der.length);
  g_autoptr(PKCS12_SAFEBAG) bag =
      certificate != NULL ? PKCS12_SAFEBAG_create_cert(certificate) : NULL;
  return bag != NULL && (own == NULL || add_key_id(bag, own)) &&
         add_bag(bags, g_steal_pointer(&bag));
}

static gboolean add_certificates(STACK_OF(PKCS12_SAFEBAG) * bags, const PkiPfxRequest *request)
{
  PkiSlice left = {NULL, 0}, one;
  if (request->chain != NULL)
    left = pki_slice_from_bytes(request->chain);
  gboolean ok = add_certificate(bags, pki_slice_from_bytes(request->certificate), request);
  while (ok && left.length > 0)
    ok = pki_der_take(&left, PKI_DER_SEQUENCE, NULL, &one) && add_certificate(bags, one, NULL);
  return ok;
}

static gboolean add_certificate_safe(STACK_OF(PKCS7) * safes, const PkiPfxRequest *request,
                                     const PfxProfileInfo *profile)
{
  STACK_OF(PKCS12_SAFEBAG) *bags = sk_PKCS12_SAFEBAG_new_null();
  gboolean ok = bags != NULL && add_certificates(bags, request) &&
                add_safe(safes, PKCS12_pack_p7encdata(profile->encryption,
                                                      (const char *)request->password->data,
                                                      (int)request->password->length, NULL,
                                                      profile->salt, ITERATIONS, bags));
  sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
  return ok;
}

static PKCS12_SAFEBAG *make_key_bag(const PkiPfxRequest *request, const PfxProfileInfo *profile)
{
  const guint8 *at = request->pkcs8->data;
  g_autoptr(PKCS8_PRIV_KEY_INFO) key =
      d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)request->pkcs8->length);
  if (key == NULL)
    return NULL;
  return PKCS12_SAFEBAG_create_pkcs8_encrypt(
      profile->encryption, (const char *)request->password->data, (int)request->password->length,
      NULL, profile->salt, ITERATIONS, key);
}

static gboolean add_key_safe(STACK_OF(PKCS7) * safes, const PkiPfxRequest *request,
                             const PfxProfileInfo *profile)
{
  STACK_OF(PKCS12_SAFEBAG) *bags = sk_PKCS12_SAFEBAG_new_null();
  g_autoptr(PKCS12_SAFEBAG) bag = make_key_bag(request, profile);
  gboolean ok = bags != NULL && bag != NULL && add_key_id(bag, request) &&
                add_bag(bags, g_steal_pointer(&bag)) && add_safe(safes, PKCS12_pack_p7data(bags));
  sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
  return ok;
}

static PKCS12 *make(const PkiPfxRequest *request, const PfxProfileInfo *profile)
{
  STACK_OF(PKCS7) *safes = sk_PKCS7_new_null();
  g_autoptr(PKCS12) pfx = NULL;
  if (safes != NULL && add_certificate_safe(safes, request, profile) &&
      add_key_safe(safes, request, profile))
    pfx = PKCS12_add_safes(safes, NID_pkcs7_data);
  sk_PKCS7_pop_free(safes, PKCS7_free);
  if (pfx == NULL ||
      PKCS12_set_mac(pfx, (const char *)request->password->data, (int)request->password->length,
                     NULL, profile->salt, ITERATIONS, profile->digest()) != 1)
    return NULL;
  return g_steal_pointer(&pfx);
}

GBytes *pki_pfx_make(const PkiPfxRequest *request, GError **error)
{
  g_autoptr(PKCS12) pfx = make(request, &profiles[request->profile]);
  guint8 *der = NULL;
  int length = pfx != NULL ? i2d_PKCS12(pfx, &der) : -1;
  if (length > 0)
    return pki_bytes_take(der, length);
  pki_set_error(error, CERTDROP_ERROR_BUG, "a PKCS#12 cannot be made");
  return NULL;
}

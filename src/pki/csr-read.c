#include "pki/pki-private.h"

#include <openssl/err.h>
#include <openssl/rsa.h>

void pki_csr_free(PkiCsr *csr)
{
  if (csr == NULL)
    return;
  g_bytes_unref(csr->der);
  g_bytes_unref(csr->spki);
  g_free(csr->spki_sha256);
  g_free(csr->key_label);
  g_clear_pointer(&csr->names, g_ptr_array_unref);
  g_free(csr);
}

/* CertificationRequest and CertificationRequestInfo, RFC 2986 4. */
static gboolean find_spki(PkiSlice der, PkiSlice *ret_spki)
{
  PkiSlice request, info;
  return pki_der_take(&der, PKI_DER_SEQUENCE, &request, NULL) && der.length == 0 &&
         pki_der_take(&request, PKI_DER_SEQUENCE, &info, NULL) &&
         pki_der_take(&info, PKI_DER_INTEGER, NULL, NULL) &&
         pki_der_take(&info, PKI_DER_SEQUENCE, NULL, NULL) &&
         pki_der_take(&info, PKI_DER_SEQUENCE, NULL, ret_spki);
}

GBytes *pki_csr_spki(GBytes *der, GError **error)
{
  PkiSlice spki;
  if (!find_spki(pki_slice_from_bytes(der), &spki)) {
    pki_set_error(error, CERTDROP_ERROR_CORRUPT, "a stored CSR cannot be read");
    return NULL;
  }
  return g_bytes_new(spki.data, spki.length);
}

static X509_REQ *decode_request(PkiSlice der, PkiSpki *ret_spki, const PkiFaultSink *sink)
{
  const guint8 *at = der.data;
  PkiSlice spki;
  g_autoptr(X509_REQ) request = d2i_X509_REQ(NULL, &at, (long)der.length);
  if (request == NULL || !find_spki(der, &spki) || !pki_spki_parse(spki, ret_spki)) {
    PKI_FAULT(sink, "csr-format",
              "The CSR is not a PKCS#10 request in DER, or something follows it. Check that it was "
              "pasted whole.");
    return NULL;
  }
  return g_steal_pointer(&request);
}

static void check_version(const X509_REQ *request, const PkiFaultSink *sink)
{
  if (X509_REQ_get_version(request) != X509_REQ_VERSION_1)
    PKI_FAULT(sink, "csr-version",
              "The CSR's version is %ld. It must be v1, encoded as 0, as RFC 2986 says.",
              X509_REQ_get_version(request));
}

static gboolean digest_is_accepted(const X509_ALGOR *digest)
{
  static const int accepted[] = {NID_sha256, NID_sha384, NID_sha512};
  if (digest == NULL)
    return FALSE; /* the default, SHA-1 */
  const ASN1_OBJECT *object;
  X509_ALGOR_get0(&object, NULL, NULL, digest);
  for (gsize i = 0; i < G_N_ELEMENTS(accepted); i++)
    if (OBJ_obj2nid(object) == accepted[i])
      return TRUE;
  return FALSE;
}

static gboolean pss_is_accepted(const X509_ALGOR *algorithm)
{
  int type;
  const void *value;
  X509_ALGOR_get0(NULL, &type, &value, algorithm);
  if (type != V_ASN1_SEQUENCE)
    return FALSE;
  RSA_PSS_PARAMS *parameters = ASN1_item_unpack(value, ASN1_ITEM_rptr(RSA_PSS_PARAMS));
  gboolean accepted = parameters != NULL && digest_is_accepted(parameters->hashAlgorithm);
  RSA_PSS_PARAMS_free(parameters);
  return accepted;
}

static gboolean check_algorithm(const X509_REQ *request, const PkiFaultSink *sink)
{
  static const int accepted[] = {
      NID_sha256WithRSAEncryption,
      NID_sha384WithRSAEncryption,
      NID_sha512WithRSAEncryption,
      NID_ecdsa_with_SHA256,
      NID_ecdsa_with_SHA384,
      NID_ecdsa_with_SHA512,
      NID_ED25519,
  };
  const X509_ALGOR *algorithm;
  X509_REQ_get0_signature(request, NULL, &algorithm);
  const ASN1_OBJECT *object;
  X509_ALGOR_get0(&object, NULL, NULL, algorithm);
  int nid = OBJ_obj2nid(object);
  for (gsize i = 0; i < G_N_ELEMENTS(accepted); i++)
    if (nid == accepted[i])
      return TRUE;
  if (nid == NID_rsassaPss && pss_is_accepted(algorithm))
    return TRUE;
  g_autofree char *name = pki_object_to_text(object, FALSE);
  PKI_FAULT(sink, "csr-algorithm",
            "The CSR is signed with %s. Sign it with SHA-256, SHA-384 or SHA-512 (openssl req "
            "-sha256).",
            name);
  return FALSE;
}

static void check_signature(X509_REQ *request, const PkiFaultSink *sink)
{
  EVP_PKEY *key = X509_REQ_get0_pubkey(request);
  if (key == NULL)
    PKI_FAULT(sink, "csr-key-parameters",
              "The public key cannot be used: it is no point of its curve. Make a new key.");
  else if (X509_REQ_verify(request, key) != 1)
    PKI_FAULT(sink, "csr-signature",
              "The CSR's signature was not made with its own key, or the CSR was changed since. "
              "Make it anew with openssl req -new and paste it unchanged.");
}

static PkiCsr *csr_new(GBytes *der, const PkiSpki *spki, GPtrArray *names)
{
  PkiSlice whole;
  gboolean found = find_spki(pki_slice_from_bytes(der), &whole);
  g_assert(found);
  PkiCsr *csr = g_new(PkiCsr, 1);
  *csr = (PkiCsr){g_bytes_ref(der),
                  g_bytes_new(whole.data, whole.length),
                  pki_sha256_hex(whole.data, whole.length),
                  spki->kind,
                  pki_spki_label(spki),
                  g_ptr_array_ref(names)};
  return csr;
}

/* All checks are made, whatever the one before said, so that an applicant hears everything at
 * once; only a signature says nothing under a bad key or algorithm. */
static PkiCsr *read_csr(GBytes *der, const PkiFaultSink *sink)
{
  PkiSpki spki;
  g_autoptr(X509_REQ) request = decode_request(pki_slice_from_bytes(der), &spki, sink);
  if (request == NULL)
    return NULL;
  guint before = sink->faults->len;
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  check_version(request, sink);
  gboolean good_key = pki_csr_check_key(&spki, sink);
  gboolean good_algorithm = check_algorithm(request, sink);
  if (good_key && good_algorithm)
    check_signature(request, sink);
  pki_csr_read_extensions(request, names, sink);
  pki_csr_read_common_names(request, names, sink);
  return sink->faults->len == before ? csr_new(der, &spki, names) : NULL;
}

PkiCsr *pki_csr_read(const char *text, gsize length, GPtrArray *faults, guint line,
                     const char *element)
{
  PkiFaultSink sink = {faults, line, element};
  g_autoptr(GBytes) der = pki_csr_decode(text, length, &sink);
  PkiCsr *csr = der == NULL ? NULL : read_csr(der, &sink);
  ERR_clear_error(); /* of what was refused, which faults tell better */
  return csr;
}

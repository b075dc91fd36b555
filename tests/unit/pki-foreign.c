/* Certificates of others: what is found in them, what is odd about them, and what is refused. */
#include "pki-foreign-test.h"

#include "foreign-pair.h"

/* ---- The chain ------------------------------------------------------------------- */

static void test_any_order(Authority *authority, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *root = pem_of(authority->root);
  g_autofree char *inner = pem_of(authority->inner);
  g_autofree char *leaf = pem_of(authority->leaf);
  const char *orders[][3] = {{root, inner, leaf}, {root, leaf, inner}, {inner, root, leaf},
                             {inner, leaf, root}, {leaf, root, inner}, {leaf, inner, root}};
  for (guint i = 0; i < G_N_ELEMENTS(orders); i++) {
    g_autofree char *text = g_strdup_printf("Dear all,\r\n%s between %s%s%s-----BEGIN nonsense",
                                            orders[i][0], orders[i][1], orders[i][2], orders[i][0]);
    g_autoptr(PkiForeign) foreign = read_pem(text, NULL, NULL, "");
    g_assert_cmpuint(foreign->warnings->len, ==, 0);
    g_assert_cmpstr(foreign->names[0], ==, "www.example.org");
    g_assert_cmpstr(foreign->issuer, ==, "CN = Other Issuing CA");
    g_assert_cmpstr(foreign->serial, ==, "4D");
    g_assert_cmpstr(foreign->key_kind, ==, "ec-p256");
    g_assert_cmpint(foreign->not_after, ==, NOW + 90 * DAY);
    g_assert_cmpuint(g_bytes_get_size(foreign->der), ==, der_length(authority->leaf));
    /* The intermediate alone: clients have the root. */
    g_assert_cmpuint(g_bytes_get_size(foreign->chain), ==, der_length(authority->inner));
    g_autofree char *chain = pki_certificates_to_pem(foreign->chain, NULL);
    g_assert_cmpstr(chain, ==, inner);
  }
}

static void test_chain_is_told(Authority *authority, gconstpointer data G_GNUC_UNUSED)
{
  assert_odd(authority->leaf, "certificate-chain"); /* its issuer is missing */
  g_autofree char *root = pem_of(authority->root);
  g_autofree char *inner = pem_of(authority->inner);
  g_autofree char *leaf = pem_of(authority->leaf);
  g_autofree char *gap = g_strconcat(leaf, root, NULL);
  g_autoptr(PkiForeign) broken = read_pem(gap, NULL, NULL, "");
  g_autofree char *codes = codes_of(broken->warnings);
  g_assert_cmpstr(codes, ==, "certificate-chain certificate-chain"); /* missing, and left out */
  g_assert_null(broken->chain);
  /* An intermediate below a root that clients have. */
  g_autofree char *usual = g_strconcat(leaf, inner, NULL);
  g_autoptr(PkiForeign) good = read_pem(usual, NULL, NULL, "");
  g_assert_cmpuint(good->warnings->len, ==, 0);
  /* Nothing but the root: it stays, so that there is a chain. */
  X509 *direct = make(&(Making){.subject = "direct.example.org",
                                .key = authority->key,
                                .issuer = authority->root,
                                .issuer_key = authority->root_key});
  g_autofree char *direct_pem = pem_of(direct);
  g_autofree char *below_root = g_strconcat(root, direct_pem, NULL);
  g_autoptr(PkiForeign) short_chain = read_pem(below_root, NULL, NULL, "");
  g_assert_cmpuint(g_bytes_get_size(short_chain->chain), ==, der_length(authority->root));
  X509_free(direct);
}

/* The same authority is certified by itself and by another: the longer way is taken. */
static void test_cross_certified(Authority *authority, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr(EVP_PKEY) old_key = new_ec();
  X509 *old = make(&(Making){.subject = "Old Root", .key = old_key, .ca = TRUE});
  X509 *cross = make(&(Making){.subject = "Other Root",
                               .key = authority->root_key,
                               .ca = TRUE,
                               .issuer = old,
                               .issuer_key = old_key,
                               .serial = "4E"});
  g_autofree char *a = pem_of(authority->root), *b = pem_of(authority->inner);
  g_autofree char *c = pem_of(authority->leaf), *d = pem_of(old), *e = pem_of(cross);
  g_autofree char *text = g_strconcat(a, b, c, d, e, NULL);
  g_autoptr(PkiForeign) foreign = read_pem(text, NULL, NULL, "");
  g_autofree char *chain = pki_certificates_to_pem(foreign->chain, NULL);
  g_autofree char *wanted = g_strconcat(b, e, NULL);
  g_assert_cmpstr(chain, ==, wanted);
  g_autofree char *codes = codes_of(foreign->warnings);
  g_assert_cmpstr(codes, ==, "certificate-chain"); /* the root that is no part of it */
  X509_free(old);
  X509_free(cross);
}

/* A certificate with the issuer's name that did not sign it is none of its chain. */
static void test_false_issuer(Authority *authority, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr(EVP_PKEY) key = new_ec();
  X509 *pretender = make(&(Making){.subject = "Other Issuing CA", .key = key, .ca = TRUE});
  g_autofree char *a = pem_of(pretender), *b = pem_of(authority->leaf);
  g_autofree char *text = g_strconcat(a, b, NULL);
  g_autoptr(PkiForeign) foreign = read_pem(text, NULL, NULL, "");
  g_assert_null(foreign->chain);
  X509_free(pretender);
}

/* ---- What is refused ---------------------------------------------------------------- */

static void test_contents(Authority *authority, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr(PkiKey) key = pki_key_generate(PKI_KEY_KIND_EC_P256, NULL);
  const char *const names[] = {"a.example.org", NULL};
  g_autoptr(GBytes) csr = pki_csr_make(key, NULL, names, NULL);
  g_autofree char *csr_pem = pki_csr_to_pem(csr);
  g_autofree char *mislabelled = pki_pem_from_bytes("CERTIFICATE", csr);
  g_autofree char *key_text = key_pem(authority->key, NULL);
  g_autofree char *root = pem_of(authority->root);
  g_autofree char *leaf = pem_of(authority->leaf);
  X509 *other = make(&(Making){.subject = "other.example.org", .key = authority->root_key});
  g_autofree char *two = pem_of(other);
  g_autofree char *both = g_strconcat(leaf, two, NULL);
  g_autofree char *with_key = g_strconcat(leaf, key_text, NULL);
  g_autofree char *cut = g_strndup(leaf, strlen(leaf) / 2);
  g_autofree char *damaged = g_strdup(leaf);
  strchr(damaged, '\n')[5] = '!';
  g_autofree char *shifted = g_strdup(leaf);
  memset(strchr(shifted, '\n') + 1, 'A', 8);
  const struct {
    const char *text, *codes, *says;
  } cases[] = {
      {"", "certificate-content", "no certificate"},
      {"no certificate at all", "certificate-content", "no certificate"},
      {csr_pem, "certificate-content", "a certificate request (CSR)"},
      {mislabelled, "certificate-content", "a certificate request (CSR)"},
      {"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----", "certificate-content", "(CRL)"},
      {"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "certificate-content",
       "a public key"},
      {"-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----", "certificate-content", "PKCS#7"},
      {"-----BEGIN SOMETHING ELSE-----\nAAAA\n-----END SOMETHING ELSE-----", "certificate-content",
       "SOMETHING ELSE"},
      {key_text, "certificate-content", "private key"},
      {with_key, "certificate-content", "private key"},
      {root, "certificate-ca", "Other Root"},
      {both, "certificate-several", "other.example.org"},
      {cut, "certificate-format", "-----END"},
      {damaged, "certificate-format", "base64"},
      {shifted, "certificate-format", "damaged"},
      {"-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----", "certificate-format", "base64"},
      {"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----", "certificate-format",
       "damaged"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    const PkiForeignSource source = {.certificates = cases[i].text, .element = "certificate"};
    g_autoptr(GPtrArray) faults = fault_array_new();
    g_assert_null(pki_foreign_read(&source, faults));
    g_autofree char *codes = codes_of(faults);
    g_assert_cmpstr(codes, ==, cases[i].codes);
    g_assert_nonnull(strstr(((Fault *)g_ptr_array_index(faults, 0))->text, cases[i].says));
  }
  X509_free(other);
}

static void test_too_many(Authority *authority, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < 60; i++) {
    g_autofree char *serial = g_strdup_printf("%X", i + 1);
    X509 *one =
        make(&(Making){.subject = "www.example.org", .key = authority->key, .serial = serial});
    g_autofree char *pem = pem_of(one);
    g_string_append(text, pem);
    X509_free(one);
  }
  g_autoptr(PkiForeign) foreign = read_pem(text->str, NULL, NULL, "certificate-limits");
}

/* Base64 alone, and OpenSSL's own kinds of block. */
static void test_other_forms(Authority *authority, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *pem = pem_of(authority->leaf);
  g_auto(GStrv) lines = g_strsplit(pem, "\n", -1);
  guint count = g_strv_length(lines);
  g_autofree char *rest = g_steal_pointer(&lines[count - 1]);
  g_autofree char *last = g_steal_pointer(&lines[count - 2]);
  g_autofree char *bare = g_strjoinv("\n   ", lines + 1);
  g_autoptr(PkiForeign) alone = read_pem(bare, NULL, NULL, "");
  g_autoptr(BIO) bio = BIO_new(BIO_s_mem());
  X509_alias_set1(authority->leaf, (const guint8 *)"alias", 5);
  PEM_write_bio_X509_AUX(bio, authority->leaf);
  g_autofree char *trusted = bio_text(bio);
  g_autofree char *text = g_strconcat("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n"
                                      "-----END EC PARAMETERS-----\n",
                                      trusted, NULL);
  g_autoptr(PkiForeign) foreign = read_pem(text, NULL, NULL, "");
  g_assert_cmpstr(foreign->sha256, ==, alone->sha256);
  g_assert_cmpuint(foreign->warnings->len, ==,
                   1); /* its issuer is missing; the alias is no matter */
}

/* ---- What is odd ------------------------------------------------------------------------ */

static void test_odd(Authority *authority, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr(EVP_PKEY) rsa_1024 = read_rsa_fixture(1024);
  g_autoptr(EVP_PKEY) rsa = read_rsa_fixture(2048);
  g_autoptr(EVP_PKEY) p521 = EVP_EC_gen("P-521");
  EVP_PKEY *key = authority->key;
  const struct {
    Making making;
    const char *codes; /* beside that of the chain, which is self-signed */
  } cases[] = {
      {{.key = key}, ""},
      {{.key = key, .digest = EVP_sha1()}, "certificate-signature"},
      {{.key = rsa, .digest = EVP_md5()}, "certificate-signature"},
      {{.key = key, .names = ""}, "certificate-names"},
      {{.key = key, .names = "email:a@example.org"}, "certificate-names certificate-names"},
      {{.key = key, .names = "DNS:www.example.org,URI:http://x/,email:a@example.org"},
       "certificate-names"},
      {{.key = key, .names = "DNS:a b,DNS:www.example.org"}, "certificate-names"},
      {{.key = key, .version = -1}, "certificate-names certificate-version"},
      {{.key = key, .serial = "-4D"}, "certificate-serial"},
      {{.key = key, .serial = "0"}, "certificate-serial"},
      {{.key = key, .serial = "0102030405060708090A0B0C0D0E0F101112131415"}, "certificate-serial"},
      {{.key = key, .begin = NOW + DAY, .end = NOW}, "certificate-validity"},
      {{.key = key, .end = NOW + 398 * DAY - 1}, ""},
      {{.key = key, .end = NOW + 398 * DAY}, "certificate-validity"},
      {{.key = key, .begin = 1500000000, .end = 1500000000 + 825 * DAY - 1}, ""},
      {{.key = key, .begin = 1500000000, .end = 1500000000 + 825 * DAY}, "certificate-validity"},
      {{.key = key, .begin = -DAY, .end = 90 * DAY}, "certificate-validity"},
      {{.key = rsa_1024}, "certificate-key"},
      {{.key = p521}, "certificate-key"},
      {{.key = key, .extensions = {"1.2.3.4=critical,DER:0500"}}, "certificate-extension"},
      {{.key = key, .extensions = {"1.2.3.4=DER:0500"}}, ""},
      {{.key = key, .extensions = {"keyUsage=digitalSignature", "keyUsage=digitalSignature"}},
       "certificate-extension certificate-extension"}, /* twice, and so unreadable */
      {{.key = key, .extensions = {"extendedKeyUsage=clientAuth"}}, "certificate-extension"},
      {{.key = key, .extensions = {"extendedKeyUsage=serverAuth,clientAuth"}}, ""},
      {{.key = key, .ca = TRUE}, "certificate-names certificate-extension"},
      {{.key = key, .extensions = {"keyUsage=DER:0500"}}, "certificate-extension"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    Making making = cases[i].making;
    making.subject = "www.example.org";
    X509 *certificate = make(&making);
    g_autofree char *codes =
        g_strconcat("certificate-chain", *cases[i].codes != '\0' ? " " : "", cases[i].codes, NULL);
    g_test_message("case %u", i);
    assert_odd(certificate, codes);
    X509_free(certificate);
  }
}

static void test_names(Authority *authority, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *subject, *names, *found;
  } cases[] = {
      {"x", "DNS:WWW.Example.org,DNS:www.example.org,IP:10.0.0.1,IP:2001:db8::1",
       "www.example.org 10.0.0.1 2001:db8::1"},
      {"www.example.org", "", "www.example.org"},
      {"*.example.org", "", "*.example.org"},
      {"My Old Server, No. 1", "", "my-old-server-no.-1"},
      {"../../etc/passwd", "", "unnamed"},
      {"\xe4\xbe\x8b\xe5\xad\x90", "", "unnamed"},
      {" ", "", "unnamed"},
      {"localhost", "", "localhost"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    X509 *certificate = make(
        &(Making){.subject = cases[i].subject, .names = cases[i].names, .key = authority->key});
    g_autofree char *pem = pem_of(certificate);
    g_autoptr(PkiForeign) foreign = read_pem(pem, NULL, NULL, "");
    g_autofree char *names = g_strjoinv(" ", foreign->names);
    g_assert_cmpstr(names, ==, cases[i].found);
    X509_free(certificate);
  }
}

/* ---- Keys ----------------------------------------------------------------------------- */

static void test_keys(Authority *authority, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *inner = pem_of(authority->inner);
  g_autofree char *leaf = pem_of(authority->leaf);
  g_autofree char *chain = g_strconcat(leaf, inner, NULL);
  g_autofree char *key = key_pem(authority->key, NULL);
  g_autofree char *closed = key_pem(authority->key, "open sesame");
  g_autofree char *other = key_pem(authority->root_key, NULL);
  g_autofree char *issuers = key_pem(authority->inner_key, NULL);
  g_autofree char *two = g_strconcat(key, other, NULL);
  g_autofree char *cut = g_strndup(key, strlen(key) - 40);
  g_autofree char *damaged = g_strdup(key);
  memset(strchr(damaged, '\n') + 1, 'A', 8);
  const struct {
    const char *key, *passphrase, *codes, *says;
  } cases[] = {
      {key, NULL, "", NULL},
      {key, "not needed", "", NULL},
      {closed, "open sesame", "", NULL},
      {closed, NULL, "key-passphrase", "give its passphrase"},
      {closed, "", "key-passphrase", "does not open"},
      {closed, "open sesame ", "key-passphrase", "does not open"},
      {other, NULL, "key-mismatch", "belongs to none"},
      {issuers, NULL, "key-mismatch", "Other Issuing CA"},
      {two, NULL, "key-several", "more than one"},
      {cut, NULL, "key-format", "-----END"},
      {damaged, NULL, "key-format", "damaged"},
      {leaf, NULL, "key-format", "no private key"},
      {"x", NULL, "key-format", "no private key"},
      {"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----", NULL,
       "key-format", "OpenSSH"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("case %u", i);
    g_autoptr(Secret) text = secret_new_copy(cases[i].key, strlen(cases[i].key));
    g_autoptr(Secret) passphrase =
        cases[i].passphrase != NULL
            ? secret_new_copy(cases[i].passphrase, strlen(cases[i].passphrase))
            : NULL;
    const PkiForeignSource source = {.certificates = chain,
                                     .key = text,
                                     .passphrase = passphrase,
                                     .element = "certificate",
                                     .key_line = 7};
    g_autoptr(GPtrArray) faults = fault_array_new();
    g_autoptr(PkiForeign) foreign = pki_foreign_read(&source, faults);
    g_autofree char *codes = codes_of(faults);
    g_assert_cmpstr(codes, ==, cases[i].codes);
    if (foreign == NULL) {
      const Fault *fault = g_ptr_array_index(faults, 0);
      g_assert_nonnull(strstr(fault->text, cases[i].says));
      g_assert_cmpint(fault->line, ==, 7);
      g_assert_cmpstr(fault->element, ==, "privateKey");
      continue;
    }
    /* What is kept is PKCS#8, as the rest of certdrop takes it. */
    g_autoptr(PkiKey) again = pki_key_from_pkcs8(foreign->pkcs8, NULL);
    g_assert_nonnull(again);
    g_assert_cmpstr(pki_key_spki_sha256(again), ==, foreign->spki_sha256);
  }
}

static void test_pair_of_example(Authority *authority G_GNUC_UNUSED,
                                 gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr(PkiForeign) foreign =
      read_pem(PAIR_CERTIFICATE PAIR_ISSUER, PAIR_KEY, PAIR_PASSPHRASE, "");
  g_assert_nonnull(foreign->pkcs8);
}

/* A private key whose file has another public half than its own. */
static void test_key_of_two_halves(Authority *authority, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *key = key_pem(authority->key, NULL);
  g_autofree char *other = key_pem(authority->root_key, NULL);
  PkiSlice texts[] = {{(const guint8 *)key, strlen(key)}, {(const guint8 *)other, strlen(other)}};
  GBytes *ders[2];
  for (guint i = 0; i < 2; i++) {
    PkiPemBlock block;
    g_assert_true(pki_pem_take(&texts[i], &block));
    ders[i] = pki_base64_decode(block.body);
  }
  /* PKCS#8 of P-256 ends with the public key, 65 bytes. */
  gsize length;
  g_autofree guint8 *mixed =
      g_memdup2(g_bytes_get_data(ders[1], &length), g_bytes_get_size(ders[1]));
  memcpy(mixed + length - 65, (const guint8 *)g_bytes_get_data(ders[0], NULL) + length - 65, 65);
  g_autoptr(GBytes) bytes = g_bytes_new(mixed, length);
  g_autofree char *text = pki_pem_from_bytes("PRIVATE KEY", bytes);
  g_autofree char *leaf = pem_of(authority->leaf);
  g_autoptr(PkiForeign) foreign = read_pem(leaf, text, NULL, "key-mismatch");
  g_bytes_unref(ders[0]);
  g_bytes_unref(ders[1]);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add("/pki/foreign/" name, Authority, NULL, authority_set_up, function, authority_tear_down)
  ADD("any-order", test_any_order);
  ADD("chain-is-told", test_chain_is_told);
  ADD("cross-certified", test_cross_certified);
  ADD("false-issuer", test_false_issuer);
  ADD("contents", test_contents);
  ADD("too-many", test_too_many);
  ADD("other-forms", test_other_forms);
  ADD("odd", test_odd);
  ADD("names", test_names);
  ADD("keys", test_keys);
  ADD("pair-of-example", test_pair_of_example);
  ADD("key-of-two-halves", test_key_of_two_halves);
  return g_test_run();
}

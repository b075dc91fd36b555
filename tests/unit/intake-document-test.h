/* What the tests of documents share: a file is read as a reader does, but without its jail. */
#ifndef CERTDROP_TESTS_INTAKE_DOCUMENT_TEST_H
#define CERTDROP_TESTS_INTAKE_DOCUMENT_TEST_H

#include "intake/intake.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "foreign-pair.h"
#include "intake/document-private.h"
#include "intake/package.h"
#include "intake/read-private.h"
#include "pki/pki.h"

#define NS " xmlns=\"urn:certdrop:1\""
#define BATCH "<batch" NS ">\n"

static Schema *schema;

/* ---- Reading --------------------------------------------------------------- */

/* A file of tests/fixtures, found from the program's own place upwards. */
static inline char *fixture_path(const char *name)
{
  g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
  g_autofree char *folder = g_path_get_dirname(program);
  for (;;) {
    char *path = g_build_filename(folder, "tests/fixtures", name, NULL);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
      return path;
    g_free(path);
    g_assert_cmpstr(folder, !=, "/");
    char *parent = g_path_get_dirname(folder);
    g_free(folder);
    folder = parent;
  }
}

static inline GBytes *fixture(const char *name)
{
  g_autofree char *path = fixture_path(name);
  char *bytes = NULL;
  gsize length = 0;
  g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
  return g_bytes_new_take(bytes, length);
}

/* All that came of one file. */
typedef struct {
  GPtrArray *items; /* RequestItem */
  RequestFile *file;
  guint batches;
  int fd; /* of the file, while it is read */
} Result;

static inline void keep_batch(const RequestFile *file, gpointer data)
{
  Result *result = data;
  g_assert_true(file->batch);
  g_assert_cmpuint(result->items->len, ==, 0);
  result->batches++;
}

/* Items are kept as the keeper gets them: by way of bytes. */
static inline void keep_item(const RequestItem *item, gpointer data)
{
  Result *result = data;
  g_autoptr(GBytes) bytes = request_item_to_bytes(item);
  RequestItem *copy = request_item_from_bytes(bytes);
  g_assert_nonnull(copy);
  g_ptr_array_add(result->items, copy);
}

static inline void keep_batch_and_grow(const RequestFile *file, gpointer data)
{
  keep_batch(file, data);
  g_assert_cmpint(pwrite(((Result *)data)->fd, " ", 1, 20), ==, 1);
}

static inline int file_of(const void *bytes, gsize length)
{
  int fd = memfd_create("document", MFD_CLOEXEC);
  g_assert_cmpint(fd, >=, 0);
  g_assert_cmpint(write(fd, bytes, length), ==, length);
  return fd;
}

static inline Result *read_with(const ReadSink *sink, const void *bytes, gsize length)
{
  Result *result = g_new0(Result, 1);
  result->items = g_ptr_array_new_with_free_func((GDestroyNotify)request_item_free);
  result->fd = file_of(bytes, length);
  result->file = read_file(schema, result->fd, sink, result);
  close(result->fd);
  g_assert_cmpstr(result->file->sha256, !=, NULL);
  return result;
}

static inline Result *read_bytes(const void *bytes, gsize length)
{
  static const ReadSink sink = {keep_batch, keep_item};
  return read_with(&sink, bytes, length);
}

static inline Result *read_text(const char *text)
{
  return read_bytes(text, strlen(text));
}

static inline void result_free(Result *result)
{
  g_ptr_array_unref(result->items);
  request_file_free(result->file);
  g_free(result);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Result, result_free)

static const RequestItem *item_at(const Result *result, guint index)
{
  g_assert_cmpuint(result->items->len, >, index);
  return g_ptr_array_index(result->items, index);
}

/* The body of the only item, which has no fault. */
static inline gconstpointer only_body(const Result *result, RequestKind kind)
{
  g_assert_cmpuint(result->file->faults->len, ==, 0);
  g_assert_cmpuint(result->items->len, ==, 1);
  const RequestItem *item = item_at(result, 0);
  g_assert_cmpuint(item->faults->len, ==, 0);
  g_assert_cmpint(item->kind, ==, kind);
  g_assert_nonnull(item->body);
  return item->body;
}

/* The fault with CODE whose text has WORDS in it; fails where there is none. */
static const Fault *find_fault(const GPtrArray *faults, const char *code, const char *words)
{
  for (guint i = 0; i < faults->len; i++) {
    const Fault *fault = g_ptr_array_index(faults, i);
    if (strcmp(fault->code, code) == 0 && strstr(fault->text, words) != NULL)
      return fault;
  }
  for (guint i = 0; i < faults->len; i++) {
    const Fault *fault = g_ptr_array_index(faults, i);
    g_test_message("%s %s", fault->code, fault->text);
  }
  g_test_message("no fault %s with \"%s\"", code, words);
  g_assert_not_reached();
}

static inline void assert_item_fault(const char *text, const char *code, guint line,
                                     const char *element, const char *words)
{
  g_autoptr(Result) result = read_text(text);
  g_assert_cmpuint(result->file->faults->len, ==, 0);
  const RequestItem *item = item_at(result, 0);
  g_assert_null(item->body);
  const Fault *fault = find_fault(item->faults, code, words);
  g_assert_cmpuint(fault->line, ==, line);
  g_assert_cmpstr(fault->element, ==, element);
}

static inline void assert_file_fault(const char *text, const char *code, guint line,
                                     const char *words)
{
  g_autoptr(Result) result = read_text(text);
  g_assert_cmpuint(result->items->len, ==, 0);
  g_assert_cmpuint(result->file->items, ==, 0);
  g_assert_cmpuint(find_fault(result->file->faults, code, words)->line, ==, line);
}

G_GNUC_UNUSED static const char full_order[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<order" NS " ref=\"PO-4711\">\n"
    "  <product> secure-ov-multi </product><quantity>3</quantity><years>2</years>\n"
    "  <nameCount>5</nameCount><autoRenew>true</autoRenew>\n"
    "  <payment reference=\"TX-991\" amount=\"3600.05\" currency=\"CNY\"/>\n"
    "  <application>\n"
    "    <domains><domain>www.abc.com</domain>\n<domain>\tpay.efg.com\n</domain></domains>\n"
    "    <applicant><name>Applicant\n      One</name><phone>+86 571 5550 0100</phone>\n"
    "      <email>one@example.test</email><idNumber>ID-1</idNumber></applicant>\n"
    "    <company><name>B&#xFC;cher &amp; Co</name><type>private-organization</type>\n"
    "      <location country=\"CN\" province=\"Zhejiang\" city=\"Hangzhou\"/></company>\n"
    "    <csr mode=\"automatic\" key=\"ec-p384\"/>\n"
    "    <download><format>nginx</format><format>pem</format></download>\n"
    "  </application>\n"
    "</order>\n";

/* A certificate that archives can be encrypted to. */
#define RECIPIENT                                                                                  \
  "-----BEGIN CERTIFICATE-----\n"                                                                  \
  "MIIBbjCCARWgAwIBAgIUX7gnH36rIj06tg5zsy0ARINKAoswCgYIKoZIzj0EAwIw\n"                             \
  "DDEKMAgGA1UEAwwBUjAgFw0yNjExMjcyMTQ5MzlaGA8yMTI2MTEwMzIxNDkzOVow\n"                             \
  "DDEKMAgGA1UEAwwBUjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFHxkCDYt6/6\n"                             \
  "LbZV9FyKkCRtAGqszBYSR/LDk7BINY5E36zE7EYWGtIdLrpQWipuHwxsIANeH3qc\n"                             \
  "pgfnn6MIfaCjUzBRMB0GA1UdDgQWBBTdgArOlvlqGVb53gYKyfUaW2uv9DAfBgNV\n"                             \
  "HSMEGDAWgBTdgArOlvlqGVb53gYKyfUaW2uv9DAPBgNVHRMBAf8EBTADAQH/MAoG\n"                             \
  "CCqGSM49BAMCA0cAMEQCIGOmYAkDoFQLG9zs0x2jRlFCNskuT/0G0QFMukjInVhO\n"                             \
  "AiANDFQ3ehDiBzcPdgwyFcpLSZdphzvgHDbI2eFLuowVJg==\n"                                             \
  "-----END CERTIFICATE-----\n"

/* One of each kind. */
G_GNUC_UNUSED static const char *const samples[REQUEST_KIND_N] = {
    [REQUEST_KIND_ORDER] = "<order" NS " ref=\"R\"><product>p</product></order>",
    [REQUEST_KIND_PAYMENT] = "<payment" NS " ref=\"R\" order=\"O\" reference=\"T\" "
                             "amount=\"0.00\" currency=\"CNY\"/>",
    [REQUEST_KIND_APPLICATION] = "<application" NS " ref=\"R\" certificate=\"C\" action=\"save\"/>",
    [REQUEST_KIND_WITHDRAWAL] = "<withdrawal" NS " ref=\"R\" certificate=\"C\"/>",
    [REQUEST_KIND_REVIEW] = "<review" NS " ref=\"R\" certificate=\"C\" decision=\"approve\" "
                            "reviewer=\"Desk\"><comment>a b</comment></review>",
    [REQUEST_KIND_ISSUANCE] = "<issuance" NS " ref=\"R\" certificate=\"C\">\n" PAIR_ISSUER
                              "chain\n" PAIR_CERTIFICATE "</issuance>",
    [REQUEST_KIND_UPLOAD] = "<upload" NS " ref=\"R\" name=\"N\"><privateKey "
                            "passphrase=\"" PAIR_PASSPHRASE "\">" PAIR_KEY
                            "</privateKey><certificate>" PAIR_CERTIFICATE "</certificate></upload>",
    [REQUEST_KIND_DOWNLOAD] = "<download" NS " ref=\"R\" certificate=\"C\"><format>jks</format>"
                              "<recipient>" RECIPIENT "</recipient><format>pem</format></download>",
    [REQUEST_KIND_DEPLOYMENT] =
        "<deployment" NS " ref=\"R\" certificate=\"C\"><target product=\"slb\"><region>a</region>"
        "<region>b</region></target><target product=\"cdn\"/></deployment>",
    [REQUEST_KIND_UNDEPLOYMENT] =
        "<undeployment" NS " ref=\"R\" certificate=\"C\"><target product=\"slb\"/></undeployment>",
    [REQUEST_KIND_RENEWAL] = "<renewal" NS " ref=\"R\" certificate=\"C\"><payment reference=\"T\" "
                             "amount=\"1.00\" currency=\"CNY\"/></renewal>",
    [REQUEST_KIND_REVOCATION] = "<revocation" NS " ref=\"R\" certificate=\"C\" reason=\"1\"/>",
    [REQUEST_KIND_DELETION] = "<deletion" NS " ref=\"R\" certificate=\"C\"/>",
};

static inline void prepare(void)
{
  g_autoptr(GError) error = NULL;
  document_initialise();
  g_assert_true(package_preload(&error));
  g_assert_true(pki_init(PKI_SECURE_HEAP_READER, &error));
  schema = schema_load("documents.xsd", &error);
  g_assert_no_error(error);
}

#endif

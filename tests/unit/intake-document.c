/* Documents become requests or faults: what is read, what is refused, in which
 * words and on which line. The reader's work, done here without its jail. */
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
static char *fixture_path(const char *name)
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

static GBytes *fixture(const char *name)
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

static void keep_batch(const RequestFile *file, gpointer data)
{
  Result *result = data;
  g_assert_true(file->batch);
  g_assert_cmpuint(result->items->len, ==, 0);
  result->batches++;
}

/* Items are kept as the keeper gets them: by way of bytes. */
static void keep_item(const RequestItem *item, gpointer data)
{
  Result *result = data;
  g_autoptr(GBytes) bytes = request_item_to_bytes(item);
  RequestItem *copy = request_item_from_bytes(bytes);
  g_assert_nonnull(copy);
  g_ptr_array_add(result->items, copy);
}

static void keep_batch_and_grow(const RequestFile *file, gpointer data)
{
  keep_batch(file, data);
  g_assert_cmpint(pwrite(((Result *)data)->fd, " ", 1, 20), ==, 1);
}

static int file_of(const void *bytes, gsize length)
{
  int fd = memfd_create("document", MFD_CLOEXEC);
  g_assert_cmpint(fd, >=, 0);
  g_assert_cmpint(write(fd, bytes, length), ==, length);
  return fd;
}

static Result *read_with(const ReadSink *sink, const void *bytes, gsize length)
{
  Result *result = g_new0(Result, 1);
  result->items = g_ptr_array_new_with_free_func((GDestroyNotify)request_item_free);
  result->fd = file_of(bytes, length);
  result->file = read_file(schema, result->fd, sink, result);
  close(result->fd);
  g_assert_cmpstr(result->file->sha256, !=, NULL);
  return result;
}

static Result *read_bytes(const void *bytes, gsize length)
{
  static const ReadSink sink = {keep_batch, keep_item};
  return read_with(&sink, bytes, length);
}

static Result *read_text(const char *text)
{
  return read_bytes(text, strlen(text));
}

static void result_free(Result *result)
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
static gconstpointer only_body(const Result *result, RequestKind kind)
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

static void assert_item_fault(const char *text, const char *code, guint line, const char *element,
                              const char *words)
{
  g_autoptr(Result) result = read_text(text);
  g_assert_cmpuint(result->file->faults->len, ==, 0);
  const RequestItem *item = item_at(result, 0);
  g_assert_null(item->body);
  const Fault *fault = find_fault(item->faults, code, words);
  g_assert_cmpuint(fault->line, ==, line);
  g_assert_cmpstr(fault->element, ==, element);
}

static void assert_file_fault(const char *text, const char *code, guint line, const char *words)
{
  g_autoptr(Result) result = read_text(text);
  g_assert_cmpuint(result->items->len, ==, 0);
  g_assert_cmpuint(result->file->items, ==, 0);
  g_assert_cmpuint(find_fault(result->file->faults, code, words)->line, ==, line);
}

/* ---- From XML to structs --------------------------------------------------- */

static const char full_order[] =
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

static void test_order_is_read_whole(void)
{
  g_autoptr(Result) result = read_text(full_order);
  const RequestOrder *order = only_body(result, REQUEST_KIND_ORDER);
  g_assert_cmpstr(item_at(result, 0)->ref, ==, "PO-4711");
  g_assert_cmpuint(item_at(result, 0)->line, ==, 2);
  g_assert_cmpstr(order->ref, ==, "PO-4711");
  g_assert_cmpint(order->line, ==, 2);
  g_assert_cmpstr(order->product, ==, "secure-ov-multi");
  g_assert_cmpint(order->quantity, ==, 3);
  g_assert_cmpint(order->years, ==, 2);
  g_assert_cmpint(order->name_count, ==, 5);
  g_assert_true(order->auto_renew);
  g_assert_cmpint(order->payment->amount, ==, 360005);
  g_assert_cmpstr(order->payment->reference, ==, "TX-991");
  g_assert_null(order->payment->ref);
  const RequestApplication *application = order->application;
  g_assert_cmpint(application->line, ==, 6);
  g_assert_cmpstr(application->domains[0], ==, "www.abc.com");
  g_assert_cmpstr(application->domains[1], ==, "pay.efg.com");
  g_assert_null(application->domains[2]);
  g_assert_cmpstr(application->applicant->name, ==, "Applicant One");
  g_assert_cmpstr(application->company->name, ==,
                  "B\xC3\xBC"
                  "cher & Co");
  g_assert_cmpstr(application->company->location->city, ==, "Hangzhou");
  g_assert_null(application->company->zip);
  g_assert_cmpstr(application->csr->key, ==, "ec-p384");
  g_assert_null(application->csr->text);
  g_assert_cmpstr(application->download[1], ==, "pem");
  g_assert_null(application->attachments);
}

static void test_order_has_defaults(void)
{
  g_autoptr(Result) result =
      read_text("<order" NS " ref=\"A\"><application/><product>p</product></order>");
  const RequestOrder *order = only_body(result, REQUEST_KIND_ORDER);
  g_assert_cmpint(order->quantity, ==, 1);
  g_assert_cmpint(order->years, ==, 1);
  g_assert_cmpint(order->name_count, ==, 0);
  g_assert_false(order->auto_renew);
  g_assert_null(order->payment);
  g_assert_cmpstr(order->application->action, ==, "submit");
}

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

/* One valid document of each kind: table, schema and struct fit together. */
static const char *const samples[REQUEST_KIND_N] = {
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

static void test_every_kind_is_read(void)
{
  for (RequestKind kind = 1; kind < REQUEST_KIND_N; kind++) {
    g_assert_nonnull(samples[kind]);
    g_autoptr(Result) result = read_text(samples[kind]);
    only_body(result, kind);
    g_assert_cmpstr(item_at(result, 0)->ref, ==, "R");
    g_assert_cmpint(item_at(result, 0)->secrets, ==, kind == REQUEST_KIND_UPLOAD);
    g_assert_cmpint(result->file->secrets, ==, kind == REQUEST_KIND_UPLOAD);
  }
}

static void test_lists_are_read(void)
{
  g_autoptr(Result) deployed = read_text(samples[REQUEST_KIND_DEPLOYMENT]);
  const RequestDeployment *deployment = only_body(deployed, REQUEST_KIND_DEPLOYMENT);
  g_assert_cmpuint(deployment->targets->len, ==, 2);
  const RequestTarget *slb = g_ptr_array_index(deployment->targets, 0);
  const RequestTarget *cdn = g_ptr_array_index(deployment->targets, 1);
  g_assert_cmpstr(slb->regions[1], ==, "b");
  g_assert_cmpstr(cdn->product, ==, "cdn");
  g_assert_null(cdn->regions);
  g_autoptr(Result) downloaded = read_text(samples[REQUEST_KIND_DOWNLOAD]);
  const RequestDownload *download = only_body(downloaded, REQUEST_KIND_DOWNLOAD);
  g_assert_cmpstr(download->formats[0], ==, "jks");
  g_assert_cmpstr(download->formats[1], ==, "pem");
  g_assert_null(download->formats[2]);
  g_assert_null(download->recipient);
  g_assert_cmpstr(download->own->subject, ==, "CN = R");
}

/* What a reader finds in certificates of others travels; their text, and a key, do not. */
static void test_certificates_are_looked_into(void)
{
  g_autoptr(Result) issued = read_text(samples[REQUEST_KIND_ISSUANCE]);
  const RequestIssuance *issuance = only_body(issued, REQUEST_KIND_ISSUANCE);
  g_assert_null(issuance->chain);
  g_assert_cmpstr(issuance->leaf->names[0], ==, "old-shop.example.test");
  g_assert_nonnull(issuance->leaf->chain);
  g_autoptr(Result) uploaded = read_text(samples[REQUEST_KIND_UPLOAD]);
  const RequestUpload *upload = only_body(uploaded, REQUEST_KIND_UPLOAD);
  g_assert_null(upload->certificate);
  g_assert_cmpstr(upload->leaf->key_kind, ==, "ec-p256");
  g_assert_null(upload->leaf->chain);
}

static void test_comments_cdata_and_location_hints_are_harmless(void)
{
  g_autoptr(Result) result =
      read_text("<order" NS " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
                "xsi:schemaLocation=\"urn:certdrop:1 file:///etc/passwd\" ref=\"A\"><!-- x -->"
                "<product>se<!-- y --><![CDATA[cu]]>re</product><?editor hint?></order>");
  const RequestOrder *order = only_body(result, REQUEST_KIND_ORDER);
  g_assert_cmpstr(order->product, ==, "secure");
}

static void test_prefix_is_as_good_as_none(void)
{
  g_autoptr(Result) result = read_text("<c:order xmlns:c=\"urn:certdrop:1\" ref=\"A\">"
                                       "<c:product>p</c:product></c:order>");
  only_body(result, REQUEST_KIND_ORDER);
}

/* ---- Sameness -------------------------------------------------------------- */

static char *hash_of(const char *text)
{
  g_autoptr(Result) result = read_text(text);
  return g_strdup(item_at(result, 0)->hash);
}

static void assert_hashes(const char *left, const char *right, gboolean same)
{
  g_autofree char *one = hash_of(left);
  g_autofree char *other = hash_of(right);
  g_assert_cmpuint(strlen(one), ==, 64);
  g_assert_cmpint(strcmp(one, other) == 0, ==, same);
}

static void test_hash_is_of_the_item(void)
{
  const char *alone = "<payment" NS " ref=\"R\" order=\"O\" reference=\"T\" amount=\"1.00\" "
                      "currency=\"CNY\"/>";
  assert_hashes(alone,
                "<?xml version=\"1.0\"?>\n<!-- x -->\n<payment ref='R'  currency='CNY' "
                "amount='1.00' order='O' reference='T'" NS "></payment>\n",
                TRUE);
  assert_hashes(alone,
                "<batch" NS " xmlns:other=\"urn:other\"> <payment ref=\"R\" order=\"O\" "
                "reference=\"T\" amount=\"1.00\" currency=\"CNY\"/></batch>",
                TRUE);
  assert_hashes(alone,
                "<payment" NS " ref=\"R\" order=\"O\" reference=\"T\" amount=\"2.00\" "
                "currency=\"CNY\"/>",
                FALSE);
  assert_hashes("<order" NS " ref=\"A\"><product>p</product></order>",
                "<order" NS " ref=\"A\"><product>q</product></order>", FALSE);
}

static void test_hash_covers_secrets(void)
{
  assert_hashes(samples[REQUEST_KIND_UPLOAD],
                "<upload" NS " ref=\"R\" name=\"N\"><privateKey passphrase=\"other\">" PAIR_KEY
                "</privateKey><certificate>" PAIR_CERTIFICATE "</certificate></upload>",
                FALSE);
}

/* ---- Faults in words -------------------------------------------------------- */

static void test_structure_is_explained(void)
{
  assert_item_fault("<order" NS " ref=\"A\">\n<product>p</product>\n<quantty>1</quantty></order>",
                    "xml-valid", 3, "quantty",
                    "<quantty> is not known in <order>; did you mean <quantity>?");
  assert_item_fault("<order" NS " ref=\"A\">\n<years>1</years></order>", "xml-valid", 1, "order",
                    "<product> is missing in <order>, such as <product>secure-ov-multi</product>");
  assert_item_fault("<order" NS ">\n<product>p</product></order>", "xml-valid", 1, "order",
                    "the attribute ref is missing in <order>, such as ref=\"PO-4711\"");
  assert_item_fault("<order" NS " ref=\"A\" years=\"1\"><product>p</product></order>", "xml-valid",
                    1, "order", "years is not an attribute of <order>, but an element in it");
  assert_item_fault("<order" NS "><ref>A</ref><product>p</product></order>", "xml-valid", 1, "ref",
                    "ref is not an element in <order>, but an attribute of it");
  assert_item_fault("<order" NS " ref=\"A\"><product>p</product>\n<product>p</product></order>",
                    "xml-valid", 2, "product", "<product> is there twice in <order>");
  assert_item_fault("<order" NS " ref=\"A\"><product>p</product>\n\n so \n</order>", "xml-valid", 3,
                    "order", "text in <order>");
  assert_item_fault("<order" NS " ref=\"A\"><product>p</product>\n<payment reference=\"T\" "
                    "amount=\"1.00\" currency=\"CNY\">x</payment></order>",
                    "xml-valid", 2, "payment", "<payment> holds no text");
  assert_item_fault("<order" NS " ref=\"A\"><product>p<b/></product></order>", "xml-valid", 1, "b",
                    "<b> cannot stand in <product>");
  assert_item_fault("<order" NS " ref=\"A\"><product xmlns=\"\">p</product></order>", "xml-valid",
                    1, "product", "is not of the namespace urn:certdrop:1");
  assert_item_fault("<order" NS " ref=\"A\" xml:lang=\"en\"><product>p</product></order>",
                    "xml-valid", 1, "order", "the attribute lang of another namespace");
  assert_item_fault("<order" NS " ref=\"A\"><product>p</product>\n<applicaton/></order>",
                    "xml-valid", 2, "applicaton", "did you mean <application>?");
  assert_item_fault("<order" NS " ref=\"A\"><product>p</product><zzz/></order>", "xml-valid", 1,
                    "zzz", "which may hold <product>, <quantity>, <years>");
}

static void test_choices_are_explained(void)
{
  const char *rule = "Either certificate, with or without privateKey, or pkcs12";
  assert_item_fault("<upload" NS " ref=\"A\"/>", "xml-valid", 1, "upload", rule);
  assert_item_fault("<upload" NS " ref=\"A\"><certificate>c</certificate>\n<pkcs12 file=\"a.p12\"/>"
                    "</upload>",
                    "xml-valid", 2, "pkcs12", rule);
}

static void test_values_are_explained(void)
{
  assert_item_fault("<order" NS " ref=\"A\">\n<product>p</product><quantity>0</quantity></order>",
                    "xml-value", 2, "quantity",
                    "<quantity> is \"0\", but must be a whole number from 1 to 1000, such as 1");
  assert_item_fault("<payment" NS " ref=\"R\" order=\"O\" reference=\"T\" amount=\"36\" "
                    "currency=\"CNY\"/>",
                    "xml-value", 1, "payment",
                    "amount of <payment> is \"36\", but must be an amount with exactly two "
                    "decimals, such as 3600.00");
  assert_item_fault("<application" NS " ref=\"R\" certificate=\"C\"><csr mode=\"manul\"/>"
                    "</application>",
                    "xml-value", 1, "csr",
                    "mode of <csr> is \"manul\", but must be one of "
                    "automatic, manual; did you mean manual?");
  assert_item_fault("<order" NS " ref=\"A\"><product/></order>", "xml-value", 1, "product",
                    "<product> is empty, but must be");
  assert_item_fault("<order" NS " ref=\"a/b\"><product>p</product></order>", "xml-value", 1,
                    "order", "ref of <order> is \"a/b\", but must be a reference");
  assert_item_fault("<order" NS " ref=\"A\"><product>p&#x202E;q\n</product></order>", "xml-value",
                    1, "product", "\\u{202E}");
}

/* Whatever the schema refuses has a message of its own. */
static void test_all_that_is_invalid_is_explained(void)
{
  g_autofree char *path = fixture_path("schema-bad");
  g_autoptr(GDir) list = g_dir_open(path, 0, NULL);
  guint count = 0;
  for (const char *name; (name = g_dir_read_name(list)) != NULL;) {
    if (!g_str_has_prefix(name, "documents-"))
      continue;
    g_autofree char *file = g_strconcat("schema-bad/", name, NULL);
    g_autoptr(GBytes) bytes = fixture(file);
    gsize length;
    const void *data = g_bytes_get_data(bytes, &length);
    g_autoptr(Result) result = read_bytes(data, length);
    g_test_message("%s", name);
    const GPtrArray *faults =
        result->items->len > 0 ? item_at(result, 0)->faults : result->file->faults;
    g_assert_cmpuint(faults->len, >, 0);
    const Fault *fault = g_ptr_array_index(faults, 0);
    g_assert_true(g_str_has_prefix(fault->code, "xml-"));
    g_assert_false(g_str_has_suffix(fault->text, "is not valid"));
    g_assert_null(strstr(fault->text, "facet"));
    count++;
  }
  g_assert_cmpuint(count, >, 50);
}

/* What a later structural fault must not hide, nor the other way round. */
static void test_all_faults_are_collected(void)
{
  g_autoptr(Result) result =
      read_text("<order" NS ">\n<quantty>1</quantty>\n<years>7</years>\n<payment reference=\"T\" "
                "amount=\"x\" currency=\"yen\"/>\n<application bad=\"1\">\n<domains/>\n"
                "<applicant><email>none</email></applicant></application></order>");
  const RequestItem *item = item_at(result, 0);
  find_fault(item->faults, "xml-valid", "ref is missing");
  find_fault(item->faults, "xml-valid", "<quantty>");
  find_fault(item->faults, "xml-valid", "<product> is missing");
  find_fault(item->faults, "xml-valid", "the attribute bad is not known");
  find_fault(item->faults, "xml-valid", "<domain> is missing in <domains>");
  find_fault(item->faults, "xml-value", "<years> is \"7\"");
  find_fault(item->faults, "xml-value", "amount of <payment>");
  find_fault(item->faults, "xml-value", "currency of <payment>");
  find_fault(item->faults, "xml-value", "<email> is \"none\"");
  g_assert_cmpuint(item->faults->len, ==, 9);
}

static void test_faults_are_limited(void)
{
  g_autoptr(GString) text = g_string_new("<order" NS " ref=\"A\"><product>p</product>");
  for (guint i = 0; i < 100; i++)
    g_string_append(text, "\n<wrong/>");
  g_string_append(text, "</order>");
  g_autoptr(Result) result = read_text(text->str);
  const RequestItem *item = item_at(result, 0);
  g_assert_cmpuint(item->faults->len, ==, 20);
  find_fault(item->faults, "xml-valid", "there are 81 more faults");
}

/* A message goes to receipts and pages. */
static void test_private_values_are_not_repeated(void)
{
  g_autoptr(Result) result = read_text(
      "<batch" NS "><application ref=\"R\" certificate=\"C\"><applicant><phone>call 12345</phone>"
      "<idNumber>#99887766</idNumber></applicant></application>"
      "<upload ref=\"U\"><certificate>c</certificate><privateKey passphrase=\"x\"></privateKey>"
      "</upload></batch>");
  for (guint i = 0; i < result->items->len; i++) {
    const RequestItem *item = item_at(result, i);
    g_assert_cmpuint(item->faults->len, >, 0);
    for (guint j = 0; j < item->faults->len; j++) {
      const Fault *fault = g_ptr_array_index(item->faults, j);
      g_assert_null(strstr(fault->text, "12345"));
      g_assert_null(strstr(fault->text, "99887766"));
    }
  }
  find_fault(item_at(result, 0)->faults, "xml-value", "<phone> has a value of the wrong form");
}

static void test_type_attributes_are_refused(void)
{
  assert_item_fault("<order" NS " ref=\"A\"><product>p</product><payment "
                    "xmlns:x=\"http://www.w3.org/2001/XMLSchema-instance\" x:type=\"Payment\" "
                    "ref=\"a\" order=\"b\" reference=\"T\" amount=\"1.00\" currency=\"CNY\"/>"
                    "</order>",
                    "xml-valid", 1, "payment", "xsi:type");
}

static void test_root_is_explained(void)
{
  assert_file_fault("<order ref=\"A\"/>", "xml-namespace", 1,
                    "write <order xmlns=\"urn:certdrop:1\" …>");
  assert_file_fault("\n<order xmlns=\"urn:certdrop:2\" ref=\"A\"/>", "xml-namespace", 2,
                    "of the namespace \"urn:certdrop:2\"");
  assert_file_fault("<ordr" NS " ref=\"A\"/>", "xml-kind", 1, "did you mean <order>?");
  assert_file_fault("<html" NS "/>", "xml-kind", 1, "is no kind of document");
  assert_file_fault("hello", "file-kind", 0, "neither XML");
}

static void test_syntax_is_explained(void)
{
  assert_file_fault("<order" NS ">\n<a>\n</order>", "xml-syntax", 3,
                    "<a> of line 2 is closed by </order>");
  assert_file_fault("<order" NS ">\nB & C</order>", "xml-syntax", 2, "& must be written as &amp;");
  assert_file_fault("<order" NS ">&auml;</order>", "xml-syntax", 1, "&auml; is not known in XML");
  assert_file_fault("<order" NS " ref=\"A\" ref=\"B\"/>", "xml-syntax", 1, "ref is there twice");
  assert_file_fault("<order" NS " ref=A/>", "xml-syntax", 1, "must stand in quotes");
  assert_file_fault("<c:order/>", "xml-syntax", 1, "the prefix c of order is not declared");
  assert_file_fault("\n<?xml version=\"1.0\"?><order/>", "xml-syntax", 2, "the very first");
  assert_file_fault("<deletion" NS " ref=\"A\" certificate=\"B\"/><order/>", "xml-syntax", 1,
                    "several stand in a <batch>");
  assert_file_fault("<order" NS ">\x01</order>", "xml-syntax", 1, "a character");
}

static void test_lines_are_right_in_long_files(void)
{
  g_autoptr(GString) text = g_string_new(BATCH);
  for (guint i = 0; i < 70000; i++)
    g_string_append(text, "<!-- -->\n");
  g_string_append(text, "<order ref=\"A\"><product>p</product>\n\n<years>9</years>\n"
                        "<wrong/></order>\n</batch>");
  g_autoptr(Result) result = read_text(text->str);
  const RequestItem *item = item_at(result, 0);
  g_assert_cmpuint(item->line, ==, 70002);
  g_assert_cmpuint(find_fault(item->faults, "xml-value", "<years>")->line, ==, 70004);
  g_assert_cmpuint(find_fault(item->faults, "xml-valid", "<wrong>")->line, ==, 70005);
  g_string_truncate(text, text->len - strlen("</batch>"));
  assert_file_fault(text->str, "xml-syntax", 70006, "ends too early");
}

/* ---- Batches ---------------------------------------------------------------- */

static void test_batch_is_read_item_by_item(void)
{
  g_autoptr(Result) result =
      read_text("<batch" NS " atomic=\"true\">\n<order ref=\"A\"><product>p</product></order>\n"
                "<order ref=\"B\"><prodct>p</prodct></order>\n<ordr ref=\"C\"/>\n"
                "<deletion ref=\"D\" certificate=\"A.1\"/></batch>");
  g_assert_cmpuint(result->batches, ==, 1);
  g_assert_cmpuint(result->file->faults->len, ==, 0);
  g_assert_true(result->file->batch);
  g_assert_true(result->file->atomic);
  g_assert_cmpuint(result->file->items, ==, 4);
  g_assert_cmpuint(result->items->len, ==, 4);
  g_assert_nonnull(item_at(result, 0)->body);
  g_assert_null(item_at(result, 1)->body);
  g_assert_cmpstr(item_at(result, 1)->ref, ==, "B");
  g_assert_cmpint(item_at(result, 2)->kind, ==, 0);
  find_fault(item_at(result, 2)->faults, "xml-kind", "did you mean <order>?");
  g_assert_nonnull(item_at(result, 3)->body);
  g_assert_cmpuint(item_at(result, 3)->line, ==, 5);
}

static void test_batch_is_refused_whole(void)
{
  assert_file_fault(BATCH "<deletion ref=\"D\" certificate=\"A.1\"/><order></batch>", "xml-syntax",
                    2, "<order> of line 2");
  assert_file_fault(BATCH "<deletion ref=\"D\" certificate=\"A.1\"/>\nand\n</batch>", "xml-valid",
                    4, "text between the documents");
  assert_file_fault("<batch" NS " atmic=\"true\"/>", "xml-valid", 1, "atmic is not known");
  assert_file_fault("<batch" NS " atomic=\"1\"/>", "xml-value", 1, "true or false");
}

static void test_empty_batch_has_no_items(void)
{
  g_autoptr(Result) result = read_text("<batch" NS "/>");
  g_assert_cmpuint(result->batches, ==, 1);
  g_assert_cmpuint(result->items->len, ==, 0);
  g_assert_cmpuint(result->file->faults->len, ==, 0);
}

static void test_large_batch_is_read(void)
{
  g_autoptr(GString) text = g_string_new(BATCH);
  for (guint i = 0; i < 20000; i++)
    g_string_append_printf(text, "<deletion ref=\"D-%u\" certificate=\"A.1\"/>\n", i);
  g_string_append(text, "</batch>");
  g_autoptr(Result) result = read_text(text->str);
  g_assert_cmpuint(result->items->len, ==, 20000);
  g_assert_cmpstr(item_at(result, 19999)->ref, ==, "D-19999");
  g_assert_cmpuint(item_at(result, 19999)->line, ==, 20001);
}

static void test_change_while_reading_is_told(void)
{
  static const ReadSink sink = {keep_batch_and_grow, keep_item};
  const char *text =
      "<batch" NS ">                <deletion ref=\"D\" certificate=\"A.1\"/></batch>";
  g_autoptr(Result) same = read_with(&sink, text, strlen(text));
  g_assert_cmpuint(same->file->faults->len, ==, 1);
  find_fault(same->file->faults, "file-unreadable", "changed while it was read");
}

/* ---- Encodings -------------------------------------------------------------- */

/* TEXT in another encoding; the caller frees it. */
static char *converted(const char *text, const char *encoding, gsize *ret_length)
{
  char *bytes = g_convert(text, -1, encoding, "UTF-8", NULL, ret_length, NULL);
  g_assert_nonnull(bytes);
  return bytes;
}

static void assert_converted(const char *text, const char *encoding, const char *city)
{
  gsize length;
  g_autofree char *bytes = converted(text, encoding, &length);
  g_autoptr(Result) result = read_bytes(bytes, length);
  const RequestReview *review = only_body(result, REQUEST_KIND_REVIEW);
  g_assert_cmpstr(review->reviewer, ==, city);
}

static char *review_in(const char *declaration, const char *reviewer)
{
  return g_strdup_printf("%s<review" NS " ref=\"R\" certificate=\"C\" decision=\"approve\" "
                         "reviewer=\"%s\"/>",
                         declaration, reviewer);
}

static void test_encodings_are_read(void)
{
  static const struct {
    const char *declaration, *encoding, *reviewer;
  } good[] = {
      {"", "UTF-8", "M\xC3\xBCller"},
      {"\xEF\xBB\xBF", "UTF-8", "M\xC3\xBCller"},
      {"<?xml version='1.0' encoding='utf-8'?>", "UTF-8", "M\xC3\xBCller \xE6\x9D\xAD"},
      {"<?xml version='1.0' encoding='ISO-8859-1'?>", "ISO-8859-1", "M\xC3\xBCller"},
      {"<?xml version='1.0' encoding = \"us-ascii\" ?>", "US-ASCII", "Mueller"},
      {"<?xml version='1.0' encoding='UTF-16'?>", "UTF-16", "\xE6\x9D\xAD \xF0\x9F\x94\x91"},
      {"<?xml version='1.0' encoding='UTF-16'?>", "UTF-16LE", "M\xC3\xBCller"},
      {"<?xml version='1.0' encoding='UTF-16'?>", "UTF-16BE", "M\xC3\xBCller"},
      {"\xEF\xBB\xBF", "UTF-16BE", "\xE6\x9D\xAD"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
    g_autofree char *text = review_in(good[i].declaration, good[i].reviewer);
    assert_converted(text, good[i].encoding, good[i].reviewer);
  }
}

static void test_other_encodings_are_refused(void)
{
  assert_file_fault("<order>\n\n\xE4</order>", "encoding", 3, "the byte 0xE4 here is not UTF-8");
  assert_file_fault("<?xml version='1.0' encoding='US-ASCII'?>\n<order>\xC3\xA4</order>",
                    "encoding", 2, "not US-ASCII");
  assert_file_fault("<?xml version='1.0' encoding='windows-1252'?><order/>", "encoding", 1,
                    "\"windows-1252\" is not supported; save the file as UTF-8");
  assert_file_fault("<?xml version='1.0' encoding='UTF-7'?><order/>", "encoding", 1, "\"UTF-7\"");
  assert_file_fault("<?xml version='1.0' encoding='UTF-16'?><order/>", "encoding", 1,
                    "begins like single-byte text");
  assert_file_fault("\xEF\xBB\xBF<?xml version='1.0' encoding='ISO-8859-1'?><order/>", "encoding",
                    1, "begins like UTF-8");
  gsize length;
  g_autofree char *wide = converted("<order/>", "UTF-32LE", &length);
  g_autoptr(Result) result = read_bytes(wide, length);
  find_fault(result->file->faults, "encoding", "UTF-32");
  g_autoptr(Result) zero = read_bytes("<order>\n\0</order>", 17);
  g_assert_cmpint(find_fault(zero->file->faults, "encoding", "zero byte")->line, ==, 2);
}

/* ---- Unfinished files -------------------------------------------------------- */

/* However much of a document has arrived, it is known to be unfinished. */
static void test_every_part_of_a_file_is_unfinished(void)
{
  const gsize whole = strlen(full_order) - 1; /* without its last line end */
  for (gsize length = 0; length < whole; length++) {
    g_autoptr(Result) result = read_bytes(full_order, length);
    g_assert_cmpuint(result->items->len, ==, 0);
    g_assert_cmpuint(result->file->faults->len, >, 0);
    g_assert_true(result->file->unfinished);
  }
}

static void test_faulty_files_are_finished(void)
{
  static const char *const texts[] = {"<order" NS "><a></b></order>", "<order ref=A/>", "<order/>",
                                      "<!DOCTYPE order><order/>", "hello"};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autoptr(Result) result = read_text(texts[i]);
    g_assert_cmpuint(result->file->faults->len, >, 0);
    g_assert_false(result->file->unfinished);
  }
}

static void test_empty_file_is_unfinished(void)
{
  assert_file_fault("", "file-empty", 0, "empty");
  assert_file_fault(" \n", "file-empty", 0, "empty");
  g_autoptr(Result) result = read_text("");
  g_assert_true(result->file->unfinished);
}

/* ---- Limits ----------------------------------------------------------------- */

/* A document of PREFIX, COUNT times PART, and SUFFIX; the caller frees it. */
static char *repeated(const char *prefix, const char *part, guint count, const char *suffix)
{
  GString *text = g_string_new(prefix);
  for (guint i = 0; i < count; i++)
    g_string_append(text, part);
  g_string_append(text, suffix);
  return g_string_free(text, FALSE);
}

static void assert_limit(const char *prefix, const char *part, guint count, const char *suffix,
                         const char *code, const char *words)
{
  g_autofree char *text = repeated(prefix, part, count, suffix);
  g_autoptr(Result) result = read_text(text);
  g_assert_cmpuint(result->items->len, ==, 0);
  find_fault(result->file->faults, code, words);
}

static void test_limits_hold(void)
{
  const char *order = "<order" NS " ref=\"A\">";
  assert_limit(order, "<a>", 100000, "", "xml-limits", "nested too deep");
  assert_limit(BATCH, "<a>", 100000, "", "xml-limits", "nested too deep");
  assert_limit(order, "<a/>", 20000, "</order>", "xml-limits", "too many elements");
  assert_limit(order, "x", 200000, "</order>", "xml-limits", "a text is too long");
  assert_limit("<order" NS " ref=\"", "x", 5000, "\"/>", "xml-limits", "value is too long");
  assert_limit("<order" NS " ref=\"", "x", 300000, "\"/>", "xml-limits", "longer than");
  assert_limit("<!--", "x", 300000, "--><order/>", "xml-limits", "longer than");
  assert_limit("<?x ", "x", 300000, "?><order/>", "xml-limits", "longer than");
  assert_limit("<", "x", 60000, "/>", "xml-limits", "too large");
  assert_limit("<!--x-->", "<!-- -->\n", 600000, "<order/>", "file-size", "4 MiB");
  assert_limit(BATCH, "<a/>", INTAKE_LIMIT_ITEMS + 1, "</batch>", "xml-limits", "200001 documents");
}

static void test_many_attributes_end_soon(void)
{
  g_autoptr(GString) text = g_string_new("<order" NS);
  for (guint i = 0; i < 1000000; i++)
    g_string_append_printf(text, " a%u=''", i);
  g_string_append(text, "/>");
  gint64 start = g_get_monotonic_time();
  g_autoptr(Result) result = read_text(text->str);
  find_fault(result->file->faults, "xml-limits", "longer than");
  g_assert_cmpint(g_get_monotonic_time() - start, <, 20 * G_USEC_PER_SEC);
}

static void test_huge_file_is_refused_unread(void)
{
  static const ReadSink sink = {keep_batch, keep_item};
  int fd = memfd_create("document", MFD_CLOEXEC);
  g_assert_cmpint(write(fd, "<order/>", 8), ==, 8);
  g_assert_cmpint(ftruncate(fd, (off_t)INTAKE_LIMIT_FILE + 1), ==, 0);
  g_autoptr(RequestFile) file = read_file(schema, fd, &sink, NULL);
  close(fd);
  find_fault(file->faults, "file-size", "64 MiB");
}

/* ---- Looking into ----------------------------------------------------------- */

static char *make_csr(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PkiKey) key = pki_key_generate(PKI_KEY_KIND_EC_P256, &error);
  g_assert_no_error(error);
  static const char *const names[] = {"www.example.test", NULL};
  g_autoptr(GBytes) der = pki_csr_make(key, NULL, names, &error);
  g_assert_no_error(error);
  return pki_csr_to_pem(der);
}

static void test_csr_is_read(void)
{
  g_autofree char *pem = make_csr();
  g_autofree char *text = g_strdup_printf("<application" NS " ref=\"R\" certificate=\"C\">\n"
                                          "<csr mode=\"manual\">\n%s</csr></application>",
                                          pem);
  g_autoptr(Result) result = read_text(text);
  const RequestApplication *application = only_body(result, REQUEST_KIND_APPLICATION);
  g_assert_nonnull(application->csr->der);
  g_assert_cmpuint(strlen(application->csr->spki_sha256), ==, 64);
  g_assert_cmpstr(application->csr->key_kind, ==, "ec-p256");
  g_assert_cmpstr(application->csr->names[0], ==, "www.example.test");
  g_assert_null(application->csr->names[1]);
}

static void test_faulty_csr_is_refused(void)
{
  const char *head = "<order" NS " ref=\"A\"><product>p</product><application>\n<csr ";
  const char *tail = "</csr></application></order>";
  g_autofree char *garbage =
      g_strconcat(head, "mode=\"manual\">so</", "csr></application></order>", NULL);
  assert_item_fault(garbage, "csr-format", 2, "csr", "");
  g_autofree char *empty = g_strconcat(head, "mode=\"manual\"> ", tail, NULL);
  assert_item_fault(empty, "csr-format", 2, "csr", "needs the CSR");
  g_autofree char *key = g_strconcat(head, "mode=\"manual\" key=\"ec-p256\">x", tail, NULL);
  assert_item_fault(key, "xml-valid", 2, "csr", "goes with mode=\"automatic\"");
  g_autofree char *both = g_strconcat(head, "mode=\"automatic\">x", tail, NULL);
  assert_item_fault(both, "xml-valid", 2, "csr", "its mode is automatic");
}

/* ---- Packages ---------------------------------------------------------------- */

typedef struct {
  const char *name;
  GBytes *bytes;
} Member;

static GBytes *text_bytes(const char *text)
{
  return g_bytes_new_static(text, strlen(text));
}

/* A zip of the MEMBERS, ended by one without a name; frees their bytes. */
static GBytes *zip_of(const Member *members)
{
  gsize room = 4 << 20, used = 0;
  g_autofree char *bytes = g_malloc(room);
  struct archive *archive = archive_write_new();
  archive_write_set_format_zip(archive);
  archive_write_set_bytes_in_last_block(archive, 1);
  g_assert_cmpint(archive_write_open_memory(archive, bytes, room, &used), ==, ARCHIVE_OK);
  for (; members->name != NULL; members++) {
    gsize length;
    const void *data = g_bytes_get_data(members->bytes, &length);
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, members->name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_size(entry, (la_int64_t)length);
    archive_entry_set_perm(entry, 0600);
    g_assert_cmpint(archive_write_header(archive, entry), ==, ARCHIVE_OK);
    g_assert_cmpint(archive_write_data(archive, data, length), ==, length);
    archive_entry_free(entry);
    g_bytes_unref(members->bytes);
  }
  g_assert_cmpint(archive_write_close(archive), ==, ARCHIVE_OK);
  archive_write_free(archive);
  return g_bytes_new(bytes, used);
}

static Result *read_package(const Member *members)
{
  g_autoptr(GBytes) zip = zip_of(members);
  gsize length;
  const void *bytes = g_bytes_get_data(zip, &length);
  return read_bytes(bytes, length);
}

#define APPLICATION "<application" NS " ref=\"R\" certificate=\"C\">"
#define ATTACHMENTS(list) "<attachments>" list "</attachments></application>"

static void test_attachments_are_read(void)
{
  const Member members[] = {
      {"a.xml", text_bytes(APPLICATION ATTACHMENTS(
                    "<attachment kind=\"confirmationLetter\" file=\"letter.png\"/>\n"
                    "<attachment kind=\"identity\" file=\"card.jpg\"/>"))},
      {"letter.png", fixture("images/colour.png")},
      {"card.jpg", fixture("images/baseline.jpg")},
      {NULL, NULL}};
  g_autoptr(Result) result = read_package(members);
  const RequestApplication *application = only_body(result, REQUEST_KIND_APPLICATION);
  const RequestAttachment *letter = g_ptr_array_index(application->attachments, 0);
  const RequestAttachment *card = g_ptr_array_index(application->attachments, 1);
  g_assert_cmpstr(letter->media_type, ==, "image/png");
  g_assert_cmpstr(card->extension, ==, "jpg");
  g_assert_cmpint(card->line, ==, 2);
  g_autoptr(GBytes) image = fixture("images/colour.png");
  g_assert_true(g_bytes_equal(letter->bytes, image));
  g_assert_cmpuint(strlen(letter->sha256), ==, 64);
  g_assert_false(result->file->secrets);
}

static void test_attachments_change_the_hash(void)
{
  const char *document = APPLICATION ATTACHMENTS("<attachment kind=\"identity\" file=\"a.png\"/>");
  const Member one[] = {
      {"a.xml", text_bytes(document)}, {"a.png", fixture("images/colour.png")}, {NULL, NULL}};
  const Member again[] = {
      {"a.png", fixture("images/colour.png")}, {"b.xml", text_bytes(document)}, {NULL, NULL}};
  const Member other[] = {
      {"a.xml", text_bytes(document)}, {"a.png", fixture("images/grey16.png")}, {NULL, NULL}};
  g_autoptr(Result) first = read_package(one);
  g_autoptr(Result) second = read_package(again);
  g_autoptr(Result) third = read_package(other);
  g_assert_cmpstr(item_at(first, 0)->hash, ==, item_at(second, 0)->hash);
  g_assert_cmpstr(item_at(first, 0)->hash, !=, item_at(third, 0)->hash);
}

static void test_faulty_attachments_are_refused(void)
{
  assert_item_fault(APPLICATION "\n" ATTACHMENTS("<attachment kind=\"identity\" file=\"a.png\"/>"),
                    "attachment-missing", 2, "attachment", "put both into one .zip or .tar.gz");
  const Member members[] = {{"a.xml", text_bytes(APPLICATION ATTACHMENTS(
                                          "<attachment kind=\"identity\" file=\"a.png\"/>\n"
                                          "<attachment kind=\"identity\" file=\"b.png\"/>\n"
                                          "<attachment kind=\"qualification\" file=\"c.png\"/>"))},
                            {"a.png", text_bytes("no image")},
                            {"b.png", fixture("images/colour.png")},
                            {NULL, NULL}};
  g_autoptr(Result) result = read_package(members);
  const GPtrArray *faults = item_at(result, 0)->faults;
  g_assert_cmpint(find_fault(faults, "attachment-content", "\"a.png\"")->line, ==, 1);
  g_assert_cmpint(find_fault(faults, "attachment-duplicate", "b.png")->line, ==, 2);
  g_assert_cmpint(find_fault(faults, "attachment-missing", "has no file \"c.png\"")->line, ==, 3);
}

static void test_unnamed_members_are_refused(void)
{
  const Member single[] = {{"a.xml", text_bytes(samples[REQUEST_KIND_DELETION])},
                           {"a.png", fixture("images/colour.png")},
                           {NULL, NULL}};
  g_autoptr(Result) result = read_package(single);
  g_assert_cmpuint(result->items->len, ==, 0);
  find_fault(result->file->faults, "attachment-unnamed", "\"a.png\"");
  const Member batch[] = {
      {"a.xml", text_bytes(BATCH "<deletion ref=\"D\" certificate=\"A.1\"/></batch>")},
      {"a.png", fixture("images/colour.png")},
      {NULL, NULL}};
  g_autoptr(Result) many = read_package(batch);
  g_assert_cmpuint(many->items->len, ==, 0);
  find_fault(many->file->faults, "attachment-unnamed", "\"a.png\"");
}

static void test_batch_in_a_package_is_read(void)
{
  const Member members[] = {
      {"a.xml",
       text_bytes(BATCH "<application ref=\"R\" certificate=\"C\">" ATTACHMENTS(
           "<attachment kind=\"identity\" file=\"a.png\"/>") "<deletion ref=\"D\" "
                                                             "certificate=\"A.1\"/></batch>")},
      {"a.png", fixture("images/colour.png")},
      {NULL, NULL}};
  g_autoptr(Result) result = read_package(members);
  g_assert_cmpuint(result->file->faults->len, ==, 0);
  g_assert_cmpuint(result->items->len, ==, 2);
  g_assert_nonnull(item_at(result, 0)->body);
}

static void test_package_with_keys_is_blanked(void)
{
  const Member members[] = {
      {"a.xml", text_bytes("<upload" NS " ref=\"U\"><pkcs12 file=\"site.bin\" "
                           "password=\"sesame\"/></upload>")},
      {"site.bin", text_bytes("key store")},
      {NULL, NULL}};
  g_autoptr(Result) result = read_package(members);
  find_fault(item_at(result, 0)->faults, "pkcs12-format", "no PKCS#12");
  g_assert_true(item_at(result, 0)->secrets);
  g_assert_true(result->file->secrets);
  g_assert_nonnull(result->file->blanked);
  gsize length;
  const char *blanked = g_bytes_get_data(result->file->blanked, &length);
  g_assert_null(memmem(blanked, length, "sesame", 6));
  g_assert_null(memmem(blanked, length, "key store", 9));
  g_assert_nonnull(memmem(blanked, length, "<pkcs12", 7));
}

static void test_half_a_package_is_unfinished(void)
{
  const Member members[] = {{"a.xml", text_bytes(samples[REQUEST_KIND_DELETION])}, {NULL, NULL}};
  g_autoptr(GBytes) zip = zip_of(members);
  gsize length;
  const void *bytes = g_bytes_get_data(zip, &length);
  g_autoptr(Result) whole = read_bytes(bytes, length);
  only_body(whole, REQUEST_KIND_DELETION);
  g_autoptr(Result) half = read_bytes(bytes, length / 2);
  g_assert_cmpuint(half->items->len, ==, 0);
  find_fault(half->file->faults, "package-format", "");
  g_assert_true(half->file->unfinished);
}

/* ---- Secrets ----------------------------------------------------------------- */

static void test_secrets_are_blanked(void)
{
  const char *upload = samples[REQUEST_KIND_UPLOAD];
  int fd = file_of(upload, strlen(upload));
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) blanked = intake_blank_file(fd, "upload.xml", &error);
  close(fd);
  g_assert_no_error(error);
  gsize length;
  const char *bytes = g_bytes_get_data(blanked, &length);
  g_assert_cmpuint(length, ==, strlen(upload));
  g_assert_nonnull(strstr(upload, "\"" PAIR_PASSPHRASE "\""));
  g_assert_null(memmem(bytes, length, PAIR_PASSPHRASE "\"", strlen(PAIR_PASSPHRASE) + 1));
  g_assert_nonnull(strstr(upload, "MIHsMFcGCSqG"));
  g_assert_null(memmem(bytes, length, "MIHsMFcGCSqG", 12));
}

static void test_secrets_are_seen_in_ill_formed_files(void)
{
  g_autoptr(Result) result = read_text("<upload" NS "><privateKey>KEY</privateKey></uplod>");
  g_assert_cmpuint(result->items->len, ==, 0);
  g_assert_true(result->file->secrets);
}

/* ---- The operator's files ------------------------------------------------------ */

/* A folder with FILE in it; the caller closes it and calls remove_instance(). */
static int make_instance(char **ret_folder, const char *file, const char *content)
{
  g_autoptr(GError) error = NULL;
  char *folder = g_dir_make_tmp("certdrop-settings-XXXXXX", &error);
  g_assert_no_error(error);
  int root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  g_assert_cmpint(root, >=, 0);
  if (file != NULL)
    g_assert_true(file_write(root, file, content, strlen(content), 0600, &error));
  *ret_folder = folder;
  return root;
}

static void remove_instance(int root, char *folder, const char *file)
{
  if (file != NULL)
    unlinkat(root, file, 0);
  close(root);
  rmdir(folder);
  g_free(folder);
}

static Configuration *read_configuration(const char *content, GError **error)
{
  char *folder;
  const char *file = content != NULL ? "certdrop.xml" : NULL;
  int root = make_instance(&folder, file, content);
  Configuration *configuration = intake_read_configuration(root, error);
  remove_instance(root, folder, file);
  return configuration;
}

static Catalog *read_catalog(const char *content, const Configuration *configuration,
                             GError **error)
{
  char *folder;
  const char *file = content != NULL ? "catalog.xml" : NULL;
  int root = make_instance(&folder, file, content);
  Catalog *catalog = intake_read_catalog(root, configuration, error);
  remove_instance(root, folder, file);
  return catalog;
}

#define CONFIGURATION(content) "<configuration" NS ">\n" content "</configuration>"

static void test_configuration_may_be_absent(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Configuration) configuration = read_configuration(NULL, &error);
  g_assert_no_error(error);
  g_assert_cmpint(configuration_wait_hours(configuration), ==, 24);
  g_assert_null(configuration_public_url(configuration));
}

static void test_configuration_is_read(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Configuration) configuration = read_configuration(
      CONFIGURATION(
          "<organization name=\"Example Operations\" email=\"certificates@example.test\"/>"
          "<authority publicUrl=\"http://pki.example.test/\"/>"
          "<verification><automatic suffix=\"Example.TEST\"/></verification>"
          "<intake waitHours=\"5\"/><renewal pay=\"true\"/>"
          "<target product=\"slb\" regions=\" cn-hangzhou  cn-beijing \">"
          "<command timeoutSeconds=\"7\"><argument>/bin/push</argument>"
          "<argument> --region </argument></command></target>"
          "<issuer id=\"acme\"><command><argument>/bin/acme</argument></command></issuer>"
          "<target product=\"cdn\"/>"),
      &error);
  g_assert_no_error(error);
  g_assert_cmpint(configuration_wait_hours(configuration), ==, 5);
  g_assert_cmpstr(configuration_public_url(configuration), ==, "http://pki.example.test/");
  g_autofree const char **suffixes = configuration_suffixes(configuration);
  g_assert_cmpstr(suffixes[0], ==, "example.test");
  g_assert_true(configuration->renewal->pay);
  g_assert_cmpstr(configuration->renewal->before, ==, "33%");
  g_assert_cmpint(configuration->renewal->review_days, ==, 398);
  g_assert_cmpuint(configuration->targets->len, ==, 2);
  const ConfigurationTarget *slb = g_ptr_array_index(configuration->targets, 0);
  g_assert_cmpstr(slb->regions, ==, "cn-hangzhou cn-beijing");
  g_assert_cmpstr(slb->format, ==, "pem");
  g_assert_cmpint(slb->command->timeout_seconds, ==, 7);
  g_assert_cmpstr(slb->command->arguments[1], ==, " --region ");
  const ConfigurationIssuer *acme = g_ptr_array_index(configuration->issuers, 0);
  g_assert_cmpint(acme->command->timeout_seconds, ==, 60);
}

static void assert_configuration_error(const char *content, const char *words)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Configuration) configuration = read_configuration(content, &error);
  g_assert_null(configuration);
  g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_CONFIGURATION);
  g_assert_nonnull(strstr(error->message, words));
}

static void test_faulty_configuration_is_refused(void)
{
  assert_configuration_error(CONFIGURATION("<intake waitHours=\"soon\"/>"),
                             "certdrop.xml:2: <intake>: waitHours of <intake> is \"soon\"");
  assert_configuration_error(CONFIGURATION("<intake/>\n<intake/>"),
                             "certdrop.xml:3: <intake>: <intake> is there twice");
  assert_configuration_error(CONFIGURATION("<target product=\"a\"/>\n<target product=\"a\"/>"),
                             "certdrop.xml:3: <target>: \"a\" is there twice");
  assert_configuration_error(CONFIGURATION("<intak/>"), "did you mean <intake>?");
  assert_configuration_error(
      CONFIGURATION("<issuer id=\"embedded\"><command><argument>x</argument></command></issuer>"),
      "the id \"embedded\" is taken");
  assert_configuration_error(
      CONFIGURATION("<verification><automatic suffix=\"a..b\"/></verification>"), "a..b");
  assert_configuration_error("<configuration/>", "the root element must be <configuration xmlns=");
  assert_configuration_error("<catalog" NS "/>", "the root element must be <configuration xmlns=");
  assert_configuration_error("<!DOCTYPE c><configuration" NS "/>", "DOCTYPE");
  assert_configuration_error("", "certdrop.xml");
}

#define PRODUCT(id, attributes)                                                                    \
  "<product id=\"" id "\" brand=\"B\" title=\"T\" validation=\"dv\" names=\"single\" "             \
  "pricePerYear=\"12.50\" pricePerExtraName=\"0.00\" maximumYears=\"2\" lifetime=\"baseline\" "    \
  "expectedDays=\"1\" " attributes "/>\n"
#define NAMES_1 "includedNames=\"1\" maximumNames=\"1\""

static void test_catalog_is_read(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Configuration) configuration = read_configuration(
      CONFIGURATION("<issuer id=\"acme\"><command><argument>x</argument></command></issuer>"),
      &error);
  g_autoptr(Catalog) catalog =
      read_catalog("<catalog" NS " currency=\"CNY\">\n" PRODUCT("a", NAMES_1 " issuer=\"acme\"")
                       PRODUCT("b", NAMES_1 " issuer=\"exchange\" scope=\"internal\"") "</catalog>",
                   configuration, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(catalog->products->len, ==, 2);
  const Product *product = catalog_find(catalog, "b");
  g_assert_cmpint(product->price_per_year, ==, 1250);
  g_assert_true(product_is_internal(product));
  g_assert_null(product->required_attachments);
}

static void assert_catalog_error(const char *content, const char *words)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Configuration) configuration = read_configuration(NULL, &error);
  g_autoptr(Catalog) catalog = read_catalog(content, configuration, &error);
  g_assert_null(catalog);
  g_assert_error(error, CERTDROP_ERROR, CERTDROP_ERROR_CONFIGURATION);
  g_assert_nonnull(strstr(error->message, words));
}

static void test_faulty_catalog_is_refused(void)
{
  assert_catalog_error(NULL, "catalog.xml: not there");
  assert_catalog_error("<catalog" NS
                       " currency=\"CNY\">\n" PRODUCT("a", NAMES_1 " issuer=\"acme\"") "</catalog>",
                       "catalog.xml:2: <product>: the issuer \"acme\" of a is not in certdrop.xml");
  assert_catalog_error(
      "<catalog" NS " currency=\"CNY\">\n" PRODUCT(
          "a", "includedNames=\"3\" maximumNames=\"2\" issuer=\"embedded\"") "</catalog>",
      "a includes 3 names, but may hold only 2");
  assert_catalog_error("<catalog" NS
                       " currency=\"CNY\">\n" PRODUCT("a", NAMES_1 " issuer=\"embedded\"")
                           PRODUCT("a", NAMES_1 " issuer=\"embedded\"") "</catalog>",
                       "catalog.xml:3: <product>: \"a\" is there twice");
}

/* ------------------------------------------------------------------------------- */

static void prepare(void)
{
  g_autoptr(GError) error = NULL;
  document_initialise();
  g_assert_true(package_preload(&error));
  g_assert_true(pki_init(PKI_SECURE_HEAP_READER, &error));
  schema = schema_load("documents.xsd", &error);
  g_assert_no_error(error);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  prepare();
#define TEST(name) g_test_add_func("/intake-document/" #name, test_##name)
  TEST(order_is_read_whole);
  TEST(order_has_defaults);
  TEST(every_kind_is_read);
  TEST(lists_are_read);
  TEST(certificates_are_looked_into);
  TEST(comments_cdata_and_location_hints_are_harmless);
  TEST(prefix_is_as_good_as_none);
  TEST(hash_is_of_the_item);
  TEST(hash_covers_secrets);
  TEST(structure_is_explained);
  TEST(choices_are_explained);
  TEST(values_are_explained);
  TEST(all_that_is_invalid_is_explained);
  TEST(all_faults_are_collected);
  TEST(faults_are_limited);
  TEST(private_values_are_not_repeated);
  TEST(type_attributes_are_refused);
  TEST(root_is_explained);
  TEST(syntax_is_explained);
  TEST(lines_are_right_in_long_files);
  TEST(batch_is_read_item_by_item);
  TEST(batch_is_refused_whole);
  TEST(empty_batch_has_no_items);
  TEST(large_batch_is_read);
  TEST(change_while_reading_is_told);
  TEST(encodings_are_read);
  TEST(other_encodings_are_refused);
  TEST(every_part_of_a_file_is_unfinished);
  TEST(faulty_files_are_finished);
  TEST(empty_file_is_unfinished);
  TEST(limits_hold);
  TEST(many_attributes_end_soon);
  TEST(huge_file_is_refused_unread);
  TEST(csr_is_read);
  TEST(faulty_csr_is_refused);
  TEST(attachments_are_read);
  TEST(attachments_change_the_hash);
  TEST(faulty_attachments_are_refused);
  TEST(unnamed_members_are_refused);
  TEST(batch_in_a_package_is_read);
  TEST(package_with_keys_is_blanked);
  TEST(half_a_package_is_unfinished);
  TEST(secrets_are_blanked);
  TEST(secrets_are_seen_in_ill_formed_files);
  TEST(configuration_may_be_absent);
  TEST(configuration_is_read);
  TEST(faulty_configuration_is_refused);
  TEST(catalog_is_read);
  TEST(faulty_catalog_is_refused);
  int status = g_test_run();
  schema_free(schema);
  return status;
}

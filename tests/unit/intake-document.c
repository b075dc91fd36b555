/* Documents become requests or faults: what is read, what is refused, in which
 * words and on which line. */
#include "intake-document-test.h"

/* ---- From XML to structs --------------------------------------------------- */

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

/* One valid document of each kind: table, schema and struct fit together. */
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
  int status = g_test_run();
  schema_free(schema);
  return status;
}

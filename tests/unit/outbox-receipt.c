/* Receipts are valid against their schema and say what they were told, whatever
 * characters come. */
#include "outbox-test.h"

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)

static const OutboxFile example_file = {
    .name = "monday.xml",
    .number = 1,
    .sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    .decided = NOW,
    .outcome = "accepted",
};

static xmlSchemaPtr receipt_schema;

static void load_schema(void)
{
  g_autofree char *path = find_file("schemas/receipt.xsd");
  xmlSchemaParserCtxtPtr context = xmlSchemaNewParserCtxt(path);
  receipt_schema = xmlSchemaParse(context);
  xmlSchemaFreeParserCtxt(context);
  g_assert_nonnull(receipt_schema);
}

/* The receipt as a tree, valid. */
static xmlDoc *parse(GBytes *bytes)
{
  gsize length;
  const char *text = g_bytes_get_data(bytes, &length);
  xmlDoc *document =
      xmlReadMemory(text, (int)length, "receipt.xml", NULL, XML_PARSE_NONET | XML_PARSE_BIG_LINES);
  g_assert_nonnull(document);
  xmlSchemaValidCtxtPtr context = xmlSchemaNewValidCtxt(receipt_schema);
  g_assert_cmpint(xmlSchemaValidateDoc(context, document), ==, 0);
  xmlSchemaFreeValidCtxt(context);
  return document;
}

/* The string that the XPath EXPRESSION yields, with the namespace as "c". */
static char *find_in(xmlDoc *document, const char *expression)
{
  xmlXPathContextPtr context = xmlXPathNewContext(document);
  xmlXPathSetContextNode((xmlNode *)document, context);
  xmlXPathRegisterNs(context, BAD_CAST "c", BAD_CAST "urn:certdrop:1");
  xmlXPathObjectPtr object = xmlXPathEvalExpression(BAD_CAST expression, context);
  g_assert_nonnull(object);
  xmlChar *found = xmlXPathCastToString(object);
  char *text = g_strdup((const char *)found);
  xmlFree(found);
  xmlXPathFreeObject(object);
  xmlXPathFreeContext(context);
  return text;
}

static void assert_found(xmlDoc *document, const char *expression, const char *expected)
{
  g_autofree char *found = find_in(document, expression);
  g_assert_cmpstr(found, ==, expected);
}

static GBytes *finish(OutboxReceipt *receipt)
{
  GError *error = NULL;
  GBytes *bytes = outbox_receipt_finish(receipt, &error);
  g_assert_no_error(error);
  g_assert_nonnull(bytes);
  return bytes;
}

static GBytes *make_with_item(const OutboxItem *item)
{
  g_autoptr(OutboxReceipt) receipt = outbox_receipt_new(&example_file);
  outbox_receipt_add_item(receipt, item);
  return finish(receipt);
}

static const RequestPayment refund = {
    .reference = (char *)"TX-991", .amount = 29800, .currency = (char *)"CNY"};

static void test_accepted(void)
{
  static const char *const files[] = {
      "outbox/certificates/PO-4711.1/PO-4711.1_www.example.test_nginx.zip",
      "outbox/letters/PO-4711.1+APP-1.html", NULL};
  OutboxCertificate certificates[] = {{"PO-4711.1", LIFECYCLE_STATUS_ISSUED, files},
                                      {"PO-4711.2", LIFECYCLE_STATUS_AWAITING_PAYMENT, NULL},
                                      {"PO-4711.3", 0, NULL}};
  OutboxItem item = {.kind = REQUEST_KIND_ORDER,
                     .ref = "PO-4711",
                     .outcome = LIFECYCLE_OUTCOME_ACCEPTED,
                     .repeated = TRUE,
                     .due = 360000,
                     .currency = "CNY",
                     .refund = &refund,
                     .certificates = certificates,
                     .certificate_count = G_N_ELEMENTS(certificates)};
  g_autoptr(GBytes) bytes = make_with_item(&item);
  g_autoptr(xmlDoc) document = parse(bytes);
  assert_found(document, "c:receipt/@file", "monday.xml");
  assert_found(document, "c:receipt/@sha256", example_file.sha256);
  assert_found(document, "c:receipt/@decided", "2026-11-23T02:00:07Z");
  assert_found(document, "c:receipt/@outcome", "accepted");
  assert_found(document, "c:receipt/c:item/@kind", "order");
  assert_found(document, "c:receipt/c:item/@ref", "PO-4711");
  assert_found(document, "c:receipt/c:item/@repeated", "true");
  assert_found(document, "c:receipt/c:item/c:due/@amount", "3600.00");
  assert_found(document, "c:receipt/c:item/c:due/@currency", "CNY");
  assert_found(document, "c:receipt/c:item/c:refund/@amount", "298.00");
  assert_found(document, "c:receipt/c:item/c:refund/@currency", "CNY");
  assert_found(document, "c:receipt/c:item/c:refund/@reference", "TX-991");
  assert_found(document, "count(c:receipt/c:item/c:certificate)", "3");
  assert_found(document, "c:receipt/c:item/c:certificate[1]/@status", "issued");
  assert_found(document, "c:receipt/c:item/c:certificate[1]/c:file[1]",
               "certificates/PO-4711.1/PO-4711.1_www.example.test_nginx.zip");
  assert_found(document, "c:receipt/c:item/c:certificate[2]/@status", "awaiting-payment");
  assert_found(document, "count(c:receipt/c:item/c:certificate[3]/@status)", "0");
}

/* What is not there is left out. */
static void test_absent(void)
{
  OutboxFile file = example_file;
  file.sha256 = NULL;
  file.outcome = "rejected";
  g_autoptr(OutboxReceipt) receipt = outbox_receipt_new(&file);
  g_autoptr(GPtrArray) faults = fault_array_new();
  fault_add(faults, "xml-syntax", 0, NULL, "It ends too early.");
  outbox_receipt_add_faults(receipt, NULL);
  outbox_receipt_add_faults(receipt, faults);
  OutboxItem item = {.outcome = LIFECYCLE_OUTCOME_REJECTED, .faults = faults};
  outbox_receipt_add_item(receipt, &item);
  g_autoptr(GBytes) bytes = finish(receipt);
  g_autoptr(xmlDoc) document = parse(bytes);
  assert_found(document, "count(c:receipt/@sha256)", "0");
  assert_found(document, "count(c:receipt/c:item/@*)", "1");
  assert_found(document, "count(c:receipt/c:item/c:due | c:receipt/c:item/c:refund)", "0");
  assert_found(document, "count(c:receipt/c:fault/@*)", "1");
  assert_found(document, "c:receipt/c:fault", "It ends too early.");
}

static void test_faults(void)
{
  g_autoptr(GPtrArray) faults = fault_array_new();
  g_autoptr(GPtrArray) warnings = fault_array_new();
  fault_add(faults, "payment-amount", 7, "payment", "The payment is not the price.");
  fault_add(faults, "payment-currency", 70000, "payment", "The currency is another.");
  fault_add(warnings, "state", 8, "company", "It is not needed.");
  OutboxItem item = {.kind = REQUEST_KIND_PAYMENT,
                     .ref = "PAY-9",
                     .outcome = LIFECYCLE_OUTCOME_REJECTED,
                     .faults = faults,
                     .warnings = warnings};
  g_autoptr(GBytes) bytes = make_with_item(&item);
  g_autoptr(xmlDoc) document = parse(bytes);
  assert_found(document, "c:receipt/c:item/@outcome", "rejected");
  assert_found(document, "c:receipt/c:item/c:fault[1]/@code", "payment-amount");
  assert_found(document, "c:receipt/c:item/c:fault[1]/@line", "7");
  assert_found(document, "c:receipt/c:item/c:fault[1]/@element", "payment");
  assert_found(document, "c:receipt/c:item/c:fault[1]", "The payment is not the price.");
  assert_found(document, "c:receipt/c:item/c:fault[2]/@line", "70000");
  assert_found(document, "c:receipt/c:item/c:warning/@code", "state");
}

/* A reference of a wrong form has no place in a receipt. */
static void test_references(void)
{
  static const struct {
    const char *ref;
    const char *found;
  } cases[] = {
      {"A", "A"}, {"a.b_c-9", "a.b_c-9"}, {".a", ""},  {"a b", ""}, {"a\n", ""},
      {"", ""},   {"\u00e4bc", ""},       {"a<b", ""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    OutboxItem item = {
        .kind = REQUEST_KIND_ORDER, .ref = cases[i].ref, .outcome = LIFECYCLE_OUTCOME_ACCEPTED};
    g_autoptr(GBytes) bytes = make_with_item(&item);
    g_autoptr(xmlDoc) document = parse(bytes);
    assert_found(document, "string(c:receipt/c:item/@ref)", cases[i].found);
  }
}

static void check_naughty(const char *text)
{
  OutboxFile file = example_file;
  file.name = *text != '\0' ? text : "x";
  g_autofree char *safe = g_strdelimit(g_strdup(file.name), "/", '_'); /* no name has one */
  file.name = safe;
  g_autoptr(GPtrArray) faults = fault_array_new();
  fault_add(faults, "xml-value", 1, *text != '\0' ? text : "x", "%s", *text != '\0' ? text : "x");
  g_autoptr(OutboxReceipt) receipt = outbox_receipt_new(&file);
  outbox_receipt_add_faults(receipt, faults);
  g_autoptr(GBytes) bytes = finish(receipt);
  gsize length;
  const char *xml = g_bytes_get_data(bytes, &length);
  g_autoptr(xmlDoc) document = xmlReadMemory(xml, (int)length, NULL, NULL, XML_PARSE_NONET);
  g_assert_nonnull(document);
  const Fault *fault = faults->pdata[0];
  g_autofree char *clean = outbox_clean_text(fault->text);
  g_autofree char *kept = outbox_kept_name(safe, 1);
  g_autofree char *name = outbox_clean_text(kept);
  assert_found(document, "c:receipt/c:fault", clean);
  assert_found(document, "c:receipt/c:fault/@element", clean);
  assert_found(document, "c:receipt/@file", name);
  assert_found(document, "count(//*)", "2");
}

static void test_naughty(void)
{
  for (gsize i = 0; i < G_N_ELEMENTS(naughty_texts); i++) {
    g_autofree char *longer = repeat_text(naughty_texts[i]);
    check_naughty(naughty_texts[i]);
    check_naughty(longer);
  }
}

static void test_repeated_name(void)
{
  OutboxFile file = example_file;
  file.name = "monday.tar.gz";
  file.number = 3;
  g_autoptr(OutboxReceipt) receipt = outbox_receipt_new(&file);
  g_autoptr(GBytes) bytes = finish(receipt);
  g_autoptr(xmlDoc) document = parse(bytes);
  assert_found(document, "c:receipt/@file", "monday.3.tar.gz");
}

static GBytes *make_with_items(int count)
{
  g_autoptr(OutboxReceipt) receipt = outbox_receipt_new(&example_file);
  for (int i = 0; i < count; i++) {
    g_autofree char *ref = g_strdup_printf("PO-%06d", i);
    OutboxItem item = {
        .kind = REQUEST_KIND_ORDER, .ref = ref, .outcome = LIFECYCLE_OUTCOME_ACCEPTED};
    outbox_receipt_add_item(receipt, &item);
  }
  return finish(receipt);
}

/* Each item adds the same few bytes, up to a batch of 100,000. */
static void test_many(void)
{
  g_autoptr(GBytes) few = make_with_items(1000);
  g_autoptr(GBytes) many = make_with_items(100000);
  g_autoptr(xmlDoc) document = parse(few);
  assert_found(document, "count(c:receipt/c:item)", "1000");
  assert_found(document, "string(c:receipt/c:item[1000]/@ref)", "PO-000999");
  const gsize frame = 300; /* more than what is around the items */
  g_assert_cmpuint(g_bytes_get_size(many), <=, 100 * g_bytes_get_size(few));
  g_assert_cmpuint(g_bytes_get_size(many) + 100 * frame, >=, 100 * g_bytes_get_size(few));
  g_autofree char *text = bytes_to_text(many);
  g_assert_nonnull(strstr(text, "\"PO-099999\" outcome=\"accepted\"/>\n</receipt>\n"));
}

static void test_is_deterministic(void)
{
  OutboxItem item = {
      .kind = REQUEST_KIND_REVIEW, .ref = "R-1", .outcome = LIFECYCLE_OUTCOME_ACCEPTED};
  g_autoptr(GBytes) one = make_with_item(&item);
  g_autoptr(GBytes) other = make_with_item(&item);
  assert_bytes_equal(one, other);
}

int main(int argc, char **argv)
{
  outbox_test_init(&argc, &argv);
  load_schema();
  g_test_add_func("/outbox/receipt/accepted", test_accepted);
  g_test_add_func("/outbox/receipt/absent", test_absent);
  g_test_add_func("/outbox/receipt/faults", test_faults);
  g_test_add_func("/outbox/receipt/references", test_references);
  g_test_add_func("/outbox/receipt/naughty", test_naughty);
  g_test_add_func("/outbox/receipt/repeated-name", test_repeated_name);
  g_test_add_func("/outbox/receipt/many", test_many);
  g_test_add_func("/outbox/receipt/is-deterministic", test_is_deterministic);
  int failed = g_test_run();
  xmlSchemaFree(receipt_schema);
  return failed;
}

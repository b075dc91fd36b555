/* Letters show all of an application, whole and as text. */
#include "outbox-test.h"

#include <libxml/HTMLparser.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)

#define TEXT(literal) ((char *)(literal))

static ConfigurationOrganization organization = {.name = TEXT("Example Operations"),
                                                 .email = TEXT("certificates@example.test")};
static const Configuration configuration = {.organization = &organization};
static const Product ov_product = {.title = TEXT("Secure OV Multi-Domain"),
                                   .validation = TEXT("ov")};
static const Product dv_product = {.title = TEXT("Standard DV"), .validation = TEXT("dv")};
static char *two_names[] = {TEXT("www.example.test"), TEXT("*.b\u00fccher.example"), NULL};

static RequestApplicant example_applicant(void)
{
  return (RequestApplicant){.name = TEXT("Applicant One"),
                            .phone = TEXT("+86 571 5550 0101"),
                            .email = TEXT("one@example.test"),
                            .id_number = TEXT("ID-000000-0001")};
}

static RequestCompany example_company(RequestLocation *location)
{
  *location = (RequestLocation){
      .country = TEXT("CN"), .province = TEXT("Zhejiang"), .city = TEXT("Hangzhou")};
  return (RequestCompany){.name = TEXT("Example Trading Ltd"),
                          .type = TEXT("government-entity"),
                          .phone = TEXT("+86 571 5550 0100"),
                          .organization_id = TEXT("91330000000000000X"),
                          .location = location,
                          .address = TEXT("1 Example Road"),
                          .zip = TEXT("310000")};
}

static OutboxLetter letter_for(const Product *product, const RequestApplication *application)
{
  return (OutboxLetter){.certificate = "PO-4711.1",
                        .application_ref = "APP-1",
                        .product = product,
                        .application = application,
                        .configuration = &configuration,
                        .at = NOW};
}

static GBytes *make(const OutboxLetter *letter)
{
  GError *error = NULL;
  GBytes *bytes = outbox_make_letter(letter, &error);
  g_assert_no_error(error);
  g_assert_nonnull(bytes);
  return bytes;
}

static xmlDoc *parse(GBytes *bytes)
{
  gsize length;
  const char *text = g_bytes_get_data(bytes, &length);
  g_assert_true(g_str_has_prefix(text, "<!DOCTYPE html>\n<html lang=\"en\">"));
  /* libxml2 knows HTML 4 and complains about <main>. */
  xmlDoc *document = htmlReadMemory(text, (int)length, NULL, "UTF-8",
                                    HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
  g_assert_nonnull(document);
  return document;
}

/* The next element after NODE in the order of the document; NULL at its end. */
static xmlNode *next_element(xmlNode *node)
{
  if (xmlFirstElementChild(node) != NULL)
    return xmlFirstElementChild(node);
  while (node != NULL && xmlNextElementSibling(node) == NULL)
    node = node->parent->type == XML_ELEMENT_NODE ? node->parent : NULL;
  return node != NULL ? xmlNextElementSibling(node) : NULL;
}

static char *content_of(xmlNode *node)
{
  xmlChar *content = xmlNodeGetContent(node);
  char *text = g_strdup((const char *)content);
  xmlFree(content);
  return text;
}

/* The names of all elements, in their order. */
static char *elements_of(xmlDoc *document)
{
  GString *names = g_string_new(NULL);
  for (xmlNode *node = xmlDocGetRootElement(document); node != NULL; node = next_element(node))
    g_string_append_printf(names, "%s ", node->name);
  return g_string_free(names, FALSE);
}

/* The value beside the N-th LABEL, N from 1. NULL: there is none. */
static char *value_of(xmlDoc *document, const char *label, int n)
{
  for (xmlNode *node = xmlDocGetRootElement(document); node != NULL; node = next_element(node)) {
    if (strcmp((const char *)node->name, "th") != 0)
      continue;
    g_autofree char *content = content_of(node);
    if (strcmp(content, label) == 0 && --n == 0)
      return content_of(xmlNextElementSibling(node));
  }
  return NULL;
}

static void assert_value(xmlDoc *document, const char *label, int n, const char *expected)
{
  g_autofree char *value = value_of(document, label, n);
  g_assert_cmpstr(value, ==, expected);
}

static void test_company(void)
{
  RequestLocation location;
  RequestCompany company = example_company(&location);
  RequestApplicant applicant = example_applicant();
  RequestApplication application = {
      .domains = two_names, .applicant = &applicant, .company = &company};
  OutboxLetter letter = letter_for(&ov_product, &application);
  g_autoptr(GBytes) bytes = make(&letter);
  g_autoptr(xmlDoc) document = parse(bytes);
  static const struct {
    const char *label;
    int n;
    const char *value;
  } expected[] = {
      {"Certificate ID", 1, "PO-4711.1"},
      {"Application", 1, "APP-1"},
      {"Product", 1, "Secure OV Multi-Domain"},
      {"Validation", 1, "OV"},
      {"Names", 1, "\nwww.example.test\n*.b\u00fccher.example\n"},
      {"Key", 1, "made by the certificate authority"},
      {"Name", 1, "Example Trading Ltd"},
      {"Type", 1, "Government entity"},
      {"Registration number", 1, "91330000000000000X"},
      {"Address", 1, "1 Example Road"},
      {"City", 1, "Hangzhou"},
      {"Province", 1, "Zhejiang"},
      {"Postal code", 1, "310000"},
      {"Country", 1, "CN"},
      {"Phone", 1, "+86 571 5550 0100"},
      {"Name", 2, "Applicant One"},
      {"ID number", 1, "ID-000000-0001"},
      {"Phone", 2, "+86 571 5550 0101"},
      {"E-mail", 1, "one@example.test"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(expected); i++)
    assert_value(document, expected[i].label, expected[i].n, expected[i].value);
  g_autofree char *text = bytes_to_text(bytes);
  g_assert_nonnull(strstr(text, "<p>To: Example Operations</p>"));
  g_assert_nonnull(strstr(text, "Nov 23, 2026"));
  g_assert_nonnull(strstr(text, "Stamp of the company"));
  g_assert_nonnull(strstr(text, "512,000 bytes"));
  g_assert_null(strstr(text, "http://"));
}

/* For a person alone the company is not asked for, given or not. */
static void test_person(void)
{
  RequestLocation location;
  RequestCompany company = example_company(&location);
  RequestApplicant applicant = example_applicant();
  RequestApplication application = {
      .domains = two_names, .applicant = &applicant, .company = &company};
  OutboxLetter letter = letter_for(&dv_product, &application);
  g_autoptr(GBytes) bytes = make(&letter);
  g_autofree char *text = bytes_to_text(bytes);
  g_assert_null(strstr(text, "Example Trading Ltd"));
  g_assert_nonnull(strstr(text, "Applicant One"));
}

/* What a saved application has not got yet is a line to write on. */
static void test_incomplete(void)
{
  RequestApplication application = {.domains = NULL};
  OutboxLetter letter = letter_for(&ov_product, &application);
  g_autoptr(GBytes) bytes = make(&letter);
  g_autoptr(xmlDoc) document = parse(bytes);
  assert_value(document, "Names", 1, "");
  assert_value(document, "Registration number", 1, "");
  assert_value(document, "Country", 1, "");
  assert_value(document, "ID number", 1, "");
  g_autofree char *text = bytes_to_text(bytes);
  g_assert_nonnull(strstr(text, "<td></td>"));
}

static void test_manual_csr(void)
{
  RequestCsr csr = {.mode = TEXT("manual"), .spki_sha256 = TEXT("0123abcd")};
  RequestApplication application = {.csr = &csr};
  OutboxLetter letter = letter_for(&ov_product, &application);
  g_autoptr(GBytes) bytes = make(&letter);
  g_autoptr(xmlDoc) document = parse(bytes);
  assert_value(document, "Key", 1, "of the applicant's CSR; SHA-256 of the public key: 0123abcd");
}

static GBytes *make_with_text(const char *text)
{
  char *names[] = {TEXT(text), NULL};
  RequestLocation location = {.country = TEXT(text), .province = TEXT(text), .city = TEXT(text)};
  RequestCompany company = {.name = TEXT(text),
                            .type = TEXT(text),
                            .phone = TEXT(text),
                            .organization_id = TEXT(text),
                            .location = &location,
                            .address = TEXT(text),
                            .zip = TEXT(text)};
  RequestApplicant applicant = {
      .name = TEXT(text), .phone = TEXT(text), .email = TEXT(text), .id_number = TEXT(text)};
  RequestApplication application = {.domains = names, .applicant = &applicant, .company = &company};
  OutboxLetter letter = letter_for(&ov_product, &application);
  ConfigurationOrganization naughty = {.name = TEXT(text), .email = TEXT(text)};
  Configuration other = {.organization = &naughty};
  letter.configuration = &other;
  return make(&letter);
}

static void check_naughty(const char *text, const char *elements)
{
  static const char *const labels[] = {"Registration number", "Address", "City",   "Province",
                                       "Postal code",         "Country", "E-mail", "ID number"};
  g_autoptr(GBytes) bytes = make_with_text(text);
  g_autofree char *html = bytes_to_text(bytes);
  g_autoptr(xmlDoc) document = parse(bytes);
  g_autofree char *found = elements_of(document);
  g_autofree char *clean = outbox_clean_text(text);
  g_assert_cmpstr(found, ==, elements);
  for (gsize i = 0; i < G_N_ELEMENTS(labels); i++)
    assert_value(document, labels[i], 1, clean);
  assert_value(document, "Name", 1, clean);
  assert_value(document, "Name", 2, clean);
}

static void test_naughty(void)
{
  g_autoptr(GBytes) plain = make_with_text("plain");
  g_autoptr(xmlDoc) document = parse(plain);
  g_autofree char *elements = elements_of(document);
  for (gsize i = 0; i < G_N_ELEMENTS(naughty_texts); i++) {
    if (*naughty_texts[i] == '\0' || *naughty_texts[i] == ' ')
      continue; /* spaces alone are lost by the parser */
    g_autofree char *longer = repeat_text(naughty_texts[i]);
    check_naughty(naughty_texts[i], elements);
    check_naughty(longer, elements);
  }
}

static void test_is_deterministic(void)
{
  g_autoptr(GBytes) one = make_with_text("plain");
  g_autoptr(GBytes) other = make_with_text("plain");
  assert_bytes_equal(one, other);
}

int main(int argc, char **argv)
{
  outbox_test_init(&argc, &argv);
  g_test_add_func("/outbox/letter/company", test_company);
  g_test_add_func("/outbox/letter/person", test_person);
  g_test_add_func("/outbox/letter/incomplete", test_incomplete);
  g_test_add_func("/outbox/letter/manual-csr", test_manual_csr);
  g_test_add_func("/outbox/letter/naughty", test_naughty);
  g_test_add_func("/outbox/letter/is-deterministic", test_is_deterministic);
  return g_test_run();
}

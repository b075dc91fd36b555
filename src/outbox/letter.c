#include "base/clock.h"
#include "base/error.h"
#include "outbox/outbox-private.h"

#include <libxml/HTMLtree.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)

typedef struct {
  const char *name;
  const char *label;
} LetterLabel;

static const LetterLabel letter_company_types[] = {
    {"private-organization", "Private organisation"},
    {"government-entity", "Government entity"},
    {"business-entity", "Business entity"},
    {"non-commercial-entity", "Non-commercial entity"},
};

/* A new last child of PARENT, with TEXT unless NULL. */
static xmlNode *letter_add(xmlNode *parent, const char *element, const char *text)
{
  g_autofree char *clean = outbox_clean_text(text);
  return xmlNewTextChild(parent, NULL, BAD_CAST element, BAD_CAST clean);
}

static xmlNode *letter_add_class(xmlNode *parent, const char *element, const char *class_name,
                                 const char *text)
{
  xmlNode *node = letter_add(parent, element, text);
  xmlNewProp(node, BAD_CAST "class", BAD_CAST class_name);
  return node;
}

/* A table under a heading, for letter_add_row(). */
static xmlNode *letter_add_table(xmlNode *parent, const char *heading)
{
  letter_add(parent, "h2", heading);
  return letter_add(letter_add(parent, "table", NULL), "tbody", NULL);
}

/* A row; without a VALUE there is a line to write on. Returns the value's cell. */
static xmlNode *letter_add_row(xmlNode *table, const char *label, const char *value)
{
  xmlNode *row = letter_add(table, "tr", NULL);
  xmlNewProp(letter_add(row, "th", label), BAD_CAST "scope", BAD_CAST "row");
  return letter_add(row, "td", value != NULL && *value != '\0' ? value : NULL);
}

static void letter_add_names(xmlNode *table, char **names)
{
  xmlNode *cell = letter_add_row(table, "Names", NULL);
  if (names == NULL || *names == NULL)
    return;
  xmlNode *list = letter_add(cell, "ul", NULL);
  for (char **name = names; *name != NULL; name++)
    letter_add(list, "li", *name);
}

/* Which key the certificate is for: of the applicant's own CSR, or a new one. */
static void letter_add_key(xmlNode *table, const RequestCsr *csr)
{
  if (csr == NULL || csr->spki_sha256 == NULL) {
    letter_add_row(table, "Key", "made by the certificate authority");
    return;
  }
  g_autofree char *text =
      g_strdup_printf("of the applicant's CSR; SHA-256 of the public key: %s", csr->spki_sha256);
  letter_add_row(table, "Key", text);
}

static void letter_add_certificate(xmlNode *parent, const OutboxLetter *letter)
{
  const RequestApplication *application = letter->application;
  xmlNode *table = letter_add_table(parent, "Certificate");
  letter_add_row(table, "Certificate ID", letter->certificate);
  letter_add_row(table, "Application", letter->application_ref);
  letter_add_row(table, "Product", letter->product->title);
  letter_add_row(table, "Validation", product_validation_label(letter->product));
  letter_add_names(table, application->domains);
  letter_add_key(table, application->csr);
}

static const char *letter_company_type(const char *type)
{
  for (gsize i = 0; i < G_N_ELEMENTS(letter_company_types); i++)
    if (g_strcmp0(letter_company_types[i].name, type) == 0)
      return letter_company_types[i].label;
  return type;
}

static void letter_add_company(xmlNode *parent, const RequestCompany *given)
{
  static const RequestCompany no_company;
  static const RequestLocation no_location;
  const RequestCompany *company = given != NULL ? given : &no_company;
  const RequestLocation *location = company->location != NULL ? company->location : &no_location;
  xmlNode *table = letter_add_table(parent, "Company");
  letter_add_row(table, "Name", company->name);
  letter_add_row(table, "Type", letter_company_type(company->type));
  letter_add_row(table, "Registration number", company->organization_id);
  letter_add_row(table, "Address", company->address);
  letter_add_row(table, "City", location->city);
  letter_add_row(table, "Province", location->province);
  letter_add_row(table, "Postal code", company->zip);
  letter_add_row(table, "Country", location->country);
  letter_add_row(table, "Phone", company->phone);
}

static void letter_add_applicant(xmlNode *parent, const RequestApplicant *given)
{
  static const RequestApplicant no_applicant;
  const RequestApplicant *applicant = given != NULL ? given : &no_applicant;
  xmlNode *table = letter_add_table(parent, "Applicant");
  letter_add_row(table, "Name", applicant->name);
  letter_add_row(table, "ID number", applicant->id_number);
  letter_add_row(table, "Phone", applicant->phone);
  letter_add_row(table, "E-mail", applicant->email);
}

static void letter_add_opening(xmlNode *parent, const OutboxLetter *letter, gboolean for_company)
{
  const RequestCompany *company = letter->application->company;
  g_autofree char *date = clock_format_date(letter->at);
  g_autofree char *addressee =
      g_strdup_printf("To: %s", configuration_organization_name(letter->configuration));
  if (for_company && company != NULL && company->name != NULL)
    letter_add_class(parent, "p", "company", company->name);
  letter_add_class(parent, "p", "date", date);
  letter_add(parent, "p", addressee);
  letter_add(parent, "h1", "Confirmation of a certificate application");
  letter_add(parent, "p",
             for_company
                 ? "To the certificate authority: we confirm that our company applies for the "
                   "certificate described here, that the applicant named here acts for us, and "
                   "that all that is said below is true and complete."
                 : "To the certificate authority: I confirm that I apply for the certificate "
                   "described here, that its names are mine to use, and that all that is said "
                   "below is true and complete.");
}

static void letter_add_boxes(xmlNode *parent, gboolean for_company)
{
  xmlNode *boxes = letter_add_class(parent, "div", "sign", NULL);
  letter_add(boxes, "p", for_company ? "Stamp of the company" : "Stamp, if there is one");
  letter_add(boxes, "p", "Name, position, date and signature");
}

static void letter_add_steps(xmlNode *parent)
{
  xmlNode *steps = letter_add_class(parent, "div", "steps", NULL);
  letter_add(steps, "h2", "What to do with this letter");
  xmlNode *list = letter_add(steps, "ol", NULL);
  letter_add(list, "li", "Print it on A4, fill in what is empty, stamp it and sign it.");
  letter_add(list, "li", "Scan or photograph it as a PNG or JPEG image of at most 512,000 bytes.");
  xmlNode *package =
      letter_add(list, "li",
                 "Put the image into a .zip or .tar.gz package, beside an application document "
                 "that names it in its attachments: ");
  letter_add(package, "code", "<attachment kind=\"confirmationLetter\" file=\"letter.png\"/>");
  letter_add(list, "li", "Drop the package into the inbox.");
}

static void letter_add_head(xmlNode *html, const OutboxLetter *letter)
{
  g_autofree char *title = g_strdup_printf("Letter for %.40s", letter->certificate);
  xmlNode *head = letter_add(html, "head", NULL);
  xmlNewProp(letter_add(head, "meta", NULL), BAD_CAST "charset", BAD_CAST "UTF-8");
  xmlNode *policy = letter_add(head, "meta", NULL);
  xmlNewProp(policy, BAD_CAST "http-equiv", BAD_CAST "Content-Security-Policy");
  xmlNewProp(policy, BAD_CAST "content", BAD_CAST "default-src 'none'; style-src 'unsafe-inline'");
  letter_add(head, "title", title);
  xmlAddChild(letter_add(head, "style", NULL), xmlNewText(BAD_CAST outbox_letter_style));
}

static void letter_fill(xmlDoc *document, const OutboxLetter *letter)
{
  gboolean for_company = product_asks_company(letter->product);
  xmlNode *html = xmlNewDocNode(document, NULL, BAD_CAST "html", NULL);
  xmlDocSetRootElement(document, html);
  xmlNewProp(html, BAD_CAST "lang", BAD_CAST "en");
  letter_add_head(html, letter);
  xmlNode *page = letter_add(letter_add(html, "body", NULL), "main", NULL);
  letter_add_opening(page, letter, for_company);
  letter_add_certificate(page, letter);
  if (for_company)
    letter_add_company(page, letter->application->company);
  letter_add_applicant(page, letter->application->applicant);
  letter_add_boxes(page, for_company);
  letter_add_steps(page);
}

GBytes *outbox_make_letter(const OutboxLetter *letter, GError **error)
{
  g_autoptr(xmlDoc) document = htmlNewDocNoDtD(NULL, NULL);
  g_assert(document != NULL);
  letter_fill(document, letter);
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  xmlOutputBuffer *output = outbox_xml_output(bytes);
  /* htmlDocContentDumpOutput() would put a <meta> of HTML 4 into the head. */
  xmlOutputBufferWriteString(output, "<!DOCTYPE html>\n");
  htmlNodeDumpFormatOutput(output, document, xmlDocGetRootElement(document), "UTF-8", 1);
  xmlOutputBufferWriteString(output, "\n");
  if (xmlOutputBufferClose(output) < 0) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_BUG, "libxml2 did not write the letter");
    return NULL;
  }
  return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

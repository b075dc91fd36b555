/* What the tests of src/lifecycle and src/ledger share: products, facts and
 * documents as a reader would have made them. */
#ifndef CERTDROP_TESTS_LIFECYCLE_TEST_H
#define CERTDROP_TESTS_LIFECYCLE_TEST_H

#include "lifecycle/lifecycle.h"
#include "request/formats.h"
#include "request/names.h"

#include <string.h>

/* 2026-11-23T02:00:07Z. */
#define NOW ((gint64)1795399207)
#define DAY ((gint64)86400)

static inline Product *add_product(Catalog *catalog, const char *id, const char *validation,
                                   const char *names)
{
  Product *product = record_new(&product_record);
  product->id = g_strdup(id);
  product->brand = g_strdup("Example");
  product->title = g_strdup(id);
  product->validation = g_strdup(validation);
  product->names = g_strdup(names);
  product->price_per_year = strcmp(validation, "dv-free") == 0 ? 0 : 120000;
  product->price_per_extra_name = 0;
  product->maximum_years = 2;
  product->lifetime = g_strdup("baseline");
  product->issuer = g_strdup("embedded");
  g_ptr_array_add(catalog->products, product);
  return product;
}

static inline Catalog *new_catalog(void)
{
  Catalog *catalog = record_new(&catalog_record);
  catalog->currency = g_strdup("CNY");
  catalog->products = g_ptr_array_new();
  add_product(catalog, "free", "dv-free", "single")->maximum_years = 1;
  add_product(catalog, "dv", "dv", "single");
  add_product(catalog, "dv-wildcard", "dv", "wildcard");
  add_product(catalog, "ov", "ov", "single")->required_attachments = g_strdup("confirmationLetter");
  add_product(catalog, "ev", "ev", "single")->required_attachments =
      g_strdup("confirmationLetter qualification");
  Product *multiple = add_product(catalog, "ov-multi", "ov", "multiple");
  multiple->included_names = 3;
  multiple->maximum_names = 100;
  multiple->price_per_extra_name = 30000;
  multiple->required_attachments = g_strdup("confirmationLetter");
  Product *inhouse = add_product(catalog, "inhouse", "dv", "multiple");
  inhouse->included_names = 3;
  inhouse->maximum_names = 10;
  inhouse->scope = g_strdup("internal");
  g_free(inhouse->lifetime);
  inhouse->lifetime = g_strdup("term");
  Product *outside = add_product(catalog, "outside", "dv", "single");
  g_free(outside->issuer);
  outside->issuer = g_strdup("exchange");
  return catalog;
}

/* Names under example.test are the operator's own. */
static inline Configuration *new_configuration(void)
{
  Configuration *configuration = record_new(&configuration_record);
  ConfigurationSuffix *suffix = g_new0(ConfigurationSuffix, 1);
  suffix->suffix = g_strdup("example.test");
  configuration->verification = g_new0(ConfigurationVerification, 1);
  configuration->verification->automatic = g_ptr_array_new();
  g_ptr_array_add(configuration->verification->automatic, suffix);
  return configuration;
}

/* What a decision is made on. Everything in `facts` borrows from the rest. */
typedef struct {
  Catalog *catalog;
  Configuration *configuration;
  LifecycleOrder *order;
  LifecycleCertificate *certificate;
  LifecycleKeyUse key_use;
  LifecycleFacts facts;
} World;

static inline void world_set_up(World *world, gconstpointer data)
{
  (void)data;
  g_assert_true(names_preload(NULL));
  *world = (World){.catalog = new_catalog(), .configuration = new_configuration()};
  world->facts.now = NOW;
  world->facts.configuration = world->configuration;
  world->facts.catalog = world->catalog;
}

static inline void world_tear_down(World *world, gconstpointer data)
{
  (void)data;
  lifecycle_order_free(world->order);
  lifecycle_certificate_free(world->certificate);
  configuration_free(world->configuration);
  catalog_free(world->catalog);
}

static inline void know_keytool(World *world)
{
  ConfigurationKeytool *keytool = g_new0(ConfigurationKeytool, 1);
  keytool->command = g_new0(ConfigurationCommand, 1);
  keytool->command->arguments = g_strsplit("keytool", " ", 0);
  world->configuration->keytool = keytool;
}

/* The order PO-1 of one certificate of PRODUCT, and its certificate PO-1.1. */
static inline void know_certificate(World *world, const char *product, LifecycleStatus status)
{
  lifecycle_order_free(world->order);
  lifecycle_certificate_free(world->certificate);
  LifecycleOrder *order = world->order = g_new0(LifecycleOrder, 1);
  order->ref = g_strdup("PO-1");
  order->product = catalog_find(world->catalog, product);
  g_assert_nonnull(order->product);
  order->quantity = 1;
  order->years = 1;
  order->name_count = order->product->included_names;
  order->price = product_price(order->product, 1, 1, order->name_count);
  order->currency = g_strdup("CNY");
  order->paid = status != LIFECYCLE_STATUS_AWAITING_PAYMENT;
  LifecycleCertificate *certificate = world->certificate = lifecycle_certificate_new("PO-1.1");
  certificate->status = status;
  world->facts.order = order;
  world->facts.certificate = certificate;
  world->facts.subject = "PO-1.1";
}

/* Documents */

static inline RequestItem *new_item_of(RequestKind kind, const char *ref)
{
  RequestItem *item = request_item_new();
  item->kind = kind;
  item->line = 2;
  item->ref = g_strdup(ref);
  item->hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, ref, -1);
  item->body = record_new(request_kinds[kind].record);
  G_STRUCT_MEMBER(char *, item->body, request_kinds[kind].ref_offset) = g_strdup(ref);
  return item;
}

static inline RequestApplicant *new_applicant(void)
{
  RequestApplicant *applicant = g_new0(RequestApplicant, 1);
  applicant->name = g_strdup("Applicant One");
  applicant->phone = g_strdup("+86 10 5555 0100");
  applicant->email = g_strdup("one@example.test");
  applicant->id_number = g_strdup("ID-12345678");
  return applicant;
}

static inline RequestCompany *new_company(void)
{
  RequestCompany *company = g_new0(RequestCompany, 1);
  company->name = g_strdup("Example Operations Ltd");
  company->type = g_strdup("private-organization");
  company->phone = g_strdup("+86 10 5555 0101");
  company->organization_id = g_strdup("91330000000000000X");
  company->location = g_new0(RequestLocation, 1);
  company->location->country = g_strdup("CN");
  company->location->province = g_strdup("Zhejiang");
  company->location->city = g_strdup("Hangzhou");
  company->address = g_strdup("1 Example Road");
  company->zip = g_strdup("310000");
  return company;
}

static inline void add_attachment(RequestApplication *application, const char *kind,
                                  const char *content)
{
  RequestAttachment *attachment = record_new(&request_attachment_record);
  attachment->line = 20;
  attachment->kind = g_strdup(kind);
  attachment->file = g_strdup_printf("%s.png", kind);
  attachment->media_type = g_strdup("image/png");
  attachment->extension = g_strdup("png");
  attachment->bytes = g_bytes_new(content, strlen(content));
  attachment->sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, content, -1);
  if (application->attachments == NULL)
    application->attachments = g_ptr_array_new();
  g_ptr_array_add(application->attachments, attachment);
}

/* A manual CSR for NAMES (comma-separated, "" for none), as a reader has looked into it. */
static inline RequestCsr *new_manual_csr(const char *names)
{
  RequestCsr *csr = g_new0(RequestCsr, 1);
  csr->line = 30;
  csr->mode = g_strdup("manual");
  csr->der = g_bytes_new_static("der", 3);
  csr->spki_sha256 = g_strnfill(64, 'a');
  csr->key_kind = g_strdup("ec-p256");
  csr->names = g_strsplit(names, ",", 0);
  return csr;
}

/* An application for DOMAINS (comma-separated) with everything that DV needs. */
static inline RequestApplication *new_application(const char *domains)
{
  RequestApplication *application = record_new(&request_application_record);
  application->line = 10;
  application->domains = g_strsplit(domains, ",", 0);
  application->applicant = new_applicant();
  return application;
}

/* The application APP-1 for PO-1.1; CONTENT (taken over) is what it says. */
static inline RequestItem *new_application_item(const char *action, RequestApplication *content)
{
  RequestItem *item = new_item_of(REQUEST_KIND_APPLICATION, "APP-1");
  record_free(&request_application_record, item->body);
  item->body = content;
  content->ref = g_strdup("APP-1");
  content->certificate = g_strdup("PO-1.1");
  content->action = g_strdup(action);
  return item;
}

static inline RequestPayment *new_payment(gint64 amount, const char *currency)
{
  RequestPayment *payment = record_new(&request_payment_record);
  payment->reference = g_strdup("TX-1");
  payment->amount = amount;
  payment->currency = g_strdup(currency);
  return payment;
}

static inline RequestItem *new_order_item(const char *ref, const char *product)
{
  RequestItem *item = new_item_of(REQUEST_KIND_ORDER, ref);
  RequestOrder *order = item->body;
  order->line = 2;
  order->product = g_strdup(product);
  return item;
}

/* A certificate of another authority's for NAMES (comma-separated), as a reader found it. */
static inline RequestCertificate *new_leaf(const char *names)
{
  RequestCertificate *leaf = record_new(&request_certificate_record);
  leaf->der = g_bytes_new_static("der", 3);
  leaf->issuer = g_strdup("CN = Other Authority");
  leaf->serial = g_strdup("4D");
  leaf->sha256 = g_strnfill(64, 'c');
  leaf->spki_sha256 = g_strnfill(64, 'b');
  leaf->key_kind = g_strdup("ec-p256");
  leaf->names = g_strsplit(names, ",", 0);
  leaf->not_before = NOW - DAY;
  leaf->not_after = NOW + 89 * DAY;
  return leaf;
}

/* The CSR of CERTIFICATE, for NAMES and with the key of new_leaf(), lies outside. */
static inline void know_outside(LifecycleCertificate *certificate, const char *names)
{
  certificate->outside = g_strdup("exchange");
  certificate->outside_spki = g_strnfill(64, 'b');
  certificate->outside_names = g_strsplit(names, ",", 0);
}

/* Decisions */

/* The steps of DECISION in order, such as "CREATE PAY STORE ISSUE STATUS"; the
 * caller frees it. */
static inline char *steps_of(const LifecycleDecision *decision)
{
  static const char *const names[LIFECYCLE_STEP_N] = {
      [LIFECYCLE_STEP_CREATE_ORDER] = "create",
      [LIFECYCLE_STEP_RECORD_PAYMENT] = "pay",
      [LIFECYCLE_STEP_STORE_APPLICATION] = "store",
      [LIFECYCLE_STEP_SET_STATUS] = "status",
      [LIFECYCLE_STEP_RECORD_REVIEW] = "review",
      [LIFECYCLE_STEP_ISSUE] = "issue",
      [LIFECYCLE_STEP_WRITE_LETTER] = "letter",
      [LIFECYCLE_STEP_WRITE_MAIL] = "mail",
      [LIFECYCLE_STEP_WRITE_ATTACHMENTS] = "attachments",
      [LIFECYCLE_STEP_LINK_SUCCESSOR] = "link",
      [LIFECYCLE_STEP_DEPLOY] = "deploy",
      [LIFECYCLE_STEP_UNDEPLOY] = "undeploy",
      [LIFECYCLE_STEP_MAKE_ARCHIVE] = "archive",
      [LIFECYCLE_STEP_WITHDRAW] = "withdraw",
      [LIFECYCLE_STEP_REVOKE] = "revoke",
      [LIFECYCLE_STEP_REFUND] = "refund",
      [LIFECYCLE_STEP_DELETE] = "delete",
      [LIFECYCLE_STEP_UPLOAD] = "upload",
      [LIFECYCLE_STEP_REQUEST_OUTSIDE] = "request",
      [LIFECYCLE_STEP_TAKE_CERTIFICATE] = "take",
      [LIFECYCLE_STEP_END_OUTSIDE] = "end",
  };
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < decision->steps->len; i++) {
    const LifecycleStep *step = g_ptr_array_index(decision->steps, i);
    g_string_append_printf(text, "%s%s", i > 0 ? " " : "", names[step->kind]);
  }
  return g_string_free(text, FALSE);
}

/* The codes of FAULTS in order, such as "term name-count"; the caller frees it. */
static inline char *codes_of(const GPtrArray *faults)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < faults->len; i++) {
    const Fault *fault = g_ptr_array_index(faults, i);
    g_test_message("%s:%" G_GINT64_FORMAT ": %s", fault->code, fault->line, fault->text);
    g_string_append_printf(text, "%s%s", i > 0 ? " " : "", fault->code);
  }
  return g_string_free(text, FALSE);
}

static inline const LifecycleStep *find_step(const LifecycleDecision *decision,
                                             LifecycleStepKind kind)
{
  for (guint i = 0; i < decision->steps->len; i++) {
    const LifecycleStep *step = g_ptr_array_index(decision->steps, i);
    if (step->kind == kind)
      return step;
  }
  g_assert_not_reached();
}

static inline void assert_accepted(const LifecycleDecision *decision, const char *steps)
{
  g_autofree char *codes = codes_of(decision->faults);
  g_autofree char *found = steps_of(decision);
  g_assert_cmpstr(codes, ==, "");
  g_assert_cmpint(decision->outcome, ==, LIFECYCLE_OUTCOME_ACCEPTED);
  g_assert_null(decision->waits_for);
  g_assert_cmpstr(found, ==, steps);
}

static inline void assert_rejected(const LifecycleDecision *decision, const char *codes)
{
  g_autofree char *found = codes_of(decision->faults);
  g_assert_cmpstr(found, ==, codes);
  g_assert_cmpint(decision->outcome, ==, LIFECYCLE_OUTCOME_REJECTED);
  g_assert_cmpuint(decision->steps->len, ==, 0);
}

static inline void assert_waiting(const LifecycleDecision *decision, const char *for_what)
{
  g_assert_cmpint(decision->outcome, ==, LIFECYCLE_OUTCOME_WAITING);
  g_assert_cmpstr(decision->waits_for, ==, for_what);
  g_assert_cmpuint(decision->faults->len, ==, 0);
  g_assert_cmpuint(decision->steps->len, ==, 0);
}

/* Decides ITEM (taken over) and expects it accepted with these steps, or, where
 * CODES is not NULL, rejected with these codes. */
static inline void expect(World *world, RequestItem *item, const char *steps, const char *codes)
{
  g_autoptr(RequestItem) own = item;
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, own);
  if (codes != NULL)
    assert_rejected(decision, codes);
  else
    assert_accepted(decision, steps);
}

#endif

/* Applications: what a submission needs, which names a product allows, what a saved
 * one keeps, what a CSR may be, and when no review is needed (rules.md 13 to 15). */
#include "lifecycle-test.h"

static RequestApplication *new_company_application(const char *domains)
{
  RequestApplication *application = new_application(domains);
  application->company = new_company();
  add_attachment(application, "confirmationLetter", "letter");
  return application;
}

static RequestItem *new_submission(const char *domains)
{
  return new_application_item("submit", new_application(domains));
}

static void set_text(char **at, const char *text)
{
  g_free(*at);
  *at = g_strdup(text);
}

/* Submission and saving */

static void test_submit_dv(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_certificate(world, "dv", LIFECYCLE_STATUS_PAID);
  g_autoptr(RequestItem) item = new_submission("www.abc.com");
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  assert_accepted(decision, "store status mail");
  g_assert_cmpstr(decision->subject, ==, "PO-1.1");
  g_assert_cmpuint(decision->warnings->len, ==, 0);
  const LifecycleStep *store = find_step(decision, LIFECYCLE_STEP_STORE_APPLICATION);
  g_assert_cmpint(store->state, ==, LIFECYCLE_APPLICATION_SUBMITTED);
  g_assert_cmpstr(store->application_ref, ==, "APP-1");
  g_assert_cmpstr(store->names[0], ==, "www.abc.com");
  g_assert_cmpint(find_step(decision, LIFECYCLE_STEP_SET_STATUS)->status, ==,
                  LIFECYCLE_STATUS_PENDING_VERIFICATION);
  g_assert_cmpint(find_step(decision, LIFECYCLE_STEP_WRITE_MAIL)->mail, ==,
                  LIFECYCLE_MAIL_SUBMITTED);
}

static void test_submit_ov(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_certificate(world, "ov", LIFECYCLE_STATUS_PAID);
  expect(world, new_application_item("submit", new_company_application("www.abc.com")),
         "store letter status mail attachments", NULL);
}

/* Without an action it is a submission; so it is after a failed verification. */
static void test_submit_again(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_certificate(world, "dv", LIFECYCLE_STATUS_VERIFICATION_FAILED);
  expect(world, new_application_item(NULL, new_application("www.abc.com")), "store status mail",
         NULL);
}

static void test_save(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_certificate(world, "ov", LIFECYCLE_STATUS_PAID);
  g_autoptr(RequestItem) item =
      new_application_item("save", record_new(&request_application_record));
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  assert_accepted(decision, "store letter");
  const LifecycleStep *store = find_step(decision, LIFECYCLE_STEP_STORE_APPLICATION);
  g_assert_cmpint(store->state, ==, LIFECYCLE_APPLICATION_SAVED);
  g_assert_null(store->names);
}

/* What is given is looked at, even if it is only saved. */
static void test_save_refused(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_certificate(world, "dv", LIFECYCLE_STATUS_PAID);
  expect(world, new_application_item("save", new_application("server1")), NULL,
         "domain-single-label");
  know_certificate(world, "dv", LIFECYCLE_STATUS_PENDING_VERIFICATION);
  expect(world, new_application_item("save", new_application("www.abc.com")), NULL, "state");
}

/* Merging */

static void save_application(World *world, RequestApplication *saved)
{
  world->certificate->application_state = LIFECYCLE_APPLICATION_SAVED;
  world->certificate->application_ref = g_strdup("APP-0");
  world->certificate->application = saved;
}

/* A file that only says "submit" submits what was saved. */
static void test_submit_saved(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_certificate(world, "ov", LIFECYCLE_STATUS_PAID);
  save_application(world, new_company_application("www.abc.com"));
  g_autoptr(RequestItem) item =
      new_application_item("submit", record_new(&request_application_record));
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  assert_accepted(decision, "store letter status mail attachments");
  const LifecycleStep *store = find_step(decision, LIFECYCLE_STEP_STORE_APPLICATION);
  g_assert_cmpstr(store->application_ref, ==, "APP-1");
  g_assert_cmpstr(store->application->domains[0], ==, "www.abc.com");
  g_assert_cmpstr(store->application->company->name, ==, "Example Operations Ltd");
  g_assert_cmpuint(store->application->attachments->len, ==, 1);
}

/* Each child that is given replaces the saved one whole. */
static void test_merge_children(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_certificate(world, "ov", LIFECYCLE_STATUS_PAID);
  save_application(world, new_company_application("www.abc.com"));
  RequestApplication *given = record_new(&request_application_record);
  given->domains = g_strsplit("www.bcd.com", ",", 0);
  given->applicant = g_new0(RequestApplicant, 1);
  given->applicant->name = g_strdup("Applicant Two");
  g_autoptr(RequestItem) save = new_application_item("save", given);
  g_autoptr(LifecycleDecision) saved = lifecycle_decide(&world->facts, save);
  assert_accepted(saved, "store letter");
  const RequestApplication *merged =
      find_step(saved, LIFECYCLE_STEP_STORE_APPLICATION)->application;
  g_assert_cmpstr(merged->domains[0], ==, "www.bcd.com");
  g_assert_null(merged->domains[1]);
  g_assert_cmpstr(merged->applicant->name, ==, "Applicant Two");
  g_assert_null(merged->applicant->email);
  g_assert_cmpstr(merged->company->name, ==, "Example Operations Ltd");

  set_text(&given->action, "submit");
  g_autoptr(LifecycleDecision) submitted = lifecycle_decide(&world->facts, save);
  assert_rejected(submitted, "applicant-incomplete applicant-incomplete applicant-incomplete");
}

static const RequestAttachment *attachment_at(const RequestApplication *application, guint index)
{
  return g_ptr_array_index(application->attachments, index);
}

/* Attachments are replaced by kind; the others stay, without their bytes, which the
 * ledger has. */
static void test_merge_attachments(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_certificate(world, "ev", LIFECYCLE_STATUS_PAID);
  RequestApplication *saved = new_company_application("www.abc.com");
  add_attachment(saved, "identity", "identity");
  save_application(world, saved);
  for (guint i = 0; i < saved->attachments->len; i++) {
    RequestAttachment *attachment = g_ptr_array_index(saved->attachments, i);
    g_clear_pointer(&attachment->bytes, g_bytes_unref);
  }
  g_autoptr(RequestItem) unqualified =
      new_application_item("submit", record_new(&request_application_record));
  g_autoptr(LifecycleDecision) refused = lifecycle_decide(&world->facts, unqualified);
  assert_rejected(refused, "attachment-missing");

  RequestApplication *given = record_new(&request_application_record);
  add_attachment(given, "qualification", "qualification");
  add_attachment(given, "confirmationLetter", "stamped");
  g_autoptr(RequestItem) item = new_application_item("submit", given);
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  assert_accepted(decision, "store letter status mail attachments");
  const RequestApplication *merged =
      find_step(decision, LIFECYCLE_STEP_STORE_APPLICATION)->application;
  g_assert_cmpuint(merged->attachments->len, ==, 3);
  g_assert_cmpstr(attachment_at(merged, 0)->kind, ==, "identity");
  g_assert_null(attachment_at(merged, 0)->bytes);
  g_assert_nonnull(attachment_at(merged, 0)->sha256);
  g_assert_cmpstr(attachment_at(merged, 1)->kind, ==, "qualification");
  g_assert_cmpstr(attachment_at(merged, 2)->kind, ==, "confirmationLetter");
  g_assert_cmpmem("stamped", 7, g_bytes_get_data(attachment_at(merged, 2)->bytes, NULL), 7);
  /* What was saved is the ledger's, and not touched. */
  g_assert_cmpuint(saved->attachments->len, ==, 2);
}

static void test_double_attachment(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_certificate(world, "ov", LIFECYCLE_STATUS_PAID);
  RequestApplication *application = new_company_application("www.abc.com");
  add_attachment(application, "confirmationLetter", "page two");
  expect(world, new_application_item("submit", application), NULL, "attachment-duplicate");
}

/* What a submission needs */

static void test_complete_applicant(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const gsize fields[] = {
      G_STRUCT_OFFSET(RequestApplicant, name), G_STRUCT_OFFSET(RequestApplicant, phone),
      G_STRUCT_OFFSET(RequestApplicant, email), G_STRUCT_OFFSET(RequestApplicant, id_number)};
  static const char *const products[] = {"free", "dv", "ov", "ev"};
  for (guint p = 0; p < G_N_ELEMENTS(products); p++)
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
      know_certificate(world, products[p], LIFECYCLE_STATUS_PAID);
      RequestApplication *application = new_company_application("www.abc.com");
      add_attachment(application, "qualification", "qualification");
      set_text(G_STRUCT_MEMBER_P(application->applicant, fields[i]), i % 2 == 0 ? NULL : "");
      expect(world, new_application_item("submit", application), NULL, "applicant-incomplete");
    }
}

static void test_complete_company(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const gsize fields[] = {
      G_STRUCT_OFFSET(RequestCompany, name),    G_STRUCT_OFFSET(RequestCompany, type),
      G_STRUCT_OFFSET(RequestCompany, phone),   G_STRUCT_OFFSET(RequestCompany, organization_id),
      G_STRUCT_OFFSET(RequestCompany, address), G_STRUCT_OFFSET(RequestCompany, zip)};
  static const gsize places[] = {G_STRUCT_OFFSET(RequestLocation, country),
                                 G_STRUCT_OFFSET(RequestLocation, province),
                                 G_STRUCT_OFFSET(RequestLocation, city)};
  know_certificate(world, "ov", LIFECYCLE_STATUS_PAID);
  for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
    RequestApplication *application = new_company_application("www.abc.com");
    set_text(G_STRUCT_MEMBER_P(application->company, fields[i]), NULL);
    expect(world, new_application_item("submit", application), NULL, "company-incomplete");
  }
  for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
    RequestApplication *application = new_company_application("www.abc.com");
    set_text(G_STRUCT_MEMBER_P(application->company->location, places[i]), NULL);
    expect(world, new_application_item("submit", application), NULL, "company-incomplete");
  }
  g_autoptr(RequestItem) without = new_submission("www.abc.com");
  add_attachment(without->body, "confirmationLetter", "letter");
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, without);
  g_assert_cmpuint(decision->faults->len, ==, 9);
}

/* For DV the company is ignored, with a warning. */
static void test_company_ignored(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_certificate(world, "dv", LIFECYCLE_STATUS_PAID);
  RequestApplication *application = new_application("www.abc.com");
  application->company = g_new0(RequestCompany, 1);
  g_autoptr(RequestItem) item = new_application_item("submit", application);
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  assert_accepted(decision, "store status mail");
  g_autofree char *warnings = codes_of(decision->warnings);
  g_assert_cmpstr(warnings, ==, "company-ignored");
}

static void test_complete_rest(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *product;
    const char *attachments; /* comma-separated */
    const char *codes;
  } cases[] = {
      {"ov", "", "attachment-missing"},
      {"ov", "qualification", "attachment-missing"},
      {"ov", "confirmationLetter", NULL},
      {"ev", "", "attachment-missing attachment-missing"},
      {"ev", "confirmationLetter", "attachment-missing"},
      {"ev", "confirmationLetter,qualification", NULL},
      {"ev", "confirmationLetter,qualification,identity", NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    know_certificate(world, cases[i].product, LIFECYCLE_STATUS_PAID);
    RequestApplication *application = new_application("www.abc.com");
    application->company = new_company();
    g_auto(GStrv) kinds = g_strsplit(cases[i].attachments, ",", 0);
    for (char **kind = kinds; *kind != NULL; kind++)
      add_attachment(application, *kind, *kind);
    expect(world, new_application_item("submit", application),
           "store letter status mail attachments", cases[i].codes);
  }
  know_certificate(world, "dv", LIFECYCLE_STATUS_PAID);
  RequestApplication *nameless = new_application("");
  expect(world, new_application_item("submit", nameless), NULL, "submission-incomplete");
}

static void test_formats(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_certificate(world, "dv", LIFECYCLE_STATUS_PAID);
  for (RequestFormat format = 1; format < REQUEST_FORMAT_N; format++) {
    RequestApplication *application = new_application("www.abc.com");
    application->download = g_strsplit(request_formats[format].name, ",", 0);
    expect(world, new_application_item("submit", application), "store status mail",
           format == REQUEST_FORMAT_JKS ? "format-keytool" : NULL);
  }
  know_keytool(world);
  RequestApplication *java = new_application("www.abc.com");
  java->download = g_strsplit("jks", ",", 0);
  expect(world, new_application_item("submit", java), "store status mail", NULL);
}

/* A keystore has a key in it. */
static void test_formats_without_key(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_certificate(world, "dv", LIFECYCLE_STATUS_PAID);
  know_keytool(world);
  for (RequestFormat format = 1; format < REQUEST_FORMAT_N; format++) {
    RequestApplication *application = new_application("www.abc.com");
    application->csr = g_new0(RequestCsr, 1);
    application->csr->mode = g_strdup("manual");
    application->download = g_strsplit(request_formats[format].name, ",", 0);
    expect(world, new_application_item("submit", application), "store status mail",
           request_formats[format].keystore ? "format-key" : NULL);
  }
}

/* Names by product */

static void test_names(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *product;
    const char *domains;
    const char *codes; /* NULL: accepted */
  } cases[] = {
      {"dv", "www.abc.com", NULL},
      {"dv", "www.abc.com,abc.com", "domain-count"},
      {"dv", "*.abc.com", "domain-wildcard"},
      {"dv", "WWW.abc.com,www.ABC.com", "domain-duplicate"},
      {"dv", "server1", "domain-single-label"},
      {"dv", "www.abc.com,10.0.0.1,a_b.com", "domain-address domain-syntax"},
      {"dv-wildcard", "*.abc.com", NULL},
      {"dv-wildcard", "*.abc.com,abc.com", NULL},
      {"dv-wildcard", "abc.com,*.abc.com", NULL},
      {"dv-wildcard", "abc.com", "domain-wildcard"},
      {"dv-wildcard", "*.abc.com,*.bcd.com", "domain-wildcard"},
      {"dv-wildcard", "*.abc.com,www.abc.com", "domain-count"},
      {"dv-wildcard", "*.abc.com,abc.com,bcd.com", "domain-count"},
      {"dv-wildcard", "*.com", "domain-wildcard"},
      {"inhouse", "a.corp,b.corp,10.0.0.1", NULL},
      {"inhouse", "a.corp,b.corp,c.corp,d.corp", "domain-count"},
      {"inhouse", "*.a.corp", "domain-wildcard"},
      {"inhouse", "server1", NULL},
      {"inhouse", "10.0.0.1,10.0.0.1", "domain-duplicate"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    know_certificate(world, cases[i].product, LIFECYCLE_STATUS_PAID);
    g_test_message("%s: %s", cases[i].product, cases[i].domains);
    expect(world, new_submission(cases[i].domains), "store status mail", cases[i].codes);
  }
}

/* As many names as were ordered, and fewer; each as it will be bound. */
static void test_name_count(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_certificate(world, "inhouse", LIFECYCLE_STATUS_PAID);
  world->order->name_count = 2;
  g_autoptr(RequestItem) two = new_submission("B\u00dcCHER.corp,A.corp");
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, two);
  assert_accepted(decision, "store status mail");
  const LifecycleStep *store = find_step(decision, LIFECYCLE_STEP_STORE_APPLICATION);
  g_assert_cmpstr(store->names[0], ==, "xn--bcher-kva.corp");
  g_assert_cmpstr(store->names[1], ==, "a.corp");
  expect(world, new_submission("a.corp,b.corp,c.corp"), NULL, "domain-count");
}

/* Approval without a review */

static void test_automatic(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *product;
    const char *domains;
    gboolean automatic;
  } cases[] = {
      {"dv", "www.example.test", TRUE},
      {"dv", "example.test", TRUE},
      {"free", "www.example.test", TRUE},
      {"dv-wildcard", "*.example.test,example.test", TRUE},
      {"dv", "www.abc.com", FALSE},
      {"dv", "www.anexample.test.com", FALSE},
      {"inhouse", "a.example.test,b.example.test", TRUE},
      {"inhouse", "a.example.test,b.corp", FALSE}, /* all of them, or a person looks */
      {"inhouse", "10.0.0.1", FALSE},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    know_certificate(world, cases[i].product, LIFECYCLE_STATUS_PAID);
    expect(world, new_submission(cases[i].domains),
           cases[i].automatic ? "store issue status" : "store status mail", NULL);
  }
  know_certificate(world, "ov", LIFECYCLE_STATUS_PAID);
  expect(world, new_application_item("submit", new_company_application("www.example.test")),
         "store letter status mail attachments", NULL);
}

static void test_automatic_issue(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_certificate(world, "inhouse", LIFECYCLE_STATUS_PAID);
  RequestApplication *application = new_application("A.example.test,b.example.test");
  add_attachment(application, "identity", "identity");
  g_autoptr(RequestItem) item = new_application_item("submit", application);
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  assert_accepted(decision, "store issue status");
  const LifecycleStep *issue = find_step(decision, LIFECYCLE_STEP_ISSUE);
  g_assert_cmpstr(issue->names[0], ==, "a.example.test");
  g_assert_cmpstr(issue->names[1], ==, "b.example.test");
  g_assert_null(issue->names[2]);
  g_assert_cmpint(issue->not_before, ==, NOW);
  g_assert_cmpint(issue->not_after, ==, NOW + 365 * DAY - 1);
  g_assert_cmpint(issue->term_end, ==, NOW + 365 * DAY);
  g_assert_cmpint(find_step(decision, LIFECYCLE_STEP_SET_STATUS)->status, ==,
                  LIFECYCLE_STATUS_ISSUED);
  /* A group of issues keeps no images in memory. */
  g_assert_null(issue->application->attachments);
  g_assert_cmpstr(issue->application->applicant->name, ==, "Applicant One");
}

/* CSRs */

static RequestItem *new_csr_item(const char *domains, const char *csr_names)
{
  RequestApplication *application = new_application(domains);
  application->csr = new_manual_csr(csr_names);
  return new_application_item("submit", application);
}

static void test_csr_names(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *names;
    const char *codes;
    const char *warnings;
  } cases[] = {
      {"a.example.test,b.example.test", NULL, ""},
      {"B.example.test,a.example.test", NULL, ""},
      {"", NULL, ""},
      {"a.example.test", NULL, "csr-names"}, /* the application says which */
      {"a.example.test,c.example.test", "csr-names", ""},
      {"www.abc.com", "csr-names", ""},
  };
  know_certificate(world, "inhouse", LIFECYCLE_STATUS_PAID);
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(RequestItem) item = new_csr_item("a.example.test,b.example.test", cases[i].names);
    g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
    g_test_message("%s", cases[i].names);
    if (cases[i].codes != NULL)
      assert_rejected(decision, cases[i].codes);
    else
      assert_accepted(decision, "store issue status");
    g_autofree char *warnings = codes_of(decision->warnings);
    g_assert_cmpstr(warnings, ==, cases[i].warnings);
  }
}

static void test_csr_keys(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_certificate(world, "dv", LIFECYCLE_STATUS_PAID);
  world->facts.key_use = &world->key_use;
  expect(world, new_csr_item("a.example.test", ""), "store issue status", NULL);
  world->key_use.certificate = (char *)"PO-2.1";
  expect(world, new_csr_item("a.example.test", ""), NULL, "csr-key-used");
  world->key_use.compromised = TRUE;
  expect(world, new_csr_item("a.example.test", ""), NULL, "csr-key-compromised");
  world->key_use.certificate = NULL;
  expect(world, new_csr_item("a.example.test", ""), NULL, "csr-key-compromised");
  world->key_use.compromised = FALSE;

  ConfigurationKey *listed = g_new0(ConfigurationKey, 1);
  listed->sha256 = g_strnfill(64, 'A');
  world->configuration->refused_keys = g_new0(ConfigurationRefusedKeys, 1);
  world->configuration->refused_keys->keys = g_ptr_array_new();
  g_ptr_array_add(world->configuration->refused_keys->keys, listed);
  expect(world, new_csr_item("a.example.test", ""), NULL, "csr-key-listed");
  listed->sha256[0] = 'B';
  expect(world, new_csr_item("a.example.test", ""), "store issue status", NULL);
}

/* A saved CSR is looked at again when it is submitted, and its faults point at the
 * file that submits it. */
static void test_csr_saved(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_certificate(world, "dv", LIFECYCLE_STATUS_PAID);
  RequestApplication *saved = new_application("a.example.test");
  saved->csr = new_manual_csr("");
  save_application(world, saved);
  RequestApplication *given = record_new(&request_application_record);
  given->line = 4;
  g_autoptr(RequestItem) item = new_application_item("submit", given);
  g_assert_true(lifecycle_csr(item, world->certificate) == saved->csr);
  world->facts.key_use = &world->key_use;
  world->key_use.certificate = (char *)"PO-2.1";
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  assert_rejected(decision, "csr-key-used");
  g_assert_cmpint(((const Fault *)decision->faults->pdata[0])->line, ==, 4);

  given->csr = g_new0(RequestCsr, 1); /* an automatic one takes its place */
  given->csr->mode = g_strdup("automatic");
  given->csr->key = g_strdup("rsa-2048");
  world->key_use.certificate = NULL;
  g_autoptr(LifecycleDecision) automatic = lifecycle_decide(&world->facts, item);
  assert_accepted(automatic, "store issue status");
  const RequestCsr *csr = find_step(automatic, LIFECYCLE_STEP_ISSUE)->application->csr;
  g_assert_cmpstr(csr->key, ==, "rsa-2048");
  g_assert_null(csr->der);
}

static void test_which_csr(World *world, gconstpointer data G_GNUC_UNUSED)
{
  know_certificate(world, "dv", LIFECYCLE_STATUS_PAID);
  g_autoptr(RequestItem) without = new_submission("a.example.test");
  g_autoptr(RequestItem) with = new_csr_item("a.example.test", "");
  g_autoptr(RequestItem) order = new_order_item("PO-2", "dv");
  g_assert_null(lifecycle_csr(without, NULL));
  g_assert_null(lifecycle_csr(without, world->certificate));
  g_assert_nonnull(lifecycle_csr(with, NULL));
  g_assert_null(lifecycle_csr(order, NULL));
  ((RequestOrder *)order->body)->application = new_application("a.example.test");
  ((RequestOrder *)order->body)->application->csr = new_manual_csr("");
  g_assert_nonnull(lifecycle_csr(order, NULL));
}

/* What forms ask for is what submissions are refused for. */
static void test_missing_parts(World *world, gconstpointer data G_GNUC_UNUSED)
{
  const Product *dv = catalog_find(world->catalog, "dv"), *ov = catalog_find(world->catalog, "ov");
  RequestApplication *content = new_application("a.example.test");
  g_autofree char *whole = lifecycle_missing_parts(dv, content);
  g_assert_cmpstr(whole, ==, "");
  g_autofree char *for_ov = lifecycle_missing_parts(ov, content);
  g_assert_cmpstr(for_ov, ==, "company confirmationLetter");
  g_clear_pointer(&content->applicant->phone, g_free);
  g_autofree char *half = lifecycle_missing_parts(dv, content);
  g_assert_cmpstr(half, ==, "applicant");
  g_autofree char *all = lifecycle_missing_parts(ov, NULL);
  g_assert_cmpstr(all, ==, "domains applicant company confirmationLetter");
  record_free(&request_application_record, content);
}

#define ADD(name, function)                                                                        \
  g_test_add("/lifecycle/application/" name, World, NULL, world_set_up, function, world_tear_down)

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("submit-dv", test_submit_dv);
  ADD("submit-ov", test_submit_ov);
  ADD("submit-again", test_submit_again);
  ADD("save", test_save);
  ADD("save-refused", test_save_refused);
  ADD("submit-saved", test_submit_saved);
  ADD("merge/children", test_merge_children);
  ADD("merge/attachments", test_merge_attachments);
  ADD("merge/double-attachment", test_double_attachment);
  ADD("complete/applicant", test_complete_applicant);
  ADD("complete/company", test_complete_company);
  ADD("complete/company-ignored", test_company_ignored);
  ADD("complete/rest", test_complete_rest);
  ADD("complete/missing-parts", test_missing_parts);
  ADD("formats", test_formats);
  ADD("formats-without-key", test_formats_without_key);
  ADD("names", test_names);
  ADD("name-count", test_name_count);
  ADD("automatic", test_automatic);
  ADD("automatic-issue", test_automatic_issue);
  ADD("csr/names", test_csr_names);
  ADD("csr/keys", test_csr_keys);
  ADD("csr/saved", test_csr_saved);
  ADD("csr/which", test_which_csr);
  return g_test_run();
}

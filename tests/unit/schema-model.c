/* The model of the schemas: what forms and messages are made from. */
#include "intake/image.h"
#include "schema/schema.h"

typedef struct {
  SchemaModel *model;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr(GError) error = NULL;
  fixture->model = schema_model_new("documents.xsd", &error);
  g_assert_no_error(error);
}

static void tear_down(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  schema_model_free(fixture->model);
}

static const SchemaPart *find(const Fixture *fixture, const char *path)
{
  g_auto(GStrv) names = g_strsplit(path, "/", -1);
  const SchemaPart *part = schema_model_root(fixture->model, names[0]);
  for (char **name = names + 1; part != NULL && *name != NULL; name++)
    part = **name == '@' ? schema_find_part(part->type->attributes, *name + 1)
                         : schema_find_part(part->type->children, *name);
  g_assert_nonnull(part);
  return part;
}

static void test_facets(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const SchemaPart *amount = find(fixture, "payment/@amount");
  g_assert_true(amount->required);
  g_assert_cmpstr(amount->type->pattern, ==, "(0|[1-9][0-9]{0,8})\\.[0-9]{2}");
  g_assert_cmpstr(amount->type->rule, ==, "an amount with exactly two decimals");
  g_assert_cmpint(amount->type->form, ==, SCHEMA_FORM_TEXT);
  /* Its limits are its own, its pattern that of the type that it restricts. */
  const SchemaType *name = find(fixture, "application/company/name")->type;
  g_assert_cmpint(name->max_length, ==, 64);
  g_assert_cmpint(name->min_length, ==, 1);
  g_assert_nonnull(name->pattern);
  g_assert_false(name->verbatim);
  const SchemaType *quantity = find(fixture, "order/quantity")->type;
  g_assert_cmpint(quantity->form, ==, SCHEMA_FORM_NUMBER);
  g_assert_cmpint(quantity->maximum, ==, 1000);
  g_assert_cmpint(find(fixture, "order/autoRenew")->type->form, ==, SCHEMA_FORM_FLAG);
  const SchemaType *passphrase = find(fixture, "upload/privateKey/@passphrase")->type;
  g_assert_true(passphrase->secret);
  g_assert_true(passphrase->verbatim);
}

/* What is beside the facets: the limits that certdrop itself has. */
static void test_appinfo(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const SchemaType *image = find(fixture, "application/attachments/attachment/@file")->type;
  g_assert_cmpint(image->file_bytes, ==, IMAGE_BYTES_MAX);
  g_assert_cmpstr(image->file_accept, ==, "image/png,image/jpeg");
  g_assert_nonnull(image->pattern);
  const SchemaType *reference = find(fixture, "renewal/@ref")->type;
  g_assert_cmpint(reference->max_length, ==, 40);
  g_assert_cmpstr(reference->refuse, ==, ".*(\\.[0-9]+|-r[0-9]+)");
  g_assert_null(find(fixture, "payment/@ref")->type->refuse);
}

static void test_initial(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const SchemaPart *quantity = find(fixture, "order/quantity");
  g_assert_cmpstr(quantity->initial, ==, "1");
  g_assert_null(quantity->absent);
  const SchemaPart *action = find(fixture, "application/@action");
  g_assert_cmpstr(action->initial, ==, "submit");
  g_assert_cmpstr(action->absent, ==, "submit");
}

/* What stands in the branches of a choice: one of several, or any order of the same. */
static void test_alternatives(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const SchemaPart *certificate = find(fixture, "upload/certificate");
  const SchemaPart *key = find(fixture, "upload/privateKey");
  const SchemaPart *pkcs12 = find(fixture, "upload/pkcs12");
  g_assert_cmpuint(certificate->alternative, !=, 0);
  g_assert_cmpuint(certificate->alternative, ==, key->alternative);
  g_assert_cmpuint(certificate->alternative, !=, pkcs12->alternative);
  g_assert_true(certificate->required && pkcs12->required && !key->required);
  const SchemaPart *format = find(fixture, "download/format");
  const SchemaPart *recipient = find(fixture, "download/recipient");
  g_assert_cmpuint(format->alternative, ==, 0);
  g_assert_true(format->required && format->repeats);
  g_assert_true(!recipient->required && !recipient->repeats);
  g_assert_true(find(fixture, "deployment/target")->repeats);
}

static void test_help(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const SchemaPart *auto_renew = find(fixture, "order/autoRenew");
  g_assert_cmpstr(find(fixture, "order/quantity")->help.label, ==, "Quantity");
  g_assert_cmpstr(auto_renew->help.label, ==, "Renew it automatically");
  const SchemaPart *key = find(fixture, "application/csr/@key");
  g_assert_cmpstr(key->help.when, ==, "mode");
  g_assert_cmpstr(key->help.is, ==, "automatic");
  const SchemaType *decision = find(fixture, "review/@decision")->type;
  g_assert_cmpuint(decision->choice_texts->len, ==, 2);
  g_assert_cmpstr(g_ptr_array_index(decision->choice_texts, 0), ==, "the certificate is issued");
  g_assert_nonnull(auto_renew->help.documentation);
  g_assert_nonnull(schema_model_root(fixture->model, "renewal")->help.documentation);
  g_assert_null(schema_model_root(fixture->model, "Renewal"));
  g_assert_null(schema_model_root(fixture->model, "no-such-kind"));
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  static const struct {
    const char *name;
    void (*test)(Fixture *fixture, gconstpointer data);
  } tests[] = {
      {"/schema/model/facets", test_facets},   {"/schema/model/appinfo", test_appinfo},
      {"/schema/model/initial", test_initial}, {"/schema/model/alternatives", test_alternatives},
      {"/schema/model/help", test_help},
  };
  for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
    g_test_add(tests[i].name, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run();
}

/* The operator's files: configuration and catalogue. */
#include "intake-document-test.h"

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

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  prepare();
#define TEST(name) g_test_add_func("/intake-settings/" #name, test_##name)
  TEST(configuration_may_be_absent);
  TEST(configuration_is_read);
  TEST(faulty_configuration_is_refused);
  TEST(catalog_is_read);
  TEST(faulty_catalog_is_refused);
  int status = g_test_run();
  schema_free(schema);
  return status;
}

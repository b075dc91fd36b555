/* Prices, lifetimes by the day of issue, terms. */
#include "lifecycle-test.h"

#include "base/clock.h"
#include "request/formats.h"

static void test_prices(void)
{
  static const struct {
    const char *product;
    gint64 quantity, years, names, price;
  } cases[] = {
      {"free", 1, 1, 1, 0},
      {"dv", 1, 1, 1, 120000},
      {"dv", 3, 2, 1, 720000},
      {"ov-multi", 1, 1, 1, 120000}, /* fewer names cost no less */
      {"ov-multi", 1, 1, 3, 120000},
      {"ov-multi", 1, 1, 4, 150000},
      {"ov-multi", 1, 2, 5, 360000}, /* the contract's example: 3600.00 */
      {"ov-multi", 10, 2, 100, 60600000},
  };
  g_autoptr(Catalog) catalog = new_catalog();
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    const Product *product = catalog_find(catalog, cases[i].product);
    g_assert_cmpint(product_price(product, cases[i].quantity, cases[i].years, cases[i].names), ==,
                    cases[i].price);
  }
}

/* The schemas' largest numbers together are still counted right. */
static void test_largest_price(void)
{
  g_autoptr(Catalog) catalog = new_catalog();
  Product *product = g_ptr_array_index(catalog->products, 0);
  product->price_per_year = product->price_per_extra_name = G_GINT64_CONSTANT(99999999999);
  product->included_names = 1;
  g_assert_cmpint(product_price(product, 1000, 2, 1000), ==, G_GINT64_CONSTANT(199999999998000000));
  product->price_per_extra_name = -1; /* not given */
  product->price_per_year = 100;
  g_assert_cmpint(product_price(product, 1, 1, 1000), ==, 100);
}

/* Baseline Requirements 6.3.2, at the seconds around each change. */
static void test_baseline(void)
{
  static const struct {
    const char *at;
    gint64 days;
  } cases[] = {
      {"2020-01-01T00:00:00Z", 398}, {"2026-03-14T23:59:59Z", 398}, {"2026-03-15T00:00:00Z", 200},
      {"2026-11-23T02:00:07Z", 200}, {"2027-03-14T23:59:59Z", 200}, {"2027-03-15T00:00:00Z", 100},
      {"2029-03-14T23:59:59Z", 100}, {"2029-03-15T00:00:00Z", 47},  {"2099-01-01T00:00:00Z", 47},
  };
  g_autoptr(Catalog) catalog = new_catalog();
  const Product *product = catalog_find(catalog, "dv");
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    gint64 at = 0;
    g_assert_true(clock_parse(cases[i].at, &at, NULL));
    g_assert_cmpint(product_lifetime_days(product, at), ==, cases[i].days);
  }
}

static void test_other_lifetimes(void)
{
  g_autoptr(Catalog) catalog = new_catalog();
  Product *product = g_ptr_array_index(catalog->products, 0);
  g_free(product->lifetime);
  product->lifetime = g_strdup("term");
  g_assert_cmpint(product_lifetime_days(product, NOW), ==, 0);
  g_free(product->lifetime);
  product->lifetime = g_strdup("90");
  g_assert_cmpint(product_lifetime_days(product, NOW), ==, 90);
}

static void check_term(const char *lifetime, const char *at, gint64 years, const char *not_after,
                       const char *term_end)
{
  g_autoptr(Catalog) catalog = new_catalog();
  Product *product = g_ptr_array_index(catalog->products, 0);
  g_free(product->lifetime);
  product->lifetime = g_strdup(lifetime);
  gint64 now = 0;
  g_assert_true(clock_parse(at, &now, NULL));
  LifecycleTerm term =
      lifecycle_term(product, now, lifecycle_term_end(product, years, now, 0, NULL));
  g_autofree char *last = clock_format(term.not_after);
  g_autofree char *end = clock_format(term.term_end);
  g_assert_cmpint(term.not_before, ==, now);
  g_assert_cmpstr(last, ==, not_after);
  g_assert_cmpstr(end, ==, term_end);
}

/* notAfter = min(notBefore + lifetime, termEnd) - 1 s; N calendar years (rules.md 18). */
static void test_terms(void)
{
  check_term("term", "2026-11-23T02:00:07Z", 1, "2027-11-23T02:00:06Z", "2027-11-23T02:00:07Z");
  check_term("term", "2026-11-23T02:00:07Z", 2, "2028-11-23T02:00:06Z", "2028-11-23T02:00:07Z");
  check_term("term", "2028-02-29T12:00:00Z", 1, "2029-02-28T11:59:59Z", "2029-02-28T12:00:00Z");
  check_term("term", "2028-02-29T12:00:00Z", 2, "2030-02-28T11:59:59Z", "2030-02-28T12:00:00Z");
  check_term("term", "2027-02-28T12:00:00Z", 1, "2028-02-28T11:59:59Z", "2028-02-28T12:00:00Z");
  check_term("baseline", "2026-11-23T00:00:00Z", 1, "2027-06-10T23:59:59Z", "2027-11-23T00:00:00Z");
  check_term("baseline", "2026-03-14T23:59:59Z", 2, "2027-04-16T23:59:58Z", "2028-03-14T23:59:59Z");
  check_term("398", "2026-11-23T00:00:00Z", 1, "2027-11-22T23:59:59Z", "2027-11-23T00:00:00Z");
  check_term("1", "2026-11-23T00:00:00Z", 1, "2026-11-23T23:59:59Z", "2027-11-23T00:00:00Z");
  check_term("365", "2027-11-23T00:00:00Z", 1, "2028-11-21T23:59:59Z", "2028-11-23T00:00:00Z");
}

static void test_classes(void)
{
  static const struct {
    const char *product;
    ProductValidation validation;
    ProductNames names;
    gboolean company, internal;
    const char *label;
  } cases[] = {
      {"free", PRODUCT_VALIDATION_DV_FREE, PRODUCT_NAMES_SINGLE, FALSE, FALSE, "DV (free)"},
      {"dv-wildcard", PRODUCT_VALIDATION_DV, PRODUCT_NAMES_WILDCARD, FALSE, FALSE, "DV"},
      {"ov-multi", PRODUCT_VALIDATION_OV, PRODUCT_NAMES_MULTIPLE, TRUE, FALSE, "OV"},
      {"ev", PRODUCT_VALIDATION_EV, PRODUCT_NAMES_SINGLE, TRUE, FALSE, "EV"},
      {"inhouse", PRODUCT_VALIDATION_DV, PRODUCT_NAMES_MULTIPLE, FALSE, TRUE, "DV"},
  };
  g_autoptr(Catalog) catalog = new_catalog();
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    const Product *product = catalog_find(catalog, cases[i].product);
    g_assert_cmpint(product_validation(product), ==, cases[i].validation);
    g_assert_cmpint(product_names(product), ==, cases[i].names);
    g_assert_cmpint(product_asks_company(product), ==, cases[i].company);
    g_assert_cmpint(product_is_internal(product), ==, cases[i].internal);
    g_assert_cmpstr(product_validation_label(product), ==, cases[i].label);
  }
  g_assert_null(catalog_find(catalog, "no-such-product"));
  g_assert_null(catalog_find(catalog, ""));
}

/* A configuration that says nothing has defaults that work. */
static void test_configuration(void)
{
  g_autoptr(Configuration) empty = record_new(&configuration_record);
  g_autofree const char **none = configuration_suffixes(empty);
  g_assert_null(none[0]);
  g_assert_cmpint(configuration_wait_hours(empty), ==, 24);
  g_assert_nonnull(configuration_organization_name(empty));
  g_assert_nonnull(configuration_organization_email(empty));
  g_assert_null(configuration_public_url(empty));

  g_autoptr(Configuration) some = new_configuration();
  some->intake = g_new0(ConfigurationIntake, 1);
  some->organization = g_new0(ConfigurationOrganization, 1);
  some->organization->name = g_strdup("Example Operations");
  g_autofree const char **suffixes = configuration_suffixes(some);
  g_assert_cmpstr(suffixes[0], ==, "example.test");
  g_assert_null(suffixes[1]);
  g_assert_cmpint(configuration_wait_hours(some), ==, 0);
  g_assert_cmpstr(configuration_organization_name(some), ==, "Example Operations");
  g_assert_nonnull(configuration_organization_email(some));
}

static void test_formats(void)
{
  for (RequestFormat format = 1; format < REQUEST_FORMAT_N; format++) {
    g_assert_cmpint(request_format_from_name(request_formats[format].name), ==, format);
    g_assert_nonnull(request_formats[format].title);
    /* A PFX is a keystore. */
    g_assert_true(request_formats[format].keystore || request_formats[format].profile == NULL);
  }
  g_assert_cmpint(request_format_from_name("zip"), ==, 0);
  g_assert_false(request_formats[REQUEST_FORMAT_DEFAULT].keystore);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/request/product/prices", test_prices);
  g_test_add_func("/request/product/largest-price", test_largest_price);
  g_test_add_func("/request/product/baseline", test_baseline);
  g_test_add_func("/request/product/other-lifetimes", test_other_lifetimes);
  g_test_add_func("/request/product/terms", test_terms);
  g_test_add_func("/request/product/classes", test_classes);
  g_test_add_func("/request/configuration", test_configuration);
  g_test_add_func("/request/formats", test_formats);
  return g_test_run();
}

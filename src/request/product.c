#include <string.h>

#include "base/clock.h"
#include "request/configuration.h"

typedef struct {
  const char *name;
  const char *label;
  gboolean asks_company;
} ValidationInfo;

static const ValidationInfo validations[] = {
    [PRODUCT_VALIDATION_DV_FREE] = {"dv-free", "DV (free)", FALSE},
    [PRODUCT_VALIDATION_DV] = {"dv", "DV", FALSE},
    [PRODUCT_VALIDATION_OV] = {"ov", "OV", TRUE},
    [PRODUCT_VALIDATION_EV] = {"ev", "EV", TRUE},
};
G_STATIC_ASSERT(G_N_ELEMENTS(validations) == PRODUCT_VALIDATION_N);

static const char *const names_kinds[] = {
    [PRODUCT_NAMES_SINGLE] = "single",
    [PRODUCT_NAMES_MULTIPLE] = "multiple",
    [PRODUCT_NAMES_WILDCARD] = "wildcard",
};
G_STATIC_ASSERT(G_N_ELEMENTS(names_kinds) == PRODUCT_NAMES_N);

/* Baseline Requirements 6.3.2 as changed by ballot SC-081v3: the longest
 * validity of a subscriber certificate by the day of its issue. */
typedef struct {
  gint64 from; /* seconds since 1970 UTC */
  gint64 days;
} BaselineLifetime;

static const BaselineLifetime baseline[] = {
    {1868227200, 47},  /* 2029-03-15 */
    {1805068800, 100}, /* 2027-03-15 */
    {1773532800, 200}, /* 2026-03-15 */
    {G_MININT64, 398},
};

const Product product_uploaded = {
    .id = (char *)"(i)upload",
    .brand = (char *)"Instance:",
    .title = (char *)"(i)upload",
    .validation = (char *)"dv",
    .names = (char *)"multiple",
    .lifetime = (char *)"term",
    .issuer = (char *)"outside",
    .scope = (char *)"internal",
};

void catalog_free(Catalog *catalog)
{
  record_free(&catalog_record, catalog);
}

const Product *catalog_find(const Catalog *catalog, const char *id)
{
  for (guint i = 0; catalog->products != NULL && i < catalog->products->len; i++) {
    const Product *product = g_ptr_array_index(catalog->products, i);
    if (strcmp(product->id, id) == 0)
      return product;
  }
  return NULL;
}

ProductValidation product_validation(const Product *product)
{
  for (ProductValidation validation = 1; validation < PRODUCT_VALIDATION_N; validation++)
    if (strcmp(validations[validation].name, product->validation) == 0)
      return validation;
  g_assert_not_reached(); /* the schema allows no other */
}

ProductNames product_names(const Product *product)
{
  for (ProductNames names = 1; names < PRODUCT_NAMES_N; names++)
    if (strcmp(names_kinds[names], product->names) == 0)
      return names;
  g_assert_not_reached(); /* the schema allows no other */
}

gboolean product_is_internal(const Product *product)
{
  return g_strcmp0(product->scope, "internal") == 0;
}

gboolean product_is_outside(const Product *product)
{
  return strcmp(product->issuer, "embedded") != 0;
}

gboolean product_is_uploaded(const Product *product)
{
  return strcmp(product->id, product_uploaded.id) == 0;
}

gboolean product_asks_company(const Product *product)
{
  return validations[product_validation(product)].asks_company;
}

const char *product_validation_label(const Product *product)
{
  return validations[product_validation(product)].label;
}

gint64 product_price(const Product *product, gint64 quantity, gint64 years, gint64 name_count)
{
  gint64 extra = MAX(name_count - product->included_names, 0);
  gint64 per_extra_name = MAX(product->price_per_extra_name, 0);
  return quantity * years * (product->price_per_year + extra * per_extra_name);
}

gint64 product_lifetime_days(const Product *product, gint64 now)
{
  if (strcmp(product->lifetime, "term") == 0)
    return 0;
  if (strcmp(product->lifetime, "baseline") != 0)
    return g_ascii_strtoll(product->lifetime, NULL, 10);
  const BaselineLifetime *row = baseline;
  while (now < row->from)
    row++;
  return row->days;
}

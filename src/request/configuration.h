/* The operator's two files as structs: certdrop.xml and catalog.xml. Both are
 * read by intake/settings.c and never change during a run. */
#ifndef CERTDROP_REQUEST_CONFIGURATION_H
#define CERTDROP_REQUEST_CONFIGURATION_H

#include "request/formats.h"
#include "request/record.h"

typedef enum {
  PRODUCT_VALIDATION_DV_FREE = 1,
  PRODUCT_VALIDATION_DV,
  PRODUCT_VALIDATION_OV,
  PRODUCT_VALIDATION_EV,
  PRODUCT_VALIDATION_N
} ProductValidation;

typedef enum {
  PRODUCT_NAMES_SINGLE = 1,
  PRODUCT_NAMES_MULTIPLE,
  PRODUCT_NAMES_WILDCARD,
  PRODUCT_NAMES_N
} ProductNames;

/* A product as catalog.xml has it. An order keeps the one it was made with. */
typedef struct {
  char *id;
  char *brand;
  char *title;
  char *validation; /* dv-free dv ov ev */
  char *names;      /* single multiple wildcard */
  gint64 included_names;
  gint64 maximum_names;
  gint64 price_per_year;       /* hundredths */
  gint64 price_per_extra_name; /* hundredths */
  gint64 maximum_years;
  char *lifetime; /* days, "term" or "baseline" */
  char *issuer;   /* "embedded", "exchange" or an issuer's id */
  gint64 expected_days;
  char *required_attachments; /* kinds, separated by spaces; NULL: none */
  char *scope;                /* "internal"; NULL: the public DNS */
} Product;
extern const RecordType product_record;

/* What an uploaded certificate has in the place of a product: its ID is none that a
 * catalogue can have. */
extern const Product product_uploaded;

typedef struct {
  char *currency;
  GPtrArray *products; /* Product, in the file's order */
} Catalog;
extern const RecordType catalog_record;

typedef struct {
  gint64 timeout_seconds;
  char **arguments;
} ConfigurationCommand;

typedef struct {
  char *product;
  char *title;
  char *regions; /* separated by spaces */
  char *format;
  char *check; /* HOST:PORT */
  ConfigurationCommand *command;
} ConfigurationTarget;

typedef struct {
  char *id;
  ConfigurationCommand *command;
} ConfigurationIssuer;

typedef struct {
  char *name;
  char *email;
} ConfigurationOrganization;

typedef struct {
  char *suffix; /* an A-label domain name */
} ConfigurationSuffix;

typedef struct {
  GPtrArray *automatic; /* ConfigurationSuffix */
} ConfigurationVerification;

typedef struct {
  gint64 wait_hours;
} ConfigurationIntake;

typedef struct {
  char *before; /* "33%" or "30d" */
  gint64 review_days;
  gboolean pay;
} ConfigurationRenewal;

typedef struct {
  char *sha256;
} ConfigurationKey;

typedef struct {
  GPtrArray *keys; /* ConfigurationKey */
} ConfigurationRefusedKeys;

typedef struct {
  char *public_url;
} ConfigurationAuthority;

typedef struct {
  char *before; /* "60d 30d …" */
} ConfigurationReminder;

typedef struct {
  ConfigurationCommand *command;
} ConfigurationMail;

typedef struct {
  ConfigurationCommand *command;
} ConfigurationKeytool;

typedef struct {
  ConfigurationOrganization *organization;
  ConfigurationAuthority *authority;
  ConfigurationVerification *verification;
  ConfigurationIntake *intake;
  ConfigurationRenewal *renewal;
  ConfigurationReminder *reminder;
  ConfigurationMail *mail;
  ConfigurationKeytool *keytool;
  ConfigurationRefusedKeys *refused_keys;
  GPtrArray *targets; /* ConfigurationTarget; those as shipped where the file names none */
  GPtrArray *issuers; /* ConfigurationIssuer */
} Configuration;
extern const RecordType configuration_record;

/* The product ID of CATALOG, or NULL. */
const Product *catalog_find(const Catalog *catalog, const char *id);

ProductValidation product_validation(const Product *product);
ProductNames product_names(const Product *product);
gboolean product_is_internal(const Product *product);
/* Whether it is what stands in its place: product_uploaded, or a copy. */
gboolean product_is_uploaded(const Product *product);

/* Whether another authority than that of the instance issues it. */
gboolean product_is_outside(const Product *product);

/* Whether the class asks for the company too, and for a review: OV and EV. */
gboolean product_asks_company(const Product *product);

/* The validation class for people: "DV (free)", "DV", "OV", "EV". */
const char *product_validation_label(const Product *product);

/* The price in hundredths of QUANTITY certificates for YEARS with NAME_COUNT
 * names each. */
gint64 product_price(const Product *product, gint64 quantity, gint64 years, gint64 name_count);

/* The days that a certificate issued at NOW may live, 0 where only the term
 * limits it. "baseline" is Baseline Requirements 6.3.2 as of that day. */
gint64 product_lifetime_days(const Product *product, gint64 now);

/* The hours that a file may wait (vocabulary.md), 24 unless set. */
gint64 configuration_wait_hours(const Configuration *configuration);

/* How long before the end of a LIFETIME, both in seconds, a certificate is renewed: the
 * configured share of it, or days; never more than half of it. */
gint64 configuration_renewal_margin(const Configuration *configuration, gint64 lifetime);
/* What that is made from as one number, to see whether it has changed. */
gint64 configuration_renewal_policy(const Configuration *configuration);
/* For how many seconds a review holds. */
gint64 configuration_review_seconds(const Configuration *configuration);
/* Whether an automatic renewal that costs something counts as paid. */
gboolean configuration_renewals_are_paid(const Configuration *configuration);

/* The operator's own suffixes, NULL-terminated; the caller frees the array, not
 * the names. */
const char **configuration_suffixes(const Configuration *configuration);

/* The target called PRODUCT, or NULL (borrowed). */
const ConfigurationTarget *configuration_find_target(const Configuration *configuration,
                                                     const char *product);
/* The names of all targets, ended by NULL; g_free() what is returned, but not the names. */
const char **configuration_target_names(const Configuration *configuration);
/* Its regions, each once, ended by NULL; the caller frees them with g_strfreev(). */
char **configuration_target_regions(const ConfigurationTarget *target);
/* Its name for people. */
const char *configuration_target_title(const ConfigurationTarget *target);
/* The format of its archives. */
RequestFormat configuration_target_format(const ConfigurationTarget *target);
/* Whether a deployment has to say which of its regions are meant. */
gboolean configuration_target_needs_region(const char *product);

/* The issuer ID that is reached by a command, or NULL. */
const ConfigurationIssuer *configuration_find_issuer(const Configuration *configuration,
                                                     const char *id);

/* Who signs letters and mail; never NULL. */
const char *configuration_organization_name(const Configuration *configuration);
const char *configuration_organization_email(const Configuration *configuration);

/* How many days before an expiry its owner is reminded: an array of gint64, the longest
 * first; empty: never. The caller frees it. */
GArray *configuration_reminder_days(const Configuration *configuration);

/* What sends mail, or NULL. */
const ConfigurationCommand *configuration_mail_command(const Configuration *configuration);

/* Where outbox/pki is served, or NULL. */
const char *configuration_public_url(const Configuration *configuration);

/* What makes Java keystores: Java's keytool, to which its options are added. NULL: nothing
 * does. */
const ConfigurationCommand *configuration_keytool(const Configuration *configuration);

void configuration_free(Configuration *configuration);
void catalog_free(Catalog *catalog);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Configuration, configuration_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Catalog, catalog_free)

#endif

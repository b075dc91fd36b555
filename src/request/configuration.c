#include "request/configuration.h"

#include <string.h>

#include "base/clock.h"

static const RecordField product_fields[] = {
    RECORD_FIELD(Product, id, "id", TEXT, ATTRIBUTE),
    RECORD_FIELD(Product, brand, "brand", TEXT, ATTRIBUTE),
    RECORD_FIELD(Product, title, "title", TEXT, ATTRIBUTE),
    RECORD_FIELD(Product, validation, "validation", TEXT, ATTRIBUTE),
    RECORD_FIELD(Product, names, "names", TEXT, ATTRIBUTE),
    RECORD_FIELD_DEFAULT(Product, included_names, "includedNames", NUMBER, ATTRIBUTE, 1),
    RECORD_FIELD_DEFAULT(Product, maximum_names, "maximumNames", NUMBER, ATTRIBUTE, 1),
    RECORD_FIELD(Product, price_per_year, "pricePerYear", MONEY, ATTRIBUTE),
    RECORD_FIELD(Product, price_per_extra_name, "pricePerExtraName", MONEY, ATTRIBUTE),
    RECORD_FIELD_DEFAULT(Product, maximum_years, "maximumYears", NUMBER, ATTRIBUTE, 1),
    RECORD_FIELD(Product, lifetime, "lifetime", TEXT, ATTRIBUTE),
    RECORD_FIELD(Product, issuer, "issuer", TEXT, ATTRIBUTE),
    RECORD_FIELD_DEFAULT(Product, expected_days, "expectedDays", NUMBER, ATTRIBUTE, 1),
    RECORD_FIELD(Product, required_attachments, "requires", TEXT, ATTRIBUTE),
    RECORD_FIELD(Product, scope, "scope", TEXT, ATTRIBUTE),
    RECORD_FIELDS_END,
};
const RecordType product_record = {"product", sizeof(Product), product_fields};

static const RecordField catalog_fields[] = {
    RECORD_FIELD(Catalog, currency, "currency", TEXT, ATTRIBUTE),
    RECORD_FIELD_OF(Catalog, products, "product", MANY, CHILDREN, &product_record),
    RECORD_FIELDS_END,
};
const RecordType catalog_record = {"catalog", sizeof(Catalog), catalog_fields};

static const RecordField command_fields[] = {
    RECORD_FIELD_DEFAULT(ConfigurationCommand, timeout_seconds, "timeoutSeconds", NUMBER, ATTRIBUTE,
                         60),
    RECORD_FIELD(ConfigurationCommand, arguments, "argument", TEXTS, CHILDREN),
    RECORD_FIELDS_END,
};
static const RecordType command_record = {"command", sizeof(ConfigurationCommand), command_fields};

static const RecordField target_fields[] = {
    RECORD_FIELD(ConfigurationTarget, product, "product", TEXT, ATTRIBUTE),
    RECORD_FIELD(ConfigurationTarget, title, "title", TEXT, ATTRIBUTE),
    RECORD_FIELD(ConfigurationTarget, regions, "regions", TEXT, ATTRIBUTE),
    RECORD_FIELD(ConfigurationTarget, format, "format", TEXT, ATTRIBUTE),
    RECORD_FIELD(ConfigurationTarget, check, "check", TEXT, ATTRIBUTE),
    RECORD_FIELD_OF(ConfigurationTarget, command, "command", ONE, CHILD, &command_record),
    RECORD_FIELDS_END,
};
static const RecordType target_record = {"target", sizeof(ConfigurationTarget), target_fields};

static const RecordField issuer_fields[] = {
    RECORD_FIELD(ConfigurationIssuer, id, "id", TEXT, ATTRIBUTE),
    RECORD_FIELD_OF(ConfigurationIssuer, command, "command", ONE, CHILD, &command_record),
    RECORD_FIELDS_END,
};
static const RecordType issuer_record = {"issuer", sizeof(ConfigurationIssuer), issuer_fields};

static const RecordField organization_fields[] = {
    RECORD_FIELD(ConfigurationOrganization, name, "name", TEXT, ATTRIBUTE),
    RECORD_FIELD(ConfigurationOrganization, email, "email", TEXT, ATTRIBUTE),
    RECORD_FIELDS_END,
};
static const RecordType organization_record = {"organization", sizeof(ConfigurationOrganization),
                                               organization_fields};

static const RecordField suffix_fields[] = {
    RECORD_FIELD(ConfigurationSuffix, suffix, "suffix", TEXT, ATTRIBUTE),
    RECORD_FIELDS_END,
};
static const RecordType suffix_record = {"automatic", sizeof(ConfigurationSuffix), suffix_fields};

static const RecordField verification_fields[] = {
    RECORD_FIELD_OF(ConfigurationVerification, automatic, "automatic", MANY, CHILDREN,
                    &suffix_record),
    RECORD_FIELDS_END,
};
static const RecordType verification_record = {"verification", sizeof(ConfigurationVerification),
                                               verification_fields};

static const RecordField intake_fields[] = {
    RECORD_FIELD_DEFAULT(ConfigurationIntake, wait_hours, "waitHours", NUMBER, ATTRIBUTE, 24),
    RECORD_FIELDS_END,
};
static const RecordType intake_record = {"intake", sizeof(ConfigurationIntake), intake_fields};

static const RecordField renewal_fields[] = {
    RECORD_FIELD(ConfigurationRenewal, before, "before", TEXT, ATTRIBUTE),
    RECORD_FIELD_DEFAULT(ConfigurationRenewal, review_days, "reviewDays", NUMBER, ATTRIBUTE, 398),
    RECORD_FIELD(ConfigurationRenewal, pay, "pay", FLAG, ATTRIBUTE),
    RECORD_FIELDS_END,
};
static const RecordType renewal_record = {"renewal", sizeof(ConfigurationRenewal), renewal_fields};

static const RecordField key_fields[] = {
    RECORD_FIELD(ConfigurationKey, sha256, "sha256", TEXT, ATTRIBUTE),
    RECORD_FIELDS_END,
};
static const RecordType key_record = {"spki", sizeof(ConfigurationKey), key_fields};

static const RecordField refused_keys_fields[] = {
    RECORD_FIELD_OF(ConfigurationRefusedKeys, keys, "spki", MANY, CHILDREN, &key_record),
    RECORD_FIELDS_END,
};
static const RecordType refused_keys_record = {"refusedKeys", sizeof(ConfigurationRefusedKeys),
                                               refused_keys_fields};

static const RecordField authority_fields[] = {
    RECORD_FIELD(ConfigurationAuthority, public_url, "publicUrl", TEXT, ATTRIBUTE),
    RECORD_FIELDS_END,
};
static const RecordType authority_record = {"authority", sizeof(ConfigurationAuthority),
                                            authority_fields};

static const RecordField reminder_fields[] = {
    RECORD_FIELD(ConfigurationReminder, before, "before", TEXT, ATTRIBUTE),
    RECORD_FIELDS_END,
};
static const RecordType reminder_record = {"reminder", sizeof(ConfigurationReminder),
                                           reminder_fields};

static const RecordField mail_fields[] = {
    RECORD_FIELD_OF(ConfigurationMail, command, "command", ONE, CHILD, &command_record),
    RECORD_FIELDS_END,
};
static const RecordType mail_record = {"mail", sizeof(ConfigurationMail), mail_fields};

static const RecordField keytool_fields[] = {
    RECORD_FIELD_OF(ConfigurationKeytool, command, "command", ONE, CHILD, &command_record),
    RECORD_FIELDS_END,
};
static const RecordType keytool_record = {"keytool", sizeof(ConfigurationKeytool), keytool_fields};

static const RecordField configuration_fields[] = {
    RECORD_FIELD_OF(Configuration, organization, "organization", ONE, CHILD, &organization_record),
    RECORD_FIELD_OF(Configuration, authority, "authority", ONE, CHILD, &authority_record),
    RECORD_FIELD_OF(Configuration, verification, "verification", ONE, CHILD, &verification_record),
    RECORD_FIELD_OF(Configuration, intake, "intake", ONE, CHILD, &intake_record),
    RECORD_FIELD_OF(Configuration, renewal, "renewal", ONE, CHILD, &renewal_record),
    RECORD_FIELD_OF(Configuration, reminder, "reminder", ONE, CHILD, &reminder_record),
    RECORD_FIELD_OF(Configuration, mail, "mail", ONE, CHILD, &mail_record),
    RECORD_FIELD_OF(Configuration, keytool, "keytool", ONE, CHILD, &keytool_record),
    RECORD_FIELD_OF(Configuration, refused_keys, "refusedKeys", ONE, CHILD, &refused_keys_record),
    RECORD_FIELD_OF(Configuration, targets, "target", MANY, CHILDREN, &target_record),
    RECORD_FIELD_OF(Configuration, issuers, "issuer", MANY, CHILDREN, &issuer_record),
    RECORD_FIELDS_END,
};
const RecordType configuration_record = {"configuration", sizeof(Configuration),
                                         configuration_fields};

void configuration_free(Configuration *configuration)
{
  record_free(&configuration_record, configuration);
}

gint64 configuration_wait_hours(const Configuration *configuration)
{
  return configuration->intake != NULL ? configuration->intake->wait_hours : 24;
}

#define RENEWAL_BEFORE "33%"
#define REVIEW_DAYS 398

/* The schema allows "33%" and "30d" and nothing else. */
static gint64 renewal_before(const Configuration *configuration, gboolean *ret_share)
{
  const ConfigurationRenewal *renewal = configuration->renewal;
  const char *before =
      renewal != NULL && renewal->before != NULL ? renewal->before : RENEWAL_BEFORE;
  *ret_share = g_str_has_suffix(before, "%");
  return g_ascii_strtoll(before, NULL, 10);
}

gint64 configuration_renewal_margin(const Configuration *configuration, gint64 lifetime)
{
  gboolean share = FALSE;
  gint64 before = renewal_before(configuration, &share);
  return MIN(share ? lifetime * before / 100 : before * CLOCK_DAY, lifetime / 2);
}

gint64 configuration_renewal_policy(const Configuration *configuration)
{
  gboolean share = FALSE;
  gint64 before = renewal_before(configuration, &share);
  return share ? -before : before;
}

gint64 configuration_review_seconds(const Configuration *configuration)
{
  const ConfigurationRenewal *renewal = configuration->renewal;
  return (renewal != NULL ? renewal->review_days : REVIEW_DAYS) * CLOCK_DAY;
}

gboolean configuration_renewals_are_paid(const Configuration *configuration)
{
  return configuration->renewal != NULL && configuration->renewal->pay;
}

const char **configuration_suffixes(const Configuration *configuration)
{
  GPtrArray *suffixes = g_ptr_array_new();
  const ConfigurationVerification *verification = configuration->verification;
  for (guint i = 0;
       verification != NULL && verification->automatic != NULL && i < verification->automatic->len;
       i++) {
    const ConfigurationSuffix *automatic = g_ptr_array_index(verification->automatic, i);
    g_ptr_array_add(suffixes, automatic->suffix);
  }
  g_ptr_array_add(suffixes, NULL);
  return (const char **)g_ptr_array_free(suffixes, FALSE);
}

const char *configuration_organization_name(const Configuration *configuration)
{
  const ConfigurationOrganization *organization = configuration->organization;
  return organization != NULL && organization->name != NULL ? organization->name
                                                            : "Certificate Operations";
}

const char *configuration_organization_email(const Configuration *configuration)
{
  const ConfigurationOrganization *organization = configuration->organization;
  return organization != NULL && organization->email != NULL ? organization->email
                                                             : "certificates@localhost";
}

static int compare_days(gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *)a, right = *(const gint64 *)b;
  return left < right ? 1 : left > right ? -1 : 0;
}

GArray *configuration_reminder_days(const Configuration *configuration)
{
  const ConfigurationReminder *reminder = configuration->reminder;
  const char *text =
      reminder != NULL && reminder->before != NULL ? reminder->before : "60d 30d 14d 7d 1d";
  GArray *days = g_array_new(FALSE, FALSE, sizeof(gint64));
  g_auto(GStrv) words = g_strsplit_set(text, " \t\r\n", -1);
  for (char **word = words; *word != NULL; word++) {
    gint64 number = g_ascii_strtoll(*word, NULL, 10);
    if (number > 0)
      g_array_append_val(days, number);
  }
  g_array_sort(days, compare_days);
  return days;
}

const ConfigurationCommand *configuration_mail_command(const Configuration *configuration)
{
  return configuration->mail != NULL ? configuration->mail->command : NULL;
}

const char *configuration_public_url(const Configuration *configuration)
{
  return configuration->authority != NULL ? configuration->authority->public_url : NULL;
}

const ConfigurationCommand *configuration_keytool(const Configuration *configuration)
{
  return configuration->keytool != NULL ? configuration->keytool->command : NULL;
}

const ConfigurationIssuer *configuration_find_issuer(const Configuration *configuration,
                                                     const char *id)
{
  for (guint i = 0; configuration->issuers != NULL && i < configuration->issuers->len; i++) {
    const ConfigurationIssuer *issuer = g_ptr_array_index(configuration->issuers, i);
    if (strcmp(issuer->id, id) == 0)
      return issuer;
  }
  return NULL;
}

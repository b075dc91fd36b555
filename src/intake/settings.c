#include "intake/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "intake/document-private.h"
#include "intake/fill-private.h"
#include "intake/schema-private.h"
#include "request/names.h"

/* One of the operator's files on its way: the same parser, limits and messages as
 * for documents from outside. */
typedef struct {
  const char *file; /* its name */
  const char *root; /* of its root element */
  const RecordType *record;
  void (*check)(const xmlNode *root, gpointer settings, gconstpointer other, GPtrArray *faults);
  gconstpointer other; /* what CHECK compares it with */
  Schema *schema;
  GPtrArray *faults;
  gpointer settings; /* the struct, once it is read */
} Settings;

static DocumentPlan on_root(xmlNode *root, gpointer data, GPtrArray *faults)
{
  const Settings *settings = data;
  if (document_is_element(root) && strcmp((const char *)root->name, settings->root) == 0)
    return DOCUMENT_PLAN_WHOLE;
  fault_add(faults, "xml-kind", document_line(root), (const char *)root->name,
            "the root element must be <%s xmlns=\"" DOCUMENT_NAMESPACE "\">", settings->root);
  return 0;
}

static void on_part(xmlNode *root, gpointer data)
{
  Settings *settings = data;
  if (!schema_check(settings->schema, root, settings->faults))
    return;
  settings->settings =
      fill_record(settings->record, schema_root_type(settings->schema, settings->root), root);
  settings->check(root, settings->settings, settings->other, settings->faults);
}

static void set_fault_error(const char *file, const GPtrArray *faults, GError **error)
{
  const Fault *fault = g_ptr_array_index(faults, 0);
  GString *text = g_string_new(file);
  if (fault->line > 0)
    g_string_append_printf(text, ":%" G_GINT64_FORMAT, fault->line);
  if (fault->element != NULL)
    g_string_append_printf(text, ": <%s>", fault->element);
  g_string_append_printf(text, ": %s", fault->text);
  if (faults->len > 1)
    g_string_append_printf(text, " (and %u more)", faults->len - 1);
  g_autofree char *line = g_string_free(text, FALSE);
  g_set_error_literal(error, CERTDROP_ERROR, CERTDROP_ERROR_CONFIGURATION, line);
}

static gboolean parse_settings(Settings *settings, int fd, GError **error)
{
  static const DocumentHandler handler = {on_root, on_part};
  g_autofree char *schema_file =
      g_strconcat(strcmp(settings->root, "catalog") == 0 ? "catalog" : "config", ".xsd", NULL);
  document_initialise();
  g_autoptr(Schema) schema = schema_load(schema_file, error);
  if (schema == NULL)
    return FALSE;
  g_autoptr(GPtrArray) faults = fault_array_new();
  settings->schema = schema;
  settings->faults = faults;
  g_autoptr(Source) source = source_new(fd);
  source_limit(source, INTAKE_LIMIT_DOCUMENT, "file-size", "the file has more than 4 MiB");
  DocumentResult result;
  if (document_read(source, &handler, settings, faults, &result) && faults->len == 0)
    return TRUE;
  set_fault_error(settings->file, faults, error);
  return FALSE;
}

/* The struct that FILE describes, to be freed with record_free(); NULL with ERROR set. */
static gpointer read_settings(int root, Settings *settings, GError **error)
{
  int fd = file_open(root, settings->file, error);
  if (fd < 0)
    return NULL;
  gboolean ok = parse_settings(settings, fd, error);
  close(fd);
  if (ok)
    return settings->settings;
  record_free(settings->record, settings->settings);
  return NULL;
}

static gboolean is_there(int root, const char *file)
{
  return faccessat(root, file, F_OK, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

/* Elements that come in any order can't be limited to one each by the schema. */
static void check_single(const xmlNode *root, GPtrArray *faults)
{
  for (const RecordField *field = configuration_record.fields; field->name != NULL; field++) {
    guint count = 0;
    for (const xmlNode *child = document_first_child(root);
         child != NULL && field->kind == RECORD_ONE; child = document_next(child))
      if (strcmp((const char *)child->name, field->name) == 0 && ++count == 2)
        fault_add(faults, "xml-valid", document_line(child), field->name,
                  "<%s> is there twice; it comes once", field->name);
  }
}

static guint child_line(const xmlNode *root, const char *name, guint index)
{
  for (const xmlNode *child = document_first_child(root); child != NULL;
       child = document_next(child)) {
    if (strcmp((const char *)child->name, name) != 0)
      continue;
    if (index-- == 0)
      return document_line(child);
  }
  return 0;
}

static void check_suffixes(const xmlNode *root, ConfigurationVerification *verification,
                           GPtrArray *faults)
{
  for (guint i = 0; verification->automatic != NULL && i < verification->automatic->len; i++) {
    ConfigurationSuffix *automatic = g_ptr_array_index(verification->automatic, i);
    g_autoptr(GError) error = NULL;
    char *suffix = names_parse_suffix(automatic->suffix, &error);
    if (suffix == NULL) {
      fault_add(faults, "xml-value", child_line(root, "verification", 0), "automatic", "%s",
                error->message);
      continue;
    }
    g_free(automatic->suffix);
    automatic->suffix = suffix;
  }
}

static void check_issuers(const xmlNode *root, const GPtrArray *issuers, GPtrArray *faults)
{
  for (guint i = 0; issuers != NULL && i < issuers->len; i++) {
    const ConfigurationIssuer *issuer = g_ptr_array_index(issuers, i);
    if (strcmp(issuer->id, "embedded") == 0 || strcmp(issuer->id, "exchange") == 0)
      fault_add(faults, "xml-value", child_line(root, "issuer", i), "issuer",
                "the id \"%s\" is taken; choose another one", issuer->id);
  }
}

static void check_targets(const xmlNode *root, const Configuration *configuration,
                          GPtrArray *faults)
{
  const GPtrArray *targets = configuration->targets;
  for (guint i = 0; targets != NULL && i < targets->len; i++) {
    const ConfigurationTarget *target = g_ptr_array_index(targets, i);
    if (strcmp(target->format, "jks") == 0 && configuration_keytool(configuration) == NULL)
      fault_add(faults, "xml-value", child_line(root, "target", i), "target",
                "the target \"%s\" takes Java keystores (format=\"jks\"), which need <keytool>; "
                "say which keytool makes them, or choose tomcat (PKCS#12)",
                target->product);
    if (target->check != NULL && strstr(target->check, "{region}") != NULL &&
        (target->regions == NULL || *target->regions == '\0'))
      fault_add(faults, "xml-value", child_line(root, "target", i), "target",
                "the target \"%s\" has no regions, so that there is nothing that {region} in its "
                "check could stand for; name the host",
                target->product);
  }
}

static void check_configuration(const xmlNode *root, gpointer settings,
                                gconstpointer other G_GNUC_UNUSED, GPtrArray *faults)
{
  Configuration *configuration = settings;
  check_single(root, faults);
  if (configuration->verification != NULL)
    check_suffixes(root, configuration->verification, faults);
  check_issuers(root, configuration->issuers, faults);
  check_targets(root, configuration, faults);
}

/* An open file with what `init` makes certdrop.xml of; -1 with ERROR set. */
static int open_template(GError **error)
{
  g_autoptr(GBytes) bytes = g_resources_lookup_data("/certdrop/templates/certdrop.xml",
                                                    G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  if (bytes == NULL)
    return -1;
  gsize length;
  const void *content = g_bytes_get_data(bytes, &length);
  int fd = memfd_create("certdrop.xml", MFD_CLOEXEC);
  if (fd >= 0 && write(fd, content, length) == (ssize_t)length && lseek(fd, 0, SEEK_SET) == 0)
    return fd;
  error_set_errno(error, errno, "certdrop.xml: cannot read what is compiled in");
  if (fd >= 0)
    close(fd);
  return -1;
}

/* Where the file names no target, the default is those as shipped. */
static gboolean add_shipped_targets(Configuration *configuration, GError **error)
{
  if (configuration->targets != NULL && configuration->targets->len > 0)
    return TRUE;
  Settings settings = {.file = "certdrop.xml",
                       .root = "configuration",
                       .record = &configuration_record,
                       .check = check_configuration};
  int fd = open_template(error);
  gboolean ok = fd >= 0 && parse_settings(&settings, fd, error);
  Configuration *shipped = settings.settings;
  if (ok) {
    if (configuration->targets != NULL)
      g_ptr_array_unref(configuration->targets);
    configuration->targets = g_steal_pointer(&shipped->targets);
  }
  configuration_free(shipped);
  if (fd >= 0)
    close(fd);
  return ok;
}

Configuration *intake_read_configuration(int root, GError **error)
{
  Settings settings = {.file = "certdrop.xml",
                       .root = "configuration",
                       .record = &configuration_record,
                       .check = check_configuration};
  g_autoptr(Configuration) configuration = is_there(root, settings.file)
                                               ? read_settings(root, &settings, error)
                                               : record_new(&configuration_record);
  return configuration != NULL && add_shipped_targets(configuration, error)
             ? g_steal_pointer(&configuration)
             : NULL;
}

static gboolean issuer_is_known(const Configuration *configuration, const char *id)
{
  if (strcmp(id, "embedded") == 0 || strcmp(id, "exchange") == 0)
    return TRUE;
  for (guint i = 0; configuration->issuers != NULL && i < configuration->issuers->len; i++)
    if (strcmp(((ConfigurationIssuer *)g_ptr_array_index(configuration->issuers, i))->id, id) == 0)
      return TRUE;
  return FALSE;
}

static void check_catalog(const xmlNode *root, gpointer settings, gconstpointer other,
                          GPtrArray *faults)
{
  const Catalog *catalog = settings;
  for (guint i = 0; catalog->products != NULL && i < catalog->products->len; i++) {
    const Product *product = g_ptr_array_index(catalog->products, i);
    guint line = child_line(root, "product", i);
    if (!issuer_is_known(other, product->issuer))
      fault_add(faults, "xml-value", line, "product",
                "the issuer \"%s\" of %s is not in certdrop.xml; add an <issuer id=\"%s\">, or "
                "choose embedded",
                product->issuer, product->id, product->issuer);
    if (product->included_names > product->maximum_names)
      fault_add(faults, "xml-value", line, "product",
                "%s includes %" G_GINT64_FORMAT " names, but may hold only %" G_GINT64_FORMAT
                " (maximumNames)",
                product->id, product->included_names, product->maximum_names);
  }
}

Catalog *intake_read_catalog(int root, const Configuration *configuration, GError **error)
{
  Settings settings = {.file = "catalog.xml",
                       .root = "catalog",
                       .record = &catalog_record,
                       .check = check_catalog,
                       .other = configuration};
  if (is_there(root, settings.file))
    return read_settings(root, &settings, error);
  g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_CONFIGURATION,
              "catalog.xml: not there; \"certdrop init\" in an empty folder makes one");
  return NULL;
}

#include <string.h>

#include "base/error.h"
#include "base/program.h"
#include "keeper/keeper-private.h"

/* Stores of a key with its certificate: PKCS#12 by OpenSSL, JKS by the operator's keytool. */

/* A keystore has a few kilobytes. */
#define LARGEST_KEYSTORE ((gsize)1 << 20)

void keeper_keystore_clear(KeeperKeystore *keystore)
{
  g_clear_pointer(&keystore->bytes, g_bytes_unref);
  g_clear_pointer(&keystore->password, secret_free);
}

gboolean keeper_make_keystore(Keeper *keeper, const KeeperMaterial *material,
                              const LedgerArchive *wanted, KeeperKeystore *ret_keystore,
                              GError **error)
{
  const LedgerIssue *issue = material->issue;
  RequestFormat format = request_format_from_name(wanted->format);
  const char *profile_name =
      wanted->profile != NULL ? wanted->profile : request_formats[format].profile;
  PkiPfxProfile profile = 0;
  if (material->pkcs8 == NULL) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED,
                "%s: a keystore holds the private key, which is not here", wanted->path);
    return FALSE;
  }
  if (profile_name != NULL && !pki_pfx_profile_from_string(profile_name, &profile)) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_BUG, "%s: no such profile: %s", wanted->path,
                profile_name);
    return FALSE;
  }
  g_autoptr(Secret) password = pki_password_generate(error);
  if (password == NULL)
    return FALSE;
  g_autofree char *alias = outbox_domain_part(issue->names[0]);
  PkiPfxRequest request = {.pkcs8 = material->pkcs8,
                           .certificate = issue->der,
                           .chain = keeper_chain_of(keeper, issue),
                           .alias = alias,
                           .password = password,
                           .profile = profile};
  GBytes *bytes = format == REQUEST_FORMAT_JKS ? keeper_make_jks(keeper, &request, error)
                                               : pki_pfx_make(&request, error);
  if (bytes == NULL)
    return FALSE;
  *ret_keystore = (KeeperKeystore){bytes, g_steal_pointer(&password), profile};
  return TRUE;
}

/* ---- keytool ------------------------------------------------------------ */

/* Names within the private folder that keytool works in. */
#define SOURCE "in.p12"
#define TARGET "keystore.jks"
#define PASSWORD_VARIABLE "CERTDROP_PASSWORD"

/* The password is in its environment, which only this user can read, and never in its
 * arguments, which all can. Java's -J options: no file outside of the folder, and a quick
 * start. */
static const char *const keytool_options[] = {
    "-J-XX:-UsePerfData", "-J-XX:TieredStopAtLevel=1",
    "-importkeystore",    "-noprompt",
    "-srckeystore",       SOURCE,
    "-srcstoretype",      "PKCS12",
    "-srcstorepass:env",  PASSWORD_VARIABLE,
    "-destkeystore",      TARGET,
    "-deststoretype",     "JKS",
    "-deststorepass:env", PASSWORD_VARIABLE,
};

static char **keytool_arguments(const ConfigurationCommand *command)
{
  g_autoptr(GStrvBuilder) arguments = g_strv_builder_new();
  g_strv_builder_addv(arguments, (const char **)command->arguments);
  for (gsize i = 0; i < G_N_ELEMENTS(keytool_options); i++)
    g_strv_builder_add(arguments, keytool_options[i]);
  return g_strv_builder_end(arguments);
}

/* The line of keytool's output that says what is wrong, or its first one. */
static char *keytool_reason(const char *output)
{
  g_auto(GStrv) lines = g_strsplit(output, "\n", 0);
  for (char **line = lines; *line != NULL; line++)
    if (strstr(*line, "error") != NULL)
      return g_strdup(*line);
  return g_strdup(lines[0] != NULL ? lines[0] : "");
}

static gboolean run_keytool(const ConfigurationCommand *command, const char *folder,
                            const Secret *password, GError **error)
{
  g_auto(GStrv) arguments = keytool_arguments(command);
  g_autoptr(Secret) variable = secret_new(strlen(PASSWORD_VARIABLE "=") + password->length);
  char *value = g_stpcpy((char *)variable->data, PASSWORD_VARIABLE "=");
  memcpy(value, password->data, password->length);
  const char *const environment[] = {(const char *)variable->data, NULL};
  const ProgramRequest request = {.arguments = (const char *const *)arguments,
                                  .environment = environment,
                                  .folder = folder,
                                  .timeout_seconds = command->timeout_seconds,
                                  .secret = password};
  g_autoptr(ProgramResult) result = program_run(&request);
  if (program_succeeded(result))
    return TRUE;
  g_autofree char *how = program_describe(&request, result);
  g_autofree char *reason = keytool_reason(result->output);
  g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED, "no Java keystore was made: %s %s%s%s",
              command->arguments[0], how, *reason != '\0' ? ": " : "", reason);
  return FALSE;
}

/* FOLDER is relative to the instance. */
static GBytes *convert(Keeper *keeper, const char *folder, GBytes *pfx, const Secret *password,
                       GError **error)
{
  g_autofree char *source = g_build_filename(folder, SOURCE, NULL);
  g_autofree char *target = g_build_filename(folder, TARGET, NULL);
  g_autofree char *path = keeper_instance_path(keeper->root, folder, error);
  if (path == NULL || !file_make_folder(keeper->root, folder, 0700, error) ||
      !file_replace(keeper->root, source, g_bytes_get_data(pfx, NULL), g_bytes_get_size(pfx), 0600,
                    NULL, error) ||
      !run_keytool(configuration_keytool(keeper->configuration), path, password, error))
    return NULL;
  g_autoptr(GError) missing = NULL;
  GBytes *jks = file_read(keeper->root, target, LARGEST_KEYSTORE, &missing);
  if (jks == NULL)
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED,
                "no Java keystore was made: keytool ended well, but left none (%s)",
                missing->message);
  return jks;
}

GBytes *keeper_make_jks(Keeper *keeper, const PkiPfxRequest *request, GError **error)
{
  static int number;
  if (configuration_keytool(keeper->configuration) == NULL) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED,
                "no Java keystore was made: certdrop.xml has no <keytool>");
    return NULL;
  }
  PkiPfxRequest readable = *request;
  readable.profile = PKI_PFX_PROFILE_COMPATIBLE; /* by a keytool of any age */
  g_autoptr(GBytes) pfx = pki_pfx_make(&readable, error);
  if (pfx == NULL)
    return NULL;
  g_autofree char *folder =
      g_strdup_printf(PRIVATE_FOLDER "/keytool-%d", g_atomic_int_add(&number, 1));
  GBytes *jks = convert(keeper, folder, pfx, request->password, error);
  /* What cannot be removed now, the next run removes. */
  file_wipe_folder(keeper->root, folder, NULL);
  return jks;
}

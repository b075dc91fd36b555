#include <string.h>

#include "base/clock.h"
#include "keeper/deploy-private.h"

/* A deployment's command: its private folder, what it is told, how it ends. */

/* How often a host is looked at after a command, and before one is run again. */
#define LOOKS_AFTER 5

/* What a command is told, each by a placeholder and a variable of its environment.
 * Values that are NULL are said to be empty. */
typedef struct {
  GArray *placeholders;   /* ProgramPlaceholder, ended by one without a name */
  GPtrArray *environment; /* char * */
  GPtrArray *values;      /* char *, what both borrow */
} Told;

static void told_clear(Told *told)
{
  g_array_unref(told->placeholders);
  g_ptr_array_unref(told->environment);
  g_ptr_array_unref(told->values);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Told, told_clear)

/* Takes VALUE over. */
static void tell(Told *told, const char *placeholder, const char *variable, char *value)
{
  char *text = value != NULL ? value : g_strdup("");
  const ProgramPlaceholder entry = {placeholder, text};
  g_ptr_array_add(told->values, text);
  g_array_append_val(told->placeholders, entry);
  g_ptr_array_add(told->environment, g_strdup_printf("CERTDROP_%s=%s", variable, text));
}

static const char *told_value(const Told *told, const char *placeholder)
{
  for (guint i = 0; i < told->placeholders->len; i++) {
    const ProgramPlaceholder *entry = &g_array_index(told->placeholders, ProgramPlaceholder, i);
    if (strcmp(entry->name, placeholder) == 0)
      return entry->value;
  }
  g_assert_not_reached();
}

/* The same under the names that hooks of ACME clients know. None of those clients takes
 * certificates off: a hook that was written for one is not to mistake a removal. */
static const struct {
  const char *variable;
  const char *placeholder;
} acme_names[] = {
    {"RENEWED_LINEAGE", "folder"},
    {"RENEWED_DOMAINS", "domains"}, /* certbot */
    {"LEGO_CERT_DOMAIN", "domain"},
    {"LEGO_CERT_PATH", "fullchain"},
    {"LEGO_CERT_KEY_PATH", "privkey"}, /* lego 4 */
    {"LEGO_HOOK_CERT_NAME", "domain"},
    {"LEGO_HOOK_CERT_PATH", "fullchain"},
    {"LEGO_HOOK_CERT_KEY_PATH", "privkey"}, /* lego 5 */
    {"Le_Domain", "domain"},
    {"CERT_PATH", "cert"},
    {"CERT_KEY_PATH", "privkey"},
    {"CA_CERT_PATH", "chain"},
    {"CERT_FULLCHAIN_PATH", "fullchain"}, /* acme.sh */
};

static const char *action_of(const DeployJob *job)
{
  if (deploy_job_is_removal(job))
    return "remove";
  return job->deployment->replaces != NULL ? "renew" : "deploy";
}

static void tell_files(Told *told, const DeployJob *job, const char *folder)
{
  gboolean certificate = job->issue != NULL, key = job->key_pem != NULL;
  tell(told, "folder", "FOLDER", g_strdup(folder));
  tell(told, "cert", "CERT", certificate ? g_build_filename(folder, "cert.pem", NULL) : NULL);
  tell(told, "chain", "CHAIN", certificate ? g_build_filename(folder, "chain.pem", NULL) : NULL);
  tell(told, "fullchain", "FULLCHAIN",
       certificate ? g_build_filename(folder, "fullchain.pem", NULL) : NULL);
  tell(told, "privkey", "PRIVKEY", key ? g_build_filename(folder, "privkey.pem", NULL) : NULL);
}

static void tell_laid_out(Told *told, const DeployJob *job, const char *instance)
{
  const LedgerDeployment *deployment = job->deployment;
  static const struct {
    const char *extension, *placeholder, *variable;
  } files[] = {{"zip", "archive", "ARCHIVE"}, {"json", "manifest", "MANIFEST"}};
  for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autofree char *path = outbox_deployment_path(deployment->product, deployment->region,
                                                   deployment->certificate, files[i].extension);
    tell(told, files[i].placeholder, files[i].variable,
         deploy_job_is_removal(job) ? NULL : g_build_filename(instance, path, NULL));
  }
}

static void told_init(Told *told, const DeployJob *job, const char *instance, const char *folder)
{
  const LedgerDeployment *deployment = job->deployment;
  const LedgerIssue *issue = job->issue;
  told->placeholders = g_array_new(TRUE, TRUE, sizeof(ProgramPlaceholder));
  told->environment = g_ptr_array_new_with_free_func(g_free);
  told->values = g_ptr_array_new_with_free_func(g_free);
  tell(told, "action", "ACTION", g_strdup(action_of(job)));
  tell(told, "product", "PRODUCT", g_strdup(deployment->product));
  tell(told, "region", "REGION", g_strdup(deployment->region));
  tell(told, "id", "ID", g_strdup(deployment->certificate));
  tell(told, "serial", "SERIAL", g_strdup(deployment->serial));
  tell(told, "replaces", "REPLACES", g_strdup(deployment->replaces));
  tell(told, "domain", "DOMAIN", issue != NULL ? g_strdup(issue->names[0]) : NULL);
  tell(told, "domains", "DOMAINS", issue != NULL ? g_strjoinv(" ", issue->names) : NULL);
  tell(told, "notAfter", "NOT_AFTER", issue != NULL ? clock_format(issue->not_after) : NULL);
  tell(told, "timestamp", "TIMESTAMP",
       issue != NULL ? g_strdup_printf("%" G_GINT64_FORMAT, issue->not_before) : NULL);
  tell(told, "format", "FORMAT",
       g_strdup(request_formats[configuration_target_format(job->target)].name));
  tell_files(told, job, folder);
  tell_laid_out(told, job, instance);
  for (guint i = 0; !deploy_job_is_removal(job) && i < G_N_ELEMENTS(acme_names); i++)
    g_ptr_array_add(told->environment,
                    g_strdup_printf("%s=%s", acme_names[i].variable,
                                    told_value(told, acme_names[i].placeholder)));
  g_ptr_array_add(told->environment, NULL);
}

static gboolean write_part(Keeper *keeper, const char *folder, const char *name, const void *bytes,
                           gsize length, GError **error)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);
  return file_replace(keeper->root, path, bytes, length, 0600, NULL, error);
}

/* For as long as the command runs: no sync, since nothing of it is to last. */
static gboolean write_folder(Keeper *keeper, const DeployJob *job, const char *folder,
                             GError **error)
{
  if (!file_make_folder(keeper->root, folder, 0700, error))
    return FALSE;
  if (job->issue == NULL)
    return TRUE;
  g_autofree char *certificate = pki_certificate_to_pem(job->issue->der);
  GBytes *issuers = keeper_chain_of(keeper, job->issue);
  g_autofree char *chain = issuers != NULL ? pki_certificates_to_pem(issuers, error) : g_strdup("");
  if (chain == NULL)
    return FALSE;
  g_autofree char *both = g_strconcat(certificate, chain, NULL);
  return write_part(keeper, folder, "cert.pem", certificate, strlen(certificate), error) &&
         write_part(keeper, folder, "chain.pem", chain, strlen(chain), error) &&
         write_part(keeper, folder, "fullchain.pem", both, strlen(both), error) &&
         (job->key_pem == NULL || write_part(keeper, folder, "privkey.pem", job->key_pem->data,
                                             job->key_pem->length, error));
}

static void take_result(DeployJob *job, const ProgramRequest *request, const ProgramResult *result)
{
  job->output = g_strdup(result->output);
  job->timed_out = result->end == PROGRAM_END_TIMEOUT;
  if (program_succeeded(result)) {
    job->commanded = TRUE;
    job->end = DEPLOY_END_DONE;
    return;
  }
  g_autofree char *how = program_describe(request, result);
  deploy_job_fail(job, result->end == PROGRAM_END_STOPPED ? DEPLOY_END_STOPPED : DEPLOY_END_FAILED,
                  "%s %s", request->arguments[0], how);
}

/* FOLDER is that of the command, below the instance. */
static gboolean run_command(Keeper *keeper, DeployJob *job, const char *folder, GError **error)
{
  const ConfigurationCommand *command = job->target->command;
  g_autofree char *instance = keeper_instance_path(keeper->root, "", error);
  if (instance == NULL || !write_folder(keeper, job, folder, error))
    return FALSE;
  g_autofree char *path = g_build_filename(instance, folder, NULL);
  g_auto(Told) told = {0};
  told_init(&told, job, instance, path);
  g_auto(GStrv) arguments =
      program_expand((const char *const *)command->arguments,
                     (const ProgramPlaceholder *)(void *)told.placeholders->data);
  const ProgramRequest request = {
      .arguments = (const char *const *)arguments,
      .environment = (const char *const *)told.environment->pdata,
      .folder = path,
      .timeout_seconds = command->timeout_seconds,
      .secret = job->key_pem,
      .stop = keeper_is_stopped,
  };
  g_autoptr(ProgramResult) result = program_run(&request);
  take_result(job, &request, result);
  return TRUE;
}

static gboolean command_in_folder(Keeper *keeper, DeployJob *job, GError **error)
{
  g_autofree char *folder = g_strdup_printf(PRIVATE_FOLDER "/%u", job->number);
  gboolean ok = run_command(keeper, job, folder, error);
  /* What cannot be removed now, the next run removes; it is said then. */
  file_wipe_folder(keeper->root, folder, NULL);
  return ok;
}

gboolean deploy_job_carry_out(Keeper *keeper, DeployJob *job, GError **error)
{
  const LedgerDeployment *deployment = job->deployment;
  gboolean look = job->target->check != NULL && !deploy_job_is_removal(job) && job->issue != NULL;
  gboolean has_command = job->target->command != NULL;
  g_autofree char *why = NULL;
  job->end = DEPLOY_END_DONE;
  job->commanded = deployment->by_command;
  /* Where the last command ended well but nobody saw its effect, it may have come by now. */
  if (look && deployment->by_command && deploy_job_is_served(job, 1, &why))
    return TRUE;
  g_clear_pointer(&why, g_free);
  if (has_command && !command_in_folder(keeper, job, error))
    return FALSE;
  if (job->end != DEPLOY_END_DONE || !look ||
      deploy_job_is_served(job, has_command ? LOOKS_AFTER : 1, &why))
    return TRUE;
  if (keeper_is_stopped())
    job->end = DEPLOY_END_STOPPED;
  else
    deploy_job_fail(job, has_command ? DEPLOY_END_FAILED : DEPLOY_END_WAITS, "%s", why);
  return TRUE;
}

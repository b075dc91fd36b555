#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "keeper/keeper-private.h"
#include "request/names.h"

/* What an instance is opened with, by purpose. */
typedef struct {
  gboolean lock;
  gboolean settings;
  gboolean keys;
  Ledger *(*open_ledger)(const char *path, GError **error);
} KeeperNeeds;

/* For who has the lock. */
static Ledger *open_up_to_date(const char *path, GError **error)
{
  return ledger_open(path, TRUE, error);
}

static const KeeperNeeds needs[] = {
    [KEEPER_FOR_RUN] = {TRUE, TRUE, TRUE, open_up_to_date},
    [KEEPER_FOR_CHECK] = {FALSE, TRUE, TRUE, ledger_open_branch},
    [KEEPER_FOR_REPORT] = {TRUE, TRUE, FALSE, ledger_open_reading},
    [KEEPER_FOR_SHOW] = {FALSE, TRUE, FALSE, ledger_open_reading},
    [KEEPER_FOR_VERIFY] = {FALSE, TRUE, FALSE, ledger_open_reading},
};
G_STATIC_ASSERT(G_N_ELEMENTS(needs) == KEEPER_PURPOSE_N);

void keeper_say(Keeper *keeper, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_ptr_array_add(keeper->messages, g_strdup_vprintf(format, arguments));
  va_end(arguments);
}

const GPtrArray *keeper_messages(const Keeper *keeper)
{
  return keeper->messages;
}

Ledger *keeper_ledger(Keeper *keeper)
{
  return keeper->ledger;
}

/* The path of NAME for what opens files by path alone: SQLite, OSSL_STORE. */
char *keeper_instance_path(int root, const char *name, GError **error)
{
  g_autofree char *link = g_strdup_printf("/proc/self/fd/%d", root);
  g_autofree char *folder = g_file_read_link(link, error);
  return folder != NULL ? g_build_filename(folder, name, NULL) : NULL;
}

static gboolean is_instance(int root, GError **error)
{
  if (faccessat(root, LEDGER_PATH, F_OK, 0) == 0)
    return TRUE;
  g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_USAGE,
              "this folder is no instance of certdrop (there is no " LEDGER_PATH
              "); run `certdrop init` in it, or name another one with -C");
  return FALSE;
}

static gboolean open_ledger(Keeper *keeper, const KeeperNeeds *need, GError **error)
{
  g_autofree char *path = keeper_instance_path(keeper->root, LEDGER_PATH, error);
  if (path == NULL)
    return FALSE;
  keeper->ledger = need->open_ledger(path, error);
  return keeper->ledger != NULL;
}

gboolean keeper_open_second(Keeper *keeper, Ledger **ret_ledger, GError **error)
{
  *ret_ledger = NULL;
  if (keeper->threads <= 1)
    return TRUE;
  g_autofree char *path = keeper_instance_path(keeper->root, LEDGER_PATH, error);
  g_autoptr(Ledger) ledger = path != NULL ? ledger_open_reading(path, error) : NULL;
  if (ledger == NULL || !ledger_begin_reading(ledger, error))
    return FALSE;
  *ret_ledger = g_steal_pointer(&ledger);
  return TRUE;
}

/* A systemd credential comes before the file, so that the key need not lie
 * beside what it protects. */
gboolean keeper_open_wrapping_key(Keeper *keeper, GError **error)
{
  const char *credentials = g_getenv("CREDENTIALS_DIRECTORY");
  g_autofree char *credential =
      credentials != NULL ? g_build_filename(credentials, "certdrop-instance-key", NULL) : NULL;
  gboolean from_credential = credential != NULL && g_file_test(credential, G_FILE_TEST_EXISTS);
  int fd = from_credential ? open(credential, O_RDONLY | O_CLOEXEC | O_NOCTTY)
                           : file_open(keeper->root, WRAPPING_KEY_PATH, error);
  if (fd < 0 && from_credential)
    return error_set_errno(error, errno, "%s: cannot open", credential);
  if (fd < 0)
    return FALSE;
  keeper->wrapping_key =
      pki_wrapping_key_from_fd(fd, from_credential ? credential : WRAPPING_KEY_PATH, error);
  close(fd);
  return keeper->wrapping_key != NULL;
}

/* Where each CA has its key and its certificate. */
static const struct {
  const char *key;
  const char *certificate;
} authorities[] = {
    [PKI_AUTHORITY_ROLE_ISSUING] = {ISSUING_KEY_PATH, ISSUING_CERTIFICATE_PATH},
    [PKI_AUTHORITY_ROLE_ROOT] = {ROOT_KEY_PATH, ROOT_CERTIFICATE_PATH},
};
G_STATIC_ASSERT(G_N_ELEMENTS(authorities) == PKI_AUTHORITY_ROLE_N);

GBytes *keeper_read_certificate(int root, PkiAuthorityRole role, GError **error)
{
  const gsize largest = 64 << 10;
  return file_read(root, authorities[role].certificate, largest, error);
}

/* What pages say of the instance's own CA; without what cannot be read, which `verify` tells.
 * Pages read certificates, also where no key was asked for. */
static const GPtrArray *own_authority(Keeper *keeper)
{
  static const PkiAuthorityRole roles[] = {PKI_AUTHORITY_ROLE_ISSUING, PKI_AUTHORITY_ROLE_ROOT};
  if (keeper->own_authority != NULL)
    return keeper->own_authority;
  keeper->own_authority =
      g_ptr_array_new_with_free_func((GDestroyNotify)pki_certificate_details_free);
  if (!pki_init(PKI_SECURE_HEAP_READER, NULL))
    return keeper->own_authority;
  for (guint i = 0; i < G_N_ELEMENTS(roles); i++) {
    g_autoptr(GBytes) der = keeper_read_certificate(keeper->root, roles[i], NULL);
    PkiCertificateDetails *details = der != NULL ? pki_certificate_read(der, NULL) : NULL;
    if (details != NULL)
      g_ptr_array_add(keeper->own_authority, details);
  }
  return keeper->own_authority;
}

ReportsContext keeper_reports_context(Keeper *keeper)
{
  return (ReportsContext){.ledger = keeper->ledger,
                          .configuration = keeper->configuration,
                          .catalog = keeper->catalog,
                          .root = keeper->root,
                          .threads = keeper->threads,
                          .unsure = keeper->pages_unsure,
                          .authority = own_authority(keeper)};
}

PkiAuthority *keeper_open_authority(Keeper *keeper, PkiAuthorityRole role, GError **error)
{
  g_autofree char *path = keeper_instance_path(keeper->root, authorities[role].key, error);
  g_autofree char *uri = path != NULL ? g_filename_to_uri(path, NULL, error) : NULL;
  g_autoptr(GBytes) certificate =
      uri != NULL ? keeper_read_certificate(keeper->root, role, error) : NULL;
  if (certificate == NULL)
    return NULL;
  const PkiAuthoritySources sources = {role, uri, certificate,
                                       configuration_public_url(keeper->configuration)};
  return pki_authority_open(&sources, keeper->wrapping_key, error);
}

gboolean keeper_load_authority(Keeper *keeper, GError **error)
{
  g_autoptr(GBytes) certificate =
      keeper_read_certificate(keeper->root, PKI_AUTHORITY_ROLE_ISSUING, error);
  if (certificate == NULL)
    return FALSE;
  keeper->chain = g_bytes_ref(certificate);
  keeper->authority = keeper_open_authority(keeper, PKI_AUTHORITY_ROLE_ISSUING, error);
  if (keeper->authority == NULL)
    return FALSE;
  keeper->rehearsal_key = pki_key_generate(PKI_KEY_KIND_EC_P256, error);
  return keeper->rehearsal_key != NULL;
}

/* As many as there are cores, unless the operator says otherwise. */
static guint keeper_threads(void)
{
  const char *wanted = g_getenv("CERTDROP_THREADS");
  guint64 threads = 0;
  if (wanted != NULL && g_ascii_string_to_unsigned(wanted, 10, 1, 64, &threads, NULL))
    return (guint)threads;
  return MIN(g_get_num_processors(), 64);
}

Keeper *keeper_new(int root, KeeperPurpose purpose)
{
  Keeper *keeper = g_new0(Keeper, 1);
  keeper->root = root;
  keeper->lock = -1;
  keeper->purpose = purpose;
  keeper->threads = keeper_threads();
  keeper->messages = g_ptr_array_new_with_free_func(g_free);
  keeper->issues = g_ptr_array_new_with_free_func((GDestroyNotify)keeper_issue_free);
  keeper->archives = g_ptr_array_new_with_free_func((GDestroyNotify)keeper_archive_job_free);
  keeper->outputs = g_ptr_array_new_with_free_func((GDestroyNotify)keeper_output_free);
  keeper->paths = g_hash_table_new(g_str_hash, g_str_equal);
  keeper->untold = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  keeper->decided = g_ptr_array_new_with_free_func((GDestroyNotify)keeper_file_free);
  return keeper;
}

Keeper *keeper_open(int root, KeeperPurpose purpose, GError **error)
{
  g_autoptr(Keeper) keeper = keeper_new(root, purpose);
  outbox_init();
  if (!is_instance(root, error) ||
      (needs[purpose].lock && (keeper->lock = file_lock(root, LOCK_PATH, error)) < 0) ||
      !open_ledger(keeper, &needs[purpose], error) || !names_preload(error))
    return NULL;
  if (needs[purpose].settings) {
    keeper->configuration = intake_read_configuration(root, error);
    keeper->catalog = keeper->configuration != NULL
                          ? intake_read_catalog(root, keeper->configuration, error)
                          : NULL;
    if (keeper->catalog == NULL)
      return NULL;
  }
  if (needs[purpose].keys &&
      (!pki_init(PKI_SECURE_HEAP_KEEPER, error) || !keeper_open_wrapping_key(keeper, error) ||
       !keeper_load_authority(keeper, error)))
    return NULL;
  return g_steal_pointer(&keeper);
}

void keeper_close(Keeper *keeper)
{
  if (keeper == NULL)
    return;
  g_clear_pointer(&keeper->pool, intake_pool_free);
  keeper_finish_writing(keeper, NULL);
  keeper_forget_issues(keeper);
  keeper_makers_free(keeper->makers);
  g_ptr_array_unref(keeper->issues);
  g_ptr_array_unref(keeper->archives);
  g_hash_table_unref(keeper->paths);
  g_ptr_array_unref(keeper->outputs);
  g_ptr_array_unref(keeper->decided);
  g_hash_table_unref(keeper->untold);
  ledger_close(keeper->ledger);
  pki_authority_free(keeper->authority);
  g_clear_pointer(&keeper->own_authority, g_ptr_array_unref);
  pki_key_free(keeper->rehearsal_key);
  pki_wrapping_key_free(keeper->wrapping_key);
  g_clear_pointer(&keeper->chain, g_bytes_unref);
  catalog_free(keeper->catalog);
  configuration_free(keeper->configuration);
  g_ptr_array_unref(keeper->messages);
  if (keeper->lock >= 0)
    close(keeper->lock);
  g_free(keeper);
}

gboolean keeper_report(Keeper *keeper, guint *ret_written, GError **error)
{
  g_autoptr(Ledger) second = NULL;
  ReportsContext context = keeper_reports_context(keeper);
  if (!keeper_open_second(keeper, &second, error))
    return FALSE;
  context.second = second;
  return reports_make_all(&context, ret_written, error);
}

gboolean keeper_show(Keeper *keeper, const char *id, char **ret_markdown, GError **error)
{
  const ReportsContext context = keeper_reports_context(keeper);
  char *markdown = NULL;
  if (!reports_certificate_markdown(&context, id, &markdown, error) ||
      (markdown == NULL && !reports_order_markdown(&context, id, &markdown, error)))
    return FALSE;
  *ret_markdown = markdown;
  return TRUE;
}

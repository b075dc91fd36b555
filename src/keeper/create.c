#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "keeper/keeper-private.h"

/* The folders of an instance. Others may look at the pages and fetch the CA's
 * files; the inbox is as open as its owner makes it; the rest is private. */
static const struct {
  const char *path;
  mode_t mode;
} folders[] = {
    {"inbox", 0755},
    {DONE, 0700},
    {REJECTED, 0700},
    {"outbox", 0755},
    {"outbox/pki", 0755},
    {"outbox/receipts", 0700},
    {"outbox/certificates", 0700},
    {"outbox/csr", 0700},
    {"outbox/deploy", 0700},
    {"outbox/letters", 0700},
    {"outbox/mail", 0700},
    {"outbox/verification", 0700},
    {"reports", 0755},
    {"state", 0700},
    {"state/ca", 0700},
};

static gboolean exists(int root, const char *path)
{
  return faccessat(root, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static gboolean create_folders(int root, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS(folders); i++)
    if (!exists(root, folders[i].path) &&
        !file_make_folder(root, folders[i].path, folders[i].mode, error))
      return FALSE;
  return TRUE;
}

static gboolean create_from_template(int root, const char *name, GError **error)
{
  if (exists(root, name))
    return TRUE;
  g_autofree char *resource = g_strdup_printf("/certdrop/templates/%s", name);
  g_autoptr(GBytes) content = g_resources_lookup_data(resource, 0, error);
  return content != NULL && file_write(root, name, g_bytes_get_data(content, NULL),
                                       g_bytes_get_size(content), 0644, error);
}

static gboolean create_wrapping_key(int root, GError **error)
{
  if (exists(root, WRAPPING_KEY_PATH))
    return TRUE;
  g_autoptr(PkiWrappingKey) key = pki_wrapping_key_generate(error);
  if (key == NULL)
    return FALSE;
  const Secret *secret = pki_wrapping_key_secret(key);
  return file_write(root, WRAPPING_KEY_PATH, secret->data, secret->length, 0600, error);
}

static gboolean write_part(int root, const char *path, GBytes *content, GError **error)
{
  return file_write(root, path, g_bytes_get_data(content, NULL), g_bytes_get_size(content), 0600,
                    error);
}

/* The issuing certificate is written last: where it is, all of the authority is. */
static gboolean create_authority(Keeper *keeper, gint64 now, GError **error)
{
  int root = keeper->root;
  if (exists(root, ISSUING_CERTIFICATE_PATH))
    return TRUE;
  const PkiAuthorityParameters parameters = {
      .organization = configuration_organization_name(keeper->configuration),
      .public_url = configuration_public_url(keeper->configuration),
      .now = now,
  };
  g_autoptr(PkiAuthorityParts) parts =
      pki_authority_create(&parameters, keeper->wrapping_key, error);
  return parts != NULL && write_part(root, ROOT_KEY_PATH, parts->root_key, error) &&
         write_part(root, ROOT_CERTIFICATE_PATH, parts->root_certificate, error) &&
         write_part(root, ISSUING_KEY_PATH, parts->issuing_key, error) &&
         write_part(root, ISSUING_CERTIFICATE_PATH, parts->issuing_certificate, error);
}

static gboolean publish(int root, const char *path, const void *bytes, gsize length, GError **error)
{
  return file_replace(root, path, bytes, length, 0644, NULL, error);
}

/* In PEM for people and servers, in DER where RFC 5280 4.2.2.1 has it fetched. */
gboolean keeper_publish_authority(Keeper *keeper, GError **error)
{
  int root = keeper->root;
  g_autoptr(GBytes) root_der = keeper_read_certificate(root, PKI_AUTHORITY_ROLE_ROOT, error);
  g_autoptr(GBytes) issuing_der =
      root_der != NULL ? keeper_read_certificate(root, PKI_AUTHORITY_ROLE_ISSUING, error) : NULL;
  if (issuing_der == NULL)
    return FALSE;
  GBytes *const chain[] = {issuing_der, root_der};
  g_autofree char *root_pem = pki_certificate_to_pem(root_der);
  g_autofree char *issuing_pem = pki_certificate_to_pem(issuing_der);
  g_autofree char *chain_pem = pki_chain_to_pem(chain, G_N_ELEMENTS(chain));
  return publish(root, PKI_FOLDER "root.crt", root_pem, strlen(root_pem), error) &&
         publish(root, PKI_FOLDER "issuing.pem", issuing_pem, strlen(issuing_pem), error) &&
         publish(root, PKI_FOLDER "chain.pem", chain_pem, strlen(chain_pem), error) &&
         publish(root, PKI_FOLDER "issuing.crt", g_bytes_get_data(issuing_der, NULL),
                 g_bytes_get_size(issuing_der), error);
}

static gboolean create_keys(int root, gint64 now, GError **error)
{
  g_autoptr(Keeper) keeper = keeper_new(root, KEEPER_FOR_RUN);
  keeper->configuration = intake_read_configuration(root, error);
  return keeper->configuration != NULL && pki_init(PKI_SECURE_HEAP_KEEPER, error) &&
         create_wrapping_key(root, error) && keeper_open_wrapping_key(keeper, error) &&
         create_authority(keeper, now, error) && keeper_publish_authority(keeper, error);
}

static gboolean create_ledger(int root, GError **error)
{
  g_autofree char *path = keeper_instance_path(root, LEDGER_PATH, error);
  if (path == NULL)
    return FALSE;
  g_autoptr(Ledger) ledger = ledger_open(path, TRUE, error);
  return ledger != NULL;
}

/* The first CRLs and pages, as a run makes them. */
static gboolean create_first_files(int root, gint64 now, GError **error)
{
  g_autoptr(Keeper) keeper = keeper_open(root, KEEPER_FOR_RUN, error);
  if (keeper == NULL)
    return FALSE;
  keeper->now = now;
  if (!keeper_group_begin(keeper, error))
    return FALSE;
  if (!keeper_refresh_crls(keeper, error) || !keeper_group_end(keeper, error)) {
    keeper_group_undo(keeper);
    return FALSE;
  }
  return keeper_recover_outputs(keeper, error) && keeper_report(keeper, NULL, error);
}

gboolean keeper_create(int root, gint64 now, gboolean *ret_made, GError **error)
{
  gboolean there = exists(root, LEDGER_PATH);
  if (!create_folders(root, error) || !create_from_template(root, "certdrop.xml", error) ||
      !create_from_template(root, "catalog.xml", error) || !create_keys(root, now, error) ||
      !create_ledger(root, error) || (!there && !create_first_files(root, now, error)))
    return FALSE;
  *ret_made = !there;
  return TRUE;
}

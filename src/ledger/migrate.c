#include <gio/gio.h>

#include "base/error.h"
#include "ledger/ledger-private.h"

/* The schema, version by version. A new ledger goes through all of them, an older
 * one through those that it has not had yet, so that both end as the same tables.
 * What has been released is never changed: a later version adds a script. */
static const char *const schemas[] = {
    "/certdrop/ledger/schema-1.sql",
    "/certdrop/ledger/schema-2.sql",
    "/certdrop/ledger/schema-3.sql",
};

static gboolean ledger_read_version(Ledger *ledger, gint64 *ret_version, GError **error)
{
  gint64 tables = 0, version = 0;
  if (!ledger_number(ledger, &tables, error,
                     "SELECT COUNT(*) FROM sqlite_master WHERE name = 'meta'", "") ||
      (tables > 0 &&
       !ledger_number(ledger, &version, error, "SELECT value FROM meta WHERE name = 'schema'", "")))
    return FALSE;
  *ret_version = version;
  return TRUE;
}

static gboolean ledger_is_not_later(gint64 version, GError **error)
{
  if (version <= (gint64)G_N_ELEMENTS(schemas))
    return TRUE;
  g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_CORRUPT,
              "state/ledger.db: its schema is version %" G_GINT64_FORMAT
              ", this certdrop knows version %" G_GSIZE_FORMAT "; use a certdrop that is as new",
              version, G_N_ELEMENTS(schemas));
  return FALSE;
}

static gboolean ledger_apply_schema(Ledger *ledger, gint64 version, GError **error)
{
  g_autoptr(GBytes) schema = g_resources_lookup_data(schemas[version - 1], 0, error);
  if (schema == NULL)
    return FALSE;
  g_autofree char *sql = g_strndup(g_bytes_get_data(schema, NULL), g_bytes_get_size(schema));
  return ledger_execute(ledger, sql, error) && ledger_put_number(ledger, "schema", version, error);
}

/* All versions are one transaction: a ledger is of the old one, or of the new. */
static gboolean ledger_apply_schemas(Ledger *ledger, gint64 version, GError **error)
{
  if (!ledger_begin(ledger, error))
    return FALSE;
  while (version < (gint64)G_N_ELEMENTS(schemas))
    if (!ledger_apply_schema(ledger, ++version, error)) {
      ledger_rollback(ledger);
      return FALSE;
    }
  return ledger_commit(ledger, error);
}

gboolean ledger_migrate(Ledger *ledger, GError **error)
{
  gint64 version = 0;
  if (!ledger_read_version(ledger, &version, error) || !ledger_is_not_later(version, error))
    return FALSE;
  return version == (gint64)G_N_ELEMENTS(schemas) || ledger_apply_schemas(ledger, version, error);
}

gboolean ledger_check_version(Ledger *ledger, GError **error)
{
  gint64 version = 0;
  if (!ledger_read_version(ledger, &version, error) || !ledger_is_not_later(version, error))
    return FALSE;
  if (version == (gint64)G_N_ELEMENTS(schemas))
    return TRUE;
  g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_USAGE,
              "state/ledger.db: its schema is version %" G_GINT64_FORMAT
              ", this certdrop knows version %" G_GSIZE_FORMAT
              "; `certdrop run` brings it up to date",
              version, G_N_ELEMENTS(schemas));
  return FALSE;
}

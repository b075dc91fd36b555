#include "keeper/keeper-private.h"

struct KeeperSpool {
  char *path;
  KeeperOutput *output; /* NULL: no part is stored yet; belongs to the group */
  GChecksum *digest;    /* of the parts */
};

KeeperSpool *keeper_spool_new(char *path)
{
  KeeperSpool *spool = g_new0(KeeperSpool, 1);
  spool->path = path;
  spool->digest = g_checksum_new(G_CHECKSUM_SHA256);
  return spool;
}

void keeper_spool_free(KeeperSpool *spool)
{
  if (spool == NULL)
    return;
  g_free(spool->path);
  g_checksum_free(spool->digest);
  g_free(spool);
}

/* The row has to be there before its parts; what its SHA-256 is, is known after them. */
static gboolean spool_begin(Keeper *keeper, KeeperSpool *spool, GError **error)
{
  KeeperOutput *output = keeper_output_new(LEDGER_OUTPUT_DOCUMENT, g_strdup(spool->path));
  output->row->receipt = TRUE;
  output->row->sha256 = g_strdup("");
  spool->output = output;
  return keeper_add_output(keeper, output, error);
}

gboolean keeper_spool_add(Keeper *keeper, KeeperSpool *spool, GBytes *part, GError **error)
{
  g_autoptr(GBytes) own = part;
  gsize length = 0;
  const guchar *bytes = g_bytes_get_data(own, &length);
  g_checksum_update(spool->digest, bytes, (gssize)length);
  return (spool->output != NULL || spool_begin(keeper, spool, error)) &&
         ledger_add_output_part(keeper->ledger, spool->output->row, own, error);
}

gboolean keeper_spool_end(Keeper *keeper, KeeperSpool *spool, GBytes *rest, GError **error)
{
  if (spool->output == NULL) {
    KeeperOutput *output = keeper_output_new_document(g_strdup(spool->path), rest);
    output->row->receipt = TRUE;
    return keeper_add_output(keeper, output, error);
  }
  if (!keeper_spool_add(keeper, spool, rest, error))
    return FALSE;
  LedgerOutput *row = spool->output->row;
  g_free(row->sha256);
  row->sha256 = g_strdup(g_checksum_get_string(spool->digest));
  return ledger_end_output_parts(keeper->ledger, row, error);
}

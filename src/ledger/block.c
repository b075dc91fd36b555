#include "ledger/ledger-private.h"

gboolean ledger_next_block(Ledger *ledger, gint64 block, int direction, guint statuses,
                           gint64 *ret_block, GError **error)
{
  gint64 nearest = -1;
  for (LifecycleStatus status = 1; status < LIFECYCLE_STATUS_N; status++) {
    if (statuses != 0 && (statuses & (1u << status)) == 0)
      continue;
    gint64 found = -1;
    gboolean ok = direction < 0
                      ? ledger_number(ledger, &found, error,
                                      "SELECT block FROM block WHERE status = $1 AND block < $2 "
                                      "ORDER BY block DESC LIMIT 1",
                                      "nn", (gint64)status, block)
                      : ledger_number(ledger, &found, error,
                                      "SELECT block FROM block WHERE status = $1 AND block > $2 "
                                      "ORDER BY block LIMIT 1",
                                      "nn", (gint64)status, block);
    if (!ok)
      return FALSE;
    if (found >= 0 && (nearest < 0 || (direction < 0 ? found > nearest : found < nearest)))
      nearest = found;
  }
  *ret_block = nearest;
  return TRUE;
}

GArray *ledger_spans_from_rows(Ledger *ledger, sqlite3_stmt *row, GError **error)
{
  if (row == NULL)
    return NULL;
  g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(LedgerSpan));
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0) {
    const LedgerSpan one = {sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 0)};
    LedgerSpan *newer = spans->len > 0 ? &g_array_index(spans, LedgerSpan, spans->len - 1) : NULL;
    if (newer != NULL && newer->first == one.last + 1)
      newer->first = one.first;
    else
      g_array_append_val(spans, one);
  }
  return more == 0 ? g_steal_pointer(&spans) : NULL;
}

/* A list's page names its neighbours, so that one that begins or ends to exist
 * changes them too. */
static gboolean mark_neighbours(Ledger *ledger, gint64 block, guint statuses, gint64 key_status,
                                GError **error)
{
  for (int direction = -1; direction <= 1; direction += 2) {
    gint64 neighbour = -1;
    if (!ledger_next_block(ledger, block, direction, statuses, &neighbour, error))
      return FALSE;
    if (neighbour >= 0)
      ledger_mark_stale(ledger, LEDGER_STALE_BLOCK, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
                        key_status, neighbour);
  }
  return TRUE;
}

/* Which statuses the certificates of BLOCK have, as a set. */
static gboolean statuses_in_block(Ledger *ledger, gint64 block, guint *ret_statuses, GError **error)
{
  G_STATIC_ASSERT(LIFECYCLE_STATUS_N == 9);
  sqlite3_stmt *row = ledger_query(ledger, error,
                                   "SELECT status FROM block WHERE status IN (1, 2, 3, 4, 5, 6, 7, "
                                   "8) AND block = $1",
                                   "n", block);
  if (row == NULL)
    return FALSE;
  guint statuses = 0;
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0)
    statuses |= 1u << sqlite3_column_int(row, 0);
  *ret_statuses = statuses;
  return more == 0;
}

/* BLOCK has its first certificate of STATUS, or has lost its last: if no other one keeps the
 * page, the lists of the unissued and of all thereby got or lost one. */
static gboolean mark_lists(Ledger *ledger, gint64 block, LifecycleStatus status, GError **error)
{
  guint own = 1u << status, unissued = lifecycle_unissued_statuses(), there = 0;
  if (!statuses_in_block(ledger, block, &there, error))
    return FALSE;
  guint others = there & ~own;
  if ((unissued & own) != 0 && (others & unissued) == 0 &&
      !mark_neighbours(ledger, block, unissued, status, error))
    return FALSE;
  return others != 0 || mark_neighbours(ledger, block, 0, 0, error);
}

void ledger_mark_listed(Ledger *ledger, gint64 number, gint64 status)
{
  gint64 block = (number - 1) / LEDGER_BLOCK_SIZE;
  ledger_mark_stale(ledger, LEDGER_STALE_BLOCK, "0 %" G_GINT64_FORMAT, block);
  ledger_mark_stale(ledger, LEDGER_STALE_BLOCK, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, status,
                    block);
}

/* What a transaction changes of a block, by status: a certificate goes through several statuses
 * in one, of which the table need not know. */
typedef struct {
  gint64 block;
  LifecycleStatus status;
  gint64 change;
  gboolean turned; /* its first certificate came, or its last one went */
} BlockChange;

static guint block_change_hash(gconstpointer key)
{
  const BlockChange *change = key;
  return (guint)change->block * LIFECYCLE_STATUS_N + (guint)change->status;
}

static gboolean block_change_equal(gconstpointer one, gconstpointer other)
{
  const BlockChange *a = one, *b = other;
  return a->block == b->block && a->status == b->status;
}

GHashTable *ledger_new_blocks(void)
{
  return g_hash_table_new_full(block_change_hash, block_change_equal, g_free, NULL);
}

void ledger_change_block(Ledger *ledger, gint64 number, LifecycleStatus status, int change)
{
  const BlockChange of = {.block = (number - 1) / LEDGER_BLOCK_SIZE, .status = status};
  BlockChange *known = g_hash_table_lookup(ledger->blocks, &of);
  if (known == NULL) {
    known = g_memdup2(&of, sizeof of);
    g_hash_table_add(ledger->blocks, known);
    ledger_mark_listed(ledger, number, status);
  }
  known->change += change;
}

static gboolean block_change_store(Ledger *ledger, BlockChange *change, GError **error)
{
  gint64 before = 0;
  if (change->change == 0)
    return TRUE;
  if (!ledger_number(ledger, &before, error,
                     "SELECT certificates FROM block WHERE status = $1 AND block = $2", "nn",
                     (gint64)change->status, change->block))
    return FALSE;
  gint64 after = before + change->change;
  change->turned = before == 0 || after == 0;
  if (after == 0)
    return ledger_do(ledger, error, "DELETE FROM block WHERE status = $1 AND block = $2", "nn",
                     (gint64)change->status, change->block);
  return ledger_do(ledger, error,
                   "INSERT INTO block VALUES ($1, $2, $3) ON CONFLICT (status, block) DO UPDATE "
                   "SET certificates = excluded.certificates",
                   "nnn", change->block, (gint64)change->status, after);
}

/* Which lists got or lost a page is asked when all counts are what they will be. */
gboolean ledger_flush_blocks(Ledger *ledger, GError **error)
{
  g_autoptr(GList) changes = g_hash_table_get_keys(ledger->blocks);
  for (const GList *at = changes; at != NULL; at = at->next)
    if (!block_change_store(ledger, at->data, error))
      return FALSE;
  for (const GList *at = changes; at != NULL; at = at->next) {
    const BlockChange *change = at->data;
    if (change->turned && !mark_lists(ledger, change->block, change->status, error))
      return FALSE;
  }
  g_hash_table_remove_all(ledger->blocks);
  return TRUE;
}

gboolean ledger_count_statuses(Ledger *ledger, gint64 *ret_counts, GError **error)
{
  gint64 counts[LIFECYCLE_STATUS_N] = {0};
  sqlite3_stmt *row = ledger_query(
      ledger, error, "SELECT status, SUM(certificates) FROM block GROUP BY status", "");
  if (row == NULL)
    return FALSE;
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0) {
    gint64 status = sqlite3_column_int64(row, 0);
    g_assert(status > 0 && status < LIFECYCLE_STATUS_N);
    counts[status] = sqlite3_column_int64(row, 1);
    counts[0] += counts[status];
  }
  for (int i = 0; more == 0 && i < LIFECYCLE_STATUS_N; i++)
    ret_counts[i] = counts[i];
  return more == 0;
}

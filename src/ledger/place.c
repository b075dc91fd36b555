#include "ledger/deployment-private.h"

/* How many deployments a place has, a product in a region, cut into blocks by the numbers of
 * the certificates. */

G_STATIC_ASSERT(LEDGER_BLOCK_SIZE == 100 && LIFECYCLE_DEPLOYMENT_GONE == 5 &&
                LIFECYCLE_DEPLOYMENT_N == 6);

void ledger_place_free(LedgerPlace *place)
{
  if (place == NULL)
    return;
  g_free(place->product);
  g_free(place->region);
  g_free(place);
}

void ledger_placed_free(LedgerPlaced *placed)
{
  if (placed == NULL)
    return;
  ledger_deployment_free(placed->deployment);
  g_strfreev(placed->names);
  g_free(placed);
}

static void mark_place(Ledger *ledger, const LedgerDeployment *deployment, gint64 block)
{
  ledger_mark_stale(ledger, LEDGER_STALE_PLACE, "%" G_GINT64_FORMAT " %s %s", block,
                    deployment->product, deployment->region);
}

gboolean ledger_next_place_block(Ledger *ledger, const char *product, const char *region,
                                 gint64 block, int direction, gint64 *ret_block, GError **error)
{
  gint64 found = -1;
  gboolean ok = direction < 0
                    ? ledger_number(ledger, &found, error,
                                    "SELECT block FROM place_block WHERE product = $1 AND region = "
                                    "$2 AND block < $3 ORDER BY block DESC LIMIT 1",
                                    "ttn", product, region, block)
                    : ledger_number(ledger, &found, error,
                                    "SELECT block FROM place_block WHERE product = $1 AND region = "
                                    "$2 AND block > $3 ORDER BY block LIMIT 1",
                                    "ttn", product, region, block);
  if (ok)
    *ret_block = found;
  return ok;
}

/* A page names its neighbours. */
static gboolean mark_neighbours(Ledger *ledger, const LedgerDeployment *deployment, gint64 block,
                                GError **error)
{
  for (int direction = -1; direction <= 1; direction += 2) {
    gint64 neighbour = -1;
    if (!ledger_next_place_block(ledger, deployment->product, deployment->region, block, direction,
                                 &neighbour, error))
      return FALSE;
    if (neighbour >= 0)
      mark_place(ledger, deployment, neighbour);
  }
  return TRUE;
}

static gboolean put_count(Ledger *ledger, const LedgerDeployment *deployment, gint64 block,
                          LifecycleDeploymentState state, gint64 count, GError **error)
{
  if (count == 0)
    return ledger_do(ledger, error,
                     "DELETE FROM place_block WHERE product = $1 AND region = $2 AND block = $3 "
                     "AND state = $4",
                     "ttnn", deployment->product, deployment->region, block, (gint64)state);
  return ledger_do(ledger, error,
                   "INSERT INTO place_block VALUES ($1, $2, $3, $4, $5) ON CONFLICT (product, "
                   "region, block, state) DO UPDATE SET deployments = excluded.deployments",
                   "ttnnn", deployment->product, deployment->region, block, (gint64)state, count);
}

gboolean ledger_change_place(Ledger *ledger, const LedgerDeployment *deployment,
                             LifecycleDeploymentState state, int change, GError **error)
{
  gint64 number = 0, before = 0, all = 0;
  if (state == 0 || state == LIFECYCLE_DEPLOYMENT_GONE)
    return TRUE;
  if (!ledger_certificate_number(ledger, deployment->certificate, &number, error))
    return FALSE;
  gint64 block = (number - 1) / LEDGER_BLOCK_SIZE;
  mark_place(ledger, deployment, block);
  if (!ledger_number(ledger, &before, error,
                     "SELECT deployments FROM place_block WHERE product = $1 AND region = $2 AND "
                     "block = $3 AND state = $4",
                     "ttnn", deployment->product, deployment->region, block, (gint64)state) ||
      !put_count(ledger, deployment, block, state, before + change, error) ||
      !ledger_number(ledger, &all, error,
                     "SELECT COALESCE(SUM(deployments), 0) FROM place_block WHERE product = $1 AND "
                     "region = $2 AND block = $3",
                     "ttn", deployment->product, deployment->region, block))
    return FALSE;
  gboolean began = change > 0 && all == change, ended = all == 0;
  return (!began && !ended) || mark_neighbours(ledger, deployment, block, error);
}

GPtrArray *ledger_places(Ledger *ledger, GError **error)
{
  sqlite3_stmt *row = ledger_query(ledger, error,
                                   "SELECT product, region, state, SUM(deployments) FROM "
                                   "place_block GROUP BY product, region, state ORDER BY product, "
                                   "region, state",
                                   "");
  if (row == NULL)
    return NULL;
  g_autoptr(GPtrArray) places = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_place_free);
  LedgerPlace *place = NULL;
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0) {
    const char *product = (const char *)sqlite3_column_text(row, 0);
    const char *region = (const char *)sqlite3_column_text(row, 1);
    if (place == NULL || g_strcmp0(place->product, product) != 0 ||
        g_strcmp0(place->region, region) != 0) {
      place = g_new0(LedgerPlace, 1);
      place->product = g_strdup(product);
      place->region = g_strdup(region);
      g_ptr_array_add(places, place);
    }
    gint64 state = sqlite3_column_int64(row, 2);
    g_assert(state > 0 && state < LIFECYCLE_DEPLOYMENT_N);
    place->counts[state] = sqlite3_column_int64(row, 3);
  }
  return more == 0 ? g_steal_pointer(&places) : NULL;
}

#include "ledger/deployment-private.h"

/* What is deployed where: how it is read and stored. How it changes is in
 * deployment-change.c. */

G_STATIC_ASSERT(LIFECYCLE_DEPLOYMENT_PENDING == 1 && LIFECYCLE_DEPLOYMENT_DONE == 2 &&
                LIFECYCLE_DEPLOYMENT_FAILED == 3 && LIFECYCLE_DEPLOYMENT_LEAVING == 4 &&
                LIFECYCLE_DEPLOYMENT_GONE == 5 && LIFECYCLE_STATUS_ISSUED == 5);

#define DEPLOYMENT_COLUMNS                                                                         \
  "d.certificate, d.product, d.region, d.title, d.whole, d.by_command, d.state, d.serial, "        \
  "d.replaces, d.since, d.attempts, d.next_try, d.failing_since, d.output, d.file"
#define DEPLOYMENT_COLUMN_N 15
#define SELECT_DEPLOYMENT "SELECT " DEPLOYMENT_COLUMNS " FROM deployment d "

void ledger_deployment_free(LedgerDeployment *deployment)
{
  if (deployment == NULL)
    return;
  g_free(deployment->certificate);
  g_free(deployment->product);
  g_free(deployment->region);
  g_free(deployment->title);
  g_free(deployment->serial);
  g_free(deployment->replaces);
  g_free(deployment->output);
  g_free(deployment);
}

static LedgerDeployment *deployment_from_row(sqlite3_stmt *row)
{
  LedgerDeployment *deployment = g_new0(LedgerDeployment, 1);
  deployment->certificate = column_text(row, 0);
  deployment->product = column_text(row, 1);
  deployment->region = column_text(row, 2);
  deployment->title = column_text(row, 3);
  deployment->whole = sqlite3_column_int64(row, 4) != 0;
  deployment->by_command = sqlite3_column_int64(row, 5) != 0;
  deployment->state = (LifecycleDeploymentState)sqlite3_column_int64(row, 6);
  deployment->serial = column_text(row, 7);
  deployment->replaces = column_text(row, 8);
  deployment->since = sqlite3_column_int64(row, 9);
  deployment->attempts = sqlite3_column_int64(row, 10);
  deployment->next_try = sqlite3_column_int64(row, 11);
  deployment->failing_since = sqlite3_column_int64(row, 12);
  deployment->output = column_text(row, 13);
  deployment->file = sqlite3_column_int64(row, 14);
  return deployment;
}

static GPtrArray *deployments_from_rows(Ledger *ledger, sqlite3_stmt *row, GError **error)
{
  if (row == NULL)
    return NULL;
  g_autoptr(GPtrArray) deployments =
      g_ptr_array_new_with_free_func((GDestroyNotify)ledger_deployment_free);
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0)
    g_ptr_array_add(deployments, deployment_from_row(row));
  return more == 0 ? g_steal_pointer(&deployments) : NULL;
}

GPtrArray *ledger_deployments_of(Ledger *ledger, const char *certificate, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error, SELECT_DEPLOYMENT "WHERE d.certificate = $1 ORDER BY d.product, d.region", "t",
      certificate);
  return deployments_from_rows(ledger, row, error);
}

gboolean ledger_read_deployment(Ledger *ledger, const char *certificate, const char *product,
                                const char *region, LedgerDeployment **ret_deployment,
                                GError **error)
{
  sqlite3_stmt *row = ledger_query(ledger, error,
                                   SELECT_DEPLOYMENT
                                   "WHERE d.certificate = $1 AND d.product = $2 AND d.region = $3",
                                   "ttt", certificate, product, region);
  g_autoptr(GPtrArray) found = deployments_from_rows(ledger, row, error);
  if (found == NULL)
    return FALSE;
  *ret_deployment = found->len > 0 ? g_ptr_array_steal_index(found, 0) : NULL;
  return TRUE;
}

static LedgerPlaced *placed_from_row(sqlite3_stmt *row)
{
  LedgerPlaced *placed = g_new0(LedgerPlaced, 1);
  placed->deployment = deployment_from_row(row);
  const char *names = (const char *)sqlite3_column_text(row, DEPLOYMENT_COLUMN_N);
  placed->names = names != NULL ? g_strsplit(names, " ", 0) : NULL;
  placed->not_after = sqlite3_column_int64(row, DEPLOYMENT_COLUMN_N + 1);
  return placed;
}

GPtrArray *ledger_placed_in_block(Ledger *ledger, const char *product, const char *region,
                                  gint64 block, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      "SELECT " DEPLOYMENT_COLUMNS
      ", i.names, i.not_after FROM certificate c JOIN deployment d ON d.certificate = c.id AND "
      "d.product = $1 AND d.region = $2 AND d.state < 5 LEFT JOIN issue i ON i.number = (SELECT "
      "MAX(number) FROM issue WHERE certificate = c.id AND serial = d.serial) "
      "WHERE c.number > $3 AND c.number <= $4 ORDER BY c.number DESC",
      "ttnn", product, region, block * LEDGER_BLOCK_SIZE, (block + 1) * LEDGER_BLOCK_SIZE);
  if (row == NULL)
    return NULL;
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_placed_free);
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0)
    g_ptr_array_add(all, placed_from_row(row));
  return more == 0 ? g_steal_pointer(&all) : NULL;
}

GPtrArray *ledger_due_deployments(Ledger *ledger, gint64 now, guint limit, GError **error)
{
  sqlite3_stmt *row = ledger_query(ledger, error,
                                   SELECT_DEPLOYMENT
                                   "WHERE d.next_try > 0 AND d.next_try <= $1 ORDER BY d.next_try, "
                                   "d.certificate LIMIT $2",
                                   "nn", now, (gint64)limit);
  return deployments_from_rows(ledger, row, error);
}

GPtrArray *ledger_failing_deployments(Ledger *ledger, guint limit, gint64 *ret_count,
                                      GError **error)
{
  if (!ledger_number(ledger, ret_count, error,
                     "SELECT COUNT(*) FROM deployment WHERE failing_since > 0", ""))
    return NULL;
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      SELECT_DEPLOYMENT "WHERE d.failing_since > 0 ORDER BY d.failing_since, d.certificate LIMIT "
                        "$1",
      "n", (gint64)limit);
  return deployments_from_rows(ledger, row, error);
}

GPtrArray *ledger_deployments_without(Ledger *ledger, const char *product, const char *region,
                                      guint limit, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      SELECT_DEPLOYMENT "JOIN certificate c ON c.id = d.certificate WHERE d.product = $1 AND "
                        "d.whole = 1 AND d.state IN (1, 2, 3) AND c.status = 5 AND NOT EXISTS "
                        "(SELECT 1 FROM deployment b WHERE b.certificate = d.certificate AND "
                        "b.product = $1 AND b.whole = 1 AND b.state IN (1, 2, 3) AND b.region < "
                        "d.region) AND NOT EXISTS "
                        "(SELECT 1 FROM deployment o WHERE o.certificate = d.certificate AND "
                        "o.product = $1 AND o.region = $2) LIMIT $3",
      "ttn", product, region, (gint64)limit);
  return deployments_from_rows(ledger, row, error);
}

GPtrArray *ledger_deployments_without_command(Ledger *ledger, const char *product, guint limit,
                                              GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      SELECT_DEPLOYMENT "JOIN certificate c ON c.id = d.certificate WHERE d.product = $1 AND "
                        "d.by_command = 0 AND d.state = 2 AND c.status = 5 LIMIT $2",
      "tn", product, (gint64)limit);
  return deployments_from_rows(ledger, row, error);
}

/* "slb cn-hangzhou, serial 1F, instead of 0E" for the log. */
char *deployment_describe(const LedgerDeployment *deployment)
{
  return g_strdup_printf("%s%s%s, serial %s%s%s", deployment->product,
                         *deployment->region != '\0' ? " " : "", deployment->region,
                         deployment->serial, deployment->replaces != NULL ? ", instead of " : "",
                         deployment->replaces != NULL ? deployment->replaces : "");
}

/* Lists show the products that have the certificate, in this issue or an earlier one. */
static gboolean refresh_products(Ledger *ledger, const char *certificate, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      "SELECT DISTINCT d.product FROM deployment d WHERE d.certificate = $1 AND (d.state IN (2, 4) "
      "OR (d.state IN (1, 3) AND EXISTS (SELECT 1 FROM issue i WHERE i.certificate = d.certificate "
      "AND i.serial = d.replaces))) ORDER BY d.product",
      "t", certificate);
  g_autoptr(GString) products = g_string_new(NULL);
  int more = row != NULL ? 0 : -1;
  while (more >= 0 && (more = ledger_next(ledger, row, error)) > 0)
    g_string_append_printf(products, "%s%s", products->len > 0 ? " " : "",
                           (const char *)sqlite3_column_text(row, 0));
  if (more < 0)
    return FALSE;
  sqlite3_stmt *changed =
      ledger_query(ledger, error,
                   "UPDATE certificate SET deployed = $1 WHERE id = $2 AND COALESCE(deployed, '') "
                   "<> COALESCE($1, '') RETURNING number, status",
                   "tt", products->len > 0 ? products->str : NULL, certificate);
  more = changed != NULL ? ledger_next(ledger, changed, error) : -1;
  if (more > 0) {
    ledger_mark_listed(ledger, sqlite3_column_int64(changed, 0), sqlite3_column_int64(changed, 1));
    sqlite3_reset(changed);
  }
  return more >= 0;
}

/* What the pages of its place count and show. */
static gboolean change_place(Ledger *ledger, const LedgerDeployment *deployment, GError **error)
{
  gint64 before = 0;
  return ledger_number(ledger, &before, error,
                       "SELECT state FROM deployment WHERE certificate = $1 AND product = $2 AND "
                       "region = $3",
                       "ttt", deployment->certificate, deployment->product, deployment->region) &&
         ledger_change_place(ledger, deployment, deployment->state, 1, error) &&
         ledger_change_place(ledger, deployment, (LifecycleDeploymentState)before, -1, error);
}

gboolean deployment_store(Ledger *ledger, const LedgerDeployment *deployment, GError **error)
{
  ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", deployment->certificate);
  return change_place(ledger, deployment, error) &&
         ledger_do(ledger, error,
                   "INSERT INTO deployment (certificate, product, region, title, whole, "
                   "by_command, state, serial, replaces, since, attempts, next_try, failing_since, "
                   "output, file) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
                   "$14, $15) ON CONFLICT (certificate, product, region) DO UPDATE SET title = "
                   "excluded.title, whole = excluded.whole, by_command = excluded.by_command, "
                   "state = excluded.state, serial = excluded.serial, replaces = "
                   "excluded.replaces, since = excluded.since, attempts = excluded.attempts, "
                   "next_try = excluded.next_try, failing_since = excluded.failing_since, output = "
                   "excluded.output, file = excluded.file",
                   "ttttnnnttnnnntn", deployment->certificate, deployment->product,
                   deployment->region, deployment->title, (gint64)deployment->whole,
                   (gint64)deployment->by_command, (gint64)deployment->state, deployment->serial,
                   deployment->replaces, deployment->since, deployment->attempts,
                   deployment->next_try, deployment->failing_since, deployment->output,
                   deployment->file) &&
         refresh_products(ledger, deployment->certificate, error);
}

gboolean ledger_put_deployment(Ledger *ledger, const LedgerDeployment *deployment, gint64 now,
                               const char *what, const char *text, GError **error)
{
  g_autofree char *place = deployment_describe(deployment);
  g_autofree char *entry = text != NULL ? g_strdup_printf("%s: %s", place, text) : g_strdup(place);
  return deployment_store(ledger, deployment, error) &&
         (what == NULL || ledger_log(ledger, now, what, deployment->certificate, 0, entry, error));
}

#include "base/clock.h"
#include "base/error.h"
#include "ledger/ledger-private.h"

#define CERTIFICATE_COLUMNS                                                                        \
  "c.number, c.id, c.order_ref, c.status, o.product, o.years, COALESCE(i.names, c.names), "        \
  "c.created, c.changed, "                                                                         \
  "c.submitted, c.first_issued, c.not_before, c.not_after, c.term_end, i.serial, i.sha256, "       \
  "i.spki_sha256, k.kind, k.wrapped IS NOT NULL, c.uploaded, c.forerunner, c.successor, "          \
  "c.due, c.failing_since, c.failures, c.failure, c.review_asked, c.name, "                        \
  "c.deployed, c.revoked, c.reason, c.deleted, o.price - o.cancelled, o.currency "
#define CERTIFICATE_TABLES                                                                         \
  "FROM certificate c JOIN orders o ON o.ref = c.order_ref "                                       \
  "LEFT JOIN issue i ON i.number = c.issue LEFT JOIN key k ON k.spki_sha256 = i.spki_sha256 "
#define SELECT_CERTIFICATE "SELECT " CERTIFICATE_COLUMNS CERTIFICATE_TABLES

void ledger_certificate_free(LedgerCertificate *certificate)
{
  if (certificate == NULL)
    return;
  g_free(certificate->id);
  g_free(certificate->order);
  g_strfreev(certificate->names);
  g_free(certificate->serial);
  g_free(certificate->sha256);
  g_free(certificate->spki_sha256);
  g_free(certificate->key_kind);
  g_free(certificate->forerunner);
  g_free(certificate->successor);
  g_free(certificate->failure);
  g_free(certificate->name);
  g_free(certificate->deployed);
  g_free(certificate->currency);
  g_free(certificate);
}

static LedgerCertificate *certificate_from_row(sqlite3_stmt *row, gint64 *ret_product)
{
  LedgerCertificate *certificate = g_new0(LedgerCertificate, 1);
  certificate->number = sqlite3_column_int64(row, 0);
  certificate->id = column_text(row, 1);
  certificate->order = column_text(row, 2);
  certificate->status = (LifecycleStatus)sqlite3_column_int64(row, 3);
  *ret_product = sqlite3_column_int64(row, 4);
  certificate->years = sqlite3_column_int64(row, 5);
  const char *names = (const char *)sqlite3_column_text(row, 6);
  certificate->names = names != NULL ? g_strsplit(names, " ", 0) : NULL;
  certificate->created = sqlite3_column_int64(row, 7);
  certificate->changed = sqlite3_column_int64(row, 8);
  certificate->submitted = sqlite3_column_int64(row, 9);
  certificate->first_issued = sqlite3_column_int64(row, 10);
  certificate->not_before = sqlite3_column_int64(row, 11);
  certificate->not_after = sqlite3_column_int64(row, 12);
  certificate->term_end = sqlite3_column_int64(row, 13);
  certificate->serial = column_text(row, 14);
  certificate->sha256 = column_text(row, 15);
  certificate->spki_sha256 = column_text(row, 16);
  certificate->key_kind = column_text(row, 17);
  certificate->has_key = sqlite3_column_int64(row, 18) != 0;
  certificate->uploaded = sqlite3_column_int64(row, 19) != 0;
  certificate->forerunner = column_text(row, 20);
  certificate->successor = column_text(row, 21);
  certificate->due = sqlite3_column_int64(row, 22);
  certificate->failing_since = sqlite3_column_int64(row, 23);
  certificate->failures = sqlite3_column_int64(row, 24);
  certificate->failure = column_text(row, 25);
  certificate->review_asked = sqlite3_column_int64(row, 26);
  certificate->name = column_text(row, 27);
  certificate->deployed = column_text(row, 28);
  certificate->revoked = sqlite3_column_int64(row, 29);
  certificate->reason = (int)sqlite3_column_int64(row, 30);
  certificate->deleted = sqlite3_column_int64(row, 31);
  certificate->owed = sqlite3_column_int64(row, 32);
  certificate->currency = column_text(row, 33);
  return certificate;
}

/* All rows of a query of SELECT_CERTIFICATE. */
static GPtrArray *certificates_from_rows(Ledger *ledger, sqlite3_stmt *row, GError **error)
{
  g_autoptr(GPtrArray) certificates =
      g_ptr_array_new_with_free_func((GDestroyNotify)ledger_certificate_free);
  g_autoptr(GArray) products = g_array_new(FALSE, FALSE, sizeof(gint64));
  if (row == NULL)
    return NULL;
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0) {
    gint64 product = 0;
    g_ptr_array_add(certificates, certificate_from_row(row, &product));
    g_array_append_val(products, product);
  }
  for (guint i = 0; more == 0 && i < certificates->len; i++) {
    LedgerCertificate *certificate = g_ptr_array_index(certificates, i);
    certificate->product = ledger_product(ledger, g_array_index(products, gint64, i), error);
    if (certificate->product == NULL)
      more = -1;
  }
  return more == 0 ? g_steal_pointer(&certificates) : NULL;
}

gboolean ledger_read_certificate(Ledger *ledger, const char *id,
                                 LedgerCertificate **ret_certificate, GError **error)
{
  sqlite3_stmt *row = ledger_query(ledger, error, SELECT_CERTIFICATE "WHERE c.id = $1", "t", id);
  g_autoptr(GPtrArray) found = certificates_from_rows(ledger, row, error);
  if (found == NULL)
    return FALSE;
  *ret_certificate = found->len > 0 ? g_ptr_array_steal_index(found, 0) : NULL;
  return TRUE;
}

gboolean ledger_certificate_number(Ledger *ledger, const char *id, gint64 *ret_number,
                                   GError **error)
{
  *ret_number = 0;
  return ledger_number(ledger, ret_number, error, "SELECT number FROM certificate WHERE id = $1",
                       "t", id);
}

GPtrArray *ledger_certificates_in_block(Ledger *ledger, gint64 block, guint statuses,
                                        GError **error)
{
  const guint deleted = 1u; /* status 0 is in no list */
  guint set = statuses != 0 ? statuses : ~deleted;
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      SELECT_CERTIFICATE "WHERE c.number > $1 AND c.number <= $2 "
                         "AND ((CAST(1 AS BIGINT) << CAST(c.status AS INTEGER)) & $3) <> 0 "
                         "ORDER BY c.number DESC",
      "nnn", block * LEDGER_BLOCK_SIZE, (block + 1) * LEDGER_BLOCK_SIZE, (gint64)set);
  return certificates_from_rows(ledger, row, error);
}

/* The newest of BLOCK go to NEWEST as long as that has less than LIMIT. *RET_LEFT: whether some
 * did not. */
static gboolean take_block(Ledger *ledger, gint64 block, LifecycleStatus status, guint limit,
                           GPtrArray *newest, gboolean *ret_left, GError **error)
{
  g_autoptr(GPtrArray) rows = ledger_certificates_in_block(ledger, block, 1u << status, error);
  if (rows == NULL)
    return FALSE;
  while (rows->len > 0 && newest->len < limit)
    g_ptr_array_add(newest, g_ptr_array_steal_index(rows, 0));
  *ret_left = rows->len > 0;
  return TRUE;
}

GPtrArray *ledger_newest_certificates(Ledger *ledger, LifecycleStatus status, guint limit,
                                      GArray **ret_others, GError **error)
{
  g_autoptr(GPtrArray) newest =
      g_ptr_array_new_with_free_func((GDestroyNotify)ledger_certificate_free);
  gint64 block = G_MAXINT64;
  gboolean left = FALSE;
  while (newest->len < limit) {
    if (!ledger_next_block(ledger, block, -1, 1u << status, &block, error))
      return NULL;
    if (block < 0)
      break;
    if (!take_block(ledger, block, status, limit, newest, &left, error))
      return NULL;
  }
  sqlite3_stmt *row = ledger_query(
      ledger, error, "SELECT block FROM block WHERE status = $1 AND block < $2 ORDER BY block DESC",
      "nn", (gint64)status, left ? block + 1 : block);
  *ret_others = ledger_spans_from_rows(ledger, row, error);
  return *ret_others != NULL ? g_steal_pointer(&newest) : NULL;
}

GPtrArray *ledger_certificates_of_order(Ledger *ledger, const char *order, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error, SELECT_CERTIFICATE "WHERE c.order_ref = $1 ORDER BY c.position", "t", order);
  return certificates_from_rows(ledger, row, error);
}

GPtrArray *ledger_certificates_with_status(Ledger *ledger, LifecycleStatus status, guint limit,
                                           GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error, SELECT_CERTIFICATE "WHERE c.status = $1 ORDER BY c.changed, c.number LIMIT $2",
      "nn", (gint64)status, (gint64)limit);
  return certificates_from_rows(ledger, row, error);
}

GPtrArray *ledger_failing_certificates(Ledger *ledger, guint limit, gint64 *ret_count,
                                       GError **error)
{
  if (!ledger_number(ledger, ret_count, error,
                     "SELECT COUNT(*) FROM certificate WHERE failing_since > 0", ""))
    return NULL;
  sqlite3_stmt *row = ledger_query(ledger, error,
                                   SELECT_CERTIFICATE "WHERE c.failing_since > 0 "
                                                      "ORDER BY c.failing_since, c.number LIMIT $1",
                                   "n", (gint64)limit);
  return certificates_from_rows(ledger, row, error);
}

GPtrArray *ledger_certificates_to_review_again(Ledger *ledger, guint limit, gint64 *ret_count,
                                               GError **error)
{
  if (!ledger_number(ledger, ret_count, error,
                     "SELECT COUNT(*) FROM certificate WHERE review_asked > 0", ""))
    return NULL;
  sqlite3_stmt *row = ledger_query(ledger, error,
                                   SELECT_CERTIFICATE "WHERE c.review_asked > 0 "
                                                      "ORDER BY c.review_asked, c.number LIMIT $1",
                                   "n", (gint64)limit);
  return certificates_from_rows(ledger, row, error);
}

GPtrArray *ledger_certificates_expiring(Ledger *ledger, guint limit, GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error,
                   SELECT_CERTIFICATE "WHERE c.status = $1 ORDER BY c.not_after, c.number LIMIT $2",
                   "nn", (gint64)LIFECYCLE_STATUS_ISSUED, (gint64)limit);
  return certificates_from_rows(ledger, row, error);
}

gboolean ledger_read_status(Ledger *ledger, const char *certificate, LifecycleStatus *ret_status,
                            GError **error)
{
  gint64 status = 0;
  if (!ledger_number(ledger, &status, error, "SELECT status FROM certificate WHERE id = $1", "t",
                     certificate))
    return FALSE;
  *ret_status = (LifecycleStatus)status;
  return TRUE;
}

#define UNATTENDED                                                                                 \
  "WHERE c.status = $1 AND c.not_after < $2 AND c.due <= $3 AND NOT EXISTS (SELECT 1 FROM "        \
  "certificate s WHERE s.id = c.successor AND s.status = $1) "

GPtrArray *ledger_unattended_certificates(Ledger *ledger, gint64 until, guint limit,
                                          gint64 *ret_count, GError **error)
{
  const gint64 issued = LIFECYCLE_STATUS_ISSUED;
  if (!ledger_number(ledger, ret_count, error, "SELECT COUNT(*) FROM certificate c " UNATTENDED,
                     "nnn", issued, until, LEDGER_LOOK_AGAIN))
    return NULL;
  sqlite3_stmt *row = ledger_query(
      ledger, error, SELECT_CERTIFICATE UNATTENDED "ORDER BY c.not_after, c.number LIMIT $4",
      "nnnn", issued, until, LEDGER_LOOK_AGAIN, (gint64)limit);
  return certificates_from_rows(ledger, row, error);
}

GPtrArray *ledger_certificates_on_day(Ledger *ledger, gint64 day, guint limit, GArray **ret_others,
                                      GError **error)
{
  gint64 begin = day * CLOCK_DAY;
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      SELECT_CERTIFICATE "WHERE +c.status IN (5, 6) AND c.not_after >= $1 AND c.not_after < $2 "
                         "ORDER BY c.not_after, c.number LIMIT $3",
      "nnn", begin, begin + CLOCK_DAY, (gint64)limit);
  g_autoptr(GPtrArray) certificates = certificates_from_rows(ledger, row, error);
  if (certificates == NULL || ret_others == NULL)
    return g_steal_pointer(&certificates);
  G_STATIC_ASSERT(LEDGER_BLOCK_SIZE == 100);
  if (certificates->len < limit) {
    *ret_others = g_array_new(FALSE, FALSE, sizeof(LedgerSpan));
    return g_steal_pointer(&certificates);
  }
  const LedgerCertificate *last = g_ptr_array_index(certificates, certificates->len - 1);
  row = ledger_query(ledger, error,
                     "SELECT DISTINCT (number - 1) / 100 FROM certificate WHERE +status IN (5, 6) "
                     "AND (not_after, number) > ($1, $2) AND not_after < $3 ORDER BY 1 DESC",
                     "nnn", last->not_after, last->number, begin + CLOCK_DAY);
  *ret_others = ledger_spans_from_rows(ledger, row, error);
  return *ret_others != NULL ? g_steal_pointer(&certificates) : NULL;
}

gboolean ledger_set_status(Ledger *ledger, const char *certificate, LifecycleStatus status,
                           gint64 now, gint64 file, GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error, "SELECT number, status, not_after FROM certificate WHERE id = $1",
                   "t", certificate);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more < 0)
    return FALSE;
  gint64 number = more > 0 ? sqlite3_column_int64(row, 0) : 0;
  LifecycleStatus before = more > 0 ? (LifecycleStatus)sqlite3_column_int64(row, 1) : 0;
  gint64 not_after = more > 0 ? sqlite3_column_int64(row, 2) : 0;
  sqlite3_reset(row);
  if (number == 0 || !lifecycle_move_is_allowed(before, status)) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_BUG,
                "%s cannot go from the status %d to %d; nothing was changed", certificate,
                (int)before, (int)status);
    return FALSE;
  }
  gboolean pending = status == LIFECYCLE_STATUS_PENDING_VERIFICATION;
  ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", certificate);
  ledger_change_block(ledger, number, before, -1);
  ledger_change_block(ledger, number, status, 1);
  ledger_change_expiry(ledger, before, not_after, -1);
  ledger_change_expiry(ledger, status, not_after, 1);
  return ledger_do(ledger, error,
                   "UPDATE certificate SET status = $1, changed = $2, "
                   "submitted = CASE WHEN $3 = 1 THEN $2 ELSE submitted END WHERE number = $4",
                   "nnnn", (gint64)status, now, (gint64)pending, number) &&
         ledger_look_again(ledger, certificate, error) &&
         ledger_log(ledger, now, lifecycle_statuses[status].name, certificate, file, NULL, error);
}

/* Reads what has run out first, then moves it: the move changes the rows that
 * are being read. */
static GPtrArray *expired_ids(Ledger *ledger, gint64 now, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      "SELECT id FROM certificate WHERE status = $1 AND not_after < $2 ORDER BY not_after, number "
      "LIMIT 1000",
      "nn", (gint64)LIFECYCLE_STATUS_ISSUED, now);
  if (row == NULL)
    return NULL;
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0)
    g_ptr_array_add(ids, column_text(row, 0));
  return more == 0 ? g_steal_pointer(&ids) : NULL;
}

gboolean ledger_expire(Ledger *ledger, gint64 now, guint *ret_count, GError **error)
{
  g_autoptr(GPtrArray) ids = expired_ids(ledger, now, error);
  if (ids == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!ledger_set_status(ledger, g_ptr_array_index(ids, i), LIFECYCLE_STATUS_EXPIRED, now, 0,
                           error))
      return FALSE;
  *ret_count = ids->len;
  return TRUE;
}

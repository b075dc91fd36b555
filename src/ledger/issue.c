#include <string.h>

#include "ledger/ledger-private.h"

void ledger_issue_free(LedgerIssue *issue)
{
  if (issue == NULL)
    return;
  g_free(issue->certificate);
  g_free(issue->serial);
  g_strfreev(issue->names);
  g_clear_pointer(&issue->der, g_bytes_unref);
  g_clear_pointer(&issue->csr, g_bytes_unref);
  g_free(issue->sha256);
  g_free(issue->spki_sha256);
  g_free(issue->key_kind);
  g_clear_pointer(&issue->wrapped_key, g_bytes_unref);
  g_clear_pointer(&issue->chain, g_bytes_unref);
  g_free(issue->issuer);
  g_clear_pointer(&issue->warnings, g_ptr_array_unref);
  g_free(issue);
}

gboolean ledger_put_key(Ledger *ledger, const char *spki_sha256, const char *certificate,
                        const char *key_kind, GBytes *wrapped, GError **error)
{
  return ledger_do(ledger, error,
                   "INSERT INTO key VALUES ($1, $2, $3, 0, $4) ON CONFLICT (spki_sha256) "
                   "DO UPDATE SET wrapped = COALESCE(key.wrapped, excluded.wrapped)",
                   "tttb", spki_sha256, certificate, key_kind, wrapped);
}

gboolean ledger_claim_key(Ledger *ledger, const char *spki_sha256, const char *key_kind,
                          const char *certificate, GError **error)
{
  return ledger_put_key(ledger, spki_sha256, certificate, key_kind, NULL, error);
}

static gboolean read_expiry(Ledger *ledger, const char *certificate, LifecycleStatus *ret_status,
                            gint64 *ret_not_after, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error, "SELECT status, not_after FROM certificate WHERE id = $1", "t", certificate);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more <= 0)
    return more == 0;
  *ret_status = (LifecycleStatus)sqlite3_column_int64(row, 0);
  *ret_not_after = sqlite3_column_int64(row, 1);
  sqlite3_reset(row);
  return TRUE;
}

/* The lists show when it ends. A forerunner is served by its successor now, and no more due
 * itself. *RET_AGAIN tells whether it had been issued before. */
static gboolean mark_issued(Ledger *ledger, const char *certificate, gboolean *ret_again,
                            GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error, "SELECT number, status, issue, forerunner FROM certificate WHERE id = $1", "t",
      certificate);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more <= 0)
    return more == 0;
  ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", certificate);
  ledger_mark_listed(ledger, sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1));
  *ret_again = sqlite3_column_int64(row, 2) > 0;
  g_autofree char *forerunner = column_text(row, 3);
  sqlite3_reset(row);
  if (forerunner != NULL)
    ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", forerunner);
  return forerunner == NULL || (ledger_clear_failure(ledger, forerunner, error) &&
                                ledger_look_again(ledger, forerunner, error));
}

gboolean ledger_put_issue(Ledger *ledger, const LedgerIssue *issue, gint64 now, GError **error)
{
  g_autofree char *names = g_strjoinv(" ", issue->names);
  g_autoptr(GBytes) warnings = faults_for_storing(issue->warnings);
  gint64 number = 0;
  LifecycleStatus status = 0;
  gint64 not_after = 0;
  ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", issue->certificate);
  if (!read_expiry(ledger, issue->certificate, &status, &not_after, error))
    return FALSE;
  ledger_change_expiry(ledger, status, not_after, -1);
  ledger_change_expiry(ledger, status, issue->not_after, 1);
  return ledger_number(ledger, &number, error, LEDGER_NEXT("issue"), "") &&
         ledger_do(ledger, error,
                   "INSERT INTO issue (number, serial, certificate, not_before, not_after, names, "
                   "sha256, spki_sha256, der, csr, chain, outside, issuer, warnings, revoked, "
                   "reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
                   "0, 0)",
                   "nttnntttbbbntb", number, issue->serial, issue->certificate, issue->not_before,
                   issue->not_after, names, issue->sha256, issue->spki_sha256, issue->der,
                   issue->csr, issue->chain, (gint64)issue->outside, issue->issuer, warnings) &&
         ledger_put_key(ledger, issue->spki_sha256, issue->certificate, issue->key_kind,
                        issue->wrapped_key, error) &&
         ledger_do(ledger, error,
                   "UPDATE certificate SET issue = $1, serial = $2, not_before = $3, "
                   "not_after = $4, term_end = $5, remind = $3 + ($4 - $3) / 2, first_issued = "
                   "CASE WHEN first_issued = 0 "
                   "THEN $6 ELSE first_issued END, review_asked = 0 WHERE id = $7",
                   "ntnnnnt", number, issue->serial, issue->not_before, issue->not_after,
                   issue->term_end, now, issue->certificate) &&
         ledger_do(ledger, error,
                   "UPDATE application SET state = $1 WHERE number = (SELECT application FROM "
                   "certificate WHERE id = $2)",
                   "nt", (gint64)LIFECYCLE_APPLICATION_APPROVED, issue->certificate);
}

gboolean ledger_add_issue(Ledger *ledger, const LedgerIssue *issue, gint64 now, gint64 file,
                          GError **error)
{
  gboolean again = FALSE;
  g_autofree char *text = issue->issuer != NULL
                              ? g_strdup_printf("serial %s, by %s", issue->serial, issue->issuer)
                              : g_strdup_printf("serial %s", issue->serial);
  return mark_issued(ledger, issue->certificate, &again, error) &&
         ledger_put_issue(ledger, issue, now, error) &&
         ledger_clear_failure(ledger, issue->certificate, error) &&
         ledger_look_again(ledger, issue->certificate, error) &&
         ledger_log(ledger, now, again ? "reissued" : "certified", issue->certificate, file, text,
                    error);
}

#define ISSUE_COLUMNS                                                                              \
  "SELECT i.serial, i.not_before, i.not_after, c.term_end, i.names, i.der, i.csr, i.sha256, "      \
  "i.spki_sha256, k.kind, k.wrapped, i.chain, i.outside, i.warnings, i.issuer FROM certificate c "

/* The issue in the first row of a query with ISSUE_COLUMNS; NULL where there is none. */
static gboolean issue_from_row(Ledger *ledger, sqlite3_stmt *row, const char *certificate,
                               LedgerIssue **ret_issue, GError **error)
{
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more < 0)
    return FALSE;
  LedgerIssue *issue = NULL;
  if (more > 0) {
    issue = g_new0(LedgerIssue, 1);
    issue->certificate = g_strdup(certificate);
    issue->serial = column_text(row, 0);
    issue->not_before = sqlite3_column_int64(row, 1);
    issue->not_after = sqlite3_column_int64(row, 2);
    issue->term_end = sqlite3_column_int64(row, 3);
    issue->names = g_strsplit((const char *)sqlite3_column_text(row, 4), " ", 0);
    issue->der = column_bytes(row, 5);
    issue->csr = column_bytes(row, 6);
    issue->sha256 = column_text(row, 7);
    issue->spki_sha256 = column_text(row, 8);
    issue->key_kind = column_text(row, 9);
    issue->wrapped_key = column_bytes(row, 10);
    issue->chain = column_bytes(row, 11);
    issue->outside = sqlite3_column_int64(row, 12) != 0;
    issue->warnings = column_faults(row, 13);
    issue->issuer = column_text(row, 14);
    sqlite3_reset(row);
  }
  *ret_issue = issue;
  return TRUE;
}

/* Whether OWNER is CERTIFICATE, or one that it renews by way of others: a line of renewals
 * keeps the key of a manual CSR. */
static gboolean is_of_line(Ledger *ledger, const char *certificate, const char *owner,
                           gboolean *ret_own, GError **error)
{
  gint64 own = strcmp(certificate, owner) == 0;
  if (own == 0 && !ledger_number(ledger, &own, error,
                                 "WITH RECURSIVE line (id) AS (SELECT CAST($1 AS TEXT) UNION "
                                 "SELECT c.forerunner FROM line JOIN certificate c ON c.id = "
                                 "line.id WHERE c.forerunner IS NOT NULL) "
                                 "SELECT COUNT(*) FROM line WHERE id = $2",
                                 "tt", certificate, owner))
    return FALSE;
  *ret_own = own > 0;
  return TRUE;
}

gboolean ledger_read_issue(Ledger *ledger, const char *certificate, LedgerIssue **ret_issue,
                           GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error,
                   ISSUE_COLUMNS "JOIN issue i ON i.number = c.issue JOIN key k ON k.spki_sha256 = "
                                 "i.spki_sha256 WHERE c.id = $1",
                   "t", certificate);
  return issue_from_row(ledger, row, certificate, ret_issue, error);
}

gboolean ledger_read_issue_of_serial(Ledger *ledger, const char *certificate, const char *serial,
                                     LedgerIssue **ret_issue, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      ISSUE_COLUMNS "JOIN issue i ON i.certificate = c.id JOIN key k ON k.spki_sha256 = "
                    "i.spki_sha256 WHERE c.id = $1 AND i.serial = $2",
      "tt", certificate, serial);
  return issue_from_row(ledger, row, certificate, ret_issue, error);
}

gboolean ledger_read_certificate_der(Ledger *ledger, const char *id, GBytes **ret_der,
                                     GError **error)
{
  sqlite3_stmt *row = ledger_query(ledger, error,
                                   "SELECT i.der FROM certificate c JOIN issue i ON i.number = "
                                   "c.issue WHERE c.id = $1",
                                   "t", id);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more < 0)
    return FALSE;
  *ret_der = more > 0 ? column_bytes(row, 0) : NULL;
  sqlite3_reset(row);
  return TRUE;
}

gboolean ledger_read_key_use(Ledger *ledger, const char *spki_sha256, const char *certificate,
                             LifecycleKeyUse *ret_use, GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error, "SELECT certificate, compromised FROM key WHERE spki_sha256 = $1",
                   "t", spki_sha256);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more < 0)
    return FALSE;
  g_autofree char *owner = more > 0 ? column_text(row, 0) : NULL;
  gboolean compromised = more > 0 && sqlite3_column_int64(row, 1) != 0;
  sqlite3_reset(row);
  gboolean own = FALSE;
  if (owner != NULL && !is_of_line(ledger, certificate, owner, &own, error))
    return FALSE;
  *ret_use = (LifecycleKeyUse){own ? NULL : g_steal_pointer(&owner), compromised};
  return TRUE;
}

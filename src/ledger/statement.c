#include <string.h>

#include "base/error.h"
#include "ledger/ledger-private.h"

gboolean ledger_fail(Ledger *ledger, GError **error, const char *what)
{
  int code = sqlite3_errcode(ledger->database);
  gboolean corrupt = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
  g_set_error(error, CERTDROP_ERROR, corrupt ? CERTDROP_ERROR_CORRUPT : CERTDROP_ERROR_IO,
              "state/ledger.db: %s: %s", what, sqlite3_errmsg(ledger->database));
  return FALSE;
}

static LedgerStatement *ledger_prepare(Ledger *ledger, const char *sql, GError **error)
{
  LedgerStatement *prepared = g_hash_table_lookup(ledger->statements, sql);
  if (prepared != NULL) {
    sqlite3_reset(prepared->statement);
    return prepared;
  }
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v3(ledger->database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
      SQLITE_OK) {
    ledger_fail(ledger, error, "cannot prepare a statement");
    return NULL;
  }
  prepared = g_new0(LedgerStatement, 1);
  prepared->statement = statement;
  prepared->parameter_count = (guint)sqlite3_bind_parameter_count(statement);
  g_assert(prepared->parameter_count <= G_N_ELEMENTS(prepared->parameters));
  /* SQLite numbers them by their first appearance, not by their digits. */
  for (guint i = 0; i < prepared->parameter_count; i++) {
    g_autofree char *name = g_strdup_printf("$%u", i + 1);
    prepared->parameters[i] = sqlite3_bind_parameter_index(statement, name);
    g_assert(prepared->parameters[i] > 0);
  }
  g_hash_table_insert(ledger->statements, (gpointer)sql, prepared);
  return prepared;
}

/* TAKE is SQLITE_STATIC where the arguments outlive the statement's run, which
 * spares a copy (a receipt may have many megabytes), or SQLITE_TRANSIENT. */
static void statement_bind(const LedgerStatement *prepared, sqlite3_destructor_type take,
                           const char *types, va_list arguments)
{
  g_assert(strlen(types) == prepared->parameter_count);
  for (guint i = 0; types[i] != '\0'; i++) {
    int at = prepared->parameters[i];
    if (types[i] == 't') {
      const char *text = va_arg(arguments, const char *);
      sqlite3_bind_text(prepared->statement, at, text, -1, take);
    } else if (types[i] == 'n') {
      sqlite3_bind_int64(prepared->statement, at, va_arg(arguments, gint64));
    } else {
      g_assert(types[i] == 'b');
      GBytes *bytes = va_arg(arguments, GBytes *);
      gsize length = 0;
      const void *data = bytes != NULL ? g_bytes_get_data(bytes, &length) : NULL;
      if (bytes == NULL)
        sqlite3_bind_null(prepared->statement, at);
      else
        sqlite3_bind_blob64(prepared->statement, at, length > 0 ? data : "", length, take);
    }
  }
}

static LedgerStatement *ledger_bind(Ledger *ledger, GError **error, sqlite3_destructor_type take,
                                    const char *sql, const char *types, va_list arguments)
{
  LedgerStatement *prepared = ledger_prepare(ledger, sql, error);
  if (prepared != NULL)
    statement_bind(prepared, take, types, arguments);
  return prepared;
}

sqlite3_stmt *ledger_query(Ledger *ledger, GError **error, const char *sql, const char *types, ...)
{
  va_list arguments;
  va_start(arguments, types);
  LedgerStatement *prepared = ledger_bind(ledger, error, SQLITE_TRANSIENT, sql, types, arguments);
  va_end(arguments);
  return prepared != NULL ? prepared->statement : NULL;
}

int ledger_next(Ledger *ledger, sqlite3_stmt *statement, GError **error)
{
  int result = sqlite3_step(statement);
  if (result == SQLITE_ROW)
    return 1;
  if (result != SQLITE_DONE)
    ledger_fail(ledger, error, "cannot carry out a statement");
  sqlite3_reset(statement);
  return result == SQLITE_DONE ? 0 : -1;
}

GPtrArray *ledger_rows(Ledger *ledger, sqlite3_stmt *statement, LedgerFromRow from_row,
                       GDestroyNotify free, GError **error)
{
  if (statement == NULL)
    return NULL;
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(free);
  int more;
  while ((more = ledger_next(ledger, statement, error)) > 0)
    g_ptr_array_add(rows, from_row(statement));
  return more == 0 ? g_steal_pointer(&rows) : NULL;
}

gboolean ledger_do(Ledger *ledger, GError **error, const char *sql, const char *types, ...)
{
  va_list arguments;
  va_start(arguments, types);
  LedgerStatement *prepared = ledger_bind(ledger, error, SQLITE_STATIC, sql, types, arguments);
  va_end(arguments);
  if (prepared == NULL)
    return FALSE;
  int more;
  do
    more = ledger_next(ledger, prepared->statement, error);
  while (more > 0);
  sqlite3_clear_bindings(prepared->statement);
  return more == 0;
}

gboolean ledger_number(Ledger *ledger, gint64 *ret_number, GError **error, const char *sql,
                       const char *types, ...)
{
  va_list arguments;
  va_start(arguments, types);
  LedgerStatement *prepared = ledger_bind(ledger, error, SQLITE_STATIC, sql, types, arguments);
  va_end(arguments);
  if (prepared == NULL)
    return FALSE;
  int more = ledger_next(ledger, prepared->statement, error);
  if (more > 0)
    *ret_number = sqlite3_column_int64(prepared->statement, 0);
  sqlite3_reset(prepared->statement);
  sqlite3_clear_bindings(prepared->statement);
  return more >= 0;
}

char *column_text(sqlite3_stmt *statement, int column)
{
  return g_strdup((const char *)sqlite3_column_text(statement, column));
}

GBytes *column_bytes(sqlite3_stmt *statement, int column)
{
  if (sqlite3_column_type(statement, column) == SQLITE_NULL)
    return NULL;
  const void *data = sqlite3_column_blob(statement, column);
  return g_bytes_new(data, (gsize)sqlite3_column_bytes(statement, column));
}

GPtrArray *column_faults(sqlite3_stmt *statement, int column)
{
  g_autoptr(GBytes) bytes = column_bytes(statement, column);
  return bytes != NULL ? request_faults_from_bytes(bytes) : fault_array_new();
}

GBytes *faults_for_storing(const GPtrArray *faults)
{
  return faults != NULL && faults->len > 0 ? request_faults_to_bytes(faults) : NULL;
}

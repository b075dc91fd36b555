#include "base/error.h"
#include "ledger/ledger-private.h"

void ledger_output_free(LedgerOutput *output)
{
  if (output == NULL)
    return;
  g_free(output->path);
  g_free(output->source);
  g_free(output->identity);
  g_free(output->certificate);
  g_free(output->format);
  g_free(output->sha256);
  g_clear_pointer(&output->content, g_bytes_unref);
  g_free(output);
}

gboolean ledger_add_output(Ledger *ledger, LedgerOutput *output, GError **error)
{
  /* A move is remembered until it is done; files for as long as they lie there,
   * and of those at one path the last one. Receipts never share one. */
  G_STATIC_ASSERT(LEDGER_OUTPUT_DOCUMENT == 2);
  gint64 number = 0;
  if (!ledger_number(ledger, &number, error, LEDGER_NEXT("output"), ""))
    return FALSE;
  number = MAX(number, ledger->output_number + 1);
  if (!ledger_do(ledger, error,
                 "INSERT INTO output (number, path, kind, receipt, source, certificate, format, "
                 "sha256, content, done, identity) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, "
                 "$10)",
                 "ntnnttttbt", number, output->path, (gint64)output->kind, (gint64)output->receipt,
                 output->source, output->certificate, output->format, output->sha256,
                 output->content, output->identity))
    return FALSE;
  output->number = ledger->output_number = number;
  if (output->kind == LEDGER_OUTPUT_REMOVE &&
      !ledger_do(ledger, error, "DELETE FROM archive WHERE path = $1", "t", output->path))
    return FALSE;
  if (output->certificate != NULL)
    return ledger_do(ledger, error,
                     "DELETE FROM output WHERE certificate = $1 AND path = $2 AND number < $3",
                     "ttn", output->certificate, output->path, number);
  return output->kind != LEDGER_OUTPUT_DOCUMENT || output->receipt ||
         ledger_do(
             ledger, error,
             "DELETE FROM output WHERE path = $1 AND kind = 2 AND receipt = 0 AND number < $2",
             "tn", output->path, number);
}

gboolean ledger_add_output_part(Ledger *ledger, LedgerOutput *output, GBytes *content,
                                GError **error)
{
  return ledger_do(ledger, error, "INSERT INTO output_part VALUES ($1, $2, $3)", "nnb",
                   output->number, output->parts++, content);
}

gboolean ledger_end_output_parts(Ledger *ledger, const LedgerOutput *output, GError **error)
{
  return ledger_do(ledger, error, "UPDATE output SET sha256 = $1, parts = $2 WHERE number = $3",
                   "tnn", output->sha256, output->parts, output->number);
}

GBytes *ledger_read_output_part(Ledger *ledger, gint64 number, gint64 part, GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error, "SELECT content FROM output_part WHERE output = $1 AND part = $2",
                   "nn", number, part);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more < 0)
    return NULL;
  GBytes *content = more > 0 ? column_bytes(row, 0) : NULL;
  sqlite3_reset(row);
  if (content == NULL)
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_CORRUPT,
                "state/ledger.db: part %" G_GINT64_FORMAT " of output %" G_GINT64_FORMAT
                " is missing",
                part, number);
  return content;
}

static LedgerOutput *output_from_row(sqlite3_stmt *row)
{
  LedgerOutput *output = g_new0(LedgerOutput, 1);
  output->number = sqlite3_column_int64(row, 0);
  output->kind = (LedgerOutputKind)sqlite3_column_int64(row, 1);
  output->receipt = sqlite3_column_int64(row, 2) != 0;
  output->path = column_text(row, 3);
  output->source = column_text(row, 4);
  output->certificate = column_text(row, 5);
  output->format = column_text(row, 6);
  output->sha256 = column_text(row, 7);
  output->content = column_bytes(row, 8);
  output->identity = column_text(row, 9);
  output->parts = sqlite3_column_int64(row, 10);
  return output;
}

static GPtrArray *outputs_from_rows(Ledger *ledger, sqlite3_stmt *row, GError **error)
{
  if (row == NULL)
    return NULL;
  g_autoptr(GPtrArray) outputs = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_output_free);
  int more;
  while ((more = ledger_next(ledger, row, error)) > 0)
    g_ptr_array_add(outputs, output_from_row(row));
  return more == 0 ? g_steal_pointer(&outputs) : NULL;
}

GPtrArray *ledger_pending_outputs(Ledger *ledger, guint limit, GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error,
                   "SELECT number, kind, receipt, path, source, certificate, format, sha256, "
                   "content, identity, parts FROM output WHERE done = 0 ORDER BY number LIMIT $1",
                   "n", (gint64)limit);
  return outputs_from_rows(ledger, row, error);
}

GPtrArray *ledger_outputs_of_certificate(Ledger *ledger, const char *certificate, GError **error)
{
  sqlite3_stmt *row = ledger_query(
      ledger, error,
      "SELECT number, kind, receipt, path, source, certificate, format, sha256, "
      "NULL, identity, parts FROM output WHERE certificate = $1 AND kind <> 6 ORDER BY path",
      "t", certificate);
  return outputs_from_rows(ledger, row, error);
}

gboolean ledger_mark_outputs_done(Ledger *ledger, gint64 number, GError **error)
{
  G_STATIC_ASSERT(LEDGER_OUTPUT_MOVE == 4 && LEDGER_OUTPUT_BLANK == 5 && LEDGER_OUTPUT_REMOVE == 6);
  return ledger_do(ledger, error,
                   "DELETE FROM output WHERE done = 0 AND kind IN (4, 5, 6) "
                   "AND number <= $1",
                   "n", number) &&
         ledger_do(ledger, error, "UPDATE output SET done = 1 WHERE done = 0 AND number <= $1", "n",
                   number);
}

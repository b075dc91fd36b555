#include "base/text.h"
#include "ledger/ledger-private.h"

/* What the keeper says of the log as a whole: the seal of its end, and what it found there. */

#define SEAL "log seal"
#define SUBJECT "state/ledger.db"

static const char *const findings[] = {
    [LEDGER_FINDING_CUT] = "log cut",
    [LEDGER_FINDING_UNSEALED] = "log unsealed",
};
G_STATIC_ASSERT(G_N_ELEMENTS(findings) == LEDGER_FINDING_N);

/* What is no hexadecimal makes a seal that nobody can open. */
static GBytes *bytes_from_hex(const char *text)
{
  GByteArray *bytes = g_byte_array_new();
  for (; g_ascii_isxdigit(text[0]) && g_ascii_isxdigit(text[1]); text += 2) {
    const guint8 byte =
        (guint8)(g_ascii_xdigit_value(text[0]) * 16 + g_ascii_xdigit_value(text[1]));
    g_byte_array_append(bytes, &byte, 1);
  }
  return g_byte_array_free_to_bytes(bytes);
}

gboolean ledger_read_seal(Ledger *ledger, GBytes **ret_seal, GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error, "SELECT value FROM meta WHERE name = $1", "t", SEAL);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more < 0)
    return FALSE;
  *ret_seal = more > 0 ? bytes_from_hex((const char *)sqlite3_column_text(row, 0)) : NULL;
  sqlite3_reset(row);
  return TRUE;
}

gboolean ledger_put_seal(Ledger *ledger, GBytes *seal, GError **error)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data(seal, &length);
  g_autofree char *value = text_format_hex(bytes, length);
  return ledger_do(ledger, error,
                   "INSERT INTO meta VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = "
                   "excluded.value",
                   "tt", SEAL, value);
}

gboolean ledger_log_finding(Ledger *ledger, LedgerFinding finding, const char *text, gint64 now,
                            GError **error)
{
  return ledger_log(ledger, now, findings[finding], SUBJECT, 0, text, error);
}

GPtrArray *ledger_findings(Ledger *ledger, LedgerFinding finding, guint limit, GError **error)
{
  g_autoptr(GPtrArray) entries = ledger_history(ledger, SUBJECT, NULL, limit, error);
  for (guint i = entries != NULL ? entries->len : 0; i-- > 0;) {
    const LedgerEntry *entry = g_ptr_array_index(entries, i);
    if (g_strcmp0(entry->what, findings[finding]) != 0)
      g_ptr_array_remove_index(entries, i);
  }
  return g_steal_pointer(&entries);
}

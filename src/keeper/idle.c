#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "keeper/keeper-private.h"

/* Whether a run would find anything to do. */

/* Pages speak of days that are left, and monitoring asks when the last run was. */
#define LONGEST_PAUSE CLOCK_DAY

/* When the waiting files are given up. */
static gint64 waiting_deadline(const Keeper *keeper, gint64 since)
{
  return since + configuration_wait_hours(keeper->configuration) * CLOCK_HOUR;
}

/* Whether the file NAME waits in the ledger as it lies in the inbox. */
static gboolean file_waits(Keeper *keeper, const char *name, gboolean *ret_waits, GError **error)
{
  g_autofree char *kept = text_safe_file_name(name);
  g_autofree char *path = g_strdup_printf(INBOX "/%s", name);
  g_autoptr(LedgerFile) row = NULL;
  if (!ledger_find_waiting_file(keeper->ledger, kept, &row, error))
    return FALSE;
  *ret_waits = FALSE;
  int fd = row != NULL ? file_open(keeper->root, path, NULL) : -1;
  if (fd < 0)
    return TRUE;
  gint64 modified = 0;
  g_autofree char *identity = keeper_file_identity(fd, &modified);
  close(fd);
  *ret_waits = g_strcmp0(identity, row->identity) == 0;
  return TRUE;
}

/* Whether the inbox holds the WAITING files of the ledger and nothing else. */
static gboolean inbox_is_idle(Keeper *keeper, gint64 waiting, gboolean *ret_idle, GError **error)
{
  g_autoptr(IntakeScan) scan = intake_scan(keeper->root, INBOX, error);
  if (scan == NULL)
    return FALSE;
  *ret_idle = scan->names->len == waiting;
  for (guint i = 0; *ret_idle && i < scan->names->len; i++)
    if (!file_waits(keeper, g_ptr_array_index(scan->names, i), ret_idle, error))
      return FALSE;
  return TRUE;
}

gboolean keeper_is_idle(Keeper *keeper, gboolean *ret_idle, GError **error)
{
  gint64 last = ledger_report_time(keeper->ledger), now = 0;
  gint64 due = 0, crl = 0, since = 0, waiting = 0, unended = 0;
  gboolean log = FALSE;
  if (!ledger_present(keeper->ledger, clock_now(), &now, error) ||
      !ledger_next_due(keeper->ledger, &due, error) || !keeper_next_crl(keeper, &crl, error) ||
      !keeper_has_log_to_empty(keeper, &log, error) ||
      !ledger_first_waiting(keeper->ledger, &since, &waiting, error) ||
      !ledger_read_number(keeper->ledger, KEEPER_UNDER_WAY, &unended, error))
    return FALSE;
  *ret_idle = FALSE;
  if (unended != 0 || log || now >= MIN(due, crl) || now >= last + LONGEST_PAUSE ||
      (waiting > 0 && now >= waiting_deadline(keeper, since)))
    return TRUE;
  return inbox_is_idle(keeper, waiting, ret_idle, error);
}

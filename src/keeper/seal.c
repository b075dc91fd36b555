#include <string.h>

#include "base/error.h"
#include "keeper/keeper-private.h"

/* The seal of the log. The chain of hashes shows that an entry was changed or taken out, but not
 * that the last ones were cut off: what is left is a chain, too. So each commit that adds entries
 * stores the number and hash of the last one, wrapped under the instance's key, which nobody can
 * do who has the ledger alone. A run that finds another end than was sealed says so in the log
 * itself, and goes on from there: what it then seals must not hide what was found. */

typedef struct {
  gint64 number; /* of the last entry; 0: there is none, or the seal cannot be read */
  char *hash;
} LogEnd;

static void log_end_clear(LogEnd *end)
{
  g_clear_pointer(&end->hash, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LogEnd, log_end_clear)

static GBytes *make_seal(const Keeper *keeper, const LogEnd *end, GError **error)
{
  g_autofree char *text = g_strdup_printf("log %" G_GINT64_FORMAT " %s", end->number, end->hash);
  const Secret content = {(guint8 *)text, strlen(text)};
  return pki_wrapping_key_wrap(keeper->wrapping_key, &content, error);
}

static void open_seal(const Keeper *keeper, GBytes *seal, LogEnd *ret_end)
{
  g_autoptr(Secret) content = pki_wrapping_key_unwrap(keeper->wrapping_key, seal, NULL);
  g_autofree char *text =
      content != NULL ? g_strndup((const char *)content->data, content->length) : g_strdup("");
  g_auto(GStrv) parts = g_strsplit(text, " ", 3);
  if (g_strv_length(parts) != 3 || strcmp(parts[0], "log") != 0)
    return;
  ret_end->number = g_ascii_strtoll(parts[1], NULL, 10);
  ret_end->hash = g_strdup(parts[2]);
}

/* What is wrong with the log's END, as SEALED says; NULL: nothing. */
static char *compare(const LogEnd *sealed, const LogEnd *end)
{
  if (sealed->number == 0)
    return g_strdup("the seal of its end was changed, or made with another key than "
                    "state/instance.key");
  if (sealed->number > end->number)
    return g_strdup_printf("its end was cut off: entry %" G_GINT64_FORMAT
                           " was the last one, now it is %" G_GINT64_FORMAT,
                           sealed->number, end->number);
  if (sealed->number < end->number)
    return g_strdup_printf("entries %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                           " were added by somebody who has not the instance's key, or by a "
                           "certdrop that does not seal yet",
                           sealed->number + 1, end->number);
  if (strcmp(sealed->hash, end->hash) != 0)
    return g_strdup_printf("entry %" G_GINT64_FORMAT ", its last one, is another than was sealed",
                           end->number);
  return NULL;
}

gboolean keeper_look_at_seal(Keeper *keeper, char **ret_wrong, gboolean *ret_sealed, GError **error)
{
  g_auto(LogEnd) end = {0}, sealed = {0};
  g_autoptr(GBytes) seal = NULL;
  if (!ledger_log_end(keeper->ledger, &end.number, &end.hash, error) ||
      !ledger_read_seal(keeper->ledger, &seal, error))
    return FALSE;
  *ret_sealed = seal != NULL || end.number == 0;
  if (seal != NULL)
    open_seal(keeper, seal, &sealed);
  *ret_wrong = seal != NULL ? compare(&sealed, &end) : NULL;
  return TRUE;
}

gboolean keeper_check_seal(Keeper *keeper, GError **error)
{
  g_autofree char *wrong = NULL;
  gboolean sealed = FALSE;
  if (!keeper_look_at_seal(keeper, &wrong, &sealed, error))
    return FALSE;
  if (sealed && wrong == NULL)
    return TRUE;
  if (sealed)
    keeper->run.failed++;
  else
    wrong = g_strdup("its end had no seal: it is of a certdrop before this one, or somebody took "
                     "the seal away");
  keeper_say(keeper, "state/ledger.db: the log: %s%s", wrong,
             sealed ? "; `certdrop verify` says what else is different" : "");
  return ledger_log_finding(keeper->ledger, sealed ? LEDGER_FINDING_CUT : LEDGER_FINDING_UNSEALED,
                            wrong, keeper->now, error);
}

gboolean keeper_seal_log(Keeper *keeper, GError **error)
{
  g_auto(LogEnd) end = {0};
  if (keeper->purpose != KEEPER_FOR_RUN)
    return TRUE;
  if (!ledger_log_end(keeper->ledger, &end.number, &end.hash, error))
    return FALSE;
  if (end.number == 0 || end.number == keeper->sealed)
    return TRUE;
  g_autoptr(GBytes) seal = make_seal(keeper, &end, error);
  if (seal == NULL || !ledger_put_seal(keeper->ledger, seal, error))
    return FALSE;
  keeper->sealed = end.number;
  return TRUE;
}

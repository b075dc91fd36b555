#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/program.h"
#include "keeper/keeper-private.h"

/* Sending mail by the configured command. A message is queued with the change that it
 * tells of, and sent once that is committed, outside of any transaction: at least once,
 * since a run may be killed between the command's success and its record; the same
 * message always has the same Message-ID. Without a command nothing is queued, so that
 * what was written meanwhile is not sent when one is configured. */

/* So many failures one after the other are the way, not the letter: the rest waits. */
#define FAILURES_IN_A_ROW 5

typedef struct {
  LedgerMail *mail;
  ProgramResult *result; /* NULL: not tried, its file was taken away */
} Sending;

static void sending_free(gpointer data)
{
  Sending *sending = data;
  ledger_mail_free(sending->mail);
  program_result_free(sending->result);
  g_free(sending);
}

gboolean keeper_queue_mail(Keeper *keeper, const LedgerOutput *output, GError **error)
{
  return configuration_mail_command(keeper->configuration) == NULL ||
         !outbox_path_is_mail(output->path) || output->kind != LEDGER_OUTPUT_DOCUMENT ||
         ledger_add_mail(keeper->ledger, output->path, keeper->now, error);
}

static ProgramRequest request_for(const ConfigurationCommand *command, const LedgerMail *mail)
{
  return (ProgramRequest){.arguments = (const char *const *)command->arguments,
                          .input = mail->content,
                          .timeout_seconds = command->timeout_seconds,
                          .stop = keeper_is_stopped};
}

/* Who takes a message out of outbox/mail has sent it, or does not want it sent. */
static gboolean is_there(Keeper *keeper, const LedgerMail *mail)
{
  return mail->content != NULL &&
         faccessat(keeper->root, mail->path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static gboolean send_one(Keeper *keeper, gpointer item, gpointer data, GError **error G_GNUC_UNUSED)
{
  Sending *sending = item;
  if (!is_there(keeper, sending->mail))
    return TRUE;
  const ProgramRequest request = request_for(data, sending->mail);
  sending->result = program_run(&request);
  return TRUE;
}

static gboolean record_failure(Keeper *keeper, const ConfigurationCommand *command,
                               const Sending *sending, GError **error)
{
  g_assert(command != NULL); /* it was what failed */
  const LedgerMail *mail = sending->mail;
  const ProgramRequest request = request_for(command, mail);
  g_autofree char *end = program_describe(&request, sending->result);
  g_autofree char *words = program_last_words(sending->result->output);
  g_autofree char *text = g_strdup_printf("%s %s%s", command->arguments[0], end, words);
  gint64 since = mail->failing_since != 0 ? mail->failing_since : keeper->now;
  g_autofree char *since_text = clock_format(since);
  keeper_say(keeper,
             "%s: was not sent: %s (failure %" G_GINT64_FORMAT
             " since %s; it is tried again; remove the file to give it up)",
             mail->path, text, mail->failures + 1, since_text);
  keeper->run.failed++;
  return ledger_put_mail_failed(keeper->ledger, mail, text, keeper->now, error);
}

/* Records what came of SENDINGS; *FAILURES counts those that failed in a row. */
static gboolean record(Keeper *keeper, const ConfigurationCommand *command,
                       const GPtrArray *sendings, guint *failures, GError **error)
{
  if (!keeper_group_begin(keeper, error))
    return FALSE;
  for (guint i = 0; i < sendings->len; i++) {
    const Sending *sending = g_ptr_array_index(sendings, i);
    gboolean ok = TRUE;
    if (sending->result == NULL) {
      ok = ledger_drop_mail(keeper->ledger, sending->mail, keeper->now, error);
    } else if (program_succeeded(sending->result)) {
      *failures = 0;
      ok = ledger_put_mail_sent(keeper->ledger, sending->mail, keeper->now, error);
    } else if (sending->result->end != PROGRAM_END_STOPPED) {
      ++*failures;
      ok = record_failure(keeper, command, sending, error);
    }
    if (!ok)
      return FALSE;
  }
  return keeper_group_end(keeper, error);
}

/* At most LIMIT messages that are due. */
static GPtrArray *next_sendings(Keeper *keeper, guint limit, GError **error)
{
  g_autoptr(GPtrArray) mails = ledger_mails_due(keeper->ledger, keeper->now, limit, error);
  if (mails == NULL)
    return NULL;
  GPtrArray *sendings = g_ptr_array_new_with_free_func(sending_free);
  while (mails->len > 0) {
    Sending *sending = g_new0(Sending, 1);
    sending->mail = g_ptr_array_steal_index(mails, 0);
    g_ptr_array_add(sendings, sending);
  }
  return sendings;
}

gboolean keeper_send_mail(Keeper *keeper, GError **error)
{
  const ConfigurationCommand *command = configuration_mail_command(keeper->configuration);
  for (guint failures = 0; failures < FAILURES_IN_A_ROW && !keeper_is_stopped();) {
    /* As many as are sent at once: no more than these can be sent twice. */
    g_autoptr(GPtrArray) sendings = next_sendings(keeper, keeper->threads, error);
    if (sendings == NULL)
      return FALSE;
    if (sendings->len == 0)
      return TRUE;
    if (!keeper_finish_writing(keeper, error) ||
        (command != NULL &&
         !keeper_parallel(keeper, sendings, send_one, (gpointer)command, error)) ||
        !record(keeper, command, sendings, &failures, error))
      return FALSE;
  }
  return TRUE;
}

#include "base/error.h"
#include "ledger/ledger-private.h"

/* Attachments are kept once each, apart from the applications that have them. */
static gboolean put_attachments(Ledger *ledger, const RequestApplication *application,
                                GError **error)
{
  const GPtrArray *attachments = application->attachments;
  for (guint i = 0; attachments != NULL && i < attachments->len; i++) {
    const RequestAttachment *attachment = g_ptr_array_index(attachments, i);
    if (attachment->bytes != NULL &&
        !ledger_do(ledger, error, "INSERT INTO attachment VALUES ($1, $2) ON CONFLICT DO NOTHING",
                   "tb", attachment->sha256, attachment->bytes))
      return FALSE;
  }
  return TRUE;
}

static GBytes *content_without_attachments(const RequestApplication *application)
{
  if (application->attachments == NULL || application->attachments->len == 0)
    return record_to_bytes(&request_application_record, application);
  RequestApplication *content = record_copy(&request_application_record, application);
  for (guint i = 0; i < content->attachments->len; i++) {
    RequestAttachment *attachment = g_ptr_array_index(content->attachments, i);
    g_clear_pointer(&attachment->bytes, g_bytes_unref);
  }
  GBytes *bytes = record_to_bytes(&request_application_record, content);
  record_free(&request_application_record, content);
  return bytes;
}

static const char *const states[LIFECYCLE_APPLICATION_N] = {
    [LIFECYCLE_APPLICATION_SAVED] = "saved",
    [LIFECYCLE_APPLICATION_SUBMITTED] = "submitted",
    [LIFECYCLE_APPLICATION_REJECTED] = "rejected",
    [LIFECYCLE_APPLICATION_APPROVED] = "approved",
};

gboolean ledger_put_application(Ledger *ledger, const char *certificate, const char *ref,
                                const RequestApplication *application, char **names,
                                LifecycleApplicationState state, gint64 now, gint64 file,
                                GError **error)
{
  g_autoptr(GBytes) content = content_without_attachments(application);
  gint64 number = 0;
  if (!put_attachments(ledger, application, error) ||
      !ledger_number(ledger, &number, error, LEDGER_NEXT("application"), "") ||
      !ledger_do(ledger, error, "INSERT INTO application VALUES ($1, $2, $3, $4, $5, $6, $7)",
                 "nttnnbn", number, certificate, ref, (gint64)state, now, content, file))
    return FALSE;
  char **shown = names != NULL ? names : application->domains;
  g_autofree char *joined = shown != NULL ? g_strjoinv(" ", shown) : NULL;
  g_autofree char *text = g_strdup_printf("application %s", ref);
  ledger_mark_stale(ledger, LEDGER_STALE_CERTIFICATE, "%s", certificate);
  if (!ledger_do(ledger, error,
                 "UPDATE certificate SET application = $1, names = $2, changed = $3, "
                 "reviewed = 0, review_asked = CASE WHEN $5 = 2 AND status IN (5, 6) THEN $3 "
                 "ELSE 0 END WHERE id = $4",
                 "ntntn", number, joined, now, certificate, (gint64)state))
    return FALSE;
  sqlite3_stmt *row = ledger_query(
      ledger, error, "SELECT number, status FROM certificate WHERE id = $1", "t", certificate);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more == 0)
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_BUG, "there is no certificate %s",
                certificate);
  if (more <= 0)
    return FALSE;
  ledger_mark_listed(ledger, sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1));
  sqlite3_reset(row);
  /* Nobody has reviewed it yet, and nothing that was due goes on without it. */
  G_STATIC_ASSERT(LIFECYCLE_APPLICATION_SUBMITTED == 2 && LIFECYCLE_STATUS_ISSUED == 5 &&
                  LIFECYCLE_STATUS_EXPIRED == 6);
  return ledger_look_again(ledger, certificate, error) &&
         ledger_log(ledger, now, states[state], certificate, file, text, error);
}

gboolean ledger_add_review(Ledger *ledger, const RequestReview *review, const char *certificate,
                           gint64 now, gint64 file, GError **error)
{
  gint64 application = 0;
  if (!ledger_number(ledger, &application, error,
                     "SELECT application FROM certificate WHERE id = $1", "t", certificate))
    return FALSE;
  gboolean approved = g_strcmp0(review->decision, "approve") == 0;
  LifecycleApplicationState state =
      approved ? LIFECYCLE_APPLICATION_APPROVED : LIFECYCLE_APPLICATION_REJECTED;
  g_autoptr(GBytes) content = record_to_bytes(&request_review_record, review);
  g_autofree char *text = g_strdup_printf("reviewer %s", review->reviewer);
  return ledger_do(ledger, error,
                   "INSERT INTO review (application, at, content, file) VALUES ($1, $2, $3, $4)",
                   "nnbn", application, now, content, file) &&
         ledger_do(ledger, error, "UPDATE application SET state = $1 WHERE number = $2", "nn",
                   (gint64)state, application) &&
         ledger_do(ledger, error,
                   "UPDATE certificate SET review_asked = 0, reviewed = CASE WHEN $1 = 1 THEN $2 "
                   "ELSE reviewed END WHERE id = $3",
                   "nnt", (gint64)approved, now, certificate) &&
         ledger_look_again(ledger, certificate, error) &&
         ledger_log(ledger, now, states[state], certificate, file, text, error);
}

GBytes *ledger_read_attachment(Ledger *ledger, const char *sha256, GError **error)
{
  sqlite3_stmt *row =
      ledger_query(ledger, error, "SELECT content FROM attachment WHERE sha256 = $1", "t", sha256);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more < 0)
    return NULL;
  GBytes *content = more > 0 ? column_bytes(row, 0) : NULL;
  sqlite3_reset(row);
  if (content == NULL)
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_CORRUPT,
                "state/ledger.db: the attachment %s is missing", sha256);
  return content;
}

void ledger_application_free(LedgerApplication *application)
{
  if (application == NULL)
    return;
  g_free(application->ref);
  record_free(&request_application_record, application->content);
  record_free(&request_review_record, application->review);
  g_free(application);
}

static gboolean read_last_review(Ledger *ledger, gint64 number, LedgerApplication *application,
                                 GError **error)
{
  sqlite3_stmt *row = ledger_query(ledger, error,
                                   "SELECT at, content FROM review WHERE application = $1 "
                                   "ORDER BY number DESC LIMIT 1",
                                   "n", number);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more > 0) {
    g_autoptr(GBytes) content = column_bytes(row, 1);
    application->reviewed = sqlite3_column_int64(row, 0);
    application->review = record_from_bytes(&request_review_record, content);
    sqlite3_reset(row);
  }
  return more >= 0;
}

gboolean ledger_read_application(Ledger *ledger, const char *certificate,
                                 LedgerApplication **ret_application, GError **error)
{
  sqlite3_stmt *row = ledger_query(ledger, error,
                                   "SELECT a.number, a.ref, a.state, a.at, a.content "
                                   "FROM certificate c JOIN application a ON a.number = "
                                   "c.application WHERE c.id = $1",
                                   "t", certificate);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more <= 0) {
    if (more == 0)
      *ret_application = NULL;
    return more == 0;
  }
  g_autoptr(LedgerApplication) application = g_new0(LedgerApplication, 1);
  gint64 number = sqlite3_column_int64(row, 0);
  application->ref = column_text(row, 1);
  application->state = (LifecycleApplicationState)sqlite3_column_int64(row, 2);
  application->at = sqlite3_column_int64(row, 3);
  g_autoptr(GBytes) content = column_bytes(row, 4);
  sqlite3_reset(row);
  application->content = record_from_bytes(&request_application_record, content);
  if (application->content == NULL) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_CORRUPT,
                "state/ledger.db: the application %s of %s cannot be read", application->ref,
                certificate);
    return FALSE;
  }
  if (!read_last_review(ledger, number, application, error))
    return FALSE;
  *ret_application = g_steal_pointer(&application);
  return TRUE;
}

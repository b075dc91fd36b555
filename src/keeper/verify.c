#include "base/clock.h"
#include "base/error.h"
#include "keeper/verify-private.h"

/* How many differences are told one by one. */
#define LISTED 1000

const char *const keeper_verified_names[] = {
    [KEEPER_VERIFIED_LEDGER] = "ledger",
    [KEEPER_VERIFIED_LOG] = "log",
    [KEEPER_VERIFIED_AUTHORITY] = "authority",
    [KEEPER_VERIFIED_CERTIFICATE] = "certificates",
    [KEEPER_VERIFIED_KEY] = "keys",
    [KEEPER_VERIFIED_CRL] = "crls",
    [KEEPER_VERIFIED_ARCHIVE] = "archives",
    [KEEPER_VERIFIED_DOCUMENT] = "documents",
    [KEEPER_VERIFIED_COUNT] = "counts",
};
G_STATIC_ASSERT(G_N_ELEMENTS(keeper_verified_names) == KEEPER_VERIFIED_N);

/* In one view of the ledger, in this order. */
static const struct {
  KeeperVerified what;
  VerifyCheck check;
} checks[] = {
    {KEEPER_VERIFIED_LEDGER, verify_ledger},
    {KEEPER_VERIFIED_LOG, verify_log},
    {KEEPER_VERIFIED_AUTHORITY, verify_authority},
    {KEEPER_VERIFIED_CERTIFICATE, verify_certificates},
    {KEEPER_VERIFIED_KEY, verify_keys},
    {KEEPER_VERIFIED_CRL, verify_crls},
    {KEEPER_VERIFIED_ARCHIVE, verify_written},
    {KEEPER_VERIFIED_DOCUMENT, verify_attachments},
    {KEEPER_VERIFIED_ARCHIVE, verify_strays},
    {KEEPER_VERIFIED_COUNT, verify_counts},
};

static void difference_free(gpointer data)
{
  KeeperDifference *difference = data;
  g_free(difference->subject);
  g_free(difference->text);
  g_free(difference);
}

void keeper_verification_free(KeeperVerification *verification)
{
  if (verification == NULL)
    return;
  g_ptr_array_unref(verification->differences);
  g_ptr_array_unref(verification->notes);
  g_free(verification);
}

/* ---- What is found ------------------------------------------------------ */

/* TEXT is taken. */
static void add_found(Verify *verify, gboolean note, KeeperVerified what, const char *subject,
                      char *text) /* NOLINT(readability-non-const-parameter): it is freed */
{
  KeeperVerification *result = verify->result;
  KeeperDifference *found = g_new0(KeeperDifference, 1);
  *found = (KeeperDifference){what, g_strdup(subject), text};
  g_mutex_lock(&verify->lock);
  GPtrArray *list = note ? result->notes : result->differences;
  *(note ? &result->note_count : &result->difference_count) += 1;
  if (list->len < LISTED)
    g_ptr_array_add(list, g_steal_pointer(&found));
  g_mutex_unlock(&verify->lock);
  if (found != NULL)
    difference_free(found);
}

void verify_differ(Verify *verify, KeeperVerified what, const char *subject, const char *format,
                   ...)
{
  va_list arguments;
  va_start(arguments, format);
  add_found(verify, FALSE, what, subject, g_strdup_vprintf(format, arguments));
  va_end(arguments);
}

void verify_note(Verify *verify, KeeperVerified what, const char *subject, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  add_found(verify, TRUE, what, subject, g_strdup_vprintf(format, arguments));
  va_end(arguments);
}

void verify_count(Verify *verify, KeeperVerified what, gint64 count)
{
  g_mutex_lock(&verify->lock);
  verify->result->looked_at[what] += count;
  g_mutex_unlock(&verify->lock);
}

/* ---- All of it ---------------------------------------------------------- */

/* What is damaged so far that a check cannot go on, is a difference. */
static gboolean run_check(Verify *verify, KeeperVerified what, VerifyCheck check, GError **error)
{
  g_autoptr(GError) failed = NULL;
  if (check(verify, &failed))
    return TRUE;
  if (!g_error_matches(failed, CERTDROP_ERROR, CERTDROP_ERROR_CORRUPT)) {
    g_propagate_error(error, g_steal_pointer(&failed));
    return FALSE;
  }
  verify_differ(verify, what, "state/ledger.db", "%s", failed->message);
  return TRUE;
}

static gboolean run_checks(Verify *verify, GError **error)
{
  Ledger *ledger = verify->keeper->ledger;
  if (!ledger_begin_reading(ledger, error))
    return FALSE;
  gboolean ok = TRUE;
  for (gsize i = 0; ok && i < G_N_ELEMENTS(checks); i++)
    ok = run_check(verify, checks[i].what, checks[i].check, error);
  ledger_rollback(ledger);
  return ok && run_check(verify, KEEPER_VERIFIED_ARCHIVE, verify_suspects, error);
}

/* In the order of what they are about, whatever thread found them. */
static int compare_differences(gconstpointer a, gconstpointer b)
{
  const KeeperDifference *one = *(const KeeperDifference *const *)a;
  const KeeperDifference *other = *(const KeeperDifference *const *)b;
  if (one->what != other->what)
    return one->what < other->what ? -1 : 1;
  int order = g_strcmp0(one->subject, other->subject);
  return order != 0 ? order : g_strcmp0(one->text, other->text);
}

KeeperVerification *keeper_verify(Keeper *keeper, gboolean fetched, GError **error)
{
  if (!pki_init(PKI_SECURE_HEAP_KEEPER, error) || !keeper_open_wrapping_key(keeper, error))
    return NULL;
  keeper->now = MAX(clock_now(), ledger_report_time(keeper->ledger));
  Verify verify = {.keeper = keeper, .fetched = fetched};
  g_mutex_init(&verify.lock);
  verify.suspects = g_ptr_array_new_with_free_func(verify_suspect_free);
  g_autoptr(KeeperVerification) result = verify.result = g_new0(KeeperVerification, 1);
  result->differences = g_ptr_array_new_with_free_func(difference_free);
  result->notes = g_ptr_array_new_with_free_func(difference_free);
  gboolean ok = run_checks(&verify, error);
  g_ptr_array_sort(result->differences, compare_differences);
  g_ptr_array_sort(result->notes, compare_differences);
  g_ptr_array_unref(verify.suspects);
  g_clear_pointer(&verify.root, g_bytes_unref);
  g_clear_pointer(&verify.issuing, g_bytes_unref);
  g_mutex_clear(&verify.lock);
  return ok ? g_steal_pointer(&result) : NULL;
}

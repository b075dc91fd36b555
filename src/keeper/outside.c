#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/program.h"
#include "keeper/apply-private.h"

/* Issuers that are reached by a command: it reads a CSR and leaves a chain, in a private
 * folder of its own, outside of any transaction. A run that is killed meanwhile leaves
 * the request as it was, and the folder to the next run, which clears it and asks again.
 * What the command leaves is as hostile as any file from outside: a reader looks into it, as
 * into an <issuance> document. */

/* Where a program that is handed request.csr alone leaves its answer is the chain: uacme's
 * place for it is BASE-cert.pem. */
#define CSR_NAME "request.csr"
#define CHAIN_NAME "request-cert.pem"
#define CHAIN_LIMIT ((gsize)131072) /* of an issuance: schemas/types.xsd, CertificateChain */

/* One certificate that an issuer is asked for. */
typedef struct {
  LedgerOutside *request;
  const ConfigurationIssuer *issuer; /* NULL: not configured any more */
  char *folder;                      /* below the instance */
  gboolean skipped;                  /* its issuer hung in this run already */
  ProgramResult *result;             /* NULL: it was not started */
  GBytes *chain;                     /* what it left, or NULL */
  char *failure;                     /* why there is no certificate, one line; or NULL */
} Asking;

static void asking_free(gpointer data)
{
  Asking *asking = data;
  ledger_outside_free(asking->request);
  g_free(asking->folder);
  program_result_free(asking->result);
  g_clear_pointer(&asking->chain, g_bytes_unref);
  g_free(asking->failure);
  g_free(asking);
}

/* ---- The command ----------------------------------------------------------------- */

static char *file_in(const Asking *asking, const char *name)
{
  return g_strdup_printf("%s/%s", asking->folder, name);
}

static gboolean prepare_folder(Keeper *keeper, const Asking *asking, GError **error)
{
  g_autofree char *path = file_in(asking, CSR_NAME);
  g_autoptr(GBytes) csr = outbox_make_csr(asking->request->csr);
  gsize length;
  const void *bytes = g_bytes_get_data(csr, &length);
  return file_make_folder(keeper->root, asking->folder, 0700, error) &&
         file_replace(keeper->root, path, bytes, length, 0600, NULL, error);
}

static char *absolute(Keeper *keeper, const Asking *asking, const char *name, GError **error)
{
  g_autofree char *path = file_in(asking, name);
  return keeper_instance_path(keeper->root, path, error);
}

static gboolean run_command(Keeper *keeper, Asking *asking, GError **error)
{
  const ConfigurationCommand *command = asking->issuer->command;
  g_autofree char *csr = absolute(keeper, asking, CSR_NAME, error);
  g_autofree char *chain = csr != NULL ? absolute(keeper, asking, CHAIN_NAME, error) : NULL;
  g_autofree char *folder =
      chain != NULL ? keeper_instance_path(keeper->root, asking->folder, error) : NULL;
  if (folder == NULL)
    return FALSE;
  g_autofree char *names = g_strjoinv(",", asking->request->names);
  const ProgramPlaceholder placeholders[] = {{"csr", csr},
                                             {"chain", chain},
                                             {"names", names},
                                             {"id", asking->request->certificate},
                                             {NULL, NULL}};
  g_auto(GStrv) arguments = program_expand((const char *const *)command->arguments, placeholders);
  const ProgramRequest request = {.arguments = (const char *const *)arguments,
                                  .folder = folder,
                                  .timeout_seconds = command->timeout_seconds,
                                  .stop = keeper_is_stopped};
  asking->result = program_run(&request);
  if (program_succeeded(asking->result))
    return TRUE;
  g_autofree char *end = program_describe(&request, asking->result);
  asking->failure = g_strdup_printf("%s %s", command->arguments[0], end);
  return TRUE;
}

static void read_chain(Keeper *keeper, Asking *asking)
{
  g_autofree char *path = file_in(asking, CHAIN_NAME);
  g_autoptr(GError) error = NULL;
  asking->chain = file_read(keeper->root, path, CHAIN_LIMIT, &error);
  if (asking->chain == NULL)
    asking->failure = g_strdup_printf("%s ended well, but left no chain in {chain}: %s",
                                      asking->issuer->command->arguments[0], error->message);
}

/* A KeeperWork. */
static gboolean ask(Keeper *keeper, gpointer item, gpointer data G_GNUC_UNUSED, GError **error)
{
  Asking *asking = item;
  if (asking->skipped || keeper_is_stopped())
    return TRUE;
  if (asking->issuer == NULL) {
    asking->failure = g_strdup_printf("the issuer \"%s\" is not in certdrop.xml any more",
                                      asking->request->issuer);
    return TRUE;
  }
  if (!prepare_folder(keeper, asking, error) || !run_command(keeper, asking, error))
    return FALSE;
  if (asking->failure == NULL)
    read_chain(keeper, asking);
  return TRUE;
}

/* ---- What it left ------------------------------------------------------------------ */

/* The chain as an <issuance>. Of what is no ASCII, there is none in PEM; and text around PEM is
 * not looked at. */
static GBytes *make_document(const Asking *asking)
{
  gsize length;
  const char *bytes = g_bytes_get_data(asking->chain, &length);
  GString *text = g_string_new(NULL);
  g_string_append_printf(text,
                         "<issuance xmlns=\"urn:certdrop:1\" ref=\"chain\" certificate=\"%s\">",
                         asking->request->certificate);
  for (gsize i = 0; i < length; i++)
    if (bytes[i] == '\n' || (g_ascii_isprint(bytes[i]) && strchr("<>&", bytes[i]) == NULL))
      g_string_append_c(text, bytes[i]);
    else if (bytes[i] != '\r')
      g_string_append_c(text, '?');
  g_string_append(text, "</issuance>");
  return g_string_free_to_bytes(text);
}

static int open_document(const Asking *asking, GError **error)
{
  g_autoptr(GBytes) document = make_document(asking);
  gsize length;
  const char *bytes = g_bytes_get_data(document, &length);
  int fd = memfd_create("issuance", MFD_CLOEXEC);
  for (gsize at = 0; fd >= 0 && at < length;) {
    ssize_t written = write(fd, bytes + at, length - at);
    if (written < 0) {
      close(fd);
      fd = -1;
    }
    at += written > 0 ? (gsize)written : 0;
  }
  if (fd < 0)
    error_set_errno(error, errno, "no memory for a chain");
  return fd;
}

/* Has a reader look into the chain. *RET_ITEM is NULL where it cannot be read; then, and where
 * there is something wrong with it, FAULTS are added. */
static gboolean look_into_chain(Keeper *keeper, const Asking *asking, RequestItem **ret_item,
                                GPtrArray *faults, GError **error)
{
  int fd = open_document(asking, error);
  if (fd < 0)
    return FALSE;
  if (keeper->pool == NULL && (keeper->pool = intake_pool_new(keeper->threads, error)) == NULL) {
    close(fd);
    return FALSE;
  }
  if (!intake_pool_submit(keeper->pool, fd, asking->request->certificate, NULL, error))
    return FALSE;
  for (gboolean last = FALSE; !last;) {
    IntakeAnswer answer = {0};
    if (!intake_pool_next(keeper->pool, -1, &answer, error))
      return FALSE;
    last = answer.type == INTAKE_ANSWER_FILE;
    GPtrArray *found = answer.item != NULL   ? answer.item->faults
                       : answer.file != NULL ? answer.file->faults
                                             : NULL;
    while (found != NULL && found->len > 0)
      g_ptr_array_add(faults, g_ptr_array_steal_index(found, 0));
    if (answer.item != NULL && faults->len == 0 && *ret_item == NULL)
      *ret_item = g_steal_pointer(&answer.item);
    intake_answer_clear(&answer);
  }
  return TRUE;
}

static gboolean take_chain(Keeper *keeper, Asking *asking, GError **error)
{
  g_autoptr(RequestItem) item = NULL;
  g_autoptr(GPtrArray) faults = fault_array_new();
  if (!look_into_chain(keeper, asking, &item, faults, error))
    return FALSE;
  if (faults->len == 0 && (item == NULL || item->kind != REQUEST_KIND_ISSUANCE))
    fault_add(faults, "certificate-format", 0, NULL, "the chain cannot be read");
  if (faults->len == 0 && !keeper_decide_own(keeper, item, faults, error))
    return FALSE;
  if (faults->len == 0)
    return TRUE;
  const Fault *first = g_ptr_array_index(faults, 0);
  asking->failure =
      g_strdup_printf("what %s left was refused: %s [%s]", asking->issuer->command->arguments[0],
                      first->text, first->code);
  return TRUE;
}

/* ---- What came of it ------------------------------------------------------------------ */

/* Of a renewal or re-issue the applicant hears too: what serves now may run out. */
static gboolean write_failure_mail(Keeper *keeper, const Asking *asking, GError **error)
{
  g_autoptr(LifecycleCertificate) certificate = NULL;
  g_autoptr(LifecycleOrder) order = NULL;
  g_autofree char *ref = ids_order_of(asking->request->certificate);
  if (!ledger_read_certificate_facts(keeper->ledger, asking->request->certificate, &certificate,
                                     error) ||
      !ledger_read_order(keeper->ledger, ref, &order, error))
    return FALSE;
  if (certificate == NULL || order == NULL || certificate->application == NULL ||
      certificate->first_issued == 0)
    return TRUE;
  const LifecycleStep step = {
      .kind = LIFECYCLE_STEP_WRITE_MAIL,
      .certificate = certificate->id,
      .application = certificate->application,
      .application_ref = certificate->application_ref,
      .mail = LIFECYCLE_MAIL_RENEWAL_FAILED,
      .until = certificate->not_after,
      .failure = asking->failure,
  };
  KeeperStepContext context = {.order = order->ref, .product = order->product};
  return apply_write_mail(keeper, &step, &context, error);
}

static const char *output_of(const Asking *asking)
{
  return asking->result != NULL ? asking->result->output : "";
}

/* All that the command said, below how it ended. */
static char *full_output(const Asking *asking)
{
  const char *output = output_of(asking);
  return g_strdup_printf("%s%s%s", asking->failure, *output != '\0' ? "\n" : "", output);
}

static gboolean record_failure(Keeper *keeper, const Asking *asking, GError **error)
{
  const LedgerOutside *request = asking->request;
  gint64 next = keeper->now + lifecycle_retry_pause(request->attempts + 1);
  g_autofree char *output = full_output(asking);
  g_autofree char *again = clock_format(next);
  gboolean mail = FALSE;
  keeper->run.failed++;
  g_autofree char *words = program_last_words(output_of(asking));
  keeper_say(keeper,
             "%s: was not certified by the issuer \"%s\": %s%s (failure %" G_GINT64_FORMAT
             "; it is asked again from %s on)",
             request->certificate, request->issuer, asking->failure, words, request->attempts + 1,
             again);
  return ledger_put_outside_failed(keeper->ledger, request, next, output, error) &&
         ledger_add_failure(keeper->ledger, request->certificate, asking->failure, keeper->now,
                            &mail, error) &&
         (!mail || write_failure_mail(keeper, asking, error));
}

static gboolean was_stopped(const Asking *asking)
{
  return asking->result != NULL && asking->result->end == PROGRAM_END_STOPPED;
}

static gboolean record(Keeper *keeper, const GPtrArray *askings, GError **error)
{
  if (!keeper_group_begin(keeper, error))
    return FALSE;
  for (guint i = 0; i < askings->len; i++) {
    Asking *asking = g_ptr_array_index(askings, i);
    if ((asking->failure == NULL && asking->chain != NULL && !take_chain(keeper, asking, error)) ||
        (asking->failure != NULL && !was_stopped(asking) && !record_failure(keeper, asking, error)))
      return FALSE;
  }
  return keeper_group_end(keeper, error);
}

/* ---- All that is due ------------------------------------------------------------------- */

/* The requests under way: as many as there are threads, in their order. HUNG are the issuers
 * whose command took too long in this run: who waits for them once more each time waits for
 * nothing else. */
static GPtrArray *next_askings(Keeper *keeper, const LedgerOutside *after, GHashTable *hung,
                               GError **error)
{
  g_autoptr(GPtrArray) due =
      ledger_outside_due(keeper->ledger, keeper->now, after, keeper->threads, error);
  if (due == NULL)
    return NULL;
  GPtrArray *askings = g_ptr_array_new_with_free_func(asking_free);
  while (due->len > 0) {
    Asking *asking = g_new0(Asking, 1);
    asking->request = g_ptr_array_steal_index(due, 0);
    asking->issuer = configuration_find_issuer(keeper->configuration, asking->request->issuer);
    asking->folder = g_strdup_printf(OUTSIDE_FOLDER "/%s", asking->request->certificate);
    asking->skipped = g_hash_table_contains(hung, asking->request->issuer);
    g_ptr_array_add(askings, asking);
  }
  return askings;
}

static void note_hung(const GPtrArray *askings, GHashTable *hung)
{
  for (guint i = 0; i < askings->len; i++) {
    const Asking *asking = g_ptr_array_index(askings, i);
    if (asking->result != NULL && asking->result->end == PROGRAM_END_TIMEOUT)
      g_hash_table_add(hung, g_strdup(asking->request->issuer));
  }
}

static gboolean ask_all(Keeper *keeper, GHashTable *hung, GError **error)
{
  g_autoptr(GPtrArray) before = NULL;
  while (!keeper_is_stopped()) {
    const Asking *last = before != NULL ? g_ptr_array_index(before, before->len - 1) : NULL;
    g_autoptr(GPtrArray) askings =
        next_askings(keeper, last != NULL ? last->request : NULL, hung, error);
    if (askings == NULL)
      return FALSE;
    if (askings->len == 0)
      return TRUE;
    if (!keeper_finish_writing(keeper, error) ||
        !keeper_parallel(keeper, askings, ask, NULL, error) || !record(keeper, askings, error))
      return FALSE;
    note_hung(askings, hung);
    g_clear_pointer(&before, g_ptr_array_unref);
    before = g_steal_pointer(&askings);
  }
  return TRUE;
}

/* No issuer is asked in a folder where another's answer may lie. */
static gboolean wipe(Keeper *keeper)
{
  g_autoptr(GError) failed = NULL;
  if (file_wipe_folder(keeper->root, OUTSIDE_FOLDER, &failed))
    return TRUE;
  keeper_say(keeper, OUTSIDE_FOLDER ", where commands of issuers work, cannot be removed: %s",
             failed->message);
  keeper->run.failed++;
  return FALSE;
}

gboolean keeper_ask_issuers(Keeper *keeper, GError **error)
{
  /* What a killed run left. */
  if (!wipe(keeper))
    return TRUE;
  g_autoptr(GHashTable) hung = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  gboolean ok = ask_all(keeper, hung, error);
  wipe(keeper);
  return ok;
}

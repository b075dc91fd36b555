#include "base/text.h"
#include "keeper/keeper-private.h"

/* How many items are read from the ledger at once: a batch may have 100,000. */
#define PORTION 500

/* Of how many bytes a part of a long receipt is, or a little more. */
#define PART ((gsize)256 << 10)

/* A certificate as the receipt shows it, with what it borrows from. */
typedef struct {
  GPtrArray *ids;       /* char * */
  GPtrArray *paths;     /* char **, one for each */
  GArray *certificates; /* OutboxCertificate */
} Certificates;

static void certificates_clear(Certificates *certificates)
{
  g_clear_pointer(&certificates->ids, g_ptr_array_unref);
  g_clear_pointer(&certificates->paths, g_ptr_array_unref);
  g_clear_pointer(&certificates->certificates, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Certificates, certificates_clear)

static gboolean add_certificate(Keeper *keeper, const LedgerCertificate *row, Certificates *into,
                                GError **error)
{
  g_autoptr(GPtrArray) outputs = ledger_outputs_of_certificate(keeper->ledger, row->id, error);
  if (outputs == NULL)
    return FALSE;
  GPtrArray *paths = g_ptr_array_new();
  for (guint i = 0; i < outputs->len; i++) {
    const LedgerOutput *output = g_ptr_array_index(outputs, i);
    if (output->kind == LEDGER_OUTPUT_ARCHIVE)
      g_ptr_array_add(paths, g_strdup(output->path));
  }
  g_ptr_array_add(paths, NULL);
  char **list = (char **)g_ptr_array_free(paths, FALSE);
  char *id = g_strdup(row->id);
  g_ptr_array_add(into->ids, id);
  g_ptr_array_add(into->paths, list);
  const OutboxCertificate certificate = {id, row->status, (const char *const *)list};
  g_array_append_val(into->certificates, certificate);
  return TRUE;
}

/* The certificates of SUBJECT, an order or one certificate. */
static gboolean read_certificates(Keeper *keeper, const char *subject, const LifecycleOrder *order,
                                  Certificates *ret_certificates, GError **error)
{
  ret_certificates->ids = g_ptr_array_new_with_free_func(g_free);
  ret_certificates->paths = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
  ret_certificates->certificates = g_array_new(FALSE, FALSE, sizeof(OutboxCertificate));
  if (order != NULL) {
    g_autoptr(GPtrArray) rows = ledger_certificates_of_order(keeper->ledger, subject, error);
    for (guint i = 0; rows != NULL && i < rows->len; i++)
      if (!add_certificate(keeper, g_ptr_array_index(rows, i), ret_certificates, error))
        return FALSE;
    return rows != NULL;
  }
  g_autoptr(LedgerCertificate) row = NULL;
  if (!ledger_read_certificate(keeper->ledger, subject, &row, error))
    return FALSE;
  return row == NULL || add_certificate(keeper, row, ret_certificates, error);
}

/* What an accepted revocation has paid back, into REFUND, which borrows from *RET_ROW. */
static gboolean read_refund(Keeper *keeper, const LedgerItem *row, LedgerRefund **ret_row,
                            RequestPayment *refund, GError **error)
{
  if (row->kind != REQUEST_KIND_REVOCATION || row->outcome != LIFECYCLE_OUTCOME_ACCEPTED)
    return TRUE;
  if (!ledger_read_refund(keeper->ledger, row->subject, ret_row, error))
    return FALSE;
  if (*ret_row != NULL)
    *refund = (RequestPayment){.reference = (*ret_row)->reference,
                               .amount = (*ret_row)->amount,
                               .currency = (*ret_row)->currency};
  return TRUE;
}

static gboolean add_item(Keeper *keeper, const LedgerItem *row, OutboxReceipt *receipt,
                         OutboxReport *report, GError **error)
{
  g_auto(Certificates) certificates = {0};
  g_autoptr(LifecycleOrder) order = NULL;
  g_autoptr(LedgerRefund) refund_row = NULL;
  RequestPayment refund = {0};
  OutboxItem item = {.kind = row->kind,
                     .ref = row->ref,
                     .outcome = row->outcome,
                     .repeated = row->repeated,
                     .faults = row->faults,
                     .warnings = row->warnings};
  if (row->outcome == LIFECYCLE_OUTCOME_ACCEPTED && row->subject != NULL) {
    if (!ledger_read_order(keeper->ledger, row->subject, &order, error) ||
        !read_certificates(keeper, row->subject, order, &certificates, error))
      return FALSE;
    item.due = order != NULL ? lifecycle_due(order) : 0;
    item.currency = order != NULL ? order->currency : NULL;
    item.certificates = (const OutboxCertificate *)(void *)certificates.certificates->data;
    item.certificate_count = certificates.certificates->len;
  }
  if (!read_refund(keeper, row, &refund_row, &refund, error))
    return FALSE;
  item.refund = refund_row != NULL ? &refund : NULL;
  outbox_receipt_add_item(receipt, &item);
  if (report != NULL)
    outbox_report_add_item(report, &item);
  return TRUE;
}

/* What was accepted, but should be looked at: the first of a file's warnings is kept. */
static void take_warnings(KeeperFile *file, const LedgerItem *row)
{
  if (row->warnings == NULL || row->warnings->len == 0)
    return;
  const Fault *fault = g_ptr_array_index(row->warnings, 0);
  if (file->warning == NULL)
    file->warning = fault->line > 0
                        ? g_strdup_printf("line %" G_GINT64_FORMAT ": %s", fault->line, fault->text)
                        : g_strdup(fault->text);
  file->warnings += row->warnings->len;
}

/* The receipt under way and what is made beside it. */
typedef struct {
  OutboxReceipt *receipt;
  KeeperSpool *spool;
  OutboxReport *report; /* NULL of an accepted file */
} Answer;

static gboolean add_items(Keeper *keeper, KeeperFile *file, const Answer *answer, GError **error)
{
  for (gint64 first = 0;;) {
    g_autoptr(GPtrArray) rows =
        ledger_items_of_file(keeper->ledger, file->row->number, first, PORTION, error);
    if (rows == NULL)
      return FALSE;
    for (guint i = 0; i < rows->len; i++) {
      const LedgerItem *row = g_ptr_array_index(rows, i);
      if (!add_item(keeper, row, answer->receipt, answer->report, error))
        return FALSE;
      take_warnings(file, row);
      first = row->position + 1;
    }
    GBytes *part = outbox_receipt_take(answer->receipt, PART);
    if (part != NULL && !keeper_spool_add(keeper, answer->spool, part, error))
      return FALSE;
    if (rows->len < PORTION)
      return TRUE;
  }
}

/* A line for a person, as of a rejected file. The receipt has them all. */
static void say_warnings(Keeper *keeper, const KeeperFile *decided)
{
  if (decided->warning == NULL)
    return;
  g_autofree char *path = outbox_receipt_path(decided->name, decided->row->name_number);
  g_autofree char *more = decided->warnings > 1
                              ? g_strdup_printf("and %u more, ", decided->warnings - 1)
                              : g_strdup("");
  keeper_say(keeper, "%s: warning: %s (%ssee %s)", decided->row->name, decided->warning, more,
             path);
}

static gboolean add_report(Keeper *keeper, const KeeperFile *decided, OutboxReport *report,
                           GError **error)
{
  KeeperOutput *output = keeper_output_new_document(
      outbox_report_path(decided->name, decided->row->name_number), outbox_report_finish(report));
  output->row->receipt = TRUE;
  return keeper_add_output(keeper, output, error);
}

gboolean keeper_add_receipt(Keeper *keeper, KeeperFile *decided, GError **error)
{
  const LedgerFile *row = decided->row;
  const OutboxFile file = {.name = decided->name,
                           .number = row->name_number,
                           .sha256 = row->sha256,
                           .decided = row->decided,
                           .outcome = ledger_file_states[row->state],
                           .secrets = decided->secrets};
  g_autoptr(OutboxReceipt) receipt = outbox_receipt_new(&file);
  g_autoptr(KeeperSpool) spool =
      keeper_spool_new(outbox_receipt_path(decided->name, row->name_number));
  g_autoptr(OutboxReport) report =
      row->state != LEDGER_FILE_ACCEPTED ? outbox_report_new(&file) : NULL;
  const Answer answer = {receipt, spool, report};
  decided->answered = TRUE;
  outbox_receipt_add_faults(receipt, row->faults);
  if (report != NULL)
    outbox_report_add_faults(report, row->faults);
  gboolean added = add_items(keeper, decided, &answer, error);
  GBytes *rest = added ? outbox_receipt_finish(receipt, error) : NULL;
  return rest != NULL && keeper_spool_end(keeper, spool, rest, error) &&
         (report == NULL || add_report(keeper, decided, report, error));
}

/* The first thing that is wrong with a file, for a line on standard error. */
static gboolean say_rejected(Keeper *keeper, const KeeperFile *decided, GError **error)
{
  const LedgerFile *row = decided->row;
  g_autofree char *path = outbox_report_path(decided->name, row->name_number);
  const Fault *first = row->faults->len > 0 ? g_ptr_array_index(row->faults, 0) : NULL;
  g_autoptr(GPtrArray) items = ledger_items_of_file(keeper->ledger, row->number, 0, PORTION, error);
  if (items == NULL)
    return FALSE;
  for (guint i = 0; first == NULL && i < items->len; i++) {
    const LedgerItem *item = g_ptr_array_index(items, i);
    if (item->outcome == LIFECYCLE_OUTCOME_REJECTED && item->faults->len > 0)
      first = g_ptr_array_index(item->faults, 0);
  }
  g_autofree char *line = first != NULL && first->line > 0
                              ? g_strdup_printf("line %" G_GINT64_FORMAT ": ", first->line)
                              : g_strdup("");
  keeper_say(keeper, "%s: %s: %s%s (see %s)", row->name,
             row->state == LEDGER_FILE_PARTLY ? "partly rejected" : "rejected", line,
             first != NULL ? first->text : "see its error file", path);
  return TRUE;
}

gboolean keeper_say_decided(Keeper *keeper, GError **error)
{
  for (guint i = 0; i < keeper->decided->len; i++) {
    const KeeperFile *decided = g_ptr_array_index(keeper->decided, i);
    gboolean accepted = decided->row->state == LEDGER_FILE_ACCEPTED;
    keeper->run.accepted += accepted;
    keeper->run.rejected += !accepted;
    say_warnings(keeper, decided);
    if (!accepted && !say_rejected(keeper, decided, error))
      return FALSE;
  }
  return TRUE;
}

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "outbox/outbox-private.h"

#include <libxml/xmlwriter.h>
#include <string.h>

struct OutboxReceipt {
  GByteArray *bytes;
  xmlTextWriter *writer;
  gboolean failed; /* in any step so far */
};

static const char *const receipt_outcomes[] = {
    [LIFECYCLE_OUTCOME_ACCEPTED] = "accepted",
    [LIFECYCLE_OUTCOME_REJECTED] = "rejected",
    [LIFECYCLE_OUTCOME_WAITING] = NULL, /* what waits has no receipt */
};
G_STATIC_ASSERT(G_N_ELEMENTS(receipt_outcomes) == LIFECYCLE_OUTCOME_N);

static void receipt_begin(OutboxReceipt *receipt, const char *element)
{
  if (xmlTextWriterStartElement(receipt->writer, BAD_CAST element) < 0)
    receipt->failed = TRUE;
}

static void receipt_end(OutboxReceipt *receipt)
{
  if (xmlTextWriterEndElement(receipt->writer) < 0)
    receipt->failed = TRUE;
}

/* An attribute; none where VALUE is NULL. */
static void receipt_attribute(OutboxReceipt *receipt, const char *name, const char *value)
{
  g_autofree char *clean = outbox_clean_text(value);
  if (clean != NULL &&
      xmlTextWriterWriteAttribute(receipt->writer, BAD_CAST name, BAD_CAST clean) < 0)
    receipt->failed = TRUE;
}

static void receipt_text(OutboxReceipt *receipt, const char *text)
{
  g_autofree char *clean = outbox_clean_text(text);
  if (xmlTextWriterWriteString(receipt->writer, BAD_CAST clean) < 0)
    receipt->failed = TRUE;
}

static void receipt_fault(OutboxReceipt *receipt, const char *element, const Fault *fault)
{
  g_autofree char *line =
      fault->line > 0 ? g_strdup_printf("%" G_GINT64_FORMAT, fault->line) : NULL;
  receipt_begin(receipt, element);
  receipt_attribute(receipt, "code", fault->code);
  receipt_attribute(receipt, "line", line);
  receipt_attribute(receipt, "element", fault->element);
  receipt_text(receipt, fault->text);
  receipt_end(receipt);
}

static void receipt_faults(OutboxReceipt *receipt, const char *element, const GPtrArray *faults)
{
  for (guint i = 0; faults != NULL && i < faults->len; i++)
    receipt_fault(receipt, element, faults->pdata[i]);
}

static void receipt_money(OutboxReceipt *receipt, const char *element, gint64 money,
                          const char *currency, const char *reference)
{
  g_autofree char *amount = text_format_money(money);
  receipt_begin(receipt, element);
  receipt_attribute(receipt, "amount", amount);
  receipt_attribute(receipt, "currency", currency);
  receipt_attribute(receipt, "reference", reference);
  receipt_end(receipt);
}

static void receipt_certificate(OutboxReceipt *receipt, const OutboxCertificate *certificate)
{
  receipt_begin(receipt, "certificate");
  receipt_attribute(receipt, "id", certificate->id);
  receipt_attribute(receipt, "status", lifecycle_statuses[certificate->status].name);
  for (const char *const *file = certificate->files; file != NULL && *file != NULL; file++) {
    static const char folder[] = "outbox/";
    receipt_begin(receipt, "file");
    receipt_text(receipt, g_str_has_prefix(*file, folder) ? *file + strlen(folder) : *file);
    receipt_end(receipt);
  }
  receipt_end(receipt);
}

/* Whether REF is of the form that the schema gives to references. */
static gboolean receipt_ref_is_good(const char *ref)
{
  gsize length = strlen(ref);
  return g_ascii_isalnum(*ref) && length <= 64 &&
         length == strspn(ref, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._-");
}

OutboxReceipt *outbox_receipt_new(const OutboxFile *file)
{
  OutboxReceipt *receipt = g_new0(OutboxReceipt, 1);
  receipt->bytes = g_byte_array_new();
  receipt->writer = xmlNewTextWriter(outbox_xml_output(receipt->bytes));
  g_assert(receipt->writer != NULL);
  g_autofree char *name = outbox_kept_name(file->name, file->number);
  g_autofree char *decided = clock_format(file->decided);
  xmlTextWriterSetIndent(receipt->writer, 1);
  xmlTextWriterSetIndentString(receipt->writer, BAD_CAST "  ");
  if (xmlTextWriterStartDocument(receipt->writer, NULL, "UTF-8", NULL) < 0)
    receipt->failed = TRUE;
  receipt_begin(receipt, "receipt");
  receipt_attribute(receipt, "xmlns", "urn:certdrop:1");
  receipt_attribute(receipt, "file", name);
  receipt_attribute(receipt, "sha256", file->sha256);
  receipt_attribute(receipt, "decided", decided);
  receipt_attribute(receipt, "outcome", file->outcome);
  return receipt;
}

void outbox_receipt_add_faults(OutboxReceipt *receipt, const GPtrArray *faults)
{
  receipt_faults(receipt, "fault", faults);
}

void outbox_receipt_add_item(OutboxReceipt *receipt, const OutboxItem *item)
{
  g_assert(item->outcome == LIFECYCLE_OUTCOME_ACCEPTED ||
           item->outcome == LIFECYCLE_OUTCOME_REJECTED);
  receipt_begin(receipt, "item");
  receipt_attribute(receipt, "kind", request_kinds[item->kind].name);
  if (item->ref != NULL && receipt_ref_is_good(item->ref))
    receipt_attribute(receipt, "ref", item->ref);
  receipt_attribute(receipt, "outcome", receipt_outcomes[item->outcome]);
  receipt_attribute(receipt, "repeated", item->repeated ? "true" : NULL);
  receipt_faults(receipt, "fault", item->faults);
  receipt_faults(receipt, "warning", item->warnings);
  if (item->due > 0)
    receipt_money(receipt, "due", item->due, item->currency, NULL);
  if (item->refund != NULL)
    receipt_money(receipt, "refund", item->refund->amount, item->refund->currency,
                  item->refund->reference);
  for (gsize i = 0; i < item->certificate_count; i++)
    receipt_certificate(receipt, &item->certificates[i]);
  receipt_end(receipt);
}

GBytes *outbox_receipt_take(OutboxReceipt *receipt, gsize minimum)
{
  if (receipt->bytes->len < minimum)
    return NULL;
  GBytes *taken = g_bytes_new(receipt->bytes->data, receipt->bytes->len);
  g_byte_array_set_size(receipt->bytes, 0);
  return taken;
}

GBytes *outbox_receipt_finish(OutboxReceipt *receipt, GError **error)
{
  if (xmlTextWriterEndDocument(receipt->writer) < 0 || xmlTextWriterFlush(receipt->writer) < 0)
    receipt->failed = TRUE;
  if (receipt->failed) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_BUG, "libxml2 did not write the receipt");
    return NULL;
  }
  return g_byte_array_free_to_bytes(g_steal_pointer(&receipt->bytes));
}

void outbox_receipt_free(OutboxReceipt *receipt)
{
  if (receipt == NULL)
    return;
  xmlFreeTextWriter(receipt->writer);
  if (receipt->bytes != NULL)
    g_byte_array_unref(receipt->bytes);
  g_free(receipt);
}

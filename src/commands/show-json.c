#include "commands/commands-private.h"

/* A certificate and an order as members of a JSON object (vocabulary.md, "Commands"). */

static void add_entry(JsonBuilder *builder, gconstpointer element)
{
  const LedgerEntry *entry = element;
  json_add_time(builder, "at", entry->at);
  json_add_text(builder, "what", entry->what);
  json_add_text(builder, "file", entry->file);
  json_add_text(builder, "text", entry->text);
}

/* What happened to SUBJECT, and when, by which file. */
static gboolean add_history(JsonBuilder *builder, Ledger *ledger, const char *subject,
                            const char *order, GError **error)
{
  const guint most = 1000;
  g_autoptr(GPtrArray) entries = ledger_history(ledger, subject, order, most, error);
  if (entries == NULL)
    return FALSE;
  json_add_objects(builder, "history", entries, add_entry);
  return TRUE;
}

/* Of an uploaded one, the name in it; else what the catalogue says. */
static gboolean add_issuer(JsonBuilder *builder, Ledger *ledger,
                           const LedgerCertificate *certificate, GError **error)
{
  g_autoptr(LedgerOrigin) origin = NULL;
  if (!ledger_read_origin(ledger, certificate->id, &origin, error))
    return FALSE;
  const char *issuer = certificate->product->issuer;
  if (origin == NULL || certificate->uploaded)
    issuer = origin != NULL ? origin->issuer : NULL;
  json_add_text(builder, "issuer", issuer);
  return TRUE;
}

/* A deleted certificate has no status; here alone it is shown as such (rules.md 23). */
static const char *status_name(LifecycleStatus status)
{
  return status != 0 ? lifecycle_statuses[status].name : "deleted";
}

/* What was paid back for it, and the revocation that it came with; null where there is none. */
static gboolean add_revocation(JsonBuilder *builder, Ledger *ledger,
                               const LedgerCertificate *certificate, GError **error)
{
  g_autoptr(LedgerRefund) refund = NULL;
  if (!ledger_read_refund(ledger, certificate->id, &refund, error))
    return FALSE;
  json_add_time(builder, "revoked", certificate->revoked);
  json_add_text(builder, "reason",
                certificate->revoked != 0 ? lifecycle_reasons[certificate->reason].name : NULL);
  json_builder_set_member_name(builder, "refund");
  if (refund == NULL) {
    json_builder_add_null_value(builder);
    return TRUE;
  }
  json_builder_begin_object(builder);
  json_add_money(builder, "amount", refund->amount);
  json_add_text(builder, "currency", refund->currency);
  json_add_text(builder, "reference", refund->reference);
  json_builder_end_object(builder);
  return TRUE;
}

gboolean json_add_certificate(JsonBuilder *builder, Ledger *ledger,
                              const LedgerCertificate *certificate, GError **error)
{
  json_add_text(builder, "id", certificate->id);
  json_add_text(builder, "order", certificate->order);
  json_add_text(builder, "product", certificate->uploaded ? NULL : certificate->product->id);
  json_add_text(builder, "status", status_name(certificate->status));
  json_add_texts(builder, "domains", certificate->names);
  json_add_time(builder, "notBefore", certificate->not_before);
  json_add_time(builder, "notAfter", certificate->not_after);
  json_add_time(builder, "termEnd", certificate->term_end);
  json_add_text(builder, "serialNumber", certificate->serial);
  json_add_text(builder, "sha256", certificate->sha256);
  json_add_text(builder, "keyAlgorithm", certificate->key_kind);
  if (!add_issuer(builder, ledger, certificate, error))
    return FALSE;
  json_add_text(builder, "forerunner", certificate->forerunner);
  json_add_text(builder, "successor", certificate->successor);
  json_add_time(builder, "due", certificate->due > LEDGER_LOOK_AGAIN ? certificate->due : 0);
  json_add_time(builder, "failingSince", certificate->failing_since);
  json_add_text(builder, "failure", certificate->failure);
  json_add_flag(builder, "uploaded", certificate->uploaded);
  json_add_text(builder, "name", certificate->name);
  return json_add_deployments(builder, ledger, certificate->id, error) &&
         add_revocation(builder, ledger, certificate, error) &&
         add_history(builder, ledger, certificate->id, certificate->order, error);
}

static void add_payment(JsonBuilder *builder, gconstpointer element)
{
  const RequestPayment *payment = element;
  json_add_text(builder, "ref", payment->ref);
  json_add_text(builder, "reference", payment->reference);
  json_add_money(builder, "amount", payment->amount);
  json_add_text(builder, "currency", payment->currency);
}

static void add_certificate_of_order(JsonBuilder *builder, gconstpointer element)
{
  const LedgerCertificate *certificate = element;
  json_add_text(builder, "id", certificate->id);
  json_add_text(builder, "status", status_name(certificate->status));
}

gboolean json_add_order(JsonBuilder *builder, Ledger *ledger, const LedgerOrder *order,
                        GError **error)
{
  const LifecycleOrder *facts = order->order;
  g_autoptr(GPtrArray) certificates = ledger_certificates_of_order(ledger, facts->ref, error);
  if (certificates == NULL)
    return FALSE;
  json_add_text(builder, "id", facts->ref);
  json_add_text(builder, "product", facts->product->id);
  json_add_number(builder, "quantity", facts->quantity);
  json_add_number(builder, "years", facts->years);
  json_add_number(builder, "nameCount", facts->name_count);
  json_add_flag(builder, "autoRenew", facts->auto_renew);
  json_add_text(builder, "renews", facts->renews);
  json_add_flag(builder, "automatic", facts->automatic);
  json_add_money(builder, "price", facts->price);
  json_add_text(builder, "currency", facts->currency);
  json_add_flag(builder, "paid", facts->paid);
  json_add_money(builder, "due", lifecycle_due(facts));
  json_add_objects(builder, "payments", order->payments, add_payment);
  json_add_time(builder, "created", order->created);
  json_add_text(builder, "file", order->file);
  json_add_objects(builder, "certificates", certificates, add_certificate_of_order);
  return add_history(builder, ledger, facts->ref, NULL, error);
}

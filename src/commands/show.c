#include <stdio.h>

#include "base/error.h"
#include "base/text.h"
#include "commands/commands-private.h"

/* An entry of the history: what, when, by which file. */
static gboolean add_history(JsonBuilder *builder, Ledger *ledger, const char *subject,
                            const char *order, GError **error)
{
  const guint most = 1000;
  g_autoptr(GPtrArray) entries = ledger_history(ledger, subject, order, most, error);
  if (entries == NULL)
    return FALSE;
  json_builder_set_member_name(builder, "history");
  json_builder_begin_array(builder);
  for (guint i = 0; i < entries->len; i++) {
    const LedgerEntry *entry = g_ptr_array_index(entries, i);
    json_builder_begin_object(builder);
    json_add_time(builder, "at", entry->at);
    json_add_text(builder, "what", entry->what);
    json_add_text(builder, "file", entry->file);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
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
  g_autofree char *amount = text_format_money(refund->amount);
  json_builder_begin_object(builder);
  json_add_text(builder, "amount", amount);
  json_add_text(builder, "currency", refund->currency);
  json_add_text(builder, "reference", refund->reference);
  json_builder_end_object(builder);
  return TRUE;
}

static gboolean add_certificate(JsonBuilder *builder, Ledger *ledger,
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
  json_builder_set_member_name(builder, "uploaded");
  json_builder_add_boolean_value(builder, certificate->uploaded);
  return json_add_deployments(builder, ledger, certificate->id, error) &&
         add_revocation(builder, ledger, certificate, error) &&
         add_history(builder, ledger, certificate->id, certificate->order, error);
}

static gboolean add_order(JsonBuilder *builder, Ledger *ledger, const LedgerOrder *order,
                          GError **error)
{
  const LifecycleOrder *facts = order->order;
  g_autoptr(GPtrArray) certificates = ledger_certificates_of_order(ledger, facts->ref, error);
  if (certificates == NULL)
    return FALSE;
  g_autofree char *price =
      g_strdup_printf("%" G_GINT64_FORMAT ".%02d", facts->price / 100, (int)(facts->price % 100));
  json_add_text(builder, "id", facts->ref);
  json_add_text(builder, "product", facts->product->id);
  json_add_number(builder, "quantity", facts->quantity);
  json_add_number(builder, "years", facts->years);
  json_add_number(builder, "nameCount", facts->name_count);
  json_builder_set_member_name(builder, "autoRenew");
  json_builder_add_boolean_value(builder, facts->auto_renew);
  json_add_text(builder, "price", price);
  json_add_text(builder, "currency", facts->currency);
  json_builder_set_member_name(builder, "paid");
  json_builder_add_boolean_value(builder, facts->paid);
  g_autofree char *due = text_format_money(lifecycle_due(facts));
  json_add_text(builder, "due", due);
  json_add_time(builder, "created", order->created);
  json_builder_set_member_name(builder, "certificates");
  json_builder_begin_array(builder);
  for (guint i = 0; i < certificates->len; i++) {
    const LedgerCertificate *certificate = g_ptr_array_index(certificates, i);
    json_builder_begin_object(builder);
    json_add_text(builder, "id", certificate->id);
    json_add_text(builder, "status", status_name(certificate->status));
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
  return add_history(builder, ledger, facts->ref, NULL, error);
}

static int unknown(const char *id, GError **error)
{
  g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED,
              "there is no certificate and no order \"%s\"; the pages under reports/ list them all",
              id);
  return -1;
}

/* A certificate by its ID, or by its order's where that has only one; else an order. */
static int show_json(Keeper *keeper, const char *id, GError **error)
{
  Ledger *ledger = keeper_ledger(keeper);
  g_autoptr(JsonBuilder) builder = json_builder_new();
  g_autoptr(LedgerCertificate) certificate = NULL;
  g_autoptr(LedgerOrder) order = NULL;
  if (!ledger_read_certificate(ledger, id, &certificate, error) ||
      !ledger_read_order_page(ledger, id, &order, error))
    return -1;
  if (certificate == NULL && order == NULL)
    return unknown(id, error);
  json_builder_begin_object(builder);
  gboolean ok = certificate != NULL ? add_certificate(builder, ledger, certificate, error)
                                    : add_order(builder, ledger, order, error);
  json_builder_end_object(builder);
  if (!ok)
    return -1;
  command_print_json(builder);
  return 0;
}

/* An upload has no order to show: its reference means the certificate. */
static gboolean find_meant(Ledger *ledger, const char *id, char **ret_meant, GError **error)
{
  g_autoptr(LifecycleOrder) order = NULL;
  if (!ledger_read_order(ledger, id, &order, error))
    return FALSE;
  gboolean upload = order != NULL && product_is_uploaded(order->product);
  *ret_meant = upload ? ids_certificate(id, 1) : g_strdup(id);
  return TRUE;
}

int command_show(const CommandContext *context, int argc, char **argv, GError **error)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
      {"json", 0, 0, G_OPTION_ARG_NONE, &json, "print it as one JSON object", NULL},
      G_OPTION_ENTRY_NULL,
  };
  if (!command_parse("show", entries, &argc, &argv, 1, 1, error))
    return -1;
  g_autoptr(Keeper) keeper = keeper_open(context->root, KEEPER_FOR_SHOW, error);
  if (keeper == NULL)
    return -1;
  g_autofree char *id = NULL;
  if (!find_meant(keeper_ledger(keeper), argv[1], &id, error))
    return -1;
  if (json)
    return show_json(keeper, id, error);
  g_autofree char *markdown = NULL;
  if (!keeper_show(keeper, id, &markdown, error))
    return -1;
  if (markdown == NULL)
    return unknown(argv[1], error);
  fputs(markdown, stdout);
  return 0;
}

#include <stdio.h>

#include "base/error.h"
#include "commands/commands-private.h"

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
  gboolean ok = certificate != NULL ? json_add_certificate(builder, ledger, certificate, error)
                                    : json_add_order(builder, ledger, order, error);
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
  g_autofree char *painted = terminal_paint_markdown(markdown);
  fputs(painted, stdout);
  return 0;
}

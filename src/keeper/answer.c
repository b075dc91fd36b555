/* When receipts are written. A receipt tells how things stand at the end of its own file, whatever
 * else comes in its group, which is a matter of chance. What was decided is in the ledger by then;
 * but certificates are made on other threads, and with them it turns out which archives there are.
 * So a file that tells of one that is being made is answered once it is made: at the end of the
 * group, or before another file has something decided about it. */
#include <string.h>

#include "keeper/keeper-private.h"

/* A file of so many items is not kept waiting: its certificates are made at once. */
#define LONG 500

/* Whether CERTIFICATE is SUBJECT, or one of the order that is. */
static gboolean is_about(const char *subject, const char *certificate)
{
  gsize length = strlen(subject);
  return strncmp(certificate, subject, length) == 0 &&
         (certificate[length] == '\0' || certificate[length] == '.');
}

/* Whether something of SUBJECT, an order or a certificate, is being made. */
static gboolean is_being_made(const Keeper *keeper, const char *subject)
{
  for (guint i = 0; i < keeper->issues->len; i++)
    if (is_about(subject, ((const KeeperIssue *)g_ptr_array_index(keeper->issues, i))->certificate))
      return TRUE;
  for (guint i = 0; i < keeper->archives->len; i++)
    if (is_about(subject, keeper_archive_job_certificate(g_ptr_array_index(keeper->archives, i))))
      return TRUE;
  return FALSE;
}

static gboolean tells_of_what_is_being_made(const Keeper *keeper, const GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++) {
    const LedgerItem *item = g_ptr_array_index(items, i);
    if (item->subject != NULL && is_being_made(keeper, item->subject))
      return TRUE;
  }
  return FALSE;
}

/* What changes one of SUBJECTS changes what has still to be told. A payment for an order changes
 * its certificates: each has a key "ORDER." for that. */
static void add_subjects(Keeper *keeper, const GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++) {
    const LedgerItem *item = g_ptr_array_index(items, i);
    if (item->subject == NULL)
      continue;
    g_autofree char *order = ids_order_of(item->subject);
    g_hash_table_add(keeper->untold, g_strdup(item->subject));
    g_hash_table_add(keeper->untold, g_strconcat(order, ".", NULL));
  }
}

gboolean keeper_answer_file(Keeper *keeper, KeeperFile *file, GError **error)
{
  g_ptr_array_add(keeper->decided, file);
  if (keeper->issues->len == 0 && keeper->archives->len == 0)
    return keeper_add_receipt(keeper, file, error);
  g_autoptr(GPtrArray) items =
      ledger_items_of_file(keeper->ledger, file->row->number, 0, LONG, error);
  if (items == NULL)
    return FALSE;
  if (items->len == LONG)
    return keeper_answer_all(keeper, error);
  if (!tells_of_what_is_being_made(keeper, items))
    return keeper_add_receipt(keeper, file, error);
  add_subjects(keeper, items);
  return TRUE;
}

gboolean keeper_answer_before(Keeper *keeper, const char *certificate, const char *order,
                              gboolean of_order, GError **error)
{
  if (g_hash_table_size(keeper->untold) == 0)
    return TRUE;
  g_autofree char *any = of_order ? g_strconcat(order, ".", NULL) : g_strdup(certificate);
  if (!g_hash_table_contains(keeper->untold, any) && !g_hash_table_contains(keeper->untold, order))
    return TRUE;
  return keeper_answer_all(keeper, error);
}

gboolean keeper_answer_all(Keeper *keeper, GError **error)
{
  if (!keeper_make_issues(keeper, error) || !keeper_make_archives(keeper, error))
    return FALSE;
  g_hash_table_remove_all(keeper->untold);
  for (guint i = 0; i < keeper->decided->len; i++) {
    KeeperFile *file = g_ptr_array_index(keeper->decided, i);
    if (!file->answered && !keeper_add_receipt(keeper, file, error))
      return FALSE;
  }
  return TRUE;
}

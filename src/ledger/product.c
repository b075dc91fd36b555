#include "base/error.h"
#include "ledger/ledger-private.h"

/* The product of CONTENT, the same one each time: it stays where it is while the
 * ledger is open, even if what brought it is undone and its number used again. */
static Product *product_of(Ledger *ledger, GBytes *content)
{
  Product *product = g_hash_table_lookup(ledger->contents, content);
  if (product == NULL && (product = record_from_bytes(&product_record, content)) != NULL)
    g_hash_table_insert(ledger->contents, g_bytes_ref(content), product);
  return product;
}

const Product *ledger_product(Ledger *ledger, gint64 number, GError **error)
{
  Product *product = g_hash_table_lookup(ledger->products, GINT_TO_POINTER((gint)number));
  if (product != NULL)
    return product;
  sqlite3_stmt *row =
      ledger_query(ledger, error, "SELECT content FROM product WHERE number = $1", "n", number);
  int more = row != NULL ? ledger_next(ledger, row, error) : -1;
  if (more < 0)
    return NULL;
  g_autoptr(GBytes) content = more > 0 ? column_bytes(row, 0) : NULL;
  sqlite3_reset(row);
  product = content != NULL ? product_of(ledger, content) : NULL;
  if (product == NULL) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_CORRUPT,
                "state/ledger.db: product %" G_GINT64_FORMAT " cannot be read", number);
    return NULL;
  }
  g_hash_table_insert(ledger->products, GINT_TO_POINTER((gint)number), product);
  return product;
}

gboolean ledger_put_product(Ledger *ledger, const Product *product, gint64 *ret_number,
                            GError **error)
{
  g_autoptr(GBytes) content = record_to_bytes(&product_record, product);
  gint64 number = 0;
  if (!ledger_number(ledger, &number, error, "SELECT number FROM product WHERE content = $1", "b",
                     content))
    return FALSE;
  if (number == 0 && (!ledger_number(ledger, &number, error, LEDGER_NEXT("product"), "") ||
                      !ledger_do(ledger, error, "INSERT INTO product VALUES ($1, $2, $3)", "ntb",
                                 number, product->id, content)))
    return FALSE;
  *ret_number = number;
  return TRUE;
}

/* What pages of days, places, money and the log are made from: a part of ledger.h, which
 * includes it. */
#ifndef CERTDROP_LEDGER_VIEWS_H
#define CERTDROP_LEDGER_VIEWS_H

#include "ledger/ledger.h"

/* ---- The log, in blocks of LEDGER_BLOCK_SIZE entries ---- */

/* The nearest block of the log below (DIRECTION < 0) or above (> 0) BLOCK, as in
 * ledger_next_block(). */
gboolean ledger_next_log_block(Ledger *ledger, gint64 block, int direction, gint64 *ret_block,
                               GError **error);
/* The entries of BLOCK, newest first: GPtrArray of LedgerEntry. */
GPtrArray *ledger_entries_in_block(Ledger *ledger, gint64 block, GError **error);

/* ---- Days of expiry: of what is issued or has expired ---- */

typedef struct {
  gint64 day; /* days since 1970 */
  gint64 certificates;
} LedgerExpiryDay;

/* The days from FIRST up to, not including, END, on which certificates run out: GArray of
 * LedgerExpiryDay, in order. */
GArray *ledger_expiry_days(Ledger *ledger, gint64 first, gint64 end, GError **error);
/* The nearest such day before (DIRECTION < 0) or after (> 0) DAY; -1 where there is none. */
gboolean ledger_next_expiry_day(Ledger *ledger, gint64 day, int direction, gint64 *ret_day,
                                GError **error);
/* At most LIMIT certificates that run out on DAY, those first that do first. The blocks of all
 * others go to *RET_OTHERS, unless it is NULL, as from ledger_newest_certificates(). */
GPtrArray *ledger_certificates_on_day(Ledger *ledger, gint64 day, guint limit, GArray **ret_others,
                                      GError **error);
/* At most LIMIT issued certificates that run out before UNTIL with nothing to renew them, neither
 * by itself nor another one that is issued, those first that run out first; and their number. */
GPtrArray *ledger_unattended_certificates(Ledger *ledger, gint64 until, guint limit,
                                          gint64 *ret_count, GError **error);

/* ---- Places of deployment: a product in a region ---- */

typedef struct {
  char *product;
  char *region; /* "": the product has none */
  gint64 counts[LIFECYCLE_DEPLOYMENT_N];
} LedgerPlace;
void ledger_place_free(LedgerPlace *place);

/* All that have, or are to have or to lose, a certificate, by product and region: GPtrArray of
 * LedgerPlace. */
GPtrArray *ledger_places(Ledger *ledger, GError **error);
/* The nearest block of certificates, as in ledger_next_block(), that has any at the place. */
gboolean ledger_next_place_block(Ledger *ledger, const char *product, const char *region,
                                 gint64 block, int direction, gint64 *ret_block, GError **error);

/* A deployment with what is, or is to be, there. */
typedef struct {
  LedgerDeployment *deployment;
  char **names;
  gint64 not_after;
} LedgerPlaced;
void ledger_placed_free(LedgerPlaced *placed);

/* Those of the certificates of BLOCK, newest first: GPtrArray of LedgerPlaced. */
GPtrArray *ledger_placed_in_block(Ledger *ledger, const char *product, const char *region,
                                  gint64 block, GError **error);

/* ---- Money ---- */

typedef enum {
  LEDGER_SPENDING_ORDER = 1,
  LEDGER_SPENDING_RENEWAL,
  LEDGER_SPENDING_AUTOMATIC, /* a renewal that counts as paid (pay="true") */
  LEDGER_SPENDING_REFUND,
  LEDGER_SPENDING_N
} LedgerSpendingKind;

typedef struct {
  gint64 number; /* in the order in which it happened */
  gint64 at;
  LedgerSpendingKind kind;
  char *order;
  char *certificate; /* that a refund is for, or NULL */
  char *reference;   /* of the payment, or NULL */
  gint64 amount;
  char *currency;
  char *file; /* name of the file that brought it, or NULL */
} LedgerSpending;
void ledger_spending_free(LedgerSpending *spending);

/* What a day adds up to, of a kind and in a currency. */
typedef struct {
  gint64 day;
  LedgerSpendingKind kind;
  char *currency;
  gint64 entries;
  gint64 amount;
} LedgerSpendingDay;
void ledger_spending_day_free(LedgerSpendingDay *day);

/* The days from FIRST up to, not including, END: GPtrArray of LedgerSpendingDay, in order. */
GPtrArray *ledger_spending_days(Ledger *ledger, gint64 first, gint64 end, GError **error);
/* The number of the first entry at AT or later, and of the last one before: that less one. */
gboolean ledger_first_spending(Ledger *ledger, gint64 at, gint64 *ret_number, GError **error);
/* The entries with the numbers FIRST to LAST, newest first: GPtrArray of LedgerSpending. */
GPtrArray *ledger_read_spending(Ledger *ledger, gint64 first, gint64 last, GError **error);
/* When the entry NUMBER was; 0 in *RET_AT where there is none. */
gboolean ledger_spending_time(Ledger *ledger, gint64 number, gint64 *ret_at, GError **error);

#endif

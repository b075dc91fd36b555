#include "commands/sum.h"

#include "base/text.h"
#include "commands/commands-private.h"

/* What there is to count: the steps that do it, its name in JSON, and what people read. */
typedef struct {
  const char *name;
  const char *one;
  const char *many;
  LifecycleStepKind steps[2];
} SumCount;

static const SumCount counts[] = {
    {"ordered", "order", "orders", {LIFECYCLE_STEP_CREATE_ORDER, 0}},
    {"submitted",
     "application stored",
     "applications stored",
     {LIFECYCLE_STEP_STORE_APPLICATION, 0}},
    {"reviewed", "review", "reviews", {LIFECYCLE_STEP_RECORD_REVIEW, 0}},
    {"withdrawn", "application withdrawn", "applications withdrawn", {LIFECYCLE_STEP_WITHDRAW, 0}},
    {"requested",
     "certificate requested outside",
     "certificates requested outside",
     {LIFECYCLE_STEP_REQUEST_OUTSIDE, 0}},
    {"issued",
     "certificate issued",
     "certificates issued",
     {LIFECYCLE_STEP_ISSUE, LIFECYCLE_STEP_TAKE_CERTIFICATE}},
    {"uploaded", "certificate taken in", "certificates taken in", {LIFECYCLE_STEP_UPLOAD, 0}},
    {"archives", "archive made", "archives made", {LIFECYCLE_STEP_MAKE_ARCHIVE, 0}},
    {"deployed", "deployment", "deployments", {LIFECYCLE_STEP_DEPLOY, 0}},
    {"undeployed", "undeployment", "undeployments", {LIFECYCLE_STEP_UNDEPLOY, 0}},
    {"renewed", "renewal", "renewals", {LIFECYCLE_STEP_LINK_SUCCESSOR, 0}},
    {"revoked", "certificate revoked", "certificates revoked", {LIFECYCLE_STEP_REVOKE, 0}},
    {"deleted", "certificate deleted", "certificates deleted", {LIFECYCLE_STEP_DELETE, 0}},
};

/* The money there is: where a decision has it, its name in JSON, and what people read. */
static const struct {
  const char *name;
  const char *label;
  gsize offset;
} moneys[] = {
    {"price", "price", G_STRUCT_OFFSET(LifecycleSum, price)},
    {"paid", "paid", G_STRUCT_OFFSET(LifecycleSum, paid)},
    {"refunded", "paid back", G_STRUCT_OFFSET(LifecycleSum, refunded)},
};

/* Of one currency. */
typedef struct {
  const char *currency; /* interned */
  gint64 amounts[G_N_ELEMENTS(moneys)];
} SumMoney;

typedef struct {
  gint64 counts[G_N_ELEMENTS(counts)];
  GArray *money; /* SumMoney, in the order in which the currencies came */
} Sum;

static void sum_clear(Sum *sum)
{
  g_array_unref(sum->money);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sum, sum_clear)

static SumMoney *sum_money(Sum *sum, const char *currency)
{
  for (guint i = 0; i < sum->money->len; i++) {
    SumMoney *money = &g_array_index(sum->money, SumMoney, i);
    if (money->currency == currency)
      return money;
  }
  const SumMoney none = {currency, {0}};
  g_array_append_val(sum->money, none);
  return &g_array_index(sum->money, SumMoney, sum->money->len - 1);
}

static void sum_add(Sum *sum, const LifecycleSum *item)
{
  for (guint i = 0; i < G_N_ELEMENTS(counts); i++)
    for (guint k = 0; k < G_N_ELEMENTS(counts[i].steps); k++)
      sum->counts[i] += item->steps[counts[i].steps[k]];
  if (item->currency == NULL)
    return;
  SumMoney *money = sum_money(sum, item->currency);
  for (guint i = 0; i < G_N_ELEMENTS(moneys); i++)
    money->amounts[i] += G_STRUCT_MEMBER(const gint64, item, moneys[i].offset);
}

/* Whether ITEM would do what its decision says: it is accepted now, and was not before. */
static gboolean item_counts(const LedgerItem *item)
{
  return item->outcome == LIFECYCLE_OUTCOME_ACCEPTED && !item->repeated;
}

static Sum sum_of(const GPtrArray *items)
{
  Sum sum = {{0}, g_array_new(FALSE, FALSE, sizeof(SumMoney))};
  for (guint i = 0; i < items->len; i++) {
    const LedgerItem *item = g_ptr_array_index(items, i);
    if (item_counts(item))
      sum_add(&sum, &item->sum);
  }
  return sum;
}

static void add_amount(JsonBuilder *builder, gint64 amount, const char *currency)
{
  g_autofree char *text = text_format_money(amount);
  json_builder_begin_object(builder);
  json_add_text(builder, "amount", text);
  json_add_text(builder, "currency", currency);
  json_builder_end_object(builder);
}

void sum_add_item(JsonBuilder *builder, const LedgerItem *item)
{
  for (guint i = 0; i < G_N_ELEMENTS(moneys); i++) {
    gint64 amount = G_STRUCT_MEMBER(const gint64, &item->sum, moneys[i].offset);
    json_builder_set_member_name(builder, moneys[i].name);
    if (item_counts(item) && amount > 0)
      add_amount(builder, amount, item->sum.currency);
    else
      json_builder_add_null_value(builder);
  }
}

void sum_add_total(JsonBuilder *builder, const GPtrArray *items)
{
  g_auto(Sum) sum = sum_of(items);
  json_builder_set_member_name(builder, "totals");
  json_builder_begin_object(builder);
  for (guint i = 0; i < G_N_ELEMENTS(counts); i++)
    json_add_number(builder, counts[i].name, sum.counts[i]);
  for (guint i = 0; i < G_N_ELEMENTS(moneys); i++) {
    json_builder_set_member_name(builder, moneys[i].name);
    json_builder_begin_array(builder);
    for (guint k = 0; k < sum.money->len; k++) {
      const SumMoney *money = &g_array_index(sum.money, SumMoney, k);
      if (money->amounts[i] > 0)
        add_amount(builder, money->amounts[i], money->currency);
    }
    json_builder_end_array(builder);
  }
  json_builder_end_object(builder);
}

char *sum_describe(const GPtrArray *items)
{
  g_auto(Sum) sum = sum_of(items);
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < G_N_ELEMENTS(counts); i++)
    if (sum.counts[i] > 0)
      g_string_append_printf(text, "%s%" G_GINT64_FORMAT " %s", text->len > 0 ? ", " : "",
                             sum.counts[i], sum.counts[i] == 1 ? counts[i].one : counts[i].many);
  for (guint k = 0; k < sum.money->len; k++) {
    const SumMoney *money = &g_array_index(sum.money, SumMoney, k);
    for (guint i = 0; i < G_N_ELEMENTS(moneys); i++) {
      if (money->amounts[i] == 0)
        continue;
      g_autofree char *amount = text_format_money(money->amounts[i]);
      g_string_append_printf(text, "%s%s %s %s", text->len > 0 ? "; " : "", moneys[i].label, amount,
                             money->currency);
    }
  }
  return text->len > 0 ? g_string_free(g_steal_pointer(&text), FALSE) : NULL;
}

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
    {"applications",
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
    {"uploaded", "certificate uploaded", "certificates uploaded", {LIFECYCLE_STEP_UPLOAD, 0}},
    {"downloads", "download", "downloads", {LIFECYCLE_STEP_MAKE_ARCHIVE, 0}},
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
    {"price", "ordered for", G_STRUCT_OFFSET(LifecycleSum, price)},
    {"paid", "paid", G_STRUCT_OFFSET(LifecycleSum, paid)},
    {"refunded", "paid back", G_STRUCT_OFFSET(LifecycleSum, refunded)},
};

static const char *const outcomes[LIFECYCLE_OUTCOME_N] = {
    [LIFECYCLE_OUTCOME_ACCEPTED] = "accepted",
    [LIFECYCLE_OUTCOME_REJECTED] = "rejected",
    [LIFECYCLE_OUTCOME_WAITING] = "waiting",
};

/* Of one currency. */
typedef struct {
  const char *currency; /* interned */
  gint64 amounts[G_N_ELEMENTS(moneys)];
} SumMoney;

struct Sum {
  gint64 items;
  gint64 outcomes[LIFECYCLE_OUTCOME_N];
  gint64 repeated; /* of the accepted ones */
  gint64 counts[G_N_ELEMENTS(counts)];
  gint64 certificates; /* of the orders */
  GArray *money;       /* SumMoney, in the order in which the currencies came */
};

Sum *sum_new(void)
{
  Sum *sum = g_new0(Sum, 1);
  sum->money = g_array_new(FALSE, FALSE, sizeof(SumMoney));
  return sum;
}

void sum_free(Sum *sum)
{
  if (sum == NULL)
    return;
  g_array_unref(sum->money);
  g_free(sum);
}

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

static gint64 count_steps(const SumCount *count, const LifecycleSum *decision)
{
  gint64 number = 0;
  for (guint i = 0; i < G_N_ELEMENTS(count->steps); i++)
    number += decision->steps[count->steps[i]];
  return number;
}

static gint64 amount_of(const LifecycleSum *decision, guint money)
{
  return G_STRUCT_MEMBER(const gint64, decision, moneys[money].offset);
}

static void add_decision(Sum *sum, const LifecycleSum *decision)
{
  for (guint i = 0; i < G_N_ELEMENTS(counts); i++)
    sum->counts[i] += count_steps(&counts[i], decision);
  sum->certificates += decision->certificates;
  if (decision->currency == NULL)
    return;
  SumMoney *money = sum_money(sum, decision->currency);
  for (guint i = 0; i < G_N_ELEMENTS(moneys); i++)
    money->amounts[i] += amount_of(decision, i);
}

static gboolean item_counts(const LedgerItem *item)
{
  return item->outcome == LIFECYCLE_OUTCOME_ACCEPTED && !item->repeated;
}

void sum_add_items(Sum *sum, const GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++) {
    const LedgerItem *item = g_ptr_array_index(items, i);
    sum->items++;
    sum->outcomes[item->outcome]++;
    sum->repeated += item->repeated;
    if (item_counts(item))
      add_decision(sum, &item->sum);
  }
}

static void add_amount(JsonBuilder *builder, gint64 amount, const char *currency)
{
  json_builder_begin_object(builder);
  json_add_money(builder, "amount", amount);
  json_add_text(builder, "currency", currency);
  json_builder_end_object(builder);
}

void sum_add_item(JsonBuilder *builder, const LedgerItem *item)
{
  static const LifecycleSum nothing;
  const LifecycleSum *decision = item_counts(item) ? &item->sum : &nothing;
  json_builder_set_member_name(builder, "does");
  json_builder_begin_object(builder);
  for (guint i = 0; i < G_N_ELEMENTS(counts); i++) {
    gint64 number = count_steps(&counts[i], decision);
    if (number > 0)
      json_add_number(builder, counts[i].name, number);
  }
  if (decision->certificates > 0)
    json_add_number(builder, "certificates", decision->certificates);
  json_builder_end_object(builder);
  for (guint i = 0; i < G_N_ELEMENTS(moneys); i++) {
    json_builder_set_member_name(builder, moneys[i].name);
    if (amount_of(decision, i) > 0)
      add_amount(builder, amount_of(decision, i), decision->currency);
    else
      json_builder_add_null_value(builder);
  }
}

static void add_amounts(JsonBuilder *builder, const Sum *sum, guint money)
{
  json_builder_set_member_name(builder, moneys[money].name);
  json_builder_begin_array(builder);
  for (guint i = 0; i < sum->money->len; i++) {
    const SumMoney *of = &g_array_index(sum->money, SumMoney, i);
    if (of->amounts[money] > 0)
      add_amount(builder, of->amounts[money], of->currency);
  }
  json_builder_end_array(builder);
}

void sum_add_totals(JsonBuilder *builder, const Sum *sum)
{
  json_builder_set_member_name(builder, "totals");
  json_builder_begin_object(builder);
  json_add_number(builder, "items", sum->items);
  for (guint i = 1; i < LIFECYCLE_OUTCOME_N; i++)
    json_add_number(builder, outcomes[i], sum->outcomes[i]);
  json_add_number(builder, "repeated", sum->repeated);
  for (guint i = 0; i < G_N_ELEMENTS(counts); i++)
    json_add_number(builder, counts[i].name, sum->counts[i]);
  json_add_number(builder, "certificates", sum->certificates);
  for (guint i = 0; i < G_N_ELEMENTS(moneys); i++)
    add_amounts(builder, sum, i);
  json_builder_end_object(builder);
}

static void append(GString *text, const char *separator, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* SEPARATOR comes before all but the first. */
static void append(GString *text, const char *separator, const char *format, ...)
{
  if (text->len > 0)
    g_string_append(text, separator);
  va_list arguments;
  va_start(arguments, format);
  g_string_append_vprintf(text, format, arguments);
  va_end(arguments);
}

static void describe_items(const Sum *sum, GString *text)
{
  for (guint i = 1; sum->items > 1 && i < LIFECYCLE_OUTCOME_N; i++)
    if (sum->outcomes[i] > 0)
      append(text, ", ", "%" G_GINT64_FORMAT " %s", sum->outcomes[i], outcomes[i]);
  if (sum->repeated > 0)
    append(text, ", ", "%" G_GINT64_FORMAT " accepted before", sum->repeated);
}

static void describe_counts(const Sum *sum, GString *text)
{
  for (guint i = 0; i < G_N_ELEMENTS(counts); i++) {
    if (sum->counts[i] == 0)
      continue;
    append(text, ", ", "%" G_GINT64_FORMAT " %s", sum->counts[i],
           sum->counts[i] == 1 ? counts[i].one : counts[i].many);
    if (counts[i].steps[0] == LIFECYCLE_STEP_CREATE_ORDER && sum->certificates != sum->counts[i])
      g_string_append_printf(text, " of %" G_GINT64_FORMAT " certificates", sum->certificates);
  }
}

static void describe_money(const Sum *sum, GString *text)
{
  for (guint i = 0; i < sum->money->len; i++) {
    const SumMoney *money = &g_array_index(sum->money, SumMoney, i);
    for (guint k = 0; k < G_N_ELEMENTS(moneys); k++) {
      if (money->amounts[k] == 0)
        continue;
      g_autofree char *amount = text_format_money(money->amounts[k]);
      append(text, ", ", "%s %s %s", moneys[k].label, amount, money->currency);
    }
  }
}

char *sum_describe(const Sum *sum)
{
  g_autoptr(GString) items = g_string_new(NULL);
  g_autoptr(GString) done = g_string_new(NULL);
  g_autoptr(GString) money = g_string_new(NULL);
  describe_items(sum, items);
  describe_counts(sum, done);
  describe_money(sum, money);
  if (done->len > 0)
    append(items, ": ", "%s", done->str);
  if (money->len > 0)
    append(items, "; ", "%s", money->str);
  return items->len > 0 ? g_string_free(g_steal_pointer(&items), FALSE) : NULL;
}

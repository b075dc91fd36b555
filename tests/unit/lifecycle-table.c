/* Every cell of the table status × operation, and every move between statuses. */
#include "lifecycle-test.h"

/* The columns of both tables below, in the order of the statuses. */
#define COLUMNS (LIFECYCLE_STATUS_N - 1)

/* a: allowed, r: while a re-issue is under way, w: waits, -: refused. Awaiting, paid, pending,
 * failed, issued, expired, revoked, refunded. NULL: names no certificate. */
static const char *const cells[REQUEST_KIND_N] = {
    [REQUEST_KIND_APPLICATION] = "wa-a----",  [REQUEST_KIND_WITHDRAWAL] = "--aarr--",
    [REQUEST_KIND_REVIEW] = "wwa-rr--",       [REQUEST_KIND_ISSUANCE] = "--a-rr--",
    [REQUEST_KIND_DOWNLOAD] = "----aa--",     [REQUEST_KIND_DEPLOYMENT] = "----a---",
    [REQUEST_KIND_UNDEPLOYMENT] = "----aaaa", [REQUEST_KIND_RENEWAL] = "----aa--",
    [REQUEST_KIND_REVOCATION] = "aaaaa---",   [REQUEST_KIND_DELETION] = "aa-aaaaa",
};

static LifecycleVerdict expected_verdict(RequestKind kind, LifecycleStatus status)
{
  switch (cells[kind][status - 1]) {
  case 'a':
    return LIFECYCLE_VERDICT_ALLOW;
  case 'r':
    return LIFECYCLE_VERDICT_ALLOW_REISSUE;
  case 'w':
    return LIFECYCLE_VERDICT_WAIT;
  default:
    return LIFECYCLE_VERDICT_REFUSE;
  }
}

static void test_cells(void)
{
  for (RequestKind kind = 1; kind < REQUEST_KIND_N; kind++) {
    gboolean of_certificate = lifecycle_operations[kind].subject == LIFECYCLE_SUBJECT_CERTIFICATE;
    g_assert_cmpint(of_certificate, ==, cells[kind] != NULL);
    if (!of_certificate)
      continue;
    g_assert_cmpuint(strlen(cells[kind]), ==, COLUMNS);
    for (LifecycleStatus status = 1; status < LIFECYCLE_STATUS_N; status++) {
      const LifecycleCell *cell = lifecycle_cell(status, kind);
      g_test_message("%s on %s", request_kinds[kind].name, lifecycle_statuses[status].name);
      g_assert_cmpint(cell->verdict, ==, expected_verdict(kind, status));
      gboolean refused = cell->verdict == LIFECYCLE_VERDICT_REFUSE ||
                         cell->verdict == LIFECYCLE_VERDICT_ALLOW_REISSUE;
      g_assert_cmpint(cell->reason != NULL && strlen(cell->reason) > 10, ==, refused);
    }
  }
}

/* A document of KIND about PO-1.1 that is otherwise all right. */
static RequestItem *new_item_for_cell(RequestKind kind)
{
  if (kind == REQUEST_KIND_APPLICATION)
    return new_application_item("submit", new_application("www.example.test"));
  RequestItem *item = new_item_of(kind, "REF-1");
  gsize offset = lifecycle_operations[kind].subject_offset;
  G_STRUCT_MEMBER(char *, item->body, offset) = g_strdup("PO-1.1");
  if (kind == REQUEST_KIND_REVIEW) {
    ((RequestReview *)item->body)->decision = g_strdup("approve");
    ((RequestReview *)item->body)->reviewer = g_strdup("Reviewer One");
  }
  if (kind == REQUEST_KIND_DEPLOYMENT || kind == REQUEST_KIND_UNDEPLOYMENT) {
    RequestTarget *target = g_new0(RequestTarget, 1);
    target->product = g_strdup("web");
    ((RequestDeployment *)item->body)->targets = g_ptr_array_new();
    g_ptr_array_add(((RequestDeployment *)item->body)->targets, target);
  }
  if (kind == REQUEST_KIND_REVOCATION)
    ((RequestRevocation *)item->body)->reason = g_strdup("superseded");
  if (kind == REQUEST_KIND_ISSUANCE)
    ((RequestIssuance *)item->body)->leaf = new_leaf("www.example.test");
  return item;
}

/* The product "web" and, of another serial than its present one, the certificate on it. */
static void know_deployment(World *world)
{
  ConfigurationTarget *target = g_new0(ConfigurationTarget, 1);
  LifecycleDeployment *deployment = g_new0(LifecycleDeployment, 1);
  target->product = g_strdup("web");
  if (world->configuration->targets == NULL)
    world->configuration->targets = g_ptr_array_new();
  g_ptr_array_add(world->configuration->targets, target);
  *deployment = (LifecycleDeployment){g_strdup("web"), g_strdup(""), LIFECYCLE_DEPLOYMENT_DONE,
                                      g_strdup("09")};
  g_ptr_array_add(world->certificate->deployments, deployment);
  world->certificate->has_key = TRUE;
}

/* What is decided is what the cell says, with its reason in the fault. */
static void check_decision(World *world, RequestKind kind, LifecycleStatus status)
{
  know_certificate(world, "dv", status);
  world->certificate->application_ref = g_strdup("APP-1");
  world->certificate->application = new_application("www.example.test");
  if (kind == REQUEST_KIND_DEPLOYMENT || kind == REQUEST_KIND_UNDEPLOYMENT)
    know_deployment(world);
  if (kind == REQUEST_KIND_ISSUANCE && status == LIFECYCLE_STATUS_PENDING_VERIFICATION)
    know_outside(world->certificate, "www.example.test");
  g_autoptr(RequestItem) item = new_item_for_cell(kind);
  g_assert_cmpstr(lifecycle_subject(item), ==, "PO-1.1");
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  g_test_message("%s on %s", request_kinds[kind].name, lifecycle_statuses[status].name);
  if (lifecycle_operations[kind].decide == NULL) {
    assert_rejected(decision, "not-available");
    return;
  }
  const LifecycleCell *cell = lifecycle_cell(status, kind);
  if (cell->verdict == LIFECYCLE_VERDICT_ALLOW) {
    g_assert_cmpint(decision->outcome, ==, LIFECYCLE_OUTCOME_ACCEPTED);
    g_assert_cmpuint(decision->steps->len, >, 0);
  } else if (cell->verdict == LIFECYCLE_VERDICT_WAIT)
    assert_waiting(decision, "PO-1.1");
  else {
    assert_rejected(decision, "state");
    const Fault *fault = g_ptr_array_index(decision->faults, 0);
    g_assert_nonnull(strstr(fault->text, cell->reason));
    g_assert_nonnull(strstr(fault->text, lifecycle_statuses[status].name));
    g_assert_cmpint(fault->line, ==, item->line);
  }
}

static void test_decisions(World *world, gconstpointer data G_GNUC_UNUSED)
{
  for (RequestKind kind = 1; kind < REQUEST_KIND_N; kind++)
    for (LifecycleStatus status = 1; cells[kind] != NULL && status < LIFECYCLE_STATUS_N; status++)
      check_decision(world, kind, status);
}

/* A saved application needs no payment: nothing to wait for. */
static void test_save_is_immediate(World *world, gconstpointer data G_GNUC_UNUSED)
{
  for (LifecycleStatus status = 1; status < LIFECYCLE_STATUS_N; status++) {
    const LifecycleCell *cell = lifecycle_cell(status, REQUEST_KIND_APPLICATION);
    know_certificate(world, "dv", status);
    gboolean refused = cell->verdict == LIFECYCLE_VERDICT_REFUSE;
    expect(world, new_application_item("save", new_application("www.example.test")), "store",
           refused ? "state" : NULL);
  }
}

/* From each status, which can follow, in the order of the statuses. */
static const char *const moves[] = {
    /* awaiting */ "-+----+-",
    /* paid     */ "--+-+-++",
    /* pending  */ "-+-++-++",
    /* failed   */ "-++-+-++",
    /* issued   */ "-----+++",
    /* expired  */ "----+---",
    /* revoked  */ "--------",
    /* refunded */ "--------",
};
G_STATIC_ASSERT(G_N_ELEMENTS(moves) == COLUMNS);

static void test_moves(void)
{
  for (LifecycleStatus from = 1; from < LIFECYCLE_STATUS_N; from++)
    for (LifecycleStatus to = 1; to < LIFECYCLE_STATUS_N; to++) {
      g_test_message("%s to %s", lifecycle_statuses[from].name, lifecycle_statuses[to].name);
      g_assert_cmpint(lifecycle_move_is_allowed(from, to), ==, moves[from - 1][to - 1] == '+');
    }
}

static void test_statuses(void)
{
  static const char *const names[] = {"awaiting-payment",
                                      "paid",
                                      "pending-verification",
                                      "verification-failed",
                                      "issued",
                                      "expired",
                                      "revoked",
                                      "refunded"};
  G_STATIC_ASSERT(G_N_ELEMENTS(names) == COLUMNS);
  for (LifecycleStatus status = 1; status < LIFECYCLE_STATUS_N; status++) {
    const LifecycleStatusInfo *info = &lifecycle_statuses[status];
    g_assert_cmpstr(info->name, ==, names[status - 1]);
    g_assert_cmpint(lifecycle_status_from_name(info->name), ==, status);
    g_assert_true(g_str_has_suffix(info->next, "."));
    g_assert_cmpint(info->unissued, ==, status < LIFECYCLE_STATUS_ISSUED);
  }
  g_assert_cmpint(lifecycle_status_from_name("deleted"), ==, 0);
  g_assert_cmpint(lifecycle_status_from_name(""), ==, 0);
}

/* What is named but not known waits; what cannot come any more does not (rules.md 3). */
static void test_unknown_names(World *world, gconstpointer data G_GNUC_UNUSED)
{
  for (RequestKind kind = 1; kind < REQUEST_KIND_N; kind++) {
    if (lifecycle_operations[kind].decide == NULL || cells[kind] == NULL)
      continue;
    know_certificate(world, "dv", LIFECYCLE_STATUS_PAID);
    g_autoptr(RequestItem) item = new_item_for_cell(kind);
    world->facts.certificate = NULL;
    world->facts.order = NULL;
    g_autoptr(LifecycleDecision) unknown = lifecycle_decide(&world->facts, item);
    assert_waiting(unknown, "PO-1.1");

    world->facts.order = world->order;
    world->facts.subject = "PO-1.2";
    g_autoptr(LifecycleDecision) beyond = lifecycle_decide(&world->facts, item);
    assert_rejected(beyond, "reference-unknown");

    world->order->quantity = 3;
    world->facts.subject = "PO-1";
    g_autoptr(LifecycleDecision) unclear = lifecycle_decide(&world->facts, item);
    assert_rejected(unclear, "reference-unknown");
    const Fault *fault = g_ptr_array_index(unclear->faults, 0);
    g_assert_nonnull(strstr(fault->text, "PO-1.1 to PO-1.3"));
  }
}

/* Known, but not available: nothing waits for what cannot be done anyway (rules.md 23). */
static void test_not_available(World *world, gconstpointer data G_GNUC_UNUSED)
{
  for (RequestKind kind = 1; kind < REQUEST_KIND_N; kind++) {
    if (lifecycle_operations[kind].decide != NULL)
      continue;
    g_autoptr(RequestItem) item = new_item_of(kind, "REF-1");
    world->facts.subject = "PO-1.1";
    g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
    assert_rejected(decision, "not-available");
  }
}

#define ADD(name, function)                                                                        \
  g_test_add("/lifecycle/table/" name, World, NULL, world_set_up, function, world_tear_down)

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/lifecycle/table/cells", test_cells);
  ADD("decisions", test_decisions);
  ADD("save-is-immediate", test_save_is_immediate);
  g_test_add_func("/lifecycle/table/moves", test_moves);
  g_test_add_func("/lifecycle/table/statuses", test_statuses);
  ADD("unknown-names", test_unknown_names);
  ADD("not-available", test_not_available);
  return g_test_run();
}

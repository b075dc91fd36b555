/* What is deployed where: what is asked for, what an issue brings about, what lists
 * show of it. */
#include "ledger-test.h"

/* The certificates PO-1.1 and PO-1.2, issued as 1 and 2. */
static void set_up(Book *book, gconstpointer data)
{
  book_set_up(book, data);
  begin(book);
  add_order(book, "PO-1", "dv", 2, TRUE);
  issue_one(book, 1, NOW + 90 * DAY);
  issue_one(book, 2, NOW + 90 * DAY);
  commit(book);
  forget_stale(book);
  begin(book);
}

static void tear_down(Book *book, gconstpointer data)
{
  commit(book);
  g_assert_cmpint(wrong_entry(book), ==, 0);
  book_tear_down(book, data);
}

static void deploy_at(Book *book, const char *certificate, const char *product, const char *region,
                      gboolean whole, gint64 now)
{
  const LedgerDeployment place = {.certificate = (char *)certificate,
                                  .product = (char *)product,
                                  .region = (char *)region,
                                  .title = (char *)"Title",
                                  .whole = whole};
  OK(ledger_deploy(book->ledger, &place, now, 0, error));
}

static LedgerDeployment *read_one(Book *book, const char *certificate, const char *product,
                                  const char *region)
{
  LedgerDeployment *deployment = NULL;
  OK(ledger_read_deployment(book->ledger, certificate, product, region, &deployment, error));
  return deployment;
}

/* Its command ends: as STATE, after ATTEMPTS failures. */
static void end_as(Book *book, const char *certificate, const char *product, const char *region,
                   LifecycleDeploymentState state, gint64 attempts)
{
  g_autoptr(LedgerDeployment) deployment = read_one(book, certificate, product, region);
  deployment->state = state;
  deployment->attempts = attempts;
  deployment->next_try = attempts > 0 ? NOW + 300 : 0;
  deployment->failing_since = attempts > 0 ? NOW : 0;
  deployment->by_command = attempts == 0;
  g_free(deployment->output);
  deployment->output = g_strdup("said");
  OK(ledger_put_deployment(book->ledger, deployment, NOW, "deployed", NULL, error));
}

static void issue_again(Book *book, const char *certificate, const char *serial)
{
  add_issue(book, certificate, serial, serial, NOW + 180 * DAY);
}

/* The places that CERTIFICATE's new issue follows to, such as "slb a,web"; freed by the caller. */
static char *follow(Book *book, const char *certificate)
{
  g_autoptr(GPtrArray) places = NULL;
  OK(places = ledger_follow_deployments(book->ledger, certificate, NOW + DAY, 0, error));
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < places->len; i++) {
    const LedgerDeployment *place = g_ptr_array_index(places, i);
    g_assert_cmpstr(place->certificate, ==, certificate);
    g_string_append_printf(text, "%s%s %s", i > 0 ? "," : "", place->product, place->region);
  }
  return g_string_free(text, FALSE);
}

static void assert_follows(Book *book, const char *certificate, const char *places)
{
  g_autofree char *found = follow(book, certificate);
  g_assert_cmpstr(found, ==, places);
}

static void assert_deployment(Book *book, const char *certificate, const char *product,
                              const char *region, LifecycleDeploymentState state,
                              const char *serial, const char *replaces)
{
  g_autoptr(LedgerDeployment) deployment = read_one(book, certificate, product, region);
  g_assert_nonnull(deployment);
  g_assert_cmpint(deployment->state, ==, state);
  g_assert_cmpstr(deployment->serial, ==, serial);
  g_assert_cmpstr(deployment->replaces, ==, replaces);
}

static void assert_deployed(Book *book, const char *id, const char *products)
{
  g_autoptr(LedgerCertificate) certificate = read_certificate(book, id);
  g_assert_cmpstr(certificate->deployed, ==, products);
}

static guint due_at(Book *book, gint64 now)
{
  g_autoptr(GPtrArray) due = NULL;
  OK(due = ledger_due_deployments(book->ledger, now, 100, error));
  return due->len;
}

static void test_ask(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  deploy_at(book, "PO-1.1", "slb", "a", FALSE, NOW);
  g_autoptr(LedgerDeployment) asked = read_one(book, "PO-1.1", "slb", "a");
  g_assert_cmpint(asked->state, ==, LIFECYCLE_DEPLOYMENT_PENDING);
  g_assert_cmpstr(asked->serial, ==, "1");
  g_assert_cmpstr(asked->title, ==, "Title");
  g_assert_cmpint(asked->next_try, ==, NOW);
  g_assert_cmpint(asked->since, ==, NOW);
  g_assert_null(read_one(book, "PO-1.1", "slb", "b"));
  g_assert_cmpuint(due_at(book, NOW - 1), ==, 0);
  g_assert_cmpuint(due_at(book, NOW), ==, 1);
  assert_deployed(book, "PO-1.1", NULL);
  end_as(book, "PO-1.1", "slb", "a", LIFECYCLE_DEPLOYMENT_DONE, 0);
  g_assert_cmpuint(due_at(book, NOW + 365 * DAY), ==, 0);
  assert_deployed(book, "PO-1.1", "slb");
}

/* What lists show, and that they are made anew when that changes, and only then. */
static void test_lists(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  deploy_at(book, "PO-1.1", "web", "", FALSE, NOW);
  deploy_at(book, "PO-1.1", "slb", "a", FALSE, NOW);
  deploy_at(book, "PO-1.1", "slb", "b", FALSE, NOW);
  commit(book);
  assert_stale(book, LEDGER_STALE_CERTIFICATE, "PO-1.1");
  assert_stale(book, LEDGER_STALE_BLOCK, "");
  begin(book);
  end_as(book, "PO-1.1", "slb", "a", LIFECYCLE_DEPLOYMENT_DONE, 0);
  commit(book);
  assert_stale(book, LEDGER_STALE_BLOCK, "0 0,5 0");
  forget_stale(book);
  begin(book);
  end_as(book, "PO-1.1", "slb", "b", LIFECYCLE_DEPLOYMENT_DONE, 0);
  commit(book);
  assert_stale(book, LEDGER_STALE_CERTIFICATE, "PO-1.1");
  assert_stale(book, LEDGER_STALE_BLOCK, "");
  begin(book);
  end_as(book, "PO-1.1", "web", "", LIFECYCLE_DEPLOYMENT_DONE, 0);
  assert_deployed(book, "PO-1.1", "slb web");
  /* A new issue that is not there yet leaves the old one where it is. */
  issue_again(book, "PO-1.1", "3");
  assert_follows(book, "PO-1.1", "slb a,slb b,web ");
  assert_deployed(book, "PO-1.1", "slb web");
  OK(ledger_undeploy(book->ledger, "PO-1.1", "web", "", NOW, 0, error));
  assert_deployed(book, "PO-1.1", "slb web");
  end_as(book, "PO-1.1", "web", "", LIFECYCLE_DEPLOYMENT_GONE, 0);
  assert_deployed(book, "PO-1.1", "slb");
  assert_deployed(book, "PO-1.2", NULL);
}

/* A certificate that is issued anew is deployed again where it was, or was to be. */
static void test_reissue(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  assert_follows(book, "PO-1.1", "");
  static const char *const regions[] = {"done", "failed", "gone", "leaving", "pending"};
  static const LifecycleDeploymentState states[] = {
      LIFECYCLE_DEPLOYMENT_DONE, LIFECYCLE_DEPLOYMENT_FAILED, LIFECYCLE_DEPLOYMENT_GONE,
      LIFECYCLE_DEPLOYMENT_LEAVING};
  for (guint i = 0; i < G_N_ELEMENTS(regions); i++)
    deploy_at(book, "PO-1.1", "slb", regions[i], FALSE, NOW);
  for (guint i = 0; i < G_N_ELEMENTS(states); i++)
    end_as(book, "PO-1.1", "slb", regions[i], states[i],
           states[i] == LIFECYCLE_DEPLOYMENT_FAILED ? 4 : 0);
  assert_follows(book, "PO-1.1", "");
  issue_again(book, "PO-1.1", "3");
  assert_follows(book, "PO-1.1", "slb done,slb failed,slb pending");
  assert_follows(book, "PO-1.1", "");
  assert_deployment(book, "PO-1.1", "slb", "done", LIFECYCLE_DEPLOYMENT_PENDING, "3", "1");
  assert_deployment(book, "PO-1.1", "slb", "failed", LIFECYCLE_DEPLOYMENT_PENDING, "3", NULL);
  assert_deployment(book, "PO-1.1", "slb", "pending", LIFECYCLE_DEPLOYMENT_PENDING, "3", NULL);
  assert_deployment(book, "PO-1.1", "slb", "gone", LIFECYCLE_DEPLOYMENT_GONE, "1", NULL);
  assert_deployment(book, "PO-1.1", "slb", "leaving", LIFECYCLE_DEPLOYMENT_LEAVING, "1", NULL);
  /* It has failed since then, and is tried anew all the same. */
  g_autoptr(LedgerDeployment) failed = read_one(book, "PO-1.1", "slb", "failed");
  g_assert_cmpint(failed->failing_since, ==, NOW);
  g_assert_cmpint(failed->attempts, ==, 0);
  g_assert_cmpint(failed->next_try, ==, NOW + DAY);
  /* What never got there is not what is replaced. */
  end_as(book, "PO-1.1", "slb", "done", LIFECYCLE_DEPLOYMENT_FAILED, 1);
  issue_again(book, "PO-1.1", "4");
  assert_follows(book, "PO-1.1", "slb done,slb failed,slb pending");
  assert_deployment(book, "PO-1.1", "slb", "done", LIFECYCLE_DEPLOYMENT_PENDING, "4", "1");
}

static void test_key_stayed_away(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  deploy_at(book, "PO-1.1", "web", "", FALSE, NOW);
  end_as(book, "PO-1.1", "web", "", LIFECYCLE_DEPLOYMENT_DONE, 0);
  issue_again(book, "PO-1.1", "3");
  tamper(book, "UPDATE key SET wrapped = NULL WHERE spki_sha256 = '3'");
  assert_follows(book, "PO-1.1", "");
  assert_deployment(book, "PO-1.1", "web", "", LIFECYCLE_DEPLOYMENT_DONE, "1", NULL);
}

static void leave(Book *book, const char *certificate, const char *product, const char *region,
                  const char *left)
{
  g_autoptr(LedgerDeployment) deployment = read_one(book, certificate, product, region);
  g_autoptr(GPtrArray) gone = NULL;
  OK(gone = ledger_leave_forerunners(book->ledger, deployment, NOW, error));
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < gone->len; i++) {
    const LedgerDeployment *one = g_ptr_array_index(gone, i);
    g_assert_cmpint(one->state, ==, LIFECYCLE_DEPLOYMENT_GONE);
    g_string_append_printf(text, "%s%s", i > 0 ? " " : "", one->certificate);
  }
  g_assert_cmpstr(text->str, ==, left);
}

/* A renewed certificate is deployed where its forerunner is, which goes once it is there. */
static void test_renewal(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  deploy_at(book, "PO-1.1", "slb", "a", FALSE, NOW);
  deploy_at(book, "PO-1.1", "slb", "b", FALSE, NOW);
  deploy_at(book, "PO-1.1", "slb", "c", FALSE, NOW);
  deploy_at(book, "PO-1.1", "web", "", FALSE, NOW);
  end_as(book, "PO-1.1", "slb", "a", LIFECYCLE_DEPLOYMENT_DONE, 0);
  end_as(book, "PO-1.1", "slb", "b", LIFECYCLE_DEPLOYMENT_FAILED, 2);
  end_as(book, "PO-1.1", "slb", "c", LIFECYCLE_DEPLOYMENT_GONE, 0);
  end_as(book, "PO-1.1", "web", "", LIFECYCLE_DEPLOYMENT_DONE, 0);
  tamper(book, "UPDATE certificate SET forerunner = 'PO-1.1' WHERE id = 'PO-1.2'");
  deploy_at(book, "PO-1.2", "web", "", FALSE, NOW);
  assert_follows(book, "PO-1.2", "slb a,slb b");
  assert_deployment(book, "PO-1.2", "slb", "a", LIFECYCLE_DEPLOYMENT_PENDING, "2", "1");
  assert_deployment(book, "PO-1.2", "slb", "b", LIFECYCLE_DEPLOYMENT_PENDING, "2", NULL);
  assert_deployed(book, "PO-1.1", "slb web");
  assert_deployed(book, "PO-1.2", NULL);
  end_as(book, "PO-1.2", "slb", "a", LIFECYCLE_DEPLOYMENT_DONE, 0);
  leave(book, "PO-1.2", "slb", "a", "PO-1.1");
  leave(book, "PO-1.2", "slb", "a", "");
  end_as(book, "PO-1.2", "slb", "b", LIFECYCLE_DEPLOYMENT_DONE, 0);
  leave(book, "PO-1.2", "slb", "b", "PO-1.1");
  assert_deployed(book, "PO-1.1", "web");
  assert_deployed(book, "PO-1.2", "slb");
  /* What is there is left alone by the next issue of the forerunner. */
  issue_again(book, "PO-1.1", "3");
  assert_follows(book, "PO-1.1", "web ");
  assert_follows(book, "PO-1.2", "");
}

/* Renewed twice before any of it got there: both go with the last. */
static void test_renewed_twice(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  add_order(book, "PO-2", "dv", 1, TRUE);
  set_status(book, "PO-2.1", LIFECYCLE_STATUS_ISSUED);
  add_issue(book, "PO-2.1", "9", "9", NOW + 90 * DAY);
  tamper(book, "UPDATE certificate SET forerunner = 'PO-1.1' WHERE id = 'PO-1.2';"
               "UPDATE certificate SET forerunner = 'PO-1.2' WHERE id = 'PO-2.1'");
  deploy_at(book, "PO-1.1", "web", "", TRUE, NOW);
  end_as(book, "PO-1.1", "web", "", LIFECYCLE_DEPLOYMENT_DONE, 0);
  assert_follows(book, "PO-1.2", "web ");
  end_as(book, "PO-1.2", "web", "", LIFECYCLE_DEPLOYMENT_FAILED, 1);
  assert_follows(book, "PO-2.1", "web ");
  assert_deployment(book, "PO-2.1", "web", "", LIFECYCLE_DEPLOYMENT_PENDING, "9", "1");
  g_autoptr(LedgerDeployment) last = read_one(book, "PO-2.1", "web", "");
  g_assert_true(last->whole);
  end_as(book, "PO-2.1", "web", "", LIFECYCLE_DEPLOYMENT_DONE, 0);
  leave(book, "PO-2.1", "web", "", "PO-1.2 PO-1.1");
  gint64 count = -1;
  g_autoptr(GPtrArray) failing = NULL;
  OK(failing = ledger_failing_deployments(book->ledger, 5, &count, error));
  g_assert_cmpint(count, ==, 0);
}

static void test_again(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  deploy_at(book, "PO-1.1", "web", "", FALSE, NOW);
  end_as(book, "PO-1.1", "web", "", LIFECYCLE_DEPLOYMENT_FAILED, 3);
  /* Asked for again, it is tried at once, and its failures count on. */
  deploy_at(book, "PO-1.1", "web", "", FALSE, NOW + 1);
  g_autoptr(LedgerDeployment) again = read_one(book, "PO-1.1", "web", "");
  g_assert_cmpint(again->attempts, ==, 3);
  g_assert_cmpint(again->failing_since, ==, NOW);
  g_assert_cmpint(again->next_try, ==, NOW + 1);
  /* Taken off and brought back: from the beginning. */
  OK(ledger_undeploy(book->ledger, "PO-1.1", "web", "", NOW + 2, 0, error));
  g_autoptr(LedgerDeployment) leaving = read_one(book, "PO-1.1", "web", "");
  g_assert_cmpint(leaving->state, ==, LIFECYCLE_DEPLOYMENT_LEAVING);
  g_assert_cmpint(leaving->attempts, ==, 0);
  g_assert_cmpint(leaving->failing_since, ==, 0);
  end_as(book, "PO-1.1", "web", "", LIFECYCLE_DEPLOYMENT_GONE, 0);
  deploy_at(book, "PO-1.1", "web", "", FALSE, NOW + 3);
  assert_deployment(book, "PO-1.1", "web", "", LIFECYCLE_DEPLOYMENT_PENDING, "1", NULL);
}

static void test_failing(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  deploy_at(book, "PO-1.1", "slb", "a", FALSE, NOW);
  deploy_at(book, "PO-1.2", "slb", "a", FALSE, NOW);
  end_as(book, "PO-1.1", "slb", "a", LIFECYCLE_DEPLOYMENT_FAILED, 1);
  end_as(book, "PO-1.2", "slb", "a", LIFECYCLE_DEPLOYMENT_FAILED, 2);
  gint64 count = 0;
  g_autoptr(GPtrArray) failing = NULL;
  OK(failing = ledger_failing_deployments(book->ledger, 1, &count, error));
  g_assert_cmpint(count, ==, 2);
  g_assert_cmpuint(failing->len, ==, 1);
  g_assert_cmpstr(((LedgerDeployment *)g_ptr_array_index(failing, 0))->output, ==, "said");
  g_assert_cmpuint(due_at(book, NOW + 299), ==, 0);
  g_assert_cmpuint(due_at(book, NOW + 300), ==, 2);
}

static guint count_without(Book *book, const char *product, const char *region)
{
  g_autoptr(GPtrArray) found = NULL;
  if (region != NULL)
    OK(found = ledger_deployments_without(book->ledger, product, region, 100, error));
  else
    OK(found = ledger_deployments_without_command(book->ledger, product, 100, error));
  return found->len;
}

/* What a target that has changed has to catch up with. */
static void test_targets(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  deploy_at(book, "PO-1.1", "cdn", "a", TRUE, NOW);
  deploy_at(book, "PO-1.1", "cdn", "b", TRUE, NOW);
  deploy_at(book, "PO-1.2", "cdn", "a", FALSE, NOW);
  g_assert_cmpuint(count_without(book, "cdn", "c"), ==, 1);
  g_assert_cmpuint(count_without(book, "cdn", "b"), ==, 0);
  g_assert_cmpuint(count_without(book, "slb", "c"), ==, 0);
  g_assert_cmpuint(count_without(book, "cdn", NULL), ==, 0);
  tamper(book, "UPDATE deployment SET state = 2, next_try = 0");
  g_assert_cmpuint(count_without(book, "cdn", NULL), ==, 3);
  end_as(book, "PO-1.2", "cdn", "a", LIFECYCLE_DEPLOYMENT_DONE, 0);
  g_assert_cmpuint(count_without(book, "cdn", NULL), ==, 2);
  set_status(book, "PO-1.1", LIFECYCLE_STATUS_REVOKED);
  g_assert_cmpuint(count_without(book, "cdn", NULL), ==, 0);
  g_assert_cmpuint(count_without(book, "cdn", "c"), ==, 0);
  char *shape = NULL;
  OK(ledger_read_target(book->ledger, "cdn", &shape, error));
  g_assert_null(shape);
  OK(ledger_put_target(book->ledger, "cdn", "command a", error));
  OK(ledger_put_target(book->ledger, "cdn", "command a b", error));
  OK(ledger_read_target(book->ledger, "cdn", &shape, error));
  g_assert_cmpstr(shape, ==, "command a b");
  g_free(shape);
}

static void test_serials(Book *book, gconstpointer data G_GNUC_UNUSED)
{
  issue_again(book, "PO-1.1", "3");
  static const char *const serials[] = {"1", "3"};
  for (guint i = 0; i < G_N_ELEMENTS(serials); i++) {
    g_autoptr(LedgerIssue) issue = NULL;
    OK(ledger_read_issue_of_serial(book->ledger, "PO-1.1", serials[i], &issue, error));
    g_assert_cmpstr(issue->serial, ==, serials[i]);
  }
  g_autoptr(LedgerIssue) none = NULL;
  OK(ledger_read_issue_of_serial(book->ledger, "PO-1.1", "2", &none, error));
  g_assert_null(none);
}

#undef LEDGER_ADD
#define LEDGER_ADD(name, function)                                                                 \
  g_test_add("/ledger/deployments/" name, Book, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  LEDGER_ADD("ask", test_ask);
  LEDGER_ADD("lists", test_lists);
  LEDGER_ADD("reissue", test_reissue);
  LEDGER_ADD("key-stayed-away", test_key_stayed_away);
  LEDGER_ADD("renewal", test_renewal);
  LEDGER_ADD("renewed-twice", test_renewed_twice);
  LEDGER_ADD("again", test_again);
  LEDGER_ADD("failing", test_failing);
  LEDGER_ADD("targets", test_targets);
  LEDGER_ADD("serials", test_serials);
  return g_test_run();
}

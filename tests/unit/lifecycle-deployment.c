/* Deployments and undeployments: each product and region for itself, and the console's
 * refusals. */
#include "lifecycle-test.h"

static void add_target(World *world, const char *product, const char *regions, const char *format)
{
  ConfigurationTarget *target = g_new0(ConfigurationTarget, 1);
  target->product = g_strdup(product);
  target->regions = g_strdup(regions);
  target->format = g_strdup(format);
  if (world->configuration->targets == NULL)
    world->configuration->targets = g_ptr_array_new();
  g_ptr_array_add(world->configuration->targets, target);
}

/* PO-1.1, issued, with its key; slb has regions, web has none. */
static void set_up(World *world, gconstpointer data)
{
  world_set_up(world, data);
  know_certificate(world, "dv", LIFECYCLE_STATUS_ISSUED);
  world->certificate->has_key = TRUE;
  world->certificate->serial = g_strdup("0A");
  add_target(world, "slb", "cn-hangzhou cn-beijing", "nginx");
  add_target(world, "cdn", "domestic overseas  domestic", "pem");
  add_target(world, "web", NULL, "pem");
}

static void add_deployment(World *world, const char *product, const char *region,
                           LifecycleDeploymentState state, const char *serial)
{
  LifecycleDeployment *deployment = g_new0(LifecycleDeployment, 1);
  deployment->product = g_strdup(product);
  deployment->region = g_strdup(region);
  deployment->state = state;
  deployment->serial = g_strdup(serial);
  g_ptr_array_add(world->certificate->deployments, deployment);
}

/* PLACES: "slb cn-hangzhou cn-beijing,web", the targets with their regions. */
static RequestItem *new_request(RequestKind kind, const char *places)
{
  RequestItem *item = new_item_of(kind, "DEP-1");
  RequestDeployment *deployment = item->body;
  deployment->certificate = g_strdup("PO-1.1");
  deployment->targets = g_ptr_array_new();
  g_auto(GStrv) targets = g_strsplit(places, ",", 0);
  for (guint i = 0; targets[i] != NULL; i++) {
    g_auto(GStrv) words = g_strsplit(targets[i], " ", 0);
    RequestTarget *target = g_new0(RequestTarget, 1);
    target->line = 10 + i;
    target->product = g_strdup(words[0]);
    target->regions = words[1] != NULL ? g_strdupv(words + 1) : NULL;
    g_ptr_array_add(deployment->targets, target);
  }
  return item;
}

/* "slb cn-hangzhou,web": the places of the steps, a "*" behind those that are asked for
 * as a whole; the caller frees it. */
static char *places_of(const LifecycleDecision *decision, LifecycleStepKind kind)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < decision->steps->len; i++) {
    const LifecycleStep *step = g_ptr_array_index(decision->steps, i);
    g_assert_cmpint(step->kind, ==, kind);
    g_assert_cmpstr(step->certificate, ==, "PO-1.1");
    g_string_append_printf(text, "%s%s%s%s%s", i > 0 ? "," : "", step->product,
                           step->region != NULL ? " " : "",
                           step->region != NULL ? step->region : "", step->whole ? "*" : "");
  }
  return g_string_free(text, FALSE);
}

static void check(World *world, RequestKind kind, const char *request, const char *places,
                  const char *warnings, const char *faults)
{
  g_test_message("%s of %s", request_kinds[kind].name, request);
  g_autoptr(RequestItem) item = new_request(kind, request);
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  LifecycleStepKind step =
      kind == REQUEST_KIND_DEPLOYMENT ? LIFECYCLE_STEP_DEPLOY : LIFECYCLE_STEP_UNDEPLOY;
  g_autofree char *found = places_of(decision, step);
  g_autofree char *told = codes_of(decision->warnings);
  g_autofree char *wrong = codes_of(decision->faults);
  g_assert_cmpstr(wrong, ==, faults);
  g_assert_cmpstr(told, ==, warnings);
  g_assert_cmpstr(found, ==, places);
  g_assert_cmpint(decision->outcome, ==,
                  *faults != '\0' ? LIFECYCLE_OUTCOME_REJECTED : LIFECYCLE_OUTCOME_ACCEPTED);
}

static void test_deploy(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *request, *places, *warnings, *faults;
  } cases[] = {
      {"slb cn-hangzhou", "slb cn-hangzhou", "", ""},
      {"slb cn-hangzhou cn-beijing,web", "slb cn-hangzhou,slb cn-beijing,web*", "", ""},
      {"web,web", "web*", "", ""},
      {"slb cn-hangzhou cn-hangzhou", "slb cn-hangzhou", "", ""},
      {"cdn", "cdn domestic*,cdn overseas*", "", ""},
      {"cdn overseas", "cdn overseas", "", ""},
      {"slb", "", "", "target-region"},
      {"slb,web", "web*", "target-region", ""},
      {"slb cn-hangzou", "", "", "target-region"},
      {"slb cn-hangzou cn-beijing,sbl x", "slb cn-beijing", "target-region target-product", ""},
      {"sbl cn-hangzhou,slb", "", "", "target-product target-region"},
      {"web north", "", "", "target-region"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
    check(world, REQUEST_KIND_DEPLOYMENT, cases[i].request, cases[i].places, cases[i].warnings,
          cases[i].faults);
}

/* What has it already is told and left alone; whatever else it is, it is to be deployed. */
static void test_deploy_again(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const serials[] = {"0A", "09"};
  for (LifecycleDeploymentState state = 1; state < LIFECYCLE_DEPLOYMENT_N; state++)
    for (guint i = 0; i < G_N_ELEMENTS(serials); i++) {
      g_ptr_array_set_size(world->certificate->deployments, 0);
      add_deployment(world, "web", "", state, serials[i]);
      gboolean has_it = state == LIFECYCLE_DEPLOYMENT_DONE && i == 0;
      check(world, REQUEST_KIND_DEPLOYMENT, "web", has_it ? "" : "web*",
            has_it ? "deployed-already" : "", "");
      check(world, REQUEST_KIND_DEPLOYMENT, "web,slb", has_it ? "" : "web*",
            has_it ? "deployed-already target-region" : "target-region", "");
    }
}

static void test_undeploy(World *world, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *request, *places, *warnings, *faults;
  } cases[] = {
      {"slb cn-hangzhou", "slb cn-hangzhou", "", ""},
      {"slb cn-hangzhou cn-beijing", "slb cn-hangzhou", "not-deployed", ""},
      {"slb cn-beijing", "", "", "not-deployed"},
      {"slb", "", "", "target-region"},
      {"old", "old east,old west", "target-product", ""},
      {"old west", "old west", "target-product", ""},
      {"old west,old", "old west,old east", "target-product target-product", ""},
      {"web", "web", "", ""},
      {"cdn", "", "", "not-deployed"},
      {"cdn domestic", "", "", "not-deployed"},
      {"none,web", "web", "not-deployed", ""},
  };
  add_deployment(world, "cdn", "domestic", LIFECYCLE_DEPLOYMENT_GONE, "0A");
  add_deployment(world, "old", "east", LIFECYCLE_DEPLOYMENT_LEAVING, "0A");
  add_deployment(world, "old", "west", LIFECYCLE_DEPLOYMENT_FAILED, "0A");
  add_deployment(world, "slb", "cn-hangzhou", LIFECYCLE_DEPLOYMENT_DONE, "09");
  add_deployment(world, "web", "", LIFECYCLE_DEPLOYMENT_PENDING, "0A");
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
    check(world, REQUEST_KIND_UNDEPLOYMENT, cases[i].request, cases[i].places, cases[i].warnings,
          cases[i].faults);
  /* No key is needed for that, nor that anybody accepts it any more. */
  world->certificate->has_key = FALSE;
  world->certificate->status = LIFECYCLE_STATUS_REVOKED;
  check(world, REQUEST_KIND_UNDEPLOYMENT, "web", "web", "", "");
}

static void assert_text(World *world, RequestKind kind, const char *request, guint line,
                        const char *text)
{
  g_autoptr(RequestItem) item = new_request(kind, request);
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  g_assert_cmpuint(decision->faults->len, >, 0);
  const Fault *fault = g_ptr_array_index(decision->faults, decision->faults->len - 1);
  g_assert_cmpstr(fault->text, ==, text);
  g_assert_cmpint(fault->line, ==, line);
}

static void test_texts(World *world, gconstpointer data G_GNUC_UNUSED)
{
  const RequestKind deploy = REQUEST_KIND_DEPLOYMENT, undeploy = REQUEST_KIND_UNDEPLOYMENT;
  assert_text(world, deploy, "slb,sbl", 11,
              "there is no product \"sbl\" to deploy to; did you mean \"slb\"? certdrop.xml has: "
              "slb, cdn, web");
  assert_text(world, deploy, "ftp", 10,
              "there is no product \"ftp\" to deploy to. certdrop.xml has: slb, cdn, web");
  assert_text(world, deploy, "slb cn-hangzou", 10,
              "\"cn-hangzou\" is no region of slb; did you mean \"cn-hangzhou\"? It has: "
              "cn-hangzhou, cn-beijing");
  assert_text(world, deploy, "slb moon", 10,
              "\"moon\" is no region of slb. It has: cn-hangzhou, cn-beijing");
  assert_text(world, deploy, "slb", 10,
              "slb needs the region of the instance: name it in a <region>, such as "
              "<region>cn-hangzhou</region>. It has: cn-hangzhou, cn-beijing");
  assert_text(world, deploy, "web north", 10,
              "\"north\" is no region of web: certdrop.xml has none for it; leave <region> out");
  assert_text(world, undeploy, "web", 10, "PO-1.1 is not deployed on web, nor anywhere else");
  add_deployment(world, "slb", "cn-hangzhou", LIFECYCLE_DEPLOYMENT_DONE, "0A");
  add_deployment(world, "web", "", LIFECYCLE_DEPLOYMENT_DONE, "0A");
  assert_text(world, undeploy, "slb cn-beijing", 10,
              "PO-1.1 is not deployed on slb cn-beijing; it is on: slb cn-hangzhou, web");
  world->certificate->has_key = FALSE;
  assert_text(world, deploy, "web", 2,
              "PO-1.1 has no private key here: its CSR was a manual one, and the key stayed with "
              "the applicant; install it by hand from its archive, or apply for one with an "
              "automatic CSR");
  world->certificate->uploaded = TRUE;
  assert_text(world, deploy, "web", 2,
              "PO-1.1 was uploaded without its private key, so it cannot be deployed from here; "
              "upload it with its key");
}

/* However many targets are wrong, what is said about them stays readable. */
static void test_many_wrong(World *world, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr(GString) places = g_string_new("x0");
  for (int i = 1; i < 500; i++)
    g_string_append_printf(places, ",x%d", i);
  g_autoptr(RequestItem) item = new_request(REQUEST_KIND_DEPLOYMENT, places->str);
  g_autoptr(LifecycleDecision) decision = lifecycle_decide(&world->facts, item);
  g_assert_cmpuint(decision->faults->len, ==, 50);
  const Fault *last = g_ptr_array_index(decision->faults, 49);
  g_assert_true(g_str_has_suffix(last->text, "; what else is wrong is left out"));
}

#define ADD(name, function)                                                                        \
  g_test_add("/lifecycle/deployment/" name, World, NULL, set_up, function, world_tear_down)

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  ADD("deploy", test_deploy);
  ADD("deploy-again", test_deploy_again);
  ADD("undeploy", test_undeploy);
  ADD("texts", test_texts);
  ADD("many-wrong", test_many_wrong);
  return g_test_run();
}

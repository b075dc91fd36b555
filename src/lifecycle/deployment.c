#include <string.h>

#include "base/text.h"
#include "lifecycle/lifecycle-private.h"

/* Deployment and undeployment. Each product and region is decided for itself: those
 * that are right are carried out, those that are wrong are told, as warnings; a request
 * in which nothing is right is refused. */

/* More of them help nobody. */
#define MOST_FAULTS 50

/* A request under way. */
typedef struct {
  const LifecycleCertificate *certificate;
  const Configuration *configuration;
  LifecycleDecision *decision;
  GPtrArray *wrong; /* Fault */
  guint right;      /* places, those too where nothing is left to do */
  gint64 line;      /* of the target that is looked at */
} Places;

static void add_wrong(Places *places, const char *code, const char *element, const char *format,
                      ...) G_GNUC_PRINTF(4, 5);

static void add_wrong(Places *places, const char *code, const char *element, const char *format,
                      ...)
{
  if (places->wrong->len >= MOST_FAULTS)
    return;
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  gboolean last = places->wrong->len == MOST_FAULTS - 1;
  fault_add(places->wrong, code, places->line, element, "%s%s", text,
            last ? "; what else is wrong is left out" : "");
}

/* "; did you mean "slb"?", or nothing. */
static char *suggest(const char *name, const char *const *names)
{
  const char *nearest = text_nearest(name, names);
  return nearest != NULL ? g_strdup_printf("; did you mean \"%s\"?", nearest) : g_strdup("");
}

static char *join(const char *const *names)
{
  return g_strjoinv(", ", (char **)names);
}

static const LifecycleDeployment *find_deployment(const LifecycleCertificate *certificate,
                                                  const char *product, const char *region)
{
  for (guint i = 0; i < certificate->deployments->len; i++) {
    const LifecycleDeployment *deployment = g_ptr_array_index(certificate->deployments, i);
    if (strcmp(deployment->product, product) == 0 && strcmp(deployment->region, region) == 0)
      return deployment;
  }
  return NULL;
}

static gboolean has_step(const LifecycleDecision *decision, const char *product, const char *region)
{
  for (guint i = 0; i < decision->steps->len; i++) {
    const LifecycleStep *step = g_ptr_array_index(decision->steps, i);
    if (strcmp(step->product, product) == 0 && g_strcmp0(step->region, region) == 0)
      return TRUE;
  }
  return FALSE;
}

/* REGION is "" where the product has none. A place that is named twice is one. */
static void add_place(Places *places, LifecycleStepKind kind, const char *product,
                      const char *region, gboolean whole)
{
  const char *named = *region != '\0' ? region : NULL;
  places->right++;
  if (has_step(places->decision, product, named))
    return;
  LifecycleStep *step = decision_add_step(places->decision, kind, places->certificate->id);
  step->product = g_strdup(product);
  step->region = g_strdup(named);
  step->whole = whole;
}

static void deploy_on(Places *places, const char *product, const char *region, gboolean whole)
{
  const LifecycleDeployment *there = find_deployment(places->certificate, product, region);
  if (there == NULL || there->state != LIFECYCLE_DEPLOYMENT_DONE ||
      g_strcmp0(there->serial, places->certificate->serial) != 0) {
    add_place(places, LIFECYCLE_STEP_DEPLOY, product, region, whole);
    return;
  }
  places->right++;
  fault_add(places->decision->warnings, "deployed-already", places->line, "target",
            "%s%s%s has %s already; nothing was done there again", product,
            *region != '\0' ? " " : "", region, places->certificate->id);
}

static void deploy_on_regions(Places *places, const RequestTarget *target,
                              const char *const *regions)
{
  g_autofree char *known = join(regions);
  for (char **region = target->regions; *region != NULL; region++) {
    if (g_strv_contains(regions, *region)) {
      deploy_on(places, target->product, *region, FALSE);
      continue;
    }
    g_autofree char *nearest = suggest(*region, regions);
    if (*regions == NULL)
      add_wrong(places, "target-region", "region",
                "\"%s\" is no region of %s: certdrop.xml has none for it; leave <region> out",
                *region, target->product);
    else
      add_wrong(places, "target-region", "region", "\"%s\" is no region of %s%s It has: %s",
                *region, target->product, *nearest != '\0' ? nearest : ".", known);
  }
}

static void deploy_on_target(Places *places, const RequestTarget *target)
{
  const ConfigurationTarget *known =
      configuration_find_target(places->configuration, target->product);
  if (known == NULL) {
    g_autofree const char **names = configuration_target_names(places->configuration);
    g_autofree char *nearest = suggest(target->product, names);
    g_autofree char *all = join(names);
    add_wrong(places, "target-product", "target",
              "there is no product \"%s\" to deploy to%s certdrop.xml has: %s", target->product,
              *nearest != '\0' ? nearest : ".", all);
    return;
  }
  g_auto(GStrv) regions = configuration_target_regions(known);
  if (target->regions != NULL && *target->regions != NULL)
    deploy_on_regions(places, target, (const char *const *)regions);
  else if (*regions == NULL)
    deploy_on(places, target->product, "", TRUE);
  else if (configuration_target_needs_region(target->product)) {
    g_autofree char *all = join((const char *const *)regions);
    add_wrong(places, "target-region", "target",
              "%s needs the region of the instance: name it in a <region>, such as "
              "<region>%s</region>. It has: %s",
              target->product, regions[0], all);
  } else
    for (char **region = regions; *region != NULL; region++)
      deploy_on(places, target->product, *region, TRUE);
}

/* Where the certificate is, for a person: "slb cn-hangzhou, web"; NULL: nowhere. */
static char *list_deployments(const LifecycleCertificate *certificate)
{
  g_autoptr(GString) list = g_string_new(NULL);
  for (guint i = 0; i < certificate->deployments->len; i++) {
    const LifecycleDeployment *deployment = g_ptr_array_index(certificate->deployments, i);
    if (deployment->state != LIFECYCLE_DEPLOYMENT_GONE)
      g_string_append_printf(list, "%s%s%s%s", list->len > 0 ? ", " : "", deployment->product,
                             *deployment->region != '\0' ? " " : "", deployment->region);
  }
  return list->len > 0 ? g_string_free(g_steal_pointer(&list), FALSE) : NULL;
}

static void add_not_deployed(Places *places, const char *product, const char *region)
{
  const LifecycleCertificate *certificate = places->certificate;
  g_autofree char *list = list_deployments(certificate);
  if (list != NULL)
    add_wrong(places, "not-deployed", "target", "%s is not deployed on %s%s%s; it is on: %s",
              certificate->id, product, region != NULL ? " " : "", region != NULL ? region : "",
              list);
  else
    add_wrong(places, "not-deployed", "target", "%s is not deployed on %s%s%s, nor anywhere else",
              certificate->id, product, region != NULL ? " " : "", region != NULL ? region : "");
}

static gboolean is_there(const LifecycleDeployment *deployment)
{
  return deployment != NULL && deployment->state != LIFECYCLE_DEPLOYMENT_GONE;
}

/* From all regions of PRODUCT. */
static void undeploy_from_all(Places *places, const char *product)
{
  guint before = places->right;
  for (guint i = 0; i < places->certificate->deployments->len; i++) {
    const LifecycleDeployment *there = g_ptr_array_index(places->certificate->deployments, i);
    if (strcmp(there->product, product) == 0 && is_there(there))
      add_place(places, LIFECYCLE_STEP_UNDEPLOY, product, there->region, FALSE);
  }
  if (places->right == before)
    add_not_deployed(places, product, NULL);
}

/* Asks what the certificate is deployed on, not the configuration: a product that is no
 * longer in it can be left too. */
static void undeploy_from_target(Places *places, const RequestTarget *target)
{
  guint before = places->right;
  if (target->regions == NULL || *target->regions == NULL) {
    if (!configuration_target_needs_region(target->product))
      undeploy_from_all(places, target->product);
    else
      add_wrong(places, "target-region", "target",
                "%s needs the region of the instance: name it in a <region>", target->product);
  }
  for (char **region = target->regions; region != NULL && *region != NULL; region++)
    if (is_there(find_deployment(places->certificate, target->product, *region)))
      add_place(places, LIFECYCLE_STEP_UNDEPLOY, target->product, *region, FALSE);
    else
      add_not_deployed(places, target->product, *region);
  if (places->right > before &&
      configuration_find_target(places->configuration, target->product) == NULL)
    fault_add(places->decision->warnings, "target-product", places->line, "target",
              "certdrop.xml has no product \"%s\" any more: its archive goes, but nothing is run "
              "there to take %s off",
              target->product, places->certificate->id);
}

static void decide_places(const LifecycleFacts *facts, const RequestItem *item,
                          void (*look)(Places *places, const RequestTarget *target),
                          LifecycleDecision *decision)
{
  const RequestDeployment *deployment = item->body;
  g_autoptr(GPtrArray) wrong = fault_array_new();
  Places places = {facts->certificate, facts->configuration, decision, wrong, 0, 0};
  for (guint i = 0; i < deployment->targets->len; i++) {
    const RequestTarget *target = g_ptr_array_index(deployment->targets, i);
    places.line = target->line;
    look(&places, target);
  }
  g_ptr_array_extend_and_steal(places.right > 0 ? decision->warnings : decision->faults,
                               g_steal_pointer(&wrong));
}

void deployment_decide(const LifecycleFacts *facts, const RequestItem *item,
                       LifecycleDecision *decision)
{
  const LifecycleCertificate *certificate = facts->certificate;
  if (certificate->has_key) {
    decide_places(facts, item, deploy_on_target, decision);
    return;
  }
  fault_add(decision->faults, "private-key-missing", item->line, "deployment",
            certificate->uploaded
                ? "%s was uploaded without its private key, so it cannot be deployed from here; "
                  "upload it with its key"
                : "%s has no private key here: its CSR was a manual one, and the key stayed with "
                  "the applicant; install it by hand from its archive, or apply for one with an "
                  "automatic CSR",
            certificate->id);
}

void undeployment_decide(const LifecycleFacts *facts, const RequestItem *item,
                         LifecycleDecision *decision)
{
  decide_places(facts, item, undeploy_from_target, decision);
}

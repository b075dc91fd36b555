#include <string.h>

#include "base/clock.h"
#include "lifecycle/lifecycle-private.h"
#include "request/names.h"

/* What an issuer outside has sent for a CSR: by a document, or by its command. */

/* Its clock may go before ours, and a run speaks of the time at which it began. */
#define CLOCKS_APART CLOCK_HOUR

static void check_key(const LifecycleCertificate *certificate, const RequestIssuance *issuance,
                      GPtrArray *faults)
{
  const RequestCertificate *leaf = issuance->leaf;
  if (strcmp(leaf->spki_sha256, certificate->outside_spki) != 0)
    fault_add(
        faults, "issuance-key", (guint)issuance->line, "issuance",
        "the certificate is for another key than the CSR in outbox/csr/%s.csr: its public key "
        "has the SHA-256 %s, that of the CSR %s; send the one that was issued for this CSR",
        certificate->id, leaf->spki_sha256, certificate->outside_spki);
}

/* Whether "*.abc.com" is among NAMES where NAME is "www.abc.com". */
static gboolean is_covered(const char *name, char **names)
{
  const char *parent = strchr(name, '.');
  if (parent == NULL || name[0] == '*')
    return FALSE;
  g_autofree char *wildcard = g_strconcat("*", parent, NULL);
  return g_strv_contains((const char *const *)names, wildcard);
}

/* Authorities add the name with or without www., and that below a wildcard, for nothing. */
static gboolean is_twin(const char *name, char **wanted)
{
  for (char **other = wanted; *other != NULL; other++) {
    const char *prefixes[] = {"www.", "*."};
    for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
      gsize length = strlen(prefixes[i]);
      gboolean without =
          g_str_has_prefix(*other, prefixes[i]) && strcmp(*other + length, name) == 0;
      gboolean with =
          i == 0 && g_str_has_prefix(name, prefixes[i]) && strcmp(name + length, *other) == 0;
      if (without || with)
        return TRUE;
    }
  }
  return FALSE;
}

/* NAMES but for those that ALLOWED lets through, given OTHERS, as a list for people; NULL for
 * none. */
static char *list_names(char **names, gboolean (*allowed)(const char *name, char **others),
                        char **others)
{
  g_autoptr(GString) list = g_string_new(NULL);
  for (char **name = names; *name != NULL; name++) {
    g_autofree char *quoted = names_quote(*name);
    if (!allowed(*name, others))
      g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", quoted);
  }
  return list->len > 0 ? g_strdup(list->str) : NULL;
}

static void check_names(const LifecycleCertificate *certificate, const RequestIssuance *issuance,
                        LifecycleDecision *decision)
{
  char **wanted = certificate->outside_names, **found = issuance->leaf->names;
  guint line = (guint)issuance->line;
  g_auto(GStrv) missing = NULL;
  g_auto(GStrv) extra = NULL;
  if (names_lists_equal((const char *const *)wanted, (const char *const *)found, &missing, &extra))
    return;
  g_autofree char *left_out = list_names(missing, is_covered, found);
  g_autofree char *added = list_names(extra, is_twin, wanted);
  if (left_out != NULL)
    fault_add(decision->faults, "issuance-names", line, "issuance",
              "the certificate does not have %s, which was applied for; have it issued for all "
              "names of the CSR",
              left_out);
  if (added != NULL)
    fault_add(decision->faults, "issuance-names", line, "issuance",
              "the certificate has %s, which was not applied for; have it issued for the names of "
              "the CSR alone",
              added);
  if (added == NULL && extra[0] != NULL) {
    g_autofree char *list = g_strjoinv(", ", extra);
    fault_add(decision->warnings, "issuance-names", line, "issuance",
              "the issuer has added %s to what was applied for", list);
  }
}

static void check_validity(const LifecycleFacts *facts, const RequestIssuance *issuance,
                           GPtrArray *faults)
{
  const RequestCertificate *leaf = issuance->leaf;
  g_autofree char *begin = clock_format(leaf->not_before);
  g_autofree char *end = clock_format(leaf->not_after);
  if (leaf->not_after < facts->now)
    fault_add(faults, "issuance-validity", (guint)issuance->line, "issuance",
              "the certificate has expired, at %s; have a new one issued", end);
  else if (leaf->not_before > facts->now + CLOCKS_APART)
    fault_add(faults, "issuance-validity", (guint)issuance->line, "issuance",
              "the certificate is not valid before %s; send it then", begin);
  else if (leaf->not_after < leaf->not_before)
    fault_add(faults, "issuance-validity", (guint)issuance->line, "issuance",
              "the certificate ends, at %s, before it begins, at %s; have a new one issued", end,
              begin);
}

static void check_issuance(const LifecycleFacts *facts, const RequestIssuance *issuance,
                           LifecycleDecision *decision)
{
  const LifecycleCertificate *certificate = facts->certificate;
  if (facts->same_certificate != NULL) {
    fault_add(
        decision->faults, "certificate-known", (guint)issuance->line, "issuance",
        "this certificate is here already, as %s; the CSR in outbox/csr/%s.csr asks for a new "
        "one",
        facts->same_certificate, certificate->id);
    return;
  }
  check_key(certificate, issuance, decision->faults);
  check_names(certificate, issuance, decision);
  check_validity(facts, issuance, decision->faults);
}

/* All names of the certificate, those that were applied for first and in that order. */
static char **bound_names(const LifecycleCertificate *certificate, const RequestCertificate *leaf)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new();
  for (char **name = certificate->outside_names; *name != NULL; name++)
    if (g_strv_contains((const char *const *)leaf->names, *name))
      g_strv_builder_add(names, *name);
  for (char **name = leaf->names; *name != NULL; name++)
    if (!g_strv_contains((const char *const *)certificate->outside_names, *name))
      g_strv_builder_add(names, *name);
  return g_strv_builder_end(names);
}

static void add_mail(const LifecycleCertificate *certificate, gboolean again,
                     LifecycleDecision *decision)
{
  gboolean reissued = certificate->first_issued > 0;
  /* What is deployed follows by itself; else somebody has to install it. */
  if (reissued && certificate->deployments->len > 0)
    return;
  LifecycleStep *step = decision_add_step(decision, LIFECYCLE_STEP_WRITE_MAIL, certificate->id);
  step->mail = again ? LIFECYCLE_MAIL_RENEWED : LIFECYCLE_MAIL_ISSUED;
  step->application = issue_copy_application(certificate->application);
  step->application_ref = g_strdup(certificate->application_ref);
  step->forerunner = g_strdup(reissued ? certificate->id : certificate->forerunner);
  step->until = reissued ? certificate->not_after : certificate->left_until - 1;
}

static void take(const LifecycleFacts *facts, const RequestIssuance *issuance,
                 LifecycleDecision *decision)
{
  const LifecycleCertificate *certificate = facts->certificate;
  const RequestCertificate *leaf = issuance->leaf;
  LifecycleStep *step =
      decision_add_step(decision, LIFECYCLE_STEP_TAKE_CERTIFICATE, certificate->id);
  step->issuance = record_copy(&request_issuance_record, issuance);
  step->application = issue_copy_application(certificate->application);
  step->names = bound_names(certificate, leaf);
  step->not_before = leaf->not_before;
  step->not_after = leaf->not_after;
  step->term_end = issue_term_end(facts, facts->order, certificate, &step->lost);
  step->again = certificate->first_issued > 0 || certificate->forerunner != NULL;
  lost_days_warn(facts->order->product, step->lost, decision->warnings);
  gboolean again = step->again;
  if (certificate->status != LIFECYCLE_STATUS_ISSUED)
    decision_add_step(decision, LIFECYCLE_STEP_SET_STATUS, certificate->id)->status =
        LIFECYCLE_STATUS_ISSUED;
  add_mail(certificate, again, decision);
}

void issuance_decide(const LifecycleFacts *facts, const RequestItem *item,
                     LifecycleDecision *decision)
{
  const LifecycleCertificate *certificate = facts->certificate;
  const RequestIssuance *issuance = item->body;
  if (certificate->outside == NULL) {
    fault_add(decision->faults, "issuance-unasked", item->line, "issuance",
              "no CSR of %s lies with an issuer outside: its product is issued by \"%s\"%s",
              certificate->id, facts->order->product->issuer,
              product_is_outside(facts->order->product)
                  ? ", which is asked once the application is approved"
                  : "");
    return;
  }
  check_issuance(facts, issuance, decision);
  if (decision->faults->len > 0)
    return;
  leaf_add_warnings(issuance->leaf, decision);
  take(facts, issuance, decision);
}

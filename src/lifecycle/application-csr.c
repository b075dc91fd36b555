#include <string.h>

#include "lifecycle/lifecycle-private.h"
#include "request/names.h"

static gboolean key_is_listed(const Configuration *configuration, const char *spki_sha256)
{
  const ConfigurationRefusedKeys *refused = configuration->refused_keys;
  for (guint i = 0; refused != NULL && refused->keys != NULL && i < refused->keys->len; i++) {
    const ConfigurationKey *key = g_ptr_array_index(refused->keys, i);
    if (g_ascii_strcasecmp(key->sha256, spki_sha256) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Baseline Requirements 6.1.1.3: a key that is known to be weak or compromised is refused. */
static void check_key(const LifecycleFacts *facts, const LifecycleOrder *order,
                      const RequestCsr *csr, GPtrArray *faults)
{
  if (key_is_listed(facts->configuration, csr->spki_sha256))
    fault_add(faults, "csr-key-listed", csr->line, "csr",
              "the key of the CSR (SPKI SHA-256 %s) is on this instance's list of refused keys; "
              "make a new key and a new CSR",
              csr->spki_sha256);
  if (product_is_outside(order->product) && g_strcmp0(csr->key_kind, "ed25519") == 0)
    fault_add(faults, "csr-key-kind", csr->line, "csr",
              "Ed25519 keys are certified by the embedded authority only; make an ec-p256 key");
  const LifecycleKeyUse *use = facts->key_use;
  if (use == NULL)
    return;
  if (use->compromised)
    fault_add(faults, "csr-key-compromised", csr->line, "csr",
              "the key of the CSR was revoked for compromise and is never certified again; make a "
              "new key and a new CSR");
  else if (use->certificate != NULL)
    fault_add(faults, "csr-key-used", csr->line, "csr",
              "the key of the CSR belongs to the certificate %s; one certificate has one key, make "
              "a new key and a new CSR",
              use->certificate);
}

/* The application says which names are certified; the CSR may leave some out,
 * but may not ask for others. */
static void check_csr_names(const RequestCsr *csr, const char *const *names,
                            LifecycleDecision *decision)
{
  g_auto(GStrv) missing = NULL;
  g_auto(GStrv) extra = NULL;
  if (csr->names == NULL || csr->names[0] == NULL ||
      names_lists_equal(names, (const char *const *)csr->names, &missing, &extra))
    return;
  if (extra[0] != NULL) {
    g_autofree char *list = g_strjoinv(", ", extra);
    fault_add(decision->faults, "csr-names", csr->line, "csr",
              "the CSR asks for %s, which the application does not name; make both the same", list);
    return;
  }
  g_autofree char *list = g_strjoinv(", ", missing);
  fault_add(decision->warnings, "csr-names", csr->line, "csr",
            "the CSR does not name %s; the certificate will, since the application does", list);
}

void application_check_csr(const LifecycleFacts *facts, const LifecycleOrder *order,
                           const RequestApplication *application, const char *const *names,
                           LifecycleDecision *decision)
{
  const RequestCsr *csr = application->csr;
  if (csr == NULL || csr->der == NULL)
    return;
  check_key(facts, order, csr, decision->faults);
  if (names != NULL)
    check_csr_names(csr, names, decision);
}

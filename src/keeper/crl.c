#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "keeper/keeper-private.h"

/* How long a CRL holds (Baseline Requirements 4.9.7: at most 10 days for that of
 * a CA that issues to subscribers, a year for a root's). It is made anew when
 * half of that is over, so that a night or two may fail. */
typedef struct {
  PkiAuthorityRole role;
  const char *due; /* the ledger's number: when it is made next */
  gint64 lifetime;
  const char *der_path;
  const char *pem_path; /* NULL: in DER only */
} CrlInfo;

static const CrlInfo crls[] = {
    {PKI_AUTHORITY_ROLE_ISSUING, "issuing CRL due", 7 * CLOCK_DAY, PKI_FOLDER "issuing.crl",
     PKI_FOLDER "issuing.crl.pem"},
    {PKI_AUTHORITY_ROLE_ROOT, "root CRL due", 365 * CLOCK_DAY, PKI_FOLDER "root.crl", NULL},
};
G_STATIC_ASSERT(G_N_ELEMENTS(crls) == PKI_AUTHORITY_ROLE_N - 1);

static gboolean add_output(Keeper *keeper, const char *path, GBytes *content, GError **error)
{
  return keeper_add_output(keeper, keeper_output_new_document(g_strdup(path), content), error);
}

static gboolean make_crl(Keeper *keeper, const CrlInfo *info, GError **error)
{
  g_autoptr(PkiAuthority) authority = keeper_open_authority(keeper, info->role, error);
  if (authority == NULL)
    return FALSE;
  /* Ledger time grows, and so does the number. */
  const PkiCrlRequest request = {
      .number = (guint64)keeper->now,
      .this_update = keeper->now,
      .next_update = MIN(keeper->now + info->lifetime, pki_authority_not_after(authority)),
  };
  g_autoptr(GBytes) der = pki_authority_make_crl(authority, &request, error);
  if (der == NULL || !add_output(keeper, info->der_path, g_bytes_ref(der), error))
    return FALSE;
  if (info->pem_path != NULL) {
    char *pem = pki_crl_to_pem(der);
    if (!add_output(keeper, info->pem_path, g_bytes_new_take(pem, strlen(pem)), error))
      return FALSE;
  }
  return ledger_put_number(keeper->ledger, info->due, keeper->now + info->lifetime / 2, error);
}

gboolean keeper_refresh_crls(Keeper *keeper, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS(crls); i++) {
    gint64 due = 0;
    if (!ledger_read_number(keeper->ledger, crls[i].due, &due, error))
      return FALSE;
    if (keeper->now >= due && !make_crl(keeper, &crls[i], error))
      return FALSE;
  }
  return TRUE;
}

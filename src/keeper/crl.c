#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "keeper/keeper-private.h"

/* How long a CRL holds (Baseline Requirements 4.9.7: at most 10 days for that of
 * a CA that issues to subscribers, a year for a root's). It is made anew when
 * half of that is over, so that a night or two may fail. */
typedef struct {
  PkiAuthorityRole role;
  const char *due;    /* the ledger's numbers: when it is made next by plan, */
  const char *at;     /* when it was made last by plan, */
  const char *number; /* and its number */
  gint64 lifetime;
  const char *der_path;
  const char *pem_path; /* NULL: in DER only */
} CrlInfo;

static const CrlInfo crls[] = {
    {PKI_AUTHORITY_ROLE_ISSUING, "issuing CRL due", "issuing CRL at", "issuing CRL number",
     7 * CLOCK_DAY, PKI_FOLDER "issuing.crl", PKI_FOLDER "issuing.crl.pem"},
    {PKI_AUTHORITY_ROLE_ROOT, "root CRL due", "root CRL at", "root CRL number", 365 * CLOCK_DAY,
     PKI_FOLDER "root.crl", NULL},
};
G_STATIC_ASSERT(G_N_ELEMENTS(crls) == PKI_AUTHORITY_ROLE_N - 1);

/* Whether something was revoked since the issuing CA's list was made. */
#define WANTED "issuing CRL wanted"

gboolean keeper_want_crl(Keeper *keeper, GError **error)
{
  return ledger_put_number(keeper->ledger, WANTED, 1, error);
}

static gboolean add_output(Keeper *keeper, const char *path, GBytes *content, GError **error)
{
  return keeper_add_output(keeper, keeper_output_new_document(g_strdup(path), content), error);
}

/* The numbers of a list, as the ledger has them. */
typedef struct {
  gint64 due;
  gint64 at;
  gint64 number;
} CrlState;

static gboolean read_state(Keeper *keeper, const CrlInfo *info, CrlState *ret_state, GError **error)
{
  return ledger_read_number(keeper->ledger, info->due, &ret_state->due, error) &&
         ledger_read_number(keeper->ledger, info->at, &ret_state->at, error) &&
         ledger_read_number(keeper->ledger, info->number, &ret_state->number, error);
}

/* What the list is to hold. RFC 5280 3.3: an entry stays until it has been on a list that was
 * made by plan after its certificate had run out. So whatever had not run out when the last
 * such list was made is on the next one, too. The root revokes nothing. */
static GPtrArray *read_entries(Keeper *keeper, const CrlInfo *info, const CrlState *state,
                               GError **error)
{
  if (info->role == PKI_AUTHORITY_ROLE_ISSUING)
    return ledger_revoked_since(keeper->ledger, state->at, error);
  return g_ptr_array_new();
}

static GBytes *sign_crl(Keeper *keeper, const CrlInfo *info, const CrlState *state, GError **error)
{
  g_autoptr(GPtrArray) rows = read_entries(keeper, info, state, error);
  g_autoptr(PkiAuthority) authority =
      rows != NULL ? keeper_open_authority(keeper, info->role, error) : NULL;
  if (authority == NULL)
    return NULL;
  g_autofree PkiRevoked *entries = g_new(PkiRevoked, MAX(rows->len, 1));
  for (guint i = 0; i < rows->len; i++) {
    const LedgerRevoked *row = g_ptr_array_index(rows, i);
    entries[i] = (PkiRevoked){row->serial, row->at, row->reason};
  }
  const PkiCrlRequest request = {
      .number = (guint64)state->number,
      .this_update = keeper->now,
      .next_update = MIN(keeper->now + info->lifetime, pki_authority_not_after(authority)),
      .revoked = entries,
      .revoked_count = rows->len,
  };
  if (info->role == PKI_AUTHORITY_ROLE_ISSUING &&
      !ledger_put_number(keeper->ledger, LEDGER_CRL_END, request.next_update, error))
    return NULL;
  return pki_authority_make_crl(authority, &request, error);
}

/* A list that a revocation asks for comes between those that are made by plan. */
static gboolean make_crl(Keeper *keeper, const CrlInfo *info, CrlState *state, GError **error)
{
  /* Ledger time grows, and so does the number, also of two lists of one second. */
  state->number = MAX(keeper->now, state->number + 1);
  g_autoptr(GBytes) der = sign_crl(keeper, info, state, error);
  if (der == NULL || !add_output(keeper, info->der_path, g_bytes_ref(der), error))
    return FALSE;
  if (info->pem_path != NULL) {
    char *pem = pki_crl_to_pem(der);
    if (!add_output(keeper, info->pem_path, g_bytes_new_take(pem, strlen(pem)), error))
      return FALSE;
  }
  gboolean by_plan = keeper->now >= state->due;
  return ledger_put_number(keeper->ledger, info->number, state->number, error) &&
         (!by_plan ||
          (ledger_put_number(keeper->ledger, info->at, keeper->now, error) &&
           ledger_put_number(keeper->ledger, info->due, keeper->now + info->lifetime / 2, error)));
}

gboolean keeper_refresh_crls(Keeper *keeper, GError **error)
{
  gint64 wanted = 0;
  if (!ledger_read_number(keeper->ledger, WANTED, &wanted, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(crls); i++) {
    gboolean now = wanted != 0 && crls[i].role == PKI_AUTHORITY_ROLE_ISSUING;
    CrlState state = {0};
    if (!read_state(keeper, &crls[i], &state, error))
      return FALSE;
    if ((now || keeper->now >= state.due) && !make_crl(keeper, &crls[i], &state, error))
      return FALSE;
  }
  return wanted == 0 || ledger_put_number(keeper->ledger, WANTED, 0, error);
}

gboolean keeper_next_crl(Keeper *keeper, gint64 *ret_due, GError **error)
{
  gint64 wanted = 0;
  if (!ledger_read_number(keeper->ledger, WANTED, &wanted, error))
    return FALSE;
  *ret_due = wanted != 0 ? 0 : G_MAXINT64;
  for (gsize i = 0; i < G_N_ELEMENTS(crls); i++) {
    gint64 due = 0;
    if (!ledger_read_number(keeper->ledger, crls[i].due, &due, error))
      return FALSE;
    *ret_due = MIN(*ret_due, due);
  }
  return TRUE;
}

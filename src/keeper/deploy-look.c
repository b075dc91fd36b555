#include <string.h>

#include "base/text.h"
#include "keeper/deploy-private.h"
#include "request/names.h"

/* The look at a host after a deployment: does it serve the certificate? */

#define LOOK_MS 5000

/* "HOST:PORT", "[ADDRESS]:PORT"; {region} stands for the region. */
static void split_check(const DeployJob *job, char **ret_host, char **ret_port)
{
  const char *const pattern[] = {job->target->check, NULL};
  const ProgramPlaceholder placeholders[] = {{"region", job->deployment->region}, {NULL, NULL}};
  g_auto(GStrv) expanded = program_expand(pattern, placeholders);
  const char *colon = strrchr(expanded[0], ':');
  gboolean bracket = expanded[0][0] == '[' && colon[-1] == ']';
  *ret_host = g_strndup(expanded[0] + bracket, (gsize)(colon - expanded[0]) - 2 * bracket);
  *ret_port = g_strdup(colon + 1);
}

/* The name to ask the server for: one that the certificate is for, by preference the
 * host's own. NULL where it has addresses alone. The caller frees it. */
static char *server_name(const DeployJob *job, const char *host)
{
  for (char **name = job->issue->names; *name != NULL; name++)
    if (g_ascii_strcasecmp(*name, host) == 0 && !g_hostname_is_ip_address(host))
      return g_strdup(host);
  for (char **name = job->issue->names; *name != NULL; name++) {
    if (g_hostname_is_ip_address(*name))
      continue;
    const char *dot = strchr(host, '.');
    if (!g_str_has_prefix(*name, "*."))
      return g_strdup(*name);
    return dot != NULL && g_ascii_strcasecmp(dot, *name + 1) == 0
               ? g_strdup(host)
               : g_strconcat("www", *name + 1, NULL);
  }
  return NULL;
}

/* What is served instead: its serial and first name. */
static char *describe_other(const char *place, GBytes *der)
{
  g_autoptr(PkiCertificateDetails) details = pki_certificate_read(der, NULL);
  if (details == NULL)
    return g_strdup_printf("%s serves another certificate", place);
  g_autofree char *name = names_quote(details->names->len > 0 ? g_ptr_array_index(details->names, 0)
                                                              : details->subject);
  return g_strdup_printf("%s serves another certificate, serial %s for %s", place, details->serial,
                         name);
}

gboolean deploy_job_is_served(DeployJob *job, guint tries, char **ret_why)
{
  g_autofree char *host = NULL, *port = NULL, *why = NULL;
  split_check(job, &host, &port);
  g_autofree char *name = server_name(job, host), *place = pki_host_and_port(host, port);
  for (guint i = 0; i < tries && !keeper_is_stopped(); i++) {
    if (i > 0)
      g_usleep(G_USEC_PER_SEC);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) der = pki_fetch_served(host, port, name, job->issue->der, LOOK_MS, &error);
    if (der != NULL && g_bytes_equal(der, job->issue->der)) {
      job->seen = g_strdup_printf("%s serves this certificate", place);
      return TRUE;
    }
    g_free(why);
    why = der != NULL ? describe_other(place, der) : g_strdup(error->message);
  }
  *ret_why = why != NULL ? g_steal_pointer(&why) : g_strdup("the run was stopped");
  return FALSE;
}

#include <string.h>

#include "base/clock.h"
#include "keeper/apply-private.h"

/* The step that has archives made of a certificate that is issued already. */

/* The archive of FORMAT that STEP asks for. It borrows all but its path. */
static LedgerArchive wanted_archive(const LifecycleStep *step, const char *format)
{
  const RequestDownload *download = step->download;
  GBytes *recipient = download->own != NULL ? download->own->der : NULL;
  RequestFormat known = request_format_from_name(format);
  return (LedgerArchive){
      .path = outbox_archive_path(step->certificate, step->names[0], known, recipient != NULL),
      .certificate = step->certificate,
      .format = (char *)request_formats[known].name,
      .profile = request_formats[known].profile != NULL ? download->profile : NULL,
      .recipient = recipient,
  };
}

/* What keytool makes, is made before anything is decided: whether it can is not known. */
gboolean keeper_rehearse_archives(Keeper *keeper, const LifecycleStep *step, gint64 file,
                                  GError **error)
{
  const char *jks = request_formats[REQUEST_FORMAT_JKS].name;
  if (!g_strv_contains((const char *const *)step->download->formats, jks))
    return TRUE;
  const LedgerArchive wanted = wanted_archive(step, jks);
  g_autofree char *path = wanted.path;
  return keeper_prepare_archive(keeper, &wanted, file, error);
}

/* "tomcat (compatible), apache, for CN = Recipient until 2027-11-23T02:00:00Z" */
static char *describe(const RequestDownload *download)
{
  GString *text = g_string_new(NULL);
  for (char **format = download->formats; *format != NULL; format++) {
    RequestFormat known = request_format_from_name(*format);
    g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", *format);
    if (request_formats[known].profile != NULL && download->profile != NULL)
      g_string_append_printf(text, " (%s)", download->profile);
  }
  if (download->own != NULL) {
    g_autofree char *end = clock_format(download->own->not_after);
    g_string_append_printf(text, ", for %s until %s", download->own->subject, end);
  }
  return g_string_free(text, FALSE);
}

gboolean apply_make_archive(Keeper *keeper, const LifecycleStep *step, KeeperStepContext *context,
                            GError **error)
{
  for (char **format = step->download->formats; *format != NULL; format++) {
    const LedgerArchive wanted = wanted_archive(step, *format);
    g_autofree char *path = wanted.path;
    if (!keeper_add_archive(keeper, &wanted, context->file, error))
      return FALSE;
  }
  g_autofree char *text = describe(step->download);
  return ledger_log_download(keeper->ledger, step->certificate, text, keeper->now, context->file,
                             error);
}

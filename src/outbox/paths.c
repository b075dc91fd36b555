#include "base/text.h"
#include "outbox/outbox-private.h"

#include <string.h>
#include <time.h>

#define MAIL_FOLDER "outbox/mail/"

char *outbox_archive_path(const char *certificate, const char *first_name, RequestFormat format,
                          gboolean encrypted)
{
  g_assert(format > 0 && format < REQUEST_FORMAT_N);
  g_autofree char *domain = outbox_domain_part(first_name);
  return g_strdup_printf("outbox/certificates/%s/%s_%s_%s.zip%s", certificate, certificate, domain,
                         request_formats[format].name, encrypted ? ".p7m" : "");
}

char *outbox_receipt_path(const char *name, guint number)
{
  g_autofree char *kept = outbox_kept_name(name, number);
  return g_strdup_printf("outbox/receipts/%s.receipt.xml", kept);
}

char *outbox_report_path(const char *name, guint number)
{
  g_autofree char *kept = outbox_kept_name(name, number);
  return g_strdup_printf("inbox/rejected/%s.error.md", kept);
}

char *outbox_letter_path(const char *certificate, const char *application_ref)
{
  return g_strdup_printf("outbox/letters/%s+%s.html", certificate, application_ref);
}

static char *format_stamp(gint64 at)
{
  g_autoptr(GDateTime) moment = g_date_time_new_from_unix_utc(at);
  g_assert(moment != NULL);
  return g_date_time_format(moment, "%Y%m%dT%H%M%SZ");
}

char *outbox_mail_path(const char *certificate, const char *application_ref, LifecycleMail kind,
                       gint64 at)
{
  g_autofree char *stamp = format_stamp(at);
  return g_strdup_printf(MAIL_FOLDER "%s+%s_%s_%s.eml", certificate, application_ref,
                         outbox_mail_name(kind), stamp);
}

char *outbox_reminder_path(const char *address, gint64 at)
{
  const int digits = 16;
  g_autofree char *stamp = format_stamp(at);
  g_autofree char *hash = text_sha256(address, strlen(address));
  return g_strdup_printf(MAIL_FOLDER "%s_%s_%.*s.eml", outbox_mail_name(LIFECYCLE_MAIL_REMINDER),
                         stamp, digits, hash);
}

gboolean outbox_path_is_mail(const char *path)
{
  return g_str_has_prefix(path, MAIL_FOLDER);
}

char *outbox_csr_path(const char *certificate)
{
  return g_strdup_printf("outbox/csr/%s.csr", certificate);
}

char *outbox_attachment_path(const char *certificate, const char *application_ref, const char *kind,
                             const char *extension)
{
  return g_strdup_printf("outbox/verification/%s/%s_%s.%s", certificate, application_ref, kind,
                         extension);
}

#include "outbox/outbox-private.h"

#include <time.h>

char *outbox_archive_path(const char *certificate, const char *first_name, RequestFormat format)
{
  g_assert(format > 0 && format < REQUEST_FORMAT_N);
  g_autofree char *domain = outbox_domain_part(first_name);
  return g_strdup_printf("outbox/certificates/%s/%s_%s_%s.zip", certificate, certificate, domain,
                         request_formats[format].name);
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

char *outbox_mail_path(const char *certificate, const char *application_ref, LifecycleMail kind,
                       gint64 at)
{
  g_autoptr(GDateTime) moment = g_date_time_new_from_unix_utc(at);
  g_assert(moment != NULL);
  g_autofree char *stamp = g_date_time_format(moment, "%Y%m%dT%H%M%SZ");
  return g_strdup_printf("outbox/mail/%s+%s_%s_%s.eml", certificate, application_ref,
                         outbox_mail_name(kind), stamp);
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

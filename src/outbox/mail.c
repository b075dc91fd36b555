#include "base/error.h"
#include "base/text.h"
#include "outbox/outbox-private.h"

#include <gmime/gmime.h>
#include <pthread.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeDataWrapper, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeMessage, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimePart, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeStream, g_object_unref)

/* How much of a SHA-256 a Message-ID takes: 128 bits are unique. */
#define MAIL_ID_DIGITS 32

/* Whether ADDRESS is a plain one (RFC 5322's addr-spec without quotes and
 * comments) and no more: GMime writes addresses as they are. */
static gboolean mail_address_is_plain(const char *address)
{
  static const char atext[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "!#$%&'*+/=?^_`{|}~-.";
  static const char label[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-.";
  gsize local = address != NULL ? strspn(address, atext) : 0;
  if (local == 0 || address[local] != '@')
    return FALSE;
  const char *domain = address + local + 1;
  return *domain != '\0' && domain[strspn(domain, label)] == '\0';
}

/* NAME for a header. What looks like an encoded word (RFC 2047) GMime writes as it
 * is, and a reader would decode it: a space takes that look away. */
static char *mail_clean_name(const char *name)
{
  g_autofree char *clean = outbox_clean_text(name);
  g_autoptr(GString) safe = g_string_new(clean);
  g_string_replace(safe, "=?", "= ?", 0);
  return g_string_free(g_steal_pointer(&safe), FALSE);
}

static gboolean mail_add_mailbox(GMimeMessage *message, GMimeAddressType type, const char *name,
                                 const char *address, GError **error)
{
  if (!mail_address_is_plain(address)) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_REFUSED,
                "an e-mail cannot be written: \"%s\" is not an e-mail address",
                address != NULL ? address : "");
    return FALSE;
  }
  g_autofree char *clean = mail_clean_name(name);
  g_mime_message_add_mailbox(message, type, clean, address);
  InternetAddressList *list = g_mime_message_get_addresses(message, type);
  internet_address_set_charset(internet_address_list_get_address(list, 0), "UTF-8");
  return TRUE;
}

/* The same message always has the same ID: made of what it is about. References
 * themselves may have two dots in a row, which an ID may not. */
static void mail_set_id(GMimeMessage *message, const OutboxMail *mail, const char *from)
{
  gboolean single = mail->certificate != NULL;
  g_autofree char *address = g_ascii_strdown(mail->applicant->email, -1);
  g_autofree char *about =
      g_strdup_printf("%s\n%s\n%s\n%" G_GINT64_FORMAT, single ? mail->certificate : address,
                      single ? mail->application_ref : "", outbox_mail_name(mail->kind), mail->at);
  g_autofree char *digest = text_sha256(about, strlen(about));
  g_autofree char *id = g_strdup_printf("%.*s@%s", MAIL_ID_DIGITS, digest, strchr(from, '@') + 1);
  g_mime_message_set_message_id(message, id);
}

static void mail_set_headers(GMimeMessage *message, const OutboxMail *mail, const char *from)
{
  g_autofree char *subject = outbox_mail_subject(mail);
  g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(mail->at);
  g_assert(date != NULL);
  g_mime_message_set_subject(message, subject, "UTF-8");
  g_mime_message_set_date(message, date);
  mail_set_id(message, mail, from);
  /* RFC 3834: no vacation notice comes back. */
  g_mime_object_set_header(GMIME_OBJECT(message), "Auto-Submitted", "auto-generated", NULL);
}

static void mail_set_text(GMimeMessage *message, const OutboxMail *mail)
{
  g_autofree char *text = outbox_mail_text(mail);
  g_autoptr(GMimeStream) stream = g_mime_stream_mem_new_with_buffer(text, strlen(text));
  g_autoptr(GMimeDataWrapper) content =
      g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
  g_autoptr(GMimePart) part = g_mime_part_new_with_type("text", "plain");
  g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
  g_mime_part_set_content(part, content);
  g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  g_mime_message_set_mime_part(message, GMIME_OBJECT(part));
}

static GBytes *mail_write(GMimeMessage *message, GError **error)
{
  GMimeFormatOptions *options = g_mime_format_options_new();
  g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_DOS);
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  g_autoptr(GMimeStream) stream = g_mime_stream_mem_new();
  g_mime_stream_mem_set_byte_array(GMIME_STREAM_MEM(stream), bytes);
  gssize written = g_mime_object_write_to_stream(GMIME_OBJECT(message), options, stream);
  g_mime_format_options_free(options);
  if (written < 0) {
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_BUG, "GMime did not write the e-mail");
    return NULL;
  }
  return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

GBytes *outbox_make_mail(const OutboxMail *mail, GError **error)
{
  g_assert(mail->kind > 0 && mail->kind < LIFECYCLE_MAIL_N);
  const char *sender = configuration_organization_name(mail->configuration);
  const char *from = configuration_organization_email(mail->configuration);
  const char *name = mail->applicant != NULL ? mail->applicant->name : NULL;
  const char *to = mail->applicant != NULL ? mail->applicant->email : NULL;
  static pthread_once_t ready = PTHREAD_ONCE_INIT;
  pthread_once(&ready, g_mime_init);
  g_autoptr(GMimeMessage) message = g_mime_message_new(TRUE);
  if (!mail_add_mailbox(message, GMIME_ADDRESS_TYPE_FROM, sender, from, error) ||
      !mail_add_mailbox(message, GMIME_ADDRESS_TYPE_TO, name, to, error))
    return NULL;
  mail_set_headers(message, mail, from);
  mail_set_text(message, mail);
  return mail_write(message, error);
}

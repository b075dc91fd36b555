#include "intake/item-private.h"

#include <string.h>

#include "base/text.h"
#include "intake/image.h"
#include "pki/pki.h"

typedef void (*LookInto)(Look *look);

/* The key comes with the CSR or is made for it; a CSR that is given twice says nothing. */
static void check_csr_mode(const RequestCsr *csr, GPtrArray *faults)
{
  gboolean manual = strcmp(csr->mode, "manual") == 0;
  guint line = (guint)csr->line;
  if (manual && csr->text == NULL)
    fault_add(faults, "csr-format", line, "csr",
              "mode=\"manual\" needs the CSR in <csr>: -----BEGIN CERTIFICATE REQUEST----- …");
  if (manual && csr->key != NULL)
    fault_add(faults, "xml-valid", line, "csr",
              "key=\"%s\" goes with mode=\"automatic\"; a CSR has its own key: remove it",
              csr->key);
  if (!manual && csr->text != NULL)
    fault_add(faults, "xml-valid", line, "csr",
              "<csr> holds text, but its mode is automatic; write mode=\"manual\" for a CSR of "
              "your own, or remove the text");
}

static void look_into_csr(RequestCsr *csr, GPtrArray *faults)
{
  guint before = faults->len;
  check_csr_mode(csr, faults);
  if (faults->len > before || csr->text == NULL)
    return;
  g_autoptr(PkiCsr) read =
      pki_csr_read(csr->text, strlen(csr->text), faults, (guint)csr->line, "csr");
  if (read == NULL)
    return;
  csr->der = g_bytes_ref(read->der);
  csr->spki_sha256 = g_strdup(read->spki_sha256);
  csr->key_kind = g_strdup(read->kind != 0 ? pki_key_kind_to_string(read->kind) : "rsa");
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < read->names->len; i++)
    g_ptr_array_add(names, g_strdup(g_ptr_array_index(read->names, i)));
  g_ptr_array_add(names, NULL);
  csr->names = (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

static void add_missing_fault(const RequestAttachment *attachment, const Package *package,
                              GPtrArray *faults)
{
  if (package != NULL)
    fault_add(
        faults, "attachment-missing", (guint)attachment->line, "attachment",
        "the package has no file \"%s\"; put it beside the document, or remove the attachment",
        attachment->file);
  else
    fault_add(faults, "attachment-missing", (guint)attachment->line, "attachment",
              "\"%s\" did not come with the document; put both into one .zip or .tar.gz and drop "
              "that instead",
              attachment->file);
}

static void look_into_attachment(RequestAttachment *attachment, const Package *package,
                                 GPtrArray *faults)
{
  const PackageMember *member =
      package != NULL ? package_find_member(package, attachment->file) : NULL;
  if (member == NULL) {
    add_missing_fault(attachment, package, faults);
    return;
  }
  ImageInfo info;
  const char *code;
  g_autofree char *reason = NULL;
  if (!image_check(member->bytes, member->length, &info, &code, &reason)) {
    fault_add(faults, code, (guint)attachment->line, "attachment", "\"%s\": %s", attachment->file,
              reason);
    return;
  }
  attachment->media_type = g_strdup(info.media_type);
  attachment->extension = g_strdup(info.extension);
  attachment->sha256 = text_sha256(member->bytes, member->length);
  attachment->bytes = g_bytes_new(member->bytes, member->length);
}

/* Whether an attachment before the INDEX-th has its kind or file. */
static gboolean attachment_is_double(const GPtrArray *attachments, guint index)
{
  const RequestAttachment *attachment = g_ptr_array_index(attachments, index);
  for (guint i = 0; i < index; i++) {
    const RequestAttachment *other = g_ptr_array_index(attachments, i);
    if (strcmp(other->kind, attachment->kind) == 0 || strcmp(other->file, attachment->file) == 0)
      return TRUE;
  }
  return FALSE;
}

static void look_into_attachments(const GPtrArray *attachments, const Package *package,
                                  GPtrArray *faults)
{
  for (guint i = 0; i < attachments->len; i++) {
    RequestAttachment *attachment = g_ptr_array_index(attachments, i);
    if (attachment_is_double(attachments, i))
      fault_add(faults, "attachment-duplicate", (guint)attachment->line, "attachment",
                "there is another attachment of kind %s or with the file \"%s\"; an application "
                "has at most one of a kind, each with a file of its own",
                attachment->kind, attachment->file);
    else
      look_into_attachment(attachment, package, faults);
  }
}

static void look_into_content(RequestApplication *application, const Look *look)
{
  if (application->csr != NULL)
    look_into_csr(application->csr, look->faults);
  if (application->attachments != NULL)
    look_into_attachments(application->attachments, look->package, look->faults);
}

static void look_into_application(Look *look)
{
  look_into_content(look->body, look);
}

static void look_into_order(Look *look)
{
  RequestOrder *order = look->body;
  if (order->application != NULL)
    look_into_content(order->application, look);
}

static void look_into_download(Look *look)
{
  RequestDownload *download = look->body;
  if (download->recipient == NULL)
    return;
  g_autofree char *text = g_steal_pointer(&download->recipient);
  g_autoptr(PkiRecipient) read =
      pki_recipient_read(text, strlen(text), look->faults, (guint)download->line, "recipient");
  if (read == NULL)
    return;
  download->own = g_new0(RequestRecipient, 1);
  download->own->der = g_bytes_ref(read->der);
  download->own->subject = g_strdup(read->subject);
  download->own->not_before = read->not_before;
  download->own->not_after = read->not_after;
}

/* A kind without a row has nothing to look into. */
static const LookInto lookers[REQUEST_KIND_N] = {
    [REQUEST_KIND_ORDER] = look_into_order,
    [REQUEST_KIND_APPLICATION] = look_into_application,
    [REQUEST_KIND_ISSUANCE] = look_into_issuance,
    [REQUEST_KIND_UPLOAD] = look_into_upload,
    [REQUEST_KIND_DOWNLOAD] = look_into_download,
};

void look_into(RequestKind kind, Look *look)
{
  if (lookers[kind] != NULL)
    lookers[kind](look);
}

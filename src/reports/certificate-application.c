/* An application on the page of its certificate. The person's phone and ID
 * number are masked, and the e-mail address but for its domain; they stand whole
 * in the letter alone. The name is shown, since a reviewer has to ask for
 * somebody; what identifies the company is public. */
#include <string.h>

#include "base/text.h"
#include "reports/certificate.h"
#include "reports/table.h"

static const char *const states[LIFECYCLE_APPLICATION_N] = {
    [LIFECYCLE_APPLICATION_SAVED] = "Saved, not submitted",
    [LIFECYCLE_APPLICATION_SUBMITTED] = "Submitted",
    [LIFECYCLE_APPLICATION_REJECTED] = "Rejected",
    [LIFECYCLE_APPLICATION_APPROVED] = "Approved",
};

static void application_add_fact(Table *table, const char *field, const char *text)
{
  if (text != NULL && *text != '\0')
    page_add_text(table_add_fact(table, field), text);
}

static void application_add_masked(Table *table, const char *field, const char *text)
{
  g_autofree char *masked = text != NULL ? text_mask(text, 4) : NULL;
  application_add_fact(table, field, masked);
}

/* "a•••@example.test" */
static void application_add_email(Table *table, const char *email)
{
  const char *at = email != NULL ? strrchr(email, '@') : NULL;
  if (at == NULL) {
    application_add_masked(table, "E-mail", email);
    return;
  }
  const char *second = g_utf8_next_char(email);
  page_add_format(table_add_fact(table, "E-mail"), "%.*s•••%s",
                  (int)(second < at ? second - email : 0), email, at);
}

static void application_add_applicant(Table *table, const RequestApplicant *applicant)
{
  if (applicant == NULL)
    return;
  application_add_fact(table, "Applicant", applicant->name);
  application_add_masked(table, "Phone", applicant->phone);
  application_add_email(table, applicant->email);
  application_add_masked(table, "ID number", applicant->id_number);
}

static void application_add_location(Table *table, const RequestLocation *location)
{
  if (location == NULL)
    return;
  g_autoptr(GString) text = g_string_new(NULL);
  const char *const parts[] = {location->city, location->province, location->country};
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
    if (parts[i] != NULL)
      g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", parts[i]);
  application_add_fact(table, "Location", text->str);
}

static void application_add_company(Table *table, const RequestCompany *company)
{
  if (company == NULL)
    return;
  application_add_fact(table, "Company", company->name);
  application_add_fact(table, "Company type", company->type);
  application_add_fact(table, "Organisation ID", company->organization_id);
  application_add_fact(table, "Company phone", company->phone);
  application_add_location(table, company->location);
  application_add_fact(table, "Address", company->address);
  application_add_fact(table, "Zip code", company->zip);
}

static void application_add_csr(Table *table, const RequestCsr *csr)
{
  cmark_node *cell = table_add_fact(table, "CSR");
  const char *kind = csr != NULL ? csr->key != NULL ? csr->key : csr->key_kind : NULL;
  gboolean manual = csr != NULL && g_strcmp0(csr->mode, "manual") == 0;
  page_add_text(cell, manual ? "manual: the key stays with the applicant" : "automatic");
  if (kind == NULL)
    return;
  page_add_text(cell, ", ");
  page_add_code(cell, kind);
}

static void application_add_attachments(Table *table, const GPtrArray *attachments)
{
  if (attachments == NULL || attachments->len == 0)
    return;
  cmark_node *cell = table_add_fact(table, "Attachments");
  for (guint i = 0; i < attachments->len; i++) {
    const RequestAttachment *attachment = g_ptr_array_index(attachments, i);
    page_add_format(cell, "%s%s (%s)", i > 0 ? ", " : "", attachment->kind, attachment->file);
  }
}

static void application_add_review(Table *table, const LedgerApplication *application)
{
  const RequestReview *review = application->review;
  if (review == NULL)
    return;
  cmark_node *cell = table_add_fact(table, "Review");
  page_add_format(cell, "%s by %s, ",
                  g_strcmp0(review->decision, "approve") == 0 ? "approved" : "rejected",
                  review->reviewer);
  page_add_time(cell, application->reviewed);
  application_add_fact(table, "Comment", review->comment);
}

void certificate_add_application(cmark_node *parent, const LedgerApplication *application)
{
  const RequestApplication *content = application->content;
  Table table = table_new_facts(parent, "Application");
  cmark_node *state = table_add_fact(&table, "State");
  page_add_text(state, states[application->state]);
  page_add_text(state, ", ");
  page_add_time(state, application->at);
  page_add_code(table_add_fact(&table, "Reference"), application->ref);
  application_add_review(&table, application);
  application_add_applicant(&table, content->applicant);
  application_add_company(&table, content->company);
  application_add_csr(&table, content->csr);
  application_add_attachments(&table, content->attachments);
  if (content->download != NULL) {
    g_autofree char *formats = g_strjoinv(", ", content->download);
    application_add_fact(&table, "Archives", formats);
  }
}

#include <string.h>

#include "lifecycle/lifecycle-private.h"

/* What a submission needs (rules.md 13). */

typedef struct {
  const char *element;
  const char *value;
} RequiredField;

static void check_fields(const RequiredField *fields, gsize count, const char *code,
                         const char *parent, gint64 line, GPtrArray *faults)
{
  for (gsize i = 0; i < count; i++)
    if (fields[i].value == NULL || *fields[i].value == '\0')
      fault_add(faults, code, line, fields[i].element,
                "<%s> of <%s> is missing; an application can be submitted only with it, and saved "
                "without",
                fields[i].element, parent);
}

static void check_applicant(const RequestApplication *application, GPtrArray *faults)
{
  const RequestApplicant none = {0};
  const RequestApplicant *applicant =
      application->applicant != NULL ? application->applicant : &none;
  const RequiredField fields[] = {
      {"name", applicant->name},
      {"phone", applicant->phone},
      {"email", applicant->email},
      {"idNumber", applicant->id_number},
  };
  check_fields(fields, G_N_ELEMENTS(fields), "applicant-incomplete", "applicant", application->line,
               faults);
}

static void check_company(const RequestApplication *application, GPtrArray *faults)
{
  const RequestCompany no_company = {0};
  const RequestLocation no_location = {0};
  const RequestCompany *company = application->company != NULL ? application->company : &no_company;
  const RequestLocation *location = company->location != NULL ? company->location : &no_location;
  const RequiredField fields[] = {
      {"name", company->name},         {"type", company->type},
      {"phone", company->phone},       {"organizationId", company->organization_id},
      {"location", location->country}, {"location", location->province},
      {"location", location->city},    {"address", company->address},
      {"zip", company->zip},
  };
  check_fields(fields, G_N_ELEMENTS(fields), "company-incomplete", "company", application->line,
               faults);
}

static gboolean has_attachment(const RequestApplication *application, const char *kind)
{
  const GPtrArray *attachments = application->attachments;
  for (guint i = 0; attachments != NULL && i < attachments->len; i++) {
    const RequestAttachment *attachment = g_ptr_array_index(attachments, i);
    if (strcmp(attachment->kind, kind) == 0)
      return TRUE;
  }
  return FALSE;
}

static void check_attachments(const Product *product, const RequestApplication *application,
                              GPtrArray *faults)
{
  g_auto(GStrv) kinds = g_strsplit(
      product->required_attachments != NULL ? product->required_attachments : "", " ", 0);
  for (char **kind = kinds; *kind != NULL; kind++)
    if (**kind != '\0' && !has_attachment(application, *kind))
      fault_add(
          faults, "attachment-missing", application->line, "attachments",
          "the product \"%s\" asks for an attachment of the kind \"%s\"; send the application "
          "in a package with it, or save it (action=\"save\") to get the letter first",
          product->id, *kind);
}

void application_check_complete(const LifecycleOrder *order, const RequestApplication *application,
                                LifecycleDecision *decision)
{
  if (application->domains == NULL || application->domains[0] == NULL)
    fault_add(decision->faults, "submission-incomplete", application->line, "domains",
              "<domains> is missing; an application can be submitted only with the names that the "
              "certificate is for");
  check_applicant(application, decision->faults);
  if (product_asks_company(order->product))
    check_company(application, decision->faults);
  else if (application->company != NULL)
    fault_add(decision->warnings, "company-ignored", application->line, "company",
              "the product \"%s\" validates domains only; the company was left out",
              order->product->id);
  check_attachments(order->product, application, decision->faults);
}

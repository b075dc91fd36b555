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

/* The kinds of attachment that PRODUCT asks for and APPLICATION has not. */
static char **missing_attachments(const Product *product, const RequestApplication *application)
{
  g_auto(GStrv) kinds = g_strsplit(
      product->required_attachments != NULL ? product->required_attachments : "", " ", 0);
  g_autoptr(GStrvBuilder) missing = g_strv_builder_new();
  for (char **kind = kinds; *kind != NULL; kind++)
    if (**kind != '\0' && !has_attachment(application, *kind))
      g_strv_builder_add(missing, *kind);
  return g_strv_builder_end(missing);
}

static void check_attachments(const Product *product, const RequestApplication *application,
                              GPtrArray *faults)
{
  g_auto(GStrv) kinds = missing_attachments(product, application);
  for (char **kind = kinds; *kind != NULL; kind++)
    fault_add(faults, "attachment-missing", application->line, "attachments",
              "the product \"%s\" asks for an attachment of the kind \"%s\"; send the application "
              "in a package with it, or save it (action=\"save\") to get the letter first",
              product->id, *kind);
}

static void check_domains(const RequestApplication *application, GPtrArray *faults)
{
  if (application->domains == NULL || application->domains[0] == NULL)
    fault_add(faults, "submission-incomplete", application->line, "domains",
              "<domains> is missing; an application can be submitted only with the names that the "
              "certificate is for");
}

void application_check_complete(const LifecycleOrder *order, const RequestApplication *application,
                                LifecycleDecision *decision)
{
  check_domains(application, decision->faults);
  check_applicant(application, decision->faults);
  if (product_asks_company(order->product))
    check_company(application, decision->faults);
  else if (application->company != NULL)
    fault_add(decision->warnings, "company-ignored", application->line, "company",
              "the product \"%s\" validates domains only; the company was left out",
              order->product->id);
  check_attachments(order->product, application, decision->faults);
}

char *lifecycle_missing_parts(const Product *product, const RequestApplication *content)
{
  static const RequestApplication nothing = {0};
  static const struct {
    const char *part;
    void (*check)(const RequestApplication *application, GPtrArray *faults);
  } parts[] = {
      {"domains", check_domains}, {"applicant", check_applicant}, {"company", check_company}};
  if (content == NULL)
    content = &nothing;
  g_autoptr(GStrvBuilder) missing = g_strv_builder_new();
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
    g_autoptr(GPtrArray) faults = fault_array_new();
    if (parts[i].check != check_company || product_asks_company(product))
      parts[i].check(content, faults);
    if (faults->len > 0)
      g_strv_builder_add(missing, parts[i].part);
  }
  g_auto(GStrv) kinds = missing_attachments(product, content);
  g_strv_builder_addv(missing, (const char **)kinds);
  g_auto(GStrv) all = g_strv_builder_end(missing);
  return g_strjoinv(" ", all);
}

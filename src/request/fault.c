#include "request/fault.h"

#include <string.h>

const FaultCode fault_codes[] = {
#define FAULT(code, title) {code, title},
#include "request/fault-codes.def"
#undef FAULT
    {NULL, NULL},
};

static gboolean fault_code_is_known(const char *code)
{
  for (const FaultCode *known = fault_codes; known->code != NULL; known++)
    if (strcmp(known->code, code) == 0)
      return TRUE;
  return FALSE;
}

void fault_add(GPtrArray *faults, const char *code, guint line, const char *element,
               const char *text_format, ...)
{
  g_assert(fault_code_is_known(code));
  Fault *fault = g_new0(Fault, 1);
  fault->code = g_strdup(code);
  fault->line = line;
  fault->element = g_strdup(element);
  va_list arguments;
  va_start(arguments, text_format);
  g_autofree char *text = g_strdup_vprintf(text_format, arguments);
  va_end(arguments);
  fault->text = g_utf8_make_valid(text, -1);
  g_ptr_array_add(faults, fault);
}

GPtrArray *fault_array_new(void)
{
  return g_ptr_array_new_with_free_func((GDestroyNotify)fault_free);
}

void fault_free(Fault *fault)
{
  if (fault == NULL)
    return;
  g_free(fault->code);
  g_free(fault->element);
  g_free(fault->text);
  g_free(fault);
}

static const RecordField fault_fields[] = {
    RECORD_FIELD(Fault, code, "code", TEXT, NOWHERE),
    RECORD_FIELD(Fault, line, "line", NUMBER, NOWHERE),
    RECORD_FIELD(Fault, element, "element", TEXT, NOWHERE),
    RECORD_FIELD(Fault, text, "text", TEXT, NOWHERE),
    RECORD_FIELDS_END,
};

const RecordType fault_record = {"fault", sizeof(Fault), fault_fields};

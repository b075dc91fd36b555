#include "outbox/outbox-private.h"

/* libxml2's own buffer grows by what is asked for and copies all each time; this
 * one doubles. */
static int xml_append(void *context, const char *bytes, int length)
{
  g_byte_array_append(context, (const guint8 *)bytes, (guint)length);
  return length;
}

xmlOutputBuffer *outbox_xml_output(GByteArray *bytes)
{
  xmlOutputBuffer *output = xmlOutputBufferCreateIO(xml_append, NULL, bytes, NULL);
  g_assert(output != NULL);
  return output;
}

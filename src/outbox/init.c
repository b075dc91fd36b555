#include "outbox/outbox.h"

#include <libxml/parser.h>
#include <time.h>

void outbox_init(void)
{
  g_setenv("TZ", "UTC", TRUE);
  tzset();
  xmlInitParser();
}

#include "outbox/outbox-private.h"

#include <libxml/parser.h>
#include <time.h>

/* Set before there are threads. */
static gboolean init_done;

void outbox_init(void)
{
  g_setenv("TZ", "UTC", TRUE);
  tzset();
  xmlInitParser();
  init_done = TRUE;
}

gboolean outbox_is_ready(void)
{
  return init_done;
}

#include "outbox/outbox.h"

#include <string.h>

GBytes *outbox_make_csr(GBytes *der)
{
  char *pem = pki_csr_to_pem(der);
  return g_bytes_new_take(pem, strlen(pem));
}

#include <string.h>

#include "lifecycle/lifecycle.h"

const LifecycleReason lifecycle_reasons[LIFECYCLE_REASON_N] = {
    [0] = {"unspecified", "no reason given", FALSE},
    [1] = {"keyCompromise", "somebody else has the key, or may have it", TRUE},
    [2] = {"cACompromise", "somebody else has the key of the CA, or may have it", TRUE},
    [3] = {"affiliationChanged", "what it says of its holder is no longer true", FALSE},
    [4] = {"superseded", "another certificate has taken its place", FALSE},
    [5] = {"cessationOfOperation", "it is no longer in use", FALSE},
    [6] = {"certificateHold", "it is on hold", FALSE},
    [8] = {"removeFromCRL", NULL, FALSE},
    [9] = {"privilegeWithdrawn", "its holder may not have it any more", FALSE},
    [10] = {"aACompromise", "somebody else has the key of the attribute authority", TRUE},
};

int lifecycle_reason_from_text(const char *text)
{
  for (int reason = 0; reason < LIFECYCLE_REASON_N; reason++) {
    g_autofree char *number = g_strdup_printf("%d", reason);
    if (strcmp(text, number) == 0 || g_strcmp0(text, lifecycle_reasons[reason].name) == 0)
      return reason;
  }
  return -1;
}

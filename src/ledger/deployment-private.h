/* What the files of deployments share. */
#ifndef CERTDROP_LEDGER_DEPLOYMENT_PRIVATE_H
#define CERTDROP_LEDGER_DEPLOYMENT_PRIVATE_H

#include "ledger/ledger-private.h"

/* Stores it whole, and what lists and pages show of it. */
gboolean deployment_store(Ledger *ledger, const LedgerDeployment *deployment, GError **error);
/* "slb cn-hangzhou, serial 1F, instead of 0E" for the log; the caller frees it. */
char *deployment_describe(const LedgerDeployment *deployment);

#endif

/* What a document of a kind may hold, from the schema. */
#ifndef CERTDROP_REPORTS_DOCUMENTS_PARTS_H
#define CERTDROP_REPORTS_DOCUMENTS_PARTS_H

#include "reports/page.h"

void documents_add_parts(cmark_node *parent, RequestKind kind);

#endif

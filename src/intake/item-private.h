/* One item: an element of the document becomes a request, or faults. */
#ifndef CERTDROP_INTAKE_ITEM_PRIVATE_H
#define CERTDROP_INTAKE_ITEM_PRIVATE_H

#include <libxml/tree.h>

#include "intake/package.h"
#include "intake/schema-private.h"
#include "request/request.h"

/* Reads ELEMENT, which is changed. PACKAGE is the one that the document came in, or NULL.
 * The caller frees the item. */
RequestItem *item_read(Schema *schema, const Package *package, xmlNode *element);

/* The SHA-256 of ELEMENT in exclusive canonical XML (W3C, without comments) and of the
 * files of PACKAGE that it names, in hexadecimal: the same alone and in a batch. The
 * caller frees it. */
char *item_hash(xmlNode *element, const Package *package);

/* Adds to FILES (a set of char *, which it owns) the files of the package that the elements
 * called NAME in ELEMENT name; those of all elements that may where NAME is NULL. */
void item_add_files(const xmlNode *element, const char *name, GHashTable *files);

/* The fault for an element that is no kind of document: what it is instead, and which
 * was probably meant. */
void item_add_root_fault(const xmlNode *element, GPtrArray *faults);

/* An item that is being looked into. */
typedef struct {
  const xmlNode *element;
  const Package *package; /* that it came in, or NULL */
  gpointer body;          /* the kind's struct, filled from ELEMENT */
  Secret *key;            /* a private key that was found, in PKCS#8; or NULL */
  GPtrArray *faults;
} Look;

/* Looks into what is of KIND as far as a reader can: CSRs, attachments, certificates of
 * others. Fills what the document itself does not say; faults go to LOOK's. */
void look_into(RequestKind kind, Look *look);

/* The same for two kinds, in look-foreign.c. */
void look_into_upload(Look *into);
void look_into_issuance(Look *into);

#endif

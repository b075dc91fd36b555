/* Reads XML with libxml2, as far as it can be trusted: no DOCTYPE, no entities
 * but the five of XML, nothing external, and limits on everything. A batch is
 * read with one part of it in memory at a time.
 *
 * document_initialise() comes first, once for each process. */
#ifndef CERTDROP_INTAKE_DOCUMENT_PRIVATE_H
#define CERTDROP_INTAKE_DOCUMENT_PRIVATE_H

#include <libxml/tree.h>

#include "intake/source-private.h"

#define DOCUMENT_NAMESPACE "urn:certdrop:1"

/* What a document may have. */
#define DOCUMENT_DEPTH_LIMIT 16
#define DOCUMENT_ATTRIBUTES_LIMIT 32           /* of one element */
#define DOCUMENT_ATTRIBUTE_LIMIT 4096          /* bytes of one */
#define DOCUMENT_TEXT_LIMIT ((gsize)192 << 10) /* bytes of an element's own text */
#define DOCUMENT_ELEMENTS_LIMIT 10000          /* of one part */

/* How a document is gone through. */
typedef enum {
  DOCUMENT_PLAN_WHOLE = 1, /* it is one part */
  DOCUMENT_PLAN_PARTS,     /* each child of the root is a part */
  DOCUMENT_PLAN_SURVEY,    /* the same, but nothing is built and no part handed over */
  DOCUMENT_PLAN_N
} DocumentPlan;

typedef struct {
  /* Looks at the root element, which has its attributes but no children yet, and
   * says how to go on; or adds a fault and returns 0. */
  DocumentPlan (*root)(xmlNode *root, gpointer data, GPtrArray *faults);
  /* Takes one part, complete with its children. The tree is freed afterwards. */
  void (*part)(xmlNode *part, gpointer data);
} DocumentHandler;

typedef struct {
  guint parts;         /* how many there were */
  gboolean unfinished; /* the fault is that the text ends too early */
} DocumentResult;

/* Sets up libxml2 so that it loads nothing from anywhere. */
void document_initialise(void);

/* Reads SOURCE to its end. Every fault of the document as a whole goes to FAULTS
 * (xml-syntax, xml-doctype, xml-limits, encoding, what the root handler adds):
 * FALSE then; parts may have been handed over before. */
gboolean document_read(Source *source, const DocumentHandler *handler, gpointer data,
                       GPtrArray *faults, DocumentResult *ret_result);

/* The line on which an element's tag ends, or a text begins. (libxml2's own field has 16
 * bits.) */
guint document_line(const xmlNode *node);

/* Whether NODE is an element of certdrop's namespace. */
gboolean document_is_element(const xmlNode *node);

/* The element's first or next child that is one, of any namespace; or NULL. */
xmlNode *document_first_child(const xmlNode *element);
xmlNode *document_next(const xmlNode *element);

/* The value of the attribute NAME without namespace; the caller frees it with g_free().
 * NULL where it is not there. */
char *document_attribute(const xmlNode *element, const char *name);

/* The element's text with that of its children; the caller frees it with g_free(). */
char *document_text(const xmlNode *element);

#endif

/* A table of orders: which columns it may have, and each of its rows as an <order>. The
 * columns are those of schemas/documents.xsd, named by the way to them: "ref", "payment.amount",
 * "application.applicant.name". */
#ifndef CERTDROP_COMMANDS_ORDER_TABLE_H
#define CERTDROP_COMMANDS_ORDER_TABLE_H

#include <libxml/xmlregexp.h>
#include <libxml/xmlwriter.h>

#include "schema/schema.h"

/* A part of an order that a table can hold. */
typedef struct OrderNode OrderNode;
struct OrderNode {
  const char *name; /* of the element or attribute */
  char *path;       /* its column; of an element with parts: the beginning of theirs */
  enum {
    ORDER_NODE_PARENT = 1, /* an element with attributes and children; it may have text */
    ORDER_NODE_ATTRIBUTE,
    ORDER_NODE_ELEMENT, /* with text alone */
    ORDER_NODE_LIST     /* an element for each word */
  } kind;
  gboolean required;       /* where its parent is there */
  const SchemaType *value; /* of its text, or of each word's; NULL: no text */
  xmlRegexp *pattern;      /* which the whole text fits, or NULL; XML Schema's own expressions */
  xmlRegexp *refuse;       /* which it does not fit, or NULL */
  const char *item;        /* of a list: the element for each word */
  int column;              /* where the table has its text; -1: nowhere */
  const SchemaHelp *help;
  GPtrArray *parts; /* OrderNode *, attributes first; of a parent */
};

/* The columns that an order may have; the model has to outlive them. */
OrderNode *order_node_new(const SchemaModel *model);
void order_node_free(OrderNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OrderNode, order_node_free)

/* Calls FUNC for each node below NODE that can be a column, in the order of the schema. */
typedef void (*OrderNodeFunc)(OrderNode *node, gpointer data);
void order_node_each(OrderNode *node, OrderNodeFunc func, gpointer data);

/* The node whose column is called NAME: its path, or the end of it, from a dot on, where no
 * other path ends so. NULL where there is none, or several: *RET_OTHER is one of those then. */
OrderNode *order_node_find(OrderNode *root, const char *name, const OrderNode **ret_other);

/* Whether a row with these VALUES (by column, NULL or "" for none) has something of NODE. */
gboolean order_node_has(const OrderNode *node, char *const *values);

/* TEXT of NODE's column as a document has it: amounts with two decimals, flags as true and
 * false, runs of blanks as one space but where they count. The caller frees it. */
char *order_node_normalise(const OrderNode *node, const char *text);

/* What is wrong with TEXT, which is normalised, in NODE's column: a sentence; NULL: nothing.
 * The caller frees it. */
char *order_node_check(const OrderNode *node, const char *text);

/* Writes what VALUES have of NODE, an <order> of the whole. FALSE where libxml2 fails. */
gboolean order_node_write(const OrderNode *node, char *const *values, xmlTextWriter *writer);

#endif

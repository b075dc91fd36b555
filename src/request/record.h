/* Plain C structs that are described once, by a table of their fields. The
 * same table tells the reader how to fill the struct from XML, how it travels
 * between the processes and lies in the ledger (a GVariant, checked against
 * its type on arrival), and how to free it. */
#ifndef CERTDROP_REQUEST_RECORD_H
#define CERTDROP_REQUEST_RECORD_H

#include <glib.h>

typedef struct RecordType RecordType;

/* What a field is in C, and what it is in a GVariant. */
typedef enum {
  RECORD_TEXT = 1, /* char *, NULL where absent          "ms" */
  RECORD_NUMBER,   /* gint64                             "x"  */
  RECORD_FLAG,     /* gboolean                           "b"  */
  RECORD_MONEY,    /* gint64, hundredths; -1: absent     "x"  */
  RECORD_TEXTS,    /* char **, NULL where absent         "mas" */
  RECORD_BYTES,    /* GBytes *, NULL where absent        "may" */
  RECORD_ONE,      /* struct *, NULL where absent        "m(…)" */
  RECORD_MANY,     /* GPtrArray of struct *, NULL where absent  "ma(…)" */
  RECORD_FIELD_KIND_N
} RecordFieldKind;

/* Where the field stands in the XML element of its struct. */
typedef enum {
  RECORD_AT_ATTRIBUTE = 1, /* an attribute */
  RECORD_AT_CHILD,         /* a child element; lists: a child that holds the parts */
  RECORD_AT_CHILDREN,      /* lists: the parts are children themselves */
  RECORD_AT_CONTENT,       /* the element's own text */
  RECORD_AT_LINE,          /* not in the XML: the line of the element (RECORD_NUMBER) */
  RECORD_AT_NOWHERE        /* not in the XML: filled by the reader or the keeper */
} RecordPlace;

typedef struct {
  const char *name; /* of the attribute or element */
  RecordFieldKind kind;
  RecordPlace place;
  gsize offset;
  const RecordType *record; /* of RECORD_ONE and RECORD_MANY */
  gint64 absent;            /* of RECORD_NUMBER, RECORD_FLAG, RECORD_MONEY: the default */
} RecordField;

struct RecordType {
  const char *name; /* of the XML element */
  gsize size;
  const RecordField *fields; /* ended by a NULL name */
};

/* Field tables read as: RECORD_FIELD(struct, member, "name", KIND, PLACE). */
#define RECORD_FIELD(type, member, name, kind, place)                                              \
  {                                                                                                \
    name, RECORD_##kind, RECORD_AT_##place, G_STRUCT_OFFSET(type, member), NULL, 0                 \
  }
#define RECORD_FIELD_DEFAULT(type, member, name, kind, place, absent)                              \
  {                                                                                                \
    name, RECORD_##kind, RECORD_AT_##place, G_STRUCT_OFFSET(type, member), NULL, absent            \
  }
#define RECORD_FIELD_OF(type, member, name, kind, place, record)                                   \
  {                                                                                                \
    name, RECORD_##kind, RECORD_AT_##place, G_STRUCT_OFFSET(type, member), record, 0               \
  }
#define RECORD_FIELDS_END                                                                          \
  {                                                                                                \
    NULL, RECORD_TEXT, RECORD_AT_NOWHERE, 0, NULL, 0                                               \
  }

/* A new struct with all fields absent. */
gpointer record_new(const RecordType *type);

/* Frees RECORD and all that it holds; NULL is allowed. */
void record_free(const RecordType *type, gpointer record);

/* Frees what one FIELD of RECORD holds and sets it to absent. */
void record_clear_field(const RecordField *field, gpointer record);

/* Whether FIELD of RECORD holds something (numbers and flags always do). */
gboolean record_has_field(const RecordField *field, gconstpointer record);

/* The record as a floating GVariant of record_variant_type(). */
GVariant *record_to_variant(const RecordType *type, gconstpointer record);

/* The type string of TYPE; the caller frees it. */
char *record_variant_type(const RecordType *type);

/* The struct that VALUE describes. NULL where VALUE is not of the right type
 * or not in normal form. */
gpointer record_from_variant(const RecordType *type, GVariant *value);

/* The record as bytes for the ledger or the other process, and back. */
GBytes *record_to_bytes(const RecordType *type, gconstpointer record);
gpointer record_from_bytes(const RecordType *type, GBytes *bytes);

/* A deep copy. */
gpointer record_copy(const RecordType *type, gconstpointer record);

/* Replaces each field of INTO that FROM has by FROM's, whole (rules.md 14).
 * Numbers and flags are left alone. */
void record_merge(const RecordType *type, gpointer into, gconstpointer from);

#endif

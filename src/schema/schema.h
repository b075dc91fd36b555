/* The XML Schemas that are compiled in, as a model of what a document may hold:
 * its parts, the form of their values, and what the schema says of them to
 * people. The reader explains faults with it and fills structs by it; the pages
 * make their forms from it. So a field, its limit and its help stand in
 * schemas/ and nowhere else.
 *
 * Beside what XML Schema has, xs:appinfo carries (namespace urn:certdrop:1:schema)
 *   c:value  of a simple type: its rule in words, an example, whether it is secret
 *   c:label  of a part, or of the text of a type: its name for people, where the
 *            element's own name will not do
 *   c:when   of the same: it is there only if another part has a certain value
 *   c:limit  of a simple type: what certdrop refuses beyond what a schema can
 *   c:file   of a simple type: what the file is that a value names */
#ifndef CERTDROP_SCHEMA_SCHEMA_H
#define CERTDROP_SCHEMA_SCHEMA_H

#include <glib.h>

typedef struct SchemaType SchemaType;

/* What is said of a part for people. */
typedef struct {
  const char *label;         /* "ID number" */
  const char *documentation; /* a sentence or two, or NULL */
  const char *when;          /* the attribute beside it that must be `is`, or NULL */
  const char *is;
} SchemaHelp;

/* An attribute or child element. */
typedef struct {
  const char *name;
  const SchemaType *type;
  SchemaHelp help;
  gboolean required; /* of an alternative: where that is chosen */
  gboolean repeats;
  guint alternative;   /* parts of different ones exclude each other; 0: of none */
  const char *absent;  /* of an attribute: the value that it has when it is left out, or NULL */
  const char *initial; /* the same, also where it is only said for people (c:absent); or NULL */
} SchemaPart;

/* The forms of a text. */
typedef enum {
  SCHEMA_FORM_TEXT = 1,
  SCHEMA_FORM_NUMBER,
  SCHEMA_FORM_FLAG, /* true or false */
  SCHEMA_FORM_N
} SchemaForm;

struct SchemaType {
  const char *name;
  SchemaHelp help;       /* of its text, where it has one beside attributes */
  GPtrArray *children;   /* SchemaPart */
  GPtrArray *attributes; /* SchemaPart */
  const SchemaType
      *value;       /* the type of the text; the type itself if it is simple; NULL: no text */
  const char *rule; /* of a simple type: "an amount with exactly two decimals" */
  const char *example;
  gboolean secret;         /* values must not be repeated anywhere */
  gboolean verbatim;       /* blanks are part of the value */
  SchemaForm form;         /* of a simple type, like all that follows */
  const char *pattern;     /* which the whole text fits, or NULL */
  gint64 min_length;       /* in characters; 0: none */
  gint64 max_length;       /* 0: none */
  gint64 maximum;          /* of a number; 0: none */
  const char *refuse;      /* a pattern that no text may fit, or NULL */
  const char *file_accept; /* media types and endings, with commas; or NULL: it names no file */
  gint64 file_bytes;       /* the most that such a file may have */
  GPtrArray *choices;      /* const char *, ended by NULL: the values that an enumeration allows */
  GPtrArray *choice_texts; /* const char *: what each means, or NULL */
};

typedef struct SchemaModel SchemaModel;

/* Reads the model of FILE ("documents.xsd") and what it includes, from the binary. It
 * never changes, and any thread may read it. CERTDROP_ERROR_BUG where the schema
 * is faulty. */
SchemaModel *schema_model_new(const char *file, GError **error);

/* The root element NAME, or NULL. */
const SchemaPart *schema_model_root(const SchemaModel *model, const char *name);
void schema_model_free(SchemaModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SchemaModel, schema_model_free)

/* The part called NAME, or NULL. */
const SchemaPart *schema_find_part(const GPtrArray *parts, const char *name);

/* The bytes of a schema in the binary, NULL with ERROR set if there are none. */
GBytes *schema_bytes(const char *file, GError **error);

#endif

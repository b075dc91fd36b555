/* What the files of secrets share: the scanner, which says of each character of
 * a document what becomes of it, and the marks that it looks for. A character
 * here is a code unit: a byte, or two or four of them in UTF-16 and UTF-32. */
#ifndef CERTDROP_INTAKE_SECRETS_PRIVATE_H
#define CERTDROP_INTAKE_SECRETS_PRIVATE_H

#include <glib.h>

/* No mark is longer than this many characters, from its first to its last. */
enum { SECRETS_MARK_MAX = 160 };

/* ---- Marks: each is fed one character after the other ---------------------- */

gboolean secrets_is_space(guint32 unit);
gboolean secrets_is_name(guint32 unit);

/* The name of an element: is it privateKey, whatever its prefix? */
typedef struct {
  guint index;
  gboolean failed;
} SecretsElementName;

void secrets_element_name_feed(SecretsElementName *name, guint32 unit);
gboolean secrets_element_name_matches(const SecretsElementName *name);

/* The name of an attribute in front of its value: passphrase or password. */
typedef struct {
  guint index;
  guint alive; /* the words that fit so far, as a set */
  guint phase;
} SecretsAttributeName;

void secrets_attribute_name_feed(SecretsAttributeName *name, guint32 unit);
/* Whether the name and its "=" are complete, and a value may begin. */
gboolean secrets_attribute_name_matches(const SecretsAttributeName *name);

/* The first or last line of a PEM block with a private key: five dashes on both
 * sides, or as few as two, since a line that was copied badly has a key behind
 * it all the same. */
typedef struct {
  const char *keyword; /* "BEGIN " or "END " */
  guint phase, index, dashes, label_index;
  gboolean private_key;
  guint length; /* characters that may turn out to be such a line */
} SecretsPemLine;

typedef enum {
  SECRETS_PEM_LINE_OPEN = 1,
  SECRETS_PEM_LINE_ENDS, /* with this character; LENGTH is that of the line */
  SECRETS_PEM_LINE_ENDED /* before it */
} SecretsPemLineState;

void secrets_pem_line_reset(SecretsPemLine *line, const char *keyword);
SecretsPemLineState secrets_pem_line_feed(SecretsPemLine *line, guint32 unit);

/* The element privateKey where it is only text, as in a comment. */
typedef struct {
  guint phase;
  gboolean slash;
  SecretsElementName name;
  guint length; /* characters that may turn out to be the end tag */
} SecretsWrittenElement;

/* Whether UNIT stands between its tags, or in the end tag as far as can be told.
 * With the character that shows the end tag, *RET_END is set to its length. */
gboolean secrets_written_element_feed(SecretsWrittenElement *element, guint32 unit, guint *ret_end);

/* ---- The scanner ----------------------------------------------------------- */

typedef enum {
  SECRETS_IN_TEXT = 1,
  SECRETS_IN_OPEN,        /* behind "<" */
  SECRETS_IN_BANG,        /* behind "<!" */
  SECRETS_IN_START_NAME,  /* <name */
  SECRETS_IN_TAG,         /* <name … */
  SECRETS_IN_VALUE,       /* <name a="… */
  SECRETS_IN_END_NAME,    /* </name */
  SECRETS_IN_COMMENT,     /* <!-- … */
  SECRETS_IN_CDATA,       /* <![CDATA[ … */
  SECRETS_IN_INSTRUCTION, /* <? … */
  SECRETS_IN_DECLARATION, /* <! … */
  SECRETS_IN_LITERAL,     /* <! "… */
  SECRETS_IN_N
} SecretsContext;

typedef struct {
  SecretsContext context;
  guint32 quote;          /* of SECRETS_IN_VALUE and _LITERAL; 0: a value without */
  guint32 reopening;      /* the quote that has just closed a value and may open one */
  guint bang_index;       /* characters read behind "<!" */
  const char *bang;       /* what they may become: "--" or "[CDATA[" */
  guint run;              /* characters in a row that may end the context */
  gboolean slash;         /* the last one in a tag was "/" */
  gboolean tag_is_secret; /* the present start tag is that of privateKey */
  gboolean value_is_secret;
  guint depth;      /* of privateKey elements; 0: outside */
  guint end_length; /* of what may be the end tag, within the element */
  SecretsElementName name;
  SecretsAttributeName attribute;
  SecretsWrittenElement written;
  guint32 written_quote; /* of a secret attribute's value that is only text */
  SecretsPemLine pem_begin, pem_end;
  enum { SECRETS_PEM_NONE, SECRETS_PEM_IN_CONTEXT, SECRETS_PEM_IN_DOCUMENT } pem;
} SecretsScanner;

typedef struct {
  gboolean blank; /* this character becomes "x" */
  guint keep;     /* but the last KEEP characters, this one included, stay */
  guint hold;     /* the last HOLD characters may yet be kept */
} SecretsVerdict;

void secrets_scanner_init(SecretsScanner *scanner);
SecretsVerdict secrets_scanner_take(SecretsScanner *scanner, guint32 unit);

#endif

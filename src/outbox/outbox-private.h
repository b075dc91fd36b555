/* What the files of this room share. */
#ifndef CERTDROP_OUTBOX_PRIVATE_H
#define CERTDROP_OUTBOX_PRIVATE_H

#include "outbox/outbox.h"

#include <cmark.h>
#include <libxml/xmlIO.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(cmark_node, cmark_node_free)

/* Whether outbox_init() was called. */
gboolean outbox_is_ready(void);

/* ---- Text ------------------------------------------------------------- */

/* TEXT as every output can hold it, on one line: line ends and tabs become
 * spaces; other controls, what is not UTF-8, marks that turn the direction of
 * text and code points that are no characters become U+FFFD. NULL gives NULL. */
char *outbox_clean_text(const char *text);

/* How many columns of a terminal TEXT takes. */
gsize outbox_text_columns(const char *text);

/* The name under which a decided file is kept: safe, and numbered. */
char *outbox_kept_name(const char *name, guint number);

/* ---- XML -------------------------------------------------------------- */

/* A new output of libxml2's that appends to BYTES, which must outlive it. */
xmlOutputBuffer *outbox_xml_output(GByteArray *bytes);

/* ---- Markdown, as a tree of cmark's nodes (markdown.c) ----------------- */

/* A new node of TYPE as the last child of PARENT, which owns it. */
cmark_node *outbox_markdown_add(cmark_node *parent, cmark_node_type type);

void outbox_markdown_add_heading(cmark_node *parent, int level, const char *text);

/* A tight list with bullets, or with numbers. */
cmark_node *outbox_markdown_add_list(cmark_node *parent, cmark_list_type type);

/* A list item with an empty paragraph, which is returned. */
cmark_node *outbox_markdown_add_item(cmark_node *list);

/* Appends inlines to PARENT: text, code, text, code … ended by NULL. "" is left
 * out. */
void outbox_markdown_add_texts(cmark_node *parent, const char *const *texts);

/* The same with the texts as arguments. */
#define outbox_markdown_add_inlines(parent, ...)                                                   \
  outbox_markdown_add_texts((parent), (const char *const[]){__VA_ARGS__, NULL})

/* A paragraph of such inlines. */
#define outbox_markdown_add_paragraph(parent, ...)                                                 \
  outbox_markdown_add_inlines(outbox_markdown_add((parent), CMARK_NODE_PARAGRAPH), __VA_ARGS__)

/* A block of code in the language INFO. CODE may have several lines. */
void outbox_markdown_add_code(cmark_node *parent, const char *info, const char *code);

/* DOCUMENT as CommonMark in lines for a terminal; paragraphs of it are broken into
 * such lines for good. To be freed with free(). */
char *outbox_markdown_render(cmark_node *document);

/* ---- Formats of archives ---------------------------------------------- */

/* What the members of archives are put together from. */
typedef enum {
  OUTBOX_PIECE_CERTIFICATE = 1,
  OUTBOX_PIECE_CHAIN,
  OUTBOX_PIECE_KEY,
  OUTBOX_PIECE_KEYSTORE,
  OUTBOX_PIECE_PASSWORD,
  OUTBOX_PIECE_LINE_END,
  OUTBOX_PIECE_N
} OutboxPiece;

/* Whether a member is there depends on the private key. */
typedef enum {
  OUTBOX_MEMBER_BY_PIECES = 0, /* there, unless one of its pieces is not */
  OUTBOX_MEMBER_WITHOUT_KEY,   /* in the place of another, where the key is not there */
  OUTBOX_MEMBER_CHOICE         /* beside others that do the same: not to be installed with them */
} OutboxMemberUse;

typedef struct {
  const char *name;
  OutboxPiece pieces[4]; /* one after the other, ended by 0 */
  const char *purpose;   /* for the README */
  OutboxMemberUse use;
} OutboxMember;

/* What there is of a certificate, which decides on the members of its archives. */
typedef struct {
  gboolean key;
  gboolean chain; /* FALSE: of one of others that is self-signed, or came without it */
} OutboxShape;

typedef struct {
  const OutboxMember *members; /* in the archive's order, ended by a NULL name */
  /* Adds to the README how the members are put to use: laid into FOLDER before, unless
   * FOLDER is NULL. A keystore is encrypted by PROFILE, or its own way (0). */
  void (*explain)(cmark_node *document, const char *folder, PkiPfxProfile profile,
                  OutboxShape shape);
  gboolean in_place;    /* used where they are unpacked: nothing is laid into a folder */
  const char *key_name; /* what the applicant's own key is called beside them */
  const char *renewal;  /* what is done with the next ones */
} OutboxFormat;

extern const OutboxFormat outbox_format_pem;
extern const OutboxFormat outbox_format_nginx;
extern const OutboxFormat outbox_format_apache;
extern const OutboxFormat outbox_format_haproxy;
extern const OutboxFormat outbox_format_tomcat;
extern const OutboxFormat outbox_format_iis;
extern const OutboxFormat outbox_format_jks;

/* How each format is built, by RequestFormat. */
extern const OutboxFormat *const outbox_formats[REQUEST_FORMAT_N];

/* Whether MEMBER holds the private key, or what opens it. */
gboolean outbox_member_is_secret(const OutboxMember *member);
OutboxShape outbox_bundle_shape(const OutboxBundle *bundle);
gboolean outbox_bundle_has_member(OutboxShape shape, const OutboxMember *member);

/* The README.md of BUNDLE as FORMAT, in CommonMark; the caller frees it. */
char *outbox_make_readme(const OutboxBundle *bundle, RequestFormat format);

/* ---- Letters ---------------------------------------------------------- */

/* The letter's style sheet, embedded in it. */
extern const char outbox_letter_style[];

/* ---- Mail ------------------------------------------------------------- */

/* "submitted", "rejected", "issued", "reminder". */
const char *outbox_mail_name(LifecycleMail kind);

/* The subject and the plain text of a message, of lines of at most 72 columns
 * where words allow. */
char *outbox_mail_subject(const OutboxMail *mail);
char *outbox_mail_text(const OutboxMail *mail);

/* What is particular to a reminder (mail-reminder.c). */
char *outbox_reminder_subject(const OutboxMail *mail);
char *outbox_reminder_lead(const OutboxMail *mail);
char *outbox_reminder_list(const OutboxMail *mail);

#endif

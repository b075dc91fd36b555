/* Follows an XML document just so far as to know what is markup, what is content
 * and what is secret. Where the document is not well formed it takes up the
 * thread at the next "<", and blanks rather more than less. */
#include "intake/secrets-private.h"

/* What a context makes of a character. */
typedef enum { MARKUP = 1, CONTENT } Part;

static Part take_value(SecretsScanner *scanner, guint32 unit);

/* ---- Moves between contexts ------------------------------------------------- */

static void end_pem(SecretsScanner *scanner)
{
  scanner->pem = SECRETS_PEM_NONE;
  secrets_pem_line_reset(&scanner->pem_begin, "BEGIN ");
  secrets_pem_line_reset(&scanner->pem_end, "END ");
}

static void leave_content(SecretsScanner *scanner)
{
  scanner->written_quote = 0;
  scanner->value_is_secret = FALSE;
  scanner->attribute = (SecretsAttributeName){0};
  scanner->written = (SecretsWrittenElement){0};
  scanner->run = 0;
  if (scanner->pem == SECRETS_PEM_IN_CONTEXT)
    end_pem(scanner);
}

static Part enter(SecretsScanner *scanner, SecretsContext context)
{
  leave_content(scanner);
  scanner->context = context;
  return MARKUP;
}

static Part enter_open(SecretsScanner *scanner)
{
  scanner->end_length = scanner->depth > 0;
  return enter(scanner, SECRETS_IN_OPEN);
}

static Part enter_value(SecretsScanner *scanner, guint32 quote, gboolean secret)
{
  enter(scanner, SECRETS_IN_VALUE);
  scanner->quote = quote;
  scanner->value_is_secret = secret;
  return MARKUP;
}

/* At the ">" of a start tag. */
static Part end_start_tag(SecretsScanner *scanner)
{
  if (scanner->tag_is_secret && !scanner->slash)
    scanner->depth++;
  if (scanner->depth > 0)
    end_pem(scanner);
  return enter(scanner, SECRETS_IN_TEXT);
}

/* At a "<" within a tag: its ">" is missing. */
static Part break_tag(SecretsScanner *scanner)
{
  scanner->slash = FALSE;
  end_start_tag(scanner);
  return enter_open(scanner);
}

/* ---- The contexts ------------------------------------------------------------ */

static Part take_text(SecretsScanner *scanner, guint32 unit)
{
  return unit == '<' ? enter_open(scanner) : CONTENT;
}

static Part take_open(SecretsScanner *scanner, guint32 unit)
{
  gboolean may_end = scanner->end_length > 0 && unit == '/';
  scanner->end_length = may_end ? scanner->end_length + 1 : 0;
  scanner->name = (SecretsElementName){0};
  scanner->bang_index = 0;
  scanner->bang = NULL;
  switch (unit) {
  case '<':
    return enter_open(scanner);
  case '/':
    return enter(scanner, SECRETS_IN_END_NAME);
  case '!':
    return enter(scanner, SECRETS_IN_BANG);
  case '?':
    return enter(scanner, SECRETS_IN_INSTRUCTION);
  default:
    break;
  }
  if (!secrets_is_name(unit) && unit != ':') {
    enter(scanner, SECRETS_IN_TEXT);
    return CONTENT;
  }
  secrets_element_name_feed(&scanner->name, unit);
  return enter(scanner, SECRETS_IN_START_NAME);
}

static Part take_declaration(SecretsScanner *scanner, guint32 unit)
{
  if (unit == '>')
    return enter(scanner, SECRETS_IN_TEXT);
  if (unit == '<')
    return enter_open(scanner);
  if (unit == '"' || unit == '\'') {
    gboolean secret = secrets_attribute_name_matches(&scanner->attribute);
    enter(scanner, SECRETS_IN_LITERAL);
    scanner->quote = unit;
    scanner->value_is_secret = secret;
    return MARKUP;
  }
  secrets_attribute_name_feed(&scanner->attribute, unit);
  return MARKUP;
}

static Part take_bang(SecretsScanner *scanner, guint32 unit)
{
  if (scanner->bang_index == 0)
    scanner->bang = unit == '[' ? "[CDATA[" : "--";
  if (unit != (guint32)scanner->bang[scanner->bang_index]) {
    enter(scanner, SECRETS_IN_DECLARATION);
    return take_declaration(scanner, unit);
  }
  if (scanner->bang[++scanner->bang_index] == '\0')
    return enter(scanner, *scanner->bang == '[' ? SECRETS_IN_CDATA : SECRETS_IN_COMMENT);
  return MARKUP;
}

/* Behind a value's closing quote stands a blank or the end of the tag. Anything
 * else shows that a quote is missing before it, or one too many in the value. */
static gboolean value_goes_on(guint32 reopening, guint32 unit)
{
  return reopening != 0 && !secrets_is_space(unit) && unit != '/' && unit != '>' && unit != '?';
}

static Part take_tag(SecretsScanner *scanner, guint32 unit)
{
  guint32 reopening = scanner->reopening;
  scanner->reopening = 0;
  gboolean value_due = secrets_attribute_name_matches(&scanner->attribute);
  if (value_goes_on(reopening, unit)) {
    enter_value(scanner, reopening, TRUE);
    return take_value(scanner, unit);
  }
  if (unit == '>')
    return end_start_tag(scanner);
  if (unit == '<')
    return break_tag(scanner);
  if (unit == '"' || unit == '\'')
    return enter_value(scanner, unit, value_due);
  scanner->slash = unit == '/';
  if (value_due && !secrets_is_space(unit)) {
    enter_value(scanner, 0, TRUE);
    return take_value(scanner, unit);
  }
  secrets_attribute_name_feed(&scanner->attribute, unit);
  return MARKUP;
}

/* What comes behind a tag's name; behind that of an end tag, too, where only a
 * broken document has more than blanks. */
static Part end_name(SecretsScanner *scanner, guint32 unit, gboolean secret)
{
  scanner->tag_is_secret = secret;
  scanner->slash = FALSE;
  scanner->reopening = 0;
  enter(scanner, SECRETS_IN_TAG);
  return take_tag(scanner, unit);
}

static Part take_start_name(SecretsScanner *scanner, guint32 unit)
{
  if (secrets_is_name(unit) || unit == ':') {
    secrets_element_name_feed(&scanner->name, unit);
    return MARKUP;
  }
  return end_name(scanner, unit, secrets_element_name_matches(&scanner->name));
}

/* Only a secret value is believed to have a "<" in it. Where a quote ends a
 * secret value, or one that ends with the name of a secret attribute, that may
 * be by mistake: what comes next tells (take_tag). */
static Part take_value(SecretsScanner *scanner, guint32 unit)
{
  gboolean ends = scanner->quote != 0 ? unit == scanner->quote
                                      : secrets_is_space(unit) || unit == '>' || unit == '<';
  gboolean broken = unit == '<' && (!scanner->value_is_secret || scanner->depth > 0);
  if (!ends && !broken)
    return CONTENT;
  gboolean reopens =
      scanner->value_is_secret || secrets_attribute_name_matches(&scanner->attribute);
  guint32 quote = scanner->quote;
  enter(scanner, SECRETS_IN_TAG);
  scanner->reopening = 0;
  if (quote == 0 || broken)
    return take_tag(scanner, unit);
  scanner->slash = FALSE;
  scanner->reopening = reopens ? quote : 0;
  return MARKUP;
}

static Part take_end_name(SecretsScanner *scanner, guint32 unit)
{
  if (scanner->end_length > 0)
    scanner->end_length++;
  if (scanner->end_length > SECRETS_MARK_MAX) {
    scanner->end_length = 0;
    scanner->name.failed = TRUE;
  }
  if (secrets_is_name(unit) || unit == ':') {
    secrets_element_name_feed(&scanner->name, unit);
    return MARKUP;
  }
  gboolean delimited = secrets_is_space(unit) || unit == '>';
  if (scanner->depth > 0 && delimited && secrets_element_name_matches(&scanner->name))
    scanner->depth--;
  else
    scanner->end_length = 0;
  return end_name(scanner, unit, FALSE);
}

/* Contexts that end with some characters in a row and ">". */
static Part take_until_run(SecretsScanner *scanner, guint32 unit, guint32 repeated, guint wanted)
{
  if (unit == '>' && scanner->run == wanted) {
    enter(scanner, SECRETS_IN_TEXT);
    scanner->run = wanted;
    return MARKUP;
  }
  scanner->run = unit == repeated ? MIN(scanner->run + 1, wanted) : 0;
  return CONTENT;
}

static Part take_comment(SecretsScanner *scanner, guint32 unit)
{
  return take_until_run(scanner, unit, '-', 2);
}

static Part take_cdata(SecretsScanner *scanner, guint32 unit)
{
  return take_until_run(scanner, unit, ']', 2);
}

static Part take_instruction(SecretsScanner *scanner, guint32 unit)
{
  return take_until_run(scanner, unit, '?', 1);
}

static Part take_literal(SecretsScanner *scanner, guint32 unit)
{
  return unit == scanner->quote ? enter(scanner, SECRETS_IN_DECLARATION) : CONTENT;
}

static const struct {
  Part (*take)(SecretsScanner *scanner, guint32 unit);
  gboolean is_tag;      /* markup without content */
  gboolean ends_pem;    /* a PEM block does not reach beyond it */
  gboolean may_element; /* "<" is nothing but text in it */
} contexts[] = {
    [SECRETS_IN_TEXT] = {take_text, FALSE, FALSE, FALSE},
    [SECRETS_IN_OPEN] = {take_open, FALSE, FALSE, FALSE},
    [SECRETS_IN_BANG] = {take_bang, FALSE, FALSE, FALSE},
    [SECRETS_IN_START_NAME] = {take_start_name, TRUE, FALSE, FALSE},
    [SECRETS_IN_TAG] = {take_tag, TRUE, FALSE, FALSE},
    [SECRETS_IN_VALUE] = {take_value, FALSE, TRUE, FALSE},
    [SECRETS_IN_END_NAME] = {take_end_name, TRUE, FALSE, FALSE},
    [SECRETS_IN_COMMENT] = {take_comment, FALSE, TRUE, TRUE},
    [SECRETS_IN_CDATA] = {take_cdata, FALSE, FALSE, TRUE},
    [SECRETS_IN_INSTRUCTION] = {take_instruction, FALSE, TRUE, TRUE},
    [SECRETS_IN_DECLARATION] = {take_declaration, TRUE, FALSE, FALSE},
    [SECRETS_IN_LITERAL] = {take_literal, FALSE, TRUE, TRUE},
};
G_STATIC_ASSERT(G_N_ELEMENTS(contexts) == SECRETS_IN_N);

/* ---- Secrets within content --------------------------------------------------- */

/* Attributes that are only written, as in a comment. Whether UNIT is in a value. */
static gboolean take_written_attribute(SecretsScanner *scanner, guint32 unit)
{
  if (scanner->written_quote != 0) {
    if (unit != scanner->written_quote)
      return TRUE;
    scanner->written_quote = 0;
  } else if ((unit == '"' || unit == '\'') && secrets_attribute_name_matches(&scanner->attribute)) {
    scanner->written_quote = unit;
    scanner->attribute = (SecretsAttributeName){0};
  } else {
    secrets_attribute_name_feed(&scanner->attribute, unit);
  }
  return FALSE;
}

/* PEM blocks. Whether UNIT is in one; *KEEP is set when the last line is whole. */
static gboolean take_pem(SecretsScanner *scanner, guint32 unit, guint *keep)
{
  if (scanner->pem != SECRETS_PEM_NONE) {
    SecretsPemLineState state = secrets_pem_line_feed(&scanner->pem_end, unit);
    if (state == SECRETS_PEM_LINE_OPEN)
      return TRUE;
    *keep = scanner->pem_end.length + (state == SECRETS_PEM_LINE_ENDED);
    end_pem(scanner);
    return state == SECRETS_PEM_LINE_ENDS;
  }
  SecretsPemLineState state = secrets_pem_line_feed(&scanner->pem_begin, unit);
  if (state == SECRETS_PEM_LINE_OPEN)
    return FALSE;
  end_pem(scanner);
  scanner->pem =
      contexts[scanner->context].ends_pem ? SECRETS_PEM_IN_CONTEXT : SECRETS_PEM_IN_DOCUMENT;
  return state == SECRETS_PEM_LINE_ENDED;
}

static SecretsVerdict take_content(SecretsScanner *scanner, guint32 unit)
{
  SecretsVerdict verdict = {.blank = scanner->value_is_secret};
  if (!scanner->value_is_secret)
    verdict.blank |= take_written_attribute(scanner, unit);
  if (contexts[scanner->context].may_element)
    verdict.blank |= secrets_written_element_feed(&scanner->written, unit, &verdict.keep);
  verdict.blank |= take_pem(scanner, unit, &verdict.keep);
  if (verdict.blank)
    verdict.hold = MAX(scanner->run, MAX(scanner->written.length, scanner->pem_end.length));
  return verdict;
}

/* A PEM block that begins within a tag shows that the document is broken there. */
static SecretsVerdict take_markup(SecretsScanner *scanner, guint32 unit)
{
  SecretsVerdict verdict = {0};
  if (scanner->run > 0) { /* the end of a comment or the like */
    verdict.keep = scanner->run + 1;
    scanner->run = 0;
  }
  if (scanner->pem != SECRETS_PEM_NONE || !contexts[scanner->context].is_tag)
    return verdict;
  verdict.blank = take_pem(scanner, unit, &verdict.keep);
  if (scanner->pem != SECRETS_PEM_NONE)
    scanner->context = SECRETS_IN_TEXT;
  return verdict;
}

/* Within privateKey: all goes, but the end tag stays. */
static SecretsVerdict take_secret(SecretsScanner *scanner)
{
  if (scanner->depth > 0)
    return (SecretsVerdict){.blank = TRUE, .hold = scanner->end_length};
  return (SecretsVerdict){.keep = scanner->end_length};
}

SecretsVerdict secrets_scanner_take(SecretsScanner *scanner, guint32 unit)
{
  gboolean secret = scanner->depth > 0;
  Part part = contexts[scanner->context].take(scanner, unit);
  if (secret) {
    scanner->run = scanner->context == SECRETS_IN_TEXT ? 0 : scanner->run;
    return take_secret(scanner);
  }
  return part == CONTENT ? take_content(scanner, unit) : take_markup(scanner, unit);
}

void secrets_scanner_init(SecretsScanner *scanner)
{
  *scanner = (SecretsScanner){.context = SECRETS_IN_TEXT};
  end_pem(scanner);
}

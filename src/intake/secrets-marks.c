#include "intake/secrets-private.h"

#include <string.h>

static const char element_name[] = "privateKey";
static const char pem_label[] = "PRIVATE KEY";
static const char *const attribute_names[] = {"passphrase", "password"};

gboolean secrets_is_space(guint32 unit)
{
  return unit == ' ' || unit == '\t' || unit == '\r' || unit == '\n';
}

gboolean secrets_is_name(guint32 unit)
{
  return unit >= 0x80 || g_ascii_isalnum((char)unit) || unit == '_' || unit == '-' || unit == '.';
}

void secrets_element_name_feed(SecretsElementName *name, guint32 unit)
{
  if (unit == ':')
    *name = (SecretsElementName){0};
  else if (name->index < strlen(element_name) && unit == (guint32)element_name[name->index])
    name->index++;
  else
    name->failed = TRUE;
}

gboolean secrets_element_name_matches(const SecretsElementName *name)
{
  return !name->failed && name->index == strlen(element_name);
}

/* ---- Attributes ------------------------------------------------------------ */

enum { BEFORE_NAME, IN_NAME, BEFORE_EQUALS, BEFORE_VALUE };

static gboolean attribute_is_complete(const SecretsAttributeName *name)
{
  for (guint i = 0; i < G_N_ELEMENTS(attribute_names); i++)
    if ((name->alive & 1u << i) != 0 && strlen(attribute_names[i]) == name->index)
      return TRUE;
  return FALSE;
}

static void feed_name_unit(SecretsAttributeName *name, guint32 unit)
{
  if (name->phase != IN_NAME)
    *name = (SecretsAttributeName){.phase = IN_NAME, .alive = ~0u};
  for (guint i = 0; i < G_N_ELEMENTS(attribute_names); i++)
    if (name->index >= strlen(attribute_names[i]) ||
        unit != (guint32)attribute_names[i][name->index])
      name->alive &= ~(1u << i);
  name->index++;
}

void secrets_attribute_name_feed(SecretsAttributeName *name, guint32 unit)
{
  if (secrets_is_name(unit)) {
    feed_name_unit(name, unit);
    return;
  }
  if (name->phase == IN_NAME)
    name->phase = attribute_is_complete(name) ? BEFORE_EQUALS : BEFORE_NAME;
  if (unit == '=')
    name->phase = name->phase == BEFORE_EQUALS ? BEFORE_VALUE : BEFORE_NAME;
  else if (!secrets_is_space(unit))
    name->phase = BEFORE_NAME;
}

gboolean secrets_attribute_name_matches(const SecretsAttributeName *name)
{
  return name->phase == BEFORE_VALUE;
}

/* ---- PEM ------------------------------------------------------------------- */

enum { DASHES = 5, DASHES_MIN = 2 };
enum { IN_OPENING_DASHES, IN_BLANKS, IN_KEYWORD, IN_LABEL, IN_CLOSING_DASHES };

void secrets_pem_line_reset(SecretsPemLine *line, const char *keyword)
{
  *line = (SecretsPemLine){.keyword = keyword};
}

static void restart_line(SecretsPemLine *line, guint dashes)
{
  secrets_pem_line_reset(line, line->keyword);
  line->dashes = dashes;
  line->length = dashes;
}

static void feed_opening(SecretsPemLine *line, guint32 unit)
{
  gboolean ready = line->dashes >= DASHES_MIN && line->length < SECRETS_MARK_MAX;
  if (unit == '-') {
    restart_line(line, line->phase == IN_BLANKS ? 1 : MIN(line->dashes + 1, DASHES));
  } else if (ready && unit == ' ') {
    line->phase = IN_BLANKS;
    line->length++;
  } else if (ready && unit == (guint32)line->keyword[0]) {
    line->phase = IN_KEYWORD;
    line->index = 1;
    line->length++;
  } else {
    restart_line(line, 0);
  }
}

static void feed_keyword(SecretsPemLine *line, guint32 unit)
{
  if (unit != (guint32)line->keyword[line->index]) {
    restart_line(line, unit == '-');
    return;
  }
  line->length++;
  line->index++;
  line->phase = line->keyword[line->index] == '\0' ? IN_LABEL : IN_KEYWORD;
}

/* The label's own text does not matter, as long as it has the words in it. */
static void feed_label(SecretsPemLine *line, guint32 unit)
{
  line->length++;
  if (unit == '-') {
    line->phase = IN_CLOSING_DASHES;
    line->dashes = 1;
  } else if (unit == '\r' || unit == '\n' || line->length > SECRETS_MARK_MAX - DASHES) {
    restart_line(line, 0);
  } else if (unit == (guint32)pem_label[line->label_index]) {
    line->label_index++;
  } else {
    line->label_index = unit == (guint32)pem_label[0];
  }
  if (pem_label[line->label_index] == '\0') {
    line->private_key = TRUE;
    line->label_index = 0;
  }
}

/* The dashes behind another label may be those in front of the next line. */
static SecretsPemLineState feed_closing(SecretsPemLine *line, guint32 unit)
{
  gboolean dash = unit == '-';
  if (dash && line->dashes + 1 < DASHES) {
    line->dashes++;
    line->length++;
    return SECRETS_PEM_LINE_OPEN;
  }
  if (line->private_key && (dash || line->dashes >= DASHES_MIN)) {
    line->length += dash;
    return dash ? SECRETS_PEM_LINE_ENDS : SECRETS_PEM_LINE_ENDED;
  }
  restart_line(line, dash ? DASHES : line->dashes);
  if (!dash)
    feed_opening(line, unit);
  return SECRETS_PEM_LINE_OPEN;
}

SecretsPemLineState secrets_pem_line_feed(SecretsPemLine *line, guint32 unit)
{
  switch (line->phase) {
  case IN_OPENING_DASHES:
  case IN_BLANKS:
    feed_opening(line, unit);
    return SECRETS_PEM_LINE_OPEN;
  case IN_KEYWORD:
    feed_keyword(line, unit);
    return SECRETS_PEM_LINE_OPEN;
  case IN_LABEL:
    feed_label(line, unit);
    return SECRETS_PEM_LINE_OPEN;
  default:
    return feed_closing(line, unit);
  }
}

/* ---- An element that is only written --------------------------------------- */

enum {
  OUTSIDE,
  OUTSIDE_OPEN, /* behind "<" */
  OUTSIDE_NAME, /* in the name of a start tag */
  IN_START_TAG, /* in that of the element */
  INSIDE,
  INSIDE_OPEN,    /* behind "<" */
  INSIDE_END_NAME /* behind "</" */
};

static void feed_outside(SecretsWrittenElement *element, guint32 unit)
{
  gboolean in_name = element->phase != OUTSIDE && (secrets_is_name(unit) || unit == ':');
  if (in_name) {
    element->phase = OUTSIDE_NAME;
    secrets_element_name_feed(&element->name, unit);
    return;
  }
  gboolean starts = element->phase == OUTSIDE_NAME && secrets_element_name_matches(&element->name);
  element->slash = unit == '/';
  element->name = (SecretsElementName){0};
  if (starts)
    element->phase = unit == '>' ? INSIDE : IN_START_TAG;
  else
    element->phase = unit == '<' ? OUTSIDE_OPEN : OUTSIDE;
}

static void feed_start_tag(SecretsWrittenElement *element, guint32 unit)
{
  if (unit == '>')
    element->phase = element->slash ? OUTSIDE : INSIDE;
  element->slash = unit == '/';
}

static void feed_inside(SecretsWrittenElement *element, guint32 unit, guint *ret_end)
{
  element->length++;
  if (element->phase == INSIDE_OPEN && unit == '/') {
    element->phase = INSIDE_END_NAME;
    return;
  }
  if (element->phase == INSIDE_END_NAME && element->length <= SECRETS_MARK_MAX) {
    if (secrets_is_name(unit) || unit == ':') {
      secrets_element_name_feed(&element->name, unit);
      return;
    }
    if (secrets_element_name_matches(&element->name)) {
      *ret_end = element->length;
      *element = (SecretsWrittenElement){0};
      return;
    }
  }
  element->name = (SecretsElementName){0};
  element->phase = unit == '<' ? INSIDE_OPEN : INSIDE;
  element->length = unit == '<';
}

gboolean secrets_written_element_feed(SecretsWrittenElement *element, guint32 unit, guint *ret_end)
{
  if (element->phase < IN_START_TAG)
    feed_outside(element, unit);
  else if (element->phase == IN_START_TAG)
    feed_start_tag(element, unit);
  else {
    feed_inside(element, unit, ret_end);
    return TRUE;
  }
  return FALSE;
}

#include "intake/document-private.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>

#include "intake/hooks-private.h"
#include "intake/syntax-private.h"
#include "request/fault.h"

/* One document on its way through the parser. */
typedef struct {
  const DocumentHandler *handler;
  gpointer data;
  Source *source;
  GPtrArray *faults;
  guint faults_before;
  DocumentResult result;
  DocumentPlan plan;                    /* 0 until the root has been seen */
  guint depth;                          /* of open elements */
  guint elements;                       /* of the part so far */
  gsize text[DOCUMENT_DEPTH_LIMIT + 1]; /* bytes of text of each open element */
} Reading;

static xmlParserInput *load_nothing(const char *url G_GNUC_UNUSED, const char *id G_GNUC_UNUSED,
                                    xmlParserCtxt *parser G_GNUC_UNUSED)
{
  return NULL;
}

void document_initialise(void)
{
  xmlInitParser();
  xmlSetExternalEntityLoader(load_nothing);
}

static void set_line(xmlNode *node, guint line)
{
  node->_private = GUINT_TO_POINTER(line); /* NOLINT(performance-no-int-to-ptr): a number */
}

guint document_line(const xmlNode *node)
{
  return GPOINTER_TO_UINT(node->_private);
}

static gboolean reading_is_over(const Reading *reading)
{
  return reading->faults->len > reading->faults_before;
}

static guint reading_line(const xmlParserCtxt *parser)
{
  return (guint)parser->input->line;
}

/* Ends the reading with a fault at the place that the parser is at. Only from the parser's
 * callbacks for content: in the one for errors it is still at work. */
static void reading_refuse(xmlParserCtxt *parser, const char *code, const char *element,
                           const char *text)
{
  Reading *reading = parser->_private;
  fault_add(reading->faults, code, reading_line(parser), element, "%s", text);
  xmlStopParser(parser);
}

static void refuse_limit(xmlParserCtxt *parser, const xmlChar *element, const char *what,
                         gsize limit)
{
  g_autofree char *text = g_strdup_printf("%s; the limit is %zu", what, limit);
  reading_refuse(parser, "xml-limits", (const char *)element, text);
}

/* Attributes come as libxml2's arrays of five: name, prefix, URI, begin and end of the value. */
static gboolean check_limits(xmlParserCtxt *parser, const xmlChar *name, int attribute_count,
                             const xmlChar **attributes)
{
  Reading *reading = parser->_private;
  if (reading->depth >= DOCUMENT_DEPTH_LIMIT) {
    refuse_limit(parser, name, "elements are nested too deep", DOCUMENT_DEPTH_LIMIT);
    return FALSE;
  }
  if (attribute_count > DOCUMENT_ATTRIBUTES_LIMIT) {
    refuse_limit(parser, name, "the element has too many attributes", DOCUMENT_ATTRIBUTES_LIMIT);
    return FALSE;
  }
  if (reading->elements >= DOCUMENT_ELEMENTS_LIMIT) {
    refuse_limit(parser, name, "there are too many elements", DOCUMENT_ELEMENTS_LIMIT);
    return FALSE;
  }
  for (int i = 0; i < attribute_count; i++)
    if (attributes[5 * i + 4] - attributes[5 * i + 3] > DOCUMENT_ATTRIBUTE_LIMIT) {
      refuse_limit(parser, name, "an attribute's value is too long", DOCUMENT_ATTRIBUTE_LIMIT);
      return FALSE;
    }
  return TRUE;
}

static void start_root(xmlParserCtxt *parser)
{
  Reading *reading = parser->_private;
  reading->plan = reading->handler->root(parser->node, reading->data, reading->faults);
  if (reading->plan == 0)
    xmlStopParser(parser);
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int namespace_count, const xmlChar **namespaces, int attribute_count,
                     int defaulted_count, const xmlChar **attributes)
{
  xmlParserCtxt *parser = context;
  Reading *reading = parser->_private;
  source_mark(reading->source);
  /* A tag that is cut off comes here too, before the parser sees that it is. */
  gboolean cut = *parser->input->cur != '>' && *parser->input->cur != '/';
  if (cut || reading_is_over(reading) || !check_limits(parser, name, attribute_count, attributes))
    return;
  reading->depth++;
  reading->elements++;
  reading->text[reading->depth] = 0;
  if (reading->plan == DOCUMENT_PLAN_SURVEY)
    return;
  xmlSAX2StartElementNs(context, name, prefix, uri, namespace_count, namespaces, attribute_count,
                        defaulted_count, attributes);
  if (parser->node == NULL)
    return; /* out of memory: the parser has said so */
  set_line(parser->node, reading_line(parser));
  if (reading->depth == 1)
    start_root(parser);
}

static void free_children(xmlNode *element)
{
  while (element->children != NULL) {
    xmlNode *child = element->children;
    xmlUnlinkNode(child);
    xmlFreeNode(child);
  }
}

/* Hands over PART, or only counts it where NULL. */
static void end_part(xmlParserCtxt *parser, xmlNode *part)
{
  Reading *reading = parser->_private;
  reading->result.parts++;
  reading->elements = 0;
  if (part == NULL)
    return;
  reading->handler->part(part, reading->data);
  if (reading->plan == DOCUMENT_PLAN_PARTS)
    free_children(part->parent);
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
  xmlParserCtxt *parser = context;
  Reading *reading = parser->_private;
  source_mark(reading->source);
  if (reading_is_over(reading))
    return;
  reading->depth--;
  gboolean survey = reading->plan == DOCUMENT_PLAN_SURVEY && reading->depth > 0;
  xmlNode *element = survey ? NULL : parser->node;
  if (!survey)
    xmlSAX2EndElementNs(context, name, prefix, uri);
  if (reading->depth == (reading->plan == DOCUMENT_PLAN_WHOLE ? 0 : 1))
    end_part(parser, element);
}

/* How many of the bytes are blanks, before any other. */
static int count_blanks(const xmlChar *text, int length)
{
  int count = 0;
  while (count < length && strchr(" \t\r\n", text[count]) != NULL)
    count++;
  return count;
}

/* Keeps the line of the first character that is no blank, for messages. */
static void add_text(xmlParserCtxt *parser, const xmlChar *text, int length)
{
  xmlSAX2Characters(parser, text, length);
  xmlNode *node = parser->node->last;
  int blanks = count_blanks(text, length);
  if (node == NULL || node->_private != NULL || blanks == length)
    return;
  guint line = reading_line(parser);
  for (int i = blanks; i < length; i++)
    line -= text[i] == '\n';
  set_line(node, line);
}

static void on_text(void *context, const xmlChar *text, int length)
{
  xmlParserCtxt *parser = context;
  Reading *reading = parser->_private;
  source_mark(reading->source);
  if (reading_is_over(reading))
    return;
  reading->text[reading->depth] += (gsize)length;
  if (reading->depth == 1 && reading->plan != DOCUMENT_PLAN_WHOLE) {
    if (count_blanks(text, length) < length)
      reading_refuse(parser, "xml-valid", (const char *)parser->node->name,
                     "there is text between the documents of the batch; remove it");
    return;
  }
  if (reading->text[reading->depth] > DOCUMENT_TEXT_LIMIT)
    refuse_limit(parser, NULL, "a text is too long", DOCUMENT_TEXT_LIMIT);
  else if (reading->plan != DOCUMENT_PLAN_SURVEY)
    add_text(parser, text, length);
}

static void on_comment(void *context, const xmlChar *text G_GNUC_UNUSED)
{
  xmlParserCtxt *parser = context;
  source_mark(((Reading *)parser->_private)->source);
}

/* Instructions are for somebody else; no document of certdrop has a use for them. */
static void on_instruction(void *context, const xmlChar *target, const xmlChar *data)
{
  on_comment(context, NULL);
  hooks_instruction((const char *)target, (const char *)data);
}

static void on_doctype(void *context, const xmlChar *name G_GNUC_UNUSED,
                       const xmlChar *external_id G_GNUC_UNUSED,
                       const xmlChar *system_id G_GNUC_UNUSED)
{
  reading_refuse(context, "xml-doctype", NULL,
                 "a DOCTYPE is not allowed; remove it, with all entities that it defines");
}

static void on_error(void *context, xmlError *error)
{
  xmlParserCtxt *parser = context;
  Reading *reading = parser->_private;
  if (error->level < XML_ERR_ERROR || reading_is_over(reading) ||
      source_has_fault(reading->source) || error->code == XML_ERR_USER_STOP)
    return;
  const xmlParserInput *input = parser->input;
  gsize left = (gsize)(input->end - input->cur);
  gboolean all_read = source_is_at_end(reading->source);
  /* The parser may stand at the start of the tag that was cut. */
  reading->result.unfinished = all_read && memchr(input->cur, '>', left) == NULL;
  syntax_add_fault(error, all_read && left == 0, reading->faults);
}

static const xmlSAXHandler handler_template = {
    .initialized = XML_SAX2_MAGIC,
    .startDocument = xmlSAX2StartDocument,
    .endDocument = xmlSAX2EndDocument,
    .internalSubset = on_doctype,
    .getEntity = xmlSAX2GetEntity,
    .startElementNs = on_start,
    .endElementNs = on_end,
    .characters = on_text,
    .ignorableWhitespace = on_text,
    .cdataBlock = on_text,
    .comment = on_comment,
    .processingInstruction = on_instruction,
    .serror = on_error,
};

gboolean document_read(Source *source, const DocumentHandler *handler, gpointer data,
                       GPtrArray *faults, DocumentResult *ret_result)
{
  Reading reading = {handler, data, source, faults, faults->len, {0, FALSE}, 0, 0, 0, {0}};
  xmlSAXHandler callbacks = handler_template;
  xmlParserCtxt *parser =
      xmlCreateIOParserCtxt(&callbacks, NULL, source_read, NULL, source, XML_CHAR_ENCODING_NONE);
  if (parser == NULL)
    g_error("out of memory");
  parser->_private = &reading;
  xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
  xmlParseDocument(parser);
  gboolean whole = parser->wellFormed && parser->nsWellFormed;
  xmlFreeDoc(parser->myDoc);
  xmlFreeParserCtxt(parser);
  if (!source_add_fault(source, faults) && !reading_is_over(&reading) && !whole)
    fault_add(faults, "xml-syntax", 0, NULL, "the file is not well-formed XML");
  reading.result.unfinished |= source_is_cut(source);
  *ret_result = reading.result;
  return !reading_is_over(&reading);
}

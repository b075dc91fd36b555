#include "intake/syntax-private.h"

#include <string.h>

#include "request/fault.h"
#include "request/names.h"

/* For each of libxml2's errors that people meet, what to say: text with %1 and %2
 * for the names in the error and %n for its number (a line). */
static const struct {
  int code;
  const char *text;
} texts[] = {
    {XML_ERR_DOCUMENT_END,
     "the document ends before this place; a file holds one document, several stand in a <batch>"},
    {XML_ERR_DOCUMENT_EMPTY, "no XML begins here; the first character of a document is <"},
    {XML_ERR_INVALID_CHAR, "there is a character here that XML does not allow; remove it"},
    {XML_ERR_ENTITYREF_SEMICOL_MISSING, "& must be written as &amp;"},
    {XML_ERR_UNDECLARED_ENTITY,
     "&%1; is not known in XML; write the character itself, and &amp; for &"},
    {XML_ERR_LT_IN_ATTRIBUTE,
     "there is a < in the value of an attribute; write it as &lt;, or close the value before it"},
    {XML_ERR_ATTRIBUTE_NOT_STARTED, "the value of an attribute must stand in quotes"},
    {XML_ERR_ATTRIBUTE_NOT_FINISHED, "the value of an attribute is not closed with its quote"},
    {XML_ERR_ATTRIBUTE_WITHOUT_VALUE, "the attribute %1 has no value; write %1=\"…\""},
    {XML_ERR_ATTRIBUTE_REDEFINED, "the attribute %1 is there twice"},
    {XML_ERR_COMMENT_NOT_FINISHED, "a comment is not closed with -->"},
    {XML_ERR_HYPHEN_IN_COMMENT, "there is a -- within a comment; XML does not allow that"},
    {XML_ERR_MISPLACED_CDATA_END, "]]> must be written as ]]&gt;"},
    {XML_ERR_CDATA_NOT_FINISHED, "a <![CDATA[ section is not closed with ]]>"},
    {XML_ERR_RESERVED_XML_NAME,
     "the line <?xml …?> must be the very first of the file, with nothing before it"},
    {XML_ERR_SPACE_REQUIRED, "a space is missing between attributes, or a tag is not complete"},
    {XML_ERR_NAME_REQUIRED, "& must be written as &amp;, and < as &lt; where no tag begins"},
    {XML_ERR_GT_REQUIRED, "a tag is not closed with >"},
    {XML_ERR_TAG_NAME_MISMATCH,
     "<%1> of line %n is closed by </%2>; each element is closed by its own end tag"},
    {XML_ERR_TAG_NOT_FINISHED, "<%1> of line %n is not closed: </%1> is missing"},
    {XML_ERR_XMLDECL_NOT_STARTED, "the first line <?xml …?> is not complete"},
    {XML_ERR_XMLDECL_NOT_FINISHED, "the first line <?xml …?> is not complete"},
    {XML_ERR_VERSION_MISSING,
     "the first line <?xml …?> is not complete: version=\"1.0\" is missing"},
    {XML_NS_ERR_UNDEFINED_NAMESPACE,
     "the prefix %1 of %2 is not declared; remove it, or add xmlns:%1=\"…\""},
};

/* libxml2's own sentence, on one line, without the name of its function. */
static char *own_message(const xmlError *error)
{
  g_autofree char *message = g_strdup(error->message != NULL ? error->message : "not XML");
  g_strchomp(message);
  const char *colon = g_str_has_prefix(message, "xmlParse") ? strstr(message, ": ") : NULL;
  return names_quote(colon != NULL ? colon + 2 : message);
}

static void append_quoted(GString *text, const char *value)
{
  g_autofree char *quoted = names_quote(value != NULL ? value : "");
  g_string_append(text, quoted);
}

static char *expand(const char *template, const xmlError *error)
{
  GString *text = g_string_new(NULL);
  for (const char *at = template; *at != '\0'; at++) {
    if (at[0] != '%') {
      g_string_append_c(text, *at);
      continue;
    }
    at++;
    if (*at == 'n')
      g_string_append_printf(text, "%d", error->int1);
    else
      append_quoted(text, *at == '1' ? error->str1 : error->str2);
  }
  return g_string_free(text, FALSE);
}

static char *describe(const xmlError *error)
{
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    if (texts[i].code == error->code)
      return expand(texts[i].text, error);
  g_autofree char *message = own_message(error);
  return g_strdup_printf("not well-formed XML: %s", message);
}

void syntax_add_fault(const xmlError *error, gboolean unfinished, GPtrArray *faults)
{
  guint line = error->line > 0 ? (guint)error->line : 0;
  g_autofree char *text = describe(error);
  if (error->code == XML_ERR_NO_MEMORY || error->code == XML_ERR_INTERNAL_ERROR ||
      error->code == XML_ERR_NAME_TOO_LONG)
    fault_add(faults, "xml-limits", line, NULL, "the document is too large: %s", text);
  else
    fault_add(faults, "xml-syntax", line, NULL, "%s%s",
              unfinished ? "the file ends too early: " : "", text);
}

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "commands/commands-private.h"
#include "commands/csv.h"
#include "commands/new-orders.h"
#include "commands/order-table.h"
#include "intake/intake.h"

/* How many faults are told; the others are counted. */
#define FAULTS_SHOWN 100

/* A table on its way: read twice, first to find what is wrong, then, if nothing is, to write. */
typedef struct {
  const char *name;
  OrderNode *order;
  GPtrArray *columns; /* OrderNode of each column of the table; NULL: one without a name */
  gboolean headless;  /* the first row is faulty: what the others say is not known */
  GHashTable *lines;  /* reference → line */
  guint faults;
  guint rows;
  xmlTextWriter *writer; /* NULL while it is checked */
  gboolean failed;
} OrderTable;

static void complain(OrderTable *table, guint line, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void complain(OrderTable *table, guint line, const char *format, ...)
{
  if (table->faults++ >= FAULTS_SHOWN)
    return;
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_autofree char *message = g_strdup_printf("%s:%u: %s", table->name, line, text);
  command_complain(message);
}

static void add_column(OrderTable *table, const char *name, guint line)
{
  const OrderNode *other = NULL;
  OrderNode *node = order_node_find(table->order, name, &other);
  if (*name == '\0')
    node = NULL;
  else if (other != NULL)
    complain(table, line,
             "column %u, \"%s\": several parts of an order are called so; write more of the way to "
             "it, such as %s",
             table->columns->len + 1, name, other->path);
  else if (node == NULL)
    complain(table, line,
             "column %u, \"%s\": an order has no such part; `certdrop new order --help` lists them",
             table->columns->len + 1, name);
  else if (node->column >= 0)
    complain(table, line, "column %u, \"%s\": column %d is the same", table->columns->len + 1, name,
             node->column + 1);
  else
    node->column = (int)table->columns->len;
  g_ptr_array_add(table->columns, node);
}

static void take_header(OrderTable *table, const GPtrArray *fields, guint line)
{
  for (guint i = 0; i < fields->len; i++) {
    g_autofree char *name = g_strdup(g_ptr_array_index(fields, i));
    add_column(table, g_strstrip(name), line);
  }
  table->headless = table->faults > 0;
}

/* What XML cannot hold, even escaped. */
static gboolean has_control_character(const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char(text)) {
    gunichar c = g_utf8_get_char(text);
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0xFFFE || c == 0xFFFF)
      return TRUE;
  }
  return FALSE;
}

static void check_cell(OrderTable *table, guint column, const char *text, guint line)
{
  const OrderNode *node = g_ptr_array_index(table->columns, column);
  if (node == NULL) {
    complain(table, line, "column %u has a value, but no name in the first row", column + 1);
    return;
  }
  g_autofree char *wrong = has_control_character(text)
                               ? g_strdup("there is a control character in it")
                               : order_node_check(node, text);
  if (wrong != NULL)
    complain(table, line, "column %u, %s: %s", column + 1, node->path, wrong);
}

/* The row's texts by column, as documents have them, ended by NULL; the caller frees them. */
static char **take_cells(OrderTable *table, const GPtrArray *fields, guint line)
{
  char **values = g_new0(char *, table->columns->len + 1);
  for (guint i = 0; i < fields->len; i++) {
    const char *text = g_ptr_array_index(fields, i);
    gboolean beyond = i >= table->columns->len;
    if (beyond && *text != '\0')
      complain(table, line, "column %u has a value, but the first row has %u columns only", i + 1,
               table->columns->len);
    if (beyond)
      continue;
    const OrderNode *node = g_ptr_array_index(table->columns, i);
    values[i] = node != NULL && *text != '\0' ? order_node_normalise(node, text) : g_strdup("");
    if (*text != '\0' && table->writer == NULL)
      check_cell(table, i, node != NULL ? values[i] : text, line);
  }
  for (guint i = fields->len; i < table->columns->len; i++)
    values[i] = g_strdup("");
  return values;
}

/* What is required wherever something of its parent is there. The mode of a CSR is known. */
static void check_required(OrderTable *table, const OrderNode *node, char *const *values,
                           guint line)
{
  for (guint i = 0; i < node->parts->len; i++) {
    const OrderNode *part = g_ptr_array_index(node->parts, i);
    if (order_node_has(part, values))
      check_required(table, part, values, line);
    else if (part->required && g_strcmp0(part->path, "application.csr.mode") != 0)
      complain(table, line, "%s is missing", part->path);
  }
}

static void check_reference(OrderTable *table, char *const *values, guint line)
{
  const OrderNode *other = NULL;
  const OrderNode *ref = order_node_find(table->order, "ref", &other);
  const char *text = ref->column >= 0 ? values[ref->column] : "";
  if (*text == '\0')
    return;
  gpointer before = g_hash_table_lookup(table->lines, text);
  if (before != NULL)
    complain(table, line,
             "column %d, ref: \"%s\" is the reference of line %u, too; each order has "
             "its own",
             ref->column + 1, text, GPOINTER_TO_UINT(before));
  else
    g_hash_table_insert(table->lines, g_strdup(text), GUINT_TO_POINTER(line));
}

static void take_row(const GPtrArray *fields, guint line, gpointer data)
{
  OrderTable *table = data;
  if (table->columns->len == 0) {
    take_header(table, fields, line);
    return;
  }
  gboolean header = table->rows++ == 0 && table->writer != NULL; /* the second time */
  if (table->headless || header)
    return;
  g_auto(GStrv) values = take_cells(table, fields, line);
  if (table->writer != NULL) {
    table->failed = table->failed || !order_node_write(table->order, values, table->writer);
    return;
  }
  check_required(table, table->order, values, line);
  check_reference(table, values, line);
}

static gboolean write_batch(OrderTable *table, GBytes *content, gboolean atomic, GError **error)
{
  xmlOutputBuffer *output = xmlOutputBufferCreateFile(stdout, NULL);
  table->writer = output != NULL ? xmlNewTextWriter(output) : NULL;
  table->rows = 0;
  table->failed = table->writer == NULL;
  gsize length;
  const char *bytes = g_bytes_get_data(content, &length);
  if (!table->failed) {
    xmlTextWriterSetIndent(table->writer, 1);
    xmlTextWriterSetIndentString(table->writer, BAD_CAST "  ");
    table->failed =
        xmlTextWriterStartDocument(table->writer, NULL, "UTF-8", NULL) < 0 ||
        xmlTextWriterStartElement(table->writer, BAD_CAST "batch") < 0 ||
        xmlTextWriterWriteAttribute(table->writer, BAD_CAST "xmlns", BAD_CAST "urn:certdrop:1") <
            0 ||
        (atomic &&
         xmlTextWriterWriteAttribute(table->writer, BAD_CAST "atomic", BAD_CAST "true") < 0) ||
        !csv_read(table->name, bytes, length, take_row, table, NULL) ||
        xmlTextWriterEndDocument(table->writer) < 0 || xmlTextWriterFlush(table->writer) < 0;
  }
  xmlFreeTextWriter(table->writer);
  if (table->failed)
    g_set_error(error, CERTDROP_ERROR, CERTDROP_ERROR_IO, "cannot write to standard output");
  return !table->failed;
}

static GBytes *read_table(const char *path, GError **error)
{
  gboolean standard = strcmp(path, "-") == 0;
  int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) {
    error_set_errno(error, errno, "%s: cannot open", path);
    return NULL;
  }
  GBytes *content = file_read_descriptor(fd, path, INTAKE_LIMIT_FILE, error);
  if (!standard)
    close(fd);
  return content;
}

/* Returns the exit status: 1 where something is wrong with the table; -1 with ERROR set. */
static int make_batch(OrderTable *table, GBytes *content, gboolean atomic, GError **error)
{
  gsize length;
  const char *bytes = g_bytes_get_data(content, &length);
  g_autoptr(GError) refused = NULL;
  if (!csv_read(table->name, bytes, length, take_row, table, &refused)) {
    command_complain(refused->message);
    return 1;
  }
  if (table->rows == 0 && table->faults == 0)
    complain(table, 1,
             "there is no order in it: the first row names the columns, each further "
             "row is an order");
  if (table->rows > INTAKE_LIMIT_ITEMS)
    complain(table, 1, "there are %u orders in it; a batch has %d at most: divide it", table->rows,
             INTAKE_LIMIT_ITEMS);
  if (table->faults > FAULTS_SHOWN)
    fprintf(stderr, "%s: and %u more\n", table->name, table->faults - FAULTS_SHOWN);
  if (table->faults > 0)
    return 1;
  return write_batch(table, content, atomic, error) ? 0 : -1;
}

int new_orders(const char *path, gboolean atomic, GError **error)
{
  g_autoptr(SchemaModel) model = schema_model_new("documents.xsd", error);
  g_autoptr(GBytes) content = model != NULL ? read_table(path, error) : NULL;
  if (content == NULL)
    return -1;
  g_autoptr(OrderNode) order = order_node_new(model);
  OrderTable table = {
      .name = strcmp(path, "-") == 0 ? "standard input" : path,
      .order = order,
      .columns = g_ptr_array_new(),
      .lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
  };
  int status = make_batch(&table, content, atomic, error);
  g_hash_table_unref(table.lines);
  g_ptr_array_unref(table.columns);
  return status;
}

static void describe(OrderNode *node, gpointer data)
{
  GString *text = data;
  g_string_append_printf(text, "  %-40s %s%s\n", node->path, node->help->label,
                         node->kind == ORDER_NODE_LIST ? ", with blanks between" : "");
}

char *new_orders_describe(GError **error)
{
  g_autoptr(SchemaModel) model = schema_model_new("documents.xsd", error);
  if (model == NULL)
    return NULL;
  g_autoptr(OrderNode) order = order_node_new(model);
  g_autoptr(GString) text = g_string_new(
      "With --from, FILE is a table of orders (CSV in UTF-8, with commas, semicolons or tabs); it\n"
      "becomes a batch on standard output. Its first row names the columns, in any order; each\n"
      "further row is an order. A cell may be empty. A name may be shortened to its end where no\n"
      "other one ends so: applicant.phone. The columns:\n");
  order_node_each(order, describe, text);
  return g_string_free(g_steal_pointer(&text), FALSE);
}

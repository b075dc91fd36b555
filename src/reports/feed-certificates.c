/* certificates.csv and certificates.json: a line for each certificate. */
#include <string.h>

#include "base/json.h"
#include "reports/feed.h"

/* A certificate with what its line says beside what the ledger has of it. */
typedef struct {
  LedgerCertificate certificate; /* borrowed */
  const char *product;
  const char *status;
  const char *issuer;
  gint64 due;
} Row;

/* A member of the JSON and a column of the CSV. */
typedef enum { TEXT = 1, NUMBER, TIME, FLAG, WORDS } ColumnType;

typedef struct {
  const char *name;
  ColumnType type;
  gsize offset; /* in Row */
} Column;

static const Column columns[] = {
    {"number", NUMBER, G_STRUCT_OFFSET(Row, certificate.number)},
    {"id", TEXT, G_STRUCT_OFFSET(Row, certificate.id)},
    {"order", TEXT, G_STRUCT_OFFSET(Row, certificate.order)},
    {"product", TEXT, G_STRUCT_OFFSET(Row, product)},
    {"status", TEXT, G_STRUCT_OFFSET(Row, status)},
    {"domains", WORDS, G_STRUCT_OFFSET(Row, certificate.names)},
    {"notBefore", TIME, G_STRUCT_OFFSET(Row, certificate.not_before)},
    {"notAfter", TIME, G_STRUCT_OFFSET(Row, certificate.not_after)},
    {"termEnd", TIME, G_STRUCT_OFFSET(Row, certificate.term_end)},
    {"serialNumber", TEXT, G_STRUCT_OFFSET(Row, certificate.serial)},
    {"sha256", TEXT, G_STRUCT_OFFSET(Row, certificate.sha256)},
    {"keyAlgorithm", TEXT, G_STRUCT_OFFSET(Row, certificate.key_kind)},
    {"issuer", TEXT, G_STRUCT_OFFSET(Row, issuer)},
    {"uploaded", FLAG, G_STRUCT_OFFSET(Row, certificate.uploaded)},
    {"name", TEXT, G_STRUCT_OFFSET(Row, certificate.name)},
    {"created", TIME, G_STRUCT_OFFSET(Row, certificate.created)},
    {"firstIssued", TIME, G_STRUCT_OFFSET(Row, certificate.first_issued)},
    {"forerunner", TEXT, G_STRUCT_OFFSET(Row, certificate.forerunner)},
    {"successor", TEXT, G_STRUCT_OFFSET(Row, certificate.successor)},
    {"due", TIME, G_STRUCT_OFFSET(Row, due)},
    {"failingSince", TIME, G_STRUCT_OFFSET(Row, certificate.failing_since)},
    {"revoked", TIME, G_STRUCT_OFFSET(Row, certificate.revoked)},
    {"deployed", TEXT, G_STRUCT_OFFSET(Row, certificate.deployed)},
};

#define VALUE(row, type, column) G_STRUCT_MEMBER(type, row, (column)->offset)

static void add_cells(GString *line, const Row *row)
{
  for (gsize i = 0; i < G_N_ELEMENTS(columns); i++) {
    const Column *column = &columns[i];
    switch (column->type) {
    case TEXT:
      feed_add_cell(line, VALUE(row, const char *, column));
      break;
    case NUMBER:
      feed_add_number_cell(line, VALUE(row, gint64, column));
      break;
    case TIME:
      feed_add_time_cell(line, VALUE(row, gint64, column));
      break;
    case FLAG:
      feed_add_flag_cell(line, VALUE(row, gboolean, column));
      break;
    case WORDS:
      feed_add_words_cell(line, VALUE(row, char **, column));
      break;
    }
  }
  feed_end_cells(line);
}

static void add_members(JsonBuilder *builder, const Row *row)
{
  for (gsize i = 0; i < G_N_ELEMENTS(columns); i++) {
    const Column *column = &columns[i];
    switch (column->type) {
    case TEXT:
      json_add_text(builder, column->name, VALUE(row, const char *, column));
      break;
    case NUMBER:
      json_add_number(builder, column->name, VALUE(row, gint64, column));
      break;
    case TIME:
      json_add_time(builder, column->name, VALUE(row, gint64, column));
      break;
    case FLAG:
      json_add_flag(builder, column->name, VALUE(row, gboolean, column));
      break;
    case WORDS:
      json_add_texts(builder, column->name, VALUE(row, char **, column));
      break;
    }
  }
}

static void write_cells(FeedLines *lines, const Row *row)
{
  g_autoptr(GString) line = g_string_sized_new(512);
  add_cells(line, row);
  feed_lines_add(lines, line->str, line->len);
}

static void write_object(FeedLines *lines, const Row *row)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  json_builder_begin_object(builder);
  add_members(builder, row);
  json_builder_end_object(builder);
  g_autofree char *object = json_finish(builder);
  g_autofree char *line = g_strconcat(object, "\n", NULL);
  feed_lines_add(lines, line, strlen(line));
}

typedef void (*WriteLine)(FeedLines *lines, const Row *row);

/* As `show` tells it: of an uploaded one, the issuer's name in it; else what the catalogue
 * says. */
static gboolean write_row(FeedLines *lines, Ledger *ledger, const LedgerCertificate *certificate,
                          WriteLine write, GError **error)
{
  g_autoptr(LedgerOrigin) origin = NULL;
  Row row = {.certificate = *certificate,
             .product = certificate->uploaded ? NULL : certificate->product->id,
             .status = lifecycle_statuses[certificate->status].name,
             .due = certificate->due > LEDGER_LOOK_AGAIN ? certificate->due : 0};
  if (certificate->uploaded && !ledger_read_origin(ledger, certificate->id, &origin, error))
    return FALSE;
  if (certificate->uploaded)
    row.issuer = origin != NULL ? origin->issuer : NULL;
  else if (certificate->serial != NULL)
    row.issuer = certificate->product->issuer;
  write(lines, &row);
  return TRUE;
}

static gboolean write_block(FeedLines *lines, const ReportsContext *context, gint64 block,
                            WriteLine write, GError **error)
{
  g_autoptr(GPtrArray) rows = ledger_certificates_in_block(context->ledger, block, 0, error);
  if (rows == NULL)
    return FALSE;
  for (guint i = rows->len; i-- > 0;) {
    const LedgerCertificate *certificate = g_ptr_array_index(rows, i);
    /* A deleted one is in no list. */
    if (certificate->status != 0 && !write_row(lines, context->ledger, certificate, write, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean write_csv_block(FeedLines *lines, const ReportsContext *context, gint64 block,
                                GError **error)
{
  return write_block(lines, context, block, write_cells, error);
}

static gboolean write_json_block(FeedLines *lines, const ReportsContext *context, gint64 block,
                                 GError **error)
{
  return write_block(lines, context, block, write_object, error);
}

const FeedLinesKind feed_certificates_csv = {
    .path = "reports/certificates.csv",
    .sections =
        {{"number,id,order,product,status,domains,notBefore,notAfter,termEnd,serialNumber,sha256,"
          "keyAlgorithm,issuer,uploaded,name,created,firstIssued,forerunner,successor,due,"
          "failingSince,revoked,deployed\r\n",
          NULL, write_csv_block}},
    .tail = "",
    .topics = {LEDGER_STALE_CERTIFICATE, LEDGER_STALE_BLOCK, 0},
    .next_block = feed_next_certificates,
};

#define JSON_LINE "{\"number\":"

const FeedLinesKind feed_certificates_json = {
    .path = "reports/certificates.json",
    .sections = {{"{\"version\":1,\"certificates\":[\n", NULL, write_json_block}},
    .tail = "]}\n",
    .separated = TRUE,
    .number_at = sizeof("," JSON_LINE) - 1,
    .topics = {LEDGER_STALE_CERTIFICATE, LEDGER_STALE_BLOCK, 0},
    .next_block = feed_next_certificates,
};
